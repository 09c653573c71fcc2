"""Columns and rows after those of a problem."""

from __future__ import annotations

import numpy as np

from linear_programs import linear_program


def test_more_columns_and_rows_stand_after_the_own_ones() -> None:
    problem = linear_program([[1, 2], [3, 4]], -np.inf, [9, 8], 0, 5, maximize=[1, 1])
    both = np.array([0, 1])
    wider = problem.with_more_columns(
        "slack", np.zeros(2), np.array([1.0, 7]), (both, 2 + both, -np.ones(2)), keys={"slack": both}, integer=True
    )
    assert wider.matrix.dense().tolist() == [[1, 2, -1, 0], [3, 4, 0, -1]]
    assert (wider.lower.tolist(), wider.upper.tolist()) == ([0, 0, 0, 0], [5, 5, 1, 7])
    assert wider.integer.tolist() == [False, False, True, True]
    assert wider.column_labels.all_names()[2:] == ["slack[0]", "slack[1]"]
    assert (len(wider.stages[0].cost), wider.rows, wider.row_labels) == (2, 2, problem.row_labels)

    both = np.array([2, 2])
    taller = problem.with_more_columns("free", np.array([-np.inf]), np.array([np.inf])).with_more_rows(
        "sum",
        np.array([3.0]),
        np.array([4.0]),
        (both, np.array([0, 2]), np.array([6.0, 5])),
        (both[:1], both[:1], both[:1] / 2),
    )
    assert taller.matrix.dense().tolist() == [[1, 2, 0], [3, 4, 0], [6, 0, 6]]
    assert (taller.row_lower.tolist(), taller.row_upper.tolist()) == ([-np.inf, -np.inf, 3], [9, 8, 4])
    assert taller.column_labels.all_names()[2:] == ["free"]
    assert taller.row_labels.all_names()[2:] == ["sum"]
    assert taller.integer.tolist() == [False, False, False]
