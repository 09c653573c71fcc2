"""Sheets beside the one of programs: what the programs achieve this year, and grants with their conditions."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.reading.office.amount_units import find_scale
from budgetopt.reading.office.choices import Choices, shell
from budgetopt.reading.office.column_facts import ColumnFacts, facts_of
from budgetopt.reading.office.decimal_marks import check_decimal, decimal_mark
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_words import is_row_number, meaning, words_of, year_of
from budgetopt.reading.office.total_rows import find_totals
from budgetopt.reading.tables.shape import body, normal
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.scenario.model.table import IGNORE, Table
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.words import listed, on_one_line, plural

__all__ = ["Grant", "Measures", "find_grants", "find_measures", "is_other_sheet"]

_MEASURE = re.compile(
    r"(?:performance |key )?(?:measures?|indicators?|metrics?|kpis?|outcomes?|outputs?)(?: names?| titles?)?|kpi"
)
_RESULT = re.compile(r"\b(?:actuals?|results?|value|current|achieved|reported|latest|this year)\b|\bfy ?\d|\b20\d\d\b")
_TARGET = re.compile(r"\b(?:targets?|goals?|planned|projected|forecast)\b")
_UNIT = re.compile(r"units?(?: of measure(?:ment)?)?")
_GRANT = re.compile(r"grants?(?: names?| titles?| programs?)?|award(?: names?| titles?)?")
_AMOUNT = re.compile(r"(?:grant |award )?(?:amounts?|awards?|revenue|funding)(?: amounts?)?")
_MATCH = re.compile(r"(?:local |required )?match(?: rate| share| requirement| required| percent| %)?|%? ?match")
_ENDS = re.compile(r"(?:grant )?(?:ends?|end date|expires?|expiration|expiry)(?: date)?|(?:period|grant) end(?: date)?")
_SEARCHED = 20
_SHOWN = 6


@dataclass(frozen=True)
class Measures:
    """A sheet of results: how it is read as a table of evidence, and its outcomes with their units."""

    table: dict[str, object]
    outcomes: dict[str, str]


@dataclass(frozen=True)
class Grant:
    """A grant: what it pays in all, the programs that it pays for, and its conditions; empty where nothing is said."""

    name: str
    amount: float
    programs: tuple[str, ...]
    match: str
    ends: str


def is_other_sheet(sheet: Sheet) -> bool:
    """Return whether a sheet holds results or grants, so that it is no table of programs and their money."""
    return _header_row(sheet, _MEASURE, _UNIT, _RESULT) > 0 or _header_row(sheet, _GRANT, _MATCH, _ENDS) > 0


def _header_row(sheet: Sheet, first: re.Pattern[str], *others: re.Pattern[str]) -> int:
    """Return the first row, counted from 1, with a header of the first kind and one of the others; 0 if none has."""
    for row in range(min(sheet.rows, _SEARCHED)):
        cells = [words_of(cell) for cell in sheet.row(row) if cell]
        if any(map(first.fullmatch, cells)) and any(kind.search(cell) for kind in others for cell in cells):
            return row + 1
    return 0


def _ids(programs: ProgramTable) -> dict[str, str]:
    """Return the ids of programs by what people call them: the id itself, or a name that only one has."""
    names = [normal(name).casefold() for name in programs.names().tolist()]
    known = {name: str(program) for name, program in zip(names, programs.ids, strict=True) if names.count(name) == 1}
    return known | {normal(str(program)).casefold(): str(program) for program in programs.ids}


def _program_column(facts: Sequence[ColumnFacts], known: Container[str]) -> ColumnFacts | None:
    """Return the column that names programs: the one of which the most cells are known."""
    counts = [sum(normal(cell).casefold() in known for cell in column.cells) for column in facts]
    best = int(np.argmax(counts)) if counts else 0
    return facts[best] if counts and counts[best] else None


def find_measures(book: Book, taken: str, programs: ProgramTable, table: Table) -> tuple[Measures | None, list[str]]:
    """Return the sheet of results of a workbook, if it has one whose programs are known; and remarks.

    ``table`` is how the sheet of programs is read.
    """
    for sheet in _others(book, taken):
        row = _header_row(sheet, _MEASURE, _UNIT, _RESULT)
        if not row:
            continue
        found = _read(sheet, row, table)
        facts = found.facts
        program = _program_column(facts, {normal(str(name)).casefold() for name in programs.ids})
        measure = next((column for column in facts if _MEASURE.fullmatch(words_of(column.header))), None)
        result = _result_column(facts)
        if program is None or measure is None or result is None:
            by_name = None if program is not None else _program_column(facts, _ids(programs))
            of_what = "of programs that are not in the table" if by_name is None else _by_name(by_name, table)
            return None, [f"the sheet '{sheet.name}' seems to hold results, {of_what}"]
        measures, remarks = _measures(found, row, (program, measure, result), programs)
        return measures, [*found.remarks, *remarks]
    return None, []


def _by_name(column: ColumnFacts, table: Table) -> str:
    """Return that results say the names of programs, and what takes names for the programs of the table, too."""
    header = next((header for header, key in table.columns.items() if key == "name"), "name")
    flag = f"--column program={shell(header)}"
    return f"of programs by their names in '{column.name}', and the table has their codes: `{flag}` takes names there"


def _result_column(facts: Sequence[ColumnFacts]) -> ColumnFacts | None:
    """Return the column of the latest results that are no targets."""
    found = [
        column
        for column in facts
        if _is_figures(column)
        and _RESULT.search(words_of(column.header))
        and not _TARGET.search(words_of(column.header))
    ]
    return max(found, key=lambda column: (year_of(column.header), -column.position), default=None)


def _is_figures(column: ColumnFacts) -> bool:
    """Return whether half of what a column holds are amounts: some results are shares."""
    return 0 < int(column.filled.sum()) <= 2 * int((~np.isnan(column.amounts)).sum())


def _measures(
    found: Guess, row: int, chosen: tuple[ColumnFacts, ...], programs: ProgramTable
) -> tuple[Measures | None, list[str]]:
    sheet, facts = found.sheet, found.facts
    program, measure, result = chosen
    known = {str(name) for name in programs.ids}
    baseline = programs.baseline()
    funded = {str(name) for name, amount in zip(programs.ids, baseline, strict=True) if amount > 0}
    rows = list(zip(map(on_one_line, program.cells), map(on_one_line, measure.cells), result.cells, strict=True))
    strangers = list(dict.fromkeys(name for name, *_ in rows if name and name not in known))
    unfunded = list(dict.fromkeys(name for name, *_ in rows if name in known and name not in funded))
    shares = sum(cell.endswith("%") for *_, cell in rows)
    table: dict[str, object] = {"file": f"{sheet.file}!{sheet.name}", **found.table}
    if row > 1:
        table["header"] = row
    skip = {program.name: [*strangers, *unfunded, *([""] if "" in program.cells else [])]}
    skip[result.name] = [*(["*%"] if shares else []), *([""] if "" in result.cells else [])]
    table["skip"] = {name: cells[0] if len(cells) == 1 else cells for name, cells in skip.items() if cells}
    keys = {program.name: "program", measure.name: "outcome", result.name: "at_baseline"}
    source = next((column for column in facts if words_of(column.header) in ("source", "data source")), None)
    if source is not None:
        keys[source.name] = "source"
    table["columns"] = {column.name: keys.get(column.name, IGNORE) for column in facts if column.header}
    unit = next((column for column in facts if _UNIT.fullmatch(words_of(column.header))), None)
    units = unit.cells if unit is not None else [""] * len(rows)
    outcomes: dict[str, str] = {}
    for (name, outcome, cell), said in zip(rows, units, strict=True):
        if name in funded and outcome and cell and not cell.endswith("%"):
            outcomes.setdefault(outcome, said)
    count = sum(name in funded and bool(cell) and not cell.endswith("%") for name, _, cell in rows)
    remarks = [f"{plural(count, 'result')} of the sheet '{sheet.name}' {_are(count)} read, from '{result.name}'"]
    if strangers:
        remarks.append(f"results of programs that the table does not have are left out: {listed(strangers, _SHOWN)}")
    if unfunded:
        remarks.append(f"results of programs without money are left out: {listed(unfunded, _SHOWN)}")
    if shares:
        what = "result that is a share is" if shares == 1 else "results that are shares are"
        remarks.append(f"{shares:,} {what} left out: an outcome is a number that money buys")
    return (Measures(table, outcomes) if outcomes else None), remarks


def find_grants(
    book: Book, taken: str, programs: ProgramTable, table: Table, choices: Choices
) -> tuple[tuple[Grant, ...], list[str]]:
    """Return the grants of a workbook, if one of its sheets lists them; and remarks.

    ``table`` is how the sheet of programs is read. Raises ChoiceError where an amount may be read in two ways.
    """
    for sheet in _others(book, taken):
        row = _header_row(sheet, _GRANT, _MATCH, _ENDS)
        if not row:
            continue
        found, said = _read(sheet, row, table), replace(choices, decimal=choices.decimal or table.decimal)
        facts = found.facts
        columns = {kind: _first(facts, pattern) for kind, pattern in
                   (("name", _GRANT), ("amount", _AMOUNT), ("match", _MATCH), ("ends", _ENDS))}  # fmt: skip
        name, amount = columns["name"], columns["amount"]
        if amount is None or amount is name or not amount.is_numeric:
            amount = next((column for column in facts if column.is_numeric and meaning(column.header) == "money"), None)
        if name is None or amount is None:
            return (), [f"the sheet '{sheet.name}' seems to list grants, without their amounts"]
        found.money = [amount]
        found.keys = {kind: column for kind, column in columns.items() if column is not None}
        others = [column for column in facts if column is not name and not is_row_number(column.header)]
        program = _program_column(others, _ids(programs))
        if program is None:
            program = next((column for column in others if meaning(column.header) in ("program", "name")), None)
        if program is not None:
            found.keys["program"] = program
        _find_units(found, table, said, row)
        left_out = list(_left_out(found))
        grants, remarks = _grants(found, programs)
        return grants, [*remarks, *found.remarks, *left_out]
    return (), []


def _read(sheet: Sheet, row: int, table: Table) -> Guess:
    """Return the table below a row of headers, read with the decimal mark of the sheet of programs if that has one."""
    grid = body(sheet, (row,))
    decimal = table.decimal or decimal_mark(grid)
    found = Guess(sheet, grid, facts_of(grid, decimal), np.ones(len(grid.rows), dtype=bool))
    if decimal:
        found.table["decimal"] = decimal
    if decimal and not table.decimal:
        said = "a comma separates decimals, a point thousands: `--decimal .` if that is wrong"
        found.remarks.append(f"on the sheet '{sheet.name}' {said}")
    return found


def _find_units(found: Guess, table: Table, choices: Choices, row: int) -> None:
    """Find what the amounts of a sheet beside that of programs are multiplied by."""
    known, sheet = len(found.remarks), f"the sheet '{found.sheet.name}'"
    check_decimal(found, choices)
    find_scale(found, choices, (row,))
    remarks = [f"on {sheet} {remark}" for remark in found.remarks[known:]]
    if not remarks and found.times != 1:
        remarks.append(f"amounts of {sheet} are multiplied by {found.times:,.12g}, too")
    elif not remarks and abs(table.scale) != 1:
        times = f"{abs(table.scale):,.12g}"
        remarks.append(f"amounts of {sheet} are taken as they stand, and those of programs are multiplied by {times}")
    found.remarks[known:] = remarks


def _left_out(found: Guess) -> Iterator[str]:
    """Leave out the rows of a sheet of grants that are no grants with an amount, and yield what is to be said of it."""
    name, amounts, sheet = found.keys["name"], found.amounts, f"the sheet '{found.sheet.name}'"
    texts = [column.cells for kind, column in found.keys.items() if kind in ("name", "program")]
    result = find_totals(texts, name.filled, amounts, found.slack)
    has_amount = found.has_amount
    paid = {name.cells[row] for row in np.flatnonzero(has_amount).tolist()}
    unpaid = name.filled & ~has_amount & ~result.totals & [cell not in paid for cell in name.cells]
    found.lines = name.filled & has_amount & ~result.totals
    for rows, what in (
        (result.totals, "of totals"),
        (result.unexplained, "with an amount and no grant"),
        (unpaid, "without an amount"),
    ):
        if rows.any():
            said = [f"'{name.cells[row]}'" if name.cells[row] else f"row {found.grid.rows[row]}"
                    for row in np.flatnonzero(rows).tolist()]  # fmt: skip
            count = plural(len(said), "row")
            yield f"{count} {what} on {sheet} {_are(len(said))} left out: {listed(said, _SHOWN)}"
    if result.unequal.any():
        said = [f"'{name.cells[row]}'" for row in np.flatnonzero(result.unequal).tolist()]
        yield (
            f"the total in {listed(said, _SHOWN)} of {sheet} is not the sum of the rows that it should add up:"
            " look at the file"
        )


def _grants(found: Guess, programs: ProgramTable) -> tuple[tuple[Grant, ...], list[str]]:
    """Return the grants of the rows that count, the lines of each added up; and remarks."""
    name, amounts = found.keys["name"], found.amounts * found.times
    program, match, ends = (found.keys.get(kind) for kind in ("program", "match", "ends"))
    ids = _ids(programs)
    lines: dict[str, list[int]] = {}
    for row in np.flatnonzero(found.lines).tolist():
        lines.setdefault(on_one_line(name.cells[row]), []).append(row)
    grants, strangers = [], dict[str, str]()
    for grant, rows in lines.items():
        cells = [program.cells[row] for row in rows if program and program.cells[row]]
        named = [ids[key] for cell in cells if (key := normal(cell).casefold()) in ids]
        if cells and not named and f"baseline_by_fund.{grant}" not in programs.columns:
            strangers[grant] = cells[0]
        said = (_cell(match, rows[0]), _cell(ends, rows[0]))
        grants.append(Grant(grant, float(amounts[rows].sum()), tuple(dict.fromkeys(named)), *said))
    if not grants:
        return (), []
    new = [grant for grant in grants if f"baseline_by_fund.{grant.name}" not in programs.columns]
    remarks = [f"{plural(len(grants), 'grant')} of the sheet '{found.sheet.name}' {_are(len(grants))} read"]
    if new:
        names = listed([f"'{grant.name}'" for grant in new], _SHOWN)
        come = "it comes" if len(new) == 1 else "they come"
        remarks.append(f"no program is paid from {names} now: {come} on top of the baselines")
    if strangers:
        names = listed([f"'{grant}' ({cell})" for grant, cell in strangers.items()], _SHOWN)
        them = "it" if len(strangers) == 1 else "them"
        sheet = f"the sheet '{found.sheet.name}'"
        remarks.append(f"{sheet} names no program of the table for {names}: no `only` is written for {them}")
    has_funds = programs.has("funds")
    barred = [grant for grant in new if any(has_funds[programs.position(name)] for name in grant.programs)]
    if barred:
        names = listed([f"'{grant.name}'" for grant in barred], _SHOWN)
        them = "it" if len(barred) == 1 else "them"
        remarks.append(f"{names} may pay only after the programs name {them} among their funds in the file")
    return tuple(grants), remarks


def _are(count: int) -> str:
    """Return the verb that goes with a number of things."""
    return "is" if count == 1 else "are"


def _cell(column: ColumnFacts | None, row: int) -> str:
    return "" if column is None else column.cells[row]


def _first(facts: Sequence[ColumnFacts], pattern: re.Pattern[str]) -> ColumnFacts | None:
    return next((column for column in facts if pattern.fullmatch(words_of(column.header))), None)


def _others(book: Book, taken: str) -> Iterator[Sheet]:
    return (book.read(name) for name in book.names if name != taken and name not in book.hidden)
