"""What a plan is worth, taken apart by effect: its value follows for any factors on the effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.allocation.uncertainty import effect_ranges
from budgetopt.analysis.risk.drawn_problems import DrawnProblems
from budgetopt.analysis.risk.effect_draws import EffectErrors, effect_values
from budgetopt.audit import Audit
from budgetopt.scenario.programs import Floats

__all__ = ["ValueParts", "parts_at", "parts_of_plan"]


@dataclass(frozen=True, eq=False)
class ValueParts:
    """A plan's value as estimated, and what each effect adds to it: its value in any draw follows."""

    base: float
    by_effect: Floats

    def value(self, factors: Floats) -> Floats:
        """Return its value with factors of shape (..., effects); shape (...)."""
        return np.asarray(self.base + (factors - 1.0) @ self.by_effect)

    def worst(self, low: Floats, high: Floats, sign: float, count: float = np.inf) -> float:
        """Return its value with so many effects, those that hurt most, at the end that brings less."""
        gains = sign * self.by_effect
        losses = np.sort(np.maximum(np.maximum(gains * (1.0 - low), gains * (1.0 - high)), 0.0))[::-1]
        return self.base - sign * float(losses @ np.clip(count - np.arange(len(losses)), 0.0, 1.0))


def parts_of_plan(audit: Audit) -> ValueParts:
    """Return what a plan brings by its audit."""
    return ValueParts(audit.objectives[0].value, effect_values(audit.scenario, effect_ranges(audit)))


def parts_at(drawn: DrawnProblems, x: Floats, errors: EffectErrors) -> ValueParts:
    """Return what a point of the problem brings."""
    stage = drawn.problem.stages[0]
    return ValueParts(stage.value(x), drawn.costs.by_effect(x, len(errors.names)))
