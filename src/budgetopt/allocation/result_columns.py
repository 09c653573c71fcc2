"""Columns of a result document, from arrays: short to write, and the same for the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.formulation.linear_program import Block, Labels
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts, objects

__all__ = ["flags", "labelled", "named", "numbers", "significant", "texts"]

DIGITS = 15
"""How many digits of a figure that is worked out are written: what a binary fraction has beyond them is no figure."""
_EXACT_POWER = 22
"""The largest power of ten that a binary fraction holds exactly."""


def numbers(values: Floats) -> Any:
    """Return a column of numbers: one number where all are the same, null where none is known."""
    # a zero loses its sign
    values = values + 0.0
    if len(values) and (np.isnan(values).all() or (values == values[0]).all()):
        return float(values[0]) if np.isfinite(values[0]) else None
    return values


def significant(values: Floats) -> Floats:
    """Return figures rounded to 15 digits, so that 0.1 + 0.2 is 0.3; same shape."""
    out = values.copy()
    fine = np.flatnonzero(np.isfinite(values) & (values != 0))
    decimals = DIGITS - 1 - np.floor(np.log10(np.abs(values[fine]))).astype(np.int64)
    for count in np.unique(decimals[(decimals > 0) & (decimals <= _EXACT_POWER)]).tolist():
        at = fine[decimals == count]
        out[at] = np.round(values[at], count)
    return out


def named(values: Texts) -> dict[str, Any]:
    """Return a column of texts as each different one, and which of them stands in each row."""
    place: dict[str, int] = {}
    at = np.array([place.setdefault(text, len(place)) for text in values.tolist()], dtype=np.int64)
    return {"names": list(place), "at": at}


def texts(values: Texts) -> Any:
    """Return a column of texts: one text where all are the same."""
    column = named(values)
    return column["names"][0] if len(column["names"]) == 1 else column


def flags(values: Bools) -> Any:
    """Return a column of yes and no: one of them where all are the same."""
    return bool(values[0]) if len(values) and (values == values[0]).all() else values


def labelled(values: Floats | None, labels: Labels) -> list[dict[str, Any]] | None:
    """Return the values that are not zero with what each row or column is about, kind by kind; None without values."""
    if values is None:
        return None
    numbered = _numbered(labels)
    tables = []
    for place, block in enumerate(labels.blocks):
        found = values[block.start : block.stop]
        used = np.flatnonzero(found)
        if not len(used):
            continue
        again = numbered.get(place)
        tables.append(
            {
                "label": f"{block.kind}[{','.join(block.keys)}]",
                "keys": {key: _key(labels, key, at[used]) for key, at in block.keys.items()},
                "again": None if again is None or (again[used] == 1).all() else again[used],
                "values": found[used] + 0.0,
            }
        )
    return tables


def _key(labels: Labels, key: str, at: Ints) -> Any:
    if key == "program" or key not in labels.names:
        return int(at[0]) if (at == at[0]).all() else at
    known, (different, place) = labels.names[key], np.unique(at, return_inverse=True)
    names = [known[one] if 0 <= one < len(known) else str(one) for one in different.tolist()]
    return texts(objects(names)[place])


def _numbered(labels: Labels) -> dict[int, Ints]:
    """Return the number of each row or column among those of its kind with the same keys, by the place of its block.

    Blocks in which all are different, and which are alone of their kind, are left out.
    """
    kinds: dict[tuple[str, ...], list[int]] = {}
    for place, block in enumerate(labels.blocks):
        if len(block):
            kinds.setdefault((block.kind, *block.keys), []).append(place)
    out: dict[int, Ints] = {}
    for places in kinds.values():
        blocks = [labels.blocks[place] for place in places]
        code = np.concatenate([np.zeros(len(block), dtype=np.int64) for block in blocks])
        for key in blocks[0].keys:
            at = _first_of_name(labels, key, np.concatenate([block.keys[key] for block in blocks]))
            span = int(at.max()) - int(at.min()) + 1
            code = code * span + at  # no mutant: what is subtracted keeps different keys apart, too
        if not (np.diff(code) > 0).all():
            order = np.argsort(code, kind="stable")
            starts = np.flatnonzero(np.diff(code[order], prepend=code[order[0]] - 1))
            number = np.empty(len(code), dtype=np.int64)
            number[order] = np.arange(len(code)) - np.repeat(starts, np.diff([*starts.tolist(), len(code)])) + 1
            out |= dict(zip(places, _parted(number, blocks), strict=True))
    return out


def _first_of_name(labels: Labels, key: str, at: Ints) -> Ints:
    """Return the positions of things, of those with one name the first."""
    names = labels.names.get(key, ())
    if len(set(names)) == len(names):
        return at
    first: dict[str, int] = {}
    same = np.array([first.setdefault(name, place) for place, name in enumerate(names)], dtype=np.int64)
    counts = at >= 0  # no mutant: the first thing is the first of its name
    return np.where(counts & (at < len(same)), same[np.clip(at, 0, len(same) - 1)], at)


def _parted(values: Ints, blocks: list[Block]) -> Iterator[Ints]:
    start = 0
    for block in blocks:
        yield values[start : start + len(block)]
        start += len(block)
