"""Changes of a scenario's words whose effect on the answer is known beforehand."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from oracle import is_share

__all__ = ["droppable", "in_other_money", "more_money", "reordered", "split_in_two"]

Document = dict[str, Any]


def in_other_money(document: Mapping[str, Any], factor: float) -> Document:
    """Return the scenario in a currency of which ``factor`` make one of the old."""

    def dollars(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {period: dollars(amount) for period, amount in value.items()}
        return value if is_share(value) else value * factor

    def at(words: dict[str, Any], *keys: str) -> None:
        for key in keys:
            if key in words:
                words[key] = dollars(words[key])

    out = copy.deepcopy(dict(document))
    for fund in out["funds"].values():
        at(fund, "revenue", "one_time", "opening_balance")
        if isinstance(fund.get("reserve"), dict):
            at(fund["reserve"], "at_least")
        else:
            at(fund, "reserve")
        for transfer in fund.get("transfers_to", {}).values():
            at(transfer, "at_least", "at_most")
    for program in out["programs"].values():
        at(program, "baseline")
        at(program.get("spending", {}), "at_least", "at_most")
        for effect in program.get("outcomes", {}).values():
            at(effect, "unit_cost")
            if "per_dollar" in effect:
                effect["per_dollar"] /= factor
            if "curve" in effect:
                effect["curve"] = [[x * factor, y] for x, y in effect["curve"]]
    for rule in out["rules"]:
        if rule.get("sum") == "spending" and "of" not in rule:
            at(rule, "at_least", "at_most", "equals")
    return out


def reordered(document: Mapping[str, Any], shuffle: Callable[[list[Any]], list[Any]]) -> Document:
    """Return the scenario with its programs, funds, outcomes and rules in another order."""
    out = copy.deepcopy(dict(document))
    for part in ("programs", "funds", "outcomes"):
        out[part] = {key: out[part][key] for key in shuffle(list(out[part]))}
    out["rules"] = shuffle(list(out["rules"]))
    return out


def split_in_two(document: Mapping[str, Any], program: str) -> Document:
    """Return the scenario with one program as two equal halves, the second right after the first.

    Each half has half of the baseline, the limits in dollars and the curves, in both directions. With concave effects
    the best that two halves can do with a sum is to share it evenly, and that is what the whole did with it.
    """
    out = copy.deepcopy(dict(document))
    half = copy.deepcopy(out["programs"][program])
    if "baseline" in half:
        half["baseline"] /= 2
    limits = half.get("spending", {})
    for key, limit in limits.items():
        if isinstance(limit, dict):
            limits[key] = {period: amount if is_share(amount) else amount / 2 for period, amount in limit.items()}
        elif not is_share(limit):
            limits[key] = limit / 2
    for effect in half.get("outcomes", {}).values():
        if "up_to" in effect:
            effect["up_to"] /= 2
        if "curve" in effect:
            effect["curve"] = [[x / 2, y / 2] for x, y in effect["curve"]]
    other = f"{program}_other_half"
    programs = {}
    for name, words in out["programs"].items():
        programs[name] = half if name == program else words
        if name == program:
            programs[other] = copy.deepcopy(half)
    out["programs"] = programs
    out["rules"] = [_with_other(rule, program, other) for rule in out["rules"]]
    for fund in out["funds"].values():
        if "only" in fund:
            fund["only"] = _with_other(fund["only"], program, other)
    return out


def _with_other(words: Any, program: str, other: str) -> Any:
    """Return a selection, or what holds one, that selects the other half wherever it selected the program."""
    if isinstance(words, dict):
        out = {key: _with_other(value, program, other) for key, value in words.items()}
        chosen = out.get("program")
        if chosen is not None and program in (chosen if isinstance(chosen, list) else [chosen]):
            out["program"] = [*(chosen if isinstance(chosen, list) else [chosen]), other]
        return out
    return [_with_other(item, program, other) for item in words] if isinstance(words, list) else words


def more_money(document: Mapping[str, Any], fund: str, period: str, amount: float, key: str = "one_time") -> Document:
    """Return the scenario with more revenue in one fund and period."""
    out = copy.deepcopy(dict(document))
    given = out["funds"][fund].get(key, 0)
    each = {year: given.get(year, 0) if isinstance(given, dict) else given for year in out["periods"]}
    out["funds"][fund][key] = {**each, period: each[period] + amount}
    return out


def droppable(document: Mapping[str, Any]) -> list[tuple[str, Document]]:
    """Return every scenario with one limit less, each with what was dropped."""
    dropped: list[tuple[str, Document]] = []

    def without(what: str, *path: str | int) -> None:
        out = copy.deepcopy(dict(document))
        place: Any = out
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
        dropped.append((what, out))

    for number, rule in enumerate(document["rules"]):
        without(f"rule {rule['name']}", "rules", number)
    for name, outcome in document["outcomes"].items():
        if "target" in outcome:
            without(f"target of {name}", "outcomes", name, "target")
    for name, program in document["programs"].items():
        for key in ("spending", "funds"):
            if key in program:
                without(f"{key} of {name}", "programs", name, key)
    for name, fund in document["funds"].items():
        for key in ("reserve", "structural_balance", "carryover", "only"):
            if key in fund:
                without(f"{key} of {name}", "funds", name, key)
        for other, transfer in fund.get("transfers_to", {}).items():
            if "at_least" in transfer:
                without(f"transfer from {name}", "funds", name, "transfers_to", other, "at_least")
    return dropped
