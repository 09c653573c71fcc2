"""Read the columns of a grid, each by the type of its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.errors import Place, Problem, column_letters
from budgetopt.reading.problems import Said
from budgetopt.reading.tables.cells import is_plain, read_cells
from budgetopt.reading.tables.currencies import other_currencies
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.number_texts import (
    ambiguous,
    ambiguous_items,
    is_negative_text,
    misplaced,
    not_known,
    plain_texts,
    two_readings,
)
from budgetopt.reading.tables.text_cells import is_filled
from budgetopt.reading.yaml_text import quoted
from budgetopt.scenario.amounts import SignedAmount
from budgetopt.scenario.joining import concatenate
from budgetopt.scenario.keys import Leaf
from budgetopt.scenario.model.base import Name
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Column, Floats, Ints, Texts
from budgetopt.scenario.words import shown

__all__ = [
    "Subject",
    "added_columns",
    "condensed",
    "empty_cells",
    "is_added_up",
    "lines_hint",
    "name_column",
    "read_column",
    "total_of",
]

Subject = Callable[[int], str]
"""What stands in a row, for messages; an empty text where that cannot be said."""
_MOST_ALIKE = 3
"""So many problems of one kind in a column are told one by one; of more, the first with a count."""
_NAME = Leaf((), Name, "text")
_ADDED_UP = ("baseline", "baseline_by_fund")
_OWN_UNIT = re.compile(r"\d\s?[kmb](?:$|[;:])", re.IGNORECASE)
_PLUS = re.compile(r"\+\s*\$?\s*\.?[0-9]")
_ZERO_IS_A_DASH = (*_ADDED_UP, "cost")


def is_added_up(leaf: Leaf) -> bool:
    """Return whether the amounts of several rows of a program are added up."""
    return leaf.path[:1] != () and leaf.path[0] in _ADDED_UP


def read_column(
    grid: Grid,
    position: int,
    leaf: Leaf,
    subject: Subject,
    problems: list[Problem],
    table: Table,
    programs: Texts | None = None,
) -> Column:
    """Return the cells of a column that can be read, at their rows of the grid; add what is wrong with the others.

    ``subject`` tells what stands in a row of the column, for messages; ``table`` how its numbers are written;
    ``programs`` whose row each is, where that is known.
    """
    texts = grid.columns[position]
    signed = table.add_up and is_added_up(leaf)
    if leaf.kind in ("number", "numbers", "points"):
        numbers, plain = grid.is_number(position), table.decimal is None and is_plain(leaf, texts)
        if table.decimal is None and leaf.is_money and (unclear := _unclear_cells(leaf, texts, numbers)):
            problems.append(_unclear(grid, position, unclear))
            return replace(read_cells(leaf, [])[0], origin=grid.origin(np.empty(0, dtype=np.int64), position))
        if leaf.is_money and grid.currency and not plain and (others := other_currencies(texts, grid.currency)):
            problems += [_other_currency(grid, position, row, code, subject(row)) for row, code in others.items()]
            texts = _without(texts, others)
        if table.decimal is not None and len(odd := misplaced(texts, numbers, table.decimal)):
            problems += [_other_mark(grid, position, row, table.decimal) for row in odd.tolist()]
            texts = _without(texts, odd.tolist())
        is_zero = leaf.path[:1] != () and leaf.path[0] in _ZERO_IS_A_DASH
        if not plain:
            texts = plain_texts(texts, numbers, table.decimal, is_zero=is_zero, is_signed=signed)
        if leaf.is_money and abs(table.scale) != 1 and not plain:
            scaled = [row for row, text in enumerate(texts) if _OWN_UNIT.search(text)]
            problems += [_unit_twice(grid, position, row, table.scale, subject(row)) for row in scaled]
            texts = _without(texts, scaled) if scaled else texts
        problems += _shared_amounts(grid, position, leaf)
        if grid.is_on_top and not signed and not plain:
            added = [row for row, text in enumerate(texts) if _PLUS.match(text)]
            problems += [_plus(grid, position, row, subject(row)) for row in added]
            texts = _without(texts, added) if added else texts
    if signed:
        leaf = Leaf(leaf.path, SignedAmount, "number")
    column, refused = read_cells(leaf, texts)
    for row, said in refused:
        said = said._replace(
            hint=_hint(said, grid.columns[position][row], leaf, "" if programs is None else programs[row]) or said.hint
        )
        problems.append(said.problem(grid.place(row, position), subject(row)))
    if table.scale != 1 and leaf.is_money:
        column = _scaled(column, table.scale)
    return replace(column, origin=grid.origin(column.rows, position))


def added_columns(parts: Sequence[Column]) -> Column:
    """Return columns of numbers added up row by row, exact in cents; a row stands where the first of them has it."""
    if len(parts) == 1:
        return parts[0]
    joined = concatenate(parts)
    rows, first, target = np.unique(joined.rows, return_index=True, return_inverse=True)
    origin = None if joined.origin is None else joined.origin.take(first)
    return Column(rows, total_of(target, joined.values, len(rows)), origin=origin)


def total_of(group: Ints, values: Floats, count: int) -> Floats:
    """Return the sums of groups, exact in cents where every amount is in cents; shape (count,)."""
    cents = np.rint(values * 100)
    if np.abs(cents).sum() < 2**53 and (np.abs(values * 100 - cents) <= 1e-6 * np.maximum(1.0, np.abs(cents))).all():
        return np.asarray(np.bincount(group, weights=cents, minlength=count) / 100, dtype=np.float64)
    return np.asarray(np.bincount(group, weights=values, minlength=count), dtype=np.float64)


def _unclear_cells(leaf: Leaf, texts: Sequence[str], numbers: Bools) -> dict[int, str]:
    """Return the cells with an amount that may be two, and that amount of each."""
    if leaf.kind == "number":
        return {cell: texts[cell] for cell in ambiguous(texts, numbers).tolist()}
    return ambiguous_items(texts, numbers)


def _unclear(grid: Grid, position: int, cells: Mapping[int, str]) -> Problem:
    cell, text = next(iter(cells.items()))
    one, many = two_readings(text)
    message = f"{shown(text)} may be {one} or {many}"
    if len(cells) > 1:
        more = "1 more cell" if len(cells) == 2 else f"{len(cells) - 1:,} more cells"
        message += f", and so with {more} of the column {shown(grid.headers[position])}"
    hint = 'write `decimal: ","` under the table if the point separates thousands, or `decimal: "."` if it does not'
    return Problem("ambiguous-number", message, grid.place(cell, position), "the decimal mark", hint)


def _other_currency(grid: Grid, position: int, row: int, code: str, subject: str) -> Problem:
    message = f"{shown(grid.columns[position][row])} is in {code}, and the currency of the scenario is {grid.currency}"
    hint = f"if all of its amounts are in {code}, write `currency: {code}` in the scenario file" if code != "$" else ""
    expected, place = f"an amount in {grid.currency}", grid.place(row, position)
    return Problem("currency", f"{subject}: {message}" if subject else message, place, expected, hint)


def _other_mark(grid: Grid, position: int, row: int, decimal: str) -> Problem:
    message = f"{shown(grid.columns[position][row])} is no number whose decimal mark is {decimal!r}, as the table says"
    expected = "a number such as 1.234,50" if decimal == "," else "a number such as 1,234.50"
    other = "." if decimal == "," else ","
    hint = f'if all numbers are written like this, write `decimal: "{other}"` under the table'
    return Problem("decimal-mark", message, grid.place(row, position), expected, hint)


def _unit_twice(grid: Grid, position: int, row: int, scale: float, subject: str) -> Problem:
    text = shown(grid.columns[position][row])
    message = f"{text} says its unit itself, and the amounts of the table are multiplied by {abs(scale):,.12g}"
    hint = "write it in the unit of the other amounts, or all amounts in full and no `scale` under the table"
    expected, place = "an amount without a unit", grid.place(row, position)
    return Problem("unit-twice", f"{subject}: {message}" if subject else message, place, expected, hint)


def _plus(grid: Grid, position: int, row: int, subject: str) -> Problem:
    text = grid.columns[position][row]
    message = f"{shown(text)} may be the new value, or what is added to the one below"
    hint = f"write {text[1:].strip()} for the new value; what is added stands under `programs` in the scenario file"
    place = grid.place(row, position)
    return Problem("sign-in-table", f"{subject}: {message}" if subject else message, place, "a new value", hint)


def _without(texts: Sequence[str], rows: Iterable[int]) -> list[str]:
    """Return the cells of a column, some of them left empty."""
    left_out = {*rows}
    return ["" if row in left_out else text for row, text in enumerate(texts)]


def _shared_amounts(grid: Grid, position: int, leaf: Leaf) -> list[Problem]:
    """Return a problem for amounts of money in merged cells: filling them would count them once for each row."""
    cells = grid.merged.get(position)
    if cells is None or not len(cells) or not leaf.is_money:
        return []
    row = int(cells[0])
    message = f"{shown(grid.columns[position][row])} stands in a merged cell, as one amount for several rows"
    hint = "write the amount of each row, or leave out rows with `skip_rows`"
    return [Problem("merged-amount", message, grid.place(row, position), "an amount for each row", hint)]


def _hint(said: Said, text: str, leaf: Leaf, program: str) -> str:
    """Return what an office can do about a cell of a kind that budgets have."""
    if is_added_up(leaf) and is_negative_text(text):
        return lines_hint(program)
    if said.code == "number" and not_known(text):
        return "leave the cell empty if there is none" + (", or write 0" if leaf.is_money else "")
    return ""


def lines_hint(program: str) -> str:
    """Return what can be done about an amount below zero."""
    this = quoted(program) if program else "THIS"
    return (
        "write `add_up: true` under the table if the program has more rows, and"
        f" `merge: {{{this}: OTHER}}` if it is part of another program"
    )


def _scaled(column: Column, scale: float) -> Column:
    values = column.values.astype(np.float64)
    # a table in cents is divided by 100, which is exact where multiplying by 0.01 is not
    parts = round(1 / scale)
    scaled = values / parts if parts and 1 / parts == scale else values * scale
    if values.ndim == 2:
        return replace(column, values=np.stack([scaled[:, 0], values[:, 1]], axis=1))
    if column.shares is not None:
        return replace(column, values=np.where(column.shares, values, scaled))
    return replace(column, values=scaled)


def name_column(grid: Grid, position: int, problems: list[Problem], table: Table) -> tuple[Texts, Bools]:
    """Return a column of names, one a row, and which rows have one; add what is wrong with the others."""
    column = read_column(grid, position, _NAME, lambda _row: "", problems, table)
    names: Texts = column.values
    if len(column) < len(grid.rows):
        names = np.full(len(grid.rows), "", dtype=object)
        names[column.rows] = column.values
    header = grid.headers[position]
    for row in empty_cells(grid.columns[position]).tolist():
        expected = "an id" if header == "program" else "a name"
        message = f"the row has no {header or 'name'}"
        problems.append(Problem("missing-name", message, grid.place(row, position), expected))
    is_named = np.zeros(len(grid.rows), dtype=bool)
    is_named[column.rows] = True
    return names, is_named


def empty_cells(cells: Sequence[str]) -> Ints:
    """Return the positions of the empty cells."""
    return np.flatnonzero(~is_filled(cells))


def condensed(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with those of one kind in one column told once, with a count and the places of three."""
    alike: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        place = problem.place or Place("")
        alike.setdefault((problem.code, place.file, place.sheet, place.column, not place.line), []).append(problem)
    found = []
    for same in alike.values():
        if len(same) <= _MOST_ALIKE or not same[0].place:
            found += same
            continue
        others = " and ".join(_short(problem.place) for problem in same[1:_MOST_ALIKE])
        message = f"{same[0].message}; and {len(same) - 1:,} more like it, such as {others}"
        found.append(replace(same[0], message=message))
    return found


def _short(place: Place | None) -> str:
    """Return a place without its file."""
    if place is None:
        return ""
    if place.sheet and place.column:
        return f"{column_letters(place.column)}{place.line}"
    return f"row {place.line}"
