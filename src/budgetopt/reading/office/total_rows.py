"""Find the rows of a budget that are no programs: totals and subtotals, headings, notes below the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.reading.tables.shape import cell_pattern, normal
from budgetopt.reading.tables.total_words import has_total_word, names_total
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["TotalRows", "find_headings", "find_notes", "find_totals", "names_side", "skip_patterns"]

_LONG = 60
"""A cell of more characters that stands alone below a table is a note."""
_SIDES = re.compile(
    r"(?:(?:operating|estimated|total|\w+ fund) )?(?:revenues?|receipts|sources(?: of funds)?|expenditures?|expenses?"
    r"|uses(?: of funds)?|appropriations|disbursements)(?: by \w+)?:?",
    re.IGNORECASE,
)
"""Headings of the two sides of a budget."""


@dataclass(frozen=True)
class TotalRows:
    """The rows that hold totals, and those without a name that hold an amount that no sum explains; shape (rows,).

    ``unequal`` are rows of totals by their words whose amount is no sum of rows above.
    """

    totals: Bools
    unexplained: Bools
    unequal: Bools


def find_totals(texts: Sequence[Sequence[str]], named: Bools, amounts: Floats, slack: float) -> TotalRows:
    """Return which rows hold totals: their words or the lack of a name say so, and their amount is a sum.

    Parameters
    ----------
    texts
        The columns of words: programs, departments, funds; each of shape (rows,).
    named
        Which rows name a program; shape (rows,).
    amounts
        Their amounts, 0 where there is none; shape (rows,).
    slack
        How far a total may be from its sum, for each row that it adds up: half of the last digit shown.
    """
    count = len(named)
    has_word = np.zeros(count, dtype=bool)
    plain = np.zeros(count, dtype=bool)
    for column in texts:
        has_word |= np.fromiter(map(has_total_word, column), bool, count)
        plain |= np.fromiter(map(names_total, column), bool, count)
    groups = [_codes(column) for column in texts]
    firsts = [_first_alike(codes) for codes in groups]
    suspects = np.flatnonzero(has_word | (~named & (amounts != 0)))
    totals = np.zeros(count, dtype=bool)
    unequal = np.zeros(count, dtype=bool)
    is_line = np.ones(count, dtype=bool)
    is_line[suspects] = False
    ahead = np.concatenate(([0.0], np.cumsum(np.where(is_line, amounts, 0.0))))
    lines = np.concatenate(([0], np.cumsum(is_line)))
    for position, row in enumerate(suspects.tolist()):
        amount = amounts[row]
        starts = [0, *(int(other) + 1 for other in suspects[:position])]
        if row and (plain[row] or not named[row]):
            # of the department that ends here, where rows without one stand above it
            starts += [int(first[row - 1]) for first in firsts]
        following = int(suspects[position + 1]) if position + 1 < len(suspects) else count
        sums = [(ahead[row] - ahead[start], lines[row] - lines[start]) for start in starts]
        sums += [(ahead[following] - ahead[row], lines[following] - lines[row]), (ahead[-1], lines[-1])]
        if has_word[row] and named[row]:
            # of one department, wherever they stand
            alike = (is_line & (codes == codes[row]) for codes in groups if codes[row])
            sums += [(float(amounts[same].sum()), int(same.sum())) for same in alike]
        equal = any(size and abs(amount - value) <= slack * size + 1e-9 * abs(value) for value, size in sums)
        is_empty = amount == 0 and (plain[row] or not named[row])
        if (equal and (amount != 0 or plain[row])) or is_empty:
            totals[row] = True
        elif plain[row]:
            totals[row], unequal[row] = True, True
        elif named[row]:
            # its name alone says nothing: it counts, and so do its lines in later sums
            is_line[row] = True
            ahead = np.concatenate(([0.0], np.cumsum(np.where(is_line, amounts, 0.0))))
            lines = np.concatenate(([0], np.cumsum(is_line)))
    unexplained = ~named & (amounts != 0) & ~totals
    return TotalRows(totals, unexplained, unequal)


def _codes(cells: Sequence[str]) -> Ints:
    """Return a number for each different cell, 0 for empty ones; shape (rows,)."""
    numbers = {cell: at for at, cell in enumerate(dict.fromkeys(["", *cells]))}
    return np.array([numbers[cell] for cell in cells], dtype=np.int64)


def _first_alike(codes: Ints) -> Ints:
    """Return the first of the rows up to each that have its code without another between them; shape (rows,)."""
    is_new = np.diff(codes, prepend=-1) != 0
    return np.asarray(np.maximum.accumulate(np.where(is_new, np.arange(len(codes)), 0)), dtype=np.int64)


def find_headings(names: Sequence[str], filled: Ints, has_amount: Bools) -> Bools:
    """Return which rows are headings of the rows below: a name alone, above rows that have amounts; shape (rows,).

    So it is where the first row of the table is one, or the names of such rows are in capitals and the others are not,
    or one is called revenue or expenditures.
    ``filled`` are the cells of each row that are not empty; shape (rows,).
    """
    count = len(names)
    alone = np.array([bool(name) for name in names], dtype=bool) & (filled == 1) & ~has_amount
    if not alone.any() or not has_amount.any():
        return np.zeros(count, dtype=bool)
    last = int(np.flatnonzero(has_amount)[-1])
    alone[last:] = False
    capitals = [name for name, is_alone in zip(names, alone.tolist(), strict=True) if is_alone and name.upper() == name]
    others = [name for name, amount in zip(names, has_amount.tolist(), strict=True) if amount and name.upper() != name]
    in_capitals = len(capitals) == int(alone.sum()) and len(others) >= int(has_amount.sum()) // 2
    is_side = any(alone[row] and names_side(name) for row, name in enumerate(names))
    return alone if alone[0] or in_capitals or is_side else np.zeros(count, dtype=bool)


def names_side(heading: str) -> bool:
    """Return whether a heading is that of one side of a budget, revenue or spending."""
    return _SIDES.fullmatch(heading) is not None


def find_notes(names: Sequence[str], filled: Ints, has_amount: Bools) -> int:
    """Return how many rows at the end are notes below the table: one cell of words, no amount."""
    count = len(names)
    last = int(np.flatnonzero(has_amount)[-1]) if has_amount.any() else count - 1
    rows = range(last + 1, count)
    notes = [row for row in rows if filled[row] == 1]
    is_noted = any(len(names[row]) > _LONG or re.match(r"(?:source|notes?|\*|prepared|\(|\d+[.)])", names[row], re.I)
                   for row in rows)  # fmt: skip
    return len(rows) if rows and len(notes) == len(rows) and is_noted else 0


def skip_patterns(cells: Sequence[str], rows: Bools) -> tuple[str, ...] | None:
    """Return texts with ``*`` that match the cells of some rows in a column and no others; None if there are none."""
    wanted = [normal(cell) for cell, chosen in zip(cells, rows.tolist(), strict=True) if chosen]
    kept = {normal(cell).casefold() for cell, chosen in zip(cells, rows.tolist(), strict=True) if not chosen}
    found: dict[str, None] = {}
    for text in wanted:
        if any(cell_pattern(pattern).fullmatch(text) for pattern in found):
            continue
        options = [text]
        if (match := re.search(r"(?i) ((?:sub)?total)$", text)) is not None:
            options.insert(0, f"* {match[1]}")
        if (match := re.match(r"(?i)(?:sub ?-?|grand )?total\b", text)) is not None:
            options.insert(0, f"{match[0]}*")
        chosen = next((option for option in options if not any(map(cell_pattern(option).fullmatch, kept))), None)
        if chosen is None:
            return None
        found[chosen] = None
    return tuple(found)
