"""Files that extend others: ``extends: ../base.yaml``, and then only what differs.

The lowest file is read whole. Each file above it is laid over what stands below: mappings merge key by key, lists of
named things by name, ``remove: [path, ...]`` takes away, a number with a sign shifts (see
:mod:`budgetopt.reading.shifts`). Programs merge the same way whether a file or a table says them, and the tables of a
file stay beside that file. Every value keeps the place where it was written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.errors import OptionError, Place, Problem, ScenarioError
from budgetopt.reading.changes import numbered, programs_at
from budgetopt.reading.load import SCENARIO_FILE, Source, document_of, programs_of, read_source, without_blanks
from budgetopt.reading.paths import PathError, expand, parse_path
from budgetopt.reading.program_changes import ProgramChanges, drop
from budgetopt.reading.tables import overlay
from budgetopt.reading.text_file import read_text
from budgetopt.reading.trees import lay, periods_of, take_away
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model import Program
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.words import shown

__all__ = ["resolve"]

_DEEPEST = 32
_PROGRAM_KEYS = ("programs", "tables")


def resolve(source: Source) -> Source:
    """Return what a file says together with all files that it extends; a file that extends none is returned as it is.

    Parameters
    ----------
    source
        The file as it was read.

    Raises
    ------
    ScenarioError
        If a file that is extended cannot be read, or the files extend each other in a circle.
    """
    if "extends" not in source.tree and "remove" not in source.tree:
        return source
    work = _Layers(source.folder)
    for layer in _chain(source):
        work.lay(layer)
    return work.source(source)


def _chain(source: Source) -> list[Source]:
    """Return a file and all that it extends, the lowest first."""
    layers = [source]
    problems = list(source.problems)
    seen: dict[str, Place | None] = {}
    while "extends" in (top := layers[-1]).tree:
        name, place = top.tree["extends"], top.places.of("extends")
        if not isinstance(name, str) or not name.strip():
            problems.append(
                Problem("extends", f"{shown(name)} is no file", place, "the name of one scenario file or folder")
            )
            raise ScenarioError(problems)
        file = FilePath(os.path.normpath(top.folder / name))
        real = os.path.realpath(file / SCENARIO_FILE if file.is_dir() else file)
        if real in seen or len(layers) > _DEEPEST:
            circle = " -> ".join([*(FilePath(path).name for path in seen), FilePath(real).name])
            message = f"the files extend each other in a circle: {circle}"
            problems.append(Problem("circle", message, place, "a file at the bottom that extends none"))
            raise ScenarioError(problems)
        seen[real] = place
        if not file.exists():
            hint = suggestion(file.name, _scenarios_in(file.parent)) or "names are relative to the folder of this file"
            problems.append(
                Problem(
                    "missing-file",
                    f"there is no file {shown(name)} to extend",
                    place,
                    "a scenario file or folder",
                    hint,
                )
            )
            raise ScenarioError(problems)
        try:
            layers.append(read_source(file))
        except ScenarioError as error:
            raise ScenarioError([*problems, *error.problems]) from None
        problems += layers[-1].problems
    return layers[::-1]


def _scenarios_in(folder: FilePath) -> list[str]:
    if not folder.is_dir():
        return []
    return [entry.name for entry in folder.iterdir() if entry.is_dir() or entry.suffix in (".yaml", ".yml")]


class _Layers:
    """Files that are laid over one another."""

    def __init__(self, folder: FilePath) -> None:
        self.folder = folder
        self.tree: dict[str, Any] = {}
        self.places = Places()
        self.table = ProgramTable(np.empty(0, dtype=object))
        self.problems: list[Problem] = []
        self.inputs: dict[str, str] = {}
        self.spoiled: set[Path] = set()
        self.partial = False
        self.lowest = True

    def source(self, top: Source) -> Source:
        """Return the files as if they were one."""
        return Source(
            self.tree,
            self.places,
            top.folder,
            self.inputs,
            tuple(self.problems),
            self.table,
            self.partial,
            frozenset(self.spoiled),
        )

    def lay(self, layer: Source) -> None:
        """Lay one more file over what stands."""
        findings = Findings(layer.tree, layer.places, list(layer.problems))
        tree = without_blanks(layer.tree, findings)
        self._remove(tree.pop("remove", []), findings)
        tree.pop("extends", None)
        parts = {key: tree.pop(key) for key in _PROGRAM_KEYS if key in tree}
        before = self.table
        signs = _Signs(layer.places)
        if self.lowest:
            self.tree, self.places = tree, layer.places
        else:
            self.tree, places, problems = lay(self.tree, self.places, tree, layer.places, signs)
            findings.problems += problems
            keys, values = (
                {path: place for path, place in known.items() if path[:1] == ("programs",)}
                for known in (layer.places.keys, layer.places.values)
            )
            self.places = Places({**places.keys, **keys}, {**places.values, **values}, places.earlier, places.tables)
        self._programs(parts, layer, findings, signs)
        if not self.lowest and self.table is not before:
            places = self.places
            self.places = Places(places.keys, places.values, places.earlier, (*places.tables, before))
        self.problems += findings.problems
        self.spoiled |= findings.spoiled
        self.partial |= findings.partial
        for name, sha256 in {**layer.inputs, **findings.inputs}.items():
            self.inputs[FilePath(os.path.relpath(layer.folder / name, self.folder)).as_posix()] = sha256
        self.lowest = False

    def _remove(self, paths: Any, findings: Findings) -> None:
        for position, text in enumerate(paths if isinstance(paths, list) else [paths]):
            place = findings.places.of("remove", position)
            try:
                if not isinstance(text, str):
                    raise PathError("path", f"{shown(text)} is no path", "a path, such as rules.Public safety floor")
                if self.lowest:
                    raise PathError(
                        "remove", f"there is nothing that {shown(text)} could be removed from", "extends: a file"
                    )
                self._remove_one(parse_path(text))
            except OptionError as error:
                findings.problems.append(Problem("path", error.message, place, "", error.hint))
            except PathError as error:
                found = error.problem
                findings.problems.append(Problem(found.code, found.message, place, found.expected, found.hint))

    def _remove_one(self, parts: tuple[str, ...]) -> None:
        if parts[0] == "programs":
            rows, rest = programs_at(self.table, parts[1:])
            left = drop(self.table, rows, ".".join(numbered(self.table, rows, rest)))
            if left is None:
                raise PathError("unknown-path", f"nothing stands at {'.'.join(parts)}")
            self.table = left
            return
        for path in reversed(expand(self.tree, parts, new=False)):
            self.tree, self.places = take_away(self.tree, self.places, path)

    def _programs(self, parts: dict[str, Any], layer: Source, findings: Findings, signs: _Signs) -> None:
        """Lay the programs of a file, and those of its tables, over what stands."""
        periods = periods_of(self.tree)
        programs = parts.pop("programs", {})
        old: dict[str, Any] = {}
        if isinstance(programs, Mapping):
            old = {name: item for name, item in programs.items() if name in self.table}
            parts["programs"] = {name: item for name, item in programs.items() if name not in old}
        else:
            parts["programs"] = programs
        document = document_of(parts, findings)
        own = programs_of(document, layer, findings, self.table)
        if self.lowest:
            self.table = own
            return
        if len(own):
            self.table = overlay(self.table, own, periods)
        changes = ProgramChanges(self.table, periods)
        for name, item in old.items():
            if not isinstance(item, Mapping):
                findings.add(
                    "mapping",
                    ("programs", name),
                    f"{named(('programs', name))}: {shown(item)} is not a mapping",
                    "a mapping, `key: value`",
                )
                continue
            rows = np.array([self.table.position(name)])
            place_of = partial(_place_of, layer.places, name)
            changes.add(rows, (), self._as_written(item, (name,), own, signs, findings), place_of)
        self.table = changes.done()
        findings.problems += changes.problems

    def _as_written(
        self, item: Mapping[str, Any], path: tuple[str, ...], own: ProgramTable, signs: _Signs, findings: Findings
    ) -> dict[str, Any]:
        """Return what a file says of a program, with the signs of its numbers; what its tables set too is a mistake."""
        result: dict[str, Any] = {}
        for key, value in item.items():
            at = (*path, key)
            if isinstance(value, Mapping):
                result[key] = self._as_written(value, at, own, signs, findings)
                continue
            leaf = leaf_of(Program, ".".join(at[1:]))
            result[key] = signs(("programs", *at), value) if leaf is not None and leaf.kind == "number" else value
            first = own.cell_place(at[0], ".".join(at[1:])) if at[0] in own else None
            if first is not None:
                message = f"{named(('programs', *at))} is set twice, first at {first}"
                findings.add(
                    "set-twice",
                    ("programs", *at),
                    message,
                    "each key of a program in one place",
                    "take one of the two away",
                )
        return result


def _place_of(places: Places, program: str, path: tuple[str, ...]) -> Place | None:
    return places.of("programs", program, *path)


class _Signs:
    """Gives numbers back with the sign that they were written with, which YAML does not keep."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.lines: dict[str, list[str]] = {}

    def __call__(self, path: Path, value: Any) -> Any:
        place = self.places.values.get(path)
        if place is None or isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if place.file not in self.lines:
            text = read_text(FilePath(place.file), place.file).text
            self.lines[place.file] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        sign = self.lines[place.file][place.line - 1][place.column - 1 : place.column]
        return f"{sign}{abs(value)!r}" if sign in ("+", "-") else value
