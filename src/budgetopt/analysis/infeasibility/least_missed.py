"""By how little limits can be missed: a linear program that tells which of them contradict each other.

Every limit may be missed. Those that are kept count, the others do not; the least by which those that are kept are
missed is zero where they fit together. Where it is not, its duals are the proof, and only limits with a dual take part
in it (Farkas). One problem answers this for any part of the limits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from budgetopt.analysis.infeasibility.elastic import Elastic, elastic, limited_rows, money_of
from budgetopt.errors import FaultError
from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination
from budgetopt.solvers.highs import LiveModel

__all__ = ["Answer", "LeastMissed", "is_missed"]

WHOLE = 1e-9
"""How far a decision may be from a whole number and still be one."""


def is_missed(slack: Elastic, by: Floats) -> Bools:
    """Return which limits are relaxed by more than a computer's rounding; shape (slacks,)."""
    size = slack.size / slack.units
    return np.asarray(by > 1e-6 * np.minimum(1.0, size) + 1e-11 * size)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether limits fit together when all-or-nothing decisions may be taken in part.

    Parameters
    ----------
    contradicting
        The positions of limits that contradict each other among those kept; None if all of them fit. It is empty where
        no plan exists even without any limit.
    has_plan
        Whether the point that was found is a plan: it takes no decision in part.
    """

    contradicting: frozenset[int] | None
    has_plan: bool


class LeastMissed:
    """The relaxed problem of a scenario in which any part of the limits may be kept.

    What cannot be relaxed little by little holds as a whole where it is kept, and has no rows where it is not.

    Parameters
    ----------
    scenario
        The scenario.
    """

    def __init__(self, scenario: Scenario) -> None:
        slack = self._slack = elastic(scenario, lambda limit: limit.is_demand, every_row=True)
        limits, problem = scenario.limits, slack.problem
        in_dollars = np.array([limits[at].in_dollars for at in slack.limit.tolist()], dtype=bool)
        self._counts = slack.counts(in_dollars, money_of(scenario))
        self._integer = np.flatnonzero(problem.integer)
        self._live = LiveModel(problem.relaxed())
        self._before = np.zeros(problem.columns - len(self._counts))
        others = [at for at, limit in enumerate(limits.shared) if limit.is_demand and not limit.is_linear]
        rows, limit, _ = limited_rows(problem)
        mine = np.isin(limit, others)
        self._others, self._rows = limit[mine], rows[mine]
        self._row_lower, self._row_upper = problem.row_lower[self._rows], problem.row_upper[self._rows]

    def among(self, kept: Collection[int]) -> Answer:
        """Return whether the limits at some positions fit together, and if not, which of them do not."""
        positions = np.array(sorted(kept), dtype=np.int64)
        holds = np.isin(self._others, positions)
        lower, upper = np.where(holds, self._row_lower, -np.inf), np.where(holds, self._row_upper, np.inf)
        self._live.set_row_bounds(self._rows, lower, upper)
        cost = np.where(np.isin(self._slack.limit, positions), self._counts, 0.0)
        self._live.set_costs(np.concatenate((self._before, cost)), maximize=False)
        answer = self._live.solve_anew()
        whole = frozenset(np.unique(self._others[holds]).tolist())
        if answer.termination is Termination.INFEASIBLE:
            return Answer(whole, False)
        if answer.x is None:
            raise FaultError(f"{answer.solver} could not tell whether provisions fit together: {answer.termination}")
        gave, decided = answer.x[self._slack.column], answer.x[self._integer]
        if not (is_missed(self._slack, gave) & (cost > 0)).any() or answer.reduced_cost is None:
            return Answer(None, bool((np.abs(decided - np.rint(decided)) < WHOLE).all()))
        dual = cost - answer.reduced_cost[self._slack.column]
        return Answer(whole | frozenset(self._slack.limit[(cost > 0) & (dual > 1e-13 * cost)].tolist()), False)
