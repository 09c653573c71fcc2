"""How funds are charged with what programs have, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit import SpendingPlan
from budgetopt.audit.current import charge
from strategies import unchecked

YES, NO = True, False


def charged(funds: dict[str, Any], programs: dict[str, Any], periods: int = 1) -> dict[str, list[Any]]:
    """Return what each fund pays for each program, period by period, by the program's id."""
    for fund in funds.values():
        fund.setdefault("revenue", 0)
    document = {"periods": [f"FY{year}" for year in range(1, periods + 1)], "funds": funds, "outcomes": {"visits": {}}}
    scenario = unchecked({**document, "programs": programs})
    spending = SpendingPlan.current(scenario).spending.round(6)
    return {
        name: each.T.tolist() if periods > 1 else each[:, 0].tolist()
        for name, each in zip(programs, spending, strict=True)
    }


@pytest.mark.parametrize("names", [("wide", "narrow"), ("narrow", "wide")])
def test_a_fund_that_may_pay_for_fewer_programs_is_used_up_first(names: tuple[str, str]) -> None:
    # any fund may pay for b: it is the narrow one, which may pay for nothing else
    found = charged(
        {name: {"revenue": 5} for name in names}, {"a": {"baseline": 4, "funds": ["wide"]}, "b": {"baseline": 5}}
    )
    assert dict(zip(names, found["a"], strict=True)) == {"wide": 4, "narrow": 0}
    assert dict(zip(names, found["b"], strict=True)) == {"wide": 0, "narrow": 5}


def test_recurring_revenue_comes_before_one_time_revenue_and_that_before_balances() -> None:
    funds = {
        "first": {"revenue": 1, "one_time": {"FY1": 2}, "opening_balance": 4},
        "second": {"revenue": 8, "one_time": {"FY1": 16}, "opening_balance": 32},
    }
    # both may pay for everything; the first comes first in the file
    for baseline, expected in (
        (1, [1, 0]),
        (7, [1, 6]),
        (9, [1, 8]),
        (11, [3, 8]),
        (20, [3, 17]),
        (27, [3, 24]),
        (31, [7, 24]),
        (40, [7, 33]),
    ):
        assert (
            charged({name: dict(fund) for name, fund in funds.items()}, {"a": {"baseline": baseline}})["a"] == expected
        )


def test_what_is_left_is_carried_over_only_where_it_may_be() -> None:
    funds = {"kept": {"revenue": 3}, "lapses": {"revenue": 3, "carryover": False}, "rest": {"revenue": 90}}
    programs = {
        "a": {"baseline": 2, "funds": ["kept"]},
        "b": {"baseline": 2, "funds": ["lapses"]},
        "c": {"baseline": 9, "funds": ["kept", "lapses"]},
    }
    # each has 1 left for c in a year, and nothing to carry; c's other 7 are charged to the last of the broadest
    assert charged(funds, programs, periods=2)["c"] == [[1, 8, 0], [1, 8, 0]]
    funds = {
        "kept": {"revenue": {"FY1": 9}},
        "lapses": {"revenue": {"FY1": 9}, "carryover": False},
        "rest": {"revenue": 90},
    }
    programs = {"a": {"baseline": 4, "funds": ["kept", "rest"]}, "b": {"baseline": 4, "funds": ["lapses", "rest"]}}
    found = charged(funds, programs, periods=3)
    # recurring revenue comes first: the rest pays in the second year, though the kept fund has 5 left
    assert found == {"a": [[4, 0, 0], [0, 0, 4], [0, 0, 4]], "b": [[0, 4, 0], [0, 0, 4], [0, 0, 4]]}


def test_a_balance_that_is_carried_pays_when_nothing_else_can() -> None:
    funds = {"kept": {"revenue": {"FY1": 9}}, "lapses": {"revenue": {"FY1": 9}, "carryover": False}}
    found = charged(
        funds, {"a": {"baseline": 4, "funds": ["kept"]}, "b": {"baseline": 4, "funds": ["lapses"]}}, periods=3
    )
    # 5 and then 1 are left; what is short is charged all the same
    assert found == {"a": [[4, 0], [4, 0], [4, 0]], "b": [[0, 4], [0, 4], [0, 4]]}


