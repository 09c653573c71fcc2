"""Between which weights of each outcome a plan stays the best one, and what moves beyond."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from budgetopt.allocation import Allocation
from budgetopt.analysis.live_problem.parametric import TOLERANCE, Point, follow
from budgetopt.analysis.live_problem.plan_moves import moves_between, spending_at
from budgetopt.analysis.live_problem.what_if import HELD as EXACT_IF_HELD
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.members import Machines, Members, run_members
from budgetopt.analysis.weighting.weighing import weighed, with_weights, worths_of
from budgetopt.errors import OutOfTimeError
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import Termination
from budgetopt.solvers.solution import EXACT

__all__ = ["WeightRange", "weight_ranges"]

FAR = (1e2, 1e4)
"""How far a weight is followed upwards in turn, in terms of itself; a plan that stays there is taken to stay always."""
RANGES = 4
"""So many weights are followed one after another on one model."""
BEYOND = 1e-4
"""How far beyond the end of a range, as a share of its weight, the next plan is looked for."""


@dataclass(frozen=True, slots=True)
class WeightRange:
    """The weights of one outcome with which a plan stays the best, all others as they are.

    Parameters
    ----------
    outcome, weight
        The key of the outcome, and its weight.
    least, most
        The range: 0 and infinite where the plan stays down to nothing, or however large the weight is; NaN where no
        search came to its end.
    method
        How it was worked out: ``exact``, or exact as long as the integer decisions stand.
    less, more
        Which programs get more or less just below and just above the range: id, name and dollars, the largest first.
    """

    outcome: str
    weight: float
    least: float
    most: float
    method: str
    less: tuple[tuple[str, str, float], ...] = ()
    more: tuple[tuple[str, str, float], ...] = ()


def weight_ranges(plan: Allocation, machines: Machines | None = None) -> Members[WeightRange]:
    """Return the range of each outcome's weight over which a plan stays a best one by the first objective, exactly.

    The best value is convex in a weight, and a plan is on it as long as the line of what it brings is: each end of a
    range is where that line leaves the best value, found by meeting lines and no ranging of a solver, so degenerate
    plans have their true range. That holds with integer decisions too; where there are so many that searches stop
    short of their end, the range is that among the plans with the same integer decisions. Where later objectives moved
    the plan away from the best value, the range is that of the best plan by the first objective.
    """
    count = len(plan.scenario.outcomes)
    text = "Looking for the range of each weight"
    return run_members(_ranges_of, plan, count, text=text, machines=machines, chunk=RANGES)  # no mutant: who works


def _ranges_of(plan: Allocation) -> Callable[[int], WeightRange]:
    """Return what finds the range of a weight by the position of its outcome."""
    scenario = plan.scenario
    # an outcome without a weight is wanted as soon as it has one
    near = with_weights(scenario, {name: outcome.weight or 1.0 for name, outcome in scenario.outcomes.items()})
    question, method = WhatIf(near), "exact"
    if question.is_integer and question.accuracy > EXACT:
        question, method = WhatIf(near, plan=plan), EXACT_IF_HELD
    parts, worths = weighed(question.scenario, question.formulation), worths_of(scenario)

    def solved(other: Floats) -> tuple[float, Floats] | None:
        answer = question.solve(replace(question.problem, stages=(parts.stage(other),)))
        if answer.termination is Termination.INTERRUPTED:
            raise KeyboardInterrupt
        if answer.termination is not Termination.OPTIMAL or answer.x is None:
            return None
        return answer.objective, parts.levels(answer.x)

    best, own = solved(worths), _own_levels(plan)
    if best is None:
        raise OutOfTimeError("no search for the best plan came to its end")
    value, levels = best
    if own is not None and abs(own[1] - value) <= TOLERANCE * 100 * max(abs(value), 1e-9):
        levels = own[0]

    def of(at: int) -> WeightRange:
        name, outcome = list(scenario.outcomes.items())[at]
        sign = -1.0 if outcome.direction == "decrease" else 1.0

        def evaluate(weight: float) -> Point | None:
            other = worths.copy()
            other[at] = sign * weight
            there = solved(other)
            return None if there is None else Point(weight, there[0], sign * float(there[1][at]))

        start = Point(outcome.weight, value, sign * float(levels[at]))
        least, most = _range(_size(plan, outcome.weight), start, evaluate)
        found = WeightRange(name, outcome.weight, least, most, method)
        return _with_moves(plan, found) if method == "exact" else found

    return of


def _size(plan: Allocation, weight: float) -> float:
    return abs(weight) or max(abs(one.weight) for one in plan.scenario.outcomes.values()) or 1.0


def _range(size: float, start: Point, evaluate: Callable[[float], Point | None]) -> tuple[float, float]:
    """Return the range of one weight, from the plan's own line."""
    weight, ends = start.at, []
    for side in (-1, 1):
        # a weight keeps its sign: beyond, the outcome is not wanted any more
        last = math.inf if side > 0 else 0.0
        if weight:
            last = abs(weight) if side * weight < 0 else math.inf
        end = weight if last == 0.0 else math.nan
        for far in FAR if last else ():
            piece = follow(evaluate, start, side, unit=1e-7 * size, far=far * size, last=last, slope=start.slope)
            end = piece.end if piece.feasible else math.nan
            if not math.isinf(end):
                break
        ends.append(end)
    return ends[0], ends[1]


def _with_moves(plan: Allocation, one: WeightRange) -> WeightRange:
    """Return a range with what moves beyond its ends."""
    step = BEYOND * _size(plan, one.weight)
    below, above = one.least - step, one.most + step
    less = _moved(plan, one.outcome, below) if math.isfinite(one.least) and one.least != 0 else ()
    more = _moved(plan, one.outcome, above) if math.isfinite(one.most) and one.most != 0 else ()
    return replace(one, less=less, more=more)


def _moved(plan: Allocation, name: str, weight: float) -> tuple[tuple[str, str, float], ...]:
    """Return which programs get more or less with another weight."""
    after = spending_at(with_weights(plan.scenario, {name: weight}))
    return () if after is None else tuple(moves_between(plan.scenario, plan.spending.sum(axis=(1, 2)), after))


def _own_levels(plan: Allocation) -> tuple[Floats, float] | None:
    """Return what the plan has of each outcome, as the objective counts it, and its value; None without a point."""
    x = plan.solver_result.x
    if x is None:
        return None
    return weighed(plan.scenario, plan.formulation).levels(x), plan.formulation.linear_program.stages[0].value(x)
