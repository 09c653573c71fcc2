"""A table as it stands in a file: heads, columns of text, and where each cell is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from budgetopt.errors import Place, Problem
from budgetopt.scenario.programs import Ints, Origin

__all__ = ["Grid", "TableError", "assemble"]


class TableError(Exception):
    """A file cannot be read as a table at all; carries the one problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class Grid:
    """The cells of a table as text, column by column.

    Parameters
    ----------
    file, sheet
        Where the table stands; the sheet is empty for CSV.
    heads
        The column heads.
    head_row
        The row in which the heads stand.
    columns
        The cells of each column, stripped; every column has one cell a row.
    rows
        The row of the file that each row came from, as a spreadsheet numbers them; shape (rows,).
    problems
        What is wrong with the shape of the table: rows that are too short or too long, broken cells.
    """

    file: str
    sheet: str
    heads: tuple[str, ...]
    head_row: int
    columns: tuple[Sequence[str], ...]
    rows: Ints
    problems: tuple[Problem, ...] = field(default=())

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell, by its 0-based position in the grid; row -1 is the heads, column -1 the row."""
        line = self.head_row if row < 0 else int(self.rows[row])
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
    ragged: bool,
    problems: Sequence[Problem] = (),
) -> Grid:
    """Return the grid of a file's records.

    Parameters
    ----------
    file, sheet
        Where the records stand.
    records
        All rows of the file from its first, empty ones included; cells already stripped.
    header
        The row of the heads, 1-based.
    last_row
        The last row that is read; None for all.
    ragged
        Whether rows may be shorter than the heads, as they are in a workbook.
    problems
        What was found wrong while the file was read.

    Raises
    ------
    TableError
        If there are no heads.
    """
    found = list(problems)
    heads = list(records[header - 1]) if header <= len(records) else []
    while heads and not heads[-1]:
        heads.pop()
    if not heads:
        empty = not any(any(record) for record in records)
        message = "the table is empty" if empty else f"row {header} has no column heads"
        hint = "" if empty or header > 1 else "if the heads stand further down, say so with `header: 4`"
        expected = "a row of column heads, such as program,name,baseline"
        raise TableError(Problem("empty-table", message, Place(file, 0, 0, sheet), expected, hint))
    body = list(records[header:last_row])
    width = len(heads)
    lengths = np.fromiter(map(len, body), dtype=np.int64, count=len(body))
    kept = np.ones(len(body), dtype=bool)
    for position in np.flatnonzero(lengths != width).tolist():
        record = body[position]
        extra = [number for number, cell in enumerate(record[width:], width) if cell]
        line = header + position + 1
        if not any(record):
            kept[position] = False
            record = ()
        elif extra:
            place = Place(file, line, extra[0] + 1, sheet)
            message = f"'{record[extra[0]]}' stands in column {extra[0] + 1}, and only {width} columns have heads"
            hint = "" if sheet else "a cell that holds the separator itself goes in quotes"
            found.append(Problem("long-row", message, place, f"{width} cells", hint))
        elif len(record) < width and not ragged:
            cells = "1 cell" if len(record) == 1 else f"{len(record)} cells"
            message = f"the row has {cells}, and there are {width} column heads"
            hint = "an empty cell keeps its separator"
            found.append(Problem("short-row", message, Place(file, line, 0, sheet), f"{width} cells", hint))
        body[position] = tuple(record[:width]) + ("",) * (width - len(record))
    columns = tuple(zip(*body, strict=True)) if body else ((),) * width
    # a row whose first cell is filled is no empty row: look closer only at the others
    for position in np.flatnonzero(
        np.fromiter((not cell for cell in columns[0]), dtype=bool, count=len(body))
    ).tolist():
        kept[position] &= any(body[position])
    rows = np.arange(len(body), dtype=np.int64) + header + 1
    if not kept.all():
        chosen = np.flatnonzero(kept).tolist()
        columns = tuple(tuple(column[position] for position in chosen) for column in columns)
        rows = rows[kept]
    return Grid(file, sheet, tuple(heads), header, columns, rows, tuple(found))
