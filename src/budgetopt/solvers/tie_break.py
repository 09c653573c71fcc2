"""One plan among equally good ones, the same on every solver: least change first, then the order of the file.

What the stages of the objective leave free is settled by more, each on the optimal face of the one before:

1. the least total distance of the groups' spending from their references;
2. the order of the file: spending is counted at prices that rise with the group's place, so that of two groups that
   could have the same dollar the earlier gets it, and no dollar is spent that nothing calls for;
3. the order of payment: of the columns that make up a group's spending, the earlier ones go to the earlier groups;
4. prices without any pattern on what is still free (which balance holds the money), until no column is free or the plan
   is shown to be the only one.

Every weight depends on places in the whole problem alone: which columns a solver leaves free depends on the prices that
it happens to find, and the choice must not.
"""

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
    Stage,
    TieBreak,
    total_by,
)

__all__ = ["Ties", "is_single_point", "next_generic", "ties_of"]

LARGEST_RANK_CHECK = 1_000


@dataclass(frozen=True, slots=True)
class Ties:
    """The problem that settles ties.

    Parameters
    ----------
    lp
        The free columns, then one column for each amount above and below a reference.
    stages
        Least change, order of the file, order of payment, and one generic choice; all but the last may be missing.
    columns
        How many of its columns are the given problem's.
    """

    lp: LinearProgram
    stages: tuple[Stage, ...]
    columns: int


def ties_of(lp: LinearProgram, columns: np.ndarray, held: Floats, rule: TieBreak | None) -> Ties:
    """Return the problem that settles ties among the plans of a reduced problem.

    Parameters
    ----------
    lp
        The reduced problem: free columns only.
    columns
        Where its columns stand in the whole problem.
    held
        The whole problem's held columns at their values, zero where free.
    rule
        Groups, references and members, in the whole problem's positions.
    """
    generic = next_generic(lp, columns, len(held), 1)
    nothing_to_order = Ties(replace(lp, stages=()), (generic,), lp.columns)
    if rule is None or not len(rule.group):
        return nothing_to_order
    place = np.full(len(held), -1, np.int64)
    place[columns] = np.arange(len(columns))
    groups = len(rule.reference)
    already = total_by(rule.group, rule.weight * held[rule.column], groups)
    free = place[rule.column] >= 0
    group, column, weight = rule.group[free], place[rule.column[free]], rule.weight[free]
    if not len(group):
        return nothing_to_order
    undecided = np.zeros(groups, np.bool_)
    undecided[group] = True
    undecided &= ~_decided(lp, group, column, weight, groups)
    referred = np.flatnonzero(undecided & ~np.isnan(rule.reference) & (not rule.least_change_is_a_stage))
    row_of_group = np.full(groups, -1, np.int64)
    row_of_group[referred] = np.arange(len(referred))
    extended = _with_deviations(lp, group, column, weight, row_of_group, rule.reference[referred] - already[referred])
    stages = []
    if len(referred):
        cost = np.zeros(extended.columns)
        cost[lp.columns :] = 1.0
        stages.append(Stage("least change", cost, maximize=False))
    if undecided.any():
        price = np.where(undecided, _rising_weights(groups), 0.0)
        cost = total_by(column, weight * price[group], extended.columns)
        stages.append(Stage("order of the file", cost, maximize=False))
    later = _place_in_group(rule)[free]
    if later.any():
        # Earlier groups pay more for later columns, so that they have the earlier ones.
        cost = total_by(column, weight * later * (3.0 - _rising_weights(groups))[group], extended.columns)
        stages.append(Stage("order of payment", cost, maximize=False))
    stages.append(replace(generic, cost=generic.cost_for(extended.columns)))
    return Ties(extended, tuple(stages), lp.columns)


def _rising_weights(count: int) -> Floats:
    """Return weights from 1 to below 2 that rise strictly, by uneven steps; shape (count,)."""
    weights: Floats = 1.0 + (np.arange(count) + 0.5 * _scattered(count, 0)) / max(count, 1)
    return weights


