"""A sheet of a workbook: tables with headers that stay in sight, totals that are formulas, charts, and its print."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from budgetopt.errors import column_letters
from budgetopt.report.blocks.content import NUMBER, TEXT, Formula, Media, ReportColumn, ReportTable, Value, plain_text
from budgetopt.report.documents.row_stream import LONGEST_TEXT, cells_of, write_rows
from budgetopt.report.figures.numbers import quantity_decimals
from budgetopt.report.figures.text import clean, one_line

__all__ = ["CellLooks", "has_total", "sheet_title", "write_sheet"]

_UNFIT = re.compile(r"[\\/*?:\[\]]")

LONGEST_TITLE = 31
"""What the name of a sheet can hold."""
ROWS_AT_ONCE = 10_000
"""So many rows are made before they are written: a large plan needs little more memory than a small one."""
LINE = 15.0
"""The height of a line of text, in points."""
MOST_LINES = 12
WIDEST_ON_ONE_LINE = 40
"""The width of a column from which on long text goes on in further lines."""
CHART_ROWS, CHART_COLUMNS, CHART_COLUMN = 17, 6, 12.0
"""How many rows a chart is high, over how many columns it stands, and how wide each is."""
PALE, STRONG = "#B4BCC6", "#2F5D8A"
"""The colours of the bars of charts: what is compared, and what stands out."""
LIKE_FORMULAS = ("=", "+", "-", "@", "\t")


def sheet_title(words: str) -> str:
    """Return a title as the name of a sheet."""
    return one_line(_UNFIT.sub(" ", words))[:LONGEST_TITLE].strip("'") or "Table"


def has_total(table: ReportTable) -> bool:
    """Return whether a table ends in a row of totals."""
    return len(table.records) > 0 and any(column.total for column in table.shown_in(Media.WORKBOOK))


class CellLooks:
    """The formats of the cells of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}

    def of(self, number: str, **more: Any) -> Any:
        """Return the format of cells with a number format, and what else XlsxWriter says of them."""
        key = (number, *more.items())
        if key not in self._made:
            self._made[key] = self._book.add_format({"num_format": number, "valign": "top", **more})
        return self._made[key]

    def header(self, column: ReportColumn, *, first: bool) -> Any:
        """Return the format of the header of a column, the first of its table or another."""
        align = {"align": "left" if column.format == TEXT else "right"}
        return self.of("General", bold=True, text_wrap=True, bottom=1, **align | _apart(column, first=first))

    def number(self, column: ReportColumn, value: float) -> str:
        """Return the number format of a figure; a quantity has the decimals that it needs."""
        if column.format not in (NUMBER, TEXT):
            return column.format
        decimals = 0 if float(value).is_integer() else quantity_decimals(value)
        return NUMBER + (f".{'0' * decimals}" if decimals else "")

    def figure(self, column: ReportColumn, value: float, *, first: bool) -> Any:
        """Return the format of a figure; what may be edited is yellow."""
        more = {"locked": False, "bg_color": "#FFF9DB", "font_color": "#1F3A93"} if column.input_range else {}
        return self.of(self.number(column, value), **more, **_apart(column, first=first))

    def words(self, column: ReportColumn, *, like_formula: bool, first: bool) -> Any:
        """Return the format of a text; one that begins like a formula stays text when the cell is edited."""
        more = _apart(column, first=first) | ({"text_wrap": True} if _wraps(column) else {})
        return self.of(TEXT, **more, quote_prefix=True) if like_formula else self.of(TEXT, **more)

    @property
    def alarm(self) -> Any:
        """The format of what stands out."""
        return self.of("General", bg_color="#F8D0CE", font_color="#9C0006", bold=True)


def _apart(column: ReportColumn, *, first: bool) -> dict[str, Any]:
    """Return what keeps words apart from a figure in the column before."""
    return {} if first or column.format != TEXT else {"align": "left", "indent": 1}


