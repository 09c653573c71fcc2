"""Resources: limits other than money, and what uses them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from budgetopt.scenario.amounts import Number, PositiveAmount
from budgetopt.scenario.model.base import Date, Flag, Model, Name, NotNegative, PerPeriod, Text, Title
from budgetopt.scenario.words import refuse

__all__ = ["Resource", "StandIn", "Use"]


class StandIn(Model):
    """Another resource that can stand in for one: nurses for pharmacists."""

    per_unit: PositiveAmount
    """How many units of the other resource take the place of one unit of this one."""
    at_most: PerPeriod[NotNegative] | None = None
    """The most units of this resource that it may take the place of in each period; left out, and in a period that a
    mapping leaves out, there is no limit."""
    because: Text = ""
    """The reason behind the limit, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change the limit; false keeps it as it is."""

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        return value if isinstance(value, dict | StandIn) else {"per_unit": value}


class Resource(Model):
    """Something other than money that the plan uses: staff of a kind, floor space, hours."""

    name: Title = ""
    """The resource's name as it is printed; its key if left out."""
    capacity: PerPeriod[NotNegative] | None = None
    """How much there is in each period; a period that a mapping leaves out has none. Left out altogether, the resource
    is counted and not limited."""
    unit: Title = Field(default="units", min_length=1)
    """What is counted, in the plural: FTE, square feet, hours."""
    stand_in: dict[Name, StandIn] = Field(default_factory=dict)
    """Other resources that can stand in for this one, and how many units of each take the place of one unit of it, such
    as `{nursing: 1.5}`, or with a limit `{nursing: {per_unit: 1.5, at_most: 300}}`. How much they do is decided by the
    plan."""
    because: Text = ""
    """Why there is no more, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""
    description: Text = ""
    """What the resource is."""
    source: Text = ""
    """Where the figure comes from."""
    as_of: Date = ""
    """The year or date that the figure is of."""


class Use(Model):
    """How much of a resource a program uses: of one kind, or several added up."""

    per: PositiveAmount | None = None
    """One unit of the resource for each of this many dollars spent in the period, those of a fixed cost included. As
    costs grow, it takes more dollars."""
    per_dollar: NotNegative | None = None
    """Units of the resource for each dollar spent in the period, likewise."""
    at_baseline: NotNegative | None = None
    """Units of the resource that the program's baseline uses, such as its staff of this year; more or less money uses
    more or less in proportion. With baselines by period, that of the first period that has one."""
    per_unit: Number | None = None
    """Units of the resource for each unit of the program's service. Below zero, the service makes that much of the
    resource: staff that stand in for others."""
    per_outcome: dict[Name, NotNegative] = Field(default_factory=dict)
    """Units of the resource for each unit of an outcome that the program brings."""

    @model_validator(mode="after")
    def _says_something(self) -> Use:
        others = [
            key for key in ("per", "per_dollar", "per_unit", "per_outcome") if getattr(self, key) not in (None, {})
        ]
        if not others and self.at_baseline is None:
            raise refuse("no-use", "the use has no size", "per, per_dollar, per_unit, per_outcome or at_baseline")
        if self.per is not None and self.per_dollar is not None:
            raise refuse("two-uses", "the use is given both as per and as per_dollar", "one of them")
        if others and self.at_baseline is not None:
            hint = "at_baseline is all that the program uses at its baseline"
            message = f"the use is given both as {others[0]} and as at_baseline"
            raise refuse("two-uses", message, "one of them", hint, at="at_baseline")
        return self

    @model_validator(mode="before")
    @classmethod
    def _a_mapping(cls, value: Any) -> Any:
        if isinstance(value, int | float | str):
            hint = "a program uses a resource by what it spends; only a package uses a plain number"
            raise refuse("use", "a plain number does not say by what the resource is used", "{per: 160_000}", hint)
        return value
