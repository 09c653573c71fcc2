"""What floors, ceilings and rules cost, worked out by hand: a dollar elsewhere is worth 1."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation.prices import EVERY
from budgetopt.allocation.subject import scenario_of
from budgetopt.audit import SpendingPlan
from budgetopt.errors import OptionError
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def curved(*points: list[float], **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"curve": [[0, 0], *points]}}, **more}


REST = rated(1)
LIMITED = {
    # the last dollar of the ceiling brings 3, and one elsewhere 1
    "capped": (rated(3, spending={"at_most": 20}), 0, 2),
    "kept": (rated(0.25, spending={"at_least": 5}), 0.75, 0),
    "both": (rated(3, spending={"at_least": 20, "at_most": 20}), 0, 2),
    "kept, a little": (rated(0.25, spending={"at_least": 0.5}), 0.75, 0),
    "free": (rated(3), 0, 0),
    # the segment that the limit cuts counts, not those that are full or empty by themselves
    "capped curve": (curved([10, 50], [30, 90], [50, 91], spending={"at_most": 20}), 0, 1),
    "kept curve": (curved([10, 8], [30, 12], [50, 13], spending={"at_least": 15}), 0.8, 0),
    "idle curve": (curved([10, 50], [30, 51], spending={"at_least": 2, "at_most": 20}), 0, 0),
}


@pytest.mark.parametrize("funds", [{}, {"gift": {"revenue": 30, "carryover": False}}])
@pytest.mark.parametrize("name", LIMITED)
def test_what_a_floor_and_a_ceiling_cost(name: str, funds: dict[str, Any]) -> None:
    """With several funds the limits are rows of the linear program, with one they are limits of its columns."""
    program, floor, ceiling = LIMITED[name]
    programs = (
        {"first": rated(0.5), "p": program} if name == "free" else {"first": rated(0.5), "p": program, "rest": REST}
    )
    plan = bo.solve(Scenario.from_document(document_of(programs, funds=funds)))
    assert plan.prices.floor[:, 0].tolist() == pytest.approx([0, floor, 0][: len(programs)])
    assert plan.prices.ceiling[:, 0].tolist() == pytest.approx([0, ceiling, 0][: len(programs)])
    dollar = 3 if name == "free" else 1
    assert plan.prices.money.tolist() == [[pytest.approx(dollar)]] * (1 + len(funds))


def test_limits_of_each_period_and_of_the_rule_that_sets_them() -> None:
    rules = [
        {"name": "Hold", "change": {"increase_at_most": "0%"}, "where": {"program": ["b", "c"]}},
        {"name": "Keep", "change": {"decrease_at_most": "50%"}, "where": {"program": "d"}},
        {"name": "Share", "sum": "spending", "by": "department", "each_at_least": 30, "periods": ["FY2"]},
    ]
    programs = {
        "a": rated(1, department="X"),
        "b": rated(3, baseline=10, department="X"),
        "c": rated(2, baseline=10, department="X"),
        "d": rated(0.5, baseline=20, department="Y"),
    }
    document = document_of(programs, periods=("FY1", "FY2"), rules=rules)
    plan = bo.solve(Scenario.from_document(document))
    rows = plan.rules.set_index(["name", "part", "period"])
    # of b and c the higher price of both; d keeps 10, and in FY2 the group of d keeps 30
    assert rows["price"].to_dict() == {
        ("Hold", "", "FY1"): pytest.approx(2), ("Hold", "", "FY2"): pytest.approx(2),
        ("Keep", "", "FY1"): pytest.approx(0.5), ("Keep", "", "FY2"): pytest.approx(0),
        ("Share", "X", "FY2"): pytest.approx(0), ("Share", "Y", "FY2"): pytest.approx(0.5),
    }  # fmt: skip
    limits = {limit.name: position for position, limit in enumerate(plan.scenario.limits)}
    prices = plan.prices
    hold, share = limits["Hold"], limits["Share"]
    assert prices.is_by_program(hold)
    assert not prices.is_by_program(share)
    assert prices.highest(hold).tolist() == pytest.approx([2, 2])
    assert prices.of(hold, program=np.arange(4), period=0).tolist() == pytest.approx([0, 2, 1, 0])
    assert prices.of(hold, period=np.array([0, 1, EVERY])).tolist() == pytest.approx([3, 3, 6])
    assert prices.of(share, part=np.arange(2), period=1).tolist() == pytest.approx([0, 0.5])
    assert prices.of(share).tolist() == pytest.approx([0.5])


def test_less_spending_is_a_gain_where_it_is_minimized() -> None:
    programs = {"a": rated(2, spending={"at_least": 7}), "b": rated(4, spending={"at_most": 5})}
    outcomes = {"good": {"weight": 1, "target": {"at_least": 50}}}
    document = document_of(programs, outcomes=outcomes, objective={"minimize": "spending"})
    plan = bo.solve(Scenario.from_document(document))
    # 5 dollars of b bring 20, and 15 of a the other 30: a dollar more for b saves 2 of a, and so a dollar
    assert plan.prices.ceiling.tolist() == [[0], [pytest.approx(1)]]
    assert plan.prices.floor.tolist() == [[0], [0]]
    (target,) = plan.rules[plan.rules["kind"] == "target"].to_dict("records")
    assert target["price"] == pytest.approx(0.5)


def worth(plan: bo.Allocation, value: float, bound: float) -> bo.Allocation:
    (objective,) = plan.audit.objectives
    audit = replace(plan.audit, objectives=(replace(objective, value=value),))
    return replace(plan, objective_value=value, bound=bound, audit=audit)


def test_revenue_moves_the_rules_that_are_shares_of_it() -> None:
    programs = {"a": rated(3, funds=["general"]), "b": rated(1), "c": rated(2, funds=["other"])}
    rules = [
        {"name": "Half", "sum": "spending", "where": {"program": "a"}, "at_most": "50%", "of": "revenue",
         "funds": ["general"]},
    ]  # fmt: skip
    funds = {"other": {"revenue": {"FY1": 10, "FY2": 10}, "carryover": False}}
    document = document_of(programs, periods=("FY1", "FY2"), funds=funds, rules=rules)
    # of a dollar more half goes to a, at 3, and half to b, at 1; of one in the other fund all goes to c
    plan = bo.solve(Scenario.from_document(document))
    assert plan.prices.money.tolist() == [pytest.approx([2, 2]), pytest.approx([2, 2])]
    more = bo.solve(plan.scenario.with_("funds.general.revenue.FY2=101"))
    assert more.objective_value - plan.objective_value == pytest.approx(2)


def test_how_far_a_plan_may_be_from_the_best() -> None:
    plan = bo.solve(Scenario.from_document(document_of({"a": REST})))
    assert plan.gap == 0
    assert replace(plan, bound=110.0).gap == pytest.approx(0.1)
    assert worth(plan, -100.0, bound=-90.0).gap == pytest.approx(0.1)
    assert worth(plan, 0.0, bound=1.0).gap == np.inf
    assert worth(plan, 0.0, bound=0.0).gap == 0
    # what rounding costs is part of it
    rounded = replace(plan, objective_value=101.0, bound=101.0)
    assert (rounded.rounding_matters, rounded.distance) == (True, 1)
    assert rounded.gap == pytest.approx(1 / 101)
    assert plan.proved
    assert not replace(plan, status=bo.Status.BEST_FOUND).proved


def test_what_a_question_may_be_asked_of() -> None:
    scenario = Scenario.from_document(document_of({"a": REST}))
    plan = bo.solve(scenario)
    assert scenario_of(scenario, "ask") is scenario
    assert scenario_of(plan, "ask") is scenario
    for subject, words, hint in (
        (SpendingPlan.nothing(scenario), "not a SpendingPlan", "audit_plan says what a spending plan brings"),
        ({}, "not a dict", "Scenario.from_document makes a scenario of a mapping"),
        (plan.programs, "not a DataFrame", "Scenario.from_frame makes a scenario of a table"),
        (None, "not None", ""),
        (3, "not an int", ""),
    ):
        with pytest.raises(
            OptionError, match=f"ask takes a scenario, a plan or the path of a scenario, {words}"
        ) as caught:
            scenario_of(subject, "ask")  # type: ignore[arg-type]
        assert hint in str(caught.value)


def test_of_a_ceiling_and_the_most_units_that_are_as_much_the_units_have_the_price() -> None:
    # ten cases of three dollars; a case more would bring 6 in the place of 3 dollars elsewhere
    for ceiling, per_unit, per_dollar in ((30, 3, 0), (29, 0, 1), (31, 3, 0)):
        cases = {
            "service": {"unit": "cases", "unit_cost": 3, "up_to": 10},
            "spending": {"at_most": ceiling},
            "outcomes": {"good": {"per_unit": 6}},
        }
        prices = bo.solve(Scenario.from_document(document_of({"p": cases, "rest": REST}))).prices
        assert prices.most.tolist() == [[pytest.approx(per_unit)], [0]], ceiling
        assert prices.ceiling.tolist() == [[pytest.approx(per_dollar)], [0]], ceiling


def test_of_a_floor_and_the_fewest_units_that_are_as_much_the_units_have_the_price() -> None:
    for floor, per_unit, per_dollar in ((30, 1.5, 0), (29, 1.5, 0), (31, 0, 0.5)):
        cases = {
            "service": {"unit": "cases", "unit_cost": 3, "at_least": 10},
            "spending": {"at_least": floor},
            "outcomes": {"good": {"per_unit": 1.5}},
        }
        prices = bo.solve(Scenario.from_document(document_of({"p": cases, "rest": REST}))).prices
        assert prices.fewest.tolist() == [[pytest.approx(per_unit)], [0]], floor
        assert prices.floor.tolist() == [[pytest.approx(per_dollar)], [0]], floor


def test_a_limit_may_be_about_the_first_program_alone() -> None:
    rule = {"name": "Hold", "change": {"increase_at_most": "0%"}, "where": {"program": "first"}}
    programs = {"first": rated(3, baseline=10), "rest": REST}
    plan = bo.solve(Scenario.from_document(document_of(programs, rules=[rule])))
    hold = [limit.name for limit in plan.scenario.limits].index("Hold")
    assert plan.prices.is_by_program(hold)


def test_what_limits_nothing_is_about_no_program() -> None:
    rule = {"name": "k", "sum": "spending", "where": {"program": "first"}, "at_most": 5}
    prices = bo.solve(Scenario.from_document(document_of({"first": rated(3), "rest": REST}, rules=[rule]))).prices
    for limit in (0, 99):
        assert prices.is_by_program(limit) is False
    assert prices.of(99).tolist() == [0]


def test_a_question_may_be_asked_of_the_path_of_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(Scenario.from_document(document_of({"first": rated(3)})).to_yaml(), encoding="utf-8")
    assert scenario_of(file, "explain").programs.ids.tolist() == ["first"]
    assert scenario_of(str(file), "explain").programs.ids.tolist() == ["first"]


def test_the_price_of_the_most_units_of_a_service_that_costs_nothing() -> None:
    free = {"service": {"unit": "talks", "unit_cost": 0, "up_to": 4}, "outcomes": {"good": {"per_unit": 2}}}
    prices = bo.solve(Scenario.from_document(document_of({"p": free, "rest": REST}))).prices
    assert prices.most.tolist() == [[pytest.approx(2)], [0]]
    assert not prices.ceiling.any()
    harm = {
        "service": {"unit": "talks", "unit_cost": 0, "up_to": 4, "at_least": 3},
        "outcomes": {"good": {"per_unit": -5}},
    }
    prices = bo.solve(Scenario.from_document(document_of({"p": harm, "rest": REST}))).prices
    assert prices.fewest.tolist() == [[pytest.approx(5)], [0]]
    assert not prices.floor.any()
