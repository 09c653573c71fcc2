"""Gather blocks of columns, rows and entries, and make a linear program of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Matrix, Stage, TieBreak

__all__ = ["Assembled", "Builder"]

Limits = Floats | float


@dataclass(eq=False, slots=True)
class Assembled:
    """The entries of a matrix as they were added, and the matrix that they make; ``row``: shape (added,), as others."""

    row: Ints
    column: Ints
    value: Floats
    rows: int
    columns: int
    matrix: Matrix | None = None

    def with_first(self, row: Ints, column: Ints, value: Floats) -> Assembled | None:
        """Return the entries with other values of those that were added first; None if these were in other places.

        Shape (first entries,) each.
        """
        first = len(row)
        if not np.array_equal(self.row[:first], row) or not np.array_equal(self.column[:first], column):
            return None
        return replace(self, value=np.concatenate((value, self.value[first:])), matrix=None)

    def matrix_like(self, other: Assembled | None) -> Matrix:
        """Return the matrix; that of another if just the same was added there."""
        names = ("row", "column", "value")
        if (
            other is not None
            and (self.rows, self.columns) == (other.rows, other.columns)
            and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)
        ):
            self.matrix = other.matrix
        if self.matrix is None:
            self.matrix = Matrix.from_triplets(self.rows, self.columns, self.row, self.column, self.value)
        return self.matrix


class Builder:
    """Gathers a linear program block by block.

    Every method takes whole arrays; positions are returned so that later blocks can refer to earlier ones. The rows of
    suspended limits, given by their positions, are kept without limits.
    """

    def __init__(self, suspended: Collection[int] = ()) -> None:
        self._suspended = np.array(sorted(suspended), dtype=np.int64)
        self._columns: list[Block] = []
        self._rows: list[Block] = []
        # everything begins with an empty array, so that there may be nothing to put together
        names = ("lower", "upper", "row_lower", "row_upper")
        self._limits: dict[str, list[Floats]] = {name: [np.empty(0)] for name in names}
        self._integer = [np.empty(0, dtype=bool)]
        none = np.empty(0, dtype=np.int64)
        self._entries: list[tuple[Ints, Ints, Floats]] = [(none, none, np.empty(0))]
        self.column_count = 0
        self.row_count = 0

    @property
    def leaves_out(self) -> bool:
        """Whether some limits are suspended."""
        return len(self._suspended) > 0

    def columns(
        self, kind: str, keys: Mapping[str, Ints], lower: Limits, upper: Limits, *, integer: bool = False
    ) -> Ints:
        """Add columns of one kind and return their positions; ``keys`` says how many and what each is about."""
        count = len(next(iter(keys.values())))
        block = Block(kind, self.column_count, self.column_count + count, keys)
        if count:
            self._columns.append(block)
            self._limits["lower"].append(np.full(count, lower, dtype=np.float64))
            self._limits["upper"].append(np.full(count, upper, dtype=np.float64))
            self._integer.append(np.full(count, integer))
            self.column_count += count
        return block.positions

    def rows(
        self,
        kind: str,
        keys: Mapping[str, Ints],
        lower: Limits,
        upper: Limits,
        *,
        limit: Ints | int = -1,
        part: int = -1,
    ) -> Ints:
        """Add rows of one kind and return their positions; ``limit`` and ``part`` say which limit each row keeps."""
        count = len(next(iter(keys.values())))
        of_limit, of_part = np.full(count, limit, dtype=np.int64), np.full(count, part, dtype=np.int64)
        block = Block(kind, self.row_count, self.row_count + count, keys, of_limit, of_part)
        if count:
            row_lower, row_upper = np.full(count, lower, dtype=np.float64), np.full(count, upper, dtype=np.float64)
            if self.leaves_out:
                free = np.isin(of_limit, self._suspended)
                row_lower[free], row_upper[free] = -np.inf, np.inf
            self._rows.append(block)
            self._limits["row_lower"].append(row_lower)
            self._limits["row_upper"].append(row_upper)
            self.row_count += count
        return block.positions

    def begin_of(self, problem: LinearProgram, like: Assembled) -> LinearProgram | None:
        """Return a problem with the limits and values of what was added, if it begins so; None if it does not.

        ``like``: the entries of its matrix. Suspended limits are left out of what follows, too.
        """
        made = like.with_first(*(np.concatenate(parts) for parts in zip(*self._entries, strict=True)))
        if made is None:
            return None
        integer = np.concatenate(self._integer)
        for labels, own in ((problem.column_labels, self._columns), (problem.row_labels, self._rows)):
            pairs = zip(labels.blocks[: len(own)], own, strict=False)
            if any((one.kind, one.start, one.stop) != (two.kind, two.start, two.stop) for one, two in pairs):
                return None
        if not np.array_equal(integer, problem.integer[: len(integer)]):
            return None
        lower, upper, row_lower, row_upper = (
            np.concatenate((*self._limits[name], whole[count:]))
            for name, whole, count in (
                ("lower", problem.lower, self.column_count),
                ("upper", problem.upper, self.column_count),
                ("row_lower", problem.row_lower, self.row_count),
                ("row_upper", problem.row_upper, self.row_count),
            )
        )
        free = np.isin(problem.limit_of_rows, self._suspended)
        free[: self.row_count] = False
        row_lower[free], row_upper[free] = -np.inf, np.inf
        matrix, self.assembled = made.matrix_like(like), made
        return replace(problem, matrix=matrix, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper)

    def blocks_of(self, kind: str) -> Iterator[Block]:
        """Yield the rows of one kind that were added so far."""
        return (block for block in self._rows if block.kind == kind)

    def entries(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Add entries of the matrix; those of the same cell are added up, those of row -1 are left out."""
        value = np.full(len(row), value, dtype=np.float64)
        if len(row) and row.min() < 0:
            inside = row >= 0
            row, column, value = row[inside], column[inside], value[inside]
        self._entries.append((row, column, value))

    def build(
        self,
        stages: Sequence[Stage],
        names: Mapping[str, tuple[str, ...]],
        tie_break: TieBreak | None,
        like: Assembled | None = None,
    ) -> LinearProgram:
        """Return the linear program of everything that was added; its matrix is that of another if they are equal."""
        row, column, value = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        self.assembled = Assembled(row, column, value, self.row_count, self.column_count)
        return LinearProgram(
            matrix=self.assembled.matrix_like(like),
            integer=np.concatenate(self._integer),
            stages=tuple(stages),
            column_labels=Labels(tuple(self._columns), names),
            row_labels=Labels(tuple(self._rows), names),
            tie_break=tie_break,
            **{name: np.concatenate(parts) for name, parts in self._limits.items()},
        )
