"""What the properties share: how many examples, the best value alone, and what a plan in whole cents may be off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import settings

from budgetopt.allocation.allocation import Allocation
from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.solution import Termination
from strategies import unchecked

__all__ = ["best_value", "few", "proved_to_within", "worth_of_a_cent"]

OWN_TOLERANCE = 1e-5
"""The gap that the tolerance of another solver than the default one may leave, as a share of the value."""


def few(share: float, at_most: int = 1000) -> Callable[[Any], Any]:
    """Return settings with a share of the examples that the profile asks for, for properties that take long."""
    return settings(max_examples=max(5, min(round(settings.default.max_examples * share), at_most)))


def proved_to_within(plan: Allocation) -> float:
    """Return by how much a plan may fall short of the best by its own words; nearly nothing where it is proved."""
    if plan.proved:
        return 1e-4 + 1e-7 * abs(plan.objective_value)
    # the tolerance of the solver was too coarse for a proof, which the plan then does not claim
    assert plan.gap <= OWN_TOLERANCE, plan.gap
    return 1e-4 + OWN_TOLERANCE * abs(plan.objective_value)


def best_value(scenario: Scenario | Mapping[str, Any]) -> float | None:
    """Return the best value of the first objective, None where no plan keeps every limit; without ties or cents."""
    scenario = scenario if isinstance(scenario, Scenario) else unchecked(scenario)
    problem = formulate(scenario).linear_program
    solution = solve_stage(problem, problem.stages[0])
    if solution.termination in (Termination.INFEASIBLE, Termination.INFEASIBLE_OR_UNBOUNDED):
        return None
    assert solution.termination is Termination.OPTIMAL
    return solution.objective


def worth_of_a_cent(scenario: Scenario) -> float:
    """Return how much any objective may change if every payment changes by a cent; never less than a ten-thousandth."""
    payments = scenario.eligible.sum() * len(scenario.periods)
    effects = scenario.effects
    worth = np.abs([outcome.worth for outcome in scenario.outcomes.values()])
    steepest = np.abs(effects.tail).max(initial=0.0)
    run, rise = np.diff(effects.spending), np.diff(effects.value)
    inner = run > 0
    steepest = max(steepest, np.abs(rise[inner] / run[inner]).max(initial=0.0))
    return float(1e-4 + 0.01 * payments * max(1.0, steepest * max(1.0, worth.sum())))
