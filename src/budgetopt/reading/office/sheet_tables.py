"""Find the tables on a sheet that holds several: side by side, or one below another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from budgetopt.errors import column_letters
from budgetopt.reading.office.choices import Choices
from budgetopt.reading.office.column_facts import amounts_of, facts_of
from budgetopt.reading.office.header_rows import find_headers
from budgetopt.reading.office.header_words import YEAR, is_count, is_revenue, meaning, year_of
from budgetopt.reading.office.translated_words import plain_letters
from budgetopt.reading.tables.number_texts import not_known
from budgetopt.reading.tables.shape import body, normal
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.scenario.programs import Ints

__all__ = ["find_tables", "is_summary", "last_row_of", "says_other", "title_of"]

_DENSE = 400
"""Headers without a gap above them are looked for in so many rows."""
_NEXT = 3
"""Below headers, amounts stand in one of so many rows."""
_PIVOT = re.compile(r"row labels|zeilenbeschriftungen|etiquettes de lignes|etiquetas de fila|rotulos de linha")
"""The first header of a pivot table."""
_KEYS = ("program", "name", "department", "funds", "fund code", "priority")
"""What a table of its own names in its rows."""


def find_tables(sheet: Sheet, choices: Choices) -> list[Choices]:
    """Return what says each table on a sheet: its columns or the rows of its headers; the choices where it has one."""
    found = []
    for columns in [choices.range] if choices.range else _ranges(sheet):
        part, chosen = sheet.within(columns), replace(choices, range=columns)
        starts = [] if choices.header else _starts(part)
        if len(starts) > 1:
            areas = pairwise([*starts, part.rows])
            found += [replace(chosen, header=_headers_from(part, start, stop)) for start, stop in areas]
        else:
            found.append(chosen)
    return found


def last_row_of(sheet: Sheet, header: Sequence[int]) -> int | None:
    """Return the last row of the table below some headers, counted from 1; None where no other table is below it."""
    starts = [start for start in _starts(sheet) if start >= header[-1]]
    return _last_before(_counts(sheet), starts[0]) if starts else None


def _ranges(sheet: Sheet) -> list[str]:
    """Return the columns of each of the tables that stand side by side; one empty text where there is but one."""
    filled = [any(column) for column in sheet.columns]
    edges = [at for at in range(len(filled)) if filled[at] and not (at and filled[at - 1])]
    tables: list[int] = []
    if len(edges) < 2:
        return [""]
    for start, stop in pairwise([*edges, len(filled)]):
        if _is_table(
            sheet.within(_letters(start, stop)), sheet.within(_letters(tables[-1], start)) if tables else None
        ):
            tables.append(start)
    if len(tables) < 2:
        return [""]
    tables[0] = 0
    ends = [max(at for at in range(stop) if filled[at]) + 1 for stop in [*tables[1:], len(filled)]]
    return [_letters(start, stop) for start, stop in zip(tables, ends, strict=True)]


def _letters(start: int, stop: int) -> str:
    return f"{column_letters(start + 1)}:{column_letters(stop)}"


def _is_table(part: Sheet, before: Sheet | None) -> bool:
    """Return whether some columns are a table of their own: it has names, amounts, and other rows than those before."""
    header = find_headers(part)
    if not header:
        return False
    grid = body(part, header)
    facts = [column for column in facts_of(grid) if column.header and column.filled.sum() > 1]
    names = [column for column in facts if not column.is_numeric]
    if not names or not any(column.is_numeric and not column.is_years for column in facts):
        return False
    if before is None or find_headers(before) != header:
        return True
    first = body(before, header)
    if not np.array_equal(grid.rows, first.rows) or any(meaning(column.header) in _KEYS for column in facts):
        return True
    # revenue beside spending, whichever stands first
    return is_revenue(next(filter(None, first.headers), "")) or any(is_revenue(column.header) for column in names)


def _starts(sheet: Sheet) -> list[int]:
    """Return the rows of the headers of each table, one below another, counted from 0."""
    counts = _counts(sheet)
    gap = np.concatenate(([True], counts[:-1] < 2))
    rows = np.flatnonzero((counts > 1) & (gap | (np.arange(len(counts)) < _DENSE)))
    found: list[int] = []
    for row in rows.tolist():
        above = set(map(normal, sheet.row(found[-1]))) if found else set()
        if _begins(sheet, row, counts, above, has_gap=bool(gap[row])) and (
            not found or _has_amounts(sheet, range(found[-1] + 1, row))
        ):
            found.append(row)
    if found and _has_amounts(sheet, np.flatnonzero(counts[: found[0]] > 1)):
        return [0, *found]
    return found


def _counts(sheet: Sheet) -> Ints:
    """Return how many cells of each row are filled; shape (rows,)."""
    counts = np.zeros(sheet.rows, dtype=np.int64)
    for column in sheet.columns:
        counts += np.fromiter(map(bool, column), bool, sheet.rows)
    return counts


def _begins(sheet: Sheet, row: int, counts: Ints, above: set[str], *, has_gap: bool) -> bool:
    """Return whether a row holds the headers of a table: ordinary words, no amounts, and amounts below the words."""
    cells = sheet.row(row)
    words = {normal(cell) for cell in cells if cell}
    known = {key for cell in words if (key := YEAR if year_of(cell) else meaning(cell))}
    if len(known) < (1 if has_gap else 2) or any(map(not_known, words)) or _amounts(sheet, row):
        return False
    others = words - above
    is_other = any(meaning(cell) or is_revenue(cell) for cell in others) or says_other(title_of(sheet, row))
    if 2 * len(others) < len(words) and not is_other:
        # the headers are repeated, perhaps with the name of a department among them
        return False
    below = row + 1 + np.flatnonzero(counts[row + 1 : row + 1 + 4 * _NEXT] > 1)[:_NEXT]
    return any(cells[at] for other in below.tolist() for at in _amounts(sheet, other))


def is_summary(sheet: Sheet, table: Choices) -> bool:
    """Return whether a table that stands beside another is a pivot table, which sums that one up."""
    part = sheet.within(table.range)
    header = table.header or find_headers(part)
    return bool(table.range) and any(
        _PIVOT.fullmatch(plain_letters(cell)) for at in header for cell in part.row(at - 1)
    )


def title_of(sheet: Sheet, row: int) -> str:
    """Return the only cell of the row above headers, if it has but one; rows are counted from 0."""
    cells = [cell for cell in sheet.row(row - 1) if cell] if row else []
    return cells[0] if len(cells) == 1 else ""


def says_other(title: str) -> bool:
    """Return whether the title of a table says that it holds no spending: revenue, or numbers of employees."""
    return is_revenue(title) or is_count(title)


def _amounts(sheet: Sheet, row: int) -> list[int]:
    """Return the columns in which a row has an amount that is no year, whichever its decimal mark."""
    numbers = np.array([sheet.is_number(at)[row] for at in range(len(sheet.columns))], dtype=bool)
    cells = sheet.row(row)
    is_amount = np.any([~np.isnan(amounts_of(cells, numbers, decimal)) for decimal in (None, ",")], axis=0)
    return [at for at in np.flatnonzero(is_amount).tolist() if not year_of(cells[at])]


def _has_amounts(sheet: Sheet, rows: Sequence[int] | Ints) -> bool:
    return any(_amounts(sheet, int(row)) for row in rows)


def _last_before(counts: Ints, start: int) -> int:
    """Return the last row of a table, counted from 1, above the headers of another and its title."""
    return int(np.flatnonzero(counts[:start] > 1)[-1]) + 1


def _headers_from(sheet: Sheet, start: int, stop: int) -> tuple[int, ...]:
    """Return the rows of the headers of the table that begins at a row, counted from 1 on the sheet."""
    counts = _counts(sheet)
    above = np.flatnonzero(counts[:start] > 1)
    first = int(above[-1]) + 1 if len(above) else 0
    columns = tuple(column[first:stop] for column in sheet.columns)
    numbers = tuple(column[first:stop] for column in sheet.numbers)
    found = find_headers(Sheet(sheet.file, sheet.name, columns, numbers))
    return tuple(first + row for row in found) or (start + 1,)