def test_a_fund_pays_in_the_periods_in_which_it_may() -> None:
    funds = {"early": {"revenue": 9, "ends": "FY2"}, "late": {"revenue": 9, "starts": "FY2"}}
    found = charged(
        funds,
        {"a": {"baseline": 2}, "b": {"baseline": 3, "funds": ["early"]}, "c": {"baseline": 4, "funds": ["late"]}},
        3,
    )
    # early is the broader by nothing: both pay for two; a goes to the first in the file where both may pay
    assert found["a"] == [[2, 0], [2, 0], [0, 2]]
    # where no fund may pay in a period, one that may in another is charged, and the audit says so
    assert found["b"] == [[3, 0]] * 3
    assert found["c"] == [[0, 4]] * 3


def test_a_reserve_is_kept_by_its_share_of_revenue_and_of_spending() -> None:
    funds = {
        "of_revenue": {"revenue": 10, "reserve": {"at_least": "30%", "of": "revenue"}},
        "of_spending": {"revenue": 10, "reserve": {"at_least": "25%", "of": "spending"}},
        "rest": {"revenue": 90},
    }
    assert charged(funds, {"a": {"baseline": 20}})["a"] == [7, 8, 5]


def test_money_that_is_transferred_is_not_spent_twice() -> None:
    funds = {
        "giver": {"revenue": 10, "transfers_to": {"taker": {"at_least": 4, "at_most": 9}}},
        "taker": {"revenue": 1},
    }
    found = charged(
        funds,
        {"a": {"baseline": 6, "funds": ["giver"]}, "b": {"baseline": 5, "funds": ["taker"]}, "c": {"baseline": 0}},
    )
    assert found == {"a": [6, 0], "b": [0, 5], "c": [0, 0]}
    # 6 are left of 10: of 8 for c, giver pays 6 and taker 2 of its 5
    assert charged(funds, {"c": {"baseline": 8}})["c"] == [6, 2]


def test_a_program_is_divided_among_funds_one_program_after_another() -> None:
    funds = {name: {"revenue": amount} for name, amount in (("x", 4), ("y", 5), ("z", 6))}
    found = charged(funds, {name: {"baseline": amount} for name, amount in (("a", 3), ("b", 7), ("c", 0), ("d", 5))})
    assert found == {"a": [3, 0, 0], "b": [1, 5, 1], "c": [0, 0, 0], "d": [0, 0, 5]}


def test_the_cents_that_rounding_leaves_go_to_the_fund_that_pays_most() -> None:
    funds = {"x": {"revenue": 0.1}, "y": {"revenue": 0.7}, "z": {"revenue": 0.2}}
    document = {"funds": funds, "outcomes": {"visits": {}}, "programs": {n: {"baseline": 0.1} for n in "abcdefghij"}}
    spending = SpendingPlan.current(unchecked(document)).spending[:, :, 0]
    # to the last bit
    assert (spending.sum(axis=1) == 0.1).all()


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_a_chain_of_funds_moves_one_by_one(order: list[int]) -> None:
    # each group may be paid by two funds that stand beside one another; the first by one alone, which is used up
    allowed = np.array([[YES, NO, NO, NO], [YES, YES, NO, NO], [NO, YES, YES, NO], [NO, NO, YES, YES]])
    paid = np.array([[0.0, 0, 0, 0], [5, 0, 0, 0], [0, 5, 0, 0], [0, 0, 5, 0]])
    demand, capacity = np.full(4, 5.0), np.full(4, 5.0)
    flow = charge(demand, capacity, allowed, np.array(order), paid)
    assert flow.tolist() == [[5, 0, 0, 0], [0, 5, 0, 0], [0, 0, 5, 0], [0, 0, 0, 5]]
    # what was given is left as it was
    assert paid.sum() == 15


def test_only_as_much_moves_as_the_way_allows() -> None:
    allowed = np.array([[YES, NO, NO], [YES, YES, NO], [NO, YES, YES]])
    paid = np.array([[0.0, 0, 0], [4, 0, 0], [0, 6, 0]])
    # the first asks for 5 and the second can give up 4; of the third 3 fit into the last fund
    flow = charge(np.array([5.0, 4, 6]), np.array([4.0, 6, 3]), allowed, np.array([0, 1, 2]), paid)
    assert flow.tolist() == [[3, 0, 0], [1, 3, 0], [0, 3, 3]]


