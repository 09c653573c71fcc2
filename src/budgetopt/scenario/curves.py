"""Curves of rounded figures: within half of their last digits, most that look otherwise are concave or convex."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.scenario.programs import Column, Floats, Ints

__all__ = ["STRAIGHT", "Bends", "bends_of", "smoothed"]

MOST_DIGITS = 12
"""Decimals after which a figure is not looked at for the digit to which it was rounded."""
STRAIGHT = 1e-9
"""The share by which two slopes may differ and be the same."""
NEARLY = 0.1
"""The share by which the slopes of a curve may differ that is looked at as a straight one."""


@dataclass(frozen=True, slots=True, eq=False)
class Bends:
    """How the curves of a column bend; every array has the shape (curves,).

    Parameters
    ----------
    rising, falling
        The most by which a slope is steeper than the one before it, and less steep, as a share of the steeper one.
    """

    rising: Floats
    falling: Floats

    @property
    def is_doubtful(self) -> Ints:
        """The curves that are neither concave nor convex, or nearly straight: rounding may have bent them."""
        neither, most = np.minimum(self.rising, self.falling) > STRAIGHT, np.maximum(self.rising, self.falling)
        return np.flatnonzero(neither | ((most > STRAIGHT) & (most <= NEARLY)))


def bends_of(column: Column) -> Bends:
    """Return how the curves of a column bend."""
    assert column.offsets is not None
    owner = np.repeat(np.arange(len(column)), np.diff(column.offsets))
    inner = owner[1:] == owner[:-1]
    slope = np.diff(column.values[:, 1])[inner] / np.diff(column.values[:, 0])[inner]
    of = owner[1:][inner]
    pair = of[1:] == of[:-1]
    change, size = np.diff(slope)[pair], np.maximum(np.abs(slope[1:]), np.abs(slope[:-1]))[pair]
    share = np.divide(change, size, out=np.zeros_like(change), where=size > 0)
    rising, falling = np.zeros(len(column)), np.zeros(len(column))
    np.maximum.at(rising, of[1:][pair], share)
    np.maximum.at(falling, of[1:][pair], -share)
    return Bends(rising, falling)


def smoothed(column: Column) -> Column:
    """Return curves in which what is concave, or convex, within the rounding of its figures is so exactly.

    Each figure is as exact as half of the last digit with which any of its curve is written. A curve from which the
    straight line between its ends, or else its concave or its convex envelope, is nowhere farther away than that of
    the point and of the ends together becomes that one; every other curve stays as it is.
    Points that are written as whole numbers are exact.
    """
    bends = bends_of(column)
    assert column.offsets is not None
    values, offsets = column.values, column.offsets
    new = None
    for curve in bends.is_doubtful.tolist():
        points = values[offsets[curve] : offsets[curve + 1]]
        envelope = _within_rounding(points)
        if envelope is not None:
            new = values.copy() if new is None else new
            new[offsets[curve] : offsets[curve + 1], 1] = envelope
    return column if new is None else replace(column, values=new)


def _within_rounding(points: Floats) -> Floats | None:
    """Return the heights of a curve's envelope if they differ from its own by rounding alone; None otherwise."""
    x, y = points[:, 0], points[:, 1]
    slopes = np.abs(np.diff(y) / np.diff(x))
    rough = _half_a_digit(y) + _half_a_digit(x) * np.maximum(np.append(slopes, 0.0), np.append(0.0, slopes))
    tops: tuple[Callable[[Floats, Floats], Floats], ...] = (_straight, _concave, lambda x, y: -_concave(x, -y))
    for envelope in tops:
        found = envelope(x, y)
        # a point may be off by that, and so may the two between which the envelope passes it
        if (np.abs(found - y) <= (rough + rough.max()) * (1 + 1e-9)).all():
            return found
    return None


def _half_a_digit(figures: Floats) -> float:
    """Return half of the last decimal with which any of the figures is written, 0 where all are whole."""
    for digits in range(MOST_DIGITS):
        scaled = figures * 10.0**digits
        if (np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1.0)).all():
            return 0.5 * 10.0**-digits if digits else 0.0
    return 0.0


def _straight(x: Floats, y: Floats) -> Floats:
    """Return the line between the first and the last point, at the same places."""
    line: Floats = y[0] + (y[-1] - y[0]) * (x - x[0]) / (x[-1] - x[0])
    return line


def _concave(x: Floats, y: Floats) -> Floats:
    """Return the least concave function above points, at the same places (Andrew's monotone chain, 1979)."""
    hull: list[int] = []
    for at in range(len(x)):
        while len(hull) > 1:
            first, last = hull[-2], hull[-1]
            if (y[last] - y[first]) * (x[at] - x[first]) > (y[at] - y[first]) * (x[last] - x[first]):
                break
            hull.pop()
        hull.append(at)
    return np.interp(x, x[hull], y[hull])
