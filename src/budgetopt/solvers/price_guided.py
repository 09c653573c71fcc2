"""Large budgets by the prices of their few shared rows: most columns are clear, only those near the margin are solved.

Prices for the shared rows show for almost every column whether it belongs at its floor or at its ceiling.

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
from budgetopt.solvers.large import Large, OpenColumns
from budgetopt.solvers.pools import pool
from budgetopt.solvers.single_rows import SingleRows
from budgetopt.solvers.solution import Options, Solution, Termination

__all__ = ["solve_by_prices"]

NEAR = 5_000  # columns in doubt that are solved at a time
FOR_EACH_ROW = 40  # but at least so many for each shared row
SHRINK = 0.2  # how many columns stay in doubt from one sample to the next
STEPS = 6  # with boxes of one size; then each is larger than the one before
LARGER = 2.0
PRESSED = 0.1  # share of the prices that may press against the box of a sample before the next is smaller
GROWTH = 6.0  # of the box of a price that presses against it
PATIENCE = 2  # steps that press against the box before prices farther along are tried
STRIDE = 4.0  # times a step, the next prices tried in its direction
LEAST_BOX = 1e-7  # of what a unit of a row is worth
BOOST = 100.0  # of a box that holds no prices at which every column has an end
MOST_BOOST = 1e9
MOST_STEPS = 60
CLEAR = 5e-10  # relative size of a reduced cost of the wrong sign; half of what the certificate allows
WIDE = 100.0  # times what a unit of a row is worth: the box of the sample
BEYOND_REASON = 1e6  # times the same: prices that only an infeasible problem asks for


def solve_by_prices(lp: LinearProgram, stage: Stage, options: Options, clock: Clock) -> Solution | None:
    """Solve a large linear program by the prices of its shared rows.

    Parameters
    ----------
    lp
        The problem; no integer columns.
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
    single = SingleRows.of(lp)
    blocks = Blocks.of(single.lp)
    if not blocks.suited:
        return None
    small, cost = single.lp, stage.sign * stage.cost
    pooled = pool(small, cost, blocks)
    if pooled is not None:
        small, cost = pooled.lp, pooled.cost
        blocks = Blocks.of(small, pooled.pool_rows)
    found = _PriceSearch(Large.of(small, cost, blocks), options, clock).run()
    if found is None or found.x is None:
        return found
    x, y = found.x, found.row_dual
    if pooled is not None:
        x = pooled.restore_x(x)
        y = None if y is None else pooled.restore_y(y)
    value = stage.value(x)
    if y is None:
        return replace(found, x=x, objective=value, bound=np.nan)
    y = single.restore(lp, stage, stage.sign * y)
    reduced = stage.reduced_costs(lp.matrix, y)
    return replace(found, x=x, row_dual=y, reduced_cost=reduced, objective=value, bound=value)


@dataclass(frozen=True, slots=True)
class _Held:
    """Columns held at values, those left open, and how far prices may go, in spans, before others are in doubt."""

    x: Floats
    open: Bools
    reach: float


