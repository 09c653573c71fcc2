"""Pieces of the best value that bases tell are those that solving at many places shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.measures import few

from budgetopt.analysis.live_problem.ranged_pieces import RangedPieces
from budgetopt.formulation.directions import Direction, still
from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.solvers import Termination
from budgetopt.solvers.engine import solve_stage
from linear_programs import INFINITY, linear_program, linear_programs

FAR, UNIT = 50.0, 1e-4


def moving(lp: LinearProgram, **moves: dict[int, float]) -> Direction:
    """Return the direction in which some limits move, by the name of the limit and the position."""
    line = still(lp)
    for name, places in moves.items():
        for place, by in places.items():
            getattr(line, name)[place] = by
    return line


def best_at(lp: LinearProgram, line: Direction, by: float) -> float | None:
    """Return the best value of a problem that has moved, as a gain; None if no plan is feasible."""
    moved = line.from_here(lp, by)
    if moved.contradicts_itself:
        return None
    answer = solve_stage(moved, moved.stages[0])
    return -lp.stages[0].sign * answer.objective if answer.termination is Termination.OPTIMAL else None


TWO_RULES = linear_program([[1, 1], [1, 0], [0, 1]], -INFINITY, [10, 8, 9], 0, 20, maximize=[3, 2])
"""One dollar more for the first pays 3, for the second 2; ten dollars, at most 8 and 9 of them."""


@pytest.mark.parametrize(
    ("moves", "side", "slope", "end"),
    [
        ({"row_upper": {0: 1.0}}, 1, 2.0, 7.0),  # up to 17, which is all that may be spent
        ({"row_upper": {0: 1.0}}, -1, 2.0, -2.0),  # down to 8, where the better one is cut
        ({"row_upper": {1: 1.0}}, 1, 1.0, 2.0),  # up to ten, all there is
        ({"row_upper": {1: 1.0}}, -1, 1.0, -7.0),  # down to 1, with 9 for the other
        ({"row_upper": {2: 1.0}}, 1, 0.0, np.inf),  # that is not reached
        ({"row_upper": {2: 1.0}}, -1, 0.0, -7.0),  # until it is
        ({"upper": {0: 1.0}}, -1, 0.0, -12.0),  # a limit of a column
        ({"row_lower": {0: 1.0}}, 1, 0.0, np.inf),  # one that there is not
    ],
)
def test_a_piece_by_hand(moves: dict[str, dict[int, float]], side: int, slope: float, end: float) -> None:
    piece = RangedPieces(TWO_RULES).piece(moving(TWO_RULES, **moves), side, unit=UNIT, far=FAR)
    assert piece is not None
    assert (piece.slope, piece.end) == pytest.approx((slope, end), abs=1e-9)


def test_nothing_is_feasible_beyond_a_limit_that_the_problem_needs() -> None:
    lp = linear_program([[1, 1]], [4], [INFINITY], 0, 2, minimize=[1, 2])
    up = RangedPieces(lp).piece(moving(lp, row_lower={0: 1.0}), 1, unit=UNIT, far=FAR)
    assert up is not None
    assert not up.feasible
    assert np.isnan(up.slope)
    assert up.end == 0


def test_a_piece_goes_through_a_corner_at_which_another_basis_has_the_same_slope() -> None:
    # two programs that are worth the same, the first up to 3
    lp = linear_program([[1, 1]], -INFINITY, [2], 0, [3, 4], maximize=[5, 5])
    piece = RangedPieces(lp).piece(moving(lp, row_upper={0: 1.0}), 1, unit=UNIT, far=FAR)
    assert piece is not None
    assert (piece.slope, piece.end) == pytest.approx((5.0, 5.0), abs=1e-9)


def test_what_moves_more_than_limits_is_not_told() -> None:
    line = replace(still(TWO_RULES), cost=np.array([1.0, 0.0]))
    assert RangedPieces(TWO_RULES).piece(line, 1, unit=UNIT, far=FAR) is None


@few(2)
@given(
    lp=st.booleans().flatmap(lambda box: linear_programs(most_columns=5, most_rows=5, feasible=True, bounded=box)),
    data=st.data(),
)
def test_a_piece_is_what_solving_at_many_places_shows(lp: LinearProgram, data: st.DataObject) -> None:
    assume(not lp.contradicts_itself)
    start = best_at(lp, still(lp), 0.0)
    assume(start is not None)
    names = [name for name in ("row_lower", "row_upper", "lower", "upper") if np.isfinite(getattr(lp, name)).any()]
    assume(names)
    line = still(lp)
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(names))
        place = int(data.draw(st.sampled_from(np.flatnonzero(np.isfinite(getattr(lp, name))).tolist())))
        getattr(line, name)[place] = data.draw(st.sampled_from([1.0, -1.0, 2.0, 0.5]))
    side = data.draw(st.sampled_from([1, -1]))
    piece = RangedPieces(lp).piece(line, side, unit=UNIT, far=FAR)
    assume(piece is not None)
    if not piece.feasible:
        assert best_at(lp, line, side * UNIT) is None
        return
    length = min(abs(piece.end), FAR)
    assert side * piece.end >= 0
    for share in (0.1, 0.6, 1.0 - 1e-6):
        by = side * share * length
        there = best_at(lp, line, by)
        assert there is not None
        assert there == pytest.approx(start + piece.slope * by, abs=1e-6)
    if np.isfinite(piece.end):
        beyond = best_at(lp, line, piece.end + side * 1e-2)
        on_line = start + piece.slope * (piece.end + side * 1e-2)
        assert beyond is None or beyond < on_line - 1e-5


def test_a_slope_that_adds_less_than_the_accuracy_of_the_value_is_none() -> None:
    pieces = RangedPieces.__new__(RangedPieces)
    pieces._problem = linear_program([[1.0]], -np.inf, [1.0], maximize=[1])
    pieces._answer = solve_stage(linear_program([[1.0]], -np.inf, [1e12], maximize=[1]), pieces._problem.stages[0])
    assert pieces._told(1e-6, 1.0) == 0.0
    assert pieces._told(-1e9, 1.0) == -1e9
    pieces._answer = None
    assert pieces._told(1e-6, 1.0) == 1e-6
