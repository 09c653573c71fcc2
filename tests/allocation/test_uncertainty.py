"""Between what the figures of a plan lie, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.allocation import Allocation
from budgetopt.allocation.uncertainty import outcome_ranges
from budgetopt.allocation.verify import verify_result
from budgetopt.scenario.scenario import Scenario


def plan_of(programs: dict[str, Any], revenue: float = 100, **keys: Any) -> Allocation:
    document: dict[str, Any] = {
        "funds": {"f": {"revenue": revenue}},
        "outcomes": {"o": {"unit": "units", "weight": 1}},
        "programs": programs,
        **keys,
    }
    return bo.solve(Scenario.from_document(document))


def program(per_dollar: float, most: float = 10, **effect: Any) -> dict[str, Any]:
    return {"spending": {"at_most": most}, "outcomes": {"o": {"per_dollar": per_dollar, **effect}}}


def row(plan: Allocation) -> dict[str, Any]:
    found: dict[str, Any] = plan.outcomes.iloc[0].to_dict()
    return found


def test_two_effects_add_their_ranges_or_the_squares_of_them() -> None:
    plan = plan_of({"a": program(3, low="90%", high="120%"), "b": program(4, low="90%", high="110%")})
    found = row(plan)
    assert found["level"] == pytest.approx(70)
    assert (found["low"], found["high"]) == (pytest.approx(70 - 3 - 4), pytest.approx(70 + 6 + 4))
    assert found["low_if_independent"] == pytest.approx(70 - 5)
    assert found["high_if_independent"] == pytest.approx(70 + math.hypot(6, 4))
    assert (found["effects"], found["with_range"], found["assumed"]) == (2, 2, 2)


def test_what_says_nothing_is_exact_and_counted() -> None:
    plan = plan_of({"a": program(3, low="50%"), "b": program(4, evidence="rct"), "c": program(1, most=0)})
    found = row(plan)
    assert (found["low"], found["high"]) == (pytest.approx(70 - 15), pytest.approx(70))
    assert (found["effects"], found["with_range"], found["assumed"]) == (2, 1, 1)


def test_without_any_range_there_is_none() -> None:
    found = row(plan_of({"a": program(3)}))
    assert all(math.isnan(found[key]) for key in ("low", "high", "low_if_independent", "high_if_independent"))


def test_a_change_has_a_range_where_an_effect_that_has_one_changes() -> None:
    def changes(**more: Any) -> list[float]:
        found = outcome_ranges(plan_of({"a": {**program(3, **more), "baseline": 10}, "b": program(4)}))
        return [float(found.least_change[0]), float(found.most_change[0])]

    # b is new and has no range; a has one and stays as it is, or is 4 dollars more than now
    assert changes() == pytest.approx([math.nan] * 2, nan_ok=True)
    assert changes(low="50%", high="200%") == pytest.approx([math.nan] * 2, nan_ok=True)
    assert changes(low="50%", high="200%", most=14) == pytest.approx([12 + 40 - 6, 12 + 40 + 12])


def test_a_negative_effect_is_lowest_where_it_is_greatest() -> None:
    harm = {**program(-1, low="50%", high="300%"), "spending": {"at_least": 10}}
    plan = plan_of({"a": program(3), "harm": harm}, revenue=20)
    assert (row(plan)["low"], row(plan)["high"]) == (pytest.approx(30 - 30), pytest.approx(30 - 5))


def test_the_height_of_a_curve_at_no_spending_is_no_effect() -> None:
    curve = {"curve": [[0, 900], [10, 400]], "low": "50%", "high": "150%"}
    plan = plan_of(
        {"a": {"outcomes": {"o": curve}}}, outcomes={"o": {"unit": "repairs", "weight": 1, "direction": "decrease"}}
    )
    assert (row(plan)["level"], row(plan)["low"], row(plan)["high"]) == (400, 150, 650)


def test_packages_have_ranges_of_their_own() -> None:
    packages = [
        {"cost": 10, "outcomes": {"o": {"value": 40, "low": "75%"}}},
        {"cost": 10, "outcomes": {"o": {"value": 6, "std_error": "50%", "high": "200%"}}},
        {"cost": 500, "outcomes": {"o": {"value": 6, "low": "0%"}}},
    ]
    plan = plan_of({"fire": {"packages": packages}})
    down = 6 * 0.5 * 1.959963984540054
    assert (row(plan)["low"], row(plan)["high"]) == (pytest.approx(46 - 10 - down), pytest.approx(52))
    assert (row(plan)["effects"], row(plan)["with_range"]) == (2, 2)
    effects = plan.to_dict()["effects"]
    assert (effects["low"], effects["high"]) == (pytest.approx(46 - 10 - down), pytest.approx(52))


def test_no_more_units_are_brought_than_there_are() -> None:
    effect = {"unit_cost": 2, "up_to": 4, "low": "50%", "high": "150%"}
    full = plan_of({"a": {"outcomes": {"o": effect}}})
    assert (row(full)["level"], row(full)["low"], row(full)["high"]) == (4, 2, 4)
    near = plan_of({"a": {"spending": {"at_most": 6}, "outcomes": {"o": effect}}})
    assert (row(near)["level"], row(near)["low"], row(near)["high"]) == (3, 1.5, 4)


def test_what_is_spent_beyond_all_units_makes_up_for_a_smaller_effect() -> None:
    effect = {"unit_cost": 2, "up_to": 4, "low": "50%", "high": "150%"}
    over = plan_of({"a": {"spending": {"at_least": 12}, "outcomes": {"o": effect}}})
    # 12 dollars would serve 6, and 3 if each cost twice as much
    assert (row(over)["level"], row(over)["low"], row(over)["high"]) == (4, 3, 4)


def test_one_effect_is_off_by_the_same_share_in_every_period() -> None:
    plan = plan_of({"a": program(3, low="90%", high="110%")}, periods=["Y1", "Y2"])
    assert (row(plan)["low_if_independent"], row(plan)["high_if_independent"]) == (pytest.approx(54), pytest.approx(66))
    assert plan.effects["low"].tolist() == pytest.approx([27, 27])
    assert plan.effects["high"].tolist() == pytest.approx([33, 33])


def test_a_change_may_go_the_other_way_within_its_range() -> None:
    programs = {
        "a": {**program(3, low="50%", high="150%"), "baseline": 5},
        "b": {**program(2, low="50%", high="150%"), "baseline": 10},
    }
    plan = plan_of(programs, revenue=15)
    ranges = plan.outcome_ranges
    # 10 dollars for a and 5 for b: 30 + 10 beside 15 + 20
    assert row(plan)["change"] == pytest.approx(5)
    assert ranges.least_change[0] == pytest.approx(7.5 - 15)
    assert ranges.most_change[0] == pytest.approx(22.5 - 5)


def test_the_result_has_the_ranges_and_verify_confirms_them() -> None:
    plan = plan_of({"a": program(3, low="90%", high="120%"), "b": program(4, evidence="rct")})
    document = plan.to_dict()
    effects = document["effects"]
    assert (effects["program"], effects["outcome"], effects["assumed"]) == ([0, 1], "o", [True, False])
    assert (effects["low"], effects["high"]) == ([pytest.approx(27), None], [pytest.approx(36), None])
    (outcome,) = document["outcomes"]
    assert outcome["range"]["low"] == pytest.approx(67)
    assert outcome["evidence"] == {"effects": 2, "with_range": 1, "assumed": 1}
    assert verify_result(document, plan.scenario).accepted
    outcome["range"]["low"] = 1.0
    assert not verify_result(document, plan.scenario, check_seal=False).accepted


def test_two_years_two_outcomes_and_packages() -> None:
    programs = {
        # 80 units in Y1; in Y2 all 100 that there are, and money for 160
        "a": {
            "baseline": 10,
            "spending": {"at_most": {"Y1": 20, "Y2": 40}},
            "outcomes": {
                "o": {"unit_cost": 0.25, "low": "50%", "high": "150%", "up_to": 100},
                "k": {"per_dollar": 1, "low": "80%"},
            },
        },
        "b": {
            "spending": {"at_most": 10},
            "outcomes": {"o": {"per_dollar": 2, "evidence": "rct"}, "k": {"per_dollar": 0.5, "low": "50%"}},
        },
        "c": {
            "packages": [
                {"cost": 5, "outcomes": {"o": {"value": 40, "low": "75%"}, "k": {"value": 4}}},
                {"cost": 5, "outcomes": {"o": {"value": 20, "low": "50%", "high": "200%"}}},
            ]
        },
        "d": {"outcomes": {"o": {"per_dollar": 0.1, "low": "0%"}}},
    }
    document = {
        "periods": ["Y1", "Y2"],
        "funds": {"f": {"revenue": {"Y1": 40, "Y2": 60}, "carryover": False}},
        "outcomes": {"o": {"weight": 1}, "k": {"weight": 1}},
        "programs": programs,
    }
    plan = bo.solve(Scenario.from_document(document))
    assert plan.spending.sum(axis=1).tolist() == [[20, 40], [10, 10], [10, 10], [0, 0]]
    ends = plan.effect_ranges.program_ends
    assert {key: tuple(map(float, pair)) for key, pair in ends.items()} == {
        (0, 0): (40 + 80, 100 + 100),
        (0, 1): (48, 60),
        (1, 1): (5, 10),
        (2, 0): (80, 160),
        (3, 0): (0, 0),
    }
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0)]
    lowest, highest = plan.effect_ranges.period_ends(*(np.array(column) for column in zip(*pairs, strict=True)))
    nothing = [math.nan, math.nan]
    assert lowest.tolist() == [
        pytest.approx(row, nan_ok=True) for row in ([40, 80], [16, 32], nothing, [2.5, 2.5], [40, 40], nothing, [0, 0])
    ]
    assert highest.tolist() == [
        pytest.approx(row, nan_ok=True) for row in ([100, 100], [20, 40], nothing, [5, 5], [80, 80], nothing, [0, 0])
    ]
    # 340 units of o, 260 more than the baseline brings; 78 of k, 58 more
    for field, values in {
        "low": [340 - 60 - 40, 78 - 12 - 5],
        "high": [340 + 20 + 40, 78],
        "low_if_independent": [340 - math.sqrt(60**2 + 20**2 + 20**2), 78 - 13],
        "high_if_independent": [340 + math.hypot(20, 40), 78],
        # of the 100 units that a adds half, and of all that c does
        "least_change": [260 - 50 - 40, 58 - 8 - 5],
        "most_change": [260 + 50 + 40, 58],
        "effects": [4, 3],
        "with_range": [3, 2],
        "assumed": [3, 3],
    }.items():
        assert getattr(plan.outcome_ranges, field).tolist() == pytest.approx(values), field


def test_what_brings_something_in_one_year_brings_something() -> None:
    programs = {"a": program(3, low="90%"), "b": program(1, most=0)}
    document = {"periods": ["t1", "t2"], "funds": {"f": {"revenue": {"t1": 8, "t2": 0}, "carryover": False}}}
    plan = plan_of(programs, **document)
    found = row(plan)
    assert (found["effects"], found["with_range"], found["assumed"]) == (1, 1, 1)
    assert (found["level"], found["low"], found["high"]) == (24, pytest.approx(21.6), 24)
    assert plan.effect_ranges.brings.tolist() == [True, False]


def test_an_outcome_that_nothing_brings_has_no_range() -> None:
    plan = plan_of({"a": program(3, low="90%")}, outcomes={"o": {"weight": 1}, "idle": {"weight": 2}})
    ranges = outcome_ranges(plan)
    assert ranges.low.tolist() == pytest.approx([27, math.nan], nan_ok=True)
    assert ranges.high.tolist() == pytest.approx([30, math.nan], nan_ok=True)
    assert ranges.effects.tolist() == ranges.with_range.tolist() == [1, 0]


def test_a_package_that_brings_nothing_has_no_range_and_its_plan_can_be_written() -> None:
    plan = plan_of({"p": {"packages": [{"cost": 0, "outcomes": {"o": 0}}], "choose": "any"}}, revenue=0)
    assert plan.effects.empty
    assert verify_result(plan.to_dict(), plan.scenario).accepted
