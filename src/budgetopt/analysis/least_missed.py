"""By how little limits can be missed: a linear program that tells which of them contradict each other.

Every limit may be missed. Those that are kept count, the others do not; the least by which those that are kept are
missed is zero where they fit together. Where it is not, its duals are the proof, and only limits with a dual take part
in it (Farkas). One problem answers this for any part of the limits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from budgetopt.analysis.elastic import Elastic, elastic, money_of
from budgetopt.errors import FaultError
from budgetopt.formulation.linear_program import Floats
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.highs import LiveModel

__all__ = ["LeastMissed", "is_missed"]


def is_missed(slack: Elastic, by: Floats) -> Bools:
    """Return which limits are relaxed by more than a computer's rounding; shape (slacks,)."""
    size = slack.size / slack.units
    return np.asarray(by > 1e-6 * np.minimum(1.0, size) + 1e-11 * size)


class LeastMissed:
    """The relaxed problem of a scenario in which any part of the limits may be kept.

    Parameters
    ----------
    scenario
        The scenario.
    suspended
        Provisions that cannot be relaxed little by little, and do not hold at all.

    Attributes
    ----------
    is_exact
        Whether limits that can be met in part by this problem can be met by a plan: it has no integer decisions.
    """

    def __init__(self, scenario: Scenario, suspended: Collection[Provision] = ()) -> None:
        self._slack = elastic(scenario, lambda limit: limit.is_demand, suspended)
        in_dollars = np.array([scenario.limits[at].in_dollars for at in self._slack.limit.tolist()], dtype=bool)
        self._counts = self._slack.counts(in_dollars, money_of(scenario))
        problem = self._slack.problem
        self.is_exact = not problem.is_integer
        self._problem = problem.relaxed()
        self._before = np.zeros(problem.columns - len(self._counts))

    def contradicting(self, kept: Collection[int]) -> frozenset[int] | None:
        """Return the positions of limits that contradict each other among those kept; None if all of them fit.

        None of them takes part where no plan exists even without any limit.
        """
        cost = np.where(np.isin(self._slack.limit, np.array(sorted(kept), dtype=np.int64)), self._counts, 0.0)
        stage = replace(self._slack.problem.stages[0], cost=np.concatenate((self._before, cost)))
        answer = LiveModel(replace(self._problem, stages=(stage,))).solve()
        if answer.termination is Termination.INFEASIBLE:
            return frozenset()
        gave = self._point(answer)
        if not (is_missed(self._slack, gave) & (cost > 0)).any() or answer.reduced_cost is None:
            return None
        dual = cost - answer.reduced_cost[self._slack.column]
        return frozenset(self._slack.limit[(cost > 0) & (dual > 1e-13 * cost)].tolist())

    def _point(self, answer: Solution) -> Floats:
        if answer.x is None:
            raise FaultError(f"{answer.solver} could not tell whether provisions fit together: {answer.termination}")
        return answer.x[self._slack.column]
