"""A budget as it stands in an office's file, read as ``new --from`` would begin a scenario of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from budgetopt.errors import OptionError
from budgetopt.reading.load import load
from budgetopt.reading.office.choices import Choices
from budgetopt.reading.own_tables import file_bytes, own_tables
from budgetopt.reading.starting import from_table
from budgetopt.reading.starting_election import from_election
from budgetopt.reading.tables.pabulib import PABULIB
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

    Nothing is written. Raises OptionError if the file cannot be read, or no column of it can be taken for the programs
    or their money; ScenarioError if cells of those cannot be read.
    """
    files, remarks = begin(str(name), Path(name).name, choices)
    with tempfile.TemporaryDirectory() as folder:
        for file, content in files.items():
            (Path(folder) / file).write_bytes(content)
        scenario = load(folder)
        own = own_tables(scenario, asker=str(name))[0]
        return scenario, remarks, own.grid(file_bytes(own.path)).headers
