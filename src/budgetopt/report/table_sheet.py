"""A sheet of a workbook: tables with headers that stay in sight, totals that are formulas, charts, and its print."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from budgetopt.errors import column_letters
from budgetopt.report.content import NUMBER, TEXT, Cell, Formula, Media, ReportColumn, ReportTable, Value, plain_text
from budgetopt.report.numbers import quantity_decimals
from budgetopt.report.text import clean, one_line

__all__ = ["CellLooks", "has_total", "sheet_title", "write_sheet"]

_UNFIT = re.compile(r"[\\/*?:\[\]]")

LONGEST_TEXT, LONGEST_TITLE = 32_767, 31
"""What a cell, and what the name of a sheet, can hold."""
LINE = 15.0
"""The height of a line of text, in points."""
MOST_LINES = 12
WIDEST_ON_ONE_LINE = 40
"""The width of a column from which on long text goes on in further lines."""
CHART_ROWS, CHART_COLUMNS, CHART_COLUMN = 17, 6, 12.0
"""How many rows a chart is high, over how many columns it stands, and how wide each is."""
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

    def header(self, column: ReportColumn) -> Any:
        """Return the format of the header of a column."""
        align = "left" if column.format == TEXT else "right"
        return self.of("General", bold=True, text_wrap=True, bottom=1, align=align)

    def figure(self, column: ReportColumn, value: float | None, strong: bool) -> Any:
        """Return the format of a figure; a quantity has the decimals that it needs."""
        number = column.format
        if number in (NUMBER, TEXT) and value is not None and not float(value).is_integer():
            decimals = quantity_decimals(value)
            number = NUMBER + (f".{'0' * decimals}" if decimals else "")
        number = NUMBER if number == TEXT else number
        if column.input_range:
            return self.of(number, locked=False, bg_color="#FFF9DB", font_color="#1F3A93")
        return self.of(number, bold=True, top=1) if strong else self.of(number)

    def words(self, column: ReportColumn, strong: bool, like_formula: bool) -> Any:
        """Return the format of a text."""
        more: dict[str, Any] = {"text_wrap": True} if _wraps(column) else {}
        if strong:
            more |= {"bold": True, "top": 1}
        # a text that begins like a formula stays text when the cell is edited
        return self.of(TEXT, **more, quote_prefix=True) if like_formula else self.of(TEXT, **more)

    @property
    def alarm(self) -> Any:
        """The format of what stands out."""
        return self.of("General", bg_color="#F8D0CE", font_color="#9C0006", bold=True)


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
    for at, width in enumerate(widths):
        # what is not printed is folded away
        sheet.set_column(at, at, width, None, {"level": 0 if at < printed else 1, "hidden": at >= printed})
    top = 0
    for table in tables:
        writer = _TableWriter(book, sheet, table, looks, widths, max(map(len, shown)))
        top = writer.write(top, titled=len(tables) > 1)
    _set_up_print(sheet, title, top, printed)
    if len(tables) == 1:
        _keep_in_sight(sheet, tables[0], len(shown[0]))


def _set_up_print(sheet: Any, title: str, rows: int, columns: int) -> None:
    """Let a sheet be printed across pages of full width, with the number of each."""
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
        longest = max(len(column.header) / (width - 2) for column, width in zip(columns, self._widths, strict=False))
        sheet.set_row(top, LINE * math.ceil(longest))
        for at, column in enumerate(columns):
            sheet.write_string(top, at, _fitting(column.header), self._looks.header(column))
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
        columns, records = self._columns, self._table.records
        wraps = [at for at, column in enumerate(columns) if _wraps(column)]
        values = [_values(column, records) for column in columns]
        for line, row in enumerate(zip(*values, strict=True), start=first):
            if wraps:
                needed = max(len(str(row[at] or "")) / self._widths[at] for at in wraps)
                if needed > 1:
                    # a row does not grow by itself in every program
                    self._sheet.set_row(line, LINE * min(math.ceil(needed), MOST_LINES))
            for at, value in enumerate(row):
                if value is not None and value != "":
                    self._put(line, at, value)

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
        self._put(line, 0, "Total", strong=True)
        for at, column in enumerate(self._columns[1:], start=1):
            if column.total:
                values = [_result(value) for value in _values(column, self._table.records)]
                letter = column_letters(at + 1)
                text = f"=SUM({letter}{first + 1}:{letter}{line})"
                self._put(line, at, Formula(text, math.fsum(values)), strong=True)

    def _put(self, line: int, at: int, value: Value, *, strong: bool = False) -> None:
        """Write a cell: a number, a text or a formula of ours; what is no number is left empty."""
        column, sheet, looks = self._columns[at], self._sheet, self._looks
        if isinstance(value, Cell):
            value = plain_text(value)
        if isinstance(value, str):
            words = _fitting(value)
            sheet.write_string(line, at, words, looks.words(column, strong, words.startswith(LIKE_FORMULAS)))
        elif isinstance(value, Formula):
            result = value.result
            is_word = isinstance(result, str)
            look = looks.words(column, strong, False) if is_word else looks.figure(column, _result(value), strong)
            sheet.write_formula(
                line, at, value.text.replace("{row}", str(line + 1)), look, "" if result is None else result
            )
        elif value is not None and math.isfinite(value):
            sheet.write_number(line, at, value, looks.figure(column, value, strong))

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
                }
            )
        chart.set_title({"name": said.title, "overlay": False, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"} if len(said.figures) > 1 else {"none": True})
        money = {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
        chart.set_x_axis(money if said.lying else {})
        chart.set_y_axis({"reverse": True} if said.lying else money)
        chart.set_size({"width": (CHART_COLUMNS - 1) * 7 * CHART_COLUMN + 40, "height": (CHART_ROWS - 1) * 20})
        self._sheet.insert_chart(top, self._beside, chart, {"x_offset": 12, "description": said.title})


def _fitting(text: str) -> str:
    """Return a text that a cell can hold."""
    words = clean(text)[:LONGEST_TEXT]
    # XlsxWriter takes such a text for one with marks of its own
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
