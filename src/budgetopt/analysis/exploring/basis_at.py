"""The basis that is best for a whole list of objectives, and so for the rules that settle ties, at a point.

Each objective is solved from the basis of the one before, with what that one prices held at its limits: every step
enters columns of reduced cost zero alone, so that the prices of the objectives before stay as they are, and the last
basis is best for all of them in their order (Isermann, Operations Research Spectrum 4, 1982).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.exploring.moved_problem import MovedProblem
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.faces import on_optimal_face
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.live_basis import LiveBasis

__all__ = ["BasisAt", "BasisSolver"]

MISSED = 1e-7
"""The share of the turnover of a row that limits must be missed by, all together, for no plan to be possible."""


@dataclass(frozen=True, slots=True, eq=False)
class BasisAt:
    """A basis, and the plan that it has at a point; it stands until the next point is solved.

    Parameters
    ----------
    point
        The point; shape (figures,).
    basis
        What solves linear systems in it.
    columns, rows
        Which columns and rows are basic; shapes (columns,) and (rows,).
    x
        The plan; shape (columns,).
    """

    point: Floats
    basis: LiveBasis
    columns: Bools
    rows: Bools
    x: Floats


class BasisSolver:
    """Finds bases of one problem at one point after another on one live model."""

    def __init__(self, moves: MovedProblem) -> None:
        self._moves = moves
        self._stands = moves.at(np.zeros(moves.figures))
        self._model = LiveModel(self._stands)
        self._missing: LiveModel | None = None
        self._missed: LinearProgram | None = None
        self.solves = 0

    def at(self, point: Floats) -> BasisAt | None:
        """Return the basis at a point of shape (figures,); None where there is no plan, or no answer."""
        face = self._moves.at(point)
        answer: Solution | None = None
        for stage in face.stages:
            self._stands = _moved_to(self._model, self._stands, replace(face, stages=(stage,)))
            self.solves += 1
            answer = self._model.solve()
            if answer.termination is not Termination.OPTIMAL or answer.x is None or answer.row_dual is None:
                return None
            face = on_optimal_face(face, stage, answer.row_dual)
        assert answer is not None
        assert answer.x is not None
        basis, problem = self._model.basis(), self._moves.problem
        return BasisAt(point, basis, basis.columns(problem.columns), basis.rows(problem.rows), answer.x)

    def why_not(self, point: Floats) -> Floats | None:
        """Return why there is no plan at a point: numbers that are above zero, as a sum, at it.

        The first is a constant, the others are multiplied by how far each figure is moved: wherever the sum is above
        zero, no plan is possible. It is what limits are missed by at the least, by the prices that prove it there: a
        bound of the same prices everywhere (Farkas 1902). None where a plan is possible; shape (1 + figures,).
        """
        moves, problem = self._moves, self._moves.at(point)
        crossed = np.flatnonzero(problem.lower > problem.upper)
        if len(crossed):
            worst = crossed[np.argmax((problem.lower - problem.upper)[crossed])]
            return np.asarray(moves.lower[:, worst] - moves.upper[:, worst])
        missing = _with_missing(problem)
        if self._missing is None:
            self._missing = LiveModel(missing)
        else:
            assert self._missed is not None
            _moved_to(self._missing, self._missed, missing)
        self._missed = missing
        answer = self._missing.solve()
        if answer.row_dual is None or answer.reduced_cost is None or answer.x is None:
            return None
        sides = np.abs(_finite(np.concatenate((problem.row_lower, problem.row_upper))))
        size = max(float(sides.max(initial=0.0)), 1.0)
        if answer.objective <= MISSED * size:
            return None
        price, reduced = answer.row_dual, answer.reduced_cost[: problem.columns]
        rows = np.where(price > 0, moves.row_lower, moves.row_upper)
        limits = np.where(reduced > 0, moves.lower, moves.upper)
        cut = _weighted(rows, price) + _weighted(limits, reduced)
        return cut if cut[0] + cut[1:] @ point > 0 else None


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)


def _weighted(numbers: Floats, price: Floats) -> Floats:
    """Return the sum of numbers at prices, where there is a price; shape (1 + figures,)."""
    used = np.flatnonzero(price)
    return np.asarray(_finite(numbers[:, used]) @ price[used])


def _with_missing(problem: LinearProgram) -> LinearProgram:
    """Return the problem of missing the limits of rows by as little as possible, all together."""
    rows, ones = np.arange(problem.rows), np.ones(problem.rows)
    wider = problem.relaxed().with_more_columns(
        "missed",
        np.zeros(2 * problem.rows),
        np.full(2 * problem.rows, np.inf),
        (rows, problem.columns + rows, ones),
        (rows, problem.columns + problem.rows + rows, -ones),
    )
    cost = np.concatenate((np.zeros(problem.columns), ones, ones))
    return replace(wider, stages=(Stage("limits missed", cost, maximize=False),))


def _moved_to(model: LiveModel, before: LinearProgram, now: LinearProgram) -> LinearProgram:
    """Move a live model from one problem to another one of the same matrix, which is returned."""
    stage = now.stages[0]
    model.set_costs(stage.cost, stage.maximize, stage.offset)
    at = np.flatnonzero((before.lower != now.lower) | (before.upper != now.upper))
    if len(at):
        model.set_column_bounds(at, now.lower[at], now.upper[at])
    at = np.flatnonzero((before.row_lower != now.row_lower) | (before.row_upper != now.row_upper))
    if len(at):
        model.set_row_bounds(at, now.row_lower[at], now.row_upper[at])
    return now
