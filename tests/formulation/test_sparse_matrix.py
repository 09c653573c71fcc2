"""Products of the sparse matrix beside those of the dense one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.formulation import Matrix


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 12), st.floats(0.0, 1.0))
def test_products_are_those_of_the_dense_matrix(seed: int, rows: int, columns: int, share: float) -> None:
    random = np.random.default_rng(seed)
    entries = int(random.integers(0, rows * columns + 1))
    row, column = random.integers(0, rows, entries), random.integers(0, columns, entries)
    matrix = Matrix.from_triplets(rows, columns, row, column, random.normal(size=entries))
    # with few numbers other than zero only these are multiplied
    x = np.where(random.random(columns) < share, random.normal(size=columns), 0.0)
    y = random.normal(size=rows)
    assert matrix.times(x) == pytest.approx(matrix.dense() @ x)
    assert matrix.transpose_times(y) == pytest.approx(matrix.dense().T @ y)


def test_what_rounding_leaves_of_entries_that_cancel_is_no_entry() -> None:
    values = np.array([0.1, 0.2, -0.3, 1e-18, 5.0])
    assert values[:3].sum() != 0
    row, column = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 0, 0, 1])
    found = Matrix.from_triplets(2, 2, row, column, values)
    assert (found.index.tolist(), found.value.tolist()) == ([1, 1], [1e-18, 5.0])
