"""Read a copy of an office's own table that has a plan beside the office's columns, and was perhaps edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.own_tables import OwnTable, file_bytes, is_beside, own_tables
from budgetopt.reading.plan_columns import PLAN, PlanColumn, find_columns, plan_columns
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import normal
from budgetopt.reading.tables.read import split_sheet
from budgetopt.scenario.model.table import IGNORE
from budgetopt.scenario.programs import Column, Floats, ProgramTable
from budgetopt.scenario.scenario import Scenario

__all__ = ["EditedTable", "read_edited_tables"]

KEY = "baseline"
"""The key whose cells are read as those of a plan are."""


@dataclass(frozen=True)
class EditedTable:
    """What a copy of an office's own table says, of a plan and of everything else.

    Parameters
    ----------
    own, edited
        The programs of the office's own table, and those of its copy.
    columns
        The cells of each column of the plan; their rows are those of ``edited``.
    unread
        Cells beside the plan that hold a formula whose result is not stored in the copy.
    new_columns
        Headers that the office's own table does not have; their columns are not read.
    """

    own: ProgramTable
    edited: ProgramTable
    columns: Mapping[PlanColumn, Column]
    unread: frozenset[Place] = frozenset()
    new_columns: tuple[str, ...] = ()

    def amounts(self, period: int, fund: int = -1) -> Floats:
        """Return what each program gets in a period, from a fund or from all; NaN where nothing is said.

        Dollars, shape (programs of the copy,).
        """
        values = np.full(len(self.edited), np.nan)
        if (column := self._column(period, fund)) is not None:
            values[column.rows] = column.values
        return values

    def place(self, row: int, period: int, fund: int = -1) -> Place | None:
        """Return the cell that says so."""
        column = self._column(period, fund)
        if column is None or column.origin is None or row not in column.rows:
            return self.edited.place(row)
        return column.origin.place(int(np.searchsorted(column.rows, row)))

    def _column(self, period: int, fund: int) -> Column | None:
        return next((found for at, found in self.columns.items() if (at.period, at.fund) == (period, fund)), None)


def read_edited_tables(scenario: Scenario, name: str | Path, own: str = "") -> list[EditedTable]:
    """Return what a copy of one of the scenario's own tables of programs says, a table for each sheet of it.

    ``own`` names the table that it is a copy of, where there are several. Raises OptionError if there is no such
    table or the copy cannot be opened, ScenarioError if it cannot be read, has no plan, or misses an amount.
    """
    file, chosen = split_sheet(str(name))
    data = file_bytes(file)
    tables = [table for table in own_tables(scenario, own, asker=str(name)) if chosen in ("", table.sheet)]
    return [_read_one(scenario, table, data, file) for table in tables]


def _read_one(scenario: Scenario, own: OwnTable, data: bytes, file: str) -> EditedTable:
    grid = own.grid(data, file)
    at = find_columns(grid.headers, plan_columns(scenario))
    missing = [column for column in plan_columns(scenario, []) if column.kind == PLAN and column not in at]
    if missing:
        place = Place(grid.file, grid.header_row, 0, grid.sheet)
        message, expected = "the table has no column of a plan", f"a column headed {missing[0].header!r}"
        hint = f"budgetopt solve SCENARIO --into {own.path.name} --out {Path(file).name} writes the columns"
        raise ScenarioError([Problem("missing-column", message, place, expected, hint)])
    original = own.grid(file_bytes(own.path))
    beside = max(at.values()) + 2
    known = set(map(normal, original.headers))
    ours = {grid.headers[position] for position in at.values()}
    new = {header for header in grid.headers if header and normal(header) not in known} - ours
    plain = own.programs(grid, _only_programs(own, grid), beside)
    lines = set() if plain.places is None else set(plain.places.line.tolist())
    plans = {position for column, position in at.items() if column.kind == PLAN}
    wrong = [
        problem
        for problem in grid.problems
        if _counts(problem, plans, set(at.values()) - plans, lines) and not is_beside(problem, beside)
    ]
    if wrong:
        raise ScenarioError(wrong)
    edited = own.programs(grid, {**own.table.columns, **dict.fromkeys(ours | new, IGNORE)}, beside)
    columns = {column: _amounts(own, grid, position, beside) for column, position in at.items() if column.kind == PLAN}
    unread = frozenset(problem.place for problem in grid.problems if problem.place is not None)
    found = EditedTable(own.programs(original), edited, columns, unread, tuple(sorted(new)))
    _check_amounts(scenario, found, at)
    return found


def _counts(problem: Problem, plans: set[int], others: set[int], lines: set[int]) -> bool:
    """Return whether something wrong in a copy is wrong with its plan, or with the whole of it.

    A formula whose result is not stored is read nowhere but in the plan's cells of programs.
    """
    place = problem.place
    if place is None or problem.code != "formula":
        return place is None or place.column - 1 not in others
    return place.column - 1 in plans and place.line in lines


def _only_programs(own: OwnTable, grid: Grid) -> dict[str, str]:
    """Return what the headers mean when nothing but the programs is read."""
    given = {normal(header): key for header, key in own.table.columns.items()}
    keys = {header: given.get(normal(header), header) for header in grid.headers if header}
    return {header: key if key == "program" else IGNORE for header, key in keys.items()}


def _amounts(own: OwnTable, grid: Grid, position: int, beside: int) -> Column:
    """Return the cells of a column of the plan, read as baselines are: with the table's marks and scale."""
    try:
        programs = own.programs(grid, {**_only_programs(own, grid), grid.headers[position]: KEY}, beside)
    except ScenarioError as error:
        said = [replace(one, message=one.message.replace(f"`{KEY}` of", "the plan of", 1)) for one in error.problems]
        raise ScenarioError(said) from None
    return programs.columns.get(KEY, Column(np.empty(0, dtype=np.int64), np.empty(0)))


def _check_amounts(scenario: Scenario, found: EditedTable, at: Mapping[PlanColumn, int]) -> None:
    """Refuse programs of the scenario that have no amount in a period."""
    known = np.array([name in scenario.programs for name in found.edited], dtype=bool)
    problems = []
    for column, position in at.items():
        if column.kind != PLAN or column.fund >= 0:
            continue
        for row in np.flatnonzero(known & np.isnan(found.amounts(column.period))).tolist():
            message = f"the plan has no amount for the program {found.edited.ids[row]!r}"
            line = found.edited.place(row)
            place = None if line is None else replace(line, column=position + 1)
            problems.append(Problem("no-value", message, place, "an amount", "write 0 if it gets nothing"))
    if problems:
        raise ScenarioError(problems)
