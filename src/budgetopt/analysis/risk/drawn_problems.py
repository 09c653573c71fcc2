"""The problems of an ensemble: one linear program whose objective, and whose money, moves from draw to draw.

A factor on an effect moves what columns add to the first objective, in proportion. Limits, targets among them, are kept
with the effects as they are estimated: a draw changes what money brings, and not what is allowed. Money moves the
limits of rows, in a straight line; where it moves more, the scenario is formulated anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.live_problem.what_if import SECONDS, is_large
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.analysis.sensitivity.figure_paths import Figure, figure_at
from budgetopt.audit import SpendingPlan
from budgetopt.errors import OutOfTimeError, SolverError
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.formulation.directions import Direction, line_through
from budgetopt.formulation.linear_program import Stage, total_by
from budgetopt.formulation.stages import discounts, outcome_worths
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, Solution, Termination
from budgetopt.solvers.certificate import certify, certify_point
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.working_model import WorkingModel

__all__ = ["DrawAnswer", "DrawnProblems", "EffectCosts", "amounts_of", "ended", "solver_of_draws"]

LEAN = 4e-9
"""What a dollar away from the plan counts against it, as a share of the greatest worth of a dollar: ties stay."""


@dataclass(frozen=True, slots=True, eq=False)
class EffectCosts:
    """What each effect adds to the objective, column by column: every array has the shape (terms,).

    ``worth[k]`` is what one unit of ``column[k]`` adds by ``effect[k]`` at its estimate.
    """

    column: Ints
    effect: Ints
    worth: Floats
    columns: int

    @classmethod
    def of(cls, plan: Allocation, formulation: Formulation, errors: EffectErrors) -> EffectCosts:
        """Return them for a formulation of a plan's scenario."""
        scenario, terms = plan.scenario, formulation.terms.outcomes
        worth = outcome_worths(scenario, scenario.objective[0])
        assert worth is not None, "effects with errors are those of an objective that is a sum of outcomes"
        columns, count = formulation.linear_program.columns, len(scenario.outcomes)
        shape = (len(scenario.programs), count, int(errors.package.max(initial=-1)) + 2)
        package = np.full(columns, -1, dtype=np.int64)
        for block in formulation.linear_program.column_labels.of_kind("package"):
            package[block.positions] = block.keys["package"]

        def key(program: Ints, outcome: Ints, of: Ints) -> Ints:
            return np.ravel_multi_index((program, outcome, of + 1), shape)

        mine = np.flatnonzero((terms.outcome < count) & (terms.weight != 0))
        mine = mine[worth[terms.outcome[mine]] != 0]
        known = key(errors.program, errors.outcome, errors.package)
        asked = key(terms.program[mine], terms.outcome[mine], package[terms.column[mine]])
        order = np.argsort(known, kind="stable")
        effect = order[np.searchsorted(known, asked, sorter=order)]
        counts = discounts(scenario)
        value = terms.weight[mine] * worth[terms.outcome[mine]] * counts[terms.period[mine]]
        return cls(terms.column[mine], effect, value, columns)

    def moved_by(self, factors: Floats) -> Floats:
        """Return what factors on the effects, of shape (effects,), add to the objective; shape (columns,)."""
        return total_by(self.column, self.worth * (factors[self.effect] - 1.0), self.columns)

    def by_effect(self, x: Floats, effects: int) -> Floats:
        """Return what each effect adds to the objective at a point; shape (effects,)."""
        return total_by(self.effect, self.worth * x[self.column], effects)


@dataclass(frozen=True, slots=True, eq=False)
class DrawAnswer:
    """The best plan in one draw.

    ``value`` is its value in the draw, NaN where no plan is possible; ``proved`` whether no plan has a better one;
    ``spending`` the amount of each program as :func:`amounts_of` has it, shape (programs,); ``affordable`` whether the
    amounts of the plan that was asked about can be paid with the money of the draw.
    """

    value: float
    proved: bool
    spending: Floats
    affordable: bool


