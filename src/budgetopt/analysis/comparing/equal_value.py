"""What a better plan is worth in dollars: the least money with which the best plan is only as good as another one.

The money of all funds is multiplied by one factor. In a linear program that moves along a straight line the best value
is concave in that factor and made of straight pieces, so a tangent never lies below it: from a factor with which the
best plan is not as good, the point at which the tangent reaches the value is never too far. Each such step goes on to
another piece, of which there are finitely many, and the last one ends at the factor itself (Newton's method for concave
piecewise linear functions). Where the problem moves otherwise, or has integer decisions, the factor is bracketed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.dollar_ladder import with_money
from budgetopt.formulation import LinearProgram
from budgetopt.formulation.directions import Direction, line_through
from budgetopt.formulation.fund_rows import inflow
from budgetopt.solvers import Solution, Termination

__all__ = ["FAR", "EqualValue", "equal_value"]

STEPS = 60
"""So many tangents are followed at most."""
HALVINGS = 20
"""How often a bracket is halved where the problem does not move along a straight line: to a millionth of the money."""
WITHIN = 1e-3
"""To which part of the money the factor is searched for where decisions are integer."""
FAR = 64.0
"""More than so many times the money is not looked at."""
SAME = 1e-9
"""The share of the figures by which two values may differ and still be equal."""


@dataclass(frozen=True, slots=True)
class EqualValue:
    """The least money with which the best plan is as good as another plan.

    Parameters
    ----------
    factor
        What all money is multiplied by: revenue, one-time money and opening balances of all funds. Infinite where 64
        times the money does not make the best plan as good; NaN where it is not known.
    money
        The money that there is, dollars of all funds and periods.
    within
        By which part of the money the factor may be too great.
    is_least
        Whether less money leaves no plan at all, so that the best plan is better even with the least.
    """

    factor: float
    money: float
    within: float = 0.0
    is_least: bool = False

    @property
    def saved(self) -> float:
        """How many dollars less the best plan needs to be as good as the other; below zero for dollars more."""
        return (1.0 - self.factor) * self.money


def equal_value(question: WhatIf, value: float) -> EqualValue:
    """Return the least money with which the best plan of a scenario reaches a value of the first objective.

    Parameters
    ----------
    question
        The live problem of the scenario.
    value
        The value.
    """
    if question.is_integer:
        return _bracketed(question, value)
    return _Money(question, value).found()


def _bracketed(question: WhatIf, value: float) -> EqualValue:
    """Return a bracket of the least money where decisions are integer: it begins where the relaxation has the value."""
    relaxed = _Money(question, value, relaxed=True).found()
    if not math.isfinite(relaxed.factor):
        return relaxed
    work = _Money(question, value, anew=True)
    low = known = max(relaxed.factor - relaxed.within, 0.0)
    # with the money that there is the best plan is known
    enough = 1.0 if work.reaches(work.now) else math.inf
    high, none, step = min(low, enough), relaxed.is_least, WITHIN
    while high < enough and not work.reaches(found := work.best(high)):
        low, none = high, found is None
        known = low if found is None or found.bound < work.wanted else known
        high, step = min(known + step, enough), 4.0 * step
        if step > FAR:
            return EqualValue(math.nan, work.money)
    while high - low > WITHIN:
        middle = (low + high) / 2
        found = work.best(middle)
        if work.reaches(found):
            high = middle
            continue
        low, none = middle, found is None
        known = low if found is None or found.bound < work.wanted else known
    return EqualValue(high, work.money, high - known, none)


@dataclass(frozen=True, slots=True)
class _Best:
    """The best value with some money: what was found, its slope, and what no plan exceeds."""

    value: float
    slope: float
    bound: float


class _Money:
    """The best value as all money is multiplied.

    ``relaxed``: without the integer conditions. ``anew``: every problem is formulated anew, along no line.
    """

    def __init__(self, question: WhatIf, value: float, *, relaxed: bool = False, anew: bool = False) -> None:
        self.question, scenario, self._relaxed = question, question.scenario, relaxed
        self.wanted = value
        self.money = float(inflow(scenario).sum())
        self._line: Direction | None = None
        if self.money and not anew:
            self._line = line_through(lambda by: self._anew(1.0 + by), self._now, -0.5)

    @property
    def _now(self) -> LinearProgram:
        return self.question.problem.relaxed() if self._relaxed else self.question.problem

    def _anew(self, factor: float) -> LinearProgram:
        scenario = self.question.scenario
        problem = self.question.formulated(with_money(scenario, scenario.funds, factor)).linear_program
        return problem.relaxed() if self._relaxed else problem

    def best(self, factor: float) -> _Best | None:
        """Return the best value with a factor; None if there is no plan, or none is found."""
        line = self._line
        problem = self._anew(factor) if line is None else line.from_here(self._now, factor - 1.0)
        return self._read(self.question.solve(problem), problem)

    @property
    def now(self) -> _Best | None:
        """The best value with the money that there is."""
        question = self.question
        return self._read(question.relaxed() if self._relaxed else question.as_is(), self._now)

    def _read(self, answer: Solution, problem: LinearProgram) -> _Best | None:
        line = self._line
        if answer.termination is Termination.INTERRUPTED:
            raise KeyboardInterrupt
        if answer.x is None or answer.termination is Termination.INFEASIBLE:
            return None
        slope = np.nan if line is None else line.slope(problem, answer.x, answer.row_dual, answer.reduced_cost)
        bound = answer.bound if problem.is_integer else answer.objective
        return _Best(answer.objective, slope, np.inf if np.isnan(bound) else bound)

    def reaches(self, found: _Best | None) -> bool:
        """Return whether a value is as good as the wanted one, but for rounding."""
        return found is not None and found.value >= self.wanted - self._rounding(found)

    def _rounding(self, found: _Best) -> float:
        """Return by how much a value and the wanted one may differ and still be equal."""
        return SAME * max(abs(self.wanted), abs(found.value))

    def found(self) -> EqualValue:
        """Return the least money, checked by the problem formulated anew with it."""
        answer = self._search()
        if self._line is None or not math.isfinite(answer.factor) or answer.factor == 1.0:
            return answer
        along = self.best(answer.factor)
        self._line = None
        anew = self.best(answer.factor)
        same = anew is not None and along is not None and math.isclose(anew.value, along.value, rel_tol=1e-7)
        # what does not move along the line as far as that is formulated anew each time
        return answer if same else self._search()

    def _search(self) -> EqualValue:
        if not self.money or self.question.problem.stages[0].maximize is False:
            return EqualValue(math.nan, self.money)
        now = self.now
        if now is None:
            return EqualValue(math.nan, self.money)
        # the best value is concave where only costs and limits move, along a straight line
        line = None if self._line is None or self._line.moves_matrix else self._line
        if not self.reaches(now):
            high = 2.0
            while not self.reaches(more := self.best(high)):
                if high >= FAR or more is None:
                    return EqualValue(math.nan if more is None else math.inf, self.money)
                high *= 2.0
            return self._halved(1.0, high, now) if line is None else self._between(1.0, high, now)
        if line is None:
            return self._halved(0.0, 1.0, self.best(0.0))
        # the tangent at the plan itself reaches the value no later than the best plans do
        start = 1.0 - (now.value - self.wanted) / now.slope if now.slope > 0 else 0.0
        low = min(max(start, self._least(line), 0.0), 1.0)
        there = self.best(low)
        tolerance = 0.0 if there is None else self._rounding(there)
        if low > 0 and there is not None and there.value > self.wanted + tolerance:
            return EqualValue(low, self.money, is_least=True)
        return self._between(low, 1.0, there)

    def _least(self, line: Direction) -> float:
        """Return the least factor with which there is a plan, by one linear program; 0 if that does not tell."""
        problem = line.stretched(self._now, -1, 1.0)
        answer = None if problem is None else self.question.solve(problem)
        if answer is None or answer.termination is not Termination.OPTIMAL or answer.objective >= 1.0 - SAME:
            return 0.0
        # a little more than that, so that the solver's tolerance lets a plan through
        return 1.0 - answer.objective * (1.0 - SAME)

    def _between(self, low: float, high: float, there: _Best | None) -> EqualValue:
        """Return the factor between one that is too small or leaves no plan and one that is enough, by tangents."""
        for _ in range(STEPS):
            if there is None or self.reaches(there) or not there.slope > 0:
                break
            low = min(low + (self.wanted - there.value) / there.slope, high)
            there = self.best(low)
        return self._halved(low, high, there)

    def _halved(self, low: float, high: float, there: _Best | None) -> EqualValue:
        """Return a bracket of the factor between two, of which the higher one is enough."""
        if self.reaches(there):
            return EqualValue(low, self.money)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found = self.best(middle)
            if self.reaches(found):
                high = middle
            else:
                low, there = middle, found
        return EqualValue(high, self.money, high - low, there is None)
