"""What a plan is worth by each thing that the scenario seeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.audit.reading import groups
from budgetopt.audit.reckoning import Reckoning
from budgetopt.audit.targets import check_targets
from budgetopt.scenario.model import CHANGE, SHORTFALL, SPENDING, WEIGHTED_OUTCOMES, Objective, Smallest
from budgetopt.scenario.programs import Floats

__all__ = ["ObjectiveValue", "value_of_objectives"]


@dataclass(frozen=True, slots=True)
class ObjectiveValue:
    """The value of one objective.

    Parameters
    ----------
    label
        What is sought, such as ``maximize weighted outcomes``.
    maximize
        Whether more of it is better.
    value
        What the plan reaches, over all periods.
    """

    label: str
    maximize: bool
    value: float


def value_of_objectives(reckoning: Reckoning) -> tuple[ObjectiveValue, ...]:
    """Return the value of each objective, in the order of the scenario, over all periods.

    ``weighted outcomes`` is the sum of the outcomes' levels, each times its weight, with a minus where less is better;
    the name of an outcome alone is its level. Of both, each further period counts for less by the scenario's discount.

    Everything else counts alike in all periods. ``{smallest: OUTCOME, by: GROUPS}`` is the least that any group has of
    an outcome. ``spending`` is all spending. ``change from baseline`` is the sum over programs and periods of how far
    spending is from the period's baseline, up or down, and a new program changes from nothing. ``shortfall from
    targets`` is by how much outcomes miss their targets, each unit times the weight of the target, or of the outcome.

    With ``unspent_worth`` what is sought is more by that worth for every dollar of revenue and opening balances that is
    not spent.
    """
    values = []
    for objective in reckoning.scenario.objective:
        maximize = objective.maximize is not None
        value = _value(reckoning, objective)
        if objective.unspent_worth:
            value += objective.unspent_worth * _unspent(reckoning)
        values.append(ObjectiveValue(_label(objective), maximize, value))
    return tuple(values)


def _label(objective: Objective) -> str:
    if isinstance(objective.maximize, Smallest):
        return f"maximize smallest {objective.maximize.smallest} by {objective.maximize.by}"
    return f"minimize {objective.minimize}" if objective.maximize is None else f"maximize {objective.maximize}"


def _value(reckoning: Reckoning, objective: Objective) -> float:
    what = objective.minimize if objective.maximize is None else objective.maximize
    if isinstance(what, Smallest):
        members = groups(reckoning.scenario, what.by).values()
        return min((float(reckoning.outcome(what.smallest, weight).value.sum()) for weight in members), default=np.nan)
    if what == WEIGHTED_OUTCOMES:
        return float(reckoning.weighted @ _counts(reckoning))
    if what == SPENDING:
        return float(reckoning.spent.sum())
    if what == CHANGE:
        return float(np.abs(reckoning.spent - np.nan_to_num(reckoning.baselines)).sum())
    if what == SHORTFALL:
        return _shortfall(reckoning)
    everyone = np.ones(len(reckoning.scenario.programs))
    return float(reckoning.outcome(what or "", everyone).value @ _counts(reckoning))


def _counts(reckoning: Reckoning) -> Floats:
    """Return what an outcome of each period counts for; shape (periods,)."""
    counts = np.ones(len(reckoning.scenario.periods))
    for period in range(1, len(counts)):
        counts[period] = counts[period - 1] / (1.0 + reckoning.scenario.document.discount)
    return counts


def _shortfall(reckoning: Reckoning) -> float:
    """Return the weighted shortfall from all targets: what a level is short of the least, or beyond the most."""
    total = 0.0
    for check in check_targets(reckoning):
        outcome = reckoning.scenario.outcomes[check.name]
        weight = outcome.target.weight if outcome.target is not None else None
        weight = (abs(outcome.weight) or 1.0) if weight is None else weight
        short = np.maximum(check.lower - check.value, 0.0) + np.maximum(check.value - check.upper, 0.0)
        total += weight * float(short.sum())
    return total


def _unspent(reckoning: Reckoning) -> float:
    """Return all money that ever comes in, opening balances included, less all that is spent."""
    accounts = reckoning.balances
    opening = sum(fund.opening_balance for fund in reckoning.scenario.funds.values())
    return float(accounts.revenue.sum() + accounts.one_time.sum() + opening - reckoning.spent.sum())
