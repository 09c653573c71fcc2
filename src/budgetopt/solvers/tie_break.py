"""One plan among equally good ones, the same on every solver: least change first, then the order of the file.

What the stages of the objective leave free is settled by three more, each on the optimal face of the one before:

1. the least total distance of the groups' spending from their references;
2. the order of the file: spending is counted at prices that rise with the group's place, so that of two groups that
   could have the same dollar the earlier gets it, and no dollar is spent that nothing calls for;
3. prices without any pattern on the columns that are still free (which fund pays, which balance holds the money), until
   no column is free or the plan is shown to be the only one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Labels, LinearProgram, Matrix, Stage, TieBreak

__all__ = ["Ties", "generic_weights", "is_single_point", "ties_of"]

GOLDEN = 0.6180339887498949  # its multiples are the most evenly spread; they make weights without a pattern
LARGEST_RANK_CHECK = 1_000


@dataclass(frozen=True, slots=True)
class Ties:
    """The problem that settles ties.

    Parameters
    ----------
    lp
        The free columns, then one column for each amount above and below a reference.
    stages
        Least change, order of the file, and one generic choice; each may be missing.
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
    if rule is None or not len(rule.group):
        return Ties(replace(lp, stages=()), (generic,), lp.columns)
    place = np.full(len(held), -1, np.int64)
    place[columns] = np.arange(len(columns))
    groups = len(rule.reference)
    already = np.bincount(rule.group, weights=rule.weight * held[rule.column], minlength=groups)
    free = place[rule.column] >= 0
    group, column, weight = rule.group[free], place[rule.column[free]], rule.weight[free]
    if not len(group):
        return Ties(replace(lp, stages=()), (generic,), lp.columns)
    present = np.unique(group)
    referred = present[~np.isnan(rule.reference[present])]
    row_of_group = np.full(groups, -1, np.int64)
    row_of_group[referred] = np.arange(len(referred))
    extended = _with_deviations(lp, group, column, weight, row_of_group, rule.reference[referred] - already[referred])
    stages = []
    if len(referred):
        cost = np.zeros(extended.columns)
        cost[lp.columns :] = 1.0
        stages.append(Stage("least change", cost, maximize=False))
    worth = np.bincount(column, weights=weight * generic_weights(groups, 0)[group], minlength=extended.columns)
    stages.append(Stage("order of the file", np.asarray(worth, np.float64), maximize=False))
    stages.append(replace(generic, cost=np.concatenate((generic.cost, np.zeros(extended.columns - lp.columns)))))
    return Ties(extended, tuple(stages), lp.columns)


def generic_weights(count: int, turn: int) -> Floats:
    """Return weights from 1 to below 2 that rise strictly and have no other pattern; shape (count,)."""
    place = np.arange(count, dtype=np.float64)
    weights: Floats = 1.0 + (place + 0.5 * np.mod((place + 1) * (GOLDEN + 0.1234567 * turn) + turn * 0.377, 1.0)) / max(
        count, 1
    )
    return weights


def is_single_point(lp: LinearProgram) -> bool:
    """Return whether the rows held at equality leave a reduced problem's free columns no freedom at all.

    Rows with one free column settle it, and so in turn; what such steps leave is settled if its equations are as many
    as its columns, by their rank.
    """
    equal = lp.row_lower == lp.row_upper
    row, column = lp.matrix.index, lp.matrix.column_of_entry()
    open_columns = np.ones(lp.columns, np.bool_)
    while open_columns.any():
        counted = open_columns[column] & equal[row]
        single = np.bincount(row[counted], minlength=lp.rows) == 1
        settled = np.unique(column[counted & single[row]])
        if not len(settled):
            break
        open_columns[settled] = False
    left = np.flatnonzero(open_columns)
    if not len(left):
        return True
    if len(left) > LARGEST_RANK_CHECK:
        return False
    part = lp.matrix.take_columns(left)
    rows = np.unique(part.index[equal[part.index]])
    if len(rows) < len(left) or len(rows) > 4 * LARGEST_RANK_CHECK:
        return False
    new_row = np.full(lp.rows, -1, np.int64)
    new_row[rows] = np.arange(len(rows))
    kept = equal[part.index]
    dense = np.zeros((len(rows), len(left)))
    dense[new_row[part.index[kept]], part.column_of_entry()[kept]] = part.value[kept]
    dense /= np.maximum(np.abs(dense).max(axis=1, keepdims=True), 1e-300)
    dense /= np.maximum(np.abs(dense).max(axis=0, keepdims=True), 1e-300)
    return int(np.linalg.matrix_rank(dense)) == len(left)


def next_generic(lp: LinearProgram, columns: np.ndarray, whole: int, turn: int) -> Stage:
    """Return a generic choice on a reduced problem.

    The weights are those of the columns' places in the whole problem: which columns a solver leaves free depends on the
    prices that it happens to find, and the choice must not.

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
    cost[: len(columns)] = towards * generic_weights(whole, turn)[columns]
    return Stage("one plan of equals", cost, maximize=False)


def _with_deviations(
    lp: LinearProgram, group: np.ndarray, column: np.ndarray, weight: Floats, row_of_group: np.ndarray, target: Floats
) -> LinearProgram:
    """Return the problem with a row ``spending - above + below = target`` for each group that has a reference."""
    count = len(target)
    if not count:
        return replace(lp, stages=())
    referred = row_of_group[group] >= 0
    matrix = lp.matrix
    above = lp.columns + np.arange(count)
    new_rows = lp.rows + np.arange(count)
    row = np.concatenate((matrix.index, lp.rows + row_of_group[group[referred]], new_rows, new_rows))
    entry_column = np.concatenate((matrix.column_of_entry(), column[referred], above, above + count))
    value = np.concatenate((matrix.value, weight[referred], np.full(count, -1.0), np.ones(count)))
    rows, columns = lp.rows + count, lp.columns + 2 * count
    return replace(
        lp,
        matrix=Matrix.from_triplets(rows, columns, row, entry_column, value),
        row_lower=np.concatenate((lp.row_lower, target)),
        row_upper=np.concatenate((lp.row_upper, target)),
        lower=np.concatenate((lp.lower, np.zeros(2 * count))),
        upper=np.concatenate((lp.upper, np.full(2 * count, np.inf))),
        integer=np.concatenate((lp.integer, np.zeros(2 * count, np.bool_))),
        stages=(),
        column_labels=Labels((*lp.column_labels.blocks, Block("change", lp.columns, columns))),
        row_labels=Labels((*lp.row_labels.blocks, Block("change", lp.rows, rows))),
    )
