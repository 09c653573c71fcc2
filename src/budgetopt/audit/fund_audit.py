"""What binds each fund: its balance and reserve, structural balance, the limits of its spending, and transfers."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.inputs import share_or_amount

__all__ = ["check_balances", "check_fund_spending", "check_structure", "check_transfers"]


def check_balances(evaluation: Evaluation) -> list[Check]:
    """Check that each fund closes every period with its reserve, or with nothing less than zero if it has none.

    A reserve is an amount, or a share of the period's recurring revenue (not one-time revenue) or of its spending; a
    period that a mapping leaves out has none, and one that is rebuilt by a period has none before it. A fund whose
    balance lapses must close with its reserve all the same.
    """
    accounts = evaluation.balances
    checks = []
    for position, (name, fund) in enumerate(evaluation.scenario.funds.items()):
        rows = (
            accounts.opening,
            accounts.revenue,
            accounts.one_time,
            accounts.transfers_in,
            accounts.transfers_out,
            accounts.spending,
            accounts.reserve,
        )
        gross = np.cumsum(sum(np.abs(row[position]) for row in rows))
        has_reserve = fund.reserve is not None
        spends = fund.reserve is not None and fund.reserve.of == "spending"
        sentence = "{fund} closes{at_period} with {value}, and its reserve is {bound}"
        overdrawn = "{fund} closes{at_period} with {value}: it spends more than it has"
        checks.append(
            Check(
                kind="reserve" if has_reserve else "fund balance",
                name=name,
                value=accounts.closing[position],
                lower=accounts.reserve[position],
                share_of=(accounts.spending if spends else accounts.revenue)[position],
                period=np.arange(len(gross)),
                fund=np.full(len(gross), position),
                allowed=evaluation.allowed_dollars(gross),
                because="" if fund.reserve is None else fund.reserve.because,
                below=np.where(accounts.reserve[position] > 0, sentence, overdrawn).astype(object),
            )
        )
    return checks


def check_structure(evaluation: Evaluation) -> list[Check]:
    """Check that a fund in structural balance pays recurring spending from recurring revenue, in every period.

    Recurring spending is what the fund pays for programs whose spending goes on (``recurring``, which is true unless
    said otherwise); recurring revenue is ``revenue``. One-time revenue, balances and transfers, in or out, are neither.
    """
    checks = []
    for position, (name, fund) in enumerate(evaluation.scenario.funds.items()):
        if not fund.structural_balance:
            continue
        paid = evaluation.plan.spending[evaluation.recurring, position]
        value, revenue = paid.sum(axis=0), evaluation.balances.revenue[position]
        checks.append(
            Check(
                kind="structural balance",
                name=name,
                value=value,
                upper=revenue,
                period=np.arange(len(value)),
                fund=np.full(len(value), position),
                allowed=evaluation.allowed_dollars(np.abs(paid).sum(axis=0) + revenue, np.count_nonzero(paid, axis=0)),
                above="{fund} pays {value} of recurring spending{in_period}, and its recurring revenue is {bound}",
            )
        )
    return checks


def check_fund_spending(evaluation: Evaluation) -> list[Check]:
    """Check that each fund pays in each period no more and no less than its own limits of spending allow.

    A limit is an amount or a share of the fund's recurring revenue of the period; a period that a mapping leaves out
    has none.
    """
    checks = []
    for position, (name, fund) in enumerate(evaluation.scenario.funds.items()):
        if fund.spending is None:
            continue
        revenue, value = evaluation.balances.revenue[position], evaluation.balances.spending[position]
        lower = share_or_amount(evaluation.scenario, fund.spending.at_least, revenue)
        upper = share_or_amount(evaluation.scenario, fund.spending.at_most, revenue)
        payments = np.count_nonzero(evaluation.plan.spending[:, position], axis=0)
        checks.append(
            Check(
                kind="fund spending",
                name=name,
                value=value,
                lower=np.nan_to_num(lower, nan=-np.inf),
                upper=np.nan_to_num(upper, nan=np.inf),
                share_of=revenue,
                period=np.arange(len(value)),
                fund=np.full(len(value), position),
                allowed=evaluation.allowed_dollars(np.abs(value) + revenue, payments),
                because=fund.spending.because,
                below="{fund} pays {value}{in_period}, and the least that it must pay is {bound}",
                above="{fund} pays {value}{in_period}, and the most that it may pay is {bound}",
            )
        )
    return checks


def check_transfers(evaluation: Evaluation) -> list[Check]:
    """Check that transfers keep within their limits in each period, and that there is none but those named.

    A period that ``at_most`` leaves out allows no transfer, and one that ``at_least`` leaves out demands none.
    """
    scenario = evaluation.scenario
    names, periods = list(scenario.funds), np.arange(len(scenario.periods))
    moved = evaluation.given.transfers
    named = np.zeros((len(names), len(names)), dtype=bool)
    checks = []
    for giver, (name, fund) in enumerate(scenario.funds.items()):
        for key, limits in fund.transfers_to.items():
            taker = names.index(key)
            named[giver, taker] = True
            checks.append(
                Check(
                    kind="transfer",
                    name=f"{name} to {key}",
                    value=moved[giver, taker],
                    lower=scenario.per_period(limits.at_least),
                    upper=scenario.per_period(limits.at_most),
                    period=periods,
                    fund=np.full(len(periods), giver),
                    other=np.full(len(periods), taker),
                    allowed=evaluation.allowed_dollars(evaluation.plan.transfers[giver, taker]),
                    because=limits.because,
                    below="{fund} transfers {value} to {other}{in_period}, and the least is {bound}",
                    above="{fund} transfers {value} to {other}{in_period}, and the most is {bound}",
                )
            )
    for giver, taker in np.argwhere(~named & (moved != 0).any(axis=2)).tolist():
        checks.append(
            Check(
                kind="transfer",
                name=f"{names[giver]} to {names[taker]}",
                value=moved[giver, taker],
                lower=np.zeros(len(periods)),
                upper=np.zeros(len(periods)),
                period=periods,
                fund=np.full(len(periods), giver),
                other=np.full(len(periods), taker),
                allowed=np.full(len(periods), evaluation.cent),
                below="{fund} may not transfer money to {other}, and takes {excess} from it{in_period}",
                above="{fund} may not transfer money to {other}, and transfers {value}{in_period}",
            )
        )
    return checks
