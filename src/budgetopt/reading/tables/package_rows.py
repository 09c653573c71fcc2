"""Tables with one row a decision package."""

from __future__ import annotations

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Problem, near
from budgetopt.reading.tables.columns import name_column, positions_of, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import MappedAt, Vocabulary, match_headers
from budgetopt.scenario.keys import Leaf, leaf_of, near_key, slot_of
from budgetopt.scenario.model import Package
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Column, ProgramTable

__all__ = ["read_packages"]


def _leaf(key: str) -> Leaf | None:
    """Return what a column leads to; ``outcomes.visits`` is short for ``outcomes.visits.value``."""
    leaf = leaf_of(Package, key) or leaf_of(Package, f"{key}.value")
    return leaf if leaf is not None and leaf.kind != "other" else None


def _suggest(key: str) -> str:
    if near(key, ["program"]):
        return "program"
    close = near_key(slot_of(Package), key)
    return close if close and _leaf(close) is not None else ""


_PACKAGES = Vocabulary(
    ("program", "cost"), lambda key: key == "program" or _leaf(key) is not None, _suggest, "a package", "packages"
)


def read_packages(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the packages of a table, numbered for each program in the order of the rows, and what is wrong with it."""
    positions, problems = match_headers(grid, table, _PACKAGES, mapped_at)
    at = positions.get("program")
    if at is None:
        return ProgramTable(np.empty(0, dtype=object)), problems
    names, usable = name_column(grid, at, problems, table)
    rows = np.flatnonzero(usable)
    ids, program = positions_of(names[rows])
    first = np.unique(program, return_index=True)[1]
    order = np.argsort(program, kind="stable")
    starts = np.flatnonzero(np.diff(program[order], prepend=-1))
    number = np.empty(len(rows), dtype=np.int64)
    number[order] = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    # for each row of the grid, its program and the number of its package; -1 where the row names no program
    program_of, number_of = np.full(len(grid.rows), -1), np.full(len(grid.rows), -1)
    program_of[rows], number_of[rows] = program, number

    columns: dict[str, Column] = {}
    for header, position in positions.items():
        leaf = _leaf(header)
        if header == "program" or leaf is None:
            continue
        path = leaf.path

        def subject(row: int, path: tuple[str, ...] = path) -> str:
            return named(("programs", names[row], "packages", str(number_of[row]), *path)) if names[row] else ""

        column = read_column(grid, position, leaf, subject, problems, table)
        for package in range(int(number.max(initial=-1)) + 1):
            cells = np.flatnonzero(number_of[column.rows] == package)
            if len(cells):
                target = program_of[column.rows[cells]]
                rising = np.argsort(target, kind="stable")
                key = f"packages.{package}.{'.'.join(path)}"
                columns[key] = column.take(cells[rising], target[rising])
    return ProgramTable(ids, columns, grid.origin(rows[first], at)), problems
