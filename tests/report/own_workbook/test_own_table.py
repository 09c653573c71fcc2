"""The plan in a copy of the office's own table: new columns, and everything else as it was."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table

import budgetopt as bo
from budgetopt.cli import main
from budgetopt.report.own_workbook.like_formula import like_formula, result_of
from budgetopt.report.own_workbook.sheet_text import AddedCell, SheetText
from budgetopt.synthetic import city

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

SCENARIO = """\
format: budgetopt/1
name: Elmfield
funds:
  general: {revenue: 9M}
  fees: {revenue: 1M, only: {program: P1}}
outcomes: {visits: {unit: visits, weight: 1}}
tables:
  programs:
    file: FILE
    header: 3
    last_row: 8
    columns: {Offer: program, Program name: name, FTE: ignore, FY26 adopted: baseline, Floor: spending.at_least}
programs:
  P1: {outcomes: {visits: {per_dollar: 0.1}}}
  P2: {outcomes: {visits: {per_dollar: 0.2}}, spending: {at_most: 2M}}
  L1: {outcomes: {visits: {per_dollar: 0.25}}, spending: {at_most: 6.5M}}
  L2: {outcomes: {visits: {per_dollar: 0.21}}, spending: {at_most: 900k}}
"""
HEADERS = ["Offer", "Program name", "FTE", "FY26 adopted", "Floor"]
ROWS: list[list[Any]] = [
    ["P1", "Pools", 10, 3_000_000, None],
    ["P2", "Trees & paths", 5, 1_200_000, 1_000_000],
    [],
    ["L1", "Branches", 40, 6_000_000, 5_000_000],
    ["L2", "Book bus", 2, 500_000, None],
    ["Subtotal", None, None, "=SUBTOTAL(9,D4:D8)"],
    ["Total", None, None, "=SUM(D4:D9)-D9"],
    ["Both", None, None, "=SUM($D$4:$D8)"],
    ["Parks", None, None, '=SUMIF(A4:A8,"P*",D4:D8)'],
    ["Heads", None, "=SUM(C4:C8)", "=SUM(C4:C8)"],
]
PLAN = {"P1": 1_000_000.0, "P2": 1_600_000.0, "L1": 6_500_000.0, "L2": 900_000.0}


def office(path: Path) -> Path:
    """Write a workbook as an office has it: a title over merged cells, styles, totals, a chart, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Offers & more"
    sheet["A1"] = "City of Elmfield"
    sheet.merge_cells("A1:E1")
    for row, cells in enumerate([HEADERS, *ROWS], start=3):
        for column, value in enumerate(cells, start=1):
            cell = sheet.cell(row, column, value)
            if row == 3:
                cell.fill = PatternFill("solid", fgColor="DDEEFF")
                cell.font = Font(bold=True)
        sheet.cell(row, 4).number_format = "#,##0;[Red](#,##0)"
    sheet.column_dimensions["D"].width = 21
    sheet.auto_filter.ref = "A3:E8"
    other = book.create_sheet("Summary")
    other["A1"] = "='Offers & more'!D9"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=3, max_row=8), titles_from_data=True)
    other.add_chart(chart, "B5")
    book.save(path)
    return path