class _PriceSearch:
    """One search for the prices of a problem, which it minimizes."""

    def __init__(self, large: Large, options: Options, clock: Clock) -> None:
        self.large, self.options, self.clock = large, options, clock
        self.near = float(max(NEAR, FOR_EACH_ROW * len(large.shared)))
        self.doubtful = float(large.lp.columns)
        self.worth = self.span = large.worth()
        self.prices = np.zeros(len(large.shared))
        self.plan: Floats | None = None  # keeps every rule, but is not proved
        self.floor = LEAST_BOX
        self.exact_steps = self.stalled = self.iterations = 0

    def run(self) -> Solution | None:
        large, boost = self.large, 1.0
        held = _Held(large.nearness(self.prices, self.span)[0], np.ones(large.lp.columns, np.bool_), WIDE)
        for step in range(MOST_STEPS):
            exact = self.doubtful <= self.near
            box = boost * np.maximum(held.reach * self.span, self.floor * self.worth)
            part = self._part(held, box, exact=exact)
            answer = part.solve(self.options, self.clock)
            self.iterations += answer.iterations
            if answer.termination is Termination.UNBOUNDED and boost < MOST_BOOST:
                # The box holds no prices that keep every column from growing without end.
                boost *= BOOST
                continue
            if answer.termination in _STOPPED or self.clock.over:
                return _stopped(answer, self.plan)
            if answer.x is None or answer.row_dual is None:
                return None
            boost, found, x = 1.0, answer.row_dual[large.shared], None
            if exact:
                x = held.x.copy()
                x[held.open] = answer.x
                self.plan = self.plan if part.missed else x
                wrong, y = self._judge(held, answer.row_dual)
                if not part.missed and not wrong.any():
                    return replace(answer, x=x, row_dual=y, iterations=self.iterations)
                if (np.abs(found) > BEYOND_REASON * self.worth).any():
                    return None
                if wrong.any():
                    # More was in doubt than was open: open it too, as much again at a time, from the same prices.
                    held = replace(held, open=held.open | self._some_units(wrong, int(held.open.sum())))
                    continue
            if step > 0:
                found, x = self._turn(box, found, x, exact=exact)
            self.prices = found
            held = self._hold(int(self.doubtful), x)
        return None

    def _turn(self, box: Floats, found: Floats, x: Floats | None, *, exact: bool) -> tuple[Floats, Floats | None]:
        """Choose the next box and how many columns are in doubt in it; return its centre and the plan to hold."""
        pressing = float(np.mean(np.abs(found - self.prices) >= 0.99 * box))
        self.stalled = self.stalled + 1 if pressing else 0
        # Where very many columns are equally near, their number says nothing of the box; that it is too small does.
        self.floor = GROWTH * self.floor if pressing else LEAST_BOX
        if exact:
            self.exact_steps += 1
            if self.exact_steps >= STEPS:
                self.near = self.doubtful = LARGER * self.near
        elif pressing < PRESSED:
            self.doubtful, self.stalled = max(self.near, SHRINK * self.doubtful), 0
        farther = self._farther(self.prices, found) if self.stalled > PATIENCE else None
        if farther is not None:
            found, x = farther, None
        # Prices that pressed against the box may go further, and the others not much further than they did.
        moved = np.abs(found - self.prices)
        self.span = np.where(moved >= 0.99 * box, GROWTH * box, np.maximum(2.0 * moved, 0.1 * box))
        return found, x

    def _farther(self, prices: Floats, found: Floats) -> Floats | None:
        """Return prices farther along a step that are better still, None if there are none.

        A box for each price says little of prices that move together, such as those of funds that pay for the same
        programs; the direction in which they pressed against it does.
        """
        large, best, stride = self.large, None, STRIDE
        low, high = large.lp.row_lower[large.shared], large.lp.row_upper[large.shared]
        highest = large.bound(found)
        while True:
            tried = prices + stride * (found - prices)
            tried = np.clip(tried, np.where(np.isfinite(high), -np.inf, 0.0), np.where(np.isfinite(low), np.inf, 0.0))
            if (np.abs(tried) > BEYOND_REASON * self.worth).any():
                return best
            bound = large.bound(tried)
            if not bound > highest:
                return best
            highest, best, stride = bound, tried, STRIDE * stride

    def _part(self, held: _Held, box: Floats, *, exact: bool) -> OpenColumns:
        """Return the small problem of what is in doubt, or of a sample of it that stands for all of it."""
        opened, weight, always = held.open, 1.0, self.large.blocks.always
        if not exact:
            opened = self._some_units(held.open & ~always, int(self.near)) | always
            weight = float((held.open & ~always).sum()) / max(float((opened & ~always).sum()), 1.0)
        return OpenColumns(self.large, opened, held.x, self.prices, box, weight)

    def _hold(self, near: int, known: Floats | None) -> _Held:
        """Hold columns at the values that the prices give them, or at known ones, except those in doubt near them."""
        large = self.large
        x, nearness = large.nearness(self.prices, self.span)
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


_STOPPED = {Termination.TIME_LIMIT, Termination.INTERRUPTED}


def _stopped(answer: Solution, x: Floats | None) -> Solution:
    """Return the plan in hand when time ran out, not proved."""
    ended = Termination.INTERRUPTED if answer.termination is Termination.INTERRUPTED else Termination.TIME_LIMIT
    return Solution(ended, x, solver=answer.solver, iterations=answer.iterations)
