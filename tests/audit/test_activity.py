"""What spending does to outcomes, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.audit import audit_plan
from budgetopt.audit.activity import levels_of
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
    assert rounded(levels.of_outcome(1, 3)) == [[0, 0], [200_000, 200_000], [150, 150]]
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
