"""Two goals against each other: frontiers worked out by hand, by brute force, and a known one."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.errors import InfeasibleError, OptionError, UnknownNameError
from budgetopt.solvers.highs import LiveModel

TOWN: dict[str, Any] = {
    "name": "Homes and visits",
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"homes": {"weight": 1, "unit": "homes"}, "visits": {"weight": 2, "unit": "visits"}},
    "programs": {
        "housing": {"outcomes": {"homes": {"curve": [[0, 0], [400, 80], [1000, 140]]}}},
        "library": {"outcomes": {"visits": {"curve": [[0, 0], [500, 250], [1000, 400]]}}},
    },
}
# the two-objective knapsack 2kp50 of Laumanns, Thiele and Zitzler (European Journal of Operational Research 169, 2006),
# as pyaugmecon (MIT) has it: weights of both knapsacks, capacities, profits, and the 35 efficient points
WEIGHTS = [
    [84, 49, 68, 20, 97, 74, 60, 30, 13, 95, 19, 41, 17, 95, 73, 12, 66, 55, 75, 20, 56, 80, 59, 66, 25,
     70, 95, 96, 62, 74, 31, 59, 21, 85, 45, 97, 23, 53, 51, 95, 58, 68, 62, 45, 83, 82, 47, 15, 52, 72],
    [19, 96, 93, 64, 72, 91, 32, 96, 44, 76, 69, 82, 51, 38, 52, 22, 83, 27, 70, 56, 29, 89, 86, 48, 13,
     95, 66, 94, 16, 44, 67, 90, 48, 29, 90, 54, 77, 28, 100, 86, 51, 62, 40, 54, 21, 55, 50, 62, 51, 77],
]  # fmt: skip
CAPACITIES = [1445, 1502.5]
PROFITS = [
    [21, 69, 26, 92, 77, 30, 96, 80, 60, 61, 52, 92, 19, 10, 63, 34, 100, 60, 11, 12, 37, 100, 74, 17, 60,
     69, 49, 69, 49, 59, 17, 21, 74, 85, 83, 41, 29, 63, 56, 38, 66, 92, 25, 84, 89, 21, 46, 94, 96, 92],
    [24, 92, 53, 25, 10, 31, 83, 34, 64, 69, 95, 40, 59, 87, 13, 94, 53, 52, 61, 53, 78, 34, 89, 32, 28,
     56, 52, 40, 41, 59, 35, 96, 72, 55, 100, 44, 90, 66, 59, 22, 72, 25, 36, 16, 56, 91, 61, 56, 66, 53],
]  # fmt: skip
EFFICIENT = [
    (2103, 1529), (2090, 1531), (2089, 1577), (2087, 1588), (2079, 1589), (2075, 1635), (2070, 1636), (2062, 1662),
    (2059, 1694), (2038, 1708), (2029, 1715), (2028, 1716), (2015, 1730), (2009, 1735), (2003, 1755), (1993, 1761),
    (1987, 1769), (1982, 1772), (1975, 1773), (1973, 1808), (1956, 1827), (1931, 1857), (1893, 1902), (1862, 1909),
    (1830, 1914), (1826, 1917), (1822, 1929), (1814, 1949), (1783, 1965), (1755, 1969), (1742, 1986), (1711, 2002),
    (1639, 2003), (1636, 2012), (1547, 2020),
]  # fmt: skip


def town(**more: Any) -> bo.Scenario:
    return bo.Scenario.from_document({**TOWN, **more})


def knapsack(weights: list[list[float]], capacities: list[float], profits: list[list[int]], **more: Any) -> bo.Scenario:
    items = {
        f"item{at}": {
            "packages": [
                {"name": "take", "cost": cost, "uses": {"room": size}, "outcomes": {"one": one, "other": other}}
            ]
        }
        for at, (cost, size, one, other) in enumerate(zip(*weights, *profits, strict=True))
    }
    return bo.Scenario.from_document(
        {
            "name": "Knapsacks",
            "funds": {"general": {"revenue": capacities[0]}},
            "resources": {"room": {"capacity": capacities[1]}},
            "outcomes": {"one": {"weight": 1}, "other": {"weight": 1, **more}},
            "programs": items,
        }
    )


def points(found: bo.TradeOff) -> list[tuple[float, float]]:
    return [(round(one, 6), round(other, 6)) for one, other in found.points[[found.first, found.second]].to_numpy()]


def test_the_corners_of_a_linear_frontier_are_found_with_what_moves() -> None:
    found = bo.trade_off(town(), "homes", "visits")
    # 600 of housing's dollars buy 0.1 homes each, 400 buy 0.2; 500 of the library's buy 0.5 visits each, 500 buy 0.3
    assert points(found) == [(140, 0), (90, 250), (80, 280), (0, 400)]
    assert found.points["rate"].tolist()[:3] == pytest.approx([0.2, 1 / 3, 2 / 3])
    assert found.kind == "curve"
    assert found.moves[["point", "program", "change"]].to_numpy().tolist()[:2] == [
        [1, "housing", -500],
        [1, "library", 500],
    ]
    # the scenario's own plan: a dollar is worth 1.0 and 0.6 in the library, 0.2 and 0.1 in housing
    assert found.present == pytest.approx((0, 400))


def test_an_outcome_of_which_less_is_better_is_lowered() -> None:
    outcomes = {**TOWN["outcomes"], "repairs": {"weight": 3, "unit": "repairs", "direction": "decrease"}}
    roads = {"outcomes": {"repairs": {"curve": [[0, 90], [600, 30], [1000, 20]]}}}
    found = bo.trade_off(town(outcomes=outcomes, programs={**TOWN["programs"], "roads": roads}), "repairs", "homes")
    assert points(found)[0] == (20, 0)
    assert points(found)[-1] == (90, 140)
    assert (600 - 400, (30 - 20)) == (200, 10)
    assert points(found)[1] == (30, 80)


def test_goals_that_agree_have_one_point() -> None:
    programs = {"both": {"outcomes": {"homes": {"per_dollar": 0.1}, "visits": {"per_dollar": 0.2}}}}
    found = bo.trade_off(town(programs=programs), "homes", "visits")
    assert points(found) == [(100, 200)]
    assert np.isnan(found.points["rate"]).all()


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_efficient_point_of_small_knapsacks_is_found(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    numbers = st.lists(st.integers(1, 9), min_size=count, max_size=count)
    weights, profits = ([data.draw(numbers), data.draw(numbers)] for _ in range(2))
    capacities = [max(sum(row) // 2, 1) for row in weights]
    reached = set()
    for chosen in product((0, 1), repeat=count):
        if all(np.dot(row, chosen) <= most for row, most in zip(weights, capacities, strict=True)):
            reached.add(tuple(int(np.dot(row, chosen)) for row in profits))
    efficient = [
        one for one in reached if not any(two != one and two[0] >= one[0] and two[1] >= one[1] for two in reached)
    ]
    found = bo.trade_off(knapsack(weights, capacities, profits), "one", "other")
    assert points(found) == sorted(efficient, reverse=True)
    assert found.kind == "all"
    assert found.points["proved"].all()


def test_the_end_of_a_known_frontier() -> None:
    found = bo.trade_off(knapsack(WEIGHTS, CAPACITIES, PROFITS, target={"at_least": 1965}), "one", "other")
    assert points(found) == [point for point in EFFICIENT if point[1] >= 1965]
    assert found.points["proved"].all()


@pytest.mark.deep
def test_a_known_frontier() -> None:
    assert points(bo.trade_off(knapsack(WEIGHTS, CAPACITIES, PROFITS), "one", "other")) == EFFICIENT


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_weights_find_a_plan_beyond_the_corners(data: st.DataObject) -> None:
    def curve() -> list[list[int]]:
        steps = data.draw(st.lists(st.integers(1, 9), min_size=2, max_size=2))
        slopes = sorted(data.draw(st.lists(st.integers(1, 9), min_size=2, max_size=2)), reverse=True)
        return [[0, 0], [steps[0], steps[0] * slopes[0]], [sum(steps), steps[0] * slopes[0] + steps[1] * slopes[1]]]

    programs = {
        name: {"outcomes": {"homes": {"curve": curve()}, "visits": {"per_dollar": data.draw(st.integers(0, 5))}}}
        for name in ("a", "b", "c")
    }
    scenario = town(programs=programs, funds={"general": {"revenue": data.draw(st.integers(5, 30))}})
    found = bo.trade_off(scenario, "homes", "visits")
    corners = np.array(points(found))
    for _ in range(3):
        weights = [data.draw(st.integers(1, 20)) for _ in range(2)]
        weighed = scenario.with_(("outcomes.homes.weight", weights[0]), ("outcomes.visits.weight", weights[1]))
        assert (corners @ weights).max() == pytest.approx(bo.solve(weighed).objective_value, rel=1e-6)


DISTRICTS: dict[str, Any] = {
    "name": "North and south",
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"visits": {"weight": 1, "unit": "visits"}},
    "programs": {
        "north": {"districts": {"north": "100%"}, "outcomes": {"visits": {"per_dollar": 0.3}}},
        "south": {"districts": {"south": "80%", "north": "20%"}, "outcomes": {"visits": {"per_dollar": 0.2}}},
    },
}


def test_equity_costs_what_the_best_value_loses() -> None:
    people = {"name": "people", "sum": "spending", "by": "districts", "each_at_least": 0}
    scenario = bo.Scenario.from_document({**DISTRICTS, "rules": [people | {"population": {"north": 4, "south": 6}}]})
    found = bo.price_of_equity(scenario, "visits")
    # 0.3 n + 0.04 s to the north's 4 people, 0.16 s to the south's 6, with n + s = 1000: equal at s = 818.18
    assert points(found) == [(300, 0), (round(300 - 81.818182, 6), round(0.16 * 818.181818 / 6, 6))]
    assert found.groups.query("point == 1")["per_head"].tolist() == pytest.approx([21.818182, 21.818182])
    assert found.is_equity


@settings(max_examples=8, deadline=None)
@given(floor=st.integers(0, 100))
def test_equity_is_what_a_floor_under_each_district_costs(floor: int) -> None:
    scenario = bo.Scenario.from_document(DISTRICTS)
    found = bo.price_of_equity(scenario)
    each = {"name": "each", "sum": "outcome visits", "by": "districts", "each_at_least": floor}
    value = bo.solve(bo.Scenario.from_document({**DISTRICTS, "rules": [each]})).objective_value
    at, values = found.points["least per head"].to_numpy(), found.points["weighted outcomes"].to_numpy()
    assert np.interp(floor, at, values) == pytest.approx(value, rel=1e-6)
    assert (found.groups["population"] == 1).all()


def test_all_or_nothing_equity_is_a_grid_of_proved_points() -> None:
    station = {"packages": [{"name": "build", "cost": 600, "outcomes": {"visits": 130}}]}
    programs = {**DISTRICTS["programs"], "branch": {**station, "districts": {"south": "100%"}}}
    found = bo.price_of_equity(bo.Scenario.from_document({**DISTRICTS, "programs": programs}), "visits", steps=4)
    assert found.kind == "grid"
    assert found.points["proved"].all()
    # the branch brings 130 to the south and leaves 400 for the north: 120 visits there
    assert points(found)[-1] == (250, 120)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="home"):
        bo.trade_off(town(), "home", "visits")
    with pytest.raises(OptionError, match="weighed against itself"):
        bo.trade_off(town(), "homes", "homes")
    with pytest.raises(OptionError, match="fewer than two groups by districts"):
        bo.price_of_equity(town())
    with pytest.raises(UnknownNameError, match="attribute"):
        bo.price_of_equity(town(), by="quarter")
    with pytest.raises(OptionError, match="a grid of 0 steps"):
        bo.trade_off(town(), "homes", "visits", steps=0)
    floor = {"name": "floor", "sum": "outcome homes", "at_least": 1000}
    with pytest.raises(InfeasibleError):
        bo.trade_off(town(rules=[floor]), "homes", "visits")


def test_a_notebook_shows_the_points() -> None:
    assert "homes against visits" in bo.trade_off(town(), "homes", "visits")._repr_html_()


def test_what_was_found_is_kept_when_the_user_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    solve, calls = LiveModel.solve, []

    def interrupted(self: LiveModel) -> bo.Solution:
        calls.append(self)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return solve(self)

    monkeypatch.setattr(LiveModel, "solve", interrupted)
    found = bo.trade_off(town(), "homes", "visits")
    assert not found.is_complete
    assert {(140, 0), (0, 400)} <= set(points(found)) <= {(140, 0), (90, 250), (80, 280), (0, 400)}
