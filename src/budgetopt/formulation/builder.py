"""Gather blocks of columns, rows and entries, and make a linear program of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Matrix, Stage, TieBreak

__all__ = ["Builder"]

Limits = Floats | float


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

    def columns(
        self, kind: str, keys: Mapping[str, Ints], lower: Limits, upper: Limits, *, integer: bool = False
    ) -> Ints:
        """Add columns of one kind and return their positions; ``keys`` says how many and what each is about."""
        count = len(next(iter(keys.values())))
        block = Block(kind, self.column_count, self.column_count + count, keys)
        if count:
            self._columns.append(block)
            self._limits["lower"].append(np.broadcast_to(np.asarray(lower, dtype=float), count))
            self._limits["upper"].append(np.broadcast_to(np.asarray(upper, dtype=float), count))
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
        of_limit, of_part = (np.broadcast_to(np.asarray(value, dtype=np.int64), count) for value in (limit, part))
        block = Block(kind, self.row_count, self.row_count + count, keys, of_limit, of_part)
        if count:
            free = np.isin(of_limit, self._suspended)
            self._rows.append(block)
            self._limits["row_lower"].append(np.where(free, -np.inf, lower))
            self._limits["row_upper"].append(np.where(free, np.inf, upper))
            self.row_count += count
        return block.positions

    def blocks_of(self, kind: str) -> Iterator[Block]:
        """Yield the rows of one kind that were added so far."""
        return (block for block in self._rows if block.kind == kind)

    def entries(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Add entries of the matrix; those of the same cell are added up, those of row -1 are left out."""
        value = np.broadcast_to(np.asarray(value, dtype=float), len(row))
        if len(row) and row.min() < 0:
            inside = row >= 0
            row, column, value = row[inside], column[inside], value[inside]
        self._entries.append((row, column, value))

    def build(
        self, stages: Sequence[Stage], names: Mapping[str, tuple[str, ...]], tie_break: TieBreak | None
    ) -> LinearProgram:
        """Return the linear program of everything that was added."""
        row, column, value = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        return LinearProgram(
            matrix=Matrix.from_triplets(self.row_count, self.column_count, row, column, value),
            integer=np.concatenate(self._integer),
            stages=tuple(stages),
            column_labels=Labels(tuple(self._columns), names),
            row_labels=Labels(tuple(self._rows), names),
            tie_break=tie_break,
            **{name: np.concatenate(parts) for name, parts in self._limits.items()},
        )
