"""Put tables of programs together: within one layer a key stands once; a later layer overrides an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Problem, near
from budgetopt.scenario.joining import concatenate, join_origins, sort
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.programs import Column, Ints, ProgramTable, split_key
from budgetopt.scenario.words import shown

__all__ = [
    "common_key", "merge", "numbers_on_top", "once_by_period", "opened_by_period", "overlay", "with_numbers_of",
    "without_key", "without_rows",
]  # fmt: skip


_MOST_OFFERS = 20
"""Looking for a near name takes long among many programs: only the first problems get one."""


def merge(
    tables: Sequence[ProgramTable], references: Sequence[ProgramTable] = (), known: ProgramTable | None = None
) -> tuple[ProgramTable, list[Problem]]:
    """Return the programs of several tables as one table, and what is wrong: the ids in order of first appearance.

    References say more of programs that stand in ``tables`` or among ``known``; one to any other program is a problem.
    So is a key of a program that is set twice, of which the first value stands, or that for every period.
    """
    problems: list[Problem] = []
    if known is not None:
        spoken_of = [reference.ids[known.positions(reference.ids) >= 0] for reference in references]
        tables = [*tables, *(ProgramTable(ids) for ids in spoken_of if len(ids))]
    tables = [table for table in tables if len(table)]
    table = tables[0] if len(tables) == 1 else _identified(tables)
    placed = []
    for reference in references:
        position = table.positions(reference.ids)
        for row in np.flatnonzero(position < 0).tolist():
            problems.append(_unknown(reference, row, table, offer=len(problems) < _MOST_OFFERS))
        placed.append(reference if (position >= 0).all() else reference.select(np.flatnonzero(position >= 0)))
    if len(tables) == 1 and not placed:
        table, twice = once_by_period(table)
        return table, [*problems, *twice]
    parts: dict[str, list[Column]] = {}
    for source in (*tables, *placed):
        rows = table.positions(source.ids)
        for key, column in source.columns.items():
            parts.setdefault(key, []).append(replace(column, rows=rows[column.rows]))
    columns = {key: _once(key, found, table, problems) for key, found in parts.items()}
    table, twice = once_by_period(replace(table, columns=columns))
    return table, [*problems, *twice]


def _identified(tables: Sequence[ProgramTable]) -> ProgramTable:
    """Return the programs of tables without columns, each where it first stands."""
    names = np.concatenate([table.ids for table in tables]) if tables else np.empty(0, dtype=object)
    # the position that stays of each name is the last in this order: its first
    first = dict(zip(names[::-1].tolist(), range(len(names) - 1, -1, -1), strict=True))
    at = np.sort(np.fromiter(first.values(), np.int64, len(first)))
    places = join_origins([(len(table), table.places) for table in tables])
    return ProgramTable(names[at], {}, None if places is None else places.take(at))


def _once(key: str, columns: Sequence[Column], table: ProgramTable, problems: list[Problem]) -> Column:
    column = sort(concatenate(columns))
    again = np.diff(column.rows, prepend=-1) == 0
    for cell in np.flatnonzero(again).tolist():
        first = int(np.searchsorted(column.rows, column.rows[cell]))
        places = [column.origin.place(at) if column.origin is not None else None for at in (first, cell)]
        where = f", first at {places[0]}" if places[0] is not None else ""
        message = f"{named(('programs', table.ids[column.rows[cell]], *split_key(key)))} is set twice{where}"
        expected, hint = "each key of a program in one place", "take one of the two away"
        problems.append(Problem("set-twice", message, places[1], expected, hint))
    if again.any():
        kept = np.flatnonzero(~again)
        return column.take(kept, column.rows[kept])
    return column


def _unknown(reference: ProgramTable, row: int, table: ProgramTable, *, offer: bool) -> Problem:
    name = str(reference.ids[row])
    close = near(name, table.ids.tolist()) if offer else ""
    hint = f"did you mean {close!r}?" if close else "programs stand in the table of programs, or under `programs`"
    place = None if reference.places is None else reference.places.place(row)
    return Problem("unknown-program", f"there is no program {shown(name)}", place, "the id of a program", hint)


def numbers_on_top(base: ProgramTable, program: str, key: str, names: Sequence[str]) -> list[int]:
    """Return the number of each thing of a list on top of a program's: that of the same name, or a free one.

    ``names`` are those of the things, empty for one without a name.
    """
    if program not in base:
        return list(range(len(names)))
    row = base.position(program)
    standing = base.numbers(row, key).values()
    free = max(standing, default=-1) + 1
    # a name that stands twice on top is a mistake, which is found where all names are looked at
    known = {base.value(row, f"{key}.{number}.name"): number for number in standing}
    numbers = []
    for name in names:
        number = known.pop(name, None)
        numbers.append(free if number is None else number)
        free += number is None
    return numbers


def with_numbers_of(base: ProgramTable, table: ProgramTable) -> ProgramTable:
    """Return a table whose packages, numbered in the order of their rows, have the numbers that are theirs on top."""
    split = {key: split_key(key) for key in table.columns}
    found = {path: table.columns[key] for key, path in split.items() if path[0] == "packages"}
    number_of = np.tile(np.arange(1 + max((int(path[1]) for path in found), default=-1)), (len(table), 1))
    stands = np.zeros(number_of.shape, dtype=bool)
    for path, column in found.items():
        stands[column.rows, int(path[1])] = True
    on_top = np.flatnonzero(stands.any(axis=1) & (base.positions(table.ids) >= 0)).tolist()
    if not on_top:
        return table
    for row in on_top:
        numbers = np.flatnonzero(stands[row])
        names = [table.value(row, f"packages.{number}.name") or "" for number in numbers.tolist()]
        number_of[row, numbers] = numbers_on_top(base, table.ids[row], "packages", names)
    parts: dict[str, list[Column]] = {}
    for (kind, number, *rest), column in found.items():
        numbers = number_of[column.rows, int(number)]
        for target in np.unique(numbers).tolist():
            cells = np.flatnonzero(numbers == target)
            key = ".".join((kind, str(target), *rest))
            parts.setdefault(key, []).append(column.take(cells, column.rows[cells]))
    columns = {key: column for key, column in table.columns.items() if split[key] not in found}
    return replace(table, columns=columns | {key: sort(concatenate(cells)) for key, cells in parts.items()})


def overlay(base: ProgramTable, top: ProgramTable, periods: Sequence[str]) -> ProgramTable:
    """Return a table in which every key that ``top`` sets overrides the one of ``base``.

    A key that ``top`` sets for one period leaves the other periods as ``base`` has them; a key that it sets for every
    period overrides each. Programs of ``top`` alone are added behind those of ``base``. Columns that ``top`` does not
    touch are the very arrays of ``base``.
    """
    if not len(base):
        return top
    if not len(top):
        return base
    added = [row for row, name in enumerate(top.ids.tolist()) if name not in base]
    table = base
    if added:
        more = top.select(np.array(added, dtype=np.int64))
        places = join_origins([(len(base), base.places), (len(more), more.places)])
        table = ProgramTable(np.concatenate([base.ids, more.ids]), base.columns, places)
    target = table.positions(top.ids)
    columns = dict(base.columns)
    changes = {key: replace(column, rows=target[column.rows]) for key, column in top.columns.items()}
    for key, column in changes.items():
        _split_periods(columns, key, column.rows, periods)
    for key, column in changes.items():
        kept = without_rows(columns[key], column.rows) if key in columns else None
        columns[key] = sort(column if kept is None else concatenate([kept, column]))
    return replace(table, columns=columns)


def without_rows(column: Column, rows: Ints) -> Column | None:
    """Return a column without the cells of some programs; None if nothing is left, the same one if nothing goes."""
    kept = np.flatnonzero(~np.isin(column.rows, rows))
    if len(kept) == len(column):
        return column
    return column.take(kept, column.rows[kept]) if len(kept) else None


def without_key(table: ProgramTable, rows: Ints, key: str) -> ProgramTable | None:
    """Return a table in which some programs do not say a key, nor anything below it; None if none of them says it.

    ``rows`` are the positions of the programs; an empty key stands for the programs themselves.
    """
    if not key:
        return table.select(np.setdiff1d(np.arange(len(table)), rows))
    columns = dict(table.columns)
    for name in table.columns:
        if name == key or name.startswith(f"{key}."):
            _clear(columns, name, rows)
    same = columns.keys() == table.columns.keys() and all(columns[name] is table.columns[name] for name in columns)
    return None if same else replace(table, columns={name: columns[name] for name in table.columns if name in columns})


def opened_by_period(table: ProgramTable, key: str, rows: Ints, periods: Sequence[str]) -> ProgramTable:
    """Return a table in which some programs have a value for each period, if a key is of one, and not for every one."""
    columns = dict(table.columns)
    if (parent := common_key(key)) and parent in columns:
        _split_periods(columns, key, rows, periods)
    return replace(table, columns=columns)


def _split_periods(columns: dict[str, Column], key: str, rows: Ints, periods: Sequence[str]) -> None:
    """Make way for a key: one value for every period goes where each has its own, and becomes them where one is set."""
    for below in [name for name in columns if common_key(name) == key]:
        _clear(columns, below, rows)
    parent = common_key(key)
    common = columns.get(parent)
    moved = np.empty(0, dtype=np.int64) if common is None else np.flatnonzero(np.isin(common.rows, rows))
    if common is None or not len(moved):
        return
    _clear(columns, parent, rows)
    values = common.take(moved, common.rows[moved])
    for period in periods:
        name = f"{parent}.{period}"
        columns[name] = sort(concatenate([columns[name], values])) if name in columns else values


def _clear(columns: dict[str, Column], key: str, rows: Ints) -> None:
    """Take the cells of some programs out of a column."""
    kept = without_rows(columns.pop(key), rows)
    if kept is not None:
        columns[key] = kept


@lru_cache(maxsize=4096)
def common_key(key: str) -> str:
    """Return the key that sets for every period what a key sets for one, as does that of ``spending.at_most.FY27``.

    An empty string for a key that is of no period.
    """
    leaf = leaf_of(Program, key)
    if leaf is None or leaf.kind != "number" or len(leaf.path) < 2:
        return ""
    parent = ".".join(leaf.path[:-1])
    common = leaf_of(Program, parent)
    return parent if common is not None and common.kind == "number" and common.path == leaf.path[:-1] else ""


def once_by_period(programs: ProgramTable) -> tuple[ProgramTable, list[Problem]]:
    """Return the programs without what they say for one period beside what they say for every period; the problems."""
    columns, problems = dict(programs.columns), list[Problem]()
    for key, column in programs.columns.items():
        parent = common_key(key)
        if parent not in programs.columns:
            continue
        twice = column.rows[np.isin(column.rows, programs.columns[parent].rows)]
        for row in twice.tolist():
            first = programs.place(row, parent)
            where = f", at {first}" if first is not None else ""
            subject = named(("programs", programs.ids[row], *split_key(parent)))
            message = f"{subject} is set for every period{where}, and again for {key[len(parent) + 1 :]}"
            expected = "one value for every period, or one for each"
            problems.append(Problem("set-twice", message, programs.place(row, key), expected))
        _clear(columns, key, twice)
    return (replace(programs, columns=columns) if problems else programs), problems
