"""Large budgets by the prices of their few shared rows: most columns are clear, only those near the margin are solved.

Prices for the shared rows tell of almost every column whether it belongs at its floor or at its ceiling.

1. For prices within a box only the columns near the margin are in doubt. At first these are all; a random sample of
   them that stands for the rest gives prices, around these a smaller box leaves fewer in doubt, and so on: what is
   clear is counted in full, so that the sample's error shrinks with the box.
2. Where few are in doubt they are solved exactly, with all rows, the others held; that finds the best prices in the
   box. Where the answer presses against the box, the box moves.
3. Where it does not, and no held column is at the wrong limit, the answer is optimal for the whole problem. The
   certificate shows that from the plan and the prices alone, whatever way they were found.

The small problems are those of sifting (Bixby, Gregory, Lustig, Marsten and Shanno 1992), the box is that of stabilized
column generation (du Merle, Villeneuve, Desrosiers and Hansen 1999).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats, LinearProgram, Stage
from budgetopt.solvers.blocks import Blocks
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.large import Large, Part
from budgetopt.solvers.pools import pool
from budgetopt.solvers.solution import Options, PointStatus, Solution, Termination

__all__ = ["LEAST_COLUMNS", "solve_by_prices"]

LEAST_COLUMNS = 20_000
NEAR = 5_000  # columns in doubt that are solved at a time
FOR_EACH_ROW = 40  # but at least so many for each shared row
SHRINK = 0.2  # how many columns stay in doubt from one sample to the next
STEPS = 6  # with boxes of one size; then each is larger than the one before
LARGER = 2.0
PRESSED = 0.1  # share of the prices that may press against the box of a sample before the next is smaller
GROWTH = 6.0  # of the box of a price that presses against it
MOST_STEPS = 60
CLEAR = 5e-10  # relative size of a reduced cost of the wrong sign; half of what the certificate allows
WIDE = 100.0  # times what a unit of a row is worth: the box of the sample
BEYOND_REASON = 1e6  # times the same: prices that only an infeasible problem asks for


def solve_by_prices(lp: LinearProgram, stage: Stage, options: Options, clock: Clock) -> Solution | None:
    """Solve a large linear program by the prices of its shared rows.

    Parameters
    ----------
    lp
        The problem; no whole-number columns.
    stage
        The objective.
    options
        How HiGHS solves the small problems.
    clock
        The limit of time.

    Returns
    -------
    Solution or None
        None where the structure gives no handle, or the problem turns out infeasible: the whole problem must be solved.
        Without prices where time ran out; then the point, if there is one, is feasible and not proved.
    """
    blocks = Blocks.of(lp)
    if not blocks.suited:
        return None
    sign = -1.0 if stage.maximize else 1.0
    small, cost = lp, sign * stage.cost
    pooled = pool(lp, cost, blocks)
    if pooled is not None:
        small, cost = pooled.lp, pooled.cost
        blocks = Blocks.of(small, pooled.pool_rows)
    found = _Search(Large.of(small, cost, blocks), options, clock).run()
    if found is None or found.x is None:
        return found
    x, y = found.x, found.row_dual
    if pooled is not None:
        x = pooled.restore_x(x)
        y = None if y is None else pooled.restore_y(y)
    objective = float(stage.cost @ x) + stage.offset
    if y is None:
        return replace(found, x=x, objective=objective, bound=np.nan)
    y = sign * y
    reduced = stage.cost - lp.matrix.transpose_times(y)
    return replace(found, x=x, row_dual=y, reduced_cost=reduced, objective=objective, bound=objective)


@dataclass(frozen=True, slots=True)
class _Held:
    """Columns held at values, those left open, and how far prices may go, in spans, before others are in doubt."""

    x: Floats
    open: Bools
    reach: float


class _Search:
    """One search for the prices of a problem, which it minimizes."""

    def __init__(self, large: Large, options: Options, clock: Clock) -> None:
        self.large, self.options, self.clock = large, options, clock
        enough = FOR_EACH_ROW * len(large.shared)
        self.near = max(NEAR, enough)
        self.worth = self.span = np.zeros(len(large.shared))
        self.iterations = 0

    def run(self) -> Solution | None:
        large, near = self.large, float(self.near)
        self.worth = self.span = large.worth()
        prices, x, doubtful, exact_steps = np.zeros(len(large.shared)), None, float(large.lp.columns), 0
        held = _Held(large.nearness(prices, self.span)[0], np.ones(large.lp.columns, np.bool_), WIDE)
        for step in range(MOST_STEPS):
            exact = doubtful <= near
            part = self._part(held, prices, exact=exact)
            answer = part.solve(self.options, self.clock)
            self.iterations += answer.iterations
            if answer.x is None or answer.row_dual is None:
                return None if answer.termination in _FAULTS else replace(answer, x=None)
            if exact:
                x = held.x.copy()
                x[held.open] = answer.x
            if self.clock.over:
                return _stopped(answer, None if part.missed else x)
            found = answer.row_dual[large.shared]
            if exact:
                wrong, y = self._judge(held, answer.row_dual)
                if not part.missed and not wrong.any():
                    return replace(answer, x=x, row_dual=y, iterations=self.iterations)
                if (np.abs(found) > BEYOND_REASON * self.worth).any():
                    return None
                if wrong.any():
                    # More was in doubt than was open: open it too, as much again at a time, from the same prices.
                    held = replace(held, open=held.open | self._some_units(wrong, int(held.open.sum())))
                    continue
                exact_steps += 1
                if exact_steps >= STEPS:
                    near = doubtful = LARGER * near
            if step > 0:
                self._turn(held.reach * self.span, np.abs(found - prices))
            pressing = np.mean(np.abs(found - prices) >= 0.99 * held.reach * self.span)
            if step > 0 and not exact and pressing < PRESSED:
                doubtful = max(near, SHRINK * doubtful)
            prices = found
            held = self._hold(prices, int(doubtful), x)
        return None

    def _part(self, held: _Held, prices: Floats, *, exact: bool) -> Part:
        """Return the small problem of what is in doubt, or of a sample of it that stands for all of it."""
        opened, weight, always = held.open, 1.0, self.large.blocks.always
        if not exact:
            opened = self._some_units(held.open & ~always, self.near) | always
            weight = float((held.open & ~always).sum()) / max(float((opened & ~always).sum()), 1.0)
        return Part(self.large, opened, held.x, prices, held.reach * self.span, weight)

    def _turn(self, box: Floats, moved: Floats) -> None:
        """Let the prices that pressed against the box go further, and the others not much further than they did."""
        self.span = np.where(moved >= 0.99 * box, GROWTH * box, np.maximum(2.0 * moved, 0.1 * box))

    def _hold(self, prices: Floats, near: int, known: Floats | None) -> _Held:
        """Hold columns at the values that prices give them, or at known ones, except those in doubt near them."""
        large = self.large
        x, nearness = large.nearness(prices, self.span)
        nearness[large.blocks.always] = np.inf
        # Of equally near units some come first, so that no more are open than wanted.
        nearness += 1e-9 * np.random.default_rng(1).random(large.blocks.units)[large.blocks.unit]
        doubtful = np.argpartition(nearness, min(near, len(x)) - 1)[:near]
        near_columns = np.zeros(len(x), np.bool_)
        near_columns[doubtful] = True
        reach = float(nearness[doubtful].max(initial=0.0))
        opened = large.blocks.whole_units(near_columns) | large.blocks.always
        return _Held(x if known is None else known, opened, min(reach, WIDE))

    def _judge(self, held: _Held, y: Floats) -> tuple[Bools, Floats]:
        """Return which held columns prices show to be at the wrong limit, and prices of all rows."""
        large = self.large
        reduced, y = large.reduced_costs(y, held.x, held.open)
        lp, largest = large.lp, max(float(np.abs(large.cost).max(initial=0.0)), 1e-300)
        wrong = ((reduced > 0) & (held.x > lp.lower)) | ((reduced < 0) & (held.x < lp.upper))
        candidates = np.flatnonzero(wrong & ~held.open & (np.abs(reduced) > 1e-14 * largest))
        part = lp.matrix.take_columns(candidates)
        scale = np.abs(large.cost[candidates]) + part.total_by_column(np.abs(part.value * y[part.index]))
        clear = np.abs(reduced[candidates]) > CLEAR * np.maximum(scale, 1e-4 * largest)
        wrong[:] = False
        wrong[candidates[clear]] = True
        return wrong, y

    def _some_units(self, columns: Bools, most: int) -> Bools:
        """Return the units of some columns, at random where they are very many."""
        chosen = np.flatnonzero(columns)
        if len(chosen) > most:
            chosen = np.random.default_rng(len(chosen)).permutation(chosen)[:most]
        some = np.zeros_like(columns)
        some[chosen] = True
        return self.large.blocks.whole_units(some)


_FAULTS = {Termination.INFEASIBLE, Termination.ERROR, Termination.INFEASIBLE_OR_UNBOUNDED, Termination.OTHER_LIMIT}


def _stopped(answer: Solution, x: Floats | None) -> Solution:
    """Return the plan in hand when time ran out, not proved."""
    ended = Termination.INTERRUPTED if answer.termination is Termination.INTERRUPTED else Termination.TIME_LIMIT
    point = PointStatus.NONE if x is None else PointStatus.FEASIBLE
    nan = np.nan
    return Solution(
        ended, point, PointStatus.NONE, x, None, None, nan, nan, answer.solver, iterations=answer.iterations
    )
