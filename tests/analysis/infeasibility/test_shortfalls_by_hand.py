"""The sum behind a contradiction of each kind of limit: what is asked for, and what there is."""

from __future__ import annotations

from typing import Any

import pytest

from budgetopt.analysis import conflicts
from budgetopt.analysis.infeasibility.shortfall import lacks_money, shortfall_of
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of

Sum = tuple[str, str, bool, tuple[str, ...], tuple[str, ...], float, float]


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def floor(amount: Any, **more: Any) -> dict[str, Any]:
    return rated(spending={"at_least": amount}, **more)


def fund(**more: Any) -> dict[str, Any]:
    return {"general": {"revenue": 100, "carryover": False, **more}}


CASES: dict[str, tuple[dict[str, Any], Sum | None]] = {
    "structural balance": (
        document_of({"a": floor(120)}, funds=fund(one_time=50, structural_balance=True)),
        ("structural balance", "", False, (), ("FY1", "FY1"), 120, 100),
    ),
    "a reserve": (
        document_of({"a": floor(90)}, funds=fund(reserve=20)),
        ("", "", False, ("general",), ("FY1", "FY1"), 110, 100),
    ),
    "money in parts of a cent": (
        document_of({"a": floor(120.123456)}),
        ("", "", False, ("general",), ("FY1", "FY1"), 120.12, 100),
    ),
    "a fund of parts of a cent": (
        document_of({"a": floor(120)}, funds=fund(revenue=100.123456)),
        ("", "", False, ("general",), ("FY1", "FY1"), 120, 100.12),
    ),
    # 20 of the other fund's 50 come on top of 100; of what has no limit all 50
    "what another fund may give": (
        document_of(
            {"a": floor(150, funds=["general"])},
            funds={**fund(), "other": {"revenue": 50, "transfers_to": {"general": {"at_most": 20}}}},
        ),
        ("", "", False, ("general",), ("FY1", "FY1"), 150, 120),
    ),
    "what two funds have": (
        document_of(
            {"a": floor(180, funds=["general"])},
            funds={**fund(), "other": {"revenue": 50, "transfers_to": {"general": {"at_most": 60}}}},
        ),
        ("", "", False, ("general", "other"), ("FY1", "FY1"), 180, 150),
    ),
    "what a fund may pay": (
        document_of({"a": floor(90)}, funds=fund(spending={"at_most": 60})),
        ("fund spending", "", False, (), ("FY1", "FY1"), 90, 60),
    ),
    "a resource": (
        document_of({"a": floor(50, uses={"staff": {"per": 10}})}, resources={"staff": {"capacity": 3}}),
        ("resource", "", False, (), ("FY1", "FY1"), 5, 3),
    ),
    "a resource in parts of a unit": (
        document_of({"a": floor(50, uses={"staff": {"per": 7}})}, resources={"staff": {"capacity": 3}}),
        ("resource", "", False, (), ("FY1", "FY1"), 7.142857, 3),
    ),
    "parts of a cent": (
        document_of({"a": floor(50.123456)}, funds=fund(spending={"at_most": 20})),
        ("fund spending", "", False, (), ("FY1", "FY1"), 50.12, 20),
    ),
    "a group": (
        document_of(
            {"a": rated(department="X", spending={"at_most": 20}), "b": rated(department="Y")},
            rules=[{"name": "g", "sum": "spending", "by": "department", "each_at_least": 30}],
        ),
        ("rule", "X", True, (), ("FY1", "FY1"), 30, 20),
    ),
    "a share of the baseline": (
        document_of(
            {"a": floor(50, baseline=40)},
            rules=[{"name": "s", "sum": "spending", "where": {"program": "a"}, "at_most": "50%", "of": "baseline"}],
        ),
        ("rule", "", False, (), ("FY1", "FY1"), 50, 20),
    ),
    "a later year": (
        document_of({"a": floor({"FY2": 130})}, periods=LATER, revenue={"FY1": 10, "FY2": 100, "FY3": 500}),
        ("", "", False, ("general",), ("FY2", "FY2"), 130, 100),
    ),
    "a target of a later year": (
        document_of(
            {"a": rated(spending={"at_most": 30})},
            periods=LATER,
            outcomes={"good": {"weight": 1, "target": {"at_least": {"FY1": 20, "FY2": 25, "FY3": 50}}}},
        ),
        ("target", "", True, (), ("FY3", "FY3"), 50, 30),
    ),
    "all years together": (
        document_of(
            {"a": rated(spending={"at_most": 30})},
            periods=LATER,
            rules=[{"name": "t", "sum": "spending", "at_least": 100, "each": "total"}],
        ),
        ("rule", "", True, (), (), 100, 90),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sum_behind_a_contradiction(name: str) -> None:
    document, expected = CASES[name]
    scenario = Scenario.from_document(document)
    (conflict,) = conflicts(scenario)
    found = shortfall_of(scenario, conflict)
    assert (
        found
        and (
            found.limit.kind if found.limit else "", found.part, found.is_floor, found.funds, found.periods,
            found.asked, found.available,
        )
    ) == expected  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lacks"),
    [("a reserve", True), ("money in parts of a cent", True), ("a resource", False), ("what a fund may pay", False)],
)
def test_whether_more_money_would_do(name: str, lacks: bool) -> None:
    scenario = Scenario.from_document(CASES[name][0])
    (conflict, *_) = conflicts(scenario)
    assert lacks_money(scenario, conflict) is lacks
