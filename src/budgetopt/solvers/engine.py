"""One objective over one problem: chooses the engine, holds integers, and refines an answer until it is proved."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

import numpy as np

from budgetopt.formulation.linear_program import (
    Bools,
    Floats,
    LinearProgram,
    Matrix,
    Stage,
    best_values,
    resting,
)
from budgetopt.solvers.certificate import Certificate, certify
from budgetopt.solvers.checks import Clock, check_options
from budgetopt.solvers.faces import Reduced, fix_integers, reduce
from budgetopt.solvers.from_relaxation import solve_from_relaxation
from budgetopt.solvers.in_parts import solve_in_parts
from budgetopt.solvers.solution import EXACT, NO_BEST, Options, Solution, Termination

__all__ = ["available_solvers", "gap_allowance", "solve_stage", "without_point"]

LEAST_COLUMNS = 20_000  # from which the price-guided solve is tried first
REFINEMENTS = 3
LARGEST_MAGNIFICATION = 2.0**30
HUGE_SEARCH = 5_000  # from so many open integer columns on, a limit of time is divided
FIRST_PART = 0.5  # the share of it for the search of the whole, if that has found a plan by then
COMPARED = 1.0  # so many seconds HiGHS looks for a better plan than another solver's
ROUGH = 1e-6  # the share by which solvers let points breach limits


def available_solvers() -> tuple[str, ...]:
    """Return the names of the solvers that can be used here, HiGHS first."""
    from budgetopt.solvers.pulp_adapter import available_through_pulp

    return ("highs", *available_through_pulp())


def gap_allowance(lp: LinearProgram, solution: Solution, options: Options) -> float:
    """Return how far an integer plan may stay from its bound, in the stage's units; 0 for linear programs."""
    if not lp.is_integer or not np.isfinite(solution.objective):
        return 0.0
    return options.gap_for(lp) * abs(solution.objective) + 1e-9


def solve_stage(
    lp: LinearProgram,
    stage: Stage,
    options: Options | None = None,
    clock: Clock | None = None,
    *,
    begin: Floats | None = None,
    relaxed: Solution | None = None,
    once: bool = False,
) -> Solution:
    """Solve one objective over a problem, whatever the engine.

    Parameters
    ----------
    lp
        The problem; its own stages are not looked at.
    stage
        The objective.
    options, clock
        How to solve, and a limit of time shared with other solves; ``options.time_limit`` from now if left out.
    begin, relaxed
        A plan whose integer decisions a search may begin from, NaN where they are open, shape (columns,), at which
        solvers through PuLP do not look; and the answer without the integer conditions, where it is known.
    once
        Whether a small search is not made a second time, for what no value rests on.

    Raises
    ------
    SolverError
        If the problem holds what is not a number, or the engine breaks.
    SolverUnavailableError
        If ``options.solver`` is not installed here.
    """
    options = options or Options()
    check_options(options)
    options = options.settled_for(lp)
    clock = clock or Clock(options.time_limit)
    start = time.perf_counter()
    alone = replace(lp, stages=(stage,), tie_break=None)
    empty = np.bincount(lp.matrix.index, minlength=lp.rows) == 0
    unlimited = np.isneginf(lp.row_lower) & np.isposinf(lp.row_upper)
    if not lp.columns or (empty | unlimited).all() or _contradicted(lp, empty):
        solution = _trivial(alone, empty)
    else:
        by_prices = _by_prices(alone, options, clock)
        if by_prices is not None:
            return replace(by_prices, seconds=time.perf_counter() - start)
        searched = partial(_search, once=once)
        by_parts = solve_in_parts(alone, options, clock, begin, searched)
        solution = searched(alone, options, clock, begin, relaxed) if by_parts is None else by_parts
    if solution.row_dual is not None and not stage.cost.any():
        # without an objective every plan is best, and no row has a price
        solution = replace(solution, row_dual=np.zeros(lp.rows), reduced_cost=np.zeros(lp.columns))
    solution = _settled(alone, solution, options, clock)
    if options.solver.casefold() != "highs":
        solution = _checked(alone, solution, options, clock)
    return replace(solution, seconds=time.perf_counter() - start)


def _settled(lp: LinearProgram, solution: Solution, options: Options, clock: Clock) -> Solution:
    """Return an answer with its integers rounded, or corrected until its certificate closes."""
    if solution.x is not None and lp.is_integer:
        return _settle_integers(lp, solution, options)
    if solution.termination is Termination.OPTIMAL and solution.row_dual is not None:
        return _refine(lp, solution, options, clock)
    return solution


