"""Gather blocks of columns, rows and entries, and make a linear program of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from budgetopt.formulation.linear_program import (
    Block,
    Floats,
    Ints,
    Labels,
    LinearProgram,
    Matrix,
    Stage,
    TieBreak,
)

__all__ = ["Builder"]


class Builder:
    """Gathers a linear program block by block.

    Every method takes whole arrays; positions are returned so that later blocks can refer to earlier ones.

    Parameters
    ----------
    suspended
        Positions of limits that are left out: their rows are kept, without limits.
    """

    def __init__(self, suspended: Collection[int] = ()) -> None:
        self._suspended = np.array(sorted(suspended), dtype=np.int64)
        self._columns: list[Block] = []
        self._rows: list[Block] = []
        self._limits: dict[str, list[Floats]] = {"lower": [], "upper": [], "row_lower": [], "row_upper": []}
        self._integer: list[np.ndarray[tuple[int], np.dtype[np.bool_]]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self.column_count = 0
        self.row_count = 0

    def columns(
        self,
        kind: str,
        keys: Mapping[str, Ints],
        lower: Floats | float,
        upper: Floats | float,
        *,
        integer: bool = False,
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
        lower: Floats | float,
        upper: Floats | float,
        *,
        limit: Ints | int = -1,
        part: Ints | int = -1,
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

    def entries(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Add entries of the matrix; entries of the same cell are added up."""
        self._entries.append((row, column, np.broadcast_to(np.asarray(value, dtype=float), len(row))))

    def build(
        self, stages: Sequence[Stage], names: Mapping[str, tuple[str, ...]], tie_break: TieBreak | None
    ) -> LinearProgram:
        """Return the linear program of everything that was added."""
        row, column, value = (
            (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
            if self._entries
            else (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
        )
        return LinearProgram(
            matrix=Matrix.from_triplets(self.row_count, self.column_count, row, column, value),
            row_lower=_joined(self._limits["row_lower"]),
            row_upper=_joined(self._limits["row_upper"]),
            lower=_joined(self._limits["lower"]),
            upper=_joined(self._limits["upper"]),
            integer=np.concatenate(self._integer) if self._integer else np.empty(0, dtype=bool),
            stages=tuple(stages),
            column_labels=Labels(tuple(self._columns), names),
            row_labels=Labels(tuple(self._rows), names),
            tie_break=tie_break,
        )


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
