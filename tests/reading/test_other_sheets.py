"""Results and grants in the other sheets of a workbook become part of the first scenario."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.reading.starting import from_table
from budgetopt.reading.write import write_files

PROGRAMS = [
    ["City of Elmfield"],
    ["Program", "Department", "Fund", "FY26 Adopted"],
    ["Library hours", "Library", "General", 6_000_000],
    ["Pools", "Parks", "General", 3_200_000],
    ["Rehousing", "Housing", "General", 2_000_000],
    ["Rehousing", "Housing", "ESG grant", 500_000],
    ["Trails", "Parks", "General", 0],
    ["Total", None, None, 11_700_000],
]
MEASURES = [
    ["Program", "Performance measure", "Unit", "FY24 Actual", "FY25 Actual", "FY26 Target"],
    ["Library hours", "Library visits", "visits", 800_000, 812_000, 850_000],
    ["Pools", "Admissions", "admissions", 150_000, 140_000, 150_000],
    ["Rehousing", "Households housed", "households", 190, 210, 220],
    ["Trails", "Miles", "miles", 7, 8, 9],
    ["Zoo", "Visitors", "visitors", 1, 1, 1],
    ["Pools", "Satisfied", "%", 0.8, 0.9, 0.9],
]
GRANTS = [
    ["Grant", "Program", "Award amount", "Local match", "End date"],
    ["ESG grant", "Rehousing", 500_000, "25%", "2027-06-30"],
    ["Swim grant", "Pools", 60_000, "1:4", "2026-12-31"],
    ["Swim grant", "Pools", 40_000, None, None],
]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in {"Programs": PROGRAMS, "Measures": MEASURES, "Grants": GRANTS, "Cover": [["x"]]}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cell in ("D7", "E7", "F7"):
        book["Measures"][cell].number_format = "0%"
    book.save(tmp_path / "office.xlsx")
    return tmp_path / "office.xlsx"


def test_results_become_effects_at_the_baseline(office: Path, tmp_path: Path) -> None:
    files, remarks = from_table(str(office), "Elmfield")
    scenario = bo.load(write_files(tmp_path / "elmfield", files))
    assert list(scenario.outcomes) == ["Library visits", "Admissions", "Households housed"]
    assert scenario.outcomes["Admissions"].unit == "admissions"
    # the latest result that is no target, at this year's money
    bought = bo.solve(scenario).outcomes["level"]
    assert bought.to_dict() == pytest.approx(
        {"Library visits": 812_000, "Admissions": 140_000, "Households housed": 210}
    )
    assert "3 results of the sheet 'Measures' are read, from 'FY25 Actual'" in remarks
    assert "results of programs that the table does not have are left out: Zoo" in remarks
    assert "results of programs without money are left out: Trails" in remarks
    assert "1 result that is a share is left out: an outcome is a number that money buys" in remarks


def test_a_cut_shows_what_it_costs_in_outcomes(office: Path) -> None:
    plan = bo.solve(bo.first_scenario(office).with_("funds.*.revenue=-10%"))
    bought = plan.outcomes["level"]
    assert bought["Library visits"] == pytest.approx(0.9 * 812_000)


def test_grants_become_funds_with_their_conditions(office: Path, tmp_path: Path) -> None:
    files, remarks = from_table(str(office), "Elmfield")
    funds = bo.load(write_files(tmp_path / "elmfield", files)).funds
    assert list(funds) == ["General", "ESG grant", "Swim grant"]
    assert [fund.kind for fund in funds.values()] == ["general", "grant", "grant"]
    assert [fund.revenue for fund in funds.values()] == [11_200_000, 500_000, 100_000]
    assert funds["ESG grant"].only is None
    esg, swim = funds["ESG grant"].match, funds["Swim grant"].match
    assert esg is not None
    assert swim is not None
    assert (esg.from_, esg.dollars, swim.dollars) == ("General", 0.25, 0.25)
    assert funds["Swim grant"].description == "Ends 2026-12-31"
    assert "no program is paid from 'Swim grant' now: it comes on top of the baselines" in remarks
    assert "'Swim grant' may pay only after the programs name it among their funds in the file" in remarks


def test_results_of_other_programs_are_told(office: Path) -> None:
    book = openpyxl.load_workbook(office)
    for row in range(2, 8):
        book["Measures"][f"A{row}"] = f"other {row}"
    book.save(office)
    _, remarks = from_table(str(office), "Elmfield")
    assert "the sheet 'Measures' seems to hold results, of programs that are not in the table" in remarks


def test_grants_find_their_programs_by_names_beside_codes_and_results_say_how(office: Path) -> None:
    book = openpyxl.load_workbook(office)
    book["Programs"].insert_cols(1)
    for row, code in ((2, "Program code"), (3, "L1"), (4, "P1"), (5, "H1"), (6, "H1"), (7, "P2")):
        book["Programs"][f"A{row}"] = code
    book.save(office)
    files, remarks = from_table(str(office), "Elmfield")
    assert "only: {program: P1}" in files["scenario.yaml"].decode()
    said = next(remark for remark in remarks if "'Measures'" in remark)
    assert said.endswith("and the table has their codes: `--column program=Program` takes names there")
    _, remarks = from_table(str(office), "Elmfield", bo.Choices(columns={"program": "Program"}))
    assert "3 results of the sheet 'Measures' are read, from 'FY25 Actual'" in remarks


def test_a_grant_for_what_is_no_program_is_told(office: Path) -> None:
    book = openpyxl.load_workbook(office)
    for row in (3, 4):
        book["Grants"][f"B{row}"] = "Swimming"
    book.save(office)
    files, remarks = from_table(str(office), "Elmfield")
    assert "only:" not in files["scenario.yaml"].decode()
    said = "the sheet 'Grants' names no program of the table for 'Swim grant' (Swimming): no `only` is written for it"
    assert said in remarks


def test_a_frame_becomes_a_scenario() -> None:
    import pandas as pd

    frame = pd.DataFrame({"Program": ["Library", "Pools"], "FTE": [4.5, 2.0], "FY26 Adopted": [46.125, 29.25]})
    scenario = bo.first_scenario(frame, name="Elmfield")
    assert (scenario.name, scenario.programs.ids.tolist()) == ("Elmfield", ["Library", "Pools"])
    assert scenario.programs.baseline().tolist() == [46.125, 29.25]
    assert bo.solve(scenario).programs["spending"].tolist() == pytest.approx([46.125, 29.25], abs=0.01)


def test_a_frame_that_may_mean_two_things_has_options() -> None:
    import pandas as pd

    frame = pd.DataFrame({"Program": ["Library"], "Operating": [4.0], "Capital": [2.0]})
    with pytest.raises(bo.ChoiceError) as caught:
        bo.first_scenario(frame)
    answers = {option.flag: option.choices for option in caught.value.options}
    sums = [bo.first_scenario(frame, choices=choices).programs.baseline().tolist() for choices in answers.values()]
    columns = ("baseline=Operating+Capital", "baseline=Operating", "baseline=Capital")
    assert list(answers) == [f"--column {column}" for column in columns]
    assert sums == [[6.0], [4.0], [2.0]]


def with_grants(folder: Path, title: str, grants: list[list[object]]) -> str:
    """Write a workbook of programs whose title is given, with a sheet of grants."""
    book = openpyxl.Workbook()
    for row in ([title], ["Program", "FY26 Adopted"], ["Patrol", 25_513], ["Shelter", 6_012]):
        book.active.append(row)
    sheet = book.create_sheet("Grants")
    for row in grants:
        sheet.append(row)
    book.save(folder / "grants.xlsx")
    return str(folder / "grants.xlsx")


HEADERS = ["Grant", "Program", "Award amount", "Match"]


@pytest.mark.parametrize(
    ("title", "grants", "choices", "revenues", "said"),
    [
        (
            "City ($ in thousands)",
            [["Grants ($ in thousands)"], HEADERS, ["ESG", "Shelter", 1_250], ["COPS", "Patrol", 740]],
            bo.Choices(),
            [1_250_000, 740_000],
            "on the sheet 'Grants' amounts are multiplied by 1,000, because the file says 'Grants ($ in thousands)'",
        ),
        (
            "City",
            [["Grant", "Award amount ($000)", "Match"], ["ESG", 1_250, "25%"], ["COPS", 740, None]],
            bo.Choices(),
            [1_250_000, 740_000],
            "on the sheet 'Grants' amounts are multiplied by 1,000, because the file says 'Award amount ($000)'",
        ),
        (
            "City ($ in thousands)",
            [HEADERS, ["ESG", "Shelter", 1_250], ["COPS", "Patrol", 740]],
            bo.Choices(),
            [1_250, 740],
            "amounts of the sheet 'Grants' are taken as they stand, and those of programs are multiplied by 1,000",
        ),
        (
            "City",
            [HEADERS, ["ESG", "Shelter", 1_250], ["COPS", "Patrol", 740]],
            bo.Choices(scale=1000),
            [1_250_000, 740_000],
            "amounts of the sheet 'Grants' are multiplied by 1,000, too",
        ),
        (
            "City",
            [HEADERS, ["ESG", "Shelter", "1.250,50 €"], ["COPS", "Patrol", "740,25 €"]],
            bo.Choices(),
            [1_250.5, 740.25],
            "on the sheet 'Grants' a comma separates decimals, a point thousands: `--decimal .` if that is wrong",
        ),
        (
            "City",
            [
                ["Grant", "Department", "Program", "Award amount", "Match"],
                ["ESG", "Housing", "Shelter", 1_250],
                ["Total Care", "Housing", "Shelter", 50],
                ["Housing total", None, None, 1_300],
                ["COPS", "Police", "Patrol", 740],
                ["Total", None, None, 2_040],
            ],
            bo.Choices(),
            [1_250, 50, 740],
            "2 rows of totals on the sheet 'Grants' are left out: 'Housing total', 'Total'",
        ),
        (
            "City",
            [HEADERS, ["ESG", "Shelter", 1_250], ["COPS", "Patrol", 740], ["Total", None, 2_000]],
            bo.Choices(),
            [1_250, 740],
            "the total in 'Total' of the sheet 'Grants' is not the sum of the rows that it should add up",
        ),
        (
            "City",
            [HEADERS, *([f"ESG {at}", "Shelter", at] for at in (1, 2, 5)), ["SAFER", None, None], [None, None, 7]],
            bo.Choices(),
            [1, 2, 5],
            "1 row without an amount on the sheet 'Grants' is left out: 'SAFER'",
        ),
    ],
)
def test_the_amounts_of_grants_are_read_as_their_own_sheet_says(
    title: str, grants: list[list[object]], choices: bo.Choices, revenues: list[float], said: str, tmp_path: Path
) -> None:
    file = with_grants(tmp_path, title, grants)
    files, remarks = from_table(file, "Elmfield", choices)
    funds = bo.load(write_files(tmp_path / "elmfield", files)).funds
    assert [fund.revenue for fund in funds.values() if fund.kind == "grant"] == revenues
    assert any(remark.startswith(said) for remark in remarks)


def test_an_amount_of_a_grant_that_may_mean_two_things_is_asked_for(tmp_path: Path) -> None:
    file = with_grants(tmp_path, "City", [HEADERS, ["ESG", "Shelter", "1.250"], ["COPS", "Patrol", "1.740"]])
    with pytest.raises(bo.ChoiceError, match=r"grants\.xlsx!Grants:C2: '1\.250' may be 1\.25 or 1,250") as caught:
        from_table(file, "Elmfield")
    amounts = [[grant.amount for grant in bo.read_budget(file, one.choices).grants] for one in caught.value.options]
    assert amounts == [[1_250, 1_740], [1.25, 1.74]]


def test_lines_of_names_in_cells_become_one_on_every_sheet(office: Path) -> None:
    book = openpyxl.load_workbook(office)
    for sheet in book:
        for row in sheet.iter_rows(min_row=3 if sheet.title == book.worksheets[0].title else 2):
            for cell in row:
                if isinstance(cell.value, str) and " " in cell.value and cell.row % 2:
                    cell.value = cell.value.replace(" ", "\n", 1)
    plain, (_, broken) = bo.first_scenario(office), (book.save(office), bo.first_scenario(office))
    assert broken.programs.ids.tolist() == plain.programs.ids.tolist()
    assert broken.programs.baseline().tolist() == plain.programs.baseline().tolist()
    assert list(broken.funds) == list(plain.funds)
    assert bo.solve(broken).outcomes["level"].to_dict() == bo.solve(plain).outcomes["level"].to_dict()


def test_results_are_read_with_the_decimal_mark_of_the_programs(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Program", "FY26 Adopted"], ["Pools", "3.200,50"], ["Library", "6.000,00"]):
        book.active.append(row)
    sheet = book.create_sheet("Results")
    for row in (["Program", "Measure", "Unit", "FY25 Actual"], ["Pools", "Visits", "visits", "812.000"]):
        sheet.append(row)
    book.save(tmp_path / "office.xlsx")
    plan = bo.solve(bo.first_scenario(tmp_path / "office.xlsx"))
    assert plan.outcomes["level"]["Visits"] == pytest.approx(812_000)
