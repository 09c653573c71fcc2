"""Capacities of resources, as rules over all programs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted
from budgetopt.formulation.rules.sums import masks_of
from budgetopt.scenario.scenario import Scenario

__all__ = ["compile_resources"]


def compile_resources(scenario: Scenario) -> Iterator[LinearRule]:
    """Yield one linear rule for each resource: its use is at most its capacity, in every period."""
    masks = masks_of(np.ones(len(scenario.periods), dtype=bool), "period")
    for position, resource in enumerate(scenario.resources.values()):
        capacity = scenario.per_period(resource.capacity)
        everyone = Weighted(np.ones(len(scenario.programs)), outcome=len(scenario.outcomes) + position)
        rows = tuple(RuleRow(mask, -np.inf, most) for mask, most in zip(masks, capacity.tolist(), strict=True))
        yield LinearRule("resource", position, (everyone,), rows)
