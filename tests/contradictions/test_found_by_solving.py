"""What can just be met has a plan, a little more has none, and the set that contradicts itself is named."""

from __future__ import annotations

from typing import Any

import pytest

from budgetopt.analysis import conflicts
from budgetopt.report.words.contradiction import contradiction_lines
from budgetopt.scenario import Scenario
from small_scenarios import town, village


def names(document: dict[str, Any]) -> set[str]:
    """Return what the smallest set is made of that contradicts itself; nothing if there is a plan."""
    found = conflicts(Scenario.from_document(document))
    return {provision.name for conflict in found for provision in conflict.provisions}


def floor(program: str, value: Any) -> dict[str, Any]:
    return {f"programs__{program}__spending__at_least": value}


ENOUGH = [
    floor("police", 10),
    floor("police", {"t1": 10, "t2": 10, "t3": 10}),
    floor("police", {"t1": 5, "t2": 5, "t3": 20}),  # carried over
    {**floor("police", 10), **floor("shelter", 4)},
    {**floor("police", 8), **floor("shelter", 6)},  # the grant pays four of them
    {**floor("police", 12), "funds__general__opening_balance": 6},
    {**floor("police", 12), "funds__general__one_time": 2},
    {
        **floor("police", 12),
        "funds__spare": {"revenue": 2, "only": {"tags": "housing"}, "transfers_to": {"general": {"at_most": 2}}},
    },
    {
        **floor("police", 9),
        "funds__general__reserve": 3,
    },  # 30 in all, 27 for police, 3 left at the end; 1 and 2 before that
    {"funds__general__reserve": {"at_least": "100%", "of": "revenue"}},
    {"funds__general__reserve": {"at_least": "500%", "of": "spending"}},
    {**floor("police", 10), "funds__general__structural_balance": True},
    {**floor("police", {"t1": 11}), "funds__general__one_time": 5, "funds__general__structural_balance": True}
    | {"programs__police__recurring": False},
    {"rules": [{"name": "r", "sum": "spending", "at_least": 14}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": 10, "funds": ["general"]}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": 42, "each": "total"}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": "100%", "of": "revenue"}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": "150%", "of": "baseline"}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": "100%", "of": "total spending"}]},
    {"funds__general__transfers_to": {"grant": {"at_least": 10, "at_most": 12}}},
]
"""Everything here can just be met."""


def _with_reserves_that_fit(changes: dict[str, Any]) -> dict[str, Any]:
    # a reserve holds at the close of every period, so the floor of the first one leaves less
    return (
        {**changes, "programs__police__spending__at_least": {"t1": 7, "t2": 10, "t3": 10}}
        if "funds__general__reserve" in changes
        else changes
    )


@pytest.mark.parametrize("changes", ENOUGH, ids=[str(number) for number in range(len(ENOUGH))])
def test_what_can_just_be_met_contradicts_nothing(changes: dict[str, Any]) -> None:
    if "funds__general__reserve" in changes and "programs__police__spending__at_least" in changes:
        changes = _with_reserves_that_fit(changes)
    assert names(town(**changes)) == set()


TOO_MUCH = [
    ({"programs__police__spending__at_least": 10.01}, {"police"}, "It asks “general” for $10.01 in t1, which has $10."),
    (
        {"programs__police__spending__at_least": {"t3": 30.5}},
        {"police"},
        "It asks “general” for $30.50 from t1 to t3, which has $30.",
    ),
    (
        {"programs__police__spending__at_least": {"t2": 11}, "funds__general__carryover": False},
        {"police"},
        "It asks “general” for $11 in t2, which has $10.",
    ),
    (
        {"programs__police__spending__at_least": 10, "programs__shelter__spending__at_least": 4.5},
        {"shelter", "police"},
        "Together they ask “general” and “grant” for $14.50 in t1, which have $14.",
    ),
    (
        {"programs__police__spending__at_least": 12, "funds__general__opening_balance": 5},
        {"police"},
        "It asks “general” for $36 from t1 to t3, which has $35.",
    ),
    (
        {"programs__police__spending__at_least": 9, "funds__general__reserve": 2},
        {"general", "police"},
        "Together they ask “general” for $11 in t1, which has $10.",
    ),
    (
        {
            "programs__police__spending__at_least": 9,
            "funds__general__transfers_to": {"grant": {"at_least": 2, "at_most": 3}},
        },
        {"general to grant", "police"},
        "Together they ask “general” for $11 in t1, which has $10.",
    ),
    (
        {
            "programs__police__spending__at_least": 11,
            "funds__general__one_time": 5,
            "funds__general__structural_balance": True,
        },
        {"general", "police"},
        "The structural balance of “general”: at most $10 in t1, and the others ask for $11.",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "at_least": 14.5}]},
        {"r"},
        "It asks “general” and “grant” for $14.50 in t1, which have $14.",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "at_least": 11, "funds": ["general"]}]},
        {"r"},
        "It asks “general” for $11 in t1, which has $10.",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "equals": 43, "each": "total"}]},
        {"r"},
        "It asks “general” and “grant” for $43 from t1 to t3, which have $42.",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "at_least": "101%", "of": "revenue"}]},
        {"r"},
        "It asks “general” and “grant” for $14.14 in t1, which have $14.",
    ),
    (
        {
            "programs__shelter__spending__at_least": 6,
            "rules": [{"name": "r", "sum": "spending", "at_least": 9, "where": {"department": "Police"}}],
        },
        {"shelter", "r"},
        "Together they ask “general” and “grant” for $15 in t1, which have $14.",
    ),
    ({"funds__general__reserve": 11}, {"general"}, "It asks “general” for $11 in t1, which has $10."),
    (
        {"funds__general__reserve": 11, "funds__general__carryover": False, "funds__general__opening_balance": 5},
        {"general"},
        "It asks “general” for $11 in t2, which has $10.",
    ),
    (
        {"funds__general__transfers_to": {"grant": {"at_least": 11, "at_most": 12}}},
        {"general to grant"},
        "It asks “general” for $11 in t1, which has $10.",
    ),
]


