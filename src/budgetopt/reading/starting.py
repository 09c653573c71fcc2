"""Begin a scenario from an office's own table: guess which column is what, and write the guess down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.frame import FRAME
from budgetopt.reading.layers import assembled, currency_of
from budgetopt.reading.office.choices import ChoiceError, Choices, NoTableError, Option, shell
from budgetopt.reading.office.currency import find_currency
from budgetopt.reading.office.first_scenario import BudgetFile, baselines_of, scenario_text
from budgetopt.reading.office.guess import guess
from budgetopt.reading.office.guessed import Guess
from budgetopt.reading.office.header_rows import find_headers, title_lines
from budgetopt.reading.office.header_words import is_revenue
from budgetopt.reading.office.other_sheets import find_grants, find_measures, is_other_sheet
from budgetopt.reading.office.sheet_tables import find_tables, is_summary, last_row_of, says_other, title_of
from budgetopt.reading.own_tables import file_bytes
from budgetopt.reading.scenario_files import SCENARIO_FILE, Source
from budgetopt.reading.tables.columns import condensed
from budgetopt.reading.tables.parquet_book import book_of_frame
from budgetopt.reading.tables.program_rows import read_programs
from budgetopt.reading.tables.read import open_book, sheet_of, split_sheet
from budgetopt.reading.tables.shape import shape
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.reading.yaml_file import parse_yaml
from budgetopt.scenario.joining import with_summed_baselines
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, money

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BudgetFile", "first_scenario", "from_table", "read_budget", "scenario_beside"]

_SHOWN = 6


def from_table(name: str, title: str, choices: Choices | None = None) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of a budget file, and remarks on what was guessed.

    Raises what :func:`read_budget` raises.
    """
    data, found = _read(name, choices or Choices())
    copied = Path(found.file).name
    text = scenario_text(found, copied, title)
    return {SCENARIO_FILE: text.encode(), copied: data}, list(found.remarks)


def first_scenario(source: str | Path | pd.DataFrame, *, name: str = "", choices: Choices | None = None) -> Scenario:
    """Return the scenario that a budget file begins, as the command ``new --from`` writes it, without writing files.

    Every program keeps its baseline, or is cut as evenly as the limits allow, until outcomes are named.

    Parameters
    ----------
    source
        The file, as for the command, or a pandas table of what such a file holds.
    name
        The scenario's name; left out, the name of the file.
    choices
        What is known of the file; whatever is left out is found in it.

    Raises
    ------
    ChoiceError
        If the file may mean two things: an OptionError with the options, each with the choices that settle it.
    OptionError
        If it cannot be read, or holds no table of programs and their money.
    ScenarioError
        If cells of that table cannot be read.
    """
    chosen = choices or Choices()
    if not isinstance(source, str | Path):
        found = _understood(book_of_frame(source, FRAME), chosen)
        tree = parse_yaml(scenario_text(found, "", name)).tree
        del tree["tables"]
        return assembled([Source(tree | {"source": ""}, programs=(found.programs,))]).scenario()
    _, found = _read(str(source), chosen)
    path = Path(found.file)
    return scenario_beside(scenario_text(found, path.name, name or path.stem), path)


def scenario_beside(text: str, file: Path) -> Scenario:
    """Return the scenario that a text describes as if it stood beside a file, without writing it there."""
    return assembled([Source(parse_yaml(text).tree, folder=file.parent)]).scenario()


def read_budget(name: str | Path, choices: Choices | None = None) -> BudgetFile:
    """Return the programs of a budget file, and how it was understood.

    Parameters
    ----------
    name
        The file: CSV, XLSX, XLS, ODS or Parquet; ``office.xlsx!Offers`` names a sheet.
    choices
        What is known of it; whatever is left out is found in the file.

    Raises
    ------
    ChoiceError
        If it may mean two things: an OptionError with the options, each with the choices that settle it.
    OptionError
        If the file cannot be read, or holds no table of programs and their money.
    ScenarioError
        If cells of that table cannot be read.
    """
    return _read(str(name), choices or Choices())[1]


def _read(name: str, choices: Choices) -> tuple[bytes, BudgetFile]:
    file, sheet = split_sheet(name)
    data = file_bytes(file)
    return data, _understood(open_book(data, file), replace(choices, sheet=sheet or choices.sheet))


def _understood(book: Book, choices: Choices) -> BudgetFile:
    file, found = book.file, _best_table(book, choices)
    named = f"{file}!{found.sheet.name}" if choices.sheet or len(book.names) > 1 else file
    table = Table.model_validate({"file": named, **found.table})
    titles = [*title_lines(found.sheet, max(table.header)), *(column.header for column in found.money)]
    currency = find_currency([part.cells for column in found.money for part in found.read_columns(column)], titles)
    grid = replace(shape(found.sheet, table), currency=currency or currency_of())
    programs, problems = read_programs(grid, table, lambda _header: None)
    if problems or grid.problems:
        raise ScenarioError(condensed([*grid.problems, *problems]))
    programs = with_summed_baselines(programs)
    if not baselines_of(programs)[1].any():
        raise _without_money(found)
    measures, of_measures = find_measures(book, found.sheet.name, programs, table)
    grants, of_grants = find_grants(book, found.sheet.name, programs, table, choices)
    sums = _sums(found, programs, float(table.scale))
    remarks = (*book.notes, *found.remarks, *of_measures, *of_grants, sums)
    said = (measures, grants, currency, grid.headers)
    return BudgetFile(file, found.sheet.name, table, programs, remarks, *said)