def folder(tmp_path: Path, file: str = "office.xlsx", text: str = SCENARIO) -> Path:
    (tmp_path / "scenario.yaml").write_text(text.replace("FILE", file), encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the office's workbook, and a copy of it with the plan."""
    home = folder(tmp_path_factory.mktemp("office"), "office.xlsx!Offers & more")
    own = office(home / "office.xlsx")
    return own, bo.solve(home).to_own_table(home / "plan.xlsx")


def test_the_plan_stands_beside_the_columns_of_the_office(written: tuple[Path, Path]) -> None:
    sheet = openpyxl.load_workbook(written[1], data_only=True)["Offers & more"]
    headers = [cell.value for cell in sheet[3]]
    assert headers == [
        *HEADERS,
        "plan, USD",
        "change from baseline, USD",
        "plan from general, USD",
        "plan from fees, USD",
    ]
    rows = {row[0]: row[5:] for row in sheet.iter_rows(min_row=4, max_row=8, values_only=True) if row[0]}
    assert {name: row[0] for name, row in rows.items()} == PLAN
    assert rows["P1"] == (1_000_000, -2_000_000, 0, 1_000_000)
    assert rows["L2"] == (900_000, 400_000, 900_000, 0)


def test_totals_of_the_office_add_up_the_plan(written: tuple[Path, Path]) -> None:
    formulas, values = (openpyxl.load_workbook(written[1], data_only=known)["Offers & more"] for known in (False, True))
    assert [formulas.cell(row, 6).value for row in range(9, 14)] == [
        "=SUBTOTAL(9,F4:F8)",
        "=SUM(F4:F9)-F9",
        "=SUM($F$4:$F8)",
        '=SUMIF(A4:A8,"P*",F4:F8)',
        None,
    ]
    assert formulas["G4"].value == "=F4-D4"
    assert values["F9"].value == values["F11"].value == 10_000_000
    assert values["G9"].value == -700_000


def test_looks_are_those_of_the_baseline(written: tuple[Path, Path]) -> None:
    sheet = openpyxl.load_workbook(written[1])["Offers & more"]
    assert sheet["F4"].number_format == sheet["D4"].number_format == "#,##0;[Red](#,##0)"
    assert sheet["F3"].font.bold
    assert sheet["F3"].fill.fgColor.rgb == sheet["D3"].fill.fgColor.rgb
    assert sheet.column_dimensions["F"].width == 21
    assert sheet.auto_filter.ref == "A3:I8"


def test_every_other_part_of_the_file_is_the_same(written: tuple[Path, Path]) -> None:
    own, copy = (zipfile.ZipFile(path) for path in written)
    assert own.namelist() == copy.namelist()
    changed = {name for name in own.namelist() if own.read(name) != copy.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    first, second = (archive.read("xl/worksheets/sheet1.xml").decode() for archive in (own, copy))
    # what was added is all that differs: without it the rows are those of the office
    assert re.sub(r'<c r="[F-I][0-9]+".*?(?:/>|</c>)', "", second.split("<sheetData>")[1]).replace(
        'ref="A3:I8"', 'ref="A3:E8"'
    ) == re.sub(r' spans="[^"]*"', "", first.split("<sheetData>")[1])


@pytest.mark.office
@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
def test_a_spreadsheet_program_opens_it_and_agrees(written: tuple[Path, Path], tmp_path: Path) -> None:
    assert OFFICE is not None
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(written[1])]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)["Offers & more"]
    assert [sheet.cell(row, 6).value for row in (4, 9, 10, 11, 12)] == [1e6, 1e7, 1e7, 1e7, 2.6e6]


