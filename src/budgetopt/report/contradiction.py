"""What contradicts what, and the cheapest repairs, in policy words with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from budgetopt.analysis import Amendment, Conflict, Repair
from budgetopt.analysis.shortfall import shortfall_of
from budgetopt.report.numbers import Numbers, join_words
from budgetopt.report.shortfall_words import shortfall_words
from budgetopt.report.text import one_line
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
        money = " with the money there is"
        yield f"{head}{money}:" if len(conflicts) == 1 else f"{number}. {head}{money}:"
        for demand in conflict.demands:
            because = f" ({one_line(demand.because)})" if demand.because else ""
            place = f"  {demand.place}" if demand.place else ""
            yield f"  - {limit_phrase(demand)}{because}{place}"
        if shortfall := shortfall_of(scenario, conflict):
            limit = limit_phrase(shortfall.limit) if shortfall.limit else ""
            yield f"  {shortfall_words(scenario, shortfall, limit, len(conflict.demands))}"


def repair_lines(scenario: Scenario, repairs: Sequence[Repair]) -> Iterator[str]:
    """Yield the repairs, the cheapest first, a line each."""
    numbers = Numbers(scenario.currency)
    for repair in repairs:
        yield f"  - {join_words([_amended(scenario, item, numbers) for item in repair.amendments])}"


def contradiction_lines(scenario: Scenario, conflicts: Sequence[Conflict], repairs: Sequence[Repair]) -> list[str]:
    """Return why a scenario has no plan and what would repair it, a line each; empty if there is one."""
    lines = list(conflict_lines(scenario, conflicts))
    if repairs:
        lines += ["The cheapest repairs, each enough by itself:", *repair_lines(scenario, repairs)]
    return lines


def _amended(scenario: Scenario, item: Amendment, numbers: Numbers) -> str:
    words = limit_phrase(item.limit)
    if item.before is True:
        return f"give up {words}"
    if item.after is None:
        return f"drop {words}"
    number = next(number for number in item.limit.numbers if item.limit.address_of(number) == item.path)
    if number.measure == "added":
        assert isinstance(item.after, Mapping)
        before = scenario.per_period(item.before)
        found = [
            (period, item.after[period] - before[at])
            for at, period in enumerate(scenario.periods)
            if item.after[period] - before[at] > 0
        ]
        amounts = [
            numbers.money(amount, _cents(amount)) + ("" if len(scenario.periods) == 1 else f" in {one_line(period)}")
            for period, amount in found
        ]
        return f"find {join_words(amounts)} for “{one_line(item.limit.owners[0])}”"
    in_dollars = item.limit.in_dollars and not number.counts_units
    return (
        f"change {words} from {_value(item.before, numbers, in_dollars)} to {_value(item.after, numbers, in_dollars)}"
    )


def _value(value: Any, numbers: Numbers, in_dollars: bool) -> str:
    if isinstance(value, Mapping):
        return join_words([f"{_value(one, numbers, in_dollars)} in {one_line(key)}" for key, one in value.items()])
    if isinstance(value, Share):
        return str(value)
    return numbers.money(float(value), _cents(float(value))) if in_dollars else numbers.quantity(float(value))


def _cents(amount: float) -> int:
    return 0 if float(amount).is_integer() else 2
