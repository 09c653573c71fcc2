"""What every solver must be spared: problems that are not well formed, which some of them answer as optimal."""

from __future__ import annotations

import time

import numpy as np

from budgetopt.errors import OptionError, SolverError
from budgetopt.formulation.linear_program import Floats, Ints, LinearProgram, Stage
from budgetopt.solvers.solution import Options

__all__ = [
    "Clock", "check_coefficients", "check_costs", "check_limits", "check_options", "check_places", "check_program",
    "has_narrow", "limits_of", "narrowest",
]  # fmt: skip

NARROW = 1e-6
"""The share of its size below which the range of a column or row is narrow: HiGHS's presolve divides by it, and may
then take a decision for infeasible by rounding."""
ONE_NUMBER = 1e-11
"""The share of its size within which both limits of a range are one number, but for rounding."""
MOST_RESERVED = 0.2
"""The share of a limit that is kept at most for what follows a search."""


def check_options(options: Options) -> None:
    """Raise OptionError for options out of range."""
    if options.time_limit is not None and not options.time_limit > 0:
        raise OptionError(
            f"the time limit is {options.time_limit} seconds", hint="give a number of seconds above 0, or none"
        )
    if options.gap is not None and not 0 <= options.gap < 1:
        raise OptionError(
            f"the gap is {options.gap}", hint="give a share from 0 to below 1, such as 0.001 for a tenth of a percent"
        )
    if options.threads is not None and options.threads < 1:
        raise OptionError(f"the number of threads is {options.threads}", hint="give at least 1, or none")


def check_costs(cost: Floats, columns: int, label: str) -> None:
    """Raise SolverError for costs that are not numbers, which HiGHS would answer as optimal."""
    if cost.shape != (columns,):
        raise SolverError(f"the objective {label!r} has {cost.shape} coefficients for {columns} columns")
    if not np.isfinite(cost).all():
        worst = int(np.flatnonzero(~np.isfinite(cost))[0])
        raise SolverError(f"the objective {label!r} has the coefficient {cost[worst]} in column {worst}")


def check_limits(lower: Floats, upper: Floats, what: str) -> None:
    """Raise SolverError for limits that are not numbers or that lie at the wrong infinity."""
    wrong = np.isnan(lower) | np.isnan(upper) | (lower == np.inf) | (upper == -np.inf)
    if wrong.any():
        worst = int(np.flatnonzero(wrong)[0])
        raise SolverError(f"{what} {worst} has the limits {lower[worst]} and {upper[worst]}")


def limits_of(places: Ints, lower: Floats, upper: Floats, what: str) -> tuple[Ints, Floats, Floats]:
    """Return positions and their limits as arrays of one shape; raise SolverError for what is no limit."""
    places = np.atleast_1d(np.asarray(places, np.int64))
    lower, upper = (np.broadcast_to(np.asarray(side, np.float64), places.shape) for side in (lower, upper))
    check_limits(lower, upper, what)
    return places, lower, upper


def check_places(row: Ints, column: Ints, rows: int, columns: int) -> None:
    """Raise SolverError for places in a matrix, shape (entries,) both, that are none of so many rows and columns."""
    beyond = (row < 0).any() or (row >= rows).any() or (column < 0).any() or (column >= columns).any()
    if row.shape != column.shape or beyond:
        raise SolverError(f"changed entries must lie within {rows} rows and {columns} columns")


def check_coefficients(value: Floats) -> None:
    """Raise SolverError for entries of a matrix that are not finite numbers."""
    if not np.isfinite(value).all():
        raise SolverError("the matrix has an entry that is not a finite number")


def check_program(lp: LinearProgram) -> None:
    """Raise SolverError for a problem whose arrays do not fit together or hold what is not a number."""
    matrix = lp.matrix
    shapes = (lp.lower, lp.upper, lp.integer), (lp.row_lower, lp.row_upper)
    for arrays, length in zip(shapes, (matrix.columns, matrix.rows), strict=True):
        if any(array.shape != (length,) for array in arrays):
            raise SolverError(f"limits of shapes {[array.shape for array in arrays]} for {length} rows or columns")
    if len(matrix.starts) != matrix.columns + 1 or len(matrix.index) != len(matrix.value):
        raise SolverError("the matrix's arrays do not fit together")
    check_coefficients(matrix.value)
    if not lp.stages:
        raise SolverError("the problem has no objective")
    check_limits(lp.lower, lp.upper, "column")
    check_limits(lp.row_lower, lp.row_upper, "row")
    for stage in lp.stages:
        check_stage(stage, lp.columns)


def check_stage(stage: Stage, columns: int) -> None:
    """Raise SolverError for an objective that is not well formed."""
    check_costs(stage.cost, columns, stage.label)
    if not np.isfinite(stage.offset) or not 0 <= stage.within < np.inf:
        raise SolverError(f"the objective {stage.label!r} has the offset {stage.offset} and gives up {stage.within}")


def narrowest(lower: Floats, upper: Floats) -> Floats:
    """Return how wide the range of each column or row has to be not to be narrow; of the shape of the limits."""
    sizes = [np.where(np.isfinite(limit), np.abs(limit), 0.0) for limit in (lower, upper)]
    return NARROW * np.maximum(np.maximum(*sizes), 1.0)


def has_narrow(*limits: tuple[Floats, Floats]) -> bool:
    """Return whether the range of some column or row is narrow: its limits differ, by hardly anything."""
    for low, high in limits:
        least = narrowest(low, high)
        if ((low + ONE_NUMBER / NARROW * least < high) & (high < low + least)).any():
            return True
    return False


class Clock:
    """The time left of a limit that several solves share.

    Parameters
    ----------
    limit
        Seconds from now; None waits.
    """

    def __init__(self, limit: float | None) -> None:
        self._start = time.perf_counter()
        self._limit = limit

    def ending_before(self, seconds: float) -> Clock:
        """Return the same clock with so many seconds less in its limit, and no more than a share of it."""
        other = Clock(self._limit)
        other._start = self._start
        if self._limit is not None:
            other._limit = self._limit - min(seconds, MOST_RESERVED * self._limit)
        return other

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float | None:
        """Seconds left, at least a little; None without a limit."""
        return None if self._limit is None else max(self._limit - self.spent, 1e-3)

    @property
    def over(self) -> bool:
        """Whether the limit has passed."""
        return self._limit is not None and self.spent >= self._limit
