"""Which rows of a large problem its columns share, and which belong to one program alone.

A budget has few rows that many programs share (funds, rules) and many rows of one program (the link between the funds
that pay and the segments that they pay for, a floor, a ceiling). Given prices for the shared rows, the rest falls apart
into units, and a unit of one row is a knapsack with fractions: its best answer fills the columns by their ratio of
price to coefficient (Dantzig 1957).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats, Ints, LinearProgram

__all__ = ["Blocks", "LocalRows"]

LOCAL_ENTRIES = 64  # a row with more entries is shared
FEW = 0.01  # of all columns: kinds with fewer, such as balances and transfers, are no population to draw a sample from
MOST_ALWAYS = 0.3  # of all columns: more that can never be left out, and there is nothing to gain
MOST_SHARED = 0.05  # shared rows for each column
ROUNDING = 1e-9  # of the sum of the sizes of a row: less slack than that is none


@dataclass(frozen=True, slots=True)
class Blocks:
    """A problem's columns in units that only shared rows connect.

    Parameters
    ----------
    shared
        Which rows are shared; shape (rows,).
    unit
        The unit of each column: columns of one local row have one, any other column has its own; shape (columns,).
    units
        How many units there may be.
    local_row
        The one local row of each column, -1 without; shape (columns,).
    local_value
        Its coefficient there, 0 without; shape (columns,).
    always
        Columns that are never left out: in units of several local rows, or of a kind with few; shape (columns,).
    tangled
        Rows of units that are never left out; shape (rows,).
    """

    shared: Bools
    unit: Ints
    units: int
    local_row: Ints
    local_value: Floats
    always: Bools
    tangled: Bools

    @classmethod
    def of(cls, lp: LinearProgram, shared: Bools | None = None) -> Blocks:
        """Find the units of a problem; rows of few entries that are shared nevertheless may be given."""
        matrix = lp.matrix
        column = matrix.column_of_entry()
        long = np.bincount(matrix.index, minlength=lp.rows) > LOCAL_ENTRIES
        shared = long if shared is None else long | shared
        local = np.flatnonzero(~shared[matrix.index])
        row_of, column_of = matrix.index[local], column[local]
        local_row = np.full(lp.columns, -1, np.int64)
        local_value = np.zeros(lp.columns)
        local_row[column_of] = row_of
        local_value[column_of] = matrix.value[local]
        several = np.bincount(column_of, minlength=lp.columns) > 1
        always = _connected(several | _of_few(lp), row_of, column_of, lp.rows)
        tangled = np.zeros(lp.rows, np.bool_)
        tangled[row_of[always[column_of]]] = True
        unit = np.where(local_row >= 0, local_row, lp.rows + np.arange(lp.columns))
        return cls(shared, unit, lp.rows + lp.columns, local_row, local_value, always, tangled)

    @property
    def suited(self) -> bool:
        """Whether few rows are shared and most columns can be left out."""
        columns = max(len(self.unit), 1)
        return bool(self.shared.sum() <= MOST_SHARED * columns and self.always.sum() <= MOST_ALWAYS * columns)

    def whole_units(self, columns: Bools) -> Bools:
        """Return the columns and all others of their units; shape (columns,)."""
        touched = np.zeros(self.units, np.bool_)
        touched[self.unit[columns]] = True
        return touched[self.unit]


def _connected(seed: Bools, row: Ints, column: Ints, rows: int) -> Bools:
    """Return the columns that local rows connect with those of the seed, themselves included."""
    reached = seed.copy()
    while True:
        touched = np.zeros(rows, np.bool_)
        touched[row[reached[column]]] = True
        grown = reached.copy()
        grown[column[touched[row]]] = True
        if (grown == reached).all():
            return reached
        reached = grown


def _of_few(lp: LinearProgram) -> Bools:
    """Return the columns of kinds that have few: balances, transfers, totals; shape (columns,)."""
    few = np.zeros(lp.columns, np.bool_)
    for block in lp.column_labels.blocks:
        if len(block) <= FEW * lp.columns:
            few[block.start : block.stop] = True
    return few


@dataclass(frozen=True, slots=True)
class LocalRows:
    """The columns of units of one local row, row by row.

    Parameters
    ----------
    column, row, value
        The column, its local row and its coefficient there; shape (local columns,), sorted by row.
    first
        Where each row begins; shape (local rows,).
    lower, upper
        Limits of the columns; shape (local columns,).
    row_lower, row_upper
        Limits of the rows; shape (local rows,).
    """

    column: Ints
    row: Ints
    value: Floats
    first: Ints
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats

    @classmethod
    def of(cls, lp: LinearProgram, blocks: Blocks) -> LocalRows:
        """Return the local rows of a problem that may be left out."""
        column = np.flatnonzero((blocks.local_row >= 0) & ~blocks.always)
        column = column[np.argsort(blocks.local_row[column], kind="stable")]
        row = blocks.local_row[column]
        begins = np.ones(len(row), np.bool_)
        begins[1:] = row[1:] != row[:-1]
        first = np.flatnonzero(begins)
        limits = lp.row_lower[row[first]], lp.row_upper[row[first]]
        return cls(column, row, blocks.local_value[column], first, lp.lower[column], lp.upper[column], *limits)

    @property
    def _place(self) -> Ints:
        """The place of each column's row among the rows; shape (local columns,)."""
        return np.repeat(np.arange(len(self.first)), np.diff(np.append(self.first, len(self.row))))

    def respond(self, net: Floats, size: Floats) -> tuple[Floats, Floats, Bools]:
        """Return the best values of the columns for given net costs, and how near the margin each is.

        Parameters
        ----------
        net
            Costs less the prices of the shared rows, of all columns of the problem.
        size
            How much the net costs move when the prices do, of all columns.

        Returns
        -------
        tuple
            Values; shape (local columns,). Of each column's unit, the smallest reduced cost for the size of its moves;
            a column between its limits does not count, since it moves with the price of its row; same shape. Where the
            they are unbounded; same shape.
        """
        if not len(self.first):
            return np.zeros(0), np.zeros(0), np.zeros(0, np.bool_)
        net, size = net[self.column], size[self.column]
        place = self._place
        lower, upper = self._far(place)
        # With its row's price rising, a column goes from where it adds least to where it adds most, at its ratio.
        from_lower = self.value > 0
        start, stop = np.where(from_lower, lower, upper), np.where(from_lower, upper, lower)
        step = np.abs(self.value) * (upper - lower)
        least = np.add.reduceat(self.value * start, self.first)
        ratio = net / self.value
        order = np.lexsort((ratio, place))
        total = np.cumsum(step[order])
        base = np.concatenate(([0.0], total))[self.first]
        filled_before = np.empty(len(order))
        filled_before[order] = total - step[order] - np.repeat(base, np.diff(np.append(self.first, len(order))))
        # The row's own limit decides only where what the net costs ask for breaks it.
        asked = least + np.add.reduceat(np.where(ratio < 0, step, 0.0), self.first)
        target = np.clip(asked, self.row_lower, self.row_upper)
        filled = np.clip((target - least)[place] - filled_before, 0.0, step)
        full, empty = filled >= step, filled <= 0
        x = np.where(full, stop, np.where(empty, start, start + filled / self.value))
        between = ~full & ~empty
        margin = np.maximum.reduceat(np.where(between, ratio, -np.inf), self.first)
        price = np.where(np.isfinite(margin), margin, 0.0)
        reduced = net - price[place] * self.value
        # The row's price moves with the column between its limits.
        moves = np.maximum.reduceat(np.where(between, size / np.abs(self.value), 0.0), self.first)
        size = size + np.abs(self.value) * moves[place]
        nearness = np.full(len(size), np.inf)
        np.divide(np.abs(reduced), size, out=nearness, where=size > 0)
        nearness = np.minimum.reduceat(np.where(between, np.inf, nearness), self.first)[place]
        unbounded = (~np.isfinite(self.upper) & (x >= upper)) | (~np.isfinite(self.lower) & (x <= lower))
        return x, nearness, unbounded

    def _far(self, place: Ints) -> tuple[Floats, Floats]:
        """Return the limits of the columns, infinite ones farther away than all others in their row can balance."""
        span = np.where(np.isfinite(self.upper - self.lower), np.abs(self.value) * (self.upper - self.lower), 0.0)
        known = [
            span,
            *(np.abs(self.value * np.where(np.isfinite(side), side, 0.0)) for side in (self.lower, self.upper)),
        ]
        by_row = np.add.reduceat(np.sum(known, axis=0), self.first)
        for side in (self.row_lower, self.row_upper):
            by_row = by_row + np.where(np.isfinite(side), np.abs(side), 0.0)
        far = (2.0 * by_row + 1.0)[place] / np.abs(self.value)
        lower = np.where(np.isfinite(self.lower), self.lower, np.where(np.isfinite(self.upper), self.upper, 0.0) - far)
        return lower, np.where(np.isfinite(self.upper), self.upper, lower + far)

    def price_held(self, net: Floats, x: Floats, left_open: Bools) -> tuple[Ints, Floats]:
        """Return the rows whose columns are held, and the prices of them that support the held values best.

        Each column held at a limit bounds the price from one side, a column between its limits fixes it, and so does
        the row itself where it is slack. Where the bounds leave a range, the price nearest zero is taken; where they
        contradict each other, one between them, and the columns will show as held at the wrong limit.
        """
        if not len(self.first):
            return np.zeros(0, np.int64), np.zeros(0)
        value, at = self.value, x[self.column]
        ratio = net[self.column] / value
        activity = np.add.reduceat(value * at, self.first)
        slack = ROUNDING * np.maximum(np.add.reduceat(np.abs(value * at), self.first), 1.0)
        may_rise, may_fall = at < self.upper, at > self.lower
        # A column that may rise must not have a negative reduced cost: its ratio bounds the price, from above if its
        # coefficient is positive.
        positive = value > 0
        from_above = np.where(positive, may_rise, may_fall)
        from_below = np.where(positive, may_fall, may_rise)
        highest = np.minimum.reduceat(np.where(from_above, ratio, np.inf), self.first)
        lowest = np.maximum.reduceat(np.where(from_below, ratio, -np.inf), self.first)
        row_lower, row_upper = self.row_lower, self.row_upper
        highest = np.where(activity > row_lower + slack, np.minimum(highest, 0.0), highest)
        lowest = np.where(activity < row_upper - slack, np.maximum(lowest, 0.0), lowest)
        price = np.clip(0.0, np.minimum(lowest, highest), np.maximum(lowest, highest))
        torn = lowest > highest
        price = np.where(torn, 0.5 * (np.clip(lowest, -1e300, 1e300) + np.clip(highest, -1e300, 1e300)), price)
        held = ~left_open[self.column[self.first]]
        return self.row[self.first][held], price[held]
