"""Read the files that a scenario names under ``tables``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path as FilePath

from budgetopt.errors import Place, Problem, ScenarioError, near
from budgetopt.reading.tables.csv_file import read_csv
from budgetopt.reading.tables.effect_rows import read_curves, read_evidence
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.package_rows import read_packages
from budgetopt.reading.tables.program_rows import MappedAt, read_programs
from budgetopt.reading.tables.workbook import read_sheet
from budgetopt.scenario.model.table import Table, Tables
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import ProgramTable

__all__ = ["TablesRead", "read_grid", "read_tables", "split_sheet"]

_Reader = Callable[[Grid, Table, MappedAt], tuple[ProgramTable, list[Problem]]]
_READERS: dict[str, tuple[_Reader, bool]] = {
    "programs": (read_programs, False),
    "evidence": (read_evidence, True),
    "packages": (read_packages, True),
    "curves": (read_curves, True),
}
"""How each kind of table is read, and whether it only speaks of programs that stand elsewhere."""
_GridOf = Callable[..., Grid]
_FORMATS: dict[str, tuple[_GridOf, bool]] = dict.fromkeys((".xlsx", ".xlsm", ".xls"), (read_sheet, True))
"""How files with an ending are read, and whether they have sheets; all other files are CSV."""


@dataclass(frozen=True)
class TablesRead:
    """What the tables of a scenario say.

    ``programs`` has one table for each file under ``tables.programs``; ``references`` one for each other file, whose
    programs must stand elsewhere; ``inputs`` the SHA-256 of each file by its path. ``lacks_programs`` tells that a file
    under ``tables.programs`` has problems, so that programs may be missing.
    """

    programs: tuple[ProgramTable, ...] = ()
    references: tuple[ProgramTable, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    lacks_programs: bool = False


def read_tables(tables: Tables, folder: str | FilePath = ".", places: Places | None = None) -> TablesRead:
    """Return what the tables of a scenario say, with everything that is wrong with them.

    Their names are relative to the folder; ``places`` are where the scenario file names them.
    """
    places = places or Places()
    inputs: dict[str, str] = {}
    problems: list[Problem] = []
    found: dict[bool, list[ProgramTable]] = {False: [], True: []}
    bytes_of: dict[str, bytes] = {}
    lacks_programs = False
    for kind, (reader, is_reference) in _READERS.items():
        for position, table in enumerate(getattr(tables, kind)):
            # it may be the only one, without a list around it
            listed = ("tables", kind, position)
            at = listed if listed in places.values else listed[:2]
            name, sheet = split_sheet(table.file)
            path = FilePath(folder) / name
            try:
                if str(path) not in bytes_of:
                    place = places.values.get((*at, "file")) or places.of(*at)
                    bytes_of[str(path)] = _bytes(path, name, place)
                data = bytes_of[str(path)]
                inputs[str(path)] = hashlib.sha256(data).hexdigest()
                grid = read_grid(data, str(path), sheet, table)
            except ScenarioError as error:
                problems += error.problems
                continue
            problems += grid.problems
            read, wrong = reader(grid, table, partial(places.of_key, *at, "columns"))
            found[is_reference].append(read)
            problems += wrong
        lacks_programs |= kind == "programs" and bool(problems)
    return TablesRead(tuple(found[False]), tuple(found[True]), inputs, tuple(problems), lacks_programs)


def split_sheet(name: str) -> tuple[str, str]:
    """Return the file and the sheet that ``office.xlsx!Offers`` names; the sheet is empty where none is named."""
    file, mark, sheet = name.partition("!")
    return (file, sheet) if mark and _format(file)[1] else (name, "")


def read_grid(data: bytes, file: str, sheet: str, table: Table) -> Grid:
    """Return the cells of a file, or of a sheet of one, or raise ScenarioError."""
    reader, has_sheets = _format(file)
    named = (sheet,) if has_sheets else ()
    return reader(data, file, *named, header=table.header, last_row=table.last_row)


def _format(file: str) -> tuple[_GridOf, bool]:
    return _FORMATS.get(FilePath(file).suffix.casefold(), (read_csv, False))


def _bytes(path: FilePath, name: str, place: Place | None) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        close = near(path.name, beside)
        hint = f"did you mean {close!r}?" if close else "names are relative to the folder of the scenario file"
        message = f"there is no file '{name}'"
    except OSError as error:
        message, hint = f"'{name}' cannot be read: {(error.strerror or str(error)).lower()}", ""
    raise ScenarioError([Problem("missing-file", message, place, "a CSV or XLSX file", hint)])
