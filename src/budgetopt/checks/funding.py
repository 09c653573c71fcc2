"""Rules on which programs are funded, taken together: what follows from them, from floors and from who can be paid for.

A program is known to be funded, known not to be, or open. What is known is carried through the rules until nothing new
follows; a program that could only be funded against a rule is not. Where two things that follow contradict, no plan can
keep all of these rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from budgetopt.checks.findings import Findings, named
from budgetopt.checks.least import can_be_funded, must_be_funded
from budgetopt.scenario.model import CountRule, ExactlyOneRule, ExcludesRule, RequiresRule, Rule, TogetherRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed, money

__all__ = ["check_funding"]

_MOST_TRIED = 400
"""Of no more programs than so many it is tried what would follow from funding them."""
_Kind = RequiresRule | ExcludesRule | ExactlyOneRule | TogetherRule


def check_funding(scenario: Scenario, findings: Findings) -> None:
    """Look for rules on funded programs that contradict one another, or floors and payers."""
    rules = [(rule, path) for rule, path in findings.rule_paths(scenario.rules) if isinstance(rule, _Kind)]
    counts = [(rule, path) for rule, path in findings.rule_paths(scenario.rules) if isinstance(rule, CountRule)]
    if not rules and not counts:
        return
    must, can = must_be_funded(scenario), can_be_funded(scenario)
    must &= can  # floors without a payer are told elsewhere
    reported: set[Path] = set()
    for period, name in enumerate(scenario.periods):
        held = [(rule, path) for rule, path in rules if rule.periods is None or name in rule.periods]
        state = _State(scenario, must[:, period], can[:, period])
        contradiction = state.settle(held)
        when = f" in {name}" if len(scenario.periods) > 1 else ""
        if contradiction is not None:
            path, message = contradiction
            if path not in reported:
                reported.add(path)
                text = f"{named(path, findings.tree)} can never be kept{when}: {message}"
                findings.add("rules-conflict", path, text, "rules that leave room for each other", _MEND)
            continue
        for one, on in state.known.items():
            (must if on else can)[scenario.programs.position(one), period] = on
    if not reported:
        for count, path in counts:
            _count(scenario, count, path, must, can, findings)


@dataclass
class _State:
    """What is known of the programs that rules name, in one period.

    ``why`` has the reason of each in words, and ``broken`` is the rule that was found to be broken.
    """

    scenario: Scenario
    must: Bools
    can: Bools
    known: dict[str, bool] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    broken: str = ""

    def settle(self, rules: list[tuple[_Kind, Path]]) -> tuple[Path, str] | None:
        """Find out what follows from the rules; return the first that cannot be kept, and why."""
        names = list(dict.fromkeys(name for rule, _ in rules for name in _programs(rule)))
        for name in names:
            row = self.scenario.programs.position(name)
            if self.must[row]:
                self.known[name], self.why[name] = True, f"program '{name}' has a floor"
            elif not self.can[row]:
                self.known[name], self.why[name] = False, f"program '{name}' can never be funded"
        contradiction = self._follow(rules)
        changed = contradiction is None and len(names) <= _MOST_TRIED
        while changed:
            changed = False
            for name in [name for name in names if name not in self.known]:
                trial = _State(self.scenario, self.must, self.can, {**self.known, name: True}, {**self.why, name: ""})
                found = trial._follow(rules)
                if found is None or name in self.known:
                    continue
                changed = True
                self.known[name] = False
                self.why[name] = f"program '{name}' can only be funded against rule '{trial.broken}'"
                if (contradiction := self._follow(rules)) is not None:
                    return contradiction
        return contradiction

    def _follow(self, rules: list[tuple[_Kind, Path]]) -> tuple[Path, str] | None:
        changed = True
        while changed:
            changed = False
            for rule, path in rules:
                for name, on, reasons in list(self._implied(rule)):
                    told = [self.why[one] for one in reasons if self.why.get(one)]
                    if self.known.get(name, on) != on:
                        told += [self.why[name]] if self.why.get(name) else []
                        self.broken = rule.name
                        return path, ", and ".join(dict.fromkeys(told))
                    if name not in self.known:
                        changed = True
                        self.known[name] = on
                        self.why[name] = self._because(name, on, rule, reasons)
                if isinstance(rule, ExactlyOneRule) and not any(self.known.get(one, True) for one in rule.exactly_one):
                    told = [self.why[one] for one in rule.exactly_one if self.why.get(one)]
                    self.broken = rule.name
                    return path, ", and ".join(dict.fromkeys(told))
        return None

    def _because(self, name: str, on: bool, rule: Rule, reasons: list[str]) -> str:
        since = next((self.why[one] for one in reasons if self.why.get(one)), "")
        what = "is funded" if on else "is not funded"
        return f"program '{name}' {what} by rule '{rule.name}'" + (f" (since {since})" if since else "")

    def _implied(self, rule: _Kind) -> Iterator[tuple[str, bool, list[str]]]:
        """Yield what follows from a rule and from what is known: the program, whether it is funded, from which."""
        if isinstance(rule, RequiresRule):
            program = rule.requires.program
            for need in rule.requires.needs:
                if self.known.get(program) is True:
                    yield need, True, [program]
                if self.known.get(need) is False:
                    yield program, False, [need]
        elif isinstance(rule, TogetherRule):
            settled = next((one for one in rule.together if one in self.known), None)
            if settled is not None:
                yield from ((one, self.known[settled], [settled]) for one in rule.together)
        else:
            names = rule.excludes if isinstance(rule, ExcludesRule) else rule.exactly_one
            funded = next((one for one in names if self.known.get(one) is True), None)
            if funded is not None:
                yield from ((one, False, [funded]) for one in names if one != funded)
            elif isinstance(rule, ExactlyOneRule):
                left = [one for one in names if self.known.get(one) is not False]
                if len(left) == 1:
                    yield left[0], True, [one for one in names if one != left[0]]


def _programs(rule: _Kind) -> tuple[str, ...]:
    if isinstance(rule, RequiresRule):
        return (rule.requires.program, *rule.requires.needs)
    if isinstance(rule, TogetherRule):
        return rule.together
    return rule.excludes if isinstance(rule, ExcludesRule) else rule.exactly_one


def _count(scenario: Scenario, rule: CountRule, path: Path, must: Bools, can: Bools, findings: Findings) -> None:
    """Hold a count against the programs that must be funded and those that can be."""
    chosen, held = select(scenario.programs, rule.where), scenario.period_mask(rule.periods)
    fewest, most = must[chosen][:, held], can[chosen][:, held]
    periods = [period for period, counts in zip(scenario.periods, held, strict=True) if counts]
    if rule.each == "total":
        fewest, most = (np.sum(each, axis=1, keepdims=True) > 0 for each in (fewest, most))
        periods = ["any of its periods"]
    for key in ("at_least", "equals", "at_most"):
        bound = getattr(rule, key)
        if bound is None:
            continue
        asked = scenario.per_period(bound, np.nan)[held]
        if rule.each == "total":
            asked = asked[:1]
        for too, rows, word in (
            (asked > most.sum(axis=0) + 1e-9 if key != "at_most" else asked > np.inf, most, "can"),
            (asked < fewest.sum(axis=0) - 1e-9 if key != "at_least" else asked > np.inf, fewest, "must"),
        ):
            if not too.any():
                continue
            at = int(np.argmax(too))
            number = int(rows[:, at].sum())
            when = f" in {periods[at]}" if len(scenario.periods) > 1 else ""
            names = scenario.programs.ids[chosen][rows[:, at]].tolist()
            programs = "1 program" if number == 1 else f"{number:,} programs"
            which = f" ({listed(names, 4)})" if word == "must" or 0 < number <= 4 else ""
            bounds = "at least" if word == "can" else "at most"
            message = f"{named(path, findings.tree)} asks for {bounds} {money(asked[at])} funded programs{when}, and"
            message += f" {programs} {word} be funded{which}"
            below: Path = (*path, key)
            if isinstance(bound, Mapping):
                below = (*below, periods[at])
            expected = f"at {'most' if word == 'can' else 'least'} {number:,}"
            findings.add("rules-conflict", below, message, expected, _HINTS[word])
            return


_MEND = "change or take away one of the rules and limits that are named"
_HINTS = {
    "can": "a program can be funded if some fund may pay for it and its ceiling lets its doors open",
    "must": "a program must be funded if it has a floor, or another rule asks for it",
}
