"""Where an answer changes as one number of a linear program moves: a bracket, closed in few solves.

The best value is the largest of many straight lines in a coefficient of the objective, one for each plan; what a plan
does changes where its line meets that of the next one (Eisner and Severance, Journal of the ACM 23, 1976). In a linear
program the reduced costs say where to look first. Both are only where to look: every end of the bracket was solved, and
where neither leads on the bracket is halved.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from budgetopt.formulation import LinearProgram
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.solvers import Solution

__all__ = ["CLOSE", "Seen", "bracketed"]

CLOSE = 1e-7
"""How far apart the ends of a closed bracket are."""
NOISE = 1e-9
AROUND = 30.0
"""How far around a place to look, in terms of how close the ends are to be: with ties prices are a little off."""
ABOVE = 1e-3
"""The share of what the lines of two plans lie apart by which a value above both shows a third."""
HALVINGS = 8
"""How often what is known of where plans end is halved, if none is possible at the far place."""
FURTHER = 100.0
"""Where prices lead no further than so many times how close the ends are to be, they say nothing new."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A place at which a problem was solved: the problem, the answer, and whether what is looked for has changed."""

    at: float
    problem: LinearProgram
    answer: Solution
    moved: bool = False


def bracketed(
    look: Callable[[float], Seen],
    problem_at: Callable[[float], LinearProgram],
    inside: Seen,
    far: float,
    size: Callable[[float], float],
    place: Callable[[float], float],
    columns: Ints,
    more: bool,
) -> tuple[Seen, Seen] | None:
    """Return the last place where nothing has changed and the first where it has; None if it has nowhere.

    It has nowhere if it has not at the far place; where no plan is possible there, if it has at no place short of that.

    Parameters
    ----------
    look, problem_at
        Solves at a place, or returns its problem unsolved.
    inside, far
        Where nothing has changed, and the last place to look at, on either side.
    size, place
        The number in proportion to which coefficients change at a place, and the place of such a number.
    columns, more
        The columns whose values are watched, and whether they are to rise or to fall.
    """
    bracket = _Bracket(look, place, inside, far)
    watched = _Watched(size, columns, more)
    bracket.try_at(watched.at_these_prices(inside, far, problem_at(far)))
    if bracket.outside is None:
        bracket.find_outside()
        if bracket.outside is None:
            return None
    turn = 0
    while abs(bracket.outside.at - bracket.inside.at) > CLOSE * 1.001:
        inside, outside, before = bracket.inside, bracket.outside, bracket.before
        match turn % 5:
            case 0:
                at = watched.at_these_prices(inside, outside.at, outside.problem)
                is_new = at is not None and at > 0 and abs(place(at) - inside.at) > FURTHER * CLOSE
                bracket.try_at(at if is_new else None)
            case 1:
                bracket.try_at(watched.where_prices_meet(inside, outside))
            case 2 if before is not None:
                bracket.try_at(watched.where_prices_meet(inside, before))
            case 3:
                bracket.try_at(watched.where_lines_meet(inside, outside))
            case 4:
                bracket.see((inside.at + outside.at) / 2)
        turn += 1
    return bracket.inside, bracket.outside


@dataclass(slots=True)
class _Bracket:
    """The last place seen where nothing has changed, the one before it, and the first seen where something has."""

    look: Callable[[float], Seen]
    place: Callable[[float], float]
    inside: Seen
    far: float
    outside: Seen | None = None
    before: Seen | None = None
    tried: float = math.inf

    @property
    def side(self) -> float:
        """1 where the far place lies above, -1 where it lies below."""
        return 1.0 if self.far > self.inside.at else -1.0

    def see(self, at: float) -> None:
        """Solve at a place, if it lies within the bracket, and draw the bracket in."""
        side, end = self.side, self.far if self.outside is None else self.outside.at
        if not side * self.inside.at < side * at < side * end:
            return
        seen = self.look(at)
        if seen.moved:
            self.outside = seen
        else:
            self.before, self.inside = self.inside, seen

    def find_outside(self) -> None:
        """Look at the far place, and where it has no plan, at places between that and the last one that has one."""
        at = end = self.far
        for _ in range(1 + HALVINGS):
            seen = self.look(at)
            if seen.moved:
                self.outside = seen
                return
            if seen.answer.x is None:
                end = at
            elif at == self.far:
                return
            else:
                self.before, self.inside = self.inside, seen
            at = (self.inside.at + end) / 2

    def try_at(self, number: float | None) -> None:
        """Look just beyond a place, then just before it; a little farther if the last place was nearly the same."""
        if number is None or not number > 0:
            return
        side, at = self.side, self.place(number)
        again, self.tried = abs(at - self.tried) < 10 * AROUND * CLOSE, at
        near, beyond = self.inside, self.outside
        self.see(at + side * CLOSE / 2)
        found = self.outside
        is_new = found is not beyond  # no mutant: it saves looking where nothing is new
        if beyond is not None and found is not None and is_new and _is_above(near, found, beyond):
            return
        if found is not None and side * found.at <= side * at + CLOSE:
            self.see(at - side * CLOSE / 2)
            if again and self.outside is not None and side * self.outside.at < side * at:
                self.see(at - side * AROUND * CLOSE)
        elif again:
            self.see(at + side * AROUND * CLOSE)


