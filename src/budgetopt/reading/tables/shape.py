"""From the cells of a sheet to a table: where its headers are, which rows count, what stands once above its rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError, near
from budgetopt.reading.tables.grid import Grid, LeftOut
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.reading.tables.text_cells import is_filled, taken
from budgetopt.reading.tables.total_words import has_total_word, names_total
from budgetopt.reading.yaml_text import quoted
from budgetopt.scenario.model.table import ANY, IGNORE, Table
from budgetopt.scenario.programs import Bools, Ints
from budgetopt.scenario.words import listed, shown

__all__ = ["JOIN", "body", "cell_pattern", "filled_down", "normal", "shape", "unknown_column"]

JOIN = " / "
"""Stands between the cells that name a program together."""


def normal(header: str) -> str:
    """Return a header with its line breaks and runs of blanks made single blanks."""
    return unicodedata.normalize("NFC", " ".join(header.split()))


def shape(sheet: Sheet, table: Table) -> Grid:
    """Return the table on a sheet, or raise ScenarioError if there are no headers or a column is not there.

    Rows that do not count are left out, and what is written once above its rows stands in each of them.
    """
    sheet = sheet.within(table.range)
    grid = body(sheet, table.header, table.last_row)
    named = tuple(dict.fromkeys((*table.where, *table.skip, *table.fill_down, *table.id)))
    there = [name for name in named if name != table.headings]
    problems = [problem for name in there if (problem := unknown_column(grid, name)) is not None]
    if problems:
        raise ScenarioError(problems)
    grid = _without_far_cells(sheet, grid, (*table.columns, *named))
    grid = _with_filled(grid, table.fill_down)
    if table.headings:
        grid = _with_headings(grid, table)
    grid = _counted(grid, table)
    grid = _without_ignored(grid, table)
    if table.id:
        columns = [grid.columns[grid.named(normal(name))[0]] for name in table.id]
        ids = [JOIN.join(filter(None, cells)) for cells in zip(*columns, strict=True)]
        grid = grid.with_column("program", ids, grid.named(normal(table.id[0]))[0])
    return grid


def _without_ignored(grid: Grid, table: Table) -> Grid:
    """Return the grid without what is wrong with cells of columns that are left alone."""
    ignored = {grid.at[at] for name, key in table.columns.items() if key == IGNORE for at in grid.named(normal(name))}
    used = {grid.at[at] for name in (*table.where, *table.skip, *table.id) for at in grid.named(normal(name))}
    alone = ignored - used
    kept = tuple(problem for problem in grid.problems if problem.place is None or problem.place.column not in alone)
    return replace(grid, problems=kept)


def body(sheet: Sheet, header: Sequence[int] = (1,), last_row: int | None = None) -> Grid:
    """Return the table below the headers of a sheet, merged cells filled, without empty rows and columns.

    Raises ScenarioError if there are no headers.
    """
    top, bottom = header[-1], min(last_row or sheet.rows, sheet.rows)
    headers = [_header(sheet, header, column) for column in range(len(sheet.columns))]
    if not any(headers) or top > sheet.rows:
        raise ScenarioError([_without_headers(sheet, header)])
    cut = [cells[top:bottom] for cells in sheet.columns]
    filled = [is_filled(cells) for cells in cut]
    used = [position for position, name in enumerate(headers) if name or filled[position].any()]
    last_header = max(position for position, name in enumerate(headers) if name)
    kept = np.zeros(max(0, bottom - top), dtype=bool)
    for one in filled:
        kept |= one
    chosen = np.flatnonzero(kept)
    rows = chosen + top + 1
    columns = [cut[position] if len(chosen) == len(kept) else taken(cut[position], chosen) for position in used]
    numbers = tuple(sheet.numbers[position][top:bottom][kept] for position in used) if sheet.numbers else ()
    problems = [p for p in sheet.problems if p.place is None or top < p.place.line <= bottom]
    problems += _short_rows(sheet, last_header + 1, rows)
    names, at = tuple(headers[position] for position in used), tuple(position + 1 for position in used)
    grid = Grid(sheet.file, sheet.name, names, top, tuple(columns), rows, at, numbers, problems=tuple(problems))
    return _merged(grid, sheet)


def unknown_column(grid: Grid, name: str, place: Place | None = None) -> Problem | None:
    """Return what is wrong with the name of a column: there is none, or there are several; None if there is one."""
    found = grid.named(normal(name))
    if len(found) == 1:
        return None
    place = place or Place(grid.file, grid.header_row, 0, grid.sheet)
    if found:
        letters = " or ".join(grid.letters[position] for position in found)
        message = f"{len(found)} columns of {grid.name} have the header {shown(name)}"
        return Problem("ambiguous-column", message, place, "one column", f"name it by its letter: {letters}")
    close = near(normal(name), grid.headers)
    hint = f"did you mean {close!r}?" if close else f"its headers are {', '.join(filter(None, grid.headers))}"
    message = f"{shown(name)} is no column of {grid.name}"
    return Problem("unknown-column", message, place, "the header of a column", hint)


def _header(sheet: Sheet, rows: Sequence[int], column: int) -> str:
    """Return the cells of the header rows of a column, joined; those that span columns stand in each of them."""
    cells = []
    for row in rows:
        if row > sheet.rows:
            continue
        cell = sheet.columns[column][row - 1]
        if not cell:
            spans = (span for span in sheet.merged if span[0] < row <= span[2] + 1 and span[1] <= column <= span[3])
            cell = next((sheet.columns[left][top] for top, left, _, _ in spans), "")
        if cell and cell not in cells:
            cells.append(cell)
    return normal(" ".join(cells))


def _without_headers(sheet: Sheet, header: Sequence[int]) -> Problem:
    empty = not any(any(column) for column in sheet.columns)
    message = "the table is empty" if empty else f"row {header[-1]} has no column headers"
    expected = "a row of column headers, such as program,name,baseline"
    hint = "" if empty or header[-1] > 1 else "if the headers stand further down, say so with `header: 4`"
    return Problem("empty-table", message, Place(sheet.file, 0, 0, sheet.name), expected, hint)


def _short_rows(sheet: Sheet, width: int, rows: Ints) -> Iterator[Problem]:
    """Yield a problem for each row of a text file that has fewer cells than there are headers."""
    if sheet.lengths is None:
        return
    lengths = sheet.lengths[rows - 1]
    for row in np.flatnonzero(lengths < width).tolist():
        count = int(lengths[row])
        cells = "1 cell" if count == 1 else f"{count} cells"
        message = f"the row has {cells}, and there are {width} column headers"
        place = Place(sheet.file, int(rows[row]), 0, sheet.name)
        yield Problem("short-row", message, place, f"{width} cells", "an empty cell keeps its separator")


def _without_far_cells(sheet: Sheet, grid: Grid, names: Sequence[str]) -> Grid:
    """Return the grid of a text file without the columns beyond the headers, unless they are among the names.

    A problem is added for the first cell of each row that stands in such a column.
    """
    if sheet.lengths is None:
        return grid
    width = max(at for at, header in zip(grid.at, grid.headers, strict=True) if header)
    named = {position for name in names for position in grid.named(normal(name))}
    far = [position for position, at in enumerate(grid.at) if at > width and position not in named]
    known = "1 column has a header" if width == 1 else f"{width} columns have headers"
    first: dict[int, Problem] = {}
    for position in far:
        for row in _filled(grid.columns[position]).tolist():
            message = f"{shown(grid.columns[position][row])} stands in column {grid.at[position]}, and only {known}"
            hint, expected = (
                "a cell that holds the separator itself goes in quotes",
                f"no more cells than headers, {width}",
            )
            first.setdefault(row, Problem("long-row", message, grid.place(row, position), expected, hint))
    near_ones = [position for position in range(len(grid.at)) if position not in far]
    problems = (*grid.problems, *(first[row] for row in sorted(first)))
    return replace(
        grid,
        headers=tuple(grid.headers[position] for position in near_ones),
        at=tuple(grid.at[position] for position in near_ones),
        columns=tuple(grid.columns[position] for position in near_ones),
        problems=problems,
    )


def _filled(cells: Sequence[str]) -> Ints:
    return np.flatnonzero(is_filled(cells))


def _merged(grid: Grid, sheet: Sheet) -> Grid:
    """Return the grid in which the rows of a merged cell each have its value."""
    columns = [*grid.columns]
    merged: dict[int, Ints] = {}
    for top, left, bottom, _ in sheet.merged:
        if bottom == top or left + 1 not in grid.at or not grid.header_row <= top < sheet.rows:
            continue
        position = grid.at.index(left + 1)
        inside = np.flatnonzero((grid.rows > top + 1) & (grid.rows <= bottom + 1))
        cell = sheet.columns[left][top]
        if len(inside) and cell:
            cells = list(columns[position])
            for row in inside.tolist():
                cells[row] = cell
            columns[position] = cells
            before = merged.get(position)
            merged[position] = inside if before is None else np.concatenate([before, inside])
    return replace(grid, columns=tuple(columns), merged=merged) if merged else grid


def filled_down(cells: Sequence[str]) -> list[str]:
    """Return cells of which the empty ones have the value of the cell above.

    The name of a total holds for its own row alone, such as ``Police Total``, or ``Total Police`` below ``Police``:
    cells below it stay empty.
    """
    filled, above = [], ""
    for cell in cells:
        filled.append(cell or above)
        if cell:
            is_total = names_total(cell) or (above and has_total_word(cell) and above.casefold() in cell.casefold())
            above = "" if is_total else cell
    return filled


def _with_filled(grid: Grid, names: Sequence[str]) -> Grid:
    """Return the grid in which the empty cells of some columns have the value of the cell above."""
    columns = [*grid.columns]
    for name in names:
        (position,) = grid.named(normal(name))
        columns[position] = filled_down(columns[position])
    return replace(grid, columns=tuple(columns))


def _with_headings(grid: Grid, table: Table) -> Grid:
    """Return the grid without the rows that are headings, and a column of the heading above each row."""
    ids = [name for name in table.id if name != table.headings]
    programs = [name for name, key in table.columns.items() if key == "program"] or ids or ["program"]
    problem = unknown_column(grid, programs[0])
    if problem is not None:
        raise ScenarioError([problem])
    (at,) = grid.named(normal(programs[0]))
    filled = np.zeros(len(grid.rows), dtype=np.int64)
    for position, cells in enumerate(grid.columns):
        if position != at:
            filled += is_filled(cells)
    is_heading = is_filled(grid.columns[at]) & (filled == 0)
    marked = [cell if heading else "" for cell, heading in zip(grid.columns[at], is_heading.tolist(), strict=True)]
    cells = filled_down(marked)
    return _without(grid.with_column(table.headings, cells, at), is_heading, "headings")


def _counted(grid: Grid, table: Table) -> Grid:
    """Return the grid of the rows that count."""
    lost = [str(row) for row in sorted({*table.skip_rows} - {*grid.rows.tolist()})]
    unmatched = [f"`skip_rows: [{listed(lost, 5)}]`"] if lost else []
    if table.skip_rows:
        grid = _without(grid, np.isin(grid.rows, table.skip_rows), "skip_rows")
    for key in ("skip", "where"):
        out = np.zeros(len(grid.rows), dtype=bool)
        for name, cells in getattr(table, key).items():
            found = np.zeros(len(grid.rows), dtype=bool)
            for cell in cells:
                matches = _matches(grid, name, cell)
                found |= matches
                if not matches.any():
                    unmatched.append(f"`{key}: {{{quoted(name)}: {quoted(cell)}}}`")
            out |= found if key == "skip" else ~found
        grid = _without(grid, out, key)
    return replace(grid, unmatched=tuple(unmatched))


def _without(grid: Grid, out: Bools, reason: str) -> Grid:
    if not out.any():
        return grid
    left_out = (*grid.left_out, LeftOut(reason, replace(grid.take(np.flatnonzero(out)), left_out=())))
    # cells that cannot be read are no problem in rows that do not count
    gone = set(grid.rows[out].tolist())
    problems = tuple(problem for problem in grid.problems if problem.place is None or problem.place.line not in gone)
    return replace(grid.take(np.flatnonzero(~out)), left_out=left_out, problems=problems)


def _matches(grid: Grid, name: str, wanted: str) -> Bools:
    """Return which rows have a value in a column; shape (rows,)."""
    (position,) = grid.named(normal(name))
    pattern = cell_pattern(wanted)
    cells = grid.columns[position]
    known: Mapping[str, bool] = {cell: pattern.fullmatch(normal(cell)) is not None for cell in set(cells)}
    return np.fromiter(map(known.__getitem__, cells), bool, len(cells))


def cell_pattern(value: str) -> re.Pattern[str]:
    """Return what the normal text of a cell is matched with in full: ``*`` stands for any characters."""
    parts = normal(value).split(ANY) if value.strip() else [""]
    return re.compile(".*".join(map(re.escape, parts)), re.IGNORECASE)
