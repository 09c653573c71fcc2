from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.report.plans import HOSTILE

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError
from budgetopt.report import excel, write_excel

SHEETS = [
    "Programs",
    "By fund",
    "Sources",
    "Uses",
    "Outcomes",
    "Funds",
    "Rules",
    "Effects",
    "Assumptions",
    "Moved by evidence",
    "Proof",
]
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def written(plan: Allocation, folder: Path) -> Workbook:
    return load_workbook(write_excel(plan, folder / "plan.xlsx"))


def added_up(sheet: Worksheet, formula: str) -> float:
    """Work out a formula that adds cells of its own sheet up."""
    match = re.fullmatch(r"=SUM\(([A-Z]+)(\d+):([A-Z]+)(\d+)\)", formula)
    assert match is not None, formula
    column, first, last = column_index_from_string(match[1]), int(match[2]), int(match[4])
    return sum(sheet.cell(row, column).value or 0.0 for row in range(first, last + 1))


def totals(sheet: Worksheet) -> dict[str, float]:
    """Return the totals of a sheet by the heads of their columns."""
    heads = [cell.value for cell in sheet[1]]
    return {
        str(heads[at]): added_up(sheet, cell.value)
        for at, cell in enumerate(sheet[sheet.max_row])
        if isinstance(cell.value, str) and cell.data_type == "f"
    }


def test_a_workbook_has_its_sheets_with_frozen_heads(plan: Allocation, tmp_path: Path) -> None:
    book = written(plan, tmp_path)
    limits = plan.rules
    by_period = ((limits["kind"] == "target") & (limits["period"] != "all")).any() and len(plan.scenario.periods) > 1
    sheets = [*SHEETS[:5], *(["Targets of each period"] if by_period else []), *SHEETS[5:]]
    if plan.programs["baseline"].isna().all():
        sheets.remove("Moved by evidence")
    assert book.sheetnames == sheets
    for sheet in book:
        assert sheet.freeze_panes in ("B2", "C2")
        assert sheet["A1"].font.bold
        assert all(8 <= dimension.width <= 110 for dimension in sheet.column_dimensions.values())
    assert list(tmp_path.iterdir()) == [tmp_path / "plan.xlsx"]


def test_numbers_are_numbers_and_totals_agree(plan: Allocation, tmp_path: Path) -> None:
    book = written(plan, tmp_path)
    programs = totals(book["Programs"])
    assert programs["Plan"] == pytest.approx(plan.spending.sum(), abs=0.004)
    assert programs["Baseline"] == pytest.approx(plan.programs["baseline"].sum(), abs=0.004)
    assert programs["Plan"] == pytest.approx(programs["Baseline"] + programs["Change"], abs=0.004)
    assert totals(book["By fund"])["Amount"] == pytest.approx(programs["Plan"], abs=0.004)
    funds = totals(book["Funds"])
    assert funds["Spending"] == pytest.approx(programs["Plan"], abs=0.004)
    assert funds["Transfers in"] == pytest.approx(funds["Transfers out"], abs=0.004)
    if len(plan.scenario.periods) > 1:
        assert sum(programs[period] for period in plan.scenario.periods) == pytest.approx(programs["Plan"], abs=0.004)
    assert totals(book["Outcomes"])["Weighted value"] == pytest.approx(plan.audit.weighted_value)


def test_targets_of_each_period_are_numbers(city: Allocation, tmp_path: Path) -> None:
    rows = city.rules[(city.rules["kind"] == "target") & (city.rules["period"] != "all")]
    sheet = written(city, tmp_path)["Targets of each period"]
    assert [cell.value for cell in sheet[1]] == ["Outcome", "Period", "Plan", "Sense", "Target"]
    figures = list(sheet.iter_rows(min_row=2, min_col=3, max_col=5, values_only=True))
    assert figures == list(rows[["value", "sense", "bound"]].itertuples(index=False, name=None))


