"""Find the unit of the amounts of a budget file, such as thousands: what the file says, and what its cells hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices, Option, column_option
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_rows import note_lines, title_lines
from budgetopt.reading.office.translated_words import plain_letters
from budgetopt.scenario.model.table import IGNORE, PLUS

__all__ = ["find_scale"]

_SCALES = (
    (
        re.compile(
            r"\b(?:in|of) thousands\b|(?:\bin |\()[$\u20ac\u00a3]?000'?s?(?:\b|\))|[$\u20ac\u00a3]000'?s?\b"
            r"|[$\u20ac\u00a3]k\b|\bk(?:[$\u20ac\u00a3]|EUR\b|USD\b|CHF\b)"
            r"|\b(?:in|en|w) (?:tausend|tsd|miles|milliers|tys)\b|\bT(?:EUR|\u20ac|CHF)\b",
            re.IGNORECASE,
        ),
        1000.0,
    ),
    (
        re.compile(
            r"\b(?:in|of) millions\b|\((?:[$\u20ac\u00a3]m|millions?)\)|[$\u20ac\u00a3] ?millions?\b"
            r"|\b(?:in|en|w) (?:mio|millones|mln)\b|\bM(?:[$\u20ac\u00a3]|EUR\b|USD\b|CHF\b)|[$\u20ac\u00a3]m\b",
            re.IGNORECASE,
        ),
        1_000_000.0,
    ),
    (re.compile(r"\bin (?:us )?cents\b|\(cents\)|\ben (?:centimes|centavos|c[e\u00e9]ntimos)\b", re.IGNORECASE), 0.01),
)
_LETTERS = ((re.compile(r"\(k\)", re.IGNORECASE), 1000.0), (re.compile(r"\(m\)", re.IGNORECASE), 1_000_000.0))
"""Letters that are a unit in the header of amounts, and codes elsewhere: ``Mandated (M)``."""
_ONE = (re.compile(r"\((?:in )?(?:[$\u20ac\u00a3]|(?:whole )?dollars|EUR|USD|GBP|CHF)\)", re.IGNORECASE), 1.0)
"""What says in the header of amounts that they are whole."""
_OF_AMOUNTS = re.compile(r"\b(?:amounts?|dollars|figures|values|betrage|montants?|importes?|valores)\b")
"""Words of a note below a table that says what its amounts are in."""


def find_scale(found: Guess, choices: Choices, header: Sequence[int]) -> None:
    """Find what amounts are multiplied by: a title, the header of the money or a note below the table says it.

    Raises ChoiceError where columns of amounts are in different units.
    """
    if choices.scale is not None:
        if choices.scale != 1:
            found.table["scale"] = choices.scale
        return
    columns = [part for column in found.money for part in found.read_columns(column)]
    text, said = _said(found, choices, header, columns)
    limits = [column for key, column in found.keys.items() if key.startswith("spending.") and column not in columns]
    _check_units(found, choices, said, columns, limits)
    times = _thousands(found, choices, text, said, [*columns, *limits])
    amounts = found.amounts[found.amounts != 0]
    if said != 1 and said == 1000.0**times:
        found.remarks.append(
            f"the file says {text!r}, and its cells hold whole amounts and only show them so: they are taken as they"
            f" stand, `--scale {said:.0f}` if not"
        )
    elif said > 1 and not times and len(amounts) > 2 and (amounts % said == 0).all():
        # cells may hold whole amounts and only show them in thousands
        found.remarks.append(
            f"the file says {text!r}, and every amount is a multiple of {said:,.0f}: they are taken as they stand,"
            f" `--scale {said:.0f}` if not"
        )
    elif said != 1:
        scale = said / 1000.0**times
        found.table["scale"] = scale
        found.remarks.append(
            f"amounts are multiplied by {scale:,.12g}, because the file says {text!r}: `--scale 1` if not"
        )


def _said(found: Guess, choices: Choices, header: Sequence[int], columns: Sequence[ColumnFacts]) -> tuple[str, float]:
    """Return what says the unit of the amounts, and the unit; an empty text and 1 if nothing does.

    The headers of the amounts say more than what speaks of the whole table. Raises ChoiceError where they say that
    amounts are whole, and the table says another unit.
    """
    headers = [column.header for column in columns]
    for row in header[:-1]:
        # a cell of an upper row may stand above empty ones, without being merged
        cells = found.sheet.row(row - 1)
        before = (cells[: found.grid.at[column.position]] for column in columns)
        headers += [next(filter(None, reversed(some)), "") for some in before]
    units = ((text, unit) for text in headers if (unit := _in_header(text)) is not None)
    of_all = ((text, unit) for text in _lines(found, header) if (unit := _unit_of(text)) is not None)
    own, general = next(units, ("", 1.0)), next(of_all, ("", 1.0))
    if own[0] and general[0] and own[1] == 1.0:
        message = f"{found.grid.name} says {general[0]!r}, and the header of its amounts {own[0]!r}"
        raise ChoiceError(message, _one_or_all(choices, general[1]))
    return own if own[0] else general


def _one_or_all(choices: Choices, unit: float) -> list[Option]:
    """Return the answers that amounts are whole, and that they are in a unit."""
    return [
        Option("--scale 1", "amounts are taken as they stand", replace(choices, scale=1.0)),
        Option(f"--scale {unit:.12g}", f"amounts are multiplied by {unit:,.12g}", replace(choices, scale=unit)),
    ]


def _lines(found: Guess, header: Sequence[int]) -> Iterator[str]:
    """Yield what may say the unit of all amounts: titles, headers of what rows are, notes below the table."""
    yield from title_lines(found.sheet, header[0] - 1)
    names = [found.facts[0], *found.keys.values()]
    yield from (column.header for column in names if not column.is_numeric)
    yield from (line for line in note_lines(found.sheet) if _OF_AMOUNTS.search(plain_letters(line)))


def _unit_of(text: str) -> float | None:
    """Return the unit of amounts that a text says, None if it says none."""
    return next((scale for pattern, scale in _SCALES if pattern.search(text)), None)


def _in_header(header: str) -> float | None:
    """Return the unit that the header of a column of amounts says, None if it says none."""
    known = (scale for pattern, scale in (*_LETTERS, _ONE) if pattern.search(header))
    return unit if (unit := _unit_of(header)) is not None else next(known, None)


def _check_units(
    found: Guess, choices: Choices, said: float, columns: Sequence[ColumnFacts], limits: Sequence[ColumnFacts]
) -> None:
    """Refuse columns of amounts whose headers say different units: a table has one."""
    for column in (*columns, *limits):
        unit = _in_header(column.header)
        if unit is None or unit == said:
            continue
        message = f"'{column.header}' of {found.grid.name} is in another unit than other amounts, and a table has one"
        if column in columns:
            raise OptionError(message, hint="bring the columns to one unit in the file")
        ignored = [*filter(None, [choices.columns.get(IGNORE)]), column.plain_name]
        raise ChoiceError(message, [column_option(choices, IGNORE, PLUS.join(ignored), "it is left aside")])


def _thousands(found: Guess, choices: Choices, text: str, said: float, columns: Sequence[ColumnFacts]) -> int:
    """Return how many times over the cells of amounts are shown divided by a thousand.

    Raises ChoiceError where the file says a unit, and its cells are not all shown in it or in a smaller one.
    """
    if said <= 1:
        return 0
    times: set[int] = set()
    for column in columns:
        shown = found.sheet.thousands.get(found.grid.at[column.position] - 1)
        has_amount = found.grid.is_number(column.position) & (np.nan_to_num(column.amounts) != 0)
        times.update([] if shown is None else shown[found.grid.rows[has_amount] - 1].tolist())
        times.update([0] if shown is None and has_amount.any() else [])
    if len(times) > 1 or 1000.0 ** max(times, default=0) > said:
        message = f"{found.grid.name} says {text!r}, and the number formats of its amounts do not all fit that"
        raise ChoiceError(message, _one_or_all(choices, said))
    return max(times, default=0)
