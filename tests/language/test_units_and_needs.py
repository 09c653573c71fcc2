"""Rules in units of service, needs of any of several programs, and resources that are only counted."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.errors import ScenarioError


def scenario(programs: dict[str, Any], *rules: dict[str, Any], revenue: Any = 1000, **more: Any) -> bo.Scenario:
    outcomes = {"good": {"unit": "DALYs", "weight": 1}}
    return bo.Scenario.from_document(
        {"funds": {"f": {"revenue": revenue}}, "outcomes": outcomes, "programs": programs, "rules": rules, **more}
    )


def service(cost: float, most: float, good: float, **more: Any) -> dict[str, Any]:
    said = {"unit": "mothers", "unit_cost": cost, "up_to": most}
    return {"service": said, "outcomes": {"good": {"per_unit": good}}, **more}


def level(plan: bo.Allocation) -> float:
    assert plan.proved
    assert plan.audit.accepted
    return float(plan.audit.outcomes.sum())


@pytest.mark.parametrize(("cost_a", "cost_b"), list(product((0, 1, 2.5), repeat=2)))
@pytest.mark.parametrize("people", [0, 30, 100, 500])
def test_units_of_substitutes_add_up_to_the_people_there_are(cost_a: float, cost_b: float, people: float) -> None:
    programs = {"a": service(cost_a, 100, 2), "b": service(cost_b, 60, 3)}
    same = {"name": "Same mothers", "substitutes": ["a", "b"], "units_at_most": people}
    b = min(60, people)
    assert level(bo.solve(scenario(programs, same))) == pytest.approx(3 * b + 2 * min(100, people - b))


def test_units_of_substitutes_by_period() -> None:
    programs = {"a": service(1, 100, 2), "b": service(0, 60, 3)}
    same = {"name": "Same mothers", "substitutes": ["a", "b"], "units_at_most": {"Y1": 50, "Y3": 80}}
    plan = bo.solve(scenario(programs, same, periods=["Y1", "Y2", "Y3"]))
    assert plan.audit.outcomes.tolist() == [pytest.approx([150, 380, 220])]


@pytest.mark.parametrize("share", ["0%", "50%", "100%", "150%"])
@pytest.mark.parametrize("cost", [0, 1])
def test_units_follow_units(share: str, cost: float) -> None:
    programs = {"a": service(cost, 40, 1), "b": service(1, 100, 3)}
    after = {"name": "After", "follows": {"program": "b", "of": "a", "at_most": share, "by": "units"}}
    assert level(bo.solve(scenario(programs, after))) == pytest.approx(40 + 3 * 0.4 * float(share[:-1]))


@pytest.mark.parametrize("share", ["20%", "50%", "117.65%"])
def test_coverage_of_a_service_that_costs_nothing_is_its_units(share: str) -> None:
    programs = {"a": service(0, 100, 2), "b": service(1, 60, 3)}
    after = {"name": "After", "follows": {"program": "b", "of": "a", "at_most": share}}
    assert level(bo.solve(scenario(programs, after))) == pytest.approx(200 + 3 * min(60, 0.6 * float(share[:-1])))


def test_coverages_of_substitutes_of_which_one_costs_nothing() -> None:
    programs = {"a": service(0, 100, 2), "b": service(1, 60, 3)}
    # a full coverage of a brings 200, one of b 180
    same = {"name": "Same mothers", "substitutes": ["a", "b"]}
    assert level(bo.solve(scenario(programs, same))) == pytest.approx(200)


def test_the_audit_finds_units_too_many() -> None:
    programs = {"a": service(1, 100, 2), "b": service(0, 60, 3)}
    same = {"name": "Same mothers", "substitutes": ["a", "b"], "units_at_most": 100}
    after = {"name": "After", "follows": {"program": "b", "of": "a", "by": "units"}}
    made = scenario(programs, same, after)
    plan = SpendingPlan(np.array([[[45.0]], [[0.0]]]), np.zeros((1, 1, 1)), None, np.array([[np.nan], [60.0]]))
    first, second = audit_plan(made, plan).rules
    assert not first.holds
    assert not second.holds
    assert "105 mothers are served" in str(first.violations(made)[0])
    assert "b serves 60 mothers, and beside a may serve 45" in str(second.violations(made)[0])


def test_units_of_what_has_no_service_are_refused() -> None:
    programs = {"a": service(1, 100, 2), "b": {"spending": {"at_most": 5}, "outcomes": {"good": {"per_dollar": 1}}}}
    with pytest.raises(ScenarioError, match="program 'b' has no `service`"):
        scenario(programs, {"name": "Same", "substitutes": ["a", "b"], "units_at_most": 100})
    with pytest.raises(ScenarioError, match="program 'b' has no `service`"):
        scenario(programs, {"name": "After", "follows": {"program": "a", "of": "b", "by": "units"}})
    with pytest.raises(ScenarioError, match="both coverages and units"):
        scenario(programs, {"name": "Same", "substitutes": ["a", "b"], "at_most": "50%", "units_at_most": 100})


def whole(cost: float, good: float) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": good}}]}


@pytest.mark.parametrize("money", [0, 30, 70, 100, 120, 160, 200, 400])
def test_a_program_that_needs_any_of_several_against_every_choice(money: float) -> None:
    costs, goods = {"a": 60, "b": 50, "c": 100, "d": 70}, {"a": 90, "b": 5, "c": 40, "d": 45}
    rule = {"name": "One of b and c", "requires": {"program": "a", "needs_any": ["b", "c"]}}
    plan = bo.solve(scenario({key: whole(costs[key], goods[key]) for key in costs}, rule, revenue=money))
    best = 0
    for chosen in product((False, True), repeat=4):
        names = [key for key, taken in zip(costs, chosen, strict=True) if taken]
        if sum(costs[key] for key in names) <= money and ("a" not in names or {"b", "c"} & {*names}):
            best = max(best, sum(goods[key] for key in names))
    assert level(plan) == pytest.approx(best)


def test_the_audit_says_what_is_needed_and_missing() -> None:
    rule = {"name": "One of b and c", "requires": {"program": "a", "needs_any": ["b", "c"]}}
    made = scenario({key: {"outcomes": {"good": {"per_dollar": 1}}} for key in "abc"}, rule)
    nothing = SpendingPlan.nothing(made)
    assert audit_plan(made, nothing).accepted
    alone, beside = nothing.spending.copy(), nothing.spending.copy()
    alone[0] = 10.0
    beside[[0, 2]] = 10.0
    assert audit_plan(made, SpendingPlan(beside, nothing.transfers)).accepted
    (violation,) = audit_plan(made, SpendingPlan(alone, nothing.transfers)).violations
    assert "a is funded, and none of b, c is, of which it needs one" in str(violation)


@pytest.mark.parametrize(
    ("need", "message"),
    [
        ({}, "the program needs nothing"),
        ({"needs": "b", "needs_any": ["b", "c"]}, "says twice what the program needs"),
        ({"needs_any": ["a", "b"]}, "needs itself"),
        ({"needs_any": ["b", "x"]}, "unknown program 'x'"),
        ({"needs_any": ["b", "b"]}, "names program 'b' twice"),
    ],
)
def test_needs_that_are_written_wrong(need: dict[str, Any], message: str) -> None:
    programs = {key: {"outcomes": {"good": {"per_dollar": 1}}} for key in "abc"}
    with pytest.raises(ScenarioError, match=message):
        scenario(programs, {"name": "Need", "requires": {"program": "a", **need}})


def test_a_resource_without_a_capacity_is_counted_and_not_limited() -> None:
    programs = {"a": {"uses": {"hours": {"per": 10}}, "outcomes": {"good": {"per_dollar": 1}}}}
    made = scenario(programs, resources={"hours": {"unit": "hours"}})
    plan = bo.solve(made)
    assert level(plan) == 1000
    assert plan.audit.resources.tolist() == [[100.0]]
    assert made.limits.find("resource", "hours") == -1
    assert "## What it uses\n\n| Resource | Plan |\n| :-- | --: |\n| hours, hours | 100 |" in plan.to_markdown()
    rule = {"name": "Few hours", "sum": "resource hours", "at_most": 40}
    assert level(bo.solve(scenario(programs, rule, resources={"hours": {"unit": "hours"}}))) == 400
