"""The least money with which the best plan is as good as another one: by hand, and by solving again."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.equal_value import EqualValue, _Money, equal_value
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


def package(cost: float, visits: float, **more: Any) -> dict[str, Any]:
    return {"packages": [{"cost": cost, "outcomes": {"visits": visits}}], **more}


def holds(found: EqualValue, money: float) -> bool:
    """Return whether a bracket, no wider than a thousandth of 15 dollars, has some money in it."""
    return (found.factor - found.within) * 15 - 1e-6 <= money <= found.factor * 15 + 1e-6 and found.within <= 1e-3


@pytest.mark.parametrize(
    ("value", "solves"),
    # the plan itself; how little money leaves a plan; each tangent; and the answer along the line and anew
    [(25, 3), (22, 5), (20, 5), (10, 6), (1, 6), (0, 5), (26, 5), (30, 5), (31, 7)],
)
def test_tangents_need_few_solves(value: float, solves: int) -> None:
    question = bo.WhatIf(city())
    equal_value(question, value)
    assert question.solves <= solves


def test_all_money_of_all_funds_and_years_counts() -> None:
    funds = {
        "general": {"revenue": {"t1": 4, "t2": 5}, "one_time": {"t1": 2}},
        "fees": {"revenue": 1, "opening_balance": 3},
    }
    found = equal_value(bo.WhatIf(city(funds=funds, periods=["t1", "t2"])), 20)
    # in each year a brings 2 for each of its first 10 dollars: 10 dollars of the 16 that there are
    assert found.money == 16
    assert found.factor == pytest.approx(10 / 16)
    assert found.saved == pytest.approx(6)


def test_money_that_buys_nothing_more_is_not_needed() -> None:
    scenario = city(funds={"general": {"revenue": 40}})
    assert equal_value(bo.WhatIf(scenario), 30).factor * 40 == pytest.approx(20)
    assert equal_value(bo.WhatIf(scenario), 22).factor * 40 == pytest.approx(12)


@pytest.mark.parametrize(
    ("value", "money", "is_least"), [(4, 9, True), (18, 9, False), (19, 9.5, False), (22, 12, False), (30, 20, False)]
)
def test_the_least_money_that_leaves_a_plan(value: float, money: float, is_least: bool) -> None:
    a = {"spending": {"at_least": 9, "at_most": 10}, "outcomes": {"visits": {"per_dollar": 2}}}
    b = {"outcomes": {"visits": {"curve": [[0, 0], [10, 10]]}}}
    found = equal_value(bo.WhatIf(city(programs={"a": a, "b": b})), value)
    assert found.factor * 15 == pytest.approx(money, abs=1e-7)
    assert (found.is_least, found.within) == (is_least, 0)
    # the same with a package that is not needed
    with_package = city(programs={"a": a, "b": b, "c": package(20, 1)})
    whole = equal_value(bo.WhatIf(with_package), value)
    assert holds(whole, money)
    assert whole.is_least == is_least


LEAST = {"if_funded": {"at_least": 5}, "outcomes": {"visits": {"per_dollar": 2}}}
FIXED = {"if_funded": {"at_least": 5, "fixed_cost": 3}, "outcomes": {"visits": {"per_dollar": 2}}}
SLOW = {"outcomes": {"visits": {"curve": [[0, 0], [5, 1], [10, 20]]}}}


@pytest.mark.parametrize(
    ("a", "value", "money"),
    [
        # beside b, which brings 1 for each dollar
        (LEAST, 17, 8.5), (LEAST, 11, 5.5), (LEAST, 30, 15), (LEAST, 4, 4), (LEAST, 40, 20),
        (FIXED, 17, 11.5), (FIXED, 24, 15), (FIXED, 4, 4), (FIXED, 40, 23),
        # 3.80 for each dollar beyond 5
        (SLOW, 20, 10), (SLOW, 10.5, 7.5), (SLOW, 4, 4), (SLOW, 29, 19),
    ],
)  # fmt: skip
def test_integer_decisions_by_hand(a: Any, value: float, money: float) -> None:
    programs = {"a": a, "b": {"outcomes": {"visits": {"curve": [[0, 0], [10, 10]]}}}}
    found = equal_value(bo.WhatIf(city(programs=programs)), value)
    assert holds(found, money)
    assert not found.is_least


@pytest.mark.parametrize(
    ("programs", "value", "money", "is_least"),
    [
        # a must be taken: less than 5 dollars leave no plan
        ({"a": package(5, 8, spending={"at_least": 1}), "b": package(2, 1)}, 4, 5, True),
        ({"a": package(5, 8, spending={"at_least": 1}), "b": package(2, 1)}, 8.5, 7, False),
        ({"a": {**LEAST, "spending": {"at_least": 1}}, "b": package(2, 1)}, 9, 5, True),
        ({"a": {**LEAST, "spending": {"at_least": 1}}, "b": package(2, 1)}, 11, 5.5, False),
    ],
)
def test_the_least_money_of_integer_decisions(programs: Any, value: float, money: float, is_least: bool) -> None:
    found = equal_value(bo.WhatIf(city(programs=programs)), value)
    assert holds(found, money)
    assert found.within > 0
    assert found.is_least == is_least


def test_a_value_that_only_parts_of_packages_reach_is_not_told() -> None:
    rules = [{"name": one + other, "excludes": [one, other]} for one, other in ("ab", "bc", "ac")]
    question = bo.WhatIf(city(programs={name: package(5, 8) for name in "abc"}, rules=rules))
    # halves of all three bring 12, and of the whole ones one alone may be taken
    assert equal_value(question, 8).factor * 15 == pytest.approx(5)
    found = equal_value(question, 10)
    assert math.isnan(found.factor)
    assert found.money == 15


def test_a_line_that_does_not_lead_to_the_answer_is_not_followed() -> None:
    work = _Money(bo.WhatIf(city()), 10)
    line = work._line
    assert line is not None
    work._line = replace(line, row_lower=line.row_lower * 2, row_upper=line.row_upper * 2)
    found = work.found()
    assert found.factor * 15 == pytest.approx(5, abs=1e-4)
    # then it is bracketed, to a millionth
    assert 0 < found.within <= 1e-6
    assert found.factor - found.within < 1 / 3 <= found.factor + 1e-12
    more = _Money(bo.WhatIf(city()), 26)
    more._line = None
    found = more.found()
    assert found.factor - found.within < 16 / 15 <= found.factor
    assert found.within == pytest.approx(2**-20)
