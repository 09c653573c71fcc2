"""From a scenario to a proved allocation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.allocation.allocation import Allocation, Status
from budgetopt.allocation.prices import prices_of
from budgetopt.allocation.subject import Subject, scenario_of
from budgetopt.allocation.whole_amounts import WholePlan, whole_plan
from budgetopt.errors import (
    AccuracyError,
    CertificateError,
    InfeasibleError,
    OutOfTimeError,
    SolverError,
    UnboundedError,
)
from budgetopt.formulation import Formulation, formulate
from budgetopt.reading.extreme_figures import refused_if_extreme
from budgetopt.run_log import stage
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed
from budgetopt.solvers import Options, SolverResult, Termination, solve_linear_program

__all__ = ["plan_of", "solve"]

TOO_NEAR = 1e-6
"""The share of the figures of a limit by which an answer may miss it and yet be no fault of a solver."""


def solve(
    scenario: Subject,
    *,
    solver: str = "highs",
    time_limit: float | None = None,
    gap: float | None = None,
    threads: int | None = None,
) -> Allocation:
    """Return the best balanced allocation of a scenario, proved and audited.

    Parameters
    ----------
    scenario
        The scenario, or the path of its folder or file; or a plan of it, to solve it again.
    solver
        ``highs``, or the name of a solver that PuLP knows; see :func:`budgetopt.available_solvers`.
    time_limit
        Seconds after which the best plan found is returned, marked as not proved.
    gap
        For problems with integer decisions: the share of the best value at which to stop. Left out, small problems are
        searched to the end, and those of 250 integer decisions or more to a hundredth of a percent; the plan says so.
    threads
        Threads that the solver may use.

    Raises
    ------
    InfeasibleError
        If no plan can meet every rule.
    UnboundedError
        If nothing limits the gain.
    OutOfTimeError
        If the time ran out, or the run was interrupted, before any plan was found.
    SolverUnavailableError
        If the solver is not installed here.
    SolverError
        If the solver fails.
    CertificateError, AuditError
        If an answer does not pass the proof or the independent audit: a fault of ours or of the solver.
    ScenarioError
        If the scenario cannot be read.
    OptionError
        If it is no scenario, or an option is out of range.
    """
    scenario = scenario_of(scenario, "solve")
    options = Options(solver, time_limit, gap, threads)
    with stage("formulate"):
        formulation = formulate(scenario)
    with refused_if_extreme(scenario):
        with stage("solve"):
            outcome = solve_linear_program(formulation.linear_program, options)
        return allocation_of(scenario, formulation, outcome)


def plan_of(subject: Subject, asker: str) -> Allocation:
    """Return the plan that a question is asked of by a function, solved now if it is a scenario or the path of one."""
    return subject if isinstance(subject, Allocation) else solve(scenario_of(subject, asker))


def allocation_of(
    scenario: Scenario, formulation: Formulation, outcome: SolverResult, whole: WholePlan | None = None
) -> Allocation:
    """Say a solver's outcome in the scenario's words, or raise what it means that there is none.

    ``whole`` is the plan in whole amounts; left out, the outcome is rounded.
    """
    point = outcome.x
    if point is None or outcome.certificate is None:
        raise _no_allocation(outcome)
    optimal = outcome.termination is Termination.OPTIMAL
    if (optimal and not outcome.certificate.passed) or not outcome.certificate.feasible:
        if _is_too_near(outcome):
            raise _too_near(scenario, formulation, outcome)
        failures, solver = ", ".join(outcome.certificate.failures), outcome.solution.solver
        raise CertificateError(
            f"{solver} called its answer {outcome.termination}, and the proof does not hold: {failures}",
            hint="try another solver, and report the scenario",
        )
    if whole is None:
        with stage("round and audit"):
            whole = whole_plan(scenario, formulation, point)
    with stage("prices"):
        prices = prices_of(scenario, formulation, outcome.solution)
    plan = whole.plan
    solution = outcome.solution
    allocation = Allocation(
        scenario=scenario,
        status=Status.OPTIMAL if outcome.proved else Status.BEST_FOUND,
        spending=plan.spending,
        transfers=plan.transfers,
        packages=plan.packages_in(scenario),
        units=plan.units_in(scenario),
        stand_ins=plan.stand_ins_in(scenario),
        rounded_to=whole.unit,
        objective_value=solution.objective,
        bound=outcome.certificate.bound,
        prices=prices,
        audit=whole.audit,
        solver_result=outcome,
        formulation=formulation,
    )
    return replace(allocation, status=Status.BEST_FOUND) if allocation.rounding_matters else allocation


def _is_too_near(outcome: SolverResult) -> bool:
    """Return whether an answer fails only by limits that it misses by little more than rounding leaves."""
    certificate = outcome.certificate
    if certificate is None or not set(certificate.failures) <= {"rows", "bounds"}:
        return False
    return max(certificate.rows.worst, certificate.bounds.worst) <= TOO_NEAR


def _too_near(scenario: Scenario, formulation: Formulation, outcome: SolverResult) -> AccuracyError:
    """Return the error that names the limits between which no plan can be told from none."""
    problem, point, certificate = formulation.linear_program, outcome.x, outcome.certificate
    assert point is not None
    assert certificate is not None
    row = certificate.rows.position
    matrix, activity = problem.matrix, problem.matrix.times(point)
    rough = TOO_NEAR * np.maximum(matrix.sizes(point), 1e-300)
    at_limit = (np.abs(activity - problem.row_lower) <= rough) | (np.abs(activity - problem.row_upper) <= rough)
    shares = np.zeros(problem.rows, dtype=bool)
    mine = np.isin(matrix.column_of_entry(), matrix.column_of_entry()[matrix.index == row])
    shares[matrix.index[mine]] = True
    limit = problem.limit_of_rows
    positions = dict.fromkeys([int(limit[row]), *limit[shares & at_limit].tolist()])
    said = [scenario.limits[at] for at in positions if at >= 0]
    names = [one.phrase.format(*one.owners) for one in said if one.is_demand or len(said) < 3][:4]
    return AccuracyError(
        f"these limits lie too near to one another: {listed(names)}. The best plan that floating-point numbers find "
        f"misses one of them by {certificate.rows.breach:.2g}, and no other is known to keep all",
        hint="change one of their numbers by a thousandth, or drop it",
    )


def _no_allocation(outcome: SolverResult) -> Exception:
    match outcome.termination:
        case Termination.INFEASIBLE | Termination.INFEASIBLE_OR_UNBOUNDED:
            return InfeasibleError(
                "no allocation can meet every rule",
                hint="the floors, reserves and rules ask for more than there is, or contradict each other",
            )
        case Termination.UNBOUNDED:
            return UnboundedError(
                "nothing limits the gain, so there is no best allocation",
                hint="a program that no fund pays for, or a fund without an end, is missing a limit",
            )
        case Termination.TIME_LIMIT | Termination.OTHER_LIMIT:
            return OutOfTimeError("the limit of time ran out before any allocation was found", hint="allow more time")
        case Termination.INTERRUPTED:
            return OutOfTimeError("interrupted before any allocation was found")
        case _:
            return SolverError(f"{outcome.solution.solver} failed: {outcome.termination}")
