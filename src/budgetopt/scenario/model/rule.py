"""Rules: what binds the allocation as a whole.

Each kind of rule is a model of its own, told apart by the key that only it has. To add a kind, write its model, name it
in :data:`RULE_KINDS`, and give it a formulation and an audit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Discriminator, Field, model_validator

from budgetopt.scenario.amounts import NumberOrShare, PositiveAmount, Share, ShareOf
from budgetopt.scenario.model.base import Flag, Model, Name, Names, NotNegative, PerPeriod, Text, Title, tag, tag_name
from budgetopt.scenario.model.where import Where
from budgetopt.scenario.words import refuse, shown

__all__ = [
    "RULE_KINDS", "ChangeLimit", "ChangeRule", "CountRule", "ExactlyOneRule", "ExcludesRule", "Follow", "FollowsRule",
    "Need", "OfSelection", "RequiresRule", "Rule", "RuleBase", "SubstitutesRule", "SumRule", "TogetherRule", "any_rule",
]  # fmt: skip

Several = Annotated[Names, Field(min_length=2)]


class RuleBase(Model):
    """What every rule has."""

    name: Title = Field(min_length=1)
    """The rule's name, as it is printed."""
    because: Text = ""
    """The resolution, law or promise behind it, printed with it."""
    negotiable: Flag = True
    """Whether a repair of a contradiction may change it; false keeps it as it is."""
    where: Where | None = None
    """The programs that it speaks of; left out, all of them."""
    periods: Names | None = None
    """The periods in which it holds; left out, all of them."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The programs or groups that each of its inequalities is about, in order; none where it is about all."""
        return ()


def limits_of(rule: SumRule | CountRule, keys: Sequence[str], expected: str, other: Any = None) -> dict[str, Any]:
    """Return the limits of a rule by their keys; refuse those that do not go together, or none without another."""
    limits = {key: limit for key in keys if (limit := getattr(rule, key)) is not None}
    if not limits and other is None:
        raise refuse("no-bound", "the rule has no limit", expected)
    if "equals" in limits and len(limits) > 1:
        message = "the rule has both equals and another limit"
        raise refuse("two-bounds", message, "equals alone, or at_least and at_most", at="equals")
    for key, limit in limits.items():
        if rule.each == "total" and isinstance(limit, Mapping):
            message = "the rule holds for all periods together, and its limit differs by period"
            expected = "one limit for all periods together, or `each: period`"
            raise refuse("limit-by-period", message, expected, at=key)
    return limits


class OfSelection(Model):
    """The sum over another selection, which a share is a share of."""

    sum: Text = "spending"
    """`spending`, `outcome NAME`, or `resource NAME`."""
    where: Where | None = None
    """The programs that are summed; left out, all of them."""
    funds: Names | None = None
    """Only the spending from these funds."""


def _of_what(value: Any) -> str:
    return tag_name("selection" if isinstance(value, Mapping | OfSelection) else "word")


ShareBase = Annotated[
    Annotated[Literal["total spending", "baseline", "revenue", "population share", "equal share"], tag("word")]
    | Annotated[OfSelection, tag("selection")],
    Discriminator(_of_what),
]
"""What a share is a share of."""


