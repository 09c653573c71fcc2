"""Follow a value that is piecewise linear in one number: its slope to each side of a point, and how far each holds.

The best value of a linear program is concave in any limit of a maximization (convex in any coefficient of its
objective), and made of finitely many straight pieces. Wherever it is evaluated, the duals give its slope. Two straight
lines meet at most once, so a piece is followed exactly: from the far end, go to where the line there meets that of the
piece, until the value is on both (Eisner and Severance, Journal of the ACM 23, 1976). No solver's ranging is needed,
and a slack row's range has an infinite end, as in the textbooks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["SHORT", "Piece", "Point", "corner_points", "follow", "is_straight", "short_piece"]

STEPS = 60
"""More meetings of lines than this are a sign of noise, and the bracket so far is given."""
TOLERANCE = 1e-9
SHORT = 0.01
"""How far a piece is looked for first, as a share of the number that moves."""


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
    slope: float | None = None,
    noise: float = 0.0,
) -> Piece:
    """Return the straight piece that leaves a point in one direction.

    Parameters
    ----------
    evaluate
        Gives the value and a slope at a place; None where there is none (infeasible).
    direction, unit
        1 for more, -1 for less; a step that is small against the numbers of the problem.
    far, last
        How far to look: a piece that is still straight there is taken to be unbounded; and how far from the point the
        last place is that has a value, if that is known.
    slope
        The slope of the piece, if that is known.
    noise
        How far the place may be off at which a value is worked out: a solver keeps a limit to its tolerance alone.
    """
    nothing_beyond = Piece(math.nan, start.at, feasible=False)
    if last <= 10 * unit:
        return nothing_beyond
    edge = evaluate(start.at + direction * min(far, last))
    goes_on = edge is not None and last >= far
    if edge is None:
        # what a solver's tolerance lets through is not feasible: the last place is one that was seen to be
        edge = _last_feasible(evaluate, start, start.at + direction * far, unit)
        if abs(edge.at - start.at) <= 10 * unit:
            return nothing_beyond
    if slope is None:
        near = evaluate(start.at + direction * min(unit, abs(edge.at - start.at) / 2))
        if near is None:
            return nothing_beyond
        slope = near.slope
        if not _on_line(start, slope, near, noise):
            # the piece is shorter than a small step
            slope = (near.value - start.value) / (near.at - start.at)
    if abs(slope) * abs(edge.at - start.at) <= TOLERANCE * abs(start.value):
        # a change below the accuracy of the value is none
        slope = 0.0
    beyond = _end(evaluate, start, slope, edge, noise)
    if beyond is edge:
        return Piece(slope, direction * math.inf if goes_on else edge.at)
    return Piece(slope, beyond.at)


def short_piece(
    evaluate: Callable[[float], Point | None],
    start: Point,
    direction: int,
    *,
    size: float,
    idle: float = 0.0,
    slope: float | None = None,
    noise: float = 0.0,
) -> Piece | None:
    """Return the straight piece that leaves a point in one direction, if it ends within a little.

    Most pieces do, and then nothing far away has to be evaluated. None where it does not, where there is no value so
    far away, and where the value changes by less than its accuracy on the way.

    Parameters
    ----------
    evaluate, start, direction, slope, noise
        As in :func:`follow`.
    size
        The size of the number that moves.
    idle
        How far it moves before anything changes, as far as is known.
    """
    far = idle + SHORT * size
    if evaluate(start.at + direction * far) is None:
        return None
    piece = follow(evaluate, start, direction, unit=1e-6 * size, far=far, slope=slope, noise=noise)
    return piece if math.isfinite(piece.end) and (piece.slope != 0 or slope == 0) else None


def corner_points(
    evaluate: Callable[[float], Point | None],
    first: Point,
    last: Point,
    settled: Callable[[float], object] = float,
) -> list[Point]:
    """Return the ends of all straight pieces between two points, these two included, from left to right.

    The value is concave or convex between them, so that each slope is that of a line which the value stays on one side
    of. Where the lines of two points meet, it either is on both, and that is where two pieces end; or it is not, and
    both halves are searched. ``evaluate`` gives None to end the search; ``settled`` is told up to where all is found.
    """
    points, open_pairs = [first, last], [(first, last)]
    while open_pairs:
        one, other = open_pairs.pop()
        if _on_line(one, one.slope, other) or _on_line(other, other.slope, one):
            settled(other.at)
            continue
        meets = _meeting(one, other)
        if not one.at < meets < other.at:
            meets = (one.at + other.at) / 2
        found = evaluate(meets) if one.at < meets < other.at else None
        if found is None:
            continue
        points.append(found)
        if _on_line(one, one.slope, found) and _on_line(other, other.slope, found):
            settled(other.at)
        else:
            open_pairs += [(found, other), (one, found)]
    return _without_needless(sorted(points, key=lambda point: point.at))


def _without_needless(points: list[Point]) -> list[Point]:
    """Return points in order without those on the straight line between the points beside them."""
    kept = points[:1]
    for at, point in enumerate(points[1:], 1):
        if at + 1 < len(points):
            before, after = kept[-1], points[at + 1]
            if is_straight(before, point, after):
                continue
        kept.append(point)
    return kept


def is_straight(before: Point, point: Point, after: Point) -> bool:
    """Return whether a point is on the straight line between the points beside it."""
    width = after.at - before.at
    return width <= 0 or _on_line(before, (after.value - before.value) / width, point)


def _meeting(one: Point, other: Point) -> float:
    """Return where the lines of two points meet; NaN where they never do."""
    rise = one.slope - other.slope
    apart = other.value - one.value + other.slope * (one.at - other.at)
    return math.nan if rise == 0 else one.at + apart / rise


def _end(evaluate: Callable[[float], Point | None], start: Point, slope: float, edge: Point, noise: float) -> Point:
    """Return the last point of the straight piece from a point, at most the edge."""
    beyond = edge
    for _ in range(STEPS):
        if _on_line(start, slope, beyond, noise):
            break
        # the value is below the line there, and so is its slope: the two lines meet on the way
        meets = _meeting(Point(start.at, start.value, slope), beyond)
        low, high = sorted((start.at, beyond.at))
        if not low < meets < high:
            meets = (low + high) / 2
        found = evaluate(meets)
        if found is None or found.at == beyond.at:
            break
        beyond = found
    return beyond


def _on_line(start: Point, slope: float, point: Point, noise: float = 0.0) -> bool:
    line_at = start.value + slope * (point.at - start.at)
    accuracy = TOLERANCE * max(abs(point.value), abs(start.value), abs(line_at), 1e-300)
    return abs(point.value - line_at) <= max(accuracy, noise * abs(slope))


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
