"""Between which weights of each outcome a plan stays the best one, and what moves beyond."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from budgetopt.allocation import Allocation
from budgetopt.analysis.parametric import TOLERANCE, Point, follow
from budgetopt.analysis.plan_moves import moves_between, spending_at
from budgetopt.analysis.weighing import weighed, with_weights, worths_of
from budgetopt.analysis.what_if import SECONDS, WhatIf
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import Options, Termination
from budgetopt.solvers.solution import EXACT

__all__ = ["WeightRange", "weight_ranges"]

FAR = (1e2, 1e4)
"""How far a weight is followed upwards in turn, in terms of itself; a plan that stays there is taken to stay always."""
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
        The range: 0 and infinite where the plan stays down to nothing, or however large the weight is; NaN where
        searches stopped short of their end.
    less, more
        Which programs get more or less just below and just above the range: id, name and dollars, the largest first.
    """

    outcome: str
    weight: float
    least: float
    most: float
    less: tuple[tuple[str, str, float], ...] = ()
    more: tuple[tuple[str, str, float], ...] = ()


def weight_ranges(plan: Allocation, *, moves: bool = True) -> tuple[WeightRange, ...]:
    """Return the range of each outcome's weight over which a plan stays a best one by the first objective, exactly.

    The best value is convex in a weight, and a plan is on it as long as the line of what it brings is: each end of a
    range is where that line leaves the best value, found by meeting lines and no ranging of a solver, so degenerate
    plans have their true range. That holds with integer decisions too. Where later objectives moved the plan away from
    the best value, the range is that of the best plan by the first objective.
    """
    scenario = plan.scenario
    # an outcome without a weight is wanted as soon as it has one
    wanted = {name: outcome.weight or 1.0 for name, outcome in scenario.outcomes.items()}
    near = with_weights(scenario, wanted)
    question = WhatIf(near)
    if question.is_integer and question.accuracy > EXACT:
        question = WhatIf(near, Options(time_limit=SECONDS))
    parts, worths = weighed(near, question.formulation), worths_of(scenario)

    def solved(other: Floats) -> tuple[float, Floats] | None:
        stage = parts.stage(other)
        answer = question.solve(replace(question.problem, stages=(stage,)))
        if answer.termination is not Termination.OPTIMAL or answer.x is None:
            return None
        if abs(answer.bound - answer.objective) > 10 * EXACT * max(abs(answer.objective), 1e-9):
            return None
        return answer.objective, parts.levels(answer.x)

    best, levels = solved(worths), _own_levels(plan)
    names = list(scenario.outcomes)
    if best is None:
        return tuple(WeightRange(name, scenario.outcomes[name].weight, math.nan, math.nan) for name in names)
    if levels is None or abs(levels[1] - best[0]) > TOLERANCE * 100 * max(abs(best[0]), 1e-9):
        levels = best[1], best[0]
    found = []
    for at, name in enumerate(names):
        weight, sign = scenario.outcomes[name].weight, -1.0 if scenario.outcomes[name].direction == "decrease" else 1.0

        def evaluate(value: float, at: int = at, sign: float = sign) -> Point | None:
            other = worths.copy()
            other[at] = sign * value
            there = solved(other)
            return None if there is None else Point(value, there[0], sign * float(there[1][at]))

        found.append(
            _range(plan, name, weight, Point(weight, best[0], sign * float(levels[0][at])), evaluate, moves=moves)
        )
    return tuple(found)


def _range(
    plan: Allocation, name: str, weight: float, start: Point, evaluate: Callable[[float], Point | None], *, moves: bool
) -> WeightRange:
    """Return the range of one weight, from the plan's own line."""
    size = abs(weight) or max((abs(one.weight) for one in plan.scenario.outcomes.values()), default=1.0) or 1.0
    ends = []
    for side in (-1, 1):
        # a weight keeps its sign: beyond, the outcome is not wanted any more
        last = abs(weight) if side * weight < 0 or not weight else math.inf
        if not weight:
            last = 0.0 if side < 0 else math.inf
        end = start.at if last == 0.0 else math.nan
        for far in FAR if last else ():
            piece = follow(evaluate, start, side, unit=1e-7 * size, far=far * size, last=last, slope=start.slope)
            end = piece.end if piece.feasible else math.nan
            if not math.isinf(end):
                break
        ends.append(end)
    least, most = ends
    changes = []
    for end, side in ((least, -1), (most, 1)):
        there = end + side * BEYOND * size
        clear = moves and math.isfinite(end) and end != 0
        changes.append(_moved(plan, name, there) if clear else ())
    return WeightRange(name, weight, least, most, *changes)


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
