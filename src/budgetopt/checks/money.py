"""Floors above the money: what must be spent or kept against what there is, worked out for groups of funds.

Money is always counted at its most (nothing spent before it must be, every transfer in at its limit) and floors at
their least, so what is reported can never be met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from budgetopt.checks.accounts import COUNTED, Accounts, payable, when, windows
from budgetopt.checks.findings import Findings
from budgetopt.checks.grants import check_grants
from budgetopt.checks.least import change_floors, least_spending
from budgetopt.checks.programs import above
from budgetopt.checks.rule_floors import RuleFloor, add_up, rule_floors
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, money

__all__ = ["check_money"]

_MOST_GROUPS = 200
"""No more groups of funds than so many are looked at."""


def check_money(scenario: Scenario, findings: Findings) -> None:
    """Look for reserves and floors above everything that a fund, or a group of funds, can ever have."""
    accounts = Accounts.of(scenario)
    _reserves(scenario, accounts, findings)
    if not findings.problems:
        check_grants(scenario, accounts, findings)
    if findings.problems:
        return
    can_pay = payable(scenario)
    floors = _Floors.of(scenario, can_pay, findings)
    reported: list[Bools] = []
    for group in _groups(can_pay):
        if any((group | smaller == group).all() for smaller in reported):
            continue
        if _above_group(scenario, accounts, floors, group, findings) or _above_recurring(
            scenario, floors, group, findings
        ):
            reported.append(group)


def _reserves(scenario: Scenario, accounts: Accounts, findings: Findings) -> None:
    for at, (name, fund) in enumerate(scenario.funds.items()):
        group = np.arange(len(scenario.funds)) == at
        for last, period in enumerate(scenario.periods):
            first = 0 if fund.carryover else last
            left = accounts.most(group, first, last)
            if not above(np.zeros(1), np.array([left]))[0]:
                continue
            reserve = accounts.reserve[at, last]
            period_word = f" in {period}" if len(scenario.periods) > 1 else ""
            if reserve > 0:
                path: Path = ("funds", name, "reserve", "at_least")
                message = (
                    f"fund '{name}' must keep {money(reserve)}{period_word}, and has at most {money(left + reserve)}"
                )
                expected = f"at most {money(max(0.0, left + reserve))}"
            else:
                path = ("funds", name, "transfers_to")
                owed = float(accounts.owed[at, :, first : last + 1].sum())
                message = (
                    f"fund '{name}' must transfer {money(owed)}{period_word}, and has at most {money(left + owed)}"
                )
                expected = f"at most {money(max(0.0, left + owed))}"
            findings.add("above-the-money", path, message, expected, _COUNTED)
            break


_COUNTED = "counted are revenue, one-time revenue, opening balance and transfers in"


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a group of funds must pay at least, in which periods, and the rules that ask for it beside programs."""

    least: float
    when: str
    rules: list[RuleFloor]


@dataclass(frozen=True, slots=True)
class _Floors:
    """The floors of programs, dollars of shape (programs, periods), and those of rules with who can pay for them."""

    programs: Floats
    changes: tuple[tuple[str, Path, Floats], ...]
    rules: tuple[RuleFloor, ...]
    payers: tuple[Bools, ...]
    can_pay: Bools

    @classmethod
    def of(cls, scenario: Scenario, can_pay: Bools, findings: Findings) -> _Floors:
        own = least_spending(scenario)
        raised: list[tuple[str, Path, Floats]] = []
        for rule, path, least in change_floors(scenario, list(findings.rule_paths(scenario.rules))):
            adds: Floats = np.where(above(least, own), least, 0.0)
            raised.append((rule.name, path, adds))
            own = np.maximum(own, least)
        rules = tuple(rule_floors(scenario, findings))
        payers = tuple(np.asarray(can_pay[rule.chosen].any(axis=0)) for rule in rules)
        return cls(own, tuple(raised), rules, payers, can_pay)

    def names(self, first: int, last: int) -> list[tuple[str, Path, Bools]]:
        """Return the rules on change that raise floors in a window of periods, and of which programs."""
        return [(name, path, raised[:, first : last + 1].sum(axis=1) > 0) for name, path, raised in self.changes]

    def of_group(self, group: Bools) -> list[RuleFloor]:
        """Return the rules of which a group of funds alone must pay what they ask for."""
        return [
            rule
            for rule, payers in zip(self.rules, self.payers, strict=True)
            if (rule.funds is not None and not (rule.funds & ~group).any()) or not (payers & ~group).any()
        ]

    def only(self, group: Bools) -> Bools:
        """Return the programs that a group of funds alone can pay for; shape (programs,)."""
        mine: Bools = np.any(self.can_pay, axis=1) & ~np.any(self.can_pay & ~group, axis=1)
        return mine


