"""Put together what a scenario's files say: files that extend others, their tables, and the programs of both.

The lowest file is read whole. Each file above it goes on top: mappings merge key by key, lists of named things by
name, ``remove: [path, ...]`` takes away, a number with a sign shifts (see :mod:`budgetopt.reading.shifts`). Programs
merge the same way whether a file or a table says them, and the tables of a file stay beside that file. Every value
keeps the place where it was written.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.errors import OptionError, Problem
from budgetopt.reading.document import document_of, without_blanks
from budgetopt.reading.overlay import overlay, periods_of, remove_at
from budgetopt.reading.paths import PathError, expand, parse_path, without_programs
from budgetopt.reading.programs import ProgramReader
from budgetopt.reading.sources import Source
from budgetopt.reading.tables import TablesRead, merge, read_tables
from budgetopt.reading.tables import overlay as overlay_programs
from budgetopt.reading.text_file import read_text
from budgetopt.scenario.model import Tables
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.words import shown

__all__ = ["put_together"]

_OF_NUMBERS = ("number", "negative", "not-finite", "leading-zero", "ambiguous-share")
"""Problems of single numbers in a table: nothing else is lost with them."""


def put_together(layers: Sequence[Source]) -> tuple[ProgramTable, Findings]:
    """Return the programs of some files, and all that they say beside programs.

    Parameters
    ----------
    layers
        What the files say, the lowest first.

    Returns
    -------
    programs
        The programs of all files and tables, as columns.
    findings
        The tree and the places of everything else, the files that were read, and what is wrong so far.
    """
    work = _Layers(layers[-1].folder)
    for layer in layers:
        work.add(layer)
    return work.programs, work.findings


class _Layers:
    """Files on top of one another."""

    def __init__(self, folder: FilePath) -> None:
        self.folder = folder
        self.findings = Findings({})
        self.programs = ProgramTable(np.empty(0, dtype=object))
        self.lowest = True

    def add(self, layer: Source) -> None:
        """Put one more file on top of what stands."""
        found = Findings(layer.tree, layer.places, list(layer.problems), inputs=dict(layer.inputs))
        top = without_blanks(layer.tree, found)
        self._remove(top.pop("remove", []), found)
        top.pop("extends", None)
        tables, programs = top.pop("tables", None), top.pop("programs", {})
        signs = _Signs(layer.places)
        if self.lowest:
            self.findings.tree, self.findings.places = top, layer.places
        else:
            tree, places, problems = overlay(self.findings.tree, self.findings.places, top, layer.places, signs)
            found.problems += problems
            self.findings.tree = tree
            self.findings.places = _with_programs(places, layer.places)
        before = self.programs
        self._add_programs(programs, self._read_tables(tables, layer, found), layer, found, signs)
        if not self.lowest and self.programs is not before:
            self.findings.places = replace(self.findings.places, tables=(*self.findings.places.tables, before))
        self._keep(found, layer.folder)
        self.lowest = False

    def _keep(self, found: Findings, folder: FilePath) -> None:
        """Keep what was found in a file."""
        if folder != self.folder:
            found.inputs = {_relative(folder / name, self.folder): sha256 for name, sha256 in found.inputs.items()}
        self.findings.problems += found.problems
        self.findings.spoiled |= found.spoiled
        self.findings.empty += found.empty
        self.findings.cells_only = all(not part.partial or part.cells_only for part in (self.findings, found))
        self.findings.partial |= found.partial
        self.findings.inputs |= found.inputs

    def _remove(self, paths: Any, found: Findings) -> None:
        for position, text in enumerate(paths if isinstance(paths, list) else [paths]):
            place = found.places.of("remove", position)
            try:
                if not isinstance(text, str):
                    raise PathError("path", f"{shown(text)} is no path", "a path, such as rules.Public safety floor")
                if self.lowest:
                    message = f"there is nothing that {shown(text)} could be removed from"
                    raise PathError("remove", message, "extends: a file")
                self._remove_one(parse_path(text))
            except OptionError as error:
                found.problems.append(Problem("path", error.message, place, "", error.hint))
            except PathError as error:
                found.problems.append(error.at(place))

    def _remove_one(self, parts: tuple[str, ...]) -> None:
        findings = self.findings
        if parts[0] != "programs":
            for path in reversed(expand(findings.tree, parts, new=False)):
                findings.tree, findings.places = remove_at(findings.tree, findings.places, path)
            return
        self.programs = without_programs(self.programs, parts)

    def _read_tables(self, tables: Any, layer: Source, found: Findings) -> TablesRead:
        """Return what the tables of a file say."""
        document = document_of({} if tables is None else {"tables": tables}, found)
        if document.tables == Tables():
            return TablesRead()
        read = read_tables(document.tables, layer.folder, layer.places)
        for name, sha256 in read.inputs.items():
            path = FilePath(name)
            inside = path.relative_to(layer.folder) if path.is_relative_to(layer.folder) else path
            found.inputs[inside.as_posix()] = sha256
        found.problems += read.problems
        found.cells_only = not found.partial and all(problem.code in _OF_NUMBERS for problem in read.problems)
        found.partial |= bool(read.problems)
        return read

    def _add_programs(self, programs: Any, read: TablesRead, layer: Source, found: Findings, signs: _Signs) -> None:
        """Put the programs of a file, and those of its tables, on top of what stands."""
        periods = periods_of(self.findings.tree)
        reader = ProgramReader(self.programs, found, signs)
        reader.read_each(programs)
        own, problems = merge([*layer.programs, *read.programs, reader.written()], read.references, self.programs)
        # where programs are missing because their table is broken, that others speak of them is no mistake
        lost = read.lacks_programs or any(path[0] == "programs" for path in found.spoiled)
        found.problems += [problem for problem in problems if not (lost and problem.code == "unknown-program")]
        table = overlay_programs(self.programs, own, periods) if len(self.programs) else own
        self.programs = reader.shifted(table, periods, own)


def _relative(path: FilePath, folder: FilePath) -> str:
    return FilePath(os.path.relpath(path, folder)).as_posix()


def _with_programs(places: Places, top: Places) -> Places:
    """Return places with those of the programs of a file on top."""
    keys, values = (
        {path: place for path, place in known.items() if path[:1] == ("programs",)} for known in (top.keys, top.values)
    )
    return replace(places, keys={**places.keys, **keys}, values={**places.values, **values})


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
