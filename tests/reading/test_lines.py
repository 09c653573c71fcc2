"""Several rows of a program as lines of one budget, with sums worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetopt.errors import Place
from budgetopt.reading.tables import read_tables
from budgetopt.scenario.model import Tables
from budgetopt.scenario.programs import ProgramTable

COLUMNS = {"P": "program", "F": "funds", "A": "baseline", "D": "department"}


def read(folder: Path, text: str, **table: object) -> tuple[ProgramTable, list[str]]:
    (folder / "t.csv").write_text(text)
    entry = {"file": "t.csv", "add_up": True, "columns": COLUMNS, **table}
    found = read_tables(Tables.model_validate({"programs": entry}), folder)
    (programs,) = found.programs
    return programs, [f"{problem.place}: {problem.message}".replace(f"{folder}/", "") for problem in found.problems]


def paid(programs: ProgramTable, program: str) -> tuple[object, dict[str, float]]:
    return programs[program].baseline, dict(programs[program].baseline_by_fund)


def test_lines_are_added_up_by_program_and_by_fund(tmp_path: Path) -> None:
    text = "P,F,A,D\na,g,0.10,X\nb,g,5,Y\na,h,0.20,X\na,g,0.60,X\n"
    programs, problems = read(tmp_path, text)
    assert not problems
    assert programs.ids.tolist() == ["a", "b"]
    # exact to the cent: 0.1 + 0.2 + 0.6 is not 0.9 in floating point
    assert paid(programs, "a") == (0.9, {"g": 0.7, "h": 0.2})
    assert paid(programs, "b") == (5, {"g": 5})
    assert (programs["a"].department, programs["a"].funds) == ("X", ("g", "h"))
    assert programs.place("a", "baseline") == Place(str(tmp_path / "t.csv"), 2, 3)
    assert programs.place("a", "baseline_by_fund.h") == Place(str(tmp_path / "t.csv"), 4, 2)


def test_negative_lines_are_netted_into_their_program(tmp_path: Path) -> None:
    programs, problems = read(tmp_path, "P,F,A,D\na,g,10,\na,g,(4),\na,h,-3,\n")
    assert not problems
    # 10 - 4 - 3; the fund whose lines are below zero pays nothing
    assert paid(programs, "a") == (3, {"g": 6})


def test_a_sum_below_zero_is_one_problem_with_what_to_do(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "P,F,A,D\na,g,10,\ndiscount,g,-4,\n")
    (problem,) = problems
    assert problem == "t.csv:3:3: `baseline` of program 'discount': its lines add up to -4"
    programs, problems = read(tmp_path, "P,F,A,D\na,g,10,\ndiscount,g,-4,\n", merge={"discount": "a"})
    assert (paid(programs, "a"), problems) == ((6, {"g": 6}), [])


def test_a_merge_of_what_is_not_there(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "P,F,A,D\na,g,10,\n", merge={"discount": "a", "fee": "b"})
    assert problems == [
        "t.csv: `merge`: the table has no program 'discount'",
        "t.csv: `merge`: the table has no program 'fee'",
        "t.csv: `merge`: the table has no program 'b'",
    ]


def test_a_line_of_several_funds_is_of_none_of_them(tmp_path: Path) -> None:
    programs, problems = read(tmp_path, "P,F,A,D\na,g; h,10,\na,g,2,\n")
    assert not problems
    assert paid(programs, "a") == (12, {"g": 2})
    assert programs["a"].funds == ("g", "h")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "P,F,A,D\na,g,1,X\na,g,1,Y\n",
            "t.csv:3:4: `department` of program 'a' has two values: 'Y' here and 'X' at t.csv:2:4",
        ),
        ("P,F,A,D\na,g,1,X\na,g,soon,X\n", "t.csv:3:3: "),
    ],
)
def test_lines_that_do_not_agree(tmp_path: Path, text: str, problem: str) -> None:
    _, problems = read(tmp_path, text)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_an_attribute_may_stand_in_one_line_only(tmp_path: Path) -> None:
    programs, problems = read(tmp_path, "P,F,A,D\na,g,1,\na,g,1,X\n")
    assert not problems
    assert programs["a"].department == "X"


def test_a_column_for_each_fund_with_lines_below_zero(tmp_path: Path) -> None:
    columns = {"P": "program", "G": "baseline_by_fund.g", "H": "baseline_by_fund.h"}
    programs, problems = read(tmp_path, "P,G,H\na,10,\na,5,-3\nb,,2\n", columns=columns)
    assert not problems
    assert paid(programs, "a") == (12, {"g": 15})
    assert paid(programs, "b") == (2, {"h": 2})
    _, problems = read(tmp_path, "P,G,H\na,10,-12\n", columns=columns)
    assert [problem.split(": ", 1)[1] for problem in problems] == ["`baseline` of program 'a': its lines add up to -2"]


def test_a_column_for_each_year(tmp_path: Path) -> None:
    columns = {"P": "program", "Y1": "baseline.FY1", "Y2": "baseline.FY2"}
    programs, problems = read(tmp_path, "P,Y1,Y2\na,1,2\na,10,\n", columns=columns)
    assert not problems
    assert programs["a"].baseline == {"FY1": 11, "FY2": 2}


def test_without_the_key_a_program_stands_twice(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "P,F,A,D\na,g,1,X\na,g,1,X\n", add_up=False)
    assert problems == ["t.csv:3:1: the program 'a' stands twice, first at t.csv:2:1"]
    (tmp_path / "t.csv").write_text("P,F,A,D\na,g,-1,X\n")
    _, problems = read(tmp_path, "P,F,A,D\na,g,-1,X\n", add_up=False)
    assert len(problems) == 1
