"""An ordered list of objectives, each on the plans that are best for those before, ending in one plan."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.run_log import log_solve
from budgetopt.solvers.certificate import CLOSED, Certificate, certify, certify_point
from budgetopt.solvers.checks import Clock, check_options, check_program
from budgetopt.solvers.engine import gap_allowance, solve_stage, without_point
from budgetopt.solvers.even_cuts import with_even_cuts
from budgetopt.solvers.faces import fix_integers, on_optimal_face, reduce, with_value_row, within_reach
from budgetopt.solvers.in_parts import with_value_rows
from budgetopt.solvers.solution import EXACT, Options, Solution, Termination
from budgetopt.solvers.tie_break import is_single_point, next_generic, ties_of

__all__ = ["SolverResult", "StageResult", "solve_linear_program"]

GENERIC_TURNS = 3
AFTERWARDS = 5.0
"""Times as long as the relaxation takes what follows the searches of an integer problem, which no limit cuts short."""


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
        Whether the plan is shown to be the only one after the tie break; False if ties are left, None if that
        is not known because a search stopped short of its end.
    held
        For integer problems, the first objective over the linear program that is left when the integer
        decisions are held: its duals price money around this plan. None for linear programs.
    seconds
        Wall-clock seconds of everything.
    relaxation
        For integer problems, the first objective over the problem without its integer conditions: its duals prove a
        bound that no plan can better, without any solver's word. None for linear programs.
    """

    termination: Termination
    solution: Solution
    certificate: Certificate | None
    stages: tuple[StageResult, ...]
    unique: bool | None
    held: StageResult | None
    seconds: float
    relaxation: StageResult | None = None

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
    solver, begin = _Solver(options, Clock(options.time_limit)), time.perf_counter()
    result = solver.solve_integer(lp) if lp.is_integer else solver.solve_linear(lp)
    log_solve(result.solution.solver, lp.columns, lp.rows, time.perf_counter() - begin, str(result.termination))
    return result


