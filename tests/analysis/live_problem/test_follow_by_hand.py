"""A straight piece is followed with the fewest looks: where each look goes, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from budgetopt.analysis.live_problem.parametric import Piece, Point, follow, short_piece

Lines = Sequence[tuple[float, float]]


class Looked:
    """The least of some lines, each a constant and a slope, between two ends; it remembers where it was looked at."""

    def __init__(self, lines: Lines, low: float = -math.inf, high: float = math.inf) -> None:
        self.lines, self.low, self.high = lines, low, high
        self.places: list[float] = []

    def __call__(self, at: float) -> Point | None:
        self.places.append(at)
        return self.point(at) if self.low <= at <= self.high else None

    def point(self, at: float) -> Point:
        value, slope = min((constant + slope * at, slope) for constant, slope in self.lines)
        return Point(at, value, slope)


# 5 a unit up to 10, 2 up to 60, and 1 from there on
THREE: Lines = [(0, 5), (30, 2), (90, 1)]


def test_from_the_far_end_each_look_is_where_two_lines_meet() -> None:
    line = Looked(THREE)
    # from the point (3, 15): the last line meets the first one at 22.5, and the second one does at 10
    piece = follow(line, line.point(3), 1, unit=0.5, far=1000)
    assert (piece.slope, piece.end, piece.feasible) == (5, pytest.approx(10), True)
    assert line.places == [1003, 3.5, pytest.approx(22.5), pytest.approx(10)]


def test_to_the_left_as_to_the_right() -> None:
    line = Looked(THREE)
    # from (80, 170) to the left: 5 x meets 90 + x at 22.5, and 30 + 2 x does at 60
    piece = follow(line, line.point(80), -1, unit=0.5, far=1000)
    assert (piece.slope, piece.end) == (1, pytest.approx(60))
    assert line.places == [-920, 79.5, pytest.approx(22.5), pytest.approx(60)]


def test_the_near_look_is_no_farther_than_half_of_the_way() -> None:
    line = Looked(THREE)
    assert follow(line, line.point(3), 1, unit=2, far=3).slope == 5
    assert line.places == [6, 4.5]
    # a slope that is known needs no look
    line = Looked(THREE)
    assert follow(line, line.point(3), 1, unit=2, far=3, slope=5.0) == Piece(5.0, math.inf)
    assert line.places == [6]


@pytest.mark.parametrize(
    ("far", "last", "end", "first"),
    [
        # the piece goes on to where it was to be looked, or to the last place that has a value
        (5.0, math.inf, math.inf, 8),
        (5.0, 5.0, math.inf, 8),
        (5.0, 6.0, math.inf, 8),
        (5.0, 4.0, 7, 7),
        # the line bends at 10
        (8.0, 8.0, 10, 11),
        (1000.0, 7.0, math.inf, 10),
    ],
)
def test_how_far_a_piece_goes(far: float, last: float, end: float, first: float) -> None:
    line = Looked(THREE)
    piece = follow(line, line.point(3), 1, unit=0.1, far=far, last=last)
    assert piece.slope == 5
    assert piece.end == pytest.approx(10 if (far, last) == (1000.0, 7.0) else end)
    assert line.places[0] == first


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize(("last", "feasible"), [(0.0, False), (5.0, False), (5.5, True)])
def test_less_than_ten_units_are_nothing(direction: int, last: float, feasible: bool) -> None:
    line = Looked([(0, 3)])
    piece = follow(line, line.point(2), direction, unit=0.5, far=100, last=last)
    assert piece.feasible is feasible
    assert piece.end == (2 + direction * last if feasible else 2)
    assert math.isnan(piece.slope) is not feasible
    assert bool(line.places) is feasible


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize(("width", "feasible"), [(4.0, False), (5.0, False), (5.25, True), (40.0, True)])
def test_the_last_place_with_a_value_is_found(direction: int, width: float, feasible: bool) -> None:
    line = Looked([(0, 3)], low=2 - width, high=2 + width)
    piece = follow(line, line.point(2), direction, unit=0.5, far=100)
    assert piece.feasible is feasible
    assert piece.end == (pytest.approx(2 + direction * width, abs=1e-9) if feasible else 2)
    if feasible:
        assert piece.slope == 3
        # what is found is a place that was seen to have a value
        assert line.low <= piece.end <= line.high


def test_where_the_last_place_is_wrong_by_a_little_the_end_is_found() -> None:
    line = Looked([(0, 3)], high=9.0)
    piece = follow(line, line.point(2), 1, unit=0.5, far=100, last=8.0)
    assert (piece.slope, piece.end) == (3, pytest.approx(9, abs=1e-9))
    assert line.places[0] == 10


def test_a_piece_that_ends_before_a_bend_ends_where_nothing_is_feasible() -> None:
    line = Looked(THREE, high=8.0)
    assert follow(line, line.point(3), 1, unit=0.01, far=100).end == pytest.approx(8)
    line = Looked(THREE, high=12.0)
    assert follow(line, line.point(3), 1, unit=0.01, far=100).end == pytest.approx(10)


def test_a_piece_shorter_than_a_step_has_the_slope_of_the_whole_step() -> None:
    # 5 a unit up to 10 and 2 from there on: from 9 the step of 4 gains 5 and three times 2
    line = Looked(THREE)
    piece = follow(line, line.point(9), 1, unit=4, far=30, last=41)
    assert piece.slope == pytest.approx(11 / 4)


def test_without_a_value_just_beyond_there_is_no_piece() -> None:
    whole = Looked([(0, 3)])

    def evaluate(at: float) -> Point | None:
        return None if 0 < at < 1 else whole(at)

    piece = follow(evaluate, whole.point(0), 1, unit=0.5, far=100)
    assert (piece.feasible, piece.end, math.isnan(piece.slope)) == (False, 0, True)


@pytest.mark.parametrize(("value", "slope", "expected"), [(1e12, 1.0, 0.0), (-1e12, -1.0, 0.0), (1e6, 1.0, 1.0)])
def test_a_change_below_the_accuracy_of_the_value_is_none(value: float, slope: float, expected: float) -> None:
    line = Looked([(value, slope)])
    piece = follow(line, line.point(0), 1, unit=0.5, far=100)
    assert piece == Piece(expected, math.inf)


def misled(slope: float, line: Looked) -> Callable[[float], Point | None]:
    """Return the same values with a wrong slope far away."""

    def evaluate(at: float) -> Point | None:
        point = line(at)
        return point if point is None or at <= 50 else Point(point.at, point.value, slope)

    return evaluate


@pytest.mark.parametrize("slope", [5.0, 4.99, 1000.0])
def test_where_lines_do_not_meet_on_the_way_the_middle_is_looked_at(slope: float) -> None:
    line = Looked([(0, 5), (30, 2)])
    piece = follow(misled(slope, line), line.point(4), 1, unit=0.5, far=100, slope=5.0)
    assert (piece.slope, piece.end) == (5, pytest.approx(10))
    # with 5 the lines are parallel; with 4.99 they meet far to the left, and with 1000 at 104.3, beyond the end
    assert line.places[:2] == [104, 54]


def test_where_nothing_is_found_on_the_way_the_end_stands() -> None:
    whole = Looked([(0, 5), (30, 2)])

    def evaluate(at: float) -> Point | None:
        return None if 9 < at < 99 else whole(at)

    piece = follow(evaluate, whole.point(4), 1, unit=0.5, far=100)
    assert (piece.slope, piece.end) == (5, math.inf)


def test_a_piece_that_ends_near_needs_no_look_far_away() -> None:
    # a hundredth of 1,000 on from 3 is 13: beyond the end at 10
    line = Looked(THREE)
    piece = short_piece(line, line.point(3), 1, size=1000)
    assert piece is not None
    assert (piece.slope, piece.end) == (5, pytest.approx(10))
    assert max(line.places) == 13


def test_a_piece_that_goes_on_or_is_not_seen_is_not_short() -> None:
    line = Looked(THREE)
    # up to 3.1 it is straight
    assert short_piece(line, line.point(3), 1, size=10) is None
    # nothing is possible beyond 12
    line = Looked(THREE, high=12)
    assert short_piece(line, line.point(3), 1, size=1000) is None
    assert line.places == [13]
    # a change below the accuracy of the value is not told apart from none
    line = Looked([(1e9, 1e-3), (1e9 + 1e-2, 0)])
    assert short_piece(line, line.point(0), 1, size=2000) is None


def test_what_is_idle_at_first_is_looked_at_beyond_that() -> None:
    # worth 100 up to 50, and 2 less for each one from there on
    line = Looked([(100, 0), (200, -2)])
    assert short_piece(line, line.point(0), 1, size=100, slope=0.0) is None
    piece = short_piece(line, line.point(0), 1, size=100, idle=50.0, slope=0.0)
    assert piece is not None
    assert (piece.slope, piece.end) == (0, pytest.approx(50))
