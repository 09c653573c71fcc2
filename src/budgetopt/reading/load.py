"""Read scenarios: files or mappings become a checked :class:`Scenario`, or one error that names every problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from budgetopt.reading.layers import assembled
from budgetopt.reading.scenario_files import from_values, read_files, with_extended
from budgetopt.scenario.scenario import Scenario

__all__ = ["from_mapping", "load"]


def load(path: str | Path, *, allow_folders: Iterable[str | Path] = ()) -> Scenario:
    """Return the scenario in a folder that has a ``scenario.yaml``, or in such a file.

    Parameters
    ----------
    path
        The folder, or the file.
    allow_folders
        Folders outside of the scenario's project whose files it may extend and name as tables.

    Raises
    ------
    ScenarioError
        With every problem that was found, each with its place.
    OptionError
        If a folder that is allowed does not exist.
    """
    return assembled(read_files(path, allow_folders)).scenario()


def from_mapping(tree: Mapping[str, Any], allow_folders: Iterable[str | Path] = ()) -> Scenario:
    """Return the scenario that a mapping describes; see :meth:`Scenario.from_document`."""
    return assembled(with_extended(from_values(tree), allow_folders)).scenario()
