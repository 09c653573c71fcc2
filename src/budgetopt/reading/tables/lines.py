"""Several rows of a program as lines of one budget: amounts are added up, by fund where a column names one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem
from budgetopt.reading.tables.columns import is_added_up, total_of
from budgetopt.reading.yaml_text import quoted
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.programs import Column, Ints, Origin, ProgramTable, Texts, objects, positions_of, split_key
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
        if leaf is not None and leaf.path[0] == _BY_FUND:
            continue
        if leaf is not None and is_added_up(leaf):
            found[key] = _sums(key, column, of_row, names, problems)
        elif leaf is not None and leaf.kind == "names":
            found[key] = _all_names(column, of_row)
        else:
            found[key] = _one_each(key, column, of_row, names, problems)
    parts = {key: column for key, column in columns.items() if split_key(key)[0] == _BY_FUND}
    if "funds" in columns and "baseline" in columns:
        parts |= _by_fund(columns["baseline"], columns["funds"])
    found |= _payments(parts, of_row, names, problems, known="baseline" in columns)
    return ProgramTable(names, {key: column for key, column in found.items() if len(column)}, places.take(first))


def _sums(key: str, column: Column, of_row: Ints, names: Texts, problems: list[Problem]) -> Column:
    program = of_row[column.rows]
    targets, first = np.unique(program, return_index=True)
    totals = total_of(program, column.values, len(names))[targets]
    summed = Column(targets, totals, origin=None if column.origin is None else column.origin.take(first))
    for cell in np.flatnonzero(totals < 0).tolist():
        place = None if summed.origin is None else summed.origin.place(cell)
        problems.append(_below_zero(key, names[targets[cell]], float(totals[cell]), place))
    return summed


def _below_zero(key: str, program: str, total: float, place: Place | None) -> Problem:
    hint = f"write `merge: {{{quoted(program)}: OTHER}}` under the table if it is part of another program"
    message = f"{named(('programs', program, *split_key(key)))}: its lines add up to {money(total)}"
    return Problem("negative", message, place, "a sum of zero or more", hint)


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


def _by_fund(baseline: Column, funds: Column) -> dict[str, Column]:
    """Return the lines of each fund as columns of what it pays; a line of several funds belongs to none."""
    assert funds.offsets is not None
    single = np.flatnonzero(np.diff(funds.offsets) == 1)
    fund_of = dict(zip(funds.rows[single].tolist(), funds.values[funds.offsets[single]].tolist(), strict=True))
    of_line = [fund_of.get(row, "") for row in baseline.rows.tolist()]
    found = {}
    for fund in dict.fromkeys(filter(None, of_line)):
        lines = np.flatnonzero([name == fund for name in of_line])
        rows = baseline.rows[lines]
        named_at = None if funds.origin is None else funds.origin.take(np.searchsorted(funds.rows, rows))
        found[f"{_BY_FUND}.{fund}"] = replace(baseline.take(lines, rows), origin=named_at)
    return found


def _payments(
    parts: Mapping[str, Column], of_row: Ints, names: Texts, problems: list[Problem], *, known: bool
) -> dict[str, Column]:
    """Return what each fund pays for each program; sums below zero are netted against the program's other funds.

    The baseline is then the sum of all, which the parts above zero are in proportion to; it is added where it is not
    ``known``.
    """
    totals = {key: total_of(of_row[part.rows], part.values, len(names)) for key, part in parts.items()}
    found = {}
    for key, part in parts.items():
        programs, first = np.unique(of_row[part.rows], return_index=True)
        paid = totals[key][programs] > 0
        origin = None if part.origin is None else part.origin.take(first[paid])
        found[key] = Column(programs[paid], totals[key][programs[paid]], origin=origin)
    if not known and any((total < 0).any() for total in totals.values()):
        has = np.unique(np.concatenate([of_row[part.rows] for part in parts.values()]))
        lines = [(of_row[part.rows], part.values) for part in parts.values()]
        rows, values = (np.concatenate(column) for column in zip(*lines, strict=True))
        net = total_of(rows, values, len(names))[has]
        below = np.flatnonzero(net < 0).tolist()
        problems += [_below_zero("baseline", names[has[at]], float(net[at]), None) for at in below]
        found["baseline"] = Column(has, net)
    return found
