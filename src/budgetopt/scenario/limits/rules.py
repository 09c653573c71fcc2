"""Rules as limits. A rule of a new kind needs nothing here unless it is said in words of its own.

Its numbers are the fields named in :data:`SENSES`; it is then printed by its name, its sense and its figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.limits.record import Limit, Mention, Number, Sense, Words
from budgetopt.scenario.model import (
    RULE_KINDS,
    ChangeRule,
    CountRule,
    ExactlyOneRule,
    ExcludesRule,
    FollowsRule,
    OfSelection,
    RequiresRule,
    RuleBase,
    SubstitutesRule,
    SumRule,
    TogetherRule,
)

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["rule_limits"]

SENSES: dict[str, Sense] = {
    "at_least": "at least",
    "each_at_least": "at least",
    "at_most": "at most",
    "each_at_most": "at most",
    "equals": "equals",
}
"""The fields of a rule that are numbers which limit it, and from which side."""
COVERAGE = "of full coverage"
"""The unit in which rules on coverages count."""


def rule_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield each rule as a limit, in the order of the file."""
    for position, rule in enumerate(scenario.rules):
        known: dict[str, Any] = {
            "kind": "rule",
            "name": rule.name,
            "form": next((key for key, kind in RULE_KINDS.items() if isinstance(rule, kind)), "rule").replace("_", " "),
            "family": "rule",
            "path": ("rules", position),
            "address": f"rules[{rule.name}]",
            "title": "{}",
            "phrase": "the rule “{}”",
            "owners": (rule.name,),
            "because": rule.because,
            "place": scenario.places.of("rules", position),
            "numbers": _numbers(rule),
            "parts": rule.parts,
        }
        own = OF_KIND.get(type(rule))
        yield Limit(**(known if own is None else {**known, **own(scenario, rule)}))


def _numbers(rule: RuleBase) -> tuple[Number, ...]:
    return tuple(
        Number(key, sense, value, _share_of(rule))
        for key, sense in SENSES.items()
        if (value := getattr(rule, key, None)) is not None
    )


def _share_of(rule: RuleBase) -> Words:
    of = getattr(rule, "of", None)
    if of is None:
        return ()
    return ("another selection" if isinstance(of, OfSelection) else str(of),)


def _sum(scenario: Scenario, rule: SumRule) -> dict[str, Any]:
    kind, _, name = rule.sum.partition(" ")
    units: dict[str, Mapping[str, Any]] = {"outcome": scenario.outcomes, "resource": scenario.resources}
    own: dict[str, Any] = {}
    if kind in units:
        own |= {"unit": units[kind][name.strip()].unit, "in_dollars": False}
    if rule.by is not None:
        # the rows of parity come after those of the groups' own limits
        groups = tuple(groups_of(scenario.programs, rule.by, rule.population))
        own["parts"] = groups * (1 if rule.parity is None else 2)
    if rule.parity is not None and rule.each_at_least is None and rule.each_at_most is None:
        own["remark"] = (", no more than ", rule.parity, " below any other")
    return own


def _change(_: Scenario, rule: ChangeRule) -> dict[str, Any]:
    change = rule.change
    limits = (
        Number("change.at_most", "at most", change.at_most, measure="move"),
        Number("change.increase_at_most", "at most", change.increase_at_most, measure="increase"),
        Number("change.decrease_at_most", "at most", change.decrease_at_most, measure="decrease"),
    )
    numbers = tuple(number for number in limits if number.value is not None)
    said: Words = ()
    for at, number in enumerate(numbers):
        side = {"move": " up or down", "increase": " up", "decrease": " down"}[number.measure]
        between = "" if at == 0 else " and " if at == len(numbers) - 1 else ", "
        said = (*said, f"{between}at most ", number.value, side)
    reference = "baseline" if change.from_ == "baseline" else "period before"
    return {
        "family": "rule on change",
        "numbers": numbers,
        "statement": (*said, f", from the {reference}"),
        "relaxed": {"": "of movement allowed"},
        "of_each_program": True,
        "sets_program_limits": change.from_ == "baseline",
    }


def _together(names: tuple[str, ...], words: str) -> dict[str, Any]:
    """Return what rules on which programs go together have in common: they hold or do not."""
    return {
        "family": "rule on programs",
        "unit": "programs",
        "in_dollars": False,
        "statement": (words, Mention("programs", names)),
        "is_linear": False,
    }


def _requires(_: Scenario, rule: RequiresRule) -> dict[str, Any]:
    own = _together((rule.requires.program,), "")
    statement = (Mention("programs", (rule.requires.program,)), " needs ", Mention("programs", ()))
    return {**own, "statement": statement, "parts_are_programs": True}


def _follows(_: Scenario, rule: FollowsRule) -> dict[str, Any]:
    of: Words = ("that of ", Mention("programs", (rule.follows.of,)))
    number = Number("follows.at_most", "at most", rule.follows.at_most, of)
    return {"family": "rule on programs", "unit": COVERAGE, "in_dollars": False, "numbers": (number,)}


OF_KIND: dict[type[RuleBase], Callable[[Scenario, Any], dict[str, Any]]] = {
    SumRule: _sum,
    ChangeRule: _change,
    CountRule: lambda _, __: {"family": "rule on programs", "unit": "programs", "in_dollars": False},
    RequiresRule: _requires,
    ExcludesRule: lambda _, rule: _together(rule.excludes, "at most one of "),
    ExactlyOneRule: lambda _, rule: _together(rule.exactly_one, "exactly one of "),
    TogetherRule: lambda _, rule: _together(rule.together, "all or none of "),
    SubstitutesRule: lambda _, __: {"family": "rule on programs", "unit": COVERAGE, "in_dollars": False},
    FollowsRule: _follows,
}
"""What a kind of rule has in words or parts of its own; see :class:`~budgetopt.scenario.limits.record.Limit`."""
