"""Every number of every kind of file is refused where it stands if nothing can be calculated with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.cli import main
from reading.every_number import TOWN, numbers, with_number

DIGITS = "9" * 5000
UNREADABLE = ["1e-320", "1e148", DIGITS, "inf", "1e400", "-1e400", "1e-400", "1e18B", "0x10", "½", "ten", "(5)", "5x"]
NUMBER_COLUMNS: dict[str, dict[str, Any]] = {
    **{key: {} for key in ("baseline", "requested", "spending.at_least", "spending.at_most", "inflation")},
    **{key: {} for key in ("if_funded.at_least", "if_funded.fixed_cost", "baseline_by_fund.g", "districts.n")},
    **{key: {} for key in ("uses.w.per", "uses.w.per_dollar", "outcomes.o.per_dollar", "outcomes.o.unit_cost")},
    **{f"outcomes.o.{key}": {"outcomes.o.per_dollar": 1} for key in ("std_error", "low", "high")},
    **{key: {"service.unit_cost": 2} for key in ("service.up_to", "service.at_least", "uses.w.per_unit")},
    "outcomes.o.up_to": {"outcomes.o.unit_cost": 2},
    "service.unit_cost": {},
    "fund_shares.g": {"baseline": 5},
}
"""Columns of a table of programs that hold numbers, with what else the row of one says."""


def write_folder(folder: Path, kind: str, rows: list[dict[str, Any]]) -> None:
    words = {
        "name": "Town",
        "funds": {"g": {"revenue": 1000}},
        "outcomes": {"o": {"weight": 1}},
        "resources": {"w": {"capacity": 5, "unit": "FTE"}},
        "tables": {"programs": f"offers.{kind}"},
    }
    (folder / "scenario.yaml").write_text(json.dumps(words), encoding="utf-8")
    table, target = pd.DataFrame(rows), folder / f"offers.{kind}"
    if kind == "csv":
        table.to_csv(target, index=False)
    elif kind == "xlsx":
        table.to_excel(target, index=False)
    else:
        table.to_parquet(target)


def place_of(kind: str, row: int, column: int) -> str:
    cell = f"{chr(ord('A') + column)}{row + 2}"
    return f"offers.xlsx!Sheet1:{cell}:" if kind == "xlsx" else f"offers.{kind}:{row + 2}:{column + 1}:"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:10])
def test_a_cell_is_refused_where_it_stands_whatever_number_it_should_be(tmp_path: Path, kind: str, text: str) -> None:
    names = ["id", *NUMBER_COLUMNS]
    rows = [
        {"id": f"p{at}", **{key: str(value) for key, value in more.items()}, column: text}
        for at, (column, more) in enumerate(NUMBER_COLUMNS.items())
    ]
    write_folder(tmp_path, kind, [{name: row.get(name) for name in names} for row in rows])
    with pytest.raises(bo.ScenarioError) as caught:
        bo.load(tmp_path)
    said = [str(problem) for problem in caught.value.problems]
    assert max(map(len, said)) < 1000
    for row, column in enumerate(NUMBER_COLUMNS):
        place = place_of(kind, row, names.index(column))
        assert any(place in one for one in said), (column, place, said)


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
@pytest.mark.parametrize("number", [1e-320, 1e148, 1.7e308, -1.0])
def test_a_cell_that_is_a_number_is_shown_as_it_is_written(tmp_path: Path, kind: str, number: float) -> None:
    write_folder(tmp_path, kind, [{"id": "p", "baseline": number}])
    with pytest.raises(bo.ScenarioError) as caught:
        bo.load(tmp_path)
    assert place_of(kind, 0, 1) in str(caught.value)
    assert ("-1 is negative" if number == -1 else repr(number)) in str(caught.value)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_the_forms_of_one_number_are_one_number(tmp_path: Path, kind: str) -> None:
    forms = ["4200000", "4_200_000", "4,200,000", "$4.2M", "4.2m", "4200k", "0.0042B", "4.2e6", " 4.2M ", "+4200000.00"]
    zeros = ["0", "-0", "-0.0", "0e0", "$0", "0.0k"]
    write_folder(tmp_path, kind, [{"id": f"p{at}", "baseline": text} for at, text in enumerate([*forms, *zeros])])
    baselines = bo.load(tmp_path).programs.number("baseline").tolist()
    assert baselines == [4_200_000.0] * len(forms) + [0.0] * len(zeros)
    assert "-0" not in map(str, baselines)


PATHS = list(numbers(TOWN))
WRITTEN = [
    "1e-320",
    "1e148",
    DIGITS,
    ".nan",
    ".inf",
    "-.inf",
    "1e400",
    "1e-400",
    "NaN",
    "Infinity",
    "'1e400'",
    "[]",
    "''",
]


@pytest.mark.parametrize("written", WRITTEN, ids=lambda text: text[:10])
def test_every_number_of_a_scenario_file_is_refused_at_once_and_in_its_line(tmp_path: Path, written: str) -> None:
    """All numbers are replaced together: each problem has its line, and none shows all digits."""
    town: Any = TOWN
    for path in PATHS:
        town = with_number(path, "NUMBER", town)
    text = json.dumps(town, indent=1).replace('"NUMBER"', written)
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(bo.ScenarioError) as caught:
        bo.load(tmp_path)
    problems = caught.value.problems
    assert len(problems) > 30
    for problem in problems:
        assert str(problem).startswith(f"{tmp_path}/scenario.yaml:"), problem
        assert DIGITS[:200] not in str(problem)


def test_a_change_is_refused_like_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scenario.yaml").write_text(json.dumps(TOWN), encoding="utf-8")
    scenario = bo.load(tmp_path)
    for number, path in enumerate(PATHS):
        dotted = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")
        with pytest.raises(bo.InputError) as caught:
            scenario.with_((dotted, UNREADABLE[number % len(UNREADABLE)]))
        assert DIGITS[:200] not in str(caught.value)
    for text in ("1e400", DIGITS, "nan"):
        assert main(["check", str(tmp_path), f"--set=funds.g.opening_balance={text}"]) == 2
        said = capsys.readouterr().err
        assert "funds.g.opening_balance" in said
        assert DIGITS[:200] not in said
