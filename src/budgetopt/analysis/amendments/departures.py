"""A problem in which each program gets what it gets in a plan, and more or less of it: what offsets are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.formulation.linear_program import Floats, Ints

__all__ = ["Departures", "departures"]


@dataclass(frozen=True, slots=True, eq=False)
class Departures:
    """A problem with two more columns for each program and period: what it gets above, and below, a plan.

    Its last rows say ``spending - more + less = what the plan gives``.

    Where the amounts are those of all periods together, there are two for each program, and every shape is (programs,).

    Parameters
    ----------
    problem
        The problem; its own columns come first, and its stages have no cost for the others.
    more, less
        The columns of what is above and below; shape (programs, periods).
    """

    problem: LinearProgram
    more: Ints
    less: Ints

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
    count = amounts.size
    cell = np.arange(count).reshape(amounts.shape)
    row, more = problem.rows + cell, problem.columns + cell
    less = more + count
    at = row[terms.program] if amounts.ndim == 1 else row[terms.program, terms.period]
    ones, none, most = np.ones(count), np.zeros(count), np.full(count, np.inf)
    keys = dict(zip(("program", "period"), (at.ravel() for at in np.indices(amounts.shape)), strict=False))
    wider = problem.with_more_columns("more than the plan", none, most, keys=keys)
    wider = wider.with_more_columns("less than the plan", none, most, keys=keys).with_more_rows(
        "plan",
        amounts.ravel(),
        amounts.ravel(),
        (at, terms.column, terms.weight),
        (row.ravel(), more.ravel(), -ones),
        (row.ravel(), less.ravel(), ones),
        keys=keys,
    )
    stages = tuple(replace(stage, cost=stage.cost_for(wider.columns)) for stage in problem.stages)
    wider = replace(wider, stages=stages, tie_break=None)
    return Departures(wider, more, less)
