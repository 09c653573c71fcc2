"""The cheapest repairs of a contradiction, as concrete new numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

import numpy as np

from budgetopt.allocation import Subject, scenario_of
from budgetopt.analysis.infeasibility.amending import repaired
from budgetopt.analysis.infeasibility.cheapest import LEAST, Cheapest
from budgetopt.analysis.infeasibility.dropping import drops
from budgetopt.analysis.infeasibility.elastic import Elastic, elastic, money_of
from budgetopt.analysis.infeasibility.existence import works
from budgetopt.analysis.infeasibility.least_missed import is_missed
from budgetopt.analysis.infeasibility.least_number import with_least_number
from budgetopt.analysis.infeasibility.recurring_revenue import more_recurring_revenue
from budgetopt.analysis.infeasibility.repair import NEVER, Repair, may_change
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["repairs"]


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
    unmoved: set[Provision] = set()
    found = _by_numbers(scenario, measure, weights, unmoved)
    if found is None:
        return ()

    def completed(repair: Repair) -> Repair | None:
        """Return a repair with what else it takes by numbers; None if nothing helps."""
        if works(scenario, repair):
            return repair
        try:
            rest = _by_numbers(repair.apply(scenario), measure, weights)
        except ScenarioError:
            return None
        if not rest:
            return None
        both = Repair(repair.cost + rest[0].cost, (*repair.amendments, *rest[0].amendments), rest[0].measure)
        return both if works(scenario, both) else None

    found += _recurring(scenario, measure, weights, found)
    found += drops(scenario, weights, completed, lambda one: works(scenario, one), every=not found, fixed=unmoved)
    unique = {_changes(repair): repair for repair in reversed(found)}
    ordered = sorted(unique.values(), key=lambda one: _order(scenario, one, measure))
    enough = (repair for repair in ordered if not _has_more_than_another(repair, ordered) and works(scenario, repair))
    return tuple(islice(enough, at_most))


def _order(scenario: Scenario, repair: Repair, measure: str) -> tuple[Any, ...]:
    """Return what repairs are ordered by; of those of one cost what changes a program comes first, then by place."""
    own = [(not one.limit.of_program, scenario.limits.position(one.provision)) for one in repair.amendments]
    return repair.measure != measure, float(f"{repair.cost:.9g}"), len(own), own, _changes(repair)


def _has_more_than_another(repair: Repair, others: Sequence[Repair]) -> bool:
    """Return whether a repair makes all changes of another one, which are enough, and more."""
    own = set(_changes(repair))
    return any(set(_changes(other)) < own for other in others if other.amendments)


def _changes(repair: Repair) -> tuple[tuple[str, str], ...]:
    return tuple((item.path, str(item.after)) for item in repair.amendments)


def _recurring(
    scenario: Scenario, measure: str, weights: Mapping[str, Any], found: Sequence[Repair]
) -> Iterator[Repair]:
    """Yield the recurring revenue that is enough by itself where one-time money of the same fund is not."""
    enough = {repair.amendments[0].provision for repair in found if len(repair.amendments) == 1}
    for limit in scenario.limits.shared:
        if limit.kind == "money" and may_change(limit, weights) and limit.provision not in enough:
            for repair in more_recurring_revenue(scenario, limit):
                as_change = measure == "change"
                cost = repair.cost * weights.get(limit.name, 1.0) / (money_of(scenario) if as_change else 1.0)
                yield replace(repair, cost=cost, measure="change" if as_change else "dollars")


def _by_numbers(
    scenario: Scenario, measure: str, weights: Mapping[str, Any], unmoved: set[Provision] | None = None
) -> list[Repair] | None:
    """Return the cheapest repair by numbers; None if none is needed.

    With ``unmoved`` also those of one provision; to it are added the provisions that may be enough, though no number of
    theirs is: that of a share of nothing moves nothing.
    """
    money = money_of(scenario)

    def counted(limit: Limit) -> bool:
        return limit.in_dollars or limit.of_program or limit.name in weights

    def counts_of(slack: Elastic) -> Floats:
        limits = [scenario.limits[at] for at in slack.limit.tolist()]
        weight = np.array([float(weights.get(limit.name, 1.0)) for limit in limits])
        in_dollars = np.array([measure != "change" and counted(limit) for limit in limits], dtype=bool)
        return weight * slack.counts(in_dollars, money)

    slack = elastic(scenario, lambda limit: may_change(limit, weights))
    counts = counts_of(slack)
    in_dollars = np.array([counted(scenario.limits[at]) for at in slack.limit.tolist()], dtype=bool)
    cheapest = Cheapest(scenario, slack, counts_of)

    def solved(opened: Bools) -> Repair | None:
        found = cheapest.point(opened)
        if found is None:
            return None
        own, point = found
        gave = point[own.column]
        other = np.array([not counted(scenario.limits[at]) for at in own.limit.tolist()], dtype=bool)
        as_change = measure == "change" or bool((is_missed(own, gave) & other).any())
        cost = float(counts_of(own) @ gave) / (money if as_change else 1.0)
        return repaired(scenario, own, point, cost, "change" if as_change else "dollars")

    every = np.ones(len(counts), dtype=bool)
    best = (solved(in_dollars) if measure == "dollars" else None) or solved(every)
    if best is None:
        return []
    if not best.amendments and best.cost <= LEAST:
        return None
    if unmoved is None:
        return [best]
    found = [with_least_number(scenario, best)]
    for position in cheapest.enough_alone():
        mine = slack.limit == position
        sides = [side for side in (mine & slack.is_floor, mine & ~slack.is_floor) if side.any()]
        tried = [repair for side in sides if (repair := solved(side)) is not None]
        if not tried and len(sides) > 1:
            tried = [repair for repair in (solved(mine),) if repair is not None]
        found += [with_least_number(scenario, repair) for repair in tried]
        if not any(repair.amendments for repair in tried):
            unmoved.add(scenario.limits[position].provision)
    by_number = {repair.amendments[0].provision for repair in found if len(repair.amendments) == 1}
    unmoved |= {scenario.limits[position].provision for position in slack.unmoved} - by_number
    return found
