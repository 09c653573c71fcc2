"""The office's own files in which a scenario's programs stand, read again as they were read for the scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from budgetopt.errors import OptionError, ScenarioError, near
from budgetopt.reading.input_file import UnreadableFileError, read_bytes
from budgetopt.reading.tables.columns import condensed
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.program_rows import read_programs
from budgetopt.reading.tables.read import read_grid, split_sheet
from budgetopt.reading.tables.shape import normal
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario

__all__ = ["OwnTable", "file_bytes", "own_tables"]


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table of programs of a scenario: its file, its sheet (empty where a file has none), and how it is read.

    ``currency`` is that of the scenario.
    """

    path: Path
    sheet: str
    table: Table
    currency: str

    def grid(self, data: bytes, file: str = "") -> Grid:
        """Return the cells of the table, or of a copy of it in another file; ScenarioError if there is none."""
        grid = read_grid(data, file or str(self.path), self.sheet, self.table)
        return replace(grid, currency=self.currency)

    def programs(self, grid: Grid) -> ProgramTable:
        """Return the programs of the cells, or of some of their columns; ScenarioError if they cannot be read."""
        named = {name: normal(name) for name in self.table.columns}
        there = [name for name, plain in named.items() if grid.named(plain) or grid.added(plain)]
        columns = {name: self.table.columns[name] for name in there}
        table = self.table.model_copy(update={"columns": columns})
        programs, problems = read_programs(grid, table, lambda _header: None)
        if problems:
            raise ScenarioError(condensed(problems))
        return programs


def own_tables(scenario: Scenario, named: str = "", *, asker: str) -> list[OwnTable]:
    """Return the tables of programs in the file that is named, or in the only one that the scenario has.

    Parameters
    ----------
    scenario
        The scenario.
    named
        The file as the scenario names it, its path, or its name; ``office.xlsx!Offers`` names one sheet of it.
    asker
        The option or argument that asks, for the message.

    Raises
    ------
    OptionError
        If there is no such table, or there are several files and none is named.
    """
    found = []
    for folder, table in scenario.places.lists:
        file, sheet = split_sheet(table.file)
        found.append(OwnTable(Path(folder) / file, sheet, table, scenario.currency))
    if not found:
        message = f"{asker}: the scenario has no table of programs"
        raise OptionError(message, hint="name the office's file in it: `tables: {programs: office.xlsx}`")
    if not named:
        files = list(dict.fromkeys(own.path for own in found))
        if len(files) > 1:
            names = ", ".join(file.name for file in files)
            raise OptionError(f"{asker}: the scenario has {len(files)} tables of programs: {names}", hint="name one")
        return found
    file, sheet = split_sheet(named)
    same = [own for own in found if _is_named(own.path, file) and sheet in ("", own.sheet)]
    if not same:
        known = list(dict.fromkeys(table.file for _, table in scenario.places.lists))
        close = near(named, known)
        hint = f"did you mean {close!r}?" if close else f"its tables are {', '.join(known)}"
        raise OptionError(f"{asker}: {named!r} is no table of programs of the scenario", hint=hint)
    return [own for own in same if own.path == same[0].path]


def _is_named(path: Path, file: str) -> bool:
    return file in (str(path), path.name) or path.resolve() == Path(file).resolve()


def file_bytes(path: str | Path) -> bytes:
    """Return what a file holds, or raise OptionError."""
    try:
        return read_bytes(path)
    except UnreadableFileError as error:
        raise OptionError(f"{str(path)!r} cannot be read: {error.reason}", hint=error.hint) from None
