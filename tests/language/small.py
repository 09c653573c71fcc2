"""Tiny scenarios in a few words: one fund, a line or two for each program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import budgetopt as bo
from budgetopt.allocation.allocation import Allocation
from budgetopt.scenario.scenario import Scenario

__all__ = ["LATER", "document_of", "levels", "solved", "spent", "taken"]

LATER = ("FY1", "FY2", "FY3")


def document_of(
    programs: Mapping[str, Any], revenue: Any = 100, periods: tuple[str, ...] = ("FY1",), **more: Any
) -> dict[str, Any]:
    """Return a scenario of one fund and one outcome ``good`` of weight 1, with whatever else is said."""
    document: dict[str, Any] = {
        "name": "Small",
        "periods": list(periods),
        "funds": {"general": {"revenue": revenue, "carryover": False}},
        "outcomes": {"good": {"weight": 1}},
        "programs": dict(programs),
    }
    for key, value in more.items():
        document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    return document


def solved(
    programs: Mapping[str, Any],
    value: float | None,
    revenue: Any = 100,
    periods: tuple[str, ...] = ("FY1",),
    **more: Any,
) -> Allocation:
    """Return the plan of such a scenario, proved, audited and of the value that was worked out by hand."""
    plan = bo.solve(Scenario.from_document(document_of(programs, revenue, periods, **more)))
    assert plan.proved
    assert plan.audit.accepted
    if value is not None:
        assert np.isclose(plan.objective_value, value, rtol=1e-9, atol=1e-9), plan.objective_value
        assert np.isclose(plan.audit.objectives[0].value, value, rtol=1e-9, atol=0.05)
    return plan


def spent(plan: Allocation, program: str, fund: str | None = None) -> list[float]:
    """Return what a program gets in each period, from one fund or from all."""
    row = plan.scenario.programs.position(program)
    money = plan.spending[row]
    each = money.sum(axis=0) if fund is None else money[list(plan.scenario.funds).index(fund)]
    return [round(float(amount), 2) for amount in each]


def levels(plan: Allocation, outcome: str = "good") -> list[float]:
    """Return what an outcome is in each period, by the audit."""
    row = plan.audit.outcomes[list(plan.scenario.outcomes).index(outcome)]
    return [round(float(level), 4) for level in row]


def taken(plan: Allocation, program: str) -> list[list[int]]:
    """Return for each package of a program the periods in which it is taken or starts, by their numbers from 0 on."""
    mine = plan.scenario.packages.program == plan.scenario.programs.position(program)
    return [np.flatnonzero(row).tolist() for row in plan.packages[mine]]
