"""Decision packages: whole increments of a program, on top of one another or to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from budgetopt.scenario.amounts import Amount, Number
from budgetopt.scenario.model.base import Model, Name, NotNegative, Text, Title, few_periods, one_or_many
from budgetopt.scenario.model.knowledge import Knowledge
from budgetopt.scenario.words import refuse, shown

__all__ = ["Package", "PackageEffect", "Packages"]


class PackageEffectSize(Model):
    """How large the effect of a package is."""

    value: Number
    """Units of the outcome in each period; a plain number in place of the mapping says the same."""


class PackageEffect(Knowledge, PackageEffectSize):
    """What a package does to one outcome, in each period in which it is in service."""

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping | PackageEffect) else {"value": value}


UsesByYear = Annotated[tuple[NotNegative, ...], BeforeValidator(one_or_many), Field(min_length=1)]
"""Units of a resource: one number, or one for each year of a project."""


class Package(Model):
    """A decision package: taken whole or not at all."""

    name: Title = ""
    """The package's name as it is printed."""
    cost: Annotated[tuple[Amount, ...], BeforeValidator(one_or_many), Field(min_length=1)]
    """Its cost in a period; or a list, its cost in its first, second, third year, for a project with a start."""
    outcomes: dict[Name, PackageEffect] = Field(default_factory=dict)
    """What it does to each outcome, in each period in which it is in service."""
    uses: dict[Name, UsesByYear] = Field(default_factory=dict)
    """Units of each resource that it uses, in each period in which it is in service; or a list, the units in its first,
    second, third year, for a project with a start. In later years it uses what it uses in the last of them."""
    opens_after: Annotated[int, Field(ge=0), BeforeValidator(few_periods)] | None = None
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
