"""Floors above their own ceilings, where both stand in one place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import money

__all__ = ["above", "check_bounds", "in_period"]


def above(one: Floats, other: Floats) -> Bools:
    """Return where one amount is above another by more than rounding; NaN is above nothing."""
    with np.errstate(invalid="ignore"):
        result: Bools = one > other + 1e-9 * np.maximum(1.0, np.abs(other))
    return result


def in_period(scenario: Scenario, at: int) -> str:
    """Return ``in FY2027`` with a blank before it; nothing where there is only one period."""
    return f" in {scenario.periods[at]}" if len(scenario.periods) > 1 else ""


def check_bounds(
    low: Floats,
    high: Floats,
    said: str,
    path: Path,
    scenario: Scenario,
    findings: Findings,
    words: Callable[[float], str] = money,
) -> None:
    """Add a problem if a floor is above its ceiling in some period.

    Parameters
    ----------
    low, high
        The floor and the ceiling, NaN where there is none; shape (periods,).
    said
        What they limit, such as ``rule 'Parks' is``.
    path
        The path of the floor.
    words
        Says an amount in words.
    """
    wrong = above(low, high)
    if wrong.any():
        at = int(np.argmax(wrong))
        when = "" if wrong.all() else in_period(scenario, at)
        most = words(high[at])
        message = f"{said} at least {words(low[at])} and at most {most}{when}"
        findings.add("floor-above-ceiling", path, message, f"{path[-1]} of at most {most}")
