"""The least money with which the best plan is as good as another one: by hand, and by solving again."""

from __future__ import annotations

import math
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.equal_value import equal_value
from budgetopt.analysis.sensitivity.dollar_ladder import with_money
from strategies import unchecked


def city(**more: Any) -> bo.Scenario:
    """Return 15 dollars: a program that brings 2 for each of its first 10, and one that brings 1 up to 10."""
    document = {
        "funds": {"general": {"revenue": 15}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "a": {"outcomes": {"visits": {"curve": [[0, 0], [10, 20]]}}},
            "b": {"outcomes": {"visits": {"curve": [[0, 0], [10, 10]]}}},
        },
    }
    return unchecked({**document, **more})


@pytest.mark.parametrize(
    ("value", "money"), [(25, 15), (22, 12), (20, 10), (10, 5), (1, 0.5), (26, 16), (30, 20), (0, 0)]
)
def test_the_least_money_by_hand(value: float, money: float) -> None:
    found = equal_value(bo.WhatIf(city()), value)
    assert found.factor * 15 == pytest.approx(money, abs=1e-7)
    assert found.saved == pytest.approx(15 - money, abs=1e-6)
    assert found.within == 0


def test_a_value_that_no_money_buys_is_infinitely_far() -> None:
    assert math.isinf(equal_value(bo.WhatIf(city()), 31).factor)


def test_less_money_than_any_plan_needs_is_told_apart() -> None:
    floor = {"a": {"spending": {"at_least": 9}, "outcomes": {"visits": {"per_dollar": 2}}}, "b": city().programs["b"]}
    scenario = city(programs={"a": floor["a"]})
    found = equal_value(bo.WhatIf(scenario), 4)
    assert found.is_least
    assert found.factor * 15 == pytest.approx(9, abs=1e-4)


def test_with_objectives_that_are_minimized_nothing_is_told() -> None:
    scenario = city(objective={"minimize": "spending"})
    assert math.isnan(equal_value(bo.WhatIf(scenario), 3).factor)


def test_whole_packages_are_bracketed() -> None:
    packages = {name: {"packages": [{"cost": 5, "outcomes": {"visits": visits}}]} for name, visits in
                {"a": 9, "b": 8, "c": 2}.items()}  # fmt: skip
    scenario = city(programs=packages)
    # two of them are 10 with or without the integer conditions
    assert equal_value(bo.WhatIf(scenario), 17).factor * 15 == pytest.approx(10)
    # 11 takes two of them, and in parts 9 and a quarter of 8 would be enough: 6.25
    found = equal_value(bo.WhatIf(scenario), 11)
    assert found.factor * 15 == pytest.approx(10, abs=found.within * 15 + 1e-9)
    assert 0 < found.within <= 0.002


@pytest.mark.parametrize("share", [-0.3, -0.1, -0.02])
def test_solving_again_with_that_money_has_that_value(share: float) -> None:
    from budgetopt.synthetic import city as generated

    scenario = generated(15, funds=3, periods=2, seed=4, features="linear")
    target = bo.across_the_board(scenario, share).audit.objectives[0].value
    found = equal_value(bo.WhatIf(scenario), target)
    again = bo.WhatIf(with_money(scenario, scenario.funds, found.factor)).as_is().objective
    if found.is_least:
        assert again > target
    else:
        assert again == pytest.approx(target, rel=1e-7)


def test_a_plan_as_good_as_the_best_needs_no_more_money() -> None:
    # either package alone is the best: the relaxation has as much with less, and no search is asked to be exact
    packages = {name: {"packages": [{"cost": 9, "outcomes": {"visits": 5}}]} for name in "ab"}
    found = equal_value(bo.WhatIf(city(programs=packages)), 5)
    assert 9 - 1e-9 <= found.factor * 15 <= 9 + found.within * 15 + 1e-9


def test_where_more_money_leaves_no_plan_nothing_is_told() -> None:
    rule = {"name": "Spend it", "sum": "spending", "at_least": 1.0, "of": "revenue"}
    scenario = city(
        programs={"a": {"outcomes": {"visits": {"per_dollar": 1}}, "spending": {"at_most": 20}}}, rules=[rule]
    )
    assert math.isnan(equal_value(bo.WhatIf(scenario), 25).factor)


def test_without_any_plan_nothing_is_told() -> None:
    found = equal_value(bo.WhatIf(city(programs={"a": {"spending": {"at_least": 99}}})), 4)
    assert math.isnan(found.factor)
    assert found.money == 15
    assert math.isnan(equal_value(bo.WhatIf(city(funds={"general": {"revenue": 0}})), 0).factor)
