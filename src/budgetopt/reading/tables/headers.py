"""Which column of a table is which key."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from budgetopt.errors import Place, Problem, near
from budgetopt.reading.tables.grid import Grid
from budgetopt.scenario.model.table import IGNORE, Table
from budgetopt.scenario.words import shown

__all__ = ["Vocabulary", "match_headers", "normal"]


@dataclass(frozen=True)
class Vocabulary:
    """What the columns of one kind of table may be: those it must have, which are known, the nearest known one.

    ``one`` and ``many`` are what a row of it is, as in "a program", and its plural.
    """

    required: tuple[str, ...]
    known: Callable[[str], bool]
    suggest: Callable[[str], str]
    one: str
    many: str


def normal(header: str) -> str:
    """Return a header with its line breaks and runs of blanks made single blanks."""
    return unicodedata.normalize("NFC", " ".join(header.split()))


def match_headers(
    grid: Grid, table: Table, words: Vocabulary, mapped_at: Callable[[str], Place | None]
) -> tuple[dict[str, int], list[Problem]]:
    """Return the position of each key's column, and what is wrong with the headers.

    ``mapped_at`` tells where the scenario file maps a header.
    """
    problems: list[Problem] = []
    mapping = {normal(header): key for header, key in table.columns.items()}
    headers = [normal(header) for header in grid.headers]
    for header, key in table.columns.items():
        if normal(header) not in headers:
            close = near(normal(header), headers)
            hint = f"did you mean {close!r}?" if close else f"its headers are {', '.join(filter(None, headers))}"
            message = f"{shown(header)} is no column of {grid.file}" + (f"!{grid.sheet}" if grid.sheet else "")
            problems.append(Problem("unknown-column", message, mapped_at(header), "the header of a column", hint))
        if key != IGNORE and not words.known(key):
            hint = _hint(words, key) or "`ignore` leaves a column alone"
            message = f"{shown(header)} is mapped to {shown(key)}, which is no key of {words.one}"
            problems.append(Problem("unknown-key", message, mapped_at(header), f"a key of {words.one}", hint))
    positions: dict[str, int] = {}
    for position, header in enumerate(headers):
        place = grid.place(-1, position)
        key = mapping.get(header, header)
        if key == IGNORE and header in mapping:
            continue
        if not header:
            problems += _without_header(grid, position)
        elif not header.isprintable():
            message = f"the column header {header!r} has a character that cannot be seen"
            problems.append(Problem("control-character", message, place, "visible characters"))
        elif not words.known(key):
            if header not in mapping:
                expected = f"a key of {words.one}"
                hint = _hint(words, key) or f"map it with `columns: {{{header}: ignore}}` to leave it alone"
                message = f"{shown(header)} is no column that a table of {words.many} has"
                problems.append(Problem("unknown-column", message, place, expected, hint))
        elif key in positions:
            first = grid.place(-1, positions[key])
            message = f"the column {shown(key)} stands twice, first at {first}"
            problems.append(Problem("duplicate-column", message, place, "each column once"))
        else:
            positions[key] = position
    for key in words.required:
        if key not in positions:
            close = near(key, headers)
            hint = f"is it the column {close!r}? map it with `columns: {{{close}: {key}}}`" if close else ""
            message, place = f"the table has no column '{key}'", Place(grid.file, grid.header_row, 0, grid.sheet)
            problems.append(Problem("missing-column", message, place, f"a column '{key}'", hint))
    return positions, problems


def _hint(words: Vocabulary, key: str) -> str:
    close = words.suggest(key)
    return f"did you mean {close!r}?" if close and close != key else ""


def _without_header(grid: Grid, position: int) -> list[Problem]:
    for row, cell in enumerate(grid.columns[position]):
        if cell:
            message = f"{shown(cell)} stands in a column without a header"
            return [Problem("missing-head", message, grid.place(row, position), "a column header")]
    return []