def write_sheet(book: Any, title: str, tables: Sequence[ReportTable], looks: CellLooks) -> None:
    """Write the tables of a sheet, one below the other; where there are several, each below its title."""
    sheet = book.add_worksheet(title)
    shown = [table.shown_in(Media.WORKBOOK) for table in tables]
    widths = [0.0] * max(map(len, shown))
    for columns in shown:
        widths[: len(columns)] = (max(width, column.width) for width, column in zip(widths, columns, strict=False))
    printed = max(sum(column.printed for column in columns) for columns in shown)
    if any(table.chart for table in tables):
        widths += [CHART_COLUMN] * (printed + CHART_COLUMNS - len(widths))
        printed += CHART_COLUMNS
    away = {at for columns in shown for at, column in enumerate(columns) if column.folded}
    for at, width in enumerate(widths):
        folded = at in away
        sheet.set_column(at, at, width, None, {"level": int(folded), "hidden": folded})
    top = 0
    for table in tables:
        writer = _TableWriter(book, sheet, table, looks, widths, max(map(len, shown)))
        top = writer.write(top, titled=len(tables) > 1)
    _set_up_print(sheet, title, top, printed, stands=len(tables) > 1)
    if len(tables) == 1:
        _keep_in_sight(sheet, tables[0], len(shown[0]))


def _set_up_print(sheet: Any, title: str, rows: int, columns: int, *, stands: bool) -> None:
    """Let a sheet be printed across pages of full width, with the number of each; of several tables upright."""
    if not stands:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L{title.replace('&', '&&')}&RPage &P of &N")
    sheet.print_area(0, 0, max(rows - 1, 0), columns - 1)


def _keep_in_sight(sheet: Any, table: ReportTable, columns: int) -> None:
    sheet.freeze_panes(1, table.frozen)
    sheet.repeat_rows(0)
    if len(table.records):
        sheet.autofilter(0, 0, len(table.records), columns - 1)
    if table.ordered:
        # without a password: it keeps rows from being sorted apart from the formulas that need them
        options = ("format_cells", "format_columns", "format_rows", "autofilter")
        sheet.protect("", dict.fromkeys(options, True))


