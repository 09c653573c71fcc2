"""A large problem seen from its shared rows: what its columns do at given prices, samples of it, and parts of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import (
    Block,
    Bools,
    Floats,
    Ints,
    Labels,
    LinearProgram,
    Matrix,
    Stage,
    best_values,
    total_by,
)
from budgetopt.solvers.blocks import Blocks, LocalRows
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.solution import Options, Solution

__all__ = ["Large", "OpenColumns"]

ENOUGH = 10_000  # columns, to know about what a row is worth


@dataclass(frozen=True, slots=True)
class Large:
    """A problem to be minimized, with its units.

    Parameters
    ----------
    lp
        The problem; its stages are not looked at.
    cost
        Its costs; shape (columns,).
    blocks, local
        Its units, and those of them that are one row.
    shared
        Positions of the shared rows.
    sizes
        Sizes of the matrix's entries; shape (entries,).
    """

    lp: LinearProgram
    cost: Floats
    blocks: Blocks
    local: LocalRows
    shared: Ints
    sizes: Floats

    @classmethod
    def of(cls, lp: LinearProgram, cost: Floats, blocks: Blocks) -> Large:
        """Return a problem with what its search needs."""
        return cls(lp, cost, blocks, LocalRows.of(lp, blocks), np.flatnonzero(blocks.shared), np.abs(lp.matrix.value))

    # -- at given prices ----------------------------------------------------------------------------------------------

    def net_costs(self, prices: Floats) -> Floats:
        """Return costs less prices of the shared rows, of shape (shared,); shape (columns,)."""
        return self.cost - self.lp.matrix.transpose_times(self.spread(prices))

    def spread(self, prices: Floats) -> Floats:
        """Return prices of the shared rows among all rows, the others zero; shape (rows,)."""
        spread = np.zeros(self.lp.rows)
        spread[self.shared] = prices
        return spread

    def wanted(self, net: Floats) -> tuple[Floats, Bools]:
        """Return the values that net costs ask for outside of local rows, and where they are unbounded."""
        wanted = best_values(net, self.lp.lower, self.lp.upper)
        unbounded = ~np.isfinite(wanted)
        return np.where(unbounded, self.lp.resting, wanted), unbounded

    def bound(self, prices: Floats) -> float:
        """Return what no plan can be below, by given prices: the Lagrangian's value; it may be minus infinity."""
        net = self.net_costs(prices)
        x, unbounded = self.wanted(net)
        local = self.local.column
        x[local], _, unbounded[local] = self.local.respond(net, np.ones(len(net)))
        low, high = self.lp.row_lower[self.shared], self.lp.row_upper[self.shared]
        limit = np.where(prices > 0, low, np.where(prices < 0, high, 0.0))
        if unbounded.any() or not np.isfinite(limit).all():
            return -np.inf
        return float(net @ x + prices @ limit)

    def nearness(self, prices: Floats, span: Floats) -> tuple[Floats, Floats]:
        """Return the values that prices ask for, and how many spans prices must move to change them."""
        net = self.net_costs(prices)
        x, unbounded = self.wanted(net)
        by_row = self.spread(span)
        size = self.lp.matrix.total_by_column(self.sizes * by_row[self.lp.matrix.index])
        # A column that no shared row holds is never in doubt.
        nearness = np.full(len(net), np.inf)
        np.divide(np.abs(net), size, out=nearness, where=size > 0)
        nearness[unbounded] = 0.0
        local_x, local_nearness, _ = self.local.respond(net, size)
        x[self.local.column] = local_x
        nearness[self.local.column] = local_nearness
        return x, nearness

    def reduced_costs(self, y: Floats, x: Floats, opened: Bools) -> tuple[Floats, Floats]:
        """Return reduced costs of the columns that are not open, and prices of all rows.

        Local rows whose columns are held at ``x`` get the prices that support it best; the other prices stay.
        """
        net = self.net_costs(y[self.shared])
        row, price = self.local.price_held(net, x, opened)
        y = y.copy()
        y[row] = price
        local = self.blocks.local_row >= 0
        return net - self.blocks.local_value * np.where(local, y[self.blocks.local_row], 0.0), y

    def worth(self) -> Floats:
        """Return about what a unit of each shared row is worth: what a few of its columns cost; shape (shared,)."""
        few = np.flatnonzero(np.random.default_rng(1).random(self.lp.columns) < ENOUGH / self.lp.columns)
        part, rows = self.lp.matrix.take_columns(few), self.lp.rows
        ratio = np.abs(self.cost[few])[part.column_of_entry()] / np.abs(part.value)
        used = ratio > 0
        count = np.bincount(part.index[used], minlength=rows)
        mean = total_by(part.index[used], ratio[used], rows) / np.maximum(count, 1)
        mean = np.where(mean > 0, mean, mean.max(initial=0.0))
        return np.maximum(mean[self.shared], 1e-9 * max(float(np.abs(self.cost).max(initial=0.0)), 1e-300))


