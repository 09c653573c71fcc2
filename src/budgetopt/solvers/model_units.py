"""A linear program in larger units: amounts of thousands or millions, for solvers that take figures near one best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import LinearProgram, total_by

__all__ = ["in_units"]


def in_units(lp: LinearProgram, unit: float) -> LinearProgram:
    """Return the same problem with its amounts in a unit; the objectives keep theirs.

    Columns that are no integer decisions are in the unit. Each row is multiplied by the power of ten that brings its
    entries near one (geometric scaling: Tomlin, Mathematical Programming Study 4, 1975), which changes no plan.

    Parameters
    ----------
    lp
        The problem, in dollars or whatever the currency is.
    unit
        How many of them the unit is, above 0; 1 leaves the problem as it is.
    """
    if unit == 1.0:
        return lp
    matrix = lp.matrix
    column = np.where(lp.integer, 1.0, unit)
    value = matrix.value * column[matrix.column_of_entry()]
    sizes = np.log10(np.abs(value), out=np.zeros(len(value)), where=value != 0)
    count = np.maximum(np.bincount(matrix.index, minlength=lp.rows), 1)
    row = 10.0 ** -np.rint(total_by(matrix.index, sizes, lp.rows) / count)
    return replace(
        lp,
        matrix=replace(matrix, value=value * row[matrix.index]),
        row_lower=lp.row_lower * row,
        row_upper=lp.row_upper * row,
        lower=lp.lower / column,
        upper=lp.upper / column,
        stages=tuple(replace(stage, cost=stage.cost_for(lp.columns) * column) for stage in lp.stages),
        tie_break=None,
    )
