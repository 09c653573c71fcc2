"""Put columns of one key together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.scenario.programs import Bools, Column, Floats, Origin, ProgramTable

__all__ = ["concatenate", "join_origins", "sort", "with_summed_baselines"]


def join_origins(parts: Iterable[tuple[int, Origin | None]]) -> Origin | None:
    """Return the places of cells one after another; those of a part without places are unknown."""
    listed = list(parts)
    if all(origin is None for _, origin in listed):
        return None
    files: dict[tuple[str, str], int] = {}
    file, line, column = [], [], []
    for count, origin in listed:
        if origin is None:
            file.append(np.full(count, files.setdefault(("", ""), len(files))))
            line.append(np.zeros(count, dtype=np.int64))
            column.append(np.zeros(count, dtype=np.int64))
        else:
            code = np.array([files.setdefault(name, len(files)) for name in origin.files], dtype=np.int64)
            file.append(code[origin.file])
            line.append(origin.line)
            column.append(origin.column)
    return Origin(tuple(files), np.concatenate(file), np.concatenate(line), np.concatenate(column))


def concatenate(columns: Sequence[Column]) -> Column:
    """Return the cells of columns of one key, one after another; their rows need not rise."""
    if len(columns) == 1:
        return columns[0]
    rows = np.concatenate([column.rows for column in columns])
    origin = join_origins([(len(column), column.origin) for column in columns])
    offsets = None
    if any(column.offsets is not None for column in columns):
        lengths = np.concatenate([np.diff(column.offsets) for column in columns if column.offsets is not None])
        offsets = np.concatenate(([0], np.cumsum(lengths)))
    kinds = {column.values.dtype.kind for column in columns}
    # what is true or false beside numbers stays what it is
    parts = [column.values.astype(object) if len(kinds) > 1 else column.values for column in columns]
    values: NDArray[Any] = np.concatenate(parts)
    shares = None
    if any(column.shares is not None for column in columns):
        none = [column.shares if column.shares is not None else np.zeros(len(column), dtype=bool) for column in columns]
        shares = np.concatenate(none)
    return Column(rows, values, offsets, shares, origin)


def sort(column: Column) -> Column:
    """Return a column with its rows rising; of equal rows the first comes first."""
    if (np.diff(column.rows) > 0).all():
        return column
    order = np.argsort(column.rows, kind="stable")
    return column.take(order, column.rows[order])


def with_summed_baselines(programs: ProgramTable, before: ProgramTable | None = None) -> ProgramTable:
    """Return the programs with their baselines: where none is given, what funds pay of it in all.

    Of programs as they were ``before`` some changes, a baseline that was the sum stays it when only its parts changed.
    """
    has, total = _paid_in_all(programs)
    if not has.any():
        return programs
    summed = has & np.isnan(programs.baseline())
    if before is not None:
        had, earlier = _paid_in_all(before)
        at, old, new = before.positions(programs.ids), before.number("baseline"), programs.number("baseline")
        rows = np.flatnonzero((at >= 0) & has)
        at = at[rows]
        was_sum = had[at] & (np.abs(old[at] - earlier[at]) <= 1e-9 * earlier[at])
        summed[rows] |= was_sum & (new[rows] == old[at]) & (total[rows] != earlier[at])
    missing = np.flatnonzero(summed)
    if not len(missing):
        return programs
    columns = [Column(missing, total[missing])]
    if (given := programs.columns.get("baseline")) is not None:
        kept = np.flatnonzero(~summed[given.rows])
        columns.append(given.take(kept, given.rows[kept]))
    return replace(programs, columns={**programs.columns, "baseline": sort(concatenate(columns))})


def _paid_in_all(programs: ProgramTable) -> tuple[Bools, Floats]:
    """Return which programs say what funds pay of their baselines, and how much that is in all; shape (programs,)."""
    total, has = np.zeros(len(programs)), np.zeros(len(programs), dtype=bool)
    for part in programs.under("baseline_by_fund").values():
        total[part.rows] += part.values
        has[part.rows] = True
    return has, total
