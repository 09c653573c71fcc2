"""Weights in two years of which the second counts 0.8, beside unspent money that is worth something."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetopt as bo
from budgetopt.analysis.live_problem.parametric import Point
from budgetopt.analysis.weighting.group_weights import _factors, _means, _ranks
from budgetopt.analysis.weighting.weighing import weighed, with_weights, worths_of
from budgetopt.analysis.weighting.weight_ranges import _range, _size
from budgetopt.errors import OptionError

TOWN: dict[str, Any] = {
    "periods": ["t1", "t2"],
    "discount": "25%",
    "funds": {"general": {"revenue": {"t1": 10, "t2": 20}, "carryover": False}},
    "outcomes": {
        "visits": {"name": "Visits made", "unit": "visits", "weight": 2},
        "repairs": {"unit": "repairs", "weight": 3, "direction": "decrease"},
    },
    "programs": {
        "library": {"name": "The library", "outcomes": {"visits": {"curve": [[0, 1], [4, 9], [12, 13]]}}},
        "roads": {"outcomes": {"repairs": {"curve": [[0, 9], [6, 3]]}}},
    },
    "objective": [{"maximize": "weighted outcomes", "unspent_worth": 0.25}],
}
"""A dollar is worth 4 in the library up to 4 and 1 up to 12, 3 in roads up to 6, and 0.25 unspent, in either year.
The library gets 4 and 12 dollars, roads 6 and 6, and 2 of the second year are left."""
PLAN = {"library": 16, "roads": 12}


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(TOWN))


@pytest.fixture
def found(plan: bo.Allocation) -> bo.Weights:
    worths = pd.DataFrame(
        {"group": ["a", "a", "b"], "population": [10, 10, 30], "visits": [4, 2, 0.1], "repairs": [0.25, 0.75, 5]}
    )
    return bo.weights(plan, worths, answers_are="worth")


def test_the_objective_outcome_by_outcome(plan: bo.Allocation) -> None:
    parts = weighed(plan.scenario, plan.formulation)
    x = plan.solver_result.x
    assert x is not None
    assert parts.given.tolist() == pytest.approx([1 * 1.8, 9 * 1.8])
    # 9 and 13 visits, 3 and 3 repairs; 2 dollars of the second year
    assert parts.levels(x).tolist() == pytest.approx([9 + 0.8 * 13, 3 * 1.8])
    assert parts.rest.value(x) == pytest.approx(LEFT)
    # what all of the money would be worth if it were left
    assert parts.rest.offset == pytest.approx(0.25 * 30)
    worths = worths_of(plan.scenario)
    assert worths.tolist() == [2, -3]
    assert parts.stage(worths).value(x) == pytest.approx(2 * 19.4 - 3 * 5.4 + LEFT)
    assert worths_of(plan.scenario, {"repairs": 5}).tolist() == [2, -5]
    assert [one.weight for one in with_weights(plan.scenario, {"visits": 7}).outcomes.values()] == [7, 3]


def test_between_which_weights_the_plan_stays(found: bo.Weights) -> None:
    assert found.ranges.to_numpy().tolist() == [
        # from where the library's last dollars of the second year are worth what is unspent, to where they are worth
        # those of roads
        ["visits", "Visits made", "visits", 2, pytest.approx(0.625), pytest.approx(6), "exact"],
        # from where a dollar for roads is worth one of the later dollars of the library in the first year
        ["repairs", "repairs", "repairs", 3, pytest.approx(1), np.inf, "exact"],
    ]
    assert found.ranges.columns.tolist() == ["outcome", "name", "unit", "weight", "from", "to", "method"]
    moves = {tuple(row[:2]): [] for row in found.moves.to_numpy().tolist()}
    for outcome, side, weight, program, name, change in found.moves.to_numpy().tolist():
        moves[outcome, side].append((round(weight, 6), program, name, round(change, 6)))
    assert moves == {
        ("visits", "below"): [(0.625, "library", "The library", -8)],
        ("visits", "above"): [(6, "library", "The library", 6), (6, "roads", "roads", -6)],
        ("repairs", "below"): [(1, "library", "The library", 6), (1, "roads", "roads", -6)],
    }


LEFT = 0.25 * 2
BEST_A = 3 * (12 + 0.8 * 13) - 0.5 * (9 + 0.8 * 3) + LEFT
"""With 3 and 0.5 the first 10 dollars are the library's, and 12, 6 and 2 those of the second year."""
BEST_B = 0.1 * 1.8 - 5 * 3 * 1.8 + 0.25 * (4 + 14)
"""With 0.1 and 5 nothing but roads is worth more than money that is left."""


