"""What contradicts what, and the cheapest repairs, in policy words with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from budgetopt.analysis import Amendment, Conflict, Repair
from budgetopt.analysis.shortfall import shortfall_of
from budgetopt.formulation import Provision
from budgetopt.report.numbers import Numbers, join_words
from budgetopt.report.shortfall_words import shortfall_words
from budgetopt.report.text import label, one_line
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

__all__ = ["conflict_lines", "contradiction_lines", "provision_words", "repair_lines"]


def provision_words(scenario: Scenario, provision: Provision) -> str:
    """Return what a provision is called in a sentence: ``the rule “Safety floor”``, ``the reserve of General``."""
    name, kind = provision.name, provision.kind
    if kind == "rule":
        return f"the rule “{one_line(name)}”"
    if kind == "target":
        return f"the target for “{label(name, scenario.outcomes[name].name)}”"
    if kind == "resource":
        return f"the capacity of “{label(name, scenario.resources[name].name)}”"
    if kind in ("floor", "ceiling"):
        return f"the {kind} of “{one_line(scenario.programs.names()[scenario.programs.position(name)])}”"
    if kind == "transfer":
        return f"the limits of the transfer {one_line(name)}"
    what = {
        "fund spending": "spending limits",
        "no supplanting": "condition that money supplants nothing",
    }.get(kind, kind)
    return f"the {what} of “{label(name, scenario.funds[name].name)}”"


def conflict_lines(scenario: Scenario, conflicts: Sequence[Conflict]) -> Iterator[str]:
    """Yield what contradicts what, a line each."""
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
            yield f"  - {provision_words(scenario, demand.provision)}{because}{place}"
        if shortfall := shortfall_of(scenario, conflict):
            limit = provision_words(scenario, shortfall.limit) if shortfall.limit else ""
            yield f"  {shortfall_words(scenario, shortfall, limit, len(conflict.demands))}"


def repair_lines(scenario: Scenario, repairs: Sequence[Repair]) -> Iterator[str]:
    """Yield the repairs, the cheapest first, a line each."""
    numbers = Numbers(scenario.currency)
    for repair in repairs:
        yield f"  - {join_words([_amended(scenario, item, numbers) for item in repair.amendments])}"


def contradiction_lines(scenario: Scenario, conflicts: Sequence[Conflict], repairs: Sequence[Repair]) -> list[str]:
    """Return why a scenario has no plan and what would mend it, a line each; empty if nothing contradicts anything."""
    lines = list(conflict_lines(scenario, conflicts))
    if repairs:
        lines += ["The cheapest repairs, each enough by itself:", *repair_lines(scenario, repairs)]
    return lines


def _amended(scenario: Scenario, item: Amendment, numbers: Numbers) -> str:
    words = provision_words(scenario, item.provision)
    if item.provision.kind == "money":
        fund = label(item.provision.name, scenario.funds[item.provision.name].name)
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
        return f"find {join_words(amounts)} for “{fund}”"
    if item.provision.kind in ("structural balance", "no supplanting"):
        return f"give up {words}"
    if item.after is None:
        return f"drop {words}"
    in_dollars = _is_dollars(scenario, item)
    return (
        f"change {words} from {_value(item.before, numbers, in_dollars)} to {_value(item.after, numbers, in_dollars)}"
    )


def _is_dollars(scenario: Scenario, item: Amendment) -> bool:
    if item.provision.kind in ("target", "resource", "match"):
        return False
    if item.provision.kind == "rule":
        rule = next(rule for rule in scenario.rules if rule.name == item.provision.name)
        return getattr(rule, "sum", "") == "spending"
    return True


def _value(value: Any, numbers: Numbers, in_dollars: bool) -> str:
    if isinstance(value, Mapping):
        return join_words([f"{_value(one, numbers, in_dollars)} in {one_line(key)}" for key, one in value.items()])
    if isinstance(value, Share):
        return str(value)
    return numbers.money(float(value), _cents(float(value))) if in_dollars else numbers.quantity(float(value))


def _cents(amount: float) -> int:
    return 0 if float(amount).is_integer() else 2
