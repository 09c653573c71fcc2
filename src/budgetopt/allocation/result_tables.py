"""The tables of a result document: a list for each column, as models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from budgetopt.allocation.result_parts import Figure, Part, Whole

__all__ = [
    "Columns",
    "EffectColumns",
    "LabelledValues",
    "OwnLimitColumns",
    "PackageColumns",
    "PaymentColumns",
    "ProgramColumns",
    "StandInColumns",
    "TransferColumns",
    "UnitColumns",
    "names_in",
]

Position = Annotated[int, Field(ge=0, le=2**53)]
Positions = list[Position]
Number = Figure | None
Numbers = list[Number] | Number


class NamedTexts(Part):
    """A column of texts: each different text once, and which of them stands in each row."""

    names: list[str] = Field(description="Each text, once.")
    at: Positions = Field(description="For each row the position of its text in `names`, from 0.")


Texts = str | NamedTexts
Flags = list[bool] | bool


class Columns(Part):
    """A table by columns, of which the first has an entry for each row."""

    @property
    def rows(self) -> int:
        """How many rows it has."""
        first = getattr(self, next(iter(type(self).model_fields)))
        return len(first.at if isinstance(first, NamedTexts) else first)

    @model_validator(mode="after")
    def _are_columns_of_one_table(self) -> Columns:
        for name in type(self).model_fields:
            _check_column(name, getattr(self, name), self.rows)
        return self


def _check_column(name: str, column: object, rows: int) -> None:
    if isinstance(column, NamedTexts):
        if any(at >= len(column.names) for at in column.at):
            raise ValueError(f"the column {name!r} points beyond its names")
        column = column.at
    if isinstance(column, list) and len(column) != rows:
        raise ValueError(f"the column {name!r} has {len(column)} entries, and the table has {rows} rows")


class ProgramColumns(Columns):
    """What each program gets, for all periods together, in the order of the scenario."""

    id: list[str] = Field(description="The program's id.")
    name: list[str] = Field(description="The program's name as it is printed.")
    department: Texts = Field(description="The department that runs it.")
    priority: Texts = Field(description="The strategic priority that it serves.")
    baseline: Numbers = Field(description="Current service level; null for a new program.")
    spending: Numbers = Field(description="What it gets.")
    change: Numbers = Field(description="Spending less baseline.")
    change_share: Numbers = Field(description="The change as a share of the baseline; null where there is none.")
    reason: Texts = Field(description="What holds its spending where it is.")

    @model_validator(mode="after")
    def _are_different(self) -> ProgramColumns:
        if len(set(self.id)) < len(self.id):
            raise ValueError("a program stands twice")
        return self


class EffectColumns(Columns):
    """What each program brings to each outcome that it affects, over all periods."""

    program: Positions = Field(description="The program's position in `programs`, from 0.")
    outcome: Texts = Field(description="The outcome's key.")
    level: Numbers = Field(description="What it brings.")
    low: Numbers
    """What it brings at the least, with each effect at that end of its range; null where the scenario does not say so.
    """
    high: Numbers = Field(description="Likewise, what it brings at the most.")
    assumed: Flags = Field(description="Whether its effect is an assumption, or says nothing of its evidence.")


class OwnLimitColumns(Columns):
    """The limits of single programs that bind and have a price, if any has one, and what holds without a number."""

    program: Positions = Field(description="The program's position in `programs`, from 0.")
    kind: Texts = Field(description="The kind of limit: floor, ceiling, fewest units, most units, whole units ...")
    part: Texts = Field(description="The part of the limit; empty.")
    period: Texts = Field(description="The period, or ``all``.")
    sense: Texts = Field(description="``at least``, ``at most``, or ``holds`` where it has no number.")
    value: Numbers = Field(description="What the plan has there.")
    bound: Numbers = Field(description="The limit.")
    unit: Texts = Field(description="The unit of both; empty for money.")
    binding: Flags = Field(description="Whether the plan stands at the limit, or misses a goal that has a price.")
    price: Numbers
    """What relaxing it by one unit adds to the first objective; null where there is no price."""
    total_cost: Numbers = Field(description="What dropping it would add; null until it is worked out.")
    because: Texts = Field(description="The law or promise behind it.")


class PaymentColumns(Columns):
    """What funds pay for programs."""

    program: Positions = Field(description="The program's position in `programs`, from 0.")
    fund: Texts = Field(description="The fund that pays.")
    period: Texts = Field(description="The period.")
    amount: Numbers = Field(description="How much it pays.")


class TransferColumns(Columns):
    """What funds give one another."""

    giver: NamedTexts = Field(description="The fund that gives.")
    receiver: Texts = Field(description="The fund that receives.")
    period: Texts = Field(description="The period.")
    amount: Numbers = Field(description="How much.")


class PackageColumns(Columns):
    """The decision packages that are taken."""

    program: Positions = Field(description="The program's position in `programs`, from 0.")
    package: Texts = Field(description="The package's name.")
    period: Texts = Field(description="A period in which it is taken; for projects, the period of its start.")


class UnitColumns(Columns):
    """The units of every service in every period, zero ones too."""

    program: Positions = Field(description="The program's position in `programs`, from 0.")
    period: Texts = Field(description="The period.")
    units: Numbers = Field(description="How many units.")


class StandInColumns(Columns):
    """Units of a resource that others make."""

    resource: NamedTexts = Field(description="The resource that is made.")
    by: Texts = Field(description="The resource that stands in for it.")
    period: Texts = Field(description="The period.")
    units: Numbers = Field(description="How many units.")


class LabelledValues(Part):
    """Values of columns, or duals of rows, of one kind of the linear program; what is zero is left out."""

    label: str = Field(description="The kind, and the names of its keys in order: ``fund balance[fund,period]``.")
    keys: dict[str, list[Whole] | Whole | Texts]
    """What each is about. A `program` is its position in `programs`, from 0; other things are named, or numbered."""
    again: list[Whole] | None
    """Where several have the same keys, the number of each among them, from 1; null where none have."""
    values: list[Figure] = Field(description="The values.")

    @model_validator(mode="after")
    def _are_as_many(self) -> LabelledValues:
        _, *names = names_in(self.label)
        if sorted(names) != sorted(self.keys):
            raise ValueError(f"the keys are not those of the label {self.label[:60]!r}")
        for name, column in (*self.keys.items(), ("again", self.again)):
            _check_column(name, column, len(self.values))
        return self


def names_in(label: str) -> list[str]:
    """Return the kind in a label of values, and the names of its keys."""
    kind, _, names = label.partition("[")
    return [kind, *names.removesuffix("]").split(",")] if names.removesuffix("]") else [kind]
