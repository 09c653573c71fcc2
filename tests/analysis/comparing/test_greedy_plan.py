"""Money by what a dollar brings: by hand, and against the best plan where both must be the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.greedy_plan import _pieces
from strategies import unchecked


def spent(programs: dict[str, Any], funds: Any = None, **more: Any) -> list[float]:
    """Return what the greedy plan gives to each program."""
    found = bo.greedy_by_return(scenario(programs, funds, **more))
    return found.plan.spending.sum(axis=(1, 2)).round(2).tolist()


def scenario(programs: dict[str, Any], funds: Any = None, **more: Any) -> bo.Scenario:
    document = {"funds": funds or {"general": {"revenue": 10}}, "outcomes": {"visits": {"weight": 1}}}
    return unchecked({**document, "programs": programs, **more})


def curve(*points: tuple[float, float]) -> dict[str, Any]:
    return {"outcomes": {"visits": {"curve": [[0, 0], *map(list, points)]}}}


def test_pieces_are_taken_by_what_a_dollar_brings() -> None:
    # rates 4 and 1 of one program, 3 and 2 of the other: 3 + 4, then 3 of the last 5
    assert spent({"a": curve((3, 12), (9, 18)), "b": curve((4, 12), (9, 22))}) == [3, 7]


def test_floors_come_first_and_ceilings_stop() -> None:
    programs = {
        "a": {**curve((9, 90)), "spending": {"at_most": 6}},
        "b": {**curve((9, 9)), "spending": {"at_least": 2}},
        "c": {**curve((9, 18))},
    }
    assert spent(programs) == [6, 2, 2]


def test_a_fund_that_is_used_up_leaves_the_others_to_go_on() -> None:
    funds = {"general": {"revenue": 5}, "fees": {"revenue": 5, "only": {"program": ["b", "c"]}}}
    programs = {"a": {**curve((9, 90)), "funds": ["general"]}, "b": curve((3, 27)), "c": curve((9, 9))}
    assert spent(programs, funds) == [5, 3, 2]


def test_a_later_piece_that_brings_more_is_reached_through_the_one_before_it() -> None:
    # rates 1 and 4: 2.5 on average up to 4, more than 2
    assert spent({"a": curve((2, 2), (4, 10)), "b": curve((9, 18))}) == [4, 6]


def test_a_least_amount_is_taken_whole_or_not_at_all() -> None:
    program = {"outcomes": {"visits": {"per_dollar": 3}}, "if_funded": {"at_least": 8}}
    assert spent({"a": curve((4, 40)), "b": {**program, "spending": {"at_most": 9}}, "c": curve((9, 9))}) == [4, 0, 6]
    assert spent({"b": {**program, "spending": {"at_most": 9}}, "c": curve((9, 9))}) == [9, 1]


def test_packages_are_taken_whole_in_order() -> None:
    def package(cost: float, visits: float) -> dict[str, Any]:
        return {"cost": cost, "outcomes": {"visits": visits}}

    # the known case in which that is bad: 6.6 instead of 10
    knapsack = {name: {"packages": [package(*one)]} for name, one in {"a": (6, 6.6), "b": (5, 5), "c": (5, 5)}.items()}
    assert spent(knapsack) == [6, 0, 0]
    assert bo.solve(scenario(knapsack)).objective_value == pytest.approx(10)
    # the second package is the better one, and comes only after the first
    assert spent({"a": {"packages": [package(4, 1), package(4, 40)]}, "b": curve((9, 9))}) == [0, 9]
    assert spent({"a": {"packages": [package(4, 1), package(4, 40)], "choose": "any"}, "b": curve((9, 9))}) == [4, 6]
    assert spent({"a": {"packages": [package(4, 8), package(8, 9)], "choose": "one"}, "b": curve((9, 9))}) == [4, 6]


def test_projects_start_in_the_first_period_in_which_they_may() -> None:
    project = {"packages": [{"cost": [2, 3], "outcomes": {"visits": 9}}], "start": ["t2"]}
    found = bo.greedy_by_return(scenario({"a": project}, periods=["t1", "t2", "t3"]))
    assert found.plan.spending.sum(axis=1).tolist() == [[0, 2, 3]]
    assert found.audit.accepted, found.audit.violations


def test_what_brings_nothing_is_not_taken() -> None:
    assert spent({"a": curve((3, 12)), "b": {"outcomes": {"visits": {"per_dollar": -1}}}, "c": {}}) == [3, 0, 0]


def test_where_money_alone_binds_the_greedy_plan_is_the_best() -> None:
    random = np.random.default_rng(7)
    for _ in range(10):
        programs = {}
        for number in range(6):
            width, rate = random.integers(1, 5, 3), np.sort(random.integers(1, 30, 3))[::-1]
            points = list(zip(np.cumsum(width).tolist(), np.cumsum(width * rate).tolist(), strict=True))
            programs[f"p{number}"] = curve(*points)
        one = scenario(programs)
        value = bo.greedy_by_return(one).audit.objectives[0].value
        assert value == pytest.approx(bo.solve(one).objective_value, rel=1e-6)


def test_without_weights_there_is_no_order() -> None:
    with pytest.raises(bo.OptionError, match="no outcome has a weight"):
        bo.greedy_by_return(scenario({"a": curve((3, 12))}, outcomes={"visits": {}}))
    with pytest.raises(bo.OptionError, match="brings anything for a dollar"):
        bo.greedy_by_return(scenario({"a": {"baseline": 3}}))


def test_floors_beyond_the_money_are_an_error() -> None:
    with pytest.raises(bo.InfeasibleError):
        bo.greedy_by_return(scenario({"a": {**curve((30, 30)), "spending": {"at_least": 20}}}))


def by_period(programs: dict[str, Any], funds: Any, **more: Any) -> list[list[float]]:
    found = bo.greedy_by_return(scenario(programs, funds, **more))
    amounts: list[list[float]] = found.plan.spending.sum(axis=1).round(2).tolist()
    return amounts


def test_costs_that_grow_make_each_piece_longer_and_slower() -> None:
    # in the second year 3 dollars of the first cost 4.50, and bring 12
    yearly = {"general": {"revenue": {"t1": 5, "t2": 6}, "carryover": False}}
    programs = {"a": curve((3, 12)), "b": curve((9, 18))}
    more = {"periods": ["t1", "t2"], "inflation": "50%"}
    assert by_period(programs, yearly, **more) == [[3, 4.5], [2, 1.5]]
    # floors and ceilings are dollars of the year
    limits = {"spending": {"at_least": {"t2": 1.2}, "at_most": 2.4}}
    assert by_period({"a": {**curve((3, 12)), **limits}, "b": curve((9, 18))}, yearly, **more) == [
        [2.4, 2.4],
        [2.6, 3.6],
    ]
    # of b a dollar of the second year brings 2 / 1.5, and of c with costs of its own 1.5
    steady = {**curve((9, 13.5)), "inflation": 0}
    found = by_period({"b": curve((9, 18)), "c": steady}, yearly, **more)
    assert found == [[5, 0], [0, 6]]


def test_a_dollar_of_a_service_brings_what_its_units_do() -> None:
    rides = {"service": {"unit_cost": 2, "up_to": 2}, "outcomes": {"visits": {"per_unit": 6}}}
    programs = {"rides": rides, "b": curve((9, 22.5)), "c": curve((4, 16))}
    # 4 a dollar, then 3, then 2.5
    assert spent(programs) == [4, 2, 4]
    cheap = {"service": {"unit_cost": 0.5, "up_to": 4}, "outcomes": {"visits": {"per_unit": 1.6}}}
    assert spent({**programs, "cheap": cheap}) == [4, 0, 4, 2]


def test_a_least_amount_below_the_floor_is_not_whole() -> None:
    # 8 are there anyway, so that the rest is taken in part; from nothing on 8 would be taken whole or not at all
    program = {"outcomes": {"visits": {"per_dollar": 3}}, "if_funded": {"at_least": 5}, "spending": {"at_most": 9}}
    floor = {**program, "spending": {"at_least": 6, "at_most": 9}}
    assert spent({"a": curve((3, 30)), "b": floor}) == [3, 7]
    assert spent({"a": curve((6, 60)), "b": program, "c": curve((9, 9))}) == [6, 0, 4]
    # a fixed cost brings nothing by itself: 6 for 4 dollars, 12 for 6
    fixed = {"outcomes": {"visits": {"curve": [[0, 0], [4, 12]]}}, "if_funded": {"fixed_cost": 2}}
    assert spent({"a": curve((9, 16.2)), "b": fixed}) == [4, 6]
    assert spent({"a": curve((9, 19.8)), "b": fixed}) == [9, 0]


def test_after_a_package_that_cannot_be_paid_others_may_be() -> None:
    def package(cost: float, visits: float) -> dict[str, Any]:
        return {"cost": cost, "outcomes": {"visits": visits}}

    packages = [package(4, 40), package(9, 45), package(2, 4)]
    assert spent({"a": {"packages": packages}, "b": curve((9, 9))}) == [4, 6]
    assert spent({"a": {"packages": packages, "choose": "any"}, "b": curve((9, 9))}) == [6, 4]
    # of which one may be taken: that with the most for a dollar, or none
    one = [package(4, 8), package(12, 36), package(3, 5)]
    assert spent({"a": {"packages": one, "choose": "one"}, "b": curve((9, 9))}) == [0, 9]
    # what costs nothing comes first, and what brings nothing is left
    assert spent({"a": {"packages": [package(0, 1), package(3, 0)], "choose": "any"}, "b": curve((9, 9))}) == [0, 9]


def test_what_counts_later_counts_less() -> None:
    # at a discount of 100% a visit of the second year counts a half: 2 a dollar, and less than 3
    money = {"general": {"revenue": {"t1": 4, "t2": 0}}}
    programs = {"a": curve((2, 8)), "b": curve((2, 6))}
    assert by_period(programs, money, periods=["t1", "t2"], discount="100%") == [[2, 0], [2, 0]]
    assert by_period(programs, money, periods=["t1", "t2"], discount="10%") == [[2, 2], [0, 0]]
    # less of what is to be little is better
    less = {"outcomes": {"visits": {"per_dollar": -1}}}
    found = bo.greedy_by_return(
        scenario({"a": less, "b": curve((9, 9))}, outcomes={"visits": {"weight": 2, "direction": "decrease"}})
    )
    assert found.plan.spending.ravel().tolist() == [10, 0]


def test_an_outcome_that_is_to_be_little_is_worth_less_than_nothing() -> None:
    outcomes = {"visits": {"weight": 1}, "harm": {"weight": -1}}
    programs = {"a": curve((3, 12)), "b": {"outcomes": {"harm": {"per_dollar": 1}}, "spending": {"at_most": 6}}}
    goals = {"outcomes": outcomes, "objective": {"minimize": "weighted outcomes"}}
    # harm of a weight of -1 makes the sum less, and visits make it more
    assert spent(programs, **goals) == [0, 6]
    # an objective that is not about outcomes leaves the weights as they are
    assert spent(programs, **{**goals, "objective": {"minimize": "spending"}}) == [3, 0]


def test_pieces_that_bring_ever_more_are_one_piece() -> None:
    def pieces(ends: list[float], rates: list[float], least: float = 0.0) -> list[tuple[float, ...]]:
        begins = np.array([0.0, *ends[:-1]])
        return [tuple(piece) for piece in _pieces(begins, np.array(ends), np.array(rates), least)]

    # 1 and 4 are 2.5 on average up to 5, which stays below the 5 before them
    assert pieces([1, 3, 5], [5, 1, 4]) == [(0, 1, 5, False), (1, 5, 2.5, False)]
    # 1, 2 and 6: first 1.5, then 15 for 7 dollars
    assert pieces([2, 4, 7], [1, 2, 6]) == [(0, 7, 24 / 7, False)]
    assert pieces([2, np.inf], [1, 2]) == [(0, 2, 1, False), (2, np.inf, 2, False)]
    assert pieces([2, 4], [3, 3]) == [(0, 2, 3, False), (2, 4, 3, False)]
    # 4 dollars at least, of which 2 bring 1 each: 2 + 12 for 6 dollars are more than 2 + 6 for 4
    assert pieces([2, 6, 9], [1, 3, 2], 4) == [(0, 6, 14 / 6, True), (6, 9, 2, False)]
    # 12 + 2 for 4 dollars are more than 12 + 4 for 6; what is left begins at 4
    assert pieces([3, 6, 9], [4, 2, 1], 4) == [(0, 4, 3.5, True), (4, 6, 2, False), (6, 9, 1, False)]


def test_packages_that_must_be_taken_or_bring_nothing() -> None:
    def packages(*offers: tuple[float, float], **more: Any) -> dict[str, Any]:
        return {"packages": [{"cost": cost, "outcomes": {"visits": visits}} for cost, visits in offers], **more}

    # the floor of a program of packages is what its packages cost, and is not paid beside them
    assert spent({"a": packages((4, 12), spending={"at_least": 4}), "b": curve((9, 9))}) == [4, 6]
    assert spent({"a": packages((3, 0), (2, 0)), "b": curve((5, 5))}) == [0, 5]
    # after one that is too expensive, those of other programs and of any choice go on
    first = {"a": packages((11, 99), (3, 6), choose="any"), "b": packages((2, 3)), "c": packages((12, 90), (1, 1))}
    assert spent(first) == [3, 2, 0]


def test_two_funds_and_two_years_of_packages_and_curves() -> None:
    funds = {
        "general": {"revenue": {"t1": 6, "t2": 8}, "carryover": False},
        "fees": {"revenue": {"t1": 3, "t2": 4}, "carryover": False, "only": {"program": ["c", "d"]}},
    }
    programs = {
        "a": {**curve((4, 20), (9, 30)), "funds": ["general"]},
        "b": {"packages": [{"cost": 3, "outcomes": {"visits": 9}}], "funds": ["general"]},
        "c": {**curve((9, 9)), "funds": ["fees"]},
        "d": {**curve((2, 8)), "funds": ["general", "fees"]},
    }
    # 5 a dollar, 4, 3 and 2: a gets 4 and d 2; 6 and 8 dollars leave too little for b in the first year, and 3 + 4 of
    # fees pay for d, so that the general fund has 2 and 4 left: not the 3 of b in both years, but 2 more of a
    assert by_period(programs, funds, periods=["t1", "t2"]) == [[6, 8], [0, 0], [1, 2], [2, 2]]


def test_packages_of_two_years_by_what_they_bring_and_cost_in_both() -> None:
    yearly = {"general": {"revenue": {"t1": 7, "t2": 8}, "carryover": False}}
    more = {"periods": ["t1", "t2"], "outcomes": {"visits": {"weight": 2}}}
    package = {"packages": [{"cost": 4, "outcomes": {"visits": 3}}], "inflation": "50%"}
    # 3 visits a year, worth 12, for 4 and 6 dollars: 1.20 for a dollar
    assert by_period({"a": package, "b": curve((9, 5.85))}, yearly, **more) == [[0, 0], [7, 8]]
    found = bo.greedy_by_return(scenario({"a": package, "b": curve((9, 5))}, yearly, **more))
    assert found.plan.spending.sum(axis=1).round(2).tolist() == [[4, 6], [3, 2]]
    assert found.plan.packages_in(found.scenario).tolist() == [[True, True]]
    # what cannot be paid is not taken
    dear = {"packages": [{"cost": 8, "outcomes": {"visits": 99}}]}
    found = bo.greedy_by_return(scenario({"a": dear, "b": curve((9, 5))}, yearly, **more))
    assert found.plan.packages_in(found.scenario).tolist() == [[False, False]]
    assert found.audit.accepted, found.audit.violations


def test_packages_of_one_dollar_and_of_one_visit_are_taken_by_what_a_dollar_of_them_brings() -> None:
    def package(cost: float, visits: float) -> dict[str, Any]:
        return {"packages": [{"cost": cost, "outcomes": {"visits": visits}}]}

    assert spent({"a": package(1, 0.5), "b": curve((1, 1))}, {"general": {"revenue": 1}}) == [0, 1]
    # what is free comes first, however little it brings
    free = bo.greedy_by_return(scenario({"a": package(0, 0.5), "b": curve((1, 1))}, {"general": {"revenue": 1}}))
    assert free.plan.packages_in(free.scenario).tolist() == [[True]]