def _checked(lp: LinearProgram, solution: Solution, options: Options, clock: Clock) -> Solution:
    """Return the answer of another solver than HiGHS, or that of HiGHS where it shows that the other is wrong."""
    if _is_doubtful(lp, solution):
        again = _settled(lp, _solve(lp, replace(options, solver="highs"), clock), options, clock)
        # CBC has called a plan of an unbounded problem the best one, without a proof: HiGHS denies that there is a best
        is_denied = solution.termination is Termination.OPTIMAL and again.termination in NO_BEST
        if is_denied or _is_right(lp, again):
            return replace(again, solver=solution.solver)
    elif lp.is_integer and solution.termination is Termination.OPTIMAL:
        return _compared(lp, solution, options, clock)
    return solution


def _is_doubtful(lp: LinearProgram, solution: Solution) -> bool:
    """Return whether another solver than HiGHS may be wrong: it says that there is no best plan, or proves nothing.

    Some solvers write fewer digits than a proof needs, and some find no plan, or no end, where there is a best one. The
    proof says which answer is right, not the solver.
    """
    if solution.termination is not Termination.OPTIMAL:
        return solution.termination in NO_BEST
    return solution.row_dual is not None and not certify(lp, lp.stages[0], solution).proved


def _compared(lp: LinearProgram, solution: Solution, options: Options, clock: Clock) -> Solution:
    """Return the plan that another solver than HiGHS calls best, or the one that HiGHS soon finds to be better.

    That a plan of integer decisions is the best is a solver's word, and CBC is wrong of some small problems. What
    HiGHS soon proves that no plan can better bounds it, too.
    """
    soon = COMPARED if clock.left is None else min(COMPARED, clock.left)
    again = _settled(lp, _solve(lp, replace(options, solver="highs"), Clock(soon)), options, clock)
    if again.x is None or not certify(lp, lp.stages[0], again).feasible:
        return solution
    sign, value = lp.stages[0].sign, solution.objective
    if sign * (value - again.objective) > max(options.gap_for(lp), EXACT) * abs(value):
        return replace(again, solver=solution.solver)
    beyond = np.nanmin([sign * (value - solution.bound), sign * (value - again.bound)])
    return replace(solution, bound=value - sign * max(float(beyond), 0.0))


def _is_right(lp: LinearProgram, solution: Solution) -> bool:
    """Return whether an answer is proved by its prices, or is a whole plan within the limits that a search ended at."""
    if solution.termination is not Termination.OPTIMAL or solution.x is None:
        return False
    certificate = certify(lp, lp.stages[0], solution)
    return certificate.feasible if lp.is_integer else solution.row_dual is not None and certificate.proved


def _by_prices(lp: LinearProgram, options: Options, clock: Clock) -> Solution | None:
    """Solve a large linear program by the prices of its shared rows; None where that is not the way."""
    if options.solver.casefold() != "highs" or lp.is_integer or lp.columns < LEAST_COLUMNS:
        return None
    from budgetopt.solvers.price_guided import solve_by_prices

    solution = solve_by_prices(lp, lp.stages[0], options, clock)
    if solution is not None and solution.termination is Termination.OPTIMAL:
        return solution if certify(lp, lp.stages[0], solution).proved else None
    return solution


def _search(
    lp: LinearProgram,
    options: Options,
    clock: Clock,
    begin: Floats | None = None,
    known: Solution | None = None,
    once: bool = False,
) -> Solution:
    """Solve one objective; a large integer problem from its relaxation, where that leads to a plan."""

    def relax(relaxed: LinearProgram) -> Solution:
        if known is not None:
            return known
        return solve_stage(relaxed, relaxed.stages[0], replace(options, time_limit=clock.left), clock)

    solve = partial(_solve, once=once)
    near = solve_from_relaxation(lp, options, clock, begin, relax, solve)
    return solve(lp, options, clock, begin) if near is None else near


