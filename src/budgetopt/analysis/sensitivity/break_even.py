"""What would have to change for a program to get more, less, or anything at all: its effect, its cost, a weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.live_problem.alterations import Altered
from budgetopt.analysis.live_problem.bracketing import CLOSE, Seen, bracketed
from budgetopt.analysis.live_problem.what_if import WhatIf, basis_of, question_about
from budgetopt.analysis.sensitivity.more_or_not import NOT_SOLVED, Sides, UnsettledError
from budgetopt.formulation.linear_program import LinearProgram, Stage
from budgetopt.formulation.spending.terms import SpendingTerms
from budgetopt.formulation.stages import gives_up
from budgetopt.scenario.named import named
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus, Solution, Termination
from budgetopt.solvers.faces import with_value_row

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation, Subject

__all__ = ["FARTHEST", "KINDS", "BreakEven", "break_even_factors", "factors_of"]

FARTHEST = 100.0
"""Factors beyond this one, or below one over it, are not looked at."""
KINDS = ("effect", "cost", "weight")
"""What a break-even can be of."""
MOVES = 1e-6
"""A level that moves by less than this share of itself, or of the largest program's, does not move."""
NOISE = 1e-9
"""The share of a value below which the values of two plans are one."""
GIVEN_UP = "later objectives may give up some of the first"
"""Why a factor is not known where the best plan by the first objective is not the plan."""
LEAN = 4e-9
"""What a dollar of the program counts against its moving, as a share of the greatest worth of any dollar: just more
than what a solver of linear programs can tell apart."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The factor at which a program's funding changes.

    Parameters
    ----------
    what
        ``effect`` (all that its money buys), ``cost`` (all that it costs), or ``weight`` (of one outcome).
    outcome
        For a weight, the outcome.
    more
        Whether the program then gets more, or less; for a cost, more dollars and more service, or less of both.
    factor
        The factor on today's figure: just beyond it the program gets more (or less), just inside it does not, both
        proved by the optimal basis or seen by solving again. NaN if no factor up to :data:`FARTHEST` changes it, or if
        it is not known.
    unknown
        Why the factor is not known; empty if it is, or if it is known that there is none.
    """

    what: str
    outcome: str
    more: bool
    factor: float
    unknown: str = ""


def break_even_factors(
    plan: Subject, program: str, *, kinds: Collection[str] = KINDS, question: WhatIf | None = None
) -> tuple[BreakEven, ...]:
    """Return the factors at which a program gets more, and less: on its effect, its cost and each outcome's weight.

    They are worked out for the first objective alone: just beyond a factor the program gets more (or less) whatever
    later objectives decide. Where these may give up some of the first one, no factor is known.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    program
        The program's id, or its printed name.
    kinds
        Which of ``effect``, ``cost`` and ``weight`` are looked for.
    question
        A live problem of the same scenario, if there is one already.

    Raises
    ------
    UnknownNameError
        If there is no such program.
    OptionError
        If several programs are printed under the name.
    """
    plan = plan_of(plan, "break_even_factors")
    row = plan.scenario.programs.position(named(plan.scenario, program, ("program",)).key)
    return factors_of(plan, row, question or question_about(plan, exact=True), kinds)


def factors_of(plan: Allocation, row: int, question: WhatIf, kinds: Collection[str] = KINDS) -> tuple[BreakEven, ...]:
    """Return the break-evens of the program in a row of the scenario's programs.

    No integer decision of the question may be held: the program's own has to be free.
    """
    outcomes = _affected(plan.scenario, row)
    asked = [("effect", "", True), ("cost", "", False), *(("weight", name, True) for name in outcomes)]
    now = _Level(plan, question, row)
    return tuple(
        now.break_even(what, outcome, more=more, rises=rises)
        for what, outcome, rises in (asked if outcomes else ())
        if what in kinds
        for more in (True, False)
        if more or now.level
    )


def _affected(scenario: Scenario, row: int) -> list[str]:
    """Return the outcomes with a weight that a program affects."""
    effects, packages = scenario.effects, scenario.packages
    mine = np.isin(packages.effect_package, np.flatnonzero(packages.program == row))
    touched = {*effects.outcome[effects.program == row].tolist(), *packages.effect_outcome[mine].tolist()}
    return [name for at, (name, outcome) in enumerate(scenario.outcomes.items()) if at in touched and outcome.weight]


