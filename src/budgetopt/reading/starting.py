"""Begin a scenario from an office's own table: guess which column is what, and write the guess down."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.scenario_files import SCENARIO_FILE
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.program_rows import is_program_key, read_programs
from budgetopt.reading.tables.read import read_grid, split_sheet
from budgetopt.reading.yaml_text import quoted
from budgetopt.scenario.model.table import IGNORE, Table
from budgetopt.scenario.programs import ProgramTable

__all__ = ["Guess", "from_table", "guess"]

# Words by which offices name a column, and the keys that they mean; the first that fits a header decides.
_MEANINGS: tuple[tuple[str, str], ...] = (
    (r"(prog|program|programme|offer|service|line|item|project|package)? ?(id|code|no|nr|number|key|#)", "program"),
    (r"(prog|program|programme|offer|service|line item|item|project|package)( name| title)?|name|title", "name"),
    (r"(department|dept|agency|division|bureau)( name)?", "department"),
    (r"(strategic )?(priority|goal|result|outcome area|focus area)", "priority"),
    (r"(fund|funding source|fund name|funds)", "funds"),
    (r"tags?|keywords?|categor(y|ies)", "tags"),
    (r"description|summary", "description"),
    (r"notes?|comments?|remarks?", "note"),
    (r"source|reference", "source"),
    (r"(minimum|min|floor|at least|mandated)( amount| spending| budget)?", "spending.at_least"),
    (r"(maximum|max|ceiling|cap|at most|requested?)( amount| spending| budget)?", "spending.at_most"),
    (r".*\b(baseline|adopted|current|approved|enacted)\b.*|budget|amount|cost|total cost", "baseline"),
)
_WORDS = {
    **dict.fromkeys(("program", "service"), "name"),
    **dict.fromkeys(("department", "division"), "department"),
    "priority": "priority",
    "funding source": "funds",
    "description": "description",
    **dict.fromkeys(("baseline", "adopted", "adopted budget", "current budget"), "baseline"),
    "minimum": "spending.at_least",
    "maximum": "spending.at_most",
    "requested": "spending.at_most",
}
"""Words that a misspelt header may mean."""
_ALMOST = 0.84
_TOTAL = re.compile(r"(grand |sub)?totals?\b.*|sum", re.IGNORECASE)
_PREFERRED = ("baseline", "current", "adopted", "approved", "enacted")
_LATEST_HEADER = 10


@dataclass(frozen=True)
class Guess:
    """What the columns of a table were taken for.

    ``keys`` has for each header the key of a program, or ``ignore``; ``last_row`` is the last row of the list where
    totals stand below it; ``remarks`` say what could be placed in more than one way, or not at all.
    """

    grid: Grid
    keys: dict[str, str]
    last_row: int | None
    remarks: tuple[str, ...]


def from_table(name: str, title: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of a table of programs, and remarks on what was guessed.

    The table is a CSV or XLSX file; ``office.xlsx!Offers`` names a sheet. Raises OptionError if it cannot be read, or
    no column of it can be taken for the programs or their money; ScenarioError if cells of those cannot be read.
    """
    file, sheet = split_sheet(name)
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise OptionError(f"{file!r} cannot be read: {(error.strerror or str(error)).lower()}") from None
    found = _best_guess(data, file, sheet)
    header, last_row = found.grid.header_row, found.last_row
    table = Table.model_validate({"file": name, "columns": found.keys, "header": header, "last_row": last_row})
    grid = read_grid(data, file, sheet, table)
    programs, problems = read_programs(grid, table, lambda _header: None)
    if problems or grid.problems:
        raise ScenarioError([*grid.problems, *problems])
    copied = Path(file).name
    text = _scenario(found, copied + (f"!{sheet}" if sheet else ""), title, programs)
    return {SCENARIO_FILE: text.encode(), copied: data}, list(found.remarks)


def _best_guess(data: bytes, file: str, sheet: str) -> Guess:
    """Return the guess with the headers in the first row that has enough of them: titles may stand above."""
    first: Guess | None = None
    for header in range(1, _LATEST_HEADER + 1):
        try:
            found = guess(read_grid(data, file, sheet, Table.model_validate({"file": file, "header": header})))
        except ScenarioError as error:
            if header == 1:
                first_error = error
            continue
        if {"program", "baseline"} <= set(found.keys.values()):
            return found
        first = first or found
    if first is None:
        raise first_error
    headers = ", ".join(filter(None, first.grid.headers))
    missing = "the programs" if "program" not in first.keys.values() else "their money"
    message = f"no column of {file} can be taken for {missing}; its headers are: {headers}"
    raise OptionError(message, hint="name one column `program` and one `baseline`, and try again")