class OpenColumns:
    """Some columns of a problem with all rows that they enter, the others held.

    Prices of the shared rows stay in a box: a shared row may be missed at the prices at its ends. The columns may stand
    for more of their like: each then counts as often as the weight says, in what it does and in what it did at ``x``.

    Parameters
    ----------
    large
        The problem.
    opened
        Which columns are open, whole units; shape (columns,).
    x
        Values of the others, and what those did that the open ones stand for; shape (columns,).
    centre, box
        Prices of the shared rows and how far they may move; shape (shared,).
    weight
        How many columns each open one stands for, but for those that are never left out.
    """

    def __init__(
        self, large: Large, opened: Bools, x: Floats, centre: Floats, box: Floats, weight: float = 1.0
    ) -> None:
        self._large, self._weight, lp, always = large, weight, large.lp, large.blocks.always
        self._columns = np.flatnonzero(opened)
        self._scale = np.where(always[self._columns], 1.0, weight)
        rest = np.where(always, 0.0, np.where(opened, (1.0 - weight) * x, x))
        self._activity = np.where(large.blocks.shared, lp.matrix.times(rest), 0.0)
        self._matrix = lp.matrix.take_columns(self._columns)
        used = np.zeros(lp.rows, np.bool_)
        used[self._matrix.index] = True
        used[large.shared] = True
        self._rows = np.flatnonzero(used & (np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper)))
        self._centre, self._box = centre, box
        self.missed = False

    def solve(self, options: Options, clock: Clock) -> Solution:
        """Solve it; the answer has the open columns and the duals of all rows of the problem."""
        small = self._small()
        answer = LiveModel(small, replace(options, time_limit=clock.left)).solve()
        count = len(self._columns)
        if answer.x is not None:
            self.missed = bool((answer.x[count:] > 0).any())
            answer = replace(answer, x=answer.x[:count])
        if answer.row_dual is not None:
            y = np.zeros(self._large.lp.rows)
            y[self._rows] = answer.row_dual
            answer = replace(answer, row_dual=y)
        return answer

    def _small(self) -> LinearProgram:
        lp, part, rows, shared = self._large.lp, self._matrix, self._rows, self._large.shared
        place = np.full(lp.rows, -1, np.int64)
        place[rows] = np.arange(len(rows))
        limited = place[shared] >= 0
        at, centre, box = place[shared][limited], self._centre[limited], self._box[limited]
        kept = place[part.index] >= 0
        count, extra = len(self._columns), len(at)
        columns = count + 2 * extra
        row = np.concatenate((place[part.index[kept]], at, at))
        column = np.concatenate((part.column_of_entry()[kept], count + np.arange(2 * extra)))
        value = np.concatenate((part.value[kept], np.ones(extra), -np.ones(extra)))
        cost = np.concatenate((self._large.cost[self._columns], centre + box, box - centre))
        own = ~(self._large.blocks.shared | self._large.blocks.tangled)[rows]
        scale = np.where(own, self._weight, 1.0)
        return LinearProgram(
            Matrix.from_triplets(len(rows), columns, row, column, value),
            lp.row_lower[rows] * scale - self._activity[rows],
            lp.row_upper[rows] * scale - self._activity[rows],
            np.concatenate((lp.lower[self._columns] * self._scale, np.zeros(2 * extra))),
            np.concatenate((lp.upper[self._columns] * self._scale, np.full(2 * extra, np.inf))),
            np.zeros(columns, np.bool_),
            (Stage("near the margin", cost, maximize=False),),
            Labels((Block("column", 0, columns),)),
            Labels((Block("row", 0, len(rows)),)),
        )
