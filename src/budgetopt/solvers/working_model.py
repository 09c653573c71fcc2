"""A live model without the rows that its plans stay clear of: most rules of a budget do not hold, and cost time.

What is best with fewer limits, and breaks none of the others, is best with all of them. So after a first solve of the
whole, rows that it does not rest on are left out; each later answer is checked against them, and those that it breaks
are taken in (Dantzig, Fulkerson and Johnson, Journal of the Operations Research Society of America 2, 1954).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Matrix
from budgetopt.formulation.sparse_rows import SparseRows
from budgetopt.solvers.highs import TOLERANCE, LiveModel
from budgetopt.solvers.powers_of_two import Scaling
from budgetopt.solvers.solution import Options, Solution, Termination

__all__ = ["WorkingModel"]

FEW = 8
"""Rows with at most so many entries are kept: they cost little."""
WORTHWHILE = 0.25
"""Rows are left out if they have at least this share of all entries."""


class WorkingModel:
    """A live model whose limits and costs are changed and which is solved again, as :class:`LiveModel`.

    Its answers are those to the whole problem. A problem with integer decisions is kept whole.

    Parameters
    ----------
    lp
        The problem; its first stage is the objective until :meth:`set_costs` sets another.
    options
        How to solve.

    Raises
    ------
    SolverError, OptionError
        As a :class:`LiveModel` does.
    """

    def __init__(self, lp: LinearProgram, options: Options | None = None) -> None:
        self._scaling = Scaling.of(lp)
        self._model = LiveModel(lp, options, scaling=self._scaling)
        self._lower, self._upper = lp.row_lower.copy(), lp.row_upper.copy()
        self._matrix, self._lengths = lp.matrix, np.bincount(lp.matrix.index, minlength=lp.rows)
        self._settled = lp.is_integer
        self._kept, self._place = np.arange(lp.rows), np.arange(lp.rows)
        self._left_out = np.zeros(0, np.int64)
        self._by_row: SparseRows | None = None
        self._rest: SparseRows | None = None
        self._part: Matrix | None = None

    @property
    def rows(self) -> Ints:
        """The rows that the model holds; shape (kept,)."""
        return self._kept

    def part(self, problem: LinearProgram) -> LinearProgram:
        """Return the rows that the model holds of the problem that it stands for.

        What proves an answer best for them proves it for the whole, whose other rows it keeps.
        """
        if self._rest is None:
            return problem
        rows = self._kept
        if self._part is None:
            self._part = problem.matrix.take_rows(rows)
        return replace(
            problem,
            matrix=self._part,
            row_lower=problem.row_lower[rows],
            row_upper=problem.row_upper[rows],
            row_labels=Labels((Block("row", 0, len(rows)),)),
        )

    def set_costs(self, cost: Floats, maximize: bool, offset: float = 0.0) -> None:
        """Set another objective: its coefficients, shape (columns,), its direction and its constant."""
        self._model.set_costs(cost, maximize, offset)

    def set_column_bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Set the limits of some columns; all three of the same shape."""
        self._model.set_column_bounds(columns, lower, upper)

    def set_row_bounds(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        """Set the limits of some rows; all three of the same shape."""
        rows = np.atleast_1d(np.asarray(rows, np.int64))
        self._lower[rows], self._upper[rows] = lower, upper
        held = rows[self._place[rows] >= 0]
        if len(held):
            self._model.set_row_bounds(self._place[held], self._lower[held], self._upper[held])

    def set_coefficients(self, rows: Ints, columns: Ints, values: Floats) -> None:
        """Set some entries of the matrix; all three of the same shape. Their rows are taken in."""
        rows = np.atleast_1d(np.asarray(rows, np.int64))
        self._take_in(np.unique(rows[self._place[rows] < 0]))
        self._part = None
        self._model.set_coefficients(self._place[rows], columns, values)

    def set_start(self, x: Floats) -> None:
        """Offer a search decisions to begin from, as :meth:`LiveModel.set_start`."""
        self._model.set_start(x)

    def solve(self) -> Solution:
        """Solve from where the model stands, and return the answer to the whole problem."""
        answer = self._model.solve()
        steps, seconds = answer.iterations, answer.seconds
        while len(broken := self._broken(answer)):
            self._take_in(broken)
            answer = self._model.solve()
            steps, seconds = steps + answer.iterations, seconds + answer.seconds
        answer = replace(self._lifted(answer), iterations=steps, seconds=seconds)
        if not self._settled and answer.row_dual is not None:
            self._settle()
        return answer

    def _settle(self) -> None:
        """Leave out the rows that the answer does not rest on, if that is worthwhile."""
        self._settled = True
        idle = self._model.idle_rows() & (self._lengths > FEW)
        if self._lengths[idle].sum() < WORTHWHILE * max(self._matrix.entries, 1):
            return
        self._by_row = SparseRows.of(self._matrix)
        self._model.keep_rows(np.flatnonzero(~idle))
        self._stand(np.flatnonzero(~idle), np.flatnonzero(idle))

    def _stand(self, kept: Ints, left_out: Ints) -> None:
        """Note which rows the model holds, and which it does not."""
        assert self._by_row is not None
        self._kept, self._left_out = kept, left_out
        self._place = np.full(len(self._lower), -1, np.int64)
        self._place[kept] = np.arange(len(kept))
        self._rest, self._part = self._by_row.take(left_out), None

    def _take_in(self, rows: Ints) -> None:
        """Take in rows that were left out; shape (rows,)."""
        if not len(rows):
            return
        assert self._by_row is not None
        limits = self._lower[rows], self._upper[rows]
        self._model.add_rows(self._by_row.take(rows), *limits, self._scaling.row[rows])
        self._stand(np.concatenate((self._kept, rows)), np.setdiff1d(self._left_out, rows))

    def _broken(self, answer: Solution) -> Ints:
        """Return the rows left out that an answer breaks; all of them if nothing limits it."""
        if self._rest is None or answer.termination is Termination.UNBOUNDED:
            return self._left_out
        if answer.x is None:
            return np.zeros(0, np.int64)
        level, rows = self._rest.times(answer.x), self._left_out
        breach = np.maximum(self._lower[rows] - level, level - self._upper[rows])
        return rows[breach * self._scaling.row[rows] > TOLERANCE]

    def _lifted(self, answer: Solution) -> Solution:
        """Return an answer with prices of all rows: those of rows left out are zero."""
        if answer.row_dual is None or self._rest is None:
            return answer
        row_dual = np.zeros(len(self._lower))
        row_dual[self._kept] = answer.row_dual
        return replace(answer, row_dual=row_dual)
