"""Where every value of a scenario came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from budgetopt.errors import Place

if TYPE_CHECKING:
    from budgetopt.scenario.model.table import Table
    from budgetopt.scenario.programs import ProgramTable

__all__ = ["Path", "Places"]

Path = tuple[str | int, ...]
"""The way from the top of the scenario to a value: ``("funds", "general", "revenue")``."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of keys and values by their path; programs' values keep theirs in their columns.

    Parameters
    ----------
    keys
        Where the key of a path stands.
    values
        Where the value of a path begins.
    earlier
        For each value that an extending file or a change has covered: what stood there before, and where, oldest first.
    tables
        The programs as they were before each extending file or change that speaks of them, oldest first.
    lists
        The tables of programs that the files name: the folder beside which each stands, and how it is read.
    remarks
        What was assumed in order to read the tables, and what is left out of them, one sentence each.
    """

    keys: Mapping[Path, Place] = field(default_factory=dict)
    values: Mapping[Path, Place] = field(default_factory=dict)
    earlier: Mapping[Path, tuple[tuple[Place | None, Any], ...]] = field(default_factory=dict)
    tables: tuple[ProgramTable, ...] = ()
    lists: tuple[tuple[str, Table], ...] = ()
    remarks: tuple[str, ...] = ()

    def of(self, *path: str | int) -> Place | None:
        """Return the place of a value, or of the nearest thing above it that has one."""
        for length in range(len(path), -1, -1):
            place = self.values.get(path[:length])
            if place is not None:
                return place
        return None

    def of_key(self, *path: str | int) -> Place | None:
        """Return the place of a key, or of the nearest thing above it that has one."""
        return self.keys.get(path) or self.of(*path)
