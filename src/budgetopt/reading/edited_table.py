"""Read a copy of an office's own table that has a plan beside the office's columns, and was perhaps edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.own_tables import OwnTable, file_bytes, own_tables
from budgetopt.reading.plan_columns import PLAN, PlanColumn, find_columns, plan_columns
from budgetopt.reading.tables.columns import condensed
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.read import split_sheet
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
    columns = find_columns(grid.headers, plan_columns(scenario))
    missing = [column for column in plan_columns(scenario, []) if column.kind == PLAN and column not in columns]
    if missing:
        place = Place(grid.file, grid.header_row, 0, grid.sheet)
        message, expected = "the table has no column of a plan", f"a column headed {missing[0].header!r}"
        hint = f"budgetopt solve SCENARIO --into {own.path.name} --out {Path(file).name} writes the columns"
        raise ScenarioError([Problem("missing-column", message, place, expected, hint)])
    original = own.programs(own_grid := own.grid(file_bytes(own.path)))
    known = {*own_grid.headers, ""}
    new = [at for at, header in enumerate(grid.headers) if header not in known and at not in columns.values()]
    last = max(columns.values())
    theirs = [
        at
        for at, header in enumerate(grid.headers)
        if at not in columns.values() and at not in new and (header or at < last)
    ]
    edited = own.programs(_part(grid, theirs))
    _refuse(grid, columns, edited)
    amounts = {
        column: _amounts(own, grid, edited, position) for column, position in columns.items() if column.kind == PLAN
    }
    unread = frozenset(problem.place for problem in grid.problems if problem.place is not None)
    found = EditedTable(original, edited, amounts, unread, tuple(grid.headers[at] for at in new))
    _check_amounts(scenario, found, grid, columns)
    return found


def _part(grid: Grid, positions: Sequence[int], headers: Sequence[str] | None = None) -> Grid:
    """Return some columns of a grid, with other headers if these are given."""
    chosen = [grid.headers[at] for at in positions] if headers is None else headers
    numbers = tuple(grid.numbers[at] for at in positions) if grid.numbers else ()
    merged = {new: grid.merged[at] for new, at in enumerate(positions) if at in grid.merged}
    columns, at = tuple(grid.columns[at] for at in positions), tuple(grid.at[at] for at in positions)
    return replace(grid, headers=tuple(chosen), columns=columns, at=at, numbers=numbers, merged=merged)


def _refuse(grid: Grid, columns: Mapping[PlanColumn, int], edited: ProgramTable) -> None:
    """Raise a ScenarioError for what is wrong with the plan in a copy, or with the whole of it.

    A formula whose result is not stored counts nowhere but in the cells of the plan of programs, and a change is not
    read at all.
    """
    lines = set() if edited.places is None else set(edited.places.line.tolist())
    plans = {grid.at[position] for column, position in columns.items() if column.kind == PLAN}
    changes = {grid.at[position] for position in columns.values()} - plans
    wrong = []
    for problem in grid.problems:
        place = problem.place
        in_plan = place is not None and place.column in plans and place.line in lines
        if in_plan or (problem.code != "formula" and (place is None or place.column not in changes)):
            wrong.append(problem)
    if wrong:
        raise ScenarioError(condensed(wrong))


def _amounts(own: OwnTable, grid: Grid, edited: ProgramTable, position: int) -> Column:
    """Return the cells of a column of the plan, read as baselines are: with the table's marks and scale."""
    ids = 0 if edited.places is None or not len(edited) else int(edited.places.column[0])
    same = [at for at, number in enumerate(grid.at) if number == ids]
    at = next((at for at in same if grid.headers[at] == "program"), same[0] if same else 0)
    try:
        # in texts the decimal mark is that of the table, or the point that was written
        table = own.table if grid.numbers else own.table.model_copy(update={"decimal": own.table.decimal or "."})
        programs = replace(own, table=table).programs(_part(grid, [at, position], ["program", KEY]))
    except ScenarioError as error:
        said = [replace(one, message=one.message.replace(f"`{KEY}` of", "the plan of", 1)) for one in error.problems]
        raise ScenarioError(said) from None
    return programs.columns.get(KEY, Column(np.empty(0, dtype=np.int64), np.empty(0)))


def _check_amounts(scenario: Scenario, found: EditedTable, grid: Grid, columns: Mapping[PlanColumn, int]) -> None:
    """Refuse programs of the scenario that have no amount in a period."""
    known = np.array([name in scenario.programs for name in found.edited], dtype=bool)
    problems = []
    for column, position in columns.items():
        if column.kind != PLAN or column.fund >= 0:
            continue
        for row in np.flatnonzero(known & np.isnan(found.amounts(column.period))).tolist():
            message = f"the plan has no amount for the program {found.edited.ids[row]!r}"
            line = found.edited.place(row)
            place = None if line is None else replace(line, column=grid.at[position])
            problems.append(Problem("no-value", message, place, "an amount", "write 0 if it gets nothing"))
    if problems:
        raise ScenarioError(condensed(problems))
