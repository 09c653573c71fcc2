"""Rows that are the sums of their parts, wherever these stand: no money is counted twice by `new --from`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.styles import Alignment

from budgetopt.reading.load import load
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import from_table, read_budget
from budgetopt.reading.write import write_files

PARENTS = """\
program,name,parent,baseline
100,Safety,,1100
110,Patrol,100,1000
210,Streets,200,850
120,Desk,100,100
200,Works,,900
220,Snow,200,50
310,Parks,,60
"""
NAMES = """\
Code,Program,Roll_Up,FY26 Adopted
A1,Streets,Works,850
A2,Patrol,Safety,1000
A3,City,City,2060
A4,Total safety,City,1100
A5,Works,City,900
A6,Desk,Total safety,100
A7,Snow,Works,50
A8,Parks,City,60
""".replace("Patrol,Safety", "Patrol,Total safety")
FUNDS = """\
Program ID,Program,Parent ID,Fund,Adopted
100,Safety,,General,1000
100,Safety,,Grants,100
110,Patrol,100,General,1000
120,Desk,100,Grants,100
200,Works,,General,900
210,Streets,200,General,850
220,Snow,200,General,50
310,Parks,,General,60
"""
CODES = "Code,Name,Budget\n10,Safety,1100\n30,Parks,60\n1010,Patrol,1000\n2010,Streets,850\n20,Works,900\n"
CODES += "1020,Desk,100\n2020,Snow,50\n"
LEVELS = "Level,Name,Budget\n1,City,2060\n2,Safety,1100\n3,Patrol,1000\n3,Desk,100\n2,Works,900\n3,Streets,850\n"
LEVELS += "3,Snow,50\n2,Parks,60\n"
WORDS = "Row type,Program,Budget\nDetail,Patrol,1000\nDetail,Desk,100\nSummary,Safety,1100\nDetail,Streets,850\n"
WORDS += "Detail,Snow,50\nSummary,Works,900\nDetail,Parks,60\n"
INDENTED = "Program,Budget\nSafety,1100\n  Patrol,1000\n  Desk,100\nWorks,900\n  Streets,850\n  Snow,50\nParks,60\n"
NESTED = "Row type,Program,Budget\nSummary,City,2060\nSummary,Safety,1100\nDetail,Patrol,1000\nDetail,Desk,100\n"
NESTED += "Summary,Works,900\nDetail,Streets,850\nDetail,Snow,50\nDetail,Parks,60\n"
BELOW = "Program,Budget\n  Patrol,1000\n  Desk,100\nSafety,1100\n  Streets,850\n  Snow,50\nWorks,900\nParks,60\n"
OWN_DIVISION = "Department,Division,Budget\nSafety,Safety,1100\nSafety,Patrol,1000\nSafety,Desk,100\n"
OWN_DIVISION += "Streets,Streets,850\nSnow,Snow,50\nParks,Parks,60\n"
BULLETS = INDENTED.replace("  ", "- ")
GERMAN = PARENTS.replace("program,name,parent,baseline", "Nummer,Bezeichnung,Übergeordnet,Ansatz 2026")
EMPTY = PARENTS.replace(",1100\n", ",\n").replace(",900\n", ",0\n")
RIGHT = [50, 60, 100, 850, 1000]


def read_again(file: Path, folder: Path, choices: Choices | None = None) -> tuple[list[float], str, str]:
    """Return the baselines of the scenario that is written, its text and the remarks."""
    files, remarks = from_table(str(file), "town", choices)
    scenario = load(write_files(folder / "town", files))
    return np.sort(scenario.programs.baseline()).tolist(), files["scenario.yaml"].decode(), "\n".join(remarks)


@pytest.mark.parametrize(
    ("text", "recipe"),
    [
        (PARENTS, 'skip:\n      program: ["100", "200"]'),
        (NAMES, "skip:\n      Program: [City, Total safety, Works]"),
        (FUNDS, 'skip:\n      Program ID: ["100", "200"]'),
        (CODES, 'skip:\n      Code: ["10", "20"]'),
        (LEVELS, "skip:\n      Name: [City, Safety, Works]"),
        (WORDS, "skip:\n      Row type: Summary"),
        (INDENTED, "skip:\n      Program: [Safety, Works]"),
        (NESTED, "skip:\n      Row type: Summary"),
        (BELOW, "skip:\n      Program: [Safety, Works]"),
        (BULLETS, "skip:\n      Program: [Safety, Works]"),
        (GERMAN, 'skip:\n      Nummer: ["100", "200"]'),
        (EMPTY, 'skip:\n      program: ["100", "200"]'),
    ],
)
def test_parents_that_are_sums_are_left_out_by_what_names_them(text: str, recipe: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    baselines, scenario, remarks = read_again(tmp_path / "office.csv", tmp_path)
    assert baselines == RIGHT
    assert recipe in scenario
    assert "rows that are sums of others are left out" in remarks


def test_a_department_in_its_own_division_is_the_sum_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(OWN_DIVISION)
    assert read_again(tmp_path / "office.csv", tmp_path / "one")[0] == RIGHT
    text = "Department,Division,Budget\nSafety,Safety,100\nSafety,Patrol,100\nWorks,Works,50\nWorks,Snow,50\n"
    (tmp_path / "office.csv").write_text(text)
    assert read_again(tmp_path / "office.csv", tmp_path / "other")[0] == [50, 100]


def test_names_indented_in_a_workbook_are_parts_of_those_above(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row, (name, amount) in enumerate(line.split(",") for line in INDENTED.splitlines()):
        book.active.append([name.strip(), float(amount) if row else amount])
        book.active.cell(row + 1, 1).alignment = Alignment(indent=1 if name.startswith(" ") else 0)
    book.save(tmp_path / "office.xlsx")
    assert read_again(tmp_path / "office.xlsx", tmp_path)[0] == RIGHT


def test_a_parent_of_one_part_is_its_sum_where_a_header_says_so(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text("program,parent,baseline\nSafety,,100\nPatrol,Safety,100\nParks,,60\n")
    assert read_again(tmp_path / "office.csv", tmp_path)[0] == [60, 100]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (PARENTS.replace("Works,,900", "Works,,950"), "--column ignore=parent"),
        (CODES.replace("20,Works,900", "20,Works,950"), "--column program=Code"),
        (INDENTED.replace("Works,900", "Works,950"), "--column program=Program"),
    ],
)
def test_parents_of_which_some_are_no_sums_are_asked_about(text: str, own: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ChoiceError, match="950, its parts 900") as error:
        read_budget(str(tmp_path / "office.csv"))
    sums, theirs = error.value.options
    assert theirs.flag == own
    assert "--skip" in sums.flag
    assert read_again(tmp_path / "office.csv", tmp_path / "one", sums.choices)[0] == RIGHT
    assert sum(read_again(tmp_path / "office.csv", tmp_path / "other", theirs.choices)[0]) == 4110


@pytest.mark.parametrize(
    ("text", "total"),
    [
        (PARENTS.replace("Safety,,1100", "Safety,,90").replace("Works,,900", "Works,,40"), 2190),
        ("Program,Budget\nPatrol,250\n Desk,250\nStreets,70\nSnow,60\n", 630),
        ("program,needs,baseline\nA,B,100\nB,,150\nC,B,50\nD,C,75\nE,,40\n", 415),
        ("Program,Parent,Budget\nPatrol,Safety,100\nDesk,Safety,50\nStreets,Works,70\n", 220),
        ("No,Program,Budget\n" + "".join(f"{at},Program {at},{at * at * 100}\n" for at in range(1, 31)), 945_500),
    ],
)
def test_rows_that_are_no_sums_count(text: str, total: float, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text, encoding="utf-8")
    assert sum(read_again(tmp_path / "office.csv", tmp_path)[0]) == total


ABOVE = "Program,Budget\nPolice,301\nPatrol,200\nRecords,101\nCity Clerk,40\nParks,170\nPools,100\nTrees,70\nMayor,10\n"
RIGHT_ABOVE = [10, 40, 70, 100, 101, 200]
UNDER = "Program,Budget\nPatrol,200\nRecords,101\nPolice,301\nCity Clerk,40\nPools,100\nTrees,70\nParks,170\nMayor,10\n"


@pytest.mark.parametrize("text", [ABOVE, UNDER, ABOVE.replace("City Clerk,40", "City Clerk,")])
@pytest.mark.parametrize("label", ["Total", "Citywide Ergebnis", "Program total"])
def test_sums_beside_rows_that_stand_alone_are_left_out_where_the_total_says_so(
    text: str, label: str, tmp_path: Path
) -> None:
    right = [amount for amount in RIGHT_ABOVE if amount != 40 or "Clerk,40" in text]
    (tmp_path / "office.csv").write_text(text + f"{label},{sum(right)}\n")
    baselines, scenario, remarks = read_again(tmp_path / "office.csv", tmp_path)
    assert [amount for amount in baselines if amount > 0] == right
    assert "Program: [Police, Parks, " in scenario
    assert "is not the sum" not in remarks


def test_sums_with_the_name_of_another_row_are_said(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(ABOVE.replace("Records", "POLICE") + "Pools,3\n")
    _, _, remarks = read_again(tmp_path / "office.csv", tmp_path)
    assert "rows may be counted twice: 2 rows hold the sum of rows right below them, 'Police', 'Parks'\n" in remarks


def test_rows_count_where_the_total_is_the_sum_of_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(ABOVE + "Total,992\n")
    assert sum(read_again(tmp_path / "office.csv", tmp_path)[0]) == 992


@pytest.mark.parametrize(("text", "where"), [(ABOVE, "below"), (UNDER, "above"), (ABOVE + "Total,500\n", "below")])
def test_sums_beside_rows_that_stand_alone_are_asked_about(text: str, where: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text)
    said = f"2 rows hold the sum of rows right {where} them, 'Police', 'Parks'"
    with pytest.raises(ChoiceError, match=said) as error:
        read_budget(str(tmp_path / "office.csv"))
    sums, theirs = error.value.options
    assert sums.flag == '--skip "Program=Police" --skip "Program=Parks"'
    assert read_again(tmp_path / "office.csv", tmp_path / "one", sums.choices)[0] == RIGHT_ABOVE
    baselines, _, remarks = read_again(tmp_path / "office.csv", tmp_path / "other", theirs.choices)
    assert sum(baselines) == 992
    assert f"{said}: `{sums.flag}` leaves them out" in remarks


def test_a_first_row_of_many_that_is_the_sum_of_the_others_is_asked_about(tmp_path: Path) -> None:
    rows = "".join(f"Program {at},{5000 + at * at}\n" for at in range(11))
    (tmp_path / "office.csv").write_text(f"Program,Budget\nTown,55385\n{rows}")
    with pytest.raises(ChoiceError, match="the first row, 'Town', has 55,385, the sum of the others") as error:
        read_budget(str(tmp_path / "office.csv"))
    total = error.value.options[0].choices
    assert sum(read_again(tmp_path / "office.csv", tmp_path, total)[0]) == 55385
    # a total that says that all rows count is no total of half of them
    (tmp_path / "office.csv").write_text(f"Program,Budget\nTown,55385\n{rows}Total,110770\n")
    assert sum(read_again(tmp_path / "office.csv", tmp_path / "other")[0]) == 110770


@pytest.mark.parametrize(
    "text",
    [
        # a sum in a long list of programs is chance
        "Program,Budget\n" + "".join(f"Program {at},{5000 + at * at}\n" for at in range(40)) + "A,30\nB,20\nC,10\n",
        # departments are known
        (
            "Department,Program,Budget\nPolice,Patrol,30\nPolice,Desk,20\nPolice,Dogs,10\nWorks,Snow,7\nParks,Pools,9\n"
            "Parks,Trees,5\nParks,Courts,4\nParks,Lamps,3\nParks,Paths,17\n"
        ),
    ],
)
def test_sums_that_may_be_chance_are_not_asked_about(text: str, tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text(text)
    assert "counted twice" not in read_again(tmp_path / "office.csv", tmp_path)[2]


@pytest.mark.parametrize(
    "rows",
    [
        # the total of a department is no proof that another department's equal row is a sum
        "Police,Patrol,10\n,Police Total,10\nParks,Dispatch,10\n,Parks Total,10\n",
        "Police,Patrol,10\nParks,Trails,10\n,Parks Total,10\nWorks,Snow,20\n,Works Total,20\n",
        ",Police Total,10\nPolice,Patrol,10\n,Parks Total,10\nParks,Dispatch,10\n",
    ],
)
def test_totals_of_parts_of_a_table_prove_no_row_to_be_a_sum(rows: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"Department,Program,Adopted\n{rows}", encoding="utf-8")
    programs = read_budget(str(tmp_path / "t.csv")).programs
    lines = [row.split(",") for row in rows.splitlines()]
    assert float(programs.baseline().sum()) == sum(float(amount) for department, _, amount in lines if department)
