"""Shifts of programs: ``-5%`` or ``*1.1`` on top of what stands, for one program or for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import Findings, named
from budgetopt.reading.paths import EVERY
from budgetopt.reading.problems import problem_of_refusal, say
from budgetopt.reading.shifts import Shift, nothing_to_shift
from budgetopt.reading.tables.merge import common_key
from budgetopt.scenario.joining import concatenate, sort
from budgetopt.scenario.keys import Leaf, Slot
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Column, Ints, ProgramTable, origin_of
from budgetopt.scenario.words import shown

__all__ = ["ProgramShift", "present", "shifted", "subject_of"]


@dataclass(frozen=True)
class ProgramShift:
    """A shift of a dotted key of a program (None for all of them), written at ``path``.

    ``slot`` is what may stand there, ``leaf`` the single value among it.
    """

    shift: Shift
    slot: Slot
    leaf: Leaf
    program: str | None
    key: str
    path: Path


def shifted(shifts: Sequence[ProgramShift], table: ProgramTable, own: ProgramTable, findings: Findings) -> ProgramTable:
    """Return the cells that shifts change, with their new values; each shift is of another cell.

    ``own`` is what is set beside the shifts: a key of a program stands in one place. The places of the shifts stand in
    the findings, and what is wrong with them is added.
    """
    parts: dict[str, list[Column]] = {}
    for item in shifts:
        place = findings.places.of(*item.path)
        first = own.cell_place(item.program, item.key) if item.program is not None and item.program in own else None
        if first is not None:
            message = f"{named(item.path)} is set twice, first at {first}"
            expected, hint = "each key of a program in one place", "take one of the two away"
            findings.add("set-twice", item.path, message, expected, hint)
            continue
        rows = np.arange(len(table)) if item.program is None else np.array([table.position(item.program)])
        found = list(present(table, item.key, rows))
        if not found:
            findings.problems.append(nothing_to_shift(item.shift, item.slot, item.path, place))
        origin = origin_of([place])
        try:
            for key, column in found:
                at = None if origin is None else origin.take(np.zeros_like(column.rows))
                column = replace(column, values=item.shift.of(column.values, column.shares), origin=at)
                _check(item, column, table)
                parts.setdefault(key, []).append(column)
        except PydanticCustomError as error:
            findings.problems.append(problem_of_refusal(error, place, subject_of(item.path)))
    columns = {key: sort(concatenate(found)) for key, found in parts.items()}
    none = np.empty(0, dtype=np.int64)
    rows = np.unique(np.concatenate([none, *(column.rows for column in columns.values())]))
    moved = {key: replace(column, rows=np.searchsorted(rows, column.rows)) for key, column in columns.items()}
    return ProgramTable(table.ids[rows], moved)


def subject_of(path: Path) -> str:
    """Return in words what is changed at the path of a key of programs."""
    return f"{'.'.join(map(str, path[2:]))} of programs" if path[1] == EVERY else named(path)


def present(table: ProgramTable, key: str, rows: Ints) -> Iterator[tuple[str, Column]]:
    """Yield what a key has of some programs: its own cells, those of each period, or those of all periods."""
    below = [name for name in table.columns if common_key(name) == key]
    for name, target in ((key, key), *((name, name) for name in below), (common_key(key), key)):
        if len(cells := _cells_of(table, name, rows)):
            yield target, cells


def _cells_of(table: ProgramTable, key: str, rows: Ints) -> Column:
    column = table.columns.get(key)
    if column is None:
        return Column(np.empty(0, dtype=np.int64), np.empty(0))
    if len(rows) == 1:
        at = int(np.searchsorted(column.rows, rows[0]))
        cells = np.arange(at, at + (at < len(column) and column.rows[at] == rows[0]))
    else:
        cells = np.flatnonzero(np.isin(column.rows, rows))
    return column.take(cells, column.rows[cells])


def _check(item: ProgramShift, column: Column, table: ProgramTable) -> None:
    """Refuse shifted values that the key cannot have; every number type admits an interval."""
    ends: Sequence[int] = range(len(column))
    if column.offsets is None:
        ends = sorted({int(np.argmin(column.values)), int(np.argmax(column.values))})
    for cell in ends:
        value = column.cell(cell)
        whole = type(value) is float and value.is_integer()
        try:
            item.leaf.adapter.validate_python([int(value) if whole else value])
        except ValidationError as error:
            said = say(error.errors(include_url=False)[0])
            program = "" if item.program is not None else f"for {shown(table.ids[column.rows[cell]])}, "
            context = {"program": program, "message": said.message, "expected": said.expected}
            raise PydanticCustomError(said.code, "{program}{message}", context) from None
