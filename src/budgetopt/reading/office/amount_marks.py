"""Find how the amounts of a budget file are written: their decimal mark and their sign."""

from __future__ import annotations

import re
from dataclasses import replace

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices, Option
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.number_texts import ambiguous, two_readings
from budgetopt.reading.tables.sheet import Sheet

__all__ = ["check_cells", "check_decimal", "turn_signs"]

_THOUSANDS = re.compile(r"\d{3}(?:\.\d+)?")
"""What remains of an amount that was cut at its marks of thousands."""
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
