"""A sparse matrix row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Floats, Ints, Matrix
from budgetopt.scenario.programs import items_of

__all__ = ["SparseRows"]


@dataclass(frozen=True, slots=True, eq=False)
class SparseRows:
    """Rows of a sparse matrix (CSR).

    Parameters
    ----------
    starts
        Where each row begins in ``column`` and ``value``; shape (rows + 1,).
    column
        Column of each entry, rising within a row; shape (entries,).
    value
        Each entry; shape (entries,).
    """

    starts: Ints
    column: Ints
    value: Floats

    @classmethod
    def of(cls, matrix: Matrix) -> SparseRows:
        """Return all rows of a matrix."""
        order = np.argsort(matrix.index, kind="stable")
        starts = np.concatenate(([0], np.cumsum(np.bincount(matrix.index, minlength=matrix.rows))))
        return cls(starts, matrix.column_of_entry()[order], matrix.value[order])

    def take(self, rows: Ints) -> SparseRows:
        """Return some rows, in the order asked for."""
        items, starts = items_of(self.starts, rows)
        return SparseRows(starts, self.column[items], self.value[items])

    def times(self, x: Floats) -> Floats:
        """Return the product with a vector of shape (columns,), for rows that all have entries; shape (rows,)."""
        return np.add.reduceat(self.value * x[self.column], self.starts[:-1]) if len(self.value) else np.zeros(0)
