"""Draws as problems, worked out by hand for two years, two funds and three outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.risk.drawn_problems import DrawAnswer, DrawnProblems, amounts_of, solver_of_draws
from budgetopt.analysis.risk.effect_draws import EffectErrors

TOWN: dict[str, Any] = {
    "periods": ["t1", "t2"],
    "discount": "25%",
    "funds": {
        "general": {"revenue": {"t1": 10, "t2": 20}, "carryover": False},
        "other": {"revenue": 3, "carryover": False, "transfers_to": {"general": {"at_most": 1}}},
    },
    "outcomes": {
        "visits": {"weight": 2},
        "homes": {"weight": 3},
        "repairs": {"weight": 1, "direction": "decrease"},
    },
    "programs": {
        "library": {
            "funds": ["general"],
            "outcomes": {
                "visits": {"curve": [[0, 1], [4, 9], [12, 13]], "std_error": "20%"},
                "homes": {"per_dollar": 0.1, "low": "50%"},
            },
        },
        "housing": {"funds": ["general"], "outcomes": {"homes": {"per_dollar": 0.5, "std_error": "30%"}}},
        "roads": {"funds": ["other"], "outcomes": {"repairs": {"per_dollar": -1, "std_error": "10%"}}},
    },
}
"""The second year counts 0.8. A dollar is worth 4.3 in the library up to 4, 1.3 up to 12 and 0.3 beyond, 1.5 in housing
and 1 in roads. So 1 of the other fund's 3 dollars goes to the general fund, which gives the library 4 and housing 7 in
the first year, 4 and 17 in the second."""
EFFECTS = ("library.visits", "library.homes", "housing.homes", "roads.repairs")
AS_ESTIMATED = 69.06
"""Visits 2 * 9 * 1.8, homes 3 * (3.9 + 0.8 * 8.9), repairs 2 * 1.8."""


def town(**programs: Any) -> bo.Allocation:
    document = {**TOWN, "programs": {name: {**TOWN["programs"][name], **programs.get(name, {})}
                                     for name in TOWN["programs"]}}  # fmt: skip
    return bo.solve(bo.Scenario.from_document(document))


def drawn_of(plan: bo.Allocation, factors: Sequence[Sequence[float]], **money: Sequence[float]) -> DrawnProblems:
    """Return the problems of draws; ``general_t1=[-8]`` moves the revenue of a fund in a year."""
    paths = {f"funds[{fund}].revenue[{year}]": np.array(by, dtype=float)
             for name, by in money.items() for fund, year in [name.split("_")]}  # fmt: skip
    return DrawnProblems.of(plan, EffectErrors.of(plan), np.array(factors, dtype=float), paths)


def answers(drawn: DrawnProblems) -> list[DrawAnswer]:
    solve = solver_of_draws(drawn)
    return [solve(draw) for draw in range(len(drawn.factors))]


def spending_of(found: Sequence[DrawAnswer]) -> Any:
    return np.array([one.spending for one in found])


def test_what_each_effect_adds_is_counted_with_its_weight_and_its_year() -> None:
    plan = town()
    assert plan.plan_value == pytest.approx(AS_ESTIMATED)
    errors = EffectErrors.of(plan)
    assert errors.names == EFFECTS
    drawn = DrawnProblems.of(plan, errors, errors.mean[None, :])
    # visits 2 * 8, homes 3 * 0.4 in both years; homes 3 * (3.5 + 0.8 * 8.5); repairs 2 in both years
    by_hand = [16 * 1.8, 1.2 * 1.8, 30.9, 2 * 1.8]
    assert drawn.costs.by_effect(drawn.point, 4) == pytest.approx(by_hand)
    assert errors.value == pytest.approx(by_hand)
    # half as many visits and three times the homes of housing
    moved = drawn.cost_of(np.array([0.5, 1, 3, 1])) - drawn.problem.stages[0].cost
    assert float(moved @ drawn.point) == pytest.approx(-0.5 * 28.8 + 2 * 30.9)
    assert drawn.spending_of(drawn.point).tolist() == pytest.approx([8, 24, 4])


def test_each_draw_has_the_best_plan_for_its_factors() -> None:
    plan = town()
    few_visits, no_housing = [0.1, 1, 1, 1], [1, 1, 0.1, 1]
    found = answers(drawn_of(plan, [few_visits, no_housing, [1, 1, 1, 1], [1, 1, 1, 3]]))
    assert [one.value for one in found] == pytest.approx(
        [
            # all of the general fund to housing: visits without money, homes of 11 and 21 dollars
            2 * 1.8 + 3 * 0.5 * (11 + 0.8 * 21) + 3.6,
            # all of it to the library: 12.5 and 13 visits, a tenth of a home for each dollar; beyond 12 dollars roads
            # bring more, and keep the third dollar of the second year
            2 * (12.5 + 0.8 * 13) + 3 * 0.1 * (11 + 0.8 * 20) + 2 + 0.8 * 3,
            AS_ESTIMATED,
            # three repairs a dollar keep the other fund's third dollar, of which housing made 1.5
            AS_ESTIMATED - 1.5 * 1.8 + (3 * 3 - 2) * 1.8,
        ]
    )
    assert spending_of(found) == pytest.approx(np.array([[0, 32, 4], [31, 0, 5], [8, 24, 4], [8, 22, 6]]))
    assert all(one.proved and one.affordable for one in found)


def test_money_moves_what_can_be_paid_in_its_own_year() -> None:
    plan = town(housing={"spending": {"at_least": {"t1": 3}}})
    drawn = drawn_of(
        plan,
        [[1, 1, 1, 1]] * 7,
        #           less  more  none  moved    stuck  later  as it is
        general_t1=[-7, 2, -10, 1, -1, 0, 0],
        general_t2=[0, 0, 0, 0, 0, -20, 0],
        other_t1=[0, 0, -3, -1, 1, 0, 0],
    )
    assert drawn.scenario is None
    found = answers(drawn)
    assert [one.value for one in found] == pytest.approx(
        [
            # 4 in the first year: 3 for housing, 1 for the library
            2 * (3 + 0.8 * 9) + 3 * (0.1 + 1.5 + 0.8 * 8.9) + 3.6,
            AS_ESTIMATED + 1.5 * 2,
            np.nan,
            # 11 in the general fund and 2 in the other, of which 1 goes to housing as well
            AS_ESTIMATED + 1.5 - 1,
            # 9 and the 1 that may come; 3 for roads
            AS_ESTIMATED - 1.5 + 1,
            # 1 in the second year, for the library
            2 * (9 + 0.8 * 3) + 3 * (3.9 + 0.8 * 0.1) + 3.6,
            AS_ESTIMATED,
        ],
        nan_ok=True,
    )
    assert [one.affordable for one in found] == [False, True, False, True, False, False, True]
    assert found[0].spending.tolist() == pytest.approx([5, 20, 4])
    assert np.isnan(found[2].spending).all()
    assert found[2].proved
    assert found[6].spending.tolist() == pytest.approx([8, 24, 4])


def test_money_that_does_not_move_leaves_the_plan() -> None:
    (one,) = answers(drawn_of(town(), [[1, 1, 1, 1]], general_t1=[0]))
    assert one.value == pytest.approx(AS_ESTIMATED)
    assert one.affordable


def test_money_and_factors_move_together() -> None:
    (one,) = answers(drawn_of(town(), [[0.1, 1, 2, 1]], general_t1=[-4]))
    # 7 and 21 dollars for housing, a home each
    assert one.value == pytest.approx(2 * 1.8 + 3 * (7 + 0.8 * 21) + 3.6)
    assert not one.affordable


def test_a_problem_in_which_money_moves_more_than_limits_is_formulated_anew() -> None:
    """What a program gets beside a fixed cost is at most all the money, so that this stands in the matrix."""
    document = {
        "funds": {"general": {"revenue": 10, "carryover": False}},
        "outcomes": {"visits": {"weight": 2}},
        "programs": {
            "library": {"if_funded": {"fixed_cost": 6}, "outcomes": {"visits": {"per_dollar": 3, "std_error": "9%"}}},
            "pool": {"outcomes": {"visits": {"per_dollar": 1, "std_error": "9%"}}},
        },
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    drawn = DrawnProblems.of(
        plan, EffectErrors.of(plan), np.ones((4, 2)), {"funds[general].revenue": np.array([0, 20, -2, 0.0])}
    )
    assert drawn.scenario is plan.scenario
    moved = drawn.problem_of(1)
    assert moved.tie_break is None
    assert len(moved.stages) == 1
    found = answers(drawn)
    # 4, 24 and 2 dollars beyond the fixed cost; with 8 dollars the pool brings 16, and the library 12
    assert [one.value for one in found] == pytest.approx([24, 144, 16, 24])
    assert spending_of(found) == pytest.approx(np.array([[10, 0], [30, 0], [0, 8], [10, 0]]))
    assert [one.affordable for one in found] == [True, True, False, True]


def packages() -> bo.Allocation:
    """Return a plan of two programs of packages and one without, for two outcomes."""
    error = {"std_error": "10%"}

    def package(cost: float, visits: float, homes: float) -> dict[str, Any]:
        outcomes = {"visits": {"value": visits, **error}, "homes": {"value": homes, **error}}
        return {"name": f"for {cost}", "cost": cost, "outcomes": outcomes}

    document = {
        "funds": {"general": {"revenue": 10, "carryover": False}},
        "outcomes": {"visits": {"weight": 2}, "homes": {"weight": 3}},
        "programs": {
            "north": {"packages": [package(2, 4, 1), package(3, 1, 3)]},
            "south": {"packages": [package(2, 2, 2), package(4, 5, 5)]},
            "pool": {"outcomes": {"visits": {"per_dollar": 1, **error}}},
        },
    }
    return bo.solve(bo.Scenario.from_document(document))


def test_packages_of_programs_have_effects_of_their_own() -> None:
    plan = packages()
    # a dollar: the first of the north (2 * 4 + 3) / 2, the second 11 / 3, the south 5 and 6.25, the pool 2
    assert plan.plan_value == pytest.approx(11 + 10 + 25 + 2 * 2)
    errors = EffectErrors.of(plan)
    drawn = DrawnProblems.of(plan, errors, np.ones((2, len(errors.names))))
    adds = dict(zip(errors.names, drawn.costs.by_effect(drawn.point, len(errors.names)).tolist(), strict=True))
    assert adds == pytest.approx(
        {
            "pool.visits": 4,
            "north.visits (package 1)": 8, "north.homes (package 1)": 3,
            "north.visits (package 2)": 0, "north.homes (package 2)": 0,
            "south.visits (package 1)": 4, "south.homes (package 1)": 6,
            "south.visits (package 2)": 10, "south.homes (package 2)": 15,
        }
    )  # fmt: skip
    assert adds == pytest.approx(dict(zip(errors.names, errors.value.tolist(), strict=True)))


def test_a_draw_of_packages_takes_those_that_bring_most() -> None:
    plan = packages()
    errors = EffectErrors.of(plan)
    factors = np.ones((2, len(errors.names)))
    # the homes of the second package of the south all fail; and in turn the second one of the north brings 4 times
    factors[:, errors.names.index("south.homes (package 2)")] = 0
    factors[1, errors.names.index("north.homes (package 2)")] = 4
    first, second = answers(DrawnProblems.of(plan, errors, factors, {"funds[general].revenue": np.array([0, -1.0])}))
    # 2 + 3 of the north, 2 of the south and 3 for the pool; what the plan has brings 35, as does more of the pool
    assert first.value == pytest.approx(11 + 11 + 10 + 2 * 3)
    assert first.affordable
    assert second.value == pytest.approx(11 + (2 + 36) + 10 + 2 * 2)
    assert second.spending.tolist() == pytest.approx([5, 2, 2])
    assert not second.affordable


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b"), ("b", "c", "a")])
@pytest.mark.parametrize("objective", [{"maximize": "visits"}, {"minimize": "visits"}])
def test_of_plans_that_are_equally_good_the_nearest_to_the_plan_is_taken(
    order: tuple[str, ...], objective: dict[str, str]
) -> None:
    rate = 1 if "maximize" in objective else -1
    now = {"a": 6, "b": 0, "c": 4}
    programs = {
        name: {
            "baseline": now[name],
            "spending": {"at_most": 6 if name == "a" else 9},
            "outcomes": {"visits": {"per_dollar": rate, "std_error": "9%"}},
        }
        for name in order
    }
    document = {
        "funds": {"general": {"revenue": 10, "carryover": False}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": programs,
        "objective": [objective],
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    drawn = DrawnProblems.of(plan, EffectErrors.of(plan), np.ones((2, 3)))
    names = [str(name) for name in plan.scenario.programs.ids]
    columns = [int(drawn.column[drawn.program == names.index(name)][0]) for name in "abc"]
    # a is at its ceiling and b at nothing: each dollar away from there counts against a plan
    gain = 4e-9 * rate
    assert drawn.tilt[columns].tolist() == pytest.approx([gain, -gain, 0.0], abs=1e-15)
    better = np.ones((2, 3))
    better[0] = 1 + 0.5 * np.array([name == "b" for name in names])
    _, again = answers(replace(drawn, factors=better))
    assert dict(zip(names, again.spending.tolist(), strict=True)) == pytest.approx(now)


def test_what_counts_against_a_plan_is_in_proportion_to_what_a_dollar_is_worth() -> None:
    drawn = drawn_of(town(), [[1, 1, 1, 1]])
    assert np.abs(drawn.tilt).max() == pytest.approx(4e-9 * 4.3)
    # where no dollar for a program is worth anything it is what else counts, and where nothing does it is 1
    problem = drawn.problem
    idle = np.setdiff1d(np.arange(problem.columns), drawn.column)
    cost = np.zeros(problem.columns)
    for worth, size in ((5.0, 5.0), (0.0, 1.0)):
        cost[idle[0]] = -worth
        stage = replace(problem.stages[0], cost=cost.copy())
        tilted = replace(drawn, problem=replace(problem, stages=(stage,))).tilt
        assert np.abs(tilted).max() == pytest.approx(4e-9 * size)


def test_amounts_of_services_without_a_cost_are_units_of_all_years() -> None:
    document = {
        "periods": ["t1", "t2"],
        "funds": {"general": {"revenue": {"t1": 3, "t2": 5}, "carryover": False}},
        "resources": {"nurses": {"capacity": {"t1": 4, "t2": 6}}},
        "outcomes": {"helped": {"weight": 1}},
        "programs": {
            "clinic": {
                "service": {"unit_cost": 0, "unit": "visits", "up_to": 9},
                "uses": {"nurses": {"per_unit": 2}},
                "outcomes": {"helped": {"per_unit": 1, "std_error": "9%"}},
            },
            "walks": {
                "service": {"unit_cost": 0, "unit": "walks", "up_to": 7},
                "outcomes": {"helped": {"per_unit": 0.5}},
            },
            "beds": {"service": {"unit_cost": 2, "unit": "beds"}, "outcomes": {"helped": {"per_unit": 4}}},
        },
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    amounts, counted = amounts_of(plan)
    assert amounts.tolist() == pytest.approx([2 + 3, 14, 3 + 5])
    assert counted == ["visits", "walks", plan.scenario.currency]
    drawn = DrawnProblems.of(plan, EffectErrors.of(plan), np.ones((1, 3)))
    assert drawn.spending_of(drawn.point).tolist() == pytest.approx([5, 14, 8])
    # units as well as dollars count against a plan that is another one; most is worth a dollar for beds, a half of 4
    assert np.count_nonzero(drawn.weight) == len(drawn.column) == 6
    assert np.abs(drawn.tilt[drawn.column]).max() == pytest.approx(2 * 4e-9)


@pytest.mark.parametrize(("more", "anew"), [(6.0, False), (10.0, True)])
def test_what_is_a_share_of_revenue_moves_with_it(more: float, anew: bool) -> None:
    """As far down as up there may be no revenue at all, of which there is no share: then problems are made anew."""
    half = {"name": "half", "sum": "spending", "where": {"program": "b"}, "at_most": "50%", "of": "revenue"}
    document = {
        "funds": {"general": {"revenue": 10, "reserve": {"at_least": "20%", "of": "revenue"}}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "a": {"outcomes": {"visits": {"per_dollar": 2, "std_error": "9%"}}},
            "b": {"outcomes": {"visits": {"per_dollar": 3, "std_error": "9%"}}},
        },
        "rules": [half],
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    drawn = DrawnProblems.of(
        plan, EffectErrors.of(plan), np.ones((4, 2)), {"funds[general].revenue": np.array([more, -5, 0, more])}
    )
    assert (drawn.scenario is plan.scenario) is anew
    found = answers(drawn)
    # a fifth is kept, and a half at most goes to b: 1.5 and 2.5 of 5
    rich = [0.3 * (10 + more), 0.5 * (10 + more)]
    assert spending_of(found) == pytest.approx(np.array([rich, [1.5, 2.5], [3, 5], rich]))
    assert [one.value for one in found] == pytest.approx([2.1 * (10 + more), 10.5, 21, 2.1 * (10 + more)])


def test_the_first_objective_alone_counts_in_a_draw() -> None:
    document = {
        **TOWN,
        "programs": {
            name: {**words, "districts": {"n": "50%", "s": "50%"}} for name, words in TOWN["programs"].items()
        },
        "objective": [{"maximize": "weighted outcomes"}, {"maximize": {"smallest": "visits", "by": "districts"}}],
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    drawn = drawn_of(plan, [[1, 1, 1, 1]])
    assert len(drawn.problem.stages) == 1
    assert drawn.problem.tie_break is None
    assert len(drawn.problem.stages[0].cost) == drawn.problem.columns
    (one,) = answers(drawn)
    assert one.value == pytest.approx(AS_ESTIMATED)


def test_a_package_that_costs_nothing_counts_no_dollar() -> None:
    gift = {"name": "gift", "cost": 0, "outcomes": {"visits": {"value": 5, "std_error": "9%"}}}
    document = {
        "funds": {"general": {"revenue": 10, "carryover": False}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "hall": {"packages": [gift, {**gift, "name": "build", "cost": 4}]},
            "pool": {"outcomes": {"visits": {"per_dollar": 1}}},
        },
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    drawn = DrawnProblems.of(plan, EffectErrors.of(plan), np.ones((1, 3)))
    assert np.isfinite(drawn.tilt).all()
    # 1.25 visits for each dollar of the building
    assert np.abs(drawn.tilt).max() == pytest.approx(4e-9 * 1.25 * 4)
    (one,) = answers(drawn)
    assert one.spending.tolist() == pytest.approx([4, 6])
