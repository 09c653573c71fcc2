"""Funds: where the money comes from, and what it may pay for."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from budgetopt.scenario.amounts import Amount, AmountOrShare, ReserveAmount, ShareOf, SignedShare, is_duration
from budgetopt.scenario.model.base import Date, Flag, Model, Name, PerPeriod, Text, Title
from budgetopt.scenario.model.where import Where
from budgetopt.scenario.words import refuse

__all__ = ["Fund", "FundSpending", "MaintenanceOfEffort", "Match", "Reserve", "Transfer"]


class Reserve(Model):
    """The balance that a fund keeps at the close of every period."""

    at_least: PerPeriod[ReserveAmount]
    """An amount, or a share of what `of` names, or that for so many days or months, a period being a year: `60 days`,
    `2 months`. A period that a mapping leaves out has no reserve."""
    of: Literal["revenue", "spending"] = "revenue"
    """What a share is a share of: the fund's recurring revenue of the period, or its spending in the period. Left out
    where days or months are given, it is the spending."""
    by: Name | None = None
    """For a reserve that is rebuilt: the period from which on it must be whole; until then there is none."""
    because: Text = ""
    """The policy or law behind it, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""

    @model_validator(mode="before")
    @classmethod
    def _from_amount(cls, value: Any) -> Any:
        if isinstance(value, Reserve):
            return value
        said = value if isinstance(value, dict) else {"at_least": value}
        asked = said.get("at_least")
        amounts = asked.values() if isinstance(asked, dict) else (asked,)
        return {"of": "spending", **said} if any(map(is_duration, amounts)) else said


class Transfer(Model):
    """A transfer to another fund, decided by the plan within its limits."""

    at_most: PerPeriod[Amount]
    """The most that may be transferred in a period."""
    at_least: PerPeriod[Amount] = 0.0
    """The least that must be transferred in a period."""
    because: Text = ""
    """The policy or law behind it, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""


class Match(Model):
    """Local money that a grant asks for, on the same program and in the same period."""

    from_: Name = Field(alias="from")
    """The fund that pays the match."""
    rate: ShareOf | None = None
    """Local dollars for each grant dollar."""
    share: ShareOf | None = None
    """The local share of what grant and match pay together."""
    because: Text = ""
    """The grant's condition, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""

    @model_validator(mode="after")
    def _one_size(self) -> Match:
        if (self.rate is None) == (self.share is None):
            message = "the match has no size" if self.rate is None else "the match is given twice, as rate and as share"
            raise refuse("match", message, "rate (for each grant dollar) or share (of the total)")
        if self.share is not None and self.share >= 1:
            message = "a local share of {share} leaves the grant nothing"
            raise refuse("match", message, "a share below 100%", share=str(self.share))
        return self

    @property
    def dollars(self) -> float:
        """Local dollars for each grant dollar."""
        return float(self.rate) if self.rate is not None else float(self.share or 0) / (1 - float(self.share or 0))


class MaintenanceOfEffort(Model):
    """Local spending that a grant asks to be kept up, in each period in which grant money is spent."""

    fund: Name
    """The fund whose spending is kept up."""
    at_least: AmountOrShare
    """The least that it must spend on the programs that the grant may pay for: an amount, or a share of their
    baselines; of a program with `baseline_by_fund`, of what the fund pays of it now."""
    because: Text = ""
    """The grant's condition, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""


class FundSpending(Model):
    """Limits of all that a fund pays in a period."""

    at_most: PerPeriod[AmountOrShare] | None = None
    """The most: an amount, or a share of the fund's recurring revenue."""
    at_least: PerPeriod[AmountOrShare] | None = None
    """The least: an amount, or a share of the fund's recurring revenue."""
    because: Text = ""
    """The law or policy behind it, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""

    @model_validator(mode="after")
    def _has_a_bound(self) -> FundSpending:
        if self.at_least is None and self.at_most is None:
            raise refuse("no-bound", "the fund's spending has no limit", "at_least or at_most")
        return self


class Fund(Model):
    """A fund: its revenue, its balance and what it may pay for."""

    name: Title = ""
    """The fund's name as it is printed; its key if left out."""
    kind: Literal[
        "general", "special_revenue", "enterprise", "grant", "capital", "debt_service", "internal_service"
    ] = "general"
    """The kind of fund, in the terms of governmental accounting."""
    description: Text = ""
    """What the fund is for."""
    source: Text = ""
    """Where the figures come from."""
    revenue: PerPeriod[Amount] = 0.0
    """Recurring revenue of each period; a period that a mapping leaves out has none."""
    growth: SignedShare = 0.0
    """The yearly growth of a revenue that is given as one amount, the amount of the first period."""
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
    spending: FundSpending | None = None
    """Limits of all that the fund pays in a period."""
    starts: Name | None = None
    """The first period in which the fund may pay; left out, the first of all."""
    ends: Name | None = None
    """The last period in which the fund may pay; left out, the last of all."""
    match: Match | None = None
    """For a grant: local money on the same program."""
    maintenance_of_effort: MaintenanceOfEffort | None = None
    """For a grant: local spending that must be kept up if any of the grant is spent."""
    no_supplanting: Flag = False
    """For a grant: it may pay for a program only what comes on top of the baseline, paid by other funds. Of a program
    with `baseline_by_fund` these keep up what they pay of it now."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may find money for it, or give up its structural balance or supplanting."""
    as_of: Date = ""
    """The year or date that the figures are of."""
