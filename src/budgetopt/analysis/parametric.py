"""Follow a value that is a broken line in one number: its slope to each side of a point, and how far each slope holds.

The best value of a linear program is concave in any limit of a maximization (convex in any coefficient of its
objective), and made of finitely many straight pieces. Wherever it is evaluated, the duals give its slope. Two straight
lines meet at most once, so a piece is followed exactly: from the far end of a bracket, go to where its line meets that
of the piece, until the two values agree (Eisner and Severance, Journal of the ACM 23, 1976). No solver's ranging is
needed, and a slack row's range has an infinite end, as in the textbooks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

__all__ = ["Piece", "Point", "follow"]

STEPS = 60
"""More meetings of lines than this are a sign of noise, and the bracket so far is given."""
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Point:
    """The value at a place, and a slope of the value there (of either side, where they differ)."""

    at: float
    value: float
    slope: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight piece that begins at a point.

    Parameters
    ----------
    slope
        Its slope: the change of the value for one more unit.
    end
        Where it ends: infinite if it goes on, the point itself if nothing is feasible beyond.
    feasible
        Whether there is any value beyond the point at all.
    """

    slope: float
    end: float
    feasible: bool = True


def follow(
    evaluate: Callable[[float], Point | None],
    start: Point,
    direction: int,
    *,
    unit: float,
    far: float,
    last: float = math.inf,
) -> Piece:
    """Return the straight piece that leaves a point in one direction.

    Parameters
    ----------
    evaluate
        Gives the value and a slope at a place; None where there is none (infeasible).
    start
        The point.
    direction
        1 for more, -1 for less.
    unit
        A step that is small against the numbers of the problem.
    far
        How far to look; a piece that is still straight there is taken to go on for ever.
    last
        How far from the point the last place is that has a value, if that is known.
    """
    evaluate = cache(evaluate)
    if last <= 10 * unit:
        return Piece(math.nan, start.at, feasible=False)
    limit = start.at + direction * min(far, last)
    edge = evaluate(limit)
    if edge is None:
        # what a solver's tolerance lets through is not feasible: the last place is one that was seen to be
        edge = _last_feasible(evaluate, start, limit, unit)
        if abs(edge.at - start.at) <= 10 * unit:
            return Piece(math.nan, start.at, feasible=False)
        limit = edge.at
        goes_on = False
    else:
        goes_on = last >= far
    best = edge
    for _ in range(STEPS):
        across = (best.value - start.value) / (best.at - start.at)
        scale = max(abs(across), abs(best.slope), abs(start.value) / max(abs(best.at - start.at), unit), 1e-300)
        if abs(across - best.slope) <= TOLERANCE * scale or abs(best.at - start.at) <= unit * TOLERANCE:
            break
        nearer = _between(evaluate, start, best, unit)
        if nearer is None:
            break
        best = nearer
    slope = (best.value - start.value) / (best.at - start.at)
    if abs(slope) * abs(best.at - start.at) <= TOLERANCE * abs(start.value):
        # a change below the accuracy of the value is none
        slope = 0.0
    if best is edge:
        return Piece(slope, direction * math.inf if goes_on else limit)
    return Piece(slope, _end(evaluate, start, slope, best, edge))


def _between(evaluate: Callable[[float], Point | None], start: Point, far: Point, unit: float) -> Point | None:
    """Return a point nearer to the start: where the line at the far point meets the one of the near side."""
    near = evaluate(start.at + math.copysign(min(unit, abs(far.at - start.at) / 2), far.at - start.at))
    if near is None:
        return None
    rise = near.slope - far.slope
    if abs(rise) <= TOLERANCE * max(abs(near.slope), abs(far.slope), 1e-300):
        return near if abs(near.at - start.at) < abs(far.at - start.at) else None
    meets = (far.value - far.slope * far.at - (near.value - near.slope * near.at)) / rise
    low, high = sorted((near.at, far.at))
    if not low < meets < high:
        return near
    return evaluate(meets) or near


def _end(evaluate: Callable[[float], Point | None], start: Point, slope: float, inside: Point, edge: Point) -> float:
    """Return where a piece of known slope ends: beyond the inside point, before the edge."""
    outside = edge
    for _ in range(STEPS):
        if _on_line(start, slope, outside):
            return outside.at
        if abs(outside.at - inside.at) <= TOLERANCE * max(abs(outside.at), abs(inside.at)):
            break
        rise = slope - outside.slope
        meets = (
            math.nan
            if rise == 0
            else (outside.value - outside.slope * outside.at - (start.value - slope * start.at)) / rise
        )
        low, high = sorted((inside.at, outside.at))
        # where a slope is not that of the next piece (a vertex has many), halving the bracket does what meeting cannot
        found = evaluate(meets if low <= meets <= high and meets != outside.at else (low + high) / 2)
        if found is None:
            break
        if _on_line(start, slope, found) and found.at != meets:
            inside = found
        else:
            outside = found
    return outside.at if _on_line(start, slope, outside) else inside.at


def _on_line(start: Point, slope: float, point: Point) -> bool:
    line_at = start.value + slope * (point.at - start.at)
    return abs(point.value - line_at) <= TOLERANCE * max(abs(point.value), abs(start.value), abs(line_at), 1e-300)


def _last_feasible(evaluate: Callable[[float], Point | None], inside: Point, outside: float, unit: float) -> Point:
    """Return the last point towards the outside that has a value, to within a small part of a unit."""
    for _ in range(200):
        if abs(outside - inside.at) <= max(unit * TOLERANCE, 4 * math.ulp(max(abs(inside.at), abs(outside)))):
            break
        middle = (inside.at + outside) / 2
        found = evaluate(middle)
        if found is None:
            outside = middle
        else:
            inside = found
    return inside
