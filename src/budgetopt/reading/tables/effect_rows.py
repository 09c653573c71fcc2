"""Tables in long form: one row an effect (evidence), or one row a point of a curve (curves)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import get_args

import numpy as np
from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import named
from budgetopt.errors import Problem, near
from budgetopt.reading.problems import problem_of_refusal
from budgetopt.reading.tables.cells import malformed_curves
from budgetopt.reading.tables.columns import empty_cells, name_column, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import MappedAt, Vocabulary, match_headers
from budgetopt.scenario.keys import Leaf, leaf_of
from budgetopt.scenario.model.program import CurvePoint, Effect, check_curve
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Column, Ints, ProgramTable, Texts, positions_of
from budgetopt.scenario.words import shown

__all__ = ["read_curves", "read_evidence"]


_LEAVES = {key: leaf_of(Effect, key) for key in Effect.model_fields}
_KEYS = {key: leaf for key, leaf in _LEAVES.items() if leaf is not None and leaf.kind != "other"}
_SHAPES = ("per_dollar", "unit_cost", "up_to", "curve", "at_baseline", "growth", "elasticity", "saturation")
_POINT = tuple(Leaf((), kind, "number") for kind in get_args(get_args(CurvePoint)[0]))


def _vocabulary(required: tuple[str, ...], keys: Mapping[str, object], one: str, many: str) -> Vocabulary:
    known = (*required, *keys)
    return Vocabulary(required, known.__contains__, lambda key: near(key, known), one, many)


_EVIDENCE = _vocabulary(("program", "outcome"), _KEYS, "an effect", "effects")
_CURVES = _vocabulary(
    ("program", "outcome", "spending", "value"),
    {key: leaf for key, leaf in _KEYS.items() if key not in _SHAPES},
    "a point of a curve",
    "curves",
)


@dataclass(frozen=True)
class _Pairs:
    """The program and the outcome of each row."""

    ids: Texts
    outcomes: Texts
    program: Ints
    outcome: Ints
    usable: Bools

    @property
    def code(self) -> Ints:
        """One number for each pair of an outcome and a program, in that order; shape (rows,)."""
        return self.outcome * max(1, len(self.ids)) + self.program

    def subject(self, key: str, row: int) -> str:
        """Return what a key is in a row."""
        program, outcome = self.ids[self.program[row]], self.outcomes[self.outcome[row]]
        return named(("programs", program, "outcomes", outcome, key)) if program and outcome else ""


def _pairs(grid: Grid, positions: Mapping[str, int], problems: list[Problem], table: Table) -> _Pairs:
    usable = np.ones(len(grid.rows), dtype=bool)
    found: dict[str, tuple[Texts, Ints]] = {}
    for key in ("program", "outcome"):
        names: Texts = np.full(len(grid.rows), "", dtype=object)
        if key in positions:
            names, filled = name_column(grid, positions[key], problems, table)
            usable &= filled
        else:
            usable[:] = False
        found[key] = positions_of(names)
    (ids, program), (outcomes, outcome) = found["program"], found["outcome"]
    return _Pairs(ids, outcomes, program, outcome, usable)


def _table(grid: Grid, pairs: _Pairs, columns: Mapping[str, Column], at: int) -> ProgramTable:
    """Return the programs that columns speak of, whose rows are positions in ``pairs.ids``; unnamed ones left out."""
    rows = np.arange(len(grid.rows))[::-1]
    first = np.zeros(len(pairs.ids), dtype=np.int64)
    first[pairs.program[::-1]] = rows
    table = ProgramTable(pairs.ids, columns, grid.origin(first, at))
    named = np.unique(pairs.program[pairs.usable])
    return table if len(named) == len(pairs.ids) else table.select(named)


def _by_outcome(key: str, column: Column, code: Ints, pairs: _Pairs) -> Iterator[tuple[str, Column]]:
    """Yield a column of pairs as one column of programs for each outcome; ``code`` is the pair of each cell."""
    order = np.argsort(code, kind="stable")
    if not len(order):
        return
    outcome, program = np.divmod(code[order], max(1, len(pairs.ids)))
    starts = np.flatnonzero(np.diff(outcome, prepend=-1))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(order)], strict=True):
        chosen = column.take(order[start:end], program[start:end])
        yield f"outcomes.{pairs.outcomes[outcome[start]]}.{key}", chosen


def read_evidence(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the effects of a table with one row an effect, and what is wrong with it."""
    positions, problems = match_headers(grid, table, _EVIDENCE, mapped_at)
    pairs = _pairs(grid, positions, problems, table)
    rows = np.flatnonzero(pairs.usable)
    _, first, inverse = np.unique(pairs.code[rows], return_index=True, return_inverse=True)
    for position in np.flatnonzero(first[inverse] != np.arange(len(rows))).tolist():
        row, earlier = int(rows[position]), int(rows[first[inverse[position]]])
        pairs.usable[row] = False
        at = positions["program"]
        effect = f"{shown(pairs.ids[pairs.program[row]])} on {shown(pairs.outcomes[pairs.outcome[row]])}"
        message = f"the effect of {effect} stands twice, first at {grid.place(earlier, at)}"
        problems.append(Problem("duplicate-id", message, grid.place(row, at), "one row for each effect"))
    columns: dict[str, Column] = {}
    for key, position in positions.items():
        if key not in _KEYS:
            continue
        column = read_column(grid, position, _KEYS[key], partial(pairs.subject, key), problems, table)
        kept = np.flatnonzero(pairs.usable[column.rows])
        chosen = column.take(kept, column.rows[kept])
        columns |= _by_outcome(key, chosen, pairs.code[chosen.rows], pairs)
    return _table(grid, pairs, columns, positions.get("program", 0)), problems