@pytest.mark.parametrize(
    ("changes", "limits", "expected"), TOO_MUCH, ids=[str(number) for number in range(len(TOO_MUCH))]
)
def test_what_can_never_be_met_is_told_with_its_figures(
    changes: dict[str, Any], limits: set[str], expected: str
) -> None:
    scenario = Scenario.from_document(town(**changes))
    found = conflicts(scenario)
    assert {provision.name for conflict in found for provision in conflict.provisions} == limits
    assert contradiction_lines(scenario, found, ())[-1] == f"  {expected}"


def test_the_smallest_group_of_funds_is_named_and_not_the_larger_ones() -> None:
    document = town(**floor("police", 50), funds__other={"revenue": 1, "only": {"tags": "housing"}})
    assert names(document) == {"police"}


FLOORS = {"clinic": {"spending": {"at_least": 1}}, "pool": {"spending": {"at_least": 1}}}
CLOSED = {"pool": {"spending": {"at_most": 0}}}
UNPAID = {**CLOSED, "clinic": {"funds": []}}
BOTH = ["clinic", "pool"]
NEEDS = {"name": "a", "requires": {"program": "clinic", "needs": "pool"}}
BACK = {"name": "b", "requires": {"program": "pool", "needs": "clinic"}}


def rule(**words: Any) -> dict[str, Any]:
    return {"name": "r", **words}


def grant(general: float, least: float, **words: Any) -> dict[str, Any]:
    return {"funds": {"general": {"revenue": general}, "grant": {"spending": {"at_least": least}, **words}}}


def effort(amount: float) -> dict[str, Any]:
    return grant(10, 1, maintenance_of_effort={"fund": "general", "at_least": amount})


def target(amount: float) -> dict[str, Any]:
    return {"outcomes": {"helped": {"target": {"at_least": {"t1": amount}}}}, "programs": CLOSED}


def matched(general: float) -> dict[str, Any]:
    return {"funds": {"general": {"revenue": general}, "grant": {"match": {"from": "general", "rate": 1}}}}


def kept_up(least: float) -> dict[str, Any]:
    return {"funds": {"grant": {"maintenance_of_effort": {"fund": "general", "at_least": least}}}}


def cap(amount: float, **words: Any) -> dict[str, Any]:
    return {"name": "cap", "sum": "spending", "at_most": amount, **words}


def stepwise(low: float, high: float, **words: Any) -> dict[str, Any]:
    packages = [{"cost": 4 if not words else 1}, {"cost": 2}]
    house = {"packages": packages, "spending": {"at_least": low, "at_most": high}, **words}
    return {"programs": {"house": house}}


