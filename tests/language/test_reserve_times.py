"""A reserve in days or months: a part of a year's spending, or of what `of` names."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo


def town(reserve: Any) -> bo.Scenario:
    """Return a town with 1,500 in its first year and 1,000 in its second."""
    return bo.Scenario.from_document(
        {
            "periods": ["a", "b"],
            "funds": {"general": {"revenue": 1_000, "opening_balance": 500, "reserve": reserve}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {"library": {"baseline": 900, "outcomes": {"good": {"per_dollar": 1}}}},
        }
    )


@pytest.mark.parametrize(
    ("reserve", "share", "of"),
    [
        ("73 days", 0.2, "spending"),
        ("3 months", 0.25, "spending"),
        ({"at_least": "3 months"}, 0.25, "spending"),
        ({"at_least": "73 days", "of": "revenue"}, 0.2, "revenue"),
        ({"at_least": {"a": "3 months", "b": "3 months"}}, 0.25, "spending"),
    ],
)
def test_time_is_a_part_of_a_years_spending_unless_it_is_said_of_revenue(reserve: Any, share: float, of: str) -> None:
    scenario = town(reserve)
    plan = bo.solve(scenario)
    accounts = plan.audit.balances
    base = accounts.spending if of == "spending" else accounts.revenue
    assert accounts.reserve.ravel().tolist() == pytest.approx((share * base).ravel().tolist())
    assert plan.audit.accepted
    # all that is not in reserve is spent in the end: 2,500 less the share of the second year
    spent = accounts.spending.sum()
    assert spent == pytest.approx(2_500 - accounts.reserve[0, 1], abs=0.01)


def test_a_change_says_it_too() -> None:
    for change in ("funds.general.reserve=3 months", "funds.general.reserve.at_least=3 months"):
        changed = town("16%").with_(change).funds["general"].reserve
        assert changed is not None
        assert (changed.at_least, changed.of) == (0.25, "spending")


def test_what_is_no_time_is_told_with_its_place() -> None:
    with pytest.raises(bo.ScenarioError) as caught:
        town({"at_least": "two months"})
    (problem,) = caught.value.problems
    assert "'two months' is not a number of days or months" in problem.message
    assert (problem.expected, problem.hint) == ("60 days, or 2 months", "write the number in digits")
