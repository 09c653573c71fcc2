"""Arrays of positions: of programs in every period, of rows in a table of both, of what belongs to what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.formulation.linear_program import Bools, Ints

__all__ = ["each_period", "items_of", "payers", "placed"]


def each_period(items: Ints, periods: int) -> tuple[Ints, Ints]:
    """Return each item once for every period, and the periods; shape (items * periods,)."""
    return np.repeat(items, periods), np.tile(np.arange(periods), len(items))


def placed(shape: tuple[int, ...], cell: tuple[NDArray[Any], ...], positions: Ints) -> Ints:
    """Return the positions in their cells, -1 in all others; of the shape asked for."""
    out = np.full(shape, -1, dtype=np.int64)
    out[cell] = positions
    return out


def payers(eligible: Bools) -> tuple[Ints, Ints]:
    """Return how many funds may pay for each program, and the first of them; shape (programs,) both."""
    first = eligible.argmax(axis=1) if eligible.shape[1] else np.zeros(len(eligible), dtype=np.int64)
    return np.asarray(eligible.sum(axis=1), np.int64), first


def items_of(owner: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Return the items of some owners, those of one after those of another, and the place in ``owners`` of each.

    ``owner`` is the owner of each item, of shape (items,).
    """
    order = np.argsort(owner, kind="stable")
    left, right = (np.searchsorted(owner[order], owners, side=side) for side in ("left", "right"))
    lengths = right - left
    at = np.repeat(np.arange(len(owners)), lengths)
    first = left - (np.cumsum(lengths) - lengths)
    return order[first[at] + np.arange(len(at))], at
