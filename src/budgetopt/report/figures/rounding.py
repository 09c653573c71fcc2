"""Amounts rounded so that every table adds up, to the same totals as every other table.

A plan is exact to the cent. A page shows whole dollars, or thousands. Rounding each figure on its own would leave sums
that their rows do not make, so the figures are rounded together, from the top down: first the accounts of the funds,
then what each fund pays for each program. Every other table is a sum of those whole numbers.
"""

from __future__ import annotations

import numpy as np

from budgetopt.allocation.cents import apportion
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["round_cells", "round_column", "whole"]

_NOISE = 1e-5
"""What binary fractions leave on an amount in cents, in units of a cent."""


def whole(exact: Floats) -> Ints:
    """Return numbers rounded half away from zero; any shape."""
    return (np.sign(exact) * np.floor(np.abs(exact) + 0.5 + _NOISE)).astype(np.int64)


def round_column(exact: Floats, total: int | None = None) -> Ints:
    """Round numbers, zero or more, so that they add up to a total, or to their own sum rounded; what is zero stays so.

    Both are of shape (n,).
    """
    rounded = np.zeros(len(exact), dtype=np.int64)
    some = np.flatnonzero(exact > _NOISE)
    if len(some):
        wanted = int(whole(exact.sum(keepdims=True))[0]) if total is None else total
        rounded[some] = apportion(exact[some], wanted, np.zeros(len(some)), np.full(len(some), np.inf))
    return rounded


def round_cells(exact: Floats, totals: Ints) -> Ints:
    """Round a table so that every column adds up to its total, and every row comes as near to its own sum as may be.

    The numbers are zero or more, of shape (rows, columns). Zeros stay zero, and whole numbers stay whole where the
    totals let them.
    """
    columns = [round_column(exact[:, at], int(totals[at])) for at in range(exact.shape[1])]
    cells = np.stack(columns, axis=1) if columns else np.zeros(exact.shape, dtype=np.int64)
    if exact.shape[1] < 2:
        return cells
    wanted = round_column(exact.sum(axis=1), int(totals.sum()))
    for _ in range(3):
        before = cells.copy()
        for at in range(exact.shape[1]):
            excess = cells.sum(axis=1) - wanted
            loose = np.abs(exact[:, at] - whole(exact[:, at])) > _NOISE
            gives = np.flatnonzero((excess > 0) & loose & (cells[:, at] > exact[:, at]))
            takes = np.flatnonzero((excess < 0) & loose & (cells[:, at] < exact[:, at]))
            count = min(len(gives), len(takes))
            cells[gives[:count], at] -= 1
            cells[takes[:count], at] += 1
        if (cells == before).all():
            break
    return cells