def read_curves(grid: Grid, table: Table, mapped_at: MappedAt) -> tuple[ProgramTable, list[Problem]]:
    """Return the curves of a table with one row a point, in the order of the rows, and what is wrong with it."""
    positions, problems = match_headers(grid, table, _CURVES, mapped_at)
    pairs = _pairs(grid, positions, problems, table)
    points = np.full((len(grid.rows), 2), np.nan)
    for axis, key in enumerate(("spending", "value")):
        if key in positions:
            column = read_column(
                grid, positions[key], _POINT[axis], partial(pairs.subject, f"curve.{key}"), problems, table
            )
            points[column.rows, axis] = column.values
            for row in empty_cells(grid.columns[positions[key]]).tolist():
                message = f"the point has no {key}"
                problems.append(Problem("empty-cell", message, grid.place(row, positions[key]), "a number"))
    whole = ~np.isnan(points).any(axis=1)
    broken = np.unique(pairs.code[pairs.usable & ~whole])
    rows = np.flatnonzero(pairs.usable & whole)
    order = rows[np.argsort(pairs.code[rows], kind="stable")]
    code = pairs.code[order]
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    at = positions.get("spending", 0)
    offsets = np.append(starts, len(order))
    curves = Column(np.arange(len(starts)), points[order], offsets, origin=grid.origin(order[starts], at))
    # of a curve that lost a point to an error, no more can be said
    intact = ~np.isin(code[starts], broken)
    wrong, backwards = malformed_curves(curves.values, offsets)
    for cell in np.flatnonzero(wrong & intact).tolist():
        try:
            check_curve(curves.cell(cell))
        except PydanticCustomError as error:
            point = int(starts[cell])
            if error.type == "curve-backwards":
                point = int(backwards[np.searchsorted(backwards, point)])
            subject = pairs.subject("curve", int(order[starts[cell]]))
            problems.append(problem_of_refusal(error, grid.place(int(order[point]), at), subject))
    columns = dict(_by_outcome("curve", curves, code[starts], pairs))
    for key, position in positions.items():
        if key in _KEYS and key not in _SHAPES:
            column = read_column(grid, position, _KEYS[key], partial(pairs.subject, key), problems, table)
            kept = np.flatnonzero(pairs.usable[column.rows])
            chosen = _one_each(grid, position, column.take(kept, column.rows[kept]), pairs, problems)
            columns |= _by_outcome(key, chosen, pairs.code[chosen.rows], pairs)
    return _table(grid, pairs, columns, positions.get("program", 0)), problems


def _one_each(grid: Grid, position: int, column: Column, pairs: _Pairs, problems: list[Problem]) -> Column:
    """Return the first cell of each pair; the others may be empty or say the same."""
    _, first, inverse = np.unique(pairs.code[column.rows], return_index=True, return_inverse=True)
    for cell in np.flatnonzero(column.values != column.values[first[inverse]]).tolist():
        row, earlier = int(column.rows[cell]), int(column.rows[first[inverse[cell]]])
        said = f"{shown(grid.columns[position][row])} here and {shown(grid.columns[position][earlier])}"
        message = f"one curve has two values: {said} at {grid.place(earlier, position)}"
        expected = f"one {grid.headers[position]} for all points of a curve"
        problems.append(Problem("two-values", message, grid.place(row, position), expected))
    kept = np.sort(first)
    return column.take(kept, column.rows[kept])
