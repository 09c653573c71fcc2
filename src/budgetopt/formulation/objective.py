"""What is sought, as the stages of a linear program."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints, Stage, total_by
from budgetopt.formulation.spending import OutcomeTerms, SpendingTerms
from budgetopt.scenario.model import WEIGHTED_OUTCOMES, Objective
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_stages", "outcome_worths", "sought"]

SPENDING = "spending"
CHANGE = "change from baseline"


def outcome_worths(scenario: Scenario, objective: Objective) -> Floats | None:
    """Return what a unit of each outcome adds to an objective; None if it is not about outcomes. Shape (outcomes,)."""
    what = objective.maximize or objective.minimize
    if what == WEIGHTED_OUTCOMES:
        return np.array([outcome.worth for outcome in scenario.outcomes.values()])
    if what in (SPENDING, CHANGE):
        return None
    return np.array([float(name == what) for name in scenario.outcomes])


def sought(scenario: Scenario) -> tuple[Bools, Bools]:
    """Return which outcomes some objective wants more of, and which it wants less of; shape (outcomes,) both."""
    more, less = np.zeros(len(scenario.outcomes), dtype=bool), np.zeros(len(scenario.outcomes), dtype=bool)
    for objective in scenario.objective:
        worths = outcome_worths(scenario, objective)
        if worths is None:
            continue
        sign = worths if objective.maximize is not None else -worths
        more |= sign > 0
        less |= sign < 0
    return more, less


def add_stages(
    builder: Builder, scenario: Scenario, spending: SpendingTerms, outcomes: OutcomeTerms, reference: Floats
) -> list[Stage]:
    """Return the stages; columns that an objective needs (the change of each program) are added first.

    Parameters
    ----------
    reference
        What each program's spending should stay near; dollars, shape (programs, periods).
    """
    change = np.empty(0, dtype=np.int64)
    if any(objective.minimize == CHANGE for objective in scenario.objective):
        change = _change_columns(builder, spending, reference)
    return list(_stages(scenario, builder.column_count, spending, outcomes, change))


def _stages(
    scenario: Scenario,
    columns: int,
    spending: SpendingTerms,
    outcomes: OutcomeTerms,
    change: Ints,
) -> Iterator[Stage]:
    for objective in scenario.objective:
        maximize = objective.maximize is not None
        what = objective.maximize or objective.minimize or ""
        label = f"{'maximize' if maximize else 'minimize'} {what}"
        within = float(objective.within or 0.0)
        worths = outcome_worths(scenario, objective)
        if worths is not None:
            cost = total_by(outcomes.column, outcomes.weight * worths[outcomes.outcome], columns)
            offset = float((outcomes.constant @ worths).sum()) * len(scenario.periods)
            yield Stage(label, cost, maximize, offset, within)
        elif what == SPENDING:
            yield Stage(label, total_by(spending.column, spending.weight, columns), maximize, 0.0, within)
        else:
            cost = np.zeros(columns)
            cost[change] = 1.0
            yield Stage(label, cost, maximize, 0.0, within)


def _change_columns(builder: Builder, spending: SpendingTerms, reference: Floats) -> Ints:
    """Add what each program gains and loses against its reference, and the rows that say so."""
    program, period = np.indices(reference.shape)
    keys = {"program": program.ravel(), "period": period.ravel()}
    gain = builder.columns("increase", keys, 0.0, np.inf)
    loss = builder.columns("decrease", keys, 0.0, np.inf)
    row = builder.rows("change", keys, reference.ravel(), reference.ravel())
    builder.entries(row.reshape(reference.shape)[spending.program, spending.period], spending.column, spending.weight)
    builder.entries(row, gain, -1.0)
    builder.entries(row, loss, 1.0)
    return np.concatenate((gain, loss))
