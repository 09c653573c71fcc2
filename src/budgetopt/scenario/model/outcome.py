"""Outcomes: what the money is spent for, measured."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from budgetopt.scenario.amounts import Number
from budgetopt.scenario.model.base import Date, Flag, Model, NotNegative, PerPeriod, Text, Title
from budgetopt.scenario.words import refuse

__all__ = ["Outcome", "Target"]


class Target(Model):
    """A level of an outcome that the plan must reach."""

    at_least: PerPeriod[Number] | None = None
    """The least that must be reached."""
    at_most: PerPeriod[Number] | None = None
    """The most that is allowed."""
    weight: NotNegative | None = None
    """Where shortfall from targets is minimized: what a unit of it counts; left out, the outcome's weight, or 1."""
    each: Literal["period", "total"] = "period"
    """Whether the target holds in every period, or for all periods together."""
    because: Text = ""
    """The resolution, plan or law behind it, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""

    @model_validator(mode="after")
    def _has_a_level(self) -> Target:
        if self.at_least is None and self.at_most is None:
            raise refuse("no-bound", "the target has no level", "at_least or at_most")
        if self.each == "total" and any(isinstance(level, dict) for level in (self.at_least, self.at_most)):
            message = "the target holds for all periods together, and its level differs by period"
            raise refuse("limit-by-period", message, "one level for all periods together, or `each: period`")
        return self


class Outcome(Model):
    """A measured outcome, its unit and what one unit is worth."""

    name: Title = ""
    """The outcome's name as it is printed; its key if left out."""
    unit: Title = Field(default="units", min_length=1)
    """What is counted, in the plural: households, injuries, visits."""
    weight: Number = 0.0
    """What one unit is worth to the council; 0 reports the outcome without seeking it."""
    direction: Literal["increase", "decrease"] = "increase"
    """Whether more of it is better, or less."""
    target: Target | None = None
    """A level that the plan must reach."""
    description: Text = ""
    """How it is measured."""
    source: Text = ""
    """Where the measure and its weight come from."""
    as_of: Date = ""
    """The year or date that the figures are of."""

    @property
    def worth(self) -> float:
        """What one more unit adds to the weighted outcomes: the weight, negative where less is better."""
        return self.weight if self.direction == "increase" else -self.weight
