"""`solve`: what it prints, what it writes, and what it refuses before it begins."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import budgetopt as bo
import budgetopt.allocation
from budgetopt.allocation.result_schema import read_result
from budgetopt.cli.progress import progress


def programs_of(text: str) -> dict[str, float]:
    return {row["program"]: float(row["spending"]) for row in csv.DictReader(io.StringIO(text))}


def test_the_plan_is_printed_as_text(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("solve", town)
    assert (code, err) == (0, "")
    for words in ("Small town", "Library", "Pool", "Proved"):
        assert words in out
    assert "\x1b" not in out
    assert run("solve", town, "--format", "text").out == out


def test_the_plan_is_printed_as_the_result_document(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("solve", town, "--format", "json")
    assert (code, err) == (0, "")
    document = read_result(out)
    assert document["programs"]["spending"] == [600, 400]
    again = read_result(run("solve", town, "--json", "-").out)
    assert again["programs"] == document["programs"]


def test_the_programs_are_printed_as_csv(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("solve", town, "--format", "csv")
    assert (code, err) == (0, "")
    assert programs_of(out) == {"library": 600, "pool": 400}


def test_files_are_written_and_named_on_stderr(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    names = ["plan.html", "plan.md", "plan.xlsx"]
    reports = [part for name in names for part in ("--report", tmp_path / name)]
    more = ["--excel", tmp_path / "book.xlsx", "--json", tmp_path / "plan.json", "--csv", tmp_path / "tables"]
    code, out, err = run("solve", town, *reports, *more, "--format", "csv")
    assert code == 0
    assert programs_of(out) == {"library": 600, "pool": 400}
    assert (tmp_path / "plan.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert "Small town" in (tmp_path / "plan.md").read_text(encoding="utf-8")
    assert (tmp_path / "plan.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "book.xlsx").read_bytes()[:2] == b"PK"
    assert read_result((tmp_path / "plan.json").read_text(encoding="utf-8"))["status"] == "optimal"
    with (tmp_path / "tables" / "by_fund.csv").open(encoding="utf-8", newline="") as file:
        assert sum(float(row["amount"]) for row in csv.DictReader(file)) == 1_000
    for name in [*names, "book.xlsx", "plan.json", "programs.csv"]:
        assert f"{name}\n" in err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_changes_are_made_before_solving(town: Path, run: Callable[..., Any]) -> None:
    out = run(
        "solve", town, "--set", "funds.general.revenue=-20%", "--set", "outcomes.visits.weight=3", "--format", "json"
    ).out
    document = json.loads(out)
    assert document["funds"][0]["by_period"][0]["revenue"] == 800
    assert document["outcomes"][0]["weight"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "missing/plan.html"], "there is no folder 'missing'\n    hint: make it first"),
        (["--report", "plan.pdf"], "the name 'plan.pdf' does not end in .html or .htm or .md or .xlsx"),
        (["--report", "."], "'.' is a folder"),
        (["--report", ""], "the name of the file is empty"),
        (["--excel", "plan.csv"], "does not end in .xlsx\n    hint: name it plan.xlsx"),
        (["--json", "missing/plan.json"], "there is no folder 'missing'"),
        (["--csv", "missing/tables"], "there is no folder 'missing'"),
        (["--parquet", "missing/tables"], "there is no folder 'missing'"),
        (["--charts", ""], "--charts: the name of the file is empty"),
        (["--with", "compare", "--json", "plan.json"], "--with adds to a page, and none is written"),
        (["--json", "-", "--format", "text"], "both say what goes to stdout"),
    ],
)
def test_outputs_that_cannot_be_written_are_refused_before_solving(
    arguments: list[str],
    message: str,
    town: Path,
    tmp_path: Path,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def solve(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError("the solving had begun")

    monkeypatch.setattr(budgetopt.allocation, "solve", solve)
    monkeypatch.chdir(tmp_path)
    code, out, err = run("solve", town, *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_file_in_the_place_of_a_folder_of_tables_is_refused(town: Path, run: Callable[..., Any]) -> None:
    for option in ("--csv", "--parquet", "--charts"):
        code, _, err = run("solve", town, option, town / "scenario.yaml")
        assert code == 2
        assert f"{option}: " in err
        assert "is a file" in err


def test_parquet_tables_and_charts_are_written_into_folders(
    town: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip("vl_convert")
    tables, charts = tmp_path / "tables", tmp_path / "charts"
    code, _, err = run("solve", town, "--parquet", tables, "--charts", charts, "--with", "compare")
    assert code == 0
    assert (tables / "programs.parquet").read_bytes()[:4] == b"PAR1"
    assert f"wrote {tables / 'programs.parquet'}\n" in err
    drawn = sorted(path.stem for path in charts.glob("*.png"))
    assert f"wrote {len(drawn)} charts to {charts}\n" in err
    assert {"money-what-changes-most", "plans-compared", "response-library"} <= set(drawn)


@pytest.mark.parametrize(
    ("option", "module", "package"),
    [
        ("--parquet", "budgetopt.allocation.plan_parquet", "budgetopt[parquet]"),
        ("--charts", "budgetopt.report.plots.chart_parts", "budgetopt[charts]"),
    ],
)
def test_a_package_that_is_missing_is_named_before_solving(
    town: Path, tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch,
    option: str, module: str, package: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(f"{module}.find_spec", lambda _: None)
    code, out, err = run("solve", town, option, tmp_path / "folder")
    assert (code, out) == (2, "")
    assert f"hint: pip install '{package}'" in err
    assert not (tmp_path / "folder").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_refused(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert "may not be written to" in run("solve", town, "--report", locked / "plan.html").err


def test_nothing_is_written_where_there_is_no_plan(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    page = tmp_path / "plan.html"
    page.write_text("last year's", encoding="utf-8")
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    where = "{program: [library, pool]}"
    impossible = f"  - {{name: Visits for all, sum: outcome visits, where: {where}, at_least: 600}}\n"
    (town / "scenario.yaml").write_text(text + impossible, encoding="utf-8")
    code, out, err = run("solve", town, "--report", page)
    assert code == 1
    assert out == ""
    assert "no allocation" in err
    assert page.read_text(encoding="utf-8") == "last year's"


def test_a_solver_that_is_not_there_is_told(town: Path, run: Callable[..., Any]) -> None:
    code, _, err = run("solve", town, "--solver", "highss")
    assert code == 2
    assert "highs" in err


def test_options_reach_the_solver(town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    whole = budgetopt.allocation.solve

    def solve(scenario: Any, **options: Any) -> Any:
        seen.update(options)
        return whole(scenario, **options)

    monkeypatch.setattr(budgetopt.allocation, "solve", solve)
    options = ["--solver", "highs", "--time-limit", "60", "--gap", "0.1%", "--threads", "1"]
    assert run("solve", town, *options, "--format", "csv").code == 0
    assert seen == {"solver": "highs", "time_limit": 60.0, "gap": pytest.approx(0.001), "threads": 1}
    seen.clear()
    assert run("solve", town, "--format", "csv").code == 0
    assert seen == {"solver": "highs"}


def test_a_plan_that_is_not_proved_says_so(
    town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    whole = budgetopt.allocation.solve

    def solve(scenario: Any, **options: Any) -> Any:
        plan = whole(scenario, **options)
        return replace(plan, status=bo.Status.BEST_FOUND, bound=plan.objective_value * 1.25)

    monkeypatch.setattr(budgetopt.allocation, "solve", solve)
    code, _, err = run("solve", town, "--format", "csv")
    assert code == 0
    assert err == (
        "budgetopt: the plan keeps every limit, but it is not proved to be the best; "
        "no plan can be better by more than 25%\n"
    )


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown(stream: io.StringIO, term: str) -> str:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", term)
        with progress("Solving"):
            pass
        return stream.getvalue()

    assert shown(Terminal(), "xterm") == "Solving ...\r\x1b[2K"
    assert shown(Terminal(), "dumb") == ""
    assert shown(io.StringIO(), "xterm") == ""


def test_the_whole_process_solves_from_a_folder(town: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "budgetopt", "solve", str(town), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert read_result(done.stdout)["status"] == "optimal"


def test_many_programs_are_all_printed_when_asked_for(town: Path, run: Callable[..., Any]) -> None:
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    more = "".join(f"  p{i}: {{name: Program {i}, outcomes: {{visits: {{per_dollar: 0.1}}}}}}\n" for i in range(60))
    (town / "scenario.yaml").write_text(text.replace("rules:", f"{more}rules:"), encoding="utf-8")
    short, whole = run("solve", town).out, run("solve", town, "--all").out
    assert all(f"Program {i}" in whole for i in range(60))
    assert len(short) < len(whole)


def test_no_name_is_a_formula_in_any_csv(town: Path, run: Callable[..., Any], tmp_path: Path) -> None:
    """A spreadsheet program would run it; amounts below zero stay numbers."""
    file = town / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name: Pool", "name: =HYPERLINK(A1)"), encoding="utf-8")
    out = run("solve", town, "--format", "csv", "--csv", tmp_path / "tables").out
    assert ",'=HYPERLINK(A1)," in out
    assert ",-100.0," in out
    assert ",'=HYPERLINK(A1)," in (tmp_path / "tables" / "programs.csv").read_text(encoding="utf-8")
    for command in ("prices", "explain --all", "compare"):
        assert not any(
            cell.startswith("=") for cell in re.split("[,\n]", run(*command.split(), town, "--format", "csv").out)
        )
