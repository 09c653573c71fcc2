"""Several tables on one sheet, side by side or one below another: the one of programs and money is read."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import from_table, read_budget
from budgetopt.reading.write import write_files

PROGRAMS = ["Program,Department,FY26 Adopted", "Patrol,Police,1000", "Engines,Fire,850", "Pools,Parks,60"]
RIGHT = {"Patrol": 1000, "Engines": 850, "Pools": 60}
POSITIONS = ["Position,Department,FY26 FTE", "Officer,Police,10", "Fighter,Fire,8"]
REVENUE = ["Revenues,,", "Revenue source,Fund,FY26 Adopted", "Property tax,General,1500", "Total,,1500"]
SAME_HEADERS = ["FTE by department,,", "Program,Department,FY26 Adopted", "Patrol,Police,10", "Engines,Fire,8"]
BALANCES = ["Fund,Balance", "General,5000", "Water,300"]
LEGEND = ["Code,Meaning", "1,General", "2,Water", "3,Sewer"]
SOURCES = ["Revenues,Amount", "Property tax,1500", "Fees,300", "Grants,110"]
EXPENDITURES = ["Expenditures,Amount", "Patrol,1000", "Engines,850", "Pools,60"]
PIVOT = ["Row Labels,Sum of FY26", "Fire,850", "Police,1000"]
PROJECTS = ["Project,Cost", "Bridge,500", "Pool,300", "Roof,20", "Gate,9"]


def below(*tables: list[str]) -> str:
    return "\n,,\n".join("\n".join(table) for table in tables) + "\n"


def beside(first: list[str], second: list[str]) -> str:
    blanks = ["," * table[0].count(",") for table in (first, second)]
    pairs = zip_longest(first, second)
    return "\n".join(f"{one or blanks[0]},,{other or blanks[1]}" for one, other in pairs) + "\n"


def read(text: str, folder: Path, choices: Choices | None = None) -> tuple[dict[str, float], str, str]:
    """Return the baselines of the scenario that is written, its text and the remarks."""
    (folder / "office.csv").write_text(text)
    files, remarks = from_table(str(folder / "office.csv"), "town", choices)
    scenario = bo.load(write_files(folder / f"town{len(list(folder.iterdir()))}", files))
    found = dict(zip(scenario.programs.ids.tolist(), scenario.programs.baseline().tolist(), strict=True))
    return found, files["scenario.yaml"].decode(), "\n".join(remarks)


@pytest.mark.parametrize(
    ("text", "recipe", "left"),
    [
        (below(PROGRAMS, POSITIONS), ["last_row: 4"], "rows 6 to 8 is left out"),
        (below(PROGRAMS, REVENUE), ["last_row: 4"], "rows 7 to 9 is left out"),
        (below(PROGRAMS, SAME_HEADERS), ["last_row: 4"], "rows 7 to 9 is left out"),
        (below(REVENUE, PROGRAMS), ["header: 6"], "rows 2 to 4 is left out"),
        (below(POSITIONS, PROGRAMS, REVENUE), ["header: 5", "last_row: 8"], "rows 1 to 3, rows 11 to 13 is left out"),
        ("\n".join([*PROGRAMS, *REVENUE[1:]]), ["last_row: 4"], "rows 5 to 7 is left out"),
        (beside(PROGRAMS, BALANCES), ['range: "A:C"'], "columns E:F is left out"),
        (beside(PROGRAMS, LEGEND), ['range: "A:C"'], "columns E:F is left out"),
        (beside(PROGRAMS, PIVOT), ['range: "A:C"'], "columns E:F is left out"),
        (beside(PROGRAMS, SOURCES), ['range: "A:C"'], "columns E:F is left out"),
        (beside(EXPENDITURES, ["Source,Amount", *SOURCES[1:]]), ['range: "A:B"'], "columns D:E is left out"),
        (beside(SOURCES, EXPENDITURES), ['range: "D:E"'], "columns A:B is left out"),
        (beside(BALANCES, PROGRAMS), ['range: "D:F"'], "columns A:B is left out"),
    ],
)
def test_the_table_of_programs_is_read_and_the_other_told(
    text: str, recipe: list[str], left: str, tmp_path: Path
) -> None:
    found, scenario, remarks = read(text, tmp_path)
    assert found == RIGHT
    assert all(f"\n    {line}\n" in scenario for line in recipe)
    assert f"the only one with programs; what stands in {left}" in remarks


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (below(PROGRAMS, ["Capital projects,,", *PROJECTS]), ["--header 1", "--header 7"]),
        (beside(PROGRAMS, PROJECTS), ["--range A:C", "--range E:F"]),
    ],
)
def test_two_tables_with_programs_and_money_are_asked_about(text: str, flags: list[str], tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match=r"2 tables of .* may hold the programs") as error:
        read(text, tmp_path)
    one, other = error.value.options
    assert [one.flag, other.flag] == flags
    assert [one.said, other.said] == ["3 rows of 'Program', 1,910 in all", "4 rows of 'Project', 829 in all"]
    assert read(text, tmp_path, one.choices)[0] == RIGHT
    assert read(text, tmp_path, other.choices)[0] == {"Bridge": 500, "Pool": 300, "Roof": 20, "Gate": 9}
    # the flag alone says it, too
    key, value = flags[1].removeprefix("--").split()
    said = Choices(header=(int(value),)) if key == "header" else Choices(range=value.lower())
    assert read(text, tmp_path, said)[0] == {"Bridge": 500, "Pool": 300, "Roof": 20, "Gate": 9}


@pytest.mark.parametrize(
    "text",
    [
        "Program,,Department,,FY26 Adopted\nPatrol,,Police,,1000\nEngines,,Fire,,850\nPools,,Parks,,60\n",
        beside(PROGRAMS, ["Justification,FY25 Actual", "more,1", "less,2", "same,3"]),
        below(PROGRAMS[:2], [PROGRAMS[0], PROGRAMS[2]], [PROGRAMS[0], PROGRAMS[3]]),
        below(["Summary,,", "Total revenue,1910,", "Total spending,1910,"], PROGRAMS),
    ],
)
def test_one_table_with_gaps_stays_one(text: str, tmp_path: Path) -> None:
    found, scenario, remarks = read(text, tmp_path)
    assert found == RIGHT
    assert "range:" not in scenario
    assert "the only one" not in remarks


def test_titles_above_repeated_headers_are_no_programs(tmp_path: Path) -> None:
    pages = [["Police,,", PROGRAMS[0], PROGRAMS[1]], ["Other,,", PROGRAMS[0], *PROGRAMS[2:]]]
    found, _, remarks = read(below(*pages), tmp_path)
    assert found == RIGHT
    assert "1 title above repeated headers is left out: 'Other'" in remarks


def test_tables_of_a_workbook_side_by_side_below_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ["City of Elmfield", "", *beside(PROGRAMS, BALANCES).splitlines()]:
        book.active.append([float(cell) if cell.isdecimal() else cell or None for cell in row.split(",")])
    book.active.merge_cells("E4:E5")
    book.save(tmp_path / "office.xlsx")
    found = read_budget(str(tmp_path / "office.xlsx"))
    assert (found.programs.baseline().tolist(), found.table.range) == ([1000, 850, 60], "A:C")


@pytest.mark.parametrize("columns", ["A", "A3:D9", "D:A", "A-D"])
def test_what_is_no_range_of_columns_is_told(columns: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="are no columns"):
        Choices(range=columns)
    (tmp_path / "office.csv").write_text(below(PROGRAMS))
    table = {"file": str(tmp_path / "office.csv"), "range": columns, "columns": {"FY26 Adopted": "baseline"}}
    with pytest.raises(ScenarioError, match="letters such as A:D"):
        bo.Scenario.from_document({"format": "budgetopt/1", "name": "x", "funds": {}, "tables": {"programs": table}})


def test_headers_that_are_repeated_begin_no_other_table_whatever_the_decimal_mark(tmp_path: Path) -> None:
    header = "Department,Program,Fund,Adopted"
    first = ['Police,Patrol,General,"10.000,01"', 'Police,Patrol,Grants,"10.000,01"']
    rest = ["Parks,Dispatch,General,10.000", "Parks,Pools,General,10.000"]
    found, scenario, remarks = read("\n".join([header, *first, header, *rest]), tmp_path)
    assert found == {"Patrol": 20000.02, "Dispatch": 10000, "Pools": 10000}
    assert "1 row that repeats the headers is left out" in remarks
    assert "last_row" not in scenario
