"""The cheapest repairs of a contradiction, as concrete new numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

import numpy as np

from budgetopt.allocation import Subject, scenario_of
from budgetopt.analysis.dropping import drops, logic_of
from budgetopt.analysis.elastic import Elastic, elastic, ends_of
from budgetopt.analysis.repair import NEVER, Amendment, Repair
from budgetopt.audit import Audit, Check, SpendingPlan, audit_plan
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.formulation import Provision, formulate, provisions_of
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus, solve_linear_program
from budgetopt.solvers.highs import LiveModel

__all__ = ["repairs"]

LEAST = 1e-9
"""What gives way by less than this share of its size does not give way."""


def repairs(
    scenario: Subject,
    *,
    measure: Literal["dollars", "change"] = "dollars",
    weights: Mapping[str, float | Literal["never"]] | None = None,
    at_most: int = 5,
) -> tuple[Repair, ...]:
    """Return the cheapest repairs of a scenario that no plan can meet, the cheapest first; none if it is feasible.

    The cheapest repair of all may change several provisions; after it come the cheapest that change only one. What is
    no number (rules on which programs go together, the match of a grant, money that may not supplant) can only be
    dropped, or for a match lowered: where a weight is given for it, which is then the cost of dropping it, or where
    nothing else helps. Where that alone is not enough, the cheapest numbers that have to change as well come with it.

    Parameters
    ----------
    scenario
        The scenario, or the path of its folder or file.
    measure
        ``dollars``: the fewest dollars by which floors, ceilings, reserves and rules on spending give way, or that must
        be found for a fund; limits that are not in dollars (targets, resources) count as many dollars as units, times
        their weight, and give way only where a weight is given for them or where nothing else helps. ``change``: the
        least change of all limits, each as a share of itself; money to be found counts as a share of the fund's.
    weights
        How much a provision counts, by its name: a factor, or ``never``. Left out, 1.
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
    found = _find(scenario, measure, weights, at_most, others=False)
    return found or _find(scenario, measure, weights, at_most, others=True)


def _check_weights(scenario: Scenario, weights: Mapping[str, Any]) -> None:
    known = {provision.name for provision, _, _ in provisions_of(scenario)} | set(scenario.funds)
    for name, weight in weights.items():
        if name not in known:
            raise OptionError(f"no provision is named {name!r}", hint="a rule, fund, program, outcome or resource")
        if weight != NEVER and not (isinstance(weight, int | float) and weight > 0 and math.isfinite(weight)):
            raise OptionError(f"the weight of {name!r} is {weight!r}", hint="a number above zero, or never")


def _find(
    scenario: Scenario, measure: str, weights: Mapping[str, Any], at_most: int, *, others: bool
) -> tuple[Repair, ...]:
    found = _by_numbers(scenario, measure, weights, others=others, alone=True)
    if found is None:
        return ()

    def completed(repair: Repair) -> Repair | None:
        """Return a repair with what else it takes by numbers; None if nothing helps."""
        if _works(scenario, repair):
            return repair
        rest = _by_numbers(repair.apply(scenario), measure, weights, others=others, alone=False)
        if not rest:
            return None
        both = Repair(repair.cost + rest[0].cost, (*repair.amendments, *rest[0].amendments))
        return both if _works(scenario, both) else None

    named = {name: float(weight) for name, weight in weights.items() if weight != NEVER}
    barred = {name for name, weight in weights.items() if weight == NEVER}
    found += drops(scenario, named, barred, completed, every=others and not found)
    unique = {tuple((item.path, str(item.after)) for item in repair.amendments): repair for repair in reversed(found)}
    ordered = sorted(unique.values(), key=lambda repair: (repair.cost, len(repair.amendments)))
    return tuple(islice((repair for repair in ordered if _works(scenario, repair)), at_most))


def _by_numbers(
    scenario: Scenario, measure: str, weights: Mapping[str, Any], *, others: bool, alone: bool
) -> list[Repair] | None:
    """Return the cheapest repair by numbers, and with ``alone`` those of one provision; None if none is needed."""
    whole_only = set(logic_of(scenario))

    def cost_of(provision: Provision, bound: float, in_dollars: bool) -> float | None:
        weight = weights.get(provision.name, 1.0)
        if weight == NEVER or provision in whole_only:
            return None
        if measure == "change":
            return float(weight) / max(abs(bound), 1e-9)
        return float(weight) if in_dollars or others or provision.name in weights else None

    slack = elastic(scenario, cost_of)
    live = LiveModel(slack.problem)
    best = _solve(live)
    if best is None:
        return []
    if slack.problem.stages[0].cost @ best <= LEAST:
        return None
    found = [_repair(scenario, slack, best)]
    for provision in dict.fromkeys(slack.provision) if alone else ():
        mine = np.array([owner == provision for owner in slack.provision])
        live.set_column_bounds(slack.column, np.zeros(len(mine)), np.where(mine, np.inf, 0.0))
        point = _solve(live)
        if point is not None:
            found.append(_repair(scenario, slack, point))
    return found


