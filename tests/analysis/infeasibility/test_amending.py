"""The new numbers that a plan asks for, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.infeasibility.amending import _changed, _missed, _same, _with_money, new_numbers, outward
from budgetopt.audit.check import Check
from budgetopt.formulation import formulate
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Limit, Number
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import solve_linear_program
from language.small import LATER, document_of


def program(amount: Any, **more: Any) -> dict[str, Any]:
    """Return a program that gets just so much."""
    return {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_least": amount, "at_most": amount}, **more}


def number_of(scenario: Scenario, key: str) -> tuple[Limit, Number]:
    return next((limit, one) for limit in scenario.limits.shared for one in limit.numbers if one.key == key)


def asked(rule: dict[str, Any], key: str, a: Any, b: Any, **more: Any) -> list[tuple[Any, Any]]:
    """Return what the only plan there is asks of a number of a rule that it may miss."""
    programs = {"a": program(a, department="X", baseline=40), "b": program(b, department="Y", baseline=40)}
    document = document_of(programs, **more)
    formulation = formulate(Scenario.from_document(document))
    point = solve_linear_program(formulation.linear_program).x
    assert point is not None
    scenario = Scenario.from_document({**document, "rules": [{"name": "k", **rule}]})
    return list(new_numbers(scenario, *number_of(scenario, key), formulation, point))


PARITY = {"sum": "spending", "by": "department"}
OF_A = {"sum": "spending", "where": {"program": "a"}}
CHANGE = {"change": {"at_most": "10%"}}
YEARS = {"periods": LATER[:2]}
CASES: dict[str, tuple[list[Any], dict[str, Any], list[tuple[Any, Any]]]] = {
    # 18 dollars are 77.5% less than 80
    "parity": ([{**PARITY, "parity": "10%"}, "parity", 18, 80], {}, [(0.1, 0.775)]),
    "parity the other way": ([{**PARITY, "parity": "10%"}, "parity", 80, 18], {}, [(0.1, 0.775)]),
    "parity of nothing": ([{**PARITY, "parity": "10%"}, "parity", 0, 80], {}, [(0.1, 1)]),
    "parity that is kept": ([{**PARITY, "parity": "80%"}, "parity", 18, 80], {}, []),
    "parity of the worse year": (
        [{**PARITY, "parity": "10%"}, "parity", {"FY1": 40, "FY2": 20}, 50], YEARS, [(0.1, 0.6)],
    ),
    "parity is written with six digits": ([{**PARITY, "parity": "10%"}, "parity", 20, 60], {}, [(0.1, 0.666667)]),
    "a floor": ([{**OF_A, "at_least": 30}, "at_least", 20.005, 60], {}, [(30, 20)]),
    "a cap": ([{**OF_A, "at_most": 10}, "at_most", 20.005, 60], {}, [(10, 20.01)]),
    "a cap that is kept": ([{**OF_A, "at_most": 30}, "at_most", 20, 60], {}, []),
    "a cap that is just kept": ([{**OF_A, "at_most": 20}, "at_most", 20, 60], {}, []),
    "an amount": ([{**OF_A, "equals": 30}, "equals", 20, 60], {}, [(30, 20)]),
    "a share": ([{**OF_A, "at_most": "10%", "of": "total spending"}, "at_most", 20, 60], {}, [(0.1, 0.25)]),
    "the worst of two years": (
        [{**OF_A, "at_least": 30}, "at_least", {"FY1": 25, "FY2": 10}, 60], YEARS, [(30, 10)],
    ),
    "one of two years": (
        [{**OF_A, "at_most": {"FY1": 30, "FY2": 5}}, "at_most", {"FY1": 25, "FY2": 10}, 60],
        YEARS, [({"FY2": 5}, {"FY2": 10})],
    ),
    # from 40 dollars to 30, and to 60
    "a move": ([CHANGE, "change.at_most", 30, 60], {}, [(0.1, 0.5)]),
    "a rise": ([{"change": {"increase_at_most": "10%"}}, "change.increase_at_most", 10, 48], {}, [(0.1, 0.2)]),
    "a fall": ([{"change": {"decrease_at_most": "10%"}}, "change.decrease_at_most", 30, 60], {}, [(0.1, 0.25)]),
    "a move that is allowed": ([{"change": {"at_most": "50%"}}, "change.at_most", 30, 60], {}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_a_plan_asks_for(name: str) -> None:
    words, more, expected = CASES[name]
    assert asked(*words, **more) == expected


def test_money_for_the_years_that_lack_it() -> None:
    years = (*LATER, "FY4")
    document = document_of({"a": program(1)}, periods=years, funds={"general": {"one_time": {"FY1": 4, "FY4": 9}}})
    scenario = Scenario.from_document(document)
    _, number = number_of(scenario, "one_time")
    found = _with_money(scenario, number, np.array([0, 2, 3]), np.array([1.2345678, 20.001, 2.001]))
    # below ten dollars six digits count
    assert found == {"FY1": 5.234568, "FY2": 0, "FY3": 20.01, "FY4": 11.01}
    # what is less than a billionth is nothing, and from ten on cents are enough
    little = _with_money(scenario, number, np.array([0, 1, 3]), np.array([1e-10, 10.0001, 0.9999999]))
    assert little == {"FY1": 4, "FY2": 10.01, "FY3": 0, "FY4": 10}


@pytest.mark.parametrize(
    ("value", "gave", "after"),
    [
        ("90%", [0.2, 0.3], 0.6),
        ("90%", [1.5], 0),
        ("90%", [0.1], 0.8),
        # never tighter than what the plan needs
        ("90%", [0.2000004], 0.699999),
    ],
)
def test_a_share_of_local_effort_is_relaxed_by_the_most(value: str, gave: list[float], after: float) -> None:
    grant = {
        "kind": "grant",
        "revenue": 50,
        "carryover": False,
        "maintenance_of_effort": {"fund": "general", "at_least": value},
    }
    programs = {"a": {"baseline": 40, "outcomes": {"good": {"per_dollar": 1}}}}
    scenario = Scenario.from_document(document_of(programs, funds={"grant": grant}))
    limit, number = next(
        (limit, one) for limit in scenario.limits.shared for one in limit.numbers if one.per_unit is not None
    )
    ((before, now),) = _changed(scenario, limit, number, (), np.zeros(len(gave), dtype=np.int64), np.array(gave))
    assert (before, now) == (Share(0.9), Share(after))
    assert isinstance(now, Share)


@pytest.mark.parametrize(
    ("value", "up", "written"),
    [(1000.4, True, 1001), (1000.4, False, 1000), (999.001, True, 999.01), (99_999.9, False, 99_999), (5, True, 5)],
)
def test_large_numbers_are_written_whole(value: float, up: bool, written: float) -> None:
    assert outward(value, up=up) == written


def test_nothing_is_never_below_zero() -> None:
    assert str(outward(-1e-9, up=True)) == "0.0"
    assert _same(0.0, 1e-10)
    assert not _same(0.0, 1e-8)


def test_a_period_without_a_number_of_its_own_is_left_out() -> None:
    scenario = Scenario.from_document(document_of({"a": program(5)}, periods=LATER[:2]))
    number = Number(key="at_least", sense="at least", value={"FY2": 10.0})
    check = Check(
        kind="floor", name="a", value=np.array([1.0, 4.0]), period=np.array([0, 1]), allowed=np.zeros(2),
        lower=np.array([-np.inf, 10.0]),
    )  # fmt: skip
    assert list(_missed(scenario, number, check, in_cents=True)) == [({"FY2": 10.0}, {"FY2": 4.0})]
