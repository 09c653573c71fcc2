"""Programs that the same funds may pay, pooled: who pays for which of them is settled afterwards.

A program that several funds may pay has a column for each payment and a row that makes them add up. Where the funds
cost the same, every such program is in doubt at once, and nothing is clear. But payments that differ from one another
in the same way in many programs are interchangeable: only their total over these programs matters. So one payer of
each program, the base, is solved for by the program's row; the difference that another makes is a single column for
the whole pool, and one row keeps the others from paying more than there is to pay. What the totals leave open is
assigned in the order of the programs. This is exact, and the duals of the removed rows follow from the base's cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Bools, Floats, Ints, Labels, LinearProgram, Matrix
from budgetopt.solvers.blocks import Blocks

__all__ = ["Pooled", "pool"]

LEAST_PROGRAMS = 32  # in a pool
DIGITS = 10


@dataclass(frozen=True, slots=True)
class _Payers:
    """Payment columns that can be pooled, sorted by their rows, the base of each row first.

    Parameters
    ----------
    column, unit
        The column and the place of its unit among the pooled units; shape (payers,).
    base
        Which of them are bases; shape (payers,).
    total
        The place of its total among the pools' totals, -1 for bases; shape (payers,).
    row, value, pool
        Of each pooled unit: its row, the coefficient of its payers, its pool; shape (units,).
    """

    column: Ints
    unit: Ints
    base: Bools
    total: Ints
    row: Ints
    value: Floats
    pool: Ints


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns and rows of the smaller problem are.

    The columns are those kept, one for each ranged row and one for each total; the rows are those kept and one for each
    pool.

    Parameters
    ----------
    columns, rows
        The kept columns and rows of the whole problem.
    ranged
        The pooled units whose row has two different limits.
    other, unit
        Of each total: one of its payment columns, and that one's unit.
    pools
        How many pools there are.
    """

    columns: Ints
    rows: Ints
    ranged: Ints
    other: Ints
    unit: Ints
    pools: int

    @classmethod
    def of(cls, lp: LinearProgram, payers: _Payers) -> _Columns:
        columns = np.delete(np.arange(lp.columns), payers.column)
        rows = np.delete(np.arange(lp.rows), payers.row)
        ranged = np.flatnonzero(lp.row_lower[payers.row] < lp.row_upper[payers.row])
        others = np.flatnonzero(~payers.base)
        one = others[np.unique(payers.total[others], return_index=True)[1]]
        return cls(columns, rows, ranged, payers.column[one], payers.unit[one], int(payers.pool.max()) + 1)


@dataclass(frozen=True, slots=True)
class Pooled:
    """A problem with its interchangeable payments pooled, and the way back.

    Parameters
    ----------
    lp, cost
        The smaller problem and its costs.
    pool_rows
        Which of its rows keep pools within what there is to pay; shape (rows,).
    whole, whole_cost
        The problem as given.
    payers, layout
        What was pooled, and where the rest stands.
    """

    lp: LinearProgram
    cost: Floats
    pool_rows: Bools
    whole: LinearProgram
    whole_cost: Floats
    payers: _Payers
    layout: _Columns

    def restore_x(self, x: Floats) -> Floats:
        """Return a plan of the whole problem: payments assigned in the order of the programs."""
        payers, ranged, kept = self.payers, self.layout.ranged, len(self.layout.columns)
        whole = np.zeros(self.whole.columns)
        whole[self.layout.columns] = x[:kept]
        activity = self.whole.row_lower[payers.row]
        activity[ranged] = x[kept : kept + len(ranged)]
        to_pay = np.maximum((activity - self.whole.matrix.times(whole)[payers.row]) / payers.value, 0.0)
        totals = x[kept + len(ranged) :]
        # Within a pool the programs lie end to end, and so do the totals; a payment is where the two overlap.
        order = np.argsort(payers.pool, kind="stable")
        end = np.empty(len(order))
        end[order] = _running_total(to_pay[order], payers.pool[order])
        others = np.flatnonzero(~payers.base)
        first_of_total = np.unique(payers.total[others], return_index=True)[1]
        pool_of_total = payers.pool[payers.unit[others[first_of_total]]]
        total_end = _running_total(totals, pool_of_total)
        unit, total = payers.unit[others], payers.total[others]
        high = np.minimum(end[unit], total_end[total])
        low = np.maximum(end[unit] - to_pay[unit], total_end[total] - totals[total])
        paid = np.clip(high - low, 0.0, to_pay[unit])
        whole[payers.column[others]] = paid
        rest = to_pay - np.bincount(unit, weights=paid, minlength=len(to_pay))
        rest[np.abs(rest) <= 1e-13 * to_pay] = 0.0
        whole[payers.column[payers.base]] = np.maximum(rest, 0.0)
        return whole

    def restore_y(self, y: Floats) -> Floats:
        """Return prices of all rows of the whole problem; both sets of prices are those of a minimization."""
        payers = self.payers
        whole = np.zeros(self.whole.rows)
        whole[self.layout.rows] = y[: len(self.layout.rows)]
        bases = payers.column[payers.base]
        net = self.whole_cost[bases] - self.whole.matrix.take_columns(bases).transpose_times(whole)
        whole[payers.row] = (net - y[len(self.layout.rows) :][payers.pool]) / payers.value
        return whole


