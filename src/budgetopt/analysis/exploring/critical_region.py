"""Where one basis stays the best, and the plan there: a polyhedron of figures, with an affine map for each number.

For a fixed basis the plan is affine in the figures that move limits, and the reduced costs are affine in those that
move the objective: the basis is best where the plan keeps its limits and the reduced costs keep their signs (Gal and
Nedoma, Management Science 18, 1972).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.analysis.exploring.basis_at import BasisAt
from budgetopt.analysis.exploring.moved_problem import MovedProblem, moved
from budgetopt.formulation.linear_program import Bools, Floats, Ints, Matrix, total_by
from budgetopt.solvers.faces import CLEAR

__all__ = ["CriticalRegion", "affine_part", "critical_region", "distance"]

STILL = 1e-10
"""What moves by less than this share of what moves most, over the whole range of a figure, does not move."""
WRONG = 1e-6
"""The share of the largest number of a plan by which the plan of a basis may differ from the solver's."""
CLOSE = 1e-7
"""How far outside a region, as a share of the range of a figure, a point still counts as in it."""


@dataclass(frozen=True, slots=True, eq=False)
class CriticalRegion:
    """Where a basis is best.

    Parameters
    ----------
    x
        The value of each column where the plan is, then what each figure adds to it; shape (1 + figures, columns).
    held
        The rows whose limits hold it and have a price; shape (rows,).
    conditions
        The region: a constant and what each figure adds, a sum that is not below zero; shape (conditions, 1 + figures).
    of_prices
        Which conditions are about prices: on their borders another plan is as good. Shape (conditions,).
    """

    x: Floats
    held: Bools
    conditions: Floats
    of_prices: Bools


def distance(conditions: Floats, points: Floats) -> Floats:
    """Return how far points of shape (points, figures) are outside of conditions, zero or less inside; (points,)."""
    if not len(conditions):
        return np.zeros(len(points))
    inside: Floats = conditions[:, :1] + conditions[:, 1:] @ points.T
    return np.asarray(-inside.min(axis=0))


def critical_region(moves: MovedProblem, basis: BasisAt, low: Floats, high: Floats) -> CriticalRegion | None:
    """Return the region of a basis within a box; None where the basis does not bear it out at its own point.

    Parameters
    ----------
    low, high
        The box; shape (figures,).
    """
    problem, matrix = moves.problem, moves.problem.matrix
    by, sign = np.concatenate(([1.0], basis.point)), moves.stages[0].sign
    prices = np.stack([basis.basis.prices(cost) for cost in moves.cost])
    reduced = moves.cost - np.stack([matrix.transpose_times(price) for price in prices])
    reduced[:, basis.columns] = 0.0
    clear = CLEAR * max(float(np.abs(moves.cost).max()), 1e-300)
    # prices in what a unit of the largest entry of a row is worth, to be compared with costs
    worth = prices * matrix.largest_by_row()
    at_upper = _sides(basis.x, moved(moves.lower, by), moved(moves.upper, by), sign * moved(reduced, by), clear)
    limits = moved(moves.row_lower, by), moved(moves.row_upper, by)
    rows_at_upper = _sides(matrix.times(basis.x), *limits, sign * moved(worth, by), clear)
    x = np.where(basis.columns, 0.0, np.where(at_upper, moves.upper, moves.lower))
    x[:, ~np.isfinite(x[0])] = 0.0
    sides = np.where(rows_at_upper, moves.row_upper, moves.row_lower)
    x = np.stack([basis.basis.moves(problem, side, part) for side, part in zip(sides, x, strict=True)])
    if np.abs(moved(x, by) - basis.x).max() > WRONG * max(float(np.abs(basis.x).max()), 1.0):
        return None
    free = ~basis.columns & (moves.lower != moves.upper).any(axis=0)
    free_rows = ~basis.rows & (moves.row_lower != moves.row_upper).any(axis=0)
    found = [
        _limits(moves, x, basis, matrix),
        _signs(sign * reduced, at_upper, free, clear),
        _signs(sign * worth, rows_at_upper, free_rows, clear),
    ]
    kept = [part for part in (within_box(part, low, high) for part in found) if part is not None]
    if len(kept) < len(found):
        return None
    conditions = np.concatenate(kept)
    of_prices = np.arange(len(conditions)) >= len(kept[0])
    if distance(conditions, basis.point[None])[0] > CLOSE:
        return None
    held = ~basis.rows & (np.abs(worth).max(axis=0) > clear)
    return CriticalRegion(x, held, conditions, of_prices)


def _sides(values: Floats, lower: Floats, upper: Floats, price: Floats, clear: float) -> Bools:
    """Return which values stand at their upper limit: where their price asks for it, else where they are nearer to it.

    Where both limits are the same, or nearly so, the price alone tells.
    """
    nearer = np.abs(values - upper) < np.abs(values - lower)
    asked = np.where(np.abs(price) > clear, price < 0, nearer)
    return np.isfinite(upper) & (~np.isfinite(lower) | asked)


def _limits(moves: MovedProblem, x: Floats, basis: BasisAt, matrix: Matrix) -> Floats:
    """Return that basic columns and rows keep their limits, in the units of each; shape (conditions, 1 + figures)."""
    activity = np.stack([matrix.times(part) for part in x])
    parts = []
    for values, lower, upper, basic in (
        (x, moves.lower, moves.upper, basis.columns),
        (activity, moves.row_lower, moves.row_upper, basis.rows),
    ):
        still = STILL * max(float(np.abs(values[1:]).max(initial=0.0)), 1e-300)
        for side, gap in ((lower, values - lower), (upper, upper - values)):
            at = np.flatnonzero(basic & np.isfinite(side[0]))
            part = gap[:, at].T
            parts.append(part[np.abs(part[:, 1:]).max(axis=1, initial=0.0) > still])
    return np.concatenate(parts)


def _signs(reduced: Floats, at_upper: Bools, free: Bools, clear: float) -> Floats:
    """Return that reduced costs of what may move keep the sign of their side; shape (conditions, 1 + figures)."""
    at = np.flatnonzero(free & (np.abs(reduced[1:]).max(axis=0, initial=0.0) > clear))
    return np.where(at_upper[at], -reduced[:, at], reduced[:, at]).T


def within_box(conditions: Floats, low: Floats, high: Floats) -> Floats | None:
    """Return the conditions that can fail in a box, each divided by its largest rate; None if one always does."""
    size = np.abs(conditions[:, 1:]).max(axis=1, initial=0.0)
    scaled = conditions / size[:, None] if len(conditions) else conditions
    reach = np.maximum(scaled[:, 1:] * low, scaled[:, 1:] * high).sum(axis=1)
    least = scaled[:, 0] + np.minimum(scaled[:, 1:] * low, scaled[:, 1:] * high).sum(axis=1)
    if (scaled[:, 0] + reach < -CLOSE).any():
        return None
    scaled = scaled[least < 0.0]
    _, first = np.unique(np.round(scaled, 10), axis=0, return_index=True)
    return np.asarray(scaled[np.sort(first)])


def affine_part(x: Floats, column: Ints, weight: Floats, group: Ints, groups: int) -> Floats:
    """Return sums of weighted columns by group, of each part of an affine map; shape (1 + figures, groups)."""
    return np.stack([total_by(group, weight * part[column], groups) for part in x])
