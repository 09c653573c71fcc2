"""A budget as it stands in an office's file, read as ``new --from`` would begin a scenario of it."""

from __future__ import annotations

from pathlib import Path

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import Choices
from budgetopt.reading.office.first_scenario import scenario_text
from budgetopt.reading.scenario_files import SCENARIO_FILE
from budgetopt.reading.starting import from_table, read_budget, scenario_beside
from budgetopt.reading.starting_election import from_election
from budgetopt.reading.tables.pabulib import PABULIB
from budgetopt.reading.tables.read import split_sheet
from budgetopt.scenario.scenario import Scenario

__all__ = ["begin", "read_budget_file"]


def begin(name: str, title: str, choices: Choices | None = None) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of an office's own file, and remarks on what was guessed.

    A table of programs, or an election of a participatory budget; see the functions that read each. Raises OptionError
    if something is said of a file of which nothing has to be said.
    """
    if name.casefold().endswith(PABULIB):
        if choices is not None and choices != Choices():
            message = f"{name} is an election, of which nothing else has to be said"
            raise OptionError(message, hint="leave the flags out: --column, --sheet, --where and the others")
        return from_election(name, title)
    return from_table(name, title, choices)


def read_budget_file(name: str | Path, choices: Choices | None = None) -> tuple[Scenario, list[str], tuple[str, ...]]:
    """Return the scenario that an office's file begins, remarks on what was guessed, and its headers.

    Nothing is written. An election has no headers. Raises OptionError if the file cannot be read, or no column of it
    can be taken for the programs or their money; ScenarioError if cells of those cannot be read.
    """
    path, title = Path(split_sheet(str(name))[0]), Path(name).name
    if path.suffix.casefold() == PABULIB:
        files, remarks = begin(str(name), title, choices)
        return scenario_beside(files[SCENARIO_FILE].decode(), path), remarks, ()
    found = read_budget(str(name), choices)
    return scenario_beside(scenario_text(found, path.name, title), path), list(found.remarks), found.headers
