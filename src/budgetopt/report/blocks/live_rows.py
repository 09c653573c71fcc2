"""Rows of a workbook's sheet that formulas of other sheets add up: where each stands, and what each counts for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from budgetopt.errors import column_letters
from budgetopt.report.blocks.content import ReportColumn
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["FIRST_ROW", "LONGEST_FORMULA", "LiveRows", "height_on_curve", "literal", "times"]

FIRST_ROW = 2
"""The row below the header."""
LONGEST_FORMULA = 8_000
"""In characters, a little less than a workbook can hold."""


@dataclass(eq=False)
class LiveRows:
    """The rows of a sheet that has one column of figures a period.

    Parameters
    ----------
    sheet
        The name of the sheet.
    program
        The program of each row; shape (rows,).
    first_column
        The column of the first period, counted from 1.
    periods
        How many periods there are.
    last_column
        The last column of the sheet before those of what rows count for, counted from 1.
    """

    sheet: str
    program: Ints
    first_column: int
    periods: int
    last_column: int
    _counts: dict[bytes, tuple[str, Floats]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.program)

    def cell(self, row: int, period: int) -> str:
        """Return the address of the figure of a row, counted from 0, in a period."""
        return f"{self.sheet}!${column_letters(self.first_column + period)}${FIRST_ROW + row}"

    def cells(self, period: int, first: int = 0, last: int | None = None, *, until: int | None = None) -> str:
        """Return the addresses of the figures of a period, or of all up to another, from a row to another, both in."""
        last = len(self) - 1 if last is None else last
        left = column_letters(self.first_column + period)
        right = left if until is None else column_letters(self.first_column + until)
        return f"{self.sheet}!${left}${FIRST_ROW + first}:${right}${FIRST_ROW + last}"

    def total(self, period: int, first: int, last: int) -> str:
        """Return what the figures from a row to another add up to in a period; 0 for none."""
        if first > last:
            return "0"
        return self.cell(first, period) if first == last else f"SUM({self.cells(period, first, last)})"

    def weighted(
        self, weight: Floats, periods: Iterable[int], name: str, first: int = 0, last: int | None = None
    ) -> str:
        """Return the sum of figures, each by a weight of its row, over some periods.

        Parameters
        ----------
        weight
            What each row counts for; shape (rows,).
        periods
            The periods, counted from 0.
        name
            What the weights are called, if they need a column of their own.
        first, last
            The rows that are added, both included; left out, all.
        """
        last = len(self) - 1 if last is None else last
        own = weight[first : last + 1]
        if not own.any():
            return "0"
        if (own == 1.0).all():
            return "+".join(self.total(period, first, last) for period in periods) or "0"
        key = weight.tobytes()
        if key not in self._counts:
            self._counts[key] = (name, weight)
        letter = column_letters(self.last_column + 1 + list(self._counts).index(key))
        counts = f"{self.sheet}!${letter}${FIRST_ROW + first}:${letter}${FIRST_ROW + last}"
        return "+".join(f"SUMPRODUCT({counts},{self.cells(period, first, last)})" for period in periods) or "0"

    def count_columns(self) -> Iterator[ReportColumn]:
        """Yield the columns of what rows count for in sums of limits; nothing is left empty."""
        for name, weight in self._counts.values():
            cells = [value or None for value in weight.tolist()]
            yield ReportColumn(f"Counts in: {name}", cells, format="0.####", width=12, printed=False, folded=True)

    @staticmethod
    def range_names(prefix: str, periods: Sequence[str]) -> list[str]:
        """Return the names of the ranges of each period's figures: ``amounts_FY2027``.

        A name holds letters, digits and underscores, and does not tell upper from lower case; where periods would get
        the same one, they are numbered.
        """
        words = [re.sub(r"[^A-Za-z0-9]", "_", period)[:200] for period in periods]
        told = [word.casefold() for word in words]
        if len(set(told)) < len(told):
            words = [str(number) for number in range(1, len(periods) + 1)]
        return [f"{prefix}_{word}" for word in words]


def literal(value: float) -> str:
    """Return a number as a workbook has it, exact."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number).upper()


def times(factor: float, words: str) -> str:
    """Return a multiple of an expression."""
    return words if factor == 1.0 else f"{literal(factor)}*({words})"


def height_on_curve(points: Sequence[tuple[float, float]], level: str) -> str:
    """Return the height of a piecewise linear curve at a level; it is flat before its first point and after its last.

    It is ``y0`` and, for each point, the change of the slope there times how far the level is beyond it.
    """
    x, y = (np.array(axis, dtype=np.float64) for axis in zip(*points, strict=True))
    slope = np.diff(y) / np.diff(x)
    turn = np.diff(slope, prepend=0.0, append=0.0)
    bends = [(at, by) for at, by in zip(x.tolist(), turn.tolist(), strict=True) if by]
    if not bends:
        return literal(y[0])
    ends, turns = (",".join(map(literal, part)) for part in zip(*bends, strict=True))
    beyond = f"({level}-{{{ends}}})"
    start = f"{literal(y[0])}+" if y[0] else ""
    return f"{start}SUMPRODUCT(({beyond}>0)*{beyond}*{{{turns}}})"
