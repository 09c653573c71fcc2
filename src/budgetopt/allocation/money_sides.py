"""What a dollar more of recurring revenue brings, and what a dollar less takes away, by solving again.

Where an optimum is degenerate there are several solutions of the dual problem, and the two sides differ: any one of
these is a number between them. A little revenue more, or less, leads to a problem whose duals tell the side.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from budgetopt.allocation.revenue_prices import with_revenue
from budgetopt.formulation import Formulation, LinearProgram, formulate
from budgetopt.formulation.directions import Direction, between
from budgetopt.formulation.fund_rows import all_money
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Solution, StageResult, Termination
from budgetopt.solvers.engine import LEAST_COLUMNS, solve_stage
from budgetopt.solvers.highs import LiveModel

__all__ = ["funds_that_bring", "money_on_both_sides"]

STEPS = (1e-6, 1e-8)
"""The shares of all money by which the revenue of one fund and period is moved; the next where one is too far."""
FIRST_STEP = 1e-4
"""The same where rows come with the first dollar, so that two values are compared."""
MOST = 2_000_000
"""With more funds times periods times columns, nothing is solved again."""


def money_on_both_sides(scenario: Scenario, problem: LinearProgram, price: Floats) -> tuple[Floats, Floats]:
    """Return what a dollar more of revenue adds to the first objective, and what a dollar less takes from it.

    Parameters
    ----------
    scenario, problem
        The scenario and its linear program.
    price
        A number between the two for each fund and period; shape (funds, periods), NaN in integer problems.

    Returns
    -------
    tuple[Floats, Floats]
        Shape (funds, periods) both. NaN where there is no plan with less, or no revenue that could be less. In problems
        that are too large for solving again the first is the given number, and the second NaN.
    """
    more, less = price.copy(), np.full(price.shape, np.nan)
    if np.isnan(price).any() or price.size * problem.columns > MOST:
        return more, less
    sides = _Sides(scenario, problem)
    revenue = np.array([scenario.revenue(name) for name in scenario.funds]).reshape(price.shape)
    for cell in np.ndindex(*price.shape):
        direction = sides.direction(cell)
        if direction is None:
            more[cell] = sides.first_dollar(cell)
            continue
        more[cell] = sides.slope(direction, 1)
        if revenue[cell] > 0:
            less[cell] = sides.slope(direction, -1)
    return more, less


def funds_that_bring(scenario: Scenario, held: StageResult) -> Bools:
    """Return of which funds a little more revenue makes the plan better while integer decisions are held.

    Parameters
    ----------
    scenario
        The scenario.
    held
        The first objective with all integer decisions held.

    Returns
    -------
    Bools
        Shape (funds,). All are true in problems that are too large for solving again.
    """
    problem, shape = held.program, (len(scenario.funds), len(scenario.periods))
    found = np.ones(shape[0], dtype=bool)
    if shape[0] * problem.columns > MOST:
        return found
    value = held.solution.objective
    step = FIRST_STEP * all_money(scenario, problem)
    for fund in range(shape[0]):
        shift = np.zeros(shape)
        shift[fund] = step
        moved = formulate(with_revenue(scenario, shift)).linear_program
        if (moved.rows, moved.columns) != (problem.rows, problem.columns):
            continue
        answer = LiveModel(_held_as(problem, moved)).solve()
        gain = problem.stages[0].sign * (value - answer.objective)
        found[fund] = answer.termination is not Termination.OPTIMAL or gain > 1e-9 * max(abs(value), 1.0)
    return found


def _held_as(problem: LinearProgram, moved: LinearProgram) -> LinearProgram:
    """Return a problem in which the integer decisions are those that another holds."""
    held = moved.integer
    lower, upper = np.where(held, problem.lower, moved.lower), np.where(held, problem.upper, moved.upper)
    return replace(moved, lower=lower, upper=upper, integer=np.zeros_like(held))


class _Sides:
    """One problem, solved again with a little more or less revenue: a live one, or a large one by its prices."""

    def __init__(self, scenario: Scenario, problem: LinearProgram) -> None:
        self._scenario, self._problem = scenario, problem
        self._is_large = problem.columns >= LEAST_COLUMNS
        self._money = all_money(scenario, problem)
        self._gain = -problem.stages[0].sign

    @cached_property
    def _formulation(self) -> Formulation:
        return formulate(self._scenario, reusable=True)

    @cached_property
    def _live(self) -> LiveModel:
        live = LiveModel(self._problem)
        live.solve()
        return live

    @cached_property
    def _base(self) -> Solution:
        return self._alone(self._problem) if self._is_large else self._live.solve()

    def _alone(self, problem: LinearProgram) -> Solution:
        return solve_stage(problem, problem.stages[0]) if self._is_large else LiveModel(problem).solve()

    def direction(self, cell: tuple[int, ...]) -> Direction | None:
        """Return how the problem moves with a dollar more of a fund in a period; None if rows come or go."""
        return between(self._problem, self._moved(cell, 1.0), 1.0)

    def slope(self, direction: Direction, side: int) -> float:
        """Return the price on one side, of a dollar; NaN if there is no plan there."""
        if direction.is_nothing:
            return 0.0
        slope = np.nan
        for share in STEPS:
            by = side * share * self._money
            moved = direction.from_here(self._problem, by)
            answer = self._solved(direction, moved)
            if answer.termination is not Termination.OPTIMAL:
                return np.nan
            slope = self._gain * direction.slope(moved, answer.x, answer.row_dual, answer.reduced_cost) + 0.0
            if self._is_large or self._leads_to(slope * by, answer):
                break
        return slope

    def _leads_to(self, change: float, answer: Solution) -> bool:
        """Return whether a change of the value leads from the problem as it is to an answer: no bend is between."""
        base = self._base.objective
        found = self._gain * (answer.objective - base)
        return abs(found - change) <= 1e-3 * max(abs(found), abs(change)) + 1e-9 * abs(base)

    def first_dollar(self, cell: tuple[int, ...]) -> float:
        """Return what a dollar brings that is the first of its fund and period; NaN if there is no plan with it."""
        step = FIRST_STEP * self._money
        answer = self._alone(self._moved(cell, step))
        if answer.termination is not Termination.OPTIMAL:
            return np.nan
        change = self._gain * (answer.objective - self._base.objective) / step
        return 0.0 if abs(change) * self._money <= 1e-9 * abs(self._base.objective) else change

    def _moved(self, cell: tuple[int, ...], by: float) -> LinearProgram:
        shift = np.zeros((len(self._scenario.funds), len(self._scenario.periods)))
        shift[cell] = by
        return formulate(with_revenue(self._scenario, shift), like=self._formulation).linear_program

    def _solved(self, direction: Direction, moved: LinearProgram) -> Solution:
        if self._is_large or direction.moves_matrix or direction.cost.any() or direction.offset:
            return self._alone(moved)
        own, live = self._problem, self._live
        rows = np.flatnonzero(direction.row_lower.astype(bool) | direction.row_upper.astype(bool))
        columns = np.flatnonzero(direction.lower.astype(bool) | direction.upper.astype(bool))
        live.set_row_bounds(rows, moved.row_lower[rows], moved.row_upper[rows])
        live.set_column_bounds(columns, moved.lower[columns], moved.upper[columns])
        answer = live.solve()
        live.set_row_bounds(rows, own.row_lower[rows], own.row_upper[rows])
        live.set_column_bounds(columns, own.lower[columns], own.upper[columns])
        return answer
