"""Begin a scenario from an office's own table: guess which column is what, and write the guess down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.office.choices import ChoiceError, Choices, Option, shell
from budgetopt.reading.office.guess import Guess, guess
from budgetopt.reading.scenario_files import SCENARIO_FILE
from budgetopt.reading.tables.columns import condensed
from budgetopt.reading.tables.program_rows import read_programs
from budgetopt.reading.tables.read import open_book, sheet_of, split_sheet
from budgetopt.reading.tables.shape import shape
from budgetopt.reading.tables.sheet import Book
from budgetopt.reading.yaml_text import number_text, quoted
from budgetopt.scenario.joining import with_summed_baselines
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.words import listed, money

__all__ = ["BudgetFile", "from_table", "read_budget"]

_SHOWN = 6


@dataclass(frozen=True)
class BudgetFile:
    """An office's own file as it was understood.

    Parameters
    ----------
    table
        How it is read, as ``tables`` of a scenario says it.
    programs
        Its programs.
    remarks
        What was taken for what, and what is left out with how much money; one sentence each.
    """

    file: str
    sheet: str
    table: Table
    programs: ProgramTable
    remarks: tuple[str, ...]


def from_table(name: str, title: str, choices: Choices | None = None) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of a budget file, and remarks on what was guessed.

    Raises what :func:`read_budget` raises.
    """
    data, found = _read(name, choices or Choices())
    copied = Path(found.file).name
    text = _scenario(found, copied + (f"!{found.sheet}" if found.sheet else ""), title)
    return {SCENARIO_FILE: text.encode(), copied: data}, list(found.remarks)


def read_budget(name: str, choices: Choices | None = None) -> BudgetFile:
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
    return _read(name, choices or Choices())[1]


def _read(name: str, choices: Choices) -> tuple[bytes, BudgetFile]:
    file, sheet = split_sheet(name)
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise OptionError(f"{file!r} cannot be read: {(error.strerror or str(error)).lower()}") from None
    book = open_book(data, file)
    found = _best_sheet(book, replace(choices, sheet=sheet or choices.sheet))
    named = f"{file}!{found.sheet.name}" if sheet or len(book.names) > 1 else file
    table = Table.model_validate({"file": named, **found.table})
    grid = shape(found.sheet, table)
    programs, problems = read_programs(grid, table, lambda _header: None)
    if problems or grid.problems:
        raise ScenarioError(condensed([*grid.problems, *problems]))
    programs = with_summed_baselines(programs)
    remarks = [*book.notes, *found.remarks, _sums(found, programs, float(table.scale))]
    return data, BudgetFile(file, split_sheet(named)[1], table, programs, tuple(remarks))


def _best_sheet(book: Book, choices: Choices) -> Guess:
    """Return the guess of the sheet that was named, or of the only one that holds a table of programs."""
    shown = [name for name in book.names if name not in book.hidden] or list(book.names)
    if choices.sheet or len(shown) == 1:
        return guess(sheet_of(book, choices.sheet or shown[0]), choices)
    found: dict[str, Guess | ChoiceError] = {}
    errors: list[OptionError | ScenarioError] = []
    for name in shown:
        try:
            found[name] = guess(sheet_of(book, name), choices)
        except ChoiceError as error:
            found[name] = error
        except (OptionError, ScenarioError) as error:
            errors.append(error)
    if not found:
        message = f"none of the {len(shown)} sheets of {book.file} holds a table of programs and their money"
        raise OptionError(message, hint=f"{errors[0]}" if errors else "")
    if len(found) == 1:
        (only,) = found.values()
        if isinstance(only, Guess):
            only.remarks.insert(0, f"the sheet '{only.sheet.name}' was taken: `--sheet NAME` takes another")
            return only
        raise only
    options = [
        Option(f"--sheet {shell(name)}", _said(book, name, answer), replace(choices, sheet=name))
        for name, answer in found.items()
    ]
    raise ChoiceError(f"{len(found)} sheets of {book.file} may hold the programs", options)


def _said(book: Book, name: str, answer: Guess | ChoiceError) -> str:
    if isinstance(answer, ChoiceError):
        return f"{book.read(name).rows:,} rows, of which more has to be asked"
    rows, scale = int(answer.lines.sum()), answer.table.get("scale", 1.0)
    assert isinstance(scale, float | int)
    return f"{rows:,} rows, {money(answer.taken * abs(scale))} in all"


