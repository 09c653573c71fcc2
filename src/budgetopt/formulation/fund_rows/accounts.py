"""Fund accounting: what comes in, goes out and is left, in every period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, LinearProgram
from budgetopt.formulation.spending.terms import SpendingTerms, enter
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_accounts", "all_money", "inflow", "most_available", "most_of_each", "pays", "reserves"]


def inflow(scenario: Scenario) -> Floats:
    """Return revenue, one-time revenue and the opening balance; dollars, shape (funds, periods)."""
    money = np.zeros((len(scenario.funds), len(scenario.periods)))
    for position, (name, fund) in enumerate(scenario.funds.items()):
        money[position] = scenario.revenue(name) + scenario.per_period(fund.one_time)
        money[position, 0] += fund.opening_balance
    return money


def all_money(scenario: Scenario, problem: LinearProgram) -> float:
    """Return the dollars of all funds and periods, or without any the largest amount that its problem knows.

    A solver's tolerance is a small part of a step that is a share of it.
    """
    money = float(inflow(scenario).sum())
    bounds = np.concatenate((problem.upper, [10_000 * scenario.cent]))
    return money or float(bounds[np.isfinite(bounds)].max())


def most_available(scenario: Scenario) -> Floats:
    """Return a bound on what all programs together can spend in each period; dollars, shape (periods,)."""
    return np.cumsum(inflow(scenario).sum(axis=0))


def most_of_each(scenario: Scenario) -> Floats:
    """Return a loose bound on what each fund can spend in each period; dollars, shape (funds, periods).

    It is twice what the fund has, so that the fund's balance binds first and carries the price of its money. A fund
    that others may transfer to is bounded only by all the money there is: what limits transfers may be lifted.
    """
    money = inflow(scenario)
    everything = most_available(scenario)
    most = np.tile(everything, (len(money), 1))
    receives = {to for fund in scenario.funds.values() for to in fund.transfers_to}
    for position, (name, fund) in enumerate(scenario.funds.items()):
        if name not in receives:
            own = np.cumsum(money[position]) if fund.carryover else money[position]
            most[position] = np.minimum(everything, 2.0 * own)
    return most


def pays(scenario: Scenario) -> Bools:
    """Return which fund may pay in which period, from its start to its end; shape (funds, periods)."""
    periods = list(scenario.periods)
    may = np.zeros((len(scenario.funds), len(periods)), dtype=bool)
    for position, fund in enumerate(scenario.funds.values()):
        first = 0 if fund.starts is None else periods.index(fund.starts)
        last = len(periods) if fund.ends is None else periods.index(fund.ends) + 1
        may[position, first:last] = True
    return may


def reserves(scenario: Scenario) -> tuple[Floats, Floats]:
    """Return each fund's reserve as dollars, and as a share of its spending; shape (funds, periods) both."""
    dollars, shares = np.zeros((2, len(scenario.funds), len(scenario.periods)))
    for position, (name, fund) in enumerate(scenario.funds.items()):
        if fund.reserve is None:
            continue
        values, is_share = _amounts_or_shares(scenario, fund.reserve.at_least, 0.0)
        if fund.reserve.by is not None:
            values[: list(scenario.periods).index(fund.reserve.by)] = 0.0
        base = scenario.revenue(name) if fund.reserve.of == "revenue" else 0.0
        dollars[position] = np.where(is_share, values * base, values)
        if fund.reserve.of == "spending":
            shares[position] = np.where(is_share, values, 0.0)
    return dollars, shares


def _amounts_or_shares(scenario: Scenario, asked: Any, missing: float) -> tuple[Floats, Bools]:
    """Return what a fund is asked for in each period, and whether it is a share; shape (periods,) both."""
    each = [asked.get(period) if isinstance(asked, Mapping) else asked for period in scenario.periods]
    return scenario.per_period(asked, missing), np.array([isinstance(value, Share) for value in each])


def add_accounts(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Add closing balances, transfers, and the rows that balance every fund in every period and keep its limits."""
    funds, periods, find = list(scenario.funds), len(scenario.periods), scenario.limits.find
    shape = (len(funds), periods)
    every_fund, every_period = (grid.ravel() for grid in np.indices(shape))
    keys = {"fund": every_fund, "period": every_period}
    money, of_money = inflow(scenario).ravel(), np.array([find("money", name) for name in funds])

    closing = builder.columns("closing balance", keys, 0.0, np.inf).reshape(shape)
    balance = builder.rows("fund balance", keys, money, money, limit=of_money[every_fund]).reshape(shape)
    enter(builder, balance[spending.fund, spending.period], spending)
    builder.entries(balance.ravel(), closing.ravel(), 1.0)
    carries = scenario.carries_over
    builder.entries(balance[carries, 1:].ravel(), closing[carries, :-1].ravel(), -1.0)

    kept, kept_share = reserves(scenario)
    for position, (name, fund) in enumerate(scenario.funds.items()):
        paid = spending.fund == position
        mine = {"fund": np.full(periods, position), "period": np.arange(periods)}
        for receiver, transfer in fund.transfers_to.items():
            ends = {"to": np.full(periods, funds.index(receiver)), **mine}
            moved = builder.columns("transfer", ends, 0.0, np.inf)
            builder.entries(balance[position], moved, 1.0)
            builder.entries(balance[ends["to"], ends["period"]], moved, -1.0)
            lower, upper = scenario.per_period(transfer.at_least), scenario.per_period(transfer.at_most)
            # that a transfer is not negative is no limit that anybody set
            lower = np.where(lower > 0, lower, -np.inf)
            row = builder.rows("transfer", ends, lower, upper, limit=find("transfer", f"{name} to {receiver}"))
            builder.entries(row, moved, 1.0)
        asked = np.flatnonzero((kept[position] > 0) | (kept_share[position] > 0))
        if len(asked):
            row_of = np.full(periods, -1, dtype=np.int64)
            when = {"fund": np.full(len(asked), position), "period": asked}
            row_of[asked] = builder.rows("reserve", when, kept[position, asked], np.inf, limit=find("reserve", name))
            builder.entries(row_of[asked], closing[position, asked], 1.0)
            enter(builder, row_of[spending.period], spending, paid, -kept_share[position, spending.period])
        if fund.structural_balance:
            most, limit = scenario.revenue(name), find("structural balance", name)
            row = builder.rows("structural balance", mine, -np.inf, most, limit=limit)
            recurring = scenario.programs.flag("recurring", default=True)[spending.program]
            enter(builder, row[spending.period], spending, paid & recurring)
        if fund.spending is not None:
            lower = _limit(scenario, name, fund.spending.at_least, -np.inf)
            upper = _limit(scenario, name, fund.spending.at_most, np.inf)
            row = builder.rows("fund spending", mine, lower, upper, limit=find("fund spending", name))
            enter(builder, row[spending.period], spending, paid)


def _limit(scenario: Scenario, fund: str, asked: Any, missing: float) -> Floats:
    """Return a limit of a fund's spending in dollars, shares being of its recurring revenue; shape (periods,)."""
    values, is_share = _amounts_or_shares(scenario, asked, missing)
    values[is_share] *= scenario.revenue(fund)[is_share]
    return values
