"""Rules on which programs are funded, and how far, beside one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from budgetopt.scenario.amounts import Number, ShareOf
from budgetopt.scenario.model.base import Model, Name, Names, PerPeriod
from budgetopt.scenario.model.rule_base import RuleBase
from budgetopt.scenario.words import refuse

__all__ = [
    "CountRule",
    "ExactlyOneRule",
    "ExcludesRule",
    "Follow",
    "FollowsRule",
    "Need",
    "RequiresRule",
    "SubstitutesRule",
    "TogetherRule",
]

Count = Annotated[Number, Field(ge=0)]
Several = Annotated[Names, Field(min_length=2)]


class CountRule(RuleBase):
    """A limit on how many programs get money."""

    count: Literal["funded"]
    """What is counted: programs that are funded: those that spend or serve at all in a period."""
    at_least: PerPeriod[Count] | None = None
    """The least number."""
    at_most: PerPeriod[Count] | None = None
    """The greatest number."""
    equals: PerPeriod[Count] | None = None
    """The number."""
    each: Literal["period", "total"] = "period"
    """Whether programs are counted in every period, or once for all periods together if they are funded in any."""

    @model_validator(mode="after")
    def _has_a_bound(self) -> CountRule:
        if self.at_least is None and self.at_most is None and self.equals is None:
            raise refuse("no-bound", "the rule has no limit", "at_least, at_most or equals")
        if self.equals is not None and (self.at_least is not None or self.at_most is not None):
            message = "the rule has both equals and another limit"
            raise refuse("two-bounds", message, "equals alone, or at_least and at_most", at="equals")
        for key in ("at_least", "at_most", "equals"):
            bound = getattr(self, key)
            if self.each == "total" and isinstance(bound, Mapping):
                message = "the rule holds for all periods together, and its limit differs by period"
                expected = "one limit for all periods together, or `each: period`"
                raise refuse("limit-by-period", message, expected, at=key)
        return self


class Need(Model):
    """A program and what it needs."""

    program: Name
    """The program that needs others."""
    needs: Annotated[Names, Field(min_length=1)]
    """The programs that must all be funded in a period in which it is."""


class RequiresRule(RuleBase):
    """A program is funded only together with others that it needs."""

    requires: Need
    """Who needs whom."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The programs that are needed."""
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
    of its service or of all of its packages, else of the spending from which on more buys nothing.
    """

    substitutes: Several
    """The programs."""
    at_most: ShareOf = 1.0
    """What their coverages may add up to."""


class Follow(Model):
    """A program and the one whose level it follows."""

    program: Name
    """The program that follows."""
    of: Name
    """The program that leads."""
    at_most: ShareOf = 1.0
    """The greatest coverage that it may have, as a share of the leader's."""


class FollowsRule(RuleBase):
    """A complement: its coverage follows another program's, and may not run ahead of it."""

    follows: Follow
    """Who follows whom."""
