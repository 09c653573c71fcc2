"""Programs: what may be funded, within what limits, and what the money buys there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from budgetopt.scenario.amounts import Amount, AmountOrShare, Number, PositiveAmount, ShareOf
from budgetopt.scenario.model.base import Date, Model, Name, Names, PerPeriod, Text

__all__ = ["CurvePoint", "Effect", "Evidence", "Program", "Scalar", "Spending"]

Evidence = Literal["rct", "quasi_experimental", "observational", "administrative", "expert", "assumption"]
"""The quality of the evidence, from randomized trials down to what was merely assumed."""

Scalar = str | bool | int | float
"""The value of an attribute of the office's own."""


def _point(value: object) -> object:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise PydanticCustomError("curve-point", "a point of a curve is a pair", {"expected": "[spending, outcome], such as [5M, 60]"})
    return tuple(value)


CurvePoint = Annotated[tuple[Amount, Number], BeforeValidator(_point)]
"""``[spending, outcome]``."""


class Effect(Model):
    """What a program's spending in a period does to one outcome in that period."""

    per_dollar: Number | None = None
    """Units of the outcome for each dollar, without limit."""
    unit_cost: PositiveAmount | None = None
    """Dollars for one unit."""
    up_to: Annotated[Number, Field(ge=0)] | None = None
    """With unit_cost: the number of units after which more money buys no more."""
    curve: tuple[CurvePoint, ...] | None = None
    """Points [spending, outcome], joined by straight lines and flat after the last; the first is at spending 0."""
    std_error: ShareOf | None = None
    """The standard error of the effect, as a share of it."""
    low: ShareOf | None = None
    """A low estimate, as a share of the effect."""
    high: ShareOf | None = None
    """A high estimate, as a share of the effect."""
    evidence: Evidence | None = None
    """How the effect is known; `assumption` where no source gives it."""
    source: Text = ""
    """Where the effect comes from."""
    as_of: Date = ""
    """The year or date that the effect was measured."""
    note: Text = ""
    """What a reader should know about the figure."""

    @model_validator(mode="after")
    def _one_shape(self) -> Effect:
        shapes = [key for key in ("per_dollar", "unit_cost", "curve") if getattr(self, key) is not None]
        expected = "one of per_dollar, unit_cost, curve"
        if not shapes:
            raise PydanticCustomError("no-effect", "the effect has no size", {"expected": expected})
        if len(shapes) > 1:
            raise PydanticCustomError("two-effects", "the effect is given twice, as {shapes}", {"shapes": " and ".join(shapes), "expected": expected})
        if self.up_to is not None and self.unit_cost is None:
            raise PydanticCustomError("up-to", "up_to goes with unit_cost only", {"expected": "unit_cost beside up_to"})
        if self.curve is not None:
            check_curve(self.curve)
        return self


def check_curve(curve: tuple[tuple[float, float], ...]) -> None:
    """Refuse a curve that does not begin at zero spending or whose spending goes backwards."""
    if len(curve) < 2:
        raise PydanticCustomError("short-curve", "the curve has fewer than two points", {"expected": "at least two points [spending, outcome]"})
    if curve[0][0] != 0:
        raise PydanticCustomError(
            "curve-start",
            "the curve begins at {first:,.0f} of spending".replace("{first:,.0f}", "{first}"),
            {"first": f"{curve[0][0]:,.0f}", "expected": "a first point at spending 0, such as [0, 0]"},
        )
    for (before, _), (after, _) in zip(curve, curve[1:], strict=False):
        if after <= before:
            raise PydanticCustomError(
                "curve-backwards",
                "the curve goes backwards: {after} comes after {before}",
                {"after": f"{after:,.0f}", "before": f"{before:,.0f}", "expected": "points in the order of rising spending"},
            )


class Spending(Model):
    """The limits of a program's spending in each period."""

    at_least: PerPeriod[AmountOrShare] | None = None
    """The floor: an amount, or a share of the baseline."""
    at_most: PerPeriod[AmountOrShare] | None = None
    """The ceiling: an amount, or a share of the baseline."""
    because: Text = ""
    """The law, contract or promise behind the limits, printed with them."""


class Program(Model):
    """A program that may be funded."""

    name: Text = ""
    """The program's name as it is printed; its id if left out."""
    description: Text = ""
    """What the program does."""
    department: Text = ""
    """The department that runs it."""
    priority: Text = ""
    """The strategic priority that it serves."""
    tags: Names = ()
    """Words by which rules select it; in a table, separated by semicolons."""
    districts: dict[Name, ShareOf] = Field(default_factory=dict)
    """Where its service lands: the share of each district."""
    attributes: dict[Name, Scalar] = Field(default_factory=dict)
    """Whatever else rules should select by."""
    baseline: Amount | None = None
    """Current service level: what it has now, per period. A program without one is new."""
    spending: Spending | None = None
    """Limits of its spending in each period."""
    funds: Names | None = None
    """The funds that may pay for it; left out, every fund whose `only` admits it."""
    recurring: bool = True
    """Whether its spending goes on; false for one-time spending, which structural balance does not count."""
    outcomes: dict[Name, Effect] = Field(default_factory=dict)
    """What its spending does to each outcome."""
    source: Text = ""
    """Where its figures come from."""
    as_of: Date = ""
    """The year or date that its figures are of."""
    note: Text = ""
    """What a reader should know about it."""