def _scattered(count: int, turn: int) -> Floats:
    """Return numbers from 0 to below 1 without any pattern, the same everywhere; shape (count,).

    The mixing is that of SplitMix64 (Steele, Lea and Flood 2014).
    """
    mixed = (np.arange(count, dtype=np.uint64) + np.uint64(1) + np.uint64(turn << 40)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _place_in_group(rule: TieBreak) -> Floats:
    """Return for each member how many of its group stand before it in the problem; shape (members,)."""
    order = np.lexsort((rule.column, rule.group))
    sorted_group = rule.group[order]
    first = np.searchsorted(sorted_group, sorted_group)
    place = np.empty(len(order))
    place[order] = np.arange(len(order)) - first
    return place


def _decided(lp: LinearProgram, group: Ints, column: Ints, weight: Floats, groups: int) -> Bools:
    """Return the groups whose spending is the same in every plan, because a row held at equality adds up just that.

    Row and group are compared by the sum of marks of their columns, relative to their first column's coefficient.
    """
    marks = 1.0 + _scattered(lp.columns, 1)
    matrix = lp.matrix
    entry_column = matrix.column_of_entry()
    equal = lp.row_lower == lp.row_upper
    first_of_row, value_of_row = _first_entries(matrix.index, entry_column, matrix.value, lp.rows)
    first_of_group, value_of_group = _first_entries(group, column, weight, groups)
    by_row = total_by(matrix.index, matrix.value * marks[entry_column], lp.rows) / value_of_row
    by_group = total_by(group, weight * marks[column], groups) / value_of_group
    # A column may begin several rows; compare with each that is held.
    decided = np.zeros(groups, np.bool_)
    rows = np.flatnonzero(equal & (first_of_row >= 0))
    order = np.argsort(first_of_row[rows], kind="stable")
    rows = rows[order]
    begins = first_of_row[rows]
    left = np.searchsorted(begins, first_of_group, side="left")
    right = np.searchsorted(begins, first_of_group, side="right")
    for step in range(int((right - left).max(initial=0))):
        at = np.flatnonzero((left + step < right) & (first_of_group >= 0))
        same = np.abs(by_row[rows[left[at] + step]] - by_group[at]) <= 1e-12 * np.abs(by_group[at])
        decided[at[same]] = True
    return decided


def _first_entries(line: Ints, column: Ints, value: Floats, lines: int) -> tuple[Ints, Floats]:
    """Return the first column of each line and its coefficient, -1 and 1 where there is none; shape (lines,)."""
    order = np.lexsort((column, line))
    found, at = np.unique(line[order], return_index=True)
    first, coefficient = np.full(lines, -1, np.int64), np.ones(lines)
    first[found], coefficient[found] = column[order][at], value[order][at]
    return first, coefficient


def is_single_point(lp: LinearProgram) -> bool:
    """Return whether the rows held at equality leave a reduced problem's free columns no freedom at all.

    That is so if they are independent in these rows. A row with one column left settles it; a column with one row left
    uses that row up; what such steps leave is settled by its rank.
    """
    equal = lp.row_lower == lp.row_upper
    held = equal[lp.matrix.index]
    row, column, value = lp.matrix.index[held], lp.matrix.column_of_entry()[held], lp.matrix.value[held]
    open_columns = np.ones(lp.columns, np.bool_)
    while True:
        in_row = np.bincount(row, minlength=lp.rows)
        in_column = np.bincount(column, minlength=lp.columns)
        if (in_column[open_columns] == 0).any():
            return False
        single = np.flatnonzero((in_row[row] == 1) | (in_column[column] == 1))
        if not len(single):
            break
        # One entry for each row and each column, so that no row is used twice.
        single = single[np.unique(row[single], return_index=True)[1]]
        single = single[np.unique(column[single], return_index=True)[1]]
        gone_row, gone_column = np.zeros(lp.rows, np.bool_), np.zeros(lp.columns, np.bool_)
        gone_row[row[single]], gone_column[column[single]] = True, True
        open_columns &= ~gone_column
        left = ~(gone_row[row] | gone_column[column])
        row, column, value = row[left], column[left], value[left]
    if not len(row):
        return not open_columns.any()
    rows, new_row = np.unique(row, return_inverse=True)
    columns, new_column = np.unique(column, return_inverse=True)
    if len(columns) > len(rows) or max(len(rows), len(columns)) > LARGEST_RANK_CHECK:
        return False
    dense = np.zeros((len(rows), len(columns)))
    dense[new_row, new_column] = value
    dense /= np.maximum(np.abs(dense).max(axis=1, keepdims=True), 1e-300)
    dense /= np.maximum(np.abs(dense).max(axis=0, keepdims=True), 1e-300)
    return int(np.linalg.matrix_rank(dense)) == len(columns)


def next_generic(lp: LinearProgram, columns: np.ndarray, whole: int, turn: int) -> Stage:
    """Return a generic choice on a reduced problem.

    Parameters
    ----------
    lp
        The reduced problem; its first columns are the whole problem's ``columns``, others do not count.
    columns
        Where they stand in the whole problem.
    whole
        How many columns the whole problem has.
    turn
        Each turn has other weights.
    """
    lower, upper = lp.lower[: len(columns)], lp.upper[: len(columns)]
    # Towards a finite limit, so that nothing runs away and no money is moved to and fro.
    towards = np.where(np.isfinite(lower), 1.0, np.where(np.isfinite(upper), -1.0, 0.0))
    cost = np.zeros(lp.columns)
    cost[: len(columns)] = towards * (1.0 + _scattered(whole, turn)[columns])
    return Stage("one plan of equals", cost, maximize=False)


def _with_deviations(
    lp: LinearProgram, group: np.ndarray, column: np.ndarray, weight: Floats, row_of_group: np.ndarray, target: Floats
) -> LinearProgram:
    """Return the problem with a row ``spending - above + below = target`` for each group that has a reference."""
    count = len(target)
    if not count:
        return replace(lp, stages=())
    referred = row_of_group[group] >= 0
    above = lp.columns + np.arange(count)
    new_rows = lp.rows + np.arange(count)
    entries = (
        (lp.rows + row_of_group[group[referred]], column[referred], weight[referred]),
        (new_rows, above, np.full(count, -1.0)),
        (new_rows, above + count, np.ones(count)),
    )
    rows, columns = lp.rows + count, lp.columns + 2 * count
    return replace(
        lp,
        matrix=lp.matrix.extended(count, 2 * count, *entries),
        row_lower=np.concatenate((lp.row_lower, target)),
        row_upper=np.concatenate((lp.row_upper, target)),
        lower=np.concatenate((lp.lower, np.zeros(2 * count))),
        upper=np.concatenate((lp.upper, np.full(2 * count, np.inf))),
        integer=np.concatenate((lp.integer, np.zeros(2 * count, np.bool_))),
        stages=(),
        column_labels=Labels((*lp.column_labels.blocks, Block("change", lp.columns, columns))),
        row_labels=Labels((*lp.row_labels.blocks, Block("change", lp.rows, rows))),
    )