def test_what_is_paid_already_stays_paid_in_sum() -> None:
    # the second fund is full of the first group's money, and the third may pay for nothing
    allowed = np.array([[YES, YES, NO], [NO, YES, NO]])
    paid = np.array([[0.0, 3, 0], [0, 0, 0]])
    flow = charge(np.array([3.0, 2]), np.array([2.0, 3, 9]), allowed, np.array([1, 0, 2]), paid)
    assert flow.tolist() == [[2, 1, 0], [0, 2, 0]]
    flow = charge(np.array([3.0, 2]), np.array([0.0, 3, 9]), allowed, np.array([1, 0, 2]), paid)
    assert flow.tolist() == [[0, 3, 0], [0, 0, 0]]


def test_funds_are_used_up_in_the_order_that_is_asked_for_and_narrow_demands_first() -> None:
    allowed = np.array([[YES, YES], [YES, NO]])
    demand, capacity = np.array([5.0, 4]), np.array([6.0, 6])
    assert charge(demand, capacity, allowed, np.array([0, 1]), np.zeros((2, 2))).tolist() == [[2, 3], [4, 0]]
    assert charge(demand, capacity, allowed, np.array([1, 0]), np.zeros((2, 2))).tolist() == [[0, 5], [4, 0]]


def test_narrow_demands_come_first_where_money_is_short() -> None:
    allowed = np.array([[YES, YES], [YES, NO]])
    flow = charge(np.array([5.0, 4]), np.array([3.0, 0]), allowed, np.array([0, 1]), np.zeros((2, 2)))
    assert flow.tolist() == [[0, 0], [3, 0]]


def test_what_no_fund_can_carry_goes_to_the_broadest_that_may_pay_in_the_period() -> None:
    funds = {"early": {"revenue": 90, "ends": "FY2"}, "late": {"revenue": 1}}
    programs = {
        "a": {"baseline": 4},
        "b": {"baseline": 2, "funds": ["early"]},
        "c": {"baseline": 2, "funds": ["early"]},
    }
    assert charged(funds, programs, periods=3)["a"] == [[3, 1], [3, 1], [0, 4]]


def test_one_time_revenue_counts_what_is_transferred() -> None:
    funds = {
        "giver": {
            "revenue": 10,
            "one_time": {"FY1": 2},
            "opening_balance": 10,
            "transfers_to": {"taker": {"at_least": 4, "at_most": 4}},
        },
        "taker": {"revenue": 1, "one_time": {"FY1": 3}},
    }
    # 10 - 4 and 1 + 4 recur, then 2 and 3 come once, of which 2 are needed from the taker; the balance is not touched
    assert charged(funds, {"a": {"baseline": 15}})["a"] == [8, 7]
    # and what is given away cannot be spent, however much is left of other money
    poor = {"giver": {"revenue": 3, "opening_balance": 9, "transfers_to": {"taker": {"at_least": 5, "at_most": 5}}}}
    assert charged({**poor, "taker": {"revenue": 1}}, {"a": {"baseline": 6}, "b": {"baseline": 0}})["a"] == [0, 6]


def test_a_fund_that_takes_over_a_demand_pays_no_more_than_it_has() -> None:
    # the second group may move 3 of its 10 dollars to the second fund, which pays 2 of its 5 already
    allowed = np.array([[True, False], [True, True], [False, True]])
    flow = np.array([[0.0, 0], [10, 0], [0, 2]])
    paid = charge(np.array([8.0, 10, 2]), np.array([10.0, 5]), allowed, np.array([0, 1]), flow)
    assert paid.tolist() == [[3, 0], [7, 3], [0, 2]]
    # little money is divided as exactly
    paid = charge(np.array([8e-9, 10e-9, 2e-9]), np.array([10e-9, 5e-9]), allowed, np.array([0, 1]), 1e-9 * flow)
    assert paid.tolist() == [pytest.approx(row) for row in ([3e-9, 0], [7e-9, 3e-9], [0, 2e-9])]
