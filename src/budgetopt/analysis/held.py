"""A problem around a plan: its whole decisions are held, and what is left is a linear program with prices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation import Formulation, Labels
from budgetopt.formulation.linear_program import Floats

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = ["around"]


def around(formulation: Formulation, plan: Allocation) -> Formulation:
    """Return a formulation of the plan's scenario, or of one near to it, in which the plan's whole decisions are held.

    Decisions are found by their labels: two formulations of one scenario need not have the same columns. One that the
    plan did not have to make, because a limit settled it, stays at its lower limit; nothing is known of it.

    Parameters
    ----------
    formulation
        The formulation.
    plan
        The plan, with a point.
    """
    problem, own = formulation.linear_program, plan.formulation.linear_program
    point = plan.outcome.x
    if point is None or not problem.is_integer:
        return formulation
    whole = np.flatnonzero(problem.integer)
    taken = _by_label(own.column_labels, np.flatnonzero(own.integer), point)
    # in the order of the columns of each block, so that one pass names them all
    value = np.array([taken.get(name, np.nan) for name in _names(problem.column_labels, whole)])
    value = np.clip(
        np.where(np.isnan(value), problem.lower[whole], np.rint(value)), problem.lower[whole], problem.upper[whole]
    )
    lower, upper = problem.lower.copy(), problem.upper.copy()
    lower[whole] = upper[whole] = value
    held = replace(problem, lower=lower, upper=upper, integer=np.zeros(problem.columns, dtype=bool))
    return replace(formulation, linear_program=held)


def _by_label(labels: Labels, columns: np.ndarray, point: Floats) -> dict[str, float]:
    return dict(zip(_names(labels, columns), point[columns].tolist(), strict=True))


def _names(labels: Labels, columns: np.ndarray) -> list[str]:
    every = labels.all_names()
    return [every[column] for column in columns.tolist()]
