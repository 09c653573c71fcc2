"""What the next unit of each program adds, and what money, staff and rules charge for it, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.allocation.margins import margins_of, money_buys_more
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

NONE = math.nan
Figures = dict[str, list[float]]


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def curved(*points: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"curve": [[0, 0], *map(list, points)]}}, **more}


def packaged(*packages: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"good": worth}} for cost, worth in packages], **more}


def served(unit_cost: float, rate: float, **uses: float) -> dict[str, Any]:
    return {
        "service": {"unit": "cases", "unit_cost": unit_cost},
        "uses": {name: {"per_unit": use} for name, use in uses.items()},
        "outcomes": {"good": {"per_unit": rate}},
    }


def ruled(program: str, **number: Any) -> list[dict[str, Any]]:
    return [{"name": "k", "sum": "spending", "where": {"program": program}, **number}]


def asked(points: list[list[float]], target: dict[str, Any], rules: list[Any] | None = None) -> dict[str, Any]:
    """Return a program that brings an outcome without a weight, and one that brings what counts."""
    programs = {"r": {"outcomes": {"other": {"curve": points}}}, "p": rated(1)}
    document = document_of(programs, 20, rules=rules or [])
    document["outcomes"]["other"] = target
    return document


BOTH = {"funds": ["general", "x"]}
OTHER_FUND = {"funds": {"x": {"revenue": 30}}}
STAFF = {"a": served(1, 4, nurses=1, doctors=1), "b": served(1, 3, nurses=1), "c": served(1, 2, doctors=2)}
BEND = [[0, 0], [10, 5], [20, 6]]
WEIGHTLESS = {"weight": 0}

CASES: dict[str, tuple[dict[str, Any], Figures, tuple[Any, ...]]] = {
    "a ceiling": (
        document_of({"a": rated(3, spending={"at_most": 60}), "b": rated(1), "c": rated(0.5)}),
        {"worth": [NONE, 1, 0.5], "money": [1, 1, 1], "other": [0, 0, 0], "scarcest": [-1, -1, -1]}, (),
    ),
    "a rule that asks for more": (
        document_of({"a": rated(3), "b": rated(1)}, rules=ruled("b", at_least=30)),
        {"worth": [3, 1], "money": [3, 3], "resource": [0, 0], "other": [0, -2]}, (),
    ),
    "a rule that allows no more": (
        document_of({"a": rated(3), "b": rated(1)}, rules=ruled("a", at_most=30)),
        {"worth": [3, 1], "money": [1, 1], "resource": [0, 0], "other": [2, 0]}, (),
    ),
    # a dollar is worth 0.1, a nurse 2.9, and a doctor 1 beyond that; at c a doctor brings 0.95
    "staff of two kinds": (
        {**document_of({**STAFF, "d": rated(0.1)}, 1000),
         "resources": {"nurses": {"capacity": 10}, "doctors": {"capacity": 7}}},
        {
            "worth": [4, 3, 2, 0.1], "money": [0.1, 0.1, 0.1, 0.1], "resource": [3.9, 2.9, 2, 0], "other": [0] * 4,
            "scarcest": [0, 0, 1, -1], "here": [3.9, 2.9, 0.95, NONE], "there": [2.9, 2.9, 3.9, NONE],
        },
        (),
    ),
    # 3 dollars more buy 1 more: a dollar is worth a third, and a nurse 2 2/3
    "money and staff": (
        {**document_of({"a": served(1, 3, nurses=1), "b": served(4, 4, nurses=1), "c": served(4, 0.5, nurses=1)}, 40),
         "resources": {"nurses": {"capacity": 20}}},
        {
            "worth": [3, 4, 0.5], "money": [1 / 3, 4 / 3, 4 / 3], "resource": [8 / 3] * 3,
            "scarcest": [0, 0, 0], "here": [8 / 3, 8 / 3, 0.5 - 4 / 3], "there": [8 / 3] * 3,
        },
        (),
    ),
    "staff of each year": (
        document_of(
            {"a": served(1, 4, nurses=1), "b": served(1, 3, nurses=2)}, 1000, LATER[:2],
            resources={"nurses": {"capacity": {"FY1": 10, "FY2": 6}}},
        ),
        {"money": [0, 0], "resource": [4, 8], "here": [4, 1.5], "there": [4, 4]}, (),
    ),
    # FY1's 20 dollars are all of the first piece, whose end the second starts at
    "the first year in which there is more to get": (
        document_of({"a": curved((20, 60), (50, 80)), "b": rated(0.5)}, {"FY1": 20, "FY2": 50}, LATER[:2]),
        {"worth": [2 / 3, 0.5]}, (),
    ),
    "two funds": (
        document_of({"a": curved((60, 180), (90, 210), **BOTH), "b": rated(2), "c": rated(0.5, funds=["x"])},
                    **OTHER_FUND),
        {"worth": [1, 2, 0.5], "money": [2, 2, 2], "other": [0, 0, 0]}, (),
    ),
    # of the two dollars that the next one brings one is the money's, and one the rule's
    "two funds and a rule": (
        document_of({"a": curved((60, 180), (90, 240), **BOTH), "b": rated(1, **BOTH)}, rules=ruled("a", at_most=70),
                    **OTHER_FUND),
        {"worth": [2, 1], "money": [1, 1], "other": [1, 0]}, (),
    ),
    "two funds and a rule that asks for more": (
        document_of({"a": curved((60, 60), (90, 70), **BOTH), "b": rated(2, **BOTH)}, rules=ruled("a", at_least=40),
                    **OTHER_FUND),
        {"worth": [1, 2], "money": [2, 2], "other": [-1, 0]}, (),
    ),
    # a dollar of the general fund costs 1, and the rule 1 more; one of the other fund costs 2, and no rule charges it
    "two funds and a rule on one of them": (
        document_of({"a": curved((60, 180), (90, 240), **BOTH), "b": rated(1, funds=["general"]),
                     "c": rated(1.5, funds=["x"])},
                    rules=ruled("a", at_most=50, funds=["general"]), **OTHER_FUND),
        {"worth": [2, 1, 1.5], "money": [2, 1, 2], "other": [0, 0, 0]}, (),
    ),
    # no dollar of the other fund comes to a: what brings 3 costs 1, and the rule 2 more
    "two funds and a rule on the cheaper one": (
        document_of({"a": curved((60, 180), (90, 240), **BOTH), "b": rated(1, funds=["general"]),
                     "c": rated(3.5, funds=["x"])},
                    rules=ruled("a", at_most=50, funds=["general"]), **OTHER_FUND),
        {"worth": [3, 1, 3.5], "money": [1, 1, 3.5], "other": [2, 0, 0]}, (),
    ),
    # rows that keep no limit are none of a resource
    "two funds and staff that is not scarce": (
        document_of({"a": curved((60, 180), (90, 210), **BOTH), "b": rated(2), "c": rated(0.5, funds=["x"])},
                    **OTHER_FUND, resources={"nurses": {"capacity": 5}, "doctors": {"capacity": 7}}),
        {"worth": [1, 2, 0.5], "money": [2, 2, 2], "resource": [0] * 3, "other": [0] * 3, "scarcest": [-1] * 3}, (),
    ),
    # the rule takes back all that the money costs
    "two funds and a rule on what brings nothing": (
        document_of({"a": curved((60, 0), (90, 10), **BOTH), "b": rated(2, **BOTH)}, rules=ruled("a", at_least=40),
                    **OTHER_FUND),
        {"worth": [0, 2], "money": [2, 2], "other": [-2, 0]}, (),
    ),
    "a target": (
        asked(BEND, {"weight": 0, "target": {"at_least": 5.5}}),
        {"worth": [0, 1], "money": [1, 1], "other": [-1, 0]}, ((0, "target", "other"),),
    ),
    "a target, on the first piece": (
        asked(BEND, {"weight": 0, "target": {"at_least": 2}}),
        {"worth": [0, 1], "other": [-1, 0]}, ((0, "target", "other"),),
    ),
    "a rule on an outcome": (
        asked(BEND, WEIGHTLESS, [{"name": "k", "sum": "outcome other", "at_least": 2}]),
        {"worth": [0, 1], "other": [-1, 0]}, ((0, "rule", "k"),),
    ),
    # of two limits the one that asks for more
    "a rule beside a target": (
        asked(BEND, {"weight": 0, "target": {"at_least": 2}}, ruled("r", at_least=5)),
        {"worth": [0, 1], "other": [-1, 0]}, ((0, "rule", "k"),),
    ),
    "a rule that a program would follow anyway": (
        document_of({"a": curved((90, 270)), "b": curved((90, 90))}, rules=ruled("b", at_least=30)),
        {"worth": [3, 1], "other": [0, -2]}, (),
    ),
    # a dollar for a saves half of one that the target asks for, 2 units a dollar
    "the least spending": (
        document_of({"a": rated(2), "b": rated(1)}, outcomes={"good": {"weight": 1, "target": {"at_least": 50}}},
                    objective={"minimize": "spending"}),
        {"worth": [-1, -1], "money": [0, 0], "other": [-1, -0.5]}, ((0, "target", "good"),),
    ),
    "packages": (
        document_of({"a": packaged((60, 300)), "b": rated(2)}), {"worth": [NONE, 2], "money": [2, 2]}, (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_margins(name: str) -> None:
    document, expected, limits = CASES[name]
    margins = margins_of(bo.solve(Scenario.from_document(document)))
    assert margins is not None
    for field, figures in expected.items():
        assert getattr(margins, field).tolist() == pytest.approx(figures, rel=1e-6, abs=1e-9, nan_ok=True), field
    assert margins.asked == tuple((*limit, False) for limit in limits)


@pytest.mark.parametrize(
    ("programs", "expected"),
    [
        # a dollar is worth 2: 20 dollars bring 40 elsewhere
        ({"b": rated(2), "c": packaged((20, 30)), "d": packaged((20, 50))}, [False, True, False]),
        ({"b": rated(2), "c": packaged((20, 40))}, [False, True]),
        # a dollar is worth a half
        ({"b": rated(0.5), "c": packaged((1, 0.4)), "d": packaged((1, 0.6))}, [False, True, False]),
        # one of two is worth its money
        ({"b": rated(2), "c": packaged((50, 60), (20, 70), choose="any")}, [False, False]),
        ({"b": rated(2), "c": packaged((50, 60), (20, 30), choose="any")}, [False, True]),
        # there is money enough
        ({"b": rated(2, spending={"at_most": 5}), "c": packaged((20, 0))}, [False, False]),
        ({"b": rated(2)}, [False]),
    ],
)
def test_where_money_buys_more_than_any_package(programs: dict[str, Any], expected: list[bool]) -> None:
    assert money_buys_more(bo.solve(Scenario.from_document(document_of(programs)))).tolist() == expected
