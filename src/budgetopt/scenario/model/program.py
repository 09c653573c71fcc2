"""Programs: what may be funded, within what limits, and what the money buys there."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from budgetopt.scenario.amounts import Amount, AmountOrShare, Number, PositiveAmount, ShareOf
from budgetopt.scenario.model.base import Date, Flag, Model, Name, Names, NotNegative, PerPeriod, Scalar, Text, Title
from budgetopt.scenario.model.knowledge import Knowledge
from budgetopt.scenario.model.package import Packages
from budgetopt.scenario.model.resource import Use
from budgetopt.scenario.words import money, refuse, shown

__all__ = ["CurvePoint", "Effect", "EffectSize", "IfFunded", "Program", "Service", "Spending", "check_curve"]


def _point(value: object) -> object:
    if not isinstance(value, list | tuple) or len(value) != 2:
        found = f"a list of {len(value)}" if isinstance(value, list | tuple) else shown(value)
        expected = "a pair [spending, outcome], such as [5M, 60]"
        raise refuse("curve-point", "{found} is no point of a curve", expected, found=found)
    return tuple(value)


def _points(value: object) -> object:
    expected = "a list of points, such as [[0, 0], [5M, 60]]"
    if not isinstance(value, list | tuple):
        raise refuse("curve", "{shown} is no curve", expected, shown=shown(value))
    if value and not any(isinstance(point, list | tuple) for point in value):
        raise refuse("curve", "the curve is a flat list of values", expected)
    return value


CurvePoint = Annotated[tuple[Amount, Number], BeforeValidator(_point)]
"""``[spending, outcome]``."""


def check_curve(curve: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return a curve; refuse one that does not begin at zero, whose spending goes backwards, or that says nothing."""
    if len(curve) < 2:
        raise refuse("short-curve", "the curve has fewer than two points", "two or more points [spending, outcome]")
    if curve[0][0] != 0:
        message = "the curve begins at {first} of spending"
        raise refuse("curve-start", message, "a first point at spending 0, such as [0, 0]", first=money(curve[0][0]))
    for (before, _), (after, _) in pairwise(curve):
        if after <= before:
            message = "the spending of the curve goes backwards: {after} comes after {before}"
            if after == before:
                message = "the curve has two points at {after} of spending"
            expected = "points in the order of rising spending"
            raise refuse("curve-backwards", message, expected, after=money(after), before=money(before))
    return curve


class EffectSize(Model):
    """How large an effect is, and how it grows with the money."""

    per_dollar: Number | None = None
    """Units of the outcome for each dollar, without limit."""
    unit_cost: PositiveAmount | None = None
    """Dollars for one unit."""
    up_to: NotNegative | None = None
    """With unit_cost: the number of units after which more money buys no more."""
    per_unit: Number | None = None
    """Units of the outcome for each unit of the program's service."""
    curve: Annotated[tuple[CurvePoint, ...], BeforeValidator(_points), AfterValidator(check_curve)] | None = None
    """Points [spending, outcome], joined by straight lines and flat after the last; the first is at spending 0."""
    at_baseline: Number | None = None
    """Units of the outcome that the program's baseline buys: this year's result. With baselines by period, that of the
    first period that has one."""
    growth: Literal["proportional", "diminishing"] | None = None
    """With at_baseline: how the result grows with the money. `proportional` is what is assumed where nothing is said of
    it; `diminishing` needs an elasticity or a saturation, which say it by themselves."""
    elasticity: Number | None = None
    """With at_baseline: by how many percent the result grows with one percent more money, above 0 and up to 1. Of R0 at
    a baseline of x0, x buys R0 (x / x0)^elasticity, up to ten times the baseline and no more after that."""
    saturation: Number | None = None
    """With at_baseline: the result S that no amount of money exceeds. x buys S (1 - exp(-k x)), of which the baseline
    buys R0: each dollar brings the same share of what is still to be brought (Mitscherlich, 1909)."""


class Effect(Knowledge, EffectSize):
    """What a program's spending in a period does to one outcome in that period.

    An effect has one size: `per_dollar`, `unit_cost`, `curve` or `at_baseline`. Its keys may stand in the scenario
    file, in a table, or some here and some there.
    """


class Spending(Model):
    """The limits of a program's spending in each period."""

    at_least: PerPeriod[AmountOrShare] | None = None
    """The floor: an amount, or a share of the baseline."""
    at_most: PerPeriod[AmountOrShare] | None = None
    """The ceiling: an amount, or a share of the baseline."""
    because: Text = ""
    """The law, contract or promise behind the limits, printed with them."""
    negotiable: Flag | None = None
    """Whether a repair of a contradiction may change the limits; left out, it may."""


class IfFunded(Model):
    """Nothing, or at least a minimum operating level."""

    at_least: Amount = 0.0
    """If anything is spent in a period, at least this much."""
    fixed_cost: Amount = 0.0
    """The part of the spending that buys no outcome; the effects are functions of what is spent beyond it."""

    @model_validator(mode="after")
    def _says_something(self) -> IfFunded:
        if not self.at_least and not self.fixed_cost:
            raise refuse("if-funded", "if_funded asks for nothing", "at_least, fixed_cost or both")
        return self