@dataclass(frozen=True, eq=False)
class DrawnProblems:
    """The draws of an ensemble, as problems.

    Parameters
    ----------
    problem
        The scenario's problem; its first stage is the objective.
    costs
        What each effect adds to it.
    factors
        On the effects; shape (draws, effects).
    point
        The plan as a point of the problem; shape (columns,).
    program, column, weight
        What columns add to the amounts of programs; shape (terms,).
    programs
        How many programs there are.
    options
        How to solve.
    money
        Dollars that each fund has more than is forecast; shape (draws,) by the path of its revenue.
    scenario
        The scenario, where money makes problems that differ in more than the limits of rows.
    """

    problem: LinearProgram
    costs: EffectCosts
    factors: Floats
    point: Floats
    program: Ints
    column: Ints
    weight: Floats
    programs: int
    options: Options
    money: Mapping[str, Floats] = field(default_factory=dict)
    lines: Mapping[str, Direction] = field(default_factory=dict)
    scenario: Scenario | None = None

    @classmethod
    def of(
        cls, plan: Allocation, errors: EffectErrors, factors: Floats, money: Mapping[str, Floats] | None = None
    ) -> DrawnProblems:
        """Return the problems of a plan's scenario with so many draws of its effects, and of its money."""
        formulation, point = plan.formulation, plan.solver_result.x
        lines: Mapping[str, Direction] = {}
        scenario: Scenario | None = None
        if money:
            formulation = whole(plan.scenario)
            lines, scenario = _lines(plan, formulation.linear_program, money)
        options = Options(time_limit=SECONDS) if is_large(plan) else Options()
        problem = _of_one_objective(formulation.linear_program)
        if money or point is None:
            found = LiveModel(problem, options).solve().x
            assert found is not None, "the scenario has a plan"
            point = found
        costs = EffectCosts.of(plan, formulation, errors)
        spends = _amount_terms(plan, formulation)
        programs = len(plan.scenario.programs)
        return cls(problem, costs, factors, point, *spends, programs, options, money or {}, lines, scenario)

    @cached_property
    def tilt(self) -> Floats:
        """What is added to the objective so that of equally good plans the one nearest to the plan is chosen."""
        problem, stage = self.problem, self.problem.stages[0]
        paid = self.weight > 0
        most = float(np.abs(stage.cost[self.column[paid]] / self.weight[paid]).max(initial=0.0))
        lean = LEAN * (most or float(np.abs(stage.cost).max(initial=0.0)) or 1.0)
        dollars = total_by(self.column, self.weight, problem.columns)
        low, high = (np.abs(self.point - limit) <= 1e-7 * (1.0 + np.abs(limit)) for limit in _finite(problem))
        side = np.where(low & ~high, -1.0, np.where(high & ~low, 1.0, 0.0))
        return -stage.sign * lean * side * np.abs(dollars)

    def cost_of(self, factors: Floats) -> Floats:
        """Return the objective with factors on the effects; shape (columns,)."""
        return self.problem.stages[0].cost + self.costs.moved_by(factors)

    def spending_of(self, x: Floats) -> Floats:
        """Return the amount of each program at a point, all funds and periods together; shape (programs,)."""
        return total_by(self.program, self.weight * x[self.column], self.programs)

    def problem_of(self, draw: int) -> LinearProgram:
        """Return the problem with the money of a draw."""
        if self.scenario is not None:
            scenario = self.scenario
            for path, dollars in self.money.items():
                scenario = figure_at(scenario, path).moved(float(dollars[draw]))
            return _of_one_objective(whole(scenario).linear_program)
        problem = self.problem
        for path, dollars in self.money.items():
            problem = self.lines[path].from_here(problem, float(dollars[draw]))
        return problem


def _of_one_objective(problem: LinearProgram) -> LinearProgram:
    """Return a problem with its first objective alone, as coefficients of all columns."""
    stage = replace(problem.stages[0], cost=problem.stages[0].cost_for(problem.columns))
    return replace(problem, stages=(stage,), tie_break=None)


def amounts_of(plan: Allocation, decisions: SpendingPlan | None = None) -> tuple[Floats, list[str]]:
    """Return the amount of each program in a plan, in all periods together, and what it is counted in.

    That is dollars; of a service that costs no money, its units. ``decisions`` are those of another plan of the same
    scenario. Shape (programs,).
    """
    decisions = plan.spending_plan if decisions is None else decisions
    programs, free = plan.scenario.programs, _costs_nothing(plan)
    units = [str(text) or "units" for text in programs.text("service.unit").tolist()]
    counted = [unit if is_free else plan.scenario.currency for unit, is_free in zip(units, free.tolist(), strict=True)]
    served = decisions.units_in(plan.scenario).sum(axis=1)
    return np.where(free, served, decisions.spending.sum(axis=(1, 2))), counted


def _costs_nothing(plan: Allocation) -> Bools:
    return np.asarray(plan.scenario.programs.number("service.unit_cost") == 0, dtype=bool)


def _amount_terms(plan: Allocation, formulation: Formulation) -> tuple[Ints, Ints, Floats]:
    """Return what columns add to the amounts of programs: the programs, the columns and the amounts for each unit."""
    free, terms = _costs_nothing(plan), formulation.terms
    paid, served = np.flatnonzero(~free[terms.spending.program]), np.flatnonzero(free[terms.units.program])
    parts = ((terms.spending, paid), (terms.units, served))
    program, column = (np.concatenate([getattr(one, key)[at] for one, at in parts]) for key in ("program", "column"))
    return program, column, np.concatenate([one.weight[at] for one, at in parts])


def _finite(problem: LinearProgram) -> tuple[Floats, Floats]:
    return tuple(np.where(np.isfinite(limit), limit, 1e300) for limit in (problem.lower, problem.upper))  # type: ignore[return-value]


