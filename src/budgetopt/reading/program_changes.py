"""Changes of programs: new values and shifts of their columns, for one program or for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem
from budgetopt.reading.nothing import is_possible
from budgetopt.reading.problems import say
from budgetopt.reading.shifts import Shift, read_shift
from budgetopt.reading.tables.merge import common_key, overlay, without_rows
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.keys import Leaf, bare, fields_of, is_model, leaf_of, near_key, short_key, type_at
from budgetopt.scenario.model import Program
from budgetopt.scenario.programs import Column, Floats, Ints, Origin, ProgramTable, column_of
from budgetopt.scenario.words import listed, shown

__all__ = ["PlaceOf", "ProgramChanges", "drop"]

PlaceOf = Callable[[tuple[str, ...]], Place | None]
"""Where the change of a key of a program stands, by the parts of the key."""


@dataclass
class ProgramChanges:
    """Collects changes of programs and applies them.

    Parameters
    ----------
    table
        The programs.
    periods
        The periods of the scenario.
    problems
        What is wrong with the changes.
    """

    table: ProgramTable
    periods: Sequence[str]
    problems: list[Problem] = field(default_factory=list)
    _cells: dict[str, dict[int, tuple[Any, Place | None]]] = field(default_factory=dict)

    def done(self) -> ProgramTable:
        """Return the programs with all changes applied."""
        if self._cells:
            rows = sorted({row for cells in self._cells.values() for row in cells})
            position = {row: at for at, row in enumerate(rows)}
            columns = {}
            for key, cells in self._cells.items():
                order = sorted(cells)
                column = column_of([position[row] for row in order], [cells[row][0] for row in order])
                columns[key] = Column(
                    column.rows,
                    column.values,
                    column.offsets,
                    column.shares,
                    origin_of([cells[row][1] for row in order]),
                )
            self._lay(ProgramTable(self.table.ids[rows], columns))
            self._cells = {}
        return self.table

    def add(self, rows: Ints, path: tuple[str, ...], value: Any, place_of: PlaceOf) -> None:
        """Change a key of some programs.

        Parameters
        ----------
        rows
            The positions of the programs.
        path
            The parts of the key.
        value
            A new value, a shift, or a mapping whose keys go on from here.
        place_of
            Where the change stands.
        """
        if isinstance(value, Mapping):
            for key, item in value.items():
                self.add(rows, (*path, str(key)), item, place_of)
            return
        place, leaf = place_of(path), leaf_of(Program, ".".join(path))
        if leaf is not None and leaf.kind == "other" and isinstance(value, list | tuple):
            self._add_list(rows, path, value, place_of)
            return
        if leaf is None or leaf.kind == "other":
            key = next(
                (short for kind in type_at(Program, path) if is_model(kind) and (short := short_key(bare(kind)))), ""
            )
            if key:
                self.add(rows, path, {key: value}, lambda _path: place)
            else:
                self.problems.append(unknown_key(path, place, self._subject(rows, path[:-1])))
            return
        try:
            if value is None:
                raise PydanticCustomError("no-value", "there is no value", {"expected": "a value"})
            shift = read_shift(value) if leaf.kind in ("number", "numbers") else None
            if shift is not None:
                self._shift(rows, leaf, shift, place)
                return
            if leaf.kind in ("number", "numbers") and isinstance(value, str) and value.strip().startswith("="):
                value = value.strip()[1:].strip()
            self._set(rows, leaf, value, place)
        except PydanticCustomError as error:
            details: Any = {
                "type": error.type,
                "loc": (),
                "msg": error.message(),
                "input": value,
                "ctx": error.context or {},
            }
            self._refuse(details, rows, path, place)

    def _add_list(self, rows: Ints, path: tuple[str, ...], items: Sequence[Any], place_of: PlaceOf) -> None:
        """Merge a list of named things into the one that stands there; what has no name there yet is added behind."""
        if len(rows) != 1:
            message = f"{'.'.join(path)} is a list, which differs from program to program"
            self.problems.append(Problem("list", message, place_of(path), "one program"))
            return
        self.done()
        numbers = self._numbers(int(rows[0]), ".".join(path))
        free = max(numbers.values(), default=-1) + 1
        named_numbers = {name: number for name, number in numbers.items() if not isinstance(name, int)}
        for position, item in enumerate(items):
            number = named_numbers.pop(str(item.get("name", "")), None) if isinstance(item, Mapping) else None
            if number is None:
                number, free = free, free + 1
            written = (*path, str(position))
            where = partial(_moved, place_of, len(path) + 1, written)
            self.add(rows, (*path, str(number)), item, where)

    def _numbers(self, row: int, key: str) -> dict[str | int, int]:
        """Return the numbers of a program's list, by their names; by themselves where they have none."""
        heads = (name[len(key) + 1 :].partition(".")[0] for name in self.table.columns if name.startswith(f"{key}."))
        numbers = {int(head) for head in heads}
        present = [
            number
            for number in sorted(numbers)
            if any(
                len(self._cells_of(name, np.array([row])))
                for name in self.table.columns
                if name.startswith(f"{key}.{number}.")
            )
        ]
        return {self.table.value(row, f"{key}.{number}.name") or number: number for number in present}

    def _set(self, rows: Ints, leaf: Leaf, value: Any, place: Place | None) -> None:
        try:
            (read,) = leaf.adapter.validate_python([value])
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self._refuse(details, rows, leaf.path, place)
            return
        key = ".".join(leaf.path)
        if len(rows) == 1:
            if int(rows[0]) in self._cells.get(key, {}) or self._pending(key, rows):
                self.done()
            self._cells.setdefault(key, {})[int(rows[0])] = (read, place)
            return
        self.done()
        one = column_of([0], [read])
        column = one.take(np.zeros(len(rows), dtype=np.int64), np.arange(len(rows)))
        self._lay_column(key, rows, Column(column.rows, column.values, column.offsets, column.shares), place)

    def _shift(self, rows: Ints, leaf: Leaf, shift: Shift, place: Place | None) -> None:
        key = ".".join(leaf.path)
        if self._pending(key, rows):
            self.done()
        found = self._present(key, rows)
        if not found:
            number = shift.text.lstrip("+-*")
            message = "there is nothing that {text} could shift"
            hint = f"write ={number}" if is_possible([leaf.type], number) else ""
            context = {"text": shown(shift.text), "expected": "a value of its own", "hint": hint}
            raise PydanticCustomError("nothing-to-shift", message, context)
        for name, column in found:
            values = shift.of(column.values, column.shares)
            if column.offsets is not None:
                # a list of numbers is shifted number by number
                for cell, row in enumerate(column.rows.tolist()):
                    items = values[column.offsets[cell] : column.offsets[cell + 1]].tolist()
                    self._set(np.array([row]), leaf, items, place)
                continue
            self._check(leaf, column, values)
            if len(column) == 1:
                value = Share(values[0]) if column.shares is not None and column.shares[0] else float(values[0])
                self._cells.setdefault(name, {})[int(column.rows[0])] = (value, place)
            else:
                self.done()
                rising = np.arange(len(column))
                self._lay_column(name, column.rows, Column(rising, values, shares=column.shares), place)

    def _present(self, key: str, rows: Ints) -> list[tuple[str, Column]]:
        """Return what the key has of the programs now: its own cells, those of each period, or those of all periods."""
        below = [name for name in self.table.columns if common_key(name) == key]
        found = [(name, cells) for name in (key, *below) if len(cells := self._cells_of(name, rows))]
        if common_key(key):
            common = self._cells_of(common_key(key), rows)
            if len(common):
                found.append((key, common))
        return found

    def _cells_of(self, key: str, rows: Ints) -> Column:
        column = self.table.columns.get(key)
        if column is None:
            return Column(np.empty(0, dtype=np.int64), np.empty(0))
        if len(rows) == 1:
            at = int(np.searchsorted(column.rows, rows[0]))
            cells = np.arange(at, at + 1 if at < len(column) and column.rows[at] == rows[0] else at)
        else:
            cells = np.flatnonzero(np.isin(column.rows, rows))
        return column.take(cells, column.rows[cells])

    def _check(self, leaf: Leaf, column: Column, values: Floats) -> None:
        """Refuse shifted values that the key cannot have; every number type admits an interval."""
        shares = np.zeros(len(values), dtype=bool) if column.shares is None else column.shares
        ends = sorted({int(np.argmin(values)), int(np.argmax(values))})
        for cell in ends:
            number = float(values[cell])
            value = Share(number) if shares[cell] else int(number) if number.is_integer() else number
            try:
                leaf.adapter.validate_python([value])
            except ValidationError as error:
                said = say(error.errors(include_url=False)[0])
                program = "" if len(column) == 1 else f"for {shown(self.table.ids[column.rows[cell]])}, "
                message = "{program}{message}"
                context = {"program": program, "message": said.message}
                raise PydanticCustomError(said.code, message, {**context, "expected": said.expected}) from None

    def _pending(self, key: str, rows: Ints) -> bool:
        """Return whether changes that are not yet applied touch a key, or the same key of a period."""
        parent = common_key(key) or key
        near = [name for name in self._cells if name == parent or name.startswith(f"{parent}.")]
        return any(row in self._cells[name] for name in near for row in rows.tolist())

    def _lay_column(self, key: str, rows: Ints, column: Column, place: Place | None) -> None:
        origin = None
        if place is not None:
            zero = np.broadcast_to(np.int64(0), rows.shape)
            line, at = (np.broadcast_to(np.int64(number), rows.shape) for number in (place.line, place.column))
            origin = Origin(((place.file, place.sheet),), zero, line, at)
        column = Column(column.rows, column.values, column.offsets, column.shares, origin)
        self._lay(ProgramTable(self.table.ids[rows], {key: column}))

    def _lay(self, top: ProgramTable) -> None:
        self.table = overlay(self.table, top, self.periods)

    def _subject(self, rows: Ints, path: Sequence[str]) -> str:
        if len(rows) != 1:
            return f"{'.'.join(path)} of programs" if path else "programs"
        return named(("programs", self.table.ids[rows[0]], *path))

    def _refuse(self, details: Any, rows: Ints, path: Sequence[str], place: Place | None) -> None:
        said = say(details)
        message = f"{self._subject(rows, path)}: {said.message}"
        self.problems.append(Problem(said.code, message, place, said.expected, said.hint))


