"""Targets of outcomes and capacities of resources, as rules over all programs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.formulation.rules.linear_rule import LinearRule, Weighted
from budgetopt.formulation.rules.sums import limited_rows
from budgetopt.scenario.scenario import Scenario

__all__ = ["compile_resources", "compile_targets"]


def compile_targets(scenario: Scenario) -> Iterator[LinearRule]:
    """Yield one linear rule for each outcome that has a target."""
    held = np.ones(len(scenario.periods), dtype=bool)
    for position, outcome in enumerate(scenario.outcomes.values()):
        if (target := outcome.target) is not None:
            rows = limited_rows(scenario, (target.at_least, target.at_most), None, held, target.each)
            everyone = Weighted(np.ones(len(scenario.programs)), outcome=position)
            yield LinearRule("target", position, (everyone,), rows)


def compile_resources(scenario: Scenario) -> Iterator[LinearRule]:
    """Yield one linear rule for each resource that has a capacity: its use is at most that, in every period."""
    held = np.ones(len(scenario.periods), dtype=bool)
    for position, resource in enumerate(scenario.resources.values()):
        if resource.capacity is None:
            continue
        # a period that is left out has none
        capacity = dict(zip(scenario.periods, scenario.per_period(resource.capacity), strict=True))
        rows = limited_rows(scenario, (None, capacity), None, held, "period")
        everyone = Weighted(np.ones(len(scenario.programs)), outcome=len(scenario.outcomes) + position)
        yield LinearRule("resource", position, (everyone,), rows)
