"""A rule as a weighted sum of spending and outcomes, before any column exists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["LinearRule", "RuleRow", "Weighted", "fund_mask", "position_of", "weighted_sum"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weights of the programs in a sum.

    Parameters
    ----------
    weight
        The weight of each program; shape (programs,).
    funds
        For spending, the funds whose payments count; shape (funds,).
    outcome
        For an outcome, its position; the resources follow the outcomes. None for spending.
    funded
        Whether it counts programs that are funded, and not what they spend.
    periods
        The periods in which it counts; None for all. Shape (periods,).
    """

    weight: Floats
    funds: Bools | None = None
    outcome: int | None = None
    funded: bool = False
    periods: Bools | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One inequality of a rule: the periods that it adds up and the limits of the sum."""

    periods: Bools
    lower: float
    upper: float

    @property
    def binds(self) -> bool:
        """Whether it has a limit at all."""
        return bool(np.isfinite(self.lower) or np.isfinite(self.upper))


@dataclass(frozen=True, slots=True)
class LinearRule:
    """A rule whose value is a sum of weighted spending and outcomes, with one or more pairs of limits.

    Parameters
    ----------
    kind
        ``rule``, ``target`` or ``resource``.
    position
        Position of the rule, or of the outcome or resource that is limited.
    terms
        What is summed.
    rows
        The inequalities.
    group
        A number for each of the rule's groups, pairs of groups or programs, -1 where it has none.
    part
        Which part of the limit it is about, in the order of ``Limit.parts``; left out, ``group``.
    """

    kind: str
    position: int
    terms: tuple[Weighted, ...]
    rows: tuple[RuleRow, ...] = ()
    group: int = -1
    part: int | None = None


def weighted_sum(scenario: Scenario, rule: SumRule | OfSelection, factor: float = 1.0) -> Weighted:
    """Return the sum that a rule or the selection behind a share speaks of, times a factor."""
    weight = np.where(select(scenario.programs, rule.where), factor, 0.0)
    if rule.sum == "spending":
        return Weighted(weight, fund_mask(scenario, rule.funds))
    return Weighted(weight, outcome=position_of(scenario, rule.sum))


def position_of(scenario: Scenario, what: str) -> int:
    """Return the position of `outcome NAME` or `resource NAME`; the resources follow the outcomes."""
    kind, _, name = what.partition(" ")
    if kind == "resource":
        return len(scenario.outcomes) + list(scenario.resources).index(name.strip())
    return list(scenario.outcomes).index(name.strip())


def fund_mask(scenario: Scenario, funds: tuple[str, ...] | None) -> Bools:
    """Return which funds are named; all of them where none is. Shape (funds,)."""
    if funds is None:
        return np.ones(len(scenario.funds), dtype=bool)
    return np.array([fund in funds for fund in scenario.funds], dtype=bool)
