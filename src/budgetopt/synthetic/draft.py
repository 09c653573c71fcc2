"""A generated city while it is made: what each program is, as arrays, and the columns that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetopt.scenario.programs import Bools, Column, Floats, Ints, ProgramTable, Texts, objects

__all__ = [
    "FREE",
    "IF_FUNDED",
    "PACKAGES",
    "PLAIN",
    "PROJECT",
    "SERVICE",
    "S_CURVE",
    "Columns",
    "Draft",
    "texts",
    "texts_of",
]

PLAIN, S_CURVE, IF_FUNDED, SERVICE, FREE, PACKAGES, PROJECT = range(7)
"""The ways in which a program is scaled or chosen."""


def texts_of(words: Sequence[str], at: Ints) -> Texts:
    """Return words by their positions, as texts."""
    return objects(list(words))[at]


def texts(text: str, count: int) -> Texts:
    """Return one text so many times."""
    return np.full(count, text, dtype=object)


@dataclass
class Columns:
    """The columns of the programs as they are written down: a key may be written for some programs after others."""

    ids: Texts
    parts: dict[str, list[Column]] = field(default_factory=dict)

    def put(self, key: str, rows: Ints, values: Any, *, shares: bool = False) -> None:
        """Write a key for some programs; one value is that of all."""
        if len(rows):
            every = np.broadcast_to(np.asarray(values), len(rows)).copy()
            self._add(key, Column(rows, every, shares=np.full(len(rows), shares)))

    def put_lists(self, key: str, rows: Ints, lengths: Ints, items: Any) -> None:
        """Write a key that holds a list: the items of all programs one after another."""
        if len(rows):
            self._add(key, Column(rows, items, np.concatenate(([0], np.cumsum(lengths)))))

    def _add(self, key: str, column: Column) -> None:
        self.parts.setdefault(key, []).append(column)

    def table(self) -> ProgramTable:
        """Return the programs."""
        return ProgramTable(self.ids, {key: _joined(parts) for key, parts in self.parts.items()})


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


@dataclass
class Draft:
    """What each program of the city is; every array has shape (programs,) or (programs, ...).

    Parameters
    ----------
    rng
        Where chance comes from.
    features, funds, periods
        What the city has.
    department, kind
        Positions of the department and of the way in which the program is scaled.
    tags
        Which programs have a tag, by tag.
    size
        Dollars that a program of this kind needs in a year.
    baseline
        Dollars; NaN for new programs.
    worth
        What a dollar of the program buys at first, in the worth of its outcome.
    fixed, unit_cost, ceiling
        Dollars of the fixed cost and of a unit of service; the ceiling as a share of the baseline, NaN where none.
    payer
        The fund that pays for it as things are.
    written
        The columns that say so.
    """

    rng: np.random.Generator
    features: frozenset[str]
    funds: tuple[str, ...]
    periods: tuple[str, ...]
    department: Ints
    kind: Ints
    tags: dict[str, Bools]
    size: Floats
    baseline: Floats
    worth: Floats
    fixed: Floats
    unit_cost: Floats
    ceiling: Floats
    payer: Ints
    written: Columns

    def __len__(self) -> int:
        return len(self.department)

    def has(self, feature: str) -> bool:
        """Return whether the city has a feature."""
        return feature in self.features

    @property
    def is_new(self) -> Bools:
        """Programs without a baseline; shape (programs,)."""
        return np.isnan(self.baseline)

    def is_kind(self, *kinds: int) -> Bools:
        """Return the programs that are scaled in one of some ways; shape (programs,)."""
        return np.isin(self.kind, kinds)

    def some(self, among: Bools, share: float) -> Ints:
        """Return positions of a share of some programs, by chance."""
        return np.flatnonzero(among & (self.rng.random(len(self)) < share))

    def put(self, key: str, rows: Ints, values: Any, *, shares: bool = False) -> None:
        """Write a key for some programs."""
        self.written.put(key, rows, values, shares=shares)
