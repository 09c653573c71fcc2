"""Sheets beside the one of programs: what the programs achieve this year, and grants with their conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.reading.office.column_facts import ColumnFacts, facts_of
from budgetopt.reading.office.header_words import is_row_number, meaning, words_of, year_of
from budgetopt.reading.tables.shape import body, normal
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.scenario.model.table import IGNORE
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.words import listed, plural

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


def _program_column(facts: Sequence[ColumnFacts], programs: ProgramTable) -> ColumnFacts | None:
    """Return the column that names programs: the one of which the most cells are known."""
    known = {normal(str(program)).casefold() for program in programs.ids}
    counts = [sum(normal(cell).casefold() in known for cell in column.cells) for column in facts]
    best = int(np.argmax(counts)) if counts else 0
    return facts[best] if counts and counts[best] else None


def find_measures(book: Book, taken: str, programs: ProgramTable) -> tuple[Measures | None, list[str]]:
    """Return the sheet of results of a workbook, if it has one whose programs are known; and remarks."""
    for sheet in _others(book, taken):
        row = _header_row(sheet, _MEASURE, _UNIT, _RESULT)
        if not row:
            continue
        grid = body(sheet, (row,))
        facts = facts_of(grid)
        program = _program_column(facts, programs)
        measure = next((column for column in facts if _MEASURE.fullmatch(words_of(column.header))), None)
        result = _result_column(facts)
        if program is None or measure is None or result is None:
            return None, [f"the sheet '{sheet.name}' seems to hold results, of programs that are not in the table"]
        return _measures(sheet, row, facts, (program, measure, result), programs)
    return None, []


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
    sheet: Sheet, row: int, facts: Sequence[ColumnFacts], chosen: tuple[ColumnFacts, ...], programs: ProgramTable
) -> tuple[Measures | None, list[str]]:
    program, measure, result = chosen
    known = {str(name) for name in programs.ids}
    baseline = programs.baseline()
    funded = {str(name) for name, amount in zip(programs.ids, baseline, strict=True) if amount > 0}
    rows = list(zip(program.cells, measure.cells, result.cells, strict=True))
    strangers = list(dict.fromkeys(name for name, *_ in rows if name and name not in known))
    unfunded = list(dict.fromkeys(name for name, *_ in rows if name in known and name not in funded))
    shares = sum(cell.endswith("%") for *_, cell in rows)
    table: dict[str, object] = {"file": f"{sheet.file}!{sheet.name}"}
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


def find_grants(book: Book, taken: str, programs: ProgramTable) -> tuple[tuple[Grant, ...], list[str]]:
    """Return the grants of a workbook, if one of its sheets lists them; and remarks."""
    for sheet in _others(book, taken):
        row = _header_row(sheet, _GRANT, _MATCH, _ENDS)
        if not row:
            continue
        facts = facts_of(body(sheet, (row,)))
        columns = {kind: _first(facts, pattern) for kind, pattern in
                   (("name", _GRANT), ("amount", _AMOUNT), ("match", _MATCH), ("ends", _ENDS))}  # fmt: skip
        name, amount = columns["name"], columns["amount"]
        if amount is None or amount is name or not amount.is_numeric:
            amount = next((column for column in facts if column.is_numeric and meaning(column.header) == "money"), None)
        if name is None or amount is None:
            return (), [f"the sheet '{sheet.name}' seems to list grants, without their amounts"]
        program = _program_column([column for column in facts if not is_row_number(column.header)], programs)
        return _grants(sheet, {**columns, "amount": amount, "program": program}, programs)
    return (), []


def _grants(
    sheet: Sheet, columns: dict[str, ColumnFacts | None], programs: ProgramTable
) -> tuple[tuple[Grant, ...], list[str]]:
    name, amount = columns["name"], columns["amount"]
    assert name is not None
    assert amount is not None
    ids = _ids(programs)
    said: dict[str, list[int]] = {}
    for row, cell in enumerate(name.cells):
        if cell and not np.isnan(amount.amounts[row]):
            said.setdefault(cell, []).append(row)
    found = []
    for grant, rows in said.items():
        total = float(sum(amount.amounts[row] for row in rows))
        program = columns["program"]
        named = [ids[key] for row in rows if program and (key := normal(program.cells[row]).casefold()) in ids]
        match, ends = (_cell(columns[kind], rows[0]) for kind in ("match", "ends"))
        found.append(Grant(grant, total, tuple(dict.fromkeys(named)), match, ends))
    if not found:
        return (), []
    new = [grant for grant in found if f"baseline_by_fund.{grant.name}" not in programs.columns]
    remarks = [f"{plural(len(found), 'grant')} of the sheet '{sheet.name}' {_are(len(found))} read"]
    if new:
        names = listed([f"'{grant.name}'" for grant in new], _SHOWN)
        come = "it comes" if len(new) == 1 else "they come"
        remarks.append(f"no program is paid from {names} now: {come} on top of the baselines")
    has_funds = programs.has("funds")
    barred = [grant for grant in new if any(has_funds[programs.position(name)] for name in grant.programs)]
    if barred:
        names = listed([f"'{grant.name}'" for grant in barred], _SHOWN)
        them = "it" if len(barred) == 1 else "them"
        remarks.append(f"{names} may pay only after the programs name {them} among their funds in the file")
    return tuple(found), remarks


def _are(count: int) -> str:
    """Return the verb that goes with a number of things."""
    return "is" if count == 1 else "are"


def _cell(column: ColumnFacts | None, row: int) -> str:
    return "" if column is None else column.cells[row]


def _first(facts: Sequence[ColumnFacts], pattern: re.Pattern[str]) -> ColumnFacts | None:
    return next((column for column in facts if pattern.fullmatch(words_of(column.header))), None)


def _others(book: Book, taken: str) -> Iterator[Sheet]:
    return (book.read(name) for name in book.names if name != taken and name not in book.hidden)
