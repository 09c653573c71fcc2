"""Turn the grid of a table into columns of programs, one row a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from budgetopt.errors import Place, Problem, near
from budgetopt.scenario.keys import Leaf, leaf_of, near_key
from budgetopt.scenario.model.base import Name
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Column, Ints, ProgramTable, Texts, objects
from budgetopt.scenario.tables.cells import problem_at, read_cells
from budgetopt.scenario.tables.curves import curve_problems
from budgetopt.scenario.tables.grid import Grid
from budgetopt.scenario.tables.heads import Vocabulary, match_heads
from budgetopt.scenario.words import shown

__all__ = ["MappedAt", "is_program_key", "name_column", "read_column", "read_programs"]

MappedAt = Callable[[str], Place | None]
"""Where the scenario file maps a head to a key."""

_NAME = Leaf((), Name, "text")


def is_program_key(key: str) -> bool:
    """Return whether a column of a table of programs may have this head."""
    leaf = leaf_of(Program, key)
    return key == "program" or (leaf is not None and leaf.kind != "other")


def _suggest(key: str) -> str:
    if near(key, ["program"]):
        return "program"
    close = near_key(Program, key)
    return close if is_program_key(close) or "NAME" in close else ""


_PROGRAMS = Vocabulary(("program",), is_program_key, _suggest, "program")


def read_programs(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the programs of a table, and what is wrong with it.

    Rows whose id is missing or taken are read for their errors and then left out.
    """
    positions, problems = match_heads(grid, table, _PROGRAMS, mapped_at)
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
        column = read_column(grid, position, leaf, problems)
        if leaf.kind == "points":
            origin = grid.origin(column.rows, position)
            problems += curve_problems(column, lambda cell, _point, origin=origin: origin.place(cell))  # type: ignore[misc]
        kept = np.flatnonzero(usable[column.rows])
        if len(kept):
            columns[key] = column.take(kept, target[column.rows[kept]])
    chosen = np.flatnonzero(usable)
    return ProgramTable(ids[chosen], columns, grid.origin(chosen, at or 0)), problems


def read_column(grid: Grid, position: int, leaf: Leaf, problems: list[Problem]) -> Column:
    """Return the cells of a column that can be read, at their rows of the grid; add what is wrong with the others."""
    read = read_cells(leaf, grid.columns[position])
    problems += [problem_at(details, grid.place(row, position)) for row, details in read.errors]
    return Column(read.good, read.values, read.offsets, read.shares, grid.origin(read.good, position))


def name_column(grid: Grid, position: int, problems: list[Problem]) -> tuple[Texts, Bools]:
    """Return a column of names, one a row, and which rows have one; add what is wrong with the others."""
    column = read_column(grid, position, _NAME, problems)
    names: Texts = np.full(len(grid.rows), "", dtype=object)
    names[column.rows] = column.values
    head = grid.heads[position]
    for row in empty_cells(grid.columns[position]).tolist():
        expected = "an id" if head == "program" else "a name"
        message = f"the row has no {head}" if head else "the row has no name"
        problems.append(Problem("missing-name", message, grid.place(row, position), expected))
    usable: Bools = names != ""
    return names, usable.astype(bool)


def empty_cells(cells: Sequence[str]) -> Ints:
    """Return the positions of the empty cells."""
    return np.flatnonzero([not cell for cell in cells]) if "" in cells else np.empty(0, dtype=np.int64)


def _taken(grid: Grid, position: int, ids: Texts, usable: Bools) -> list[Problem]:
    """Return a problem for each id that an earlier row has, and take those rows out of the usable ones."""
    problems = []
    rows = np.flatnonzero(usable)
    first: Mapping[str, int] = dict(zip(ids[rows[::-1]].tolist(), rows[::-1].tolist(), strict=True))
    if len(first) < len(rows):
        for row in rows.tolist():
            earlier = first[ids[row]]
            if earlier != row:
                usable[row] = False
                message = f"the program {shown(ids[row])} stands twice, first at {grid.place(earlier, position)}"
                problems.append(
                    Problem("duplicate-id", message, grid.place(row, position), "an id of its own for each program")
                )
    return problems


def positions_of(names: Texts) -> tuple[Texts, Ints]:
    """Return the distinct names in order of first appearance, and for each name its position among them."""
    number = {name: position for position, name in enumerate(dict.fromkeys(names.tolist()))}
    return objects(list(number)), np.fromiter(map(number.__getitem__, names.tolist()), dtype=np.int64, count=len(names))