def _moved(place_of: PlaceOf, depth: int, written: tuple[str, ...], path: tuple[str, ...]) -> Place | None:
    """Return the place of a key of a thing in a list, whose number differs from its position where it was written."""
    return place_of((*written, *path[depth:]))


def unknown_key(path: Sequence[str], place: Place | None, inside: str) -> Problem:
    """Return the problem that a program has no such key, or that keys belong where one value was given."""
    models = [bare(kind) for kind in type_at(Program, tuple(path)) if is_model(kind)]
    if type_at(Program, tuple(path)):
        known = [name for model in models for name in fields_of(model)]
        expected = f"a mapping with the keys {listed(known, 30)}" if known else "a mapping, `key: value`"
        return Problem("mapping", f"{shown(path[-1])} in {inside} is one value where keys belong", place, expected)
    key = ".".join(path)
    close = near_key(Program, key)
    hint = f"did you mean '{close}'?" if close and close != key else ""
    known = [name for kind in type_at(Program, tuple(path[:-1])) if is_model(kind) for name in fields_of(bare(kind))]
    expected = f"one of: {listed(known, 30)}" if known else ""
    return Problem("unknown-key", f"unknown key {shown(path[-1])} in {inside}", place, expected, hint)


def drop(table: ProgramTable, rows: Ints, key: str) -> ProgramTable | None:
    """Return a table in which some programs do not say a key, nor anything below it; None if none of them says it.

    Parameters
    ----------
    table
        The programs.
    rows
        The positions of the programs.
    key
        The dotted key; empty for the programs themselves.
    """
    if not key:
        return table.select(np.setdiff1d(np.arange(len(table)), rows))
    columns = dict(table.columns)
    dropped = False
    for name, column in table.columns.items():
        if name == key or name.startswith(f"{key}."):
            kept = without_rows(column, rows)
            dropped |= kept is not column
            if kept is None:
                del columns[name]
            else:
                columns[name] = kept
    return ProgramTable(table.ids, columns, table.places) if dropped else None


def origin_of(places: Sequence[Place | None]) -> Origin | None:
    """Return the places of cells as columns; None if none is known."""
    if all(place is None for place in places):
        return None
    known = [place or Place("") for place in places]
    files = {name: at for at, name in enumerate(dict.fromkeys((place.file, place.sheet) for place in known))}
    return Origin(
        tuple(files),
        np.array([files[place.file, place.sheet] for place in known], dtype=np.int64),
        np.array([place.line for place in known], dtype=np.int64),
        np.array([place.column for place in known], dtype=np.int64),
    )
