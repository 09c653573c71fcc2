"""Ordinary budget files of offices: what is taken, what is asked, and what is said where rows may not belong."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import budgetopt as bo
from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices
from budgetopt.reading.starting import BudgetFile, read_budget

VOTES = "Project ID,Project Name,Cost,Votes\n1,Playground,120000,1530\n2,Bike racks,35000,1210\n"
VOTED = "Service;Budget voté;Réalisé\nÉcoles;1 200,00;1 100,00\nParcs;850,00;800,00\n"
QUARTERS = "Program,Department,Q1,Q2,Q3,Q4\nPatrol,Police,250,250,260,260\nEngines,Fire,200,210,220,220\n"
MONTHS = "Program,Jul,Aug,Sep,Annual\nPatrol,10,10,10,30\nEngines,5,5,6,16\n"
SAP = """\
Finanzstelle;Bezeichnung Finanzstelle;Finanzposition;Bezeichnung;Budget 2026
1000100000;Polizei Streife;4100000;Personalaufwand;1.050.000,00
1000100000;Polizei Streife;4200000;Sachaufwand;55.000,00
1000200000;Feuerwehr;4100000;Personalaufwand;910.000,00
"""
FLAGS = """\
FISCAL_YR,DEPT_NM,PROG_CD,REV_EXP,BUDGET_AMT
2026,POLICE,1001,E,1000
2026,POLICE,1001,R,70
2026,FIRE,2001,E,850
2025,FIRE,2001,E,800
"""
LONG = """\
Department,Measure,Period,Value
Police,Budget,2026,1000
Police,FTE,2026,10
Police,Budget,2025,900
Police,FTE,2025,9
Fire,Budget,2026,850
Fire,FTE,2026,8
Fire,Budget,2025,800
Fire,FTE,2025,8
"""
BY_FUND = "Program,General Fund,Special Revenue,Capital Projects,Total Budget,FTE\nPatrol,1000,100,0,1100,10.5\n"
BY_FUND += "Engines,800,50,200,1050,8\n"
CENTS = "Program,Budget (cents)\nPatrol,100050\nEngines,85000\n"
NOTED = "Department,FY26 Adopted\nPolice,1000\nFire,850\n,\nNote: all amounts in thousands of dollars.,\n"
DASHES = 'Område;Tjeneste;Budsjett 2026\nSkole;Lærere;1 000 000,-\nSkole;Bygg;"200 000,-"\nMiljø;Parker;850.-\n'
FUNCTIONS = (
    "Function,Department,2026 Budget\nGovernment,Mayor,100\nGovernment,Clerk,50\n*with grants,,\nSafety,Police,1000\n"
)
RECEIVED = (
    "Account,Description,FY26 Budget\n4010,Property Tax,1500\n4020,Fee revenue,500\n5010,Police,1000\n5,Fire,900\n"
)
BALANCES = "Department,FY26 Budget\nPolice,1000\nFire,900\nEnding fund balance,55\n"

OF_WHICH = "Program,Budget\nPolice,1000\n  of which overtime,100\nFire,850\n  of which overtime,50\n"
TOTAL_ELSEWHERE = """\
Department,Program,FY2026 Budget
Police,Patrol,1000
Police,Desk,200
Fire,Engines,850
Police,Total Police,1200
"""
DATED = "Program,Award,End Date\nSuppression,1200,2027-09-30\nPatrol,150,2026-09-30\nPatrol,50,2026-09-30\n"
PHASES = "Phase;Amt;Produkt;Betrag\nEntwurf;A;Streife;1000\nBeschluss;A;Streife;1100\nEntwurf;B;Wagen;800\n"
PHASES += "Beschluss;B;Wagen;850\n"


def read(text: str, folder: Path, choices: Choices | None = None) -> BudgetFile:
    (folder / "office.csv").write_text(text, encoding="utf-8")
    return read_budget(str(folder / "office.csv"), choices)


def amounts(found: BudgetFile) -> dict[str, float]:
    return dict(zip(found.programs.ids.tolist(), found.programs.baseline().tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        (VOTES, {"1": 120_000, "2": 35_000}),
        (VOTED, {"Écoles": 1200, "Parcs": 850}),
        (MONTHS, {"Patrol": 30, "Engines": 16}),
        (SAP, {"1000100000": 1_105_000, "1000200000": 910_000}),
        (FLAGS, {"1001": 1000, "2001": 850}),
        (LONG, {"Police": 1000, "Fire": 850}),
        (BY_FUND, {"Patrol": 1100, "Engines": 1050}),
        (CENTS, {"Patrol": 1000.5, "Engines": 850}),
        (NOTED, {"Police": 1_000_000, "Fire": 850_000}),
        (DASHES, {"Lærere": 1_000_000, "Bygg": 200_000, "Parker": 850}),
        (FUNCTIONS, {"Mayor": 100, "Clerk": 50, "Police": 1000}),
        (OF_WHICH, {"Police": 1000, "Fire": 850}),
        (TOTAL_ELSEWHERE, {"Patrol": 1000, "Desk": 200, "Engines": 850}),
        (DATED, {"Suppression": 1200, "Patrol": 200}),
        (PHASES, {"Streife": 1100, "Wagen": 850}),
        *(
            (f"Program;{head}\nPatrol;1,5\n", {"Patrol": 1500})
            for head in ("Budget ($K)", "Betrag (k€)", "Budget $000s")
        ),
        *(
            (f"Program;{head}\nPatrol;1,5\n", {"Patrol": 1.5e6})
            for head in ("Budget ($M)", "Betrag in Mio. €", "M€ 2026")
        ),
    ],
)
def test_what_is_taken_of_an_ordinary_file(text: str, programs: dict[str, float], tmp_path: Path) -> None:
    assert amounts(read(text, tmp_path)) == programs


def test_what_is_read_beside_the_money(tmp_path: Path) -> None:
    funds = read(BY_FUND, tmp_path).programs.under("baseline_by_fund")
    assert {name: column.values.tolist() for name, column in funds.items()} == {
        "General Fund": [1000, 800],
        "Special Revenue": [100, 50],
        "Capital Projects": [0, 200],
    }
    assert read(SAP, tmp_path).programs.names().tolist() == ["Polizei Streife", "Feuerwehr"]
    assert read(FUNCTIONS, tmp_path).programs.names().tolist() == ["Mayor", "Clerk", "Police"]


def test_quarters_are_offered_as_a_sum(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="4 columns of") as error:
        read(QUARTERS, tmp_path)
    first = error.value.options[0]
    assert first.flag == "--column baseline=Q1+Q2+Q3+Q4"
    assert amounts(read(QUARTERS, tmp_path, first.choices)) == {"Patrol": 1020, "Engines": 850}


@pytest.mark.parametrize(
    ("text", "remark", "flags", "rest"),
    [
        (
            RECEIVED,
            "2 rows that count seem to be revenue or a balance, 2,000 in all: 'Property Tax', 'Fee revenue'",
            '`--skip "Description=Property Tax" --skip "Description=Fee revenue"` leaves them out',
            {"Police": 1000, "Fire": 900},
        ),
        (
            BALANCES,
            "1 row that counts seems to be revenue or a balance, 55 in all",
            '`--skip "Department=Ending fund balance"` leaves it out',
            {"Police": 1000, "Fire": 900},
        ),
    ],
)
def test_rows_that_may_be_no_spending_are_said_with_their_money(
    text: str, remark: str, flags: str, rest: dict[str, float], tmp_path: Path
) -> None:
    said = "\n".join(read(text, tmp_path).remarks)
    assert remark in said
    assert flags in said
    column = "Description" if text is RECEIVED else "Department"
    names = ("Property Tax", "Fee revenue", "Ending fund balance") if text is RECEIVED else ("Ending fund balance",)
    assert amounts(read(text, tmp_path, Choices(skip={column: names}))) == rest


@pytest.mark.parametrize(
    ("text", "skip", "remark", "flags"),
    [
        (
            "Program,FY26\nMayor,5\nPublic Safety,\nPatrol,2\nCulture,\nPools,9\n",
            ("Public Safety", "Culture"),
            "2 rows that count have no amount: 'Public Safety', 'Culture'",
            '`--skip "Program=Public Safety" --skip "Program=Culture"` leaves them out',
        ),
        (
            "Program;Dept;FY26\nBad;Sport;12\nBuch;Kultur;500\nStand: 31.12.2025;;\n",
            ("Stand: 31.12.2025",),
            "1 row that counts has no amount: 'Stand: 31.12.2025'",
            '`--skip "Program=Stand: 31.12.2025"` leaves it out',
        ),
    ],
)
def test_rows_without_an_amount_are_said(
    text: str, skip: tuple[str, ...], remark: str, flags: str, tmp_path: Path
) -> None:
    found = read(text, tmp_path)
    assert f"{remark}: {flags}" in found.remarks
    rest = read(text, tmp_path, Choices(skip={"Program": skip}))
    assert rest.programs.ids.tolist() == [name for name in found.programs.ids if name not in skip]
    assert "no amount" not in "\n".join(rest.remarks)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        # zero is an amount, and so is one in another row of the program
        ("Program,Object,FY26\nPatrol,Staff,5\nPatrol,Cars,\nPools,Staff,0\n", ""),
        # a name that stands for money, too, cannot be left out by itself
        (
            "Program,Dept,FY26\nStaff,Police,5\nCars,Police,4\nStaff,Parks,\nTrees,Parks,3\n",
            "1 row that counts has no amount: 'Staff'",
        ),
        (
            "Program,FY26\nMayor,5\n" + "".join(f"New {at},\n" for at in range(7)) + "Pools,9\n",
            "7 rows that count have no amount: 'New 0', 'New 1', 'New 2', 'New 3', 'New 4', 'New 5' and 1 more",
        ),
    ],
)
def test_a_flag_that_leaves_rows_out_is_offered_only_where_it_does(text: str, remark: str, tmp_path: Path) -> None:
    choices = Choices(group=("Dept", "Program")) if ",Dept" in text else None
    assert [one for one in read(text, tmp_path, choices).remarks if "no amount" in one] == ([remark] if remark else [])


def test_a_department_of_revenue_is_no_revenue(tmp_path: Path) -> None:
    text = "Department,FY26 Budget\nDepartment of Revenue,1000\nRevenue,50\nTax collection,70\nFire,900\n"
    assert "seem" not in "\n".join(read(text, tmp_path).remarks)


def test_hidden_rows_of_a_sheet_are_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Program", "FY26 Adopted"], ["Patrol", 1000], ["Old desk", 55], ["Engines", 850]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "office.xlsx")
    found = read_budget(str(tmp_path / "office.xlsx"))
    assert found.programs.baseline().tolist() == [1000, 55, 850]
    assert "1 hidden row of the sheet counts, 55 in all: 'Old desk'" in found.remarks


def test_merged_cells_below_the_table_say_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Program", "FY26 Adopted"], ["Patrol", 1000], ["Engines", 850]):
        book.active.append(row)
    for cells in ("A5:A6", "B3:B9", "D2:E3"):
        book.active.merge_cells(cells)
    book.active.unmerge_cells("B3:B9")
    book.save(tmp_path / "office.xlsx")
    assert amounts(read_budget(str(tmp_path / "office.xlsx"))) == {"Patrol": 1000, "Engines": 850}


@pytest.mark.parametrize("text", [",Police,Fire\nFY25 Adopted,1000,800\nFY26 Adopted,1100,850\n",
                                  "Year,Police,Fire,Parks\n2025,9,8,7\n2026,10,9,8\n"])  # fmt: skip
def test_a_table_with_a_column_a_program_is_refused_with_what_to_do(text: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="stand side by side, with a column each") as error:
        read(text, tmp_path)
    assert "paste it transposed" in str(error.value)


@pytest.mark.parametrize(
    ("text", "choices", "message"),
    [
        ("Program,Budget\nTotal,5\nSubtotal,5\n", Choices(), "no row of .* that counts has an amount in 'Budget'"),
        ("Program,Budget\nPatrol,0\nFire,0\n", Choices(), "no row of .* that counts has an amount in 'Budget'"),
        ("Budget\n5\n7\n9\n", Choices(), "no column of .* can be taken for the programs"),
        ("Budget (000's)\nRevenue\n850\n", Choices(), "no column for the programs beside"),
        ("Program,Budget\nPatrol,-5\nFire,9\n", Choices(merge={"Patrol": "Fires"}), "no program 'Fires'"),
        ("Program,Budget\nPatrol,-5\nPatrol,2\n", Choices(), "the lines of 'Patrol' add up to -3"),
    ],
)
def test_files_without_programs_or_money_are_refused(text: str, choices: Choices, message: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=message):
        read(text, tmp_path, choices)


def test_a_fund_that_pays_nothing_is_a_fund_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "office.csv").write_text("Program,Fund,Amount\nPatrol,General,5\nPatrol,General,7\nDesk,Water,\n")
    scenario = bo.first_scenario(tmp_path / "office.csv")
    assert {name: fund.revenue for name, fund in scenario.funds.items()} == {"General": 12, "Water": 0}


def test_lines_that_are_merged_may_have_other_names(tmp_path: Path) -> None:
    text = "Cost Centre,Description,Budget\n1001,Patrol,1000\n1002,Fees,-50\n1003,Engines,850\n"
    found = read(text, tmp_path, Choices(merge={"1002": "1001"}))
    assert amounts(found) == {"1001": 950, "1003": 850}
    assert "'Description' differs within 1 program and is left aside" in found.remarks


def test_wards_and_numbers_of_employees_are_no_years(tmp_path: Path) -> None:
    text = "Program,Ward 1,Ward 2,FY25 FTE,FY26 FTE,Total\nStreets,100,200,9,9,300\nTrees,10,20,8,8,30\n"
    assert "column a year" not in "\n".join(read(text, tmp_path).remarks)


@pytest.mark.parametrize(
    ("header", "values"),
    [("Scenario", ["Base", "Option A"]), ("Budget Version", ["1", "2"]), ("Currency", ["USD", "EUR"])],
)
def test_which_edition_of_a_budget_counts_is_asked(header: str, values: list[str], tmp_path: Path) -> None:
    lines = [f"{value},{program},{amount}" for value in values for program, amount in (("Patrol", 1000), ("Fire", 850))]
    text = "\n".join([f"{header},Program,Budget", *lines]) + "\n"
    with pytest.raises(ChoiceError, match=f"are of 2 kinds by '{header}'") as error:
        read(text, tmp_path)
    sums = [read(text, tmp_path, option.choices).programs.baseline().sum() for option in error.value.options]
    assert sums == [1850, 1850, 3700]
    assert error.value.options[2].flag == f'--where "{header}=*"'


def test_each_program_in_one_edition_is_not_asked(tmp_path: Path) -> None:
    assert amounts(read("Phase,Project,Cost\nDesign,Bridge,100\nBuild,Roof,50\n", tmp_path)) == {
        "Bridge": 100,
        "Roof": 50,
    }


def test_copies_of_rows_are_said(tmp_path: Path) -> None:
    text = "Fund,Program,Amount\nGeneral,Patrol,1000\nGeneral,Patrol,1000\nGeneral,Engines,850\n"
    remark = "1 row is an exact copy of another and counts, 1,000 in all: 'Patrol'"
    assert remark in read(text, tmp_path).remarks
    assert remark not in read(text.replace("1000\nGeneral,Engines", "900\nGeneral,Engines"), tmp_path).remarks


def test_amounts_that_are_cut_at_their_thousands_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        OptionError, match=r"office\.csv:2:3: the row has more cells than there are headers, 2"
    ) as error:
        read("Department,Budget\nPolice,1,000,000\nFire,850,000\n", tmp_path)
    assert "if 1 000 000 is one amount, export the file with amounts in quotes" in str(error.value)
