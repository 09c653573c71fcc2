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

from budgetopt.analysis.dollar_ladder import with_money
from budgetopt.analysis.what_if import WhatIf
from budgetopt.formulation import LinearProgram
from budgetopt.formulation.directions import Direction, line_through
from budgetopt.formulation.fund_rows import inflow
from budgetopt.solvers import Termination

__all__ = ["EqualValue", "equal_value"]

STEPS = 60
"""So many tangents are followed at most."""
HALVINGS = 10
"""How often a bracket is halved where decisions are integer: to a thousandth of the money."""
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
        What all money is multiplied by: revenue, one-time money and opening balances of all funds. Infinite where no
        money makes the best plan as good; NaN where it is not known.
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
    return _Money(question, value).found()


class _Money:
    """The best value as all money is multiplied."""

    def __init__(self, question: WhatIf, value: float) -> None:
        self.question, scenario = question, question.scenario
        self.gain = -question.problem.stages[0].sign
        self.wanted = self.gain * value
        self.money = float(inflow(scenario).sum())
        self._line: Direction | None = None
        if not question.is_integer and self.money:
            line = line_through(lambda by: self._anew(1.0 + by), question.problem, -0.5)
            self._line = None if line is None or line.moves_matrix else line

    def _anew(self, factor: float) -> LinearProgram:
        scenario = self.question.scenario
        return self.question.formulated(with_money(scenario, scenario.funds, factor)).linear_program

    def best(self, factor: float) -> tuple[float, float] | None:
        """Return the best value with a factor, as a gain, and its slope; None if there is no plan."""
        line = self._line
        problem = self._anew(factor) if line is None else line.from_here(self.question.problem, factor - 1.0)
        answer = self.question.solve(problem)
        if answer.x is None or answer.termination is Termination.INFEASIBLE:
            return None
        slope = np.nan
        if line is not None:
            slope = self.gain * line.slope(problem, answer.x, answer.row_dual, answer.reduced_cost)
        return self.gain * answer.objective, slope

    def reaches(self, value: float) -> bool:
        """Return whether a value is as good as the wanted one, but for rounding."""
        return value >= self.wanted - SAME * max(abs(self.wanted), abs(value))

    def found(self) -> EqualValue:
        """Return the least money."""
        if not self.money or self.question.problem.stages[0].maximize is False:
            return EqualValue(math.nan, self.money)
        now = self.best(1.0)
        if now is None:
            return EqualValue(math.nan, self.money)
        low, high, slope = 0.0, 1.0, now[1]
        if not self.reaches(now[0]):
            while (more := self.best(2.0 * high)) is None or not self.reaches(more[0]):
                high *= 2.0
                if high >= FAR:
                    return EqualValue(math.inf, self.money)
            return self._between(1.0, 2.0 * high, now if high == 1.0 else self.best(1.0))
        if self._line is None:
            return self._halved(low, high, HALVINGS if self.question.is_integer else STEPS)
        # the tangent at the plan itself reaches the value no later than the best plans do
        start = 1.0 - (now[0] - self.wanted) / slope if slope > 0 else 0.0
        start = min(max(start, 0.0), 1.0)
        return self._between(start, 1.0, self.best(start))

    def _between(self, low: float, high: float, there: tuple[float, float] | None) -> EqualValue:
        """Return the factor between one that is too small or leaves no plan and one that is enough."""
        if self._line is None:
            return self._halved(low, high, HALVINGS if self.question.is_integer else STEPS)
        for _ in range(STEPS):
            if there is not None and self.reaches(there[0]):
                return EqualValue(low, self.money)
            if there is not None and there[1] > 0:
                following = min(low + (self.wanted - there[0]) / there[1], high)
                if following <= low * (1 + 1e-15):
                    return EqualValue(low, self.money)
                low, there = following, self.best(following)
                continue
            # there is no plan, or more money at first brings nothing
            middle = (low + high) / 2
            if high - low <= SAME * high:
                return EqualValue(high, self.money, is_least=there is None)
            found = self.best(middle)
            if found is not None and self.reaches(found[0]):
                high = middle
            else:
                low, there = middle, found
        return EqualValue(high, self.money, high - low, there is None)

    def _halved(self, low: float, high: float, times: int) -> EqualValue:
        none = True
        for _ in range(times):
            if high - low <= SAME * high:
                break
            middle = (low + high) / 2
            found = self.best(middle)
            if found is not None and self.reaches(found[0]):
                high = middle
            else:
                low, none = middle, found is None
        return EqualValue(high, self.money, high - low, none)
