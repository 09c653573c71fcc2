"""Turn the grid of a table into columns of programs, one row a program or several that are added up."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem, near
from budgetopt.reading.tables.columns import added_columns, is_added_up, name_column, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import MappedAt, Vocabulary, match_headers
from budgetopt.reading.tables.lines import added_up
from budgetopt.reading.tables.merge import once_by_period
from budgetopt.reading.tables.shape import normal
from budgetopt.scenario.keys import leaf_of, near_key, slot_of
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Column, ProgramTable, Texts
from budgetopt.scenario.words import shown

__all__ = ["is_program_key", "read_programs"]


def is_program_key(key: str) -> bool:
    """Return whether a column of a table of programs may have this header."""
    leaf = leaf_of(Program, key)
    return key == "program" or (leaf is not None and leaf.kind != "other")


def _suggest(key: str) -> str:
    if near(key, ["program"]):
        return "program"
    close = near_key(slot_of(Program), key)
    return close if is_program_key(close) or "NAME" in close else ""


def _adds(key: str) -> bool:
    leaf = leaf_of(Program, key)
    return leaf is not None and is_added_up(leaf)


_PROGRAMS = Vocabulary(("program",), is_program_key, _suggest, "a program", "programs", _adds)


def read_programs(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the programs of a table, and what is wrong with it.

    Rows whose id is missing or taken are read for their errors and then left out.
    """
    positions, problems = match_headers(grid, table, _PROGRAMS, mapped_at)
    at, unknown = positions.get("program"), list[Problem]()
    usable = np.zeros(len(grid.rows), dtype=bool)
    ids: Texts = np.full(len(grid.rows), "", dtype=object)
    if at is not None:
        ids, usable = name_column(grid, at, problems, table)
        if table.merge:
            unknown = _unmerged(grid, table, ids)
            problems += unknown
            ids = np.array([table.merge.get(name, name) for name in ids.tolist()], dtype=object)
        if not table.add_up:
            problems += _taken(grid, at, ids, usable)
    sums = {key: grid.added(normal(name)) for name, key in table.columns.items()}
    columns: dict[str, Column] = {}
    for key, position in positions.items():
        leaf = leaf_of(Program, key)
        if key == "program" or leaf is None:
            continue
        subject = partial(_subject, ids, leaf.path)
        parts = [read_column(grid, part, leaf, subject, problems, table, ids) for part in sums.get(key) or [position]]
        column = added_columns(parts)
        kept = np.flatnonzero(usable[column.rows])
        if len(kept):
            columns[key] = column if len(kept) == len(column) else column.take(kept, column.rows[kept])
    chosen = np.flatnonzero(usable)
    if table.add_up:
        # where lines are not merged as they should be, sums below zero follow from that
        wrong = [] if unknown else problems
        programs = added_up(ids, chosen, columns, grid.origin(chosen, at or 0), wrong)
    else:
        target = np.cumsum(usable) - 1
        placed = {key: replace(column, rows=target[column.rows]) for key, column in columns.items()}
        programs = ProgramTable(ids[chosen], placed, grid.origin(chosen, at or 0))
    programs, twice = once_by_period(programs)
    return programs, [*problems, *twice]


def _subject(ids: Texts, path: tuple[str, ...], row: int) -> str:
    return named(("programs", ids[row], *path)) if ids[row] else ""


def _taken(grid: Grid, position: int, ids: Texts, usable: Bools) -> list[Problem]:
    """Return a problem for each id that an earlier row has, and take those rows out of the usable ones."""
    problems = []
    rows = np.flatnonzero(usable)
    names = (ids if len(rows) == len(ids) else ids[rows]).tolist()
    if len(set(names)) == len(names):
        return []
    first: dict[str, int] = {}
    for name, row in zip(names, rows.tolist(), strict=True):
        if (earlier := first.setdefault(name, row)) != row:
            usable[row] = False
            message = f"the program {shown(name)} stands twice, first at {grid.place(earlier, position)}"
            place, expected = grid.place(row, position), "an id of its own for each program"
            hint = "if its rows are lines of one budget, write `add_up: true` under the table"
            problems.append(Problem("duplicate-id", message, place, expected, hint))
    return problems


def _unmerged(grid: Grid, table: Table, ids: Texts) -> list[Problem]:
    """Return a problem for each name under ``merge`` that the table does not have."""
    known = dict.fromkeys(ids.tolist())
    place = Place(grid.file, 0, 0, grid.sheet)
    return [
        Problem("unknown-program", f"`merge`: the table has no program {shown(name)}", place, "a program of the table",
                f"did you mean {close!r}?" if (close := near(name, known)) else "")
        for pair in table.merge.items() for name in pair if name not in known
    ]  # fmt: skip
