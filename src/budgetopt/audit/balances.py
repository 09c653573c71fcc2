"""The accounts of each fund, period by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.audit.inputs import revenues, share_or_amount
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["Balances", "balances_of", "reserves_needed"]


@dataclass(frozen=True, slots=True, eq=False)
class Balances:
    """opening + revenue + one_time + transfers_in - transfers_out - spending = closing.

    Every array holds dollars and has the shape (funds, periods).

    Parameters
    ----------
    opening
        The balance that the period opens with: ``opening_balance`` in the first, then what the period before closed
        with, or nothing if the fund's balance lapses (``carryover: false``).
    revenue, one_time
        Recurring revenue, and revenue that will not come again.
    transfers_in, transfers_out
        What other funds gave, and what was given to them.
    spending
        What the fund paid for programs.
    closing
        What is left.
    reserve
        What must be left: the fund's reserve, or 0.
    """

    opening: Floats
    revenue: Floats
    one_time: Floats
    transfers_in: Floats
    transfers_out: Floats
    spending: Floats
    closing: Floats
    reserve: Floats


def balances_of(scenario: Scenario, spending: Floats, transfers: Floats) -> Balances:
    """Return the accounts of every fund.

    Parameters
    ----------
    scenario
        The scenario.
    spending
        Dollars; shape (programs, funds, periods).
    transfers
        Dollars; shape (funds from, funds to, periods).
    """
    funds = list(scenario.funds.values())
    shape = (len(funds), len(scenario.periods))
    revenue = revenues(scenario)
    one_time = np.array([scenario.per_period(fund.one_time) for fund in funds]).reshape(shape)
    paid = spending.sum(axis=0)
    gained, given = transfers.sum(axis=0), transfers.sum(axis=1)
    change = revenue + one_time + gained - given - paid
    opening, closing = np.empty(shape), np.empty(shape)
    carried = np.array([fund.opening_balance for fund in funds], dtype=np.float64)
    carries = np.array([fund.carryover for fund in funds], dtype=bool)
    for period in range(shape[1]):
        opening[:, period] = carried
        closing[:, period] = carried + change[:, period]
        carried = np.where(carries, closing[:, period], 0.0)
    reserve = reserves_needed(scenario, revenue, paid)
    return Balances(opening, revenue, one_time, gained, given, paid, closing, reserve)


def reserves_needed(scenario: Scenario, revenue: Floats, spending: Floats) -> Floats:
    """Return the balances that the funds must close with, 0 where a fund has no reserve; shape (funds, periods).

    A reserve is an amount, or a share of the fund's recurring revenue or of its spending in the period. A period that a
    mapping leaves out has none, and a reserve that is rebuilt by a period has none before it.

    Parameters
    ----------
    revenue, spending
        Dollars; shape (funds, periods).
    """
    needed = np.zeros(revenue.shape)
    for position, fund in enumerate(scenario.funds.values()):
        if fund.reserve is not None:
            share_of = (revenue if fund.reserve.of == "revenue" else spending)[position]
            needed[position] = np.nan_to_num(share_or_amount(scenario, fund.reserve.at_least, share_of))
            if fund.reserve.by is not None:
                needed[position, : scenario.periods.index(fund.reserve.by)] = 0.0
    return needed
