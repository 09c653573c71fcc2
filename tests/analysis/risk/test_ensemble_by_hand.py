"""What an ensemble says, worked out by hand over five draws of two years."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.analysis.risk import ensemble as module
from budgetopt.analysis.risk.effect_draws import latin_scores
from budgetopt.analysis.risk.ensemble import _money
from budgetopt.errors import OptionError

TOWN: dict[str, Any] = {
    "periods": ["t1", "t2"],
    "funds": {"general": {"revenue": 10, "carryover": False}},
    "outcomes": {
        "visits": {"name": "Visits made", "unit": "visits", "weight": 2, "target": {"at_least": {"t1": 6, "t2": 5}}},
        "homes": {"unit": "homes", "weight": 3, "target": {"at_most": 5, "each": "total"}},
        "books": {"unit": "books", "weight": 1, "target": {"at_least": {"t2": 0}, "at_most": {"t2": 9}}},
        "songs": {"unit": "songs", "weight": 1},
    },
    "programs": {
        "library": {"spending": {"at_most": 6}, "outcomes": {"visits": {"per_dollar": 1, "std_error": "20%"}}},
        "housing": {"outcomes": {"homes": {"per_dollar": 0.5, "low": "50%"}}},
        "museum": {"name": "The museum", "outcomes": {"books": {"per_dollar": 0.1}, "songs": {"per_dollar": 0.1}}},
    },
}
"""A dollar is worth 2 in the library, 1.5 in housing. The library gets its 6 dollars and housing 4, in both years. Its
target keeps the library at 6 in the first year; in the second one of its dollars may go to housing, but no more, as
homes are 5 at most."""
DRAWS = pd.DataFrame({"library": [1, 0.9, 0.5, 1.2, 1], "housing": [1, 1, 1.3, 1.5, 0.2]})


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(TOWN))


@pytest.fixture
def found(plan: bo.Allocation) -> bo.Ensemble:
    return bo.ensemble(plan, given=DRAWS)


def test_each_draw_is_beside_its_best_plan(found: bo.Ensemble) -> None:
    # 24 visits and 12 homes, each by its factor; in the third draw housing makes 1.95 of a dollar, the library 1
    assert found.draws["plan"].tolist() == pytest.approx([36, 33.6, 27.6, 46.8, 26.4])
    assert found.draws["best"].tolist() == pytest.approx([36, 33.6, 28.55, 46.8, 26.4])
    assert found.draws["regret"].tolist() == pytest.approx([0, 0, 0.95, 0, 0])
    assert (found.draws["regret"] == 0).tolist() == [True, True, False, True, True]
    assert found.draws[["draw", "feasible", "affordable", "proved", "unit"]].to_numpy().tolist() == [
        [at, True, True, True, "weighted outcomes"] for at in range(5)
    ]


def test_how_often_amounts_stay(found: bo.Ensemble) -> None:
    columns = ["spending", "funded", "at_least", "same", "at_most", "low", "median", "high", "mean"]
    assert found.stability[columns].to_numpy() == pytest.approx(
        np.array(
            [
                # 12 dollars in four draws, and 11; quantiles between the first two of the five
                [12, 1, 0.8, 0.8, 1, 11.2, 12, 12, 11.8],
                [8, 1, 1, 0.8, 0.8, 8, 8, 8.8, 8.2],
                [0, 0, 1, 1, 1, 0, 0, 0, 0],
            ]
        )
    )
    assert found.stability["name"].tolist() == ["library", "housing", "The museum"]
    assert found.stability.index.tolist() == ["library", "housing", "museum"]
    assert set(found.stability["unit"]) == {found.plan.scenario.currency}


def test_what_the_plan_brings_and_how_often_it_misses_a_target(found: bo.Ensemble) -> None:
    columns = ["level", "low", "median", "high", "mean", "target_missed"]
    assert found.outcomes[columns].to_numpy() == pytest.approx(
        np.array(
            [
                # 12, 10.8, 6, 14.4, 12 visits: below 6 in the first year in two draws
                [12, 6 + 0.2 * 4.8, 12, 12 + 0.8 * 2.4, 11.04, 0.4],
                # 4, 4, 5.2, 6 and 0.8 homes in both years together
                [4, 0.8 + 0.2 * 3.2, 4, 5.2 + 0.8 * 0.8, 4, 0.4],
                # between its limits in the one year that has any, and without a target
                [0, 0, 0, 0, 0, 0],
                [0, 0, 0, 0, 0, np.nan],
            ]
        ),
        nan_ok=True,
    )
    assert found.outcomes[["name", "unit"]].to_numpy().tolist() == [
        ["Visits made", "visits"],
        ["homes", "homes"],
        ["books", "books"],
        ["songs", "songs"],
    ]
    assert found.outcomes.index.tolist() == ["visits", "homes", "books", "songs"]


def test_the_summary(found: bo.Ensemble) -> None:
    table = found.summary
    assert table["value"].to_dict() == pytest.approx(
        {
            "value of the plan as estimated": 36,
            "expected value of the plan": 34.08,
            "expected value of the best plan of each draw": 34.27,
            "expected regret": 0.19,
            # between the two largest of 0, 0, 0, 0 and 0.95
            "regret that one draw in twenty exceeds": 0.76,
            "largest regret": 0.95,
            # the mean factors are 0.92 and 1, with which the plan is the best one
            "best expected value without more information": 34.08,
            "expected value of perfect information": 0.19,
        }
    )
    known = table["standard_error"].dropna()
    assert set(known.index) == {
        "expected value of the plan",
        "expected value of the best plan of each draw",
        "expected regret",
        "expected value of perfect information",
    }
    # four times 0.19 from the mean and once 0.76: the root of 0.722 / 4 / 5
    assert known[["expected regret", "expected value of perfect information"]].tolist() == pytest.approx([0.19, 0.19])
    assert set(table["unit"]) == {"weighted outcomes"}
    assert np.isnan(found.value("what was not worked out"))


def test_information_is_worth_what_the_plan_that_is_best_on_average_lacks(plan: bo.Allocation) -> None:
    found = bo.ensemble(plan, given=pd.DataFrame({"library": [0.5, 0.9], "housing": [1.3, 1.1]}))
    # on average the dollar is worth 1.4 in the library and 1.8 in housing: 16.8 and 14.4, and 0.4 more
    assert found.value("best expected value without more information") == pytest.approx(31.6)
    # in the first draw that plan is the best one, in the second it lacks 1.8 - 1.65
    assert found.evpi == pytest.approx(0.075)
    assert found.value("expected regret") == pytest.approx(0.95 / 2)
    assert found.summary["standard_error"]["expected value of perfect information"] == pytest.approx(0.075)


def test_what_is_counted_of_effects_and_draws(plan: bo.Allocation, found: bo.Ensemble) -> None:
    assert (found.effects, found.uncertain, found.assumed, found.requested) == (4, 2, 0, 5)
    first = bo.ensemble(plan, 2, given=DRAWS)
    assert first.requested == 2
    assert first.draws["plan"].tolist() == pytest.approx([36, 33.6])
    drawn = bo.ensemble(plan, 4, assumed_error=0.3)
    assert (drawn.effects, drawn.uncertain, drawn.assumed, drawn.requested) == (4, 4, 2, 4)
    assert bo.ensemble(plan, 4).assumed == 0
    # the library is at its ceiling
    assert found.at_limits == (1, 2)
    assert found._repr_html_().count("<table") == 3


def test_how_many_draws_there_are_where_nothing_is_said(plan: bo.Allocation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (module.DRAWS, module.FEW_DRAWS) == (1000, 100)
    monkeypatch.setattr(module, "DRAWS", 7)
    monkeypatch.setattr(module, "FEW_DRAWS", 3)
    assert bo.ensemble(plan).requested == 7
    building = {"packages": [{"cost": 3, "outcomes": {"books": {"value": 1, "std_error": "9%"}}}]}
    scenario = bo.Scenario.from_document({**TOWN, "programs": {**TOWN["programs"], "museum": building}})
    assert bo.ensemble(scenario).requested == 3
    with pytest.raises(OptionError, match="0 draws say nothing"):
        bo.ensemble(plan, 0)
    assert bo.ensemble(plan, 1).requested == 1


TWO_FUNDS = bo.Scenario.from_document(
    {
        **TOWN,
        "funds": {
            "general": {"revenue": {"t1": 10, "t2": 20}, "carryover": False},
            "grant": {"revenue": {"t1": 5}, "carryover": False},
        },
    }
)


def test_one_error_moves_the_revenue_of_all_funds_together() -> None:
    plan = bo.solve(TWO_FUNDS)
    money = _money(plan, 0.5, 200, 4)
    paths = ["funds[general].revenue[t1]", "funds[general].revenue[t2]", "funds[grant].revenue[t1]"]
    assert list(money) == paths
    scores = latin_scores(200, (4, 2))
    assert scores.min() < -2
    # half of the revenue for each standard deviation, and never more than there is
    for path, revenue in zip(paths, (10, 20, 5), strict=True):
        assert money[path] == pytest.approx(revenue * np.where(scores < -2, -1, scores / 2))


def test_funds_with_errors_of_their_own_move_by_themselves() -> None:
    plan = bo.solve(TWO_FUNDS)
    money = _money(plan, {"grant": 0.1, "general": 0.0}, 50, 4)
    assert list(money) == ["funds[grant].revenue[t1]"]
    assert money["funds[grant].revenue[t1]"] == pytest.approx(0.5 * latin_scores(50, (4, 3, 1)))
    both = _money(plan, {"grant": 0.1, "general": 0.2}, 50, 4)
    assert both["funds[general].revenue[t2]"] == pytest.approx(4 * latin_scores(50, (4, 3, 0)))
    # a fund of which nothing is said stays as it is
    assert list(_money(plan, {"grant": 0.1}, 50, 4)) == ["funds[grant].revenue[t1]"]
    assert _money(plan, 0.0, 50, 4) == {}


@pytest.mark.parametrize("share", [-0.01, 1.0])
def test_an_error_of_revenue_that_cannot_be_is_refused(share: float) -> None:
    plan = bo.solve(TWO_FUNDS)
    with pytest.raises(OptionError, match="times the revenue of 'general' cannot be"):
        _money(plan, share, 5, 0)
    assert _money(plan, 0.99, 5, 0)
