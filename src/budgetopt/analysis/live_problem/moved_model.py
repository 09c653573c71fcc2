"""A live model moved from one problem to another whose entries stand in the same places."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation import LinearProgram
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.working_model import WorkingModel

__all__ = ["move"]


def move(model: LiveModel | WorkingModel, before: LinearProgram, now: LinearProgram) -> None:
    """Move a live model that stands for one problem to another; each kind of number is sent in one call."""
    was, stage = before.stages[0], now.stages[0]
    same = (was.maximize, was.offset) == (stage.maximize, stage.offset)
    if not (same and np.array_equal(was.cost, stage.cost)):
        model.set_costs(stage.cost_for(now.columns), stage.maximize, stage.offset)
    moved = _changed((before.lower, now.lower), (before.upper, now.upper))
    if len(moved):
        model.set_column_bounds(moved, now.lower[moved], now.upper[moved])
    moved = _changed((before.row_lower, now.row_lower), (before.row_upper, now.row_upper))
    if len(moved):
        model.set_row_bounds(moved, now.row_lower[moved], now.row_upper[moved])
    if before.matrix is not now.matrix:
        moved = np.flatnonzero(before.matrix.value != now.matrix.value)
        columns = np.searchsorted(now.matrix.starts, moved, side="right") - 1
        model.set_coefficients(now.matrix.index[moved], columns, now.matrix.value[moved])


def _changed(*pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return where the arrays of a pair differ, in any of the pairs."""
    differ = [one != other for one, other in pairs if one is not other]
    return np.flatnonzero(np.any(differ, axis=0)) if differ else np.zeros(0, np.int64)