def _sums(found: Guess, programs: ProgramTable, scale: float) -> str:
    """Return what the file adds up to, what was taken of it, and where the difference is."""
    scale = abs(scale)
    total, taken = float(found.amounts.sum()) * scale, float(np.nan_to_num(programs.baseline()).sum())
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


def _scenario(found: BudgetFile, file: str, title: str) -> str:
    """Return a scenario file that pays for the baselines of all programs, and asks for an even cut."""
    programs = found.programs
    lines = [
        f"# Made from {file}. Look over what each column was taken for, then add what the money is for: outcomes.",
        "format: budgetopt/1",
        f"name: {quoted(title or 'Untitled')}",
        f"source: {quoted(file)}",
        "",
        "# Each fund's revenue is the sum of the baselines that it pays: put the forecast in its place.",
        "funds:",
        *_funds(programs),
        "",
        "tables:",
        "  programs:",
        f"    file: {quoted(file)}",
        *_table_lines(found.table),
        "",
        "# What the money is for, and what a program does for it. For example:",
        "# outcomes:",
        "#   visits: {unit: visits, weight: 5}",
        "# programs:",
        f"#   {quoted(programs.ids[0]) if len(programs) else 'library'}: {{outcomes: {{visits: {{per_dollar: 0.2}}}}}}",
        "# objective: {maximize: weighted outcomes}",
        "# Until then every program keeps its baseline, or is cut as evenly as the limits allow.",
        "objective: {minimize: largest cut}",
        "# Programs of which nothing is measured keep this share of their baselines when outcomes are the objective.",
        "keep_unmeasured: 100%",
        "",
    ]
    return "\n".join(lines)


def _table_lines(table: Table) -> Iterator[str]:
    """Yield how a table is read, as a scenario file says it."""
    said = table.model_dump(exclude_defaults=True, exclude={"file", "columns"})
    for key, value in said.items():
        if isinstance(value, dict):
            yield f"    {key}:"
            yield from (f"      {quoted(name)}: {_value(item)}" for name, item in value.items())
        elif key == "skip_rows":
            yield f"    {key}: [{', '.join(map(str, _ranges(value)))}]"
        else:
            yield f"    {key}: {_value(value)}"
    if table.columns:
        yield "    columns:"
        yield from (f"      {quoted(header)}: {quoted(key)}" for header, key in table.columns.items())


def _ranges(rows: Sequence[int]) -> Iterator[int | str]:
    """Yield rising row numbers with runs of three and more as ranges."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at] != rows[at - 1] + 1:
            run = rows[start:at]
            yield from [f"{run[0]}-{run[-1]}"] if len(run) > 2 else run
            start = at


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        items = [_value(item) for item in value]
        return items[0] if len(items) == 1 else f"[{', '.join(items)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return quoted(str(value))


def _funds(programs: ProgramTable) -> Iterator[str]:
    """Yield one fund for each that the file names, or one that pays for everything."""
    paid = {name: float(column.values.sum()) for name, column in programs.under("baseline_by_fund").items()}
    baseline = np.nan_to_num(programs.baseline())
    if paid:
        stated = np.zeros(len(programs), dtype=bool)
        for column in programs.under("baseline_by_fund").values():
            stated[column.rows] = True
        rest = float(baseline[~stated].sum())
        if rest:
            paid["general"] = paid.get("general", 0.0) + rest
    else:
        rows, names = programs.items("funds")
        paid = dict.fromkeys(names.tolist(), 0.0) or {"general": 0.0}
        named, first = np.unique(rows, return_index=True)
        payers = dict(zip(named.tolist(), names[first].tolist(), strict=True))
        for row, amount in enumerate(baseline.tolist()):
            paid[payers.get(row, next(iter(paid)))] += amount
    for name, total in paid.items():
        cents = round(total * 100)
        revenue = f"{cents // 100:_}" if cents % 100 == 0 else f"{cents / 100:.2f}"
        yield f"  {quoted(name)}: {{kind: general, revenue: {revenue}}}"
