"""What the cells of a column hold: amounts, years, codes or words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.number_texts import not_known, plain_texts
from budgetopt.scenario.model.table import PLUS
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["ColumnFacts", "amounts_of", "facts_of"]

_AMOUNT = re.compile(
    r"([-+]?)\$?([0-9]{1,3}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?:_[0-9]{3})+|[0-9]+|(?=\.))(\.[0-9]+)?((?:e[-+][0-9]{1,2})?)"
    r"\s?([kmb]?)",
    re.IGNORECASE,
)
"""What is read as an amount, ``1e+05`` too, as statistics programs write it; ``1E05`` may be a code."""
_TIMES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_MOSTLY = 0.8


@dataclass(frozen=True)
class ColumnFacts:
    """What a column holds.

    Parameters
    ----------
    header
        Its header; empty if it has none.
    name
        What names it in a scenario file: its header or, where that is empty or not the only one, its letter.
    letter, position
        Its letter in a spreadsheet, and its position in the table.
    cells
        Its cells; shape (rows,).
    amounts
        What can be read as an amount, NaN for all else; shape (rows,).
    """

    header: str
    name: str
    letter: str
    position: int
    cells: Sequence[str]
    amounts: Floats

    @property
    def plain_name(self) -> str:
        """What names it where names are joined by plus signs: its letter, if it has such a sign itself."""
        return self.letter if PLUS in self.name else self.name

    def of_rows(self, rows: Ints) -> list[str]:
        """Return the different cells of some rows, in their order."""
        return list(dict.fromkeys(self.cells[row] for row in rows.tolist()))

    @cached_property
    def filled(self) -> Bools:
        """Which cells are not empty; shape (rows,)."""
        return np.fromiter(map(bool, self.cells), bool, len(self.cells))

    @cached_property
    def is_numeric(self) -> bool:
        """Whether most of what it holds are numbers; what says that a number is not known counts for nothing."""
        unknown = set(filter(not_known, filter(None, set(self.cells))))
        count = int(self.filled.sum()) - (sum(map(unknown.__contains__, self.cells)) if unknown else 0)
        return count > 0 and int((~np.isnan(self.amounts)).sum()) >= _MOSTLY * count

    @cached_property
    def is_years(self) -> bool:
        """Whether its numbers are years."""
        known = self.amounts[~np.isnan(self.amounts)]
        return self.is_numeric and bool(((known >= 1950) & (known <= 2100) & (known == np.rint(known))).all())

    @cached_property
    def is_codes(self) -> bool:
        """Whether its numbers are codes: with zeros before them, or all of as many digits and no marks."""
        texts = [cell for cell in self.cells if cell]
        digits = [text for text in texts if text.isdecimal()]
        if len(digits) < _MOSTLY * max(1, len(texts)):
            return False
        return any(len(text) > 1 and text.startswith("0") for text in digits)

    @cached_property
    def is_label(self) -> bool:
        """Whether its cells say what a row is: words, or small whole numbers of which many rows have the same."""
        if not self.is_numeric or self.is_codes:
            return True
        known = self.amounts[~np.isnan(self.amounts)]
        return bool((known == np.rint(known)).all() and known.max() < 10_000 and self.distinct <= 0.5 * len(known))

    @cached_property
    def distinct(self) -> int:
        """The number of different cells that are not empty."""
        return len(set(filter(None, self.cells)))


def facts_of(grid: Grid, decimal: str | None = None) -> list[ColumnFacts]:
    """Return what each column of a table holds."""
    found = []
    for position, (header, cells) in enumerate(zip(grid.headers, grid.columns, strict=True)):
        is_one = bool(header) and grid.headers.count(header) == 1
        amounts = amounts_of(cells, grid.is_number(position), decimal)
        found.append(
            ColumnFacts(
                header, header if is_one else grid.letters[position], grid.letters[position], position, cells, amounts
            )
        )
    return found


def amounts_of(cells: Sequence[str], numbers: Bools, decimal: str | None = None) -> Floats:
    """Return the cells that can be read as amounts, NaN for all others; negative ones and dashes too. Shape (rows,)."""
    texts = plain_texts(cells, numbers, decimal, is_zero=True, is_signed=True)
    known = {text: _amount(text) for text in set(texts)}
    return np.array([known[text] for text in texts], dtype=np.float64).reshape(len(texts))


def _amount(text: str) -> float:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return np.nan
    number = float(f"{match[1]}{re.sub('[,_]', '', match[2])}{match[3] or ''}{match[4]}")
    return number * _TIMES[match[5].casefold()]
