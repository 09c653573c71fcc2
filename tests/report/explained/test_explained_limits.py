"""Limits with slack: what is said of them is what solving without them shows."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.report.explained.explanation import explain
from language.small import document_of, solved
from measures import best_value

KEEPS = "The plan keeps it without being at its limit."
ANYWAY = "It does not bind: the plan would keep it anyway."


def packaged(cost: float, worth: float, safe: float = 0, nurses: float = 0, **more: Any) -> dict[str, Any]:
    found = {"cost": cost, "outcomes": {"good": worth, "safe": safe}, "uses": {"nurses": nurses}}
    return {"packages": [found], **more}


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def cased(revenue: float, rule: dict[str, Any] | None = None, **programs: Any) -> dict[str, Any]:
    rules = [] if rule is None else [{"name": "R", **rule}]
    return document_of(
        programs,
        revenue,
        rules=rules,
        resources={"nurses": {}},
        outcomes={"good": {"weight": 1}, "safe": {"weight": 0}},
    )


def dropped_rule(document: dict[str, Any]) -> None:
    document["rules"] = []


def dropped_capacity(document: dict[str, Any]) -> None:
    document["resources"]["nurses"] = {}


def dropped_target(document: dict[str, Any]) -> None:
    del document["outcomes"]["safe"]["target"]


TAGGED = {"sum": "spending", "where": {"tags": "t"}}
STAFF = cased(10, a=packaged(1, 10, nurses=3), b=packaged(1, 9, nurses=3))
STAFF["resources"] = {"nurses": {"capacity": 5}}
SAFE = cased(10, a=packaged(6, 10), b=packaged(6, 5, safe=8))
SAFE["outcomes"]["safe"]["target"] = {"at_least": 5}
COUNT = {"count": "funded", "where": {"program": ["a", "b"]}}
CASES: dict[str, tuple[dict[str, Any], str, Callable[[dict[str, Any]], None], str]] = {
    "a cap between packages": (
        cased(10, {**TAGGED, "at_most": 5}, a=packaged(3, 10, tags="t"), b=packaged(3, 9, tags="t"), c=packaged(3, 5)),
        "R", dropped_rule, KEEPS,
    ),
    "a capacity between packages": (STAFF, "nurses", dropped_capacity, KEEPS),
    "a target between packages": (SAFE, "safe", dropped_target, KEEPS),
    "a floor between minimum levels": (
        cased(10, {**TAGGED, "at_least": 3}, a=rated(1, tags="t", if_funded={"at_least": 6}),
              b=packaged(6, 11)),
        "R", dropped_rule, KEEPS,
    ),
    "a cap that stops nothing": (
        cased(10, {**TAGGED, "at_most": 5}, a=packaged(3, 10, tags="t"), b=packaged(12, 9, tags="t")),
        "R", dropped_rule, "It does not bind.",
    ),
    # of two plans that are as good the other would break it
    "a cap beside a tie": (
        cased(3, {**TAGGED, "at_most": 2}, a=packaged(3, 10, tags="t"), b=packaged(3, 10)),
        "R", dropped_rule, "It does not bind.",
    ),
    "a cap of amounts": (
        cased(10, {**TAGGED, "at_most": 5}, a=rated(2, tags="t", spending={"at_most": 3}), b=rated(1)),
        "R", dropped_rule, ANYWAY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_of_a_limit_with_slack_is_what_solving_without_it_shows(case: str) -> None:
    document, name, drop, first = CASES[case]
    plan = bo.solve(bo.Scenario.from_document(document))
    said = explain(plan, name).sentences
    assert said[0] == first
    assert not plan.rules[plan.rules["name"] == name]["binding"].any()
    free = copy.deepcopy(document)
    drop(free)
    value = best_value(free)
    assert value is not None
    gains = re.findall(r"Without it the best plan would add ([\d.]+) to the weighted outcomes", " ".join(said))
    assert [float(gain) for gain in gains] == pytest.approx([value - plan.objective_value] if first == KEEPS else [])
    assert ("Dropping it would gain nothing." in said) is (first == "It does not bind.")
    if first == ANYWAY:
        assert np.allclose(bo.solve(bo.Scenario.from_document(free)).spending, plan.spending)
    if first != KEEPS:
        assert value == pytest.approx(plan.objective_value)


def test_where_there_are_several_objectives_nothing_is_gained_in_the_first() -> None:
    document = cased(3, {**TAGGED, "at_most": 2}, a=packaged(3, 10, tags="t"), b=packaged(3, 10))
    objective = [{"maximize": "weighted outcomes"}, {"minimize": "spending"}]
    plan = bo.solve(bo.Scenario.from_document({**document, "objective": objective}))
    assert explain(plan, "R").sentences == (
        "It does not bind.",
        "Dropping it would gain nothing in the first objective.",
    )


def test_where_decisions_are_all_or_nothing_a_limit_may_hold_the_plan_back_that_is_not_reached() -> None:
    document, *_ = CASES["a cap between packages"]
    plan = bo.solve(bo.Scenario.from_document(document))
    assert explain(plan).sentences[-1] == (
        "With the all-or-nothing decisions as they are, no limit holds the plan back."
    )
    value = best_value({**document, "rules": []})
    assert value is not None
    assert value > plan.objective_value + 8
    # with the same packages, more of nothing would do more
    rule = {**document["rules"][0], "at_most": 6, "where": {"program": "a"}}
    same = {"name": "b is not taken", "count": "funded", "where": {"program": "b"}, "at_most": 0}
    solved(document["programs"], plan.objective_value, 20, rules=[rule, same], resources=document["resources"],
           outcomes=document["outcomes"])  # fmt: skip


def test_a_year_without_money_has_no_less_where_decisions_are_all_or_nothing() -> None:
    document = document_of(
        {"a": rated(2, spending={"at_most": 5}), "b": {"packages": [{"cost": 100, "outcomes": {"good": 60}}]}},
        periods=["y1", "y2"],
        funds={"general": {"revenue": {"y1": 10, "y2": 0}}},
    )
    plan = bo.solve(bo.Scenario.from_document(document))
    table = bo.prices(plan).set_index(["kind", "period"])
    assert math.isnan(table.loc[("money", "y2"), "tightening"])
    assert table.loc[("money", "y2"), "tightening_until"] == 0
    # 0.10 less of the first year's money is 0.20 less of the second year's good
    assert table.loc[("money", "y1"), "tightening"] == pytest.approx(2)
    said = explain(plan, "general").sentences
    assert "With $0.10 less in y1, 0.2 of the weighted outcomes would be lost." in said
    assert not any("less in y2" in one for one in said)


def test_a_package_that_later_objectives_alone_want_is_as_good_in_the_first() -> None:
    document = cased(6, a=rated(1, spending={"at_most": 2}), b=packaged(3, 0, 5))
    document["objective"] = [{"maximize": "good"}, {"maximize": "safe"}]
    plan = bo.solve(bo.Scenario.from_document(document))
    without = bo.solve(bo.Scenario.from_document(document).with_("programs.b.spending={at_most: 0}"))
    assert plan.outcomes["level"].tolist() == [2, 5]
    assert without.outcomes["level"].tolist() == [2, 0]
    assert "Without it the best plan would be as good in the first objective." in explain(plan, "b").sentences
