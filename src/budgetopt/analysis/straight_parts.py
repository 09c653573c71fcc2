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
DEPTH = 5
"""How often a range is divided before it is taken to bend everywhere."""
MOST_BENDS = 40

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


def straight_parts(at: At, low: float, high: float, depth: int = DEPTH) -> list[StraightPart]:
    """Return the parts of a range in each of which a problem moves in a straight line, from low to high.

    ``at`` gives the problem at a value. What bends everywhere is one part without a line.
    """
    margin = MARGIN * (high - low)
    inner_low, inner_high = low + margin, high - margin
    if not low < inner_low < inner_high < high:
        return [StraightPart(low, high, at(low), None)]
    first, last = at(inner_low), at(inner_high)
    line = between(first, last, inner_high - inner_low)
    middle = inner_low + GOLDEN * (inner_high - inner_low)
    if line is not None and goes_through(line, first, middle - inner_low, at(middle)):
        # an end that is of another form is not looked at: there something vanishes, or just begins
        ends = ((low - inner_low, at(low)), (high - inner_low, at(high)))
        if all(between(first, there, 1.0) is None or goes_through(line, first, by, there) for by, there in ends):
            return [StraightPart(low, high, line.from_here(first, -margin), line)]
    if depth == 0:
        return [StraightPart(low, high, at(low), None)]
    step = margin / 2
    sides = between(first, at(inner_low + step), step), between(at(inner_high - step), last, step)
    bends = [] if line is None else sorted(_bends(first, last, inner_low, inner_high, *sides))
    ends_of = [low, *(bends if 0 < len(bends) <= MOST_BENDS else [(low + high) / 2]), high]
    found: list[StraightPart] = []
    for one, other in pairwise(ends_of):
        found += straight_parts(at, one, other, depth - 1)
    return found


def _bends(
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
    before, near = low, 1e-9 * (high - low)
    for place in np.sort(np.concatenate(places)).tolist():
        place = float(f"{place:.12g}")  # what was written has fewer digits than rounding leaves
        if before + near < place < high - near:
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