POOL = {"program": "pool"}
ALONE = {"pool": {"funds": ["grant"]}}
FLOOR_OF_CLINIC = {"name": "floor", "sum": "spending", "where": {"program": "clinic"}, "at_least": 6}
STEADY = {"name": "steady", "change": {"decrease_at_most": "50%"}}
BY_BASELINE = {"name": "each", "sum": "spending", "by": "program", "each_at_least": "100%", "of": "baseline"}
BEYOND = [
    # each: what can just be met, a little more, and what contradicts itself then
    (
        {"programs": {"clinic": {"spending": {"at_least": 8}}}},
        {"programs": {"clinic": {"spending": {"at_least": 8.1}}}},
        {"nurses", "clinic"},
    ),
    (target(3), target(3.1), {"helped", "pool"}),
    (
        grant(4, 4, match={"from": "general", "rate": 1}),
        grant(3.9, 4, match={"from": "general", "rate": 1}),
        {"grant"},
    ),
    (grant(10, 4), grant(10, 4.1), {"grant"}),
    (effort(10), effort(10.1), {"grant"}),
    (
        {"programs": FLOORS, "rules": [rule(count="funded", equals=2)]},
        {"programs": FLOORS, "rules": [rule(count="funded", at_most=1)]},
        {"r", "clinic", "pool"},
    ),
    (
        {"programs": CLOSED, "rules": [rule(count="funded", at_least=1)]},
        {"programs": CLOSED, "rules": [rule(count="funded", at_least=2)]},
        {"r", "pool"},
    ),
    (
        {"programs": FLOORS, "rules": [rule(together=BOTH)]},
        {"programs": FLOORS, "rules": [rule(excludes=BOTH)]},
        {"r", "clinic", "pool"},
    ),
    (
        {"programs": CLOSED, "rules": [rule(exactly_one=BOTH)]},
        {"programs": UNPAID, "rules": [rule(exactly_one=BOTH)]},
        {"r", "pool"},
    ),
    # what rules ask of a grant is spent as surely as what the grant asks for itself
    (
        {**matched(4), "rules": [rule(sum="spending", funds=["grant"], at_least=4)]},
        {**matched(3.9), "rules": [rule(sum="spending", funds=["grant"], at_least=4)]},
        {"r", "grant"},
    ),
    (
        {**kept_up(10), "rules": [rule(sum="spending", funds=["grant"], at_least=1)]},
        {**kept_up(10.1), "rules": [rule(sum="spending", funds=["grant"], at_least=1)]},
        {"r", "grant"},
    ),
    (
        {**matched(4), "rules": [rule(sum="spending", where=POOL, funds=["grant"], at_least=1)]},
        {**matched(4), "programs": ALONE, "rules": [rule(sum="spending", where=POOL, funds=["grant"], at_least=1)]},
        {"r", "grant"},
    ),
    # a rule that allows less than other rules and floors ask for together
    ({"rules": [cap(6), FLOOR_OF_CLINIC]}, {"rules": [cap(5.9), FLOOR_OF_CLINIC]}, {"cap", "floor"}),
    (
        {"programs": {"pool": {"spending": {"at_least": 1}}}, "rules": [cap(7), FLOOR_OF_CLINIC]},
        {"programs": {"pool": {"spending": {"at_least": 1}}}, "rules": [cap(6.9), FLOOR_OF_CLINIC]},
        {"cap", "floor", "pool"},
    ),
    ({"rules": [cap(4.5), STEADY]}, {"rules": [cap(4.4), STEADY]}, {"cap", "steady"}),
    ({"rules": [cap(9), BY_BASELINE]}, {"rules": [cap(8.9), BY_BASELINE]}, {"cap", "each"}),
    (
        {"rules": [rule(sum="spending", each="total", at_most=12), FLOOR_OF_CLINIC]},
        {"rules": [rule(sum="spending", each="total", at_most=11.9), FLOOR_OF_CLINIC]},
        {"r", "floor"},
    ),
    # a floor for one program is none for what some fund alone may pay of it
    (
        {"rules": [cap(5, funds=["grant"]), FLOOR_OF_CLINIC]},
        {"rules": [cap(5.9), FLOOR_OF_CLINIC]},
        {"cap", "floor"},
    ),
    # a rule on an outcome of all programs
    (
        {"programs": CLOSED, "rules": [rule(sum="outcome helped", at_least=3, periods=["t2"])]},
        {"programs": CLOSED, "rules": [rule(sum="outcome helped", at_least=3.1, periods=["t2"])]},
        {"r", "pool"},
    ),
    ({"rules": [NEEDS, rule(exactly_one=BOTH)]}, {"rules": [NEEDS, BACK, rule(exactly_one=BOTH)]}, {"a", "b", "r"}),
    (stepwise(4, 6), stepwise(4.1, 5.9), {"house"}),
    (stepwise(2, 2.5, choose="one"), stepwise(1.1, 1.9, choose="one"), {"house"}),
]


@pytest.mark.parametrize(("just", "more", "expected"), BEYOND, ids=[str(number) for number in range(len(BEYOND))])
def test_what_can_just_be_met_has_a_plan_and_more_has_none(
    just: dict[str, Any], more: dict[str, Any], expected: set[str]
) -> None:
    assert names(village(**just)) == set()
    assert names(village(**more)) == expected


def test_what_contradicts_is_named_with_its_figures() -> None:
    scenario = Scenario.from_document(village(rules=[cap(6.5, where={"program": BOTH}), FLOOR_OF_CLINIC, STEADY]))
    found = conflicts(scenario)
    assert [provision.name for provision in found[0].provisions] == ["cap", "floor", "steady"]
    told = contradiction_lines(scenario, found, ())
    assert told[-1] == "  The rule “cap”: at most $6.50 in t1, and the others ask for $7.50."
