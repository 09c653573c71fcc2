"""A rule as a weighted sum of spending and outcomes, before any column exists."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["LinearRule", "RuleRow", "Weighted", "weighted_sum"]


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
        For an outcome, its position; None for spending.
    periods
        The periods in which it counts; None for all. Shape (periods,).
    """

    weight: Floats
    funds: Bools | None = None
    outcome: int | None = None
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
        ``rule`` or ``target``.
    position
        Position of the rule, or of the outcome whose target it is.
    terms
        What is summed.
    rows
        The inequalities.
    """

    kind: str
    position: int
    terms: tuple[Weighted, ...]
    rows: tuple[RuleRow, ...] = field(default=())


def weighted_sum(scenario: Scenario, rule: SumRule | OfSelection, factor: float = 1.0) -> Weighted:
    """Return the sum that a rule or the selection behind a share speaks of, times a factor."""
    weight = np.where(select(scenario.programs, rule.where), factor, 0.0)
    if rule.sum == "spending":
        return Weighted(weight, fund_mask(scenario, rule.funds))
    outcome = rule.sum.removeprefix("outcome").strip()
    return Weighted(weight, outcome=list(scenario.outcomes).index(outcome))


def fund_mask(scenario: Scenario, funds: tuple[str, ...] | None) -> Bools:
    """Return which funds are named; all of them where none is. Shape (funds,)."""
    if funds is None:
        return np.ones(len(scenario.funds), dtype=bool)
    return np.array([fund in funds for fund in scenario.funds], dtype=bool)
