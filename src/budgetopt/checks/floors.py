"""Floors above their own ceilings, where both stand in one place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import money

__all__ = ["Say", "above", "check_bounds", "in_period", "percent"]

Say = Callable[[float], str]
"""Says an amount in words."""


def percent(value: float) -> str:
    """Return a share as a percentage."""
    return str(Share(value))


def above(one: Floats | float, other: Floats | float) -> Bools:
    """Return where one amount is above another by more than rounding; NaN is above nothing."""
    with np.errstate(invalid="ignore"):
        result: Bools = one > other + 1e-9 * np.maximum(1.0, np.abs(other))
    return result


def in_period(scenario: Scenario, wrong: Bools) -> str:
    """Return the first period that is wrong, as `` in FY2027``; nothing where all of them are."""
    return "" if wrong.all() else f" in {scenario.periods[int(np.argmax(wrong))]}"


def check_bounds(
    low: Floats, high: Floats, said: str, path: Path, scenario: Scenario, findings: Findings, words: Say = money
) -> None:
    """Add a problem if a floor is above its ceiling in some period; NaN is none, shape (periods,) both.

    ``said`` is what they limit, such as ``rule 'Parks' is``; ``path`` is that of the floor.
    """
    wrong = above(low, high)
    if wrong.any():
        at = int(np.argmax(wrong))
        most = words(high[at])
        message = f"{said} at least {words(low[at])} and at most {most}{in_period(scenario, wrong)}"
        findings.add("floor-above-ceiling", path, message, f"{path[-1]} of at most {most}")