def test_what_the_plans_lose_by_the_weights_of_groups(found: bo.Weights) -> None:
    regrets = found.regrets
    assert regrets.loc["the scenario", ["a", "b"]].tolist() == pytest.approx(
        [(BEST_A - (3 * 19.4 - 0.5 * 5.4 + LEFT)) / BEST_A, (BEST_B - (0.1 * 19.4 - 5 * 5.4 + LEFT)) / -BEST_B]
    )
    assert [regrets.loc["a", "a"], regrets.loc["b", "b"]] == pytest.approx([0, 0], abs=1e-12)
    assert regrets.loc["a", "b"] == pytest.approx((BEST_B - (0.1 * 22.4 - 5 * 11.4 + LEFT)) / -BEST_B)
    assert regrets["largest"].tolist() == regrets[["a", "b"]].max(axis=1).tolist()
    assert regrets.index.tolist() == ["the scenario", "a", "b", "by population", "compromise"]


def test_the_tables_of_groups(found: bo.Weights) -> None:
    nothing = pytest.approx(np.nan, nan_ok=True)
    assert found.groups.to_numpy().tolist() == [["a", 2, 2, 10, 1], ["b", 1, 1, 30, nothing]]
    assert found.group_weights[["the scenario", "a", "b", "by population"]].to_numpy() == pytest.approx(
        np.array([[2, 3, 0.1, (3 * 10 + 0.1 * 30) / 40], [3, 0.5, 5, (0.5 * 10 + 5 * 30) / 40]])
    )
    assert found.spending["the scenario"].to_dict() == pytest.approx(PLAN)
    assert found.spending["a"].to_dict() == pytest.approx({"library": 22, "roads": 6})
    assert found.spending["b"].to_dict() == pytest.approx({"library": 0, "roads": 12})
    assert found.spending["name"].to_dict() == {"library": "The library", "roads": "roads"}
    assert np.isfinite(found.agreement)


def test_the_compromise_loses_as_much_of_both_groups(found: bo.Weights) -> None:
    between = found.compromise
    assert between is not None
    assert between.weights is not None
    visits, repairs = between.levels.tolist()
    lost = [
        (BEST_A - (3 * visits - 0.5 * repairs + between.rest)) / BEST_A,
        (BEST_B - (0.1 * visits - 5 * repairs + between.rest)) / -BEST_B,
    ]
    assert lost == pytest.approx([between.largest_regret] * 2)
    assert found.regrets.loc["compromise", ["a", "b"]].tolist() == pytest.approx(lost)
    # what is left is worth a quarter of its money in its year
    library, roads = between.spending.tolist()
    assert 0 <= library <= 24
    assert 0 <= roads <= 12
    assert found.spending["compromise"].to_dict() == pytest.approx({"library": library, "roads": roads}, abs=0.01)
    assert found.group_weights["compromise"].to_dict() == between.weights
    # by its weights, which lie between those of the groups, no plan is worth more
    mixed = bo.solve(with_weights(found.scenario, between.weights))
    worth = between.weights["visits"] * visits - between.weights["repairs"] * repairs + between.rest
    assert worth == pytest.approx(mixed.objective_value)
    assert 0.1 < between.weights["visits"] < 3
    # that no plan loses less follows, as the loss of each group is the part of the other one's gain
    share = (between.weights["visits"] - 0.1) / 2.9
    assert between.weights["repairs"] == pytest.approx(5 + share * (0.5 - 5))


