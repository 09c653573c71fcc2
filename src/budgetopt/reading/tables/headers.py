"""Which column of a table is which key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from budgetopt.errors import Place, Problem, hidden_in, near
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.shape import normal, unknown_column
from budgetopt.reading.yaml_text import quoted
from budgetopt.scenario.model.table import IGNORE, PLUS, Table
from budgetopt.scenario.words import shown

__all__ = ["MappedAt", "Vocabulary", "match_headers"]

MappedAt = Callable[[str], Place | None]
"""Where the scenario file maps a header to a key."""


_OTHER_NAME = "id"
"""An ordinary header of the column ``program``."""


@dataclass(frozen=True)
class Vocabulary:
    """What the columns of one kind of table may be: those it must have, which are known, the nearest known one.

    ``one`` and ``many`` are what a row of it is, as in "a program", and its plural; ``adds`` tells for which keys
    several columns are added up.
    """

    required: tuple[str, ...]
    known: Callable[[str], bool]
    suggest: Callable[[str], str]
    one: str
    many: str
    adds: Callable[[str], bool] = lambda _key: False


def match_headers(
    grid: Grid, table: Table, words: Vocabulary, mapped_at: MappedAt
) -> tuple[dict[str, int], list[Problem]]:
    """Return the position of each key's column, and what is wrong with the headers.

    ``mapped_at`` tells where the scenario file maps a header.
    """
    mapping, problems = _mapping(grid, table, words, mapped_at)
    # a header that is offered in place of one that is not there is told with that one
    offered = {near(normal(name), grid.headers) for name in table.columns if not grid.named(normal(name))}
    # what chooses rows or names programs is understood without a key of its own
    used, of_id = (
        {at for name in names for at in grid.named(normal(name))}
        for names in ((*table.where, *table.skip, *table.id), table.id)
    )
    # the last column is the one that these make together
    of_id.discard(len(grid.headers) - 1)
    used -= mapping.keys()
    positions: dict[str, int] = {}
    for position, header in enumerate(grid.headers):
        key = mapping.get(position, header)
        if key == "program" and position in of_id:
            continue
        if key == _OTHER_NAME and "program" not in grid.headers and position not in mapping:
            key = "program"
        if (position in mapping or position in used) and (key == IGNORE or not words.known(key)):
            continue
        if not header and position not in mapping:
            problems += _without_header(grid, position)
        elif not header.isprintable() or hidden_in(header):
            message = f"the column header {header!r} has a character that cannot be seen"
            problems.append(Problem("control-character", message, grid.place(-1, position), "visible characters"))
        elif not words.known(key) and header not in offered:
            hint = (
                _hint(words, key) or f"map it with `columns: {{{_one_name(grid, position)}: ignore}}` to leave it alone"
            )
            message = f"{shown(header)} is no column that a table of {words.many} has"
            place = grid.place(-1, position)
            problems.append(Problem("unknown-column", message, place, f"a key of {words.one}", hint))
        elif key in positions and words.known(key):
            first = grid.place(-1, positions[key])
            message = f"the column {shown(key)} stands twice, first at {first}"
            problems.append(Problem("duplicate-column", message, grid.place(-1, position), "each column once"))
        elif words.known(key):
            positions[key] = position
    for key in words.required:
        if key not in positions:
            close = near(key, grid.headers)
            hint = f"is it the column {close!r}? map it with `columns: {{{quoted(close)}: {key}}}`" if close else ""
            message, place = f"the table has no column '{key}'", Place(grid.file, grid.header_row, 0, grid.sheet)
            problems.append(Problem("missing-column", message, place, f"a column '{key}'", hint))
    return positions, problems


def _mapping(grid: Grid, table: Table, words: Vocabulary, mapped_at: MappedAt) -> tuple[dict[int, str], list[Problem]]:
    """Return the keys that the scenario file maps columns to, by their positions, and what is wrong with that."""
    problems: list[Problem] = []
    mapping: dict[int, str] = {}
    # a letter names one column, and says more than a header that several columns have
    for header, key in sorted(table.columns.items(), key=lambda pair: normal(pair[0]) in grid.headers):
        if PLUS in header and not grid.named(normal(header)):
            parts, wrong = _parts(grid, header, key, words, mapped_at(header))
            mapping |= dict(zip(parts, [key, *[IGNORE] * len(parts)], strict=False))
            problems += wrong
            continue
        named = [position for position in grid.named(normal(header)) if position not in mapping]
        if len(named) != 1 and not (named and key == IGNORE):
            problem = unknown_column(grid, header, mapped_at(header))
            problems += [] if problem is None else [problem]
        if key != IGNORE and not words.known(key):
            hint = _hint(words, key) or "`ignore` leaves a column alone"
            message = f"{shown(header)} is mapped to {shown(key)}, which is no key of {words.one}"
            problems.append(Problem("unknown-key", message, mapped_at(header), f"a key of {words.one}", hint))
        mapping |= dict.fromkeys(named, key if len(named) == 1 else IGNORE)
    return mapping, problems


def _parts(
    grid: Grid, header: str, key: str, words: Vocabulary, place: Place | None
) -> tuple[list[int], list[Problem]]:
    """Return the columns that are added up under a name, and what is wrong with that."""
    parts = [part.strip() for part in normal(header).split(PLUS)]
    problems = [problem for part in parts if (problem := unknown_column(grid, part, place)) is not None]
    twice = next((part for part in parts if parts.count(part) > 1), "")
    if twice:
        message, expected = f"{shown(twice)} is added up twice in {shown(header)}", "each column once"
        problems.append(Problem("duplicate-column", message, place, expected))
    elif not words.adds(key):
        message = f"{shown(header)} is mapped to {shown(key)}, and columns are added up for baselines alone"
        problems.append(Problem("unknown-key", message, place, "baseline"))
    return [] if problems else grid.added(normal(header)), problems


def _one_name(grid: Grid, position: int) -> str:
    """Return what names a column in a scenario file: its header, or its letter where no other column may have it."""
    header = grid.headers[position]
    return quoted(header) if header and grid.headers.count(header) == 1 else grid.letters[position]


def _hint(words: Vocabulary, key: str) -> str:
    close = words.suggest(key)
    return f"did you mean {close!r}?" if close and close != key else ""


def _without_header(grid: Grid, position: int) -> list[Problem]:
    for row, cell in enumerate(grid.columns[position]):
        if cell:
            message = f"{shown(cell)} stands in a column without a header"
            return [Problem("missing-head", message, grid.place(row, position), "a column header")]
    return []
