"""Find rows that hold the sums of other rows, their parts, and leave them out so that no money is counted twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.reading.office.choices import ChoiceError, Choices, column_option, skip_option
from budgetopt.reading.office.column_facts import ColumnFacts
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_level, is_parent, meaning, words_of
from budgetopt.reading.office.outlines import (
    OutlineSums,
    RowTree,
    RunOutline,
    by_codes,
    by_levels,
    by_parents,
    is_among,
    run_outlines,
    run_sums,
)
from budgetopt.reading.tables.shape import normal
from budgetopt.reading.tables.total_words import has_total_word
from budgetopt.scenario.model.table import IGNORE
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.words import listed

__all__ = ["ask_about_sums", "has_departments", "leave_out", "leave_out_sums"]

_SHARE = re.compile(
    r"\W*(?:of which|thereof|therein|included above|davon|darunter|dont|de los cuales|do qual|w tym|waarvan|herav)\b",
    re.IGNORECASE,
)
"""How the name of a row begins that is part of the one above it."""
_SUMMARY = re.compile(r"\b(?:summar\w+|headers?|totals?|subtotals?|roll ?ups?|parents?|aggregates?|groups?)\b")
"""Words for a row that sums up others, in a column of kinds of rows."""
_SHOWN = 6
_FEW = 8
"""In a table of fewer rows that names a department in each, round amounts may be sums of others by chance."""
_FEWEST_LEVELS = 3
"""Two words that no header explains may be kinds of rows, which are looked at by themselves."""
_MOST_LEVELS = 6
"""No column of so many different cells says the level of its rows."""


@dataclass(frozen=True)
class _RowOutline:
    """One way in which rows of a table are parts of others.

    ``rows`` are the rows that it orders, positions in the grid; ``tells`` are the columns that tell rows apart, the
    first of them best; ``is_said`` whether a header says that it is so, ``by`` what it rests on, for remarks.
    """

    tree: RowTree
    rows: Ints
    tells: tuple[ColumnFacts, ...]
    by: ColumnFacts
    is_said: bool
    is_certain: bool = True


def leave_out_sums(found: Guess, programs: Sequence[ColumnFacts], named: Bools, choices: Choices, slack: float) -> None:
    """Leave out rows that hold the sums of others and have no word for it.

    Parents, codes, levels and indentation tell which rows are parts of others, or else the order of the rows does.
    Raises ChoiceError where only some of the rows with parts hold their sums, or the order of the rows may be chance.
    """
    texts = [column for column in found.facts if not column.is_numeric and column.header]
    has_word = np.any([[has_total_word(cell) for cell in column.cells] for column in (*texts, *programs)], axis=0)
    every, lines = np.flatnonzero(found.lines & named), np.flatnonzero(found.lines & named & ~has_word)
    if not len(lines):
        return
    doubtful: list[tuple[_RowOutline, OutlineSums]] = []
    for outline in _outlines(found, programs, every, lines, choices):
        sums = outline.tree.sums(found.amounts[outline.rows], slack)
        if outline.is_said and not sums.counted.any():
            leave_out(found, outline.rows[sums.has_parts], outline.tells, programs[-1])
            return
        # one row before a single blank, or one department, may have the same money by chance
        is_own = outline.is_certain and outline.by is not outline.tells[0]
        is_seen = (is_own or bool(found.indents(outline.by).any())) and int(sums.counted.sum()) > 1
        is_shown = outline.is_said or is_seen
        is_sum = sums.are_sums or (is_shown and bool(sums.counted.any() and sums.equal[sums.counted].all()))
        if is_sum and (outline.is_certain or int((sums.counted & sums.several).sum()) > 1):
            leave_out(found, outline.rows[sums.has_parts], outline.tells, programs[-1])
            return
        if outline.is_said and sums.are_own_money:
            found.remarks += _own_money(found, outline, sums)
        elif outline.is_certain and (sums.are_mostly_sums or (outline.is_said and outline.by is not outline.tells[0])):
            doubtful.append((outline, sums))
    for column in _kinds(found, programs, choices):
        kinds = np.array([column.cells[row] for row in lines.tolist()], dtype=object)
        for word in dict.fromkeys(kinds.tolist()):
            fewest = 1 if _SUMMARY.search(words_of(word)) else 2
            if run_sums(found.amounts[lines], np.asarray(kinds == word, dtype=bool), slack) >= fewest:
                leave_out(found, lines[kinds == word], (column, *programs), programs[-1])
                return
    totals = _whole_totals(
        found, lines, np.flatnonzero(found.lines & (has_word | ~named) & (found.amounts != 0)), slack
    )
    runs = list(run_outlines(found.amounts[lines], slack))
    certain = _certain_runs(found, lines, runs, totals, slack)
    if certain is not None:
        leave_out(found, lines[certain.heads], programs, programs[-1])
        return
    if doubtful:
        raise _question(found, *doubtful[0], programs, choices)
    _ask_about_runs(found, lines, runs, totals, slack, programs, choices)


def _whole_totals(found: Guess, lines: Ints, totals: Ints, slack: float) -> Floats:
    """Return the amounts of totals but for those of a part of the table: of the rows up to the total next to them.

    ``lines`` and ``totals`` are the rows of programs and of totals, positions in the grid.
    """
    amounts, ahead = found.amounts[totals], np.concatenate(([0.0], np.cumsum(found.amounts[lines])))
    at = np.searchsorted(lines, totals)
    is_part = np.zeros(len(totals), dtype=bool)
    for first, last in ((np.append(0, at[:-1]), at), (at, np.append(at[1:], len(lines)))):
        count, total = last - first, ahead[last] - ahead[first]
        is_equal = np.abs(total - amounts) <= slack * count + 1e-9 * np.abs(total)
        is_part |= is_equal & (count > 0) & (count < len(lines))
    return found.amounts[totals[~is_part]]


def _certain_runs(
    found: Guess, lines: Ints, runs: Sequence[RunOutline], totals: Floats, slack: float
) -> RunOutline | None:
    """Return the sums and their parts that the whole table is made of, or that its total proves."""
    amounts = found.amounts[lines]
    is_enough = len(lines) >= _FEW or not has_departments(found, lines)
    whole = [run for run in runs if run.is_whole and is_enough]
    return next(iter([*whole, *(run for run in runs if run.is_proved(amounts, totals, slack))]), None)


def _ask_about_runs(
    found: Guess,
    lines: Ints,
    runs: Sequence[RunOutline],
    totals: Floats,
    slack: float,
    programs: Sequence[ColumnFacts],
    choices: Choices,
) -> None:
    """Ask about rows that hold sums of those next to them, where that is so in most of the table."""
    amounts = found.amounts[lines]
    likely = [run for run in runs if run.is_most_of(amounts)]
    if not likely or has_departments(found, lines) or is_among(totals, float(amounts.sum()), slack * len(lines)):
        return
    run = max(likely, key=lambda run: (run.several, int(run.inside.sum())))
    rows, where = lines[run.heads], "below" if run.is_below else "above"
    names = listed([repr(programs[-1].cells[row]) for row in rows.tolist()], _SHOWN)
    said = f"{len(rows):,} rows hold the sum of rows right {where} them, {names}"
    ask_about_sums(found, rows, said, programs, choices)


def ask_about_sums(found: Guess, rows: Ints, said: str, programs: Sequence[ColumnFacts], choices: Choices) -> None:
    """Ask whether rows whose money is the sum of others are totals; say so where they are known to be programs."""
    column = programs[-1]
    counts = Counter(normal(cell).casefold() for cell in found.cells(column))
    names = [column.cells[row] for row in rows.tolist()]
    total = found.shown(found.amounts[rows].sum())
    what = "it is a total" if len(names) == 1 else "they are totals"
    left = skip_option(choices, column.name, names, f"{what}: {total} are left out")
    if any(counts[normal(name).casefold()] > 1 for name in names):
        found.remarks.append(f"rows may be counted twice: {said}")
    elif choices.group or "program" in choices.columns:
        found.remarks.append(f"rows may be counted twice: {said}: `{left.flag}` leaves them out")
    else:
        own = "it is a program, and counts" if len(names) == 1 else "they have money of their own, and count"
        right = column_option(choices, "program", column.name, own)
        raise ChoiceError(f"rows may be counted twice: {said}", [left, right])


def has_departments(found: Guess, lines: Ints) -> bool:
    """Return whether each row names its department."""
    department = found.keys.get("department")
    return department is not None and bool(department.filled[lines].all())


def leave_out_shares(found: Guess, programs: ColumnFacts) -> None:
    """Leave out rows that say themselves that they are part of the row above them, which holds at least their sum."""
    lines = np.flatnonzero(found.lines & (found.amounts != 0))
    shares = np.array([_SHARE.match(programs.cells[row]) is not None for row in lines.tolist()], dtype=bool)
    if not shares.any() or shares[0]:
        return
    whole = np.cumsum(~shares) - 1
    held, parts = (np.bincount(whole, weights=found.amounts[lines] * kind) for kind in (~shares, shares))
    if not (held >= parts).all():
        return
    rows = np.zeros(len(found.lines), dtype=bool)
    rows[lines[shares]] = True
    found.skip_cells(rows, [programs])
    total, names = (
        found.shown(found.amounts[rows].sum()),
        listed(list(map(repr, programs.of_rows(lines[shares]))), _SHOWN),
    )
    what = "1 row that is part of the row above it is" if shares.sum() == 1 else (
        f"{int(shares.sum()):,} rows that are part of the row above them are"
    )  # fmt: skip
    found.remarks.append(f"{what} left out, {total} in all: {names}")
    found.leave_out(rows, "rows that are part of others")


def leave_out(found: Guess, rows: Ints, tells: Sequence[ColumnFacts], programs: ColumnFacts) -> None:
    """Leave out rows that hold the sums of others, and say so."""
    if not len(rows):
        return
    totals = np.zeros(len(found.lines), dtype=bool)
    totals[rows] = True
    found.skip_cells(totals, tells)
    total = found.shown(found.amounts[totals].sum())
    shown = listed(
        list(dict.fromkeys(repr(programs.cells[row] or f"row {found.grid.rows[row]}") for row in rows.tolist())), _SHOWN
    )
    what = "1 row that is the sum of others is" if len(rows) == 1 else f"{len(rows):,} rows that are sums of others are"
    found.remarks.append(f"{what} left out, {total} in all: {shown}")
    found.leave_out(totals, "rows that are sums of others")


def _outlines(
    found: Guess, programs: Sequence[ColumnFacts], every: Ints, lines: Ints, choices: Choices
) -> Iterator[_RowOutline]:
    """Yield the ways in which rows may be parts of others, those that a header says first.

    ``every`` are the rows that name a program, ``lines`` those of them without a word for a total.
    """
    said = {normal(name) for name in (*choices.columns.values(), *choices.group)}
    known = [column for column in found.facts if column not in found.money and column.filled.any()]
    free = [column for column in known if column.name not in said and column not in found.ignored]
    yield from sorted(_parent_outlines(free, known, every), key=lambda outline: not outline.is_said)
    yield from _level_outlines(free, programs, lines)
    for column in free:
        indents = found.indents(column)
        for rows in (lines, lines[::-1]) if indents.any() else ():
            if (tree := by_levels(indents[rows].tolist())) is not None:
                yield _RowOutline(tree, rows, (*programs, column), column, is_said=False)
    for column in free:
        codes = [column.cells[row] for row in lines.tolist()]
        if (tree := by_codes(codes)) is not None:
            yield _RowOutline(tree, lines, (column, *programs), column, is_said=False, is_certain=column in programs)


def _parent_outlines(free: Sequence[ColumnFacts], known: Sequence[ColumnFacts], every: Ints) -> Iterator[_RowOutline]:
    """Yield the outline of each pair of a column of ids and one that names the parents of these."""
    columns = [column for column in known if column.is_label or _whole(column)]
    cells: dict[int, list[str]] = {}
    for column in columns:
        plain = {cell: normal(cell).casefold() for cell in set(column.cells)}
        cells[column.position] = [plain[column.cells[row]] for row in every.tolist()]
    values = {position: set(texts) - {""} for position, texts in cells.items()}
    for above in free:
        if above not in columns or not above.header:
            continue
        is_said, wanted = is_parent(above.header), values[above.position]
        for ids in columns:
            inside = wanted & values[ids.position]
            if ids is above or not inside or len(wanted) >= len(values[ids.position]):
                continue
            if not is_said and inside != wanted:
                continue
            own = [cell or f"\0{row}" for row, cell in enumerate(cells[ids.position])]
            # where each parent stands in a row that has its name twice, as a department in its own division
            is_named = inside <= {name for name, other in zip(own, cells[above.position], strict=True) if name == other}
            if (tree := by_parents(own, cells[above.position])) is not None:
                yield _RowOutline(tree, every, (ids,), above, is_said, is_certain=is_said or is_named)


def _whole(column: ColumnFacts) -> bool:
    amounts = column.amounts[~np.isnan(column.amounts)]
    return bool((amounts == np.rint(amounts)).all())


def _level_outlines(free: Sequence[ColumnFacts], programs: Sequence[ColumnFacts], lines: Ints) -> Iterator[_RowOutline]:
    """Yield the outlines of columns that say how deep a row stands, by numbers or by words from either end."""
    for column in free:
        cells = [column.cells[row] for row in lines.tolist()]
        words = list(dict.fromkeys(cells))
        is_said = is_level(column.header)
        if "" in words or not 1 < len(words) < _MOST_LEVELS or column in programs:
            continue
        if not is_said and (meaning(column.header) or column.is_numeric or len(words) < _FEWEST_LEVELS):
            continue
        if column.is_numeric:
            words = sorted(words, key=lambda word: column.amounts[column.cells.index(word)])
        for order in (words, words[::-1]):
            levels = [order.index(cell) for cell in cells]
            for rows, ordered in ((lines, levels), (lines[::-1], levels[::-1])):
                if (tree := by_levels(ordered)) is not None:
                    yield _RowOutline(tree, rows, (column, *programs), column, is_said, is_certain=is_said)


def _kinds(found: Guess, programs: Sequence[ColumnFacts], choices: Choices) -> Iterator[ColumnFacts]:
    """Yield the columns of few words that may say of which kind a row is: a summary or a detail."""
    taken = (*programs, *found.money, *found.ignored)
    for column in found.facts:
        few = 1 < column.distinct < _MOST_LEVELS and not column.is_numeric
        is_free = column not in taken and column.name not in choices.columns.values()
        if is_free and few and not meaning(column.header):
            yield column


def _own_money(found: Guess, outline: _RowOutline, sums: OutlineSums) -> Iterator[str]:
    """Yield that rows with parts count beside these, because they hold little money beside them."""
    count, total = int(sums.counted.sum()), float(found.amounts[outline.rows][sums.counted].sum())
    if count:
        rows = "1 row is a parent" if count == 1 else f"{count:,} rows are parents"
        verb = "counts" if count == 1 else "count"
        yield f"{rows} of others by '{outline.by.name}' and {verb}, with {found.shown(total)}: no sum of these"


def _question(
    found: Guess, outline: _RowOutline, sums: OutlineSums, programs: Sequence[ColumnFacts], choices: Choices
) -> ChoiceError:
    """Return the question whether rows with parts hold the sums of these or money of their own."""
    column = outline.tells[0]
    rows = outline.rows[sums.counted]
    names = column.of_rows(rows)
    total = found.shown(found.amounts[rows].sum())
    odd = int(np.flatnonzero(sums.counted & ~sums.equal)[0])
    name = programs[-1].cells[int(outline.rows[odd])]
    message = (
        f"rows may be counted twice: by '{outline.by.name}' {len(names):,} are made of others, and"
        f" {name!r} has {found.shown(sums.amounts[odd])}, its parts {found.shown(sums.parts[odd])}"
    )
    left = skip_option(choices, column.name, names, f"they are sums: {total} are left out")
    key = "program" if outline.by in programs else IGNORE
    before = choices.columns.get(IGNORE, "")
    value = f"{before}+{outline.by.name}" if before and key == IGNORE else outline.by.name
    return ChoiceError(message, [left, column_option(choices, key, value, "they have money of their own, and count")])
