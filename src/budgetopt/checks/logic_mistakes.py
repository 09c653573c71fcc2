"""Rules on which programs are funded beside one another: their own words, each rule by itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import Findings, named
from budgetopt.checks.floors import check_bounds
from budgetopt.checks.name_checks import program_lists
from budgetopt.scenario.model import ChangeRule, CountRule, FollowsRule, RequiresRule, Rule, SubstitutesRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import money

__all__ = ["check_logic"]


def check_logic(scenario: Scenario, findings: Findings) -> None:
    """Look for rules that name a program twice, set it against itself, or count what there is not."""
    for rule, path in findings.rule_paths(scenario.rules):
        _twice(rule, path, findings)
        _itself(rule, path, findings)
        if isinstance(rule, CountRule):
            _count(scenario, rule, path, findings)
        elif isinstance(rule, ChangeRule) and rule.change.from_ == "previous" and len(scenario.periods) == 1:
            message = f"{named(path, findings.tree)} limits the change from the period before, and there is one period"
            hint = "list more periods, or write `from: baseline`"
            findings.add("one-period", (*path, "change", "from"), message, "two or more periods", hint)
        elif not (findings.partial or findings.is_invalid("programs") or findings.is_invalid(*path)):
            _coverage(scenario, rule, path, findings)


def _twice(rule: Rule, path: Path, findings: Findings) -> None:
    for names, below in program_lists(rule, path):
        for position, name in enumerate(names):
            if name in names[:position]:
                message = f"{named(below, findings.tree)} names program '{name}' twice"
                findings.add("twice", (*below, position), message, "each program once")


def _itself(rule: Rule, path: Path, findings: Findings) -> None:
    needed = (*rule.requires.needs, *rule.requires.needs_any) if isinstance(rule, RequiresRule) else ()
    if isinstance(rule, RequiresRule) and rule.requires.program in needed:
        key = "needs" if rule.requires.needs else "needs_any"
        below: Path = (*path, "requires", key, needed.index(rule.requires.program))
        if findings.places.values and below not in findings.places.values:
            below = below[:-1]
        message = f"program '{rule.requires.program}' needs itself in {named(path, findings.tree)}"
        findings.add("itself", below, message, "another program")
    if isinstance(rule, FollowsRule) and rule.follows.program == rule.follows.of:
        message = f"program '{rule.follows.of}' follows itself in {named(path, findings.tree)}"
        findings.add("itself", (*path, "follows", "of"), message, "another program")


def _count(scenario: Scenario, rule: CountRule, path: Path, findings: Findings) -> None:
    subject = named(path, findings.tree)
    unsure = findings.partial or findings.is_invalid("programs") or findings.is_invalid(*path)
    selected = int(select(scenario.programs, rule.where).sum()) if not unsure else -1
    for key in ("at_least", "at_most", "equals"):
        bound = getattr(rule, key)
        each = bound if isinstance(bound, Mapping) else {None: bound}
        for period, value in each.items():
            below: Path = (*path, key) if period is None else (*path, key, period)
            if value is not None and value != round(value):
                message = f"{subject} counts programs, and {value:g} is no whole number"
                findings.add("whole-number", below, message, "a whole number")
            elif value is not None and selected > 0 and key != "at_most" and value > selected:
                has = f"it speaks of {selected:,} programs" if selected > 1 else "it speaks of one program"
                message = f"{subject} asks for {money(value)} funded programs, and {has}"
                findings.add("above-the-programs", below, message, f"at most {selected:,}")
    low, high = (scenario.per_period(bound, np.nan) for bound in (rule.at_least, rule.at_most))
    check_bounds(low, high, f"{subject} is", (*path, "at_least"), scenario, findings)


def _coverage(scenario: Scenario, rule: Rule, path: Path, findings: Findings) -> None:
    """Look for programs of which nothing says how far their spending covers what they could serve."""
    where: list[tuple[str, Path]] = []
    if isinstance(rule, SubstitutesRule):
        where = [(name, (*path, "substitutes", at)) for at, name in enumerate(rule.substitutes)]
    elif isinstance(rule, FollowsRule):
        where = [(rule.follows.program, (*path, "follows", "program")), (rule.follows.of, (*path, "follows", "of"))]
    programs, subject = scenario.programs, named(path, findings.tree)
    in_units = (isinstance(rule, SubstitutesRule) and rule.units_at_most is not None) or (
        isinstance(rule, FollowsRule) and rule.follows.by == "units"
    )
    for name, below in where:
        if name not in programs or findings.is_invalid("programs", name):
            continue
        unit_cost = programs.value(name, "service.unit_cost")
        if in_units and unit_cost is None:
            message = f"program '{name}' has no `service`, so {subject} knows no units of it"
            findings.add("no-units", below, message, "a program with `service`", "rules on coverage need none")
        elif not in_units and unit_cost != 0 and np.isinf(scenario.ceilings[programs.position(name)]).any():
            message = f"nothing says how much program '{name}' can spend, so {subject} knows no coverage of it"
            expected = "`spending.at_most`, or an effect with an end (`up_to`, or a curve)"
            findings.add("no-coverage", below, message, expected)