class _Level:
    """How far one program is funded, as its figures change."""

    def __init__(self, plan: Allocation, question: WhatIf, row: int) -> None:
        self._question, self._row = question, row
        spent = plan.spending.sum(axis=(1, 2))
        self.level = float(spent[row])
        self._by_period = plan.spending[row].sum(axis=0)
        self._half = plan.half_a_cent
        self._tolerance = max(MOVES * float(spent.max(initial=0.0)), self._half)
        self._apart = self._least_step()

    def break_even(self, what: str, outcome: str, *, more: bool, rises: bool) -> BreakEven:
        """Return the factor nearest to one at which the level moves up or down; NaN if there is none."""
        if self._is_held(more=more):
            return BreakEven(what, outcome, more, math.nan)
        if gives_up(self._question.scenario):
            return BreakEven(what, outcome, more, math.nan, GIVEN_UP)
        far = math.log(FARTHEST if more == rises else 1 / FARTHEST)
        try:
            if self._apart and (self._is_packaged or (more and not self.level)):
                sides = Sides(self._question, self._row, self.level, self._apart, what, outcome, more=more)
                return BreakEven(what, outcome, more, sides.meeting(far))
            return BreakEven(what, outcome, more, self._followed(what, outcome, far, more=more))
        except UnsettledError as reason:
            return BreakEven(what, outcome, more, math.nan, str(reason))

    def _least_step(self) -> float:
        """Return the least by which two levels of a program of all-or-nothing decisions differ; 0 if it has none."""
        labels, terms = self._question.problem.column_labels, self._question.formulation.terms.spending
        blocks = {kind: labels.of_kind(kind) for kind in ("package", "open")}
        own = {
            kind: np.concatenate(
                [np.empty(0, dtype=np.int64), *(one.positions[one.keys["program"] == self._row] for one in found)]
            )
            for kind, found in blocks.items()
        }
        self._is_packaged = bool(len(own["package"]))
        if not self._is_packaged:
            return 2 * self._tolerance if len(own["open"]) else 0.0
        mine = terms.program == self._row
        return float(terms.weight[mine].min()) if mine.any() else 0.0

    def _followed(self, what: str, outcome: str, far: float, *, more: bool) -> float:
        """Return the factor at which a level that moves by degrees begins to move; NaN if there is none."""
        question, alterations = self._question, self._question.alterations
        # what a dollar buys changes in proportion to the effect, and to one over the cost
        turns = -1.0 if what == "cost" else 1.0

        def look(at: float) -> Seen:
            altered = alterations.scaled(self._row, what, outcome, math.exp(at))
            is_integer = question.is_integer or altered.problem.is_integer
            # of equally good plans the one that moves least: it moves only where all of them do
            problem = altered.problem if is_integer else self._leaning(altered, more=more)
            answer = self._ended(problem)
            if answer.primal is not PointStatus.FEASIBLE or answer.x is None:
                return Seen(at, problem, answer)
            if not self._moved(float((altered.spends * answer.x).sum()), what, math.exp(at), more=more):
                return Seen(at, problem, answer)
            # searches do not tell so small a leaning; where plans tie to the end, a solver's tolerance may move it
            still = self._as_good(altered, answer.x, what, more=more) if is_integer or at == far else None
            return Seen(at, problem, answer if still is None else replace(answer, x=still), moved=still is None)

        told = self._told_by_basis(look, more=more) if what == "effect" else None
        if told is not None:
            return told
        found = bracketed(
            look,
            lambda at: alterations.scaled(self._row, what, outcome, math.exp(at)).problem,
            Seen(0.0, question.problem, question.as_is()),
            far,
            lambda at: math.exp(turns * at),
            lambda size: turns * math.log(size),
            alterations.columns_of_effects(self._row),
            more,
        )
        return math.nan if found is None else math.exp((found[0].at + found[1].at) / 2)

    def _leaning(self, altered: Altered, *, more: bool) -> LinearProgram:
        """Return a changed problem in which each dollar of the program counts a little against its moving."""
        stage = altered.problem.stages[0]
        side = stage.sign * (1.0 if more else -1.0)
        lean = side * self._lean(stage.cost, altered.spending) * altered.spends
        return replace(altered.problem, stages=(replace(stage, cost=stage.cost + lean),))

    def _ended(self, problem: LinearProgram) -> Solution:
        """Solve a problem to the end."""
        answer = self._question.solve(problem)
        if answer.termination not in (Termination.OPTIMAL, Termination.INFEASIBLE, Termination.UNBOUNDED):
            raise UnsettledError(NOT_SOLVED)
        return answer

    def _as_good(self, altered: Altered, best: Floats, what: str, *, more: bool) -> Floats | None:
        """Return a plan in which the program does not move, worth as much as the best at changed figures, if any is."""
        problem, now = altered.problem, self._question.as_is()
        stage = problem.stages[0]
        value, scale = stage.value(best), float(np.abs(stage.cost * best).sum())
        # at another cost the plan as it is costs something else, and buys the same
        is_known = what != "cost" and now.x is not None and len(now.x) == len(best)
        as_it_is = stage.value(now.x) if is_known and now.x is not None else now.objective
        if not problem.is_integer and abs(value - as_it_is) > NOISE * scale:
            return None
        level = self.level + (self._tolerance if more else -self._tolerance)
        held = self._ended(with_value_row(problem, Stage("level", altered.spends, maximize=not more), level, 0.0))
        return held.x if held.x is not None and abs(value - stage.value(held.x)) <= NOISE * scale else None

    def _told_by_basis(self, look: Callable[[float], Seen], *, more: bool) -> float | None:
        """Return the factor on the effect at which the optimal basis ends, if the level is seen to move just beyond.

        NaN if the basis stays the best for all factors that are looked at; None where solving again has to tell.
        """
        question, side, ranging = self._question, 1.0 if more else -1.0, basis_of(self._question)
        if ranging is None or self._effect_moves is None:
            return None
        moves, counted, spends = self._effect_moves
        level, allowed = side * float((spends * ranging.x).sum()), side * self.level + self._tolerance
        spending = question.formulation.terms.spending
        end = ranging.cost_end(side * moves, side * counted, self._lean(question.problem.stages[0].cost, spending))
        if level > allowed or end is None:  # no mutant: a level is never just there
            return None
        far = FARTHEST - 1.0 if more else 1.0 - 1.0 / FARTHEST
        factor = 1.0 + side * min(end.at, far)
        problem = question.alterations.scaled(self._row, "effect", "", factor).problem
        if not ranging.keeps(problem):
            return None
        if end.at >= far:
            return math.nan
        at = side * max(abs(math.log(factor)), CLOSE / 2)
        if level + ranging.risen(end, problem) > allowed or look(at + side * CLOSE / 2).moved:
            return math.exp(at)
        return None

    @cached_property
    def _effect_moves(self) -> tuple[Floats, Floats, Floats] | None:
        """How prices move with the effect, and with the program's dollars, and what columns spend on it.

        None where the prices of the plan as it is do not tell.
        """
        question, ranging = self._question, basis_of(self._question)
        doubled = question.alterations.in_proportion(self._row)
        if ranging is None or doubled is None or not ranging.has_these_prices(doubled.problem):
            return None
        stage = question.problem.stages[0]
        moves = ranging.price_moves(stage.sign * (doubled.problem.stages[0].cost - stage.cost))
        counted = ranging.price_moves(doubled.spends)
        return None if moves is None or counted is None else (moves, counted, doubled.spends)

    def _lean(self, cost: Floats, spending: SpendingTerms) -> float:
        worth = float(np.abs(cost[spending.column] / spending.weight).max(initial=0.0))
        return LEAN * (worth or self._usual_worth)

    @cached_property
    def _usual_worth(self) -> float:
        """What a dollar is worth where no coefficient of the objective stands by the dollars themselves."""
        answer, problem = self._question.as_is(), self._question.problem
        highest = 0.0
        for block in problem.row_labels.of_kind("fund balance"):
            if answer.row_dual is not None:
                highest = max(highest, float(np.abs(answer.row_dual[block.positions]).max(initial=0.0)))
        # where nothing is worth anything, every plan is as good, and any leaning tells them apart
        return highest or float(np.abs(problem.stages[0].cost).max(initial=0.0)) or 1.0

    def _is_held(self, *, more: bool) -> bool:
        """Return whether the program's own limits let it have no more, or no less, in any period."""
        limits = self._question.formulation.limits
        if more:
            return bool((self._by_period >= limits.upper[self._row] - self._half).all())
        return bool((self._by_period <= limits.lower[self._row] + self._half).all())

    def _moved(self, spent: float, what: str, factor: float, *, more: bool) -> bool:
        """Return whether the program is funded more, or less, than now."""
        # of a more expensive program the same service takes more dollars: it is funded more only if it serves more, too
        levels = (spent, spent / factor) if what == "cost" else (spent,)
        if more:
            return min(levels) > self.level + self._tolerance
        return max(levels) < self.level - self._tolerance
