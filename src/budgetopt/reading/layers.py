"""Put together what a scenario's files say: files that extend others, their tables, and the programs of both.

The lowest file is read whole. Each file above it goes on top: mappings merge key by key, lists of named things by
name, ``remove: [path, ...]`` takes away, a number with a sign shifts (see :mod:`budgetopt.reading.shifts`). Programs
merge the same way whether a file or a table says them, and the tables of a file stay beside that file. Every value
keeps the place where it was written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

from budgetopt.checks.findings import Findings
from budgetopt.errors import OptionError, Problem
from budgetopt.reading.assembly import Assembly
from budgetopt.reading.document_tree import document_of, without_blanks
from budgetopt.reading.overlay import overlay
from budgetopt.reading.paths import PathError
from budgetopt.reading.program_reader import ProgramReader
from budgetopt.reading.scenario_files import Source
from budgetopt.reading.tables import TablesRead, merge, read_tables, with_numbers_of
from budgetopt.reading.text_file import read_text
from budgetopt.scenario.model import Document, Tables
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.words import shown, visible

__all__ = ["assembled", "currency_of"]

_OF_NUMBERS = (
    "number",
    "currency",
    "unit-twice",
    "negative",
    "not-finite",
    "magnitude",
    "leading-zero",
    "ambiguous-share",
    "sign-in-table",
)
"""Problems of single numbers in a table: nothing else is lost with them."""


def assembled(sources: Sequence[Source]) -> Assembly:
    """Return what files say, the lowest first, as if they were one."""
    assembly = Assembly(Findings({}))
    currency = currency_of(*(source.tree for source in reversed(sources)))
    for layer in sources:
        _add(layer, assembly, is_lowest=layer is sources[0], folder=sources[-1].folder, currency=currency)
    assembly.findings.problems += _other_currencies(sources)
    return assembly


def _other_currencies(sources: Sequence[Source]) -> Iterator[Problem]:
    """Yield where a file says another currency than one below it: amounts are not converted."""
    said = [(layer.tree["currency"], layer) for layer in sources if isinstance(layer.tree.get("currency"), str)]
    for (below, lower), (above, upper) in pairwise(said):
        if above.strip() != below.strip():
            place, other = upper.places.of("currency"), lower.places.of("currency")
            message = f"the currency is {shown(above)} here, and {shown(below)} at {other}: amounts are not converted"
            hint = f"take `currency` away here; if no amount below is in {below}, change it there"
            yield Problem("currency", message, place, visible(below), visible(hint))


def currency_of(*trees: Mapping[str, Any]) -> str:
    """Return the currency that the first of some trees says which says one, or the one of scenarios that say none."""
    said = (tree.get("currency") for tree in trees)
    default: str = Document.model_fields["currency"].default
    return next((one for one in said if isinstance(one, str)), default)


def _add(layer: Source, assembly: Assembly, *, is_lowest: bool, folder: FilePath, currency: str) -> None:
    """Put one more file on top of what stands; names of files become relative to the folder.

    ``currency`` is that of all files together.
    """
    found = Findings(layer.tree, layer.places, list(layer.problems), inputs=dict(layer.inputs))
    top = without_blanks(layer.tree, found)
    before = assembly.programs
    _remove(top.pop("remove", []), found, None if is_lowest else assembly)
    top.pop("extends", None)
    tables, programs = top.pop("tables", None), top.pop("programs", {})
    signs = _Signs(layer.places)
    stands = assembly.findings
    if is_lowest:
        stands.tree, stands.places = top, layer.places
    else:
        stands.tree, places, problems = overlay(stands.tree, stands.places, top, layer.places, signs)
        found.problems += problems
        stands.places = _with_programs(places, layer.places)
    read = _read_tables(tables, layer, found, is_on_top=not is_lowest, currency=currency)
    lists, remarks = (*stands.places.lists, *found.places.lists), (*stands.places.remarks, *found.places.remarks)
    stands.places = replace(stands.places, lists=lists, remarks=remarks)
    reader = ProgramReader(assembly.programs, found, signs)
    reader.read_each(programs)
    references = [with_numbers_of(assembly.programs, table) for table in read.references]
    own, problems = merge([*layer.programs, *read.programs, reader.written()], references, assembly.programs)
    # where programs are missing because their table is broken, that others speak of them is no mistake
    lost = read.lacks_programs or any(path[0] == "programs" for path in found.invalid)
    found.problems += [problem for problem in problems if not (lost and problem.code == "unknown-program")]
    assembly.add_programs(own, reader)
    if not is_lowest:
        assembly.remember(before)
    if layer.folder != folder:
        found.inputs = {
            FilePath(os.path.relpath(layer.folder / name, folder)).as_posix(): sha256
            for name, sha256 in found.inputs.items()
        }
    stands.include(found)


def _remove(paths: Any, found: Findings, assembly: Assembly | None) -> None:
    """Take away what a file removes from those further down; None if there are none."""
    for position, text in enumerate(paths if isinstance(paths, list) else [paths]):
        place = found.places.of("remove", position)
        try:
            if not isinstance(text, str):
                raise PathError("path", f"{shown(text)} is no path", "a path, such as rules.Public safety floor")
            if assembly is None:
                message = f"there is nothing that {shown(text)} could be removed from"
                raise PathError("remove", message, "extends: a file")
            assembly.remove(text)
        except OptionError as error:
            found.problems.append(Problem("path", error.message, place, "", error.hint))
        except PathError as error:
            found.problems.append(error.at(place))


def _read_tables(tables: Any, layer: Source, found: Findings, *, is_on_top: bool, currency: str) -> TablesRead:
    """Return what the tables of a file say."""
    document = document_of({} if tables is None else {"tables": tables}, found)
    if document.tables == Tables.model_construct():
        return TablesRead()
    where = (layer.folder, layer.places, layer.project)
    read = read_tables(document.tables, *where, is_on_top=is_on_top, currency=currency)
    listed = [(str(layer.folder), table) for table in document.tables.programs]
    found.places = replace(found.places, lists=tuple(listed), remarks=read.notes)
    for name, sha256 in read.inputs.items():
        path = FilePath(name)
        inside = path.relative_to(layer.folder) if path.is_relative_to(layer.folder) else path
        found.inputs[inside.as_posix()] = sha256
    found.problems += read.problems
    found.cells_only = not found.partial and all(problem.code in _OF_NUMBERS for problem in read.problems)
    found.partial |= bool(read.problems)
    return read


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
            text, _ = read_text(FilePath(place.file), place.file)
            self.lines[place.file] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        sign = self.lines[place.file][place.line - 1][place.column - 1 : place.column]
        return f"{sign}{abs(value)!r}" if sign in ("+", "-") else value
