"""What last and next dollars buy and what rules add to their price, worked out by hand for every kind of program."""

from __future__ import annotations

import math
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import WhatIf, marginal_returns
from budgetopt.analysis.sensitivity.margin_table import charges_by_rule, duals_of

NONE = math.nan


def scenario_of(programs: dict[str, Any], **parts: Any) -> bo.Scenario:
    return bo.Scenario.from_document(
        {"funds": {"general": {"revenue": 100}}, "outcomes": {"saved": {"weight": 2}}, "programs": programs, **parts}
    )


def per_dollar(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"saved": {"per_dollar": rate}}, **more}


REST = per_dollar(0.8)
"""Takes what is left: a dollar is worth 1.6."""


@pytest.mark.parametrize(
    ("program", "spending", "last", "following"),
    [
        # inside of a segment, at a point between two, at the end and at the start
        ({"outcomes": {"saved": {"curve": [[0, 0], [40, 80], [80, 120]]}}, "spending": {"at_most": 30}}, 30, 4, NONE),
        ({"outcomes": {"saved": {"curve": [[0, 0], [40, 80], [80, 110]]}}}, 40, 4, 1.5),
        ({"outcomes": {"saved": {"curve": [[0, 0], [40, 80], [80, 120]]}}}, 80, 2, 0),
        ({"outcomes": {"saved": {"curve": [[0, 0], [40, 20], [80, 30]]}}}, 0, NONE, 1),
        ({"outcomes": {"saved": {"curve": [[0, 0], [40, 20], [80, 30]]}}, "spending": {"at_least": 60}}, 60, 0.5, 0.5),
        # a service by its units, and beyond its fixed cost
        (
            {"service": {"unit": "rides", "unit_cost": 4, "up_to": 10}, "outcomes": {"saved": {"per_unit": 12}}},
            40, 6, NONE,
        ),
        (
            {"if_funded": {"fixed_cost": 10}, "outcomes": {"saved": {"curve": [[0, 0], [30, 90], [60, 100]]}}},
            40, 6, 2 / 3,
        ),
        ({"outcomes": {"saved": {"unit_cost": 0.25, "up_to": 80}}}, 20, 8, 0),
        (per_dollar(3, spending={"at_most": 25}), 25, 6, NONE),
        (per_dollar(0.5), 0, NONE, 1),
        (per_dollar(0.5, spending={"at_least": 5}), 5, 1, 1),
    ],
)  # fmt: skip
def test_the_last_and_the_next_dollar(program: dict[str, Any], spending: float, last: float, following: float) -> None:
    table = marginal_returns(bo.solve(scenario_of({"rest": REST, "p": program}))).set_index("program")
    assert table.loc["p", ["spending", "last_dollar", "next_dollar"]].tolist() == pytest.approx(
        [spending, last, following], nan_ok=True
    )
    assert table.loc["rest", ["last_dollar", "next_dollar", "price"]].tolist() == pytest.approx([1.6, 1.6, 1.6])


def test_dollars_of_each_period_and_of_the_fund_that_pays_most_cheaply() -> None:
    scenario = bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2"],
            "funds": {
                "general": {"revenue": {"FY1": 100, "FY2": 50}, "carryover": False},
                "grant": {"revenue": {"FY1": 10, "FY2": 10}, "only": {"program": ["a", "b"]}, "carryover": False},
            },
            "outcomes": {"saved": {"weight": 2}},
            "programs": {
                # all of FY2's money goes to a
                "a": {"funds": ["general", "grant"], "spending": {"at_most": {"FY1": 30}}, **per_dollar(3)},
                "b": {"funds": ["grant"], **per_dollar(0.25)},
                "c": {"funds": ["general"], **per_dollar(1)},
            },
        }
    )
    table = marginal_returns(bo.solve(scenario)).set_index(["program", "period"])
    assert table.index.tolist() == [(name, period) for name in "abc" for period in ("FY1", "FY2")]
    assert table["spending"].groupby("program").sum().tolist() == [90, 0, 80]
    assert table["last_dollar"].tolist() == pytest.approx([6, 6, NONE, NONE, 2, NONE], nan_ok=True)
    assert table["next_dollar"].tolist() == pytest.approx([NONE, 6, 0.5, 0.5, 2, 2], nan_ok=True)
    # in FY1 a dollar of either fund frees one of the general fund, worth 2; in FY2 one for a, worth 6
    assert table["price"].tolist() == pytest.approx([2, 6, 2, 6, 2, 6])
    assert table["charges"].tolist() == pytest.approx([0] * 6)
    # a's effect may fall to a third in FY1; b's must be four times as large
    assert table["effect_until_less"].tolist() == pytest.approx([1 / 3, 1, NONE, NONE, 1, NONE], nan_ok=True)
    assert table["effect_until_more"].tolist() == pytest.approx([NONE, 1, 4, 12, 1, 3], nan_ok=True)


