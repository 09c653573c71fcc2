"""A plan as a workbook: real numbers, totals that are formulas, and text that stays text."""

from __future__ import annotations

import math
import re
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError
from budgetopt.report.content import NUMBER, TEXT, Cell, Formula, Media, ReportColumn, ReportTable, Value, plain_text
from budgetopt.report.numbers import Numbers, quantity_decimals
from budgetopt.report.sections import sections_in
from budgetopt.report.text import clean, one_line
from budgetopt.report.view import PlanView
from budgetopt.report.whole_files import write_whole

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

__all__ = ["write_excel"]

_UNFIT = re.compile(r"[\\/*?:\[\]]")

MOST_ROWS = 1_048_576
"""What a sheet can hold."""
LONGEST_TEXT, LONGEST_TITLE = 32_767, 31
"""What a cell, and what the name of a sheet, can hold."""
WIDEST_PRINT = 220
"""How many characters a printed page can hold across before they are too small to read."""
LINE = 15.0
"""The height of a line of text, in points."""
WIDEST_ON_ONE_LINE = 40
"""The width of a column from which on long text goes on in further lines."""


def write_excel(plan: Allocation, path: str | Path) -> Path:
    """Write a plan as a workbook, and return its path.

    Money is in dollars and cents, exact. Text that begins like a formula stays text. It is an OptionError where the
    file cannot be written, or a sheet has more rows than a workbook can hold.
    """
    return write_whole(path, lambda beside: _workbook(plan).save(beside))


def _workbook(plan: Allocation) -> Workbook:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = clean(plan.scenario.name)
    book.properties.creator = "budgetopt"
    for _, blocks in sections_in(PlanView(plan, Numbers(plan.scenario.currency), Media.WORKBOOK)):
        for block in blocks:
            if isinstance(block, ReportTable):
                _add_sheet(book, block)
    return book


def _add_sheet(book: Workbook, table: ReportTable) -> None:
    """Write a table on a sheet of its own: headers that stay in sight, rows, and totals if a column has one."""
    from openpyxl.utils import get_column_letter

    title = one_line(_UNFIT.sub(" ", table.title))[:LONGEST_TITLE]
    columns, count = table.shown_in(Media.WORKBOOK), len(table.records)
    has_total = any(column.total for column in columns) and count > 0
    if count + 1 + has_total > MOST_ROWS:
        raise OptionError(
            f"the sheet {title!r} would have {count:,} rows, more than a workbook can hold",
            hint="write the tables as CSV instead: plan.to_csv(folder), or solve --csv FOLDER",
        )
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"{get_column_letter(table.frozen + 1)}2"
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    if sum(column.width for column in columns) <= WIDEST_PRINT:
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    write = _SheetWriter(sheet)
    longest = max(len(column.header) / (column.width - 2) for column in columns)
    sheet.row_dimensions[1].height = LINE * math.ceil(longest)
    sheet.append([write.cell(column.header, column, strong=True, header=True) for column in columns])
    for line, record in enumerate(table.records, start=2):
        row = [column.of(record) for column in columns]
        wrapped = [len(str(value)) / column.width for value, column in zip(row, columns, strict=True) if _wraps(column)]
        if (lines := math.ceil(max(wrapped, default=1))) > 1:
            # a row does not grow by itself in every program
            sheet.row_dimensions[line].height = LINE * min(lines, 12)
        sheet.append([write.cell(value, column, line) for value, column in zip(row, columns, strict=True)])
    if has_total:
        totals: list[Value] = ["Total"]
        for at, column in enumerate(columns[1:], start=2):
            letter = get_column_letter(at)
            totals.append(Formula(f"=SUM({letter}2:{letter}{count + 1})") if column.total else None)
        sheet.append([write.cell(value, column, strong=True) for value, column in zip(totals, columns, strict=True)])
    if count:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"


def _wraps(column: ReportColumn) -> bool:
    return column.format == TEXT and column.width > WIDEST_ON_ONE_LINE


class _SheetWriter:
    """Makes the cells of a sheet."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._empty_cell = partial(WriteOnlyCell, sheet)
        self._models: dict[tuple[str, bool, bool, bool], Any] = {}

    def _model(self, format: str, wraps: bool, strong: bool, header: bool) -> Any:
        """Return a cell that has the looks of others: to give each its own takes most of the time of writing."""
        from openpyxl.styles import Alignment, Border, Font, Side

        looks = (format, wraps, strong, header)
        if looks not in self._models:
            made = self._empty_cell()
            made.number_format = "General" if header else format
            made.font = Font(name="Calibri", size=11, bold=strong)
            made.alignment = Alignment(vertical="top", wrap_text=wraps)
            if header:
                made.border = Border(bottom=Side("thin"))
                made.alignment = Alignment(horizontal="left" if format == TEXT else "right", wrap_text=True)
            self._models[looks] = made
        return self._models[looks]

    def cell(
        self, value: Value, column: ReportColumn, row: int = 0, *, strong: bool = False, header: bool = False
    ) -> Any:
        """Return a cell with a number, a text or a formula of ours; what is no number is left empty."""
        format = column.format
        if isinstance(value, Cell):
            value = plain_text(value)
        if isinstance(value, str) and not header:
            format = TEXT
        elif format in (NUMBER, TEXT) and isinstance(value, float) and math.isfinite(value):
            decimals = quantity_decimals(value)
            format = NUMBER + (f".{'0' * decimals}" if decimals else "")
        made = self._empty_cell()
        made._style = copy(self._model(format, _wraps(column), strong, header)._style)
        if isinstance(value, Formula):
            made.value = value.text.format(row=row)
        elif isinstance(value, str):
            _put_text(made, value)
        elif value is not None and math.isfinite(value):
            made.value = value
        return made


def _put_text(cell: Any, words: str) -> None:
    """Put a text into a cell so that no program takes it for a formula, now or when it is edited."""
    words = clean(words)[:LONGEST_TEXT]
    cell.value = words
    # openpyxl takes a text that begins with = for a formula, and one like #N/A for an error
    cell.data_type = "s"
    if words[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
