"""An integer problem whose parts share nothing: each is searched alone, and their values and bounds add up.

A search of the whole would branch in one part again and again for each state of the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Stage
from budgetopt.formulation.separate_parts import part_of_each_column
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.faces import reduce
from budgetopt.solvers.solution import Options, Solution, Termination

__all__ = ["open_parts", "solve_in_parts", "with_value_rows"]

MOST = 64
"""Parts that are searched alone; the smallest beyond are searched together."""
HASTE = 0.2
"""Seconds for each part that is left when the time runs out or somebody stops the search: for any plan at all."""
STOPS = (Termination.INTERRUPTED, Termination.TIME_LIMIT, Termination.OTHER_LIMIT)
"""How searches of parts end that do not end optimal, the one that is told of the whole first."""
SHARPER = 0.1
"""By how much the gap of the parts is drawn in where theirs add up to more than that of the whole."""
TURNS = 3

Solve = Callable[[LinearProgram, Options, Clock, Floats | None], Solution]


def open_parts(lp: LinearProgram) -> list[Ints]:
    """Return the columns of each part with open integer decisions, the largest first; all other columns with the last.

    Fewer than two if the problem does not fall apart.
    """
    part = part_of_each_column(lp)
    is_open = lp.integer & (lp.lower < lp.upper)
    counts = np.bincount(part[is_open], minlength=lp.columns)
    largest = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    if len(largest) < 2:
        return []
    number = np.full(lp.columns, min(len(largest), MOST) - 1)
    number[largest[:MOST]] = np.arange(min(len(largest), MOST))
    order = np.argsort(number[part], kind="stable")
    ends = np.cumsum(np.bincount(number[part], minlength=min(len(largest), MOST)))[:-1]
    return np.split(order, ends)


def solve_in_parts(
    lp: LinearProgram, options: Options, clock: Clock, begin: Floats | None, solve: Solve
) -> Solution | None:
    """Solve the one objective of an integer problem part by part; None if it does not fall apart.

    Parameters
    ----------
    lp
        The problem.
    options, clock
        How to solve, with its gap, and the limit of time for all parts.
    begin
        A plan to begin from, NaN where it is open; shape (columns,).
    solve
        Solves a part.
    """
    if not lp.is_integer or lp.open_integers < 2:
        return None
    left = reduce(lp)
    parts = open_parts(left.lp) if left.feasible else []
    if not parts:
        return None
    stage = left.stage(lp.stages[0])
    begin = None if begin is None else begin[left.columns]
    rest = replace(left.lp, stages=(stage,))
    whole: Solution | None = None
    for _ in range(TURNS):
        answers = _of_each(rest, parts, options, clock, begin, solve)
        whole = _together(rest, parts, answers)
        if whole is None:
            break
        allowed = (options.gap or 0.0) * abs(whole.objective) + 1e-9
        is_close = abs(whole.bound - whole.objective) <= allowed
        if whole.termination is not Termination.OPTIMAL or whole.x is None or is_close:
            break
        # parts whose values have different signs may each be close to theirs, and together not to the whole's
        options = replace(options, gap=SHARPER * (options.gap or 0.0))
        begin = whole.x
    return None if whole is None else left.lift(lp, lp.stages[0], whole)


def _of_each(
    lp: LinearProgram, parts: Sequence[Ints], options: Options, clock: Clock, begin: Floats | None, solve: Solve
) -> list[Solution]:
    """Return the answers of the parts; each has a share of the time that is left, by its integer decisions."""
    answers: list[Solution] = []
    counts = [max(int(lp.integer[part].sum()), 1) for part in parts]
    for place, columns in enumerate(parts):
        limit, left = None, clock.left
        if left is not None:
            limit = max(left * counts[place] / sum(counts[place:]), HASTE)
        if answers and answers[-1].termination is Termination.INTERRUPTED:
            limit = HASTE
        part = _part(lp, columns)
        own = None if begin is None else begin[columns]
        answer = solve(part, replace(options, time_limit=limit), Clock(limit), own)
        answers.append(answer)
        if answer.x is None:
            break
    return answers


def _together(lp: LinearProgram, parts: Sequence[Ints], answers: Sequence[Solution]) -> Solution | None:
    """Return the answers of the parts as one of the whole; None where they do not tell how that ends."""
    endings = {answer.termination for answer in answers}
    if Termination.INFEASIBLE in endings:
        return replace(answers[-1], x=None, termination=Termination.INFEASIBLE)
    if not endings <= {Termination.OPTIMAL, *STOPS}:
        return None
    ending = next((stop for stop in STOPS if stop in endings), Termination.OPTIMAL)
    seconds, steps = sum(answer.seconds for answer in answers), sum(answer.iterations for answer in answers)
    whole = Solution(ending, solver=answers[0].solver, seconds=seconds, iterations=steps)
    found = [(columns, answer.x) for columns, answer in zip(parts, answers, strict=False) if answer.x is not None]
    if len(found) < len(parts):
        return whole
    x, stage = np.zeros(lp.columns), lp.stages[0]
    for columns, values in found:
        x[columns] = values
    bound = math.fsum([stage.offset, *(answer.bound for answer in answers)])
    return replace(whole, x=x, objective=stage.value(x), bound=bound)


def _part(lp: LinearProgram, columns: Ints) -> LinearProgram:
    """Return the problem of some columns, with the rows that they alone enter; others cannot bind."""
    matrix, stage = lp.matrix.take_columns(columns), lp.stages[0]
    rows = np.unique(matrix.index)
    whole = np.bincount(lp.matrix.index, minlength=lp.rows)
    own = np.bincount(matrix.index, minlength=lp.rows)
    rows = rows[own[rows] == whole[rows]]
    return replace(
        lp,
        matrix=matrix.take_rows(rows),
        row_lower=lp.row_lower[rows],
        row_upper=lp.row_upper[rows],
        lower=lp.lower[columns],
        upper=lp.upper[columns],
        integer=lp.integer[columns],
        stages=(replace(stage, cost=stage.cost[columns], offset=0.0),),
        column_labels=Labels((Block("column", 0, len(columns), {"position": columns}),)),
        row_labels=Labels((Block("row", 0, len(rows), {"position": rows}),)),
        tie_break=None,
    )


def with_value_rows(lp: LinearProgram, stage: Stage, x: Floats, give_up: float) -> LinearProgram | None:
    """Return an integer problem with one more row for each part: the value of a stage in it stays what it is in a plan.

    One row for the whole would join the parts. None if the problem does not fall apart.

    Parameters
    ----------
    lp, stage
        The problem and the objective.
    x
        Its best plan; shape (columns,).
    give_up
        What all parts together may give up of it, in its units.
    """
    parts = open_parts(lp)
    if not parts:
        return None
    number = np.empty(lp.columns, np.int64)
    for place, columns in enumerate(parts):
        number[columns] = place
    used = np.flatnonzero(stage.cost).astype(np.int64)
    values = np.bincount(number[used], weights=stage.cost[used] * x[used], minlength=len(parts))
    has_value = np.bincount(number[used], minlength=len(parts)) > 0
    each = give_up / len(parts)
    least = np.where(has_value & stage.maximize, values - each, -np.inf)
    most = np.where(has_value & (not stage.maximize), values + each, np.inf)
    entries = (lp.rows + number[used], used, stage.cost[used])
    return lp.with_more_rows(f"value of {stage.label}", least, most, entries, keys={"part": np.arange(len(parts))})
