"""The accounts of several funds over two periods and two years beyond them, from a plan that is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.outlooks.outlook import _years_after
from strategies import unchecked

YEARS = ["FY2027", "FY2028"]
FUNDS: dict[str, Any] = {
    "general": {
        "name": "General fund", "revenue": 100, "growth": "10%", "one_time": {"FY2027": 8}, "opening_balance": 20,
        "reserve": {"at_least": "10%", "of": "revenue"}, "transfers_to": {"fees": {"at_most": 5}},
    },
    "fees": {"revenue": {"FY2027": 30, "FY2028": 40}, "carryover": False, "reserve": {"at_least": {"FY2028": 3}}},
    "grant": {"revenue": {"FY2027": 6}, "one_time": {"FY2028": 4}},
    "water": {"revenue": 10, "reserve": {"at_least": "50%", "of": "spending", "by": "FY2028"}},
}  # fmt: skip
SPENT = {
    ("police", "general"): (60, 70), ("police", "fees"): (10, 20), ("police", "water"): (8, 5),
    ("library", "general"): (20, 25), ("library", "grant"): (6, 4),
    ("event", "general"): (5, 8), ("event", "fees"): (2, 0), ("event", "grant"): (0, 3),
    ("bridge", "general"): (5, 20),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> bo.Outlook:
    """Return the outlook of a plan: prices rise by a fifth a year, those of the library by a tenth."""
    scenario = unchecked({
        "periods": YEARS,
        "inflation": "20%",
        "funds": FUNDS,
        "objective": {"minimize": "spending"},
        "programs": {
            "police": {},
            "library": {"inflation": "10%"},
            "event": {"recurring": False},
            "bridge": {"packages": [{"name": "bridge", "cost": [5, 20]}], "start": "FY2027"},
        },
    })  # fmt: skip
    programs, funds = scenario.programs.ids.tolist(), list(FUNDS)
    spending, transfers = np.zeros((4, 4, 2)), np.zeros((4, 4, 2))
    for (program, fund), amounts in SPENT.items():
        spending[programs.index(program), funds.index(fund)] = amounts
    transfers[0, 1] = 3, 1
    plan = bo.SpendingPlan(spending, transfers, np.array([[True, False]]))
    return bo.outlook(scenario, start=plan, years=2)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        # revenue that is one amount grows on, and that of a mapping stays at its last amount
        ("recurring_revenue", [[100, 110, 121, 133.1], [30, 40, 40, 40], [6, 0, 0, 0], [10, 10, 10, 10]]),
        ("one_time", [[8, 0, 0, 0], [0, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 0]]),
        ("transfers", [[-3, -1, 0, 0], [3, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
        # of the general fund 70 of the police and 25 of the library go on; the bridge is a project
        ("recurring_spending", [[85, 115, 111.5, 131.05], [10, 20, 24, 28.8], [6, 4, 4.4, 4.84], [8, 5, 6, 7.2]]),
        ("one_time_spending", [[5, 8, 0, 0], [2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 0]]),
        ("opening", [[20, 35, 21, 30.5], [0, 0, 0, 0], [0, 0, -3, -7.4], [0, 2, 7, 11]]),
        ("closing", [[35, 21, 30.5, 32.55], [21, 21, 16, 11.2], [0, -3, -7.4, -12.24], [2, 7, 11, 13.8]]),
        ("reserve", [[10, 11, 12.1, 13.31], [0, 3, 3, 3], [0, 0, 0, 0], [0, 2.5, 3, 3.6]]),
        ("above_reserve", [[25, 10, 18.4, 19.24], [21, 18, 13, 8.2], [0, -3, -7.4, -12.24], [2, 4.5, 8, 10.2]]),
        ("gap", [[15, -5, 9.5, 2.05], [20, 20, 16, 11.2], [0, -4, -4.4, -4.84], [2, 5, 4, 2.8]]),
        ("balanced", [[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 1]]),
        ("assumed", [[0, 0, 1, 1]] * 4),
    ],
)  # fmt: skip
def test_every_figure_of_every_fund_and_year(found: bo.Outlook, column: str, expected: list[list[float]]) -> None:
    assert found.table[column].tolist() == pytest.approx(np.ravel(expected).tolist())


def test_the_rows_and_the_words_around_the_figures(found: bo.Outlook) -> None:
    years = ["FY2027", "FY2028", "FY2029 (assumed)", "FY2030 (assumed)"]
    assert found.table["fund"].tolist() == [fund for fund in FUNDS for _ in years]
    assert found.table["year"].tolist() == years * 4
    assert set(found.table["unit"]) == {"USD"}
    assert found.projected == 2
    # what the reserve of the water fund is to be from the first
    assert found.policy[3].tolist() == pytest.approx([4, 2.5, 3, 3.6])
    html = found._repr_html_()
    assert ">131</td>" in html
    assert "<th>0</th>" not in html


def test_when_each_fund_runs_short_and_what_falls_away(found: bo.Outlook) -> None:
    rows = found.summary.set_index("fund").drop(columns="unit")
    columns = [
        *("name", "last_one_time", "cliff", "ends", "falls_away", "below_reserve", "exhausted"),
        *("below_policy", "rebuilt"),
    ]
    assert rows.columns.tolist() == columns
    # recurring spending of 115 after the one-time money, of 110 of revenue
    assert rows.loc["general"].tolist() == ["General fund", "FY2027", pytest.approx(5), "", 0, "", "", 0, ""]
    assert rows.loc["fees"].tolist() == ["fees", "", 0, "", 0, "", "", 0, ""]
    # the grant spends 7 in its last year with money and 4.4 in the next, without any revenue
    assert rows.loc["grant"].tolist() == [
        "grant", "FY2028", pytest.approx(4.4), "FY2028", pytest.approx(2.6), "FY2028", "FY2028", 3, "",
    ]  # fmt: skip
    assert rows.loc["water"].tolist() == ["water", "", 0, "", 0, "", "", 1, "FY2028"]


def test_one_time_money_of_the_last_year_has_no_cliff_and_spending_that_rises_does_not_fall_away() -> None:
    scenario = unchecked({
        "periods": YEARS,
        "funds": {
            "late": {"revenue": 1, "one_time": {"FY2028": 9}},
            "early": {"revenue": {"FY2027": 9}},
            "rich": {"revenue": 20, "one_time": {"FY2027": 1}},
            "none": {"revenue": 0},
        },
        "objective": {"minimize": "spending"},
        "programs": {"police": {}},
    })  # fmt: skip
    spending = np.array([[[1.0, 5], [2, 3], [4, 4], [0, 0]]])
    found = bo.outlook(scenario, start=bo.SpendingPlan(spending, np.zeros((4, 4, 2))))
    rows = found.summary.set_index("fund")
    assert rows["last_one_time"].tolist() == ["FY2028", "", "FY2027", ""]
    assert rows["cliff"].tolist() == [0, 0, 0, 0]
    assert rows["ends"].tolist() == ["", "FY2027", "", ""]
    assert rows["falls_away"].tolist() == [0, 0, 0, 0]


def test_money_that_comes_in_the_first_year_alone_is_missing_in_the_second() -> None:
    scenario = unchecked({
        "periods": YEARS,
        "funds": {"once": {"revenue": 0, "one_time": {"FY2027": 0.5}}, "grant": {"revenue": {"FY2027": 0.75}}},
        "objective": {"minimize": "spending"},
        "programs": {"police": {}},
    })  # fmt: skip
    spending = np.array([[[0.5, 0.25], [0.75, 0.5]]])
    rows = bo.outlook(scenario, start=bo.SpendingPlan(spending, np.zeros((2, 2, 2)))).summary.set_index("fund")
    assert rows["last_one_time"].tolist() == ["FY2027", ""]
    assert rows["cliff"].tolist() == [0.25, 0]
    assert rows["ends"].tolist() == ["FY2027", "FY2027"]
    assert rows["falls_away"].tolist() == [0.25, 0.25]


@pytest.mark.parametrize(("short", "balanced"), [(0.0, True), (0.03, True), (0.05, False)])
def test_a_cent_for_each_program_is_not_short(short: float, balanced: bool) -> None:
    scenario = unchecked({
        "funds": {"general": {"revenue": 1_000_000, "reserve": 0}},
        "objective": {"minimize": "spending"},
        "programs": {name: {} for name in "abcd"},
    })  # fmt: skip
    assert scenario.cent == 0.01
    spending = np.full((4, 1, 1), 250_000.0)
    spending[0] += short
    found = bo.outlook(scenario, start=bo.SpendingPlan(spending, np.zeros((1, 1, 1))))
    assert found.table["balanced"].tolist() == [balanced]
    assert found.summary["exhausted"].tolist() == ["" if balanced else "budget"]
    assert found.summary["below_policy"].tolist() == [0 if balanced else 1]
    assert found.table["one_time_spending"].tolist() == [0]
    assert ">1,000,000</td>" in found._repr_html_()


@pytest.mark.parametrize(
    ("periods", "later"),
    [
        (["FY2027"], ["FY2028", "FY2029"]),
        (["Y08"], ["Y09", "Y10"]),
        (["FY98", "FY99"], ["FY00", "FY01"]),
        (["FY98", "FY99", "FY00"], ["FY01", "FY02"]),
        (["Year 9", "Year 10"], ["Year 11", "Year 12"]),
        (["2025-26", "2026-27"], ["2027-28", "2028-29"]),
        (["FY2025/2026"], ["FY2026/2027", "FY2027/2028"]),
        (["1998-99"], ["1999-00", "2000-01"]),
        (["2025-27", "2027-29"], ["2029-31", "2031-33"]),
        (["Q1 2026", "Q2 2026"], ["Q2 2026 + 1", "Q2 2026 + 2"]),
        (["Q2 2026"], ["Q2 2026 + 1", "Q2 2026 + 2"]),
        (["FY2026", "Plan 2027"], ["Plan 2027 + 1", "Plan 2027 + 2"]),
        (["FY27", "FY26"], ["FY26 + 1", "FY26 + 2"]),
        (["FY2027", "FY2026"], ["FY2026 + 1", "FY2026 + 2"]),
        (["this", "next"], ["next + 1", "next + 2"]),
    ],
)
def test_years_after_the_last_period_are_named_as_the_periods_are(periods: list[str], later: list[str]) -> None:
    assert _years_after(periods, 2) == [f"{name} (assumed)" for name in later]
    assert _years_after(periods, 0) == []
