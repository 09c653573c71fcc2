"""What the properties share: how many examples, the best value alone, and what a plan in whole cents may be off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import settings

from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.solution import Termination
from strategies import unchecked

__all__ = ["best_value", "few", "worth_of_a_cent"]


def few(share: float) -> Callable[[Any], Any]:
    """Return settings with a share of the examples that the profile asks for, for properties that take long."""
    return settings(max_examples=max(5, round(settings.default.max_examples * share)))


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
