"""Funds: where the money comes from, and what it may pay for."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from budgetopt.scenario.amounts import Amount, AmountOrShare
from budgetopt.scenario.model.base import Date, Flag, Model, Name, PerPeriod, Text
from budgetopt.scenario.model.where import Where

__all__ = ["Fund", "FundKind", "Reserve", "Transfer"]

FundKind = Literal["general", "special_revenue", "enterprise", "grant", "capital", "debt_service", "internal_service"]


class Reserve(Model):
    """The balance that a fund keeps at the close of every period."""

    at_least: AmountOrShare
    """An amount, or a share of what `of` names."""
    of: Literal["revenue", "spending"] = "revenue"
    """What a share is a share of: the fund's recurring revenue of the period, or its spending in the period."""
    because: Text = ""
    """The policy or law behind it, printed with it."""

    @model_validator(mode="before")
    @classmethod
    def _from_amount(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Reserve) else {"at_least": value}


class Transfer(Model):
    """A transfer to another fund, decided by the plan within its limits."""

    at_most: PerPeriod[Amount]
    """The most that may be transferred in a period."""
    at_least: PerPeriod[Amount] = 0.0
    """The least that must be transferred in a period."""
    because: Text = ""
    """The policy or law behind it, printed with it."""


class Fund(Model):
    """A fund: its revenue, its balance and what it may pay for."""

    name: Text = ""
    """The fund's name as it is printed; its key if left out."""
    kind: FundKind = "general"
    """The kind of fund, in the terms of governmental accounting."""
    description: Text = ""
    """What the fund is for."""
    source: Text = ""
    """Where the figures come from."""
    revenue: PerPeriod[Amount] = 0.0
    """Recurring revenue of each period; a period that a mapping leaves out has none."""
    one_time: PerPeriod[Amount] = 0.0
    """Revenue that will not come again."""
    opening_balance: Amount = 0.0
    """The balance with which the first period opens."""
    reserve: Reserve | None = None
    """The balance that must be left at the close of every period."""
    carryover: Flag = True
    """Whether what is unspent opens the next period; if false it lapses."""
    structural_balance: Flag = False
    """Whether recurring spending must be paid from recurring revenue, in every period."""
    transfers_to: dict[Name, Transfer] = Field(default_factory=dict)
    """The funds that this one may transfer money to, with limits."""
    only: Where | None = None
    """Restricted use: the programs that the fund may pay for; left out, every program."""
    as_of: Date = ""
    """The year or date that the figures are of."""
