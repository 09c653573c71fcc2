"""The price of any figure of a scenario: what a little more and a little less of it does to the best value.

A figure may enter many places of the linear program. The scenario is formulated with the figure as it is and moved,
and the difference of the two problems is the direction along which the best value has its derivatives, one on each
side. Where only limits or only costs move, in a straight line, the best value is made of straight pieces and each is
followed to its end. Elsewhere the derivative is that of the problem solved again close by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.live_problem.parametric import SHORT, Piece, Point, follow, short_piece
from budgetopt.analysis.live_problem.what_if import STANDS, UNTOLD, WhatIf, question_about
from budgetopt.analysis.sensitivity.figure_paths import Figure, figure_at
from budgetopt.analysis.sensitivity.integer_prices import why_in_vain
from budgetopt.analysis.sensitivity.moved_limits import NOT_TOLD, change_between
from budgetopt.errors import OptionError
from budgetopt.formulation import LinearProgram
from budgetopt.formulation.directions import Direction, between, goes_through, line_through
from budgetopt.formulation.fund_rows import all_money
from budgetopt.solvers import Solution, Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["FigurePrice", "figure_prices", "money_prices", "price_of_figure"]

FAR = 100.0
"""How far a piece is followed, in terms of the figure."""
NEAR = 1e-4
"""How near a problem is solved again, in terms of the figure, where its best value is no straight line."""
WITHIN = 0.01
"""Where the best value is no straight line, a price holds to within this share of what it says."""
TOLERATED = 4e-6
"""So little of a figure, or of 1 where it is zero, a solver may let through a limit."""
STEP = 0.01
"""In integer problems: the share of a figure by which it is moved."""


@dataclass(frozen=True, slots=True)
class FigurePrice:
    """What a little more, and a little less, of a figure does to the first objective.

    Parameters
    ----------
    figure, value
        The path of the figure, and what it is now.
    unit
        What the prices are for: 1, or 0.01 (a percentage point) of a share.
    more, less
        What one unit more, and one unit less, adds to the first objective; below zero where the plan becomes worse.
        NaN where no plan is possible there, or no such figure.
    more_until, less_until
        The figure up to which that holds, at most as far as it may move: revenue is never below zero.
    method
        How it was worked out.
    """

    figure: str
    value: float
    unit: float
    more: float
    more_until: float
    less: float
    less_until: float
    method: str


def figure_prices(
    plan: Subject, *paths: str | Sequence[str], hold: bool | None = None, question: WhatIf | None = None
) -> pd.DataFrame:
    """Return what a little more and a little less of any figures is worth; one row a path.

    A figure is named by its path, as in ``--set``: ``funds.general.revenue`` (a dollar in every period),
    ``funds.general.one_time.FY2027``, ``outcomes.visits.weight``, ``rules[Safety floor].at_least``,
    ``programs.library.outcomes.visits.per_dollar``. Its price is the derivative of the best value along everything in
    the linear program that the figure moves. Columns: see :class:`FigurePrice`.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    *paths
        The paths of the figures.
    hold, question
        As in :func:`budgetopt.prices`.

    Raises
    ------
    OptionError
        If what is given is no path, or no path is given.
    ScenarioError
        If a path leads nowhere, or to no number.
    InfeasibleError
        If a scenario is given and has no plan.
    """
    import pandas as pd

    plan = plan_of(plan, "figure_prices")
    if not paths:
        raise OptionError("no figure is named", hint="name paths, such as funds.general.revenue")
    figures = [figure_at(plan.scenario, path) for path in paths]
    question = question or question_about(plan, hold=bool(hold))
    return pd.DataFrame([asdict(price_of_figure(question, figure)) for figure in figures])


def price_of_figure(question: WhatIf, figure: Figure, *, ranged: bool = True) -> FigurePrice:
    """Return the price of a figure: by derivatives in linear problems, by moving it and solving again in others.

    ``ranged``: whether it is searched how far a price holds where the best value is no straight line.
    """
    work = _BestValue(question, figure, ranged)
    more, less = (work.side(side) for side in (1, -1))
    method = work.method
    if question.holds_decisions:
        method += f" {STANDS}"
    if work.unknown:
        if question.held is not None:
            price = price_of_figure(question.held, figure, ranged=ranged)
            return replace(price, method=price.method + UNTOLD + work.unknown)
        method += UNTOLD + work.unknown
    unit, now = figure.unit, figure.value
    brings, costs = unit * more.slope + 0.0, -unit * less.slope + 0.0  # no mutant: nothing has no sign
    return FigurePrice(figure.path, now, unit, brings, more.end, costs, less.end, method)


def money_prices(question: WhatIf, fund: str) -> list[tuple[str, str, FigurePrice]]:
    """Return the prices of a fund's money: what it is, its period, and its price.

    They are those of recurring revenue in each period and, of several, in every period at once; and of one-time money
    where that moves less of the problem than recurring revenue does. Where both move the same, it is just money, and
    what it is is left empty; for every period at once the period is left empty.
    """
    scenario = question.scenario
    found: list[tuple[str, str, FigurePrice]] = []
    for period in scenario.periods:
        recurring, once = (figure_at(scenario, ("funds", fund, key, period)) for key in ("revenue", "one_time"))
        moved = [question.formulated(figure.moved(1.0)).linear_program for figure in (recurring, once)]
        direction = between(moved[0], moved[1], 1.0)
        differ = direction is None or not direction.is_nothing
        found.append(("recurring revenue" if differ else "", period, price_of_figure(question, recurring)))
        if differ:
            found.append(("one-time money", period, price_of_figure(question, once)))
    if len(scenario.periods) > 1:
        every = figure_at(scenario, ("funds", fund, "revenue"))
        found.append(("recurring revenue", "", price_of_figure(question, every)))
    return found


class _BestValue:
    """The best value of a scenario as one figure moves."""

    def __init__(self, question: WhatIf, figure: Figure, ranged: bool) -> None:
        self.question, self.figure, self.ranged, self.method = question, figure, ranged, "exact"
        self.unknown = ""
        self.gain = -question.problem.stages[0].sign
        self.base = question.as_is()
        self.size = abs(figure.value) or (
            all_money(figure.scenario, question.problem) if figure.path.startswith("funds") else 1.0
        )
        self._known: Direction | None = None
        self._seen: dict[float, LinearProgram] = {}
        self.start = Point(0.0, self.gain * self.base.objective, np.nan)

    def problem_at(self, by: float) -> LinearProgram:
        """Return the problem with so much more of the figure."""
        return self.question.problem_of(self.figure.moved(by), self.figure.limited_rows)

    def side(self, side: int) -> Piece:
        """Return the piece of the best value, as a gain, on one side; its end is a figure."""
        figure, room = self.figure, self._room(side)
        if room <= 0:
            return Piece(np.nan, figure.value)
        reach = min(room, FAR * self.size)
        if self.question.is_integer:
            piece = self._solved_again(side, min(room, STEP * self.size))
        else:
            line = self._line(self._far(side), self._far(-side))
            if line is not None and not line.moves_matrix:
                piece = self._followed(side, reach, room, line)
            else:
                begun = None if line is not None or self.ranged else self._begun(side, room)
                piece = begun or self._near(side, reach, line)
            if self._is_tolerated(side, piece):
                return Piece(np.nan, figure.value)
        # a piece that goes on to where the figure can move no farther ends there
        end = float(np.clip(figure.value + piece.end, figure.lowest, figure.highest))
        # what a solver's tolerance lets through is not beyond zero
        return Piece(piece.slope, 0.0 if abs(end) <= 1e-6 * self.size else end)

    def _is_tolerated(self, side: int, piece: Piece) -> bool:
        """Return whether there is a plan on one side only as far as a solver's tolerance lets one through."""
        if not abs(piece.end) <= TOLERATED * self.size:
            return False
        problem = self.problem_at(side * 10 * TOLERATED * self.size)
        return self.question.solve(problem).termination is Termination.INFEASIBLE

    def _room(self, side: int) -> float:
        """Return how far the figure can move on one side."""
        figure = self.figure
        return figure.highest - figure.value if side > 0 else figure.value - figure.lowest

    def _far(self, side: int) -> float:
        """Return the far place of one side, 0 without room; where something disappears from the problem is none."""
        room, reach = max(self._room(side), 0.0), FAR * self.size
        return side * (reach if room > reach else 0.9 * room)

    def _first(self, side: int) -> float:
        """Return the end of the first part of the way on one side."""
        return side * min(NEAR * self.size, max(self._room(side), 0.0) / 2)

    def _line(self, far: float, beyond: float) -> Direction | None:
        """Return the direction in which the problem moves up to a far place; that of both sides if it is one line.

        ``beyond``: the far place of the other side; 0 for none.
        """
        known, problem = self._known, self.question.problem
        if known is None or not goes_through(known, problem, far, self._seen_at(far)):
            known = line_through(self._seen_at, problem, far, beyond)
            if known is None and beyond:
                known = line_through(self._seen_at, problem, far)
            self._known = known
        return None if known is None else known.without_settled(problem)

    def _seen_at(self, by: float) -> LinearProgram:
        """Return the problem at a place along which a line is looked for: one for both sides."""
        if by not in self._seen:
            self._seen[by] = self.problem_at(by)
        return self._seen[by]

    def _followed(self, side: int, reach: float, room: float, line: Direction) -> Piece:
        if line.is_nothing:
            return Piece(0.0, side * room)
        piece = self.question._pieces.piece(line, side, unit=1e-6 * self.size, far=reach)
        if piece is not None:
            return piece
        problem = self.question.problem
        evaluate = cache(self._evaluator(lambda by: line.from_here(problem, by), line))
        piece = short_piece(evaluate, self.start, side, size=self.size) if SHORT * self.size < reach else None
        if piece is not None:
            return piece
        last = self._last_place(line, side, reach) if evaluate(side * reach) is None else np.inf
        return follow(evaluate, self.start, side, unit=1e-6 * self.size, far=reach, last=last)

    def _begun(self, side: int, room: float) -> Piece | None:
        """Return the piece of which only the first part is a straight line in the problem; None if not even that is.

        Its end is NaN unless it lies in this part.
        """
        first = self._first(side)
        line, first = self._line(first, self._first(-side)), abs(first)
        if line is None or line.moves_matrix:
            return None
        piece = self._followed(side, first, room, line)
        return piece if abs(piece.end) < first else replace(piece, end=np.nan)

    def _last_place(self, line: Direction, side: int, reach: float) -> float:
        """Return how far a figure can move before no plan is possible, by one linear program; infinite if unknown."""
        problem = line.stretched(self.question.problem, side, reach)
        answer = None if problem is None else self.question.solve(problem)
        if answer is None or answer.termination is not Termination.OPTIMAL:
            return np.inf
        # just before it, so that the solver's tolerance lets a plan through
        return answer.objective * (1.0 - 1e-9)

    def _evaluator(
        self, problem_at: Callable[[float], LinearProgram], line: Direction | None
    ) -> Callable[[float], Point | None]:
        def evaluate(by: float) -> Point | None:
            problem = problem_at(by)
            answer = self.question.solve(problem)
            if answer.termination is not Termination.OPTIMAL:
                return None
            slope = np.nan if line is None else self.gain * _slope(line, problem, answer)
            return Point(by, self.gain * answer.objective, slope)

        return evaluate

    def _near(self, side: int, reach: float, line: Direction | None) -> Piece:
        """Return the derivative on one side, and up to where it tells the best value to within a hundredth."""
        self.method = "derivative; holds to within 1%"
        step, secant = side * min(NEAR * self.size, reach / 4), np.nan
        problem_at = self.problem_at
        if line is not None:
            problem, straight = self.question.problem, line

            def problem_at(by: float) -> LinearProgram:
                return straight.from_here(problem, by)

        for _ in range(4):
            near, half = self._slope_at(problem_at, step), self._slope_at(problem_at, step / 2)
            if near is None or half is None:
                return Piece(np.nan, 0.0)
            slope = 2 * half[0] - near[0]
            # the middle slope of the way is that of the line between its ends, unless a piece ends on the way
            secant = (near[1] - self.start.value) / step
            if abs(secant - half[0]) <= 1e-3 * abs(secant) + 1e-9 * abs(self.start.value / step):
                break
            step /= 10
        else:
            slope = secant
        noise = 1e-9 * abs(self.start.value)
        if abs(slope * self.size) <= noise:
            slope = 0.0
        end = self._holds_until(self._evaluator(problem_at, None), slope, step, side * reach) if self.ranged else np.nan
        return Piece(slope, end)

    def _holds_until(self, evaluate: Callable[[float], Point | None], slope: float, step: float, reach: float) -> float:
        """Return up to where a slope tells the best value to within a hundredth, from a place where it does."""

        def holds(by: float) -> bool:
            found, line = evaluate(by), slope * by
            noise = 1e-9 * abs(self.start.value)
            return found is not None and abs(found.value - self.start.value - line) <= WITHIN * abs(line) + noise

        good, bad = step, reach
        if holds(bad):
            return bad
        while abs(good * 4) < abs(bad) and holds(good * 4):  # no mutant: how the place is searched
            good *= 4  # no mutant: how the place is searched
        bad = good * 4 if abs(good * 4) < abs(bad) else bad  # no mutant: how the place is searched
        for _ in range(10):  # no mutant: how the place is searched
            middle = (good + bad) / 2
            good, bad = (middle, bad) if holds(middle) else (good, middle)
        return good

    def _slope_at(self, problem_at: Callable[[float], LinearProgram], by: float) -> tuple[float, float] | None:
        """Return the slope of the best value near a place, and the value there; None if no plan is possible there."""
        problem = problem_at(by)
        answer = self.question.solve(problem)
        if answer.termination is not Termination.OPTIMAL:
            return None
        value, little = self.gain * answer.objective, by / 100
        line = between(problem, problem_at(by + little), little)
        if line is None:
            return (value - self.start.value) / by, value
        return self.gain * _slope(line, problem, answer), value

    def _solved_again(self, side: int, step: float) -> Piece:
        """Return what a step brings, for each unit of it."""
        self.method = "solved again with the figure moved by 1%"
        self.unknown = self.unknown or why_in_vain(self.question, self.base, self._foreseen(side * step))
        if self.unknown:
            return Piece(np.nan, np.nan)
        answer = self.question.solve(self.problem_at(side * step))
        if answer.termination is Termination.INFEASIBLE:
            return Piece(np.nan, 0.0)
        change = change_between(self.question, self.base, answer)
        self.unknown = NOT_TOLD if np.isnan(change) else ""
        return Piece(change / (side * step), np.nan)

    def _foreseen(self, by: float) -> float:
        """Return what a step changes by the prices of the relaxation; infinite where they say nothing of it."""
        if not self.question.is_limited:
            return np.inf
        problem, answer = self.question.problem, self.question.relaxed()
        line = between(problem, self.problem_at(by), by)
        change = np.nan if line is None else abs(_slope(line, problem, answer) * by)
        return np.inf if np.isnan(change) else change


def _slope(line: Direction, problem: LinearProgram, answer: Solution) -> float:
    return line.slope(problem, answer.x, answer.row_dual, answer.reduced_cost)
