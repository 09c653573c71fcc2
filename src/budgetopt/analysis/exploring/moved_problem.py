"""A linear program whose limits and first objective move in straight lines with several figures at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation import LinearProgram, Stage
from budgetopt.formulation.directions import Direction
from budgetopt.formulation.linear_program import Floats
from budgetopt.solvers.tie_break import ties_of

__all__ = ["MovedProblem", "moved_problem", "together"]


@dataclass(frozen=True, slots=True, eq=False)
class MovedProblem:
    """A problem with the stages that settle ties, and what each figure adds to it.

    A point is how far each figure is from where it stands in the plan, as a share of the width of its range.

    Parameters
    ----------
    problem
        The problem where the plan is; columns and rows that settle ties come last.
    stages
        Its objectives in order, then those that settle ties.
    row_lower, row_upper, lower, upper, cost
        Numbers at the plan, then what each figure adds over its range; shape (1 + figures, rows or columns).
    offset
        The same of the constant of the first objective; shape (1 + figures,).
    """

    problem: LinearProgram
    stages: tuple[Stage, ...]
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    cost: Floats
    offset: Floats

    @property
    def figures(self) -> int:
        """How many figures move."""
        return len(self.offset) - 1

    def at(self, point: Floats) -> LinearProgram:
        """Return the problem at a point of shape (figures,); its first stage is the first objective."""
        by = np.concatenate(([1.0], point))
        first = replace(self.stages[0], cost=by @ self.cost, offset=float(by @ self.offset))
        return replace(
            self.problem,
            stages=(first, *self.stages[1:]),
            row_lower=moved(self.row_lower, by),
            row_upper=moved(self.row_upper, by),
            lower=moved(self.lower, by),
            upper=moved(self.upper, by),
        )


def moved(numbers: Floats, by: Floats) -> Floats:
    """Return numbers moved by a point: by and numbers of shapes (1 + figures,) and (1 + figures, n); shape (n,)."""
    # what is infinite stays so
    found: Floats = numbers[0] + by[1:] @ numbers[1:]
    return found


def moved_problem(problem: LinearProgram, directions: Sequence[Direction]) -> MovedProblem:
    """Return a linear program that moves in some directions, each for the whole range of its figure."""
    ties = ties_of(problem, np.arange(problem.columns), np.zeros(problem.columns), problem.tie_break)
    whole = ties.lp
    stages = tuple(
        replace(stage, cost=stage.cost_for(whole.columns), within=0.0) for stage in (*problem.stages, *ties.stages)
    )

    def stacked(name: str, begin: Floats) -> Floats:
        out = np.zeros((1 + len(directions), len(begin)))
        out[0] = begin
        for number, direction in enumerate(directions, start=1):
            rates = getattr(direction, name)
            out[number, : len(rates)] = rates
        return out

    offsets = [stages[0].offset, *(direction.offset for direction in directions)]
    return MovedProblem(
        replace(whole, stages=stages, tie_break=None),
        stages,
        row_lower=stacked("row_lower", whole.row_lower),
        row_upper=stacked("row_upper", whole.row_upper),
        lower=stacked("lower", whole.lower),
        upper=stacked("upper", whole.upper),
        cost=stacked("cost", stages[0].cost),
        offset=np.array(offsets),
    )


def together(directions: Sequence[Direction], by: Sequence[float]) -> Direction:
    """Return the direction of several figures that move at once, each by so much."""

    def total(name: str) -> Floats:
        return np.asarray(sum(share * getattr(one, name) for share, one in zip(by, directions, strict=True)))

    names = ("cost", "entries", "row_lower", "row_upper", "lower", "upper")
    offset = float(sum(share * one.offset for share, one in zip(by, directions, strict=True)))
    return Direction(offset=offset, **{name: total(name) for name in names})
