"""The least change of a share, which need not enter a linear program as a straight line.

A plan that keeps the changed limit by as wide a margin as possible keeps a tighter one too; that one is the next to be
tried, until nothing is left to gain (Dinkelbach, Management Science 13, 1967). Where a share that is tighter by the
last digit shown has a plan as well, as where one number limits how far many programs move up and down, halvings find
the least: what is looser always has a plan, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from budgetopt.analysis.infeasibility.amending import new_numbers
from budgetopt.analysis.infeasibility.cheapest import TIME_LIMIT
from budgetopt.analysis.infeasibility.elastic import limited_rows, with_slacks
from budgetopt.analysis.infeasibility.existence import works
from budgetopt.analysis.infeasibility.repair import Amendment, Repair
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Number
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, solve_linear_program
from budgetopt.solvers.highs import LiveModel

__all__ = ["with_least_number"]

LAST_DIGIT = 1e-6
ROUNDS = 20
"""Rounds after which a number is taken as it is; each comes much nearer to the least than the one before."""


def with_least_number(scenario: Scenario, repair: Repair) -> Repair:
    """Return a repair of one share with the least number that does, as it is shown; any other repair as it is."""
    if len(repair.amendments) != 1:
        return repair
    (item,) = repair.amendments
    number = next((one for one in item.limit.numbers if item.limit.address_of(one) == item.path), None)
    if number is None or number.sense == "equals" or not _is_share(number, item.after):
        return repair
    for _ in range(ROUNDS):
        tighter = _tightened(scenario, repair, item, number)
        if tighter is None or not _moves_less(item, tighter):
            break
        item = tighter
        repair = replace(repair, amendments=(item,))
    return repair if isinstance(item.after, Mapping) else _to_the_last_digit(scenario, repair, item)


def _to_the_last_digit(scenario: Scenario, repair: Repair, item: Amendment) -> Repair:
    """Return the repair of one share that moves it least, in steps of the last digit shown."""
    before, after = (round(float(value) / LAST_DIGIT) for value in (item.before, item.after))

    def moved(steps: int) -> Repair:
        place = before + (steps if after > before else -steps)
        return replace(repair, amendments=(replace(item, after=Share(round(place * LAST_DIGIT, 6))),))

    lacks, does = 0, abs(after - before)
    if does < 2 or not works(scenario, moved(does - 1)):
        return repair
    while does - lacks > 1:
        middle = (lacks + does) // 2
        lacks, does = (lacks, middle) if works(scenario, moved(middle)) else (middle, does)
    # the tightest may have a plan only by the tolerance of a solver; one step looser it has one
    return moved(does if _is_certain(scenario, moved(does)) else does + 1)


def _is_certain(scenario: Scenario, repair: Repair) -> bool:
    """Return whether a plan of the repaired scenario is certified to keep every limit."""
    certificate = solve_linear_program(formulate(repair.apply(scenario)).linear_program).certificate
    return certificate is not None and certificate.feasible


def _is_share(number: Number, after: object) -> bool:
    values = after.values() if isinstance(after, Mapping) else (after,)
    return number.measure != "added" and number.per_unit is None and all(isinstance(one, Share) for one in values)


def _moves_less(item: Amendment, other: Amendment) -> bool:
    """Return whether an amendment moves its number less far than one before."""
    if isinstance(item.after, Mapping):
        periods = item.before
        before, now = (
            sum(abs(float(one.after.get(period, old)) - float(old)) for period, old in periods.items())
            for one in (item, other)
        )
        return before > now
    return abs(float(other.after) - float(item.before)) < abs(float(item.after) - float(item.before))


def _tightened(scenario: Scenario, repair: Repair, item: Amendment, number: Number) -> Amendment | None:
    """Return a smaller change of a number that a plan meets as well; None if there is none."""
    changed = repair.apply(scenario)
    formulation = whole(changed)
    problem = formulation.linear_program
    position = changed.limits.find(item.limit.kind, item.limit.name)
    if position < 0:
        # a floor of nothing is no limit any more
        return None
    row, limit, period = limited_rows(problem)
    mine = limit == position
    row, group = row[mine], period[mine]
    if not isinstance(item.after, Mapping):
        group = np.zeros_like(group)
    point = _widest(problem, row, np.unique(group, return_inverse=True)[1], number)
    if point is None:
        return None
    found = list(new_numbers(scenario, item.limit, number, formulation, point))
    if not found:
        return None
    before, after = found[0]
    return Amendment(item.limit, item.path, before, after)


def _widest(problem: LinearProgram, row: Ints, group: Ints, number: Number) -> Floats | None:
    """Return the point that keeps rows by the widest margin, one margin for the rows of each group."""
    below, above = (np.isfinite(side[row]) for side in (problem.row_lower, problem.row_upper))
    upward = number.sense == "at most" and number.measure != "gap"
    if number.measure in ("value", "gap", "increase", "decrease"):
        is_lower = not upward or number.measure == "decrease"
        below, above = below & is_lower, above & (not is_lower)
    sides = ((below, 1.0), (above, -1.0))
    rows = np.concatenate([row[side] for side, _ in sides])
    if not len(rows):
        return None
    sign = np.concatenate([np.full(int(side.sum()), value) for side, value in sides])
    groups = np.concatenate([group[side] for side, _ in sides])
    count = int(groups.max()) + 1
    wider = with_slacks(problem, rows, groups, sign, np.ones(count))
    lower = wider.lower.copy()
    lower[problem.columns :] = -np.inf
    return LiveModel(replace(wider, lower=lower), Options(time_limit=TIME_LIMIT)).solve().x
