"""An ordered list of objectives, each on the plans that are best for those before, ending in one plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.solvers.certificate import Certificate, certify, certify_point
from budgetopt.solvers.checks import Clock, check_options, check_program
from budgetopt.solvers.engine import gap_allowance, solve_stage, without_point
from budgetopt.solvers.faces import fix_integers, on_optimal_face, reduce, with_value_row, within_reach
from budgetopt.solvers.solution import EXACT, Options, Solution, Termination
from budgetopt.solvers.tie_break import is_single_point, next_generic, ties_of

__all__ = ["SolverResult", "StageResult", "solve_linear_program"]

GENERIC_TURNS = 3
CLOSED = 3 * EXACT  # of the size of an objective: what rounding leaves between a value and a bound that meet


@dataclass(frozen=True, slots=True)
class StageResult:
    """One objective, solved.

    Parameters
    ----------
    stage
        The objective.
    program
        What it was solved over: the whole problem with the limits that the stages before it left.
    solution
        The answer, in the columns and rows of ``program``.
    certificate
        The proof over ``program``; None without a plan.
    """

    stage: Stage
    program: LinearProgram
    solution: Solution
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class SolverResult:
    """How a problem with its whole list of objectives ended.

    Parameters
    ----------
    termination
        Why the first objective that did not end optimal stopped, or ``optimal``.
    solution
        The final plan with the first objective's prices and bound: those that price money and rules.
    certificate
        The proof that the final plan is best for the first objective, by those prices; None without a plan.
    stages
        Each objective of the list with its own plan and proof, as far as the sequence came.
    unique
        Whether the plan is shown to be the only one after the tie break.
    held
        For integer problems, the first objective over the linear program that is left when the integer
        decisions are held: its duals price money around this plan. None for linear programs.
    seconds
        Wall-clock seconds of everything.
    """

    termination: Termination
    solution: Solution
    certificate: Certificate | None
    stages: tuple[StageResult, ...]
    unique: bool
    held: StageResult | None
    seconds: float

    @property
    def x(self) -> Floats | None:
        """The final plan; shape (columns,). None without one."""
        return self.solution.x

    @property
    def proved(self) -> bool:
        """Whether every objective ended optimal, every certificate closes, and no search stopped short of its bound."""
        if self.termination is not Termination.OPTIMAL or self.certificate is None or not self.certificate.proved:
            return False
        return all(
            result.certificate is not None
            and result.certificate.proved
            and (result.certificate.gap.worst <= CLOSED or not result.program.is_integer)
            for result in self.stages
        )


def solve_linear_program(lp: LinearProgram, options: Options | None = None) -> SolverResult:
    """Solve a problem's objectives in order, settle ties, and prove the answer.

    Parameters
    ----------
    lp
        The problem.
    options
        The solver, the limit of time for everything, the gap, the threads.

    Raises
    ------
    SolverError
        If the problem holds what is not a number, or the solver breaks.
    SolverUnavailableError
        If the solver asked for is not installed here.
    OptionError
        If an option is out of range.
    """
    options = options or Options()
    check_options(options)
    check_program(lp)
    options = options.settled_for(lp)
    clock = Clock(options.time_limit)
    if lp.is_integer:
        return _solve_integer(lp, options, clock)
    results, face = _in_sequence(lp, lp.stages, options, clock)
    last = results[-1].solution
    if last.termination is not Termination.OPTIMAL:
        return _outcome(lp, results, _best_plan(results), False, None, options, clock)
    x, unique = _settle_ties(lp, face, last.x, options, clock)
    return _outcome(lp, results, x, unique, None, options, clock)


def _in_sequence(
    lp: LinearProgram,
    stages: tuple[Stage, ...],
    options: Options,
    clock: Clock,
    reached: tuple[float, ...] | None = None,
    begin: Floats | None = None,
) -> tuple[list[StageResult], LinearProgram]:
    """Solve stages in order; return their results and the plans that are best for all of them.

    Where the values ``reached`` of the integer problem are given, what a stage may give up is a share of those. Each
    search begins from the plan of the one before, the first from ``begin``, whose columns may be fewer.
    """
    results: list[StageResult] = []
    for place, stage in enumerate(stages):
        stage = replace(stage, cost=stage.cost_for(lp.columns))
        result = _solve_reduced(lp, stage, options, clock, begin, first=place == 0)
        results.append(result)
        begin = result.solution.x if result.solution.x is not None else begin
        if result.solution.termination is not Termination.OPTIMAL:
            break
        lp = _best_plans(lp, stage, result, None if reached is None else reached[place], options, clock)
    return results, lp


def _solve_reduced(
    lp: LinearProgram, stage: Stage, options: Options, clock: Clock, begin: Floats | None, *, first: bool
) -> StageResult:
    held = lp.lower == lp.upper
    if begin is not None:
        begin = np.concatenate((begin, np.full(lp.columns - len(begin), np.nan)))
    if first and not held.any():
        solution = solve_stage(lp, stage, options, clock, begin=begin)
    else:
        left = reduce(lp)
        begin = None if begin is None else begin[left.columns]
        solution = solve_stage(left.lp, left.stage(stage), options, clock, begin=begin)
        if not left.feasible:
            solution = without_point(solution, Termination.INFEASIBLE)
        solution = left.lift(lp, stage, solution)
    certificate = None
    if solution.x is not None:
        certificate = certify(lp, stage, solution, allowance=gap_allowance(lp, solution, options))
    return StageResult(stage, lp, solution, certificate)


def _best_plans(
    lp: LinearProgram, stage: Stage, result: StageResult, reached: float | None, options: Options, clock: Clock
) -> LinearProgram:
    """Return the problem tightened to what a stage leaves to the next ones."""
    solution = result.solution
    best = solution.objective if reached is None else reached
    give_up = stage.within * abs(best)
    if give_up == 0.0 and solution.row_dual is not None:
        return on_optimal_face(lp, stage, solution.row_dual)
    if lp.is_integer or reached is not None:
        give_up += 1e-9 * max(abs(best), float(np.abs(stage.cost).max(initial=0.0)))
    if lp.is_integer:
        lp = _within_reach(lp, stage, best + stage.sign * give_up, options, clock)
    return with_value_row(lp, stage, best, give_up)


def _within_reach(lp: LinearProgram, stage: Stage, value: float, options: Options, clock: Clock) -> LinearProgram:
    """Return an integer problem without what plans of a value cannot do, by the prices of its relaxation."""
    relaxed = lp.relaxed()
    answer = solve_stage(relaxed, stage, options, clock)
    if answer.x is None or answer.row_dual is None:
        return lp
    certificate = certify(relaxed, stage, answer)
    return within_reach(lp, stage, answer.row_dual, certificate.bound, value) if certificate.proved else lp


def _settle_ties(
    lp: LinearProgram, face: LinearProgram, x: Floats | None, options: Options, clock: Clock
) -> tuple[Floats | None, bool]:
    """Return one plan of the face, and whether it is shown to be the only one after the tie break."""
    assert x is not None
    left = reduce(face)
    if not left.feasible:
        return x, False
    if not left.lp.columns or is_single_point(left.lp):
        return x, True
    ties = ties_of(left.lp, left.columns, left.held, lp.tie_break)
    results, last = _in_sequence(ties.lp, ties.stages, options, clock)
    for turn in range(2, 2 + GENERIC_TURNS):
        if results[-1].solution.termination is not Termination.OPTIMAL:
            break
        rest = reduce(last)
        if not rest.lp.columns or is_single_point(rest.lp):
            return _put_back(left.held, left.columns, results[-1].solution.x, ties.columns), True
        generic = next_generic(last, left.columns, len(left.held), turn)
        more, last = _in_sequence(last, (generic,), options, clock)
        results += more
    settled = _best_plan(results)
    if settled is None:
        return x, False
    return _put_back(left.held, left.columns, settled, ties.columns), False


def _put_back(held: Floats, columns: np.ndarray, settled: Floats | None, count: int) -> Floats:
    assert settled is not None
    x = held.copy()
    x[columns] = settled[:count]
    return x


def _best_plan(results: list[StageResult]) -> Floats | None:
    """Return the plan of the last stage that has one."""
    for result in reversed(results):
        if result.solution.x is not None:
            return result.solution.x
    return None


def _outcome(
    lp: LinearProgram,
    results: list[StageResult],
    x: Floats | None,
    unique: bool,
    held: StageResult | None,
    options: Options,
    clock: Clock,
) -> SolverResult:
    first, termination = results[0], results[-1].solution.termination
    if x is None:
        return SolverResult(
            termination, replace(first.solution, x=None), None, tuple(results), False, None, clock.spent
        )
    solution, stage = first.solution, first.stage
    certificate = _prove(lp, stage, x, solution, options)
    if (
        not certificate.proved
        and first.solution.x is not None
        and first.certificate is not None
        and first.certificate.proved
    ):
        # A tie break that a solver answered loosely must not replace a plan that is proved.
        x, unique, certificate = first.solution.x, False, first.certificate
    solution = replace(solution, x=x, objective=stage.value(x))
    return SolverResult(termination, solution, certificate, tuple(results), unique, held, clock.spent)


def _prove(lp: LinearProgram, stage: Stage, x: Floats, solution: Solution, options: Options) -> Certificate:
    allowance = stage.within * abs(solution.objective) + gap_allowance(lp, solution, options)
    return certify_point(lp, stage, x, solution.row_dual, bound=solution.bound, allowance=allowance)


def _solve_integer(lp: LinearProgram, options: Options, clock: Clock) -> SolverResult:
    """Solve an integer problem: its stages and ties choose the integer decisions, then a sequence settles the rest.

    Only a search that is carried to its end settles ties of integer decisions: short of it, what ties is not known.
    """
    results, rest = _in_sequence(lp, lp.stages, options, clock)
    x = _best_plan(results)
    if x is None:
        return _outcome(lp, results, None, False, None, options, clock)
    chosen = [x]
    settled = False
    if results[-1].solution.termination is Termination.OPTIMAL and options.gap_for(lp) <= EXACT:
        ties = ties_of(rest, np.arange(rest.columns), np.zeros(rest.columns), lp.tie_break)
        more, _ = _in_sequence(ties.lp, ties.stages, options, clock, begin=x)
        plan = _best_plan(more)
        settled = more[-1].solution.termination is Termination.OPTIMAL
        if plan is not None:
            chosen.insert(0, plan[: lp.columns])
    for plan in chosen:
        settled_plan = _around(lp, plan, results, options)
        if settled_plan is not None:
            x, unique, held = settled_plan
            outcome = _outcome(lp, results, x, unique and settled, held, options, clock)
            if outcome.certificate is not None and outcome.certificate.feasible:
                return outcome
    return _outcome(lp, results, x, False, None, options, clock)


def _around(
    lp: LinearProgram, plan: Floats, results: list[StageResult], options: Options
) -> tuple[Floats, bool, StageResult] | None:
    """Hold a plan's integer decisions and settle all else; None if that loses what the integer search had reached."""
    fixed = fix_integers(lp, plan)
    waiting = Clock(None)
    values = tuple(result.solution.objective for result in results)
    again, face = _in_sequence(fixed, lp.stages[: len(results)], options, waiting, values)
    first = again[0].solution
    if first.x is None or again[-1].solution.termination is not Termination.OPTIMAL:
        return None
    reached = results[0].solution.objective
    give_up = lp.stages[0].within * abs(reached) + 2e-9 * max(
        abs(reached), float(np.abs(lp.stages[0].cost).max(initial=0.0))
    )
    if lp.stages[0].sign * (first.objective - reached) > give_up:
        return None
    x, unique = _settle_ties(fixed, face, again[-1].solution.x, options, waiting)
    assert x is not None
    return x, unique, again[0]
