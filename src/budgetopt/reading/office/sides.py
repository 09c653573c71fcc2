"""The side of revenue in a budget file whose headings stand in another column than the names of its programs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.grouped_rows import leave_out_revenue
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_revenue
from budgetopt.reading.office.total_rows import names_side
from budgetopt.reading.tables.total_words import has_total_word
from budgetopt.scenario.programs import Bools

__all__ = ["leave_out_revenue_side"]

_SHOWN = 6


def leave_out_revenue_side(found: Guess, programs: Sequence[ColumnFacts]) -> None:
    """Leave out the rows below headings of revenue, where those of spending stand in the same column.

    Headings that stand alone in the only column of names are looked at with other headings.
    """
    labels = [column for column in found.facts if column.letter and not column.is_numeric]
    filled = np.sum([column.filled for column in found.facts], axis=0)
    for column in labels:
        said = {cell for cell in set(column.cells) if names_side(cell)}
        received = {cell for cell in said if is_revenue(cell)}
        if not received or received == said:
            continue
        heads = np.array([cell in said for cell in column.cells], dtype=bool) & found.lines & ~found.has_amount
        headings = {column.cells[row] for row in np.flatnonzero(heads).tolist()}
        is_only = column.position == programs[-1].position and len(programs) == 1 and "department" not in found.keys
        if not headings & received or headings <= received or (is_only and (filled[heads] == 1).all()):
            continue
        below = _below(column, [other for other in labels if other is not column], heads, received) & found.lines
        totals = below & np.any([[has_total_word(cell) for cell in other.cells] for other in labels], axis=0)
        leave_out_revenue(found, below & ~totals & (found.amounts != 0), sorted(headings & received))
        found.skip_rows(totals | heads)
        found.leave_out(totals, "rows of totals")
        found.leave_out(heads, "headings")


def _below(column: ColumnFacts, others: Sequence[ColumnFacts], heads: Bools, received: set[str]) -> Bools:
    """Return which rows stand below a heading of revenue; one that names a department ends with it. Shape (rows,)."""
    below = np.zeros(len(heads), dtype=bool)
    is_below, within = False, list[tuple[ColumnFacts, str]]()
    for row, is_head in enumerate(heads.tolist()):
        if is_head:
            is_below = column.cells[row] in received
            within = [(other, other.cells[row]) for other in others if other.cells[row]]
        elif is_below and any(other.cells[row] not in ("", cell) for other, cell in within):
            is_below = False
        below[row] = is_below and not is_head
    return below
