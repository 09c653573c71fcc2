"""What a plan is worth by each objective of the scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.inputs import groups
from budgetopt.audit.target_audit import check_targets
from budgetopt.scenario.model import (
    CHANGE,
    LARGEST_CUT,
    SHORTFALL,
    SPENDING,
    WEIGHTED_OUTCOMES,
    Objective,
    Smallest,
)
from budgetopt.scenario.programs import Floats

__all__ = ["ObjectiveValue", "value_of_objectives"]


@dataclass(frozen=True, slots=True)
class ObjectiveValue:
    """The value of one objective.

    Parameters
    ----------
    label
        The objective, such as ``maximize weighted outcomes``.
    maximize
        Whether more of it is better.
    value
        What the plan reaches, over all periods.
    """

    label: str
    maximize: bool
    value: float


def value_of_objectives(evaluation: Evaluation) -> tuple[ObjectiveValue, ...]:
    """Return the value of each objective, in the order of the scenario, over all periods.

    ``weighted outcomes`` is the sum of the outcomes' levels, each times its weight, with a minus where less is better;
    the name of an outcome alone is its level. Of both, each further period counts for less by the scenario's discount.

    Everything else counts alike in all periods. ``{smallest: OUTCOME, by: GROUPS}`` is the least that any group has of
    an outcome. ``spending`` is all spending. ``change from baseline`` is the sum over programs and periods of how far
    spending is from the period's baseline, up or down, and a new program changes from nothing. ``largest cut`` is the
    largest share of its baseline of a period that any program loses, 0 where none gets less. ``shortfall from
    targets`` is by how much outcomes miss their targets, each unit times the weight of the target, or of the outcome.

    With ``unspent_worth`` the value is more by that worth for every dollar of revenue and opening balances that is
    not spent.
    """
    values = []
    for objective in evaluation.scenario.objective:
        maximize = objective.maximize is not None
        value = _value(evaluation, objective)
        if objective.unspent_worth:
            value += objective.unspent_worth * _unspent(evaluation)
        values.append(ObjectiveValue(_label(objective), maximize, value))
    return tuple(values)


def _label(objective: Objective) -> str:
    if isinstance(objective.maximize, Smallest):
        return f"maximize smallest {objective.maximize.smallest} by {objective.maximize.by}"
    return f"minimize {objective.minimize}" if objective.maximize is None else f"maximize {objective.maximize}"


def _value(evaluation: Evaluation, objective: Objective) -> float:
    what = objective.minimize if objective.maximize is None else objective.maximize
    if isinstance(what, Smallest):
        members = groups(evaluation.scenario, what.by).values()
        return min(float(evaluation.outcome(what.smallest, weight).value.sum()) for weight in members)
    if what == WEIGHTED_OUTCOMES:
        return float(evaluation.weighted @ _counts(evaluation))
    if what == SPENDING:
        return float(evaluation.spent.sum())
    if what == CHANGE:
        return float(np.abs(evaluation.spent - np.nan_to_num(evaluation.baselines)).sum())
    if what == LARGEST_CUT:
        known = evaluation.baselines > 0
        kept = evaluation.spent[known] / evaluation.baselines[known]
        return float(np.max(1.0 - kept, initial=0.0))
    if what == SHORTFALL:
        return _shortfall(evaluation)
    everyone = np.ones(len(evaluation.scenario.programs))
    return float(evaluation.outcome(what or "", everyone).value @ _counts(evaluation))


def _counts(evaluation: Evaluation) -> Floats:
    """Return what an outcome of each period counts for; shape (periods,)."""
    counts = np.ones(len(evaluation.scenario.periods))
    for period in range(1, len(counts)):
        counts[period] = counts[period - 1] / (1.0 + evaluation.scenario.document.discount)
    return counts


def _shortfall(evaluation: Evaluation) -> float:
    """Return the weighted shortfall from all targets: what a level is short of the least, or beyond the most."""
    total = 0.0
    for check in check_targets(evaluation):
        outcome = evaluation.scenario.outcomes[check.name]
        weight = outcome.target.weight if outcome.target is not None else None
        weight = (abs(outcome.weight) or 1.0) if weight is None else weight
        short = np.maximum(check.lower - check.value, 0.0) + np.maximum(check.value - check.upper, 0.0)
        total += weight * float(short.sum())
    return total


def _unspent(evaluation: Evaluation) -> float:
    """Return all money that ever comes in, opening balances included, less all that is spent."""
    accounts = evaluation.balances
    opening = sum(fund.opening_balance for fund in evaluation.scenario.funds.values())
    return float(accounts.revenue.sum() + accounts.one_time.sum() + opening - evaluation.spent.sum())
