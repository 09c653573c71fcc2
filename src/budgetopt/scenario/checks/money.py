"""Floors above the money: what must be spent or kept against what there is, worked out for groups of funds.

Money is always counted at its most (nothing spent before it must be, every transfer in at its limit) and floors at
their least, so what is reported can never be met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.checks.programs import above
from budgetopt.scenario.checks.rules import amount_of
from budgetopt.scenario.findings import Findings
from budgetopt.scenario.model import Reserve, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed, money

__all__ = ["check_money"]

_MOST_GROUPS = 200
"""No more groups of funds than so many are looked at."""


def check_money(scenario: Scenario, findings: Findings) -> None:
    """Look for reserves and floors above everything that a fund, or a group of funds, can ever have."""
    accounts = _Accounts.of(scenario)
    _reserves(scenario, accounts, findings)
    if findings.problems:
        return
    floors = _Floors.of(scenario, findings)
    reported: list[Bools] = []
    for group in _groups(scenario.eligible):
        if any((group | smaller == group).all() for smaller in reported):
            continue
        if _above_group(scenario, accounts, floors, group, findings) or _above_recurring(
            scenario, floors, group, findings
        ):
            reported.append(group)


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Money by fund and period, dollars: every array but ``opening`` and ``carries`` has shape (funds, periods).

    ``given`` and ``owed`` are the most and the least that may be transferred; shape (from, to, periods).
    """

    opening: Floats
    carries: Bools
    income: Floats
    reserve: Floats
    given: Floats
    owed: Floats

    @classmethod
    def of(cls, scenario: Scenario) -> _Accounts:
        funds, periods = list(scenario.funds), len(scenario.periods)
        income, reserve = np.zeros((len(funds), periods)), np.zeros((len(funds), periods))
        given, owed = np.zeros((len(funds), len(funds), periods)), np.zeros((len(funds), len(funds), periods))
        for at, (name, fund) in enumerate(scenario.funds.items()):
            income[at] = scenario.revenue(name) + scenario.per_period(fund.one_time)
            if fund.reserve is not None:
                reserve[at] = _reserve(scenario, name, fund.reserve)
            for other, transfer in fund.transfers_to.items():
                to = funds.index(other)
                given[at, to] = scenario.per_period(transfer.at_most)
                owed[at, to] = scenario.per_period(transfer.at_least)
        opening = np.array([fund.opening_balance for fund in scenario.funds.values()])
        carries = np.array([fund.carryover for fund in scenario.funds.values()], dtype=bool)
        return cls(opening, carries, income, reserve, given, owed)

    def most(self, group: Bools, first: int, last: int) -> float:
        """Return the most that a group of funds can spend from one period to another, both counted in; dollars."""
        # what was there before the first of these periods is there still, at most, if the fund carries it over
        since = np.where(self.carries, 0, first)
        counted = (np.arange(self.income.shape[1]) >= since[:, None]) & (np.arange(self.income.shape[1]) <= last)
        income = (self.income * counted)[group].sum()
        opening = self.opening[group & (self.carries | (first == 0))].sum()
        received = (self.given.sum(axis=0, where=~group[:, None, None]) * counted)[group].sum()
        owed = self.owed[group][:, ~group, first : last + 1].sum()
        return float(opening + income + received - owed - self.reserve[group, last].sum())


def _reserve(scenario: Scenario, fund: str, reserve: Reserve) -> Floats:
    """Return the balance that a fund must surely keep at the close of each period; dollars, shape (periods,)."""
    revenue = scenario.revenue(fund)
    needed = np.zeros(len(scenario.periods))
    for at, period in enumerate(scenario.periods):
        level = reserve.at_least.get(period, 0.0) if isinstance(reserve.at_least, Mapping) else reserve.at_least
        if not isinstance(level, Share):
            needed[at] = level
        elif reserve.of == "revenue":
            needed[at] = level * revenue[at]
    if reserve.by is not None and reserve.by in scenario.periods:
        needed[: scenario.periods.index(reserve.by)] = 0.0
    return needed


def _reserves(scenario: Scenario, accounts: _Accounts, findings: Findings) -> None:
    for at, (name, fund) in enumerate(scenario.funds.items()):
        group = np.arange(len(scenario.funds)) == at
        for last, period in enumerate(scenario.periods):
            first = 0 if fund.carryover else last
            left = accounts.most(group, first, last)
            if not above(np.zeros(1), np.array([left]))[0]:
                continue
            reserve = accounts.reserve[at, last]
            when = f" in {period}" if len(scenario.periods) > 1 else ""
            if reserve > 0:
                path: Path = ("funds", name, "reserve", "at_least")
                message = f"fund '{name}' must keep {money(reserve)}{when}, and has at most {money(left + reserve)}"
                expected = f"at most {money(max(0.0, left + reserve))}"
            else:
                path = ("funds", name, "transfers_to")
                owed = float(accounts.owed[at, :, first : last + 1].sum())
                message = f"fund '{name}' must transfer {money(owed)}{when}, and has at most {money(left + owed)}"
                expected = f"at most {money(max(0.0, left + owed))}"
            findings.add("above-the-money", path, message, expected, _COUNTED)
            break


