"""Prices where decisions are all-or-nothing: the limit is moved, and the problem solved again.

It is moved by one percent first, and then the smallest move that changes something is looked for:
to the side of relaxing, the least that makes a better plan possible; to the side of tightening, the most that leaves a
plan as good. What two searches do not tell apart, because they stop at a gap or run out of time, is not given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.figure_paths import Figure
from budgetopt.formulation.directions import between
from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.faces import with_value_row

__all__ = ["CLEAR", "NOT_TOLD", "Moved", "MovedLimit", "blur", "change_between"]

NOT_TOLD = "the searches do not end in time, or stop at a gap that hides the change"
"""Why a change of the best value is not known."""

STEP = 0.01
"""The share of a limit by which it is moved first."""
EXACT_ENOUGH = 1e-7
"""A share of the best value below which a change is none, where searches are carried to their end."""
CLEAR = 20.0
"""How many times as large as what searches leave open a change has to be to be told."""
FAR = 100.0
"""How far the figure that moves with a limit is moved where the limit is open, in terms of its size."""
GRADUAL = 0.1
"""A change of which more than this share may come right before or right after the nearest place goes by degrees."""
ROUNDING = 1e-3
"""The share of its last digit by which the nearest place may be off by rounding."""
BEYOND = 1e-6
"""The share of a limit by which it is moved beyond the last place that leaves a plan as good."""
SOUGHT = (1.0, 1e2, 1e4, 1e6)
"""How many times the least change is looked for, in turn: a value near zero may be less than the solver's tolerance."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving a limit to one side brings.

    Parameters
    ----------
    price
        The change of the value for each unit, on the way to ``until``; NaN where it is not known, or no plan is left.
    until
        The limit up to which that holds.
    first, then
        The nearest limit at which the value changes at once, and by how much; NaN if it changes by degrees.
    why
        Why there is no price; empty where there is one.
    """

    price: float
    until: float
    first: float = math.nan
    then: float = math.nan
    why: str = ""


def blur(answer: Solution) -> float:
    """Return how far the best value may lie from that of an answer."""
    return abs(answer.bound - answer.objective) if math.isfinite(answer.bound) else math.inf


def change_between(question: WhatIf, base: Solution, answer: Solution) -> float:
    """Return what an answer gains over that to a problem as it is; NaN where the searches do not tell it."""
    if base.x is None or answer.x is None:
        return math.nan
    stage = question.problem.stages[0]
    change, left_open = -stage.sign * (answer.objective - base.objective), blur(answer) + blur(base)
    least = least_change(question, base)
    if abs(change) > max(CLEAR * left_open, least):
        return change
    return math.nan if left_open > least else 0.0


def least_change(question: WhatIf, base: Solution) -> float:
    """Return the change of the best value below which it is none."""
    worth = 1e-3 * float(np.abs(question.problem.stages[0].cost).max(initial=0.0))
    return EXACT_ENOUGH * max(abs(base.objective), worth)


@dataclass(frozen=True, slots=True)
class MovedLimit:
    """A limit of a row, and the ways to move it.

    Parameters
    ----------
    question, base
        The live problem, and the answer to it as it is.
    row, bound, size
        The row, its limit, and the size of the figures in it.
    is_equal, is_upper
        Whether the row is held at the limit, or else whether the limit is its upper one.
    figure
        What moves with the limit, if it moves more of the problem than its row, as revenue does.
    """

    question: WhatIf
    base: Solution
    row: int
    bound: float
    size: float
    is_equal: bool
    is_upper: bool
    figure: Figure | None = None

    @property
    def step(self) -> float:
        """By how much it is moved first."""
        return STEP * self.size

    def to(self, direction: int, *, relaxing: bool) -> Moved:
        """Return what moving the limit up (1) or down (-1) brings."""
        is_less_money = self.figure is not None and direction < 0
        # there is no less money than none
        step = min(self.step, max(self.bound, 0.0)) if is_less_money else self.step
        if not step:
            return Moved(math.nan, self.bound)
        there = self.bound + direction * step
        answer = self.question.solve(self._at(there))
        if answer.termination is Termination.INFEASIBLE:
            return Moved(math.nan, self.bound)
        change = change_between(self.question, self.base, answer)
        if math.isnan(change):
            return Moved(math.nan, math.nan, why=NOT_TOLD)
        smallest = Moved(0.0, there)
        if self._moves_its_row_alone:
            smallest = self._smallest(direction, relaxing=relaxing, same=self.bound if change else there)
        if is_less_money and min(smallest.first, smallest.until) < 0:
            smallest = Moved(0.0, 0.0)
        return replace(smallest, price=change / (direction * step), until=there) if change else smallest

    def _smallest(self, direction: int, *, relaxing: bool, same: float) -> Moved:
        """Return the smallest move that changes the value; up to ``same`` nothing is known to change."""
        unit, then = 10.0 ** math.ceil(math.log10(2.0 * BEYOND * self.size)), 0.0
        place = beyond = until = same
        for times in SOUGHT:
            answer = self.question.solve(self._search(direction, times, relaxing=relaxing))
            if answer.termination in (Termination.INFEASIBLE, Termination.UNBOUNDED):
                return Moved(0.0, direction * math.inf)
            if answer.termination is not Termination.OPTIMAL:
                return Moved(0.0, same)
            # the least change of the value that is looked for moves the place by a little
            steps = direction * answer.objective / unit
            until = self._farther(direction, same, direction * math.floor(steps + ROUNDING) * unit)
            place = self._farther(direction, same, direction * math.ceil(steps - ROUNDING) * unit)
            beyond = place + (0.0 if relaxing else direction * BEYOND * self.size)
            then = self._change_at(beyond)
            if then:
                break
            # the solver's tolerance alone reached the value
            same = place
        near = place - direction * unit
        if not then or (direction * (near - same) > 0 and self._change_at(near)):
            return Moved(0.0, same)
        # what goes by degrees changes by as much again; and less than the least may have changed before
        more = abs(self._change_at(beyond + direction * unit) - then)
        is_jump = max(more, least_change(self.question, self.base)) <= GRADUAL * abs(then)
        return Moved(0.0, place, place, then) if is_jump else Moved(0.0, until)

    def _search(self, direction: int, times: float, *, relaxing: bool) -> LinearProgram:
        """Return the problem of the smallest move that changes the value by so many times the least that counts.

        It is the nearest place at which a plan is better, or the farthest at which one is as good.
        """
        least = times * least_change(self.question, self.base)
        stage, sign = self.question.problem.stages[0], -self.question.problem.stages[0].sign
        wanted = self.base.objective + sign * (2.0 * least if relaxing else -least)
        free = with_value_row(self._at(self.bound, open_to=direction), stage, wanted, 0.0)
        away = (direction > 0) != relaxing
        return replace(free, stages=(Stage("smallest move", self._entries, maximize=away),))

    @staticmethod
    def _farther(direction: int, one: float, other: float) -> float:
        return direction * max(direction * one, direction * other) + 0.0

    def _change_at(self, bound: float) -> float:
        """Return what the value gains where the limit is at a place; NaN where there is no plan, or it is not told."""
        return change_between(self.question, self.base, self.question.solve(self._at(bound)))

    def _moved(self, by: float) -> LinearProgram:
        """Return the problem in which what moves with the limit has moved."""
        if self.figure is None or not by:
            return self.question.problem
        return self.question.formulated(self.figure.moved(by)).linear_program

    @property
    def _moves_its_row_alone(self) -> bool:
        """Whether no other limit moves with it: only coefficients that rest on what it lets programs have at most."""
        line = between(self.question.problem, self._moved(FAR * self.size), 1.0)
        if line is None:
            return False
        line.row_lower[self.row] = line.row_upper[self.row] = 0.0
        return not any(part.any() for part in (line.row_lower, line.row_upper, line.lower, line.cost))

    @property
    def _entries(self) -> Floats:
        matrix, cost = self.question.problem.matrix, np.zeros(self.question.problem.columns)
        entries = np.flatnonzero(matrix.index == self.row)
        cost[matrix.column_of_entry()[entries]] = matrix.value[entries]
        return cost

    def _at(self, bound: float, open_to: int = 0) -> LinearProgram:
        """Return the problem with the limit at a place, and open to one side of it."""
        problem = self._moved(FAR * self.size if open_to > 0 else 0.0 if open_to else bound - self.bound)
        lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
        if self.is_equal or not self.is_upper:
            lower[self.row] = -np.inf if open_to < 0 else bound
        if self.is_equal or self.is_upper:
            upper[self.row] = np.inf if open_to > 0 else bound
        return replace(problem, row_lower=lower, row_upper=upper)
