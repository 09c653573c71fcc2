"""A small town for hand-computed cases: figures that can be added in one's head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetopt.audit import Audit, SpendingPlan, Violation, audit_plan
from budgetopt.scenario.scenario import Scenario
from strategies import unchecked

M = 1_000_000


def town(changes: Mapping[str, Any] | None = None) -> Scenario:
    """Return the town, with values changed at dotted paths; a value of None takes a key away."""
    document: dict[str, Any] = {
        "name": "Riverton",
        "periods": ["FY2027", "FY2028"],
        "funds": {
            "general": {"name": "General Fund", "revenue": 10 * M},
            "grant": {"kind": "grant", "revenue": {"FY2027": 2 * M}, "only": {"tags": "housing"}},
        },
        "outcomes": {
            "housed": {"name": "Households housed", "unit": "households", "weight": 10},
            "visits": {"unit": "visits", "weight": 2},
            "overdue": {"unit": "repairs", "weight": 3, "direction": "decrease"},
        },
        "programs": {
            "shelter": {
                "name": "Shelter beds",
                "tags": ["housing"],
                "department": "Housing",
                "baseline": 2 * M,
                "outcomes": {"housed": {"unit_cost": 10_000, "up_to": 150}},
            },
            "library": {
                "department": "Library",
                "baseline": 1 * M,
                "outcomes": {"visits": {"per_dollar": 0.2}},
            },
            "repairs": {
                "department": "Streets",
                "recurring": False,
                "outcomes": {
                    "overdue": {"curve": [[0, 900], [1 * M, 400], [3 * M, 200]]},
                    "visits": {"curve": [[0, 50], [2 * M, 250]]},
                },
            },
        },
    }
    for path, value in (changes or {}).items():
        *above, last = path.split(".")
        place = document
        for key in above:
            place = place.setdefault(key, {})
        if value is None:
            del place[last]
        else:
            place[last] = value
    # a case may ask for more than there is: that is what the audit is to find
    return unchecked(document)


def payments(scenario: Scenario, *rows: tuple[str, str, str, float]) -> SpendingPlan:
    """Return the plan of some payments: program, fund, period, amount; or the transfers: from, to, period, amount."""
    plan = SpendingPlan.nothing(scenario)
    programs, funds, periods = scenario.programs.ids.tolist(), list(scenario.funds), list(scenario.periods)
    for what, fund, period, amount in rows:
        if what in programs:
            plan.spending[programs.index(what), funds.index(fund), periods.index(period)] += amount
        else:
            plan.transfers[funds.index(what), funds.index(fund), periods.index(period)] += amount
    return plan


def usual(scenario: Scenario, *rows: tuple[str, str, str, float]) -> SpendingPlan:
    """Return the usual plan, 1M for each program by the general fund in both years, with ``rows`` added."""
    plan = payments(scenario, *rows)
    plan.spending[:, 0, :] += 1.0 * M
    return plan


def audited(changes: Mapping[str, Any] | None, *rows: tuple[str, str, str, float]) -> Audit:
    """Return the audit of the usual year and some payments in a changed town."""
    scenario = town(changes)
    return audit_plan(scenario, usual(scenario, *rows))


def only_violation(audit: Audit) -> Violation:
    """Return the one violation that there is."""
    assert not audit.accepted
    assert len(audit.violations) == 1, [str(violation) for violation in audit.violations]
    return audit.violations[0]


def rounded(values: Any) -> list[Any]:
    """Return numbers free of binary noise, for comparison with what was worked out by hand."""
    return np.round(np.asarray(values), 6).tolist()
