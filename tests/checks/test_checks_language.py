"""Checks without solving, over the whole language: only what is written wrong is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.measures import few

from budgetopt.checks import notes
from budgetopt.errors import ScenarioError
from budgetopt.scenario import Scenario
from language.strategies import Told, told
from small_scenarios import village

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
    "nothing-to-minimize",
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


@few(1, at_most=100)
@given(told())
def test_no_scenario_that_has_a_plan_is_told_to_contradict_itself(case: Told) -> None:
    assert set(codes(case.document)) <= WORDS


BOTH = ["clinic", "pool"]
NEEDS = {"name": "a", "requires": {"program": "clinic", "needs": "pool"}}
BACK = {"name": "b", "requires": {"program": "pool", "needs": "clinic"}}


def rule(**words: Any) -> dict[str, Any]:
    return {"name": "r", **words}


def share_of(program: str, most: str) -> dict[str, Any]:
    return {"name": program, "sum": "spending", "where": {"program": program}, "at_most": most, "of": "total spending"}


BEYOND = [
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
]


@pytest.mark.parametrize(("just", "more", "code"), BEYOND, ids=str)
def test_what_can_just_be_met_is_no_error_and_more_is(just: dict[str, Any], more: dict[str, Any], code: str) -> None:
    assert codes(village(**just)) == []
    assert codes(village(**more)) == [code]


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
        {"funds": {"grant": {"maintenance_of_effort": {"fund": "general", "at_least": 20.5}}}},
        "fund 'grant' can never be spent: it asks fund 'general' to keep up 20.50, and its programs can have",
    ),
    (
        {"funds": {"grant": {"match": {"from": "none", "rate": 1}}, "none": {"only": {"program": "clinic"}}}}
        | {"programs": {"pool": {"funds": ["grant"]}, "clinic": {"funds": ["general", "none"]}}},
        "fund 'grant' can pay for nothing: fund 'none', which is to pay its match, may pay for none of its programs",
    ),
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
