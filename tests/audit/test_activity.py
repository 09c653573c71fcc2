"""What spending does to outcomes, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.audit import audit_plan
from budgetopt.audit.activity import activity_of, levels_of, uses_of
from budgetopt.audit.package_list import list_packages
from riverton import M, audited, payments, rounded, town
from strategies import unchecked


def test_the_usual_year_by_hand() -> None:
    audit = audited(None)
    # housed 1M / 10,000; visits 1M x 0.2 + 150 on the curve; overdue 400 after the first million
    assert rounded(audit.outcomes) == [[100, 100], [200_150, 200_150], [400, 400]]
    assert rounded(audit.weighted) == [10 * 100 + 2 * 200_150 - 3 * 400] * 2
    assert audit.weighted_value == pytest.approx(2 * 400_100)
    assert audit.accepted


@pytest.mark.parametrize(
    ("spent", "households"),
    [(0, 0), (5_000, 0.5), (1_000_000, 100), (1_500_000, 150), (1_500_000.01, 150), (9 * M, 150)],
)
def test_a_unit_cost_buys_up_to_its_limit(spent: float, households: float) -> None:
    scenario = town()
    plan = payments(scenario, ("shelter", "general", "FY2027", spent))
    assert rounded(audit_plan(scenario, plan).outcomes[0, 0]) == households


def test_a_unit_cost_without_a_limit_goes_on() -> None:
    scenario = town({"programs.shelter.outcomes": {"housed": {"unit_cost": 10_000}}})
    plan = payments(scenario, ("shelter", "general", "FY2028", 9 * M))
    assert rounded(audit_plan(scenario, plan).outcomes[0]) == [0, 900]


def test_units_limited_to_none_buy_nothing() -> None:
    scenario = town({"programs.shelter.outcomes": {"housed": {"unit_cost": 10_000, "up_to": 0}}})
    plan = payments(scenario, ("shelter", "general", "FY2028", 9 * M))
    assert rounded(audit_plan(scenario, plan).outcomes[0]) == [0, 0]


@pytest.mark.parametrize(
    ("spent", "overdue"),
    [(0, 900), (500_000, 650), (1 * M, 400), (2 * M, 300), (3 * M, 200), (3.5 * M, 200), (50 * M, 200)],
)
def test_a_curve_is_straight_between_its_points_and_flat_after_the_last(spent: float, overdue: float) -> None:
    scenario = town()
    plan = payments(scenario, ("repairs", "general", "FY2027", spent))
    assert rounded(audit_plan(scenario, plan).outcomes[2, 0]) == overdue


def test_a_curve_counts_at_zero_spending_too() -> None:
    scenario = town()
    audit = audit_plan(scenario, payments(scenario))
    assert rounded(audit.outcomes) == [[0, 0], [50, 50], [900, 900]]


def test_what_several_funds_pay_is_one_spending() -> None:
    scenario = town()
    plan = payments(scenario, ("shelter", "general", "FY2027", 400_000), ("shelter", "grant", "FY2027", 600_000))
    assert rounded(audit_plan(scenario, plan).outcomes[0, 0]) == 100


def test_each_program_s_part_can_be_told_apart() -> None:
    levels = audited(None).levels
    of_one = levels.outcome == 1
    assert levels.program[of_one].tolist() == [1, 2]
    assert rounded(levels.level[of_one]) == [[200_000, 200_000], [150, 150]]
    assert rounded(levels.totals(3)[1]) == [200_150, 200_150]


def test_a_scenario_without_effects_has_no_levels() -> None:
    scenario = unchecked(
        {
            "funds": {"general": {"revenue": 5}},
            "programs": {"a": {"baseline": 1}},
            "outcomes": {"visits": {"weight": 1}},
        }
    )
    levels = levels_of(scenario, np.ones((1, 1)))
    assert len(levels.program) == 0
    assert levels.totals(1).tolist() == [[0.0]]


points = st.lists(st.tuples(st.integers(1, 50), st.integers(-40, 90)), min_size=1, max_size=6)


@given(st.lists(points, min_size=1, max_size=5), st.lists(st.integers(0, 400), min_size=5, max_size=5))
def test_curves_of_any_shape_agree_with_numpy(curves: list[list[tuple[int, int]]], money: list[int]) -> None:
    programs = {}
    expected = []
    for number, steps in enumerate(curves):
        x = np.cumsum([0] + [width for width, _ in steps])
        y = np.cumsum([7] + [rise for _, rise in steps])
        programs[f"p{number}"] = {"outcomes": {"visits": {"curve": np.stack([x, y], axis=1).tolist()}}}
        expected.append(np.interp(money, x, y))
    scenario = unchecked(
        {
            "periods": [f"year {number}" for number in range(5)],
            "funds": {"general": {}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": programs,
        }
    )
    levels = levels_of(scenario, np.tile(np.array(money, dtype=float), (len(curves), 1)))
    assert np.allclose(levels.level, expected, rtol=1e-12, atol=1e-12)


EVERY_SHAPE = unchecked({
    "periods": ["FY1", "FY2"],
    "funds": {"general": {"revenue": 500}},
    "outcomes": {"visits": {}, "cured": {}, "heard": {}},
    "resources": {"staff": {"capacity": 9}, "vans": {"capacity": 9}, "fuel": {"capacity": 9}},
    "programs": {
        # 80 dollars beyond a fixed cost bring 40 visits; a dollar buys half as much in the second year
        "clinic": {
            "baseline": 100,
            "inflation": "100%",
            "if_funded": {"fixed_cost": 20},
            "outcomes": {"visits": {"at_baseline": 40}, "cured": {"per_dollar": -0.5}},
            "uses": {"staff": {"per": 50}, "vans": {"at_baseline": 10}},
        },
        "rides": {
            "baseline": 28,
            "service": {"unit": "rides", "unit_cost": 4},
            "if_funded": {"fixed_cost": 8},
            "outcomes": {
                "visits": {"per_unit": -3},
                "cured": {"unit_cost": 2, "up_to": 15},
                "heard": {"at_baseline": 10},
            },
            "uses": {"staff": {"per_unit": -0.25}, "vans": {"per_outcome": {"visits": 0.1}}, "fuel": {"per_dollar": 2}},
        },
        # a curve: four times the baseline brings twice as much
        "gallery": {"baseline": 100, "outcomes": {"visits": {"at_baseline": 40, "elasticity": 0.5}}},
        "radio": {"service": {"unit": "hours", "unit_cost": 5}, "outcomes": {"heard": {"per_dollar": -2}}},
    },
})  # fmt: skip
SPENT = np.array([[60.0, 240], [28, 48], [100, 400], [10, 0]])


def test_every_shape_of_an_effect() -> None:
    levels = levels_of(EVERY_SHAPE, SPENT)
    assert levels.outcome.tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert levels.program.tolist() == [1, 0, 2, 0, 1, 3, 1]
    # 40 and 100 dollars of the first year buy something for the clinic; 5 and 10 rides are paid for
    assert rounded(levels.level[[0, 1, 3, 4, 5, 6]]) == [
        [-15, -30], [20, 50], [-20, -50], [10, 15], [-20, 0], [10, 20],
    ]  # fmt: skip
    assert levels.level[2] == pytest.approx([40, 80], rel=1e-3)
    # by the dollar, or by the unit of a service: a ride of 4 dollars, an hour of 5
    assert rounded(levels.steepest[[0, 1, 3, 4, 5, 6]]) == [3, 0.5, 0.5, 2, 10, 2]


def test_every_shape_of_a_use() -> None:
    packages = list_packages(EVERY_SHAPE)
    activity = activity_of(EVERY_SHAPE, SPENT, None, None, packages)
    uses = uses_of(EVERY_SHAPE, activity, levels_of(EVERY_SHAPE, SPENT), packages)
    assert uses.outcome.tolist() == [0, 0, 1, 1, 2]
    assert uses.program.tolist() == [0, 1, 0, 1, 1]
    # every dollar counts, those of a fixed cost too: 60 and 120 of the first year
    assert rounded(uses.level) == [[1.2, 2.4], [-1.25, -2.5], [6, 12], [-1.5, -3], [56, 96]]
    assert rounded(uses.steepest) == [0.02, 0.25, 0.1, 0.3, 8]


def test_units_that_a_plan_says_cost_what_they_cost() -> None:
    units = np.full((4, 2), np.nan)
    units[1], units[3] = [0, 10], [0, np.nan]
    spent = np.array([[60.0, 240], [0, 49], [100, 400], [1, 30]])
    activity = activity_of(EVERY_SHAPE, spent, None, units, list_packages(EVERY_SHAPE))
    assert activity.said.tolist() == [[False, False], [True, True], [False, False], [True, False]]
    assert activity.units[[1, 3]].tolist() == [[0, 10], [0, 6]]
    assert activity.buying[[1, 3]].tolist() == [[0, 40], [0, 30]]
    # the fixed cost of 8 besides, where there is any money or any ride
    assert activity.real[[1, 3]].tolist() == [[0, 48], [0, 30]]
    spent[1, 0], units[1, 1] = 1, 0
    activity = activity_of(EVERY_SHAPE, spent, None, units, list_packages(EVERY_SHAPE))
    assert activity.real[1].tolist() == [8, 8]
    spent[1], units[1] = 0, 5
    activity = activity_of(EVERY_SHAPE, spent, None, units, list_packages(EVERY_SHAPE))
    assert activity.real[1].tolist() == [28, 28]
    # curves are over units of a service, and over dollars of other programs
    assert activity.level.tolist() == [[40, 100], [5, 5], [100, 400], [0, 6]]
    assert activity.price.tolist() == [1, 4, 1, 5]
