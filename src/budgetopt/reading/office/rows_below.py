"""Rows below the total of a budget file: what it is made of once more, or of no program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from budgetopt.reading.office.choices import Choices
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_class, words_of
from budgetopt.reading.office.row_parts import ask_about_sums
from budgetopt.scenario.programs import Bools, Ints
from budgetopt.scenario.words import listed

__all__ = ["leave_out_below"]

_SHOWN = 6


def leave_out_below(
    found: Guess,
    totals: Bools,
    rest: Ints,
    labels: Mapping[int, str],
    programs: Sequence[ColumnFacts],
    choices: Choices,
) -> Ints:
    """Leave out the rows below the table, and return the others of some without a name.

    They have no name and stand behind its total or a gap, or say by funds or kinds what its total is made of.
    """
    rest = rest[found.lines[rest]]
    unnamed = np.zeros(len(found.lines), dtype=bool)
    unnamed[rest] = True
    last = int(np.flatnonzero(found.lines & ~unnamed & ~totals & (found.amounts != 0))[-1:].sum())
    ends = (row for row in range(last + 1, len(found.lines)) if _ends(found, row, totals, unnamed))
    end = next(ends, None) or _counted_again(found, totals, labels, programs, choices)
    if end is None:
        return rest
    rows = np.zeros(len(found.lines), dtype=bool)
    rows[end:] = True
    found.table["last_row"] = int(found.grid.rows[end - 1])
    found.leave_out(rows, "rows below the table")
    return rest[rest < end]


def _ends(found: Guess, row: int, totals: Bools, unnamed: Bools) -> bool:
    """Return whether a row without a name comes behind a total or two rows that are empty."""
    gap = found.grid.rows[row] - found.grid.rows[row - 1] > 2
    return bool(unnamed[row] and not totals[row] and (gap or totals[row - 1]))


def _counted_again(
    found: Guess, totals: Bools, labels: Mapping[int, str], programs: Sequence[ColumnFacts], choices: Choices
) -> int | None:
    """Return the row below a total of all rows above it, where those below, funds or kinds, have the same sum.

    None if none is so. Raises ChoiceError where they are neither, and no total adds all of them up.
    """
    counted = found.lines & ~totals & (found.amounts != 0)
    amounts = np.where(counted, found.amounts, 0.0)
    for row in np.flatnonzero(totals).tolist():
        above, below = float(amounts[:row].sum()), float(amounts[row:].sum())
        is_same = min(counted[:row].sum(), counted[row:].sum()) > 1 and abs(above - below) <= 1e-9 * abs(above)
        if not is_same or (np.abs(found.amounts[totals] - above - below) <= 1e-9 * abs(above)).any():
            continue
        again = row + np.flatnonzero(counted[row:])
        names = programs[-1].of_rows(again)
        if any(is_class(name) or words_of(name).endswith((" fund", " funds")) for name in names):
            return row + 1
        total, said = labels.get(row, f"row {found.grid.rows[row]}"), listed(list(map(repr, names)), _SHOWN)
        said = f"{len(again):,} rows below {total!r} have its sum again, {said}"
        ask_about_sums(found, again, said, programs, choices)
    return None
