"""Find how the amounts of a budget file are written: their decimal mark, their scale, their sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices, Option
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_rows import note_lines, title_lines
from budgetopt.reading.office.translated_words import plain_letters
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.number_texts import ambiguous, two_readings
from budgetopt.reading.tables.sheet import Sheet

__all__ = ["check_cells", "check_decimal", "find_scale", "turn_signs"]

_SCALES = (
    (
        re.compile(
            r"\b(?:in|of) thousands\b|(?:\bin |\()[$\u20ac\u00a3]?000'?s?(?:\b|\))|[$\u20ac\u00a3]000'?s?\b"
            r"|[$\u20ac\u00a3]k\b|\bk(?:[$\u20ac\u00a3]|EUR\b|USD\b|CHF\b)|\(k\)"
            r"|\b(?:in|en|w) (?:tausend|tsd|miles|milliers|tys)\b|\bT(?:EUR|\u20ac|CHF)\b",
            re.IGNORECASE,
        ),
        1000.0,
    ),
    (
        re.compile(
            r"\b(?:in|of) millions\b|\([$\u20ac\u00a3]?m(?:illions?)?\)|[$\u20ac\u00a3] ?millions?\b"
            r"|\b(?:in|en|w) (?:mio|millones|mln)\b|\bM(?:[$\u20ac\u00a3]|EUR\b|USD\b|CHF\b)|[$\u20ac\u00a3]m\b",
            re.IGNORECASE,
        ),
        1_000_000.0,
    ),
    (re.compile(r"\bin (?:us )?cents\b|\(cents\)|\ben (?:centimes|centavos|c[e\u00e9]ntimos)\b", re.IGNORECASE), 0.01),
)
_THOUSANDS = re.compile(r"\d{3}(?:\.\d+)?")
"""What remains of an amount that was cut at its marks of thousands."""
_OF_AMOUNTS = re.compile(r"\b(?:amounts?|dollars|figures|values|betrage|montants?|importes?|valores)\b")
"""Words of a note below a table that says what its amounts are in."""
_NEARLY_ALL = 0.9
"""Signs are turned where this share of the amounts is below zero: a few credits stay what they are."""


def check_cells(sheet: Sheet, grid: Grid) -> None:
    """Refuse a text file in which thousands of amounts are cells of their own."""
    last = max(at for at, header in zip(grid.at, grid.headers, strict=True) if header)
    far = [position for position, at in enumerate(grid.at) if at > last]
    cells = [cell for position in far for cell in grid.columns[position] if cell]
    if sheet.lengths is None or not cells or not all(map(_THOUSANDS.fullmatch, cells)):
        return
    row = next(at for at, cell in enumerate(grid.columns[far[0]]) if cell)
    parts = [column[row] for at, column in zip(grid.at, grid.columns, strict=True) if at >= last and column[row]]
    message = f"{grid.place(row, far[0])}: the row has more cells than there are headers, {last}"
    hint = f"if {' '.join(parts)} is one amount, export the file with amounts in quotes, or without marks of thousands"
    raise OptionError(message, hint=hint)


def check_decimal(found: Guess, choices: Choices) -> None:
    """Ask for the decimal mark where the money may be read in two ways."""
    if choices.decimal:
        found.table["decimal"] = choices.decimal
        return
    if found.table.get("decimal") is not None:
        return
    for column in (part for one in found.money for part in found.read_columns(one)):
        unclear = ambiguous(column.cells, found.grid.is_number(column.position))
        if len(unclear):
            text = column.cells[int(unclear[0])]
            place = found.grid.place(int(unclear[0]), column.position)
            one, many = two_readings(text)
            options = [
                Option('--decimal ","', f"{text} is {many}", replace(choices, decimal=",")),
                Option('--decimal "."', f"{text} is {one}", replace(choices, decimal=".")),
            ]
            raise ChoiceError(f"{place}: {text!r} may be {one} or {many}", options)


def find_scale(found: Guess, choices: Choices, header: Sequence[int]) -> None:
    """Find what amounts are multiplied by: a title, a header or a note below the table says it."""
    if choices.scale is not None:
        if choices.scale != 1:
            found.table["scale"] = choices.scale
        return
    notes = [line for line in note_lines(found.sheet) if _OF_AMOUNTS.search(plain_letters(line))]
    lines = [*title_lines(found.sheet, header[-1]), *notes]
    for pattern, scale in _SCALES:
        text = next((line for line in lines if pattern.search(line)), None)
        if text is None:
            continue
        amounts = found.amounts[found.amounts != 0]
        if len(amounts) > 2 and scale > 1 and (amounts % scale == 0).all():
            # cells may hold whole amounts and only show them in thousands
            found.remarks.append(
                f"the file says {text!r}, and every amount is a multiple of {scale:,.0f}: they are taken as they stand,"
                f" `--scale {scale:.0f}` if not"
            )
            return
        found.table["scale"] = scale
        found.remarks.append(
            f"amounts are multiplied by {scale:,.12g}, because the file says {text!r}: `--scale 1` if not"
        )
        return


def turn_signs(found: Guess) -> None:
    """Read amounts below zero as spending where nearly all are, as in ledgers that keep revenue above zero."""
    amounts = found.amounts[found.lines]
    below = int((amounts < 0).sum())
    if below < 2 or below < _NEARLY_ALL * int((amounts != 0).sum()):
        return
    scale = found.table.get("scale", 1.0)
    assert isinstance(scale, float | int)
    found.table["scale"] = -scale
    found.turn_signs()
    found.remarks.append("amounts below zero are read as spending, because nearly all are: `--scale 1` if not")
