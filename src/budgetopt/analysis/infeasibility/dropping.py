"""Repairs that drop a limit as a whole, because it is no number that can be relaxed little by little."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal

from budgetopt.analysis.infeasibility.repair import NEVER, Amendment, Repair
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.scenario.scenario import Scenario

__all__ = ["drops"]

DIGITS = 6
"""To so many digits the highest share of a match that can be kept is found, by halvings."""


def drops(
    scenario: Scenario,
    weights: Mapping[str, Any],
    completed: Callable[[Repair], Repair | None],
    works: Callable[[Repair], bool],
    *,
    every: bool,
    fixed: Collection[Provision] = (),
) -> list[Repair]:
    """Return the repairs that drop one provision, or lower the match of one grant.

    Parameters
    ----------
    weights, every
        What dropping each provision costs, by its name, or never; and whether those without a weight are dropped too,
        at a cost of 1. What has a number is always tried by itself.
    fixed
        Provisions of which no number lets anything move, such as a share of nothing: they are dropped or kept.
    completed
        Returns a repair that works, with what else it takes; None if nothing makes it work.
    works
        Returns whether a repair works as it is.
    """
    found = []
    for limit in scenario.limits.demands():
        # a number that alone would do is always said; what is no number is given up only where nothing else helps
        weight = weights.get(limit.name, 1.0 if every or limit.numbers else NEVER)
        is_fixed = limit.provision in fixed
        if (limit.is_linear and not is_fixed) or weight == NEVER or not limit.is_negotiable:
            continue
        measure: Literal["dollars", "change"] = "dollars" if limit.name in weights else "change"
        dropped = Repair(float(weight), tuple(_dropped(limit)), measure)
        repair: Repair | None = dropped if works(dropped) else None
        if repair is None and (every or limit.name in weights):
            repair = completed(dropped)
        elif repair is not None and limit.numbers and not is_fixed:
            repair = _lowered(limit, dropped, works)
        if repair is not None:
            found.append(repair)
    return found


def _dropped(limit: Limit) -> Iterator[Amendment]:
    """Yield what drops a limit: of a program its numbers, of anything else all that says it."""
    if limit.of_program and limit.numbers:
        yield from (Amendment(limit, limit.address_of(number), None, None) for number in limit.numbers)
    else:
        yield Amendment(limit, limit.address, *((True, False) if limit.is_switch else (None, None)))


def _lowered(limit: Limit, dropped: Repair, works: Callable[[Repair], bool]) -> Repair:
    """Return the repair that keeps as much of a number as can be kept; without any, the repair that drops the limit."""
    (number,) = limit.numbers
    best, kept, lost = dropped, 0.0, 1.0
    while (lost - kept) * float(number.value) > 10.0**-DIGITS:
        middle = (kept + lost) / 2
        after = type(number.value)(round(float(number.value) * middle, DIGITS))
        lowered = Amendment(limit, limit.address_of(number), number.value, after)
        repair = Repair(dropped.cost * (1.0 - middle), (lowered,), dropped.measure)
        if works(repair):
            best, kept = repair, middle
        else:
            lost = middle
    return best
