"""Repairs that drop a limit as a whole, because it is no number that can be relaxed little by little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from budgetopt.analysis.repair import NEVER, Amendment, Repair
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.scenario import Scenario

__all__ = ["drops"]

STEPS = 14
"""Halvings that find the highest share of a match that can be kept, to a ten-thousandth of it."""


def drops(
    scenario: Scenario, weights: Mapping[str, Any], completed: Callable[[Repair], Repair | None], *, every: bool
) -> list[Repair]:
    """Return the repairs that drop one provision, or lower the match of one grant.

    Parameters
    ----------
    weights, every
        What dropping each provision costs, by its name, or never; and whether those without a weight are dropped too,
        at a cost of 1.
    completed
        Returns a repair that works, with what else it takes; None if nothing makes it work.
    """
    found = []
    for limit in scenario.limits.demands():
        weight = weights.get(limit.name, 1.0 if every else NEVER)
        if limit.is_linear or weight == NEVER or not limit.is_negotiable:
            continue
        values = (True, False) if limit.is_switch else (None, None)
        dropped = Repair(float(weight), (Amendment(limit, limit.address, *values),))
        repair = completed(dropped)
        if repair is dropped and limit.numbers:
            repair = _lowered(limit, dropped, completed)
        if repair is not None:
            found.append(repair)
    return found


def _lowered(limit: Limit, dropped: Repair, completed: Callable[[Repair], Repair | None]) -> Repair:
    """Return the repair that keeps as much of a number as can be kept; without any, the repair that drops the limit."""
    (number,) = limit.numbers
    best, kept, lost = dropped, 0.0, 1.0
    for _ in range(STEPS):
        middle = (kept + lost) / 2
        after = type(number.value)(round(float(number.value) * middle, 6))
        lowered = Amendment(limit, limit.address_of(number), number.value, after)
        repair = Repair(dropped.cost * (1.0 - middle), (lowered,))
        if after > 0 and completed(repair) is repair:
            best, kept = repair, middle
        else:
            lost = middle
    return best
