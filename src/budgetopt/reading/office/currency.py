"""The currency of a budget file, where its amounts, its headers or its titles say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.tables.currencies import CODES, CURRENCIES, code_of, currency_signs
from budgetopt.scenario.words import listed, plural

__all__ = ["check_currency", "find_currency"]

_SURE = re.compile(rf"[€£₹₺₴₪₩]|\b(?:TEUR|{'|'.join(CODES)})\b")
"""In a title, short words such as ``fr`` may be others."""
_PLACES = 3


def find_currency(columns: Iterable[Sequence[str]], titles: Iterable[str]) -> str:
    """Return the code of the currency that amounts or titles name most often, or an empty text if none does."""
    of_cells = (sign for cells in columns for sign in currency_signs(cells).values())
    of_titles = (sign for text in titles for sign in _SURE.findall(text))
    for signs in (of_cells, of_titles):
        found = Counter(filter(None, map(code_of, signs)))
        if found:
            return found.most_common(1)[0][0]
    return ""


def check_currency(found: Guess) -> None:
    """Refuse amounts in several currencies, which would be added up as if they were one."""
    signs = [
        (sign, found.grid.place(row, column.position))
        for one in found.money
        for column in found.read_columns(one)
        for row, sign in currency_signs(column.cells).items()
        if found.lines[row] and not np.isnan(column.amounts[row])
    ]
    possible = [{*CURRENCIES[sign.casefold()]} for sign in {sign for sign, _ in signs}]
    if not signs or set.intersection(*possible):
        return
    counts = Counter(code_of(sign) or sign for sign, _ in signs)
    few = counts.most_common()[-1][0]
    places = [str(place) for sign, place in signs if (code_of(sign) or sign) == few]
    some = listed([f"{plural(count, 'amount')} in {name}" for name, count in counts.most_common()], len(counts))
    message = f"{found.grid.name} has {some}, and a budget has one currency: {few} in {listed(places, _PLACES)}"
    raise OptionError(message, hint="bring all amounts to one currency in the file, or leave rows out with `--skip`")
