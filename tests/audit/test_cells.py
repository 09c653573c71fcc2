"""What each cell of each check is about, and what it stands beside, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit import audit_plan
from budgetopt.audit.check import Check
from riverton import M, rounded, town, usual

NONE, INF = np.nan, np.inf
# five programs have 1M each of the general fund in both years, and the shelter half a million of the grant in the first
SCENARIO = town({
    "keep_unmeasured": "50%",
    "funds.general.reserve": {"at_least": "10%", "of": "revenue", "because": "Policy"},
    "funds.general.spending": {"at_least": "5%", "at_most": 9 * M, "because": "Cap act"},
    "funds.general.structural_balance": True,
    "funds.general.transfers_to": {"grant": {"at_least": {"FY2027": 0}, "at_most": 1 * M, "because": "Loan"}},
    "funds.grant.match": {"from": "general", "rate": "50%", "because": "Match act"},
    "funds.grant.maintenance_of_effort": {"fund": "general", "at_least": "40%", "because": "Effort act"},
    "funds.grant.no_supplanting": True,
    "outcomes.housed.target": {"at_least": 50, "because": "Goal"},
    "resources": {"staff": {"capacity": {"FY2027": 20, "FY2028": 9}, "unit": "FTE", "because": "Payroll"}},
    "programs.shelter.uses": {"staff": {"per": 100_000}},
    "programs.library.if_funded": {"at_least": 0.9 * M},
    "programs.hall": {"baseline": {"FY2027": 400_000, "FY2028": 500_000}, "funds": ["general"]},
    "programs.tours": {
        "service": {"unit": "tours", "unit_cost": 50_000, "at_least": 2, "up_to": 40, "whole": True},
        "outcomes": {"visits": {"per_unit": 5}},
    },
    "rules": [
        {"name": "Groups", "sum": "spending", "by": "department", "each_at_least": "40%", "of": "baseline",
         "because": "Charter"},
        {"name": "Even", "sum": "outcome visits", "by": "department", "parity": "50%", "periods": ["FY2028"]},
        {"name": "Share", "sum": "spending", "where": {"department": "Library"}, "of": "total spending",
         "at_most": "40%", "because": "Promise"},
    ],
})  # fmt: skip
CHECKS = {
    (check.kind, check.name): check
    for check in audit_plan(SCENARIO, usual(SCENARIO, ("shelter", "grant", "FY2027", 0.5 * M))).checks
}
SHELTER, LIBRARY, HALL, TOURS = 0, 1, 3, 4
GENERAL, GRANT = 0, 1
Cells = dict[str, Any]
EXPECTED: dict[tuple[str, str], Cells] = {
    ("kept baseline", "keep_unmeasured"): {
        "value": [M, M], "lower": [200_000, 250_000], "program": [HALL] * 2, "share_of": [400_000, 500_000],
    },
    ("if funded", "if_funded"): {"value": [M, M], "lower": [0.9 * M] * 2, "program": [LIBRARY] * 2},
    ("whole units", "service"): {
        "value": [20, 20], "lower": [20, 20], "upper": [20, 20], "program": [TOURS] * 2, "unit": ["tours"] * 2,
    },
    ("service", "service"): {
        "value": [20, 20], "lower": [2, 2], "upper": [40, 40], "program": [TOURS] * 2, "unit": ["tours"] * 2,
    },
    ("transfer", "general to grant"): {
        "value": [0, 0], "lower": [0, 0], "upper": [M, M], "fund": [GENERAL] * 2, "other": [GRANT] * 2,
        "because": "Loan",
    },
    # what is left of the first year is there in the second
    ("reserve", "general"): {
        "value": [5 * M, 10 * M], "lower": [M, M], "fund": [GENERAL] * 2, "share_of": [10 * M] * 2,
        "because": "Policy",
    },
    ("fund balance", "grant"): {
        "value": [1.5 * M, 1.5 * M], "lower": [0, 0], "fund": [GRANT] * 2, "share_of": [2 * M, 0],
    },
    # what is paid for repairs does not recur
    ("structural balance", "general"): {"value": [4 * M] * 2, "upper": [10 * M] * 2, "fund": [GENERAL] * 2},
    ("fund spending", "general"): {
        "value": [5 * M] * 2, "lower": [0.5 * M] * 2, "upper": [9 * M] * 2, "fund": [GENERAL] * 2,
        "share_of": [10 * M] * 2, "because": "Cap act",
    },
    ("match", "general"): {
        "value": [M], "lower": [0.25 * M], "program": [SHELTER], "fund": [GENERAL], "because": "Match act",
    },
    ("maintenance of effort", "grant"): {
        "value": [M], "lower": [0.8 * M], "fund": [GRANT], "other": [GENERAL], "because": "Effort act",
    },
    ("no supplanting", "grant"): {"value": [M], "lower": [2 * M], "program": [SHELTER], "fund": [GRANT]},
    ("resource", "staff"): {"value": [15, 10], "upper": [20, 9], "unit": "FTE", "because": "Payroll"},
    ("target", "housed"): {"value": [150, 100], "lower": [50, 50], "unit": "households", "because": "Goal"},
    # repairs have no baseline
    ("sum", "Groups"): {
        "value": [1.5 * M, M, M, M, M, M], "lower": [0.8 * M, 0.8 * M, 0.4 * M, 0.4 * M, 0, 0],
        "share_of": [2 * M, 2 * M, M, M, 0, 0], "item": ["Housing"] * 2 + ["Library"] * 2 + ["Streets"] * 2,
        "part": [0, 0, 1, 1, 2, 2], "period": [0, 1] * 3, "because": "Charter",
    },
    # 200,000 visits of the library, and 150 on the curve of repairs
    ("sum", "Even"): {
        "value": [0, 200_000, 150], "lower": [100_000, 75, 100_000], "share_of": [200_000, 150, 200_000],
        "item": ["Housing", "Library", "Streets"], "part": [3, 4, 5], "unit": "visits",
    },
    ("sum", "Share"): {
        "value": [M, M], "upper": [0.4 * 5.5 * M, 0.4 * 5 * M], "share_of": [5.5 * M, 5 * M], "item": [""] * 2,
        "because": "Promise",
    },
}  # fmt: skip
USUAL: Cells = {
    "program": None, "fund": None, "other": None, "item": None, "part": None, "share_of": None, "unit": "",
    "because": "",
}  # fmt: skip
PERIODS = {("sum", "Even"): [1, 1, 1]}


def told(check: Check, name: str) -> Any:
    found = getattr(check, name)
    if not isinstance(found, np.ndarray):
        return found
    return rounded(found) if found.dtype.kind == "f" else found.tolist()


@pytest.mark.parametrize("key", EXPECTED)
def test_what_each_cell_is_about(key: tuple[str, str]) -> None:
    check, expected = CHECKS[key], {**USUAL, **EXPECTED[key]}
    count = len(expected["value"])
    expected = {"lower": [-INF] * count, "upper": [INF] * count, **expected}
    expected.setdefault("period", PERIODS.get(key, [0, 1] if count == 2 else [0]))
    assert {name: told(check, name) for name in expected} == expected


def test_every_check_is_looked_at() -> None:
    empty = {(check.kind, check.name) for check in CHECKS.values() if not len(check)}
    assert CHECKS.keys() - empty == EXPECTED.keys()
    assert empty == {
        ("amount", "spending"), ("amount", "units"), ("eligibility", "funds"), ("spending limit", "spending"),
    }  # fmt: skip