def _works(scenario: Scenario, repair: Repair) -> bool:
    """Return whether the repaired scenario has a plan; a share of nothing, for one, can be no larger."""
    if not repair.amendments:
        return False
    try:
        problem = formulate(repair.apply(scenario)).linear_program
    except ScenarioError:
        return False
    stage = replace(problem.stages[0], cost=np.zeros(problem.columns), offset=0.0)
    answer = solve_linear_program(replace(problem, stages=(stage,), tie_break=None))
    return answer.x is not None


def _solve(live: LiveModel) -> Floats | None:
    answer = live.solve()
    return answer.x if answer.primal is PointStatus.FEASIBLE else None


def _repair(scenario: Scenario, slack: Elastic, point: Floats) -> Repair:
    """Return the numbers that the plan of a point needs, where its limits gave way."""
    formulation = slack.formulation
    own = point[: formulation.linear_program.columns]
    plan = SpendingPlan(
        formulation.spending_of(own),
        formulation.transfers_of(own),
        formulation.packages_of(own),
        formulation.units_of(own),
    )
    opinion = audit_plan(scenario, plan)
    gave: dict[Provision, float] = {}
    for provision, amount in zip(slack.provision, point[slack.column].tolist(), strict=True):
        if amount > LEAST * max(1.0, abs(amount)):
            gave[provision] = gave.get(provision, 0.0) + amount
    places = {provision: place for provision, _, place in provisions_of(scenario)}
    amendments = []
    for provision in gave:
        for path, before, after in _amended(scenario, opinion, provision, slack, point):
            amendments.append(Amendment(provision, path, before, after, places.get(provision)))
    return Repair(float(slack.problem.stages[0].cost @ point), tuple(amendments))


