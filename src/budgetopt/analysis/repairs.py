"""The cheapest repairs of a contradiction, as concrete new numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, Literal

import numpy as np

from budgetopt.allocation import Subject, scenario_of
from budgetopt.analysis.contradictions import conflicts
from budgetopt.analysis.dropping import drops
from budgetopt.analysis.elastic import Elastic, elastic, money_of
from budgetopt.analysis.existence import has_point
from budgetopt.analysis.least_missed import is_missed
from budgetopt.analysis.repair import NEVER, Amendment, Repair
from budgetopt.audit import Check, SpendingPlan, audit_plan
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Limit, Number
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options
from budgetopt.solvers.highs import LiveModel

__all__ = ["repairs"]

TIME_LIMIT = 5.0
"""Seconds after which the cheapest repair of all-or-nothing decisions that was found is taken."""
FEW = 8
"""More limits than so many are tried one by one only if they are in the smallest contradiction."""
LEAST = 1e-9
"""What is relaxed by less than this share of its size is not relaxed."""


def repairs(
    scenario: Subject,
    *,
    measure: Literal["dollars", "change"] = "dollars",
    weights: Mapping[str, float | Literal["never"]] | None = None,
    at_most: int = 20,
) -> tuple[Repair, ...]:
    """Return the repairs of a scenario that no plan can meet, the cheapest first; none if it is feasible.

    Every limit that is enough by itself is among them, with its least number; the cheapest repair of all may change
    several. What is not negotiable in the scenario stays as it is. What is no
    number (rules on which programs go together, the match of a grant, money that may not supplant) can only be dropped,
    or for a match lowered: where a weight is given for it, which is then the cost of dropping it, or where nothing else
    helps. Where that alone is not enough, the cheapest numbers that have to change as well come with it.

    Parameters
    ----------
    scenario
        The scenario, or the path of its folder or file.
    measure
        ``dollars``: the fewest dollars by which floors, ceilings, reserves and rules on spending are relaxed, or that
        must be found for a fund. Limits that are not in dollars (targets, resources) come after them, by their change
        as a share of themselves; where a weight is given, they count as many dollars as units, times their weight.
        ``change``: the least change of all limits, each as a share of itself; money to be found counts as a share of
        the fund's.
    weights
        How much a limit counts, by its name: a factor, or ``never``. Left out, 1.
    at_most
        How many repairs to return.

    Raises
    ------
    OptionError
        If a weight is negative or names nothing, or it is asked of something else.
    """
    if at_most < 1:
        raise OptionError(f"at_most is {at_most}; at least one repair must be asked for")
    scenario = scenario_of(scenario, "repairs")
    weights = dict(weights or {})
    _check_weights(scenario, weights)
    return _find(scenario, measure, weights, at_most)


def _check_weights(scenario: Scenario, weights: Mapping[str, Any]) -> None:
    known = {limit.name for limit in scenario.limits.demands()} | set(scenario.funds)
    for name, weight in weights.items():
        if name not in known:
            raise OptionError(f"no limit is named {name!r}", hint="a rule, fund, program, outcome or resource")
        if weight != NEVER and not (isinstance(weight, int | float) and weight > 0 and math.isfinite(weight)):
            raise OptionError(f"the weight of {name!r} is {weight!r}", hint="a number above zero, or never")


def _find(scenario: Scenario, measure: str, weights: Mapping[str, Any], at_most: int) -> tuple[Repair, ...]:
    found = _by_numbers(scenario, measure, weights, alone=True)
    if found is None:
        return ()

    def completed(repair: Repair) -> Repair | None:
        """Return a repair with what else it takes by numbers; None if nothing helps."""
        if _works(scenario, repair):
            return repair
        rest = _by_numbers(repair.apply(scenario), measure, weights, alone=False)
        if not rest:
            return None
        both = Repair(repair.cost + rest[0].cost, (*repair.amendments, *rest[0].amendments), rest[0].measure)
        return both if _works(scenario, both) else None

    found += drops(scenario, weights, completed, every=not found)
    unique = {tuple((item.path, str(item.after)) for item in repair.amendments): repair for repair in reversed(found)}
    ordered = sorted(unique.values(), key=lambda one: (one.measure != measure, one.cost, len(one.amendments)))
    return tuple(islice((repair for repair in ordered if _works(scenario, repair)), at_most))


def _by_numbers(scenario: Scenario, measure: str, weights: Mapping[str, Any], *, alone: bool) -> list[Repair] | None:
    """Return the cheapest repair by numbers, and with ``alone`` those of one provision; None if none is needed."""

    def may_relax(limit: Limit) -> bool:
        return limit.is_negotiable and weights.get(limit.name, 1.0) != NEVER

    money = money_of(scenario)

    def counted(limit: Limit) -> bool:
        return limit.in_dollars or limit.of_program or limit.name in weights

    def counts_of(slack: Elastic) -> Floats:
        limits = [scenario.limits[at] for at in slack.limit.tolist()]
        weight = np.array([float(weights.get(limit.name, 1.0)) for limit in limits])
        in_dollars = np.array([measure != "change" and counted(limit) for limit in limits], dtype=bool)
        return weight * slack.counts(in_dollars, money)

    slack = elastic(scenario, may_relax)
    counts = counts_of(slack)
    in_dollars = np.array([counted(scenario.limits[at]) for at in slack.limit.tolist()], dtype=bool)
    cheapest = _Cheapest(scenario, slack, counts_of)

    def solved(opened: Bools) -> Repair | None:
        found = cheapest.point(opened)
        if found is None:
            return None
        own, point = found
        gave = point[own.column]
        other = np.array([not counted(scenario.limits[at]) for at in own.limit.tolist()], dtype=bool)
        as_change = measure == "change" or bool((is_missed(own, gave) & other).any())
        cost = float(counts_of(own) @ gave) / (money if as_change else 1.0)
        return _repair(scenario, own, point, cost, "change" if as_change else "dollars")

    every = np.ones(len(counts), dtype=bool)
    best = (solved(in_dollars) if measure == "dollars" else None) or solved(every)
    if best is None:
        return []
    if not best.amendments and best.cost <= LEAST:
        return None
    found = [best]
    for position in cheapest.enough_alone() if alone else ():
        mine = slack.limit == position
        sides = [mine & slack.is_floor, mine & ~slack.is_floor]
        tried = [repair for side in sides if side.any() and (repair := solved(side)) is not None]
        found += tried or [repair for repair in (solved(mine),) if repair is not None and all(map(np.any, sides))]
    return found


class _Cheapest:
    """The cheapest way to relax some limits of a scenario: by linear programs as far as they tell."""

    def __init__(self, scenario: Scenario, slack: Elastic, counts: Callable[[Elastic], Floats]) -> None:
        self._scenario, self._slack, self._counts = scenario, slack, counts
        self._problem = _priced(slack, counts(slack))
        self._live = LiveModel(self._problem.relaxed())
        self._costs = counts(slack)

    @cached_property
    def _whole(self) -> LiveModel:
        return LiveModel(self._problem, Options(time_limit=TIME_LIMIT))

    def point(self, opened: Bools) -> tuple[Elastic, Floats] | None:
        """Return the cheapest point at which only these slacks, of shape (slacks,), are used; None if there is none."""
        column, zero, free = self._slack.column, np.zeros(len(opened)), np.where(opened, np.inf, 0.0)
        self._live.set_column_bounds(column, zero, free)
        answer = self._live.solve_anew()
        if answer.x is None:
            return None
        if not self._problem.is_integer:
            return self._slack, answer.x
        # beyond their ceilings programs may need integer decisions: fewer do where only these limits are relaxed
        used = is_missed(self._slack, np.where(opened, answer.x[column], 0.0))
        alone = self._of_these(used)
        if alone is not None and alone[2] <= answer.objective * (1 + 1e-9) + LEAST:
            return alone[:2]
        self._whole.set_column_bounds(column, zero, free)
        whole = self._whole.solve()
        if whole.x is None or (alone is not None and alone[2] <= whole.objective):
            return None if alone is None else alone[:2]
        return self._slack, whole.x

    def enough_alone(self) -> list[int]:
        """Return the positions of the limits each of which may be enough by itself: all others can then be kept."""
        limit = self._slack.limit
        self._live.set_column_bounds(self._slack.column, np.zeros(len(limit)), np.full(len(limit), np.inf))
        left = self._contradicting(-1)
        if left is None or len(left) > FEW:
            # what is enough takes part in every contradiction: also where decisions taken in part meet all limits
            conflict = {one.provision for found in conflicts(self._scenario) for one in found.demands}
            limits = [(at, self._scenario.limits[at]) for at in left or dict.fromkeys(limit.tolist())]
            left = [at for at, one in limits if not one.is_demand or one.provision in conflict]
        found = []
        while left:
            at = left.pop(0)
            others = self._contradicting(at)
            if others is None:
                found.append(at)
            else:
                left = [other for other in left if other in others]
        return sorted(found)

    def _contradicting(self, without: int) -> list[int] | None:
        """Return limits that contradict each other if one is relaxed at no cost; None if all others can be kept."""
        limit, before = self._slack.limit, np.zeros(self._problem.columns - len(self._costs))
        costs = np.where(limit == without, 0.0, self._costs)
        self._live.set_costs(np.concatenate((before, costs)), maximize=False)
        answer = self._live.solve_anew()
        self._live.set_costs(np.concatenate((before, self._costs)), maximize=False)
        if answer.x is None or answer.reduced_cost is None:
            return []
        column = self._slack.column
        if not (is_missed(self._slack, answer.x[column]) & (costs > 0)).any():
            return None
        # the limits with a dual contradict each other (Farkas), whatever happens to the others
        takes_part = (costs > 0) & (costs - answer.reduced_cost[column] > 1e-13 * costs)
        return list(dict.fromkeys(limit[takes_part].tolist()))

    def _of_these(self, used: Bools) -> tuple[Elastic, Floats, float] | None:
        """Return the cheapest point, with its cost, at which only limits are relaxed that use these slacks."""
        sides = set(zip(self._slack.limit[used].tolist(), self._slack.is_floor[used].tolist(), strict=True))
        names = {self._scenario.limits[at].provision for at, _ in sides}
        slack = elastic(self._scenario, lambda limit: limit.provision in names)
        problem = _priced(slack, self._counts(slack))
        there = zip(slack.limit.tolist(), slack.is_floor.tolist(), strict=True)
        upper = problem.upper.copy()
        upper[slack.column] = [np.inf if side in sides else 0.0 for side in there]
        problem = replace(problem, upper=upper)
        answer = LiveModel(problem, Options(time_limit=TIME_LIMIT)).solve()
        return None if answer.x is None else (slack, answer.x, answer.objective)


def _priced(slack: Elastic, counts: Floats) -> LinearProgram:
    """Return the problem of relaxed limits with the cost of each relaxation, of shape (slacks,), as its objective."""
    cost = np.concatenate((np.zeros(slack.problem.columns - len(counts)), counts))
    return replace(slack.problem, stages=(replace(slack.problem.stages[0], cost=cost),))


def _works(scenario: Scenario, repair: Repair) -> bool:
    """Return whether the repaired scenario has a plan; a share of nothing, for one, can be no larger."""
    if not repair.amendments:
        return False
    try:
        problem = formulate(repair.apply(scenario)).linear_program
    except ScenarioError:
        return False
    return bool(has_point(problem))


def _repair(
    scenario: Scenario, slack: Elastic, point: Floats, cost: float, measure: Literal["dollars", "change"]
) -> Repair:
    """Return the numbers that the plan of a point needs, where its limits are relaxed."""
    free, own = slack.formulation, point[: slack.formulation.linear_program.columns]
    plan = SpendingPlan(free.spending_of(own), free.transfers_of(own), free.packages_of(own), free.units_of(own))
    audit, gave, amendments = audit_plan(scenario, plan), point[slack.column], []
    for position in dict.fromkeys(slack.limit[gave > LEAST * np.maximum(1.0, np.abs(gave))].tolist()):
        limit, mine, checks = scenario.limits[position], slack.limit == position, audit.of_limit(position)
        if limit.is_switch:
            amendments.append(Amendment(limit, limit.address, True, False))
        for number in limit.numbers:
            address = limit.address_of(number)
            changed = _changed(scenario, limit, number, checks, slack.period[mine], gave[mine])
            amendments += [Amendment(limit, address, before, after) for before, after in changed]
    return Repair(cost, tuple(amendments), measure)


def _changed(
    scenario: Scenario, limit: Limit, number: Number, checks: Sequence[Check], period: Ints, gave: Floats
) -> Iterator[tuple[Any, Any]]:
    """Yield the old and the new value of a number that has to change: at most one.

    ``period`` and ``gave`` are those of the columns that relax the limit, of shape (slacks,).
    """
    if number.measure == "added":
        yield number.value, _with_money(scenario, number, period, gave)
    elif number.per_unit is not None:
        kept = max(_outward(float(number.value) - float(gave.max()), up=False), 0.0)
        yield number.value, Share(kept) if isinstance(number.value, Share) else kept
    else:
        for check in checks:
            # a program's floor may be one of dollars and one of units
            if not limit.of_program or number.counts_units == (check.kind == "service"):
                cents = limit.in_dollars and not number.counts_units
                yield from (
                    _moved(number, check) if number.measure != "value" else _missed(scenario, number, check, cents)
                )


def _moved(number: Number, check: Check) -> Iterator[tuple[Any, Any]]:
    """Yield the new limit of how far programs may move: as far as the one that moves farthest."""
    assert check.share_of is not None
    base = check.share_of
    move = np.divide(check.value - base, base, out=np.zeros(len(check)), where=base > 0)
    moved = {"move": np.abs(move), "increase": move, "decrease": -move}[number.measure]
    if moved.max(initial=0.0) > number.value + LEAST:
        yield number.value, Share(_outward(float(moved.max()), up=True))


def _missed(scenario: Scenario, number: Number, check: Check, in_cents: bool) -> Iterator[tuple[Any, Any]]:
    """Yield a new limit if what is attained misses the old one: the worst of all periods, or each of its own."""
    upward, after = number.sense == "at most", dict[str, float]()
    limited, worst = (check.upper, max) if upward else (check.lower, min)
    for cell, at in enumerate(check.period.tolist()):
        period = scenario.periods[at] if at >= 0 else ""
        bound = number.in_period(period)
        if bound is None:
            continue
        is_share = number.is_share(bound)
        whole = float(check.share_of[cell]) if is_share and check.share_of is not None else 1.0
        if not _same(bound * whole, float(limited[cell])):
            # something else limits it there: parity, or a reserve that is not yet due
            continue
        attained = float(check.value[cell]) / whole if whole else 0.0
        missed = attained > bound if upward else attained < bound
        if not (missed or number.sense == "equals") or _same(attained, bound):
            continue
        digits = 2 if in_cents and not is_share else None
        new = attained if number.sense == "equals" else _outward(attained, up=upward, digits=digits)
        new = worst(new, after.get(period, new))
        after[period] = Share(new) if is_share else new
    if after and isinstance(number.value, Mapping):
        yield {period: number.value[period] for period in after}, after
    elif after:
        yield number.value, worst(after.values())


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, abs_tol=1e-9)


def _with_money(scenario: Scenario, number: Number, period: Ints, gave: Floats) -> dict[str, float]:
    """Return one-time revenue that covers what a fund is short of in each period."""
    before = scenario.per_period(number.value)
    short = np.zeros(len(before))
    short[period] = gave
    return {
        name: _outward(float(had) + float(more), up=True, digits=6 if had + more < 10 else 2)
        if more > LEAST
        else float(had)
        for name, had, more in zip(scenario.periods, before, short, strict=True)
    }


def _outward(value: float, *, up: bool, digits: int | None = None) -> float:
    """Round to a number that people can write, on the side that is not tighter: to the cent, or to 6 digits."""
    if digits is None:
        # what is printed of a large number are whole units
        digits = 6 if abs(value) < 10 else 2 if abs(value) < 1000 else 0
    near, outward, noise = round(value, digits), 1.0 if up else -1.0, 1e-10 * max(abs(value), 1.0)
    if (value - near) * outward > noise:
        near = round(near + outward * 10.0**-digits, digits)
    return near + 0.0
