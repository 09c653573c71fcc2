"""Money by what a dollar brings: by hand, and against the best plan where both must be the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
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
