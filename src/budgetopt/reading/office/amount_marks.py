"""Find how the amounts of a budget file are written: whether each is one cell, and their sign."""

from __future__ import annotations

import re

from budgetopt.errors import OptionError
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.sheet import Sheet

__all__ = ["check_cells", "turn_signs"]

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
