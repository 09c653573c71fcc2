"""A piece of the plan in the scenario's words: money of programs, outcomes, value and limits as affine maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.analysis.exploring.critical_region import CriticalRegion, affine_part
from budgetopt.analysis.exploring.moved_problem import MovedProblem
from budgetopt.formulation import Formulation
from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["PieceMaker", "PlanPiece"]

SAME = 1e-7
"""The share of the money of a plan by which what a piece says of it may differ by rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanPiece:
    """The plan over one region of figures; each number where the plan is, then what each figure adds.

    Parameters
    ----------
    conditions, of_prices
        The region, as in :class:`CriticalRegion`.
    spending
        Dollars of each program, all periods together; shape (1 + figures, programs).
    outcomes
        Units of each outcome, all periods together; shape (1 + figures, outcomes).
    value
        The value of the first objective, which is quadratic where limits and weights move: ``p @ value @ p`` with p one
        followed by a point. Shape (1 + figures, 1 + figures).
    limits
        The positions of the limits that bind and have a price.
    """

    conditions: Floats
    of_prices: Bools
    spending: Floats
    outcomes: Floats
    value: Floats
    limits: tuple[int, ...]

    def is_of(self, plan: Allocation) -> bool:
        """Return whether, where no figure is moved, it says the plan that is printed, but for its rounding."""
        printed = plan.spending.sum(axis=(1, 2))
        rounding = plan.rounded_to * len(plan.scenario.periods)
        allowed = rounding + SAME * max(float(np.abs(printed).max(initial=0.0)), 1.0)
        return bool((np.abs(self.spending[0] - printed) <= allowed).all())


class PieceMaker:
    """Says the region of a basis in the words of a scenario."""

    def __init__(self, scenario: Scenario, formulation: Formulation, moves: MovedProblem) -> None:
        self._moves, self._terms = moves, formulation.terms
        self._programs, self._outcomes = len(scenario.programs), len(scenario.outcomes)
        self._given = self._terms.outcomes.constant[:, : self._outcomes].sum(axis=0) * len(scenario.periods)
        self._limit_of = np.full(moves.problem.rows, -1)
        own = formulation.linear_program.limit_of_rows
        self._limit_of[: len(own)] = own

    def made(self, region: CriticalRegion) -> PlanPiece:
        """Return the piece of a region."""
        spending, outcomes, moves = self._terms.spending, self._terms.outcomes, self._moves
        kept = np.flatnonzero(outcomes.outcome < self._outcomes)
        brought = outcomes.column[kept], outcomes.weight[kept], outcomes.outcome[kept]
        levels = affine_part(region.x, *brought, self._outcomes)
        levels[0] += self._given
        value = moves.cost @ region.x.T
        value[:, 0] += moves.offset
        limits = np.unique(self._limit_of[region.held])
        return PlanPiece(
            region.conditions,
            region.of_prices,
            affine_part(region.x, spending.column, spending.weight, spending.program, self._programs),
            levels,
            value,
            tuple(limits[limits >= 0].tolist()),
        )