_COUNTED = "counted are revenue, one-time revenue, opening balance and transfers in"


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a group of funds must pay at least, in which periods, and the rules that ask for it beside programs."""

    least: float
    when: str
    rules: list[_RuleFloor]


@dataclass(frozen=True, slots=True)
class _RuleFloor:
    """The least that a rule asks to be spent: by period, or in all of its periods together."""

    name: str
    path: Path
    chosen: Bools
    funds: Bools | None
    amounts: Floats
    held: Bools
    total: bool

    def least(self, first: int, last: int) -> float:
        """Return the least that it asks for in a window of periods; dollars."""
        window = np.zeros(len(self.held), dtype=bool)
        window[first : last + 1] = True
        if self.total:
            return float(self.amounts[0]) if not (self.held & ~window).any() else 0.0
        return float(np.nansum(self.amounts[window]))


@dataclass(frozen=True, slots=True)
class _Floors:
    """The floors of programs, dollars of shape (programs, periods), and those of rules."""

    programs: Floats
    rules: tuple[_RuleFloor, ...]

    @classmethod
    def of(cls, scenario: Scenario, findings: Findings) -> _Floors:
        own = np.nan_to_num(scenario.dollars("spending.at_least"))
        return cls(own, tuple(_rule_floors(scenario, findings)))


def _rule_floors(scenario: Scenario, findings: Findings) -> Iterator[_RuleFloor]:
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or rule.sum != "spending":
            continue
        key = "at_least" if rule.equals is None else "equals"
        bound = getattr(rule, key)
        amounts = None if bound is None else amount_of(scenario, rule, bound)
        if amounts is None:
            continue
        total = rule.each == "total"
        if total:
            whole = float(bound) if rule.of is None and not isinstance(bound, Mapping) else float(np.nansum(amounts))
            amounts = np.array([whole])
        funds = None if rule.funds is None else np.array([fund in rule.funds for fund in scenario.funds], dtype=bool)
        held = scenario.period_mask(rule.periods)
        yield _RuleFloor(rule.name, (*path, key), select(scenario.programs, rule.where), funds, amounts, held, total)


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


def _above_group(scenario: Scenario, accounts: _Accounts, floors: _Floors, group: Bools, findings: Findings) -> bool:
    only = scenario.eligible.any(axis=1) & ~(scenario.eligible & ~group).any(axis=1)
    count = len(scenario.periods)
    for first, last in [*((0, last) for last in range(count)), *((at, at) for at in range(1, count))]:
        own = np.where(only, floors.programs[:, first : last + 1].sum(axis=1), 0.0)
        least, rules, beside = _least(scenario, floors, group, own, first, last)
        most = accounts.most(group, first, last)
        if above(np.array([least]), np.array([most]))[0]:
            ask = _Ask(least, _when(scenario, first, last), rules)
            what = f"{'they have' if group.sum() > 1 else 'it has'} at most {money(max(0.0, most))}"
            _report(
                scenario,
                findings,
                group,
                own * beside,
                ask,
                what,
                most,
                f"{_COUNTED}, less the reserve and transfers owed",
            )
            return True
    return False


def _above_recurring(scenario: Scenario, floors: _Floors, group: Bools, findings: Findings) -> bool:
    members = [name for name, counts in zip(scenario.funds, group, strict=True) if counts]
    if not all(scenario.funds[name].structural_balance for name in members):
        return False
    only = scenario.eligible.any(axis=1) & ~(scenario.eligible & ~group).any(axis=1)
    only &= scenario.programs.flag("recurring", default=True)
    revenue = sum((scenario.revenue(name) for name in members), np.zeros(len(scenario.periods)))
    for at in range(len(scenario.periods)):
        own = np.where(only, floors.programs[:, at], 0.0)
        if above(np.array([own.sum()]), revenue[at : at + 1])[0]:
            what = f"{'their' if len(members) > 1 else 'its'} recurring revenue is {money(revenue[at])}"
            hint = "`structural_balance` asks that recurring programs are paid from recurring revenue"
            ask = _Ask(float(own.sum()), _when(scenario, at, at), [])
            _report(scenario, findings, group, own, ask, what, revenue[at], hint)
            return True
    return False


def _least(
    scenario: Scenario, floors: _Floors, group: Bools, own: Floats, first: int, last: int
) -> tuple[float, list[_RuleFloor], Bools]:
    """Return the least that a group of funds must pay, the rules that raise it, and the programs that they leave."""
    raised: list[_RuleFloor] = []
    least, free = float(own.sum()), np.ones(len(own), dtype=bool)
    gains = []
    for rule in floors.rules:
        by_funds = rule.funds is not None and not (rule.funds & ~group).any()
        if by_funds or not (scenario.eligible[rule.chosen] & ~group).any():
            gains.append((rule.least(first, last) - float(own[rule.chosen].sum()), rule))
    for gain, rule in sorted(gains, key=lambda pair: -pair[0]):
        # rules that speak of different programs add up; of others only the one that asks for the most counts
        if gain > 0 and free[rule.chosen].all():
            free &= ~rule.chosen
            least += gain
            raised.append(rule)
    return least, raised, free


def _when(scenario: Scenario, first: int, last: int) -> str:
    if len(scenario.periods) == 1:
        return ""
    if first == last:
        return f" in {scenario.periods[first]}"
    return f" from {scenario.periods[first]} to {scenario.periods[last]}"


def _report(
    scenario: Scenario, findings: Findings, group: Bools, own: Floats, ask: _Ask, what: str, most: float, hint: str
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
    elif len(with_floor) == 1:
        row = int(with_floor[0])
        keys = [key for key, column in scenario.programs.columns.items() if row in column.rows]
        place, path = findings.program_place(scenario.programs, row, next(key for key in keys if "at_least" in key))
    findings.add_at("above-the-money", place, path, message, f"at most {money(max(0.0, most))}", hint)
