"""Read programs that are written as mappings, in a file or in a change, as columns on top of those that stand.

Every value goes into the column of its key, and a column is read at once by the type of the key. Only where a value is
refused, or a key leads nowhere, is the program put before the models, which say what is wrong. On top of programs that
stand, a text with a sign shifts a number (see :mod:`budgetopt.reading.shifts`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import Findings, named
from budgetopt.errors import hidden_in
from budgetopt.reading.overlay import Signs
from budgetopt.reading.paths import EVERY
from budgetopt.reading.problems import Said, add_errors, problem_of_refusal, say
from budgetopt.reading.program_shifts import ProgramShift, subject_of
from budgetopt.reading.shifts import read_shift
from budgetopt.reading.tables.merge import numbers_on_top
from budgetopt.scenario.joining import sort
from budgetopt.scenario.keys import Leaf, Slot, slot_of
from budgetopt.scenario.model import Document, Program
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Column, ProgramTable, column_of, objects, origin_of

__all__ = ["ProgramReader"]

_NO_VALUE = Said("no-value", "there is no value", "a value")
_NOT_POSSIBLE = Said("not-possible", "this is not possible here")


@dataclass
class _Values:
    """The values of one key, as they are written: the row of each, and its path."""

    leaf: Leaf
    rows: list[int] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)


class ProgramReader:
    """Reads programs that are written as mappings, on top of those of ``base``.

    The places of what is written stand in the findings, and what is wrong with it is added to them. ``signs`` gives a
    number back with the sign with which it is written.
    """

    def __init__(self, base: ProgramTable, findings: Findings, signs: Signs = lambda _path, value: value) -> None:
        self.base, self.findings, self.signs = base, findings, signs
        self.rows: dict[str, int] = {}
        self.cells: dict[str, _Values] = {}
        self.shifts: list[ProgramShift] = []
        self._is_of_all = False
        self._trees: dict[str, Any] = {}
        self._refused: dict[str, dict[Path, Said]] = {}
        self._as_set: dict[Path, Any] = {}

    def read_each(self, programs: Any) -> None:
        """Read what is said of programs under their ids."""
        if not isinstance(programs, Mapping):
            self._explain(programs, {("programs",): _NOT_POSSIBLE})
            return
        for name, tree in programs.items():
            self.read(name, tree)

    def read(self, name: str, tree: Any) -> None:
        """Read what is said of one program."""
        self._trees[name] = {**self._trees.get(name, {}), **tree} if isinstance(tree, Mapping) else tree
        program = _as_name(name)
        if program is None or not isinstance(tree, Mapping):
            self._refuse(("programs", name))
        else:
            self.rows.setdefault(program, len(self.rows))
            self._walk(slot_of(Program), tree, (), ("programs", name), program)

    def read_all(self, tree: Mapping[str, Any]) -> None:
        """Read what is said of every program that stands; nothing else is read beside it."""
        self._is_of_all = True
        self._trees[EVERY] = tree
        self._walk(slot_of(Program), tree, (), ("programs", EVERY), None)

    def _walk(self, slot: Slot, value: Any, key: tuple[str, ...], path: Path, program: str | None) -> None:
        """Note every value below a path, under the key of its column."""
        is_numbered = slot.is_list and isinstance(value, Mapping) and all(str(name).isdecimal() for name in value)
        if isinstance(value, Mapping) and (slot.models or slot.has_names or is_numbered):
            if not value or (slot.models and not any(name in slot.fields for name in value)):
                self.findings.empty[path] = self.findings.places
            for name, item in value.items():
                part = name if name in slot.fields else None if slot.models else _as_name(name)
                if part is None:
                    self._refuse((*path, name))
                else:
                    self._walk(slot.below(part), item, (*key, part), (*path, name), program)
        elif slot.is_list and isinstance(value, list | tuple) and value:
            for position, number in enumerate(self._numbers(key, value, path, program)):
                self._walk(slot.below(0), value[position], (*key, str(number)), (*path, position), program)
        elif slot.leaf is not None and value is not None and not isinstance(value, Mapping):
            self._note(slot, slot.leaf, value, ".".join(key), path, program)
        elif slot.short and value is not None and not isinstance(value, Mapping | list | tuple):
            self._walk(slot.below(slot.short), value, (*key, slot.short), path, program)
        else:
            self._refuse(path, _NO_VALUE if value is None else _NOT_POSSIBLE)

    def _numbers(self, key: tuple[str, ...], items: Sequence[Any], path: Path, program: str | None) -> Sequence[int]:
        """Return the number of each thing in a list: that of the same name where it stands, or a free one."""
        if program is None:
            self._refuse(path, Said("list", "it is a list, which differs from program to program", "one program"))
            return ()
        names = [str(item.get("name", "")) if isinstance(item, Mapping) else "" for item in items]
        return numbers_on_top(self.base, program, ".".join(key), names)

    def _note(self, slot: Slot, leaf: Leaf, value: Any, key: str, path: Path, program: str | None) -> None:
        if leaf.kind in ("number", "numbers") and (program is None or program in self.base):
            try:
                shift = read_shift(self.signs(path, value))
            except PydanticCustomError as error:
                self._as_set[path] = None
                place = self.findings.places.of(*path)
                self.findings.problems.append(problem_of_refusal(error, place, subject_of(path)))
                return
            if shift is not None:
                self._as_set[path] = None
                self.shifts.append(ProgramShift(shift, slot, leaf, program, key, path))
                return
            if isinstance(value, str) and value.strip().startswith("="):
                value = self._as_set[path] = value.strip()[1:].strip()
        cells = self.cells.setdefault(key, _Values(leaf))
        cells.rows.append(-1 if program is None else self.rows[program])
        cells.values.append(value)
        cells.paths.append(path)

    def written(self) -> ProgramTable:
        """Return the new values as columns of their own, without what cannot be read."""
        columns = {key: column for key, cells in self.cells.items() if len(column := self._column(cells))}
        for name, refused in self._refused.items():
            self._explain({name: self._set(self._trees[name], ("programs", name))}, refused)
        if self._is_of_all:
            return ProgramTable(self.base.ids if columns else self.base.ids[:0], columns)
        places = origin_of([self.findings.places.of_key("programs", name) for name in self.rows])
        return ProgramTable(objects(list(self.rows)), columns, places)

    def _column(self, cells: _Values) -> Column:
        good = list(range(len(cells.values)))
        try:
            values = cells.leaf.adapter.validate_python(cells.values)
        except ValidationError as error:
            refused = {int(details["loc"][0]): say(details) for details in error.errors(include_url=False)[::-1]}
            for at, said in refused.items():
                self._refuse(cells.paths[at], said)
            good = [at for at in good if at not in refused]
            values = cells.leaf.adapter.validate_python([cells.values[at] for at in good])
        origin = origin_of([self.findings.places.of(*cells.paths[at]) for at in good])
        column = column_of([cells.rows[at] for at in good], values, origin)
        if len(column) and column.rows[0] < 0:
            every = np.arange(len(self.base))
            column = column.take(np.zeros_like(every), every)
        return sort(column)

    def _refuse(self, path: Path, said: Said = _NOT_POSSIBLE) -> None:
        self._refused.setdefault(str(path[1]), {})[path] = said

    def _explain(self, programs: Any, refused: Mapping[Path, Said]) -> None:
        """Say what is wrong with programs, in the words of the models."""
        found = Findings({"programs": programs}, self.findings.places)
        paths: list[Path] = []
        try:
            Document.model_validate(found.tree)
        except ValidationError as error:
            paths = add_errors(error, found, together=False)
        for path, said in refused.items():
            if not any(path[: len(other)] == other[: len(path)] for other in paths):
                found.add(said.code, path, f"{named(path)}: {said.message}", said.expected, said.hint)
                paths.append(path)
        self.findings.problems += found.problems
        for path in paths:
            self.findings.lose(path)

    def _set(self, node: Any, path: Path) -> Any:
        """Return what is written without its shifts."""
        if isinstance(node, Mapping):
            return {key: self._set(item, (*path, key)) for key, item in node.items()}
        if isinstance(node, list | tuple):
            return [self._set(item, (*path, at)) for at, item in enumerate(node)]
        return self._as_set.get(path, node)


def _as_name(name: str) -> str | None:
    """Return a key as a name; None if it cannot be one."""
    text = unicodedata.normalize("NFC", name).strip()
    return text if text and text.isprintable() and not hidden_in(text) else None
