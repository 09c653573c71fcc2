from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from budgetopt.report.figures.outcome_rows import round_signed
from budgetopt.report.figures.rounding import round_cells, round_column, whole

amounts = st.one_of(
    st.just(0.0), st.floats(0, 1e7), st.integers(0, 10**6).map(float), st.integers(0, 10**6).map(lambda n: n / 2)
)


def test_a_half_is_rounded_away_from_zero() -> None:
    assert whole(np.array([0.5, -0.5, 1.4999, 2.5, -2.4])).tolist() == [1, -1, 1, 3, -2]


def test_a_column_adds_up_by_the_largest_remainder() -> None:
    assert round_column(np.array([0.4, 0.4, 0.4, 0.8])).tolist() == [1, 0, 0, 1]
    assert round_column(np.array([0.0, 0.0]), 0).tolist() == [0, 0]
    assert round_column(np.array([0.0, 2.3, 0.0]), 3).tolist() == [0, 3, 0]
    assert round_column(np.array([])).tolist() == []


@given(arrays.arrays(np.float64, st.integers(0, 40), elements=amounts))
def test_a_column_is_never_more_than_one_unit_off(exact: np.ndarray) -> None:
    rounded = round_column(exact)
    # a sum that is nearly halfway is rounded either way, by the order in which it is made
    total = exact[exact > 1e-5].sum()
    assert rounded.sum() in whole(np.array([total - 1e-9, total + 1e-9]))
    assert (np.abs(rounded - exact) <= 1 + 1e-6).all()
    assert (rounded[exact == 0] == 0).all()


@given(
    st.tuples(st.integers(1, 12), st.integers(1, 6)).flatmap(
        lambda shape: arrays.arrays(np.float64, shape, elements=amounts)
    )
)
def test_a_table_adds_up_to_its_totals_both_ways(exact: np.ndarray) -> None:
    totals = whole(exact.sum(axis=0))
    cells = round_cells(exact, totals)
    payable = (exact > 1e-5).any(axis=0)
    assert (cells.sum(axis=0)[payable] == totals[payable]).all()
    assert (cells >= 0).all()
    assert (cells[exact == 0] == 0).all()
    assert (np.abs(cells - exact) < 2).all()


def test_rows_keep_to_their_own_sum_where_columns_can_give_and_take() -> None:
    # each row is whole by itself: rounding column by column alone would give one program a dollar of the other's
    exact = np.array([[600_000.4, 399_999.6], [0.6, 0.4]])
    cells = round_cells(exact, np.array([600_001, 400_000]))
    assert cells.sum(axis=1).tolist() == [1_000_000, 1]


@given(arrays.arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e6, 1e6)))
def test_numbers_of_either_sign_add_up(exact: np.ndarray) -> None:
    total = round(float(exact.sum()))
    rounded = round_signed(exact, total)
    if (exact != 0).any():
        assert rounded.sum() == total
        assert (np.abs(rounded - exact) <= 2).all()
    assert (rounded[exact == 0] == 0).all()
