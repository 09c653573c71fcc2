"""Shares that add up to more than all there is: within one rule group by group, and of several rules together."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.checks.accounts import when
from budgetopt.scenario.checks.programs import above
from budgetopt.scenario.findings import Findings, named
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed

__all__ = ["check_shares"]


def check_shares(scenario: Scenario, findings: Findings) -> None:
    """Look for shares of one whole that add up to more than 100%, so that only a plan without spending keeps them."""
    wholes: dict[object, list[tuple[SumRule, Path, str, Floats, Bools]]] = {}
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or findings.is_spoiled(*path):
            continue
        if rule.by is not None and rule.each_at_least is not None:
            _groups(scenario, rule, path, findings)
        key = "at_least" if rule.equals is None else "equals"
        if rule.by is None and rule.of == "total spending" and getattr(rule, key) is not None:
            held = scenario.period_mask(rule.periods)
            share = np.where(held, scenario.per_period(getattr(rule, key), 0.0), 0.0)
            funds = None if rule.funds is None else tuple(sorted(rule.funds))
            whole = (rule.each, funds, tuple(held.tolist()) if rule.each == "total" else ())
            chosen = select(scenario.programs, rule.where)
            wholes.setdefault(whole, []).append((rule, path, key, share, chosen))
    for rules in wholes.values():
        _together(scenario, rules, findings)


def _groups(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    """Look at what the groups of one rule must have: of all spending, or of their fair shares of it."""
    assert rule.by is not None
    groups = groups_of(scenario.programs, rule.by, rule.population)
    share = scenario.per_period(rule.each_at_least, 0.0)
    of = rule.of
    if rule.sum != "spending":
        return  # outcomes can be below zero, where more than a fair share is less
    if of == "total spending":
        if above(np.sum(list(groups.values()), axis=0), np.ones(1)).any():
            return  # programs that belong to several groups count in each
        most, what = 1.0 / max(1, len(groups)), f"each of its {len(groups):,} groups, which is more than there is,"
    elif of in ("population share", "equal share"):
        most, what = 1.0, "each group, which is more than there is,"
    else:
        return
    wrong = above(share, np.full(1, most))
    if wrong.any():
        at = int(np.argmax(wrong))
        part = {"population share": "its population share", "equal share": "its equal share"}.get(str(of), str(of))
        message = f"{named(path, findings.tree)} asks for {Share(share[at])} of {part} for {what}"
        message = message.removesuffix(",") + (when(scenario, at, at) if not wrong.all() else "")
        below: Path = (*path, "each_at_least")
        findings.add("shares-above-one", below, message, f"at most {Share(np.floor(most * 1e4) / 1e4)}")


def _together(scenario: Scenario, rules: list[tuple[SumRule, Path, str, Floats, Bools]], findings: Findings) -> None:
    """Look for floors of several rules, over programs of which none is in two of them, that add up above 100%."""
    for period in range(len(scenario.periods)):
        free = np.ones(len(scenario.programs), dtype=bool)
        taken: list[tuple[SumRule, Path, str, Floats, Bools]] = []
        for entry in sorted(rules, key=lambda entry: -entry[3][period]):
            if entry[3][period] > 0 and free[entry[4]].all():
                free &= ~entry[4]
                taken.append(entry)
        total = sum(float(entry[3][period]) for entry in taken)
        if len(taken) > 1 and above(np.array([total]), np.ones(1))[0]:
            parts = [f"'{rule.name}' {Share(share[period])}" for rule, _, _, share, _ in taken]
            message = f"the rules {listed(parts, 5)} ask for {Share(round(total, 10))} of total spending together"
            _, path, key, _, _ = taken[-1]
            message += f"{when(scenario, period, period)}, of programs that have none in common"
            findings.add("shares-above-one", (*path, key), message, "shares that add up to at most 100%")
            return