def test_accounts_check_themselves(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path)["Funds"]
    assert sheet["K2"].value == "=ROUND(C2+D2+E2+F2-G2-H2-I2,2)"
    for row in sheet.iter_rows(min_row=2, max_row=13, min_col=3, max_col=9, values_only=True):
        opening, revenue, one_time, gained, given, spending, closing = (float(value or 0) for value in row)
        assert opening + revenue + one_time + gained - given - spending == pytest.approx(closing, abs=0.004)
    # a balance is no sum over periods
    assert sheet["C14"].value is None
    assert sheet["I14"].value is None


def test_amounts_have_formats(city: Allocation, small: Allocation, tmp_path: Path) -> None:
    city_sheet = written(city, tmp_path)["Programs"]
    assert city_sheet["F2"].number_format.startswith("#,##0;")
    assert city_sheet["H2"].number_format.startswith("0.0%")
    assert written(small, tmp_path)["Programs"]["F2"].number_format.startswith("#,##0.00")


def test_text_is_never_a_formula(odd: Allocation, tmp_path: Path) -> None:
    book = written(odd, tmp_path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    ours = cell.row == sheet.max_row or (sheet.title == "Funds" and cell.column == 11)
                    assert cell.data_type == ("f" if ours and cell.value.startswith(("=SUM(", "=ROUND(")) else "s")
    names = {cell.value: cell for cell in book["Programs"]["A"]}
    assert names[HOSTILE[3]].data_type == "s"
    assert names[HOSTILE[3]].quotePrefix
    assert names[HOSTILE[4]].quotePrefix
    assert not names[HOSTILE[0]].quotePrefix


def test_a_new_program_has_an_empty_baseline(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path)["Programs"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["Depot"][4] is None
    assert rows["Depot"][5] == 5_956_725
    assert rows["Depot"][7] is None


def test_assumptions_and_proof_are_written_out(city: Allocation, tmp_path: Path) -> None:
    book = written(city, tmp_path)
    assert [row[0] for row in book["Assumptions"].iter_rows(min_row=2, values_only=True)] == [
        "Rent relief",
        "Vision Zero",
        "Fire stations",
        "Bookmobile",
        "Depot",
    ]
    proof = [(row[0], row[1]) for row in book["Proof"].iter_rows(min_row=2, values_only=True)]
    assert ("Scenario (SHA-256)", city.scenario.sha256) in proof
    assert {"Plan", "In short", "Proved", "Believed", "Check"} <= {what for what, _ in proof}


def test_long_words_have_the_room_that_they_need(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path)["Proof"]
    heights = {row: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)}
    for row in range(2, sheet.max_row + 1):
        assert (heights[row] or 15) >= 15 * min(len(str(sheet.cell(row, 2).value)) // 115, 12)


def test_a_plan_larger_than_a_sheet_is_refused(
    city: Allocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 13)
    with pytest.raises(OptionError, match="more than a workbook can hold"):
        write_excel(city, tmp_path / "plan.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.office
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")
def test_an_office_reads_the_workbook_and_works_out_the_same_totals(
    city: Allocation, odd: Allocation, tmp_path: Path
) -> None:
    assert OFFICE is not None
    sources = [write_excel(plan, tmp_path / f"{name}.xlsx") for name, plan in (("city", city), ("odd", odd))]
    out = tmp_path / "out"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [OFFICE, "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    subprocess.run([*command, *map(str, sources)], check=True, capture_output=True, timeout=180)
    for source in sources:
        before, after = load_workbook(source), load_workbook(out / source.name, data_only=True)
        for sheet in before:
            worked_out = after[sheet.title]
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                value: Any = worked_out.cell(cell.row, cell.column).value
                if cell.data_type == "f":
                    wanted = 0.0 if "ROUND" in str(cell.value) else added_up(sheet, str(cell.value))
                    assert value == pytest.approx(wanted, abs=0.004)
                elif isinstance(cell.value, str):
                    assert value == cell.value
                elif cell.value is not None:
                    assert value == pytest.approx(cell.value)