class _TableWriter:
    """Writes one table on a sheet."""

    def __init__(
        self, book: Any, sheet: Any, table: ReportTable, looks: CellLooks, widths: Sequence[float], beside: int
    ) -> None:
        self._book, self._sheet, self._table, self._looks = book, sheet, table, looks
        self._widths, self._beside = widths, beside
        self._columns = table.shown_in(Media.WORKBOOK)

    def write(self, top: int, *, titled: bool) -> int:
        """Write it from a row on, counted from 0, and return the row at which the next one may begin."""
        sheet, columns, count = self._sheet, self._columns, len(self._table.records)
        if titled:
            sheet.set_row(top, 1.4 * LINE)
            sheet.write_string(top, 0, _fitting(self._table.title), self._looks.of(TEXT, bold=True, size=13))
            top += 1
        if titled and len(columns) == 1:
            return self._write_words(top) + 1
        shown = zip(columns, self._widths, strict=False)
        seen = [(column.header, width) for column, width in shown if not column.folded]
        longest = max(len(header) / (width - 2) for header, width in seen)
        sheet.set_row(top, LINE * math.ceil(longest))
        for at, column in enumerate(columns):
            sheet.write_string(top, at, _fitting(column.header), self._looks.header(column, first=at == 0))
        self._write_rows(top + 1)
        end = top + 1 + count
        if has_total(self._table):
            self._write_total(top + 1, end)
            end += 1
        self._mark(top + 1, top + count)
        if self._table.chart and count:
            self._draw(top, count)
            end = max(end, top + CHART_ROWS)
        return end + 1 if titled else end

    def _write_rows(self, first: int) -> None:
        values = [_values(column, self._table.records) for column in self._columns]
        for start in range(0, len(self._table.records), ROWS_AT_ONCE):
            part = [column[start : start + ROWS_AT_ONCE] for column in values]
            cells = [self._cells(at, first + start, column) for at, column in enumerate(part)]
            write_rows(self._sheet, first + start, cells, self._heights(part))

    def _cells(self, at: int, first: int, values: Sequence[Value]) -> list[str]:
        column, looks = self._columns[at], self._looks
        styles: dict[str, int] = {}

        def figure(value: float) -> int:
            number = looks.number(column, value)
            if number not in styles:
                styles[number] = looks.figure(column, value, first=at == 0)._get_xf_index()
            return styles[number]

        def words(text: str) -> int:
            key = LIKE_FORMULAS[0] if text.startswith(LIKE_FORMULAS) else ""
            if key not in styles:
                styles[key] = looks.words(column, like_formula=bool(key), first=at == 0)._get_xf_index()
            return styles[key]

        same = column.format not in (NUMBER, TEXT)
        return cells_of(at + 1, first + 1, values, figure, words, same=same)

    def _heights(self, columns: Sequence[Sequence[Value]]) -> list[float | None]:
        """Return the height of each row: it does not grow by itself in every program."""
        needed = np.zeros(len(columns[0]))
        for at, values in enumerate(columns):
            if _wraps(self._columns[at]):
                lengths = np.fromiter((len(str(value or "")) for value in values), dtype=np.float64, count=len(values))
                needed = np.maximum(needed, lengths / self._widths[at])
        lines = np.minimum(np.ceil(needed), MOST_LINES)
        return [LINE * count if count > 1 else None for count in lines.tolist()]

    def _write_words(self, top: int) -> int:
        """Write sentences across the sheet, each in a row of its own, and return the row after them."""
        across = sum(self._widths)
        look = self._looks.of(TEXT, text_wrap=True)
        for line, words in enumerate(_values(self._columns[0], self._table.records), start=top):
            text = _fitting(plain_text(words))
            self._sheet.set_row(line, LINE * math.ceil(1.05 * len(text) / across))
            self._sheet.merge_range(line, 0, line, len(self._widths) - 1, "", look)
            self._sheet.write_string(line, 0, text, look)
        return top + len(self._table.records)

    def _write_total(self, first: int, line: int) -> None:
        sheet, looks = self._sheet, self._looks
        sheet.write_string(line, 0, "Total", looks.of(TEXT, bold=True, top=1))
        for at, column in enumerate(self._columns[1:], start=1):
            if column.total:
                total = math.fsum(map(_result, _values(column, self._table.records)))
                letter = column_letters(at + 1)
                text, look = (
                    f"=SUM({letter}{first + 1}:{letter}{line})",
                    looks.of(looks.number(column, total), bold=True, top=1),
                )
                sheet.write_formula(line, at, text, look, total)

    def _mark(self, first: int, last: int) -> None:
        """Name the ranges of what may be edited, and let what is wrong stand out."""
        if last < first:
            return
        for at, column in enumerate(self._columns):
            if column.input_range:
                letter = column_letters(at + 1)
                cells = f"='{self._sheet.get_name()}'!${letter}${first + 1}:${letter}${last + 1}"
                self._book.define_name(column.input_range, cells)
                asked = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "An amount of 0 or more"}
                self._sheet.data_validation(first, at, last, at, asked)
            if column.alarm:
                rule = {"type": "cell", "criteria": "==", "value": f'"{column.alarm}"', "format": self._looks.alarm}
                self._sheet.conditional_format(first, at, last, at, rule)

    def _draw(self, top: int, count: int) -> None:
        """Draw the chart beside the table."""
        said, name = self._table.chart, self._sheet.get_name()
        assert said is not None
        headers = [column.header for column in self._columns]
        named = [headers.index(header) for header in said.names]
        chart = self._book.add_chart({"type": "bar" if said.lying else "column"})
        for header in said.figures:
            at = headers.index(header)
            chart.add_series(
                {
                    "name": [name, top, at],
                    "categories": [name, top + 1, named[0], top + count, named[-1]],
                    "values": [name, top + 1, at, top + count, at],
                    "fill": {"color": PALE if header != said.figures[-1] else STRONG},
                }
            )
        chart.set_title({"name": said.title, "overlay": False, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"} if len(said.figures) > 1 else {"none": True})
        money = {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
        chart.set_x_axis(money if said.lying else {})
        chart.set_y_axis({"reverse": True, "label_position": "low"} if said.lying else money)
        chart.set_size({"width": (CHART_COLUMNS - 1) * 7 * CHART_COLUMN + 40, "height": (CHART_ROWS - 1) * 20})
        self._sheet.insert_chart(top, self._beside, chart, {"x_offset": 12, "description": said.title})


def _fitting(text: str) -> str:
    """Return a text as XlsxWriter takes it: one in such marks it would take for one with marks of its own."""
    words = clean(text)[:LONGEST_TEXT]
    return f"{words} " if words.startswith("<r>") and words.endswith("</r>") else words


def _values(column: ReportColumn, records: Sequence[Any]) -> Sequence[Value]:
    """Return the values of a column, one a record."""
    if isinstance(records, range) and not callable(column.value) and not isinstance(column.value, str):
        return column.value
    return [column.of(record) for record in records]


def _result(value: Value) -> float:
    """Return the number that a cell holds, 0 for one without."""
    number = value.result if isinstance(value, Formula) else value
    return number if isinstance(number, int | float) and math.isfinite(number) else 0.0


def _wraps(column: ReportColumn) -> bool:
    return column.format == TEXT and column.width > WIDEST_ON_ONE_LINE
