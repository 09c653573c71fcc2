"""What a solver answers: how it ended and what it found, kept apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from budgetopt.formulation.linear_program import Floats, LinearProgram
from budgetopt.formulation.separate_parts import most_integers_of_a_part

__all__ = [
    "ENDED",
    "EXACT",
    "LARGE_GAP",
    "LARGE_SEARCH",
    "NO_BEST",
    "Options",
    "PointStatus",
    "Solution",
    "Termination",
    "better_of",
]

EXACT = 1e-9
"""The gap, as a share of the best value, of a search that is carried to its end."""
LARGE_SEARCH = 250
"""From so many open integer columns on, a search ends at ``LARGE_GAP`` unless another gap is asked for."""
LARGE_GAP = 1e-4
"""The gap of large searches: what lies below it takes most of their time."""


class Termination(StrEnum):
    """Why a solver stopped."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    INFEASIBLE_OR_UNBOUNDED = "infeasible or unbounded"
    TIME_LIMIT = "time limit"
    INTERRUPTED = "interrupted"
    OTHER_LIMIT = "other limit"
    ERROR = "error"


ENDED = frozenset({Termination.OPTIMAL, Termination.INFEASIBLE, Termination.UNBOUNDED})
"""Why a solver stopped where nothing is left to do."""
NO_BEST = frozenset({Termination.INFEASIBLE, Termination.UNBOUNDED, Termination.INFEASIBLE_OR_UNBOUNDED})
"""Why a solver stopped where there is no best plan."""


class PointStatus(StrEnum):
    """What a solver says of its primal or dual point."""

    NONE = "none"
    FEASIBLE = "feasible"


@dataclass(frozen=True, slots=True)
class Options:
    """How to solve.

    Parameters
    ----------
    solver
        ``highs``, or the name of a solver that PuLP knows (``cbc``, ``glpk``, ``gurobi`` ...).
    time_limit
        Seconds after which the best plan found is returned, not proved; None waits.
    gap
        For integer problems, the share of the best value at which to stop. None goes by the size of the problem:
        ``EXACT`` below ``LARGE_SEARCH`` open integer columns in each part that shares nothing with the others,
        ``LARGE_GAP`` from there on.
    threads
        Threads a solver may use; None leaves it to the solver.
    """

    solver: str = "highs"
    time_limit: float | None = None
    gap: float | None = None
    threads: int | None = None

    def gap_for(self, lp: LinearProgram) -> float:
        """Return the gap at which to stop on a problem."""
        if self.gap is not None:
            return self.gap
        if lp.open_integers < LARGE_SEARCH or most_integers_of_a_part(lp) < LARGE_SEARCH:
            return EXACT
        return LARGE_GAP

    def settled_for(self, lp: LinearProgram) -> Options:
        """Return the options with the gap that the size of a problem asks for."""
        return replace(self, gap=self.gap_for(lp))


@dataclass(frozen=True, slots=True)
class Solution:
    """A solver's answer to one stage of a linear program.

    Signs do not depend on the solver or on the direction of the stage: a dual is the change of the stage's value for
    one more unit of a row's limit, and a reduced cost the change for one more unit of a column's limit.

    Parameters
    ----------
    termination
        Why the solver stopped.
    x
        Values of the columns, None without a feasible point; shape (columns,).
    row_dual
        Duals of the rows, None where there are none (integer problems); shape (rows,).
    reduced_cost
        Reduced costs of the columns, None where there are none; shape (columns,).
    objective
        The stage's value at ``x``, with its offset; NaN without a point.
    bound
        The best value that the solver holds possible; NaN if unknown.
    solver
        Name and version of what answered.
    seconds
        Wall-clock seconds of the solve.
    iterations
        Simplex, interior point or branching steps, by the solver's own count.
    """

    termination: Termination
    x: Floats | None = None
    row_dual: Floats | None = None
    reduced_cost: Floats | None = None
    objective: float = math.nan
    bound: float = math.nan
    solver: str = ""
    seconds: float = 0.0
    iterations: int = 0

    @property
    def primal(self) -> PointStatus:
        """Whether there is a point, feasible by the solver's own word."""
        return PointStatus.NONE if self.x is None else PointStatus.FEASIBLE

    @property
    def dual(self) -> PointStatus:
        """Whether there are prices, feasible by the solver's own word."""
        return PointStatus.NONE if self.row_dual is None else PointStatus.FEASIBLE

    @property
    def proved(self) -> bool:
        """Whether the solver calls its point optimal; the certificate says whether it is."""
        return self.termination is Termination.OPTIMAL and self.primal is PointStatus.FEASIBLE


def better_of(first: Solution, second: Solution, *, sign: float) -> Solution:
    """Return the better of two answers to one search, the first if they are as good; with the time of both.

    Parameters
    ----------
    first, second
        The answers, the first one ended; that of the second began when that of the first did.
    sign
        1 if the objective is minimized, -1 if it is maximized.
    """
    if second.termination is Termination.INTERRUPTED:
        return replace(first, termination=second.termination, seconds=second.seconds)
    if second.x is None or first.termination is Termination.UNBOUNDED:
        return replace(first, seconds=second.seconds)
    gain = sign * (first.objective - second.objective)
    is_better = first.x is None or gain > EXACT * abs(second.objective)
    # a second search that did not end leaves a gap, which its bound says
    return replace(second, termination=Termination.OPTIMAL) if is_better else replace(first, seconds=second.seconds)
