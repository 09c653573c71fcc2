"""Several futures in one linear program: what is decided before they part is the same in all of them.

The extensive form of a stochastic program with recourse (Birge and Louveaux, Introduction to Stochastic Programming,
2011). Futures that share a decision share its column, so that no rows are needed to keep them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation import Block, Labels, LinearProgram, Matrix, Stage
from budgetopt.formulation.linear_program import total_by
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["ExtensiveForm", "average_problem", "extensive_form", "with_decisions"]


@dataclass(frozen=True, eq=False)
class ExtensiveForm:
    """Several problems in one.

    Parameters
    ----------
    problem
        The problem; its objective is the expected value.
    place
        The column in it of each column of each future; shape (futures, columns).
    """

    problem: LinearProgram
    place: Ints

    def point_of(self, x: Floats, future: int) -> Floats:
        """Return a point of the whole as one of a future; shape (columns,)."""
        return np.asarray(x[self.place[future]])


def extensive_form(problems: Sequence[LinearProgram], weights: Floats, group: Ints) -> ExtensiveForm:
    """Return the problem of the best expected value over several futures.

    Parameters
    ----------
    problems
        One for each future, all with the same columns and one direction.
    weights
        Their probabilities; shape (futures,).
    group
        Futures with the same number share a column; shape (futures, columns).
    """
    columns = problems[0].columns
    key = group * np.int64(columns) + np.arange(columns)
    known, place = np.unique(key, return_inverse=True)
    place = place.reshape(key.shape).astype(np.int64)
    rows = np.concatenate(([0], np.cumsum([problem.rows for problem in problems])))
    entries = [
        (problem.matrix.index + first, place[at][problem.matrix.column_of_entry()], problem.matrix.value)
        for at, (problem, first) in enumerate(zip(problems, rows.tolist(), strict=False))
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    count = len(known)
    lower, upper, integer = np.full(count, -np.inf), np.full(count, np.inf), np.zeros(count, dtype=bool)
    cost, offset, stages = np.zeros(count), 0.0, [problem.stages[0] for problem in problems]
    for at, (problem, stage) in enumerate(zip(problems, stages, strict=True)):
        np.maximum.at(lower, place[at], problem.lower)
        np.minimum.at(upper, place[at], problem.upper)
        integer[place[at]] |= problem.integer
        cost += weights[at] * total_by(place[at], stage.cost_for(columns), count)
        offset += float(weights[at]) * stage.offset
    whole = LinearProgram(
        matrix=Matrix.from_triplets(int(rows[-1]), count, row, column, value),
        row_lower=np.concatenate([problem.row_lower for problem in problems]),
        row_upper=np.concatenate([problem.row_upper for problem in problems]),
        lower=lower,
        upper=upper,
        integer=integer,
        stages=(Stage(f"{stages[0].label}, expected", cost, stages[0].maximize, offset),),
        column_labels=Labels((Block("decision", 0, count),)),
        row_labels=Labels((Block("row of a future", 0, int(rows[-1])),)),
    )
    return ExtensiveForm(whole, place)


def average_problem(problems: Sequence[LinearProgram], weights: Floats) -> LinearProgram | None:
    """Return the problem whose numbers are the weighted means of several; None if their entries stand elsewhere."""
    first = problems[0]
    if any(
        not np.array_equal(getattr(problem.matrix, name), getattr(first.matrix, name))
        for problem in problems
        for name in ("starts", "index")
    ):
        return None

    known = np.flatnonzero(weights > 0)

    def mean(arrays: Sequence[Floats]) -> Floats:
        return np.asarray(sum(weights[at] * arrays[at] for at in known.tolist()))

    matrix = replace(first.matrix, value=mean([problem.matrix.value for problem in problems]))
    cost = mean([problem.stages[0].cost_for(first.columns) for problem in problems])
    offset = float(weights @ np.array([problem.stages[0].offset for problem in problems]))
    return replace(
        first,
        matrix=matrix,
        stages=(replace(first.stages[0], cost=cost, offset=offset),),
        tie_break=None,
        row_lower=mean([problem.row_lower for problem in problems]),
        row_upper=mean([problem.row_upper for problem in problems]),
        lower=mean([problem.lower for problem in problems]),
        upper=mean([problem.upper for problem in problems]),
    )


def with_decisions(problem: LinearProgram, columns: Ints, values: Floats) -> LinearProgram:
    """Return a problem in which some columns have the values that are given."""
    lower, upper = problem.lower.copy(), problem.upper.copy()
    lower[columns] = upper[columns] = np.clip(values, problem.lower[columns], problem.upper[columns])
    return replace(problem, lower=lower, upper=upper)
