"""What the amounts of a plan are rounded to: nothing finer than what matters, and a whole part of a dollar."""

from __future__ import annotations

from budgetopt.checks.findings import Findings
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_rounding"]


def check_rounding(scenario: Scenario, findings: Findings) -> None:
    """Look for a `round_to` in which no plan can be written."""
    unit, finest = scenario.document.round_to, scenario.cent
    if unit is None or findings.is_invalid("round_to"):
        return
    if unit < finest * (1 - 1e-9):
        message = f"round_to is {unit:g}, which is finer than the amounts that are calculated with"
        hint = "leave it out: amounts are then as fine as they can be"
        findings.add("out-of-range", ("round_to",), message, f"{finest:g} or more", hint)
    elif unit < 1 and abs(1 / unit - round(1 / unit)) > 1e-6:
        message = f"round_to is {unit:g}, and no whole number of these makes 1"
        findings.add("out-of-range", ("round_to",), message, "0.01, 0.05, 0.5 or the like; or 1 or more")
