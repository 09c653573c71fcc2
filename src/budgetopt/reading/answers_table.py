"""What respondents answered of the outcomes: a table with a row for each and a column for each outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.errors import Problem, ScenarioError, near
from budgetopt.reading.any_table import grid_of
from budgetopt.reading.tables.columns import condensed, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.scenario.amounts import PositiveAmount
from budgetopt.scenario.keys import Leaf
from budgetopt.scenario.model.base import NotNegative
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answers", "read_answers"]

GROUP, POPULATION = "group", "population"
OTHERS = ("respondent", "id", "name", "no", "number", "date", "comment")
"""Headers of columns that say nothing of weights."""
EVERYONE = "everyone"
"""The group of all where the table has no groups."""
FRAME = "table of answers"
_ANSWER, _PEOPLE = Leaf((), NotNegative, "number"), Leaf((), PositiveAmount, "number")


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers as they were read.

    Parameters
    ----------
    outcomes
        The keys of the outcomes that were asked about.
    groups
        The group of each respondent; ``everyone`` where the table has none.
    points
        The answers, NaN where a cell is empty; shape (respondents, outcomes).
    population
        How many people each group stands for, by its name; the number of its respondents where the table does not say.
    """

    outcomes: tuple[str, ...]
    groups: tuple[str, ...]
    points: Floats
    population: Mapping[str, float]


def read_answers(table: str | Path | pd.DataFrame, outcomes: Mapping[str, str]) -> Answers:
    """Return the answers that a table holds; ``outcomes`` are the printed names of all outcomes by their keys.

    Raises
    ------
    OptionError
        If the file cannot be read.
    ScenarioError
        If a column is no outcome, or a cell no number of zero or more, or a group has two populations.
    """
    layout = Table.model_validate({"file": FRAME if not isinstance(table, str | Path) else str(table)})
    grid = grid_of(table, layout)
    problems: list[Problem] = list(grid.problems)
    columns = _columns(grid, outcomes, problems)
    keys = [key for key in columns if key in outcomes]
    if len(keys) < 2 and not problems:
        message = f"{grid.file} asks about {len(keys)} of the outcomes"
        expected = f"a column for each outcome, two at least: {', '.join(outcomes)}"
        problems.append(Problem("answers", message, grid.place(0, -1) if len(grid.rows) else None, expected))

    def numbers(position: int, leaf: Leaf) -> Floats:
        column = read_column(grid, position, leaf, lambda _row: "", problems, layout)
        found = np.full(len(grid.rows), np.nan)
        found[column.rows] = column.values  # noqa: PD011 (a column of programs)
        return found

    values = np.array([numbers(columns[key], _ANSWER) for key in keys]).reshape(len(keys), len(grid.rows)).T
    names = [EVERYONE] * len(grid.rows)
    if GROUP in columns:
        names = [text.strip() or EVERYONE for text in grid.columns[columns[GROUP]]]
    people = numbers(columns[POPULATION], _PEOPLE) if POPULATION in columns else np.full(len(names), np.nan)
    answered = ~np.isnan(values).all(axis=1) if keys else np.zeros(len(names), dtype=bool)
    population = _populations(grid, names, people, answered.tolist(), columns.get(POPULATION, -1), problems)
    if not answered.any() and not problems:
        problems.append(Problem("answers", f"nobody answered in {grid.file}", None, "a row for each respondent"))
    if problems:
        raise ScenarioError(condensed(problems))
    groups = tuple(name for name, has in zip(names, answered.tolist(), strict=True) if has)
    return Answers(tuple(keys), groups, values[answered], population)


def _columns(grid: Grid, outcomes: Mapping[str, str], problems: list[Problem]) -> dict[str, int]:
    """Return the position of each column that counts, by the key of its outcome, or as ``group`` or ``population``."""
    known = {_plain(name): key for key, name in outcomes.items()} | {_plain(key): key for key in outcomes}
    found: dict[str, int] = {}
    for position, header in enumerate(grid.headers):
        plain = _plain(header)
        key = known.get(plain, plain if plain in (GROUP, POPULATION) else "")
        if not key:
            if plain not in OTHERS and plain:
                close = near(header, [*outcomes, *outcomes.values(), GROUP, POPULATION])
                hint = f"did you mean {close!r}?" if close else f"outcomes are: {', '.join(outcomes)}"
                place = grid.place(-1, position)
                problems.append(Problem("unknown-column", f"{header!r} is no outcome", place, "an outcome", hint))
        elif key in found:
            message = f"two columns are about {key!r}"
            problems.append(Problem("duplicate-column", message, grid.place(-1, position), "one column"))
        else:
            found[key] = position
    return found


def _populations(
    grid: Grid, names: list[str], people: Floats, answered: list[bool], position: int, problems: list[Problem]
) -> dict[str, float]:
    """Return the population of each group that answered, in the order of the table."""
    found: dict[str, float] = {}
    counts: dict[str, int] = {}
    for row, (name, number, has) in enumerate(zip(names, people.tolist(), answered, strict=True)):
        if not has:
            continue
        counts[name] = counts.get(name, 0) + 1
        if np.isnan(number):
            continue
        if found.setdefault(name, number) != number:
            message = f"the population of {name!r} is {number:,.10g} here and {found[name]:,.10g} above"
            expected = "one number for each group"
            problems.append(Problem("population", message, grid.place(row, position), expected))
    if found and (missing := [name for name in counts if name not in found]):
        message = f"no row says the population of {missing[0]!r}"
        problems.append(Problem("population", message, grid.place(names.index(missing[0]), position), "a number"))
    return {name: found.get(name, float(count)) for name, count in counts.items()}


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
