"""A way out of a contradiction: what has to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from budgetopt.errors import Place
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.scenario.scenario import Scenario

__all__ = ["NEVER", "Amendment", "Repair", "may_change"]

NEVER: Literal["never"] = "never"
"""The weight of a limit that must not be relaxed."""


def may_change(limit: Limit, weights: Mapping[str, Any]) -> bool:
    """Return whether a repair may change a limit, where it counts by these weights."""
    return limit.is_negotiable and weights.get(limit.name, 1.0) != NEVER


@dataclass(frozen=True, slots=True)
class Amendment:
    """One number that a repair changes, or one provision that it drops.

    Parameters
    ----------
    limit
        The limit that is relaxed or dropped.
    path, before, after
        Where the number stands, what it is and what it would be; amounts, shares, or a mapping from period. Both are
        None for what is dropped as a whole.
    """

    limit: Limit
    path: str
    before: Any
    after: Any

    @property
    def provision(self) -> Provision:
        """What the limit is found by."""
        return self.limit.provision

    @property
    def place(self) -> Place | None:
        """Where the limit stands in a file."""
        return self.limit.place


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes after which the scenario has a plan.

    Parameters
    ----------
    cost
        What it costs: dollars, or the sum of weighted shares of the limits. What is dropped as a whole costs its
        weight.
    amendments
        The numbers that change.
    measure
        Whether the cost is one in ``dollars``, or the ``change`` of the limits as shares of themselves: where that was
        asked for, and where a limit that changes is not in dollars.
    """

    cost: float
    amendments: tuple[Amendment, ...]
    measure: Literal["dollars", "change"] = "dollars"

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the repaired scenario."""
        changes = [(item.path, item.after) for item in self.amendments if item.after is not None]
        dropped = [item.path for item in self.amendments if item.after is None]
        changed = scenario.with_(*changes) if changes else scenario
        return changed.without(*dropped) if dropped else changed
