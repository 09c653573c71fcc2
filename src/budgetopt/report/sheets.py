"""The sheets of a workbook: real numbers, totals that are formulas, and text that stays text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from budgetopt.errors import OptionError
from budgetopt.report.numbers import quantity_decimals
from budgetopt.report.text import clean

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

__all__ = ["MONEY", "NUMBER", "SHARE", "TEXT", "WHOLE_MONEY", "Formula", "SheetColumn", "add_sheet"]

MOST_ROWS = 1_048_576
"""What a sheet can hold."""
LONGEST_TEXT = 32_767
"""What a cell can hold."""
WIDEST_PRINT = 220
"""How many characters a printed page can hold across before they are too small to read."""
LINE = 15.0
"""The height of a line of text, in points."""
MONEY, SHARE, NUMBER, TEXT = "#,##0.00;[Red]-#,##0.00", "0.0%;[Red]-0.0%", "#,##0", "@"
WHOLE_MONEY = "#,##0;[Red]-#,##0"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a sheet.

    Parameters
    ----------
    head
        Its heading.
    kind
        The number format, or ``@`` for text.
    total
        Whether the last row adds it up.
    width
        Its width in characters.
    wraps
        Whether long text goes on in further lines.
    """

    head: str
    kind: str = TEXT
    total: bool = False
    width: float = 14
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours; text is never taken for one."""

    text: str


def add_sheet(
    book: Workbook,
    title: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Any]],
    count: int,
    frozen: str = "B2",
) -> None:
    """Write a sheet: headings that stay in sight, rows, and a row of totals if a column has one."""
    from openpyxl.utils import get_column_letter

    has_total = any(column.total for column in columns) and count > 0
    if count + 1 + has_total > MOST_ROWS:
        raise OptionError(
            f"the sheet {title!r} would have {count:,} rows, more than a workbook can hold",
            hint="write the tables as CSV instead: plan.to_csv(folder), or solve --csv FOLDER",
        )
    sheet = book.create_sheet(title)
    sheet.freeze_panes = frozen
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    if sum(column.width for column in columns) <= WIDEST_PRINT:
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    write = _Writer(sheet)
    sheet.row_dimensions[1].height = LINE * max(math.ceil(len(column.head) / (column.width - 2)) for column in columns)
    sheet.append([write.cell(column.head, column, strong=True, head=True) for column in columns])
    wrapped = [at for at, column in enumerate(columns) if column.wraps]
    for line, row in enumerate(rows, start=2):
        lines = max((math.ceil(len(str(row[at])) / columns[at].width) for at in wrapped), default=1)
        if lines > 1:
            # a row does not grow by itself in every program
            sheet.row_dimensions[line].height = LINE * min(lines, 12)
        sheet.append([write.cell(value, column) for value, column in zip(row, columns, strict=True)])
    if has_total:
        totals: list[Any] = ["Total"]
        for at, column in enumerate(columns[1:], start=2):
            letter = get_column_letter(at)
            totals.append(Formula(f"=SUM({letter}2:{letter}{count + 1})") if column.total else None)
        sheet.append([write.cell(value, column, strong=True) for value, column in zip(totals, columns, strict=True)])
    if count:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"


class _Writer:
    """Makes the cells of a sheet.

    Parameters
    ----------
    sheet
        The sheet.
    """

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._models: dict[tuple[str, bool, bool, bool], Any] = {}

    def _model(self, kind: str, wraps: bool, strong: bool, head: bool) -> Any:
        """Return a cell that has the looks of others: to give each its own takes most of the time of writing."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Border, Font, Side

        looks = (kind, wraps, strong, head)
        if looks not in self._models:
            made = WriteOnlyCell(self._sheet)
            made.number_format = "General" if head else kind
            made.font = Font(name="Calibri", size=11, bold=strong)
            made.alignment = Alignment(vertical="top", wrap_text=wraps)
            if head:
                made.border = Border(bottom=Side("thin"))
                made.alignment = Alignment(horizontal="left" if kind == TEXT else "right", wrap_text=True)
            self._models[looks] = made
        return self._models[looks]

    def cell(self, value: Any, column: SheetColumn, *, strong: bool = False, head: bool = False) -> Any:
        """Return a cell with a number, a text or a formula of ours; what is no number is left empty."""
        from openpyxl.cell import WriteOnlyCell

        kind = column.kind
        if isinstance(value, str) and not head:
            kind = TEXT
        elif kind == NUMBER and isinstance(value, float) and math.isfinite(value):
            decimals = quantity_decimals(value)
            kind = "#,##0" + (f".{'0' * decimals}" if decimals else "")
        made = WriteOnlyCell(self._sheet)
        made._style = copy(self._model(kind, column.wraps, strong, head)._style)
        if isinstance(value, Formula):
            made.value = value.text
        elif isinstance(value, str):
            _put_text(made, value)
        elif value is not None and math.isfinite(value):
            made.value = value
        return made


def _put_text(cell: Any, text: str) -> None:
    """Put a text into a cell so that no program takes it for a formula, now or when it is edited."""
    text = clean(text)[:LONGEST_TEXT]
    cell.value = text
    # openpyxl takes a text that begins with = for a formula, and one like #N/A for an error
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
