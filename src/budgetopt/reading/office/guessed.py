"""What is known of a budget file while it is being understood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.scenario.programs import Bools, Floats

__all__ = ["Guess"]


@dataclass
class Guess:
    """How a table is read.

    ``table`` are the keys of a table in a scenario; ``remarks`` what was taken for what, and what is left out;
    ``file_sum`` what the column of money adds up to in all rows, ``left_out`` the rows that do not count and their sum
    by what they are.
    """

    sheet: Sheet
    grid: Grid
    facts: list[ColumnFacts]
    lines: Bools
    table: dict[str, object] = field(default_factory=dict)
    keys: dict[str, ColumnFacts] = field(default_factory=dict)
    payments: dict[str, ColumnFacts] = field(default_factory=dict)
    money: list[ColumnFacts] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left_out: dict[str, tuple[int, float]] = field(default_factory=lambda: defaultdict(lambda: (0, 0.0)))

    @property
    def amounts(self) -> Floats:
        """The money of each row, 0 where there is none; shape (rows,)."""
        return np.asarray(np.nansum([column.amounts for column in self.money], axis=0), dtype=np.float64)

    @property
    def taken(self) -> float:
        """What the rows that count add up to, in the units of the file."""
        return float(self.amounts[self.lines].sum())

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

    def cells(self, column: ColumnFacts) -> Iterator[str]:
        """Yield the cells of a column in the rows that count."""
        return (cell for cell, counts in zip(column.cells, self.lines.tolist(), strict=True) if counts)
