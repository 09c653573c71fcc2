"""Read the cells of a column: all plain numbers at once, everything else by the types that read YAML.

The quick way takes only cells that every type reads as the same number (``4200000``, ``0.21``); what remains, and
whatever a type might refuse, goes cell by distinct cell through the type itself. So both ways mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from budgetopt.reading.problems import Said, say
from budgetopt.reading.tables.text_cells import PLAIN, TextCells, is_filled, taken
from budgetopt.scenario.amounts import LEAST, MOST, Share
from budgetopt.scenario.keys import Leaf
from budgetopt.scenario.programs import Bools, Column, Floats, Ints, column_of, items_of, objects, positions_of
from budgetopt.scenario.words import on_one_line

__all__ = ["is_plain", "malformed_curves", "read_cells"]

_PLAIN_CURVE = re.compile(rf"{PLAIN.pattern}:-?{PLAIN.pattern}(?:; ?{PLAIN.pattern}:-?{PLAIN.pattern})+")
_ALL_PLAIN, _ALL_PLAIN_CURVES = (re.compile(f"(?:{one.pattern}\n)*+") for one in (PLAIN, _PLAIN_CURVE))
"""The same for all cells of a column, each with a line break behind it."""
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,308})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,307})\.[0-9]+")


Refused = list[tuple[int, Said]]
"""The position of each cell that cannot be read, and what its type says of it."""


def read_cells(leaf: Leaf, cells: Sequence[str]) -> tuple[Column, Refused]:
    """Return the filled cells of a column that can be read, at their positions among all cells, and the others.

    Cells are stripped texts; an empty one says nothing.
    """
    filled = np.flatnonzero(is_filled(cells))
    texts = cells if len(filled) == len(cells) else taken(cells, filled)
    if leaf.kind == "number":
        return _numbers(leaf, filled, texts)
    if leaf.kind == "points" and (plain := _plain_curves(filled, cells, texts)) is not None:
        return plain, []
    if leaf.takes_words and _is_printable(texts):
        return Column(filled, objects(list(texts))), []
    values, errors = _by_type(leaf, texts)
    if errors:
        bad = {position for position, _ in errors}
        good = [position for position in range(len(texts)) if position not in bad]
        errors = [(int(filled[position]), said) for position, said in errors]
        values = [values[position] for position in good]
        filled = filled[good]
    if leaf.kind in ("text", "choice"):
        return Column(filled, objects(values)), errors
    if leaf.kind == "names":
        return _name_lists(filled, values), errors
    return column_of(filled.tolist(), values), errors


def is_plain(leaf: Leaf, cells: Sequence[str]) -> bool:
    """Return whether all filled cells are plain numbers, or curves of them, as the type of a column asks for."""
    if leaf.kind == "points":
        return cells.curves is not None if isinstance(cells, TextCells) else _are_plain_curves([*filter(None, cells)])
    return isinstance(cells, TextCells) and bool((cells.numbers.plain | ~cells.filled).all())


def _is_printable(texts: Sequence[str]) -> bool:
    """Return whether all texts are of characters of ASCII that can be seen."""
    if isinstance(texts, TextCells) and texts.is_printable:
        return True
    joined = "".join(texts)
    return joined.isascii() and joined.isprintable()


def _name_lists(filled: Ints, values: Sequence[tuple[str, ...]]) -> Column:
    """Return lists of names as a column; most of them say the same as another."""
    distinct, place = positions_of(objects(values))
    lengths = np.fromiter(map(len, distinct), dtype=np.int64, count=len(distinct))
    items, offsets = items_of(np.concatenate(([0], np.cumsum(lengths))), place)
    return Column(filled, objects([name for names in distinct.tolist() for name in names])[items], offsets)


def _by_type(leaf: Leaf, texts: Sequence[str]) -> tuple[list[Any], Refused]:
    """Read texts by the type; return one value a text (None where it was refused) and what was refused."""
    distinct = list(dict.fromkeys(texts))
    inputs = [_prepared(leaf, text) for text in distinct]
    refused: dict[str, list[Said]] = {}
    try:
        values = leaf.adapter.validate_python(inputs)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            refused.setdefault(distinct[int(details["loc"][0])], []).append(say(details))
        good = [position for position, text in enumerate(distinct) if text not in refused]
        read = leaf.adapter.validate_python([inputs[position] for position in good])
        values = [None] * len(distinct)
        for position, value in zip(good, read, strict=True):
            values[position] = value
    if len(distinct) < len(texts):
        values = list(map(dict(zip(distinct, values, strict=True)).get, texts))
    if not refused:
        return values, []
    return values, [(position, said) for position, text in enumerate(texts) for said in refused.get(text, ())]


def _prepared(leaf: Leaf, text: str) -> Any:
    """Return the text of a cell as YAML would have given it."""
    if leaf.kind == "names":
        return [on_one_line(item.strip()) for item in text.split(";")]
    if leaf.is_name:
        # people break long names into lines within a cell
        return on_one_line(text)
    if leaf.kind == "numbers":
        return [item.strip() for item in text.split(";")]
    if leaf.kind == "points":
        parts = ([part.strip() for part in point.split(":")] for point in text.split(";"))
        return [part if len(part) > 1 else part[0] for part in parts]
    if leaf.kind == "flag":
        return _FLAGS.get(text, text)
    return scalar(text) if leaf.kind in ("scalar", "whole") else text


def scalar(text: str) -> str | bool | int | float:
    """Return what the text of an attribute stands for: true or false, a number, or the text itself.

    What may be a code stays text: digits that begin with a zero (postal codes), that are too many for a number, or
    with an exponent (``2E10``).
    """
    if text in _FLAGS:
        return _FLAGS[text]
    if _INTEGER.fullmatch(text):
        number = float(text)
        return int(text) if np.isfinite(number) and int(number) == int(text) else text
    return float(text) if _DECIMAL.fullmatch(text) else text


def _numbers(leaf: Leaf, filled: Ints, texts: Sequence[str]) -> tuple[Column, Refused]:
    count = len(texts)
    plain, values = _plain_numbers(texts)
    shares = np.zeros(count, dtype=bool)
    at = np.flatnonzero(plain)
    numbers = values[at]
    # those that are too small or too large are told one by one
    fine = _in_range(numbers)
    plain[at[~fine]] = False
    at, numbers = at[fine], numbers[fine]
    if len(at):
        # every type admits an interval: where it takes the least and the greatest, it takes all between
        ends = [texts[at[int(np.argmin(numbers))]], texts[at[int(np.argmax(numbers))]]]
        try:
            kinds = {isinstance(end, Share) for end in leaf.adapter.validate_python(ends)}
        except ValidationError:
            kinds = set()
        if len(kinds) == 1:
            shares[at] = kinds.pop()
        else:
            plain[:] = False
    errors: Refused = []
    good = np.ones(count, dtype=bool)
    if not plain.all():
        slow = np.flatnonzero(~plain)
        read, refused = _by_type(leaf, [texts[cell] for cell in slow.tolist()])
        errors = [(int(filled[slow[position]]), said) for position, said in refused]
        good[[int(slow[position]) for position, _ in refused]] = False
        for cell, value in zip(slow.tolist(), read, strict=True):
            if value is not None:
                values[cell] = value
                shares[cell] = isinstance(value, Share)
    if not good.all():
        filled, values, shares = filled[good], values[good], shares[good]
    return Column(filled, values, shares=shares if shares.any() else None), errors


def _plain_numbers(texts: Sequence[str]) -> tuple[Bools, Floats]:
    """Return which texts are plain numbers, and their values; shape (texts,) both."""
    if isinstance(texts, TextCells):
        return texts.numbers.plain.copy(), texts.numbers.values.copy()
    plain = np.ones(len(texts), dtype=bool)
    if not _ALL_PLAIN.fullmatch(_lines(texts)):
        plain[:] = [PLAIN.fullmatch(text) is not None for text in texts]
    values = np.full(len(texts), np.nan)
    at = np.flatnonzero(plain)
    values[at] = np.fromiter(map(float, taken(texts, at)), dtype=np.float64, count=len(at))
    return plain, values


def _lines(texts: Sequence[str]) -> str:
    """Return texts as one, each with a line break behind it: one search is quicker than one a cell."""
    return "\n".join([*texts, ""])


def _are_plain_curves(texts: Sequence[str]) -> bool:
    return _ALL_PLAIN_CURVES.fullmatch(_lines(texts)) is not None


def _plain_curves(filled: Ints, cells: Sequence[str], texts: Sequence[str]) -> Column | None:
    """Return curves that are all well-formed and of plain numbers, or None if there is any other."""
    if isinstance(cells, TextCells):
        if cells.curves is None:
            return None
        points, lengths = cells.curves
    elif _are_plain_curves(texts):
        lengths = np.fromiter((text.count(";") + 1 for text in texts), dtype=np.int64, count=len(texts))
        numbers = ";".join(texts).replace(":", ";").split(";") if texts else []
        points = np.array(list(map(float, numbers))).reshape(-1, 2)
    else:
        return None
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    if not _in_range(points).all() or malformed_curves(points, offsets)[0].any():
        return None
    return Column(filled, points, offsets)


def _in_range(numbers: Floats) -> Bools:
    """Return which numbers are zero or of a size that can be calculated with; same shape."""
    sizes = np.abs(numbers)
    fine: Bools = (sizes == 0) | ((sizes >= LEAST) & (sizes <= MOST))
    return fine


def malformed_curves(points: Floats, offsets: Ints) -> tuple[Bools, Ints]:
    """Return which curves are not well-formed, shape (curves,), and the points whose spending does not rise.

    The points of curve ``i`` are ``points[offsets[i]:offsets[i + 1]]``; see
    :func:`budgetopt.scenario.model.program.check_curve`.
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    spending = np.append(points[:, 0], np.nan)
    curve = np.repeat(np.arange(len(starts)), lengths)
    backwards = np.flatnonzero((np.diff(points[:, 0]) <= 0) & (np.diff(curve) == 0)) + 1
    wrong = (lengths < 2) | (spending[starts] != 0)
    wrong[curve[backwards]] = True
    return wrong, backwards
