"""The new numbers of limits that a plan misses, as people can write them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from budgetopt.analysis.infeasibility.cheapest import LEAST
from budgetopt.analysis.infeasibility.elastic import Elastic
from budgetopt.analysis.infeasibility.repair import Amendment, Repair
from budgetopt.audit import Audit, Check, SpendingPlan, Violation, audit_plan
from budgetopt.errors import ScenarioError
from budgetopt.formulation import Formulation
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Limit, Number, Provision
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario

__all__ = ["missed_limits", "needed_numbers", "new_numbers", "outward", "repaired", "still_missed"]


def repaired(
    scenario: Scenario, slack: Elastic, point: Floats, cost: float, measure: Literal["dollars", "change"]
) -> Repair:
    """Return the numbers that the plan of a point needs, where its limits are relaxed."""
    audit, gave, amendments = _audited(scenario, slack.formulation, point), point[slack.column], []
    for position in dict.fromkeys(slack.limit[gave > LEAST * np.maximum(1.0, np.abs(gave))].tolist()):
        limit, mine, checks = scenario.limits[position], slack.limit == position, audit.of_limit(position)
        if limit.is_switch:
            amendments.append(Amendment(limit, limit.address, True, False))
        for number in limit.numbers:
            address = limit.address_of(number)
            changed = _changed(scenario, limit, number, checks, slack.period[mine], gave[mine])
            amendments += [Amendment(limit, address, before, after) for before, after in changed]
    return Repair(cost, tuple(amendments), measure)


def new_numbers(
    scenario: Scenario, limit: Limit, number: Number, formulation: Formulation, point: Floats
) -> Iterator[tuple[Any, Any]]:
    """Yield the old and the new value of a number that the plan of a point asks for: at most one."""
    checks = _audited(scenario, formulation, point).of_limit(scenario.limits.position(limit.provision))
    yield from _changed(scenario, limit, number, checks, np.empty(0, dtype=np.int64), np.empty(0))


def missed_limits(audit: Audit) -> dict[int, Ints]:
    """Return the limits that an audited plan misses, by their positions, each with the programs of its missed cells.

    A cell that is about no program counts as -1.
    """
    found = dict[int, list[Ints]]()
    for check in audit.checks:
        missed = np.flatnonzero(check.missed)
        if not len(missed):
            continue
        limit = np.broadcast_to(np.asarray(check.limit), len(check))[missed]
        if check.upper_limit is not None:
            limit = np.where(check.value[missed] > check.upper[missed], check.upper_limit[missed], limit)
        program = np.full(len(missed), -1) if check.program is None else check.program[missed]
        for at in np.unique(limit[limit >= 0]).tolist():
            found.setdefault(at, []).append(program[limit == at])
    return {at: np.unique(np.concatenate(programs)) for at, programs in sorted(found.items())}


def needed_numbers(audit: Audit) -> tuple[Amendment, ...]:
    """Return what the limits that an audited plan misses would have to be for it to keep them, each by itself.

    What is no number is dropped. A fund that is short is given one-time money, and its reserve, if it has one, may be
    lower instead.
    """
    scenario, found = audit.scenario, list[Amendment]()
    for position in missed_limits(audit):
        limit = scenario.limits[position]
        if limit.is_switch or not limit.numbers:
            found.append(Amendment(limit, limit.address, *((True, False) if limit.is_switch else (None, None))))
            continue
        checks = audit.of_limit(position)
        for number in limit.numbers:
            gave = np.concatenate([_short_of(check, number) for check in checks])
            if number.per_unit is not None and not gave.max(initial=0.0) > 0:
                continue
            changed = _changed(scenario, limit, number, checks, np.empty(0, dtype=np.int64), gave)
            address = limit.address_of(number)
            found += [Amendment(limit, address, old, new) for old, new in changed if _smallest(new) >= 0]
    return (*found, *_money_needed(audit))


def still_missed(audit: Audit, amendments: tuple[Amendment, ...]) -> tuple[Violation, ...]:
    """Return what an audited plan misses in the scenario with all of some changes; nothing if they are refused."""
    try:
        changed = Repair(0.0, amendments).apply(audit.scenario)
    except ScenarioError:
        return ()
    return tuple(audit_plan(changed, audit.plan).violations)


def _short_of(check: Check, number: Number) -> Floats:
    """Return by how much the cells of a check fall short, in units of the number that limits them; shape (cells,)."""
    short = np.where(check.missed, np.maximum(check.lower - check.value, 0.0), 0.0)
    if number.per_unit is None:
        return short
    unit = number.per_unit[check.period]
    return np.divide(short, unit, out=np.zeros_like(short), where=unit > 0)


def _smallest(value: Any) -> float:
    values = value.values() if isinstance(value, Mapping) else (value,)
    return min(float(one) for one in values)


def _money_needed(audit: Audit) -> Iterator[Amendment]:
    """Yield the one-time money with which each fund that is short keeps its reserve, or closes with nothing."""
    scenario, accounts = audit.scenario, audit.balances
    for at, (name, fund) in enumerate(scenario.funds.items()):
        short, found = np.zeros(len(scenario.periods)), 0.0
        for period, (closing, reserve) in enumerate(zip(accounts.closing[at], accounts.reserve[at], strict=True)):
            short[period] = max(float(reserve - closing) - found, 0.0)
            found = found + short[period] if fund.carryover else 0.0
        limit = scenario.limits[scenario.limits.position(Provision("money", name))]
        number = next((one for one in limit.numbers if one.key == "one_time"), None)
        if number is not None and short.max() > scenario.cent:
            after = _with_money(scenario, number, np.arange(len(short)), short)
            yield Amendment(limit, limit.address_of(number), number.value, after)


def _audited(scenario: Scenario, formulation: Formulation, point: Floats) -> Audit:
    own = point[: formulation.linear_program.columns]
    plan = SpendingPlan(
        formulation.spending_of(own),
        formulation.transfers_of(own),
        formulation.packages_of(own),
        formulation.units_of(own),
        formulation.stand_ins_of(own),
    )
    return audit_plan(scenario, plan)


def _changed(
    scenario: Scenario, limit: Limit, number: Number, checks: Sequence[Check], period: Ints, gave: Floats
) -> Iterator[tuple[Any, Any]]:
    """Yield the old and the new value of a number that has to change: at most one.

    ``period`` and ``gave`` are those of the columns that relax the limit, of shape (slacks,).
    """
    if number.measure == "added":
        if number.key == "one_time":
            yield number.value, _with_money(scenario, number, period, gave)
    elif number.per_unit is not None:
        kept = max(outward(float(number.value) - float(gave.max()), up=False), 0.0)
        yield number.value, Share(kept) if isinstance(number.value, Share) else kept
    else:
        for check in checks:
            # a program's floor may be one of dollars and one of units
            if not limit.of_program or number.counts_units == (check.kind == "service"):
                cents = limit.in_dollars and not number.counts_units
                match number.measure:
                    case "value":
                        yield from _missed(scenario, number, check, cents)
                    case "gap":
                        yield from _apart(limit, number, check)
                    case _:
                        yield from _moved(number, check)


def _moved(number: Number, check: Check) -> Iterator[tuple[Any, Any]]:
    """Yield the new limit of how far programs may move: as far as the one that moves farthest."""
    assert check.share_of is not None
    base = check.share_of
    move = np.divide(check.value - base, base, out=np.zeros(len(check)), where=base > 0)
    moved = {"move": np.abs(move), "increase": move, "decrease": -move}[number.measure]
    if moved.max(initial=0.0) > number.value + LEAST:
        yield number.value, Share(outward(float(moved.max()), up=True))


def _apart(limit: Limit, number: Number, check: Check) -> Iterator[tuple[Any, Any]]:
    """Yield the new share by which a group may stay below another: that of the one farthest below."""
    assert check.share_of is not None
    assert check.part is not None
    # the cells of parity come after those of the groups' own limits
    cells = np.flatnonzero((check.part >= len(limit.parts) // 2) & (check.share_of > 0))
    apart = float((1.0 - check.value[cells] / check.share_of[cells]).max(initial=0.0))
    if apart > number.value + LEAST:
        yield number.value, Share(min(outward(apart, up=True), 1.0))


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
        if not whole or not _same(bound * whole, float(limited[cell])):
            # it is a share of nothing; or something else limits it there: parity, or a reserve that is not yet due
            continue
        attained = float(check.value[cell]) / whole
        missed = attained > bound if upward else attained < bound
        if not (missed or number.sense == "equals") or _same(attained, bound):
            continue
        digits = 2 if in_cents and not is_share else None
        new = attained if number.sense == "equals" else outward(attained, up=upward, digits=digits)
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
        name: outward(float(had) + float(more), up=True, digits=6 if had + more < 10 else 2)
        if more > LEAST
        else float(had)
        for name, had, more in zip(scenario.periods, before, short, strict=True)
    }


def outward(value: float, *, up: bool, digits: int | None = None) -> float:
    """Round to a number that people can write, on the side that is not tighter: to the cent, or to 6 digits."""
    if digits is None:
        # what is printed of a large number are whole units
        digits = 6 if abs(value) < 10 else 2 if abs(value) < 1000 else 0
    near, outward, noise = round(value, digits), 1.0 if up else -1.0, 1e-10 * max(abs(value), 1.0)
    if (value - near) * outward > noise:
        near = round(near + outward * 10.0**-digits, digits)
    return near + 0.0
