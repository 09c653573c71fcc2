"""Several rows of a program as lines of one budget: amounts are added up, by fund where a column names one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Problem
from budgetopt.reading.tables.columns import is_added_up, positions_of
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.programs import Column, Floats, Ints, Origin, ProgramTable, Texts, objects, split_key
from budgetopt.scenario.words import money, shown

__all__ = ["added_up"]

_BY_FUND = "baseline_by_fund"


def added_up(
    ids: Texts, rows: Ints, columns: Mapping[str, Column], places: Origin, problems: list[Problem]
) -> ProgramTable:
    """Return the programs of several rows each; their amounts are sums, their funds all that are named.

    Parameters
    ----------
    ids
        The program of each row of the grid; shape (rows of the grid,).
    rows
        The rows that count; shape (rows,).
    columns
        The columns that were read, whose cells stand at rows of the grid.
    places
        Where the programs of the rows that count stand.
    problems
        What is wrong is added here: a sum below zero, or two values of one program.
    """
    names, program = positions_of(ids[rows])
    of_row = np.full(len(ids), -1)
    of_row[rows] = program
    first = np.unique(program, return_index=True)[1]
    found: dict[str, Column] = {}
    for key, column in columns.items():
        leaf = leaf_of(Program, key)
        if leaf is not None and is_added_up(leaf):
            found[key] = _sums(key, column, of_row, names, problems)
        elif leaf is not None and leaf.kind == "names":
            found[key] = _all_names(column, of_row)
        else:
            found[key] = _one_each(key, column, of_row, names, problems)
    if "funds" in columns and "baseline" in columns:
        found |= _by_fund(columns["baseline"], columns["funds"], of_row, names, problems)
    return ProgramTable(names, {key: column for key, column in found.items() if len(column)}, places.take(first))


def _sums(key: str, column: Column, of_row: Ints, names: Texts, problems: list[Problem]) -> Column:
    program = of_row[column.rows]
    targets, first = np.unique(program, return_index=True)
    totals = _total(program, column.values, len(names))[targets]
    summed = Column(targets, totals, origin=None if column.origin is None else column.origin.take(first))
    for cell in np.flatnonzero(totals < 0).tolist():
        place = None if summed.origin is None else summed.origin.place(cell)
        subject = named(("programs", names[targets[cell]], *split_key(key)))
        hint = "if it is part of another program, write `merge: {THIS: THAT}` under the table"
        message = f"{subject}: its lines add up to {money(totals[cell])}"
        problems.append(Problem("negative", message, place, "a sum of zero or more", hint))
    return summed


def _total(group: Ints, values: Floats, count: int) -> Floats:
    """Return the sums of groups, exact in cents where every amount is in cents; shape (count,)."""
    cents = np.rint(values * 100)
    if np.abs(cents).sum() < 2**53 and (np.abs(values * 100 - cents) <= 1e-6 * np.maximum(1.0, np.abs(cents))).all():
        return np.asarray(np.bincount(group, weights=cents, minlength=count) / 100, dtype=np.float64)
    return np.asarray(np.bincount(group, weights=values, minlength=count), dtype=np.float64)


def _all_names(column: Column, of_row: Ints) -> Column:
    """Return every name that stands in any row of a program, each once."""
    assert column.offsets is not None
    program = np.repeat(of_row[column.rows], np.diff(column.offsets))
    order = np.argsort(program, kind="stable")
    pairs = list(dict.fromkeys(zip(program[order].tolist(), column.values[order].tolist(), strict=True)))
    targets, counts = np.unique([row for row, _ in pairs], return_counts=True)
    first = np.unique(of_row[column.rows], return_index=True)[1]
    origin = None if column.origin is None else column.origin.take(first)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    return Column(targets.astype(np.int64), objects([name for _, name in pairs]), offsets, origin=origin)


def _one_each(key: str, column: Column, of_row: Ints, names: Texts, problems: list[Problem]) -> Column:
    """Return the first value of each program; the others are the same, or a problem."""
    program = of_row[column.rows]
    targets, first, inverse = np.unique(program, return_index=True, return_inverse=True)
    if column.offsets is None:
        for cell in np.flatnonzero(column.values != column.values[first[inverse]]).tolist():
            earlier = int(first[inverse[cell]])
            values = f"{shown(column.cell(cell))} here and {shown(column.cell(earlier))}"
            places = [None if column.origin is None else column.origin.place(at) for at in (earlier, cell)]
            subject = named(("programs", names[program[cell]], *split_key(key)))
            message = f"{subject} has two values: {values} at {places[0]}"
            hint = "leave the column alone with `ignore`, or name programs by two columns: `id: [THIS, THAT]`"
            problems.append(Problem("two-values", message, places[1], "one value in all rows of a program", hint))
    return column.take(first, targets)


def _by_fund(baseline: Column, funds: Column, of_row: Ints, names: Texts, problems: list[Problem]) -> dict[str, Column]:
    """Return what each fund pays of the baselines, one column a fund; a line of several funds belongs to none."""
    assert funds.offsets is not None
    single = np.flatnonzero(np.diff(funds.offsets) == 1)
    fund_of = np.full(len(of_row), "", dtype=object)
    fund_of[funds.rows[single]] = funds.values[funds.offsets[single]]
    of_line = fund_of[baseline.rows]
    found = {}
    for fund in dict.fromkeys(of_line.tolist()):
        if fund:
            lines = np.flatnonzero(of_line == fund)
            key = f"{_BY_FUND}.{fund}"
            column = _sums(key, baseline.take(lines, baseline.rows[lines]), of_row, names, problems)
            found[key] = column.take(kept := np.flatnonzero(column.values), column.rows[kept])
    return found