def _best_table(book: Book, choices: Choices) -> Guess:
    """Return the guess of the only table of the sheet that was named, or of all sheets, that holds programs."""
    shown = [name for name in book.names if name not in book.hidden] or list(book.names)
    shown = [name for name in shown if len(shown) == 1 or not is_other_sheet(book.read(name))] or shown
    names = [choices.sheet] if choices.sheet else shown
    tables = [(name, one) for name in names for one in find_tables(sheet_of(book, name), choices)]
    if len(tables) == 1:
        return guess(sheet_of(book, tables[0][0]), tables[0][1])
    found: list[tuple[str, Choices, Guess | OptionError]] = []
    errors: list[OptionError | ScenarioError] = []
    for name, one in tables:
        try:
            found.append((name, one, guess(sheet_of(book, name), one)))
        except (NoTableError, ScenarioError) as error:
            errors.append(error)
        except OptionError as error:
            # a question, or rows that cannot be read in what may be the table of programs
            found.append((name, one, error))
    found = [one for one in found if not _is_other(book, *one)] or found
    kind = "sheets" if len(names) > 1 else "tables"
    if not found:
        message = f"none of the {len(tables)} {kind} of {book.file} holds a table of programs and their money"
        raise OptionError(message, hint=f"{errors[0]}" if errors else "")
    name, one, only = found[0]
    if isinstance(only, OptionError) and all(_is_same(only, answer) for *_, answer in found):
        raise only
    if isinstance(only, Guess) and len(found) == 1:
        what = f"the sheet '{name}'" if kind == "sheets" else f"the table in {_place(book.read(name), one)}"
        left = [_place(book.read(other), two) for other, two in tables if other == name and two is not one]
        only.remarks.insert(0, f"{what} was taken, the only one with programs{_not(left)}")
        return only
    options = [
        Option(_flag(name, one, choices), _said(book, name, answer), replace(one, sheet=name))
        for name, one, answer in found
    ]
    raise ChoiceError(f"{len(found)} {kind} of {book.file} may hold the programs", options)


def _is_other(book: Book, name: str, one: Choices, answer: Guess | OptionError) -> bool:
    """Return whether a table is not that of programs: it says so in its title or headers, or sums another one up."""
    sheet = book.read(name)
    title = title_of(sheet, one.header[0] - 1) if one.header else ""
    header = ""
    if isinstance(answer, Guess):
        header = answer.keys["program"].header if "program" in answer.keys else ""
    elif not isinstance(answer, ChoiceError):
        part = sheet.within(one.range)
        header = next((cell for at in one.header or find_headers(part) for cell in part.row(at - 1) if cell), "")
    return says_other(title) or is_revenue(header) or is_summary(sheet, one)


def _is_same(error: OptionError, answer: Guess | OptionError) -> bool:
    """Return whether two tables are refused for the same reason: one that is in what was said of the file."""
    return isinstance(answer, OptionError) and str(answer) == str(error)


def _place(sheet: Sheet, one: Choices) -> str:
    """Return where a table of several on a sheet is."""
    last = last_row_of(sheet.within(one.range), one.header) or sheet.rows if one.header else 0
    rows = f"rows {one.header[0]} to {last}" if one.header else ""
    return " of ".join(filter(None, [rows, f"columns {one.range}" if one.range else ""]))


def _not(left: Sequence[str]) -> str:
    return f"; what stands in {listed(left, _SHOWN)} is left out" if left else ""


def _flag(name: str, one: Choices, said: Choices) -> str:
    """Return the flags that say one of several tables."""
    rows = f"{one.header[0]}-{one.header[-1]}" if len(one.header) > 1 else f"{one.header[0]}" if one.header else ""
    flags = {"sheet": shell(name) if name and not said.sheet else "", "range": one.range, "header": rows}
    return " ".join(f"--{key} {value}" for key, value in flags.items() if value)


def _said(book: Book, name: str, answer: Guess | OptionError) -> str:
    if isinstance(answer, ChoiceError):
        return f"{book.read(name).rows:,} rows, of which more has to be asked"
    if isinstance(answer, OptionError):
        return f"this cannot be read as it is: {answer.message}"
    rows, scale = int(answer.lines.sum()), answer.table.get("scale", 1.0)
    assert isinstance(scale, float | int)
    programs = answer.keys.get("program")
    of = f" of '{programs.header}'" if programs is not None and programs.header else ""
    return f"{rows:,} rows{of}, {money(answer.taken * abs(scale))} in all"


def _without_money(found: Guess) -> OptionError:
    """Return that no row is left that counts and has an amount."""
    columns = listed([f"'{column.name}'" for column in found.money], _SHOWN)
    out = listed([f"{count:,} {what}" for what, (count, _) in found.left_out.items()], _SHOWN)
    hint = f"left out are {out}" if out else "name the column of the money with `--column baseline=HEADER`"
    return OptionError(f"no row of {found.grid.name} that counts has an amount in {columns}", hint=hint)


def _sums(found: Guess, programs: ProgramTable, scale: float) -> str:
    """Return what the file adds up to, what was taken of it, and where the difference is."""
    scale = abs(scale)
    total, taken = float(found.amounts.sum()) * scale, float(baselines_of(programs)[1].sum())
    parts = [
        f"{money(amount * scale)} in {_counted(count, what)}"
        for what, (count, amount) in found.left_out.items()
        if amount
    ]
    difference = total - taken
    told = f", of {listed(parts, _SHOWN)}" if parts and difference else ""
    return (
        f"the file adds up to {money(total)} in {_counted(len(found.lines), 'rows')}; taken: {money(taken)} in"
        f" {_counted(len(programs), 'programs')}; difference: {money(difference)}{told}"
    )


def _counted(count: int, what: str) -> str:
    """Return a number of things; the first word that ends in s names them."""
    first, *rest = what.split(" ")
    return " ".join([f"{count:,}", first.removesuffix("s") if count == 1 else first, *rest])
