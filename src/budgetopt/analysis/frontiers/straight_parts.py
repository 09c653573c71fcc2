"""Where a linear program moves in a straight line as one number does, and where it bends.

Most numbers move the limits or the costs of a linear program in proportion. Some do so only in part: a ceiling of a
program moves first one segment of its curve and then the next. The range of the number is divided at the bends, which
are where the lines of an entry from both sides meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from budgetopt.formulation import LinearProgram
from budgetopt.formulation.directions import CLOSE, Direction, between, goes_through
from budgetopt.formulation.linear_program import Floats

__all__ = ["StraightPart", "straight_parts"]

GOLDEN = 0.381966
"""Where between two ends it is checked that a problem moves in a straight line."""
MARGIN = 1e-3
"""How far from an end of a range, as a share of it, a problem is looked at: at the end itself a part may be missing."""
DEPTH = 16
"""How often a part of a range is divided before it is taken to bend everywhere."""
NEAR = 1e-9
"""Bends that are nearer to one another, as a share of the range, are one."""
MOST_BENDS, MOST_FORMULATED = 40, 1000
"""A range is divided at so many bends at once, and so many problems are looked at; the rest is not divided further."""
SAMPLES, SAMPLE = 8, 1 / 64
"""A number for which none of so many samples, each such a part of the range, is straight bends everywhere."""

At = Callable[[float], LinearProgram]


@dataclass(frozen=True, slots=True, eq=False)
class StraightPart:
    """A part of the range of a number.

    Parameters
    ----------
    low, high
        Its ends.
    problem
        The problem at the low end.
    line
        How it moves from there; None where it moves in no straight line.
    """

    low: float
    high: float
    problem: LinearProgram
    line: Direction | None

    def at(self, value: float) -> LinearProgram:
        """Return the problem at a value of a straight part."""
        assert self.line is not None
        problem = self.line.from_here(self.problem, value - self.low)
        # at a bend, rounding may leave a limit below the other by nothing
        lower = _uncrossed(problem.lower, problem.upper, self.line.upper, self.high - self.low)
        row_lower = _uncrossed(problem.row_lower, problem.row_upper, self.line.row_upper, self.high - self.low)
        if lower is problem.lower and row_lower is problem.row_lower:
            return problem
        return replace(problem, lower=lower, row_lower=row_lower)

    @property
    def moves(self) -> str:
        """What moves: ``nothing``, ``limits``, ``costs``, ``both``, or ``matrix`` (no piecewise linear best value)."""
        if self.line is None or self.line.moves_matrix:
            return "matrix"
        if self.line.is_nothing:
            return "nothing"
        costs = bool(self.line.cost.any())
        limits = any(getattr(self.line, name).any() for name in ("row_lower", "row_upper", "lower", "upper"))
        return "both" if costs and limits else "costs" if costs else "limits"


def straight_parts(at: At, low: float, high: float) -> list[StraightPart]:
    """Return the parts of a range in each of which a problem moves in a straight line, from low to high.

    ``at`` gives the problem at a value. What bends everywhere is one part without a line.
    """
    work = _Division(at, NEAR * (high - low))
    whole = work.straight(low, high)
    if whole is not None:
        return [whole]
    width = (high - low) * SAMPLE
    places = low + (high - low) * (np.arange(SAMPLES) + GOLDEN) / SAMPLES
    if not any(work.straight(place, place + width) for place in places.tolist()):
        return [StraightPart(low, high, work.at(low), None)]
    return work.divided(low, high, DEPTH)


class _Division:
    """Divides a range at the bends; two that are nearer to one another than ``near`` are one."""

    def __init__(self, at: At, near: float) -> None:
        self._at, self.near, self.formulated = at, near, 0

    def at(self, value: float) -> LinearProgram:
        """Return the problem at a value."""
        self.formulated += 1
        return self._at(value)

    def divided(self, low: float, high: float, depth: int) -> list[StraightPart]:
        """Return the straight parts of a range, and what is left where it bends too often."""
        part = self.straight(low, high)
        if part is not None:
            return [part]
        margin = MARGIN * (high - low)
        if depth == 0 or self.formulated > MOST_FORMULATED or not low + margin < high - margin < high:
            return [StraightPart(low, high, self.at(low), None)]
        bends = list(self.bends(low + margin, high - margin, margin / 2))
        ends = [low, *(bends if 0 < len(bends) <= MOST_BENDS else [(low + high) / 2]), high]
        return [found for one, other in pairwise(ends) for found in self.divided(one, other, depth - 1)]

    def straight(self, low: float, high: float) -> StraightPart | None:
        """Return a range in which the problem moves in a straight line; None if it bends."""
        margin = MARGIN * (high - low)
        inner_low, inner_high = low + margin, high - margin
        if not low < inner_low < inner_high < high:
            return None
        first = self.at(inner_low)
        line = between(first, self.at(inner_high), inner_high - inner_low)
        by = GOLDEN * (inner_high - inner_low)
        if line is None or not goes_through(line, first, by, self.at(inner_low + by)):
            return None
        # an end that is of another form is not looked at: there something vanishes, or just begins
        for end in (low, high):
            there = self.at(end)
            comparable = between(first, there, 1.0) is not None
            if comparable and not goes_through(line, first, end - inner_low, there, high - low):
                return None
        return StraightPart(low, high, line.from_here(first, -margin), line)

    def bends(self, low: float, high: float, step: float) -> Iterator[float]:
        """Return where the problem bends, as far as its lines at both ends of a range tell."""
        first, last = self.at(low), self.at(high)
        sides = between(first, self.at(low + step), step), between(self.at(high - step), last, step)
        return iter(()) if between(first, last, 1.0) is None else self.places(first, last, low, high, *sides)

    def places(
        self,
        first: LinearProgram,
        last: LinearProgram,
        low: float,
        high: float,
        forward: Direction | None,
        backward: Direction | None,
    ) -> Iterator[float]:
        """Yield where the lines of the same number of a problem from both ends meet, each place once."""
        if forward is None or backward is None:
            return
        places: list[Floats] = []
        for name in (field.name for field in fields(Direction) if field.name != "offset"):
            one, other = _numbers(first, name), _numbers(last, name)
            rise, fall = getattr(forward, name), getattr(backward, name)
            size = 1e-7 * np.maximum(np.abs(rise), np.abs(fall))
            bent = np.flatnonzero(np.isfinite(one) & np.isfinite(other) & (np.abs(rise - fall) > size))
            apart = other[bent] - one[bent] + rise[bent] * low - fall[bent] * high
            places.append(apart / (rise[bent] - fall[bent]))
        before = low
        for place in np.sort(np.concatenate(places)).tolist():
            if before + self.near < place < high - self.near:
                yield place
                before = place


def _uncrossed(lower: Floats, upper: Floats, rate: Floats, by: float) -> Floats:
    """Return lower limits of which none is above its upper limit by rounding alone; these limits if none is."""
    size = np.maximum(np.abs(np.where(np.isfinite(upper), upper, 0.0)), np.abs(by * rate))
    crossed = (lower > upper) & (lower - upper <= CLOSE * size)
    return np.where(crossed, upper, lower) if crossed.any() else lower


def _numbers(problem: LinearProgram, name: str) -> Floats:
    if name == "cost":
        return problem.stages[0].cost_for(problem.columns)
    numbers: Floats = problem.matrix.value if name == "entries" else getattr(problem, name)
    return numbers
