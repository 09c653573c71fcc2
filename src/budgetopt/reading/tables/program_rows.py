"""Turn the grid of a table into columns of programs, one row a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem, near
from budgetopt.reading.tables.cells import read_cells
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import Vocabulary, match_headers
from budgetopt.scenario.keys import Leaf, leaf_of, near_key, slot_of
from budgetopt.scenario.model.base import Name
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Column, Ints, ProgramTable, Texts, objects
from budgetopt.scenario.words import shown

__all__ = ["MappedAt", "is_program_key", "name_column", "read_column", "read_programs"]

MappedAt = Callable[[str], Place | None]
"""Where the scenario file maps a header to a key."""

Subject = Callable[[int], str]
"""What stands in a row, for messages; an empty text where that cannot be said."""
_MOST_ALIKE = 100
"""Of one column, no more than so many broken cells are listed one by one."""
_NAME = Leaf((), Name, "text")


def is_program_key(key: str) -> bool:
    """Return whether a column of a table of programs may have this header."""
    leaf = leaf_of(Program, key)
    return key == "program" or (leaf is not None and leaf.kind != "other")


def _suggest(key: str) -> str:
    if near(key, ["program"]):
        return "program"
    close = near_key(slot_of(Program), key)
    return close if is_program_key(close) or "NAME" in close else ""


_PROGRAMS = Vocabulary(("program",), is_program_key, _suggest, "a program", "programs")


def read_programs(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the programs of a table, and what is wrong with it.

    Rows whose id is missing or taken are read for their errors and then left out.
    """
    positions, problems = match_headers(grid, table, _PROGRAMS, mapped_at)
    at = positions.get("program")
    usable = np.zeros(len(grid.rows), dtype=bool)
    ids: Texts = np.full(len(grid.rows), "", dtype=object)
    if at is not None:
        ids, usable = name_column(grid, at, problems)
        problems += _taken(grid, at, ids, usable)
    target = np.cumsum(usable) - 1
    columns: dict[str, Column] = {}
    for key, position in positions.items():
        leaf = leaf_of(Program, key)
        if key == "program" or leaf is None:
            continue
        column = read_column(grid, position, leaf, partial(_subject, ids, leaf.path), problems)
        kept = np.flatnonzero(usable[column.rows])
        if len(kept):
            columns[key] = column.take(kept, target[column.rows[kept]])
    chosen = np.flatnonzero(usable)
    return ProgramTable(ids[chosen], columns, grid.origin(chosen, at or 0)), problems


def _subject(ids: Texts, path: tuple[str, ...], row: int) -> str:
    return named(("programs", ids[row], *path)) if ids[row] else ""


def read_column(grid: Grid, position: int, leaf: Leaf, subject: Subject, problems: list[Problem]) -> Column:
    """Return the cells of a column that can be read, at their rows of the grid; add what is wrong with the others.

    ``subject`` tells what stands in a row of the column, for messages.
    """
    column, refused = read_cells(leaf, grid.columns[position])
    rest = len(refused) - _MOST_ALIKE
    for count, (row, said) in enumerate(refused[:_MOST_ALIKE], 1):
        if rest > 0 and count == _MOST_ALIKE:
            said = said._replace(message=f"{said.message} (and {rest:,} more cells of this column cannot be read)")
        problems.append(said.problem(grid.place(row, position), subject(row)))
    return replace(column, origin=grid.origin(column.rows, position))


def name_column(grid: Grid, position: int, problems: list[Problem]) -> tuple[Texts, Bools]:
    """Return a column of names, one a row, and which rows have one; add what is wrong with the others."""
    column = read_column(grid, position, _NAME, lambda _row: "", problems)
    names: Texts = np.full(len(grid.rows), "", dtype=object)
    names[column.rows] = column.values
    header = grid.headers[position]
    for row in empty_cells(grid.columns[position]).tolist():
        expected = "an id" if header == "program" else "a name"
        message = f"the row has no {header or 'name'}"
        problems.append(Problem("missing-name", message, grid.place(row, position), expected))
    return names, np.asarray(names != "", dtype=bool)


def empty_cells(cells: Sequence[str]) -> Ints:
    """Return the positions of the empty cells."""
    return np.flatnonzero([not cell for cell in cells]) if "" in cells else np.empty(0, dtype=np.int64)


def _taken(grid: Grid, position: int, ids: Texts, usable: Bools) -> list[Problem]:
    """Return a problem for each id that an earlier row has, and take those rows out of the usable ones."""
    problems = []
    rows = np.flatnonzero(usable)
    first: dict[str, int] = {}
    for name, row in zip(ids[rows].tolist(), rows.tolist(), strict=True):
        if (earlier := first.setdefault(name, row)) != row:
            usable[row] = False
            message = f"the program {shown(name)} stands twice, first at {grid.place(earlier, position)}"
            place, expected = grid.place(row, position), "an id of its own for each program"
            problems.append(Problem("duplicate-id", message, place, expected))
    return problems


def positions_of(names: Texts) -> tuple[Texts, Ints]:
    """Return the distinct names in order of first appearance, and for each name its position among them."""
    number = {name: position for position, name in enumerate(dict.fromkeys(names.tolist()))}
    return objects(list(number)), np.fromiter(map(number.__getitem__, names.tolist()), dtype=np.int64, count=len(names))
