from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from tests.measures import few
from tests.report.plans import plan_of
from tests.strategies import scenarios

from budgetopt.allocation import Allocation, solve
from budgetopt.report import Figures
from budgetopt.report.figures.numbers import DOLLAR, MILLION, THOUSAND, Unit
from budgetopt.scenario.scenario import Scenario

CENT = Unit(0.01, 2)


def check(figures: Figures) -> None:
    """Every figure of a page agrees with every other, and is near the truth."""
    plan, accounts = figures.plan, figures.accounts
    payments = figures.payments
    assert (payments >= 0).all()
    assert (payments.sum(axis=0) == accounts["spending"]).all()
    assert figures.spending.sum() == accounts["spending"].sum() == figures.total.spending
    assert (figures.by_period.sum(axis=1) == figures.spending).all()
    assert (figures.spending == figures.baseline + figures.change).all()
    income = accounts["opening"] + accounts["revenue"] + accounts["one_time"] + accounts["transfers_in"]
    assert (income - accounts["transfers_out"] - accounts["spending"] == accounts["closing"]).all()
    assert (accounts["transfers_in"].sum(axis=0) == accounts["transfers_out"].sum(axis=0)).all()
    carries = [fund.carryover for fund in plan.scenario.funds.values()]
    assert (accounts["opening"][carries, 1:] == accounts["closing"][carries, :-1]).all()
    assert (accounts["closing"] >= accounts["reserve"]).all()
    exact = plan.audit.balances
    for name, values in accounts.items():
        assert np.abs(values * figures.unit.dollars - getattr(exact, name)).max(initial=0.0) <= 4 * figures.unit.dollars
    assert (
        np.abs(figures.spending * figures.unit.dollars - plan.spending.sum(axis=(1, 2))).max()
        <= (1 + plan.spending[0].size) * figures.unit.dollars
    )


def test_every_table_of_every_plan_agrees(plan: Allocation) -> None:
    check(Figures.of(plan))
    check(Figures.of(plan, DOLLAR))
    check(Figures.of(plan, CENT))


@few(1, at_most=100)
@given(scenarios())
def test_every_table_of_any_plan_agrees(scenario: Scenario) -> None:
    plan = solve(scenario)
    check(Figures.of(plan))
    check(Figures.of(plan, DOLLAR))


def test_cents_are_the_plan_itself(city: Allocation, small: Allocation) -> None:
    for plan in (city, small):
        figures = Figures.of(plan, CENT)
        assert (figures.payments == np.rint(plan.spending * 100)).all()


def test_small_budgets_are_shown_in_cents_and_others_in_dollars(city: Allocation, small: Allocation) -> None:
    assert Figures.of(small).unit == CENT
    assert Figures.of(city).unit is DOLLAR


@pytest.mark.parametrize("unit", [THOUSAND, MILLION])
def test_coarse_units_still_add_up(large: Allocation, city: Allocation, unit: object) -> None:
    for plan in (large, city):
        figures = Figures.of(plan, unit)  # type: ignore[arg-type]
        assert figures.spending.sum() == figures.total.spending == figures.accounts["spending"].sum()
        assert figures.total.spending == round(plan.spending.sum() / figures.unit.dollars)
        assert figures.baseline.sum() == figures.total.baseline


def test_groups_hold_every_program_once(city: Allocation) -> None:
    figures = Figures.of(city)
    for attribute in ("priority", "department"):
        group = figures.by(attribute)
        assert group is not None
        assert sum(row.spending for row in group.rows) == group.total.spending
        assert sum(row.baseline or 0 for row in group.rows) == group.total.baseline
        assert sum(row.change for row in group.rows) == group.total.change
        assert sum(row.programs for row in group.rows) == group.total.programs == 12
        assert [row.spending for row in group.rows] == sorted((row.spending for row in group.rows), reverse=True)
    assert "No priority given" in {row.name for row in figures.by("priority").rows}  # type: ignore[union-attr]


def test_an_attribute_of_one_value_makes_no_table(small: Allocation) -> None:
    assert Figures.of(small).by("department") is None


def test_a_program_without_a_baseline_is_new(city: Allocation) -> None:
    figures = Figures.of(city)
    row = figures.program(city.scenario.programs.position("depot"))
    assert row.baseline is None
    assert row.change == row.spending > 0
    assert np.isnan(row.change_share)


def test_the_rest_stands_in_one_row(large: Allocation) -> None:
    figures = Figures.of(large)
    order = figures.by_size_of_change.tolist()
    rows = [figures.program(at) for at in order[:10]]
    rest = figures.together("and {} more", order[10:])
    assert rest.name == "and 1,990 more"
    assert sum(row.spending for row in rows) + rest.spending == figures.total.spending
    assert min(abs(row.change) for row in rows) >= np.abs(figures.change[order[10:]]).max()


def test_the_funds_that_pay_for_a_program_pay_all_of_it(city: Allocation) -> None:
    figures = Figures.of(city)
    for at in range(12):
        assert sum(paid for _, paid in figures.payers(at)) == figures.spending[at]
    assert {fund for fund, _ in figures.payers(0)} <= {"General fund", "Housing grant"}


def test_a_balance_that_is_all_spent_is_shown_as_nothing_left() -> None:
    plan = plan_of(
        {
            "funds": {"f": {"revenue": 1_000_000.35, "opening_balance": 500_000.45}},
            "outcomes": {"o": {"unit": "units", "weight": 1}},
            "programs": {"p": {"outcomes": {"o": {"per_dollar": 1}}}},
        }
    )
    figures = Figures.of(plan)
    assert figures.accounts["closing"].tolist() == [[0]]
    check(figures)


def test_a_reserve_that_is_just_kept_is_not_shown_above_the_balance() -> None:
    # 500,000.40 and 250,000.40 are kept: 750,000 by what is shown of them, and 750,001 if the reserve is rounded alone
    funds = {
        "kept": {"revenue": 250_000.40, "opening_balance": 500_000.40, "reserve": 750_000.80},
        "used": {"revenue": 900_000.60, "reserve": 300_000.70},
    }
    programs = {"p": {"funds": ["used"], "outcomes": {"o": {"per_dollar": 1}}}}
    plan = plan_of({"funds": funds, "outcomes": {"o": {"unit": "units", "weight": 1}}, "programs": programs})
    figures = Figures.of(plan)
    assert figures.accounts["closing"].tolist() == [[750_000], [300_001]]
    assert figures.accounts["reserve"].tolist() == [[750_000], [300_001]]
    check(figures)
