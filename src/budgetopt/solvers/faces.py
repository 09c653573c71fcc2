"""The plans that are all equally good for one objective, as a smaller problem for the next.

By complementary slackness a plan of a linear program is optimal if and only if each column with a reduced cost stays
at the limit that the reduced cost names, and each row with a dual at the limit that the dual names, whichever optimal
duals are at hand (Goldman and Tucker 1956). Holding them there describes the optimal face exactly, without a row that
repeats the objective, and what the stage proved stays true for every plan on the face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Stage
from budgetopt.solvers.certificate import scale_of_reduced_costs, supported
from budgetopt.solvers.checks import narrowest
from budgetopt.solvers.solution import Solution

__all__ = ["Reduced", "fix_integers", "on_optimal_face", "reduce", "with_value_row"]

CLEAR = 1e-10  # relative size from which a price or reduced cost is taken for other than zero
SAFE = 1e-8  # relative allowance for rounding where limits are tightened
INTEGRAL = 1e-6  # how far an integer value may be off
ROUNDING = 1e-13  # of a row's turnover: what rounding leaves of a limit that is used up


def on_optimal_face(lp: LinearProgram, stage: Stage, row_dual: Floats) -> LinearProgram:
    """Return the problem with its limits tightened to the plans that are optimal for a stage.

    Parameters
    ----------
    lp
        The problem that the stage was solved over.
    stage
        The stage.
    row_dual
        Optimal duals of the rows for it; shape (rows,).
    """
    reduced = stage.sign * stage.reduced_costs(lp.matrix, row_dual)
    clear = np.abs(reduced) > CLEAR * scale_of_reduced_costs(lp, stage.cost, row_dual)
    at_lower = clear & (reduced > 0) & np.isfinite(lp.lower)
    at_upper = clear & (reduced < 0) & np.isfinite(lp.upper)
    upper = np.where(at_lower, lp.lower, lp.upper)
    lower = np.where(at_upper, lp.upper, lp.lower)
    price = stage.sign * row_dual
    priced = np.abs(price) * lp.matrix.largest_by_row() > CLEAR * max(
        float(np.abs(stage.cost).max(initial=0.0)), 1e-300
    )
    low = priced & (price > 0) & np.isfinite(lp.row_lower)
    high = priced & (price < 0) & np.isfinite(lp.row_upper)
    row_upper = np.where(low, lp.row_lower, lp.row_upper)
    row_lower = np.where(high, lp.row_upper, lp.row_lower)
    return replace(lp, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper)


def within_reach(lp: LinearProgram, stage: Stage, row_dual: Floats, bound: float, value: float) -> LinearProgram:
    """Return an integer problem without what no plan of at least a given value can do.

    Prices of the relaxation bound every plan; one that moves a column away from the limit that
    its reduced cost names loses as much for each unit. What a plan of the value may lose limits the move (reduced-cost
    fixing: Crowder, Johnson and Padberg 1983).

    Parameters
    ----------
    lp, stage
        The problem and the objective.
    row_dual
        Prices of its rows, optimal for the relaxation; shape (rows,).
    bound
        What these prices prove that no plan can better.
    value
        The value that plans are to have at least, or at most if the objective is minimized.
    """
    reduced = stage.sign * stage.reduced_costs(lp.matrix, row_dual)
    size = scale_of_reduced_costs(lp, stage.cost, row_dual)
    clear = np.abs(reduced) > CLEAR * size
    loss = max(stage.sign * (value - bound), 0.0) + SAFE * max(abs(value), abs(bound))
    reach = np.zeros(lp.columns)
    np.divide(loss, np.abs(reduced), out=reach, where=clear)
    # in a narrow range it could not be simplified, and no solver be trusted
    amounts = np.maximum(reach * (1.0 + SAFE), 2.0 * narrowest(lp.lower, lp.upper))
    reach = np.where(lp.integer, np.floor(reach + INTEGRAL), amounts)
    lower, upper = lp.lower.copy(), lp.upper.copy()
    from_lower = np.flatnonzero(clear & (reduced > 0) & np.isfinite(lower))
    from_upper = np.flatnonzero(clear & (reduced < 0) & np.isfinite(upper))
    upper[from_lower] = np.minimum(lp.upper[from_lower], lp.lower[from_lower] + reach[from_lower])
    lower[from_upper] = np.maximum(lp.lower[from_upper], lp.upper[from_upper] - reach[from_upper])
    return replace(lp, lower=lower, upper=upper)


def with_value_row(lp: LinearProgram, stage: Stage, best: float, give_up: float) -> LinearProgram:
    """Return the problem with one more row: a stage's value stays within ``give_up`` of its best, in its units."""
    used = np.flatnonzero(stage.cost).astype(np.int64)
    target = best - stage.offset
    limits = (target - give_up, np.inf) if stage.maximize else (-np.inf, target + give_up)
    entries = (np.full(len(used), lp.rows), used, stage.cost[used])
    return lp.with_more_rows(f"value of {stage.label}", np.array(limits[:1]), np.array(limits[1:]), entries)


