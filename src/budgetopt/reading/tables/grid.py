"""A table as it stands in a file: headers, columns of text, and where each cell is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.scenario.programs import Ints, Origin
from budgetopt.scenario.words import shown

__all__ = ["Grid", "assemble", "of_columns"]


@dataclass(frozen=True)
class Grid:
    """The cells of a table as text, column by column, stripped and without empty rows; ``sheet`` is empty for CSV.

    ``rows`` has for each row its number in the file, as a spreadsheet numbers them; shape (rows,). ``problems`` are
    rows that are too short or too long, and broken cells.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    header_row: int
    columns: tuple[Sequence[str], ...]
    rows: Ints
    problems: tuple[Problem, ...] = field(default=())

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell, by its 0-based position in the grid; row -1 is the headers, column -1 the row."""
        line = self.header_row if row < 0 else int(self.rows[row])
        return Place(self.file, line, column + 1, self.sheet)

    def origin(self, cells: Ints, column: int) -> Origin:
        """Return where the given cells (positions of rows) of a column stand."""
        zero = np.broadcast_to(np.int64(0), cells.shape)
        at = np.broadcast_to(np.int64(column + 1), cells.shape)
        return Origin(((self.file, self.sheet),), zero, self.rows[cells], at)


def assemble(
    file: str,
    sheet: str,
    records: Sequence[Sequence[str]],
    *,
    header: int,
    last_row: int | None,
    problems: Sequence[Problem] = (),
) -> Grid:
    """Return the grid of all rows of a file from its first, or raise ScenarioError if there are no headers.

    ``header`` and ``last_row`` are counted from 1. Rows of a sheet may be shorter than the headers.
    """
    found = list(problems)
    headers = [cell.strip() for cell in records[header - 1]] if header <= len(records) else []
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        empty = not any(cell.strip() for record in records for cell in record)
        message = "the table is empty" if empty else f"row {header} has no column headers"
        expected = "a row of column headers, such as program,name,baseline"
        hint = "" if empty or header > 1 else "if the headers stand further down, say so with `header: 4`"
        raise ScenarioError([Problem("empty-table", message, Place(file, 0, 0, sheet), expected, hint)])
    body = list(records[header:last_row])
    width = len(headers)
    lengths = np.fromiter(map(len, body), dtype=np.int64, count=len(body))
    for position in np.flatnonzero(lengths != width).tolist():
        record = [cell.strip() for cell in body[position]]
        place = Place(file, header + position + 1, 0, sheet)
        if any(record):
            found += _uneven(record, width, place)
        body[position] = record[:width] + [""] * (width - len(record))
    columns = tuple(zip(*body, strict=True)) if body else ((),) * width
    return of_columns(file, sheet, headers, columns, header=header, problems=found)


def of_columns(
    file: str,
    sheet: str,
    headers: Sequence[str],
    columns: Sequence[Sequence[str]],
    *,
    header: int,
    problems: Sequence[Problem] = (),
) -> Grid:
    """Return the grid of columns of one length, without its empty rows; cells and headers need not be stripped."""
    stripped: list[Sequence[str]] = [list(map(str.strip, column)) for column in columns]
    rows = np.arange(len(stripped[0]), dtype=np.int64) + header + 1
    if "" in stripped[0]:
        filled = np.zeros(len(rows), dtype=bool)
        for column in stripped:
            filled |= np.fromiter(map(bool, column), dtype=bool, count=len(rows))
        if not filled.all():
            stripped = [list(compress(column, filled.tolist())) for column in stripped]
            rows = rows[filled]
    return Grid(file, sheet, tuple(name.strip() for name in headers), header, tuple(stripped), rows, tuple(problems))


def _uneven(record: Sequence[str], width: int, row: Place) -> list[Problem]:
    """Return what is wrong with a row that has more or fewer cells than there are headers."""
    extra = next((number for number, cell in enumerate(record[width:], width) if cell), None)
    if extra is not None:
        place = Place(row.file, row.line, extra + 1, row.sheet)
        known = "1 column has a header" if width == 1 else f"{width} columns have headers"
        message = f"{shown(record[extra])} stands in column {extra + 1}, and only {known}"
        hint = "" if row.sheet else "a cell that holds the separator itself goes in quotes"
        return [Problem("long-row", message, place, f"no more cells than headers, {width}", hint)]
    if len(record) < width and not row.sheet:
        cells = "1 cell" if len(record) == 1 else f"{len(record)} cells"
        message = f"the row has {cells}, and there are {width} column headers"
        return [Problem("short-row", message, row, f"{width} cells", "an empty cell keeps its separator")]
    return []
