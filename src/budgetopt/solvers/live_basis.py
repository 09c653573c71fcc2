"""The basis that a live HiGHS model ended with: linear systems in it, in the units of the problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from budgetopt.errors import SolverError
from budgetopt.formulation.linear_program import Bools, Floats, LinearProgram
from budgetopt.solvers.powers_of_two import Scaling

__all__ = ["LiveBasis"]


class LiveBasis:
    """An optimal basis of a live model; it stands until the model changes or is solved again.

    Parameters
    ----------
    model
        The HiGHS model.
    scaling
        The powers of two by which its rows and columns are scaled.
    check
        Raises an error if a status of HiGHS, the first argument, says that what the second names was refused.
    """

    def __init__(self, model: Any, scaling: Scaling, check: Callable[[Any, str], None]) -> None:
        self._model, self._scaling, self._check = model, scaling, check
        if not (model.getNumRow() and model.getNumNz()):
            # HiGHS solves this without a basis, and ends the process where it is asked for one
            raise SolverError("HiGHS has no basis of a problem without rows or without entries")
        status, basic = model.getBasicVariables()
        check(status, "tell its basis")
        self._basic = np.asarray(basic, np.int64)
        self._kept = model.getBasis()

    def restore(self) -> None:
        """Have the model begin its next solve from this basis."""
        self._check(self._model.setBasis(self._kept), "take a basis")

    def columns(self, columns: int) -> Bools:
        """Return which of the columns are basic; shape (columns,)."""
        found = np.zeros(columns, np.bool_)
        found[self._basic[self._basic >= 0]] = True
        return found

    def rows(self, rows: int) -> Bools:
        """Return which of the rows are basic, so that their levels are free; shape (rows,)."""
        found = np.zeros(rows, np.bool_)
        found[-1 - self._basic[self._basic < 0]] = True
        return found

    def moves(self, lp: LinearProgram, level: Floats, x: Floats) -> Floats:
        """Return how all columns move if the levels of the rows that are not basic do, and columns that are not basic.

        Parameters
        ----------
        lp
            The problem.
        level
            How the levels of rows move; shape (rows,).
        x
            How columns move, 0 for the basic ones; shape (columns,).
        """
        target = np.where(self.rows(lp.rows), 0.0, level - lp.matrix.times(x))
        status, found = self._model.getBasisSolve(target * self._scaling.row)
        self._check(status, "solve with its basis")
        moves, own = x.copy(), self._basic >= 0
        moves[self._basic[own]] = np.asarray(found)[own] * self._scaling.column[self._basic[own]]
        return moves

    def prices(self, cost: Floats) -> Floats:
        """Return the prices of the rows at which no basic column has a reduced cost; from (columns,) to (rows,)."""
        right, own = np.zeros(len(self._basic)), self._basic >= 0
        right[own] = cost[self._basic[own]] * self._scaling.column[self._basic[own]]
        status, found = self._model.getBasisTransposeSolve(right)
        self._check(status, "solve with its basis")
        return np.asarray(found, np.float64) * self._scaling.row

    def row_of_inverse(self, position: int, *, is_row: bool) -> Floats:
        """Return the prices of the rows at which a basic column or row alone, of all basic ones, has a reduced cost.

        Their sign and size are left open; shape (rows,).
        """
        place = int(np.flatnonzero(self._basic == (-1 - position if is_row else position))[0])
        status, found = self._model.getBasisInverseRow(place)
        self._check(status, "solve with its basis")
        return np.asarray(found, np.float64) * self._scaling.row
