"""How a problem moves: what stands beside settled columns moves the limits of rows instead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetopt.formulation.directions import line_through, still
from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.solvers.engine import solve_stage
from linear_programs import INFINITY, linear_program

# the first column is settled at 2, and so is the third, which moves
SETTLED = linear_program(
    [[1.0, 1.0, 0.0], [3.0, 1.0, 1.0], [0.0, 1.0, 1.0]], [-INFINITY, 1.0, -INFINITY], [10.0, INFINITY, 20.0],
    lower=[2.0, 0.0, 1.0], upper=[2.0, INFINITY, 1.0], maximize=[0.0, 1.0, 0.0],
)  # fmt: skip


def test_entries_of_settled_columns_move_the_limits_of_their_rows() -> None:
    line = still(SETTLED)
    line.entries[:2] = 0.5, 2.0
    found = line.without_settled(SETTLED)
    assert not found.moves_matrix
    np.testing.assert_array_equal(found.row_upper, [-1.0, 0.0, 0.0])
    np.testing.assert_array_equal(found.row_lower, [0.0, -4.0, 0.0])
    for by in (-1.0, 3.0):
        best = [
            solve_stage(moved, moved.stages[0]).objective
            for moved in (line.from_here(SETTLED, by), found.from_here(SETTLED, by))
        ]
        assert best == [pytest.approx(8.0 - by)] * 2


@pytest.mark.parametrize(("entry", "moves"), [(2, "upper"), (5, "upper"), (6, "lower")])
def test_entries_of_other_columns_and_of_those_that_move_stay(entry: int, moves: str) -> None:
    line = still(SETTLED)
    line.entries[entry] = 1.0
    getattr(line, moves)[2] = 1.0
    assert line.without_settled(SETTLED) is line


def test_what_moves_besides_is_kept() -> None:
    line = replace(still(SETTLED), offset=4.0)
    line.entries[[0, 3]] = 1.0, 7.0
    line.row_upper[0] = 5.0
    found = line.without_settled(SETTLED)
    assert found.offset == 4.0
    assert found.row_upper[0] == 3.0
    np.testing.assert_array_equal(found.entries, [0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("after", "before", "beyond", "straight"),
    [(1.0, 1.0, -0.5, True), (1.0, 0.5, -0.5, False), (1.0, 0.5, 0.0, True), (0.0, 1.0, -0.5, False)],
)
def test_a_line_leads_to_both_sides_unless_what_moves_it_changes_between(
    after: float, before: float, beyond: float, straight: bool
) -> None:
    asked = []

    def at(by: float) -> LinearProgram:
        asked.append(by)
        upper = SETTLED.row_upper + np.array([by * (after if by > 0 else before), 0.0, 0.0])
        return replace(SETTLED, row_upper=upper)

    found = line_through(at, SETTLED, 4.0, beyond)
    assert (found is not None) is straight
    assert found is None or found.row_upper[0] == pytest.approx(after)
    assert asked == [4.0, beyond or 2.0]
