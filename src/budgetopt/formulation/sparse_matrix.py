"""A sparse matrix as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetopt.scenario.programs import items_of

__all__ = ["Bools", "Floats", "Ints", "Matrix", "total_by"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_FEW = 4
"""Of a vector with fewer numbers other than zero than one in so many, only those are multiplied."""

ROUNDING = 1e-14
"""The share of their sizes that rounding may leave of numbers that cancel."""


def total_by(group: Ints, weight: Floats, groups: int) -> Floats:
    """Return the sum of the weights of each group; shape (groups,)."""
    return np.bincount(group, weights=weight, minlength=groups).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A sparse matrix, column by column (CSC).

    Parameters
    ----------
    rows, columns
        Its shape.
    starts
        Where each column begins in ``index`` and ``value``; shape (columns + 1,).
    index
        Row of each entry, rising within a column; shape (entries,).
    value
        Each entry; shape (entries,).
    """

    rows: int
    columns: int
    starts: Ints
    index: Ints
    value: Floats

    @classmethod
    def from_triplets(cls, rows: int, columns: int, row: Ints, column: Ints, value: Floats) -> Matrix:
        """Return the matrix of entries in any order; entries of one cell are added, zeros left out.

        What rounding leaves of entries that cancel is zero too: scaled up, it would be a limit of its own.
        """
        key = column * np.int64(max(rows, 1)) + row
        order = np.argsort(key, kind="stable")
        key, value = key[order], value[order]
        if len(key):
            first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
            sizes = np.add.reduceat(np.abs(value), first)
            key, value = key[first], np.add.reduceat(value, first)
            kept = np.abs(value) > ROUNDING * sizes
            key, value = key[kept], value[kept]
        column, row = np.divmod(key, max(rows, 1))
        starts = np.searchsorted(column, np.arange(columns + 1)).astype(np.int64)
        return cls(rows, columns, starts, row.astype(np.int64), value.astype(np.float64))

    def extended(self, rows: int, columns: int, *entries: tuple[Ints, Ints, Floats]) -> Matrix:
        """Return the matrix with more rows and columns and with more entries: rows, columns and values of some each."""
        if not entries:
            starts = np.concatenate((self.starts, np.full(columns, self.entries)))
            return Matrix(self.rows + rows, self.columns + columns, starts, self.index, self.value)
        own = (self.index, self.column_of_entry(), self.value)
        parts = (np.concatenate(part) for part in zip(own, *entries, strict=True))
        return Matrix.from_triplets(self.rows + rows, self.columns + columns, *parts)

    @property
    def entries(self) -> int:
        """How many entries are not zero."""
        return len(self.index)

    def column_of_entry(self) -> Ints:
        """Return the column of each entry; shape (entries,)."""
        return np.repeat(np.arange(self.columns), np.diff(self.starts))

    def times(self, x: Floats) -> Floats:
        """Return the product with a vector of shape (columns,); shape (rows,)."""
        used = np.flatnonzero(x)
        if _FEW * len(used) < len(x):
            return self.take_columns(used).times(x[used])
        return total_by(self.index, self.value * np.repeat(x, np.diff(self.starts)), self.rows)

    def transpose_times(self, y: Floats) -> Floats:
        """Return the product of the transpose with a vector of shape (rows,); shape (columns,)."""
        return self.total_by_column(self.value * y[self.index])

    def total_by_column(self, terms: Floats) -> Floats:
        """Return for each column the sum of what belongs to its entries, of shape (entries,); shape (columns,)."""
        total = np.zeros(self.columns)
        used = np.flatnonzero(self.starts[1:] > self.starts[:-1])
        if len(used):
            total[used] = np.add.reduceat(terms, self.starts[used])
        return total

    def sizes(self, x: Floats) -> Floats:
        """Return for each row the sum of the sizes of its terms at a point; shape (rows,)."""
        return total_by(self.index, np.abs(self.value * np.repeat(x, np.diff(self.starts))), self.rows)

    def transpose_sizes(self, y: Floats) -> Floats:
        """Return for each column the sum of the sizes of its terms at prices of the rows; shape (columns,)."""
        return total_by(self.column_of_entry(), np.abs(self.value * y[self.index]), self.columns)

    def largest_by_row(self) -> Floats:
        """Return the size of the largest entry of each row; shape (rows,)."""
        largest = np.zeros(self.rows)
        np.maximum.at(largest, self.index, np.abs(self.value))
        return largest

    def take_columns(self, columns: Ints) -> Matrix:
        """Return the matrix of some columns, in the order asked for; every row is kept."""
        items, starts = items_of(self.starts, columns)
        return Matrix(self.rows, len(columns), starts, self.index[items], self.value[items])

    def take_rows(self, rows: Ints) -> Matrix:
        """Return the matrix of some rows, in the order asked for; every column is kept."""
        place = np.full(self.rows, -1, np.int64)
        place[rows] = np.arange(len(rows))
        row = place[self.index]
        kept = np.flatnonzero(row >= 0)
        return Matrix(len(rows), self.columns, np.searchsorted(kept, self.starts), row[kept], self.value[kept])

    def dense(self) -> Floats:
        """Return the matrix with its zeros, for small ones; shape (rows, columns)."""
        out = np.zeros((self.rows, self.columns))
        out[self.index, self.column_of_entry()] = self.value
        return out