CSV = (
    "City of Elmfield\r\n\r\nOffer;Program name;FTE;FY26 adopted;Floor\r\nP1;Pools;10;3000000;\r\n"
    'P2;"Trees; and\r\npaths";5;"1200000";1000000\r\n\r\nL1;Branches;40;6000000;5000000\r\nL2;Book bus;2;500000;'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_lines_of_a_csv_file_stay_as_they_are(tmp_path: Path, encoding: str) -> None:
    home = folder(tmp_path, "office.csv")
    (home / "office.csv").write_bytes(CSV.encode(encoding))
    copy = bo.solve(home).to_own_table(home / "plan.csv").read_bytes().decode(encoding)
    assert copy == (
        "City of Elmfield\r\n\r\nOffer;Program name;FTE;FY26 adopted;Floor;plan, USD;change from baseline, USD;"
        "plan from general, USD;plan from fees, USD\r\nP1;Pools;10;3000000;;1000000;-2000000;0;1000000\r\n"
        'P2;"Trees; and\r\npaths";5;"1200000";1000000;1600000;400000;1600000;0\r\n\r\n'
        "L1;Branches;40;6000000;5000000;6500000;500000;6500000;0\r\nL2;Book bus;2;500000;;900000;400000;900000;0"
    )


def test_the_decimal_mark_of_a_text_file_is_kept(tmp_path: Path) -> None:
    text = "name: Town\nfunds: {general: {revenue: 120.5}}\nobjective: {minimize: largest cut}\n"
    table = "tables: {programs: {file: office.csv, decimal: ','}}\n"
    (tmp_path / "scenario.yaml").write_text(text + table, encoding="utf-8")
    (tmp_path / "office.csv").write_text("program;baseline\nparks;60,25\npools;60,25\n", encoding="utf-8")
    copy = bo.solve(tmp_path).to_own_table(tmp_path / "plan.csv")
    assert copy.read_text(encoding="utf-8").splitlines()[1] == "parks;60,25;60,25;0"
    copy.write_text(copy.read_text(encoding="utf-8").replace("60,25;0", "59,75;0", 1), encoding="utf-8")
    assert bo.edited_plan(tmp_path, copy).moves["after"].tolist() == [59.75]


def test_periods_have_columns_of_their_own_and_programs_elsewhere_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SCENARIO.replace("funds:\n", "periods: [FY27, FY28]\ninflation: 10%\nfunds:\n")
    home = folder(tmp_path, "office.xlsx!Offers & more", text + "  extra: {spending: {at_least: 5k}}\n")
    office(home / "office.xlsx")
    assert main(["solve", str(home), "--out", str(home / "plan.xlsx")]) == 0
    assert "note: 1 program of the scenario stands in no row of office.xlsx and gets $10,000" in capsys.readouterr().err
    sheet = openpyxl.load_workbook(home / "plan.xlsx")["Offers & more"]
    headers = [cell.value for cell in sheet[3]][5:]
    assert headers[:4] == [
        "plan FY27, USD",
        "change from baseline FY27, USD",
        "plan FY27 from general, USD",
        "plan FY27 from fees, USD",
    ]
    assert headers[4:6] == ["plan FY28, USD", "change from baseline FY28, USD"]
    # the baseline of the second period has grown, so that no cell of the office holds it
    assert sheet["G4"].value == "=F4-D4"
    assert sheet["K4"].value == pytest.approx(sheet["J4"].value - 3_300_000)


def test_a_table_of_the_workbook_covers_the_plan_so_that_it_is_sorted_with_it(tmp_path: Path) -> None:
    home = folder(tmp_path, "office.xlsx!Offers & more")
    office(home / "office.xlsx")
    book = openpyxl.load_workbook(home / "office.xlsx")
    sheet = book["Offers & more"]
    sheet.auto_filter.ref = None
    sheet.add_table(Table(displayName="Offers", ref="A3:E8"))
    book.save(home / "office.xlsx")
    copy = bo.solve(home).to_own_table(home / "plan.xlsx")
    table = openpyxl.load_workbook(copy)["Offers & more"].tables["Offers"]
    assert table.ref == "A3:I8"
    assert table.autoFilter is None or table.autoFilter.ref == "A3:I8"
    assert table.column_names[5:] == [
        "plan, USD",
        "change from baseline, USD",
        "plan from general, USD",
        "plan from fees, USD",
    ]
    assert len({column.id for column in table.tableColumns}) == 9


def test_a_table_of_the_workbook_with_totals_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = folder(tmp_path, "office.xlsx!Offers & more")
    office(home / "office.xlsx")
    book = openpyxl.load_workbook(home / "office.xlsx")
    sheet = book["Offers & more"]
    sheet.auto_filter.ref = None
    sheet["D9"] = "=SUBTOTAL(109,Offers[FY26 adopted])"
    table = Table(displayName="Offers", ref="A3:E9", totalsRowCount=1)
    sheet.add_table(table)
    book.save(home / "office.xlsx")
    assert main(["solve", str(home), "--out", str(home / "plan.xlsx")]) == 0
    assert "stand beside the table of the workbook: sort both together" in capsys.readouterr().err
    formulas, values = (
        openpyxl.load_workbook(home / "plan.xlsx", data_only=known)["Offers & more"] for known in (False, True)
    )
    assert formulas.tables["Offers"].ref == "A3:E9"
    assert formulas["F9"].value == "=SUBTOTAL(109,F4:F8)"
    assert values["F9"].value == 10_000_000


def test_the_order_of_calculation_is_left_to_the_spreadsheet_program(tmp_path: Path) -> None:
    """A list of formulas that lacks new ones, as Excel keeps it, would be wrong: it is made anew when one opens it."""
    home = folder(tmp_path, "office.xlsx!Offers & more")
    office(home / "made.xlsx")
    override = '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.calcChain+xml"/></Types>'
    relation = '<Relationship Id="rId99" Type="http://x/calcChain" Target="calcChain.xml"/></Relationships>'
    with zipfile.ZipFile(home / "made.xlsx") as old, zipfile.ZipFile(home / "office.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            text = (
                text.replace("</Types>", override).replace("</Relationships>", relation)
                if "workbook" in name or ("Types" in name)
                else text
            )
            new.writestr(name, re.sub("<calcPr[^>]*/>", "", text))
        new.writestr("xl/calcChain.xml", "<calcChain/>")
    with zipfile.ZipFile(bo.solve(home).to_own_table(home / "plan.xlsx")) as copy:
        assert "xl/calcChain.xml" not in copy.namelist()
        assert b"calcChain" not in copy.read("[Content_Types].xml") + copy.read("xl/_rels/workbook.xml.rels")
        book = copy.read("xl/workbook.xml").decode()
    assert re.search(r'</(definedNames|sheets)><calcPr fullCalcOnLoad="1"/>', book)


def test_charts_beside_the_table_are_not_covered(tmp_path: Path) -> None:
    home = folder(tmp_path, "office.xlsx!Offers & more")
    office(home / "office.xlsx")
    book = openpyxl.load_workbook(home / "office.xlsx")
    sheet = book["Offers & more"]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=3, max_row=8))
    sheet.add_chart(chart, "G3")
    book.save(home / "office.xlsx")
    sheet = openpyxl.load_workbook(bo.solve(home).to_own_table(home / "plan.xlsx"))["Offers & more"]
    plan = next(cell for cell in sheet[3] if cell.value == "plan, USD")
    anchor = sheet._charts[0].anchor
    assert plan.column > anchor._from.col + 1
    assert sheet.cell(4, plan.column).value == 1_000_000


