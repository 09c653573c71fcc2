"""Move a rough point onto the limits that it stands at.

A solver that is reached through files hands back few digits: rows that should hold exactly are off in the ninth. The
least movement of the columns that stand between their limits mends that (a step of linear least squares).
"""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.linear_program import Floats, LinearProgram

__all__ = ["onto_limits"]

NEAR = 1e-6  # relative distance at which a row counts as standing at its limit
LARGEST = 1_000_000  # cells of the dense system; beyond that a rough point stays rough


def onto_limits(lp: LinearProgram, x: Floats) -> Floats:
    """Return the point nearest to a rough one at which the rows that it almost meets are met, or the same point.

    Parameters
    ----------
    lp
        The problem.
    x
        A point within the limits of the columns; shape (columns,).
    """
    activity = lp.matrix.times(x)
    column = lp.matrix.column_of_entry()
    size = np.bincount(lp.matrix.index, weights=np.abs(lp.matrix.value * x[column]), minlength=lp.rows)
    limit = np.where(np.abs(activity - lp.row_lower) <= np.abs(activity - lp.row_upper), lp.row_lower, lp.row_upper)
    rows = np.flatnonzero(np.isfinite(limit) & (np.abs(activity - limit) <= NEAR * np.maximum(size, 1.0)))
    free = np.flatnonzero((x > lp.lower) & (x < lp.upper))
    if not len(rows) or not len(free) or len(rows) * len(free) > LARGEST:
        return x
    # columns move in proportion to their size, rows count in proportion to theirs
    width, weight = np.maximum(np.abs(x[free]), 1.0), 1.0 / np.maximum(size[rows], 1.0)
    place, row_place = np.full(lp.columns, -1), np.full(lp.rows, -1)
    place[free], row_place[rows] = np.arange(len(free)), np.arange(len(rows))
    kept = (place[column] >= 0) & (row_place[lp.matrix.index] >= 0)
    system = np.zeros((len(rows), len(free)))
    system[row_place[lp.matrix.index[kept]], place[column[kept]]] = lp.matrix.value[kept]
    system *= weight[:, None] * width
    step = np.linalg.lstsq(system, (limit - activity)[rows] * weight, rcond=1e-12)[0]
    moved = x.copy()
    moved[free] = np.clip(x[free] + width * step, lp.lower[free], lp.upper[free])
    return moved if _worst(lp, moved) < _worst(lp, x) else x


def _worst(lp: LinearProgram, x: Floats) -> float:
    """Return the largest breach of a row, relative to what it adds up."""
    activity = lp.matrix.times(x)
    sizes = np.abs(lp.matrix.value * np.repeat(x, np.diff(lp.matrix.starts)))
    size = np.maximum(np.bincount(lp.matrix.index, weights=sizes, minlength=lp.rows), 1.0)
    breach = np.maximum(np.maximum(lp.row_lower - activity, activity - lp.row_upper), 0.0)
    return float((breach / size).max(initial=0.0))
