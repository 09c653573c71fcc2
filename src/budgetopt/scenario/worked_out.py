"""What is worked out of a scenario once, and holds of a changed one too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["NEAR_LIMITS", "OF_PROGRAMS", "hand_on"]

OF_PROGRAMS = ("effects", "uses", "packages", "eligible", "price_level", "baselines", "fund_shares")
"""What rests on what programs are: on no amount of money, limit, weight or rule."""
NEAR_LIMITS = "_near_limits"
"""Where a changed scenario has the limits of the one before it, of which it takes those that are the same."""


def hand_on(before: Scenario, after: Scenario, *names: str) -> Scenario:
    """Give a changed scenario what was worked out of it before and does not depend on the change; return it.

    What is not handed on is worked out again, and the same.
    """
    known = before.__dict__
    after.__dict__.update({name: known[name] for name in names if name in known})  # no mutant: as said
    after.__dict__[NEAR_LIMITS] = known.get("limits", known.get(NEAR_LIMITS))  # no mutant: as said
    return after
