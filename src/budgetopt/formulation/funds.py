"""Fund accounting: what comes in, goes out and is left, in every period."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Floats
from budgetopt.formulation.spending import SpendingTerms
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_funds", "inflow", "most_available"]


def inflow(scenario: Scenario) -> Floats:
    """Return revenue, one-time revenue and the opening balance; dollars, shape (funds, periods)."""
    money = np.zeros((len(scenario.funds), len(scenario.periods)))
    for position, fund in enumerate(scenario.funds.values()):
        money[position] = scenario.per_period(fund.revenue) + scenario.per_period(fund.one_time)
        money[position, 0] += fund.opening_balance
    return money


def most_available(scenario: Scenario) -> Floats:
    """Return a bound on what all programs together can spend in each period; dollars, shape (periods,)."""
    return np.cumsum(inflow(scenario).sum(axis=0))


def add_funds(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Add closing balances, transfers, and the rows that balance every fund in every period."""
    funds, periods = list(scenario.funds), len(scenario.periods)
    shape = (len(funds), periods)
    every_fund, every_period = (grid.ravel() for grid in np.indices(shape))
    keys = {"fund": every_fund, "period": every_period}
    money = inflow(scenario)

    kept = np.zeros(shape)
    for position, fund in enumerate(scenario.funds.values()):
        reserve = fund.reserve
        if reserve is not None and not isinstance(reserve.at_least, Share):
            kept[position] = reserve.at_least
        elif reserve is not None and reserve.of == "revenue":
            kept[position] = reserve.at_least * scenario.per_period(fund.revenue)
    closing = builder.columns("closing balance", keys, kept.ravel(), np.inf).reshape(shape)
    balance = builder.rows("fund balance", keys, money.ravel(), money.ravel()).reshape(shape)
    builder.entries(balance[spending.fund, spending.period], spending.column, spending.weight)
    builder.entries(balance.ravel(), closing.ravel(), 1.0)
    carries = np.array([fund.carryover for fund in scenario.funds.values()], dtype=bool)
    builder.entries(balance[carries, 1:].ravel(), closing[carries, :-1].ravel(), -1.0)

    for position, fund in enumerate(scenario.funds.values()):
        for receiver, transfer in fund.transfers_to.items():
            to = funds.index(receiver)
            own = {
                "fund": np.full(periods, position),
                "to": np.full(periods, to),
                "period": np.arange(periods),
            }
            lower, upper = scenario.per_period(transfer.at_least), scenario.per_period(transfer.at_most)
            moved = builder.columns("transfer", own, lower, upper)
            builder.entries(balance[position], moved, 1.0)
            builder.entries(balance[to], moved, -1.0)
        if fund.reserve is not None and isinstance(fund.reserve.at_least, Share) and fund.reserve.of == "spending":
            row = builder.rows(
                "reserve", {"fund": np.full(periods, position), "period": np.arange(periods)}, 0.0, np.inf
            )
            builder.entries(row, closing[position], 1.0)
            paid = spending.fund == position
            builder.entries(
                row[spending.period[paid]],
                spending.column[paid],
                -fund.reserve.at_least * spending.weight[paid],
            )
        if fund.structural_balance:
            revenue = scenario.per_period(fund.revenue)
            own = {"fund": np.full(periods, position), "period": np.arange(periods)}
            row = builder.rows("structural balance", own, -np.inf, revenue)
            recurring = scenario.programs.flag("recurring", default=True)
            paid = (spending.fund == position) & recurring[spending.program]
            builder.entries(row[spending.period[paid]], spending.column[paid], spending.weight[paid])