def guess(grid: Grid) -> Guess:
    """Return what the columns of a table are most likely meant to be."""
    candidates: dict[str, list[str]] = {}
    for header in dict.fromkeys(header for header in grid.headers if header):
        candidates.setdefault(_meaning(header), []).append(header)
    keys = {header: IGNORE for header in grid.headers if header}
    remarks = []
    for key, headers in candidates.items():
        if key == IGNORE:
            continue
        chosen = _preferred(key, headers)
        keys[chosen] = key
        others = [header for header in headers if header != chosen]
        if others:
            wrong = f"and not {_quoted(others)}: change scenario.yaml if that is wrong"
            remarks.append(f"'{chosen}' was taken for {key}, {wrong}")
    names = [header for header, key in keys.items() if key == "name"]
    if "program" not in keys.values() and names:
        keys[names[0]] = "program"
    unplaced = [header for header, key in keys.items() if key == IGNORE and _meaning(header) == IGNORE]
    if unplaced:
        remarks.append(f"left aside, because no key of a program fits: {_quoted(unplaced)}")
    ids = next((place for place, header in enumerate(grid.headers) if keys.get(header) == "program"), None)
    last_row = None if ids is None else _end_of_list(grid, ids, remarks)
    return Guess(grid, keys, last_row, tuple(remarks))


def _meaning(header: str) -> str:
    if is_program_key(header):
        return header
    plain = re.sub(r"[^a-z0-9#]+", " ", header.casefold()).strip()
    key = next((key for pattern, key in _MEANINGS if re.fullmatch(pattern, plain)), IGNORE)
    if key == IGNORE and (close := difflib.get_close_matches(plain, _WORDS, n=1, cutoff=_ALMOST)):
        return _WORDS[close[0]]
    return key


def _preferred(key: str, headers: Sequence[str]) -> str:
    """Return the header that fits a key best: the key itself, then the words in their order, then the latest year."""
    if key in headers:
        return key
    if key != "baseline":
        return headers[0]
    rank = {word: place for place, word in enumerate(_PREFERRED)}
    words = [min((rank[word] for word in rank if word in header.casefold()), default=len(rank)) for header in headers]
    years = [max(map(int, re.findall(r"\d+", header)), default=0) for header in headers]
    return headers[min(range(len(headers)), key=lambda place: (words[place], -years[place]))]


def _end_of_list(grid: Grid, ids: int, remarks: list[str]) -> int | None:
    """Return the last row before a line of totals, whose money would count twice; None if there is no such line."""
    for place, row in enumerate(map(int, grid.rows)):
        if any(_TOTAL.fullmatch(column[place]) for column in grid.columns[: ids + 1]):
            remarks.append(f"the list ends before row {row}, which looks like a line of totals")
            return row - 1
    return None


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _scenario(found: Guess, file: str, title: str, programs: ProgramTable) -> str:
    """Return a scenario file that pays for the baselines of all programs, and asks for an even cut."""
    lines = [
        f"# Made from {file}. Look over what each column was taken for, then add what the money is for: outcomes.",
        "format: budgetopt/1",
        f"name: {quoted(title or 'Untitled')}",
        f"source: {quoted(file)}",
        "",
        "# Each fund's revenue is the sum of the baselines that it was assumed to pay: put the forecast in its place.",
        "funds:",
        *_funds(programs),
        "",
        "tables:",
        "  programs:",
        f"    file: {quoted(file)}",
    ]
    if found.grid.header_row != 1:
        lines.append(f"    header: {found.grid.header_row}")
    if found.last_row is not None:
        lines.append(f"    last_row: {found.last_row}")
    mapped = {header: key for header, key in found.keys.items() if header != key}
    if mapped:
        lines += ["    columns:", *(f"      {quoted(header)}: {key}" for header, key in mapped.items())]
    lines += [
        "",
        "# What the money is for, and what a program does for it. For example:",
        "# outcomes:",
        "#   visits: {unit: visits, weight: 5}",
        "# programs:",
        f"#   {programs.ids[0] if len(programs) else 'library'}: {{outcomes: {{visits: {{per_dollar: 0.2}}}}}}",
        "# objective: {maximize: weighted outcomes}",
        "# Until then every program keeps its baseline, or is cut as evenly as the limits allow.",
        "objective: {minimize: largest cut}",
        "# Programs of which nothing is measured keep this share of their baselines when outcomes are the objective.",
        "keep_unmeasured: 100%",
        "",
    ]
    return "\n".join(lines)


def _funds(programs: ProgramTable) -> Iterator[str]:
    """Yield one fund for each that the table names, or one that pays for everything."""
    baseline = np.nan_to_num(programs.baseline())
    rows, names = programs.items("funds")
    totals: dict[str, float] = dict.fromkeys(names.tolist(), 0.0) or {"general": 0.0}
    named, first = np.unique(rows, return_index=True)
    payers = dict(zip(named.tolist(), names[first].tolist(), strict=True))
    for row, amount in enumerate(baseline.tolist()):
        totals[payers.get(row, next(iter(totals)))] += amount
    for name, total in totals.items():
        cents = round(total * 100)
        revenue = f"{cents // 100:_}" if cents % 100 == 0 else f"{cents / 100:.2f}"
        yield f"  {quoted(name)}: {{kind: general, revenue: {revenue}}}"