class Service(Model):
    """The service by whose units a program is scaled, in place of dollars."""

    unit: Title = Field(default="units", min_length=1)
    """What is counted, in the plural: screenings, rides."""
    unit_cost: Amount
    """Dollars for one unit; 0 for a service that costs no money and only staff."""
    up_to: NotNegative | None = None
    """The most units in a period."""
    at_least: NotNegative = 0.0
    """The fewest units in a period."""
    whole: Flag = False
    """Whether only whole units can be served: courses, vehicles, teams."""
    negotiable: Flag | None = None
    """Whether a repair of a contradiction may change the fewest and the most units; left out, it may change the fewest,
    and the most, as many as there are to be served, is a fact."""

    @model_validator(mode="after")
    def _has_an_end(self) -> Service:
        if self.unit_cost == 0 and self.up_to is None:
            raise refuse("service", "a service that costs no money is unbounded", "up_to beside unit_cost: 0")
        return self


class Program(Model):
    """A program that may be funded."""

    name: Title = ""
    """The program's name as it is printed; its id if left out."""
    description: Text = ""
    """What the program does."""
    department: Title = ""
    """The department that runs it."""
    priority: Title = ""
    """The strategic priority that it serves."""
    tags: Names = ()
    """Words by which rules select it; in a table, separated by semicolons."""
    districts: dict[Name, ShareOf] = Field(default_factory=dict)
    """Where its service lands: the share of each district."""
    attributes: dict[Name, Scalar] = Field(default_factory=dict)
    """Whatever else rules should select by."""
    baseline: PerPeriod[Amount] | None = None
    """Current service level: what it has now, per period. A program without one is new. Amounts by period are those of
    their own year; a period that a mapping leaves out has none."""
    baseline_by_fund: dict[Name, Amount] = Field(default_factory=dict)
    """What each fund pays of the baseline now: their sum where none is given, in these proportions where one is. The
    current service level is charged so, and `funds`, if left out, are these. A baseline that is their sum stays it when
    one of them is changed."""
    requested: PerPeriod[Amount] | None = None
    """What was asked for it, per period. It changes nothing of the plan: the page for residents shows it beside what
    was decided."""
    spending: Spending | None = None
    """Limits of its spending in each period."""
    funds: Names | None = None
    """The funds that may pay for it; left out, those of `fund_shares` or of `baseline_by_fund`, and without them every
    fund whose `only` admits it."""
    one_fund: Flag = False
    """Whether one of these funds pays all of it, in all periods; which one is decided by the plan."""
    fund_shares: dict[Name, ShareOf] = Field(default_factory=dict)
    """The fixed parts that funds pay of its spending in every period, such as `{general: 60%, grant: 40%}`. They add up
    to 100%, and no other fund pays."""
    if_funded: IfFunded | None = None
    """Nothing, or at least a minimum operating level."""
    service: Service | None = None
    """For a program that is scaled by units of service."""
    packages: Packages | None = None
    """For a program of decision packages: its whole increments. Their outcomes take the place of `outcomes`."""
    choose: Literal["in_order", "any", "one"] = "in_order"
    """Which packages may be taken together: each on top of those before it, any of them, or one at most."""
    start: Names = ()
    """For a project, whose packages cost more than one year: the periods in which it may start; left out, all."""
    uses: dict[Name, Use] = Field(default_factory=dict)
    """The resources that it uses besides money."""
    inflation: ShareOf | None = None
    """The yearly growth of its costs, in place of the scenario's."""
    recurring: Flag = True
    """Whether its spending goes on; false for one-time spending, which structural balance does not count."""
    outcomes: dict[Name, Effect] = Field(default_factory=dict)
    """What its spending does to each outcome."""
    source: Text = ""
    """Where its figures come from."""
    as_of: Date = ""
    """The year or date that its figures are of."""
    note: Text = ""
    """What the office should know about it; `explain` shows it, and nothing that is published does."""
    public_note: Text = ""
    """What a reader should know about it; every report shows it."""

    @model_validator(mode="after")
    def _one_shape(self) -> Program:
        if self.one_fund and self.fund_shares:
            message = "one fund pays all of it, and funds pay fixed parts of it"
            raise refuse("who-pays", message, "one_fund or fund_shares", at="one_fund")
        if self.packages is not None:
            for key in ("service", "if_funded", "outcomes", "uses"):
                if getattr(self, key):
                    hint = "a program of packages says what each package does; packages are taken whole already"
                    raise refuse("packages", f"packages and {key} do not go together", f"packages or {key}", hint)
        elif self.start:
            raise refuse("start", "start goes with packages only", "packages beside start")
        if self.service is None:
            for name, effect in self.outcomes.items():
                if effect.per_unit is not None:
                    hint = "or per_dollar"
                    raise refuse("per-unit", "{name}: per_unit goes with service only", "service", hint, name=name)
        return self
