"""Money to the cent adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.allocation.cents import apportion, to_cents

amounts = st.floats(0, 1e7, allow_nan=False)


@given(st.lists(amounts, min_size=1, max_size=20))
def test_apportion_adds_up_and_moves_nothing_by_more_than_one(values):
    exact = np.array(values)
    total = round(exact.sum())
    whole = apportion(exact, total, np.zeros(len(exact)), np.full(len(exact), np.inf))
    assert whole.sum() == total
    assert np.all(np.abs(whole - exact) <= 1 + 1e-4)
    assert np.all(whole >= 0)


def test_the_largest_remainders_are_rounded_up():
    exact = np.array([1.5, 2.3, 3.2])
    assert apportion(exact, 7, np.zeros(3), np.full(3, np.inf)).tolist() == [2, 2, 3]


def test_limits_come_before_remainders():
    exact = np.array([1.5, 2.3, 3.2])
    assert apportion(exact, 7, np.zeros(3), np.array([1, 9, 9])).tolist() == [1, 3, 3]
    assert apportion(exact, 7, np.array([0, 0, 3.2]), np.full(3, np.inf)).tolist() == [1, 2, 4]


@given(
    st.lists(st.tuples(amounts, amounts), min_size=1, max_size=12),
    st.floats(0, 1, exclude_max=True),
)
def test_a_fund_never_pays_more_than_it_has(pairs, odd):
    spending = np.array(pairs)[:, :, None]
    has = spending.sum(axis=0) + odd / 1000
    shape = (len(pairs), 1)
    paid = to_cents(spending, np.zeros(shape), np.full(shape, np.inf), has, np.zeros((2, 1)), np.array([True, True]))
    cents = np.rint(paid * 100)
    assert np.array_equal(paid, cents / 100)
    assert np.all(cents.sum(axis=0) <= np.floor(has * 100 + 1e-5))
    assert np.all(cents.sum(axis=0) >= has * 100 - 1.1)


@pytest.mark.parametrize(
    ("exact", "total", "lower", "upper", "whole"),
    [
        # nothing is missing, or nothing is there
        ([1.0, 2.0], 3, [0, 0], [9, 9], [1, 2]),
        ([], 0, [], [], []),
        ([], 2, [], [], []),
        # what is almost whole is whole
        ([0.999995, 2.0], 3, [0, 0], [9, 9], [1, 2]),
        # of equal remainders the first; several units are missing
        ([1.5, 1.5, 1.5, 1.5], 6, [0] * 4, [9] * 4, [2, 2, 1, 1]),
        # more is missing than there are numbers: one each, and then by remainders
        ([1.25, 1.5], 5, [0, 0], [9, 9], [2, 3]),
        # who is below the lower limit comes first, who would pass the upper comes last
        ([1.9, 1.8, 1.1], 5, [0, 0, 2], [9, 9, 9], [2, 1, 2]),
        ([1.9, 1.8, 1.1], 5, [0, 0, 0], [1.9, 9, 9], [1, 2, 2]),
        ([1.9, 1.8, 1.1], 6, [0, 0, 0], [1.9, 9, 9], [2, 2, 2]),
        ([1.9, 1.8, 1.1], 4, [0, 0, 0], [2, 9, 9], [2, 1, 1]),
        # what noise has rounded up is taken back where least is lost, and not below a lower limit or zero
        ([0.999995, 1.999991, 3.0], 5, [0, 0, 0], [9, 9, 9], [1, 1, 3]),
        ([0.999995, 1.999991, 3.0], 5, [0, 2, 0], [9, 9, 9], [0, 2, 3]),
        ([0.999995, 1.999991, 3.0], 4, [0, 0, 0], [9, 9, 9], [0, 1, 3]),
        ([0.0, 2.999995], 2, [0, 0], [9, 9], [0, 2]),
        ([0.0, 1.0], 0, [0, 1], [9, 9], [0, 0]),
    ],
)
def test_who_gets_the_units_that_are_missing(exact, total, lower, upper, whole):
    found = apportion(np.array(exact), total, np.array(lower, dtype=float), np.array(upper, dtype=float))
    assert found.tolist() == whole


def cents(spending, *, income, kept=0.0, carries=True, share=None, lower=0.0, upper=np.inf):
    """Return the rounded payments of several programs by several funds over time, each as a list."""
    spending = np.array(spending, dtype=float)
    programs, funds, periods = spending.shape
    flat = np.broadcast_to(np.array(lower, dtype=float), (programs, periods))
    above = np.broadcast_to(np.array(upper, dtype=float), (programs, periods))
    money = np.broadcast_to(np.array(income, dtype=float), (funds, periods))
    least = np.broadcast_to(np.array(kept, dtype=float), (funds, periods))
    of_spending = None if share is None else np.full((funds, periods), share)
    return to_cents(spending, flat, above, money, least, np.full(funds, carries), of_spending).tolist()


def test_a_total_is_rounded_to_the_nearest_cent_that_the_fund_has():
    # 0.3333 + 0.6666 are a dollar less a hundredth of a cent
    assert cents([[[0.3333]], [[0.6666]]], income=5) == [[[0.33]], [[0.67]]]
    assert cents([[[0.335]], [[0.4]]], income=0.739) == [[[0.33]], [[0.4]]]
    assert cents([[[-0.001]], [[0.4]]], income=5) == [[[0.0]], [[0.4]]]


def test_what_must_be_left_is_left():
    assert cents([[[1.008]]], income=2, kept=0.995) == [[[1.0]]]
    # of 1.51 dollars a half of the spending is kept besides: 1.006 may be spent
    assert cents([[[1.008]]], income=1.51, share=0.5) == [[[1.0]]]
    assert cents([[[1.008]]], income=1.51) == [[[1.01]]]
    # where more is to be left than there is, nothing is paid
    assert cents([[[0.01]]], income=1, kept=2) == [[[0.0]]]


def test_what_is_left_opens_the_next_period_where_it_is_carried():
    # 0.004 are left of the first year: with 1.006 of the second they make 1.01
    spending = [[[1.002, 1.008]]]
    assert cents(spending, income=[[1.004, 1.006]]) == [[[1.0, 1.01]]]
    assert cents(spending, income=[[1.004, 1.006]], carries=False) == [[[1.0, 1.0]]]
    # what is rounded up in the first year is missing in the next
    assert cents([[[1.008, 1.008]]], income=[[1.012, 1.006]]) == [[[1.01, 1.0]]]


def test_limits_of_a_program_are_less_what_other_funds_pay_for_it():
    # both programs have 0.005 of the second fund to round; the first is at its ceiling of 1.50 with the other's dollar
    spending = [[[1.0], [0.505]], [[0.0], [0.505]]]
    assert cents(spending, income=9, upper=[[1.505], [9]]) == [[[1.0], [0.5]], [[0.0], [0.51]]]
    assert cents(spending, income=9, upper=[[9], [9]]) == [[[1.0], [0.51]], [[0.0], [0.5]]]
    # a floor of 1.50 is met with the dollar of the other fund
    spending = [[[0.0], [0.505]], [[1.0], [0.505]]]
    assert cents(spending, income=9, lower=[[0], [1.5]]) == [[[0.0], [0.51]], [[1.0], [0.5]]]
    # and a floor of 1.51 asks for the cent
    spending = [[[0.0], [0.505]], [[1.0], [0.505]]]
    assert cents(spending, income=9, lower=[[0], [1.51]]) == [[[0.0], [0.5]], [[1.0], [0.51]]]


def test_limits_of_a_program_count_what_other_funds_pay_only_once():
    # with the dollar of the other fund the first has its floor of 1.40, and the cent goes where most was cut off
    spending = [[[1.0], [0.404]], [[0.0], [0.606]]]
    assert cents(spending, income=9, lower=[[1.4], [0]]) == [[[1.0], [0.4]], [[0.0], [0.61]]]
    # a cent more would pass its ceiling of 1.407, which the other fund's dollar is a part of
    spending = [[[1.0], [0.406]], [[0.0], [0.604]]]
    assert cents(spending, income=9, upper=[[1.407], [9]]) == [[[1.0], [0.4]], [[0.0], [0.61]]]
    assert cents(spending, income=9) == [[[1.0], [0.41]], [[0.0], [0.6]]]


def test_a_whole_total_stays_whole_as_far_as_its_payers_have_money():
    # a package of 1.02: the first fund may pay no more than 0.43, and the second has money left
    package = [[[0.43636], [0.58364]]]
    assert cents(package, income=[[0.43636], [2]]) == [[[0.43], [0.59]]]
    assert cents(package, income=[[2], [0.58364]]) == [[[0.44], [0.58]]]
    assert cents(package, income=[[0.43636], [0.58364]]) == [[[0.43], [0.58]]]
    # each of two funds would round three halves up to two cents, which is one more than is missing
    halves = cents([[[0.505], [0.505]]] * 3, income=9)
    assert [round(sum(fund[0] for fund in program), 2) for program in halves] == [1.01] * 3
    # one that a single fund pays for is not given what is left over of others
    assert cents([[[1.0]], [[0.304]], [[0.304]]], income=9) == [[[1.0]], [[0.31]], [[0.3]]]


def test_a_program_without_a_whole_total_gives_up_the_cent_that_a_package_needs():
    # the first fund has 0.8095, and the second not a cent more than it pays
    spending, income = [[[0.3015], [0.0]], [[0.508], [0.492]]], [[0.8095], [0.492]]
    assert cents(spending, income=income) == [[[0.29], [0.0]], [[0.51], [0.49]]]
    # not what its floor asks for
    assert cents(spending, income=income, lower=[[0.295], [0]]) == [[[0.3], [0.0]], [[0.5], [0.49]]]
