"""A generated city while it is made: what each program is, as arrays, and the columns that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from budgetopt.scenario.programs import Bools, Column, Floats, Ints, ProgramTable, Texts, objects

__all__ = ["Draft", "Kind", "texts_of"]


class Kind(IntEnum):
    """The ways in which a program is scaled or chosen."""

    PLAIN = 0
    S_CURVE = 1
    IF_FUNDED = 2
    SERVICE = 3
    FREE = 4
    PACKAGES = 5
    PROJECT = 6


def texts_of(words: Sequence[str], at: Ints) -> Texts:
    """Return words by their positions, as texts."""
    return objects(list(words))[at]


@dataclass
class Draft:
    """What each program of the city is, and the columns that say so; shape (programs,) where no other is given."""

    rng: np.random.Generator
    features: frozenset[str]
    funds: tuple[str, ...]
    periods: tuple[str, ...]
    ids: Texts
    department: Ints  # positions of the departments
    kind: Ints
    tags: dict[str, Bools]  # which programs have a tag, by tag
    size: Floats  # dollars that a program of this kind needs in a year
    baseline: Floats  # dollars; NaN for new programs
    worth: Floats  # what a dollar of the program buys at first, in the worth of its outcome
    fixed: Floats  # dollars of the fixed cost
    unit_cost: Floats  # dollars for a unit of service, NaN where there is none
    ceiling: Floats  # as a share of the baseline, NaN where there is none
    payer: Ints  # the fund that pays for it as things are
    columns: dict[str, list[Column]] = field(default_factory=dict)  # a key may be written for some after others

    def __len__(self) -> int:
        return len(self.department)

    def has(self, feature: str) -> bool:
        """Return whether the city has a feature."""
        return feature in self.features

    @property
    def is_new(self) -> Bools:
        """Programs without a baseline; shape (programs,)."""
        return np.isnan(self.baseline)

    def is_kind(self, *kinds: Kind) -> Bools:
        """Return the programs that are scaled in one of some ways; shape (programs,)."""
        return np.isin(self.kind, kinds)

    def some(self, among: Bools, share: float) -> Ints:
        """Return positions of a share of some programs, by chance."""
        return np.flatnonzero(among & (self.rng.random(len(self)) < share))

    def put(self, key: str, rows: Ints, values: Any, *, shares: bool = False) -> None:
        """Write a key for some programs; one value is that of all."""
        if len(rows):
            given = np.asarray(values, dtype=object if isinstance(values, str) else None)
            column = Column(rows, np.broadcast_to(given, len(rows)).copy(), shares=np.full(len(rows), shares))
            self.columns.setdefault(key, []).append(column)

    def put_lists(self, key: str, rows: Ints, lengths: Ints | int, items: Any) -> None:
        """Write a key that holds a list: the items of all programs one after another."""
        if len(rows):
            offsets = np.concatenate(([0], np.cumsum(np.broadcast_to(lengths, len(rows)))))
            self.columns.setdefault(key, []).append(Column(rows, items, offsets))

    def table(self) -> ProgramTable:
        """Return the programs as a scenario has them."""
        return ProgramTable(self.ids, {key: _joined(parts) for key, parts in self.columns.items()})


def _joined(parts: list[Column]) -> Column:
    """Return the cells of several columns as one column, in the order of the programs."""
    rows = np.concatenate([part.rows for part in parts])
    values = np.concatenate([part.values for part in parts])
    offsets = shares = None
    if parts[0].offsets is not None:
        lengths = np.concatenate([np.diff(part.offsets) for part in parts if part.offsets is not None])
        offsets = np.concatenate(([0], np.cumsum(lengths)))
    elif values.dtype.kind == "f":
        shares = np.concatenate([part.shares for part in parts if part.shares is not None])
        shares = shares if shares.any() else None
    order = np.argsort(rows, kind="stable")
    return Column(rows, values, offsets, shares).take(order, rows[order])
