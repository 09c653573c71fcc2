"""A scenario begun from an office's own table, in a call."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.load import load
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import first_scenario, from_table, read_budget
from budgetopt.reading.write import write_files
from budgetopt.reading.yaml_file import read_yaml


@pytest.fixture
def office(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Offers"
    for row in (
        ["City of Elmfield"],
        ["Program", "Dept", "Fund", "FY26 Adopted", "Council district"],
        ["Library hours", "Library", "General", 120_000, 3],
        ["Streets", "Works", "Street aid", 400_000, 1],
        ["Total", None, None, 520_000],
    ):
        sheet.append(row)
    book.create_sheet("Notes")
    book.save(tmp_path / "office.xlsx")
    return tmp_path / "office.xlsx"


def test_the_mapping_is_written_down_and_what_has_no_place_is_told(office: Path, tmp_path: Path) -> None:
    files, remarks = from_table(f"{office}!Offers", "elmfield")
    folder = write_files(tmp_path / "elmfield", files)
    assert read_yaml(folder / "scenario.yaml").tree["tables"]["programs"]["columns"] == {
        "Program": "program",
        "Dept": "department",
        "Fund": "funds",
        "FY26 Adopted": "baseline",
        "Council district": "ignore",
    }
    assert "left aside, because no key of a program fits: 'Council district'" in remarks
    assert "1 row of totals is left out, 520,000 in all: 'Total'" in remarks
    scenario = load(folder)
    assert scenario.name == "elmfield"
    assert scenario.programs.ids.tolist() == ["Library hours", "Streets"]
    assert {name: fund.revenue for name, fund in scenario.funds.items()} == {"General": 120_000, "Street aid": 400_000}
    assert "Council district: ignore" in (folder / "scenario.yaml").read_text(encoding="utf-8")
    with pytest.raises(OptionError, match="there is already"):
        write_files(tmp_path / "elmfield", files)


def test_a_table_that_cannot_be_placed_is_refused(office: Path, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no sheet 'Offer'"):
        from_table(f"{office}!Offer", "elmfield")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(OptionError, match="can be taken for the headers"):
        from_table(str(tmp_path / "other.csv"), "elmfield")


@pytest.mark.parametrize("columns", [("FY25", "FY26"), ("FY26", "FY25")])
def test_a_baseline_for_every_period_beside_one_for_a_period_is_refused(
    columns: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("Program,FY25,FY26\nPatrol,100,110\nPools,50,60\n")
    choices = Choices(columns=dict(zip(("baseline", "baseline.FY26"), columns, strict=True)))
    with pytest.raises(ScenarioError, match=r"'Patrol' is set for every period.* and again for FY26"):
        from_table(str(tmp_path / "t.csv"), "t", choices)


HEADERS = ["Program", "Department", "FY26 Adopted"]
PROGRAMS = [HEADERS, ["Patrol", "Police", 250], ["Pools", "Parks", 100], ["Hours", "Library", 60]]
NAMELESS = [*PROGRAMS[:2], [None, "Parks", 70], *PROGRAMS[2:]]
SIDE_BY_SIDE = [[None, *"ABCDEFG"], ["FY25", *range(1, 8)], ["FY26", *range(2, 9)]]
SUMMARY = [["Department", "FY26 Adopted"], ["Police", 250], ["Parks", 170], ["Library", 60]]
REVENUE = [["Revenue source", "FY26 Adopted"], ["Property tax", 300], [None, 44], ["Fees", 60]]
NOTES = [["Notes"], ["This is the budget of the city."]]


def workbook(folder: Path, *tables: list[list[object]]) -> str:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, rows in enumerate(tables, start=1):
        sheet = book.create_sheet(f"T{at}")
        for row in rows:
            sheet.append(row)
    book.save(folder / "tables.xlsx")
    return str(folder / "tables.xlsx")


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (NAMELESS, "1 row has an amount, 70 in all, and no 'Program': FILE!T1:A3"),
        (SIDE_BY_SIDE, "the programs of FILE!T1 stand side by side, with a column each"),
    ],
)
def test_a_summary_does_not_replace_a_sheet_of_programs_that_cannot_be_read(
    refused: list[list[object]], message: str, tmp_path: Path
) -> None:
    file = workbook(tmp_path, refused, SUMMARY, NOTES)
    with pytest.raises(ChoiceError, match=r"2 sheets of .* may hold the programs") as caught:
        from_table(file, "t")
    programs, summary = caught.value.options
    message = message.replace("FILE", file)
    assert (programs.flag, programs.said) == ("--sheet T1", f"this cannot be read as it is: {message}")
    assert (summary.flag, summary.said) == ("--sheet T2", "3 rows of 'Department', 480 in all")
    with pytest.raises(OptionError) as refusal:
        from_table(file, "t", programs.choices)
    assert refusal.value.message == message
    assert "Police: " in from_table(file, "t", summary.choices)[0]["scenario.yaml"].decode()


def test_the_only_sheet_of_programs_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="1 row has an amount, 70 in all, and no 'Program'"):
        from_table(workbook(tmp_path, NOTES, NAMELESS), "t")


def test_revenue_that_cannot_be_read_is_no_table_of_programs(tmp_path: Path) -> None:
    _, remarks = from_table(workbook(tmp_path, PROGRAMS, REVENUE), "t")
    assert remarks[0] == "the sheet 'T1' was taken, the only one with programs"


def test_a_wrong_choice_is_told_once_for_all_sheets(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="'founds' is no key of a program"):
        from_table(workbook(tmp_path, PROGRAMS, SUMMARY), "t", Choices(columns={"founds": "Department"}))


def test_a_program_of_which_one_line_breaks_the_name_is_added_up(tmp_path: Path) -> None:
    rows = [HEADERS, ["Library\nhours", "Library", 250], ["Pools", "Parks", 100], ["Library hours", "Library", 60]]
    folder = write_files(tmp_path / "t", from_table(workbook(tmp_path, rows), "t")[0])
    programs = load(folder).programs
    assert dict(zip(programs.ids, programs.baseline(), strict=True)) == {"Library hours": 310, "Pools": 100}


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009", "\u3000"])
def test_a_name_with_another_blank_is_the_name_with_a_plain_one(blank: str, tmp_path: Path) -> None:
    works = f"Public{blank}Works"
    rows = [HEADERS, [f"Street{blank}lights", works, 250], ["Roads", "Public Works", 100], ["Street lights", works, 60]]
    folder = write_files(tmp_path / "t", from_table(workbook(tmp_path, rows), "t")[0])
    programs = load(folder).programs
    assert dict(zip(programs.ids, programs.baseline(), strict=True)) == {"Street lights": 310, "Roads": 100}
    assert set(programs.text("department")) == {"Public Works"}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("=B2*1.05", "=B3*1.05"), "C2: the cell holds a formula whose result is not stored in the file"),
        ((None, "#REF!"), "C3: the cell shows the error #REF!"),
    ],
)
def test_the_budget_of_last_year_is_not_taken_where_that_of_this_year_cannot_be_read(
    cells: tuple[str | None, str], said: str, tmp_path: Path
) -> None:
    rows = [["Program", "FY25 Actual", "FY26 Adopted"], ["Patrol", 900, cells[0]], ["Pools", 280, cells[1]]]
    file = workbook(tmp_path, rows)
    with pytest.raises(OptionError) as refusal:
        from_table(file, "t")
    assert refusal.value.message == f"{file}!T1:{said}, and no amount of 'FY26 Adopted' can be read"
    assert "`--column baseline=HEADER`" in refusal.value.hint
    found = read_budget(file, Choices(columns={"baseline": "FY25 Actual"}))
    assert found.programs.baseline().tolist() == [900, 280]


def test_an_error_in_a_column_that_is_not_taken_is_no_reason_to_refuse(tmp_path: Path) -> None:
    headers = ["Program", "FY26 Adopted", "FY27 Projected", "Change"]
    file = workbook(tmp_path, [headers, ["Patrol", 900, "=B2*2", "#DIV/0!"], ["Pools", 280, "=B3*2", "#DIV/0!"]])
    assert read_budget(file).programs.baseline().tolist() == [900, 280]


def test_outcomes_of_the_table_are_named_without_weights(tmp_path: Path) -> None:
    table = "program,baseline,outcomes.visits.per_dollar,outcomes.No. 1.curve\na,100,2,\nb,50,,0:0;50:3;100:4\n"
    (tmp_path / "own.csv").write_text(table)
    files, _ = from_table(str(tmp_path / "own.csv"), "town")
    written = load(write_files(tmp_path / "town", files))
    for scenario in (written, first_scenario(tmp_path / "own.csv")):
        assert {name: (one.unit, one.weight) for name, one in scenario.outcomes.items()} == {
            "visits": ("visits", 0), "No. 1": ("No. 1", 0)
        }  # fmt: skip
        assert scenario.programs["b"].outcomes["No. 1"].curve == ((0, 0), (50, 3), (100, 4))
    assert read_budget(tmp_path / "own.csv").programs.ids.tolist() == ["a", "b"]
