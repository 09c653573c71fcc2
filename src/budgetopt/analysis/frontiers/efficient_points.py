"""Two goals against each other: the points at which neither can be raised without lowering the other.

In a linear program they are the ends of the straight pieces of a concave curve, the most of the first goal with at
least so much of the second; all of them are found (Eisner and Severance, Journal of the ACM 23, 1976). With integer
decisions the second goal is raised step by step and each point is settled in order of the goals, the epsilon-constraint
method (Haimes, Lasdon and Wismer 1971): by the least unit of the second goal, which finds every point, or by the steps
of a grid where it has no such unit. The range of the second goal is cut into stretches beforehand, each of which is
walked by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.live_problem.parametric import Point, corner_points
from budgetopt.analysis.members import Machines, run_members
from budgetopt.analysis.progress_bar import range_bar
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.formulation.linear_program import Floats
from budgetopt.solvers import Options, Solution, Termination
from budgetopt.solvers.faces import with_value_row
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.solution import EXACT

__all__ = ["EfficientPoint", "EfficientPoints", "efficient_points"]

SLACK = 1e-9
"""What a goal that was reached may give up while the other one is settled, as a share of its size."""
STRETCHES = 8
"""Into so many stretches the range of the second goal is cut where decisions are integer."""
DIGITS = 6
"""Up to so many decimals the coefficients of a goal may have that counts in a unit."""


@dataclass(frozen=True, slots=True, eq=False)
class EfficientPoint:
    """A point, and a plan that reaches it: the two goals, the columns, and whether its searches came to their end."""

    first: float
    second: float
    x: Floats
    proved: bool


@dataclass(frozen=True, slots=True)
class EfficientPoints:
    """What was found.

    Parameters
    ----------
    points
        From the most of the first goal to the most of the second.
    kind
        ``curve``: the points are the ends of all straight pieces, and every point between two is reached too. ``all``:
        there are no other points. ``grid``: there may be others between two.
    complete
        Whether the work was done; False if the user ended it before.
    solves
        How many problems were solved.
    failed
        Parts of the frontier in which a search failed: why.
    """

    points: tuple[EfficientPoint, ...]
    kind: str
    complete: bool
    solves: int
    failed: tuple[str, ...] = ()


def efficient_points(
    problem: LinearProgram,
    first: Stage,
    second: Stage,
    steps: int,
    options: Options | None = None,
    machines: Machines | None = None,
) -> EfficientPoints:
    """Return the efficient points of two goals, in their own units and directions, over a problem.

    ``steps``: how many steps a grid has, where the second goal has no unit. There are no points if there is no plan.
    ``machines``: where the stretches of a problem with integer decisions are walked.
    """
    work = _TwoGoals(problem, first, second, options or Options())
    try:
        if problem.is_integer:
            return _walked(work, (problem, first, second, options or Options()), steps, machines)
        work.along_the_curve()
    except (_Ended, KeyboardInterrupt):
        return EfficientPoints(tuple(work.found), "grid", complete=False, solves=work.solves)
    return EfficientPoints(tuple(work.found), "curve", complete=True, solves=work.solves)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """What the stretches share: the problem and its goals, how to solve, their ends, the last level, and the step."""

    goals: tuple[LinearProgram, Stage, Stage, Options]
    ends: tuple[float, ...]
    last: float
    step: float


def _walked(
    work: _TwoGoals, goals: tuple[LinearProgram, Stage, Stage, Options], steps: int, machines: Machines | None
) -> EfficientPoints:
    """Return the points of a problem with integer decisions, from the least of the second goal to its most."""
    unit, most, point = work.units[1], work.best(1, -np.inf), work.settled(-np.inf)
    kind = "all" if unit else "grid"
    if most is None or point is None:
        return EfficientPoints((), kind, complete=True, solves=work.solves)
    last = most.objective - _slack(most.objective, unit)
    reached = work.signs[1] * point.second
    step = unit / 2 if unit else max((last - reached) / steps, _slack(last, 0.0))
    points, solves, interrupted = [point], work.solves, False
    failed: tuple[str, ...] = ()
    if reached < last:
        count = max(min(STRETCHES, math.ceil((last - reached) / (2.0 * step))), 1)
        ends = np.linspace(reached + step, last, count + 1).tolist()
        shared = _Stretches(goals, tuple(ends), last, step)
        found = run_members(_walker, shared, count, text="Solving along the frontier", machines=machines, chunk=1)
        for walked, solved in found.answers.values():
            solves += solved
            # a step over the end of a stretch leads to the first point of the next one
            points += [one for one in walked if work.is_beyond(one, points[-1])]
        failed, interrupted = tuple(one.reason for one in found.failed), found.interrupted
    complete = not interrupted and not failed
    return EfficientPoints(tuple(points), kind if complete else "grid", not interrupted, solves, failed)


def _walker(shared: _Stretches) -> Callable[[int], tuple[list[EfficientPoint], int]]:
    """Return what walks a stretch by its number: its points, and how many problems were solved."""
    work = _TwoGoals(*shared.goals)

    def walk(number: int) -> tuple[list[EfficientPoint], int]:
        before, found = work.solves, []
        floor, end = shared.ends[number], shared.ends[number + 1]
        while True:
            try:
                point = work.settled(min(floor, shared.last))
            except _Ended:
                raise KeyboardInterrupt from None
            if point is None:
                break
            found.append(point)
            reached = work.signs[1] * point.second
            if reached >= end:
                break
            floor = reached + shared.step
        return found, work.solves - before

    return walk


class _Ended(Exception):  # noqa: N818
    """The user has ended the work."""


class _TwoGoals:
    """One live model with a row for each goal; both are maximized, so one that is minimized has its sign turned."""

    def __init__(self, problem: LinearProgram, first: Stage, second: Stage, options: Options) -> None:
        self.signs = (-first.sign, -second.sign)
        self.goals = [
            Stage(goal.label, sign * goal.cost_for(problem.columns), maximize=True, offset=sign * goal.offset)
            for goal, sign in zip((first, second), self.signs, strict=True)
        ]
        self.rows = problem.rows, problem.rows + 1
        whole = problem
        for goal in self.goals:
            whole = with_value_row(whole, goal, 0.0, math.inf)
        self.model = LiveModel(replace(whole, stages=tuple(self.goals), tie_break=None), options)
        self.units = [_unit_of(problem, goal) for goal in self.goals]
        self.largest = [0.0, 0.0]
        self.found: list[EfficientPoint] = []
        self.solves = 0

    def best(self, goal: int, floor: float) -> Solution | None:
        """Return the most of one goal with a floor under the other; None without a plan."""
        for at, row in enumerate(self.rows):
            low = -np.inf if at == goal else floor - self.goals[at].offset
            self.model.set_row_bounds(np.array([row]), np.array([low]), np.array([np.inf]))
        stage = self.goals[goal]
        self.model.set_costs(stage.cost, maximize=True, offset=stage.offset)
        self.solves += 1
        answer = self.model.solve()
        if answer.termination is Termination.INTERRUPTED:
            raise _Ended
        if answer.x is None:
            return None
        self.largest[goal] = max(self.largest[goal], abs(answer.objective))
        return answer

    def settled(self, floor: float) -> EfficientPoint | None:
        """Return the efficient point with the most of the first goal among those with a floor under the second."""
        answer = self.best(0, floor)
        if answer is None:
            return None
        again = self.best(1, answer.objective - _slack(answer.objective, self.units[0]))
        found = (again or answer).x
        assert found is not None
        ends = zip((answer, again), self.units, self.largest, strict=True)
        return self.point(found, proved=all(_is_proved(*end) for end in ends))

    def point(self, x: Floats, *, proved: bool) -> EfficientPoint:
        """Return the point of a plan, in the goals' own directions."""
        first, second = (sign * goal.value(x) for sign, goal in zip(self.signs, self.goals, strict=True))
        return EfficientPoint(first, second, x, proved)

    def is_beyond(self, point: EfficientPoint, last: EfficientPoint) -> bool:
        """Return whether a point has more of the second goal than the last one, beyond rounding."""
        more = self.signs[1] * (point.second - last.second)
        return more > _slack(last.second, self.units[1])

    def along_the_curve(self) -> None:
        """Find the ends of all straight pieces."""
        best, start, most = self.best(0, -np.inf), self.settled(-np.inf), self.best(1, -np.inf)
        if best is None or start is None or most is None:
            return
        points: dict[float, EfficientPoint] = {}
        self.found.append(start)

        def evaluate(floor: float) -> Point | None:
            answer = self.best(0, floor)
            if answer is None or answer.x is None or answer.row_dual is None:
                return None
            points[floor] = self.point(answer.x, proved=True)
            return Point(floor, answer.objective, float(answer.row_dual[self.rows[1]]))

        low, high = self.signs[1] * start.second, most.objective
        if high - low <= _slack(high, 0.0):
            return
        first, last = evaluate(low), evaluate(high) or evaluate(high - _slack(high, 0.0))
        if first is not None and first.slope < 0:
            # what the first goal gave up while the second was settled moves the end along its line: back to the corner
            first = evaluate(low + (best.objective - first.value) / first.slope) or first
        if first is None or last is None or first.at >= last.at:
            return
        try:
            with range_bar("Solving along the frontier", first.at, last.at) as settled:
                self.found = [points[point.at] for point in corner_points(evaluate, first, last, settled)]
        except (_Ended, KeyboardInterrupt):
            self.found = [points[floor] for floor in sorted(points) if first.at <= floor <= last.at]
            raise


def _slack(value: float, unit: float) -> float:
    """Return what a goal that has reached a value may give up: nothing but rounding."""
    return unit / 2 if unit else SLACK * max(abs(value), 1e-9)


def _is_proved(answer: Solution | None, unit: float, largest: float) -> bool:
    """Return whether no plan has more than an answer, but for rounding of the largest value that its goal has taken."""
    if answer is None or answer.termination is not Termination.OPTIMAL:
        return False
    gap = abs(answer.bound - answer.objective)
    return gap <= max(0.9 * unit, 10 * EXACT * largest) or math.isnan(gap)


def _unit_of(problem: LinearProgram, goal: Stage) -> float:
    """Return the unit of which a goal is a whole number of units at every plan; 0 if there is none."""
    used = np.flatnonzero(goal.cost)
    if not len(used) or not problem.integer[used].all():
        return 0.0
    for digits in range(DIGITS + 1):
        scaled = goal.cost[used] * 10**digits
        whole = np.rint(scaled)
        if (np.abs(scaled - whole) <= 1e-9 * np.abs(scaled)).all():
            return float(np.gcd.reduce(np.abs(whole).astype(np.int64)) / 10**digits)
    return 0.0
