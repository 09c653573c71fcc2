"""Tables with one row a decision package."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Problem, near
from budgetopt.reading.tables.columns import name_column, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import MappedAt, Vocabulary, match_headers
from budgetopt.scenario.amounts import Amount
from budgetopt.scenario.keys import Leaf, leaf_of, near_key, slot_of
from budgetopt.scenario.model import Package
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Column, ProgramTable, positions_of

__all__ = ["read_packages"]


_YEAR = re.compile(r"cost\.([1-9][0-9]?)")
_COST_OF_YEAR = Leaf(("cost",), Amount, "number")


def _leaf(key: str) -> Leaf | None:
    """Return what a column leads to; ``outcomes.visits`` is short for ``outcomes.visits.value``.

    A column ``cost.2`` has the cost in the second year.
    """
    if _YEAR.fullmatch(key):
        return _COST_OF_YEAR
    leaf = leaf_of(Package, key) or leaf_of(Package, f"{key}.value")
    return leaf if leaf is not None and leaf.kind != "other" else None


def _suggest(key: str) -> str:
    if near(key, ["program"]):
        return "program"
    close = near_key(slot_of(Package), key)
    return close if close and _leaf(close) is not None else ""


def _is_key(key: str) -> bool:
    return key == "program" or _leaf(key) is not None


_PACKAGES = Vocabulary(("program", "cost"), _is_key, _suggest, "a package", "packages")
_PROJECTS = Vocabulary(("program",), _is_key, _suggest, "a package", "packages")
"""Packages whose cost stands in a column for each year."""


def read_packages(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the packages of a table, numbered for each program in the order of the rows, and what is wrong with it."""
    by_year = any(_YEAR.fullmatch(key) for key in (*grid.headers, *table.columns.values()))
    positions, problems = match_headers(grid, table, _PROJECTS if by_year else _PACKAGES, mapped_at)
    if by_year and "cost" in positions:
        place = grid.place(-1, positions["cost"])
        message = "the cost stands in one column, and in one for each year"
        hint = "map one of them to `ignore`"
        problems.append(Problem("duplicate-column", message, place, "`cost`, or `cost.1`, `cost.2` ...", hint))
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

    def read(position: int, leaf: Leaf) -> Column:
        def subject(row: int) -> str:
            return named(("programs", names[row], "packages", str(number_of[row]), *leaf.path)) if names[row] else ""

        return read_column(grid, position, leaf, subject, problems, table)

    leaves = {key: leaf for key in positions if key != "program" and (leaf := _leaf(key)) is not None}
    found = {leaf.path: read(positions[key], leaf) for key, leaf in leaves.items() if leaf is not _COST_OF_YEAR}
    if by_year:
        at_year = {int(key.removeprefix("cost.")): positions[key] for key in leaves if _YEAR.fullmatch(key)}
        years = {year: read(position, _COST_OF_YEAR) for year, position in at_year.items()}
        found |= {("cost",): _joined(years, grid, at_year[min(at_year)])} if years else {}
    columns: dict[str, Column] = {}
    for path, column in found.items():
        for package in range(int(number.max(initial=-1)) + 1):
            cells = np.flatnonzero(number_of[column.rows] == package)
            if len(cells):
                target = program_of[column.rows[cells]]
                rising = np.argsort(target, kind="stable")
                key = f"packages.{package}.{'.'.join(path)}"
                columns[key] = column.take(cells[rising], target[rising])
    return ProgramTable(ids, columns, grid.origin(rows[first], at)), problems


def _joined(years: Mapping[int, Column], grid: Grid, position: int) -> Column:
    """Return the costs of each row in its first, second ... year, up to the last one that is not zero.

    A year without a cell is zero; a row without any cell has no cost. ``position`` is the column of the first year.
    """
    costs, filled = np.zeros((len(grid.rows), max(years))), np.zeros(len(grid.rows), dtype=bool)
    for year, column in years.items():
        costs[column.rows, year - 1] = column.values
        filled[column.rows] = True
    at = np.flatnonzero(filled)
    costs = costs[at]
    last = costs.shape[1] - np.argmax(costs[:, ::-1] > 0, axis=1)
    lengths = np.where((costs > 0).any(axis=1), last, 1)
    inside = np.arange(costs.shape[1]) < lengths[:, None]
    return Column(at, costs[inside], np.concatenate(([0], np.cumsum(lengths))), origin=grid.origin(at, position))
