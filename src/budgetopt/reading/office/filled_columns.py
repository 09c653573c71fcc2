"""Columns whose cells stand once above the rows that they hold for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.roles import column_named
from budgetopt.reading.office.total_rows import find_totals
from budgetopt.reading.tables.shape import filled_down
from budgetopt.reading.tables.total_words import has_total_word
from budgetopt.scenario.programs import Bools, Ints

__all__ = ["fill_down"]

_FILLED_DOWN = ("department", "priority", "funds", "fund code", "program", "name")
_MANY = 0.3
"""A column is filled down where so large a share of its rows is empty."""
_MOST_SUMS = 200
"""So many rows are looked at for sums of others."""


def fill_down(found: Guess) -> None:
    """Find columns whose cells stand once above the rows that they hold for, and fill them."""
    names = []
    columns = {column.position: column for key, column in found.keys.items() if key in _FILLED_DOWN}
    for name in found.table.get("id", ()):  # type: ignore[attr-defined]
        column = column_named(found.facts, name, found.sheet.file)
        columns[column.position] = column
    is_total = np.any([[has_total_word(cell) for cell in column.cells] for column in found.facts], axis=0)
    has_amount = (found.amounts != 0) & ~is_total
    labels = [column.filled for column in found.facts if column not in found.money and column.is_label]
    named = np.any([np.zeros(len(found.lines), dtype=bool), *labels], axis=0)
    department = found.keys.get("department")
    nameless = _nameless_sums(found, named, is_total)
    for position, column in columns.items():
        rows = np.flatnonzero(found.lines & has_amount & (column.filled | named))
        if not len(rows) or not column.filled[rows[0]]:
            continue
        below = zip(_filled_within(column, department), nameless.tolist(), strict=True)
        filled = replace(column, cells=["" if is_sum else cell for cell, is_sum in below])
        blank = rows[~column.filled[rows] & filled.filled[rows]]
        if len(blank) and len(blank) >= _MANY * len(rows) and not _are_sums(found, column, blank):
            names.append(column.name)
            found.facts[position] = filled
            for key, known in found.keys.items():
                if known is column:
                    found.keys[key] = filled
            count = "1 empty cell" if len(blank) == 1 else f"{len(blank):,} empty cells"
            has = "has the value of the cell above it" if len(blank) == 1 else "have the value of the cell above them"
            found.remarks.append(f"{count} of '{column.name}' {has}")
    if names:
        found.table["fill_down"] = names


def _nameless_sums(found: Guess, named: Bools, is_total: Bools) -> Bools:
    """Return which rows name nothing and have the sum of rows above them: they are no more of the last program."""
    amounts = np.where(found.lines & ~is_total, found.amounts, 0.0)
    if np.count_nonzero(~named & (amounts != 0)) > _MOST_SUMS:
        return np.zeros(len(named), dtype=bool)
    return find_totals([], named, amounts, found.slack).totals


def _are_sums(found: Guess, column: ColumnFacts, blank: Ints) -> bool:
    """Return whether rows with an empty cell say nothing that the one above does not, and the first are sums."""
    labels = [other for other in found.facts if other is not column and not other.is_numeric and other.header]
    if any(other.cells[row] not in ("", other.cells[row - 1]) for other in labels for row in blank.tolist()):
        return False
    first = blank[:_MOST_SUMS]
    end = int(first[-1]) + 1
    amounts = np.where(found.lines, found.amounts, 0.0)[:end]
    texts = [other.cells[:end] for other in labels]
    return bool(find_totals(texts, column.filled[:end], amounts, found.slack).totals[first].all())


def _filled_within(column: ColumnFacts, department: ColumnFacts | None) -> list[str]:
    """Return the cells of a column filled down, but not from one department into the next that stands left of it."""
    if department is None or department.position >= column.position:
        return filled_down(column.cells)
    cells, start = list[str](), 0
    above = filled_down(department.cells)
    for row in range(1, len(above) + 1):
        if row == len(above) or above[row] != above[row - 1]:
            cells += filled_down(column.cells[start:row])
            start = row
    return cells
