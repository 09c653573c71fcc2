"""Why each program has what it has, one program for each reason."""

from __future__ import annotations

from typing import Any

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario
from language.small import document_of

BEST, GOOD, POOR = 9, 5, 1


def one(rate: float = POOR, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def packages(*worth: float) -> dict[str, Any]:
    return {"packages": [{"cost": 1, "outcomes": {"good": value}} for value in worth]}


def reasons(document: dict[str, Any]) -> dict[str, str]:
    return dict(bo.solve(Scenario.from_document(document)).programs["reason"])


def test_each_reason() -> None:
    rules = [
        {"name": "Keep", "where": {"program": ["kept", "tied"]}, "change": {"decrease_at_most": "0%"}},
        {"name": "Hold", "where": {"program": ["held", "tied"]}, "change": {"increase_at_most": "0%"}},
        {"name": "Never", "where": {"program": "never"}, "change": {"increase_at_most": "0%"}},
    ]
    funds = {"empty": {"revenue": 0}, "fed": {"revenue": 0}, "shut": {"revenue": 10, "only": {"program": "never"}},
             "general": {"revenue": 100, "transfers_to": {"fed": {"at_most": 5}}}}  # fmt: skip
    programs = {
        "ceiling": one(BEST, spending={"at_most": 20}, funds=["general"]),
        "floor": one(spending={"at_least": 5}, funds=["general"]),
        "fixed": one(spending={"at_least": 4, "at_most": 4}, funds=["general"]),
        "held": one(BEST, baseline=3, funds=["general"]),
        "kept": one(baseline=2, funds=["general"]),
        "tied": one(BEST, baseline=6, funds=["general"]),
        "never": one(BEST, baseline=7, funds=["shut"]),
        "margin": one(GOOD, funds=["general"]),
        "unfunded": one(funds=["general"]),
        "moneyless": one(BEST, funds=["empty"]),
        # the fund has nothing, and may get something
        "transferred": one(funds=["fed"]),
    }
    assert reasons(document_of(programs, funds=funds, rules=rules)) == {
        "ceiling": "at its ceiling",
        "floor": "held up by its floor",
        "fixed": "fixed: its floor is its ceiling",
        "held": "held down by the rule “Hold”",
        "kept": "held up by the rule “Keep”",
        "tied": "fixed by the rule “Keep”",
        "never": "held down by the rule “Never”",
        "margin": "stands at the margin: its next dollar buys no more than elsewhere",
        "unfunded": "unfunded: the money buys more elsewhere",
        "moneyless": "unfunded: no fund that may pay for it has money",
        "transferred": "unfunded: the money buys more elsewhere",
    }


def test_a_program_that_no_fund_may_pay_for() -> None:
    programs = {"a": one(), "b": one(BEST)}
    document = document_of(programs, funds={"general": {"revenue": 10, "only": {"program": "a"}}})
    assert reasons(document) == {
        "a": "stands at the margin: its next dollar buys no more than elsewhere",
        "b": "unfunded: no fund may pay for it",
    }


def test_packages_are_counted_over_all_periods() -> None:
    programs = {
        "only": packages(50),
        "all": packages(50, 40, 30),
        "some": packages(50, 40, 0.1),
        "none": packages(0.1, 0.1),
        "plain": one(POOR),
    }
    # six packages and 3 dollars of the plain program in the first year, and five packages in the second
    document = document_of(programs, revenue={"FY1": 9, "FY2": 5}, periods=("FY1", "FY2"))
    assert reasons(document) == {
        "only": "has its only package",
        "all": "has all of its 3 packages",
        "some": "takes 2 of its 3 packages: no other choice of them is worth more",
        "none": "unfunded: the money buys more elsewhere",
        "plain": "unfunded: the money buys more elsewhere",
    }


def test_what_holds_in_the_first_period_is_told() -> None:
    spending = {"at_least": {"FY2": 5}, "at_most": {"FY1": 8}}
    programs = {
        "a": one(spending={"at_least": {"FY2": 5}}),
        "b": one(BEST),
        "c": one(GOOD, spending={"at_most": {"FY2": 3}}),
    }
    found = reasons(document_of({**programs, "d": one(20, spending=spending)}, revenue=50, periods=("FY1", "FY2")))
    assert found["a"] == "held up by its floor"
    assert found["d"] == "at its ceiling"
    # nothing in both years
    assert found["c"] == "unfunded: the money buys more elsewhere"
