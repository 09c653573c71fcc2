"""What every fund has, owes and may pay, period by period: counted so that no plan can ever have more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import Reserve
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["COUNTED", "Accounts", "limit_of", "payable", "paying", "reserve_of", "when", "windows"]

COUNTED = "counted are revenue, one-time revenue, opening balance and transfers in, less the reserve and transfers owed"
"""What the most that a fund can spend is made of."""


def when(scenario: Scenario, first: int, last: int) -> str:
    """Return a window of periods in words, beginning with a blank; nothing where there is only one period."""
    if len(scenario.periods) == 1:
        return ""
    if first == last:
        return f" in {scenario.periods[first]}"
    return f" from {scenario.periods[first]} to {scenario.periods[last]}"


def windows(count: int) -> list[tuple[int, int]]:
    """Return the windows of periods that are looked at: all that begin with the first, and each period."""
    return [*((0, last) for last in range(count)), *((at, at) for at in range(1, count))]


def paying(scenario: Scenario) -> Bools:
    """Return which fund may pay in which period, from its start to its end; shape (funds, periods)."""
    periods = list(scenario.periods)
    may = np.zeros((len(scenario.funds), len(periods)), dtype=bool)
    for at, fund in enumerate(scenario.funds.values()):
        first = 0 if fund.starts is None else periods.index(fund.starts)
        last = len(periods) if fund.ends is None else periods.index(fund.ends) + 1
        may[at, first:last] = True
    return may


def payable(scenario: Scenario) -> Bools:
    """Return which fund can pay for which program: not a grant whose match no fund may pay there.

    Shape (programs, funds).
    """
    funds = list(scenario.funds)
    can = scenario.eligible.copy()
    for at, fund in enumerate(scenario.funds.values()):
        if fund.match is not None and fund.match.dollars > 0:
            can[:, at] &= scenario.eligible[:, funds.index(fund.match.from_)]
    return can


def limit_of(scenario: Scenario, fund: str, asked: Any, missing: float) -> Floats:
    """Return a limit of a fund's spending in dollars, shares being of its recurring revenue; shape (periods,)."""
    values = scenario.per_period(asked, missing)
    each = [asked.get(period) if isinstance(asked, Mapping) else asked for period in scenario.periods]
    shares = np.array([isinstance(value, Share) for value in each])
    return np.where(shares, np.where(shares, values, 0.0) * scenario.revenue(fund), values)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Money by fund and period, dollars: every array but ``opening`` and ``carries`` has shape (funds, periods).

    ``given`` and ``owed`` are the most and the least that may be transferred; shape (from, to, periods). ``cap`` is the
    most that a fund may spend in a period by its own words, infinite where they do not say, and ``must`` the least.
    """

    opening: Floats
    carries: Bools
    income: Floats
    reserve: Floats
    given: Floats
    owed: Floats
    cap: Floats
    must: Floats

    @classmethod
    def of(cls, scenario: Scenario) -> Accounts:
        """Return the accounts of a scenario."""
        funds, periods = list(scenario.funds), len(scenario.periods)
        income, reserve = np.zeros((len(funds), periods)), np.zeros((len(funds), periods))
        given, owed = np.zeros((len(funds), len(funds), periods)), np.zeros((len(funds), len(funds), periods))
        cap, must = np.full((len(funds), periods), np.inf), np.zeros((len(funds), periods))
        pays = paying(scenario)
        for at, (name, fund) in enumerate(scenario.funds.items()):
            income[at] = scenario.revenue(name) + scenario.per_period(fund.one_time)
            if fund.reserve is not None:
                reserve[at] = reserve_of(scenario, name, fund.reserve)
            cap[at, ~pays[at]] = 0.0
            if fund.spending is not None:
                must[at] = limit_of(scenario, name, fund.spending.at_least, 0.0)
                cap[at] = np.minimum(cap[at], limit_of(scenario, name, fund.spending.at_most, np.inf))
            for other, transfer in fund.transfers_to.items():
                to = funds.index(other)
                given[at, to] = scenario.per_period(transfer.at_most)
                owed[at, to] = scenario.per_period(transfer.at_least)
        opening = np.array([fund.opening_balance for fund in scenario.funds.values()])
        carries = np.array([fund.carryover for fund in scenario.funds.values()], dtype=bool)
        return cls(opening, carries, income, reserve, given, owed, cap, must)

    def most(self, group: Bools, first: int, last: int, *, capped: bool = True) -> float:
        """Return the most that a group of funds can spend from one period to another, both counted in; dollars.

        Without ``capped`` it is what they have, whether their own words let them spend it or not.
        """
        # what was there before the first of these periods is there still, at most, if the fund carries it over
        since = np.where(self.carries, 0, first)
        counted = (np.arange(self.income.shape[1]) >= since[:, None]) & (np.arange(self.income.shape[1]) <= last)
        income = (self.income * counted)[group].sum()
        opening = self.opening[group & (self.carries | (first == 0))].sum()
        received = (self.given.sum(axis=0, where=~group[:, None, None]) * counted)[group].sum()
        owed = self.owed[group][:, ~group, first : last + 1].sum()
        left = float(opening + income + received - owed - self.reserve[group, last].sum())
        return min(left, float(self.cap[group, first : last + 1].sum())) if capped else left


def reserve_of(scenario: Scenario, fund: str, reserve: Reserve) -> Floats:
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
