"""The columns of a plan beside an office's own table: what they are, and what stands in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError
from budgetopt.reading.own_tables import OwnTable
from budgetopt.reading.plan_columns import CHANGE, FIRST_ROW, PlanColumn, plan_columns
from budgetopt.reading.tables.grid import Grid
from budgetopt.scenario.programs import Bools, Floats, Ints, ProgramTable

__all__ = ["PlanBlock", "block_of"]


@dataclass(frozen=True)
class PlanBlock:
    """The columns of a plan for one table.

    Parameters
    ----------
    sheet
        The sheet of the table, empty where its file has none.
    header_row
        The row of the headers, counted from 1.
    lines
        The row of each program, counted from 1; shape (programs,).
    columns, headers
        What the columns are, and what stands above them.
    amounts
        What stands in them, in the unit of the table; shape (programs, columns).
    baseline
        For each column the column of the office's baseline that it is like, counted from 1; 0 where there is none.
    shown
        Which programs of the scenario stand in the table; shape (programs of the scenario,).
    """

    sheet: str
    header_row: int
    lines: Ints
    columns: tuple[PlanColumn, ...]
    headers: tuple[str, ...]
    amounts: Floats
    baseline: tuple[int, ...]
    shown: Bools


def block_of(plan: Allocation, own: OwnTable, grid: Grid) -> PlanBlock:
    """Return the columns of a plan for a table; OptionError if the table has no program of the scenario."""
    scenario, programs = plan.scenario, own.programs(grid)
    at = scenario.programs.positions(programs.ids)
    rows = np.flatnonzero(at >= 0)
    if programs.places is None or not len(rows):
        raise OptionError(f"{own.path} has no program of the scenario", hint="has it changed since it was read?")
    at = at[rows]
    spending = plan.spending[at]
    columns = plan_columns(scenario, np.flatnonzero(spending.sum(axis=(0, 2)) > 0).tolist())
    baseline = np.nan_to_num(scenario.baselines[at])
    amounts = np.empty((len(rows), len(columns)))
    for number, column in enumerate(columns):
        paid = spending[:, :, column.period]
        amounts[:, number] = paid.sum(axis=1) if column.fund < 0 else paid[:, column.fund]
        if column.kind == CHANGE:
            amounts[:, number] -= baseline[:, column.period]
    decimals = max(2, -math.floor(math.log10(plan.exact_unit) + 1e-9))
    shown = np.zeros(len(scenario.programs), dtype=bool)
    shown[at] = True
    return PlanBlock(
        grid.sheet,
        grid.header_row,
        programs.places.line[rows],
        columns,
        tuple(_header(column, own) for column in columns),
        np.round(amounts / own.table.scale, decimals + math.ceil(math.log10(max(own.table.scale, 1)))) + 0.0,
        tuple(_baseline_column(programs, scenario.periods[column.period]) for column in columns),
        shown,
    )


def _header(column: PlanColumn, own: OwnTable) -> str:
    """Return the header of a column, with what amounts are counted in where that is no single unit."""
    scale, rows = own.table.scale, f" {FIRST_ROW}" if own.table.add_up else ""
    return column.header + ("" if scale == 1 else f" x {scale:,.12g}") + rows


def _baseline_column(programs: ProgramTable, period: str) -> int:
    """Return the office's column of the baseline of a period, or of other money where it has none; 0 without any."""
    for key in (f"baseline.{period}", "baseline", *programs.columns):
        column = programs.columns.get(key)
        is_money = key.startswith(("baseline", "spending."))
        if is_money and column is not None and column.origin is not None and len(column):
            return int(column.origin.column[0])
    return 0