LINES: list[list[Any]] = [
    ["City of Elmfield, in thousands"],
    [None, None, None, "FY27"],
    ["Department", "Program", "Fund", "Adopted"],
    ["Parks", "Pools", "general", 2_900],
    [None, "Pools", "fees", 300],
    [None, "Trails", "general", 1_200.5],
    ["Parks total", None, None, "=SUM(D4:D6)"],
    ["Library", "Branches", "general", 6_000],
    ["Library total", None, None, "=SUM(D8:D8)"],
    ["Grand total", None, None, "=D7+D9"],
]
OF_LINES = """\
name: Elmfield
funds:
  general: {revenue: 9M}
  fees: {revenue: 300k}
tables:
  programs:
    file: office.xlsx
    header: [2, 3]
    add_up: true
    scale: 1000
    skip: {Department: "* total"}
    fill_down: [Department]
    columns: {Department: department, Program: program, Fund: funds, FY27 Adopted: baseline}
objective: {minimize: largest cut}
"""


def test_programs_of_several_lines_in_thousands_have_their_plan_on_the_first(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(OF_LINES, encoding="utf-8")
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line)
    book.save(tmp_path / "office.xlsx")
    # a spreadsheet program stores the results of formulas; here nobody asks for those of totals
    plan = bo.solve(tmp_path)
    copy = plan.to_own_table(tmp_path / "plan.xlsx")
    formulas, sheet = (openpyxl.load_workbook(copy, data_only=known).active for known in (False, True))
    assert sheet["E3"].value == "plan, USD x 1,000 (on the first row of each program)"
    amounts = {name: plan.programs["spending"][name] / 1_000 for name in ("Pools", "Trails", "Branches")}
    column = [sheet.cell(row, 5).value for row in range(4, 11)]
    assert [column[0], column[2], column[4]] == pytest.approx(list(amounts.values()))
    assert column[1] is None
    assert [formulas.cell(row, 5).value for row in (7, 9, 10)] == ["=SUM(E4:E6)", "=SUM(E8:E8)", "=E7+E9"]
    assert column[6] == pytest.approx(sum(amounts.values()))
    # where a program has several rows, no cell holds its baseline
    assert formulas["F4"].value == pytest.approx(amounts["Pools"] - 3_200)
    assert formulas["F6"].value == "=E6-D6"
    edited = openpyxl.load_workbook(copy)
    edited.active["E6"] = 900
    edited.save(copy)
    found = bo.edited_plan(plan, copy)
    assert found.moves[["program", "after"]].to_numpy().tolist() == [["Trails", 900_000]]
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("out", "table", "message"),
    [
        ("plan.csv", "", "a copy of office.xlsx ends in .xlsx"),
        ("office.xlsx", "", "is the office's own table, and is not overwritten"),
        ("plan.xlsx", "ofice.xlsx", "'ofice.xlsx' is no table of programs of the scenario"),
        ("nowhere/plan.xlsx", "", "there is no such folder"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path, out: str, table: str, message: str) -> None:
    home = folder(tmp_path, "office.xlsx!Offers & more")
    before = office(home / "office.xlsx").read_bytes()
    plan = bo.solve(home)
    with pytest.raises(bo.OptionError, match=re.escape(message)):
        plan.to_own_table(home / out, table)
    assert sorted(path.name for path in home.iterdir()) == ["office.xlsx", "scenario.yaml"]
    assert (home / "office.xlsx").read_bytes() == before


def test_a_scenario_without_a_table_has_nothing_to_copy(tmp_path: Path) -> None:
    plan = bo.solve("scenarios/classics/wyndor")
    if plan.scenario.places.lists:
        pytest.skip("it has a table")
    with pytest.raises(bo.OptionError, match="the scenario has no table of programs"):
        plan.to_own_table(tmp_path / "plan.xlsx")


def test_of_several_tables_one_is_named(tmp_path: Path) -> None:
    text = SCENARIO[: SCENARIO.index("tables:")] + "tables: {programs: [a.csv, b.csv]}\n"
    home = folder(tmp_path, text=text)
    (home / "a.csv").write_text("program,baseline\nP1,5\n", encoding="utf-8")
    (home / "b.csv").write_text("program,baseline\nP2,5\n", encoding="utf-8")
    plan = bo.solve(home)
    with pytest.raises(bo.OptionError, match=r"2 tables of programs: a\.csv, b\.csv"):
        plan.to_own_table(home / "plan.csv")
    assert plan.to_own_table(home / "plan.csv", "b.csv").read_text().startswith('program,baseline,"plan, USD"')


@pytest.mark.parametrize(
    ("formula", "like"),
    [
        ("SUM(D4:D9)", "SUM(G4:G9)"),
        ("$D$4+D5", "$G$4+G5"),
        ("SUBTOTAL(109,D4:D9)", "SUBTOTAL(109,G4:G9)"),
        ('SUMIFS(D4:D9,A4:A9,"D4")', 'SUMIFS(G4:G9,A4:A9,"D4")'),
        ("SUM(C4:C9)", ""),
        ("D4*E4", ""),
        ("SUM(C4:D9)", ""),
        ("SUM(Other!D4:D9)", ""),
        ("SUM(Offers[FY26])", ""),
        ("1+2", ""),
    ],
)
def test_the_like_formula(formula: str, like: str) -> None:
    assert like_formula(formula, 4, 7) == like


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("SUM(G1:G3)", 7.0),
        ("SUBTOTAL(9,G1:G3)", 3.0),
        ("G1+$G$2", 3.0),
        ("SUM(G1,G3)", 5.0),
        ("SUM(9,G1:G3)", None),
        ("AVERAGE(G1:G3)", None),
    ],
)
def test_what_a_sum_comes_to(formula: str, result: float | None) -> None:
    assert result_of(formula, {1: 1.0, 2: 2.0, 3: 4.0}, {3}) == result


