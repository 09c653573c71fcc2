"""Limits from above against limits from below: a rule that allows less than other rules and floors ask for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.accounts import payable, when
from budgetopt.checks.findings import Findings, named
from budgetopt.checks.least import change_floors, least_spending
from budgetopt.checks.programs import above
from budgetopt.checks.rule_floors import RuleFloor, add_up, rule_floors
from budgetopt.checks.rules import amount_of
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed, money

__all__ = ["check_caps"]

_MOST_CAPS = 200
"""No more rules than so many are held against all the others."""


def check_caps(scenario: Scenario, findings: Findings) -> None:
    """Look for rules on spending that allow less than floors, limits on change and other rules ask for together."""
    rules = list(findings.rule_paths(scenario.rules))
    capped = [(rule, path) for rule, path in rules if isinstance(rule, SumRule) and rule.sum == "spending"]
    capped = [(rule, path) for rule, path in capped if rule.by is None and (rule.at_most, rule.equals) != (None, None)]
    if not capped:
        return
    floors = least_spending(scenario)
    raised: list[tuple[str, Bools]] = []
    for change, _, least in change_floors(scenario, rules):
        raised.append((change.name, above(least, floors)))
        floors = np.maximum(floors, least)
    asking, can_pay = list(rule_floors(scenario, findings)), payable(scenario)
    for rule, path in capped[:_MOST_CAPS]:
        _against(scenario, rule, path, floors, raised, asking, can_pay, findings)


def _against(
    scenario: Scenario,
    rule: SumRule,
    path: Path,
    floors: Floats,
    raised: list[tuple[str, Bools]],
    asking: list[RuleFloor],
    can_pay: Bools,
    findings: Findings,
) -> None:
    key = "at_most" if rule.equals is None else "equals"
    bound = getattr(rule, key)
    most = amount_of(scenario, rule, bound)
    if most is None:
        return
    chosen, held = select(scenario.programs, rule.where), scenario.period_mask(rule.periods)
    barred = np.zeros(len(scenario.funds), dtype=bool)
    if rule.funds is not None:
        barred = ~np.array([fund in rule.funds for fund in scenario.funds], dtype=bool)
    # what other funds may pay for too need not be paid by these
    mine = chosen & ~(can_pay & barred).any(axis=1)
    inside = [
        floor
        for floor in asking
        if floor.path[:2] != path
        and not (floor.chosen & ~chosen).any()
        and ((floor.funds is not None and not (floor.funds & barred).any()) or not (floor.chosen & ~mine).any())
    ]
    spans = [(at, at) for at in np.flatnonzero(held).tolist()]
    if rule.each == "total":
        first, last = int(np.flatnonzero(held)[0]), int(np.flatnonzero(held)[-1])
        if not held[first : last + 1].all():
            return
        whole = float(bound) if rule.of is None and not isinstance(bound, Mapping) else float(np.nansum(most))
        spans, most = [(first, last)], np.full(len(held), whole)
    for first, last in spans:
        own = np.where(mine, floors[:, first : last + 1].sum(axis=1), 0.0)
        least, rules, free = add_up(inside, own, first, last)
        if not above(np.array([least]), most[first : first + 1])[0]:
            continue
        who = [f"rule '{one.name}'" for one in rules]
        changes = [name for name, rows in raised if (rows[:, first : last + 1].any(axis=1) & mine & free).any()]
        who += [f"rule '{name}'" for name in changes]
        count = int(np.count_nonzero(own * free > 0))
        if count and not changes:
            who.append("the floor of 1 program" if count == 1 else f"the floors of {count:,} programs")
        span = when(scenario, first, last)
        message = f"{named(path, findings.tree)} allows at most {money(most[first])}{span}, and {listed(who, 5)}"
        message += f" {'asks' if len(who) == 1 else 'ask'} for {money(least)} of it"
        hint = "change or take away one of the rules and floors that are named"
        findings.add("rule-below-floors", (*path, key), message, f"{key} of {money(least)} or more", hint)
        return