def pool(lp: LinearProgram, cost: Floats, blocks: Blocks) -> Pooled | None:
    """Return the problem with its interchangeable payments pooled; None where there are none.

    Parameters
    ----------
    lp
        The problem.
    cost
        Its costs, to be minimized; shape (columns,).
    blocks
        Its units.
    """
    payers = _payers(lp, cost, blocks)
    return None if payers is None else _build(lp, cost, blocks, payers)


def _payers(lp: LinearProgram, cost: Floats, blocks: Blocks) -> _Payers | None:
    local = (blocks.local_row >= 0) & ~blocks.always
    paying = np.flatnonzero(local & (blocks.local_value > 0) & (lp.lower == 0) & np.isposinf(lp.upper))
    paying = paying[np.argsort(blocks.local_row[paying], kind="stable")]
    row = blocks.local_row[paying]
    count = np.bincount(row, minlength=lp.rows)
    first = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1]))) if len(row) else np.zeros(0, np.int64)
    base_of = np.repeat(paying[first], count[row[first]])
    # A unit is pooled if its payers count alike in its row, and whatever else is in it always leaves something to pay.
    alike = np.ones(lp.rows, np.bool_)
    alike[row[blocks.local_value[paying] != blocks.local_value[base_of]]] = False
    rest = np.flatnonzero(local)
    rest = rest[~np.isin(rest, paying, assume_unique=True)]
    value = blocks.local_value[rest]
    most = value * np.where(value > 0, lp.upper[rest], lp.lower[rest])
    most_of_rest = np.bincount(blocks.local_row[rest], weights=most, minlength=lp.rows)
    fit = (count > 1) & alike & (lp.row_lower >= most_of_rest) & np.isfinite(most_of_rest)
    chosen = fit[row]
    paying, row, base_of = paying[chosen], row[chosen], base_of[chosen]
    if not len(paying):
        return None
    kind = _kinds(lp, cost, blocks, paying, base_of)
    base = paying == base_of
    unit = np.cumsum(base) - 1
    unit_row = row[base]
    # A pool is a set of kinds: units whose payers differ from their bases in the same ways.
    marks = np.random.default_rng(2).integers(1, 2**62, int(kind.max()) + 1, np.int64)
    signature = np.zeros(len(unit_row), np.int64)
    np.add.at(signature, unit, np.where(base, 0, marks[kind]))
    _, pool_of, size = np.unique(signature, return_inverse=True, return_counts=True)
    kept_unit = size[pool_of] >= LEAST_PROGRAMS
    if not kept_unit.any():
        return None
    pool_of = np.unique(pool_of[kept_unit], return_inverse=True)[1]
    kept = kept_unit[unit]
    paying, base, kind = paying[kept], base[kept], kind[kept]
    unit = np.cumsum(base) - 1
    key = pool_of[unit] * (int(kind.max()) + 1) + kind
    total = np.full(len(paying), -1, np.int64)
    total[~base] = np.unique(key[~base], return_inverse=True)[1]
    rows = unit_row[kept_unit]
    return _Payers(paying, unit, base, total, rows, blocks.local_value[paying[base]], pool_of)


def _kinds(lp: LinearProgram, cost: Floats, blocks: Blocks, paying: Ints, base_of: Ints) -> Ints:
    """Return a number for the way in which each payer differs from its base: in cost and in shared rows."""
    marks = np.random.default_rng(3).random((2, lp.rows)) * blocks.shared
    part = lp.matrix.take_columns(paying)
    bases = lp.matrix.take_columns(base_of)
    parts = [cost[paying] - cost[base_of]]
    parts += [part.transpose_times(mark) - bases.transpose_times(mark) for mark in marks]
    sizes = [np.abs(cost).max(initial=0.0), *(part.transpose_times(mark).max(initial=1.0) for mark in marks)]
    rounded = [np.round(each / max(size, 1e-300), DIGITS) + 0.0 for each, size in zip(parts, sizes, strict=True)]
    kind = np.zeros(len(paying), np.int64)
    for each in rounded:
        numbered = np.unique(each, return_inverse=True)[1]
        kind = np.unique(kind * (int(numbered.max()) + 1) + numbered, return_inverse=True)[1]
    return kind


