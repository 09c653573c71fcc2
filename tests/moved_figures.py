"""Numbers of a scenario by their paths, moved as ``--set`` moves them, and the best value there."""

from __future__ import annotations

from typing import Any

import budgetopt as bo
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.errors import ScenarioError
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.scenario import Scenario

__all__ = ["best", "changed", "paths_of"]


def paths_of(scenario: Scenario) -> list[str]:
    """Return paths of numbers of every kind that a scenario says."""
    found = [f"funds.{name}.{key}" for name in scenario.funds for key in ("revenue", "one_time", "opening_balance")]
    found += [
        f"funds.{name}.{key}.{period}"
        for name in scenario.funds
        for key in ("revenue", "one_time")
        for period in scenario.periods
    ]
    found += [f"outcomes.{name}.weight" for name in scenario.outcomes]

    def numbers(limit: Limit) -> list[str]:
        return [limit.address_of(number) for number in limit.numbers] if limit.kind != "money" else []

    found += [path for limit in scenario.limits for path in numbers(limit)]
    for key, column in scenario.programs.columns.items():
        if column.offsets is None and column.values.dtype.kind == "f":
            found += [f"programs.{scenario.programs.ids[row]}.{key}" for row in column.rows.tolist()]
    return found


def best(scenario: Scenario) -> float | None:
    try:
        return bo.solve(scenario).objective_value
    except bo.NoAllocationError:
        return None


def changed(scenario: Scenario, path: str, by: float, *, is_share: bool) -> Scenario | None:
    """Return the scenario with a number moved as ``--set`` does it; None where that number may not stand there."""
    sets: list[tuple[str, Any]] = [(path, f"{by:+.17f}")]
    if is_share:
        # a share is set to a value, and where each period has its own, one for all would stand in every period
        there = figure_at(scenario, path).moved(by)
        places = [f"{path}.{period}" for period in scenario.periods]
        moved = [place for place in places if _differs(scenario, there, place)]
        sets = [(one, f"={(figure_at(scenario, one).value + by) * 100:.15f}%") for one in moved or [path]]
    try:
        return scenario.with_(*sets)
    except ScenarioError:
        return None


def _differs(scenario: Scenario, other: Scenario, path: str) -> bool:
    """Return whether a number stands at a path, and is not the same in another scenario."""
    try:
        return figure_at(scenario, path).value != figure_at(other, path).value
    except ScenarioError:
        return False
