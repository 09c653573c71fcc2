"""The least recurring revenue that is enough where one-time money is not, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest

from budgetopt.analysis import repairs
from budgetopt.analysis.infeasibility.recurring_revenue import _is_alike, more_recurring_revenue
from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of
from linear_programs import linear_program


def floor(amount: Any, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_least": amount}, **more}


def found_for(
    document: dict[str, Any], kind: str = "money", name: str = "general"
) -> list[tuple[float, str, Any, Any]]:
    scenario = Scenario.from_document(document)
    limit = next(one for one in scenario.limits.shared if (one.kind, one.name) == (kind, name))
    repairs = list(more_recurring_revenue(scenario, limit))
    assert all(repair.measure == "dollars" for repair in repairs)
    return [(round(one.cost, 6), item.path, item.before, item.after) for one in repairs for item in one.amendments]


def test_each_year_gets_what_it_lacks() -> None:
    revenue = {"FY1": 10, "FY2": 20, "FY3": 5}
    funds = {"general": {"revenue": revenue, "one_time": 90, "structural_balance": True}}
    document = document_of({"a": floor({"FY1": 15.5, "FY2": 18, "FY3": 5.25})}, periods=LATER, funds=funds)
    # to the cent, and with more digits below ten
    assert found_for(document) == [
        (5.75, "funds[general].revenue", revenue, {"FY1": 15.5, "FY2": 20.0, "FY3": 5.25}),
    ]


def test_a_reserve_that_is_a_share_of_revenue_rises_with_it() -> None:
    reserve = {"at_least": "20%", "of": "revenue"}
    funds = {"general": {"revenue": 100, "reserve": reserve, "structural_balance": True}}
    document = document_of({"a": floor(110)}, funds=funds)
    # of each dollar 80 cents are left for the program
    assert found_for(document) == [(37.5, "funds[general].revenue", 100, {"FY1": 137.5})]


def test_only_the_money_of_the_fund_itself_is_raised() -> None:
    funds = {
        "general": {"revenue": 10, "structural_balance": True, "one_time": 50},
        "other": {"revenue": 7, "structural_balance": True, "one_time": 50},
    }
    document = document_of({"a": floor(15, funds=["general"]), "b": floor(9, funds=["other"])}, funds=funds)
    # neither fund is enough alone
    assert found_for(document) == found_for(document, name="other") == []
    alone = document_of({"a": floor(15, funds=["general"]), "b": floor(6, funds=["other"])}, funds=funds)
    assert found_for(alone) == [(5, "funds[general].revenue", 10, {"FY1": 15})]
    assert found_for(alone, name="other") == []


def test_a_limit_that_is_no_revenue_has_none() -> None:
    funds = {"general": {"revenue": 10, "structural_balance": True}}
    rule = {"name": "most", "sum": "spending", "at_most": 12}
    document = document_of({"a": floor(15)}, funds=funds, rules=[rule])
    assert found_for(document, "rule", "most") == []


@pytest.mark.parametrize(
    ("measure", "weights", "cost"),
    [
        ("dollars", {}, 5),
        # as a share of the recurring revenue
        ("change", {"general": 3}, 15 / 10),
    ],
)
def test_what_more_revenue_costs_by_each_measure(
    measure: Literal["dollars", "change"], weights: dict[str, float], cost: float
) -> None:
    funds = {"general": {"revenue": 10, "one_time": 50, "structural_balance": True}}
    scenario = Scenario.from_document(document_of({"a": floor(15)}, funds=funds))
    found = repairs(scenario, measure=measure, weights=weights)
    (repair,) = [one for one in found if one.amendments[0].path == "funds[general].revenue"]
    assert (repair.cost, repair.measure) == (pytest.approx(cost), measure)
    assert [item.after for item in repair.amendments] == [{"FY1": 15}]


BASE = linear_program([[1, 2, 0], [0, 3, 4]], 0, 9, maximize=[1, 1, 1])


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (BASE, True),
        (replace(BASE, row_upper=np.array([7.0, 8])), True),
        (linear_program([[5, 6, 0], [0, 7, 8]], 0, 9, maximize=[1, 1, 1]), True),
        (linear_program([[1, 2, 0], [0, 3, 4], [0, 0, 1]], 0, 9, maximize=[1, 1, 1]), False),
        (linear_program([[1, 2, 0, 0], [0, 3, 4, 0]], 0, 9, maximize=[1, 1, 1, 1]), False),
        (replace(BASE, integer=np.array([True, False, False])), False),
        # as many entries in each column, but in other rows; as many in each row, but in other columns
        (linear_program([[0, 2, 0], [1, 3, 4]], 0, 9, maximize=[1, 1, 1]), False),
        (linear_program([[1, 0, 2], [0, 3, 4]], 0, 9, maximize=[1, 1, 1]), False),
    ],
)
def test_problems_with_entries_in_the_same_places(other: LinearProgram, alike: bool) -> None:
    assert _is_alike(BASE, other) is alike
