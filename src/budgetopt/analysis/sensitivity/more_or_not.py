"""At which factor a program with all-or-nothing decisions gets more: the best plan with it against that without.

Both values are worked out by solving with the program's own decisions forced to either side and all others free. As a
figure of the program grows, each is the largest of straight lines, one for each plan; the factor is where the two
values meet. In the coefficients of the objective it is followed from line to line to the meeting itself.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from budgetopt.analysis.live_problem.bracketing import CLOSE
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.faces import with_value_row

__all__ = ["NOT_SOLVED", "Sides", "UnsettledError"]

SAME = 1e-7
"""The share of a value below which two values are one: what searches for integer decisions can tell apart."""
SECONDS = 20.0
"""How long one factor is looked for."""
NOT_SOLVED = "the searches that it takes do not end in time"


class UnsettledError(Exception):
    """A search did not end, or did not confirm the plan, so that no factor can be given; the text is the reason."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """The best plan with more and the best plan without, at a place, and how much better the first is."""

    at: float
    more: Solution
    other: Solution
    ahead: float


class Sides:
    """The two sides of one program's decision: more than its level (or less), or not.

    Parameters
    ----------
    question
        A live problem with every integer decision free, solved to the end or within a limit of time.
    row, level, apart
        The program, the dollars that it gets, and the least by which more or less differs from them.
    what, outcome
        As in a break-even.
    more
        Whether the side looked for is more, or less.
    """

    def __init__(
        self, question: WhatIf, row: int, level: float, apart: float, what: str, outcome: str, *, more: bool
    ) -> None:
        self._question, self._row, self._what, self._outcome = question, row, what, outcome
        self._level, self._apart, self._more = level, apart, more
        self._until = time.perf_counter() + SECONDS

    def meeting(self, far: float) -> float:
        """Return the factor at which the sought side becomes the better one, between 1 and exp(far); NaN if none."""
        inside, outside = self._pair(0.0), self._pair(far)
        if inside.ahead > self._tolerance(inside):
            raise UnsettledError("the plan is the best within a gap only")
        if outside.ahead <= self._tolerance(outside):
            return math.nan
        if inside.ahead >= -self._tolerance(inside):
            return 1.0
        while abs(outside.at - inside.at) > CLOSE:
            at = self._crossing(inside, outside)
            if at is not None:
                found = self._pair(at)
                if abs(found.ahead) <= self._tolerance(found):
                    return math.exp(at)
                inside, outside = (inside, found) if found.ahead > 0 else (found, outside)
            middle = self._pair((inside.at + outside.at) / 2)
            inside, outside = (inside, middle) if middle.ahead > self._tolerance(middle) else (middle, outside)
        return math.exp((inside.at + outside.at) / 2)

    def _pair(self, at: float) -> _Pair:
        if time.perf_counter() > self._until:  # no mutant: the clock never shows just that
            raise UnsettledError(NOT_SOLVED)
        factor = math.exp(at)
        altered = self._question.alterations.scaled(self._row, self._what, self._outcome, factor)
        # of a more expensive program the same service takes more dollars
        served = altered.spends / factor if self._what == "cost" else altered.spends
        between = self._level + 0.5 * (self._apart if self._more else -self._apart)
        above, below = (self._solved(altered.problem, served, between, above=side) for side in (True, False))
        sought, other = (above, below) if self._more else (below, above)
        sign = -altered.problem.stages[0].sign
        return _Pair(at, sought, other, sign * (_value(sought, -sign) - _value(other, -sign)))

    def _solved(self, problem: LinearProgram, served: Floats, level: float, *, above: bool) -> Solution:
        """Solve with the program above a level, or below it."""
        limited = with_value_row(problem, Stage("level", served, maximize=above), level, 0.0)
        answer = self._question.solve(limited)
        if answer.termination is Termination.UNBOUNDED:
            raise UnsettledError("nothing limits the gain there")
        if answer.termination not in (Termination.OPTIMAL, Termination.INFEASIBLE):
            raise UnsettledError(NOT_SOLVED)
        return answer

    def _tolerance(self, pair: _Pair) -> float:
        values = [abs(one.objective) for one in (pair.more, pair.other) if one.x is not None]
        return SAME * max([*values, 1e-300])

    def _crossing(self, inside: _Pair, outside: _Pair) -> float | None:
        """Return where the values of the outer two plans meet if both are kept; None if that is not in between."""
        if self._what == "cost" or outside.more.x is None or outside.other.x is None:
            return None
        here, today = math.exp(outside.at), 1.0  # no mutant: any two places of a line tell where it crosses
        ahead, was = (self._ahead(outside.more.x, outside.other.x, factor) for factor in (here, today))
        if ahead == was:
            return None
        factor = here + (today - here) * ahead / (ahead - was)
        low, high = sorted(math.exp(pair.at) for pair in (inside, outside))
        return math.log(factor) if low < factor < high else None  # no mutant: at an end nothing new is seen

    def _ahead(self, more: Floats, other: Floats, factor: float) -> float:
        """Return how much more the first of two plans is worth at another factor; NaN if they are no plans there."""
        stage = self._question.alterations.scaled(self._row, self._what, self._outcome, factor).problem.stages[0]
        if len(stage.cost) != len(more):
            return math.nan
        return stage.value(more) - stage.value(other)


def _value(answer: Solution, worst: float) -> float:
    """Return the value of an answer, infinitely bad where there is no plan."""
    return answer.objective if answer.x is not None else math.copysign(math.inf, worst)
