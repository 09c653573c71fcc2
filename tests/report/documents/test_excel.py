from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.report.plans import HOSTILE, classic, plan_of
from xlsxwriter import workbook

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError
from budgetopt.report import write_excel
from budgetopt.report.blocks.live_rows import LiveRows
from budgetopt.report.documents import excel
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import clean
from budgetopt.report.plan_view.view import PlanView

SHEETS = [
    "Summary", "Programs", "Spending", "Sources", "Uses", "Outcomes", "Funds", "Limits", "Effects", "Assumptions",
    "Moved by evidence", "Proof",
]  # fmt: skip


def written(plan: Allocation, folder: Path, *, results: bool = False) -> Workbook:
    """Return the workbook of a plan, with its formulas or with their stored results."""
    return load_workbook(write_excel(plan, folder / "plan.xlsx"), data_only=results)


def totals(sheet: Worksheet) -> dict[str, float]:
    """Return the stored totals of a sheet by the heads of their columns; each is what the column adds up to."""
    found = {}
    for column in sheet.iter_cols(values_only=True):
        head, *cells, total = column
        if isinstance(total, int | float) and not isinstance(total, bool):
            assert total == pytest.approx(math.fsum(cell or 0.0 for cell in cells), abs=0.004)
            found[str(head)] = float(total)
    return found


def test_a_workbook_has_its_sheets_with_frozen_heads(plan: Allocation, tmp_path: Path) -> None:
    book = written(plan, tmp_path)
    sheets = [name for name in SHEETS if name != "Moved by evidence" or plan.programs["baseline"].notna().any()]
    assert book.sheetnames == sheets
    for sheet in book:
        assert sheet.freeze_panes in ((None,) if sheet.title == "Summary" else ("B2", "C2"))
        assert sheet["A1"].font.bold
        assert all(8 <= dimension.width <= 111 for dimension in sheet.column_dimensions.values())
    assert list(tmp_path.iterdir()) == [tmp_path / "plan.xlsx"]


