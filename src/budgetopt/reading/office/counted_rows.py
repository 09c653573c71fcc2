"""Decide which rows of a budget file are lines of programs: not those of other years, totals, headings or notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.reading.office.choices import ChoiceError, Choices, shell, where_option
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.grouped_rows import below_headings, leave_out_received, leave_out_whole
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import YEAR, is_count, is_title, meaning, stage_rank, words_of, year_of
from budgetopt.reading.office.roles import column_named
from budgetopt.reading.office.row_parts import leave_out_shares, leave_out_sums
from budgetopt.reading.office.rows_below import leave_out_below
from budgetopt.reading.office.total_rows import (
    find_headings,
    find_notes,
    find_totals,
    skip_patterns,
)
from budgetopt.reading.office.translated_words import in_english, plain_letters
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.shape import cell_pattern, normal
from budgetopt.reading.tables.total_words import has_total_word
from budgetopt.scenario.model.table import ANY
from budgetopt.scenario.programs import Bools
from budgetopt.scenario.words import listed, plural

__all__ = [
    "choose_rows",
    "leave_out_headers",
    "leave_out_rows",
    "leave_out_totals",
    "repeated_headers",
    "titles_above",
]

_EDITIONS = re.compile(
    r"(?:(?:budget|plan|data) )?(?:scenarios?|versions?|phases?|rounds?|editions?|alternatives?|(currency|currencies))"
)
"""Headers of a column of versions of one budget, or of currencies."""
_SPENT = re.compile(r"(?:\w+ )?(?:expen[sd]\w*|appropriations?|spending)|uses?|outflows?|costs?")
_RECEIVED = re.compile(r"(?:\w+ )?(?:revenues?|receipts?|incomes?)|sources?|inflows?")
_KINDS = re.compile(r"\b(?:types?|categor(?:y|ies)|class(?:es|ification)?|acct|accounts?|kinds?|groups?|objects?)\b")
"""Words in the header of a column of kinds of accounts."""
_OF_FUNDS = re.compile(r"\b(?:sources|uses) of funds?$", re.IGNORECASE)
"""Headings of what is received and spent, and no funds."""
_SHOWN = 6
_MOST_KINDS = 12
"""A column of kinds of accounts has no more values than these."""


def repeated_headers(grid: Grid) -> Bools:
    """Return which rows repeat the headers, as at the top of each printed page; shape (rows,)."""
    same = np.zeros(len(grid.rows), dtype=np.int64)
    filled = np.zeros(len(grid.rows), dtype=np.int64)
    for header, cells in zip(grid.headers, grid.columns, strict=True):
        known = {cell: _is_header(cell, header) for cell in set(cells)}
        same += np.fromiter(map(known.__getitem__, cells), bool, len(cells))
        filled += np.fromiter(map(bool, cells), bool, len(cells))
    return np.asarray((same == filled) & (filled > 1), dtype=bool)


def titles_above(grid: Grid, rows: Bools) -> Bools:
    """Return which rows are titles above rows that repeat the headers: one cell, and no row between; shape (rows,)."""
    filled = np.sum([[bool(cell) for cell in cells] for cells in grid.columns], axis=0)
    below = np.flatnonzero(rows & (np.arange(len(rows)) > 0))
    found = np.zeros(len(rows), dtype=bool)
    found[below - 1] = (filled[below - 1] == 1) & (grid.rows[below] - grid.rows[below - 1] == 1)
    return found


def leave_out_headers(found: Guess, headers: Grid, titles: Grid) -> None:
    """Write down rows that repeat the headers, by what tells them from the others in a column or by their numbers."""
    if not len(headers.rows):
        return
    if len(titles.rows):
        found.table["skip_rows"] = titles.rows.tolist()
        said = listed([repr(cell) for cells in titles.columns for cell in cells if cell], _SHOWN)
        what = "1 title above repeated headers is" if len(titles.rows) == 1 else "titles above repeated headers are"
        found.remarks.append(f"{what} left out: {said}")
    for column in found.facts:
        cells = set(headers.columns[column.position])
        if column.header and len(cells) == 1 and "" not in cells and cells.isdisjoint(column.cells):
            found.add_skip(column.name, list(cells))
            break
    else:
        known: list[int] = found.table.get("skip_rows", [])  # type: ignore[assignment]
        found.table["skip_rows"] = sorted([*known, *headers.rows.tolist()])
    count = len(headers.rows)
    found.remarks.append("1 row that repeats the headers is left out" if count == 1 else
                         f"{count:,} rows that repeat the headers are left out")  # fmt: skip


def _is_header(cell: str, header: str) -> bool:
    """Return whether a cell is a header, or a row of one that is joined of several."""
    return bool(cell) and (normal(cell) == header or f" {normal(cell)} " in f" {header} ")


def choose_rows(found: Guess, choices: Choices, file: str) -> None:
    """Find which rows count by a column of years, of kinds of account or of stages, and leave the others out."""
    where: dict[str, object] = {}
    for name, values in choices.where.items():
        column = column_named(found.facts, name, file)
        where[column.name] = list(values) if len(values) > 1 else values[0]
        found.lines = found.lines & _matching(column, values)
        if not found.lines.any():
            known = listed(list(dict.fromkeys(filter(None, column.cells))), 12)
            raise OptionError(f"--where leaves no row of {file}", hint=f"{column.name} has {known}")
    for column in found.facts:
        if (
            column.name in where
            or not column.header
            or column.position == getattr(found.keys.get("program"), "position", -1)
        ):
            continue
        seen = list(dict.fromkeys(found.cells(column)))
        counted = _counted_values(found, column, seen)
        if counted:
            where[column.name] = counted if len(counted) > 1 else counted[0]
            out = [other for other in seen if other not in counted]
            chosen, others = (listed([repr(value) for value in values], _SHOWN) for values in (counted, out))
            flag = f"--where {shell(f'{column.name}={out[0]}')}"
            found.remarks.append(
                f"rows count where '{column.name}' is {chosen}, and not {others}: `{flag}` takes other rows"
            )
            found.lines &= _matching(column, counted)
    _ask_for_editions(found, where, choices)
    if where:
        found.table["where"] = where


def _ask_for_editions(found: Guess, where: Collection[str], choices: Choices) -> None:
    """Ask which rows count where a column says of which version of a budget, or in which currency, each is."""
    for column in found.facts:
        values = list(dict.fromkeys(filter(None, found.cells(column))))
        edition = _EDITIONS.fullmatch(words_of(column.header))
        if column.name in where or edition is None or not 1 < len(values) <= _MOST_KINDS:
            continue
        if edition[1] is None and not _recur(found, column, values[-1]):
            continue
        counts = Counter(found.cells(column))
        options = [where_option(choices, column.name, value, f"{plural(counts[value], 'row')}") for value in values]
        everything = where_option(choices, column.name, ANY, f"all {counts.total():,} rows, added up")
        message = f"the rows of {found.sheet.file} are of {len(values)} kinds by '{column.name}'"
        raise ChoiceError(f"{message}, and which of them count is not said", [*options, everything])


def _recur(found: Guess, column: ColumnFacts, chosen: str) -> bool:
    """Return whether the programs of one value, a year or a stage, stand under others too, as their past or plan."""
    programs = found.keys.get("program") or found.keys.get("name") or found.keys.get("department")
    if programs is None:
        return True
    pairs = list(zip(programs.cells, column.cells, strict=True))
    now, before = ({name for name, value in pairs if (value == chosen) is is_now} for is_now in (True, False))
    return len(now & before) >= 0.3 * len(now)


def _counted_values(found: Guess, column: ColumnFacts, values: Sequence[str]) -> list[str]:
    """Return the values of a column whose rows count, where those of others would be counted beside them."""
    named = [value for value in values if value]
    if not 1 < len(named) <= 60:
        return []
    if all(map(year_of, named)) and (meaning(column.header) == YEAR or _are_years(column)):
        latest = max(named, key=year_of)
        return [latest] if _recur(found, column, latest) else []
    is_said_once = len(named) == sum(map(bool, found.cells(column)))
    if len(named) > _MOST_KINDS or is_said_once or (column.is_numeric and not column.is_label):
        return []
    ranks = {value: stage_rank(value) for value in named}
    counts = [value for value in named if ranks[value] is None and is_count(value)]
    stages = [value for value in named if ranks[value] is not None]
    if stages and len(named) == len(stages) + len(counts) and "year" not in words_of(column.header):
        chosen = min(stages, key=lambda value: ranks[value] or 0)
        return [chosen] if _recur(found, column, chosen) else []
    received = [value for value in named if _is_kind(value, column.header, _RECEIVED)]
    is_kinds = any(_is_kind(value, column.header, _SPENT) for value in named) or _KINDS.search(words_of(column.header))
    if received and is_kinds and len(received) < len(named) and _has_numbers(found, column, received):
        return [value for value in named if value not in (*received, *counts)]
    return []


def _has_numbers(found: Guess, column: ColumnFacts, values: Collection[str]) -> bool:
    """Return whether rows with some values in a column have numbers: those of headings have none."""
    rows = np.array([cell in values for cell in column.cells], dtype=bool) & found.lines
    others = [other for other in found.facts if other.is_numeric and not other.is_label]
    return any(bool((rows & ~np.isnan(other.amounts)).any()) for other in others)


def _are_years(column: ColumnFacts) -> bool:
    """Return whether the numbers of a column are years that follow one another, and its header names no account."""
    if not column.is_years:
        return False
    known = np.unique(column.amounts[~np.isnan(column.amounts)])
    is_run = len(known) <= _MOST_KINDS and float(known[-1] - known[0]) == len(known) - 1
    return is_run and is_title(column.header)


def _is_kind(value: str, header: str, kind: re.Pattern[str]) -> bool:
    """Return whether a value says that money is spent or received; a letter does under a header that names both."""
    if len(value) > 1:
        return kind.fullmatch(words_of(value)) is not None
    words = re.findall(r"[^\W\d_]+", plain_letters(re.sub(r"([a-z])([A-Z])", r"\1 \2", header)))
    meant = {word: "revenue" if word == "rev" else in_english(word) for word in words}
    names_both = all(any(map(pattern.fullmatch, meant.values())) for pattern in (_SPENT, _RECEIVED))
    letter = value.casefold()
    return names_both and any(word.startswith(letter) and kind.fullmatch(said) for word, said in meant.items())


def _matching(column: ColumnFacts, values: Sequence[str]) -> Bools:
    """Return which rows have one of some values in a column, as ``where`` and ``skip`` of a table mean them."""
    patterns = [cell_pattern(value) for value in values]
    known = {cell: any(pattern.fullmatch(normal(cell)) for pattern in patterns) for cell in set(column.cells)}
    return np.array([known[cell] for cell in column.cells], dtype=bool)


def leave_out_rows(found: Guess, choices: Choices) -> None:
    """Count what the choice of rows leaves out, now that the money is known."""
    out, found.lines = ~found.lines, np.ones(len(found.lines), dtype=bool)
    found.leave_out(out, "rows that `where` leaves out")
    for name, values in choices.skip.items():
        column = column_named(found.facts, name, found.sheet.file)
        found.leave_out(_matching(column, values), "rows that `skip` leaves out")
        found.add_skip(column.name, values)


def leave_out_totals(found: Guess, programs: Sequence[ColumnFacts], choices: Choices) -> list[ColumnFacts]:
    """Leave out totals, headings and notes, and return the columns that name a program then.

    Raises OptionError for amounts that belong to no program, ChoiceError where rows may be counted twice.
    """
    programs = [found.facts[column.position] for column in programs]  # as filled
    amounts, lines = np.where(found.lines, found.amounts, 0.0), np.flatnonzero(found.lines)
    filled = np.sum([column.filled for column in found.facts], axis=0)
    has_amount = found.has_amount
    names = programs[-1].cells
    notes = find_notes([names[row] for row in lines.tolist()], filled[lines], has_amount[lines])
    if notes:
        last = int(found.grid.rows[lines[-notes - 1]])
        found.table["last_row"] = last
        rows = np.zeros(len(found.lines), dtype=bool)
        rows[lines[-notes:]] = True
        found.leave_out(rows, "rows of notes below the table")
        lines = lines[:-notes]
    headings = np.zeros(len(found.lines), dtype=bool)
    headings[lines] = find_headings([names[row] for row in lines.tolist()], filled[lines], has_amount[lines])
    if headings.any():
        programs = _leave_out_headings(found, programs, headings)
    named_columns = [column for column in found.facts if column.header or column in programs]
    columns = [column for column in named_columns if not column.is_numeric or column in programs]
    named = np.all([column.filled for column in programs], axis=0)
    slack = found.slack
    leave_out_shares(found, programs[-1])
    leave_out_sums(found, programs, named, choices, slack)
    lines = np.flatnonzero(found.lines)
    texts = [[column.cells[row] for row in lines.tolist()] for column in columns]
    texts += [list(map(str, np.cumsum(headings)[lines].tolist()))] if headings.any() else []
    result = find_totals(texts, named[lines], amounts[lines], slack)
    totals = np.zeros(len(found.lines), dtype=bool)
    totals[lines] = result.totals
    columns.sort(key=lambda column: column not in programs)
    labels = _labels(totals, columns)
    leave_out_received(found, labels, totals, slack)
    if totals.any():
        _skip_totals(found, totals, lines[result.unequal].tolist(), columns, programs, labels)
    rest = leave_out_below(found, totals, lines[result.unexplained], labels, programs, choices)
    if len(rest):
        _refuse_unnamed(found, rest.tolist(), programs)
    leave_out_whole(found, programs, totals, choices, slack)
    blank = found.lines & ~named
    if blank.any():
        found.skip_rows(blank)
        found.leave_out(blank, "rows without a program or an amount")
    return programs


def _leave_out_headings(found: Guess, programs: list[ColumnFacts], headings: Bools) -> list[ColumnFacts]:
    """Write down what headings give the rows below them, and return the columns that name a program then."""
    said = [programs[-1].cells[row] for row in np.flatnonzero(headings).tolist()]
    text = listed([repr(name) for name in said], _SHOWN)
    what = "1 heading" if len(said) == 1 else f"{len(said):,} headings"
    are_funds = all(words_of(name).endswith((" fund", " funds")) and not _OF_FUNDS.search(name) for name in said)
    of_funds = "funds" not in found.keys and are_funds
    if of_funds:
        found.table["headings"] = "funds"
        found.remarks.append(f"{what} {'gives' if len(said) == 1 else 'give'} the rows below their fund: {text}")
    elif "department" in found.keys or len(programs) > 1:
        found.skip_rows(headings)
        found.remarks.append(f"{what} without an amount {'is' if len(said) == 1 else 'are'} left out: {text}")
    else:
        found.remarks.append(f"{what} {'gives' if len(said) == 1 else 'give'} the rows below their department: {text}")
    found.leave_out(headings, "headings")
    if not of_funds and "department" not in found.keys and len(programs) == 1:
        programs = below_headings(found, programs[0], headings)
    return programs


def _labels(totals: Bools, columns: Sequence[ColumnFacts]) -> dict[int, str]:
    """Return the names of totals by their rows: the first cell of each that has a word for one."""
    rows = np.flatnonzero(totals).tolist()
    cells = {row: next((c.cells[row] for c in columns if has_total_word(c.cells[row])), "") for row in rows}
    return {row: name for row, name in cells.items() if name}


def _skip_totals(
    found: Guess,
    totals: Bools,
    unequal: Sequence[int],
    columns: Sequence[ColumnFacts],
    programs: Sequence[ColumnFacts],
    labels: Mapping[int, str],
) -> None:
    """Write down which rows are totals: by a pattern of the column that tells them, or by their numbers."""
    rows, left = found.lines, totals & found.lines
    for column in columns:
        has_word = np.array([has_total_word(cell) for cell in column.cells]) & left
        chosen = np.flatnonzero(rows)
        if not has_word.any():
            continue
        patterns = skip_patterns([column.cells[row] for row in chosen.tolist()], has_word[chosen])
        if patterns is not None:
            found.add_skip(column.name, patterns)
            left = left & ~has_word
    for column in programs:
        blank = left & ~column.filled
        if column.name in found.table.get("fill_down", ()):  # type: ignore[operator]
            continue  # a table is filled down before `skip` is looked at
        if blank.any() and not (rows & ~column.filled & ~totals).any():
            found.add_skip(column.name, [""])
            left = left & ~blank
    if left.any():
        found.skip_rows(left)
    names = [repr(labels.get(row) or f"row {found.grid.rows[row]}") for row in np.flatnonzero(totals).tolist()]
    count = len(names)
    total = found.shown(found.amounts[totals].sum())
    what = "row of totals is" if count == 1 else "rows of totals are"
    found.remarks.append(f"{count:,} {what} left out, {total} in all: {listed(names, _SHOWN)}")
    if len(unequal):
        some = listed([labels.get(row) or f"row {found.grid.rows[row]}" for row in unequal], _SHOWN)
        found.remarks.append(f"the total in {some} is not the sum of the rows that it should add up: look at the file")
    found.leave_out(totals, "rows of totals")


def _refuse_unnamed(found: Guess, rows: Sequence[int], programs: Sequence[ColumnFacts]) -> None:
    total = found.shown(found.amounts[list(rows)].sum())
    column = programs[-1]
    places = [str(found.grid.place(int(row), column.position)) for row in rows[:3]]
    count = "1 row has" if len(rows) == 1 else f"{len(rows):,} rows have"
    name = column.name if column.name.replace("_", "").isalnum() else f'"{column.name}"'
    raise OptionError(
        f"{count} an amount, {total} in all, and no '{column.name}': {', '.join(places)}",
        hint=f"leave them out with `--skip {name}=`, or name the programs in the file",
    )