class SumRule(RuleBase):
    """A limit on a sum over programs: of their spending, or of what they do to an outcome."""

    sum: Text
    """What is summed: `spending`, `outcome NAME`, or `resource NAME`."""
    at_least: PerPeriod[NumberOrShare] | None = None
    """The least that the sum must be: a number, or with `of` a share."""
    at_most: PerPeriod[NumberOrShare] | None = None
    """The most that the sum may be: a number, or with `of` a share."""
    equals: PerPeriod[NumberOrShare] | None = None
    """What the sum must be: a number, or with `of` a share."""
    of: ShareBase | None = None
    """What a share is a share of: all spending, the same programs' baseline, revenue, or another selection. With `by`:
    the group's `population share` of what all groups together have, or its `equal share` of that."""
    by: Name | None = None
    """Group by group: `districts` (by the shares in which each program's service lands), or an attribute."""
    each_at_least: PerPeriod[NumberOrShare] | None = None
    """With `by`: the least that the sum of each group must be."""
    each_at_most: PerPeriod[NumberOrShare] | None = None
    """With `by`: the most that the sum of each group may be."""
    population: dict[Name, PositiveAmount] = Field(default_factory=dict)
    """With `by`: the population of each group. It also says which groups there are."""
    parity: ShareOf | None = None
    """With `by`: how far the groups may be apart. No group's sum per head (for each, without a population) may be lower
    than another's by more than this share."""
    funds: Names | None = None
    """Count only what these funds pay."""
    each: Literal["period", "total"] = "period"
    """Whether the rule holds in every period, or for all periods together."""

    @model_validator(mode="after")
    def _has_a_bound(self) -> SumRule:
        if self.by is None:
            self._refuse_grouped()
        elif self.at_least is not None or self.at_most is not None or self.equals is not None:
            raise refuse("by", "with `by` a limit is one of each group", "each_at_least, each_at_most or parity")
        elif self.of == "population share" and not self.population:
            expected = "population: {north: 41_000, south: 52_000}"
            raise refuse("population", "nothing says the groups' population", expected)
        if self.parity is not None and self.parity > 1:
            message = "groups can be apart by no more than all of it, and not by {share}"
            raise refuse("parity", message, "a share of at most 100%", share=str(self.parity), at="parity")
        expected = "at_least, at_most or equals" if self.by is None else "each_at_least, each_at_most or parity"
        keys = ("at_least", "at_most", "equals", "each_at_least", "each_at_most")
        for key, limit in limits_of(self, keys, expected, self.parity).items():
            for value in limit.values() if isinstance(limit, Mapping) else (limit,):
                self._check_share(key, value)
        return self

    def _check_share(self, key: str, value: float) -> None:
        if self.of is None and isinstance(value, Share):
            expected = "of: total spending, of: baseline, of: revenue, or `of` another selection"
            expected += "; of: population share or of: equal share" if self.by is not None else ""
            message = "{share} is a share, and of what is not said"
            raise refuse("share-of-what", message, expected, share=str(value), at=key)
        if self.of is not None and not isinstance(value, Share) and not 0 <= value <= 1:
            message, expected = "{number} is an amount, and `of` asks for a share", "a share such as 12% or 0.12"
            hint = "without `of` the limit is an amount"
            raise refuse("ambiguous-share", message, expected, hint, number=shown(value), at=key)

    def _refuse_grouped(self) -> None:
        for key in ("each_at_least", "each_at_most", "population", "parity"):
            if getattr(self, key) not in (None, {}):
                raise refuse("by", f"{key} goes with `by` only", "by: districts, or by: an attribute")
        if self.of in ("population share", "equal share"):
            raise refuse("by", f"of: {self.of} goes with `by` only", "by: districts, or by: an attribute")


class ChangeLimit(Model):
    """How far spending may move."""

    at_most: ShareOf | None = None
    """The greatest move, up or down, as a share."""
    increase_at_most: ShareOf | None = None
    """The greatest increase, as a share."""
    decrease_at_most: ShareOf | None = None
    """The greatest decrease, as a share."""
    from_: Literal["baseline", "previous"] = Field(default="baseline", alias="from")
    """What the move is measured from: the baseline, or the spending of the period before."""

    @model_validator(mode="after")
    def _has_a_bound(self) -> ChangeLimit:
        if self.at_most is None and self.increase_at_most is None and self.decrease_at_most is None:
            raise refuse("no-bound", "the change has no limit", "at_most, increase_at_most or decrease_at_most")
        return self


class ChangeRule(RuleBase):
    """A limit on how far each program's spending may move.

    Measured from the baseline, new programs are left alone: they have none. Measured from the period before, the first
    period is left alone.
    """

    change: ChangeLimit
    """How far it may move."""


class CountRule(RuleBase):
    """A limit on how many programs get money."""

    count: Literal["funded"]
    """What is counted: programs that are funded: those that spend or serve at all in a period."""
    at_least: PerPeriod[NotNegative] | None = None
    """The least number."""
    at_most: PerPeriod[NotNegative] | None = None
    """The greatest number."""
    equals: PerPeriod[NotNegative] | None = None
    """The number."""
    each: Literal["period", "total"] = "period"
    """Whether programs are counted in every period, or once for all periods together if they are funded in any."""

    @model_validator(mode="after")
    def _has_a_bound(self) -> CountRule:
        limits_of(self, ("at_least", "at_most", "equals"), expected="at_least, at_most or equals")
        return self


