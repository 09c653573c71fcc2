"""Say which rows count that perhaps should not: those that a sheet does not show, and those named like revenue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.reading.office.choices import shell
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_revenue, words_of
from budgetopt.scenario.programs import Ints
from budgetopt.scenario.words import listed, money

__all__ = ["doubtful_rows"]

_RECEIVED = re.compile(
    r"(?:net )?(?:surplus|deficit).*|.*\bfund balances?|(?:beginning|ending|opening|closing|net) (?:cash )?balance.*"
    r"|net change .*|excess .*|.+ (?:revenues?|receipts?|tax|taxes)|(?:interest|investment|rental) (?:income|earnings)"
    r"|transfers? in"
    r"|fines (?:and )?forfeit\w*|licen[cs]es (?:and )?permits|charges for services?|intergovernmental|franchise fees"
)
"""Names of what a city receives, and of balances."""
_SHOWN = 6


def doubtful_rows(found: Guess, programs: Sequence[ColumnFacts]) -> Iterator[str]:
    """Yield one remark for rows of each kind that count although they perhaps should not, with their money."""
    lines = np.flatnonzero(found.lines & (found.amounts != 0))
    names = found.keys.get("name", programs[-1])
    hidden = np.isin(found.grid.rows[lines], list(found.sheet.hidden))
    if hidden.any():
        count = "1 hidden row of the sheet counts" if hidden.sum() == 1 else f"{hidden.sum():,} hidden rows count"
        yield f"{count}, {_told(found, names, lines[hidden])}"
    received = np.array([_is_received(names.cells[row]) for row in lines.tolist()], dtype=bool)
    if received.any() and not received.all():
        rows = lines[received]
        flags = " ".join(f"--skip {shell(f'{names.name}={name}')}" for name in _names(names, rows)[:_SHOWN])
        count = "1 row that counts seems" if len(rows) == 1 else f"{len(rows):,} rows that count seem"
        yield f"{count} to be revenue or a balance, {_told(found, names, rows)}: `{flags}` leaves them out"


def _is_received(name: str) -> bool:
    words = words_of(name)
    return _RECEIVED.fullmatch(words) is not None and (is_revenue(name) or "revenue" not in words)


def _names(names: ColumnFacts, rows: Ints) -> list[str]:
    return list(dict.fromkeys(names.cells[row] for row in rows.tolist()))


def _told(found: Guess, names: ColumnFacts, rows: Ints) -> str:
    said = listed([repr(name) for name in _names(names, rows)], _SHOWN)
    return f"{money(float(found.amounts[rows].sum()))} in all: {said}"