def _groups(eligible: Bools) -> Iterator[Bools]:
    """Yield groups of funds worth a look, small ones first: every fund, those of each program, pairs of these, all."""
    patterns = np.unique(eligible, axis=0)
    patterns = patterns[patterns.any(axis=1)]
    groups = {tuple(row.tolist()) for row in (*np.eye(eligible.shape[1], dtype=bool), *patterns)}
    if len(patterns) <= 20:
        groups |= {tuple((one | other).tolist()) for one, other in combinations(patterns, 2)}
    groups.add((True,) * eligible.shape[1])
    for group in sorted(groups, key=lambda row: (sum(row), [not item for item in row]))[:_MOST_GROUPS]:
        yield np.array(group, dtype=bool)


def _above_group(scenario: Scenario, accounts: Accounts, floors: _Floors, group: Bools, findings: Findings) -> bool:
    only, asking = floors.only(group), floors.of_group(group)
    count = len(scenario.periods)
    for first, last in windows(count):
        own = np.where(only, floors.programs[:, first : last + 1].sum(axis=1), 0.0)
        least, rules, beside = add_up(asking, own, first, last)
        most = accounts.most(group, first, last)
        if above(np.array([least]), np.array([most]))[0]:
            ask = _Ask(least, when(scenario, first, last), rules)
            what = f"{'they have' if group.sum() > 1 else 'it has'} at most {money(max(0.0, most))}"
            _report(
                scenario,
                findings,
                group,
                own * beside,
                floors.names(first, last),
                ask,
                what,
                most,
                COUNTED,
            )
            return True
    return False


def _above_recurring(scenario: Scenario, floors: _Floors, group: Bools, findings: Findings) -> bool:
    members = [name for name, counts in zip(scenario.funds, group, strict=True) if counts]
    if not all(scenario.funds[name].structural_balance for name in members):
        return False
    only = floors.only(group)
    only &= scenario.programs.flag("recurring", default=True)
    revenue = sum((scenario.revenue(name) for name in members), np.zeros(len(scenario.periods)))
    for at in range(len(scenario.periods)):
        own = np.where(only, floors.programs[:, at], 0.0)
        if above(np.array([own.sum()]), revenue[at : at + 1])[0]:
            what = f"{'their' if len(members) > 1 else 'its'} recurring revenue is {money(revenue[at])}"
            hint = "`structural_balance` asks that recurring programs are paid from recurring revenue"
            ask = _Ask(float(own.sum()), when(scenario, at, at), [])
            _report(scenario, findings, group, own, floors.names(at, at), ask, what, revenue[at], hint)
            return True
    return False


def _report(
    scenario: Scenario,
    findings: Findings,
    group: Bools,
    own: Floats,
    changes: list[tuple[str, Path, Bools]],
    ask: _Ask,
    what: str,
    most: float,
    hint: str,
) -> None:
    funds = [name for name, counts in zip(scenario.funds, group, strict=True) if counts]
    with_floor = np.flatnonzero(own > 0)
    with_floor = with_floor[np.argsort(-own[with_floor], kind="stable")]
    parts = []
    if len(with_floor) == 1:
        parts.append(f"the floor of program '{scenario.programs.ids[with_floor[0]]}'")
    elif len(with_floor):
        names = [f"'{scenario.programs.ids[row]}' {money(own[row])}" for row in with_floor.tolist()]
        parts.append(f"the floors of {len(names):,} programs ({listed(names, 3)})")
    changes = [(name, path, rows) for name, path, rows in changes if rows[with_floor].any()]
    if changes:
        names = [f"'{name}'" for name, _, _ in changes]
        parts[-1] += f", set by rule {names[0]}," if len(names) == 1 else f", set by the rules {listed(names, 5)},"
    if ask.rules:
        names = [f"'{rule.name}'" for rule in ask.rules]
        parts.append(f"rule {names[0]}" if len(names) == 1 else f"the rules {listed(names, 5)}")
    asks = "asks" if len(with_floor) + len(ask.rules) == 1 else "ask"
    payer = f"fund '{funds[0]}'" if len(funds) == 1 else f"the funds {listed(funds, 6)} together"
    message = f"{' and '.join(parts)} {asks} {payer} for {money(ask.least)}{ask.when}, and {what}"
    path: Path = ("funds", funds[0])
    place = findings.places.of_key(*path)
    if ask.rules:
        path = ask.rules[0].path
        place = findings.places.of(*path)
    elif changes:
        path = (*changes[0][1], "change")
        place = findings.places.of(*path)
    elif len(with_floor) == 1:
        row = int(with_floor[0])
        keys = [key for key, column in scenario.programs.columns.items() if row in column.rows]
        place, path = findings.program_place(scenario.programs, row, next(key for key in keys if "at_least" in key))
    findings.add_at("above-the-money", place, path, message, f"at most {money(max(0.0, most))}", hint)
