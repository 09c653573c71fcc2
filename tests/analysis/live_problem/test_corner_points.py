"""The ends of all straight pieces of a value that is given, and what ends the search for them."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from budgetopt.analysis.live_problem.parametric import (
    Point,
    _last_feasible,
    _meeting,
    _on_line,
    _without_needless,
    corner_points,
    follow,
    is_straight,
)

LINES = ((0.0, 0.0, 5.0), (2.0, 10.0, 3.0), (6.0, 22.0, 1.0), (10.0, 26.0, -2.0))
"""Where each piece begins, its value there and its slope."""


def value(at: float, *, sign: float = 1.0) -> Point:
    begin, start, slope = next(line for line in reversed(LINES) if line[0] <= at)
    return Point(at, sign * (start + slope * (at - begin)), sign * slope)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_all_corners_of_a_value_that_bends_one_way(sign: float) -> None:
    told: list[float] = []
    found = corner_points(lambda at: value(at, sign=sign), value(0, sign=sign), value(14, sign=sign), told.append)
    assert [(point.at, point.value) for point in found] == [
        (pytest.approx(at), pytest.approx(sign * size)) for at, size in ((0, 0), (2, 10), (6, 22), (10, 26), (14, 18))
    ]
    # up to where all is found, from left to right
    assert told[-1] == 14
    assert told == sorted(told)


def test_a_straight_value_has_its_ends_alone() -> None:
    def never(at: float) -> Point:
        raise AssertionError(at)

    told: list[float] = []
    assert [point.at for point in corner_points(never, value(2.5), value(5), told.append)] == [2.5, 5]
    assert told == [5]
    # one of the two slopes is enough
    bent = Point(6, 22, 99.0)
    assert [point.at for point in corner_points(never, value(3), bent)] == [3, 6]
    assert [point.at for point in corner_points(never, Point(2, 10, 99.0), Point(5, 19, 3.0))] == [2, 5]


def test_slopes_that_never_meet_are_halved() -> None:
    asked: list[float] = []

    def steps(at: float) -> Point:
        asked.append(at)
        return Point(at, 0.0 if at < 4 else 4.0, 0.0)

    def ended(at: float) -> Point | None:
        return steps(at) if len(asked) < 3 else None

    found = corner_points(ended, Point(0, 0.0, 0.0), Point(8, 4.0, 0.0))
    # 4 is beside 8, and so is 2 beside 0: then nothing is said of 3
    assert asked == [4, 2, 3]
    assert [(point.at, point.value) for point in found] == [(0, 0), (3, 0), (4, 4), (8, 4)]


def test_without_a_value_the_ends_are_what_is_known() -> None:
    assert [point.at for point in corner_points(lambda _: None, value(0), value(14))] == [0, 14]


def test_points_on_the_straight_line_between_others_are_left_out() -> None:
    points = [Point(at, size, math.nan) for at, size in ((0, 0), (1, 2), (2, 4), (3, 5), (5, 7), (6, 8), (7, 3))]
    assert [point.at for point in _without_needless(points)] == [0, 2, 6, 7]
    assert _without_needless(points[:1]) == points[:1]
    assert [point.at for point in _without_needless(points[:2])] == [0, 1]
    assert is_straight(points[0], points[1], points[2])
    assert not is_straight(points[1], points[2], points[3])
    # of places that are one nothing is left to be told
    assert is_straight(points[1], points[3], Point(1, 9, math.nan))
    # where the straight line begins counts: from 4 to 6 and 14 to 26
    assert is_straight(Point(4, 14, math.nan), Point(5, 20, math.nan), Point(6, 26, math.nan))


def test_where_two_lines_meet() -> None:
    # 1 + 3 (t - 2) and 13 - (t - 6)
    assert _meeting(Point(2, 1, 3.0), Point(6, 13, -1.0)) == pytest.approx(6.0)
    assert _meeting(Point(2, 1, 3.0), Point(6, 5, 1.0)) == pytest.approx(2.0)
    assert math.isnan(_meeting(Point(2, 1, 3.0), Point(6, 5, 3.0)))


def test_what_is_on_a_line_within_the_accuracy_of_its_values() -> None:
    start = Point(2, 1e6, 3.0)
    assert _on_line(start, 3.0, Point(4, 1e6 + 6, 0.0))
    assert _on_line(start, 3.0, Point(4, 1e6 + 6.0005, 0.0))
    assert not _on_line(start, 3.0, Point(4, 1e6 + 6.002, 0.0))
    assert not _on_line(Point(0, 0, 1.0), 0.0, Point(1, 1e-6, 0.0))
    assert _on_line(Point(0, 0, 1.0), 0.0, Point(1, 0, 0.0))


def within(low: float, high: float) -> Callable[[float], Point | None]:
    return lambda at: Point(at, 2 * at, 2.0) if low <= at <= high else None


@pytest.mark.parametrize(("outside", "end"), [(100.0, 7.3), (-100.0, -4.1)])
def test_the_last_place_that_has_a_value(outside: float, end: float) -> None:
    found = _last_feasible(within(-4.1, 7.3), Point(0, 0, 2.0), outside, 1e-3)
    assert found.at == pytest.approx(end, abs=1e-11)
    assert -4.1 <= found.at <= 7.3


def test_a_piece_ends_where_the_last_value_is() -> None:
    piece = follow(within(-4.1, 7.3), Point(0, 0, 2.0), 1, unit=1e-3, far=100.0)
    assert (piece.slope, piece.end, piece.feasible) == (2, pytest.approx(7.3, abs=1e-11), True)
    # where the last place is known it is looked at first
    asked: list[float] = []

    def seen(at: float) -> Point | None:
        asked.append(at)
        return within(-4.1, 7.3)(at)

    known = follow(seen, Point(0, 0, 2.0), -1, unit=1e-3, far=100.0, last=4.0)
    assert (known.slope, known.end) == (2, -4)
    assert asked[0] == -4
    # a last place that is as near as a few small steps is none
    assert not follow(seen, Point(0, 0, 2.0), -1, unit=1e-3, far=100.0, last=0.01).feasible
    assert follow(seen, Point(0, 0, 2.0), -1, unit=1e-3, far=100.0, last=0.011).feasible
    assert not follow(within(0, 0.009), Point(0, 0, 2.0), 1, unit=1e-3, far=100.0).feasible
    # and one that is as far as is looked goes on
    assert follow(within(-999, 999), Point(0, 0, 2.0), 1, unit=1e-3, far=100.0, last=100.0).end == math.inf
    assert follow(within(-999, 999), Point(0, 0, 2.0), 1, unit=1e-3, far=100.0, last=99.0).end == 99


def test_a_piece_that_is_shorter_than_a_small_step_has_its_own_slope() -> None:
    def kinked(at: float) -> Point:
        return Point(at, min(5 * at, 4e-4 + at), 5.0 if at < 1e-4 else 1.0)

    # the step of 1e-3 ends beyond the bend: 1.4 on the way there
    piece = follow(kinked, Point(0, 0, 5.0), 1, unit=1e-3, far=10.0)
    assert piece.slope == pytest.approx(1.4)
    assert follow(kinked, Point(0, 0, 5.0), 1, unit=1e-3, far=10.0, slope=5.0).end == pytest.approx(1e-4)


def test_a_change_below_the_accuracy_of_the_value_is_none() -> None:
    def flat(at: float) -> Point:
        return Point(at, 1e6 + 1e-6 * at, 1e-6)

    assert follow(flat, flat(0.0), 1, unit=1e-3, far=100.0).slope == 0
    assert follow(flat, flat(0.0), 1, unit=1e-3, far=1e5).slope == 1e-6
