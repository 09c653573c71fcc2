"""The objectives of the plan, in order of importance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, model_validator

from budgetopt.scenario.amounts import ShareOf
from budgetopt.scenario.model.base import Model, Name, NotNegative, Text, Title, tag, tag_name
from budgetopt.scenario.words import refuse, shown

__all__ = ["CHANGE", "LARGEST_CUT", "SHORTFALL", "SPENDING", "WEIGHTED_OUTCOMES", "Objective", "Smallest"]

WEIGHTED_OUTCOMES = "weighted outcomes"
SPENDING = "spending"
CHANGE = "change from baseline"
LARGEST_CUT = "largest cut"
SHORTFALL = "shortfall from targets"


class Smallest(Model):
    """The group that has least of an outcome."""

    smallest: Name
    """The outcome."""
    by: Name = "districts"
    """The groups: `districts`, or an attribute of the programs."""


def _what(value: Any) -> str:
    return tag_name("smallest" if isinstance(value, Mapping | Smallest) else "word")


Sought = Annotated[Annotated[Text, tag("word")] | Annotated[Smallest, tag("smallest")], Discriminator(_what)]
"""What is maximized."""


class Objective(Model):
    """One objective. Entries further down decide only among the plans that are best by the entries above."""

    maximize: Sought | None = None
    """`weighted outcomes`, the name of one outcome, or `{smallest: OUTCOME, by: districts}`: the least that any group
    has."""
    minimize: Text | None = None
    """`spending`, `change from baseline`, `largest cut` (the largest share that any program loses of its baseline in a
    period: an even cut), `shortfall from targets` (targets are then goals and no limits), or the name of one
    outcome."""
    unspent_worth: NotNegative | None = None
    """With maximize: what a dollar left unspent is worth, so that one is spent only where it buys more than that."""
    name: Title = ""
    """With maximize: what its value counts, in the plural, such as `net DALYs`; used wherever the value is printed."""
    within: ShareOf | None = None
    """How much of this entry's best value later entries may give up; left out, nothing."""

    @model_validator(mode="before")
    @classmethod
    def _a_mapping(cls, value: Any) -> Any:
        if isinstance(value, str):
            message = "{value} alone says neither maximize nor minimize"
            way = "minimize" if value.strip() in (SPENDING, CHANGE, LARGEST_CUT) else "maximize"
            raise refuse("objective", message, f"{way}: {value.strip()}", value=shown(value))
        if isinstance(value, Mapping) and isinstance(value.get("minimize"), Mapping):
            hint = "write `maximize: {smallest: ...}`"
            message = "the least that a group has can only be maximized"
            raise refuse("objective", message, "maximize", hint, at="minimize")
        return value

    @model_validator(mode="after")
    def _one_direction(self) -> Objective:
        if self.maximize is not None and self.minimize is not None:
            hint = "to seek two things one after the other, write a list of two entries"
            raise refuse("objective", "one entry both maximizes and minimizes", "maximize or minimize", hint)
        if self.maximize is None and self.minimize is None:
            raise refuse("objective", "the entry neither maximizes nor minimizes", "maximize or minimize")
        if self.unspent_worth is not None and self.maximize is None:
            raise refuse("objective", "unspent_worth goes with maximize only", "maximize: weighted outcomes")
        if self.name and self.maximize is None:
            raise refuse("objective", "name goes with maximize only", "maximize: weighted outcomes", at="name")
        return self
