"""Whether any point of a problem keeps all of its rows, and whether a repaired scenario has a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.errors import ScenarioError
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, PointStatus, Termination
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.highs import LiveModel

if TYPE_CHECKING:
    from budgetopt.analysis.infeasibility.repair import Repair

__all__ = ["has_point", "works"]


def has_point(problem: LinearProgram, time_limit: float | None = None) -> bool | None:
    """Return whether any point is feasible; None if the time ran out."""
    options = Options(time_limit=time_limit)
    # a linear program is solved faster with its objective than without one; a search ends with the first plan
    if problem.is_integer:  # no mutant: the answer is the same
        from budgetopt.analysis.live_problem.alterations import without_objective

        answer = LiveModel(without_objective(problem), options).solve()
    else:
        answer = solve_stage(problem, problem.stages[0], options)
    if answer.primal is PointStatus.FEASIBLE or answer.termination is Termination.UNBOUNDED:
        return True
    return False if answer.termination is Termination.INFEASIBLE else None


def works(scenario: Scenario, repair: Repair) -> bool:
    """Return whether the repaired scenario has a plan; a share of nothing, for one, can be no larger."""
    if not repair.amendments:
        return False
    try:
        problem = formulate(repair.apply(scenario)).linear_program
    except ScenarioError:
        return False
    return bool(has_point(problem))
