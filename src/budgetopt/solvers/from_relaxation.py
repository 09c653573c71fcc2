"""A large integer problem whose relaxation is almost whole: a plan near the relaxation, then only what can better it.

The relaxation gives a bound and prices. Integer decisions that it takes whole are held, and all else that its prices
are clear about; what is left is small, and its best plan is one of the whole problem (relaxation enforced neighborhood
search: Berthold, Mathematical Programming Computation 6, 2014). What a plan that betters it cannot do is then left out
(reduced-cost fixing: Crowder, Johnson and Padberg, Operations Research 31, 1983), and the rest is searched to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats, LinearProgram
from budgetopt.solvers.certificate import certify
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.faces import reduce, within_reach
from budgetopt.solvers.solution import Options, Solution, Termination

__all__ = ["solve_from_relaxation"]

LEAST_COLUMNS = 20_000
"""From so many columns on; smaller problems are searched whole."""
FREE = 3_000
"""Columns that stay free near the relaxation: those that cost least to move."""
WIDER = 4
"""How many times as many where no plan is found with fewer."""
TURNS = 2
SHORT_ROW = 64
"""Entries of a row that joins what belongs to one program."""
FRACTION = 1e-6
SHARE = 0.25
"""Of the time that is left, for a plan near the relaxation."""
WORTHWHILE = 0.5
"""The share of the free columns that has to be left out for what is left to be searched alone."""

Solve = Callable[[LinearProgram, Options, Clock, Floats | None], Solution]


def solve_from_relaxation(
    lp: LinearProgram,
    options: Options,
    clock: Clock,
    begin: Floats | None,
    relax: Callable[[LinearProgram], Solution],
    solve: Solve,
) -> Solution | None:
    """Solve the one objective of a large integer problem; None where its relaxation does not lead to a plan.

    Parameters
    ----------
    lp
        The problem.
    options, clock
        How to solve, with its gap, and the limit of time.
    begin
        A plan to begin from, NaN where it is open; shape (columns,).
    relax, solve
        Solve a linear program with its prices, and an integer problem from a plan to begin from.
    """
    if not lp.is_integer or lp.columns < LEAST_COLUMNS or options.solver.casefold() != "highs":
        return None
    relaxed, stage = lp.relaxed(), lp.stages[0]
    answer = relax(relaxed)
    if answer.termination in {Termination.INFEASIBLE, Termination.INTERRUPTED}:
        return Solution(answer.termination, solver=answer.solver)
    if answer.x is None or answer.row_dual is None:
        return None
    certificate = certify(relaxed, stage, answer)
    if not certificate.proved:
        return None
    near = _plan_near(lp, answer, options, clock, begin, solve)
    if near is None or near.x is None:
        return near
    begin, near = near.x, replace(near, bound=certificate.bound)
    if abs(near.objective - near.bound) <= (options.gap or 0.0) * abs(near.objective):
        return replace(near, termination=Termination.OPTIMAL)
    if near.termination is Termination.INTERRUPTED:
        return near
    if clock.over:
        return replace(near, termination=Termination.TIME_LIMIT)
    within = within_reach(lp, stage, answer.row_dual, certificate.bound, near.objective)
    left = reduce(within)
    if not left.feasible or len(left.columns) > WORTHWHILE * max(int((lp.lower < lp.upper).sum()), 1):
        return solve(lp, options, clock, begin)
    part = replace(left.lp, stages=(left.stage(stage),))
    best = left.lift(lp, stage, solve(part, options, clock, begin[left.columns]))
    if best.x is None or stage.sign * (best.objective - near.objective) > 0:
        # the plan near the relaxation is among those that are left
        ended = best.termination in (Termination.OPTIMAL, Termination.INFEASIBLE)
        bound = near.objective if ended else certificate.bound
        return replace(near, termination=Termination.OPTIMAL if ended else best.termination, bound=bound)
    # both are bounds of the whole; the tighter one counts
    tighter = max if stage.sign > 0 else min
    bound = certificate.bound if np.isnan(best.bound) else tighter(best.bound, certificate.bound)
    return replace(best, bound=bound)


def _plan_near(
    lp: LinearProgram, answer: Solution, options: Options, clock: Clock, begin: Floats | None, solve: Solve
) -> Solution | None:
    """Return the best plan in which all that the relaxation is clear about stays as it is there."""
    assert answer.x is not None
    stage, x = lp.stages[0], answer.x
    count = FREE
    for _ in range(TURNS):
        left_open = _open_columns(lp, answer, count)
        lower, upper = np.where(left_open, lp.lower, x), np.where(left_open, lp.upper, x)
        whole = lp.integer & ~left_open
        lower[whole] = upper[whole] = np.rint(x[whole])
        left = reduce(replace(lp, lower=lower, upper=upper))
        time_left = clock.left
        limit = None if time_left is None else SHARE * time_left
        if left.feasible and left.lp.columns:
            part = replace(left.lp, stages=(left.stage(stage),))
            start = None if begin is None else begin[left.columns]
            found = left.lift(lp, stage, solve(part, replace(options, time_limit=limit), Clock(limit), start))
            if found.x is not None or found.termination is Termination.INTERRUPTED:
                return found
        if clock.over:
            break
        count *= WIDER
    return None


def _open_columns(lp: LinearProgram, answer: Solution, count: int) -> Bools:
    """Return the columns that stay open: what belongs to fractional decisions, and what costs least to move."""
    x, y, stage = answer.x, answer.row_dual, lp.stages[0]
    assert x is not None
    assert y is not None
    free = lp.lower < lp.upper
    reduced = np.abs(stage.reduced_costs(lp.matrix, y))
    # what is unlimited stays open
    width = np.where(free, lp.upper, 0.0) - np.where(free, lp.lower, 0.0)
    cost = reduced * np.where(np.isfinite(width), width, 0.0)
    cost[~free] = np.inf
    nearest = np.zeros(lp.columns, np.bool_)
    nearest[np.argpartition(cost, min(count, lp.columns - 1))[:count]] = True
    fractional = lp.integer & (np.abs(x - np.rint(x)) > FRACTION)
    nearest |= fractional | (~lp.integer & (cost == 0.0) & free)
    nearest |= _beside(lp, fractional)
    return nearest & free


def _beside(lp: LinearProgram, columns: Bools) -> Bools:
    """Return the columns, those in short rows with them, and those in short rows with these."""
    row, column = lp.matrix.index, lp.matrix.column_of_entry()
    short = np.bincount(row, minlength=lp.rows) <= SHORT_ROW
    kept = short[row]
    row, column = row[kept], column[kept]
    reached = columns.copy()
    for _ in range(2):
        touched = np.zeros(lp.rows, np.bool_)
        touched[row[reached[column]]] = True
        reached[column[touched[row]]] = True
    return reached
