"""What is no number is dropped as a whole, and only where a weight is given for it or nothing else helps."""

from __future__ import annotations

import pytest
from tests.analysis.infeasibility.test_contradictions import scenario_of
from tests.analysis.infeasibility.test_repairs import solves

import budgetopt as bo
from budgetopt.analysis import Repair, repairs
from budgetopt.report.words.contradiction import repair_lines

DOORS = {name: {"if_funded": {"at_least": 30}, "outcomes": {"saved": {"per_dollar": 1}}} for name in "abc"}


def exclusion():
    """Two programs that exclude each other, and both are asked for."""
    return scenario_of(
        programs=DOORS,
        rules=[
            {"name": "one of two", "excludes": ["a", "b"]},
            {"name": "a runs", "where": {"program": "a"}, "sum": "spending", "at_least": 30},
            {"name": "b runs", "where": {"program": "b"}, "sum": "spending", "at_least": 40},
        ],
    )


def only(found: tuple[Repair, ...], name: str) -> list[Repair]:
    return [repair for repair in found if [item.provision.name for item in repair.amendments] == [name]]


def test_a_rule_on_which_programs_go_together_is_dropped_where_a_weight_is_given():
    scenario = exclusion()
    assert only(repairs(scenario), "one of two") == []
    (repair,) = only(repairs(scenario, weights={"one of two": 5}), "one of two")
    assert (repair.cost, repair.amendments[0].path, repair.amendments[0].after) == (5, "rules[one of two]", None)
    assert [rule.name for rule in repair.apply(scenario).rules] == ["a runs", "b runs"]
    assert solves(repair.apply(scenario)) is not None
    assert list(repair_lines(scenario, [repair])) == ["  - drop the rule “one of two”"]
    assert only(repairs(scenario, weights={"one of two": "never"}), "one of two") == []


def test_it_is_dropped_where_nothing_else_helps():
    rigid = {"a runs": "never", "b runs": "never"}
    (repair,) = repairs(exclusion(), weights=rigid)
    assert [item.provision.name for item in repair.amendments] == ["one of two"]


def grant(**conditions):
    return bo.Scenario.from_document(
        {
            "funds": {
                "general": {"revenue": 100},
                "grant": {"revenue": 60, "only": {"program": "a"}, **conditions},
            },
            "outcomes": {"saved": {"weight": 1}},
            "programs": {
                "a": {"baseline": 20, "outcomes": {"saved": {"per_dollar": 1}}},
                "b": {"outcomes": {"saved": {"per_dollar": 1}}},
            },
            "rules": [
                {"name": "grant is used", "sum": "spending", "funds": ["grant"], "at_least": 60},
                {"name": "b runs", "where": {"program": "b"}, "sum": "spending", "at_least": 90},
            ],
        }
    )


def test_a_match_is_lowered_to_what_can_be_paid():
    scenario = grant(match={"from": "general", "rate": 0.5})
    (repair,) = only(repairs(scenario, weights={"grant": 1}), "grant")[:1]
    assert repair.amendments[0].path == "funds[grant].match.rate"
    assert repair.amendments[0].after == pytest.approx(1 / 6, abs=1e-4)
    # two thirds of the match go, and of what it costs to drop it
    assert repair.cost == pytest.approx(2 / 3, abs=1e-3)
    assert solves(repair.apply(scenario)) is not None
    assert "change the match of “grant” from 50% to 16.66" in next(repair_lines(scenario, [repair]))


def test_effort_that_must_be_maintained_is_lowered_to_what_can_be_paid():
    scenario = grant(maintenance_of_effort={"fund": "general", "at_least": 20})
    found = {item.path: item.after for repair in repairs(scenario) for item in repair.amendments}
    assert found["funds[grant].maintenance_of_effort.at_least"] == pytest.approx(10)
    for repair in repairs(scenario):
        assert solves(repair.apply(scenario)) is not None


def test_money_that_may_not_supplant_may_be_let_to():
    scenario = grant(no_supplanting=True)
    found = only(repairs(scenario, weights={"grant": 2}, at_most=9), "grant")
    assert [repair.amendments[0].path for repair in found if repair.cost == 2] == ["funds[grant].no_supplanting"]
    assert "give up the condition that money supplants nothing of “grant”" in "".join(repair_lines(scenario, found))
