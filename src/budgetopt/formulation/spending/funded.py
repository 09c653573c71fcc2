"""Columns that say whether a program is funded, for the rules that count programs."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Ints
from budgetopt.formulation.spending.package_columns import PackageRuns
from budgetopt.formulation.spending.positions import each_period, placed

__all__ = ["add_ever_funded", "add_funded"]


def add_funded(builder: Builder, opened: Ints, counted: Bools, runs: PackageRuns) -> Ints:
    """Return the column that says whether a program is funded in a period, -1 where no rule asks; shape as ``opened``.

    For a program that is scaled it is the column that opens it. A program of packages is funded when any of them runs.
    """
    funded = opened.copy()
    asked = counted[runs.program]
    column, period, program = runs.column[asked], runs.period[asked], runs.program[asked]
    cell = each_period(np.unique(program), opened.shape[1])
    keys = {"program": cell[0], "period": cell[1]}
    funded[cell] = builder.columns("funded", keys, 0.0, 1.0, integer=True)
    # funded if any of its packages runs ...
    row = builder.rows("runs", {"program": program, "period": period}, -np.inf, 0.0)
    builder.entries(row, column, 1.0)
    builder.entries(row, funded[program, period], -1.0)
    # ... and only then
    row_of = placed(opened.shape, cell, builder.rows("funded", keys, -np.inf, 0.0))
    builder.entries(row_of[cell], funded[cell], 1.0)
    builder.entries(row_of[program, period], column, -1.0)
    return funded


def add_ever_funded(builder: Builder, funded: Ints, programs: Ints, periods: Ints) -> Ints:
    """Return columns that say whether programs are funded in any of some periods; shape (programs asked for,).

    A program without a column in a period cannot be funded in it.
    """
    ever = builder.columns("ever funded", {"program": programs}, 0.0, 1.0, integer=True)
    at, period = np.nonzero(funded[np.ix_(programs, periods)] >= 0)
    program, period = programs[at], periods[period]
    row = builder.rows("funded then", {"program": program, "period": period}, -np.inf, 0.0)
    builder.entries(row, funded[program, period], 1.0)
    builder.entries(row, ever[at], -1.0)
    row = builder.rows("ever funded", {"program": programs}, -np.inf, 0.0)
    builder.entries(row, ever, 1.0)
    builder.entries(row[at], funded[program, period], -1.0)
    return ever
