"""Say which rows count that perhaps should not: hidden ones, copies, revenue by its name, those without an amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.reading.office.choices import skip_flags
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_revenue, words_of
from budgetopt.scenario.programs import Ints
from budgetopt.scenario.words import listed

__all__ = ["doubtful_rows"]

_RECEIVED = re.compile(
    r"(?:net )?(?:surplus|deficit).*|.*\bfund balances?|(?:beginning|ending|opening|closing|net) (?:cash )?balance.*"
    r"|net|net change .*|excess .*|.+ (?:revenues?|receipts?)|(?:interest|investment|rental) (?:income|earnings)"
    r"|transfers? in"
    r"|(?:real |personal |local option )?(?:property|sales|sales and use|ad valorem|hotel|occupancy|franchise|utility"
    r"|excise|fuel|gas|income|payroll|business) tax(?:es)?"
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
    again = _copies(found, lines)
    if len(again):
        count = "1 row is an exact copy" if len(again) == 1 else f"{len(again):,} rows are exact copies"
        yield f"{count} of another and {'counts' if len(again) == 1 else 'count'}, {_told(found, names, again)}"
    received = np.array([_is_received(names.cells[row]) for row in lines.tolist()], dtype=bool)
    if received.any() and not received.all():
        rows = lines[received]
        count = "1 row that counts seems" if len(rows) == 1 else f"{len(rows):,} rows that count seem"
        yield f"{count} to be revenue or a balance, {_told(found, names, rows)}{_way_out(found, names, rows)}"
    unpaid = _unpaid(found, programs)
    if len(unpaid):
        said = listed(list(map(repr, names.of_rows(unpaid))), _SHOWN)
        count = "1 row that counts has" if len(unpaid) == 1 else f"{len(unpaid):,} rows that count have"
        yield f"{count} no amount: {said}{_way_out(found, names, unpaid)}"


def _unpaid(found: Guess, programs: Sequence[ColumnFacts]) -> Ints:
    """Return the rows that count of programs that have no amount in any row: headings and notes may be among them."""
    ids = list(zip(*(column.cells for column in programs), strict=True))
    paid = {ids[row] for row in np.flatnonzero(found.lines & found.has_amount).tolist()}
    return np.array([row for row in np.flatnonzero(found.lines).tolist() if ids[row] not in paid], dtype=np.int64)


def _way_out(found: Guess, names: ColumnFacts, rows: Ints) -> str:
    """Return which flags leave out some rows by their names; empty where they are many, or money has such a name."""
    said = names.of_rows(rows)
    others = set(names.of_rows(np.setdiff1d(np.flatnonzero(found.lines & (found.amounts != 0)), rows)))
    if len(said) > _SHOWN or not others.isdisjoint(said):
        return ""
    return f": `{skip_flags(names.name, said)}` leaves {'it' if len(rows) == 1 else 'them'} out"


def _copies(found: Guess, lines: Ints) -> Ints:
    """Return the rows that have the same cells as an earlier one."""
    chosen = lines.tolist()
    columns = [[column[row] for row in chosen] for column in found.grid.columns]
    first: dict[tuple[str, ...], int] = {}
    rows = zip(chosen, zip(*columns, strict=True), strict=True)
    return np.array([row for row, cells in rows if first.setdefault(cells, row) != row], dtype=np.int64)


def _is_received(name: str) -> bool:
    words = words_of(name)
    return _RECEIVED.fullmatch(words) is not None and (is_revenue(name) or "revenue" not in words)


def _told(found: Guess, names: ColumnFacts, rows: Ints) -> str:
    said = listed(list(map(repr, names.of_rows(rows))), _SHOWN)
    return f"{found.shown(found.amounts[rows].sum())} in all: {said}"
