"""Whether any point of a problem keeps all of its rows."""

from __future__ import annotations

from dataclasses import replace

from budgetopt.analysis.alterations import without_objective
from budgetopt.formulation import LinearProgram
from budgetopt.solvers import Options, PointStatus, Termination
from budgetopt.solvers.highs import LiveModel

__all__ = ["has_point"]


def has_point(problem: LinearProgram, time_limit: float | None = None) -> bool | None:
    """Return whether any point is feasible; None if the time ran out."""
    # a linear program is solved faster with its objective than without one; a search ends with the first plan
    asked = without_objective(problem) if problem.is_integer else replace(problem, tie_break=None)
    answer = LiveModel(asked, Options(time_limit=time_limit)).solve()
    if answer.primal is PointStatus.FEASIBLE or answer.termination is Termination.UNBOUNDED:
        return True
    return False if answer.termination is Termination.INFEASIBLE else None
