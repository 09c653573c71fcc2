"""A problem around a plan: its integer decisions are held, and what is left is a linear program with prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.formulation.linear_program import Floats
from budgetopt.solvers import fix_integers

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = ["around", "decisions_of", "start_from"]


def decisions_of(plan: Allocation) -> dict[str, float]:
    """Return the integer decisions of a plan by their labels; none if it has no point or there are none."""
    problem, point = plan.formulation.linear_program, plan.solver_result.x
    if point is None or not problem.is_integer:
        return {}
    return {name: float(point[column]) for column, name in _integers(problem).items()}


def start_from(plan: Allocation, problem: LinearProgram) -> Floats:
    """Return the decisions of the best plan for a plan's first objective in the columns of a problem of its scenario.

    A search may begin from them. NaN where there is no decision or none is known; shape (columns,).
    """
    start, stages = np.full(problem.columns, np.nan), plan.solver_result.stages
    point = stages[0].solution.x if stages else None
    if point is not None:
        known = {name: float(point[column]) for column, name in _integers(plan.formulation.linear_program).items()}
        for column, name in _integers(problem).items():
            start[column] = known.get(name, np.nan)
    return start


def around(formulation: Formulation, decisions: Mapping[str, float]) -> Formulation:
    """Return a formulation of a plan's scenario, or of one near to it, in which the plan's integer decisions are held.

    Two formulations of one scenario need not have the same columns, so the decisions are given by their labels. One
    that the plan did not have to make, because a limit settled it, stays at its lower limit; nothing is known of it.
    """
    problem, value = formulation.linear_program, formulation.linear_program.lower.copy()
    for column, name in _integers(problem).items():
        value[column] = decisions.get(name, value[column])
    return replace(formulation, linear_program=fix_integers(problem, value))


def _integers(problem: LinearProgram) -> dict[int, str]:
    """Return the label of each integer column by its position."""
    columns = np.flatnonzero(problem.integer)
    return dict(zip(columns.tolist(), problem.column_labels.names_at(columns), strict=True))
