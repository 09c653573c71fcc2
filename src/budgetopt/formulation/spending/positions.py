"""Arrays of positions: of programs in every period, of rows in a table of both, of what belongs to what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.formulation.linear_program import Ints

__all__ = ["each_period", "items_of", "placed"]


def each_period(items: Ints, periods: int) -> tuple[Ints, Ints]:
    """Return each item once for every period, and the periods; shape (items * periods,)."""
    return np.repeat(items, periods), np.tile(np.arange(periods), len(items))


def placed(shape: tuple[int, ...], cell: tuple[NDArray[Any], ...], positions: Ints) -> Ints:
    """Return the positions in their cells, -1 in all others; of the shape asked for."""
    out = np.full(shape, -1, dtype=np.int64)
    out[cell] = positions
    return out


def items_of(owner: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Return the items of some owners, those of one after those of another.

    Parameters
    ----------
    owner
        The owner of each item; shape (items,).
    owners
        The owners that are asked for; shape (owners,).

    Returns
    -------
    item, at
        Each item, and the place of its owner in ``owners``; of the same shape.
    """
    order = np.argsort(owner, kind="stable")
    left, right = (np.searchsorted(owner[order], owners, side=side) for side in ("left", "right"))
    lengths = right - left
    at = np.repeat(np.arange(len(owners)), lengths)
    first = left - (np.cumsum(lengths) - lengths)
    return order[first[at] + np.arange(len(at))], at
