"""The range of a number, from what is said of its ends."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis.frontiers.figure_range import figure_range
from budgetopt.errors import OptionError

TOWN: dict[str, Any] = {
    "periods": ["t1", "t2"],
    "funds": {
        "general": {"revenue": {"t1": 10, "t2": 20}, "reserve": {"at_least": "40%", "of": "revenue"}},
        "other": {"revenue": 50},
    },
    "outcomes": {"visits": {"weight": 2}, "harm": {"weight": -3}},
    "programs": {
        "pool": {"spending": {"at_most": 9}, "outcomes": {"visits": {"per_dollar": 1}, "harm": {"per_dollar": 0.1}}}
    },
    "rules": [{"name": "most", "sum": "spending", "at_most": "90%", "of": "revenue"}],
}


@pytest.fixture(scope="module")
def town() -> bo.Scenario:
    return bo.Scenario.from_document(TOWN)


@pytest.mark.parametrize(
    ("path", "start", "end", "low", "high"),
    [
        # a fifth to each side
        ("funds.other.revenue", None, None, 40, 60),
        ("outcomes.visits.weight", None, None, 1.6, 2.4),
        ("outcomes.visits.weight", None, "5", 1.6, 5),
        ("outcomes.visits.weight", 0, None, 0, 2.4),
        # the larger of two figures, and the other in proportion
        ("funds.general.revenue", None, None, 16, 24),
        ("funds.general.revenue", "-10%", "*1.5", 18, 30),
        ("funds.general.revenue.t1", "*0.5", "12", 5, 12),
        # a number is a multiple, up to a thousand
        ("funds.other.revenue", 0.5, 1000, 25, 50_000),
        ("funds.other.revenue", "7", 1, 7, 50),
        # no share of revenue is above all of it
        ("rules[most].at_most", None, None, 0.72, 1.08),
        # below zero a fifth more lies lower
        ("outcomes.harm.weight", None, None, -3.6, -2.4),
    ],
)
def test_the_ends_of_a_range(town: bo.Scenario, path: str, start: Any, end: Any, low: float, high: float) -> None:
    found = figure_range(town, path, start, end)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_the_scenario_at_a_place_of_the_range(town: bo.Scenario) -> None:
    found = figure_range(town, "funds.general.revenue", None, None)
    assert found.scenario_at(10).revenue("general").tolist() == pytest.approx([5, 10])
    assert figure_range(town, "outcomes.visits.weight", None, None).scenario_at(7).outcomes["visits"].weight == 7


@pytest.mark.parametrize(
    ("start", "end", "words", "hint"),
    [
        (1000.5, None, "1000.5 is no multiple of what stands at funds.other.revenue", "as text: 1000.5"),
        (None, 1001, "1001 is no multiple", "write the number itself as text: 1001"),
        (-0.5, None, "-0.5 is no multiple", "as text: -0.5"),
        (float("nan"), None, "nan is no multiple", "such as 0.8"),
        ("60", "50", "the range of funds.other.revenue is from 60 to 50", "it begins below its end"),
        ("50", "50", "is from 50 to 50", "it begins below its end"),
    ],
)
def test_a_range_that_cannot_be_is_refused(town: bo.Scenario, start: Any, end: Any, words: str, hint: str) -> None:
    with pytest.raises(OptionError) as raised:
        figure_range(town, "funds.other.revenue", start, end)
    assert words in str(raised.value)
    assert hint in str(raised.value.hint)


def test_the_range_of_a_share_is_told_in_percent(town: bo.Scenario) -> None:
    with pytest.raises(OptionError, match=r"is from 90% to 12\.5%"):
        figure_range(town, "rules[most].at_most", "90%", "12.5%")


def test_figures_that_differ_have_no_range_of_one_figure(town: bo.Scenario) -> None:
    with pytest.raises(OptionError, match="makes them the same") as raised:
        figure_range(town, "funds.general.revenue", "15", None)
    assert "-10% and +10%" in str(raised.value.hint)


def test_what_a_curve_says_of_its_figure(town: bo.Scenario) -> None:
    money = bo.frontier(town, "funds.other.revenue", 0.9, 1.1, steps=1)
    assert (money.is_money, money.is_share, money.in_proportion, money.unit) == (True, False, False, 1)
    share = bo.frontier(town, "rules[most].at_most", 0.9, 1, steps=1)
    assert (share.is_money, share.is_share, share.unit) == (False, True, 0.01)
    several = bo.frontier(town, "funds.general.revenue", 0.9, 1, steps=1)
    assert (several.in_proportion, several.steps, several.is_integer) == (True, 1, False)
    assert (several.solves, several.is_complete, several.figure) == (2, True, "funds.general.revenue")
    assert several.seconds > 0
