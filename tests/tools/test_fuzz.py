"""The fuzzer finds what it looks for, and a short run of it finds nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import fuzz
import fuzz_cases


def test_a_short_run_finds_no_fault_and_most_cases_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "CORPUS", 6)
    monkeypatch.setenv("BUDGETOPT_DEBUG", "1")
    documents = fuzz.corpus(6)
    codes = []
    for number in range(16):
        rng = random.Random(f"short/{number}")
        folder = tmp_path / str(number)
        folder.mkdir()
        case = fuzz.drawn_case(documents, folder, rng)
        outcome = fuzz.run_case(case, folder, rng)
        assert outcome.code in fuzz.EXPECTED, (case, outcome)
        codes.append(outcome.code)
    assert sum(code != 2 for code in codes) >= 6


def test_the_same_number_is_the_same_case(tmp_path: Path) -> None:
    documents = fuzz.corpus(3)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in ("a", "b"):
        fuzz.drawn_case(documents, tmp_path / folder, random.Random(5))
    assert (tmp_path / "a" / "scenario.yaml").read_bytes() == (tmp_path / "b" / "scenario.yaml").read_bytes()


def test_a_fault_is_known_by_the_place_where_it_arises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUDGETOPT_DEBUG", "1")

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("no")

    monkeypatch.setattr("budgetopt.cli.solvers_command.print_lines", broken)
    outcome = fuzz.call(["solvers"])
    assert outcome.code == 3
    assert outcome.place.startswith("cli/solvers_command.py:")
    assert outcome.place.endswith(" ZeroDivisionError")
    monkeypatch.setattr("budgetopt.cli.main", broken)
    assert fuzz.call(["solvers"]).code == -1


def test_what_is_found_is_kept_once_for_each_place_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "FOUND", tmp_path / "found")
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "scenario.yaml").write_text("{}", encoding="utf-8")
    tally, begun = fuzz.Tally(), {"begins": 7, "arguments": ["solve", "x"]}
    tally.keep("solvers/checks.py:50 SolverError", begun, tmp_path)
    tally.keep("solvers/checks.py:50 SolverError", {"begins": 8, "arguments": ["solve"]}, tmp_path)
    tally.end(begun, 3, 0.5, 1000)
    assert tally.faults == {"solvers/checks.py:50 SolverError": 2}
    (kept,) = (tmp_path / "found").iterdir()
    assert json.loads((kept / "arguments.json").read_text(encoding="utf-8"))["begins"] == 7
    assert (tally.cases, tally.codes, tally.reached["solve"]) == (1, {3: 1}, 0)


def test_tables_and_budget_files_are_written_with_any_characters(tmp_path: Path) -> None:
    document = {"programs": {"half \ud800 of one": {"name": "\ud800", "baseline": 1}}}
    for number in range(12):
        rng = random.Random(number)
        fuzz_cases.put_table(json.loads(json.dumps(document)), tmp_path, rng)
        assert fuzz_cases.office_file(document, tmp_path, rng).suffix in (".csv", ".xlsx")
    assert (tmp_path / "programs.csv").exists()


def test_most_changes_of_one_number_leave_a_document_right() -> None:
    (document, *_) = fuzz.corpus(1)
    assert fuzz_cases.is_right(document)
    assert not fuzz_cases.is_right({**document, "periods": []})
    changes = [fuzz_cases.drawn_change(document, random.Random(seed)).partition("=") for seed in range(60)]
    near = [path for path, _, value in changes if value in ("+5%", "*1.1")]
    assert len(near) > 5
    for path in near:
        assert isinstance(fuzz_cases.value_at(document, tuple(_key(document, path))), int | float)


def _key(document: Any, path: str) -> list[Any]:
    keys: list[Any] = []
    for part in path.split("."):
        holder = fuzz_cases.value_at(document, tuple(keys))
        keys.append(int(part) if isinstance(holder, list) else part)
    return keys
