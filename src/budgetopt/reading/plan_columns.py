"""The columns in which a plan stands beside an office's own, and what they are headed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from budgetopt.reading.tables.shape import normal
from budgetopt.scenario.scenario import Scenario

__all__ = ["CHANGE", "FIRST_ROW", "PLAN", "PlanColumn", "find_columns", "is_plan", "plan_columns"]

PLAN, CHANGE = "plan", "change"
FIRST_ROW = "(on the first row of each program)"
"""What the headers say where a program may have several rows."""


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column: what a program gets in a period, from every fund or from one, or how that differs from its baseline.

    Parameters
    ----------
    kind
        ``plan`` or ``change``.
    period
        The position of the period.
    fund
        The position of the fund that pays; -1 for all of them together.
    header
        What stands above it.
    """

    kind: str
    period: int
    fund: int
    header: str


def plan_columns(scenario: Scenario, funds: Sequence[int] | None = None) -> tuple[PlanColumn, ...]:
    """Return the columns of a scenario: for each period the plan, its change, and what each of some funds pays.

    ``funds`` are positions of funds, left out all of them. With one fund there is no column for it.
    """
    names = list(scenario.funds)
    chosen = range(len(names)) if funds is None else funds
    unit = f", {scenario.currency}" if scenario.currency else ""
    found = []
    for period, called in enumerate(scenario.periods):
        when = f" {called}" if len(scenario.periods) > 1 or called != "budget" else ""
        found.append(PlanColumn(PLAN, period, -1, f"plan{when}{unit}"))
        found.append(PlanColumn(CHANGE, period, -1, f"change from baseline{when}{unit}"))
        if len(names) > 1:
            found += [PlanColumn(PLAN, period, fund, f"plan{when} from {names[fund]}{unit}") for fund in chosen]
    return tuple(found)


def is_plan(header: str) -> bool:
    """Return whether a header is that of a column of a plan, all funds together."""
    return re.fullmatch(rf"(.+ )?{PLAN}( (?!from )[^,]+)?(, .+)?", normal(header)) is not None and "," in header


def find_columns(headers: Sequence[str], columns: Sequence[PlanColumn]) -> dict[PlanColumn, int]:
    """Return the position of the header of each column that stands there; of two the last, which is the newest."""
    found = {}
    for position, written in enumerate(map(normal, headers)):
        header = re.sub(r" x -?[0-9][0-9,.]*$", "", written.removesuffix(f" {FIRST_ROW}"))
        for column in columns:
            # headers of several rows are joined, and the plan's stands in the last of them
            if header == normal(column.header) or header.endswith(f" {normal(column.header)}"):
                found[column] = position
    return found
