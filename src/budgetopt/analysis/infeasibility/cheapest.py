"""The cheapest way to relax limits so that a plan exists: which of them is enough alone, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from budgetopt.analysis.infeasibility.contradictions import conflicts
from budgetopt.analysis.infeasibility.elastic import Elastic, elastic
from budgetopt.analysis.infeasibility.least_missed import is_missed
from budgetopt.formulation import LinearProgram
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options
from budgetopt.solvers.highs import LiveModel

__all__ = ["LEAST", "TIME_LIMIT", "Cheapest"]

TIME_LIMIT = 5.0
"""Seconds after which the cheapest repair of all-or-nothing decisions that was found is taken."""
FEW = 8
"""More limits than so many are tried one by one only if they are in the smallest contradiction."""
LEAST = 1e-9
"""What is relaxed by less than this share of its size is not relaxed."""


class Cheapest:
    """The cheapest way to relax some limits of a scenario: by linear programs as far as they tell."""

    def __init__(self, scenario: Scenario, slack: Elastic, counts: Callable[[Elastic], Floats]) -> None:
        self._scenario, self._slack, self._counts = scenario, slack, counts
        self._problem = _priced(slack, counts(slack))
        self._live = LiveModel(self._problem.relaxed())
        self._costs = counts(slack)

    @cached_property
    def _whole(self) -> LiveModel:
        return LiveModel(self._problem, Options(time_limit=TIME_LIMIT))

    def point(self, opened: Bools) -> tuple[Elastic, Floats] | None:
        """Return the cheapest point at which only these slacks, of shape (slacks,), are used; None if there is none."""
        column, zero, free = self._slack.column, np.zeros(len(opened)), np.where(opened, np.inf, 0.0)
        self._live.set_column_bounds(column, zero, free)
        answer = self._live.solve_anew()
        if answer.x is None:
            return None
        if not self._problem.is_integer:
            return self._slack, answer.x
        # beyond their ceilings programs may need integer decisions: fewer do where only these limits are relaxed
        used = is_missed(self._slack, np.where(opened, answer.x[column], 0.0))
        alone = self._of_these(used)
        if alone is not None and alone[2] <= answer.objective * (1 + 1e-9) + LEAST:
            return alone[:2]
        self._whole.set_column_bounds(column, zero, free)
        whole = self._whole.solve()
        if whole.x is None or (alone is not None and alone[2] <= whole.objective):
            return None if alone is None else alone[:2]
        return self._slack, whole.x

    def enough_alone(self) -> list[int]:
        """Return the positions of the limits each of which may be enough by itself: all others can then be kept."""
        limit = self._slack.limit
        self._live.set_column_bounds(self._slack.column, np.zeros(len(limit)), np.full(len(limit), np.inf))
        left = self._contradicting()
        if left is None or len(left) > FEW:
            # what is enough takes part in every contradiction: also where decisions taken in part meet all limits
            conflict = {one.provision for found in conflicts(self._scenario) for one in found.demands}
            limits = [(at, self._scenario.limits[at]) for at in left or dict.fromkeys(limit.tolist())]
            left = [at for at, one in limits if not one.is_demand or one.provision in conflict]
        found = []
        while left:
            at = left.pop(0)
            others = self._contradicting(at)
            if others is None:
                found.append(at)
            else:
                # what is enough is in every contradiction
                left = [other for other in left if other in others]  # no mutant: all others fail sooner or later
        return sorted(found)

    def _contradicting(self, without: int = -1) -> list[int] | None:
        """Return limits that contradict each other, one relaxed at no cost if asked; None if all others can be kept."""
        limit, before = self._slack.limit, np.zeros(self._problem.columns - len(self._costs))
        costs = np.where(limit == without, 0.0, self._costs)
        self._live.set_costs(np.concatenate((before, costs)), maximize=False)
        answer = self._live.solve_anew()
        self._live.set_costs(np.concatenate((before, self._costs)), maximize=False)
        if answer.x is None or answer.reduced_cost is None:
            return []
        column = self._slack.column
        if not (is_missed(self._slack, answer.x[column]) & (costs > 0)).any():
            return None
        # the limits with a dual contradict each other (Farkas), whatever happens to the others
        takes_part = (costs > 0) & (costs - answer.reduced_cost[column] > 1e-13 * costs)
        return list(dict.fromkeys(limit[takes_part].tolist()))

    def _of_these(self, used: Bools) -> tuple[Elastic, Floats, float] | None:
        """Return the cheapest point, with its cost, at which only limits are relaxed that use these slacks."""
        sides = set(zip(self._slack.limit[used].tolist(), self._slack.is_floor[used].tolist(), strict=True))
        names = {self._scenario.limits[at].provision for at, _ in sides}
        slack = elastic(self._scenario, lambda limit: limit.provision in names)
        problem = _priced(slack, self._counts(slack))
        there = zip(slack.limit.tolist(), slack.is_floor.tolist(), strict=True)
        upper = problem.upper.copy()
        upper[slack.column] = [np.inf if side in sides else 0.0 for side in there]
        problem = replace(problem, upper=upper)
        answer = LiveModel(problem, Options(time_limit=TIME_LIMIT)).solve()
        return None if answer.x is None else (slack, answer.x, answer.objective)


def _priced(slack: Elastic, counts: Floats) -> LinearProgram:
    """Return the problem of relaxed limits with the cost of each relaxation, of shape (slacks,), as its objective."""
    cost = np.concatenate((np.zeros(slack.problem.columns - len(counts)), counts))
    return replace(slack.problem, stages=(replace(slack.problem.stages[0], cost=cost),))
