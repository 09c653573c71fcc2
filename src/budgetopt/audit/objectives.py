"""What a plan is worth by each thing that the scenario seeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.audit.reckoning import Reckoning
from budgetopt.scenario.model import WEIGHTED_OUTCOMES

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
    """Return the value of each objective, in the order of the scenario; all periods count alike.

    ``weighted outcomes`` is the sum of the outcomes' levels, each times its weight, with a minus where less is better.
    ``spending`` is all spending. ``change from baseline`` is the sum over programs and periods of how far spending is
    from the baseline, up or down, and a new program changes from nothing. Anything else is the level of the outcome
    named.
    """
    values = []
    for objective in reckoning.scenario.objective:
        maximize = objective.maximize is not None
        what = objective.maximize or objective.minimize or ""
        if what == WEIGHTED_OUTCOMES:
            value = reckoning.weighted.sum()
        elif what == "spending":
            value = reckoning.spent.sum()
        elif what == "change from baseline":
            baseline = np.nan_to_num(reckoning.scenario.programs.baseline(), nan=0.0)
            value = np.abs(reckoning.spent - baseline[:, None]).sum()
        else:
            value = reckoning.outcome(what).value.sum()
        values.append(ObjectiveValue(f"{'maximize' if maximize else 'minimize'} {what}", maximize, float(value)))
    return tuple(values)
