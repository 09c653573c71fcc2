"""What is known of a budget file while it is being understood."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.shape import normal
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.scenario.model.table import ANY, PLUS
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.words import money

__all__ = ["Guess"]
_BULLET = re.compile(r"[-\u2013\u2014\u2022\u00b7>]+ +|\.{2,} *")
"""Marks that stand before the names of parts, as blanks do."""


@dataclass
class Guess:
    """How a table is read.

    ``table`` are the keys of a table in a scenario; ``remarks`` what was taken for what, and what is left out;
    ``file_sum`` what the column of money adds up to in all rows, ``left_out`` the rows that do not count and their sum
    by what they are; ``sums`` the columns that one is made of, by its position; ``ignored`` columns to be left alone.
    """

    sheet: Sheet
    grid: Grid
    facts: list[ColumnFacts]
    lines: Bools
    table: dict[str, object] = field(default_factory=dict)
    keys: dict[str, ColumnFacts] = field(default_factory=dict)
    payments: dict[str, ColumnFacts] = field(default_factory=dict)
    money: list[ColumnFacts] = field(default_factory=list)
    ignored: list[ColumnFacts] = field(default_factory=list)
    sums: dict[int, list[ColumnFacts]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    left_out: dict[str, tuple[int, float]] = field(default_factory=lambda: defaultdict(lambda: (0, 0.0)))

    def add_columns(self, parts: Sequence[ColumnFacts]) -> ColumnFacts:
        """Return one more column, the sum of some, with the name by which a scenario file says it."""
        name = f" {PLUS} ".join(column.plain_name for column in parts)
        known = np.array([~np.isnan(column.amounts) for column in parts]).any(axis=0)
        amounts = np.where(known, np.nansum([column.amounts for column in parts], axis=0), np.nan)
        made = ColumnFacts(name, name, "", len(self.facts), [""] * len(self.lines), amounts)
        self.facts.append(made)
        self.sums[made.position] = list(parts)
        return made

    @property
    def added(self) -> set[int]:
        """The positions of the columns that are parts of sums."""
        return {column.position for parts in self.sums.values() for column in parts}

    def read_columns(self, column: ColumnFacts) -> list[ColumnFacts]:
        """Return the columns of the file that a column is made of; itself, where it is one of them."""
        return self.sums.get(column.position, [column])

    @property
    def amounts(self) -> Floats:
        """The money of each row, 0 where there is none; shape (rows,)."""
        return np.asarray(np.nansum([column.amounts for column in self.money], axis=0), dtype=np.float64)

    @property
    def has_amount(self) -> Bools:
        """Which rows have an amount in some column of money; shape (rows,)."""
        return np.asarray(np.any([~np.isnan(column.amounts) for column in self.money], axis=0))

    @property
    def slack(self) -> float:
        """What rounding may leave of each amount that counts: half of what all of them are whole numbers of."""
        parts = (self.amounts[self.lines] * times for times in (1, 10))
        digits = (at for at, part in enumerate(parts) if np.allclose(part, np.rint(part), rtol=1e-12, atol=0.0))
        return 0.5 / 10.0 ** next(digits, 2)

    @property
    def taken(self) -> float:
        """What the rows that count add up to, in the units of the file."""
        return float(self.amounts[self.lines].sum())

    @property
    def times(self) -> float:
        """What amounts are multiplied by, without the sign of spending."""
        scale = self.table.get("scale", 1.0)
        assert isinstance(scale, float | int)
        return abs(float(scale))

    def shown(self, amount: float) -> str:
        """Return an amount of the file as a remark shows it: in dollars where the file has thousands."""
        return money(float(amount) * self.times)

    def turn_signs(self) -> None:
        """Change the sign of the money of each row."""
        for at, column in enumerate(self.money):
            turned = replace(column, amounts=-column.amounts)
            self.facts[column.position] = self.money[at] = turned
            for known in (self.keys, self.payments):
                known.update({key: turned for key, held in known.items() if held is column})
        self.left_out = defaultdict(
            lambda: (0, 0.0), {what: (count, -total) for what, (count, total) in self.left_out.items()}
        )

    def leave_out(self, rows: Bools, what: str) -> None:
        """Take rows out of those that count."""
        rows = rows & self.lines
        if rows.any():
            count, total = self.left_out[what]
            self.left_out[what] = (count + int(rows.sum()), total + float(self.amounts[rows].sum()))
            self.lines = self.lines & ~rows

    def skip_rows(self, rows: Bools) -> None:
        """Write down rows that are left out, by their numbers."""
        known: list[int] = self.table.get("skip_rows", [])  # type: ignore[assignment]
        self.table["skip_rows"] = sorted({*known, *map(int, self.grid.rows[rows])})

    def add_skip(self, column: str, cells: Sequence[str]) -> None:
        """Write down rows that are left out, by their cells in a column."""
        skip: dict[str, object] = dict(self.table.get("skip", {}))  # type: ignore[call-overload]
        known = skip.get(column, [])
        together = list(dict.fromkeys([*(known if isinstance(known, list) else [known]), *cells]))
        skip[column] = together if len(together) > 1 else together[0]
        self.table["skip"] = skip

    def skip_cells(self, rows: Bools, columns: Sequence[ColumnFacts]) -> None:
        """Write down rows that are left out by their cells in a column.

        It is the first that tells them from the rows that count; where none does, their numbers are written.
        """
        others = self.lines & ~rows
        for column in columns:
            cells = dict.fromkeys(normal(column.cells[row]) for row in np.flatnonzero(rows).tolist())
            kept = {normal(column.cells[row]).casefold() for row in np.flatnonzero(others).tolist()}
            is_plain = column.letter and all(cell and ANY not in cell for cell in cells)
            if is_plain and kept.isdisjoint(map(str.casefold, cells)):
                self.add_skip(column.name, list(cells))
                return
        self.skip_rows(rows)

    def indents(self, column: ColumnFacts) -> Ints:
        """Return how far each cell of a column is indented; shape (rows,)."""
        known = self.sheet.indents.get(self.grid.at[column.position] - 1) if column.letter else None
        marks = {cell: len(match[0]) if (match := _BULLET.match(cell)) else 0 for cell in set(column.cells)}
        bullets = np.array([marks[cell] for cell in column.cells], dtype=np.int64)
        return bullets if known is None else bullets + known[self.grid.rows - 1]

    def cells(self, column: ColumnFacts) -> Iterator[str]:
        """Yield the cells of a column in the rows that count."""
        return (cell for cell, counts in zip(column.cells, self.lines.tolist(), strict=True) if counts)
