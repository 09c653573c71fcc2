"""The cells of a sheet as they stand in its file, before anything is known of headers or of what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from budgetopt.errors import Problem, column_range
from budgetopt.reading.tables.text_cells import TextCells
from budgetopt.scenario.programs import Bools, Ints

__all__ = ["Book", "Sheet", "blanks_before"]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, or the whole of a file that has no sheets; its name is then empty.

    Parameters
    ----------
    columns
        The cells as stripped texts, column by column, from the first row of the file on; all of one length.
    numbers
        For each column, which of its cells the file holds as numbers, whose texts have a point for the decimals
        and no other mark; shape (rows,) each. Empty where the file holds texts alone, as CSV does.
    lengths
        The cells that each row has, for files in which rows may be too short; shape (rows,).
    separator
        What parts the cells of a row in a text file; empty for other files.
    merged
        The merged ranges: first row, first column, last row, last column, counted from 0. The first cell has the value.
    problems
        Cells that cannot be read, with their places.
    indents
        How far the cells of a column are indented, for columns with such cells; shape (rows,) each.
    thousands
        How many times over the numbers of a column are shown divided by a thousand, for columns with such cells; shape
        (rows,) each.
    hidden
        The rows that a spreadsheet program does not show, counted from 1.
    """

    file: str
    name: str
    columns: tuple[Sequence[str], ...]
    numbers: tuple[Bools, ...] = ()
    lengths: Ints | None = None
    separator: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    indents: Mapping[int, Ints] = field(default_factory=dict)
    thousands: Mapping[int, Ints] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def row(self, number: int) -> list[str]:
        """Return the cells of a row, counted from 0."""
        return [column[number] for column in self.columns]

    def within(self, columns: str) -> Sheet:
        """Return the sheet with all columns empty but those of a range of letters, ``A:D``; itself if none is said."""
        first, last = column_range(columns) or (1, len(self.columns))
        if (first, last) == (1, len(self.columns)):
            return self
        inside = [first <= at <= last for at in range(1, len(self.columns) + 1)]
        nothing, no_numbers = [""] * self.rows, np.zeros(self.rows, dtype=bool)
        return replace(
            self,
            columns=tuple(cells if kept else nothing for cells, kept in zip(self.columns, inside, strict=True)),
            numbers=tuple(cells if kept else no_numbers for cells, kept in zip(self.numbers, inside, strict=False)),
            merged=tuple(span for span in self.merged if span[1] < last and span[3] >= first - 1),
            problems=tuple(one for one in self.problems if one.place is None or first <= one.place.column <= last),
        )

    def is_number(self, column: int) -> Bools:
        """Return which cells of a column the file holds as numbers; shape (rows,)."""
        return self.numbers[column] if self.numbers else np.zeros(self.rows, dtype=bool)


@dataclass(frozen=True)
class Book:
    """A file of tables: its sheets in their order, each read when it is asked for.

    Parameters
    ----------
    file
        The path.
    names
        The names of the sheets that hold cells; one empty name for a file that has no sheets.
    hidden
        Those of them that a spreadsheet program does not show.
    read
        Returns the sheet of a name; raises ScenarioError if it cannot be read.
    notes
        What was assumed in order to read the file, such as the encoding of a text that is not UTF-8; one sentence each.
    """

    file: str
    names: tuple[str, ...]
    read: Callable[[str], Sheet]
    hidden: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def blanks_before(columns: Sequence[Sequence[Any]]) -> dict[int, Ints]:
    """Return how many blanks stand before the texts of a column, for columns with such cells; shape (rows,) each."""
    found = {}
    for at, cells in enumerate(columns):
        if isinstance(cells, TextCells):
            continue
        texts = cells if {*map(type, cells)} == {str} else [cell if isinstance(cell, str) else "" for cell in cells]
        # in most columns no cell begins with a blank, which is quickly seen of all cells at once
        if list(map(str.lstrip, texts)) != list(texts) and any(
            text[:1].isspace() and not text.isspace() for text in texts
        ):
            found[at] = np.array([len(text) - len(text.lstrip()) for text in texts], dtype=np.int64)
    return found
