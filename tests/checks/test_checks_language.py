"""Contradictions that can be seen without solving, over the whole language: only what no plan can meet is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from budgetopt.checks import notes
from budgetopt.errors import ScenarioError
from budgetopt.scenario import Scenario
from language.strategies import Told, told

WORDS = {
    # what is refused because its own words make no sense, though a plan may pass them by
    "unknown-value",
    "units",
    "floor-above-ceiling",
    "doors-above-ceiling",
    "no-coverage",
    "one-period",
    "twice",
    "nothing-to-maximize",
    # kept only by a plan that spends nothing
    "shares-above-one",
    "share-above-one",
    "shares-below-one",
}


def codes(document: dict[str, Any]) -> list[str]:
    try:
        Scenario.from_document(document)
    except ScenarioError as error:
        return [problem.code for problem in error.problems]
    return []


@settings(max_examples=60)
@given(told())
def test_no_scenario_that_has_a_plan_is_told_to_contradict_itself(case: Told) -> None:
    assert set(codes(case.document)) <= WORDS


def village(**more: Any) -> dict[str, Any]:
    """Return a small scenario; what is given is laid over it, section by section."""
    document: dict[str, Any] = {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": 10}, "grant": {"kind": "grant", "revenue": 4}},
        "resources": {"nurses": {"capacity": 8}},
        "outcomes": {"helped": {"weight": 2}},
        "programs": {
            "clinic": {
                "baseline": 6,
                "uses": {"nurses": {"per_dollar": 1}},
                "outcomes": {"helped": {"unit_cost": 2, "up_to": 3, "evidence": "rct"}},
            },
            "pool": {"baseline": 3, "outcomes": {"helped": {"per_dollar": 0.25, "evidence": "rct"}}},
        },
    }
    for section, said in more.items():
        if isinstance(said, dict):
            for name, words in said.items():
                document[section].setdefault(name, {}).update(words)
        else:
            document[section] = said
    return document


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


def share_of(program: str, most: str) -> dict[str, Any]:
    return {"name": program, "sum": "spending", "where": {"program": program}, "at_most": most, "of": "total spending"}


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
    # each: what can just be met, a little more, and how that is told
    (
        {"programs": {"clinic": {"spending": {"at_least": 8}}}},
        {"programs": {"clinic": {"spending": {"at_least": 8.1}}}},
        "above-the-capacity",
    ),
    (target(3), target(3.1), "target-out-of-reach"),
    (
        grant(4, 4, match={"from": "general", "rate": 1}),
        grant(3.9, 4, match={"from": "general", "rate": 1}),
        "match-above-the-money",
    ),
    (grant(10, 4), grant(10, 4.1), "above-the-money"),
    (effort(10), effort(10.1), "effort-above-the-money"),
    (
        {"programs": FLOORS, "rules": [rule(count="funded", equals=2)]},
        {"programs": FLOORS, "rules": [rule(count="funded", at_most=1)]},
        "rules-conflict",
    ),
    (
        {"programs": CLOSED, "rules": [rule(count="funded", at_least=1)]},
        {"programs": CLOSED, "rules": [rule(count="funded", at_least=2)]},
        "rules-conflict",
    ),
    (
        {"programs": FLOORS, "rules": [rule(together=BOTH)]},
        {"programs": FLOORS, "rules": [rule(excludes=BOTH)]},
        "rules-conflict",
    ),
    (
        {"programs": CLOSED, "rules": [rule(exactly_one=BOTH)]},
        {"programs": UNPAID, "rules": [rule(exactly_one=BOTH)]},
        "rules-conflict",
    ),
    # what rules ask of a grant is spent as surely as what the grant asks for itself
    (
        {**matched(4), "rules": [rule(sum="spending", funds=["grant"], at_least=4)]},
        {**matched(3.9), "rules": [rule(sum="spending", funds=["grant"], at_least=4)]},
        "match-above-the-money",
    ),
    (
        {**kept_up(10), "rules": [rule(sum="spending", funds=["grant"], at_least=1)]},
        {**kept_up(10.1), "rules": [rule(sum="spending", funds=["grant"], at_least=1)]},
        "effort-above-the-money",
    ),
    (
        {**matched(4), "rules": [rule(sum="spending", where=POOL, funds=["grant"], at_least=1)]},
        {**matched(4), "programs": ALONE, "rules": [rule(sum="spending", where=POOL, funds=["grant"], at_least=1)]},
        "no-match",
    ),
    # a rule that allows less than other rules and floors ask for together
    ({"rules": [cap(6), FLOOR_OF_CLINIC]}, {"rules": [cap(5.9), FLOOR_OF_CLINIC]}, "rule-below-floors"),
    (
        {"programs": {"pool": {"spending": {"at_least": 1}}}, "rules": [cap(7), FLOOR_OF_CLINIC]},
        {"programs": {"pool": {"spending": {"at_least": 1}}}, "rules": [cap(6.9), FLOOR_OF_CLINIC]},
        "rule-below-floors",
    ),
    ({"rules": [cap(4.5), STEADY]}, {"rules": [cap(4.4), STEADY]}, "rule-below-floors"),
    ({"rules": [cap(9), BY_BASELINE]}, {"rules": [cap(8.9), BY_BASELINE]}, "rule-below-floors"),
    (
        {"rules": [rule(sum="spending", each="total", at_most=12), FLOOR_OF_CLINIC]},
        {"rules": [rule(sum="spending", each="total", at_most=11.9), FLOOR_OF_CLINIC]},
        "rule-below-floors",
    ),
    # a floor for one program is none for what some fund alone may pay of it
    (
        {"rules": [cap(5, funds=["grant"]), FLOOR_OF_CLINIC]},
        {"rules": [cap(5.9), FLOOR_OF_CLINIC]},
        "rule-below-floors",
    ),
    # a rule on an outcome of all programs
    (
        {"programs": CLOSED, "rules": [rule(sum="outcome helped", at_least=3, periods=["t2"])]},
        {"programs": CLOSED, "rules": [rule(sum="outcome helped", at_least=3.1, periods=["t2"])]},
        "target-out-of-reach",
    ),
    # the most that each part may have of the whole leaves some of it to nobody
    (
        {"rules": [rule(sum="spending", by="program", each_at_most="50%", of="total spending")]},
        {"rules": [rule(sum="spending", by="program", each_at_most="49%", of="total spending")]},
        "shares-below-one",
    ),
    (
        {"rules": [share_of("clinic", "60%"), share_of("pool", "40%")]},
        {"rules": [share_of("clinic", "60%"), share_of("pool", "39%")]},
        "shares-below-one",
    ),
    (
        {"programs": {"spare": {"baseline": 1}}, "rules": [share_of("clinic", "60%"), share_of("pool", "30%")]},
        {"programs": {"pool": {"funds": []}}, "rules": [share_of("clinic", "60%")]},
        "shares-below-one",
    ),
    (stepwise(4, 6), stepwise(4.1, 5.9), "between-packages"),
    (stepwise(2, 2.5, choose="one"), stepwise(1.1, 1.9, choose="one"), "between-packages"),
    ({"rules": [NEEDS, rule(exactly_one=BOTH)]}, {"rules": [NEEDS, BACK, rule(exactly_one=BOTH)]}, "rules-conflict"),
]


@pytest.mark.parametrize(("just", "more", "code"), BEYOND, ids=str)
def test_what_can_just_be_met_is_no_error_and_more_is(just: dict[str, Any], more: dict[str, Any], code: str) -> None:
    assert codes(village(**just)) == []
    assert codes(village(**more)) == [code]
    if code not in ("between-packages",):
        assert len(Scenario.from_document(village(**more), check_sums=False).programs) == 2


def project(limits: dict[str, Any] | None = None, **words: Any) -> dict[str, Any]:
    package = {"cost": [1, 1], "outcomes": {"helped": {"value": 1, "evidence": "rct"}}, **words}
    return {"programs": {"bridge": {"packages": [package], **(limits or {})}}}


NOTES = [
    (project(), "some of its cost falls after the last period"),
    (project(opens_after=2), "opens after the last period wherever it starts"),
    (project({"spending": {"at_most": 2}}, cost=3), "below the cost of any package that it could begin with"),
    ({"funds": {"grant": {"ends": "t1"}}}, "fund 'grant' has revenue in t2, and may not pay then"),
    ({"rules": [NEEDS, BACK]}, "programs 'clinic', 'pool' need one another in a circle"),
    (
        {"programs": {"pool": {"inflation": "3%", "spending": {"at_most": 9}}}},
        "the costs of program 'pool' grow, and its limits stay the same dollars",
    ),
]


@pytest.mark.parametrize(("more", "note"), NOTES, ids=str)
def test_what_may_be_meant_otherwise_is_remarked_on(more: dict[str, Any], note: str) -> None:
    assert any(note in remark for remark in notes(Scenario.from_document(village(**more))))


def test_a_plain_village_gives_no_cause_for_remarks() -> None:
    assert notes(Scenario.from_document(village())) == []


def test_what_contradicts_is_named_with_its_figures() -> None:
    rules = [cap(6.5, where={"program": BOTH}), FLOOR_OF_CLINIC, STEADY]
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_document(village(rules=rules))
    (problem,) = caught.value.problems
    assert problem.message == (
        "rules.cap.at_most: rule 'cap' allows at most 6.50 in t1, and rule 'floor', rule 'steady' ask for 7.50 of it"
    )
