"""A table as it is read: column headers, columns of text, and where each cell is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from budgetopt.errors import Place, Problem, column_letters
from budgetopt.reading.tables.text_cells import taken
from budgetopt.scenario.model.table import PLUS
from budgetopt.scenario.programs import Bools, Ints, Origin

__all__ = ["Grid", "LeftOut"]


@dataclass(frozen=True)
class LeftOut:
    """Rows of a file that do not count, with their cells, and the key that leaves them out: ``skip``, ``where``, ..."""

    reason: str
    grid: Grid


@dataclass(frozen=True)
class Grid:
    """The cells of a table as text, column by column, stripped and without empty rows; ``sheet`` is empty for CSV.

    Parameters
    ----------
    headers
        One for each column; several rows of them are joined, and one may be empty.
    header_row
        The row of the headers, the last of several, counted from 1.
    columns
        The cells; each of shape (rows,).
    rows
        For each row its number in the file, as a spreadsheet numbers them; shape (rows,).
    at
        For each column its number in the file, counted from 1; columns that are made of others have the number of the
        first of these.
    numbers
        For each column, which of its cells the file holds as numbers; empty where it holds texts alone.
    merged
        For each column by its position, the cells (positions of rows) that have their value from a merged cell.
    left_out
        The rows that do not count.
    unmatched
        The keys of the table that find no row, as they would be written.
    problems
        Rows that are too short or too long, and broken cells.
    is_on_top
        Whether the table stands in a file that extends another.
    currency
        The currency of the scenario, in which all amounts are; empty where that is not known.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    header_row: int
    columns: tuple[Sequence[str], ...]
    rows: Ints
    at: tuple[int, ...]
    numbers: tuple[Bools, ...] = ()
    merged: dict[int, Ints] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    unmatched: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_on_top: bool = False
    currency: str = ""

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell, by its 0-based position in the grid; row -1 is the headers, column -1 the row."""
        line = self.header_row if row < 0 else int(self.rows[row])
        return Place(self.file, line, self.at[column] if column >= 0 else 0, self.sheet)

    def origin(self, cells: Ints, column: int) -> Origin:
        """Return where the given cells (positions of rows) of a column stand."""
        zero = np.broadcast_to(np.int64(0), cells.shape)
        at = np.broadcast_to(np.int64(self.at[column] if self.at else 1), cells.shape)
        return Origin(((self.file, self.sheet),), zero, self.rows[cells], at)

    @property
    def name(self) -> str:
        """The file, with its sheet if it has any."""
        return f"{self.file}!{self.sheet}" if self.sheet else self.file

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The letters by which a spreadsheet calls the columns."""
        return tuple(column_letters(at) for at in self.at)

    def named(self, name: str) -> list[int]:
        """Return the positions of the columns of a header or, if there is none, the one of a letter such as C."""
        found = [position for position, header in enumerate(self.headers) if header == name]
        if found or not (name.isascii() and name.isalpha() and name.isupper()):
            return found
        return [self.letters.index(name)] if name in self.letters else []

    def added(self, name: str) -> list[int]:
        """Return the positions of columns that are added up under a name such as ``Pay + Goods``; none for any other.

        There is none either where one of them is not there, or not the only one of its header.
        """
        parts = [self.named(part.strip()) for part in name.split(PLUS)] if PLUS in name and not self.named(name) else []
        return [at for found in parts for at in found] if all(len(found) == 1 for found in parts) else []

    def is_number(self, column: int) -> Bools:
        """Return which cells of a column the file holds as numbers; shape (rows,)."""
        return self.numbers[column] if self.numbers else np.zeros(len(self.rows), dtype=bool)

    def with_column(self, header: str, cells: Sequence[str], at: int) -> Grid:
        """Return the grid with one more column, made of the one at a position."""
        numbers = (*self.numbers, np.zeros(len(self.rows), dtype=bool)) if self.numbers else ()
        headers, columns = (*self.headers, header), (*self.columns, cells)
        return replace(self, headers=headers, columns=columns, at=(*self.at, self.at[at]), numbers=numbers)

    def take(self, kept: Ints) -> Grid:
        """Return the grid of some of its rows, in their order."""
        columns = tuple(taken(column, kept) for column in self.columns)
        place = np.full(len(self.rows), -1)
        place[kept] = np.arange(len(kept))
        merged = {column: cells[cells >= 0] for column, cells in ((at, place[of]) for at, of in self.merged.items())}
        numbers = tuple(column[kept] for column in self.numbers)
        return replace(self, columns=columns, rows=self.rows[kept], numbers=numbers, merged=merged)
