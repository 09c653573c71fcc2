"""Move a rough point onto the limits that it stands at, and rough prices onto the costs that they meet.

A solver that is reached through files returns about eight digits: rows that should hold exactly, and reduced costs
that should be zero, are off in the ninth. The least movement that corrects them is a step of linear least squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats, Ints, LinearProgram, Stage

__all__ = ["onto_costs", "onto_limits"]

NEAR = 1e-6  # relative distance at which a row counts as standing at its limit
NEXT = 3e-8  # relative distance at which a column does: the eighth digit
SETTLED = 1e-12  # a relative breach of rows that is as good as none
LARGEST = 1_000_000  # cells of a dense system; beyond that what is rough stays rough


def onto_limits(lp: LinearProgram, x: Floats) -> Floats:
    """Return the point nearest to a rough one at which the rows that it almost meets are met, or the same point.

    Parameters
    ----------
    lp
        The problem.
    x
        A point within the limits of the columns; shape (columns,).
    """
    at = _Standing.of(lp, x)
    if at.system is None:
        return x
    # columns move in proportion to their size, rows count in proportion to theirs
    width, weight = np.maximum(np.abs(at.x[at.free]), 1.0), 1.0 / np.maximum(at.size[at.rows], 1.0)
    system = at.system * weight[:, None] * width
    step = _least_squares(system, (at.limit - at.activity)[at.rows] * weight)
    moved = at.x.copy()
    moved[at.free] = np.clip(at.x[at.free] + width * step, lp.lower[at.free], lp.upper[at.free])
    return moved if _worst(lp, moved) < max(_worst(lp, x), SETTLED) else x


def onto_costs(lp: LinearProgram, stage: Stage, x: Floats, y: Floats) -> Floats:
    """Return the prices nearest to rough ones at which the columns that have almost no reduced cost have none.

    These are the columns between their limits, and those at a limit that the prices hardly hold there.

    Parameters
    ----------
    lp, stage
        The problem and its objective.
    x
        The point; columns at a limit, and rows between theirs, do not bind the prices. Shape (columns,).
    y
        Prices of the rows; shape (rows,).
    """
    rough = stage.reduced_costs(lp.matrix, y)
    size = np.abs(stage.cost) + lp.matrix.transpose_sizes(y)
    at = _Standing.of(lp, x, np.abs(rough) <= NEXT * size)
    if at.system is None:
        return y
    prices = np.zeros(lp.rows)
    prices[at.rows] = y[at.rows]
    reduced = stage.reduced_costs(lp.matrix, prices)
    # prices move in proportion to what their rows are worth: a row of large entries has a small price
    largest = np.abs(at.system).max(axis=1)
    width = np.divide(1.0, largest, out=np.zeros(len(largest)), where=largest > 0)
    step = _least_squares((at.system * width[:, None]).T, reduced[at.free])
    prices[at.rows] += width * step
    return prices


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a point stands: the columns between their limits, the rows at theirs, and the entries where these meet."""

    x: Floats
    activity: Floats
    size: Floats
    limit: Floats
    rows: Ints
    free: Ints
    system: Floats | None

    @classmethod
    def of(cls, lp: LinearProgram, x: Floats, more: Bools | None = None) -> _Standing:
        for limits in (lp.lower, lp.upper):
            finite = np.where(np.isfinite(limits), limits, 0.0)
            x = np.where(np.isfinite(limits) & (np.abs(x - finite) <= NEXT * np.abs(finite)), finite, x)
        activity, size = lp.matrix.times(x), lp.matrix.sizes(x)
        limit = np.where(np.abs(activity - lp.row_lower) <= np.abs(activity - lp.row_upper), lp.row_lower, lp.row_upper)
        near: Bools = np.isfinite(limit) & (np.abs(activity - limit) <= NEAR * np.maximum(size, 1.0))
        between = (x > lp.lower) & (x < lp.upper)
        rows, free = np.flatnonzero(near), np.flatnonzero(between if more is None else between | more)
        system = None
        if len(rows) and len(free) and len(rows) * len(free) <= LARGEST:
            place, row_place = np.full(lp.columns, -1), np.full(lp.rows, -1)
            place[free], row_place[rows] = np.arange(len(free)), np.arange(len(rows))
            to_column, to_row = place[lp.matrix.column_of_entry()], row_place[lp.matrix.index]
            kept = (to_column >= 0) & (to_row >= 0)
            system = np.zeros((len(rows), len(free)))
            system[to_row[kept], to_column[kept]] = lp.matrix.value[kept]
        return cls(x, activity, size, limit, rows, free, system)


def _least_squares(system: Floats, wanted: Floats) -> Floats:
    """Return the smallest step that comes nearest to what is wanted; no step where the arithmetic fails."""
    try:
        return np.asarray(np.linalg.lstsq(system, wanted, rcond=1e-12)[0], dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.zeros(system.shape[1])


def _worst(lp: LinearProgram, x: Floats) -> float:
    """Return the largest breach of a row, relative to what it adds up."""
    activity = lp.matrix.times(x)
    breach = np.maximum(np.maximum(lp.row_lower - activity, activity - lp.row_upper), 0.0)
    return float((breach / np.maximum(lp.matrix.sizes(x), 1.0)).max(initial=0.0))
