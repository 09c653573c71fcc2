"""Scaling by powers of two: money in billions next to shares of a cent, without losing a bit.

A solver meets limits to an absolute tolerance. Multiplying rows and columns by powers of two brings a budget's figures
near one and is exact in binary arithmetic, so that a value at its limit is still exactly at its limit after unscaling.
The exponents are geometric means, alternating between rows and columns (Fulkerson and Wolfe 1962; Tomlin 1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Floats, LinearProgram

__all__ = ["Scaling", "cost_scale"]

PASSES = 2
BEYOND_ALL_MONEY = 30
LARGEST_EXPONENT = 20  # no limit and no cost is left above 2**20 while smaller scales are free to choose


@dataclass(frozen=True, slots=True)
class Scaling:
    """Powers of two such that ``x = column * x'`` and a row's activity is its scaled activity divided by ``row``.

    Parameters
    ----------
    row
        What each row is multiplied by; shape (rows,).
    column
        What each scaled column is multiplied by to give the column; 1 for integer columns; shape (columns,).
    """

    row: Floats
    column: Floats

    @classmethod
    def of(cls, lp: LinearProgram) -> Scaling:
        """Return a scaling that brings entries, limits and bounds near one."""
        matrix = lp.matrix
        continuous = ~lp.integer
        row_exponent = np.zeros(lp.rows)
        column_exponent = np.where(continuous, float(_money_exponent(lp)), 0.0)
        if matrix.entries:
            entry_row, entry_column = matrix.index, matrix.column_of_entry()
            exponent = _exponents(matrix.value)
            in_row = np.maximum(np.bincount(entry_row, minlength=lp.rows), 1)
            in_column = np.maximum(np.diff(matrix.starts), 1)
            has_entries = np.diff(matrix.starts) > 0
            for _ in range(PASSES):
                total = np.bincount(entry_row, weights=exponent + column_exponent[entry_column], minlength=lp.rows)
                row_exponent = -total / in_row
                total = np.bincount(entry_column, weights=exponent + row_exponent[entry_row], minlength=lp.columns)
                column_exponent = np.where(continuous & has_entries, -total / in_column, column_exponent)
        return cls(_powers(row_exponent), _powers(column_exponent))

    def entries(self, lp: LinearProgram) -> Floats:
        """Return the scaled entries of the matrix; shape (entries,)."""
        matrix = lp.matrix
        return matrix.value * self.row[matrix.index] * np.repeat(self.column, np.diff(matrix.starts))


def cost_scale(scaled_cost: Floats) -> float:
    """Return the power of two that brings costs (already multiplied by the columns' scale) near one."""
    used = scaled_cost[scaled_cost != 0]
    if not len(used):
        return 1.0
    exponent = _exponents(used)
    return float(np.ldexp(1.0, -int(max(round(float(exponent.mean())), int(exponent.max()) - LARGEST_EXPONENT))))


def _money_exponent(lp: LinearProgram) -> int:
    """Return the exponent of a middling limit, raised until the largest is at most ``2**LARGEST_EXPONENT`` times it.

    A ceiling far above all the money that there is, which the rows with one value say, never binds and does not count.
    """
    sides = [lp.row_lower, lp.row_upper, lp.lower[~lp.integer], lp.upper[~lp.integer]]
    limits = np.concatenate(sides)
    limits = limits[np.isfinite(limits) & (limits != 0)]
    if not len(limits):
        return 0
    exponent = _exponents(limits)
    money = lp.row_lower[(lp.row_lower == lp.row_upper) & (lp.row_lower != 0)]
    if len(money):
        exponent = exponent[exponent <= _exponents(money).max() + BEYOND_ALL_MONEY]
    return int(max(round(float(exponent.mean())), int(exponent.max()) - LARGEST_EXPONENT))


def _exponents(values: Floats) -> Floats:
    return np.frexp(values)[1].astype(np.float64)


def _powers(exponents: Floats) -> Floats:
    return np.ldexp(1.0, np.clip(np.rint(exponents), -400, 400).astype(np.int64))
