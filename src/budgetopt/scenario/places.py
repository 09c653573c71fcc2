"""Where every value of a scenario came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from budgetopt.errors import Place

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
    """

    keys: Mapping[Path, Place] = field(default_factory=dict)
    values: Mapping[Path, Place] = field(default_factory=dict)

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
