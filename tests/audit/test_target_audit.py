"""Resources, what stands in for them, and by how much both may be off, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit import Audit, SpendingPlan, audit_plan
from riverton import only_violation, rounded
from strategies import unchecked

STAND_IN = {"per_unit": 1.5, "at_most": 4, "because": "Law on care"}
SCENARIO = unchecked({
    "periods": ["FY1", "FY2"],
    "funds": {"general": {"revenue": 1_000_000}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}},
    "resources": {
        "doctors": {"capacity": 3, "unit": "FTE", "stand_in": {"nurses": STAND_IN}},
        "nurses": {"name": "Nurses", "capacity": {"FY1": 60, "FY2": 2}, "unit": "FTE", "because": "Contract"},
    },
    "programs": {
        "clinic": {"outcomes": {"visits": {"per_dollar": 1}}, "uses": {"doctors": {"per": 10}, "nurses": {"per": 100}}},
    },
})  # fmt: skip


def audited(first: float, second: float, made: tuple[float, float] = (0, 0), tolerance: float = 1e-9) -> Audit:
    """Return the audit of what is spent in both years, and of the doctors for whom nurses stand in."""
    plan = SpendingPlan(np.array([[[first, second]]]), np.zeros((1, 1, 2)), None, None, np.array([made]))
    return audit_plan(SCENARIO, plan, tolerance=tolerance)


def found(audit: Audit) -> tuple[Any, ...]:
    one = only_violation(audit)
    return one.kind, one.name, one.period, *rounded([one.value, one.bound, one.excess])


def test_what_stands_in_is_made_by_the_one_and_taken_of_the_other() -> None:
    # 5 doctors are needed and 0.5 nurses: two of the five by three nurses
    assert audited(50, 0, (2, 0)).accepted
    assert found(audited(50, 0)) == ("resource", "doctors", "FY1", 5, 3, 2)
    assert found(audited(50, 0, (1, 0))) == ("resource", "doctors", "FY1", 4, 3, 1)
    # in the second year there are two nurses: 1.5 and 0.4
    assert audited(0, 40, (0, 1)).accepted
    assert found(audited(0, 60, (0, 3))) == ("resource", "nurses", "FY2", 5.1, 2, 3.1)


def test_nothing_stands_in_by_less_than_nothing_or_more_than_it_may() -> None:
    assert audited(0, 0, (4, 0)).accepted
    violation = only_violation(audited(0, 0, (4.1, 0)))
    assert (violation.kind, violation.name, violation.period) == ("stand-in", "nurses for doctors", "FY1")
    assert rounded([violation.value, violation.bound, violation.excess]) == [4.1, 4, 0.1]
    assert violation.because == "Law on care"
    assert violation.text == "Nurses stands in for 4.1 FTE of doctors in FY1, and the most is 4"
    below = only_violation(audited(0, 0, (0, -0.5)))
    assert (below.kind, below.period, below.value, below.bound) == ("stand-in", "FY2", -0.5, 0)


@pytest.mark.parametrize(("made", "accepted"), [(4.0089, True), (4.0092, False), (-0.0049, True), (-0.0051, False)])
def test_by_how_much_a_stand_in_may_be_off(made: float, accepted: bool) -> None:
    # a thousandth of what is made, of the most and of one: 4.009 + 4 + 1
    audit = audited(0, 0, (made, 0), tolerance=1e-3)
    assert [one.kind for one in audit.violations] == ([] if accepted else ["stand-in"])


def test_targets_are_goals_wherever_their_shortfall_stands_in_the_objective() -> None:
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"visits": {"weight": 1, "target": {"at_least": 5}}},
        "programs": {"pool": {"outcomes": {"visits": {"per_dollar": 1}}}},
    }
    goals, spending = {"minimize": "shortfall from targets"}, {"minimize": "spending"}
    for objective, accepted in (([goals, spending], True), ([spending, goals], True), ([spending], False)):
        scenario = unchecked({**document, "objective": objective})
        assert audit_plan(scenario, SpendingPlan.nothing(scenario)).accepted is accepted