def test_it_prints_on_whole_pages_of_one_width(city: Allocation, tmp_path: Path) -> None:
    for sheet in written(city, tmp_path):
        assert sheet.page_setup.orientation == ("portrait" if sheet.title == "Summary" else "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # one page wide, which is what is said by nothing
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
        assert "&P of &N" in sheet.oddFooter.right.text + str(sheet.oddFooter.left.text)
        assert sheet.print_title_rows == (None if sheet.title == "Summary" else "$1:$1")
        assert sheet.print_area
    # what only formulas need is folded away, and not printed
    sheet = written(city, tmp_path)["Spending"]
    assert sheet.print_area == "'Spending'!$A$1:$G$18"
    assert sheet.column_dimensions["H"].hidden


def test_numbers_are_numbers_and_totals_agree(plan: Allocation, tmp_path: Path) -> None:
    book = written(plan, tmp_path, results=True)
    programs = totals(book["Programs"])
    assert programs["Plan"] == pytest.approx(plan.spending.sum(), abs=0.004)
    assert programs.get("Baseline", 0.0) == pytest.approx(plan.programs["baseline"].sum(), abs=0.004)
    assert programs["Plan"] == pytest.approx(programs.get("Baseline", 0.0) + programs["Change"], abs=0.004)
    periods = plan.scenario.periods if len(plan.scenario.periods) > 1 else ("Amount",)
    paid = totals(book["Spending"])
    assert [paid[period] for period in periods] == pytest.approx(plan.spending.sum(axis=(0, 1)).tolist(), abs=0.004)
    funds = totals(book["Funds"])
    assert funds["Spending"] == pytest.approx(programs["Plan"], abs=0.004)
    assert funds["Transfers in"] == pytest.approx(funds["Transfers out"], abs=0.004)
    if len(plan.scenario.periods) > 1:
        assert sum(programs[period] for period in plan.scenario.periods) == pytest.approx(programs["Plan"], abs=0.004)
    assert totals(book["Outcomes"])["Weighted value"] == pytest.approx(plan.audit.weighted_value)


def test_every_pair_that_may_be_paid_has_a_row(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path, results=True)["Spending"]
    rows = [row[:7] for row in sheet.iter_rows(min_row=2, max_row=sheet.max_row - 1, values_only=True)]
    ids, funds = city.scenario.programs.ids, list(city.scenario.funds)
    pairs = {(ids[program], fund + 1) for program, fund in np.argwhere(city.scenario.eligible)}
    assert {(row[1], row[3]) for row in rows} == pairs
    assert len(rows) == len(pairs)
    for row in rows:
        at = (list(ids).index(row[1]), int(str(row[3])) - 1)
        assert row[4:] == pytest.approx(city.spending[at].tolist())
    assert funds[int(str(rows[0][3])) - 1] == "general"
    assert rows[0][2] == "General fund"


def test_what_may_be_edited_is_named_and_unlocked(city: Allocation, tmp_path: Path) -> None:
    book = written(city, tmp_path)
    for period, column in zip(city.scenario.periods, "EFG", strict=True):
        assert book.defined_names[f"amounts_{period}"].attr_text == f"'Spending'!${column}$2:${column}$17"
    sheet = book["Spending"]
    assert sheet.protection.sheet
    assert not sheet["E2"].protection.locked
    assert sheet["A2"].protection.locked
    assert {str(one.sqref) for one in sheet.data_validations.dataValidation} == {"E2:E17", "F2:F17", "G2:G17"}


def test_ranges_have_names_that_a_workbook_can_hold() -> None:
    assert LiveRows.range_names("amounts", ["FY 2027", "2028/29"]) == ["amounts_FY_2027", "amounts_2028_29"]
    # names that would be the same are told apart by number
    assert LiveRows.range_names("amounts", ["année", "annee", "ANN\N{LATIN CAPITAL LETTER E WITH ACUTE}E"]) == [
        "amounts_1", "amounts_2", "amounts_3",
    ]  # fmt: skip
    assert LiveRows.range_names("amounts", ["a", "A"]) == ["amounts_1", "amounts_2"]


def test_limits_stand_with_both_sides(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path, results=True)["Limits"]
    rows = list(sheet.iter_rows(min_row=2, max_col=9, values_only=True))
    assert len(rows) == len(city.rules)
    for row, known in zip(rows, city.rules.itertuples(), strict=True):
        side = 5 if known.sense in ("at least", "equals") else 6
        if known.sense != "holds":
            assert row[4] == pytest.approx(known.value)
            assert row[side] == pytest.approx(known.bound)
            elsewhere = {"transfer": "not worked out again", "floor": "see Programs", "ceiling": "see Programs"}
            assert row[8] == elsewhere.get(known.kind, "yes")
        else:
            assert row[8] == "see Programs"


def test_words_stand_apart_from_the_figure_before_them(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path)["Limits"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in (1, 2):
        assert [int(sheet.cell(row, heads[name]).alignment.indent) for name in ("Limit", "Unit", "Kept")] == [0, 1, 1]
        assert sheet.cell(row, heads["The plan has"]).alignment.indent == 0


def test_amounts_have_formats(city: Allocation, small: Allocation, tmp_path: Path) -> None:
    city_sheet = written(city, tmp_path)["Programs"]
    assert city_sheet["E2"].number_format.startswith("#,##0;")
    assert city_sheet["G2"].number_format.startswith("0.0%")
    assert written(small, tmp_path)["Programs"]["E2"].number_format.startswith("#,##0.00")


def test_text_is_never_a_formula(odd: Allocation, tmp_path: Path) -> None:
    book = written(odd, tmp_path)
    ours = re.compile(r"=(SUM|SUMIF|SUMPRODUCT|COUNTIF|ROUND|IF|MIN|MAX)?\(|=[-*/A-Za-z0-9.!$]+$|=[0-9.]+\*")
    names = {clean(name) for name in HOSTILE}
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                assert ours.match(str(cell.value)), cell.value
                assert not any(name in str(cell.value) for name in names)
    cells = {cell.value: cell for cell in book["Programs"]["A"]}
    for name in HOSTILE:
        cell = cells[clean(name)]
        assert cell.data_type == "s"
        assert cell.quotePrefix == name.startswith(("=", "+", "-", "@", "\t"))


def test_a_text_with_marks_of_a_workbook_stays_text(tmp_path: Path) -> None:
    document = classic()
    names = ["<r>bold</r>", "=SUM(A1:A9)", "+1", "@x", "-2", "#N/A", "{=1}"]
    document["programs"] = {
        f"p{at}": {"name": name, "outcomes": {"fun": {"per_dollar": 0.1}}} for at, name in enumerate(names)
    }
    sheet = written(plan_of(document), tmp_path)["Spending"]
    found = [sheet.cell(row, 1).value for row in range(2, 2 + len(names))]
    assert found == names


def test_a_new_program_has_an_empty_baseline(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path, results=True)["Programs"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["Depot"][3] is None
    assert rows["Depot"][4] == 5_956_725
    assert rows["Depot"][6] is None


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
    assert {"Plan", "Proved", "Believed", "Check"} <= {what for what, _ in proof}
    told = [row[0] for row in book["Summary"].iter_rows(min_row=2, max_row=4, values_only=True)]
    assert told == PlanView(city, Numbers("USD")).story[:3]


def test_long_words_have_the_room_that_they_need(city: Allocation, tmp_path: Path) -> None:
    sheet = written(city, tmp_path)["Proof"]
    heights = {row: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)}
    for row in range(2, sheet.max_row + 1):
        assert (heights[row] or 15) >= 15 * min(len(str(sheet.cell(row, 2).value)) // 115, 12)


def test_charts_are_drawn_from_cells(city: Allocation, tmp_path: Path) -> None:
    with zipfile.ZipFile(write_excel(city, tmp_path / "plan.xlsx")) as parts:
        drawn = [parts.read(name).decode() for name in sorted(parts.namelist()) if name.startswith("xl/charts/chart")]
    titles = [re.search(r"<a:t>(.*?)</a:t>", chart)[1] for chart in drawn]  # type: ignore[index]
    assert titles == ["Spending by priority, in USD", "The largest changes as solved", "Closing balances, in USD"]
    assert all("<c:f>Summary!$" in chart for chart in drawn)


def test_a_plan_larger_than_a_sheet_is_refused(
    city: Allocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 13)
    with pytest.raises(OptionError, match="more than a workbook can hold"):
        write_excel(city, tmp_path / "plan.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_titles_of_limits_are_those_of_their_records(city: Allocation) -> None:
    limits = city.scenario.limits
    assert len(limits) > len(limits.shared)
    assert limits.titles(np.arange(len(limits))) == [(limit.title, limit.owners) for limit in limits]
    assert limits.titles(np.array([len(limits) - 1, 0])) == [
        (limits[at].title, limits[at].owners) for at in (len(limits) - 1, 0)
    ]


def test_a_workbook_is_packed_quickly_and_the_library_is_left_as_it_was(
    small: Allocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    for level in (0, 9):
        monkeypatch.setattr(excel, "QUICKLY", level)
        sizes.append(write_excel(small, tmp_path / f"{level}.xlsx").stat().st_size)
    assert sizes[1] < sizes[0] / 2
    assert workbook.ZipFile is zipfile.ZipFile


@pytest.mark.parametrize("discount", [0, "10%"])
def test_sums_of_outcomes_that_the_objective_discounts_say_that_they_are_not(discount: object, tmp_path: Path) -> None:
    plan = plan_of(
        {
            "periods": ["Y1", "Y2"], "discount": discount, "funds": {"f": {"revenue": 100, "carryover": False}},
            "outcomes": {"o": {"weight": 2}}, "programs": {"p": {"outcomes": {"o": {"per_dollar": 1}}}},
        }
    )  # fmt: skip
    book = written(plan, tmp_path, results=True)
    figures = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}
    name = "Weighted outcomes" if plan.objective_value == pytest.approx(400) else "Weighted outcomes, not discounted"
    assert figures[name] == pytest.approx(400)
    assert name.replace("outcomes", "value") in totals(book["Outcomes"])
