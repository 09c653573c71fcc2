"""Rules on programs that can never be funded: the best plan is the best set that passes the audit."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.audit import SpendingPlan, audit_plan

MOST = 5.0
CELLS = (("library", "t1"), ("library", "t2"), ("pool", "t1"), ("pool", "t2"), ("late", "t2"))
"""Who can be funded, and when: the others have no payer, no money under their ceiling, or packages that nobody pays."""


def scenario_of(rule: dict[str, Any]) -> bo.Scenario:
    def program(worth: float, **more: Any) -> dict[str, Any]:
        return {
            "outcomes": {"good": {"per_dollar": worth}},
            "spending": {"at_most": MOST},
            "funds": ["general"],
            **more,
        }

    return bo.Scenario.from_document(
        {
            "periods": ["t1", "t2"],
            "funds": {
                "general": {"revenue": 100},
                "spare": {"revenue": 100},
                "grant": {"revenue": 100, "starts": "t2"},
            },
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "library": program(1.0),
                "pool": program(2.0),
                "late": program(3.0, funds=["grant"]),
                "unpaid": program(4.0, funds=[]),
                "shut": program(5.0, spending={"at_most": 0}),
                "shut of two": program(6.0, spending={"at_most": 0}, funds=["general", "spare"]),
                "packs": {"packages": [{"cost": 1, "outcomes": {"good": 7}}], "funds": []},
            },
            "rules": [{"name": "r", **rule}],
        }
    )


def best_that_passes(scenario: bo.Scenario) -> float | None:
    """Return the best value of the sets of programs that pass the audit, each at its ceiling; None if none does."""
    programs, funds, periods = scenario.programs, list(scenario.funds), list(scenario.periods)
    best = None
    for chosen in product((False, True), repeat=len(CELLS)):
        spending = np.zeros((len(programs), len(funds), len(periods)))
        worth = 0.0
        for (name, period), funded in zip(CELLS, chosen, strict=True):
            fund = funds.index("grant" if name == "late" else "general")
            spending[programs.position(name), fund, periods.index(period)] = MOST * funded
            worth += MOST * funded * {"library": 1, "pool": 2, "late": 3}[name]
        plan = SpendingPlan(
            spending,
            np.zeros((len(funds), len(funds), len(periods))),
            np.zeros((len(scenario.packages), len(periods)), dtype=bool),
            np.zeros((len(programs), len(periods))),
        )
        if audit_plan(scenario, plan).accepted and (best is None or worth > best):
            best = worth
    return best


NEVER = ["unpaid", "shut", "shut of two", "packs"]
EVERY = [*NEVER, "late"]
TWO = [["library", name] for name in EVERY] + [[name, "library"] for name in EVERY]
RULES: list[dict[str, Any]] = [
    *({"exactly_one": names} for names in [*TWO, NEVER[:2], NEVER[2:], [*NEVER, "pool"], ["library", "pool", "shut"]]),
    *({"excludes": names} for names in [*TWO, NEVER, ["library", "pool", "unpaid"]]),
    *({"together": names} for names in [*TWO, NEVER, ["library", "pool", "unpaid"]]),
    *({"requires": {"program": one, "needs": other}} for one, other in TWO),
    *({"count": "funded", "where": {"program": EVERY}, key: 1} for key in ("at_least", "at_most", "equals")),
    *({"count": "funded", "where": {"program": NEVER}, key: 1} for key in ("at_least", "at_most", "equals")),
    *({"count": "funded", key: 2, "each": each} for key in ("at_least", "equals") for each in ("period", "total")),
    *({"count": "funded", "at_least": number, "each": "total"} for number in (3, 4)),
    {"count": "funded", "where": {"program": EVERY}, "equals": 1, "each": "total"},
    {"count": "funded", "where": {"program": NEVER}, "at_least": 1, "each": "total"},
    {"count": "funded", "where": {"program": EVERY}, "at_least": {"t2": 1}},
]


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, marks=[pytest.mark.deep] if at % 3 else []) for at, rule in enumerate(RULES)], ids=str
)
def test_the_best_plan_is_the_best_set_that_passes_the_audit(rule: dict[str, Any]) -> None:
    scenario = scenario_of(rule)
    expected = best_that_passes(scenario)
    if expected is None:
        with pytest.raises(bo.InfeasibleError):
            bo.solve(scenario)
        assert bo.conflicts(scenario)
    else:
        assert bo.solve(scenario).objective_value == pytest.approx(expected, abs=0.1)
        assert not bo.conflicts(scenario)
