"""The Charlotte scenario: its facts add up and are labelled, and its plan follows from its figures."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import budgetopt as bo
from budgetopt.scenario.amounts import parse_number

FOLDER = Path(__file__).parents[2] / "scenarios" / "charlotte"
HOME = 218.8e6 / 10_869  # dollars of the Housing Trust Fund for each home, 2002 to 2021
LOWEST_INCOME_HOME = 218.8e6 / 3_690


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def scenario() -> bo.Scenario:
    return bo.load(FOLDER)


@pytest.fixture(scope="module")
def plan(scenario: bo.Scenario) -> bo.Allocation:
    return bo.solve(scenario)


def adopted() -> dict[str, float]:
    return {row["program"]: parse_number(row["baseline"]) for row in rows("programs.csv")}


def tagged(tag: str) -> list[str]:
    return [row["program"] for row in rows("programs.csv") if tag in row["tags"].split(";")]


def test_the_adopted_amounts_add_up_to_the_money_and_are_counted_once(scenario: bo.Scenario) -> None:
    amounts = adopted()
    assert len(amounts) == 17
    housing = tagged("housing")
    assert len(housing) == 8
    assert sum(amounts[program] for program in housing) == 100e6
    in_the_transportation_bond = sum(amounts[program] for program in tagged("transportation")) - 13.7e6
    assert in_the_transportation_bond == pytest.approx(238.3e6)
    assert amounts["corridors_of_opportunity"] - 5e6 + amounts["economic_partnerships"] == pytest.approx(61.7e6)
    assert 5e6 + amounts["public_safety_911"] + amounts["firehouses"] == pytest.approx(26.5e6)
    money = sum(float(fund.one_time) + float(fund.revenue) for fund in scenario.funds.values())
    assert sum(amounts.values()) == pytest.approx(money)


def test_every_fact_has_its_source_and_its_reliability(scenario: bo.Scenario) -> None:
    for row in rows("programs.csv"):
        assert row["source"], row["program"]
        assert row["attributes.reliability"] in {"A", "B", "derived"}, row["program"]
        assert row["as_of"] == "FY2025"
    for fund in scenario.funds.values():
        assert fund.source
        assert any(grade in fund.source for grade in ("(A)", "(B", ", B)"))


def test_what_is_assumed_says_so(scenario: bo.Scenario) -> None:
    assert {row["evidence"] for row in rows("assumptions.csv")} == {"assumption"}
    assert {row["evidence"] for row in rows("measured.csv")} == {"administrative"}
    for outcome in scenario.outcomes.values():
        assert outcome.source.startswith("Assumption: the weight")
    for row in rows("programs.csv"):
        assert bool(row["spending.because"]) == bool(row["spending.at_least"])
    assert all(rule.because for rule in scenario.rules)


def test_the_measured_relation_is_that_of_the_housing_trust_fund() -> None:
    unit_cost = {(row["program"], row["outcome"]): float(row["unit_cost"]) for row in rows("measured.csv")}
    for program in ("rental_production", "rental_preservation"):
        assert unit_cost[program, "affordable_homes"] == pytest.approx(HOME, abs=0.01)
        assert unit_cost[program, "lowest_income_homes"] == pytest.approx(LOWEST_INCOME_HOME, abs=0.01)


def test_no_reserve_that_no_source_states(scenario: bo.Scenario) -> None:
    assert all(fund.reserve is None for fund in scenario.funds.values())


def test_every_curve_has_a_falling_return(scenario: bo.Scenario) -> None:
    assert not bo.formulate(scenario).linear_program.is_integer


def test_the_adopted_amounts_meet_every_rule(scenario: bo.Scenario) -> None:
    audit = bo.audit_plan(scenario, bo.SpendingPlan.current(scenario))
    assert not audit.violations


def test_the_plan_spends_every_fund_and_does_better_than_what_was_adopted(plan: bo.Allocation) -> None:
    assert plan.proved
    assert plan.funds["closing"].abs().max() < 0.01
    weights, levels = plan.outcomes["weight"], plan.outcomes
    assert plan.objective_value == pytest.approx((weights * levels["level"]).sum(), rel=1e-6)
    better = plan.objective_value / (weights * levels["baseline"]).sum() - 1
    assert 0 < better < 0.05


def test_the_plan(plan: bo.Allocation) -> None:
    """The plan as it stands: what moves, and by how much."""
    change = (plan.programs["change"] / 1e6).round(2)
    assert change[change != 0].to_dict() == {
        "rental_production": 3.65,
        "homeownership": -3.75,
        "supportive_housing": 1.35,
        "repair": -1.25,
        "strategic_investment_areas": -8.25,
        "sidewalks": 7.08,
        "vision_zero": 5.0,
        "street_resurfacing": -3.83,
    }


def test_what_is_held_stays(plan: bo.Allocation) -> None:
    held = tagged("held")
    assert len(held) == 5
    assert (plan.programs.loc[held, "change"] == 0).all()


def test_a_dollar_of_the_housing_bond_is_worth_what_the_record_of_the_fund_says(
    scenario: bo.Scenario, plan: bo.Allocation
) -> None:
    """At the margin stands rental housing, whose effect is measured: its price is worked out by hand."""
    home, lowest = (scenario.outcomes[name].weight for name in ("affordable_homes", "lowest_income_homes"))
    price = plan.funds.set_index("fund")["price"]
    assert price["housing_bond"] == pytest.approx(home / HOME + lowest / LOWEST_INCOME_HOME, rel=1e-6)


def test_the_price_of_protecting_resurfacing_is_what_the_money_would_buy_elsewhere(
    scenario: bo.Scenario, plan: bo.Allocation
) -> None:
    """A dollar less of it would go to sidewalks, which are at the margin of the bond that pays for both."""

    def slope(program: str, outcome: str, spending: float) -> float:
        points = scenario.programs[program].outcomes[outcome].curve or ()
        at = next(i for i in range(1, len(points)) if points[i][0] >= spending)
        (x0, y0), (x1, y1) = points[at - 1], points[at]
        return scenario.outcomes[outcome].weight * (y1 - y0) / (x1 - x0)

    spending = plan.programs["spending"]
    elsewhere = slope("sidewalks", "sidewalk_miles", spending["sidewalks"])
    resurfacing = slope("street_resurfacing", "lane_miles_resurfaced", spending["street_resurfacing"])
    rules, funds = plan.rules.set_index("name")["price"], plan.funds.set_index("fund")["price"]
    assert funds["transportation_bond"] == pytest.approx(elsewhere, rel=1e-6)
    assert rules["Resurfacing is not cut much further"] == pytest.approx(elsewhere - resurfacing, rel=1e-6)
    assert rules["Powell Bill money stays with resurfacing"] == 0


def test_money_moves_between_funds_only_through_what_both_may_pay(plan: bo.Allocation) -> None:
    paid = plan.by_fund.groupby("fund")["program"].agg(set)
    assert paid["powell_bill"] == {"street_resurfacing"}
    assert paid["housing_bond"] == set(tagged("housing"))
    assert paid["neighborhood_bond"] <= {"sidewalks", "corridors_of_opportunity", "economic_partnerships"}