def fix_integers(lp: LinearProgram, x: Floats) -> LinearProgram:
    """Return the linear program that remains when each integer column is held at its value in ``x``.

    Its duals price money and rules around that plan: what one more unit is worth while those decisions stand.
    """
    value = np.clip(np.rint(x), lp.lower, lp.upper)
    lower = np.where(lp.integer, value, lp.lower)
    upper = np.where(lp.integer, value, lp.upper)
    return replace(lp.relaxed(), lower=lower, upper=upper)


@dataclass(frozen=True, slots=True)
class Reduced:
    """A problem without its held columns and without the rows that they alone enter.

    Parameters
    ----------
    lp
        What is left; its stages are empty, and so is its tie break.
    columns, rows
        Where its columns and rows stand in the whole problem.
    held
        The whole problem's columns at their held values, zero where free; shape (whole columns,).
    feasible
        Whether the rows left out are met by the held columns.
    """

    lp: LinearProgram
    columns: Ints
    rows: Ints
    held: Floats
    feasible: bool

    def stage(self, stage: Stage) -> Stage:
        """Return a stage of the whole problem for what is left of it."""
        return replace(stage, cost=stage.cost[self.columns], offset=stage.offset + float(stage.cost @ self.held))

    def lift(self, whole: LinearProgram, stage: Stage, solution: Solution) -> Solution:
        """Return a solution of what is left as one of the whole problem."""
        x = row_dual = reduced_cost = None
        objective = solution.objective
        if solution.x is not None:
            x = self.held.copy()
            x[self.columns] = solution.x
            objective = stage.value(x)
        if solution.row_dual is not None:
            row_dual = np.zeros(whole.rows)
            # a wrong sign by as little as a rounding counts more in the whole, where rows have larger coefficients
            sides = whole.row_lower[self.rows], whole.row_upper[self.rows]
            row_dual[self.rows] = stage.sign * supported(stage.sign * solution.row_dual, *sides)[0]
            reduced_cost = stage.reduced_costs(whole.matrix, row_dual)
        return replace(solution, x=x, row_dual=row_dual, reduced_cost=reduced_cost, objective=objective)


def reduce(lp: LinearProgram) -> Reduced:
    """Return the problem without its held columns (lower limit equal to upper) and without rows that are left empty."""
    free = lp.lower < lp.upper
    columns = np.flatnonzero(free)
    held = np.where(free, 0.0, lp.lower)
    part = lp.matrix.take_columns(columns)
    used = np.zeros(lp.rows, np.bool_)
    used[part.index] = True
    limited = np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper)
    rows = np.flatnonzero(used & limited)
    activity = lp.matrix.times(held)
    turnover = np.maximum(lp.matrix.sizes(held), 1.0)
    breach = np.maximum(lp.row_lower - activity, activity - lp.row_upper)
    crossed = lp.lower > lp.upper + 1e-9 * np.maximum(np.abs(lp.lower), 1.0)
    feasible = bool((breach[~used] <= 1e-9 * turnover[~used]).all()) and not crossed.any()
    whole = held[lp.integer & ~free]
    feasible = feasible and bool((np.abs(whole - np.rint(whole)) <= INTEGRAL).all())
    left = replace(
        lp,
        matrix=part.take_rows(rows),
        row_lower=_less(lp.row_lower[rows], activity[rows], turnover[rows]),
        row_upper=_less(lp.row_upper[rows], activity[rows], turnover[rows]),
        lower=lp.lower[columns],
        upper=lp.upper[columns],
        integer=lp.integer[columns],
        stages=(),
        column_labels=_positions("column", columns),
        row_labels=_positions("row", rows),
        tie_break=None,
    )
    return Reduced(left, columns, rows, held, feasible)


def _less(limit: Floats, activity: Floats, turnover: Floats) -> Floats:
    """Return what the held columns leave of a limit, with what rounding leaves taken for zero."""
    rest = limit - activity
    return np.where(np.abs(rest) <= ROUNDING * np.maximum(turnover, np.abs(activity)), 0.0, rest)


def _positions(kind: str, positions: Ints) -> Labels:
    return Labels((Block(kind, 0, len(positions), {"position": positions}),))
