"""The sum behind a conflict in a sentence: what is asked for, beside what there is."""

from __future__ import annotations

from budgetopt.analysis.shortfall import Shortfall
from budgetopt.report.numbers import Numbers, join_words
from budgetopt.report.text import label, one_line
from budgetopt.scenario.scenario import Scenario

__all__ = ["shortfall_words"]


def shortfall_words(scenario: Scenario, shortfall: Shortfall, limit: str, demands: int) -> str:
    """Return the sentence; ``limit`` is what the limit that is missed is called, ``demands`` how many there are."""
    numbers = Numbers(scenario.currency)
    in_dollars = shortfall.limit is None or shortfall.limit.in_dollars
    asked, available = (_amount(value, in_dollars, numbers) for value in (shortfall.asked, shortfall.available))
    when = _when(scenario, shortfall.periods)
    if shortfall.limit is None:
        funds = join_words([f"“{label(name, scenario.funds[name].name)}”" for name in shortfall.funds])
        who, have = "Together they ask" if demands > 1 else "It asks", "has" if len(shortfall.funds) == 1 else "have"
        return f"{who} {funds} for {asked}{when}, which {have} {available}."
    limit = limit[0].upper() + limit[1:]
    first = shortfall.asked if shortfall.is_floor else shortfall.available
    unit = f" {one_line(shortfall.limit.unit)}" if shortfall.limit.unit else ""
    unit = " program" if unit == " programs" and first == 1 else unit
    what = f"{unit}{f' for {one_line(shortfall.part)}' if shortfall.part else ''}{when}"
    if shortfall.is_floor:
        return f"{limit}: at least {asked}{what}, and at most {available} can be reached."
    others = "the others ask" if demands > 1 else "the scenario asks"
    return f"{limit}: at most {available}{what}, and {others} for {asked}."


def _amount(value: float, in_dollars: bool, numbers: Numbers) -> str:
    return numbers.money(value, 0 if float(value).is_integer() else 2) if in_dollars else numbers.quantity(value)


def _when(scenario: Scenario, periods: tuple[str, ...]) -> str:
    if len(scenario.periods) == 1:
        return ""
    if not periods:
        return " in all periods together"
    first, last = (one_line(period) for period in periods)
    return f" in {first}" if first == last else f" from {first} to {last}"
