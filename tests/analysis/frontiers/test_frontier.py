"""The best value against one number: curves worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

import budgetopt as bo
from budgetopt.analysis.frontiers.best_value_curve import CurvePart
from budgetopt.analysis.frontiers.figure_range import FigureRange
from budgetopt.analysis.frontiers.frontier import _joined, _tables
from budgetopt.analysis.live_problem.parametric import Point
from budgetopt.errors import InfeasibleError, OptionError, ScenarioError

TOWN = {
    "name": "Two programs",
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"visits": {"weight": 2}, "books": {"weight": 1}},
    "programs": {
        "library": {"outcomes": {"visits": {"curve": [[0, 0], [600, 300], [900, 390]]}}},
        "pool": {
            "spending": {"at_least": 50, "at_most": 700},
            "outcomes": {"visits": {"curve": [[0, 0], [500, 200]]}, "books": {"per_dollar": 0.5}},
        },
    },
}
# what a dollar buys: pool 0.8 + 0.5 up to 500, then 0.5; library 1.0 up to 600, then 0.6 up to 900


@pytest.fixture(scope="module")
def town() -> bo.Scenario:
    return bo.Scenario.from_document(TOWN)


def pieces(found: bo.Frontier) -> list[tuple[float, ...]]:
    return [tuple(round(value, 6) for value in row) for row in found.pieces[["from", "to", "price"]].to_numpy()]


def test_revenue_has_a_piece_for_each_program_that_money_goes_to(town: bo.Scenario) -> None:
    found = bo.frontier(town, "funds.general.revenue", "0", "2000")
    assert pieces(found) == [
        (50, 500, 1.3),
        (500, 1100, 1),
        (1100, 1400, 0.6),
        (1400, 1600, 0.5),
        (1600, 2000, 0),
    ]
    assert found.is_exact
    assert found.is_complete
    moves = found.moves
    assert moves[["program", "change"]].to_numpy().tolist() == [
        ["pool", 450],
        ["library", 600],
        ["library", 300],
        ["pool", 200],
    ]
    assert found.value_at(800) == pytest.approx(650 + 300)
    assert len(found.moves_within(600, 1000)) == 1


def test_a_weight_moves_the_plan_at_once_and_the_curve_is_convex(town: bo.Scenario) -> None:
    found = bo.frontier(town, "outcomes.books.weight", "0", "2")
    # below 0.4 the pool's dollars (0.8 + 0.5 w) buy less than the library's first (1.0)
    assert pieces(found) == [(0, 0.4, 200), (0.4, 2, 250)]
    assert found.moves[["program", "change"]].to_numpy().tolist() == [["library", -100], ["pool", 100]]
    assert found.moves["from"].tolist() == found.moves["to"].tolist() == pytest.approx([0.4, 0.4])


def test_a_ceiling_is_followed_past_the_end_of_a_segment(town: bo.Scenario) -> None:
    found = bo.frontier(town, "programs.pool.spending.at_most", "60", "1400")
    assert pieces(found) == [(60, 100, 1.3), (100, 400, 0.7), (400, 500, 0.3), (500, 1400, 0)]
    assert found.is_exact


def test_a_limit_that_crosses_segments_of_many_programs_is_exact() -> None:
    curves = {"a": [7, 3, 2], "b": [6, 5, 1], "c": [9, 4, 0]}
    programs = {
        name: {
            "baseline": 120,
            "outcomes": {
                "visits": {"curve": [[0, 0]] + [[70 * at, 70 * sum(slopes[:at])] for at in range(1, len(slopes) + 1)]}
            },
        }
        for name, slopes in curves.items()
    }
    rule = {"name": "No large change", "change": {"at_most": "20%"}}
    scenario = bo.Scenario.from_document({**TOWN, "funds": {"general": {"revenue": 400}}, "programs": programs,
                                          "rules": [rule], "outcomes": {"visits": {"weight": 1}}})  # fmt: skip
    found = bo.frontier(scenario, "rules[No large change].change.at_most", "0%", "100%")
    assert found.is_exact
    # a bend of the problem lies at 70 / 120 and at 140 / 120 of the baseline, above and below
    for share in (0.0, 0.05, 1 / 6, 0.2, 0.41, 5 / 12, 0.5, 0.77, 1.0):
        there = scenario.with_(("rules[No large change].change.at_most", f"{share * 100:.12f}%"))
        assert found.value_at(share) == pytest.approx(bo.solve(there).objective_value)


def test_a_number_that_bends_everywhere_is_worked_out_on_one_grid() -> None:
    years = {**TOWN, "periods": ["one", "two", "three"], "inflation": "2%"}
    found = bo.frontier(bo.Scenario.from_document(years), "inflation", "0%", "10%", steps=None)
    assert not found.is_exact
    assert len(found.points) == 21


def test_a_number_that_moves_the_matrix_is_worked_out_on_a_grid() -> None:
    scenario = bo.Scenario.from_document(
        {**TOWN, "rules": [{"name": "half", "sum": "spending", "where": {"program": "pool"}, "at_least": "50%",
                            "of": "total spending"}]}
    )  # fmt: skip
    found = bo.frontier(scenario, "rules[half].at_least", "50%", "70%", steps=None)
    assert not found.is_exact
    assert found.is_share
    assert len(found.points) == 21
    at_70 = bo.solve(scenario.with_(("rules[half].at_least", "70%"))).objective_value
    assert found.value_at(0.7) == pytest.approx(at_70)
    assert set(found.pieces["method"]) == {"grid"}


def test_several_numbers_move_in_proportion() -> None:
    years = {**TOWN, "periods": ["one", "two"], "funds": {"general": {"revenue": {"one": 1000, "two": 2000}}}}
    scenario = bo.Scenario.from_document(years)
    found = bo.frontier(scenario, "funds.general.revenue", 0.5, 1)
    assert found.in_proportion
    assert (found.low, found.high, found.now) == (1000, 2000, 2000)
    half = bo.solve(scenario.with_(("funds.general.revenue", "*0.5"))).objective_value
    assert found.value_at(1000) == pytest.approx(half)
    with pytest.raises(OptionError, match="leads to numbers that differ"):
        bo.frontier(scenario, "funds.general.revenue", "900", "1000")


def test_all_or_nothing_decisions_have_a_grid_for_limits_and_an_exact_curve_for_weights() -> None:
    scenario = bo.Scenario.from_document(
        {
            "name": "Stations",
            "funds": {"capital": {"one_time": 10}},
            "outcomes": {"lives": {"weight": 1}, "homes": {"weight": 1}},
            "programs": {
                "north": {"packages": [{"name": "build", "cost": 6, "outcomes": {"lives": 10}}]},
                "south": {"packages": [{"name": "build", "cost": 6, "outcomes": {"homes": 9}}]},
            },
        }
    )
    money = bo.frontier(scenario, "funds.capital.one_time", "0", "20", steps=10)
    assert money.points["value"].tolist() == [0, 0, 0, 10, 10, 10, 19, 19, 19, 19, 19]
    assert (money.points["gap"] == 0).all()
    assert not money.is_exact
    weight = bo.frontier(scenario, "outcomes.homes.weight", "0", "2")
    assert pieces(weight) == [(0, round(10 / 9, 6), 0), (round(10 / 9, 6), 2, 9)]
    assert weight.is_exact
    assert weight.moves["program"].tolist() == ["north", "south"]


def test_a_minimum_is_convex_in_a_target() -> None:
    scenario = bo.Scenario.from_document(
        {
            "name": "Cheapest",
            "funds": {"general": {"revenue": 1000}},
            "outcomes": {"visits": {"target": {"at_least": 250}}},
            "programs": {
                "library": {"outcomes": {"visits": {"curve": [[0, 0], [600, 300]]}}},
                "pool": {"outcomes": {"visits": {"per_dollar": 0.25}}},
            },
            "objective": {"minimize": "spending"},
        }
    )
    found = bo.frontier(scenario, "outcomes.visits.target.at_least", "100", "500")
    assert pieces(found) == [(100, 300, 2), (300, 400, 4)]
    assert found.points["figure"].iloc[-1] == pytest.approx(400)


def test_what_cannot_be_is_refused(town: bo.Scenario) -> None:
    with pytest.raises(ScenarioError, match="genral"):
        bo.frontier(town, "funds.genral.revenue")
    with pytest.raises(ScenarioError, match="no number"):
        bo.frontier(town, "outcomes.visits.unit")
    with pytest.raises(OptionError, match="revenue is from 2,000 to 1,000"):
        bo.frontier(town, "funds.general.revenue", "2000", "1000")
    with pytest.raises(OptionError, match="no multiple"):
        bo.frontier(town, "funds.general.revenue", 90e6, 110e6)
    with pytest.raises(OptionError, match="has no usual range"):
        bo.frontier(town, "funds.general.one_time")
    with pytest.raises(ScenarioError):
        bo.frontier(town, "funds.general.revenue", "much")
    with pytest.raises(InfeasibleError, match="anywhere in this range"):
        bo.frontier(town, "funds.general.revenue", "0", "20")
    with pytest.raises(OptionError, match="a grid of 0 steps"):
        bo.frontier(town, "funds.general.revenue", steps=0)


def test_a_scenario_without_a_plan_says_where_one_begins(town: bo.Scenario) -> None:
    poor = town.with_(("funds.general.revenue", "20"))
    found = bo.frontier(poor, "funds.general.revenue", 1, 4)
    assert found.points["figure"].tolist() == pytest.approx([50, 80])


def test_a_notebook_shows_the_pieces(town: bo.Scenario) -> None:
    shown = bo.frontier(town, "funds.general.revenue")._repr_html_()
    assert "Best value against funds.general.revenue" in shown
    assert "<table" in shown


def bounded(floor: float, ceiling: float) -> bo.Scenario:
    """Return a program that gets exactly what a rule says, between its floor and its ceiling."""
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {"weight": 2}},
            "programs": {
                "pool": {
                    "spending": {"at_least": floor, "at_most": ceiling},
                    "outcomes": {"visits": {"per_dollar": 1}},
                }
            },
            "rules": [{"name": "exactly", "sum": "spending", "equals": 5}],
        }
    )


def test_a_plan_that_is_possible_in_the_middle_alone_is_found() -> None:
    found = bo.frontier(bounded(3, 6), "rules[exactly].equals", "0", "10")
    assert pieces(found) == [(3, 6, 2)]
    assert found.points["value"].tolist() == pytest.approx([6, 12])
    assert found.is_exact
    # and at one place alone
    (point,) = bo.frontier(bounded(5, 5), "rules[exactly].equals", "0", "10").points.to_numpy().tolist()
    assert point == pytest.approx([5, 10, 0])
    with pytest.raises(InfeasibleError):
        bo.frontier(bounded(3, 6), "rules[exactly].equals", "7", "10")


def test_a_plan_that_just_meets_a_target_is_on_the_curve() -> None:
    """26 fewer complaints, and never more: -31.2 + 5.2, the end that is found, is a little above -26."""
    town = bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2"],
            "funds": {"general": {"revenue": 100_000}},
            "outcomes": {
                "visits": {"weight": 1},
                "complaints": {
                    "weight": 0, "direction": "decrease", "target": {"at_most": -26, "each": "total"}
                },
            },
            "programs": {
                "pool": {
                    "outcomes": {
                        "visits": {"per_dollar": 0.0001}, "complaints": {"curve": [[0, 0], [100_000, -13]]}
                    }
                }
            },
        }
    )  # fmt: skip
    found = bo.frontier(town, "outcomes[complaints].target.at_most")
    assert found.points["figure"].tolist() == pytest.approx([-26, -20.8])
    assert found.value_at(found.now) == pytest.approx(20)


def test_the_ends_of_a_range(town: bo.Scenario) -> None:
    found = bo.frontier(town, "funds.general.revenue", 0, 0.1)
    assert (found.low, found.high, found.now) == (0, 100, 1000)
    usual = bo.frontier(town, "funds.general.revenue")
    assert (usual.low, usual.high) == (800, 1200)
    for start, end in (("1000", "1000"), (1, 1)):
        with pytest.raises(OptionError, match="revenue is from 1,000 to 1,000"):
            bo.frontier(town, "funds.general.revenue", start, end)
    with pytest.raises(OptionError, match=r"-0\.1 is no multiple"):
        bo.frontier(town, "funds.general.revenue", -0.1, 1)
    with pytest.raises(OptionError, match="no multiple"):
        bo.frontier(town, "funds.general.revenue", 1, float("inf"))


def test_pieces_that_touch_a_range_are_within_it(town: bo.Scenario) -> None:
    found = bo.frontier(town, "funds.general.revenue", "0", "2000")
    assert found.moves_within(1100, 1100)["from"].tolist() == pytest.approx([500, 1100])
    assert found.moves_within(0, 499)["from"].tolist() == pytest.approx([50])
    assert found.moves_within(1601, 1700).empty
    weight = bo.frontier(town, "outcomes.books.weight", "0", "2")
    assert weight.moves_within(0.41, 2).empty
    assert len(weight.moves_within(0.39, 0.41)) == 2


def curve(moves: str, *points: tuple[float, float], exact: bool = True, gap: float = 0.0) -> CurvePart:
    return CurvePart(moves, exact, [Point(at, value, float("nan")) for at, value in points], [gap] * len(points))


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        # straight across: the place where two parts meet is no end of a piece
        ([curve("limits", (0, 0), (2, 4)), curve("limits", (2, 4), (5, 10))], [[0, 5]]),
        ([curve("limits", (0, 0), (2, 4)), curve("limits", (2, 4), (5, 5))], [[0, 2, 5]]),
        ([curve("limits", (0, 0), (1, 9), (2, 4)), curve("limits", (2, 4), (5, -11), (6, 0))], [[0, 1, 5, 6]]),
        # of a grid every point stays, and parts of different kinds are not joined
        ([curve("matrix", (0, 0), (2, 4), exact=False), curve("matrix", (2, 4), (5, 10), exact=False)], [[0, 2, 5]]),
        ([curve("limits", (0, 0), (2, 4)), curve("costs", (2, 4), (5, 10))], [[0, 2], [2, 5]]),
        ([curve("limits", (0, 0), (2, 4)), curve("limits", (2, 4), (5, 10), exact=False)], [[0, 2], [2, 5]]),
        # a gap between them, and a part without any point
        ([curve("limits", (0, 0), (2, 4)), curve("limits", (3, 6), (5, 10))], [[0, 2], [3, 5]]),
        ([curve("limits"), curve("limits", (2, 4), (5, 10)), curve("limits")], [[2, 5]]),
        ([], []),
    ],
)
def test_parts_that_follow_one_another_are_joined(parts: list[CurvePart], joined: list[list[float]]) -> None:
    found = _joined(parts)
    assert [[point.at for point in part.points] for part in found] == joined
    assert all(len(part.gaps) == len(part.points) for part in found)


def test_the_tables_of_parts(town: bo.Scenario) -> None:
    parts = [
        curve("limits", (0, 1e9), (2, 1e9 + 0.5), (3, 1e9 + 4)),
        curve("matrix", (3, 7), (5, 6), exact=False, gap=0.25),
    ]
    figure = SimpleNamespace(unit=0.01, is_money=False, scenario=town)
    found, points = _tables(parts, cast(FigureRange, SimpleNamespace(figure=figure)))
    # a change below the accuracy of the value has no price
    assert found["price"].tolist() == pytest.approx([0, 0.01 * 3.5, -0.01 * 0.5])
    assert found["price"].iloc[0] == 0
    assert found["method"].tolist() == ["exact", "exact", "grid"]
    assert found[["from", "to", "value_from", "value_to"]].to_numpy().tolist()[2] == [3, 5, 7, 6]
    assert points.to_numpy().tolist() == [[0, 1e9, 0], [2, 1e9 + 0.5, 0], [3, 7, 0.25], [5, 6, 0.25]]


def test_what_was_found_is_kept_when_the_user_interrupts(town: bo.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bo.frontier(town, "funds.general.revenue", "0", "2000")
    solve, calls = bo.WhatIf.solve, []

    def interrupted(self: bo.WhatIf, problem: bo.LinearProgram) -> bo.Solution:
        calls.append(problem)
        if len(calls) > 6:
            raise KeyboardInterrupt
        return solve(self, problem)

    monkeypatch.setattr(bo.WhatIf, "solve", interrupted)
    found = bo.frontier(town, "funds.general.revenue", "0", "2000")
    assert not found.is_complete
    assert not found.is_exact
    assert 0 < len(found.points) < len(whole.points) + 3
    for at, value in found.points[["figure", "value"]].to_numpy():
        assert value == pytest.approx(whole.value_at(at))
    calls[:] = [None] * 7
    with pytest.raises(bo.OutOfTimeError, match="interrupted before any value"):
        bo.frontier(town, "funds.general.revenue", "0", "2000")


@pytest.mark.parametrize("path", ["spending.at_least", "spending.at_most"])
def test_a_curve_ends_at_the_very_number_beyond_which_there_is_no_plan(path: str) -> None:
    document = {
        "funds": {"general": {"revenue": 2_000_000}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "library": {
                "spending": {"at_least": 1_600_000, "at_most": 1_600_000},
                "outcomes": {"visits": {"per_dollar": 0.0001}},
            }
        },
    }
    found = bo.frontier(bo.Scenario.from_document(document), f"programs.library.{path}")
    assert 1_600_000 in found.points["figure"].tolist()
    assert found.value_at(1_600_000) == pytest.approx(160)