def _solve(
    lp: LinearProgram, options: Options, clock: Clock, begin: Floats | None = None, *, once: bool = False
) -> Solution:
    options = replace(options, time_limit=clock.left)
    if options.solver.casefold() == "highs":
        from budgetopt.solvers.branching import search
        from budgetopt.solvers.highs import LiveModel

        model = LiveModel(lp, options)
        is_huge = lp.open_integers >= HUGE_SEARCH
        if is_huge and options.time_limit is not None:
            model.set_patience(FIRST_PART * options.time_limit)
        if begin is not None and lp.is_integer:
            model.set_start(begin)
        solution = model.solve_once() if once else search(lp, model, options)
        return _improved(lp, solution, options, clock) if is_huge else solution
    from budgetopt.solvers.pulp_adapter import solve_with_pulp

    # Columns that no limited row holds are settled here: some solvers overlook that such a column may be unbounded.
    stage, left, unbounded = lp.stages[0], *_without_loose(lp)
    part = replace(left.lp, stages=(left.stage(stage),))
    nothing = _trivial(part, np.ones(part.rows, np.bool_))
    solution = left.lift(lp, stage, solve_with_pulp(part, part.stages[0], options) if part.columns else nothing)
    ending = solution.termination
    if not left.feasible:
        ending = Termination.INFEASIBLE
    elif unbounded and ending is Termination.OPTIMAL:
        ending = Termination.UNBOUNDED
    return solution if ending is solution.termination else without_point(solution, ending)


def _improved(lp: LinearProgram, solution: Solution, options: Options, clock: Clock) -> Solution:
    """Spend the rest of the time of a search that did not end near the plan that it found."""
    if solution.termination is not Termination.TIME_LIMIT or solution.x is None or clock.over:
        return solution
    from budgetopt.solvers.neighborhood import better_nearby

    x, stage = better_nearby(lp, solution.x, options, clock), lp.stages[0]
    return replace(solution, x=x, objective=stage.value(x))


def without_point(solution: Solution, ending: Termination) -> Solution:
    """Return a solution with another ending and without its point."""
    return Solution(ending, solver=solution.solver, seconds=solution.seconds, iterations=solution.iterations)


def _without_loose(lp: LinearProgram) -> tuple[Reduced, bool]:
    """Return the problem with columns that no limited row holds at their best, and whether one of them is unbounded."""
    limited = np.isfinite(lp.row_lower) | np.isfinite(lp.row_upper)
    held = np.zeros(lp.columns, np.bool_)
    held[lp.matrix.column_of_entry()[limited[lp.matrix.index]]] = True
    whole = lp.integer
    lower = np.where(whole, np.ceil(lp.lower), lp.lower)
    upper = np.where(whole, np.floor(lp.upper), lp.upper)
    stage = lp.stages[0]
    best = best_values(stage.sign * stage.cost, lower, upper)
    loose = ~held & (lower <= upper)
    unbounded = loose & ~np.isfinite(best)
    at = np.where(unbounded, resting(lower, upper), best)
    settled = replace(lp, lower=np.where(loose, at, lp.lower), upper=np.where(loose, at, lp.upper))
    return reduce(settled), bool(unbounded.any())


def _settle_integers(lp: LinearProgram, solution: Solution, options: Options) -> Solution:
    """Round integer columns and solve again for the others, so that the plan is exact and not integral up to 1e-6."""
    assert solution.x is not None
    rest = replace(options, time_limit=None)
    settled = solve_stage(fix_integers(lp, solution.x), lp.stages[0], rest, Clock(None))
    if settled.termination is not Termination.OPTIMAL or settled.x is None:
        return solution
    # A solver's point is rough, and a bound that is the value of that point is as rough: it moves with the point. A
    # move that is more than that shows that the bound was wrong, and then the certificate is to say so.
    stage, bound = lp.stages[0], solution.bound
    move = settled.objective - bound
    is_better = stage.sign * move < 0
    small = abs(move) <= ROUGH * float(np.abs(stage.cost) @ np.abs(settled.x))
    if small and (is_better or bound == solution.objective):
        bound = settled.objective
    return replace(solution, x=settled.x, objective=settled.objective, bound=bound)


def _refine(lp: LinearProgram, solution: Solution, options: Options, clock: Clock) -> Solution:
    """Correct an answer until its certificate closes: iterative refinement of linear programs.

    What the answer leaves of the limits and of the costs is magnified and solved as a problem of its own, whose answer
    is the correction (Gleixner, Steffy and Wolter, INFORMS Journal on Computing 28, 2016).
    """
    stage = lp.stages[0]
    certificate = certify(lp, stage, solution)
    for _ in range(REFINEMENTS):
        if certificate.proved or clock.over:
            break
        corrected = _corrected(lp, solution, certificate, options, clock)
        if corrected is None:
            break
        if corrected.termination is Termination.INFEASIBLE:
            # magnified, what a tolerance let through is seen: no plan keeps every limit
            told_apart = certificate.primal_violation > ROUGH
            return without_point(solution, Termination.INFEASIBLE) if told_apart else solution
        if corrected.termination is Termination.UNBOUNDED:
            # from a plan that keeps every limit, the gain is unbounded: the answer was no optimum
            return without_point(solution, Termination.UNBOUNDED) if certificate.feasible else solution
        checked = certify(lp, stage, corrected)
        if _worst(checked) >= _worst(certificate):
            break
        solution, certificate = corrected, checked
    return solution


