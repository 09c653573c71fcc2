"""Targets of outcomes."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.reckoning import Reckoning
from budgetopt.audit.rules.limits import limits_of

__all__ = ["check_targets"]


def check_targets(reckoning: Reckoning) -> list[Check]:
    """Check that each outcome reaches its target in every period, or with ``each: total`` over all periods added up.

    The level of an outcome is what all programs together bring to it, a curve's value at zero spending included; its
    direction does not change the level, only what it is worth.
    """
    scenario = reckoning.scenario
    every_period = np.ones(len(scenario.periods), dtype=bool)
    checks = []
    for name, outcome in scenario.outcomes.items():
        target = outcome.target
        if target is None:
            continue
        bounds = (target.at_least, target.at_most)
        limits = limits_of(reckoning, reckoning.outcome(name), None, bounds, every_period, target.each)
        shown = (outcome.name or name).replace("{", "{{").replace("}", "}}")
        checks.append(
            Check(
                kind="target",
                name=name,
                value=limits.value,
                lower=limits.lower,
                upper=limits.upper,
                period=limits.period,
                allowed=limits.allowed,
                unit=outcome.unit,
                because=target.because,
                below=f"{shown}: {{value}} {{unit}}{{in_period}}, and the target is at least {{bound}}",
                above=f"{shown}: {{value}} {{unit}}{{in_period}}, and the target is at most {{bound}}",
            )
        )
    return checks
