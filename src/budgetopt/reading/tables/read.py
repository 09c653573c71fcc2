"""Read the files that a scenario names under ``tables``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path as FilePath

from budgetopt.errors import Place, Problem, ScenarioError, near
from budgetopt.reading.input_file import MissingFileError, UnreadableFileError, read_bytes
from budgetopt.reading.project_folder import ProjectFolder
from budgetopt.reading.tables.columns import condensed
from budgetopt.reading.tables.effect_rows import read_curves, read_evidence
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.headers import MappedAt
from budgetopt.reading.tables.pabulib import PABULIB, open_pabulib
from budgetopt.reading.tables.package_rows import read_packages
from budgetopt.reading.tables.parquet_book import open_parquet
from budgetopt.reading.tables.program_rows import read_programs
from budgetopt.reading.tables.row_notes import row_notes
from budgetopt.reading.tables.shape import shape
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.reading.tables.spreadsheet_book import open_workbook
from budgetopt.reading.tables.text_book import open_text
from budgetopt.scenario.model.table import Table, Tables
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import ProgramTable

__all__ = ["TablesRead", "open_book", "read_grid", "read_tables", "sheet_of", "split_sheet"]

_Reader = Callable[[Grid, Table, MappedAt], tuple[ProgramTable, list[Problem]]]
_READERS: dict[str, tuple[_Reader, bool]] = {
    "programs": (read_programs, False),
    "evidence": (read_evidence, True),
    "packages": (read_packages, True),
    "curves": (read_curves, True),
}
"""How each kind of table is read, and whether it only speaks of programs that stand elsewhere."""
_FORMATS: dict[str, Callable[[bytes, str], Book]] = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), open_workbook),
    ".parquet": open_parquet,
    PABULIB: open_pabulib,
}
"""How files with an ending are opened; all others are text, as CSV is."""
_WITH_SHEETS = tuple(ending for ending, opens in _FORMATS.items() if opens in (open_workbook, open_pabulib))


@dataclass(frozen=True)
class TablesRead:
    """What the tables of a scenario say.

    ``programs`` has one table for each file under ``tables.programs``; ``references`` one for each other file, whose
    programs must stand elsewhere; ``inputs`` the SHA-256 of each file by its path. ``lacks_programs`` tells that a file
    under ``tables.programs`` has problems, so that programs may be missing. ``notes`` say what was assumed in order to
    read the files, and what is left out of them.
    """

    programs: tuple[ProgramTable, ...] = ()
    references: tuple[ProgramTable, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    lacks_programs: bool = False
    notes: tuple[str, ...] = ()


def read_tables(
    tables: Tables,
    folder: str | FilePath = ".",
    places: Places | None = None,
    project: ProjectFolder | None = None,
    *,
    is_on_top: bool = False,
    currency: str = "",
) -> TablesRead:
    """Return what the tables of a scenario say, with everything that is wrong with them.

    Their names are relative to the folder; ``places`` are where the scenario file names them, ``project`` the folders
    in which they may stand (None: any); ``is_on_top`` tells that the scenario file extends another, ``currency`` what
    all amounts are in.
    """
    places = places or Places()
    inputs: dict[str, str] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    found: dict[bool, list[ProgramTable]] = {False: [], True: []}
    books: dict[str, Book] = {}
    lacks_programs = False
    for kind, (reader, is_reference) in _READERS.items():
        for position, table in enumerate(getattr(tables, kind)):
            # it may be the only one, without a list around it
            listed = ("tables", kind, position)
            at = listed if listed in places.values else listed[:2]
            name, sheet = split_sheet(table.file)
            path = str(FilePath(folder) / name)
            try:
                if path not in books:
                    place = places.values.get((*at, "file")) or places.of(*at)
                    if project and (refused := project.refusal(FilePath(folder), name, place)):
                        raise ScenarioError([refused])
                    data = _bytes(FilePath(path), name, place)
                    inputs[path] = hashlib.sha256(data).hexdigest()
                    books[path] = open_book(data, path)
                    notes += [f"{name}: {note}" for note in books[path].notes]
                grid = shape(sheet_of(books[path], sheet), table)
                grid = replace(grid, is_on_top=is_on_top, currency=currency)
            except ScenarioError as error:
                problems += error.problems
                continue
            if grid.left_out and not len(grid.rows):
                problems.append(_no_row_counts(grid))
                continue
            read, wrong = reader(grid, table, partial(places.of_key, *at, "columns"))
            found[is_reference].append(read)
            problems += condensed([*grid.problems, *wrong])
            notes += row_notes(grid, table)
        lacks_programs |= kind == "programs" and bool(problems)
    return TablesRead(tuple(found[False]), tuple(found[True]), inputs, tuple(problems), lacks_programs, tuple(notes))


def split_sheet(name: str) -> tuple[str, str]:
    """Return the file and the sheet that ``office.xlsx!Offers`` names; the sheet is empty where none is named."""
    file, mark, sheet = name.partition("!")
    return (file, sheet) if mark and FilePath(file).suffix.casefold() in _WITH_SHEETS else (name, "")


def open_book(data: bytes, file: str) -> Book:
    """Return the sheets of a file by the ending of its name, or raise ScenarioError."""
    return _FORMATS.get(FilePath(file).suffix.casefold(), open_text)(data, file)


def sheet_of(book: Book, name: str = "") -> Sheet:
    """Return a sheet of a file; the only one need not be named. Raises ScenarioError if it is not there."""
    names, file = book.names, book.file
    if not name and len(names) > 1:
        hint = f"write one of {', '.join(f'{file}!{known}' for known in names)}"
        message = f"the workbook has {len(names)} sheets, and none is named"
        raise ScenarioError([Problem("sheet", message, Place(file), "the name of a sheet", hint)])
    if names == ("",) and name:
        problem = Problem("sheet", f"the file has no sheets, and {name!r} is named", Place(file), "the file alone")
        raise ScenarioError([problem])
    if not names or (name and name not in names):
        close = near(name, names)
        hint = f"did you mean {file}!{close}?" if close else f"its sheets are {', '.join(names)}" if names else ""
        message = f"the workbook has no sheet '{name}'" if name else "the workbook has no sheet with cells"
        raise ScenarioError([Problem("sheet", message, Place(file), "the name of a sheet", hint)])
    return book.read(name or names[0])


def read_grid(data: bytes, file: str, sheet: str, table: Table) -> Grid:
    """Return the table in a file, or on a sheet of one, or raise ScenarioError."""
    return shape(sheet_of(open_book(data, file), sheet), table)


def _no_row_counts(grid: Grid) -> Problem:
    count = sum(len(out.grid.rows) for out in grid.left_out)
    left_out = "1 is left out" if count == 1 else f"{count:,} are left out"
    message = f"no row counts: {left_out}, by {' and '.join(f'`{out.reason}`' for out in grid.left_out)}"
    hint = f"{grid.unmatched[-1]} finds no row" if grid.unmatched else ""
    place = Place(grid.file, 0, 0, grid.sheet)
    return Problem("empty-table", message, place, "a row that counts", hint)


def _bytes(path: FilePath, name: str, place: Place | None) -> bytes:
    try:
        return read_bytes(path)
    except MissingFileError:
        beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        close = near(path.name, beside)
        hint = f"did you mean {close!r}?" if close else "names are relative to the folder of the scenario file"
        message = f"there is no file '{name}'"
    except UnreadableFileError as error:
        message, expected = f"'{name}' cannot be read: {error.reason}", error.expected or "a file with a table"
        problem = Problem("file", message, place, expected, error.hint)
        raise ScenarioError([problem]) from None
    raise ScenarioError([Problem("missing-file", message, place, "a file with a table", hint)])
