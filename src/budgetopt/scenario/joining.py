"""Put columns of one key together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.scenario.programs import Column, Origin, ProgramTable

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


def with_summed_baselines(programs: ProgramTable) -> ProgramTable:
    """Return the programs with their baselines: where none is given, what funds pay of it in all."""
    parts = programs.under("baseline_by_fund")
    total, has = np.zeros(len(programs)), np.zeros(len(programs), dtype=bool)
    for part in parts.values():
        total[part.rows] += part.values
        has[part.rows] = True
    missing = np.flatnonzero(has & np.isnan(programs.baseline()))
    if not len(missing):
        return programs
    columns = [Column(missing, total[missing])]
    columns += [programs.columns["baseline"]] if "baseline" in programs.columns else []
    return replace(programs, columns={**programs.columns, "baseline": sort(concatenate(columns))})
