"""Shares that add up to more than all there is, or leave some of it to nobody.

Within one rule group by group, and of several rules together.
"""

from __future__ import annotations

import numpy as np

from budgetopt.checks.findings import Findings, named
from budgetopt.checks.floors import above, in_period
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed

__all__ = ["check_shares"]


def check_shares(scenario: Scenario, findings: Findings) -> None:
    """Look for shares of one whole that only a plan without spending keeps.

    These are least shares that add up to more than 100%, and most shares that add up to less for all programs.
    """
    wholes: dict[object, list[tuple[SumRule, Path, str, Floats, Bools]]] = {}
    caps: dict[object, list[tuple[SumRule, Path, str, Floats, Bools]]] = {}
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or findings.is_invalid(*path):
            continue
        if rule.by is not None and rule.each_at_least is not None:
            _groups(scenario, rule, path, findings)
        if rule.by is not None and rule.each_at_most is not None:
            _groups_at_most(scenario, rule, path, findings)
        key = "at_most" if rule.equals is None else "equals"
        if (
            rule.by is None
            and rule.sum == "spending"
            and rule.of == "total spending"
            and getattr(rule, key) is not None
        ):
            held = scenario.period_mask(rule.periods)
            share = np.where(held, scenario.per_period(getattr(rule, key), np.inf), np.inf)
            chosen = select(scenario.programs, rule.where)
            caps.setdefault(_whole(rule, held), []).append((rule, path, key, share, chosen))
        key = "at_least" if rule.equals is None else "equals"
        if rule.by is None and rule.of == "total spending" and getattr(rule, key) is not None:
            held = scenario.period_mask(rule.periods)
            share = np.where(held, scenario.per_period(getattr(rule, key), 0.0), 0.0)
            chosen = select(scenario.programs, rule.where)
            wholes.setdefault(_whole(rule, held), []).append((rule, path, key, share, chosen))
    for rules in wholes.values():
        _together(scenario, rules, findings)
    for rules in caps.values():
        _together_at_most(scenario, rules, findings)


def _whole(rule: SumRule, held: Bools) -> object:
    """Return what tells the whole of which a rule speaks from others."""
    funds = None if rule.funds is None else tuple(sorted(rule.funds))
    return (rule.each, funds, tuple(held.tolist()) if rule.each == "total" else ())


def _spenders(scenario: Scenario, rule: SumRule) -> Bools:
    """Return the programs that can have any of the spending of which a rule speaks; shape (programs,)."""
    counted = np.array([rule.funds is None or fund in rule.funds for fund in scenario.funds], dtype=bool)
    some: Bools = np.any(scenario.eligible[:, counted], axis=1)
    return some


def _groups_at_most(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    """Look at what the groups of one rule may have of all spending, where every program belongs to them wholly."""
    if rule.by is None or rule.sum != "spending" or rule.of != "total spending" or rule.where is not None:
        return
    groups, spenders = groups_of(scenario.programs, rule.by, rule.population), _spenders(scenario, rule)
    inside = [share for share in groups.values() if (share * spenders > 0).any()]
    if not inside or above(np.ones(1), np.sum(inside, axis=0)[spenders]).any():
        return
    most = np.where(scenario.period_mask(rule.periods), scenario.per_period(rule.each_at_most, np.inf), np.inf)
    wrong = above(np.ones(1), most * len(inside))
    if wrong.any():
        at = int(np.argmax(wrong))
        count = "its only group" if len(inside) == 1 else f"each of its {len(inside):,} groups"
        message = f"{named(path, findings.tree)} allows {count} at most {Share(most[at])} of total spending"
        message += f"{in_period(scenario, at) if not wrong.all() else ''}, and every program is in one of them"
        needed = Share(np.ceil(1e4 / len(inside)) / 1e4)
        findings.add("shares-below-one", (*path, "each_at_most"), message, f"at least {needed}", _NOTHING)


_NOTHING = "only a plan without any spending keeps this"


def _together_at_most(
    scenario: Scenario, rules: list[tuple[SumRule, Path, str, Floats, Bools]], findings: Findings
) -> None:
    """Look for ceilings of several rules that speak of every program, none of it twice, and add up below 100%."""
    spenders = _spenders(scenario, rules[0][0])
    for period in range(len(scenario.periods)):
        free = spenders.copy()
        taken: list[tuple[SumRule, Path, str, Floats, Bools]] = []
        for entry in sorted(rules, key=lambda entry: float(entry[3][period])):
            mine = entry[4] & spenders
            if mine.any() and np.isfinite(entry[3][period]) and free[mine].all():
                free &= ~mine
                taken.append(entry)
        total = sum(float(entry[3][period]) for entry in taken)
        if taken and not free.any() and above(np.ones(1), np.array([total]))[0]:
            parts = [f"'{rule.name}' {Share(share[period])}" for rule, _, _, share, _ in taken]
            if len(parts) == 1:
                message = f"{named(taken[0][1], findings.tree)} allows at most {Share(total)} of total spending"
            else:
                message = f"the rules {listed(parts, 5)} allow {Share(round(total, 10))} of total spending together"
            _, path, key, _, _ = taken[-1]
            message += f"{in_period(scenario, period)}, and no program is left for the rest"
            findings.add("shares-below-one", (*path, key), message, "shares that add up to 100% or more", _NOTHING)
            return


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
        message = message.removesuffix(",") + (in_period(scenario, at) if not wrong.all() else "")
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
            message += f"{in_period(scenario, period)}, of programs that have none in common"
            findings.add("shares-above-one", (*path, key), message, "shares that add up to at most 100%")
            return
