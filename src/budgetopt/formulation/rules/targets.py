"""Targets of outcomes, as rules over all programs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.formulation.rules.linear_rule import LinearRule, Weighted
from budgetopt.formulation.rules.sums import limits_by_row, masks_of, rows_of
from budgetopt.scenario.scenario import Scenario

__all__ = ["compile_targets"]


def compile_targets(scenario: Scenario) -> Iterator[LinearRule]:
    """Yield one linear rule for each outcome that has a target."""
    held = np.ones(len(scenario.periods), dtype=bool)
    for position, outcome in enumerate(scenario.outcomes.values()):
        target = outcome.target
        if target is None:
            continue
        lower = limits_by_row(scenario, target.at_least, None, held, target.each, -np.inf)
        upper = limits_by_row(scenario, target.at_most, None, held, target.each, np.inf)
        everyone = Weighted(np.ones(len(scenario.programs)), outcome=position)
        yield LinearRule("target", position, (everyone,), rows_of(masks_of(held, target.each), lower, upper))
