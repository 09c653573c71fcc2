"""Check which keys of a program stand together, for all programs at once.

The models say that packages do not go together with a service, that a package has a cost, and the like. Such checks ask
only which keys are present, and whether a number is zero. So the programs are sorted by that, one of each sort is put
before the model itself, and only where the model refuses it, each program of its sort is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from budgetopt.checks.findings import Findings, named, program_path
from budgetopt.errors import Place, near
from budgetopt.reading.problems import expected_key, say
from budgetopt.reading.tables.merge import without_key
from budgetopt.scenario.keys import fields_of, leaf_of, slot_of
from budgetopt.scenario.model.program import Program
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import Column, Ints, ProgramTable, put

__all__ = ["check_models"]

_Part = tuple[str, tuple[str, ...], Column]
"""A column: its key, the way to it below a model, itself."""
_SHAPES = ("if_funded", "service", "packages", "choose", "start", "uses", "outcomes")
"""Keys of a program that must fit one another."""
_OF_COLUMNS = ("missing-column", "unknown-column", "duplicate-column", "ambiguous-number")
"""Problems of whole columns of a table."""
_OF_ABSENCE = ("missing", "no-effect", "per-unit")
"""What models say of keys that are not there."""
_MOST_SORTS = 1 << 40
_MOST_INVALID = 100
"""With more programs than these wrong in themselves, nothing is said of what others say of them."""


def check_models(programs: ProgramTable, findings: Findings) -> ProgramTable:
    """Add what the models find wrong with the keys that programs have beside one another.

    Returns the programs without what those do that contradict themselves: the rest can be looked at.
    """
    refusals = _Refusals(programs, findings)
    refused = np.zeros(len(programs), dtype=bool)
    for (path, model), parts in _below_models(programs).items():
        rows, kinds = _sorts(parts, len(programs))
        _, first, inverse = np.unique(kinds, return_index=True, return_inverse=True)
        wrong = [sort for sort, at in enumerate(first.tolist()) if _errors(model, _tree(parts, int(rows[at])))]
        concerned = rows[np.isin(inverse, wrong)]
        refused[concerned] = True
        for row, more in findings.alike(concerned):
            for error in _errors(model, _tree(parts, row)):
                refusals.add(row, path, model, error, more)
    for written, places in findings.empty.items():
        refusals.at_empty(written, places)
    rows = np.flatnonzero(refused)
    if len(rows) > _MOST_INVALID:
        findings.partial, findings.cells_only = True, False
        return programs.select(np.flatnonzero(~refused))
    findings.invalid |= {("programs", name, key) for name in programs.ids[rows].tolist() for key in _SHAPES}
    for key in _SHAPES if len(rows) else ():
        programs = without_key(programs, rows, key) or programs
    return programs


def _asks_of_keys(model: type[BaseModel]) -> bool:
    """Return whether a model asks anything of the keys that stand in it."""
    required = any(field.is_required() for field in model.model_fields.values())
    return required or bool(model.__pydantic_decorators__.model_validators)


def _below_models(programs: ProgramTable) -> dict[tuple[tuple[str, ...], type[BaseModel]], list[_Part]]:
    """Return for each model within a program (a package, its service) the columns that are part of it."""
    found: dict[tuple[tuple[str, ...], type[BaseModel]], list[_Part]] = {}
    for key, column in programs.columns.items():
        leaf = leaf_of(Program, key)
        if leaf is None or not len(column):
            continue
        slot = slot_of(Program)
        for length, part in enumerate(leaf.path):
            for model in filter(_asks_of_keys, slot.models):
                found.setdefault((leaf.path[:length], model), []).append((key, leaf.path[length:], column))
            slot = slot.below(part)
    return found


def _sorts(parts: Sequence[_Part], programs: int) -> tuple[Ints, Ints]:
    """Return the programs that have any of the parts, and for each a number of what it has; shape (rows,) both."""
    # names and numbers within make no difference: only the keys of the models do
    general = [path if len(path) == 1 else (path[0], path[-1]) for _, path, _ in parts]
    has, is_zero = ({path: np.zeros(programs, dtype=bool) for path in general} for _ in range(2))
    for path, (_, _, column) in zip(general, parts, strict=True):
        has[path][column.rows] = True
        if column.values.dtype.kind == "f" and column.offsets is None:
            is_zero[path][column.rows[column.values == 0]] = True
    sort = np.zeros(programs, dtype=np.int64)
    for mask in (*has.values(), *is_zero.values()):
        if mask.any() and not mask.all():
            if sort.max() > _MOST_SORTS:
                sort = np.unique(sort, return_inverse=True)[1]
            sort = 2 * sort + mask
    rows = np.flatnonzero(np.logical_or.reduce([*has.values()]))
    return rows, sort[rows]


def _tree(parts: Sequence[_Part], row: int) -> dict[str, Any]:
    """Return the parts of one program as a mapping."""
    tree: dict[str, Any] = {}
    for _, path, column in parts:
        cell = int(np.searchsorted(column.rows, row))
        if cell < len(column) and column.rows[cell] == row:
            value = column.cell(cell)
            put(tree, path, int(value) if type(value) is float and value.is_integer() else value)
    return tree


def _errors(model: type[BaseModel], tree: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        model.model_validate(tree)
    except ValidationError as error:
        # what is wrong further inside is said where that is looked at
        return [
            details
            for details in error.errors(include_url=False)
            if not details["loc"] or (details["type"] == "missing" and len(details["loc"]) == 1)
        ]
    return []


def _place_in(places: Places, path: Path, error: ErrorDetails) -> Place | None:
    return places.of_key(*path) if error["type"] == "missing" else places.of(*path)


class _Refusals:
    """Says what the models refuse, at its place."""

    def __init__(self, programs: ProgramTable, findings: Findings) -> None:
        self.programs, self.findings = programs, findings
        self.empty: set[Path] = set()
        self.before = [problem for problem in findings.problems if problem.place is not None]

    def add(self, row: int, inside: tuple[str, ...], model: type[BaseModel], error: ErrorDetails, more: str) -> None:
        """Add what is wrong with a model within a program."""
        path, code = program_path(self.programs.ids[row], ".".join(inside)), error["type"]
        present = [key for key in self._keys(row) if not inside or key.startswith(f"{'.'.join(inside)}.")]
        # where one key is what is wrong, it is told at that key
        own = next((key for key in present if key.rpartition(".")[2] == code.replace("-", "_")), "")
        place = self.programs.place(row, own or present[-1])
        if code in _OF_ABSENCE and self._follows(place):
            return
        if self._is_of_one_mapping(row):
            place = _place_in(self.findings.places, path, error)
        self._say(path, model, error, place, more)

    def at_empty(self, path: Path, places: Places) -> None:
        """Add what is wrong with a mapping that is written and says nothing, and of which no table says more.

        Then the mapping that it stands in says nothing either, unless it says something else.
        """
        keys = list(self._keys(self.programs.position(name))) if (name := str(path[1])) in self.programs else []
        for length in range(len(path), 2, -1):
            part, below = path[:length], f"{'.'.join(map(str, path[2:length]))}."
            if part in self.empty or any(key.startswith(below) for key in keys):
                return
            self.empty.add(part)
            for model in slot_of(Program).at(part[2:]).models:
                for error in _errors(model, {}):
                    self._say(part, model, error, _place_in(places, part, error))
                    self.findings.lose(part)

    def _say(
        self, path: Path, model: type[BaseModel], error: ErrorDetails, place: Place | None, more: str = ""
    ) -> None:
        """Add a problem, unless it only follows from what was said before."""
        if error["type"] == "missing":
            key = str(error["loc"][-1])
            if not self._is_misread(path, model, key):
                message = f"{named(path)} has no '{key}'{more}"
                self.findings.add_at("missing-key", place, path, message, expected_key(model, key))
        elif not self.findings.is_invalid(*path):
            said = say(error)
            message = f"{named(path)}: {said.message}{more}" if place is not None else f"{said.message}{more}"
            self.findings.add_at(said.code, place, path, message, said.expected, said.hint)

    def _keys(self, row: int) -> Iterator[str]:
        return (key for key in self.programs.columns if self.programs.value(row, key) is not None)

    def _is_of_one_mapping(self, row: int) -> bool:
        """Return whether all that is said of a program stands in one mapping of the scenario file."""
        name, places = str(self.programs.ids[row]), self.findings.places
        return all(places.of(*program_path(name, key)) == self.programs.place(row, key) for key in self._keys(row))

    def _is_misread(self, path: Path, model: type[BaseModel], key: str) -> bool:
        """Return whether a key is missed only because it is misspelt, or its value cannot be read."""
        known = list(fields_of(model))
        depth = len(path)
        below = [str(other[depth]) for other in self.findings.invalid if other[:depth] == path and len(other) > depth]
        return any(other == key or (other not in known and near(other, known) == key) for other in below)

    def _follows(self, here: Place | None) -> bool:
        """Return whether a key may be missed only because its cell or its column of a table cannot be read."""
        if here is None or not (here.sheet or here.file.endswith(".csv")):
            return False
        file = [
            (other.code, other.place.line)
            for other in self.before
            if other.place is not None and (other.place.file, other.place.sheet) == (here.file, here.sheet)
        ]
        return any(code in _OF_COLUMNS or line == here.line for code, line in file)