def _lines(
    plan: Allocation, problem: LinearProgram, money: Mapping[str, Floats]
) -> tuple[dict[str, Direction], Scenario | None]:
    """Return the direction in which each fund's money moves the problem; the scenario if one is no straight line."""
    found: dict[str, Direction] = {}
    for path, dollars in money.items():
        figure = figure_at(plan.scenario, path)
        far = float(np.abs(dollars).max()) or 1.0

        def at(by: float, figure: Figure = figure) -> LinearProgram:
            return whole(figure.moved(by)).linear_program

        line = line_through(at, problem, far)
        back = line_through(at, problem, -far)
        if line is None or back is None or line.moves_matrix or not np.allclose(line.row_upper, back.row_upper):
            return {}, plan.scenario
        found[path] = line
    return found, None


def ended(found: Solution) -> Solution:
    """Return an answer with a plan, or that there is none; raise what else ended the search.

    An interruption goes on as KeyboardInterrupt. OutOfTimeError if no plan was found in time, SolverError if the solver
    failed.
    """
    if found.termination is Termination.INTERRUPTED:
        raise KeyboardInterrupt
    if found.x is not None or found.termination in (Termination.INFEASIBLE, Termination.INFEASIBLE_OR_UNBOUNDED):
        return found
    if found.termination in (Termination.TIME_LIMIT, Termination.OTHER_LIMIT):
        raise OutOfTimeError("no plan was found in time")
    raise SolverError(f"{found.solver} ended {found.termination}")


def solver_of_draws(drawn: DrawnProblems) -> Callable[[int], DrawAnswer]:
    """Return what solves draws one after another on one live model, which begins at the plan."""
    model = _DrawModel(drawn)
    return model.answer


class _DrawModel:
    def __init__(self, drawn: DrawnProblems) -> None:
        self._drawn = drawn
        self._stands = drawn.problem
        self._live = self._begun(drawn.problem)

    def _begun(self, problem: LinearProgram) -> WorkingModel:
        live = WorkingModel(problem, self._drawn.options)
        if problem.is_integer and len(self._drawn.point) == problem.columns:
            live.set_start(self._drawn.point)
        else:
            live.solve()
        return live

    def answer(self, draw: int) -> DrawAnswer:
        """Return the best plan of a draw."""
        drawn, affordable = self._drawn, True
        if drawn.money:
            self._move_to(drawn.problem_of(draw))
            affordable = self._can_pay()
        estimated = self._stands.stages[0]
        stage = replace(estimated, cost=estimated.cost + drawn.costs.moved_by(drawn.factors[draw]))
        found, proved = self._proved(replace(stage, cost=stage.cost + drawn.tilt))
        if found.x is None:
            nothing = np.full(drawn.programs, np.nan)
            return DrawAnswer(np.nan, proved=True, spending=nothing, affordable=affordable)
        return DrawAnswer(stage.value(found.x), proved, drawn.spending_of(found.x), affordable)

    def _proved(self, stage: Stage) -> tuple[Solution, bool]:
        """Return the best plan for an objective, and whether its prices prove that; solved anew if they do not."""
        self._live.set_costs(stage.cost, stage.maximize, stage.offset)
        found, problem = ended(self._live.solve()), self._stands
        if found.x is None or found.row_dual is None:
            return found, found.termination is Termination.OPTIMAL
        if certify_point(self._live.part(problem), stage, found.x, found.row_dual[self._live.rows]).proved:
            return found, True
        again = ended(solve_stage(problem, stage, self._drawn.options))
        return (again, certify(problem, stage, again).proved) if again.x is not None else (found, False)

    def _move_to(self, problem: LinearProgram) -> None:
        before = self._stands
        if problem.matrix is not before.matrix:
            self._live = self._begun(problem)
        else:
            moved = np.flatnonzero((before.row_lower != problem.row_lower) | (before.row_upper != problem.row_upper))
            self._live.set_row_bounds(moved, problem.row_lower[moved], problem.row_upper[moved])
            moved = np.flatnonzero((before.lower != problem.lower) | (before.upper != problem.upper))
            self._live.set_column_bounds(moved, problem.lower[moved], problem.upper[moved])
        self._stands = problem

    def _can_pay(self) -> bool:
        """Return whether the plan's amounts for programs can be paid with the money of the draw."""
        drawn, problem = self._drawn, self._stands
        held = np.unique(drawn.column)
        kept = np.clip(drawn.point[held], problem.lower[held], problem.upper[held])
        stage = problem.stages[0]
        self._live.set_costs(np.zeros(problem.columns), stage.maximize, 0.0)  # no mutant: any plan will do
        self._live.set_column_bounds(held, kept, kept)
        found = ended(self._live.solve())
        self._live.set_column_bounds(held, problem.lower[held], problem.upper[held])
        return found.x is not None