SHEET = (
    '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<x:dimension ref="A1:B4"/><x:cols><x:col min="1" max="9" width="9" style="2"/></x:cols><x:sheetData>'
    '<x:row><x:c t="inlineStr"><x:is><x:t>a &lt; b</x:t></x:is></x:c><x:c s="3"><x:v>5</x:v></x:c></x:row>'
    '<x:row r="4" spans="1:2"><x:c r="B4"><x:f t="shared" ref="B4:B5" si="0">SUM(B1:B3)</x:f><x:v>5</x:v></x:c></x:row>'
    '<x:row r="5"><x:c r="B5"><x:f t="shared" si="0"/><x:v>5</x:v></x:c><x:c r="C5" s="7"/></x:row>'
    "</x:sheetData></x:worksheet>"
)


def test_cells_are_added_to_sheets_that_other_programs_write() -> None:
    """Names with a prefix, cells that do not say where they stand, formulas that cells share, rows that are missing."""
    sheet = SheetText(SHEET)
    assert sheet.last_column(1) == 2
    shared = sheet.cell(5, 2)
    assert shared is not None
    assert shared.formula == "SUM(B2:B4)"
    first = sheet.cell(1, 2)
    assert first is not None
    assert (first.style, first.number) == ("3", 5.0)
    added = {
        (1, 3): AddedCell("3", number=2.5),
        (2, 3): AddedCell(text="c & d"),
        (5, 3): AddedCell("7", number=1.0, formula="B5-1"),
        (6, 3): AddedCell(number=3.0),
    }
    text = sheet.with_cells(added, {3: 12.0})
    assert '<x:dimension ref="A1:C6"/>' in text
    assert re.findall(r'<x:col min="(\d+)" max="(\d+)" width="([\d.]+)"', text) == [
        ("1", "2", "9"),
        ("3", "3", "12"),
        ("4", "9", "9"),
    ]
    book = openpyxl.Workbook()
    book.save(buffer := io.BytesIO())
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(copy := io.BytesIO(), "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(' s(tyle)?="[237]"', "", text) if "sheet1" in name else old.read(name))
    rows = list(openpyxl.load_workbook(copy, data_only=True).active.iter_rows(values_only=True))
    assert rows == [
        ("a < b", 5, 2.5),
        (None, None, "c & d"),
        (None, None, None),
        (None, 5, None),
        (None, 5, 1),
        (None, None, 3),
    ]


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_the_plan_of_a_city_reads_back_as_it_was_written(tmp_path: Path, seed: int) -> None:
    """With packages, projects, services, grants, several funds and periods."""
    folder = city(20, funds=3, periods=1 + seed % 3, seed=seed).to_folder(tmp_path / "city", table=True)
    plan = bo.solve(folder)
    edited = bo.edited_plan(plan, plan.to_own_table(tmp_path / "plan.csv"))
    assert edited.audit.accepted
    assert len(edited.moves) == 0
    assert edited.remarks == ()
    assert edited.loss == pytest.approx(0, abs=1e-6 * abs(plan.plan_value))


@pytest.mark.parametrize("scale", [-1, -1000, 1000, 0.01])
def test_an_edited_plan_is_read_in_the_scale_of_the_table(scale: float, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (["Program", "FY26 Adopted"], ["Patrol", 25_000 / scale], ["Pools", 3_000 / scale]):
        book.active.append(line)
    book.save(tmp_path / "office.xlsx")
    scenario = bo.first_scenario(tmp_path / "office.xlsx", choices=bo.Choices(scale=None if scale == -1 else scale))
    copy = bo.solve(scenario).to_own_table(tmp_path / "plan.xlsx")
    edited = openpyxl.load_workbook(copy)
    assert edited.active["C2"].value == pytest.approx(25_000 / scale)
    edited.active["C2"], edited.active["C3"] = 24_000 / scale, 4_000 / scale
    edited.save(copy)
    moves = bo.edited_plan(scenario, copy).moves
    assert dict(zip(moves["name"], moves["after"], strict=True)) == pytest.approx({"Patrol": 24_000, "Pools": 4_000})
