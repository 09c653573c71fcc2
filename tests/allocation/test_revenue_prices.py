"""What a dollar of recurring revenue adds to the best value, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.allocation.revenue_prices import revenue_prices, with_revenue
from budgetopt.formulation import formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import solve_linear_program
from language.small import LATER, document_of

TWO = LATER[:2]


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def prices(document: dict[str, Any]) -> list[list[float]]:
    scenario = Scenario.from_document(document)
    problem = formulate(scenario).linear_program
    solution = solve_linear_program(problem).solution
    assert solution.row_dual is not None
    assert solution.reduced_cost is not None
    found: list[list[float]] = revenue_prices(scenario, problem, solution.row_dual, solution.reduced_cost).tolist()
    return found


def rule(**words: Any) -> list[dict[str, Any]]:
    return [{"name": "k", "sum": "spending", "where": {"program": "a"}, **words}]


def fund(revenue: Any, **more: Any) -> dict[str, Any]:
    return {"general": {"revenue": revenue, "carryover": False, **more}}


PROGRAMS = {"a": rated(3), "b": rated(1)}
KEPT = {"reserve": {"at_least": "20%", "of": "revenue"}}
CASES: dict[str, tuple[dict[str, Any], list[list[float]]]] = {
    "all money goes to the best": (document_of(PROGRAMS), [[3]]),
    "a reserve keeps a fifth of it": (document_of(PROGRAMS, funds=fund(100, **KEPT)), [[2.4]]),
    # 40 cents of a dollar go to a, and the rest to b
    "a rule is a share of revenue": (document_of(PROGRAMS, rules=rule(at_most="40%", of="revenue")), [[1.8]]),
    "a rule is an amount": (document_of(PROGRAMS, rules=rule(at_most=40)), [[1]]),
    "two years": (
        document_of(PROGRAMS, {"FY1": 50, "FY2": 80}, TWO,
                    rules=rule(at_most={"FY1": "80%", "FY2": "25%"}, of="revenue")),
        [[2.6, 1.5]],
    ),
    # what the second fund pays for counts for a share of all revenue
    "two funds": (
        document_of(
            {"a": rated(3, funds=["general"]), "b": rated(1, funds=["general"]), "c": rated(0.5, funds=["other"])},
            funds={"other": {"revenue": 40, "carryover": False}},
            rules=rule(at_most="40%", of="revenue"),
        ),
        [[1.8], [1.3]],
    ),
    # without revenue there is no reserve of it, and its first dollar counts as money
    "a year without revenue": (
        document_of(PROGRAMS, periods=TWO, funds=fund({"FY1": 100, "FY2": 0}, one_time={"FY2": 10}, **KEPT)),
        [[2.4, 3]],
    ),
    "money that carries over": (
        document_of({"a": rated(3, spending={"at_most": {"FY1": 60}}), "b": rated(1)}, 50, TWO,
                    funds={"general": {"carryover": True}}),
        [[3, 3]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_dollar_of_revenue(name: str) -> None:
    document, expected = CASES[name]
    found = prices(document)
    assert [[round(price, 6) for price in row] for row in found] == expected


def test_without_duals_there_are_no_prices() -> None:
    scenario = Scenario.from_document(document_of(PROGRAMS, periods=TWO))
    problem = formulate(scenario).linear_program
    dual = np.zeros(problem.rows)
    dual[-1] = np.nan
    found = revenue_prices(scenario, problem, dual, np.zeros(problem.columns))
    assert found.shape == (1, 2)
    assert np.isnan(found).all()


def test_revenue_is_raised_in_each_fund_and_period() -> None:
    other = {"other": {"revenue": 100, "growth": "10%", "carryover": False}}
    scenario = Scenario.from_document(document_of(PROGRAMS, 50, TWO, funds=other))
    raised = with_revenue(scenario, np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert raised.revenue("general").tolist() == [51, 52]
    assert raised.revenue("other").tolist() == pytest.approx([103, 114])
    assert scenario.revenue("other").tolist() == pytest.approx([100, 110])
