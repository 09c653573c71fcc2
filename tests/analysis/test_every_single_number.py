"""On drawn scenarios without a plan: every number that alone would do is offered, works, and is the least that does."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis import Amendment, repairs
from budgetopt.errors import InfeasibleError, ScenarioError
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Limit, Number
from budgetopt.scenario.scenario import Scenario

MUCH = 1e7


def has_plan(scenario: Scenario, *changes: tuple[str, Any]) -> bool:
    try:
        bo.solve(scenario.with_(*changes) if changes else scenario)
    except (ScenarioError, InfeasibleError):
        return False
    return True


def loosest(scenario: Scenario, number: Number) -> Any:
    """Return the value of a number with which it asks for as little as possible."""
    if number.measure == "added":
        had = scenario.revenue("general") if number.key == "revenue" else scenario.per_period(number.value)
        return {period: float(one) + MUCH for period, one in zip(scenario.periods, had, strict=True)}
    if isinstance(number.value, Mapping):
        return {period: loose(number, one) for period, one in number.value.items()}
    return loose(number, number.value)


def loose(number: Number, value: float) -> float:
    if number.sense == "at least":
        return type(value)(0.0)
    if number.measure in ("decrease", "gap") or (number.of and not isinstance(value, Share)):
        return type(value)(1.0)
    return type(value)(1e4) if isinstance(value, Share) else MUCH


def is_a_number_to_try(limit: Limit, number: Number) -> bool:
    return limit.is_negotiable and number.sense != "equals" and (limit.is_demand or number.measure == "added")


def nearly(item: Amendment) -> Any:
    """Return a number that falls a little short of what a repair says, farther than it is rounded."""
    before, after = float(item.before), float(item.after)
    rounded = 2e-6 if isinstance(item.before, Share) else 0.011
    short = after + (before - after) * 1e-3 + (rounded if after < before else -rounded)
    return type(item.before)(short)


def amount(draw: random.Random) -> int:
    return 10 * draw.randint(1, 9)


def percent(draw: random.Random) -> str:
    return f"{10 * draw.randint(1, 9)}%"


def rule(document: dict[str, Any], **words: Any) -> None:
    document["rules"].append({"name": f"rule {len(document['rules'])}", **words})


def program(draw: random.Random) -> str:
    return draw.choice(("a", "b", "c"))


def floor(draw: random.Random, document: dict[str, Any]) -> None:
    document["programs"][program(draw)]["spending"]["at_least"] = amount(draw)


def ceiling(draw: random.Random, document: dict[str, Any]) -> None:
    document["programs"][program(draw)]["spending"]["at_most"] = 100 + amount(draw)


def reserve(draw: random.Random, document: dict[str, Any]) -> None:
    said = {"at_least": percent(draw), "of": draw.choice(("revenue", "spending"))}
    document["funds"]["general"]["reserve"] = draw.choice((amount(draw), said))


def a_sum(draw: random.Random, document: dict[str, Any]) -> None:
    side, where = draw.choice(("at_least", "at_least", "at_most")), {"program": program(draw)}
    rule(document, sum="spending", where=where, **{side: amount(draw)})


def a_share(draw: random.Random, document: dict[str, Any]) -> None:
    side, of = draw.choice(("at_least", "at_most")), draw.choice(("total spending", "baseline", "revenue"))
    rule(document, sum="spending", where={"program": program(draw)}, of=of, **{side: percent(draw)})


def a_change(draw: random.Random, document: dict[str, Any]) -> None:
    side, of = draw.choice(("at_most", "increase_at_most", "decrease_at_most")), draw.choice(("baseline", "previous"))
    rule(document, change={side: percent(draw), "from": of})


def parity(draw: random.Random, document: dict[str, Any]) -> None:
    rule(document, sum="spending", by="department", parity=percent(draw))


def target(draw: random.Random, document: dict[str, Any]) -> None:
    document["outcomes"]["good"]["target"] = {"at_least": 2 * amount(draw)}


def staff(draw: random.Random, document: dict[str, Any]) -> None:
    document["resources"]["staff"] = {"capacity": amount(draw)}


def balance(_: random.Random, document: dict[str, Any]) -> None:
    document["funds"]["general"] |= {"structural_balance": True, "one_time": 20}


def match(draw: random.Random, document: dict[str, Any]) -> None:
    condition = {"from": "general", "rate": percent(draw)}
    document["funds"]["grant"] |= {"match": condition, "spending": {"at_least": 10 * draw.randint(1, 3)}}


LIMITS = (
    floor,
    floor,
    a_sum,
    a_sum,
    a_share,
    a_share,
    ceiling,
    reserve,
    a_change,
    parity,
    target,
    staff,
    match,
    balance,
)


def drawn_document(draw: random.Random) -> dict[str, Any]:
    """Return a small scenario with a handful of limits that are drawn without care for one another."""

    def one(department: str, *funds: str) -> dict[str, Any]:
        words = {"department": department, "baseline": amount(draw), "spending": {}, "funds": list(funds)}
        return words | {"outcomes": {"good": {"per_dollar": draw.randint(1, 3)}}, "uses": {"staff": {"per_dollar": 1}}}

    programs = {"a": one("X", "general", "grant"), "b": one("X", "general"), "c": one("Y", "general", "grant")}
    document: dict[str, Any] = {
        "periods": draw.choice((["FY1"], ["FY1", "FY2"])),
        "funds": {"general": {"revenue": 100}, "grant": {"kind": "grant", "revenue": 30}},
        "resources": {"staff": {"capacity": 1000}},
        "outcomes": {"good": {"weight": 1}},
        "programs": programs,
        "rules": [],
    }
    for add in draw.sample(LIMITS, draw.randint(3, 6)):
        add(draw, document)
    return document


@pytest.mark.deep
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_every_number_that_alone_would_do_is_offered_and_is_the_least(draw):
    try:
        scenario = bo.Scenario.from_document(drawn_document(draw))
    except ScenarioError:
        reject()
    if has_plan(scenario):
        reject()
    check_every_number(scenario)


def test_the_match_that_can_be_kept_is_found_to_the_last_digit() -> None:
    # 5/13 of a dollar
    check_every_number(bo.Scenario.from_document(drawn_document(random.Random(1342))))


def test_one_number_of_change_is_the_least_for_all_programs_together() -> None:
    def one(baseline: int, **spending: int) -> dict[str, Any]:
        return {"baseline": baseline, "spending": spending, "outcomes": {"good": {"per_dollar": 1}}}

    document = {
        "funds": {"general": {"revenue": 120, "negotiable": False}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {"a": one(100, at_least=115), "b": one(10), "c": one(10)},
        "rules": [{"name": "steady", "change": {"at_most": "10%"}}],
    }
    after = {
        found.amendments[0].path: found.amendments[0].after for found in repairs(bo.Scenario.from_document(document))
    }
    # 5 dollars are left for two programs of 10
    assert after["rules[steady].change.at_most"] == pytest.approx(0.75)


def test_the_least_share_has_a_plan_that_is_proved() -> None:
    def one(department: str, rate: int, *funds: str) -> dict[str, Any]:
        return {"department": department, "funds": list(funds), "outcomes": {"good": {"per_dollar": rate}}}

    both = ("general", "grant")
    document = {
        "periods": ["FY1", "FY2"],
        "funds": {"general": {"revenue": 100}, "grant": {"kind": "grant", "revenue": 30}},
        "outcomes": {"good": {"weight": 1, "target": {"at_least": 160}}},
        "programs": {"a": one("X", 3, *both), "b": one("X", 1, "general"), "c": one("Y", 3, *both)},
        "rules": [
            {"name": "b", "sum": "spending", "where": {"program": "b"}, "at_most": 40},
            {"name": "c", "sum": "spending", "where": {"program": "c"}, "of": "total spending", "at_least": "80%"},
            {"name": "even", "sum": "spending", "by": "department", "parity": "60%"},
        ],
    }
    check_every_number(bo.Scenario.from_document(document))


def check_every_number(scenario: Scenario) -> None:
    found = repairs(scenario, at_most=500)
    offered = {repair.amendments[0].path: repair for repair in found if len(repair.amendments) == 1}
    for limit in scenario.limits:
        for number in limit.numbers:
            if is_a_number_to_try(limit, number):
                path = limit.address_of(number)
                # a number of which nothing can be kept is dropped with its limit
                is_offered = path in offered or limit.address in offered
                if number.key == "revenue" and (is_offered or "funds[general].one_time" in offered):
                    # what is a share of revenue asks for more with it; that its own repair works is looked at below
                    continue
                assert has_plan(scenario, (path, loosest(scenario, number))) == is_offered, path
    for path, repair in offered.items():
        (item,) = repair.amendments
        assert has_plan(repair.apply(scenario)), path
        is_one = not isinstance(item.before, Mapping | bool) and not isinstance(item.after, Mapping)
        if is_one and item.after is not None and abs(float(item.after) - float(item.before)) > 1e-3:
            assert not has_plan(scenario, (path, nearly(item))), path
