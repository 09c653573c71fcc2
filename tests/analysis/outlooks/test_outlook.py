"""The accounts of funds year by year, worked out by hand: the cliff, the year of exhaustion, the reserve rebuilt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.report.words.outlook_words import outlook_lines


def town(periods: int = 3, **general: Any) -> bo.Scenario:
    """Return a town whose library and police go on, and whose playground does not."""
    return bo.Scenario.from_document(
        {
            "periods": [f"FY{2027 + at}" for at in range(periods)],
            "funds": {"general": {"revenue": 100, **general}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "police": {"baseline": 70, "outcomes": {"good": {"per_dollar": 1}}},
                "library": {"baseline": 40, "inflation": "10%", "outcomes": {"good": {"per_dollar": 1}}},
                "playground": {"recurring": False, "baseline": 0, "outcomes": {"good": {"per_dollar": 1}}},
            },
        }
    )


def column(found: bo.Outlook, name: str) -> list[Any]:
    values: list[Any] = found.table[name].tolist()
    return values


def test_the_cliff_after_one_time_money_and_the_year_of_exhaustion() -> None:
    scenario = town(one_time={"FY2027": 12}, opening_balance=20, reserve={"at_least": 10})
    found = bo.outlook(scenario, start="current")
    # the library costs 40, 44 and 48.4
    assert column(found, "recurring_spending") == pytest.approx([110, 114, 118.4])
    assert column(found, "closing") == pytest.approx([22, 8, -10.4])
    assert column(found, "gap") == pytest.approx([-10, -14, -18.4])
    assert column(found, "above_reserve") == pytest.approx([12, -2, -20.4])
    assert column(found, "balanced") == [True, False, False]
    (row,) = found.summary.to_dict("records")
    assert (row["last_one_time"], row["cliff"]) == ("FY2027", pytest.approx(14))
    assert (row["below_reserve"], row["exhausted"]) == ("FY2028", "FY2029")
    assert (row["below_policy"], row["rebuilt"], row["unit"]) == (2, "", "USD")


def test_years_beyond_the_last_period_are_assumed() -> None:
    scenario = town(2, growth="10%", opening_balance=20)
    found = bo.outlook(scenario, start="current", years=2)
    assert found.years == ("FY2027", "FY2028", "FY2029 (assumed)", "FY2030 (assumed)")
    assert column(found, "assumed") == [False, False, True, True]
    assert column(found, "recurring_revenue") == pytest.approx([100, 110, 121, 133.1])
    assert column(found, "recurring_spending") == pytest.approx([110, 114, 118.4, 123.24])
    assert column(found, "closing") == pytest.approx([10, 6, 8.6, 18.46])
    # a mapping has no growth, and a fund that does not carry over opens with nothing
    scenario = town(2, revenue={"FY2027": 100, "FY2028": 120}, carryover=False)
    found = bo.outlook(scenario, start="current", years=1)
    assert column(found, "recurring_revenue") == pytest.approx([100, 120, 120])
    assert column(found, "opening") == pytest.approx([0, 0, 0])
    one = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 5}},
            "objective": {"minimize": "spending"},
            "programs": {"police": {"baseline": 1}},
        }
    )
    assert bo.outlook(one, start="current", years=1).years[1] == "budget + 1 (assumed)"


def test_a_reserve_that_is_rebuilt_and_one_time_spending() -> None:
    reserve = {"at_least": "20%", "of": "revenue", "by": "FY2029"}
    found = bo.outlook(town(reserve=reserve, one_time={"FY2027": 5}, structural_balance=True))
    assert found.audit.accepted
    # 20 must be left in the third year; nothing before
    assert column(found, "reserve") == [0, 0, 20]
    assert column(found, "closing")[2] == pytest.approx(20)
    (row,) = found.summary.to_dict("records")
    assert row["below_reserve"] == ""
    assert row["rebuilt"] == "FY2029" or row["below_policy"] < 2
    spent = found.table["recurring_spending"] + found.table["one_time_spending"]
    assert spent.tolist() == pytest.approx(found.audit.plan.spending.sum(axis=(0, 1)).tolist())


def test_a_reserve_that_is_a_share_of_spending_counts_one_time_spending_too() -> None:
    scenario = town(reserve={"at_least": "10%", "of": "spending"}, one_time=60).with_(
        "programs.playground.baseline=20", "programs.library.baseline=10"
    )
    found = bo.outlook(scenario, start="current")
    # the library costs 10, 11 and 12.10
    assert column(found, "one_time_spending") == pytest.approx([20, 20, 20])
    assert found.policy[0].tolist() == pytest.approx([10, 10.1, 10.21])


def test_what_falls_away_when_the_revenue_of_a_fund_ends() -> None:
    scenario = town().with_(
        "funds.grant={kind: grant, revenue: {FY2027: 30, FY2028: 20}, only: {program: library}, carryover: false}"
    )
    found = bo.outlook(scenario)
    row = found.summary.set_index("fund").loc["grant"]
    assert (row["ends"], row["falls_away"]) == ("FY2028", pytest.approx(20))
    assert row["exhausted"] == ""


def test_a_project_is_not_projected() -> None:
    scenario = town(2).with_(
        "programs.bridge={packages: [{name: bridge, cost: [5, 20], outcomes: {good: 1000}}], start: FY2027}"
    )
    found = bo.outlook(scenario, years=1)
    plan = found.audit.plan.spending[:, 0, 1]
    assert plan[3] == 20
    # the police stay as they are, the library costs a tenth more
    assert column(found, "recurring_spending")[2] == pytest.approx(plan[0] + 1.1 * plan[1])


def test_what_cannot_be_asked() -> None:
    with pytest.raises(bo.OptionError, match="-1 years cannot be projected"):
        bo.outlook(town(), years=-1)
    with pytest.raises(bo.OptionError, match="start is 'today'"):
        bo.outlook(town(), start="today")


def test_a_project_that_is_done_is_not_a_program_that_goes_on() -> None:
    road = {"packages": [{"cost": [30], "outcomes": {"good": 9}}], "start": ["y1"]}
    scenario = bo.Scenario.from_document(
        {
            "periods": ["y1", "y2"],
            "funds": {"roads": {"revenue": {"y1": 30}}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {"road": road},
        }
    )
    found = bo.outlook(scenario)
    assert found.recurring.tolist() == [[30, 0]]
    falls = "All funds together, recurring spending falls by $30 from y1 to y2"
    assert list(outlook_lines(found))[-1] == f"{falls}: programs that go on, or projects, get less then."
    without = bo.outlook(scenario, start=bo.SpendingPlan(np.zeros((1, 1, 2)), np.zeros((1, 1, 2))))
    assert "- Its revenue ends in y1; in the year after, nothing of its spending falls away." in list(
        outlook_lines(without)
    )
