"""All money that comes in and all money that goes out, line by line, balanced in every period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.report.figures.rounded_money import Figures

__all__ = ["MoneyLine", "SourcesAndUses"]

MOST_LINES = 20
"""Groups of programs, and revenues of funds of one kind, beyond so many stand in one line."""

Amounts = NDArray[Any]  # whole units, or dollars


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One line of the sources or of the uses.

    Parameters
    ----------
    name
        What it is.
    amounts
        Its amount in each period and, of several periods, last in all of them together; in units, or in dollars.
    """

    name: str
    amounts: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class SourcesAndUses:
    """The sources and uses of the money of all funds together.

    Parameters
    ----------
    figures
        The plan.
    accounts
        The accounts of the funds by the names of the audit's balances; each of shape (funds, periods).
    payments
        What each program has in each period; shape (programs, periods).
    """

    figures: Figures
    accounts: Mapping[str, Amounts]
    payments: Amounts

    @classmethod
    def in_units(cls, figures: Figures) -> SourcesAndUses:
        """Return them in the units of a report."""
        return cls(figures, figures.accounts, figures.by_period)

    @classmethod
    def in_dollars(cls, figures: Figures) -> SourcesAndUses:
        """Return them in dollars and cents, exact."""
        balances = figures.plan.audit.balances
        names = ("opening", "revenue", "one_time", "transfers_in", "transfers_out", "closing", "reserve")
        accounts = {name: getattr(balances, name) for name in names}
        return cls(figures, accounts, figures.plan.spending.sum(axis=1))

    @property
    def sources(self) -> list[MoneyLine]:
        """What comes in: balances, revenue, grants and transfers."""
        account, names = self.accounts, self.figures.fund_names
        grants = [at for at, fund in enumerate(self.figures.plan.scenario.funds.values()) if fund.kind == "grant"]
        others = [at for at in range(len(names)) if at not in set(grants)]
        lines = [
            self._balance("Opening balances", account["opening"], first=True),
            *self._by_fund("{}, recurring revenue", account["revenue"], others),
            *self._by_fund("{}, one-time revenue", account["one_time"], others),
            *self._by_fund("{}, grant", account["revenue"] + account["one_time"], grants),
            self._flow("Transfers from other funds", account["transfers_in"].sum(axis=0)),
        ]
        return _some(lines)

    @property
    def uses(self) -> list[MoneyLine]:
        """What it is used for: programs by priority or department, transfers, and what is left at the close."""
        account = self.accounts
        carries = self.figures.plan.scenario.carries_over[:, None]
        closing = np.where(carries, account["closing"], 0)
        kept = np.minimum(np.where(carries, account["reserve"], 0), closing)
        lines = [
            *self._programs(),
            self._flow("Transfers to other funds", account["transfers_out"].sum(axis=0)),
            self._flow("Lapses at the close", np.where(carries, 0, account["closing"]).sum(axis=0)),
            self._balance("Balances at the close: reserves", kept),
            self._balance("Balances at the close: above the reserves", closing - kept),
        ]
        return _some(lines)

    def _programs(self) -> list[MoneyLine]:
        group = self.figures.by("priority") or self.figures.by("department")
        if group is None:
            return [self._flow("Programs", self.payments.sum(axis=0))]
        sums = np.zeros((len(group.rows), self.payments.shape[1]), dtype=self.payments.dtype)
        np.add.at(sums, group.of, self.payments)
        return self._largest([f"Programs: {row.name}" for row in group.rows], "Programs: {}", "other groups", sums)

    def _by_fund(self, name: str, amounts: Amounts, funds: Sequence[int]) -> list[MoneyLine]:
        names = [name.format(self.figures.fund_names[at]) for at in funds]
        return self._largest(names, name, "other funds", amounts[list(funds)])

    def _largest(self, names: Sequence[str], name: str, others: str, amounts: Amounts) -> list[MoneyLine]:
        """Return a line for each row of amounts, the largest first, and one line for those beyond the most."""
        order = np.argsort(-amounts.sum(axis=1), kind="stable").tolist()
        shown = order if len(order) <= MOST_LINES + 1 else order[:MOST_LINES]
        lines = [self._flow(names[at], amounts[at]) for at in shown]
        if left := order[len(shown) :]:
            lines.append(self._flow(name.format(f"{len(left):,} {others}"), amounts[left].sum(axis=0)))
        return lines

    def _flow(self, name: str, amounts: Amounts) -> MoneyLine:
        """Return a line that periods add up."""
        each = amounts.tolist()
        return MoneyLine(name, (*each, sum(each)) if len(each) > 1 else tuple(each))

    def _balance(self, name: str, amounts: Amounts, *, first: bool = False) -> MoneyLine:
        """Return a line of balances: of all periods together it is the first one, or the last."""
        each = amounts.sum(axis=0).tolist()
        return MoneyLine(name, (*each, each[0 if first else -1]) if len(each) > 1 else tuple(each))


def _some(lines: Iterable[MoneyLine]) -> list[MoneyLine]:
    return [line for line in lines if any(line.amounts)]
