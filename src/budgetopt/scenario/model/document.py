"""The scenario file as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from budgetopt.scenario.amounts import PositiveAmount, Share, ShareOf
from budgetopt.scenario.model.base import Model, Name, Names, Text, Title, few_periods, one_or_many
from budgetopt.scenario.model.fund import Fund
from budgetopt.scenario.model.objective import WEIGHTED_OUTCOMES, Objective
from budgetopt.scenario.model.outcome import Outcome
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.model.residents import Residents
from budgetopt.scenario.model.resource import Resource
from budgetopt.scenario.model.rule import Rule
from budgetopt.scenario.model.table import Tables

__all__ = ["FORMAT", "Document"]

FORMAT: Literal["budgetopt/1"] = "budgetopt/1"


class Document(Model):
    """A scenario: what a budget office writes."""

    format: Literal["budgetopt/1"] = FORMAT
    """The version of this format."""
    name: Title = Field(default="Untitled", min_length=1)
    """The scenario's name, as it is printed."""
    description: Text = ""
    """What the scenario stands for."""
    source: Text = ""
    """Where its figures come from."""
    currency: Title = "USD"
    """The currency of every amount."""
    round_to: PositiveAmount | None = None
    """What the amounts of a plan are rounded to, such as 1000; left out, a cent, or less where a cent is much."""
    periods: Annotated[Names, Field(min_length=1)] = ("budget",)
    """The periods, in order; left out, one period."""
    funds: dict[Name, Fund] = Field(default_factory=dict)
    """The funds, by name."""
    outcomes: dict[Name, Outcome] = Field(default_factory=dict)
    """The outcomes, by name."""
    resources: dict[Name, Resource] = Field(default_factory=dict)
    """Limits other than money, by name."""
    inflation: ShareOf = Share(0.0)
    """The yearly growth of what everything costs: baselines, unit costs and packages grow, and a dollar buys less."""
    discount: ShareOf = Share(0.0)
    """By how much an outcome counts for less with each further period."""
    tables: Tables = Tables.model_construct()
    """Files that hold long lists."""
    programs: dict[Name, Program] = Field(default_factory=dict)
    """The programs, by id."""
    rules: tuple[Rule, ...] = ()
    """What binds the allocation as a whole."""
    keep_unmeasured: ShareOf = Share(0.0)
    """The share of its baseline that each program keeps at least which says of no outcome what it does for it: such a
    program adds nothing to an objective of outcomes, however much it is needed. A program with a `spending.at_least` or
    `service.at_least` of its own keeps that instead, and none gets more than its ceiling. Programs of packages are left
    alone, and so is a plan whose first objective is `change from baseline` or `largest cut`."""
    stale_after: Annotated[int, Field(ge=1), BeforeValidator(few_periods)] | None = None
    """The number of years after which evidence is old: `check` names the effects that were measured more than so many
    years before the first period (`as_of`)."""
    residents: Residents = Residents.model_construct()
    """What the page for residents says beside the plan: its language, and how to comment."""
    objective: Annotated[tuple[Objective, ...], BeforeValidator(one_or_many)] = (
        Objective.model_construct(maximize=WEIGHTED_OUTCOMES),
    )
    """The objective: one entry, or a list in order of importance."""
