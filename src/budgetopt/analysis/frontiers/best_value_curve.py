"""The best value of a scenario as one number of it moves over a range.

Where only limits or only costs of the linear program move, in a straight line, the best value is made of straight
pieces, and every end of a piece is found exactly (``parametric.corner_points``). Elsewhere, and where limits move in a
problem with integer decisions, it is worked out at the points of a grid.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from budgetopt.analysis.frontiers.figure_range import FigureRange
from budgetopt.analysis.frontiers.straight_parts import StraightPart, straight_parts
from budgetopt.analysis.live_problem.parametric import Point, corner_points
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.members import Machines, run_members
from budgetopt.analysis.progress_bar import range_bar
from budgetopt.errors import OutOfTimeError
from budgetopt.formulation import LinearProgram
from budgetopt.solvers import Options, Solution, Termination
from budgetopt.solvers.solution import EXACT

__all__ = ["GRID", "CurvePart", "Interrupted", "curve_parts"]

GRID = 20
"""How many steps a grid over the whole range has."""
POINTS = 4
"""So many points of a grid are solved one after another on one model."""
INSIDE = 1e-9
"""How far inside the last place at which a plan is possible a plan is looked for, as a share of the way to it."""
DIGITS = 12
"""To so many digits the last place at which a plan is possible is written: what follows is the noise of a sum."""


class Interrupted(Exception):  # noqa: N818
    """The user has ended the work; what was found before is kept."""


@dataclass(frozen=True, slots=True)
class CurvePart:
    """The best value over a part of a range.

    Parameters
    ----------
    moves
        What moves there: ``nothing``, ``limits``, ``costs``, ``both`` or ``matrix``.
    exact
        Whether the value is straight between the points; otherwise they are points of a grid.
    points
        The points, from left to right; empty where no plan is possible.
    gaps
        How far each value may be from the best, in its own units, where a search stopped short of its end.
    failed
        Values of the number at which a search failed, and why.
    """

    moves: str
    exact: bool
    points: list[Point] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    failed: list[tuple[float, str]] = field(default_factory=list)


def curve_parts(
    question: WhatIf, reach: FigureRange, *, steps: int | None, machines: Machines
) -> tuple[list[CurvePart], bool]:
    """Return the best value over a range, part by part, and whether the user ended the work before it was done.

    With ``steps`` there is a grid of so many everywhere; the points of a grid are solved on the machines.
    """
    low, high = reach.low, reach.high

    def at(value: float) -> LinearProgram:
        return question.formulated(reach.scenario_at(value)).linear_program

    found: list[CurvePart] = []
    try:
        parts = [StraightPart(low, high, question.problem, None)] if steps else straight_parts(at, low, high)
        for part in parts:
            exact = part.moves in ("nothing", "limits", "costs")
            if question.is_integer and part.moves != "nothing":
                exact = part.moves == "costs" and question.accuracy <= EXACT
            if exact:
                with range_bar("Solving along the curve", low, high) as settled:
                    found.append(_exact(question, part, settled))
            else:
                count = steps or max(int(np.ceil(GRID * (part.high - part.low) / (high - low))), 2)
                found.append(_grid(question, part, reach, count, machines))
    except (Interrupted, KeyboardInterrupt) as ended:
        found += [curve for curve in ended.args if isinstance(curve, CurvePart)]
        return found, True
    return found, False


def solved(question: WhatIf, problem: LinearProgram) -> Solution | None:
    """Return the answer to a problem; None where there is none, Interrupted where the user ended it."""
    answer = question.solve(problem)
    if answer.termination is Termination.INTERRUPTED:
        raise Interrupted
    return answer if answer.x is not None else None


def _exact(question: WhatIf, part: StraightPart, settled: Callable[[float], None]) -> CurvePart:
    """Return the best value over a part where it is straight piece by piece."""

    def evaluate(value: float) -> Point | None:
        problem = part.at(value)
        answer = solved(question, problem)
        return None if answer is None else Point(value, answer.objective, _slope(part, problem, answer))

    first, last = evaluate(part.low), evaluate(part.high)
    if first is None and last is None and part.moves == "limits":
        # a plan may be possible between them
        last = _edge(question, part, evaluate, None)
    inside = first or last
    if inside is None:
        return CurvePart(part.moves, exact=True)
    first, last = first or _edge(question, part, evaluate, inside), last or _edge(question, part, evaluate, inside)
    if first is None or last is None or first.at >= last.at:
        return CurvePart(part.moves, exact=True, points=[inside], gaps=[0.0])
    ended = False

    def until_ended(value: float) -> Point | None:
        nonlocal ended
        try:
            return None if ended else evaluate(value)
        except (Interrupted, KeyboardInterrupt):
            ended = True
            return None

    points = corner_points(until_ended, first, last, settled)
    curve = CurvePart(part.moves, not ended, points, [0.0] * len(points))
    if ended:
        raise Interrupted(curve)
    return curve


def _slope(part: StraightPart, problem: LinearProgram, answer: Solution) -> float:
    """Return a slope of the best value: by the plan alone where only costs move, so that no duals are needed."""
    line = part.line
    assert line is not None
    assert answer.x is not None
    if part.moves != "limits":
        return line.offset + float((line.cost * answer.x).sum())
    return line.slope(problem, answer.x, answer.row_dual, answer.reduced_cost)


def _edge(
    question: WhatIf, part: StraightPart, evaluate: Callable[[float], Point | None], inside: Point | None
) -> Point | None:
    """Return the last point towards the end of a part, away from a point inside, at which a plan is possible.

    Without a point inside it is the one nearest to the high end, if there is any.
    """
    leftwards = inside is not None and inside.at > part.low
    side, begin, outside = (-1, part.high, part.low) if leftwards else (1, part.low, part.high)
    reach = part.high - part.low
    assert part.line is not None
    stretched = part.line.stretched(part.at(begin), side, reach)
    answer = None if stretched is None else solved(question, stretched)
    if answer is not None:
        last = begin + side * answer.objective
        # as it is written; at it; or just before it, so that the solver's tolerance lets a plan through
        for place in (_as_written(last, reach), last, last - side * answer.objective * INSIDE):
            found = evaluate(place)
            if found is not None:
                return found
    if inside is None:
        return None
    while abs(outside - inside.at) > INSIDE * reach:
        middle = (inside.at + outside) / 2
        found = evaluate(middle)
        inside, outside = (inside, middle) if found is None else (found, outside)
    return evaluate(_as_written(outside, reach)) or inside


def _as_written(value: float, reach: float) -> float:
    """Return the number with the fewest digits that is nearly a value: an end is most likely a bound as it is given.

    A solver's tolerance lets a plan through a little beyond it.
    """
    off, texts = 10 * INSIDE * max(abs(value), reach), (f"{value:.{digits}g}" for digits in range(1, DIGITS + 1))
    return next((place for place in map(float, texts) if abs(place - value) <= off), value)


def _grid(question: WhatIf, part: StraightPart, reach: FigureRange, steps: int, machines: Machines) -> CurvePart:
    """Return the best value at the points of a grid; the slope of each is that of the way to the next."""
    values = np.linspace(part.low, part.high, steps + 1).tolist()
    begin, shared = time.perf_counter(), _Grid(reach, question.options, tuple(values))
    text = "Solving at the points of a grid"
    found = run_members(_points_of, shared, len(values), text=text, machines=machines, chunk=POINTS)
    question.solves += len(found.answers)
    question.seconds += time.perf_counter() - begin
    curve = CurvePart(part.moves, exact=False)
    for answer in found.answers.values():
        if answer is not None:
            curve.points.append(answer[0])
            curve.gaps.append(answer[1])
    curve.failed.extend((values[one.number], one.reason) for one in found.failed)
    if found.interrupted:
        raise Interrupted(curve)
    return curve


@dataclass(frozen=True, slots=True)
class _Grid:
    """What the points of a grid share: the number that moves, how to solve, and the values that it takes."""

    reach: FigureRange
    options: Options
    values: tuple[float, ...]


def _points_of(shared: _Grid) -> Callable[[int], tuple[Point, float] | None]:
    """Return what finds the best value at a point and how far it may be from the best; None where there is no plan."""
    question = WhatIf(shared.reach.figure.scenario, shared.options)

    def solve(number: int) -> tuple[Point, float] | None:
        value = shared.values[number]
        answer = question.solve(question.formulated(shared.reach.scenario_at(value)).linear_program)
        if answer.termination is Termination.INTERRUPTED:
            raise KeyboardInterrupt
        if answer.x is None:
            if answer.termination in (Termination.INFEASIBLE, Termination.INFEASIBLE_OR_UNBOUNDED):
                return None
            raise OutOfTimeError(f"the search ended without a plan: {answer.termination}")
        gap = abs(answer.bound - answer.objective)
        return Point(value, answer.objective, np.nan), gap if gap > EXACT * abs(answer.objective) else 0.0

    return solve
