"""Spending and results by program and year, or by district, read from a table and brought to the prices of one year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.errors import OptionError, Problem, ScenarioError, near
from budgetopt.reading.any_table import grid_of, titles_of
from budgetopt.reading.office.header_words import is_of_history, words_of
from budgetopt.reading.office.unit_words import notes_unit, unit_in, unit_in_header
from budgetopt.reading.tables.columns import condensed, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.total_words import names_total
from budgetopt.scenario.amounts import Amount, Number, PositiveAmount
from budgetopt.scenario.keys import Leaf
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.words import listed, plural
from budgetopt.scenario.years import year_in

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FitHistory", "FitPoints", "HistoryColumns", "read_history"]

FRAME = "table of spending and results"
"""What a pandas table is called."""
_SHOWN = 6
_KINDS = {
    "amount": Leaf((), Amount, "number"),
    "number": Leaf((), Number, "number"),
    "index": Leaf((), PositiveAmount, "number"),
}


@dataclass(frozen=True, slots=True)
class HistoryColumns:
    """The headers of a table that hold what is fitted; what is left out is guessed from ordinary headers.

    ``results`` may name several columns, each the results of one outcome, where no column names the outcomes. The
    ``header`` is the row of the headers, ``decimal`` the decimal mark of numbers that are texts.
    """

    program: str | None = None
    year: str | None = None
    district: str | None = None
    outcome: str | None = None
    spending: str | None = None
    results: Sequence[str] = ()
    pool: str | None = None
    header: int = 1
    decimal: str | None = None

    @property
    def layout(self) -> Table:
        """How the cells of the table are read: in which row its headers stand, and what its decimal mark is."""
        return Table.model_validate({"file": FRAME, "header": self.header, "decimal": self.decimal})


@dataclass(frozen=True, slots=True, eq=False)
class FitPoints:
    """What one program spent and what came of it for one outcome; every array has the shape (points,).

    ``spending`` is in the prices of the history's price year. ``year`` is -1 where the table has no years. ``district``
    has the number of each district, 0 for all where the table has none.
    """

    program: str
    outcome: str
    group: str
    spending: Floats
    result: Floats
    year: Ints
    district: Ints


@dataclass(frozen=True, slots=True)
class FitHistory:
    """A table as it was read.

    ``notes`` say what was guessed and left out; ``price_year`` and ``price_index`` are empty where nothing was
    deflated.
    """

    source: str
    series: tuple[FitPoints, ...]
    price_year: str
    price_index: str
    notes: tuple[str, ...]
    has_years: bool
    has_districts: bool


@dataclass
class _HistoryReader:
    grid: Grid
    layout: Table
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def find(self, key: str, given: str | None, *, required: bool = False) -> int | None:
        """Return the position of the column for a key, by its header or by a guess; None if there is none."""
        headers = self.grid.headers
        if given is not None:
            if given in headers:
                return headers.index(given)
            close = near(given, headers)
            hint = f"did you mean {close!r}?" if close else f"its headers are: {', '.join(headers)}"
            raise OptionError(f"{self.grid.file} has no column {given!r}", hint=hint)
        plain = [words_of(header) for header in headers]
        found = next((at for at, text in enumerate(plain) if text == key), None)
        if found is None:
            fits = [at for at, header in enumerate(headers) if is_of_history(header, key)]
            # what was spent has brought the results, and not what was budgeted
            found = min(fits, key=lambda at: key == "spending" and "budget" in plain[at], default=None)
            if found is not None:
                self.notes.append(f"'{headers[found]}' was taken for the {key}")
        if found is None and required:
            message = f"no column of {self.grid.file} can be taken for the {key}; its headers are: {', '.join(headers)}"
            raise OptionError(message, hint=f"name it: --{key} HEADER")
        return found

    def numbers(self, position: int, kind: str) -> Floats:
        """Return a column of numbers, NaN where a cell is empty; shape (rows,)."""
        column = read_column(self.grid, position, _KINDS[kind], lambda _row: "", self.problems, self.layout)
        values = np.full(len(self.grid.rows), np.nan)
        values[column.rows] = column.values  # noqa: PD011 (a column of programs)
        return values

    def texts(self, position: int | None) -> list[str]:
        """Return a column of texts, empty ones where there is no such column."""
        return [""] * len(self.grid.rows) if position is None else list(self.grid.columns[position])

    def years(self, position: int | None) -> Ints:
        """Return the years of a column, -1 where there is no such column."""
        found = np.full(len(self.grid.rows), -1, dtype=np.int64)
        for row, text in enumerate(self.texts(position) if position is not None else ()):
            if (year := year_in(text)) is not None:
                found[row] = year
            elif text:
                place = self.grid.place(row, position or 0)
                self.problems.append(Problem("year", f"{text!r} is no year", place, "a year, such as 2024 or FY24"))
        return found


def read_history(
    table: str | Path | pd.DataFrame, columns: HistoryColumns, index: str | Path | None, price_year: int | None
) -> FitHistory:
    """Return the history that a table holds, in the prices of one year.

    Raises
    ------
    OptionError
        If a column is not there or cannot be guessed, or the file cannot be read.
    ScenarioError
        If cells cannot be read, a year has no price index, or a point stands twice.
    """
    reader = _HistoryReader(grid_of(table, columns.layout), columns.layout)
    place = {key: reader.find(key, getattr(columns, key)) for key in ("year", "district", "outcome", "pool")}
    program, spending = (reader.find(k, getattr(columns, k), required=True) for k in ("program", "spending"))
    assert program is not None
    assert spending is not None
    results = [reader.find("result", name, required=True) for name in columns.results or (None,)]
    if place["year"] is None and place["district"] is None:
        message = f"no column of {reader.grid.file} has the years or the districts of its points"
        raise OptionError(message, hint="name one: --year HEADER or --district HEADER")
    years, money = reader.years(place["year"]), reader.numbers(spending, "amount")
    notes = [text for text, amount in zip(reader.texts(program), money.tolist(), strict=True) if amount != amount]
    money = _in_units(reader, spending, money, [*titles_of(table, columns.layout), *filter(notes_unit, notes)])
    money, base, name = _deflated(reader, money, years, index, price_year)
    values = [reader.numbers(at, "number") for at in results if at is not None]
    if reader.problems or reader.grid.problems:
        raise ScenarioError(condensed([*reader.grid.problems, *reader.problems]))
    outcomes = [reader.texts(place["outcome"]) for _ in results]
    if place["outcome"] is None:
        outcomes = [[_name_of(reader.grid.headers[at or 0])] * len(years) for at in results]
    rows = _HistoryRows(
        reader, reader.texts(program), reader.texts(place["pool"]), years, reader.texts(place["district"])
    )
    series = rows.series(outcomes, money, values)
    source = Path(reader.grid.file).name + (f"!{reader.grid.sheet}" if reader.grid.sheet else "")
    has = (place["year"] is not None, place["district"] is not None)
    return FitHistory(source, series, base, name, tuple(reader.notes), *has)


def _in_units(reader: _HistoryReader, spending: int, money: Floats, lines: Sequence[str]) -> Floats:
    """Return the spending multiplied by its unit, such as thousands, as its header or a line beside the table says."""
    header = reader.grid.headers[spending]
    unit, said = unit_in_header(header), "the header says"
    if unit is None:
        of_table = ((one, f"the file says {line!r}") for line in lines if (one := unit_in(line)) is not None)
        unit, said = next(of_table, (1.0, ""))
        known = money[~np.isnan(money) & (money != 0)]
        if unit > 1 and len(known) > 2 and (known % unit == 0).all():
            # cells may hold whole amounts and only show them in thousands
            reader.notes.append(f"{said}, and every amount is a multiple of {unit:,.0f}: they are taken as they stand")
            return money
    if unit != 1:
        reader.notes.append(f"amounts of '{header}' are multiplied by {unit:,.12g}, as {said}")
    return money * unit


@dataclass(frozen=True)
class _HistoryRows:
    reader: _HistoryReader
    programs: list[str]
    groups: list[str]
    years: Ints
    districts: list[str]

    def series(self, outcomes: list[list[str]], money: Floats, values: list[Floats]) -> tuple[FitPoints, ...]:
        """Return the points of each program and outcome, in the order in which they first stand, by year."""
        numbers = {name: at for at, name in enumerate(dict.fromkeys(self.districts))}
        district = np.array([numbers[name] for name in self.districts], dtype=np.int64)
        found = []
        totals = self._totals()
        for names, result in zip(outcomes, values, strict=True):
            usable = ~np.isnan(money) & ~np.isnan(result) & np.array([bool(name) for name in self.programs], dtype=bool)
            usable &= ~totals
            if left := int((~usable & ~totals).sum()):
                rows = "1 row has" if left == 1 else f"{left:,} rows have"
                self.reader.notes.append(f"{rows} no program, spending or result, and no part in a fit")
            pairs = list(zip(self.programs, names, strict=True))
            order: dict[tuple[str, str], list[int]] = {}
            for row in np.flatnonzero(usable).tolist():
                order.setdefault(pairs[row], []).append(row)
            for (program, outcome), at in order.items():
                rows_of = np.array(sorted(at, key=lambda row: (self.years[row], row)), dtype=np.int64)
                self._once(program, outcome, rows_of, district)
                named = (program, outcome or "result", self.groups[int(rows_of[0])])
                spent, came, year, of = money[rows_of], result[rows_of], self.years[rows_of], district[rows_of]
                found.append(FitPoints(*named, spent, came, year, of))
        return tuple(found)

    def _totals(self) -> Bools:
        """Return which rows are totals by the name of their program or district, and say so; shape (rows,)."""
        pairs = list(zip(self.programs, self.districts, strict=True))
        said = [next(filter(names_total, pair), "") for pair in pairs]
        if names := list(dict.fromkeys(filter(None, said))):
            count = plural(len(said) - said.count(""), "row of a total has", "rows of totals have")
            self.reader.notes.append(f"{count} no part in a fit: {listed(list(map(repr, names)), _SHOWN)}")
        return np.array([bool(name) for name in said], dtype=bool)

    def _once(self, program: str, outcome: str, rows: Ints, district: Ints) -> None:
        """Refuse two points of one program, outcome, year and district."""
        seen: dict[tuple[int, int], int] = {}
        for row in rows.tolist():
            first = seen.setdefault((int(self.years[row]), int(district[row])), row)
            if first != row:
                grid = self.reader.grid
                of = f"{program!r}" + (f" and {outcome!r}" if outcome else "")
                message = f"the point of {of} stands twice, first in row {int(grid.rows[first])}"
                expected = "one row for each program, outcome, year and district; add them up first"
                raise ScenarioError([Problem("duplicate-id", message, grid.place(row, -1), expected)])


def _deflated(
    reader: _HistoryReader, money: Floats, years: Ints, index: str | Path | None, price_year: int | None
) -> tuple[Floats, str, str]:
    """Return the spending in the prices of one year, that year, and what the index is called."""
    if index is None:
        if price_year is not None:
            raise OptionError("a price year without a price index says nothing", hint="name the index: --index FILE")
        reader.notes.append("spending is taken as it stands: no price index was named (--index FILE or HEADER)")
        return money, "", ""
    if (years < 0).all():
        raise OptionError("a price index is by year, and the table has no years", hint="name them: --year HEADER")
    base = int(years.max()) if price_year is None else price_year
    if isinstance(index, str) and index in reader.grid.headers:
        values = reader.numbers(reader.grid.headers.index(index), "index")
        levels, name, file = _by_year(years, values), index, reader.grid.file
    else:
        levels, name = _index_file(index, reader.layout.decimal)
        file = str(index)
    missing = [year for year in sorted({*years[years >= 0].tolist(), base}) if year not in levels]
    if missing:
        message = f"the price index {file} has no value for {', '.join(map(str, missing[:5]))}"
        raise OptionError(message, hint="one value for each year of the table, and for the price year")
    factor = np.array([levels[base] / levels[year] if year >= 0 else 1.0 for year in years.tolist()])
    return money * factor, str(base), name


def _index_file(index: str | Path, decimal: str | None) -> tuple[dict[int, float], str]:
    """Return the values of a price index by year, from a file of two columns, and what it is called."""
    plain = Table.model_validate({"file": str(index), "decimal": decimal})
    reader = _HistoryReader(grid_of(index, plain), plain)
    year = reader.find("year", None)
    if year is None:
        headers = ", ".join(reader.grid.headers)
        message = f"the price index {reader.grid.file} has no column of years; its headers are: {headers}"
        raise OptionError(message, hint="columns: year and index")
    others = [at for at in range(len(reader.grid.headers)) if at != year]
    fits = [at for at in others if is_of_history(reader.grid.headers[at], "index")]
    chosen = (fits or others)[:1]
    if not chosen:
        raise OptionError(f"{reader.grid.file} has no column for the index", hint="columns: year and index")
    values, years = reader.numbers(chosen[0], "index"), reader.years(year)
    if reader.problems or reader.grid.problems:
        raise ScenarioError(condensed([*reader.grid.problems, *reader.problems]))
    header = reader.grid.headers[chosen[0]]
    stem = Path(reader.grid.file).stem
    name = header if words_of(header) not in ("index", "value", "price index") else stem
    return _by_year(years, values), name


def _by_year(years: Ints, values: Floats) -> dict[int, float]:
    known = ~np.isnan(values)
    return dict(zip(years[known].tolist(), values[known].tolist(), strict=True))


def _name_of(header: str) -> str:
    """Return the name of an outcome that a column of results is of."""
    return re.sub(r"\W+", "_", header.strip()).strip("_") or "result"
