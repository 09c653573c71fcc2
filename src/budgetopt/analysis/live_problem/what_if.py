"""One live problem for many questions: what if a limit moved, a rule fell, a program were worth more."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.analysis.live_problem.alterations import Alterations, whole
from budgetopt.analysis.live_problem.held import around, decisions_of, start_from
from budgetopt.analysis.live_problem.moved_model import move
from budgetopt.analysis.live_problem.ranged_pieces import RangedPieces
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, Solution
from budgetopt.solvers.solution import EXACT
from budgetopt.solvers.working_model import WorkingModel

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation
    from budgetopt.solvers.ranging import Ranging

__all__ = ["HELD", "STANDS", "UNTOLD", "WhatIf", "basis_of", "is_large", "question_about"]

FEW, FEW_OF = 100, 0.05
"""So many entries of the matrix, or such a share of them, may change in a live problem; beyond, a new one is made."""
STANDS = "as long as the integer decisions stand"
HELD = f"exact {STANDS}"
"""How a price is worked out where integer decisions are held."""
UNTOLD = ", as with free decisions it is not told: "
"""What stands between how a price of an integer problem is worked out and why it is not by solving again."""
INSIDE = 1e-6
"""The share of a limit by which a plan has to be away from it to be strictly within."""
SECONDS = 5.0
"""How long one search takes at most where there are many integer decisions."""


class WhatIf:
    """A scenario's first objective over its problem, kept live: changed and solved again from where it stood.

    Questions that move limits, coefficients of the objective or few entries of the matrix cost a warm start; those that
    change where the entries stand make a new model. Every question begins from the scenario as it is.

    Parameters
    ----------
    scenario
        The scenario.
    options
        How to solve; HiGHS answers, whatever solver is named.
    plan
        A plan whose integer decisions are held, so that every question is about a linear program; left out, they are
        open.
    around
        A plan whose integer decisions are open here and can be held in another question, :attr:`held`. Every search
        begins from the decisions that are best for its first objective.
    """

    def __init__(
        self,
        scenario: Scenario,
        options: Options | None = None,
        *,
        plan: Allocation | None = None,
        around: Allocation | None = None,
    ) -> None:
        self.scenario = scenario
        self._around = around
        self.options = options or Options()
        self._decisions = {} if plan is None else decisions_of(plan)
        self._first: Formulation | None = None
        self.formulation: Formulation = self.formulated(scenario)
        self.problem: LinearProgram = self.formulation.linear_program
        self._own = _Live(self.problem, self.options)
        self._other: _Live | None = None
        is_searched = around is not None and self.problem.is_integer
        self._start = start_from(around, self.problem) if around is not None and is_searched else None
        self.solves = 0
        self.seconds = 0.0
        self.alterations = Alterations(scenario, self.formulation, self.formulated)

    def formulated(self, scenario: Scenario, suspended: Collection[Provision] = ()) -> Formulation:
        """Formulate a scenario near to this one, without some provisions, with all columns; decisions are held."""
        formulation = whole(scenario, suspended, self._first)
        self._first = self._first or formulation
        return around(formulation, self._decisions) if self._decisions else formulation

    def problem_of(self, scenario: Scenario, limited: Ints | None = None) -> LinearProgram:
        """Return the problem of a near scenario; ``limited``: it differs in floors and ceilings of these rows alone."""
        near = None if limited is None else self.alterations.with_limits_of(scenario, limited)
        return self.formulated(scenario).linear_program if near is None else near

    @property
    def holds_decisions(self) -> bool:
        """Whether integer decisions are held."""
        return bool(self._decisions)

    @property
    def accuracy(self) -> float:
        """The share of a best value below which two answers cannot be told apart."""
        return max(self.options.gap_for(self.problem), EXACT) if self.is_integer else EXACT

    @property
    def is_integer(self) -> bool:
        """Whether some decisions are whole, so that there are no duals."""
        return self.problem.is_integer

    @cached_property
    def _answer(self) -> Solution:
        answer = self.solve(self.problem)
        if self._start is not None and answer.x is not None:
            self._start = answer.x
        return answer

    @cached_property
    def held(self) -> WhatIf | None:
        """The same question with the integer decisions held as they are in the plan around which it is asked."""
        return None if self._around is None else WhatIf(self.scenario, plan=self._around)

    @cached_property
    def _pieces(self) -> RangedPieces:
        """The straight pieces of the best value as limits move; of a question without open integer decisions."""
        return RangedPieces(self.problem)

    @cached_property
    def _relaxed(self) -> Solution:
        return self.solve(self.problem.relaxed())

    def relaxed(self) -> Solution:
        """Return the answer to the scenario as it is without the integer conditions; it is solved once."""
        return self._relaxed

    def as_is(self) -> Solution:
        """Return the answer to the scenario as it is; it is solved once."""
        return self._answer

    def is_loose(self, provision: Provision) -> bool:
        """Return whether the scenario as it is has no better plan without the floor, ceiling or most of a program.

        Where nothing is left to decide, a better plan beyond a limit has better ones on the way to it. Of these some
        lie next to the best plan, so there are none where that is strictly within the limit.
        """
        limit = self.scenario.limits[self.scenario.limits.position(provision)]
        if self.is_integer or not (limit.of_program and limit.sets_program_limits):
            return False
        row = self.scenario.programs.position(limit.name)
        return bool(self._inside[row]) and (
            self.holds_decisions or (limit.is_demand and not self.alterations.decides[row])
        )

    @cached_property
    def _inside(self) -> Bools:
        """Which programs have strictly more than their floors and less than their ceilings; shape (programs,)."""
        point, limits = self.as_is().x, self.formulation.limits
        if point is None:
            return np.zeros(len(self.scenario.programs), np.bool_)
        spent, units = self.formulation.spending_of(point).sum(axis=1), self.formulation.units_of(point)
        above = (limits.lower <= 0) | (spent > limits.lower * (1 + INSIDE))
        above &= (limits.fewest <= 0) | (units > limits.fewest * (1 + INSIDE))
        below = (spent < limits.upper * (1 - INSIDE)) & (units < limits.most * (1 - INSIDE))
        inside: Bools = (above & below).all(axis=1)
        return inside

    def without(self, suspended: Collection[Provision]) -> Solution:
        """Solve without some provisions."""
        return self.solve(self.problem_without(suspended))

    def problem_without(self, suspended: Collection[Provision]) -> LinearProgram:
        """Return the problem without some provisions; its columns and rows are those of the whole problem."""
        return self.alterations.without(suspended)

    def changed_rows(self, rows: Ints, lower: Floats, upper: Floats) -> LinearProgram:
        """Return the problem with other limits of some rows."""
        row_lower, row_upper = self.problem.row_lower.copy(), self.problem.row_upper.copy()
        row_lower[rows], row_upper[rows] = lower, upper
        return replace(self.problem, row_lower=row_lower, row_upper=row_upper)

    def changed_columns(self, columns: Ints, lower: Floats, upper: Floats) -> LinearProgram:
        """Return the problem with other limits of some columns."""
        low, high = self.problem.lower.copy(), self.problem.upper.copy()
        low[columns], high[columns] = lower, upper
        return replace(self.problem, lower=low, upper=high)

    def solve(self, problem: LinearProgram) -> Solution:
        """Solve a problem: by moving a live one to it if their matrices differ in few entries, anew otherwise."""
        self.solves += 1
        begin = time.perf_counter()
        live = self._own
        if not (_is_near(problem, live.stands) or _is_near(problem, self.problem)):
            if self._other is None or not _is_near(problem, self._other.stands):
                self._other = _Live(problem, self.options)
            live = self._other
        answer = live.solve(problem, self._start if problem.is_integer else None)
        self.seconds += time.perf_counter() - begin
        return answer

    @property
    def is_limited(self) -> bool:
        """Whether each search has a limit of time."""
        return self.options.time_limit is not None


def question_about(plan: Allocation, *, hold: bool = False, exact: bool = False) -> WhatIf:
    """Return a live problem of a plan's scenario.

    ``hold``: whether its integer decisions are held. ``exact``: whether searches are carried to their end, however many
    integer decisions there are. Where there are many, each search has :data:`SECONDS`.
    """
    if hold or not is_large(plan):
        return WhatIf(plan.scenario, plan=plan if hold else None, around=None if hold else plan)
    return WhatIf(plan.scenario, Options(gap=EXACT if exact else None, time_limit=SECONDS), around=plan)


def basis_of(question: WhatIf) -> Ranging | None:
    """Return the optimal basis of the scenario as it is; None if it has no best plan, or integer decisions are open."""
    return None if question.is_integer else question._pieces.base


def is_large(plan: Allocation) -> bool:
    """Return whether a plan has so many integer decisions that searching for them again and again takes too long."""
    problem = plan.formulation.linear_program
    return problem.is_integer and Options().gap_for(problem) > EXACT


class _Live:
    """A live model and the problem that it stands for."""

    def __init__(self, problem: LinearProgram, options: Options) -> None:
        self._model = WorkingModel(problem, options)
        self.stands = problem

    def solve(self, problem: LinearProgram, start: Floats | None = None) -> Solution:
        """Move the model to a problem with entries in the same places, and solve it, from the decisions given."""
        move(self._model, self.stands, problem)
        self.stands = problem
        if start is not None and len(start) == problem.columns:
            self._model.set_start(start)
        return self._model.solve()


def _is_near(one: LinearProgram, other: LinearProgram) -> bool:
    """Return whether the matrices of two problems have entries in the same places, of which few differ."""
    first, second = one.matrix, other.matrix
    if not np.array_equal(one.integer, other.integer):
        return False
    if first is second:
        return True
    for places, others in ((first.starts, second.starts), (first.index, second.index)):
        if places is not others and not np.array_equal(places, others):
            return False
    changed = int(np.count_nonzero(first.value != second.value))
    return first.rows == second.rows and changed <= max(FEW, FEW_OF * first.entries)
