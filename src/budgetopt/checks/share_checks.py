"""Shares that add up to more than all there is, or leave some of it to nobody.

Within one rule group by group, and of several rules together.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

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

_NOTHING = "only a plan without any spending keeps this"


class _Part(NamedTuple):
    """What a rule says of its programs' share of all spending."""

    rule: SumRule
    path: Path
    """The path of the share."""
    share: Floats
    """Shape (periods,)."""
    chosen: Bools
    """Shape (programs,)."""


def check_shares(scenario: Scenario, findings: Findings) -> None:
    """Look for shares of one whole that only a plan without spending keeps.

    These are least shares that add up to more than 100%, and most shares that add up to less for all programs.
    """
    wholes: dict[tuple[str, object], list[_Part]] = defaultdict(list)
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or rule.sum != "spending" or findings.is_invalid(*path):
            continue  # outcomes can be below zero, where more than a fair share is less
        if rule.by is not None:
            _groups_at_least(scenario, rule, path, findings)
            _groups_at_most(scenario, rule, path, findings)
        elif rule.of == "total spending":
            held = scenario.period_mask(rule.periods)
            funds = None if rule.funds is None else tuple(sorted(rule.funds))
            whole = (rule.each, funds, tuple(held.tolist()) if rule.each == "total" else ())
            for bound, silent in (("at_least", 0.0), ("at_most", np.inf)):
                key = bound if rule.equals is None else "equals"
                if getattr(rule, key) is not None:
                    share = np.where(held, scenario.per_period(getattr(rule, key), silent), silent)
                    part = _Part(rule, (*path, key), share, select(scenario.programs, rule.where))
                    wholes[bound, whole].append(part)
    for (bound, _), parts in wholes.items():
        _together(scenario, parts, findings, at_most=bound == "at_most")


def _spenders(scenario: Scenario, rule: SumRule) -> Bools:
    """Return the programs that can have any of the spending of which a rule speaks; shape (programs,)."""
    counted = np.array([rule.funds is None or fund in rule.funds for fund in scenario.funds], dtype=bool)
    return np.asarray(scenario.eligible[:, counted].any(axis=1))


def _groups_at_least(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    """Look at what the groups of one rule must have: of all spending, or of their fair shares of it."""
    if rule.by is None or rule.each_at_least is None:
        return
    most, part, whom = 1.0, f"its {rule.of}", "each group"
    if rule.of == "total spending":
        groups = groups_of(scenario.programs, rule.by, rule.population)
        if above(np.sum(list(groups.values()), axis=0), 1.0).any():
            return  # programs that belong to several groups count in each
        most, part, whom = 1.0 / max(1, len(groups)), rule.of, f"each of its {len(groups):,} groups"
    elif rule.of not in ("population share", "equal share"):
        return
    share = scenario.per_period(rule.each_at_least, 0.0)
    wrong = above(share, most)
    if wrong.any():
        message = f"{named(path, findings.tree)} asks for {Share(share[int(np.argmax(wrong))])} of {part} for {whom}"
        message += f", which is more than there is{in_period(scenario, wrong)}"
        expected = f"at most {Share(np.floor(most * 1e4) / 1e4)}"
        findings.add("shares-above-one", (*path, "each_at_least"), message, expected)


def _groups_at_most(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    """Look at what the groups of one rule may have of all spending, where every program belongs to them wholly."""
    if rule.by is None or rule.each_at_most is None or rule.of != "total spending" or rule.where is not None:
        return
    groups, spenders = groups_of(scenario.programs, rule.by, rule.population), _spenders(scenario, rule)
    inside = [share for share in groups.values() if (share * spenders > 0).any()]
    if not inside or above(1.0, np.sum(inside, axis=0)[spenders]).any():
        return
    most = np.where(scenario.period_mask(rule.periods), scenario.per_period(rule.each_at_most, np.inf), np.inf)
    wrong = above(1.0, most * len(inside))
    if wrong.any():
        count = "its only group" if len(inside) == 1 else f"each of its {len(inside):,} groups"
        message = f"{named(path, findings.tree)} allows {count} at most {Share(most[int(np.argmax(wrong))])} of total "
        message += f"spending{in_period(scenario, wrong)}, and every program is in one of them"
        needed = Share(np.ceil(1e4 / len(inside)) / 1e4)
        findings.add("shares-below-one", (*path, "each_at_most"), message, f"at least {needed}", _NOTHING)


def _together(scenario: Scenario, parts: list[_Part], findings: Findings, *, at_most: bool) -> None:
    """Look for rules on programs of which none is in two of them, whose shares cannot all be kept.

    Floors add up above 100%; ceilings speak of every program that can spend, and add up below 100%.
    """
    spenders = _spenders(scenario, parts[0].rule) if at_most else np.ones(len(scenario.programs), dtype=bool)
    for period, name in enumerate(scenario.periods):
        free = spenders.copy()
        taken: list[_Part] = []
        for part in sorted(parts, key=lambda part: float(part.share[period]), reverse=not at_most):
            mine = part.chosen & spenders
            counts = np.isfinite(part.share[period]) if at_most else part.share[period] > 0
            if counts and mine.any() and free[mine].all():
                free &= ~mine
                taken.append(part)
        total = sum(float(part.share[period]) for part in taken)
        wrong = taken and not free.any() and above(1.0, total) if at_most else len(taken) > 1 and above(total, 1.0)
        if not wrong:
            continue
        rules = listed([f"'{part.rule.name}' {Share(part.share[period])}" for part in taken], 5)
        verb = "allow" if at_most else "ask for"
        message = f"the rules {rules} {verb} {Share(round(total, 10))} of total spending together"
        if len(taken) == 1:
            message = f"{named(taken[0].path[:-1], findings.tree)} allows at most {Share(total)} of total spending"
        when = f" in {name}" if len(scenario.periods) > 1 else ""
        path = taken[-1].path
        if at_most:
            message += f"{when}, and no program is left for the rest"
            findings.add("shares-below-one", path, message, "shares that add up to 100% or more", _NOTHING)
        else:
            message += f"{when}, of programs that have none in common"
            findings.add("shares-above-one", path, message, "shares that add up to at most 100%")
        return
