"""A linear program with one more column that every group shares: the least of their levels, the largest regret."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.linear_program import Floats, Ints, LinearProgram

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
    new, groups = problem.columns, np.arange(len(factors))
    return problem.with_more_columns(kinds[0], np.array([lower]), np.array([np.inf])).with_more_rows(
        kinds[1],
        at_least,
        np.full(len(groups), np.inf),
        (problem.rows + group, column, value),
        (problem.rows + groups, np.full(len(groups), new), factors),
        keys={"group": groups},
    )
