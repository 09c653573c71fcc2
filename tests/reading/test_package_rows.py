"""Packages whose cost stands in a column for each year of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetopt.errors import Place
from budgetopt.reading.tables import read_tables
from budgetopt.scenario.model import Tables
from budgetopt.scenario.programs import ProgramTable


def read(folder: Path, text: str, **table: object) -> tuple[ProgramTable, list[str]]:
    (folder / "t.csv").write_text(text)
    found = read_tables(Tables.model_validate({"packages": {"file": "t.csv", **table}}), folder)
    (programs,) = found.references
    return programs, [f"{problem.place}: {problem.message}".replace(f"{folder}/", "") for problem in found.problems]


def costs(programs: ProgramTable, program: str) -> list[tuple[float, ...]]:
    return [package.cost for package in programs[program].packages or ()]


def test_the_columns_of_the_years_are_joined_in_their_order(tmp_path: Path) -> None:
    text = "program,name,Y2,Y1,Y4\na,first,9,2,\na,second,,5,0\nb,late,3,,1\nc,nothing,0,0,0\n"
    programs, problems = read(tmp_path, text, columns={"Y1": "cost.1", "Y2": "cost.2", "Y4": "cost.4"})
    assert not problems
    # an empty year is zero, one after the last cost is none, and the third year is named by no column
    assert costs(programs, "a") == [(2, 9), (5,)]
    assert costs(programs, "b") == [(0, 3, 0, 1)]
    assert costs(programs, "c") == [(0,)]
    assert programs.place("b", "packages.0.cost") == Place(str(tmp_path / "t.csv"), 4, 4)


def test_they_are_read_as_offices_write_them(tmp_path: Path) -> None:
    text = "program;cost.1;cost.2\na;1.500,5;$ -\nb;(2);-\n"
    programs, problems = read(tmp_path, text, decimal=",", scale=1000)
    assert costs(programs, "a") == [(1_500_500,)]
    assert [problem.split(":")[1:3] for problem in problems] == [["3", "2"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("program,cost,cost.1\na,1,1\n", "t.csv:1:2: the cost stands in one column, and in one for each year"),
        ("program,cost.0\na,1\n", "t.csv:1:2: 'cost.0' is no column that a table of packages has"),
        ("program,cost.1\na,soon\n", "t.csv:2:2: "),
        ("program,name\na,x\n", "t.csv:1: the table has no column 'cost'"),
    ],
)
def test_what_is_wrong_with_the_years(tmp_path: Path, text: str, message: str) -> None:
    _, problems = read(tmp_path, text)
    assert any(problem.startswith(message) for problem in problems), problems
