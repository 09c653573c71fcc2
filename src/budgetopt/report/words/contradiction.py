"""What contradicts what, and the cheapest repairs, in policy words with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from budgetopt.analysis import Amendment, Conflict, Repair
from budgetopt.analysis.infeasibility.shortfall import Shortfall, lacks_money, shortfall_of
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.text import capital, label, one_line
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.scenario import Scenario

__all__ = ["conflict_lines", "contradiction_lines", "limit_phrase", "repair_lines"]


def limit_phrase(limit: Limit) -> str:
    """Return what a limit is called in a sentence: ``the rule “Safety floor”``, ``the reserve of “General”``."""
    return limit.phrase.format(*(one_line(owner) for owner in limit.owners))


def conflict_lines(scenario: Scenario, conflicts: Sequence[Conflict]) -> Iterator[str]:
    """Yield what contradicts what, a line each, and the sum behind it."""
    for number, conflict in enumerate(conflicts, 1):
        if not conflict.demands:
            yield "No plan exists even without any rule, floor, reserve or target."
            continue
        head = "These cannot all be met" if len(conflict.demands) > 1 else "This cannot be met"
        money = _cause(scenario, conflict)
        yield f"{head}{money}:" if len(conflicts) == 1 else f"{number}. {head}{money}:"
        for demand in conflict.demands:
            because = f" ({one_line(demand.because)})" if demand.because else ""
            place = f"  {demand.place}" if demand.place else ""
            yield f"  - {limit_phrase(demand)}{because}{place}"
        if shortfall := shortfall_of(scenario, conflict):
            yield f"  {_shortfall_words(scenario, shortfall, len(conflict.demands))}"


def repair_lines(scenario: Scenario, repairs: Sequence[Repair]) -> Iterator[str]:
    """Yield the repairs, the cheapest first, a line each."""
    numbers = Numbers(scenario.currency)
    for repair in repairs:
        yield f"  - {join_words([_amended(scenario, item, numbers) for item in repair.amendments])}"


def contradiction_lines(
    scenario: Scenario,
    conflicts: Sequence[Conflict],
    repairs: Sequence[Repair],
    *,
    searched: bool = False,
    fixed: Conflict | None = None,
) -> list[str]:
    """Return why a scenario has no plan and what would repair it, a line each; empty if there is one.

    ``searched``: whether all repairs were looked for, so that it is said where there are none; and then ``fixed``:
    limits that may not change and contradict each other.
    """
    lines = list(conflict_lines(scenario, conflicts))
    if lines and searched and not repairs:
        lines += _no_repair(fixed)
    if repairs:
        lines += ["The cheapest repairs, each enough by itself:", *repair_lines(scenario, repairs)]
    return lines


def _no_repair(fixed: Conflict | None) -> Iterator[str]:
    """Yield why there is no repair: the limits that stand in the way of every one."""
    if fixed is None:
        yield "No repair is found: what may be changed is not enough."
    elif not fixed.demands:
        yield "No repair is found: no limit that may change stands in the way of a plan."
    else:
        yield "No repair is found: these are not negotiable, and cannot be met whatever else changes:"
        yield from (f"  - {limit_phrase(demand)}" for demand in fixed.demands)


def _cause(scenario: Scenario, conflict: Conflict) -> str:
    """Return what there is too little of: money, resources or nothing that can be named."""
    lacking = [
        f"“{one_line(owner)}”" for demand in conflict.demands if demand.kind == "resource" for owner in demand.owners
    ]
    if lacks_money(scenario, conflict):
        lacking.insert(0, "money")
    return f" with the {join_words(lacking)} there is" if lacking else ""


def _amended(scenario: Scenario, item: Amendment, numbers: Numbers) -> str:
    words = limit_phrase(item.limit)
    if item.before is True:
        return f"give up {words}"
    if item.after is None:
        return f"drop {words}"
    number = next(number for number in item.limit.numbers if item.limit.address_of(number) == item.path)
    if number.measure == "added":
        assert isinstance(item.after, Mapping)
        amounts = []
        fund, recurring = item.limit.name, number.key == "revenue"
        had = scenario.revenue(fund) if recurring else scenario.per_period(item.before)
        for period, before in zip(scenario.periods, had, strict=True):
            if (more := round(item.after[period] - float(before), 6)) > 0:
                when = "" if len(scenario.periods) == 1 else f" in {one_line(period)}"
                amounts.append(numbers.exact_money(more) + when)
        kind = " of recurring revenue" if recurring else ""
        return f"find {join_words(amounts)}{kind} for “{one_line(item.limit.owners[0])}”"
    in_dollars = item.limit.in_dollars and not number.counts_units
    before, after = (_value(value, numbers, in_dollars) for value in (item.before, item.after))
    return f"change {words} from {before} to {after}"


def _value(value: Any, numbers: Numbers, in_dollars: bool) -> str:
    if isinstance(value, Mapping):
        return join_words([f"{_value(one, numbers, in_dollars)} in {one_line(key)}" for key, one in value.items()])
    if isinstance(value, Share):
        return str(value)
    return numbers.exact_money(float(value)) if in_dollars else numbers.quantity(float(value))


def _shortfall_words(scenario: Scenario, shortfall: Shortfall, demands: int) -> str:
    """Return the sum behind a conflict of some demands: what is asked for, beside what there is."""
    numbers = Numbers(scenario.currency)
    in_dollars = shortfall.limit is None or shortfall.limit.in_dollars
    asked, available = (_value(value, numbers, in_dollars) for value in (shortfall.asked, shortfall.available))
    when = _when(scenario, shortfall.periods)
    if shortfall.limit is None:
        funds = join_words([f"“{label(name, scenario.funds[name].name)}”" for name in shortfall.funds])
        who, have = "Together they ask" if demands > 1 else "It asks", "has" if len(shortfall.funds) == 1 else "have"
        return f"{who} {funds} for {asked}{when}, which {have} {available}."
    limit = capital(limit_phrase(shortfall.limit))
    first = shortfall.asked if shortfall.is_floor else shortfall.available
    unit = f" {one_line(shortfall.limit.unit)}" if shortfall.limit.unit else ""
    unit = " program" if unit == " programs" and first == 1 else unit
    what = f"{unit}{f' for {one_line(shortfall.part)}' if shortfall.part else ''}{when}"
    if shortfall.is_floor:
        return f"{limit}: at least {asked}{what}, and at most {available} can be reached."
    others = "the others ask" if demands > 1 else "the scenario asks"
    return f"{limit}: at most {available}{what}, and {others} for {asked}."


def _when(scenario: Scenario, periods: tuple[str, ...]) -> str:
    if len(scenario.periods) == 1:
        return ""
    if not periods:
        return " in all periods together"
    first, last = (one_line(period) for period in periods)
    return f" in {first}" if first == last else f" from {first} to {last}"
