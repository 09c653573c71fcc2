"""The straight pieces of a value are followed exactly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.analysis.live_problem.parametric import Point, follow


def concave(slopes, breaks, low=-math.inf, high=math.inf):
    """A concave piecewise linear value through (0, 0), of falling slopes between breaks; None outside of its ends."""

    def value(at):
        total, before = 0.0, 0.0
        edges = [*breaks, math.inf]
        if at >= 0:
            for slope, edge in zip(slopes, edges, strict=True):
                if edge <= 0:
                    continue
                step = min(at, edge) - max(before, 0.0)
                if step > 0:
                    total += slope * step
                before = edge
            return total
        position = 0.0
        for slope, edge in zip(reversed(slopes), reversed([-math.inf, *breaks]), strict=True):
            if edge >= 0:
                continue
            step = position - max(at, edge)
            if step > 0:
                total -= slope * step
            position = min(position, edge)
        return total

    def evaluate(at):
        if not low <= at <= high:
            return None
        slope = next(slope for slope, edge in zip(slopes, [*breaks, math.inf], strict=True) if at <= edge)
        return Point(at, value(at), slope)

    return evaluate


def test_a_kink_has_two_slopes():
    evaluate = concave([5.0, 2.0, 0.0], [0.0, 10.0])
    start = evaluate(0.0)
    right = follow(evaluate, start, 1, unit=1e-3, far=1e6)
    left = follow(evaluate, start, -1, unit=1e-3, far=1e6)
    assert (right.slope, right.end) == (pytest.approx(2.0), pytest.approx(10.0))
    assert (left.slope, left.end) == (pytest.approx(5.0), -math.inf)


def test_a_straight_line_goes_on_for_ever():
    evaluate = concave([3.0], [])
    piece = follow(evaluate, evaluate(0.0), 1, unit=1e-3, far=1e6)
    assert (piece.slope, piece.end) == (pytest.approx(3.0), math.inf)


def test_it_ends_where_nothing_is_feasible():
    evaluate = concave([3.0], [], low=-4.0, high=7.0)
    right = follow(evaluate, evaluate(0.0), 1, unit=1e-3, far=1e6)
    left = follow(evaluate, evaluate(0.0), -1, unit=1e-3, far=1e6)
    assert (right.slope, right.end) == (pytest.approx(3.0), pytest.approx(7.0))
    assert (left.slope, left.end) == (pytest.approx(3.0), pytest.approx(-4.0))
    edge = concave([3.0], [], high=0.0)
    assert not follow(edge, edge(0.0), 1, unit=1e-3, far=1e6).feasible


@given(
    st.lists(st.integers(-50, 50), min_size=2, max_size=7, unique=True),
    st.lists(st.integers(1, 400), min_size=6, max_size=6, unique=True),
)
def test_the_first_piece_to_the_right_is_found(slopes, breaks):
    slopes = [float(slope) for slope in sorted(slopes, reverse=True)]
    breaks = [float(edge) for edge in sorted(breaks[: len(slopes) - 1])]
    evaluate = concave(slopes, breaks)
    piece = follow(evaluate, evaluate(0.0), 1, unit=1e-3, far=1e5)
    assert piece.slope == pytest.approx(slopes[0], abs=1e-6)
    assert piece.end == pytest.approx(breaks[0], rel=1e-9)


def test_a_short_steep_piece_of_a_large_value_is_found():
    small = concave([323_924.0, 28_729.0, 0.0], [0.008, 0.05])

    def evaluate(at):
        point = small(at)
        return Point(point.at, point.value + 2.3e9, point.slope)

    piece = follow(evaluate, evaluate(0.0), 1, unit=1e-6, far=2e10)
    assert piece.slope == pytest.approx(323_924.0)
    assert piece.end == pytest.approx(0.008, rel=1e-4)


def moved(evaluate, by, value=0.0):
    """Return a line whose places lie farther to the right, and its values higher."""

    def there(at):
        found = evaluate(at - by)
        return None if found is None else Point(at, found.value + value, found.slope)

    return there


@pytest.mark.parametrize("by", [0.0, 100.0, -250.0])
def test_a_piece_may_begin_anywhere(by):
    evaluate = moved(concave([5.0, 2.0, 0.0], [0.0, 10.0]), by, 7.0)
    right, left = (follow(evaluate, evaluate(by), side, unit=1e-3, far=1e6) for side in (1, -1))
    assert (right.slope, right.end) == (pytest.approx(2.0), pytest.approx(by + 10.0))
    assert (left.slope, left.end) == (pytest.approx(5.0), -math.inf)
    evaluate = moved(concave([3.0, 1.0], [-2.0], low=-4.0, high=7.0), by, 7.0)
    right, left = (follow(evaluate, evaluate(by), side, unit=1e-3, far=1e6) for side in (1, -1))
    assert (right.slope, right.end) == (pytest.approx(1.0), pytest.approx(by + 7.0))
    assert (left.slope, left.end) == (pytest.approx(1.0), pytest.approx(by - 2.0))
    evaluate = moved(concave([3.0], [], low=-0.009, high=0.011), by)
    right, left = (follow(evaluate, evaluate(by), side, unit=1e-3, far=1e6) for side in (1, -1))
    assert (right.slope, right.end) == (pytest.approx(3.0), pytest.approx(by + 0.011))
    assert not left.feasible
    assert (math.isnan(left.slope), left.end) == (True, by)


def test_a_piece_ends_at_the_last_place_that_is_known_to_have_a_value():
    line = concave([3.0], [])
    for last, end in ((40.0, 40.0), (0.011, 0.011), (100.0, math.inf), (101.0, math.inf)):
        for side in (1, -1):
            piece = follow(line, line(0.0), side, unit=1e-3, far=100.0, last=last)
            assert (piece.slope, piece.end) == (pytest.approx(3.0), pytest.approx(side * end))
    assert not follow(line, line(0.0), 1, unit=1e-3, far=100.0, last=0.01).feasible


def test_a_slope_that_is_known_is_not_looked_for():
    seen = []
    kinked = concave([5.0, 2.0], [10.0])

    def evaluate(at):
        seen.append(at)
        return kinked(at)

    piece = follow(evaluate, kinked(0.0), 1, unit=1e-3, far=1e6, slope=5.0)
    assert (piece.slope, piece.end) == (5.0, pytest.approx(10.0))
    assert 1e-3 not in seen


def test_a_change_below_the_accuracy_of_the_value_is_none():
    # up to 100 a value of a million changes by a hundredth, or by a ten-thousandth
    for slope, expected in ((1e-4, 1e-4), (1e-6, 0.0), (-1e-4, -1e-4), (-1e-6, 0.0)):
        line = moved(concave([slope], []), 50.0, 1e6)
        piece = follow(line, line(50.0), 1, unit=1e-3, far=100.0)
        assert piece.slope == pytest.approx(expected, abs=1e-12)
        assert piece.end == math.inf
