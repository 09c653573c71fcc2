"""Find the rows of the column headers of a sheet."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from budgetopt.reading.office.column_facts import amounts_of
from budgetopt.reading.office.header_words import MONEY, meaning, stage_rank, year_of
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.scenario.programs import Bools, Floats

__all__ = ["find_headers", "is_transposed", "note_lines", "title_lines"]

_SEARCHED = 60
"""Headers are looked for in so many rows from the first."""
_MOST_ROWS = 3
"""Of a header, no more rows than these are joined."""
_NOTES = 12
"""Notes are looked for in so many rows at the end."""
_LONG = 80
"""No header has as many characters."""
_COMPARED = 2_000
"""Cells of a row are looked for in so many rows."""
_LARGE = 100_000
"""Numbers below may be codes of funds in a header."""


def find_headers(sheet: Sheet) -> tuple[int, ...]:
    """Return the rows of the headers, counted from 1; an empty tuple if no row can be taken for them.

    A row of headers has known words in it, no amounts, and a table with amounts below. Rows above are joined to it
    where its own cells are empty or repeat each other.
    """
    rows = min(sheet.rows, _SEARCHED)
    if not rows:
        return ()
    amounts = np.array(
        [amounts_of(column[:rows], sheet.is_number(at)[:rows]) for at, column in enumerate(sheet.columns)]
    ).reshape(len(sheet.columns), rows)
    filled = np.array([[bool(cell) for cell in column[:rows]] for column in sheet.columns]).reshape(amounts.shape)
    below, again = _amounts_below(sheet), _repeated(sheet, rows)
    scores = [_score(sheet, row, amounts[:, row], filled[:, row], below[:, row], again[row]) for row in range(rows)]
    best = int(np.argmax(scores))
    if scores[best] <= 0:
        # no amount can be read: the first row of ordinary headers is taken, so that its cells are told
        known = [{meaning(cell) for cell in sheet.row(row)} for row in range(rows)]
        found = (row for row in range(rows) if MONEY in known[row] and known[row] & {"program", "name", "department"})
        best = next(found, -1)
        return (best + 1,) if best >= 0 else ()
    first = best
    while first and best - first + 1 < _MOST_ROWS and _needs_more(sheet, first, best, below[:, best]):
        above = first - 1
        if filled[:, above].sum() < 2 or _has_amounts(sheet, amounts[:, above], above):
            break
        first = above
    last = best
    while last - first + 1 < _MOST_ROWS and _goes_on(last + 1, amounts, filled, below[:, best]):
        last += 1
    return tuple(range(first + 1, last + 2))


def is_transposed(sheet: Sheet) -> bool:
    """Return whether programs stand side by side in one row, above rows named by years or stages of a budget."""
    if not 1 < sheet.rows <= _SEARCHED or len(sheet.columns) < _MOST_ROWS:
        return False
    first = next((row for row in range(sheet.rows) if sum(map(bool, sheet.row(row)[1:])) > 1), sheet.rows - 1)
    names = [cell for cell in sheet.row(first)[1:] if cell]
    below = [row for row in range(first + 1, sheet.rows) if any(sheet.row(row)[1:])]
    if not below or any(meaning(name) or year_of(name) or stage_rank(name) is not None for name in names):
        return False
    labels = [sheet.columns[0][row] for row in below]
    amounts = [amounts_of(column, sheet.is_number(at))[below] for at, column in enumerate(sheet.columns) if at]
    is_named = all(label and (meaning(label) == MONEY or year_of(label)) for label in labels)
    filled = np.array([[bool(column[row]) for row in below] for column in sheet.columns[1:]])
    return is_named and bool((~np.isnan(np.array(amounts)) | ~filled).all())


def title_lines(sheet: Sheet, header: int) -> list[str]:
    """Return the cells above the headers and in them: titles say what the amounts are in."""
    return [column[row] for row in range(min(header, sheet.rows)) for column in sheet.columns if column[row]]


def note_lines(sheet: Sheet) -> list[str]:
    """Return what stands alone in each of the last rows: notes below the table."""
    rows = ([cell for cell in sheet.row(row) if cell] for row in range(max(0, sheet.rows - _NOTES), sheet.rows))
    return [cells[0] for cells in rows if len(cells) == 1]


def _amounts_below(sheet: Sheet) -> Bools:
    """Return which columns hold amounts below a row; shape (columns, rows)."""
    rows = min(sheet.rows, _COMPARED)
    found = np.zeros((len(sheet.columns), rows), dtype=bool)
    for at, column in enumerate(sheet.columns):
        has = ~np.isnan(amounts_of(column[:rows], sheet.is_number(at)[:rows]))
        after = np.cumsum(has[::-1])[::-1]
        found[at, :-1] = after[1:] > 0
    return found


def _repeated(sheet: Sheet, rows: int) -> Floats:
    """Return which share of the cells of each row stands in its column again, in rows that are not the same.

    Lines of a budget repeat their departments and funds; headers repeat nothing but themselves. Shape (rows,).
    """
    columns = [column[:_COMPARED] for column in sheet.columns]
    counts = [Counter(column) for column in columns]
    same = Counter(zip(*columns, strict=True))
    found = np.zeros(rows)
    for row in range(rows):
        cells = [column[row] for column in columns]
        times = same[tuple(cells)]
        filled = [count[cell] > times for count, cell in zip(counts, cells, strict=True) if cell]
        found[row] = sum(filled) / max(1, len(filled))
    return found


def _score(sheet: Sheet, row: int, amounts: Floats, filled: Bools, below: Bools, again: float) -> float:
    """Return how much a row looks like the headers of what stands below it.

    A row of words that are not known may be one in a table that begins with it.
    """
    cells = sheet.row(row)
    if filled.sum() < 2 and not (filled.sum() == 1 and len(cells) == 1):
        return 0.0
    known = {cell: key for cell in cells if cell and len(cell) < _LONG and (key := meaning(cell))}
    meanings = set(known.values())
    has_money = MONEY in meanings or (np.isnan(amounts) & filled & below).any()
    if not below.any() or not has_money:
        return 0.0
    figures = _has_amounts(sheet, amounts, row)
    if not meanings:
        is_plain = not again and not figures and filled.all() and bool((~below).any()) and bool(np.isnan(amounts).all())
        return 0.5 - 0.02 * row if is_plain and len(filled) > 1 else 0.0
    of_words = 2.0 * len(meanings) + 0.3 * len(known) + float(filled.mean())
    return of_words - 4.0 * figures - 6.0 * again - 0.02 * row


def _has_amounts(sheet: Sheet, amounts: Floats, row: int) -> int:
    """Return how many cells of a row are amounts and no years or codes, as headers may be."""
    count = 0
    for at in np.flatnonzero(~np.isnan(amounts)).tolist():
        text = sheet.columns[at][row]
        is_code = text.isdecimal() and float(amounts[at]) < _LARGE
        count += not (is_code or re.fullmatch(r"\(?-+\)?", text))
    return count


def _goes_on(row: int, amounts: Floats, filled: Bools, below: Bools) -> bool:
    """Return whether a row is one more of the headers: words over columns of amounts alone, two or more."""
    if row >= filled.shape[1]:
        return False
    words = filled[:, row]
    return int(words.sum()) > 1 and bool(np.isnan(amounts[:, row]).all()) and not (words & ~below).any()


def _needs_more(sheet: Sheet, first: int, last: int, below: Bools) -> bool:
    """Return whether the headers of columns with amounts, joined from the first to the last row, are not distinct."""
    rows = range(first, last + 1)
    names = [" ".join(sheet.columns[at][row] for row in rows).strip() for at in np.flatnonzero(below).tolist()]
    named = [name for name in names if name]
    plain = all(stage_rank(name) is not None or name.casefold() in ("amount", "budget") for name in named)
    return bool(named) and (len(set(named)) < len(named) or (plain and not any(map(year_of, named)) and len(named) > 1))
