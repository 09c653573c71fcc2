"""Rules as limits. A rule of a new kind needs nothing here unless it is said in words of its own.

Its numbers are the fields named in :data:`SENSES`; it is then printed by its name, its sense and its figure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.limits.record import Limit, Measure, Mention, Number, Sense, Words
from budgetopt.scenario.model import (
    RULE_KINDS,
    ChangeRule,
    FollowsRule,
    OfSelection,
    RequiresRule,
    RuleBase,
    SubstitutesRule,
    SumRule,
)
from budgetopt.scenario.programs import unit_of_services

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["rule_limit"]

SENSES: dict[str, Sense] = {
    "at_least": "at least",
    "each_at_least": "at least",
    "at_most": "at most",
    "each_at_most": "at most",
    "equals": "equals",
}
"""The fields of a rule that are numbers which limit it, and from which side."""
SIDES: dict[str, tuple[Measure, str]] = {
    "at_most": ("move", " up or down"),
    "increase_at_most": ("increase", " up"),
    "decrease_at_most": ("decrease", " down"),
}
"""The limits of a change: what is compared with each, and how its side is said."""


def rule_limit(scenario: Scenario, position: int) -> Limit:
    """Return the rule at a position as a limit.

    It rests on the rule itself and its place, on outcomes and resources, and on what programs are.
    """
    rule = scenario.rules[position]
    kind = next(key for key, model in RULE_KINDS.items() if isinstance(rule, model))
    known: dict[str, Any] = {
        "kind": "rule",
        "name": rule.name,
        "form": kind.replace("_", " "),
        "family": "rule",
        "path": ("rules", position),
        "address": f"rules[{rule.name}]",
        "title": "{}",
        "phrase": "the rule “{}”",
        "owners": (rule.name,),
        "because": rule.because,
        "is_negotiable": rule.negotiable,
        "place": scenario.places.of("rules", position),
        "numbers": _numbers(rule),
        "parts": rule.parts,
    }
    return Limit(**known | (OF_KIND[kind](scenario, rule) if kind in OF_KIND else {}))


def _numbers(rule: RuleBase) -> tuple[Number, ...]:
    of = getattr(rule, "of", None)
    share_of = () if of is None else ("another selection" if isinstance(of, OfSelection) else str(of),)
    values = ((key, sense, getattr(rule, key, None)) for key, sense in SENSES.items())
    return tuple(Number(key, sense, value, share_of) for key, sense, value in values if value is not None)


def _sum(scenario: Scenario, rule: SumRule) -> dict[str, Any]:
    kind, _, name = rule.sum.partition(" ")
    own: dict[str, Any] = {}
    if kind in ("outcome", "resource"):
        counted = scenario.outcomes if kind == "outcome" else scenario.resources
        own |= {"unit": counted[name.strip()].unit, "in_dollars": False}
    if rule.by is not None:
        # the rows of parity come after those of the groups' own limits
        groups = tuple(groups_of(scenario.programs, rule.by, rule.population))
        own["parts"] = groups * (1 if rule.parity is None else 2)
    if rule.parity is not None:
        own["numbers"] = (*_numbers(rule), Number("parity", "at most", rule.parity, measure="gap"))
    if rule.parity is not None and rule.each_at_least is None and rule.each_at_most is None:
        own["remark"] = (", no more than ", rule.parity, " below any other")
        own["per"] = " per head" if rule.population else ""
    return own


def _change(_: Scenario, rule: ChangeRule) -> dict[str, Any]:
    said: Words = ()
    numbers: list[Number] = []
    limits = [(key, value) for key in SIDES if (value := getattr(rule.change, key)) is not None]
    for at, (key, value) in enumerate(limits):
        measure, side = SIDES[key]
        numbers.append(Number(f"change.{key}", "at most", value, measure=measure))
        between = "" if at == 0 else " and " if at == len(limits) - 1 else ", "
        said = (*said, f"{between}at most ", value, side)
    from_baseline = rule.change.from_ == "baseline"
    return {
        "family": "rule on change",
        "numbers": tuple(numbers),
        "statement": (*said, f", from the {'baseline' if from_baseline else 'period before'}"),
        "relaxed": {"": "of movement allowed"},
        "of_each_program": True,
        "sets_program_limits": from_baseline,
    }


def _on_programs(unit: str = "programs", **more: Any) -> dict[str, Any]:
    return {"family": "rule on programs", "unit": unit, "in_dollars": False, **more}


def _together(words: str, names: tuple[str, ...]) -> dict[str, Any]:
    return _on_programs(statement=(words, Mention("programs", names)), is_linear=False)


def _requires(_: Scenario, rule: RequiresRule) -> dict[str, Any]:
    who, any_of = Mention("programs", (rule.requires.program,)), rule.requires.needs_any
    if any_of:
        return _on_programs(statement=(who, " needs one of ", Mention("programs", any_of)), is_linear=False)
    statement = (who, " needs ", Mention("programs", ()))
    return _on_programs(statement=statement, is_linear=False, parts_are_programs=True)


def _substitutes(scenario: Scenario, rule: SubstitutesRule) -> dict[str, Any]:
    if rule.units_at_most is None:
        return _on_programs("of full coverage")
    numbers = (Number("units_at_most", "at most", rule.units_at_most),)
    return _on_programs(unit_of_services(scenario.programs, rule.substitutes), numbers=numbers)


def _follows(scenario: Scenario, rule: FollowsRule) -> dict[str, Any]:
    in_units = rule.follows.by == "units"
    of: Words = ("those of " if in_units else "that of ", Mention("programs", (rule.follows.of,)))
    unit = unit_of_services(scenario.programs, (rule.follows.program,)) if in_units else "of full coverage"
    return _on_programs(unit, numbers=(Number("follows.at_most", "at most", rule.follows.at_most, of),))


OF_KIND: dict[str, Callable[[Scenario, Any], dict[str, Any]]] = {
    "sum": _sum,
    "change": _change,
    "count": lambda _, __: _on_programs(),
    "requires": _requires,
    "excludes": lambda _, rule: _together("at most one of ", rule.excludes),
    "exactly_one": lambda _, rule: _together("exactly one of ", rule.exactly_one),
    "together": lambda _, rule: _together("all or none of ", rule.together),
    "substitutes": _substitutes,
    "follows": _follows,
}
"""What a kind of rule has in words or parts of its own; see :class:`~budgetopt.scenario.limits.record.Limit`."""