def _build(lp: LinearProgram, cost: Floats, blocks: Blocks, payers: _Payers) -> Pooled:
    layout = _Columns.of(lp, payers)
    bases, ranged, other = payers.column[payers.base], layout.ranged, layout.other
    kept, totals = len(layout.columns), len(other)
    columns, rows = kept + len(ranged) + totals, len(layout.rows) + layout.pools
    matrix, taken_over = _pooled_matrix(lp, cost, blocks, payers, layout)
    own_cost = cost[layout.columns] + taken_over
    ranged_cost, total_cost = cost[bases[ranged]] / payers.value[ranged], cost[other] - cost[bases[layout.unit]]
    # Rows of equal limits contribute a constant to the shared rows and to the pools.
    low, high = lp.row_lower[payers.row], lp.row_upper[payers.row]
    fixed = np.where(low < high, 0.0, low) / payers.value
    constant = lp.matrix.take_columns(bases).times(fixed)[layout.rows]
    pool_constant = np.bincount(payers.pool, weights=fixed, minlength=layout.pools)
    ends = (0, kept, kept + len(ranged), columns)
    kinds = zip(("kept", "paid", "total"), ends[:-1], ends[1:], strict=True)
    smaller = replace(
        lp,
        matrix=matrix,
        row_lower=np.concatenate((lp.row_lower[layout.rows] - constant, -pool_constant)),
        row_upper=np.concatenate((lp.row_upper[layout.rows] - constant, np.full(layout.pools, np.inf))),
        lower=np.concatenate((lp.lower[layout.columns], low[ranged], np.zeros(totals))),
        upper=np.concatenate((lp.upper[layout.columns], high[ranged], np.full(totals, np.inf))),
        integer=np.zeros(columns, np.bool_),
        column_labels=Labels(tuple(Block(*kind) for kind in kinds)),
        row_labels=Labels((Block("row", 0, rows),)),
        tie_break=None,
    )
    new_cost = np.concatenate((own_cost, ranged_cost, total_cost))
    pool_rows = np.arange(rows) >= len(layout.rows)
    return Pooled(smaller, new_cost, pool_rows, lp, cost, payers, layout)


def _pooled_matrix(
    lp: LinearProgram, cost: Floats, blocks: Blocks, payers: _Payers, layout: _Columns
) -> tuple[Matrix, Floats]:
    """Return what is left of the matrix, and what the kept columns take over of the costs of bases; shape (kept,).

    Each column of a pooled unit takes over from the unit's base, in every row and in the row of its pool.
    """
    kept, ranged, totals = len(layout.columns), layout.ranged, len(layout.other)
    bases = payers.column[payers.base]
    new_row = np.full(lp.rows, -1, np.int64)
    new_row[layout.rows] = np.arange(len(layout.rows))
    unit_of_row = np.full(lp.rows, -1, np.int64)
    unit_of_row[payers.row] = np.arange(len(payers.row))
    own_row = blocks.local_row[layout.columns]
    unit = np.where(own_row >= 0, unit_of_row[own_row], -1)
    inside = np.flatnonzero(unit >= 0)
    unit = unit[inside]
    share = -blocks.local_value[layout.columns[inside]] / payers.value[unit]
    entries: list[tuple[Ints, Ints, Floats]] = []

    def add(source: Ints, factor: Floats, column: Ints) -> None:
        """Add the entries of some columns, multiplied, to other columns."""
        part = lp.matrix.take_columns(source)
        lengths = np.diff(part.starts)
        entries.append((new_row[part.index], np.repeat(column, lengths), part.value * np.repeat(factor, lengths)))

    add(layout.columns, np.ones(kept), np.arange(kept))
    at_ranged, at_total = kept + np.arange(len(ranged)), kept + len(ranged) + np.arange(totals)
    add(layout.other, np.ones(totals), at_total)
    taken = (
        (unit, share, inside),
        (ranged, 1.0 / payers.value[ranged], at_ranged),
        (layout.unit, -np.ones(totals), at_total),
    )
    for of_unit, factor, column in taken:
        add(bases[of_unit], factor, column)
        entries.append((len(layout.rows) + payers.pool[of_unit], column, factor))
    row, column, value = (np.concatenate(each) for each in zip(*entries, strict=True))
    left = row >= 0
    shape = (len(layout.rows) + layout.pools, kept + len(ranged) + totals)
    taken_over = np.zeros(kept)
    taken_over[inside] = share * cost[bases[unit]]
    return Matrix.from_triplets(*shape, row[left], column[left], value[left]), taken_over


def _running_total(values: Floats, group: Ints) -> Floats:
    """Return the running total of values within groups that follow one another."""
    total = np.cumsum(values)
    begins = np.concatenate(([True], group[1:] != group[:-1])) if len(group) else np.zeros(0, np.bool_)
    base = (total - values)[begins]
    running: Floats = total - np.repeat(base, np.diff(np.append(np.flatnonzero(begins), len(group))))
    return running
