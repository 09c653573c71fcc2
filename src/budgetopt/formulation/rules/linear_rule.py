"""A rule as a weighted sum of spending and outcomes, before any column exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["LinearRule", "RuleRow", "Weighted", "fund_mask", "weighted_sum"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weights of the programs in a sum of spending, of units of service, of an outcome, or of funded programs."""

    weight: Floats  # the weight of each program; shape (programs,)
    funds: Bools | None = None  # for spending, the funds whose payments count; shape (funds,)
    outcome: int | None = None  # for an outcome, its position; the resources follow the outcomes
    funded: bool = False  # whether it counts programs that are funded, and not what they spend
    units: bool = False  # whether it counts units of service
    periods: Bools | None = None  # the periods in which it counts, None for all; shape (periods,)

    def same_as(self, other: Weighted) -> bool:
        """Return whether it is the same sum as another; never so for programs that are counted."""
        if self.funded or (self.outcome, self.funded, self.units) != (other.outcome, other.funded, other.units):
            return False
        same = _same(self.funds, other.funds) and _same(self.periods, other.periods)
        return same and np.array_equal(self.weight, other.weight)


def _same(one: Bools | None, other: Bools | None) -> bool:
    """Return whether both are left out, or mark the same."""
    return one is other if one is None or other is None else np.array_equal(one, other)


class RuleRow(NamedTuple):
    """One inequality of a rule: the periods that it adds up and the limits of the sum."""

    periods: Bools
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class LinearRule:
    """A rule whose value is a sum of weighted spending and outcomes, with one or more pairs of limits."""

    kind: str  # "rule", "target" or "resource"
    position: int  # of the rule, or of the outcome or resource that is limited
    terms: tuple[Weighted, ...]
    rows: tuple[RuleRow, ...]
    group: int = -1  # a number for each of the rule's groups, pairs of groups or programs, -1 where it has none
    part: int | None = None  # the part of the limit that it is about, in the order of ``Limit.parts``; None: ``group``

    def says_same(self, other: LinearRule) -> bool:
        """Return whether its sums are those of another rule, over the same periods; the limits may differ.

        Sums that count funded programs are none: columns of their own may come with them.
        """
        if self is other:
            return not any(term.funded for term in self.terms)
        alike = len(self.terms) == len(other.terms) and len(self.rows) == len(other.rows)
        return (
            alike
            and all(one.same_as(another) for one, another in zip(self.terms, other.terms, strict=True))
            and all(np.array_equal(one.periods, two.periods) for one, two in zip(self.rows, other.rows, strict=True))
        )

    def limits_same(self, other: LinearRule) -> bool:
        """Return whether it limits the sums that another rule limits, on the same sides."""
        sides = [[np.isfinite(row[1:]).tolist() for row in rule.rows] for rule in (self, other)]
        places = [(rule.kind, rule.position, rule.group, rule.part) for rule in (self, other)]
        return self.says_same(other) and places[0] == places[1] and sides[0] == sides[1]


def weighted_sum(scenario: Scenario, rule: SumRule | OfSelection) -> Weighted:
    """Return the sum that a rule or the selection behind a share speaks of."""
    weight = select(scenario.programs, rule.where).astype(float)
    if rule.sum == "spending":
        return Weighted(weight, fund_mask(scenario, rule.funds))
    # outcome NAME or resource NAME
    kind, _, name = rule.sum.partition(" ")
    names, first = (scenario.outcomes, 0) if kind == "outcome" else (scenario.resources, len(scenario.outcomes))
    return Weighted(weight, outcome=first + list(names).index(name.strip()))


def fund_mask(scenario: Scenario, funds: tuple[str, ...] | None) -> Bools:
    """Return which funds are named; all of them where none is. Shape (funds,)."""
    if funds is None:
        return np.ones(len(scenario.funds), dtype=bool)
    return np.array([fund in funds for fund in scenario.funds], dtype=bool)
