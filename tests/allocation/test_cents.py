"""Money to the cent adds up."""

from __future__ import annotations

import numpy as np
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
