"""Which column of a table is which key."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from budgetopt.errors import Place, Problem, near
from budgetopt.reading.tables.grid import Grid
from budgetopt.scenario.model.table import IGNORE, Table
from budgetopt.scenario.words import shown

__all__ = ["Vocabulary", "match_heads", "normal"]


@dataclass(frozen=True)
class Vocabulary:
    """What the columns of one kind of table may be.

    Parameters
    ----------
    required
        The columns that there must be.
    known
        Tells whether a column is known.
    suggest
        Gives the known column nearest to an unknown one, or an empty string.
    one, many
        What a row of the table is, as in "a program", and its plural.
    """

    required: tuple[str, ...]
    known: Callable[[str], bool]
    suggest: Callable[[str], str]
    one: str
    many: str


def normal(head: str) -> str:
    """Return a head with its line breaks and runs of blanks made single blanks."""
    return unicodedata.normalize("NFC", " ".join(head.split()))


def match_heads(
    grid: Grid, table: Table, words: Vocabulary, mapped_at: Callable[[str], Place | None]
) -> tuple[dict[str, int], list[Problem]]:
    """Return the position of each key's column, and what is wrong with the heads.

    Parameters
    ----------
    grid
        The table.
    table
        How its columns are to be read.
    words
        What they may be.
    mapped_at
        Where the scenario file maps a head.
    """
    problems: list[Problem] = []
    mapping = {normal(head): key for head, key in table.columns.items()}
    heads = [normal(head) for head in grid.heads]
    for head, key in table.columns.items():
        if normal(head) not in heads:
            close = near(normal(head), heads)
            hint = f"did you mean {close!r}?" if close else f"its heads are {', '.join(filter(None, heads))}"
            message = f"{shown(head)} is no column of {grid.file}" + (f"!{grid.sheet}" if grid.sheet else "")
            problems.append(Problem("unknown-column", message, mapped_at(head), "the head of a column", hint))
        if key != IGNORE and not words.known(key):
            hint = _hint(words, key) or "`ignore` leaves a column alone"
            message = f"{shown(head)} is mapped to {shown(key)}, which is no key of {words.one}"
            problems.append(Problem("unknown-key", message, mapped_at(head), f"a key of {words.one}", hint))
    positions: dict[str, int] = {}
    for position, head in enumerate(heads):
        place = grid.place(-1, position)
        key = mapping.get(head, head)
        if key == IGNORE and head in mapping:
            continue
        if not head:
            problems += _headless(grid, position)
        elif not head.isprintable():
            message = f"the column head {head!r} has a character that cannot be seen"
            problems.append(Problem("control-character", message, place, "visible characters"))
        elif not words.known(key):
            if head not in mapping:
                expected = f"a key of {words.one}"
                hint = _hint(words, key) or f"map it with `columns: {{{head}: ignore}}` to leave it alone"
                message = f"{shown(head)} is no column that a table of {words.many} has"
                problems.append(Problem("unknown-column", message, place, expected, hint))
        elif key in positions:
            first = grid.place(-1, positions[key])
            message = f"the column {shown(key)} stands twice, first at {first}"
            problems.append(Problem("duplicate-column", message, place, "each column once"))
        else:
            positions[key] = position
    problems += _missing(grid, words, positions, problems)
    return positions, problems


def _hint(words: Vocabulary, key: str) -> str:
    close = words.suggest(key)
    return f"did you mean {close!r}?" if close and close != key else ""


def _headless(grid: Grid, position: int) -> list[Problem]:
    filled = next((row for row, cell in enumerate(grid.columns[position]) if cell), None)
    if filled is None:
        return []
    cell = shown(grid.columns[position][filled])
    return [
        Problem(
            "missing-head", f"{cell} stands in a column without a head", grid.place(filled, position), "a column head"
        )
    ]


def _missing(
    grid: Grid, words: Vocabulary, positions: Sequence[str] | dict[str, int], found: Sequence[Problem]
) -> list[Problem]:
    problems = []
    for key in words.required:
        if key in positions:
            continue
        close = near(key, [normal(head) for head in grid.heads])
        hint = f"is it the column {close!r}? map it with `columns: {{{close}: {key}}}`" if close else ""
        if any(problem.code == "duplicate-column" and f"'{key}'" in problem.message for problem in found):
            continue
        message = f"the table has no column '{key}'"
        problems.append(
            Problem(
                "missing-column", message, Place(grid.file, grid.head_row, 0, grid.sheet), f"a column '{key}'", hint
            )
        )
    return problems
