"""Repairs work, and none that changes one thing is cheaper."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, reject, settings
from tests.analysis.infeasibility.test_contradictions import rules, scenario_of
from tests.measures import few
from tests.strategies import CONVEX, cases

import budgetopt as bo
from budgetopt.analysis import conflicts, repairs
from budgetopt.errors import InfeasibleError, OptionError, ScenarioError
from budgetopt.report.words.contradiction import repair_lines


def solves(scenario):
    try:
        return bo.solve(scenario)
    except InfeasibleError:
        return None


def floors(*amounts):
    return scenario_of(
        rules=[
            {"name": f"{name} keeps", "where": {"program": name}, "sum": "spending", "at_least": amount}
            for name, amount in zip("abc", amounts, strict=False)
        ]
    )


def test_a_feasible_scenario_needs_none():
    assert repairs(floors(30, 20)) == ()


def test_the_cheapest_repair_gives_way_by_what_is_missing():
    found = repairs(floors(70, 40))
    assert found[0].cost == pytest.approx(10)
    rules = {(item.path, item.after) for repair in found for item in repair.amendments if item.provision.kind == "rule"}
    assert rules >= {
        ("rules[a keeps].at_least", 60),
        ("rules[b keeps].at_least", 30),
    }
    for repair in found:
        assert solves(repair.apply(floors(70, 40))) is not None


def test_money_can_be_found_and_what_must_never_give_way_does_not():
    scenario = floors(70, 40)
    (repair,) = repairs(scenario, weights={"a keeps": "never", "b keeps": "never"})
    assert [(item.path, item.after) for item in repair.amendments] == [("funds[general].one_time", {"budget": 10.0})]
    assert solves(repair.apply(scenario)) is not None


def test_money_that_is_found_leaves_the_one_time_money_of_other_periods():
    scenario = bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2", "FY3"],
            "funds": {
                "general": {"revenue": 10, "one_time": {"FY1": 5, "FY2": 1}, "carryover": False},
                "other": {"revenue": 10, "one_time": {"FY1": 3}},
            },
            "outcomes": {"saved": {"weight": 1}},
            "programs": {
                "a": {
                    "funds": ["general"],
                    "spending": {"at_least": {"FY1": 15, "FY2": 18, "FY3": 2}},
                    "outcomes": {"saved": {"per_dollar": 1}},
                }
            },
        }
    )
    (repair,) = repairs(scenario, weights={"a": "never"})
    # FY2 has 11 dollars for 18; the 5 dollars of FY1 are needed there
    assert [(item.path, item.after) for item in repair.amendments] == [
        ("funds[general].one_time", {"FY1": 5.0, "FY2": 8.0, "FY3": 0.0})
    ]
    assert solves(repair.apply(scenario)) is not None


def test_weights_choose_what_gives_way():
    first = repairs(floors(70, 40), weights={"a keeps": 5.0, "general": 5.0})[0]
    assert [item.provision.name for item in first.amendments] == ["b keeps"]


def test_shares_and_change_limits_get_new_shares():
    scenario = scenario_of(
        programs={
            "a": {"baseline": 80, "outcomes": {"saved": {"per_dollar": 1}}},
            "b": {"baseline": 40, "outcomes": {"saved": {"per_dollar": 1}}},
        },
        rules=[{"name": "slowly", "change": {"at_most": "10%", "from": "baseline"}}],
    )
    repair = next(item for item in repairs(scenario) if item.amendments[0].provision.kind == "rule")
    assert repair.amendments[0].path == "rules[slowly].change.at_most"
    assert repair.amendments[0].after == pytest.approx(1 / 6, abs=1e-5)
    assert solves(repair.apply(scenario)) is not None


def test_a_reserve_that_is_an_amount_stays_one():
    scenario = scenario_of(
        funds={"general": {"revenue": 100, "reserve": 50}},
        rules=[{"name": "a keeps", "where": {"program": "a"}, "sum": "spending", "at_least": 70}],
    )
    found = {item.path: item.after for repair in repairs(scenario) for item in repair.amendments[:1]}
    assert found["funds[general].reserve.at_least"] == pytest.approx(30)
    for repair in repairs(scenario):
        assert solves(repair.apply(scenario)) is not None


def test_a_cap_on_a_transfer_gives_way():
    scenario = bo.Scenario.from_document(
        {
            "funds": {"a": {"revenue": 100, "transfers_to": {"b": {"at_most": 10}}}, "b": {"revenue": 20}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {"p": {"funds": ["b"], "spending": {"at_least": 50}, "outcomes": {"saved": {"per_dollar": 1}}}},
        }
    )
    found = {repair.amendments[0].path: repair for repair in repairs(scenario)}
    repair = found["funds[a].transfers_to[b].at_most"]
    assert repair.cost == pytest.approx(20)
    assert repair.amendments[0].after == 30
    assert solves(repair.apply(scenario)) is not None


def test_a_limit_gives_way_where_beyond_it_decisions_are_whole():
    # below 60 dollars p is straight; without its limit a target from above could only be met out of order
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 1, "target": {"at_most": 35}}},
            "programs": {"p": {"baseline": 60, "outcomes": {"saved": {"curve": [[0, 0], [30, 30], [90, 60]]}}}},
            "rules": [{"name": "steady", "change": {"at_most": "0%", "from": "baseline"}}],
        }
    )
    weights = {"steady": 1.0, "saved": 1.0}
    raised, loosened = repairs(scenario, weights=weights)
    assert [(item.path, item.after) for item in raised.amendments] == [("outcomes[saved].target.at_most", 45.0)]
    # 40 dollars bring 30 and half of 10: a third less than the baseline
    assert loosened.amendments[0].path == "rules[steady].change.at_most"
    assert loosened.amendments[0].after == pytest.approx(1 / 3, abs=1e-5)
    for repair in (raised, loosened):
        assert solves(repair.apply(scenario)) is not None


def test_a_weight_must_name_something_and_be_above_zero():
    with pytest.raises(OptionError, match="no limit is named 'nobody'"):
        repairs(floors(70, 40), weights={"nobody": 1.0})
    with pytest.raises(OptionError, match="weight of 'a keeps'"):
        repairs(floors(70, 40), weights={"a keeps": -1.0})


@few(1, at_most=100)
@given(rules)
def test_every_repair_of_drawn_rules_works(drawn):
    scenario = scenario_of(
        rules=[
            {"name": f"r{n}", "where": {"program": sorted(who)}, "sum": "spending", side: 10 * level}
            for n, (who, side, level) in enumerate(drawn)
        ]
    )
    found = repairs(scenario)
    assert bool(found) == (solves(scenario) is None)
    costs = [repair.cost for repair in found]
    assert costs == pytest.approx(sorted(costs), rel=1e-8)
    for repair in found:
        assert solves(repair.apply(scenario)) is not None


@settings(max_examples=10, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX, feasible=False))
def test_every_repair_of_a_drawn_scenario_works(case):
    try:
        scenario = bo.Scenario.from_document(case.document)
    except ScenarioError:
        # what is seen without solving is refused when the scenario is read
        reject()
    fits = solves(scenario) is not None
    found = repairs(scenario)
    assert not (fits and found)
    assert bool(conflicts(scenario)) != fits
    for repair in found:
        assert solves(repair.apply(scenario)) is not None


def test_recurring_revenue_is_offered_where_one_time_money_does_not_do():
    scenario = bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2"],
            "funds": {"general": {"revenue": 100, "growth": "10%", "opening_balance": 500, "structural_balance": True}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {"a": {"spending": {"at_least": 130}, "outcomes": {"saved": {"per_dollar": 1}}}},
        }
    )
    found = {repair.amendments[0].path: repair for repair in repairs(scenario) if len(repair.amendments) == 1}
    assert set(found) == {
        "funds[general].revenue",
        "funds[general].structural_balance",
        "programs[a].spending.at_least",
    }
    repair = found["funds[general].revenue"]
    assert repair.cost == pytest.approx(50)
    assert repair.amendments[0].after == {"FY1": 130.0, "FY2": 130.0}
    assert solves(repair.apply(scenario)) is not None
    (line,) = repair_lines(scenario, [repair])
    assert line == "  - find $30 in FY1 and $20 in FY2 of recurring revenue for “general”"
    assert "funds[general].revenue" not in {
        item.path for one in repairs(scenario, weights={"general": "never"}) for item in one.amendments
    }
