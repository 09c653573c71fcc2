"""Decision packages: whole increments of a program, on top of one another or to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from budgetopt.scenario.amounts import Amount, HighShare, Number, ShareOf
from budgetopt.scenario.model.base import Date, Evidence, Model, Name, NotNegative, Text, one_or_many
from budgetopt.scenario.words import refuse, shown

__all__ = ["Package", "PackageEffect", "Packages"]


class PackageEffect(Model):
    """What a package does to one outcome, in each period in which it is in service."""

    value: Number
    """Units of the outcome in each period; a plain number in place of the mapping says the same."""
    std_error: ShareOf | None = None
    """The standard error, as a share of the value."""
    low: ShareOf | None = None
    """A low estimate, as a share of the value: at most 100%."""
    high: HighShare | None = None
    """A high estimate, as a share of the value: at least 100%, so that 1.25 can only mean 125%."""
    evidence: Evidence | None = None
    """How the effect is known; `assumption` where no source gives it."""
    source: Text = ""
    """Where the effect comes from."""
    as_of: Date = ""
    """The year or date that the effect was measured."""
    note: Text = ""
    """What the office should know about the figure; `explain` shows it, and nothing that is published does."""
    public_note: Text = ""
    """What a reader should know about the figure; every report shows it."""

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping | PackageEffect) else {"value": value}


class Package(Model):
    """A decision package: taken whole or not at all."""

    name: Text = ""
    """The package's name as it is printed."""
    cost: Annotated[tuple[Amount, ...], BeforeValidator(one_or_many), Field(min_length=1)]
    """Its cost in a period; or a list, its cost in its first, second, third year, for a project with a start."""
    outcomes: dict[Name, PackageEffect] = Field(default_factory=dict)
    """What it does to each outcome, in each period in which it is in service."""
    uses: dict[Name, NotNegative] = Field(default_factory=dict)
    """Units of each resource that it uses, in each period in which it is in service."""
    opens_after: Annotated[int, Field(ge=0)] | None = None
    """For a project: periods from its start until it is in service; left out, it opens in the last year of its cost."""
    then_costs: Amount = 0.0
    """For a project: its recurring cost in each period after the years of its cost, once it is in service."""
    description: Text = ""
    """What it buys."""
    source: Text = ""
    """Where its cost comes from."""


def _packages(value: Any) -> Any:
    """Read a list of packages; a mapping from 0, 1, 2 ... is the list as columns have it."""
    if isinstance(value, Mapping) and all(str(key).isdigit() for key in value):
        return tuple(value[key] for key in sorted(value, key=int))
    expected = "[{name: base, cost: 9M}, ...]"
    if not isinstance(value, list | tuple):
        raise refuse("packages", "{shown} is no list of packages", expected, shown=shown(value))
    if not value:
        hint = "leave `packages` out if the program has none"
        raise refuse("packages", "the list of packages is empty", expected, hint)
    return tuple(value)


Packages = Annotated[tuple[Package, ...], BeforeValidator(_packages)]
"""Decision packages, in their order."""
