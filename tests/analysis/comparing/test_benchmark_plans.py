"""The current budget, even changes and cuts by quartile, by figures worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.benchmark_plans import (
    _greatest,
    _ranked,
    current_value,
    limits_in_dollars,
    quartiles_of,
    spend_all,
)
from budgetopt.audit.current import current_units
from strategies import unchecked


def spent(benchmark: bo.BenchmarkPlan) -> list[float]:
    """Return what each program gets in all periods together."""
    return benchmark.plan.spending.sum(axis=(1, 2)).round(2).tolist()


def by_period(benchmark: bo.BenchmarkPlan) -> list[list[float]]:
    return benchmark.plan.spending.sum(axis=1).round(2).tolist()


def city(programs: dict[str, Any], revenue: Any = 120, **more: Any) -> bo.Scenario:
    return unchecked(
        {
            "funds": {"general": {"revenue": revenue}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": programs,
            **more,
        }
    )


PAIR: dict[str, Any] = {
    "a": {"baseline": 60, "outcomes": {"visits": {"per_dollar": 2}}},
    "b": {"baseline": 40, "outcomes": {"visits": {"per_dollar": 1}}},
    "new": {"outcomes": {"visits": {"per_dollar": 9}}},
}


def test_the_current_budget_is_the_baselines() -> None:
    found = bo.current_budget(city(PAIR))
    assert spent(found) == [60, 40, 0]
    assert found.audit.accepted
    assert found.scenario.programs.ids.tolist() == ["a", "b", "new"]


def test_who_pays_now_pays_in_the_current_budget() -> None:
    document = {
        "funds": {"general": {"revenue": 60}, "fees": {"revenue": 60}},
        "programs": {"a": {"baseline": 60, "baseline_by_fund": {"general": 15, "fees": 45}}, "b": {"baseline": 40}},
        "objective": {"minimize": "spending"},
    }
    found = bo.current_budget(unchecked(document))
    assert found.plan.spending[0, :, 0].tolist() == [15, 45]
    assert found.audit.accepted


def test_the_current_budget_misses_no_limit_by_a_guess_at_who_pays() -> None:
    rule = {"name": "Own", "sum": "spending", "where": {"program": "a"}, "funds": ["general"], "at_least": 30}
    document = {
        "funds": {"general": {"revenue": 60}, "fees": {"revenue": 60, "only": {"program": "a"}}},
        "programs": {"a": {"baseline": 60}, "b": {"baseline": 20}},
        "objective": {"minimize": "spending"},
        "rules": [rule],
    }
    assert bo.current_budget(unchecked(document)).audit.accepted


def test_an_even_change_spends_what_there_is() -> None:
    found = bo.across_the_board(city(PAIR))
    assert found.name == "across the board (+20.0%)"
    assert spent(found) == pytest.approx([72, 48, 0], abs=0.02)
    cut = bo.across_the_board(city(PAIR, revenue=75))
    assert cut.name == "across the board (-25.0%)"
    assert spent(cut) == pytest.approx([45, 30, 0], abs=0.02)
    assert cut.audit.accepted


def test_an_even_change_of_nothing_is_exact() -> None:
    found = bo.across_the_board(city(PAIR, revenue=100))
    assert spent(found) == [60, 40, 0]
    assert found.name == "across the board (+0.0%)"


def test_the_fund_with_the_least_money_sets_the_even_change() -> None:
    scenario = city({**PAIR, "b": {"baseline": 40, "tags": ["fees"]}}, revenue=120)
    funds = {"general": {"revenue": 90, "only": {"not": {"tags": "fees"}}}, "fees": {"revenue": 44}}
    scenario = unchecked({"funds": funds, "programs": {"a": PAIR["a"], "b": {"baseline": 40, "funds": ["fees"]}},
                          "outcomes": {"visits": {"weight": 1}}})  # fmt: skip
    assert spent(bo.across_the_board(scenario)) == pytest.approx([66, 44], abs=0.02)


def test_periods_with_more_money_are_raised_more() -> None:
    scenario = city(PAIR, revenue={"t1": 110, "t2": 150}, periods=["t1", "t2"])
    scenario = unchecked(
        {
            "periods": ["t1", "t2"],
            "funds": {"general": {"revenue": {"t1": 110, "t2": 150}, "carryover": False}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": PAIR,
        }
    )
    found = bo.across_the_board(scenario)
    assert found.name == "across the board (+10.0% to +50.0%)"
    assert np.array(by_period(found)) == pytest.approx(np.array([[66, 90], [44, 60], [0, 0]]), abs=0.02)


def test_a_given_change_is_made_whether_or_not_it_keeps_the_rules() -> None:
    scenario = city({"a": {**PAIR["a"], "spending": {"at_least": 58}}, "b": PAIR["b"]})
    found = bo.across_the_board(scenario, -0.05)
    assert spent(found) == [57, 38]
    assert [violation.kind for violation in found.audit.violations] == ["spending limit"]


def test_packages_and_whole_units_are_bought_whole() -> None:
    packages = [{"name": "base", "cost": 40}, {"name": "more", "cost": 20}]
    programs = {
        "a": {"baseline": 60, "packages": packages},
        "b": {"baseline": 35, "service": {"unit_cost": 10, "whole": True}},
    }
    found = bo.across_the_board(city(programs), -0.1)
    assert spent(found) == [40, 30]
    assert found.audit.accepted, found.audit.violations


@pytest.mark.parametrize("share", [-1.5, float("nan"), float("inf")])
def test_a_change_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(bo.OptionError, match="even change"):
        bo.across_the_board(city(PAIR), share)


@pytest.mark.parametrize("make", [bo.current_budget, bo.across_the_board, bo.lowest_quartile_first])
def test_without_baselines_there_is_no_such_plan(make: Any) -> None:
    with pytest.raises(bo.OptionError, match="no program has a baseline"):
        make(city({"new": PAIR["new"]}))


def test_floors_that_the_funds_cannot_pay_for_are_an_error() -> None:
    scenario = city({"a": {"baseline": 60, "spending": {"at_least": 50}, "outcomes": {}}}, revenue=40)
    with pytest.raises(bo.InfeasibleError, match="floors"):
        bo.lowest_quartile_first(scenario, "priority")


def quartered(**changes: Any) -> dict[str, Any]:
    """Return four programs of 10 each, of one quartile each, with more of some of them."""
    return {
        name: {"baseline": 10, "attributes": {"quartile": str(number)}, **changes.get(name, {})}
        for number, name in enumerate("abcd", start=1)
    }


@pytest.mark.parametrize(
    ("revenue", "changes", "expected"),
    [
        (40, {}, [10, 10, 10, 10]),
        (35, {}, [10, 10, 10, 5]),
        (32, {"d": {"spending": {"at_least": 4}}}, [10, 10, 8, 4]),
        (12, {}, [10, 2, 0, 0]),
        (45, {}, [15, 10, 10, 10]),
        (45, {"a": {"spending": {"at_most": 12}}}, [12, 13, 10, 10]),
        # the third quartile and the last one are raised when those before them have their ceilings
        (
            132,
            {**{key: {"spending": {"at_most": 10}} for key in "ab"}, "c": {"baseline": 1}, "d": {"baseline": 30}},
            [10, 10, 82, 30],
        ),
        (55, {key: {"spending": {"at_most": 10}} for key in "abc"}, [10, 10, 10, 25]),
    ],
)
def test_the_lowest_quartile_is_cut_first(revenue: float, changes: Any, expected: list[float]) -> None:
    found = bo.lowest_quartile_first(city(quartered(**changes), revenue=revenue))
    assert spent(found) == pytest.approx(expected, abs=0.02)


def test_rules_on_change_bound_the_cut() -> None:
    rule = {"name": "Not more than a fifth", "change": {"at_most": 0.2, "from": "baseline"}}
    found = bo.lowest_quartile_first(city(quartered(), revenue=37, rules=[rule]))
    assert spent(found) == pytest.approx([10, 10, 9, 8], abs=0.02)
    assert found.audit.accepted


def test_quartiles_are_read_from_scores_and_from_what_a_dollar_brings() -> None:
    scores = {
        name: {"baseline": 10, "attributes": {"score": score}}
        for name, score in zip("abcdefgh", [80, 10, 70, 20, 60, 30, 50, 40], strict=True)
    }
    quartile, said = quartiles_of(city(scores), "score")
    assert quartile.tolist() == [1, 4, 1, 4, 2, 3, 2, 3]
    assert said == "by its score"
    quartile, said = quartiles_of(city(PAIR), None)
    assert quartile.tolist() == [1, 3, 4]
    assert "outcomes" in said


def test_priorities_that_are_quartiles_are_read() -> None:
    programs = {
        "a": {"baseline": 1, "priority": "Q2"},
        "b": {"baseline": 1, "priority": "quartile 4"},
        "c": {"baseline": 1},
    }
    assert quartiles_of(city(programs), None)[0].tolist() == [2, 4, 4]


def test_numbers_of_which_some_could_be_quartiles_are_scores() -> None:
    programs = {
        name: {"baseline": 1, "attributes": {"score": score}}
        for name, score in zip("abcde", ["4", "80", "3", "7", ""], strict=True)
    }
    quartile, said = quartiles_of(city(programs), "attributes.score")
    # of five, the one without a score is in the lowest
    assert quartile.tolist() == [3, 1, 4, 2, 4]
    assert said == "by its attributes.score"


def test_whole_units_that_cost_less_than_a_dollar() -> None:
    programs = {"calls": {"baseline": 3.3, "service": {"unit": "calls", "unit_cost": 0.5, "whole": True}}}
    found = bo.across_the_board(city(programs), 0.0)
    assert spent(found) == [3]
    assert found.plan.units is not None
    assert found.plan.units.tolist() == [[6]]


def test_words_that_are_no_quartiles_are_refused() -> None:
    programs = {"a": {"baseline": 1, "department": "Fire"}}
    with pytest.raises(bo.OptionError, match="neither a quartile nor a score"):
        bo.lowest_quartile_first(city(programs), "department")
    with pytest.raises(bo.UnknownNameError, match="points"):
        bo.lowest_quartile_first(city(programs), "points")
    with pytest.raises(bo.OptionError, match="nothing tells the quartiles"):
        bo.lowest_quartile_first(city(programs))


def test_whole_units_of_a_service_are_those_that_the_money_buys() -> None:
    checks = {"unit": "checks", "unit_cost": 3, "whole": True}
    programs = {
        "checks": {"baseline": 30, "service": checks, "outcomes": {"visits": {"per_unit": 1}}},
        "talks": {
            "baseline": 20, "service": {**checks, "unit_cost": 4}, "if_funded": {"fixed_cost": 5},
            "outcomes": {"visits": {"per_unit": 1}}, "inflation": "50%",
        },
        "desk": {"baseline": 9, "packages": [{"cost": cost, "outcomes": {"visits": 1}} for cost in (5, 4)]},
    }  # fmt: skip
    found = bo.across_the_board(city(programs, periods=["t1", "t2"]), -0.1)
    # 27 dollars pay for 9 checks; 18 beyond the 5 for 3 talks of 4, and 27 beyond 7.50 for 3 of 6; 8.10 for one package
    assert by_period(found) == [[27, 27], [17, 25.5], [5, 5]]
    assert found.plan.units is not None
    assert found.plan.units[:2].tolist() == [[9, 9], [3, 3]]
    assert found.plan.packages is not None
    assert found.plan.packages.tolist() == [[True, True], [False, False]]
    assert found.audit.accepted


def test_floors_and_ceilings_are_told_in_dollars_of_each_year() -> None:
    programs = {
        # 3 units are 6 dollars and 4 fixed, 10 in all and 15 a year later; the most are 24, and 36
        "a": {
            "service": {"unit": "trips", "unit_cost": 2, "at_least": 3, "up_to": 10}, "if_funded": {"fixed_cost": 4},
            "spending": {"at_least": 5, "at_most": 30}, "outcomes": {"visits": {"per_unit": 1}}, "inflation": "50%",
        },
        # what must have something needs its least amount
        "b": {"spending": {"at_least": 3}, "if_funded": {"at_least": 8}, "outcomes": {"visits": {"per_dollar": 1}}},
        "c": {"spending": {"at_least": {"t2": 2}, "at_most": 5}, "if_funded": {"at_least": 2}},
        "d": {},
    }  # fmt: skip
    floor, ceiling = limits_in_dollars(city(programs, periods=["t1", "t2"]))
    assert floor.tolist() == [[10, 15], [8, 8], [0, 2], [0, 0]]
    assert ceiling.tolist() == [[24, 30], [np.inf, np.inf], [5, 5], [np.inf, np.inf]]


def test_quartiles_of_scores_are_of_equally_many_programs() -> None:
    score = np.array([5.0, 1, 9, 3, 7, 8, 2, 6])
    assert _ranked(score, np.ones(8, dtype=bool)).tolist() == [3, 4, 1, 3, 2, 1, 4, 2]
    # of what is not known the lowest, and of equal scores the first is the higher one
    known = np.array([True, False, True, False, True])
    assert _ranked(np.array([2.0, 99, 7, 0, 2]), known).tolist() == [2, 4, 1, 4, 3]
    assert _ranked(np.zeros(2), np.zeros(2, dtype=bool)).tolist() == [4, 4]


@pytest.mark.parametrize(
    ("limit", "low", "high", "found"),
    [
        (np.pi, 0, 10, np.pi),
        (3.0, 0, 10, 3.0),
        (12.0, 0, 10, 10.0),
        (0.0, 0, 10, 0.0),
        (2.5, 2, 3, 2.5),
        (1.0, 1, 9, 1.0),
        # no round number is near
        (1 / 3, 0, 1, 1 / 3),
        # what is round lies below the range
        (1.0000004, 1.0000004, 5001, 1.0000004),
    ],
)
def test_the_greatest_level_that_fits(limit: float, low: float, high: float, found: float) -> None:
    asked: list[float] = []

    def fits(level: float) -> bool:
        asked.append(level)
        return level <= limit

    level = _greatest(fits, low, high)
    assert level == pytest.approx(found, rel=1e-8, abs=1e-8)
    assert level <= limit
    assert len(asked) < 60


def test_money_that_is_left_in_one_year_raises_that_year_alone() -> None:
    yearly = {"general": {"revenue": {"t1": 60, "t2": 90}, "carryover": False}}
    scenario = city(PAIR, periods=["t1", "t2"], funds=yearly)
    levels = spend_all(scenario, lambda level: np.array([[60.0], [40], [0]]) * level, 5.0)
    assert levels.tolist() == pytest.approx([0.6, 0.9], rel=1e-6)
    found = bo.across_the_board(scenario)
    assert by_period(found) == [[36, 54], [24, 36], [0, 0]]
    assert found.name == "across the board (-40.0% to -10.0%)"
    with pytest.raises(bo.InfeasibleError, match="cannot pay even the floors"):
        spend_all(scenario, lambda level: np.full((3, 2), 50.0) + level, 5.0)


def test_what_programs_bring_now() -> None:
    scenario = city({**PAIR, "b": {**PAIR["b"], "outcomes": {"calls": {"per_dollar": 1}}}}, periods=["t1", "t2"],
                    outcomes={"visits": {"weight": 1}, "calls": {"weight": 3}})  # fmt: skip
    assert current_value(scenario).tolist() == [240, 240, 0]
    assert quartiles_of(scenario, None)[0].tolist() == [3, 1, 4]


def test_millions_are_spent_to_the_cent() -> None:
    programs = {"a": {**PAIR["a"], "baseline": 60_000_000}, "b": {**PAIR["b"], "baseline": 40_000_000}}
    found = bo.across_the_board(city(programs, revenue=123_456_789))
    assert spent(found) == pytest.approx([74_074_073.4, 49_382_715.6], abs=1)


def test_services_that_are_not_whole_are_bought_in_part_and_fixed_costs_only_with_units() -> None:
    each = {"outcomes": {"visits": {"per_unit": 1}}}
    programs = {
        "part": {"baseline": 35, "service": {"unit_cost": 10}, **each},
        "plain": {"baseline": 15},
        # 3 dollars beyond the fixed cost buy no talk of 4
        "talks": {"baseline": 8, "service": {"unit_cost": 4, "whole": True}, "if_funded": {"fixed_cost": 5}, **each},
        "free": {"baseline": 6, "service": {"unit_cost": 0, "up_to": 9, "whole": True}, **each},
    }
    found = bo.across_the_board(city(programs), -0.1)
    assert spent(found) == [31.5, 13.5, 0, 5.4]
    assert found.plan.units is not None
    assert found.plan.units[2].tolist() == [0]


def test_a_year_in_which_a_quartile_has_little_is_raised_as_far_as_the_money_goes() -> None:
    programs = {
        "a": {"baseline": {"t1": 99, "t2": 1}, "attributes": {"quartile": "1"}},
        "b": {"baseline": 10, "attributes": {"quartile": "2"}},
    }
    yearly = {"general": {"revenue": {"t1": 109, "t2": 91}, "carryover": False}}
    found = bo.lowest_quartile_first(city(programs, periods=["t1", "t2"], funds=yearly))
    assert np.array(by_period(found)) == pytest.approx(np.array([[99, 81], [10, 10]]), abs=0.02)


def test_what_a_dollar_of_a_small_baseline_brings() -> None:
    programs = {
        "a": {"baseline": 0.5, "outcomes": {"visits": {"per_dollar": 3}}},
        "b": {"baseline": 20, "outcomes": {"visits": {"per_dollar": 2}}},
        "c": {"baseline": 30, "outcomes": {"visits": {"per_dollar": 1}}},
        "d": {"baseline": 0, "outcomes": {"visits": {"per_dollar": 9}}},
    }
    assert quartiles_of(city(programs), None)[0].tolist() == [1, 2, 3, 4]


def test_the_current_budget_keeps_packages_units_and_the_years_of_funds() -> None:
    document = {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": 90}, "fees": {"revenue": {"t1": 60}, "ends": "t1"}},
        "programs": {
            "a": {"baseline": 60, "baseline_by_fund": {"general": 15, "fees": 45}},
            "calls": {"baseline": 8, "service": {"unit": "calls", "unit_cost": 2, "up_to": 9}},
            "desk": {"baseline": 5, "packages": [{"name": "desk", "cost": 5}, {"name": "more", "cost": 4}]},
        },
        "objective": {"minimize": "spending"},
    }
    found = bo.current_budget(unchecked(document))
    # after the fees end, the general fund pays all
    assert found.plan.spending.tolist() == [[[15, 60], [45, 0]], [[8, 8], [0, 0]], [[5, 5], [0, 0]]]
    np.testing.assert_array_equal(found.plan.units, current_units(found.scenario))
    assert found.plan.packages_in(found.scenario).tolist() == [[True, True], [False, False]]
    assert found.audit.accepted, found.audit.violations


def test_a_service_that_costs_no_money_has_no_ceiling_in_dollars() -> None:
    programs = {"free": {"service": {"unit": "talks", "unit_cost": 0, "up_to": 9}}, "plain": {}}
    floor, ceiling = limits_in_dollars(city(programs))
    assert floor.tolist() == [[0], [0]]
    assert np.isinf(ceiling).all()


def test_a_quartile_of_small_programs_is_raised_to_all_that_there_is() -> None:
    programs = quartered(a={"spending": {"at_most": 10}}, b={"baseline": 1}, c={"baseline": 100})
    assert spent(bo.lowest_quartile_first(city(programs, revenue=181))) == pytest.approx([10, 61, 100, 10], abs=0.02)
