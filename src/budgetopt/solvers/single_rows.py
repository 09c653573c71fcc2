"""Rows with one entry as limits of their columns: a reserve, the limit of a transfer. They share nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Stage

__all__ = ["SingleRows"]


@dataclass(frozen=True, slots=True)
class SingleRows:
    """A problem without the rows that limit one column each.

    Parameters
    ----------
    lp
        The problem without them: their limits are limits of its columns.
    kept
        The positions of its rows in the whole problem; shape (rows,).
    row, column, value
        The rows that are left out, their columns and entries; shape (left out,).
    """

    lp: LinearProgram
    kept: Ints
    row: Ints
    column: Ints
    value: Floats

    @classmethod
    def of(cls, lp: LinearProgram) -> SingleRows:
        """Return a problem without its rows with one entry."""
        matrix = lp.matrix
        alone = np.bincount(matrix.index, minlength=lp.rows) == 1
        single = alone[matrix.index]
        row, column, value = matrix.index[single], matrix.column_of_entry()[single], matrix.value[single]
        ends = np.stack((lp.row_lower[row], lp.row_upper[row])) / value
        lower, upper = lp.lower.copy(), lp.upper.copy()
        np.maximum.at(lower, column, ends.min(axis=0))
        np.minimum.at(upper, column, ends.max(axis=0))
        kept = np.flatnonzero(~alone)
        small = replace(
            lp,
            matrix=matrix.take_rows(kept),
            row_lower=lp.row_lower[kept],
            row_upper=lp.row_upper[kept],
            lower=lower,
            upper=upper,
            row_labels=Labels((Block("row", 0, len(kept)),)),
        )
        return cls(small, kept, row, column, value)

    def restore(self, whole: LinearProgram, stage: Stage, row_dual: Floats) -> Floats:
        """Return the prices of all rows of the whole problem: a limit of a column has the price that its column has."""
        y = np.zeros(whole.rows)
        y[self.kept] = row_dual
        reduced = stage.reduced_costs(whole.matrix, y)[self.column]
        # at a lower limit more of a column is worse, at an upper one it is better: the tightest row has that price
        is_lower = stage.sign * reduced > 0
        limit = np.where(is_lower, self.lp.lower[self.column], self.lp.upper[self.column])
        own = np.where(is_lower, whole.lower[self.column], whole.upper[self.column])
        ends = np.stack((whole.row_lower[self.row], whole.row_upper[self.row])) / self.value
        end = np.where(is_lower, ends.min(axis=0), ends.max(axis=0))
        setting = np.flatnonzero((end == limit) & (limit != own) & (reduced != 0))
        first = setting[np.unique(self.column[setting], return_index=True)[1]]
        y[self.row[first]] = reduced[first] / self.value[first]
        return y