def charges(scenario: bo.Scenario, program: str) -> dict[tuple[str, str], float]:
    question = WhatIf(scenario, plan=bo.solve(scenario))
    duals = duals_of(question)
    assert duals is not None
    return charges_by_rule(question, duals)[scenario.programs.position(program)]


def test_what_each_rule_adds_to_the_price_of_a_dollar() -> None:
    rules = [
        {"name": "c keeps 10", "where": {"program": "c"}, "sum": "spending", "at_least": 10},
        {"name": "a is capped", "where": {"program": ["a", "d"]}, "sum": "spending", "at_most": 30},
        {"name": "idle", "sum": "spending", "at_most": 500},
    ]
    programs = {"a": per_dollar(3), "b": REST, "c": per_dollar(0.5), "d": per_dollar(2)}
    scenario = scenario_of(programs, rules=rules)
    # a dollar is worth 1.6: for c it may bring 0.6 less, for a it brings 4.4 more than elsewhere
    assert charges(scenario, "c") == {("rule", "c keeps 10"): pytest.approx(-0.6)}
    assert charges(scenario, "a") == charges(scenario, "d") == {("rule", "a is capped"): pytest.approx(4.4)}
    assert charges(scenario, "b") == {}
    table = marginal_returns(bo.solve(scenario)).set_index("program")
    assert table["price"].tolist() == pytest.approx([1.6] * 4)
    assert table["charges"].tolist() == pytest.approx([4.4, 0, -0.6, 4.4])


def test_less_spending_is_a_gain_where_spending_is_minimized() -> None:
    programs = {"a": per_dollar(2), "b": per_dollar(1)}
    outcomes = {"saved": {"weight": 1, "target": {"at_least": 60}}}
    scenario = scenario_of(programs, outcomes=outcomes, objective={"minimize": "spending"})
    table = marginal_returns(bo.solve(scenario)).set_index("program")
    assert table["spending"].tolist() == [30, 0]
    assert table["last_dollar"].tolist() == pytest.approx([-1, NONE], nan_ok=True)
    assert table["next_dollar"].tolist() == pytest.approx([-1, -1])
    # half a dollar is saved for each of the 60 that the target asks less for: a dollar for a brings 2 of them
    assert table["charges"].tolist() == pytest.approx([-1, -0.5])
    assert charges(scenario, "b") == {("target", "saved"): pytest.approx(-0.5)}


TWO_FUNDS = {"general": {"revenue": 60}, "other": {"revenue": 40}}


@pytest.mark.parametrize("funds", [{"general": {"revenue": 100}}, TWO_FUNDS])
@pytest.mark.parametrize(
    ("target", "spent", "last", "following"),
    # a dollar brings 2 of what is asked for up to 50 dollars, 1 beyond; at the bend the price of one is 0.5 to 1
    [(130, 80, (-1, -1), (-1, -1)), (80, 40, (-1, -1), (-1, -1)), (100, 50, (-2, -1), (-1, -0.5))],
)
def test_a_target_that_a_curve_meets_is_in_the_charges(
    funds: dict[str, Any], target: float, spent: float, last: tuple[float, float], following: tuple[float, float]
) -> None:
    outcomes = {"good": {"weight": 1}, "asked": {"weight": 0, "target": {"at_least": target}}}
    programs = {
        "p": {"outcomes": {"asked": {"curve": [[0, 0], [50, 100], [100, 150]]}}},
        "q": {"outcomes": {"good": {"per_dollar": 1}}},
    }
    scenario = scenario_of(programs, funds=funds, outcomes=outcomes)
    row = marginal_returns(bo.solve(scenario)).set_index("program").loc["p"]
    assert (row["spending"], row["price"], row["last_dollar"]) == pytest.approx((spent, 1, 0))
    assert last[0] - 1e-6 <= row["last_charges"] <= last[1] + 1e-6
    assert following[0] - 1e-6 <= row["charges"] <= following[1] + 1e-6
    assert row["last_charges"] == pytest.approx(row["charges"] * last[0] / following[0])
    assert list(charges(scenario, "p")) == [("target", "asked")]


def test_programs_of_packages_have_no_row_and_others_the_price_around_the_plan() -> None:
    packages = {"packages": [{"name": "all", "cost": 50, "outcomes": {"saved": 200}}]}
    table = marginal_returns(bo.solve(scenario_of({"p": packages, "b": REST, "c": per_dollar(0.5)})))
    assert table["program"].tolist() == ["b", "c"]
    assert table["price"].tolist() == pytest.approx([1.6, 1.6])


def test_a_dollar_has_no_price_where_no_fund_may_pay_one() -> None:
    table = marginal_returns(bo.solve(scenario_of({"a": REST, "closed": per_dollar(1, spending={"at_most": 0})})))
    assert table["price"].tolist() == pytest.approx([1.6, NONE], nan_ok=True)
    assert table["charges"].tolist() == pytest.approx([0, NONE], nan_ok=True)
