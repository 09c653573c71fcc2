"""Linear programs of several futures as one: what is decided before the future is known is the same in each.

The deterministic equivalent of a stochastic program with recourse, in two or more stages, and what it is worth to plan
for all futures rather than for their mean (Birge and Louveaux, Introduction to Stochastic Programming, 2nd ed., 2011,
chapters 1 and 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from budgetopt.formulation import Block, Labels, LinearProgram, Matrix, Stage, TieBreak
from budgetopt.formulation.linear_program import Bools, Floats, Ints

__all__ = ["Futures", "joined", "mean_of"]


@dataclass(frozen=True, eq=False)
class Futures:
    """The linear programs of several futures, joined.

    Parameters
    ----------
    problem
        The linear program of all: its objectives are the expected values.
    columns
        For each future, the column of ``problem`` that stands for each of its own; shape (columns of the future,).
    """

    problem: LinearProgram
    columns: tuple[Ints, ...]

    @cached_property
    def shared(self) -> Bools:
        """Which columns of ``problem`` stand in several futures; shape (columns of ``problem``,)."""
        return np.bincount(np.concatenate(self.columns)) > 1

    def point_in(self, future: int, x: Floats) -> Floats:
        """Return the part of a point that belongs to a future; shape (columns of the future,)."""
        return x[self.columns[future]]

    def held(self, columns: Ints, values: Floats) -> LinearProgram:
        """Return the linear program in which some columns have the values given; both of shape (held,)."""
        lower, upper = self.problem.lower.copy(), self.problem.upper.copy()
        lower[columns] = upper[columns] = values
        return replace(self.problem, lower=lower, upper=upper)


def joined(problems: Sequence[LinearProgram], weights: Floats, decided: Sequence[Sequence[str]]) -> Futures:
    """Return the linear program of several futures.

    Parameters
    ----------
    problems
        One for each future, with the same objectives in the same order.
    weights
        The probability of each future; shape (futures,).
    decided
        For each future and each of its columns, what is decided: columns that decide the same thing are one column.
    """
    names = np.concatenate([np.asarray(each, dtype=np.str_) for each in decided])
    _, first, of_all = np.unique(names, return_index=True, return_inverse=True)
    # in the order of the futures rather than of the names, so that ties are settled by the order of the file
    order = np.argsort(np.argsort(first))
    starts = np.cumsum([0, *(problem.columns for problem in problems)])
    columns = tuple(order[of_all[begin:end]] for begin, end in pairwise(starts))
    total = len(first)
    lower, upper, integer = np.full(total, -np.inf), np.full(total, np.inf), np.zeros(total, dtype=bool)
    for problem, mine in zip(problems, columns, strict=True):
        np.maximum.at(lower, mine, problem.lower)
        np.minimum.at(upper, mine, problem.upper)
        integer[mine] |= problem.integer
    row_starts = np.cumsum([0, *(problem.rows for problem in problems)])
    stages = []
    for each in zip(*(problem.stages for problem in problems), strict=True):
        cost = np.zeros(total)
        for stage, mine, weight in zip(each, columns, weights, strict=True):
            np.add.at(cost, mine, weight * stage.cost_for(len(mine)))
        stages.append(replace(each[0], cost=cost, offset=_mean_offset(each, weights)))
    problem = LinearProgram(
        matrix=Matrix.from_triplets(
            int(row_starts[-1]),
            total,
            np.concatenate([each.matrix.index + at for each, at in zip(problems, row_starts, strict=False)]),
            np.concatenate([mine[each.matrix.column_of_entry()] for each, mine in zip(problems, columns, strict=True)]),
            np.concatenate([each.matrix.value for each in problems]),
        ),
        row_lower=np.concatenate([each.row_lower for each in problems]),
        row_upper=np.concatenate([each.row_upper for each in problems]),
        lower=lower,
        upper=upper,
        integer=integer,
        stages=tuple(stages),
        column_labels=Labels((Block("column", 0, total, {"number": np.arange(total)}),)),  # no mutant: a name alone
        row_labels=Labels((Block("row", 0, int(row_starts[-1]), {"number": np.arange(row_starts[-1])}),)),
        tie_break=_tie_break(problems, columns),
    )
    return Futures(problem, columns)


def _tie_break(problems: Sequence[LinearProgram], columns: Sequence[Ints]) -> TieBreak | None:
    """Return the tie breaks of all futures as one; None if one of them has none."""
    parts = [problem.tie_break for problem in problems]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    starts = np.cumsum([0, *(len(part.reference) for part in known)])
    return replace(
        known[0],
        group=np.concatenate([part.group + at for part, at in zip(known, starts, strict=False)]),
        column=np.concatenate([mine[part.column] for part, mine in zip(known, columns, strict=True)]),
        weight=np.concatenate([part.weight for part in known]),
        reference=np.concatenate([part.reference for part in known]),
    )


def mean_of(problems: Sequence[LinearProgram], weights: Floats) -> LinearProgram | None:
    """Return the linear program whose figures are the means of those of several futures.

    None if the futures have different columns or rows, or a limit that only some of them have: they have no mean.
    """
    first = problems[0]
    labels = [(each.column_labels.all_names(), each.row_labels.all_names()) for each in problems]
    if any(one != other for one, other in pairwise(labels)):
        return None
    limits: dict[str, Any] = {}
    for key in ("row_lower", "row_upper", "lower", "upper"):
        values = np.array([getattr(each, key) for each in problems])
        finite = np.isfinite(values)
        if (finite.any(axis=0) != finite.all(axis=0)).any():
            return None
        known = np.where(finite, values, 0.0)  # no mutant: where a limit is infinite in one, it is in all
        limits[key] = np.where(finite[0], weights @ known, values[0])
    stages = tuple(
        _mean_stage([each.stages[place] for each in problems], weights) for place in range(len(first.stages))
    )
    matrix = Matrix.from_triplets(
        first.rows,
        first.columns,
        np.concatenate([each.matrix.index for each in problems]),
        np.concatenate([each.matrix.column_of_entry() for each in problems]),
        np.concatenate([weight * each.matrix.value for each, weight in zip(problems, weights, strict=True)]),
    )
    return replace(first, matrix=matrix, stages=stages, **limits)


def _mean_stage(stages: Sequence[Stage], weights: Floats) -> Stage:
    cost = weights @ np.array([stage.cost for stage in stages])
    return replace(stages[0], cost=cost, offset=_mean_offset(stages, weights))


def _mean_offset(stages: Sequence[Stage], weights: Floats) -> float:
    return float(weights @ np.array([stage.offset for stage in stages]))
