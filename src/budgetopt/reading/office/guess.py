"""Work out how the table on a sheet is to be read, and say what was taken for what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.errors import OptionError, near
from budgetopt.reading.office.amount_marks import check_cells, turn_signs
from budgetopt.reading.office.amount_units import find_scale
from budgetopt.reading.office.choices import ChoiceError, Choices, NoTableError, Option, shell, skip_option
from budgetopt.reading.office.column_facts import ColumnFacts, facts_of
from budgetopt.reading.office.counted_rows import (
    choose_rows,
    leave_out_headers,
    leave_out_rows,
    leave_out_totals,
    repeated_headers,
    titles_above,
)
from budgetopt.reading.office.currency import check_currency
from budgetopt.reading.office.decimal_marks import check_decimal, decimal_mark
from budgetopt.reading.office.filled_columns import fill_down
from budgetopt.reading.office.grouped_rows import beside_headings
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_rows import find_headers, is_transposed
from budgetopt.reading.office.header_words import (
    MONEY,
    YEAR,
    is_count,
    is_part_of_year,
    meaning,
    money_rank,
    words_of,
    year_of,
)
from budgetopt.reading.office.money_columns import ask_for_funds, choose_money, find_payments
from budgetopt.reading.office.roles import choose_columns, choose_programs, column_named, said_columns
from budgetopt.reading.office.row_doubts import doubtful_rows
from budgetopt.reading.office.sheet_tables import last_row_of
from budgetopt.reading.office.sides import leave_out_revenue_side
from budgetopt.reading.office.statistic_rows import leave_out_statistics, leave_out_units, lines_alone
from budgetopt.reading.tables.shape import JOIN, body
from budgetopt.reading.tables.sheet import Sheet
from budgetopt.scenario.model.table import IGNORE
from budgetopt.scenario.words import listed, on_one_line, plural

__all__ = ["Guess", "guess"]

_SHOWN = 6


def guess(sheet: Sheet, choices: Choices | None = None) -> Guess:
    """Return how the table on a sheet is most likely meant.

    Raises ChoiceError where it may mean two things, NoTableError where no table of programs is found, and another
    OptionError where its rows cannot be read.
    """
    choices = choices or Choices()
    sheet = sheet.within(choices.range)
    found, header = _table_of(sheet, choices)
    file, facts = found.grid.name, found.facts
    said = said_columns(found, choices, file)
    for name in choices.group:
        column_named(facts, name, file)
    facts = [column for column in facts if column not in found.ignored and column.position not in found.sums]
    found.keys = choose_columns([column for column in facts if column.position not in found.added], said)
    above = sheet.row(header[0] - 2) if header[0] > 1 else []
    choose_rows(found, choices, file)
    others = _choose_money(found, facts, said, choices, file, above)
    check_decimal(found, choices)
    find_scale(found, choices, header)
    leave_out_rows(found, choices)
    check_currency(found)
    if choices.scale is None:
        turn_signs(found)
    elif choices.scale < 0:
        found.turn_signs()
    programs, remarks = choose_programs(facts, found.keys, choices, found.lines, file)
    if programs[-1] in found.money:
        raise NoTableError(f"{file} has no column for the programs beside '{programs[-1].name}'")
    found.remarks += remarks
    programs = beside_headings(found, programs)
    _name_programs(found, programs)
    leave_out_units(found)
    leave_out_statistics(found, programs)
    fill_down(found)
    leave_out_revenue_side(found, programs)
    programs = leave_out_totals(found, programs, choices)
    _lines_of_programs(found, programs, choices)
    _columns(found, others)
    found.remarks += doubtful_rows(found, programs)
    return found


def _table_of(sheet: Sheet, choices: Choices) -> tuple[Guess, tuple[int, ...]]:
    """Return the table on a sheet with nothing decided but where it stands and its decimal mark; the header rows."""
    file = f"{sheet.file}!{sheet.name}" if sheet.name else sheet.file
    if not (choices.header or choices.columns) and is_transposed(sheet):
        hint = "give each program a row: in a spreadsheet program copy the table and paste it transposed"
        raise OptionError(f"the programs of {file} stand side by side, with a column each", hint=hint)
    header = choices.header or find_headers(sheet)
    if not header:
        raise _without_headers(sheet, file)
    last = last_row_of(sheet, header)
    grid = body(sheet, header, last)
    again = repeated_headers(grid)
    titled = titles_above(grid, again)
    headers, titles = grid.take(np.flatnonzero(again)), grid.take(np.flatnonzero(titled))
    grid = grid.take(np.flatnonzero(~(again | titled))) if again.any() else grid
    if not len(grid.rows):
        raise NoTableError(f"{file} has no rows below its headers")
    check_cells(sheet, grid)
    decimal = choices.decimal or decimal_mark(grid)
    facts = facts_of(grid, decimal)
    found = Guess(sheet, grid, facts, np.ones(len(grid.rows), dtype=bool))
    if choices.range:
        found.table["range"] = choices.range
    if header != (1,):
        found.table["header"] = header[0] if len(header) == 1 else list(header)
    if last is not None:
        found.table["last_row"] = last
    if decimal == ",":
        found.table["decimal"] = decimal
        found.remarks.append(
            "a comma separates decimals in the file, a point thousands: `--decimal .` if that is wrong"
        )
    leave_out_headers(found, headers, titles)
    return found, header


def _choose_money(
    found: Guess,
    facts: Sequence[ColumnFacts],
    said: Mapping[str, ColumnFacts],
    choices: Choices,
    file: str,
    above: Sequence[str],
) -> Sequence[ColumnFacts]:
    """Find the columns of the money, those that are said first; return others that could have been taken for it."""
    by_period = [column for key, column in said.items() if key.startswith("baseline.")]
    paid = {key.partition(".")[2]: said[key] for key in said if key.startswith("baseline_by_fund.")}
    if "baseline" in said:
        found.money = [said["baseline"]]
    elif by_period:
        found.money = by_period
    elif payments := paid or find_payments(
        facts, [above[at - 1] for at in found.grid.at] if above else [], found.lines
    ):
        found.payments, found.money = payments, list(payments.values())
    else:
        _refuse_unread(found, facts)
        lines = lines_alone(found)
        column, others = choose_money(facts, choices, lines, file)
        ask_for_funds(facts, column, choices, lines, file)
        found.keys["baseline"], found.money = column, [column]
        return others
    return ()


def _refuse_unread(found: Guess, facts: Sequence[ColumnFacts]) -> None:
    """Refuse a table if no cell of the likeliest column of money can be read: another would be taken in its place."""
    broken = {problem.place.column: problem for problem in reversed(found.grid.problems) if problem.place is not None}
    named = [column for column in facts if meaning(column.header) == MONEY and not column.is_years]
    best = min((money_rank(column.header) for column in named if column.is_numeric), default=None)
    for column in named:
        problem = broken.get(found.grid.at[column.position])
        is_unread = problem is not None and bool(np.isnan(column.amounts).all())
        if problem is not None and is_unread and (best is None or money_rank(column.header) <= best):
            message = f"{problem.place}: {problem.message}, and no amount of '{column.name}' can be read"
            other = "name the column of the money with `--column baseline=HEADER` if it is another"
            raise OptionError(message, hint=f"{problem.hint}; {other}" if problem.hint else other)


def _without_headers(sheet: Sheet, file: str) -> NoTableError:
    if not any(any(column) for column in sheet.columns):
        return NoTableError(f"{file} is empty")
    first = [cell for cell in sheet.row(0) if cell]
    return NoTableError(
        f"no row of {file} can be taken for the headers of a table of programs and their money; its first row is:"
        f" {listed(first, _SHOWN)}",
        hint="say where they stand with `--header ROW`",
    )


def _name_programs(found: Guess, programs: Sequence[ColumnFacts]) -> None:
    """Write down which columns name a program."""
    if len(programs) > 1:
        found.table["id"] = [column.name for column in programs]
        found.keys.pop("program", None)
        for key in ("name",):
            if found.keys.get(key) in programs:
                del found.keys[key]
    else:
        for key in [key for key, column in found.keys.items() if column is programs[0]]:
            del found.keys[key]
        found.keys["program"] = programs[0]


def _lines_of_programs(found: Guess, programs: Sequence[ColumnFacts], choices: Choices) -> None:
    """Add the lines of programs up where they have several, and leave alone what differs within one."""
    programs = [found.facts[column.position] for column in programs]
    ids = list(zip(*(map(on_one_line, found.cells(column)) for column in programs), strict=True))
    distinct = len(set(ids))
    negative = any(bool((column.amounts[found.lines] < 0).any()) for column in found.money)
    is_turned = float(found.table.get("scale", 1.0)) < 0  # type: ignore[arg-type]
    if distinct == len(ids) and not negative and not choices.merge and not is_turned:
        return
    known = dict.fromkeys(map(JOIN.join, ids))
    for name in (name for pair in choices.merge.items() for name in pair if name not in known):
        hint = f"did you mean {close!r}?" if (close := near(name, known)) else ""
        raise NoTableError(f"--merge: {found.grid.name} has no program {name!r}", hint=hint)
    below = _negative(found, ids, choices.merge)
    if below is not None:
        raise _below_zero(found, ids, programs, choices, *below)
    found.table["add_up"] = True
    if choices.merge:
        found.table["merge"] = dict(choices.merge)
    credits = np.minimum(found.amounts[found.lines], 0.0)
    if credits.any() and not found.payments:
        count = int((credits < 0).sum())
        one, many = "1 amount below zero is netted within its program", "amounts below zero are netted within programs"
        total = found.shown(credits.sum())
        found.remarks.append(f"{one}: {total}" if count == 1 else f"{count:,} {many}, {total} in all")
    if distinct < len(ids):
        found.remarks.append(f"{len(ids):,} rows add up to {distinct:,} programs")
    if found.payments and negative:
        found.remarks.append("payments of funds below zero are netted against the other funds of their programs")
    names = [choices.merge.get(name, name) for name in map(JOIN.join, ids)]
    kept = ("program", "baseline", "funds", "fund code", "tags")
    for key in [key for key in found.keys if key not in kept and not key.startswith("baseline.")]:
        column = found.keys[key]
        values: dict[str, set[str]] = defaultdict(set)
        for program, cell in zip(names, found.cells(column), strict=True):
            if cell:
                values[program].add(cell)
        several = sum(len(cells) > 1 for cells in values.values())
        if several:
            del found.keys[key]
            found.remarks.append(f"'{column.name}' differs within {plural(several, 'program')} and is left aside")


def _negative(found: Guess, ids: Sequence[tuple[str, ...]], merge: Mapping[str, str]) -> tuple[str, float] | None:
    """Return the first program whose lines add up to less than nothing, and their sum."""
    totals: dict[str, float] = defaultdict(float)
    for name, amount in zip(ids, found.amounts[found.lines].tolist(), strict=True):
        joined = JOIN.join(name)
        totals[merge.get(joined, joined)] += amount
    return next(((name, amount) for name, amount in totals.items() if amount < -0.005), None)


def _below_zero(
    found: Guess,
    ids: Sequence[tuple[str, ...]],
    programs: Sequence[ColumnFacts],
    choices: Choices,
    name: str,
    net: float,
) -> ChoiceError:
    """Return the question of what a program is whose lines add up to less than nothing."""
    own = next(at for at, parts in enumerate(ids) if JOIN.join(parts) == name)
    department = found.keys.get("department")
    departments = list(found.cells(department)) if department is not None else [""] * len(ids)
    totals: dict[str, float] = defaultdict(float)
    for parts, place, amount in zip(ids, departments, found.amounts[found.lines].tolist(), strict=True):
        totals[JOIN.join(parts)] += amount * (1.0 if place == departments[own] else 1e-9)
    options = []
    for other in sorted((key for key in totals if key != name), key=lambda key: -totals[key])[:1]:
        merged = replace(choices, merge={**choices.merge, name: other})
        options.append(Option(f"--merge {shell(f'{name}={other}')}", f"its lines are part of {other!r}", merged))
    if len(programs) == 1:
        options.append(skip_option(choices, programs[0].name, [name], f"{found.shown(net)} are left out"))
    message = f"the lines of {name!r} add up to {found.shown(net)}, and a program has zero or more"
    return ChoiceError(message, options)


def _columns(found: Guess, others: Sequence[ColumnFacts]) -> None:
    """Write down the key of each column, and say what was chosen and what is left aside."""
    keys = {column.position: key for key, column in found.keys.items() if key not in ("fund code", YEAR)}
    keys |= {column.position: f"baseline_by_fund.{fund}" for fund, column in found.payments.items()}
    funds, code = found.keys.get("funds"), found.keys.get("fund code")
    names_of_funds = 0 if funds is None else len(set(found.cells(funds)))
    if code is not None and not found.payments and names_of_funds < len(set(found.cells(code))):
        keys = {position: key for position, key in keys.items() if key != "funds"}
        keys[code.position] = "funds"
    last = found.table.get("last_row", found.sheet.rows)
    assert isinstance(last, int)
    inside = found.grid.rows <= last
    found.table["columns"] = {
        column.name: keys.get(column.position, IGNORE)
        for column in found.facts
        if column.position not in found.added
        and (column.header or column.filled[inside].any())
        and column.name != keys.get(column.position)
    }
    for column in [] if found.payments or len(found.money) > 1 else found.money:
        if others:
            wrong = listed([f"'{other.name}'" for other in others], _SHOWN)
            flag = f"--column baseline={shell(others[0].name)}"
            found.remarks.insert(0, f"'{column.name}' was taken for baseline, and not {wrong}: `{flag}` takes another")
        elif column.position in found.sums:
            found.remarks.insert(0, f"'{column.name}' are added up for baseline")
        elif meaning(column.header) != "money":
            found.remarks.insert(0, f"'{column.name}' was taken for baseline, the only column of amounts")
    if found.payments:
        some = listed(list(found.payments), _SHOWN)
        found.remarks.insert(0, f"{len(found.payments):,} columns are what a fund pays each: {some}")
    found.remarks += _years(found, keys)
    of_id: Sequence[str] = found.table.get("id", ())  # type: ignore[assignment]
    used = {*of_id, *(column.name for column in others)}
    aside = [
        column.name
        for column in found.facts
        if column.position not in {*keys, *found.added} and column.name not in used
    ]
    if aside:
        quoted = listed([f"'{name}'" for name in aside], _SHOWN)
        found.remarks.append(f"left aside, because no key of a program fits: {quoted}")


def _years(found: Guess, keys: Mapping[int, str]) -> Iterator[str]:
    """Yield what can be done with columns of amounts that differ in a number alone: they are a column a year."""
    alike: dict[str, list[ColumnFacts]] = defaultdict(list)
    for column in found.facts:
        known = column.position in {*keys, *found.added}
        other = is_part_of_year(column.header) or is_count(column.header)
        is_year = year_of(column.header) or re.search(r"year ?\d", words_of(column.header))
        if column.is_numeric and is_year and not (known or other):
            alike[re.sub(r"\W*\d+", "", words_of(column.header))].append(column)
    for columns in alike.values():
        if len(columns) > 1 and not any(column.is_years or column.is_codes for column in columns):
            flags = " ".join(f"--column {shell(f'baseline.{column.name}={column.name}')}" for column in columns[:2])
            names = listed([f"'{column.name}'" for column in columns], _SHOWN)
            yield f"{names} seem to be a column a year: `{flags}` and so on makes periods of them"
