"""Straight pieces of the best value of a linear program as limits move, read from optimal bases.

A basis says how far it stays optimal, and mostly proves that the best value turns where it ends: then nothing is solved
again. Where it is degenerate, so that it ends at once, or another basis has the same slope, the problem is solved again
a little farther on, from this basis, and the next one is asked.
"""

from __future__ import annotations

import math
from functools import cached_property

from budgetopt.analysis.live_problem.moved_model import move
from budgetopt.analysis.live_problem.parametric import TOLERANCE, Piece
from budgetopt.formulation import LinearProgram
from budgetopt.formulation.directions import Direction
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.powers_of_two import Scaling
from budgetopt.solvers.ranging import Ranging

__all__ = ["RangedPieces"]

MOST = 12
"""Bases that are asked for one piece; after more, it is followed in another way."""
SAME = 1e-7
"""Slopes that differ by less, as a share of the larger one, are the same."""


class RangedPieces:
    """The pieces of the best value of a linear program from where it stands.

    Parameters
    ----------
    problem
        The linear program, without integer decisions.

    Attributes
    ----------
    base
        Its optimal basis; None if it has no best plan.
    """

    def __init__(self, problem: LinearProgram) -> None:
        self._problem, self._scaling = problem, Scaling.of(problem)
        self._model = LiveModel(problem, scaling=self._scaling)  # no mutant: a model finds the same by itself
        self._answer = self._model.solve()
        self.base = _ranging(self._model, problem, self._answer, self._scaling)

    def piece(self, line: Direction, side: int, *, unit: float, far: float) -> Piece | None:
        """Return the straight piece of the best value, as a gain, that leaves the problem in one direction.

        Parameters
        ----------
        line
            What moves: limits of rows and columns alone.
        side
            1 along it, -1 against it.
        unit, far
            A step that is small against the numbers that move; and how far to look: a piece that is still straight
            there is taken to be unbounded.

        Returns
        -------
        Piece or None
            The piece, as :func:`follow` returns it from the place 0. None where bases do not tell it.
        """
        base = self.base
        end = None if base is None else base.end(line, side)
        if base is None or end is None:
            return None
        slope, at, turns, known = base.slope(line), end.at, end.turns, end.at > 0
        for _ in range(MOST):
            goes_on = at >= far * (1.0 - TOLERANCE)
            if (known and turns) or goes_on:
                return Piece(self._told(slope, far), side * (math.inf if goes_on else at))
            there = at + unit
            termination, moved = self._moved_to(line.from_here(self._problem, side * there))
            if termination is Termination.INFEASIBLE:
                return Piece(self._told(slope, far), side * at) if known else Piece(math.nan, 0.0, feasible=False)
            if moved is None:
                return None
            back, ahead, next_slope = moved.end(line, -side), moved.end(line, side), moved.slope(line)
            if back is None or ahead is None or (not known and back.at < unit * (1.0 - SAME)):
                return None
            if known and abs(next_slope - slope) > SAME * max(abs(next_slope), abs(slope)):
                return Piece(self._told(slope, far), side * at)
            slope, at, turns, known = slope if known else next_slope, there + ahead.at, ahead.turns, True
        return None

    def _told(self, slope: float, far: float) -> float:
        """Return a slope as a gain; one that adds less than the accuracy of the value is none."""
        value = 0.0 if self._answer is None else self._answer.objective
        return 0.0 if abs(slope) * far <= TOLERANCE * abs(value) else -self._problem.stages[0].sign * slope

    def _moved_to(self, problem: LinearProgram) -> tuple[Termination, Ranging | None]:
        """Return how the problem moved to another place ends, from the basis of this one, and its own basis."""
        moving = self._moving
        answer = moving.solve(problem)
        return answer.termination, _ranging(moving.model, problem, answer, self._scaling)

    @cached_property
    def _moving(self) -> _Moving:
        return _Moving(self._problem, self._scaling)


class _Moving:
    """A live model that begins each solve from the optimal basis of the problem that it was made of."""

    def __init__(self, problem: LinearProgram, scaling: Scaling) -> None:
        self.model, self._stands = LiveModel(problem, scaling=scaling), problem
        self.model.solve()
        self._begin = self.model.basis()

    def solve(self, problem: LinearProgram) -> Solution:
        """Solve a problem with entries in the same places."""
        move(self.model, self._stands, problem)
        self._stands = problem
        self._begin.restore()
        return self.model.solve()


def _ranging(model: LiveModel, problem: LinearProgram, answer: Solution, scaling: Scaling) -> Ranging | None:
    """Return the basis with which a model ended; None if its answer is not proved to be the best."""
    # HiGHS has no basis to ask of what it solves without one: a problem without rows, or without entries
    has_basis = problem.rows > 0 and problem.matrix.entries > 0
    if answer.termination is not Termination.OPTIMAL or answer.row_dual is None or not has_basis:
        return None
    ranging = Ranging(problem, answer, model.basis(), scaling)
    return ranging if ranging.is_optimal else None
