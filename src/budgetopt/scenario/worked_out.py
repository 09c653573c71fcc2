"""What is worked out of a scenario once, and holds of a changed one too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["NEAR_RULES", "OF_PROGRAMS", "hand_on", "with_parts"]

OF_PROGRAMS = ("effects", "uses", "packages", "eligible", "price_level", "baselines", "fund_shares")
"""What rests on what programs are: on no amount of money, limit, weight or rule."""
NEAR_RULES = "_near_rules"
"""Where a changed scenario has the rules of the one before it as limits: it takes those that are the same."""


def hand_on(before: Scenario, after: Scenario, *names: str) -> Scenario:
    """Give a changed scenario what was worked out of it before and does not depend on the change; return it.

    What is not handed on is worked out again, and the same.
    """
    known = before.__dict__
    after.__dict__.update({name: known[name] for name in names if name in known})  # no mutant: as said
    after.__dict__[NEAR_RULES] = before.limits.of_rules if "limits" in known else known.get(NEAR_RULES)
    return after


def with_parts(scenario: Scenario, **parts: Any) -> Scenario:
    """Return a scenario in which some parts of the document are others; nothing is checked anew.

    No part may change which fund pays for which program, or the names of outcomes and resources.
    """
    changed = replace(scenario, document=scenario.document.model_copy(update=parts))
    return hand_on(scenario, changed, *OF_PROGRAMS)