@dataclass(frozen=True, slots=True)
class _Solver:
    """Solves stages one after another, all within one limit of time."""

    options: Options
    clock: Clock
    slack: float = 1e-9
    """What a later objective may give up of an integer objective before it, as a share of that one's figures."""
    relaxations: list[tuple[LinearProgram, Stage, Solution]] = field(default_factory=list)
    """What integer problems come to without their integer conditions, each solved once."""

    def solve_linear(self, lp: LinearProgram) -> SolverResult:
        """Solve a linear program: its stages, then its ties."""
        results, face = self.in_sequence(lp, lp.stages)
        x, unique = _best_plan(results), None
        if x is not None and results[-1].solution.termination is Termination.OPTIMAL:
            x, unique = self.settle_ties(lp, face, x)
        return self.outcome(lp, results, x, unique)

    def solve_integer(self, lp: LinearProgram) -> SolverResult:
        """Solve an integer problem: its stages and ties choose the integer decisions, then a sequence settles the rest.

        Only a search that is carried to its end settles ties of integer decisions: short of it, what ties is not known.
        """
        relaxed, stage = lp.relaxed(), lp.stages[0]
        answer = self.relaxed(lp, stage)
        if answer.termination is Termination.INTERRUPTED:
            return self.outcome(lp, [StageResult(stage, lp, without_point(answer, answer.termination), None)], None)
        searching = replace(self, clock=self.clock.ending_before(AFTERWARDS * answer.seconds))
        outcome = searching.searched(lp)
        is_exact = outcome.termination is Termination.OPTIMAL and self.options.gap_for(lp) <= EXACT
        if is_exact and len(lp.stages) > 1 and not outcome.proved:
            # the little that one objective gives up can be worth much of the next
            strict = replace(searching, slack=0.0).searched(lp)
            outcome = strict if strict.proved else outcome
        if outcome.x is None or answer.row_dual is None or answer.termination is not Termination.OPTIMAL:
            return outcome
        certificate = certify_point(relaxed, stage, outcome.x, answer.row_dual)
        return replace(outcome, relaxation=StageResult(stage, relaxed, answer, certificate))

    def relaxed(self, lp: LinearProgram, stage: Stage) -> Solution:
        """Return the answer to a stage without the integer conditions; it is solved once."""
        known = self.known_relaxation(lp, stage)
        if known is not None:
            return known
        answer = solve_stage(lp.relaxed(), stage, replace(self.options, solver="highs"), self.clock)
        self.relaxations.append((lp, replace(stage, cost=stage.cost_for(lp.columns)), answer))
        return answer

    def known_relaxation(self, lp: LinearProgram, stage: Stage) -> Solution | None:
        """Return the answer to a stage without the integer conditions, if it has been solved."""
        cost = stage.cost_for(lp.columns)
        found = (answer for known, of, answer in self.relaxations if known is lp and np.array_equal(of.cost, cost))
        return next(found, None)

    def searched(self, lp: LinearProgram) -> SolverResult:
        """Return the plan that the searches of the stages and of the ties choose."""
        results, rest = self.in_sequence(lp, lp.stages)
        x = _best_plan(results)
        chosen = [] if x is None else [x]
        settled = False
        is_exact = results[-1].solution.termination is Termination.OPTIMAL and self.options.gap_for(lp) <= EXACT
        if x is not None and is_exact:
            ties = ties_of(rest, np.arange(rest.columns), np.zeros(rest.columns), lp.tie_break)
            more, _ = self.in_sequence(ties.lp, ties.stages, begin=x, once=True)
            plan = _best_plan(more)
            settled = more[-1].solution.termination is Termination.OPTIMAL
            if plan is not None:
                chosen.insert(0, plan[: lp.columns])
        # nothing of what follows takes long, and all of it is needed: it does not wait for the clock
        waiting = _Solver(self.options, Clock(None))
        for plan in chosen:
            around = waiting.around(lp, plan, results)
            if around is not None:
                x, unique, held = around
                outcome = self.outcome(lp, results, x, unique if is_exact and settled else None, held)
                if outcome.certificate is not None and outcome.certificate.feasible:
                    return outcome
        return self.outcome(lp, results, x)

    def in_sequence(
        self,
        lp: LinearProgram,
        stages: tuple[Stage, ...],
        reached: tuple[float, ...] | None = None,
        begin: Floats | None = None,
        once: bool = False,
    ) -> tuple[list[StageResult], LinearProgram]:
        """Solve stages in order; return their results and the plans that are best for all of them.

        Where the values ``reached`` of the integer problem are given, what a stage may give up is a share of those.
        Each search begins from the plan of the one before, the first from ``begin``, whose columns may be fewer.
        ``once``: as in :func:`solve_stage`.
        """
        results: list[StageResult] = []
        for place, stage in enumerate(stages):
            stage = replace(stage, cost=stage.cost_for(lp.columns))
            result = self.stage_result(lp, stage, begin, first=place == 0, once=once)
            results.append(result)
            begin = result.solution.x if result.solution.x is not None else begin
            if result.solution.termination is not Termination.OPTIMAL:
                break
            lp = self.best_plans(lp, result, None if reached is None else reached[place])
        return results, lp

    def stage_result(
        self, lp: LinearProgram, stage: Stage, begin: Floats | None, *, first: bool, once: bool = False
    ) -> StageResult:
        """Solve one stage without the columns that the stages before it hold."""
        if begin is not None:
            begin = np.concatenate((begin, np.full(lp.columns - len(begin), np.nan)))
        if first and not (lp.lower == lp.upper).any():
            relaxed = self.known_relaxation(lp, stage)
            solution = solve_stage(lp, stage, self.options, self.clock, begin=begin, relaxed=relaxed, once=once)
        else:
            left = reduce(lp)
            begin = None if begin is None else begin[left.columns]
            solution = solve_stage(left.lp, left.stage(stage), self.options, self.clock, begin=begin, once=once)
            if not left.feasible:
                solution = without_point(solution, Termination.INFEASIBLE)
            solution = left.lift(lp, stage, solution)
        certificate = None
        if solution.x is not None:
            certificate = certify(lp, stage, solution, allowance=gap_allowance(lp, solution, self.options))
        return StageResult(stage, lp, solution, certificate)

    def best_plans(self, lp: LinearProgram, result: StageResult, reached: float | None) -> LinearProgram:
        """Return the problem tightened to what a stage leaves to the next ones."""
        stage, solution = result.stage, result.solution
        best = solution.objective if reached is None else reached
        give_up = stage.within * abs(best)
        if give_up == 0.0 and solution.row_dual is not None:
            return on_optimal_face(lp, stage, solution.row_dual)
        if lp.is_integer or reached is not None:
            give_up += self.slack * _size_of(stage, best)
        if lp.is_integer:
            lp = self.reachable(lp, stage, best + stage.sign * give_up)
            in_parts = None
            if not stage.within and solution.x is not None:
                in_parts = with_value_rows(lp, stage, solution.x, give_up)
            if in_parts is not None:
                return in_parts
        return with_value_row(lp, stage, best, give_up)

    def reachable(self, lp: LinearProgram, stage: Stage, value: float) -> LinearProgram:
        """Return an integer problem without what plans of a value cannot do, by the prices of its relaxation."""
        answer = self.relaxed(lp, stage)
        if answer.x is None or answer.row_dual is None:
            return lp
        certificate = certify(lp.relaxed(), stage, answer)
        return within_reach(lp, stage, answer.row_dual, certificate.bound, value) if certificate.proved else lp

    def settle_ties(self, lp: LinearProgram, face: LinearProgram, x: Floats) -> tuple[Floats, bool]:
        """Return one plan of the face, and whether it is shown to be the only one after the tie break."""
        if lp.tie_break is not None and lp.tie_break.even:

            def solve(part: LinearProgram, stage: Stage) -> Solution:
                return self.stage_result(part, stage, None, first=False).solution

            face, x = with_even_cuts(face, x, lp.tie_break, solve)
        left = reduce(face)
        if not left.feasible:
            return x, False
        if not left.lp.columns or is_single_point(left.lp):
            return x, True
        ties = ties_of(left.lp, left.columns, left.held, lp.tie_break)
        results, last = self.in_sequence(ties.lp, ties.stages)
        unique = False
        for turn in range(2, 2 + GENERIC_TURNS):
            if results[-1].solution.termination is not Termination.OPTIMAL:
                break
            rest = reduce(last)
            unique = not rest.lp.columns or is_single_point(rest.lp)
            if unique:
                break
            generic = next_generic(last, left.columns, len(left.held), turn)
            more, last = self.in_sequence(last, (generic,))
            results += more
        settled = _best_plan(results)
        if settled is None:
            return x, False
        x = left.held.copy()
        x[left.columns] = settled[: ties.columns]
        return x, unique

    def around(
        self, lp: LinearProgram, plan: Floats, results: list[StageResult]
    ) -> tuple[Floats, bool, StageResult] | None:
        """Hold a plan's integer decisions and settle all else; None if that loses what the search had reached."""
        fixed, stage = fix_integers(lp, plan), lp.stages[0]
        values = tuple(result.solution.objective for result in results)
        again, face = self.in_sequence(fixed, lp.stages[: len(results)], values)
        first, last = again[0].solution, again[-1].solution
        if first.x is None or last.x is None or last.termination is not Termination.OPTIMAL:
            return None
        reached = values[0]
        if stage.sign * (first.objective - reached) > stage.within * abs(reached) + 2e-9 * _size_of(stage, reached):
            return None
        return (*self.settle_ties(fixed, face, last.x), again[0])

    def as_settled(self, result: StageResult, x: Floats) -> StageResult:
        """Return the result of a later integer objective with the value that the settled plan has, where that is worse.

        A search reaches a little more where it gives up, within its tolerances, some of the objectives before.
        """
        stage, program, solution = result.stage, result.program, result.solution
        if result.certificate is None:
            return result
        value, allowed = stage.value(x), stage.within * abs(solution.objective)
        if stage.sign * (value - solution.objective) <= allowed + CLOSED * result.certificate.gap.scale:
            return result
        solution = replace(solution, x=x, objective=value)
        allowed += gap_allowance(program, solution, self.options)
        certificate = certify_point(program, stage, x, None, bound=solution.bound, allowance=allowed)
        return replace(result, solution=solution, certificate=certificate)

    def outcome(
        self,
        lp: LinearProgram,
        results: list[StageResult],
        x: Floats | None,
        unique: bool | None = None,
        held: StageResult | None = None,
    ) -> SolverResult:
        """Prove the final plan, and return it with what the stages found."""
        first, termination = results[0], results[-1].solution.termination
        solution, stage, certificate = first.solution, first.stage, None
        if held is not None and x is not None:
            results = [first, *(self.as_settled(result, x) for result in results[1:])]
        if x is not None:
            allowance = stage.within * abs(solution.objective) + gap_allowance(lp, solution, self.options)
            bound = solution.bound
            certificate = certify_point(lp, stage, x, solution.row_dual, bound=bound, allowance=allowance)
            proof = first.certificate
            if not certificate.passed and solution.x is not None and proof is not None and proof.passed:
                # A tie break that a solver answered loosely must not replace a plan that is proved.
                x, unique, certificate = solution.x, False, proof
            elif stage.within:
                conceded = max(stage.sign * (certificate.objective - solution.objective), 0.0)
                certificate = replace(certificate, conceded=conceded)
            solution = replace(solution, objective=stage.value(x))
        solution = replace(solution, x=x)
        return SolverResult(termination, solution, certificate, tuple(results), unique, held, self.clock.spent)


def _size_of(stage: Stage, value: float) -> float:
    """Return the size of the figures of a stage that has a value."""
    return max(abs(value), float(np.abs(stage.cost).max(initial=0.0)))


def _best_plan(results: list[StageResult]) -> Floats | None:
    """Return the plan of the last stage that has one."""
    return next((result.solution.x for result in reversed(results) if result.solution.x is not None), None)