def _worst(certificate: Certificate) -> float:
    return max(certificate.primal_violation, certificate.dual_violation or 0.0, certificate.gap.worst)


def _corrected(
    lp: LinearProgram, solution: Solution, certificate: Certificate, options: Options, clock: Clock
) -> Solution | None:
    stage, x, y = lp.stages[0], solution.x, solution.row_dual
    assert x is not None
    assert y is not None
    primal = _magnification(max(certificate.rows.breach, certificate.bounds.breach))
    reduced = stage.reduced_costs(lp.matrix, y)
    dual = _magnification(max(certificate.dual_violation or 0.0, certificate.gap.worst))
    activity = lp.matrix.times(x)
    # what each row adds up to is a column of its own, so that a row's price counts in what a correction costs
    level = np.clip(activity, lp.row_lower, lp.row_upper)
    still = primal * (level - activity)
    magnified = replace(
        lp,
        matrix=_with_levels(lp.matrix),
        row_lower=still,
        row_upper=still,
        lower=primal * np.concatenate((lp.lower - x, lp.row_lower - level)),
        upper=primal * np.concatenate((lp.upper - x, lp.row_upper - level)),
        integer=np.concatenate((lp.integer, np.zeros(lp.rows, dtype=bool))),
        stages=(replace(stage, cost=dual * np.concatenate((reduced, y)), offset=0.0),),
    )
    step = _solve(magnified, options, clock)
    if step.termination in (Termination.UNBOUNDED, Termination.INFEASIBLE):
        return step
    if step.termination is not Termination.OPTIMAL or step.x is None or step.row_dual is None:
        return None
    x = np.clip(x + step.x[: lp.columns] / primal, lp.lower, lp.upper)
    y = y + step.row_dual / dual
    iterations = solution.iterations + step.iterations
    return replace(_priced(lp, solution, x, y), iterations=iterations)


def _priced(lp: LinearProgram, solution: Solution, x: Floats, y: Floats) -> Solution:
    """Return a solution with another point and other prices, which prove its value."""
    stage = lp.stages[0]
    value, reduced = stage.value(x), stage.reduced_costs(lp.matrix, y)
    return replace(solution, x=x, row_dual=y, reduced_cost=reduced, objective=value, bound=value)


def _with_levels(matrix: Matrix) -> Matrix:
    """Return a matrix with a further column for each row, which takes what the row adds up to."""
    starts = np.concatenate((matrix.starts, matrix.starts[-1] + np.arange(1, matrix.rows + 1)))
    index = np.concatenate((matrix.index, np.arange(matrix.rows)))
    value = np.concatenate((matrix.value, np.full(matrix.rows, -1.0)))
    return Matrix(matrix.rows, matrix.columns + matrix.rows, starts, index, value)


def _magnification(breach: float) -> float:
    """Return the power of two that makes a breach about one."""
    if breach <= 1.0 / LARGEST_MAGNIFICATION:
        return LARGEST_MAGNIFICATION
    return float(np.ldexp(1.0, max(0, -int(np.frexp(breach)[1]))))


def _contradicted(lp: LinearProgram, empty: Bools) -> bool:
    """Return whether limits cross, or a row without entries may not be zero."""
    return bool(lp.contradicts_itself or (empty & ((lp.row_lower > 0) | (lp.row_upper < 0))).any())


def _trivial(lp: LinearProgram, empty: Bools) -> Solution:
    """Answer a problem that contradicts itself at sight, or has no entries: every column goes to its better limit."""
    stage, nothing = lp.stages[0], Solution(Termination.INFEASIBLE, solver="none needed")
    if _contradicted(lp, empty):
        return nothing
    x = best_values(stage.sign * stage.cost, lp.lower, lp.upper)
    if not np.isfinite(x).all():
        return replace(nothing, termination=Termination.UNBOUNDED)
    if lp.is_integer:
        rounded_up, rounded_down = np.ceil(lp.lower), np.floor(lp.upper)
        if (lp.integer & (rounded_up > rounded_down)).any():
            return nothing
        x = np.where(lp.integer, np.clip(np.rint(x), rounded_up, rounded_down), x)
    optimal = replace(nothing, termination=Termination.OPTIMAL)
    if lp.is_integer:
        return replace(optimal, x=x, objective=stage.value(x), bound=stage.value(x))
    return _priced(lp, optimal, x, np.zeros(lp.rows))
