"""What no plan with integer decisions can better, by the prices of branches alone and not by a solver's word.

The integer decisions are split, one at a time, into those that are at most a number and those that are more. In each
branch a linear program without integer conditions is solved. Its prices bound every plan of the branch, or a
combination of its rows shows that it has none (Farkas 1902), whatever the solver says of itself. A branch that neither
ends is split again (Land and Doig, Econometrica 28, 1960), at the decision that has moved the bound most so far
(Benichou et al., Mathematical Programming 1, 1971).
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.solvers.certificate import CLOSED, bound_by_prices, certify_point, implied_limits
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.faces import INTEGRAL, within_reach
from budgetopt.solvers.highs import AGAIN, LiveModel
from budgetopt.solvers.solution import LARGE_SEARCH, Options, Solution, Termination

__all__ = ["Branches", "prove_by_branching", "search"]

CONFIRMING = 100
"""So many branches are looked into to confirm an answer."""
REFUTED = 1e-9
"""How far a combination of rows has to be beyond what any plan could make of it, as a share of its terms."""


@dataclass(frozen=True, slots=True)
class Branches:
    """What the prices of branches prove.

    Parameters
    ----------
    bound
        The best value that any plan can have, as far as it was worked out: the value itself, up to the tolerance, if
        no branch is left; infinite without any bound.
    solved
        How many branches were solved.
    left
        How many of them are neither shown to have no better plan nor split.
    better
        A plan that is better than the value, if one was found; shape (columns,). Then nothing else was looked into.
    """

    bound: float
    solved: int
    left: int
    better: Floats | None = None


class _Split(NamedTuple):
    """The integer column whose limit was moved, to which side (0 below, 1 above), and by how much."""

    column: int
    side: int
    distance: float


@dataclass(order=True, slots=True)
class _Branch:
    """Limits of the integer columns, and what no plan within them betters; shape (integer columns,) both."""

    bound: float
    number: int
    lower: Floats = field(compare=False)
    upper: Floats = field(compare=False)
    split: _Split | None = field(default=None, compare=False)


def prove_by_branching(
    lp: LinearProgram,
    stage: Stage,
    value: float,
    *,
    tolerance: float,
    seconds: float | None = None,
    most: float = np.inf,
) -> Branches:
    """Return what no plan can better, up to a value that some plan has.

    Parameters
    ----------
    lp, stage
        The problem, with integer columns, and the objective.
    value
        The value that is to be shown to be the best.
    tolerance
        What a plan may be better and still be as good, in the unit of the objective.
    seconds, most
        When to stop, and after how many branches.

    Raises
    ------
    SolverError
        If HiGHS refuses a problem.
    """
    return _Branching(lp, stage, value, tolerance, Clock(seconds)).run(most)


def search(lp: LinearProgram, model: LiveModel, options: Options) -> Solution:
    """Search an integer problem, and look into an answer over few decisions in another way: HiGHS is wrong about some.

    Branches prove that no plan is better, or find one. What :data:`CONFIRMING` of them, or those of a second, leave
    open is searched again. Ctrl-C ends this, and keeps the best plan found.

    Parameters
    ----------
    lp, model, options
        The problem, with one objective; the model that stands for it; and how to solve, with the gap.
    """
    answer, stage = model.solve_once(), lp.stages[0]
    while lp.is_integer and lp.open_integers < LARGE_SEARCH and answer.proved and answer.x is not None:
        left = AGAIN if options.time_limit is None else min(AGAIN, options.time_limit - answer.seconds)
        size = max(float(np.abs(stage.cost * answer.x).sum()), float(np.abs(stage.cost).max(initial=0.0)))
        tolerance = max(CLOSED * size, (options.gap or 0.0) * abs(answer.objective))
        begin = time.perf_counter()
        try:
            found = prove_by_branching(lp, stage, answer.objective, tolerance=tolerance, seconds=left, most=CONFIRMING)
        except KeyboardInterrupt:
            return replace(answer, termination=Termination.INTERRUPTED)
        answer = replace(answer, seconds=answer.seconds + time.perf_counter() - begin)
        if found.better is None:
            return model.search_otherwise(answer) if found.left else answer
        value = stage.value(found.better)
        answer = replace(answer, x=found.better, objective=value, bound=value)
    return model.search_otherwise(answer)


class _Branching:
    """Branches that are still to be looked into, the least bounded first, and what splits have brought so far."""

    def __init__(self, lp: LinearProgram, stage: Stage, value: float, tolerance: float, clock: Clock) -> None:
        self.stage = replace(stage, cost=stage.cost_for(lp.columns))
        relaxed, everywhere = replace(lp.relaxed(), stages=(self.stage,), tie_break=None), np.ones(lp.columns, np.bool_)
        lower, upper = implied_limits(relaxed, everywhere)
        # a price of what has no limit of its own is held against the limit that the rows imply
        self.lp = replace(relaxed, lower=lower, upper=upper, integer=lp.integer)
        self.whole = np.flatnonzero(lp.integer)
        # everything below is minimized
        self.value, self.target = value, stage.sign * value - tolerance
        self.clock, self.model = clock, LiveModel(relaxed, Options(time_limit=clock.left))
        self.gained, self.times = np.zeros((2, len(self.whole))), np.zeros((2, len(self.whole)))
        self.waiting: list[_Branch] = []
        self.unsettled: list[float] = []
        self.better: Floats | None = None
        self.solved = self.made = 0

    def run(self, most: float) -> Branches:
        """Split branches until each is settled, or time is over."""
        low, high = np.ceil(self.lp.lower[self.whole] - INTEGRAL), np.floor(self.lp.upper[self.whole] + INTEGRAL)
        self._add(-np.inf, low, high, None)
        while self.waiting and self.better is None and self.solved < most and not self.clock.over:
            self._settle(heapq.heappop(self.waiting))
        left = [branch.bound for branch in self.waiting] + self.unsettled
        bound = self.stage.sign * min(left) if left else self.value
        return Branches(bound, self.solved, len(left), self.better)

    def _add(self, bound: float, lower: Floats, upper: Floats, split: _Split | None) -> None:
        self.made += 1
        if (lower <= upper).all():
            heapq.heappush(self.waiting, _Branch(bound, self.made, lower, upper, split))

    def _settle(self, branch: _Branch) -> None:
        """Show that a branch has no better plan, or split it."""
        self.solved += 1
        self.model.set_column_bounds(self.whole, branch.lower, branch.upper)
        answer = self.model.solve()
        if answer.termination is Termination.INTERRUPTED:
            raise KeyboardInterrupt
        lower, upper = self.lp.lower.copy(), self.lp.upper.copy()
        lower[self.whole], upper[self.whole] = branch.lower, branch.upper
        part = replace(self.lp, lower=lower, upper=upper)
        if answer.termination is Termination.INFEASIBLE and self._has_no_plan(part):
            self._learn(branch, self.target)
        elif answer.x is None or answer.row_dual is None:
            self.unsettled.append(branch.bound)
        else:
            found = bound_by_prices(part, self.stage, answer.row_dual).value
            bound = min(max(self.stage.sign * found, branch.bound), self.target)
            self._learn(branch, bound)
            if bound < self.target:
                # what a plan as good as the value cannot do is left out
                part = within_reach(part, self.stage, answer.row_dual, found, self.value)
                self._split(bound, answer.x[self.whole], part.lower[self.whole], part.upper[self.whole])

    def _has_no_plan(self, part: LinearProgram) -> bool:
        """Return whether a combination of rows shows that a branch, which HiGHS says has no plan, has none."""
        ray, entries = self.model.ray(), part.matrix.largest_by_row()
        # scaled so that what rounding leaves can be told from it
        largest = 0.0 if ray is None else float(np.abs(ray * np.where(entries > 0, entries, 1.0)).max(initial=0.0))
        if ray is None or not 0.0 < largest < np.inf:
            return False
        nothing = Stage("no plan", np.zeros(part.columns), maximize=False)
        found = (bound_by_prices(part, nothing, side * ray / largest) for side in (1, -1))
        return any(bound.value > REFUTED * bound.size for bound in found)

    def _split(self, bound: float, x: Floats, lower: Floats, upper: Floats) -> None:
        """Split a branch at the decision that promises to move both bounds, one that is not whole if there is any.

        Decisions that are whole but for a tolerance may be a plan. If it is no better, they have let through too much.
        """
        below = np.clip(np.floor(x), lower, np.maximum(upper - 1, lower))
        away = np.minimum(x - below, below + 1 - x)
        open_at, is_between = np.flatnonzero(lower < upper), away > INTEGRAL
        if not is_between.any():
            self._keep_better(np.rint(x))
            if not len(open_at) or self.better is not None:
                self.unsettled.append(bound)
                return
        elif not is_between[open_at].any():
            # what was left out are all values but one of each that is not whole
            self._add(bound, lower, upper, None)
            return
        else:
            open_at = open_at[is_between[open_at]]
        mean = self.gained.sum() / max(self.times.sum(), 1.0) or 1.0
        each = np.where(self.times > 0, self.gained / np.maximum(self.times, 1.0), mean)[:, open_at]
        distance = np.array([x - below, below + 1 - x])[:, open_at]
        at = int(open_at[np.maximum(each * distance, REFUTED * mean).prod(axis=0).argmax()])
        for side in (0, 1):
            low, high = lower.copy(), upper.copy()
            (low if side else high)[at] = below[at] + side
            self._add(bound, low, high, _Split(at, side, float(distance[side, open_at == at][0])))

    def _keep_better(self, whole: Floats) -> None:
        """Keep the best plan with some integer decisions, if it is better than the value."""
        self.model.set_column_bounds(self.whole, whole, whole)
        x = self.model.solve().x
        if x is not None and certify_point(self.lp, self.stage, x, None).feasible:
            self.better = x if self.stage.sign * self.stage.value(x) < self.target else None

    def _learn(self, branch: _Branch, bound: float) -> None:
        """Note by how much a split moved the bound, for each unit by which it moved the decision."""
        if branch.split is not None and np.isfinite(branch.bound):
            at, side, distance = branch.split
            self.gained[side, at] += max(bound - branch.bound, 0.0) / max(distance, INTEGRAL)
            self.times[side, at] += 1
