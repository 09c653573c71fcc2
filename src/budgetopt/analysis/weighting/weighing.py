"""What a plan brings of each outcome, as the first objective counts it, and scenarios with other weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.audit import Audit
from budgetopt.errors import OptionError
from budgetopt.formulation import Formulation, Stage
from budgetopt.formulation.linear_program import Floats, total_by
from budgetopt.formulation.stages import label_of
from budgetopt.scenario.model import WEIGHTED_OUTCOMES
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.worked_out import with_parts

__all__ = ["Weighed", "check_weighs", "levels_of", "weighed", "with_weights", "worths_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The first objective of a scenario, outcome by outcome.

    Parameters
    ----------
    costs
        What one unit of each column brings of each outcome, discounted; shape (outcomes, columns).
    given
        What each outcome has without any column; shape (outcomes,).
    rest
        The objective without the outcomes: what unspent money is worth.
    """

    costs: Floats
    given: Floats
    rest: Stage

    def stage(self, worths: Floats) -> Stage:
        """Return the objective with other worths of the outcomes; shape (outcomes,)."""
        cost, offset = self.rest.cost + worths @ self.costs, self.rest.offset + float(worths @ self.given)
        return replace(self.rest, cost=cost, offset=offset)

    def levels(self, x: Floats) -> Floats:
        """Return what a point has of each outcome, discounted; shape (outcomes,)."""
        levels: Floats = self.costs @ x + self.given
        return levels


def check_weighs(scenario: Scenario) -> None:
    """Refuse, with an OptionError, a scenario whose plan does not depend on weights."""
    first = scenario.objective[0]
    if first.maximize != WEIGHTED_OUTCOMES:
        message = f"the plan does not depend on weights: its first objective is to {label_of(first)}"
        raise OptionError(message, hint="set it: --without objective, or objective: {maximize: weighted outcomes}")


def worths_of(scenario: Scenario, weights: Mapping[str, float] | None = None) -> Floats:
    """Return what one unit of each outcome adds to the objective, by some weights or its own; shape (outcomes,)."""
    known = {} if weights is None else weights
    found: Floats = np.array([known.get(name, outcome.weight) for name, outcome in scenario.outcomes.items()])
    sign: Floats = np.array(
        [1.0 if outcome.direction == "increase" else -1.0 for outcome in scenario.outcomes.values()]
    )
    return found * sign


def with_weights(scenario: Scenario, weights: Mapping[str, float]) -> Scenario:
    """Return a scenario with other weights of some outcomes."""
    outcomes = {
        name: outcome.model_copy(update={"weight": weights[name]}) if name in weights else outcome
        for name, outcome in scenario.outcomes.items()
    }
    return with_parts(scenario, outcomes=outcomes)


def levels_of(audit: Audit) -> tuple[Floats, float]:
    """Return what a plan has of each outcome, discounted, and what it is worth beside the outcomes; (outcomes,)."""
    scenario = audit.scenario
    levels: Floats = audit.outcomes @ _discounts(scenario)
    return levels, audit.objectives[0].value - float(worths_of(scenario) @ levels)


def _discounts(scenario: Scenario) -> Floats:
    """Return what a unit counts in each period; shape (periods,)."""
    return np.asarray((1.0 + scenario.document.discount) ** -np.arange(len(scenario.periods), dtype=np.float64))


def weighed(scenario: Scenario, formulation: Formulation) -> Weighed:
    """Return the first objective of a scenario, outcome by outcome, over a formulation of it."""
    problem, terms, count = formulation.linear_program, formulation.terms.outcomes, len(scenario.outcomes)
    discounts = _discounts(scenario)
    costs = np.zeros((count, problem.columns))
    for outcome in range(count):
        mine = np.flatnonzero(terms.outcome == outcome)
        weight = terms.weight[mine] * discounts[terms.period[mine]]
        costs[outcome] = total_by(terms.column[mine], weight, problem.columns)
    given = terms.constant[:, :count].sum(axis=0) * discounts.sum()
    stage, worths = problem.stages[0], worths_of(scenario)
    cost = stage.cost_for(problem.columns) - worths @ costs
    return Weighed(costs, given, replace(stage, cost=cost, offset=stage.offset - float(worths @ given)))