def _amended(
    scenario: Scenario, opinion: Audit, provision: Provision, slack: Elastic, point: Floats
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path, the old and the new value of each number of a provision that has to change."""
    name = provision.name
    match provision.kind:
        case "money":
            yield from _found_money(scenario, name, slack, point)
        case "structural balance":
            yield f"funds[{name}].structural_balance", True, False
        case "maintenance of effort":
            effort = scenario.funds[name].maintenance_of_effort
            assert effort is not None
            given = max(
                float(point[slack.column[at]]) for at, owner in enumerate(slack.provision) if owner == provision
            )
            kept = _outward(float(effort.at_least) * (1.0 - given), up=False)
            after = Share(max(kept, 0.0)) if isinstance(effort.at_least, Share) else max(kept, 0.0)
            yield f"funds[{name}].maintenance_of_effort.at_least", effort.at_least, after
        case "floor" | "ceiling":
            yield from _program_limit(scenario, opinion, provision)
        case "reserve":
            fund = scenario.funds[name]
            assert fund.reserve is not None
            check = next(check for check in opinion.of_kind("reserve") if check.name == name)
            base = (
                scenario.revenue(name)
                if fund.reserve.of == "revenue"
                else opinion.balances.spending[list(scenario.funds).index(name)]
            )
            yield from _bounds(
                scenario, f"funds[{name}].reserve", {"at_least": fund.reserve.at_least}, check, base[check.period]
            )
        case "fund spending":
            limits = scenario.funds[name].spending
            assert limits is not None
            position = list(scenario.funds).index(name)
            paid = opinion.balances.spending[position]
            bounds = {key: getattr(limits, key) for key in ("at_least", "at_most")}
            check = Check("fund spending", name, paid, np.arange(len(paid)), np.zeros(len(paid)))
            yield from _bounds(scenario, f"funds[{name}].spending", bounds, check, scenario.revenue(name))
        case "transfer":
            giver, taker = ends_of(scenario, name)
            transfer, funds = scenario.funds[giver].transfers_to[taker], list(scenario.funds)
            moved = opinion.plan.transfers[funds.index(giver), funds.index(taker)]
            bounds = {key: getattr(transfer, key) for key in ("at_least", "at_most")}
            check = Check("transfer", name, moved, np.arange(len(moved)), np.zeros(len(moved)))
            yield from _bounds(scenario, f"funds[{giver}].transfers_to[{taker}]", bounds, check, None)
        case "target":
            target = scenario.outcomes[name].target
            assert target is not None
            check = next(check for check in opinion.of_kind("target") if check.name == name)
            bounds = {key: getattr(target, key) for key in ("at_least", "at_most")}
            yield from _bounds(scenario, f"outcomes[{name}].target", bounds, check, None)
        case "resource":
            check = next(check for check in opinion.of_kind("resource") if check.name == name)
            bounds = {"capacity": scenario.resources[name].capacity}
            yield from _bounds(scenario, f"resources[{name}]", bounds, check, None)
        case _:
            yield from _rule(scenario, opinion, name)


def _rule(scenario: Scenario, opinion: Audit, name: str) -> Iterator[tuple[str, Any, Any]]:
    position = [rule.name for rule in scenario.rules].index(name)
    rule, check = scenario.rules[position], opinion.rules[position]
    path = f"rules[{name}]"
    if isinstance(rule, ChangeRule):
        assert check.share_of is not None
        move = np.divide(
            check.value - check.share_of, check.share_of, out=np.zeros(len(check)), where=check.share_of > 0
        )
        for key, moved in (("at_most", np.abs(move)), ("increase_at_most", move), ("decrease_at_most", -move)):
            before = getattr(rule.change, key)
            if before is not None and moved.max(initial=0.0) > before + LEAST:
                yield f"{path}.change.{key}", before, Share(_outward(float(moved.max()), up=True))
        return
    keys = ("at_least", "at_most", "equals", "each_at_least", "each_at_most")
    bounds = {key: getattr(rule, key, None) for key in keys}
    yield from _bounds(scenario, path, bounds, check, check.share_of)


def _bounds(
    scenario: Scenario, path: str, bounds: Mapping[str, Any], check: Check, base: Floats | None
) -> Iterator[tuple[str, Any, Any]]:
    """Yield new limits where what is attained misses the old ones: the worst of all periods, or each of its own."""
    for key, before in bounds.items():
        if before is None:
            continue
        upward = key in ("at_most", "each_at_most", "capacity")
        is_mapping = isinstance(before, Mapping)
        after: dict[str, float] = {}
        for cell, at in enumerate(check.period.tolist()):
            period = scenario.periods[at] if at >= 0 else ""
            bound = before.get(period) if is_mapping else before
            if bound is None:
                continue
            # a share may be written as 0.12 where only a share is possible: in a rule with `of`
            relative = isinstance(bound, Share) or (base is not None and path.startswith("rules["))
            attained = float(check.value[cell])
            if relative and base is not None:
                attained = attained / float(base[cell]) if base[cell] else 0.0
            missed = attained > bound if upward else attained < bound
            if key == "equals":
                missed = attained != bound
            if not missed or math.isclose(attained, bound, rel_tol=1e-9, abs_tol=1e-9):
                continue
            new = _outward(attained, up=upward) if key != "equals" else attained
            after[period] = Share(new) if relative else new
        if not after:
            continue
        if is_mapping:
            yield f"{path}.{key}", {period: before[period] for period in after}, after
        else:
            worst: Callable[..., float] = max if upward else min
            yield f"{path}.{key}", before, worst(after.values())


def _program_limit(scenario: Scenario, opinion: Audit, provision: Provision) -> Iterator[tuple[str, Any, Any]]:
    key = "at_least" if provision.kind == "floor" else "at_most"
    row = scenario.programs.position(provision.name)
    spending = scenario.programs[provision.name].spending
    before = None if spending is None else getattr(spending, key)
    if before is None:
        service = scenario.programs[provision.name].service
        if service is not None:
            units = opinion.plan.spending[row].sum(axis=0) / max(service.unit_cost, 1e-12)
            yield (
                f"programs[{provision.name}].service.at_least",
                service.at_least,
                _outward(float(units.min()), up=False),
            )
        return
    spent = opinion.plan.spending[row].sum(axis=0)
    check = Check(provision.kind, provision.name, spent, np.arange(len(spent)), np.zeros(len(spent)))
    base = scenario.baselines[row] if _has_share(before) else None
    yield from _bounds(scenario, f"programs[{provision.name}].spending", {key: before}, check, base)


def _has_share(value: Any) -> bool:
    values = value.values() if isinstance(value, Mapping) else (value,)
    return any(isinstance(item, Share) for item in values)


def _found_money(scenario: Scenario, fund: str, slack: Elastic, point: Floats) -> Iterator[tuple[str, Any, Any]]:
    """Yield one-time revenue that covers what a fund is short of in each period."""
    before = scenario.per_period(scenario.funds[fund].one_time)
    mine = [owner == Provision("money", fund) for owner in slack.provision]
    short = point[slack.column[np.array(mine)]]
    after = {}
    for at, (period, amount) in enumerate(zip(scenario.periods, short.tolist(), strict=True)):
        if amount > LEAST:
            after[period] = _outward(float(before[at]) + amount, up=True)
    said = scenario.funds[fund].one_time
    every = {period: float(before[at]) for at, period in enumerate(scenario.periods)}
    yield f"funds[{fund}].one_time", said, {**every, **after}


def _outward(value: float, *, up: bool) -> float:
    """Round to a number that people can write, on the side that leaves room: to the cent, or to digits of a share."""
    digits = 6 if abs(value) < 10 else 2
    near = round(value, digits)
    noise = 1e-10 * max(abs(value), 1.0)
    step = 10.0**-digits
    if up and near < value - noise:
        near = round(near + step, digits)
    elif not up and near > value + noise:
        near = round(near - step, digits)
    return near + 0.0