def line(slopes: dict[tuple[float, float], float]) -> Any:
    """Return a convex value of a weight: its slope over ranges; nothing beyond them."""

    def evaluate(weight: float) -> Point | None:
        value = 0.0
        for (low, high), slope in slopes.items():
            value += slope * (min(weight, high) - low) if weight > low else 0.0
        held = [slope for (low, high), slope in slopes.items() if low <= weight <= high]
        return Point(weight, value, held[0]) if held else None

    return evaluate


@pytest.mark.parametrize(
    ("slopes", "weight", "slope", "ends"),
    [
        ({(0, 2): 1.0, (2, 6): 3.0, (6, 1e9): 8.0}, 3.0, 3.0, (2, 6)),
        ({(0, 1e9): 1.0}, 3.0, 1.0, (0, np.inf)),
        # an outcome without a weight can only count more
        ({(0, 5): 2.0, (5, 1e9): 4.0}, 0.0, 2.0, (0, 5)),
        # far beyond a hundred times the weight, and beyond what is looked at
        ({(0, 1000): 1.0, (1000, 1e9): 2.0}, 3.0, 1.0, (0, 1000)),
        ({(0, 1e5): 1.0, (1e5, 1e9): 2.0}, 3.0, 1.0, (0, np.inf)),
    ],
)
def test_the_range_of_a_value_that_is_given(
    slopes: dict[tuple[float, float], float], weight: float, slope: float, ends: tuple[float, float]
) -> None:
    evaluate = line(slopes)
    start = Point(weight, evaluate(weight).value, slope)
    assert _range(weight or 1.0, start, evaluate) == pytest.approx(ends, abs=1e-6)


def test_a_search_that_ends_nowhere_has_no_range() -> None:
    low, high = _range(3.0, Point(3.0, 3.0, 1.0), lambda _: None)
    assert np.isnan([low, high]).all()


def test_a_weight_below_one_may_be_raised_beyond_its_double() -> None:
    # one visit or one home for the only dollar: 0.5 stays the smaller weight up to 2
    outcomes = {"visits": {"weight": 0.5}, "homes": {"weight": 2}}
    programs = {"a": {"outcomes": {"visits": {"per_dollar": 1}}}, "b": {"outcomes": {"homes": {"per_dollar": 1}}}}
    document = {"funds": {"general": {"revenue": 1}}, "outcomes": outcomes, "programs": programs}
    ranges = bo.weights(bo.solve(bo.Scenario.from_document(document))).ranges
    assert ranges[["from", "to"]].to_numpy().tolist() == [pytest.approx([0, 2]), pytest.approx([0.5, np.inf])]


def test_a_weight_is_measured_by_itself_or_by_the_largest_one(plan: bo.Allocation) -> None:
    assert (_size(plan, -4.0), _size(plan, 0.0)) == (4, 3)
    none: Any = SimpleNamespace(scenario=SimpleNamespace(outcomes={"a": SimpleNamespace(weight=0.0)}))
    assert _size(none, 0.0) == 1


def test_means_of_the_cells_that_are_filled_and_ranks_with_ties() -> None:
    values = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])
    assert _means(values) == pytest.approx([2, 5, np.nan], nan_ok=True)
    assert _ranks(np.array([5.0, 1, 5, 9, 5])).tolist() == [3, 1, 3, 5, 3]


def test_points_are_divided_by_the_mean_of_the_respondent() -> None:
    answers: Any = SimpleNamespace(points=np.array([[1.0, 3, np.nan], [2, 2, 8]]), outcomes=("a", "b", "c"))
    assert _factors(answers, np.ones(3)) == pytest.approx(np.array([[0.5, 1.5, np.nan], [0.5, 0.5, 2]]), nan_ok=True)
    with pytest.raises(OptionError, match="outcome 'b' has no weight") as raised:
        _factors(answers, np.array([1.0, 0, 0]))
    assert "--set outcomes.b.weight=1" in str(raised.value.hint)
    answers.points[1] = 0
    with pytest.raises(OptionError, match="respondent 2 of the table gives no points at all"):
        _factors(answers, np.ones(3))