class Need(Model):
    """A program and what it needs."""

    program: Name
    """The program that needs others."""
    needs: Annotated[Names, Field(min_length=1)] = ()
    """The programs that must all be funded in a period in which it is."""
    needs_any: Annotated[Names, Field(min_length=2)] = ()
    """The programs of which at least one must be funded in a period in which it is."""

    @model_validator(mode="after")
    def _one_list(self) -> Need:
        if bool(self.needs) == bool(self.needs_any):
            message = "the rule says twice what the program needs" if self.needs else "the program needs nothing"
            hint = "write two rules: one with needs, one with needs_any" if self.needs else ""
            raise refuse("needs", message, "needs (all of them) or needs_any (one of them)", hint)
        return self


class RequiresRule(RuleBase):
    """A program is funded only together with others that it needs."""

    requires: Need
    """Who needs whom."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The programs that are needed, each by itself."""
        return self.requires.needs


class ExcludesRule(RuleBase):
    """At most one of several programs is funded in a period."""

    excludes: Several
    """The programs."""


class ExactlyOneRule(RuleBase):
    """Exactly one of several programs is funded in each period."""

    exactly_one: Several
    """The programs."""


class TogetherRule(RuleBase):
    """All of several programs are funded in a period, or none."""

    together: Several
    """The programs."""


class SubstitutesRule(RuleBase):
    """Alternatives that serve the same people share a ceiling: their coverages add up to one at most.

    A program's coverage is its spending as a share of its ceiling: of `spending.at_most`, else of the cost of all units
    of its service or of all of its packages, else of the spending from which on more buys nothing. That of a service
    that costs no money is the units that it serves as a share of `up_to`.
    """

    substitutes: Several
    """The programs."""
    at_most: ShareOf = 1.0
    """What their coverages may add up to."""
    units_at_most: PerPeriod[NotNegative] | None = None
    """In place of coverages: what the units of their services may add up to, such as the number of people."""

    @model_validator(mode="after")
    def _one_measure(self) -> SubstitutesRule:
        if self.units_at_most is not None and "at_most" in self.model_fields_set:
            message = "the rule limits both coverages and units"
            raise refuse("two-bounds", message, "at_most (a share) or units_at_most (a number)", at="units_at_most")
        return self


class Follow(Model):
    """A program and the one whose level it follows."""

    program: Name
    """The program that follows."""
    of: Name
    """The program that leads."""
    at_most: ShareOf = 1.0
    """The greatest coverage that it may have, as a share of the leader's."""
    by: Literal["coverage", "units"] = "coverage"
    """What is compared: coverages, or the units of the two services."""


class FollowsRule(RuleBase):
    """A complement: its coverage, or its units of service, follow another program's and may not run ahead of them."""

    follows: Follow
    """Who follows whom."""


RULE_KINDS: dict[str, type[RuleBase]] = {
    "sum": SumRule,
    "change": ChangeRule,
    "count": CountRule,
    "requires": RequiresRule,
    "excludes": ExcludesRule,
    "exactly_one": ExactlyOneRule,
    "together": TogetherRule,
    "substitutes": SubstitutesRule,
    "follows": FollowsRule,
}
"""The kinds of rule, by the key that tells each."""


def _kind(value: Any) -> str | None:
    if isinstance(value, RuleBase):
        return next(tag_name(key) for key, kind in RULE_KINDS.items() if isinstance(value, kind))
    if isinstance(value, Mapping):
        return next((tag_name(key) for key in RULE_KINDS if key in value), None)
    return None


def any_rule() -> Any:
    """Return the type of a rule of any kind: the one whose key it has."""
    kinds = tuple(Annotated[kind, tag(key)] for key, kind in RULE_KINDS.items())
    return Annotated[
        Union[kinds],  # noqa: UP007
        Discriminator(
            _kind,
            custom_error_type="rule-kind",
            custom_error_message="it says nothing that binds",
            custom_error_context={"expected": f"one of {', '.join(RULE_KINDS)}"},
        ),
    ]


if TYPE_CHECKING:
    Rule = RuleBase
else:
    Rule = any_rule()
    """One rule of any kind."""
