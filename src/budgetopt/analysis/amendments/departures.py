"""A problem in which each program gets what it gets in a plan, and more or less of it: what offsets are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation import Block, Formulation, Labels, LinearProgram, Matrix
from budgetopt.formulation.linear_program import Floats, Ints

__all__ = ["Departures", "departures"]


@dataclass(frozen=True, slots=True, eq=False)
class Departures:
    """A problem with two more columns for each program and period: what it gets above, and below, a plan.

    Where the amounts are those of all periods together, there are two for each program, and every shape is (programs,).

    Parameters
    ----------
    problem
        The problem; its own columns come first, and its stages have no cost for the others.
    more, less
        The columns of what is above and below; shape (programs, periods).
    row
        The row ``spending - more + less = what the plan gives``; shape (programs, periods).
    """

    problem: LinearProgram
    more: Ints
    less: Ints
    row: Ints

    def limited(self, more: Floats, less: Floats) -> LinearProgram:
        """Return the problem in which programs get at most so much more, and less; shape (programs, periods) each."""
        upper = self.problem.upper.copy()
        upper[self.more], upper[self.less] = more, less
        return replace(self.problem, upper=upper)

    def cost(self, more: Floats | float, less: Floats | float) -> Floats:
        """Return coefficients of all columns that count these two kinds alone."""
        cost = np.zeros(self.problem.columns)
        cost[self.more], cost[self.less] = more, less
        return cost


def departures(formulation: Formulation, amounts: Floats) -> Departures:
    """Return the problem of a formulation around amounts that programs get.

    Parameters
    ----------
    amounts
        Dollars; shape (programs, periods), or (programs,) for all periods together.
    """
    problem, terms = formulation.linear_program, formulation.terms.spending
    own, count = problem.matrix, amounts.size
    cell = np.arange(count).reshape(amounts.shape)
    row, more = problem.rows + cell, problem.columns + cell
    less = more + count
    at = row[terms.program] if amounts.ndim == 1 else row[terms.program, terms.period]
    ones = np.ones(count)
    matrix = Matrix.from_triplets(
        problem.rows + count,
        problem.columns + 2 * count,
        np.concatenate((own.index, at, row.ravel(), row.ravel())),
        np.concatenate((own.column_of_entry(), terms.column, more.ravel(), less.ravel())),
        np.concatenate((own.value, terms.weight, -ones, ones)),
    )
    keys = dict(zip(("program", "period"), (at.ravel() for at in np.indices(amounts.shape)), strict=False))
    blocks = (
        Block("more than the plan", problem.columns, problem.columns + count, keys),
        Block("less than the plan", problem.columns + count, problem.columns + 2 * count, keys),
    )
    rows = Block("plan", problem.rows, problem.rows + count, keys)
    wider = replace(
        problem,
        matrix=matrix,
        row_lower=np.concatenate((problem.row_lower, amounts.ravel())),
        row_upper=np.concatenate((problem.row_upper, amounts.ravel())),
        lower=np.concatenate((problem.lower, np.zeros(2 * count))),
        upper=np.concatenate((problem.upper, np.full(2 * count, np.inf))),
        integer=np.concatenate((problem.integer, np.zeros(2 * count, dtype=bool))),
        stages=tuple(replace(stage, cost=stage.cost_for(problem.columns + 2 * count)) for stage in problem.stages),
        column_labels=Labels((*problem.column_labels.blocks, *blocks), problem.column_labels.names),
        row_labels=Labels((*problem.row_labels.blocks, rows), problem.row_labels.names),
        tie_break=None,
    )
    return Departures(wider, more, less, row)
