"""Which columns of a problem share no row, directly or through others: they are parts that can be solved apart.

Rows that cannot bind, whatever the columns do within their limits, connect nothing, and settled columns neither.
"""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.linear_program import Floats, Ints, LinearProgram, total_by

__all__ = ["most_integers_of_a_part", "part_of_each_column"]

ROUNDING = 1e-12
"""Of the sizes in a row: what its sum may be beyond a limit by rounding alone."""


def part_of_each_column(lp: LinearProgram) -> Ints:
    """Return a number for the part of each column, the same for all columns of a part; shape (columns,).

    A column that is settled, or in no row that can bind, is a part of its own.
    """
    row, column, value = lp.matrix.index, lp.matrix.column_of_entry(), lp.matrix.value
    kept = (lp.lower < lp.upper)[column] & _can_bind(lp, row, column, value)[row]
    row, column = row[kept], column[kept]
    part = np.arange(lp.columns)
    while True:
        # each row takes the least number of its columns, each column the least of its rows, and of the column of that
        least = np.full(lp.rows, lp.columns, dtype=np.int64)
        np.minimum.at(least, row, part[column])
        now = part.copy()
        np.minimum.at(now, column, least[row])
        now = now[now]
        if (now == part).all():
            return part
        part = now


def most_integers_of_a_part(lp: LinearProgram) -> int:
    """Return how many integer columns, not settled by their limits, the part with the most of them has."""
    open_integer = np.flatnonzero(lp.integer & (lp.lower < lp.upper))
    if not len(open_integer):
        return 0
    return int(np.bincount(part_of_each_column(lp)[open_integer]).max())


def _can_bind(lp: LinearProgram, row: Ints, column: Ints, value: Floats) -> np.ndarray:
    """Return which rows some values of the columns within their limits break; shape (rows,)."""
    ends = value * lp.lower[column], value * lp.upper[column]
    least, most = (total_by(row, choose(*ends), lp.rows) for choose in (np.minimum, np.maximum))
    size = total_by(row, np.maximum(*(np.where(np.isfinite(end), np.abs(end), 0.0) for end in ends)), lp.rows)
    slack = ROUNDING * size
    return (least < lp.row_lower - slack) | (most > lp.row_upper + slack)
