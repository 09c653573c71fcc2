"""What a solver answers: how it ended, and what it holds in its hands, kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from budgetopt.formulation.linear_program import Floats

__all__ = ["Options", "PointStatus", "Solution", "Termination"]


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


class PointStatus(StrEnum):
    """What a primal or dual point is worth."""

    NONE = "none"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


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
        For integer problems, the share of the best value at which to stop.
    threads
        Threads a solver may use; None leaves it to the solver.
    """

    solver: str = "highs"
    time_limit: float | None = None
    gap: float = 1e-9
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """A solver's answer to one stage of a linear program.

    Signs do not depend on the solver or on the direction of the stage: a dual is the change of the stage's value for
    one more unit of a row's limit, and a reduced cost the change for one more unit of a column's limit.

    Parameters
    ----------
    termination
        Why the solver stopped.
    primal, dual
        What the points are worth, by the solver's own word.
    x
        Values of the columns, None without a point; shape (columns,).
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
    primal: PointStatus
    dual: PointStatus
    x: Floats | None
    row_dual: Floats | None
    reduced_cost: Floats | None
    objective: float
    bound: float
    solver: str
    seconds: float = 0.0
    iterations: int = 0

    @property
    def proved(self) -> bool:
        """Whether the solver calls its point optimal; the certificate says whether it is."""
        return self.termination is Termination.OPTIMAL and self.primal is PointStatus.FEASIBLE