def _is_above(one: Seen, seen: Seen, other: Seen) -> bool:
    """Return whether the value between two places is above the line of the first, so that a third line lies between."""
    if one.answer.x is None or not (_comparable(one.problem, seen.problem) and _comparable(one.problem, other.problem)):
        return False
    excess = abs(seen.answer.objective - _carried(one, seen.problem))
    return excess > ABOVE * abs(other.answer.objective - _carried(one, other.problem))


def _carried(seen: Seen, problem: LinearProgram) -> float:
    """Return what the plan and the prices of one place say of the value of another problem."""
    x = seen.answer.x
    assert x is not None
    stage = problem.stages[0]
    value = stage.value(x)
    y, reduced = seen.answer.row_dual, seen.answer.reduced_cost
    if y is None or reduced is None:
        return value
    own = seen.problem
    if problem.matrix is not own.matrix:
        value -= float((y * (problem.matrix.times(x) - own.matrix.times(x))).sum())
    # a column at a limit goes with it
    moves = np.flatnonzero((own.lower != problem.lower) | (own.upper != problem.upper))
    at_upper = x[moves] >= own.upper[moves] - _slack(x[moves])
    limit = np.where(at_upper, problem.upper[moves], problem.lower[moves])
    return value + float(np.where(reduced[moves] != 0, reduced[moves] * (limit - x[moves]), 0.0).sum())


def _comparable(one: LinearProgram, other: LinearProgram) -> bool:
    """Return whether two problems have the same columns and rows: an integer decision may be needed in one alone."""
    return (one.rows, one.columns) == (other.rows, other.columns)


def _slack(x: Floats) -> Floats:
    return NOISE * np.maximum(np.abs(x), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """Columns whose values are watched, and where they may begin to move; size, columns and more as in bracketed."""

    size: Callable[[float], float]
    columns: Ints
    more: bool

    def where_lines_meet(self, one: Seen, other: Seen) -> float | None:
        """Return where the lines of the plans of two places meet."""
        if one.answer.x is None or other.answer.x is None or not _comparable(one.problem, other.problem):
            return None
        first = one.answer.objective - _carried(other, one.problem)
        second = other.answer.objective - _carried(one, other.problem)
        scale = max(abs(one.answer.objective), abs(other.answer.objective), 1e-300)
        if first * second < 0 or abs(first + second) <= 1e-12 * scale:
            return None
        return self._between(one, other.at, first / (first + second))

    def at_these_prices(self, seen: Seen, far: float, problem: LinearProgram) -> float | None:
        """Return at which number the first column would begin to move if the prices of a place held on the way.

        It is the number of the place itself if a column lies between its limits and its cost changes, so that it can
        move at once; None if no column would move before the far place, or if the prices there say nothing of it.
        """
        x, y, reduced = seen.answer.x, seen.answer.row_dual, seen.answer.reduced_cost
        if x is None or y is None or reduced is None or not _comparable(seen.problem, problem):
            return None
        own, columns = seen.problem, self.columns
        change = problem.stages[0].cost_for(len(x)) - own.stages[0].cost_for(len(x))
        if problem.matrix is not own.matrix:
            change = change - (problem.matrix.transpose_times(y) - own.matrix.transpose_times(y))
        move, rate, at = change[columns], reduced[columns], x[columns]
        inner = (at > own.lower[columns] + _slack(at)) & (at < own.upper[columns] - _slack(at))
        if (inner & (move != 0)).any():
            return self.size(seen.at)
        share = np.divide(-rate, move, out=np.full(len(columns), np.inf), where=move != 0)
        share = share[self._waits(seen) & (share >= 0) & (share < 1)]
        return self._between(seen, far, float(share.min())) if len(share) else None

    def where_prices_meet(self, one: Seen, other: Seen) -> float | None:
        """Return where the reduced cost of the first column that waits at one place comes to nothing.

        Its reduced costs at two places make a line: on the way to the other place, or on the way away from it.
        """
        first, second = one.answer.reduced_cost, other.answer.reduced_cost
        if first is None or second is None or not _comparable(one.problem, other.problem):
            return None
        waiting = self.columns[self._waits(one)]
        rate, now = first[waiting], second[waiting]
        share = np.divide(rate, rate - now, out=np.full(len(waiting), np.inf), where=rate != now)
        away = abs(other.at) < abs(one.at)
        share = share[np.isfinite(share) & ((share < 0) if away else (share > 0) & (share < 1))]
        return self._between(one, other.at, float(share[np.argmin(np.abs(share))])) if len(share) else None

    def _waits(self, seen: Seen) -> Bools:
        """Return which columns stand at the limit from which they would rise, or fall; shape (columns,)."""
        assert seen.answer.x is not None
        at, problem = seen.answer.x[self.columns], seen.problem
        if self.more:
            return at <= problem.lower[self.columns] + _slack(at)
        return at >= problem.upper[self.columns] - _slack(at)

    def _between(self, one: Seen, other: float, share: float) -> float:
        """Return the number that lies a share of the way from the number of one place to that of another."""
        start = self.size(one.at)
        return start + share * (self.size(other) - start)
