"""Plans nearly as good as the best that differ most from it and from one another.

The difference itself is maximized, since plans that are merely listed come out nearly alike ("modelling to generate
alternatives": Brill, Chang and Hopkins, Management Science 28, 1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.allocation.allocation import MATERIAL
from budgetopt.allocation.whole_amounts import RoundingGoal, whole_plan
from budgetopt.analysis.amendments.departures import Departures, departures
from budgetopt.audit import Audit, SpendingPlan
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.formulation.linear_program import Floats
from budgetopt.solvers import Options
from budgetopt.solvers.engine import solve_stage

__all__ = ["Alternative", "different_plans"]

CLOSE = 0.01
"""The share of the difference within which a search for a more different plan ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """A plan that is nearly as good as the best.

    Parameters
    ----------
    audit
        The plan in whole amounts, and what it brings.
    difference
        Dollars that differ from the nearest of the plans before it: the sum over programs, all periods together.
    most
        What no other plan within reach can exceed in it; infinite if that is not known.
    """

    audit: Audit
    difference: float
    most: float

    @property
    def plan(self) -> SpendingPlan:
        """The plan."""
        return self.audit.plan

    @property
    def value(self) -> float:
        """The value of the first objective."""
        return self.audit.objectives[0].value

    @property
    def proved(self) -> bool:
        """Whether no plan within reach is more different, to within one percent."""
        return bool(self.difference >= (1.0 - CLOSE) * self.most - 1.0)


def different_plans(
    best: Allocation,
    near: LinearProgram,
    given_up: float,
    ranges: tuple[Floats, Floats],
    count: int,
    seconds: float,
) -> list[Alternative]:
    """Return plans each of which differs most from the nearest of those before it.

    Parameters
    ----------
    near, given_up
        The problem of all plans that are good enough, and how much of the first objective these may give up.
    ranges
        The least and the most that each program gets in such plans, NaN where that is not known; shape (programs,).
    count, seconds
        How many plans, and how long each is looked for.
    """
    limits = np.nan_to_num(ranges[0]), np.where(np.isnan(ranges[1]), _most_of_all(best), ranges[1])
    before, found = [best.spending.sum(axis=(1, 2))], list[Alternative]()
    for _ in range(count):
        wide = _distances(best, near, before, limits)
        answer = solve_stage(wide, wide.stages[0], Options(time_limit=seconds, gap=CLOSE))
        if answer.x is None or answer.objective <= 1.0:
            break
        goal = RoundingGoal(wide, lambda audit: _difference(best, audit, given_up, before))
        whole = whole_plan(best.scenario, best.formulation, answer.x, goal)
        difference = goal.gain(whole.audit)
        if difference <= 1.0:
            # no rounding leaves it different and good enough
            break
        found.append(Alternative(whole.audit, difference, max(float(answer.bound), difference)))
        before.append(whole.plan.spending.sum(axis=(1, 2)))
    return found


def _difference(best: Allocation, audit: Audit, given_up: float, before: Sequence[Floats]) -> float:
    """Return how far a plan is from the nearest of some; below zero if it gives up more of the best than it may."""
    sign, value = best.formulation.linear_program.stages[0].sign, best.objective_value
    too_much = sign * (audit.objectives[0].value - value) - given_up - MATERIAL * max(abs(value), 1.0)
    if too_much > 0:
        return -too_much
    amounts = audit.plan.spending.sum(axis=(1, 2))
    return min(float(np.abs(amounts - one).sum()) for one in before)


def _distances(
    best: Allocation, near: LinearProgram, before: Sequence[Floats], limits: tuple[Floats, Floats]
) -> LinearProgram:
    """Return the problem whose objective is the difference from the nearest of some plans.

    A program is above a plan or below it, never both: that takes a binary column for each program and plan.
    """
    formulation = replace(best.formulation, linear_program=near)
    least, most = limits
    parts = []
    for amounts in before:
        part = departures(formulation, amounts)
        wide = _one_way(part, np.maximum(most - amounts, 0.0), np.maximum(amounts - least, 0.0))
        parts.append(part)
        formulation = replace(formulation, linear_program=wide)
    return _nearest(formulation.linear_program, parts)


def _most_of_all(best: Allocation) -> Floats:
    """Return dollars that no program can exceed: its ceiling, or all the money that there is; shape (programs,)."""
    scenario = best.scenario
    money = sum(
        float(scenario.revenue(name).sum() + scenario.per_period(fund.one_time).sum() + fund.opening_balance)
        for name, fund in scenario.funds.items()
    )
    ceiling = best.formulation.limits.upper.sum(axis=1)
    return np.asarray(np.minimum(ceiling, money))


def _one_way(part: Departures, up: Floats, down: Floats) -> LinearProgram:
    """Return a problem in which each program is above or below: ``more <= up * z`` and ``less <= down * (1 - z)``."""
    problem, count = part.problem, len(up)
    side, first = problem.columns + np.arange(count), problem.rows + np.arange(count)
    second = first + count
    ones = np.ones(count)
    rows = (first, part.more, ones), (first, side, -up), (second, part.less, ones), (second, side, down)
    free, most = np.full(2 * count, -np.inf), np.concatenate((np.zeros(count), down))
    wider = problem.with_more_columns("above", np.zeros(count), ones, integer=True)
    return wider.with_more_rows("above or below", free, most, *rows)


def _nearest(problem: LinearProgram, parts: Sequence[Departures]) -> LinearProgram:
    """Return a problem that maximizes the least of several sums of what is above and below."""
    near, rows = problem.columns, problem.rows + np.arange(len(parts))
    sums = [np.concatenate((part.more, part.less)) for part in parts]
    entries = [(np.full(len(one), row), one, np.full(len(one), -1.0)) for one, row in zip(sums, rows, strict=True)]
    entries.append((rows, np.full(len(parts), near), np.ones(len(parts))))
    wider = problem.with_more_columns("difference", np.zeros(1), np.full(1, np.inf))
    wider = wider.with_more_rows("difference", np.full(len(parts), -np.inf), np.zeros(len(parts)), *entries)
    cost = np.append(np.zeros(near), 1.0)
    return replace(wider, stages=(Stage("maximize the difference", cost, maximize=True),))
