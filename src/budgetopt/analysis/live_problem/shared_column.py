"""A linear program with one more column that every group shares: the least of their levels, the largest regret."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Matrix

__all__ = ["with_shared_column"]


def with_shared_column(
    problem: LinearProgram,
    entries: tuple[Ints, Ints, Floats],
    factors: Floats,
    at_least: Floats,
    kinds: tuple[str, str],
    lower: float,
) -> LinearProgram:
    """Return the problem with one more column, and a row for each group that holds it to a sum of the others.

    Parameters
    ----------
    problem
        The problem.
    entries
        The group, the column and the value of each entry of the new rows; shape (entries,) each.
    factors
        How often the new column counts in the row of each group; shape (groups,).
    at_least
        What each row comes to at the least; shape (groups,).
    kinds
        What the new column and the new rows are called.
    lower
        The lower limit of the new column; it has no upper one.
    """
    group, column, value = entries
    matrix, columns, rows = problem.matrix, problem.column_labels, problem.row_labels
    new, groups = problem.columns, np.arange(len(factors))
    added = [
        (matrix.index, matrix.column_of_entry(), matrix.value),
        (problem.rows + group, column, value),
        (problem.rows + groups, np.full(len(groups), new), factors),
    ]
    parts = [np.concatenate(part) for part in zip(*added, strict=True)]
    end = problem.rows + len(groups)
    return replace(
        problem,
        matrix=Matrix.from_triplets(end, new + 1, *parts),
        row_lower=np.append(problem.row_lower, at_least),
        row_upper=np.append(problem.row_upper, np.full(len(groups), np.inf)),
        lower=np.append(problem.lower, lower),
        upper=np.append(problem.upper, np.inf),
        integer=np.append(problem.integer, False),
        column_labels=Labels((*columns.blocks, Block(kinds[0], new, new + 1)), columns.names),
        row_labels=Labels((*rows.blocks, Block(kinds[1], problem.rows, end, {"group": groups})), rows.names),
    )
