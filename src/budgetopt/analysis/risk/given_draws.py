"""Draws that an office gives: a row a draw, and a column of factors for a program or one of its effects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import PlainValidator

from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.errors import Problem, ScenarioError, near
from budgetopt.reading.any_table import grid_of
from budgetopt.reading.tables.columns import condensed, read_column
from budgetopt.reading.tables.grid import Grid
from budgetopt.scenario.amounts import parse_number
from budgetopt.scenario.keys import Leaf
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_draws"]

FRAME = "table of draws"
"""What a pandas table of draws is called in messages."""
NUMBERS = ("draw", "sample", "number")
"""Columns that number the draws, and say nothing."""


def _factor(value: object) -> float:
    """Return a factor that is written as 0.8 or as 80%."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return parse_number(value.strip()[:-1].strip(), "a factor", value.strip()) / 100.0
    return parse_number(value, "a factor")


_FACTOR = Leaf((), Annotated[float, PlainValidator(_factor)], "number")
_EXPECTED = "a column of a program, or of one of its outcomes: library.visits"


def read_draws(table: str | Path | pd.DataFrame, errors: EffectErrors, scenario: Scenario) -> tuple[Floats, Bools]:
    """Return the factors of a table, 1 where it says nothing, and which effects it speaks of.

    Shapes (draws, effects) and (effects,).

    Raises
    ------
    OptionError
        If the file cannot be read.
    ScenarioError
        If a column names no effect, a cell is no number, or there is no draw.
    """
    layout = Table.model_validate({"file": str(table) if isinstance(table, str | Path) else FRAME})
    grid = grid_of(table, layout)
    problems = list(grid.problems)
    factors = np.ones((len(grid.rows), len(errors.names)))
    spoken = np.zeros(len(errors.names), dtype=bool)
    for at, header in enumerate(grid.headers):
        if header.strip().casefold() in NUMBERS:
            continue
        mine = _effects_of(header, errors, scenario)
        if not mine.any():
            problems.append(_unknown(grid, at, scenario, errors))
            continue
        if (spoken & mine).any():
            message = f"the column {header!r} speaks of an effect that another column speaks of, too"
            problems.append(Problem("duplicate-key", message, grid.place(-1, at), "one column for each effect"))
            continue
        column = read_column(grid, at, _FACTOR, lambda _row: "", problems, layout)
        spoken |= mine
        factors[np.ix_(column.rows, mine)] = column.values[:, None]  # noqa: PD011 (a column of programs)
        bent = mine & ~errors.straight
        if bent.any() and (column.values < 0).any():  # noqa: PD011 (a column of programs)
            row = int(column.rows[int(np.argmax(column.values < 0))])  # noqa: PD011 (a column of programs)
            message = f"the factor of {header!r} is below zero, and its effect is no straight line that could turn over"
            problems.append(Problem("range", message, grid.place(row, at), "a factor of 0 or more"))
        empty = np.setdiff1d(np.arange(len(grid.rows)), column.rows)
        if len(empty) and not problems:
            message = f"the factor of {header!r} is missing"
            place = grid.place(int(empty[0]), at)
            problems.append(Problem("missing-key", message, place, "a factor, such as 0.8 or 80%"))
    if not len(grid.rows):
        problems.append(Problem("empty-table", "the table has no draw", grid.place(-1, -1), "a row for each draw"))
    if problems:
        raise ScenarioError(condensed(problems))
    return factors, spoken


def _effects_of(header: str, errors: EffectErrors, scenario: Scenario) -> Bools:
    """Return the effects that a column is of: those of a program, or of it on one outcome."""
    ids, outcomes = scenario.programs.ids.tolist(), list(scenario.outcomes)
    if header in ids:
        return np.asarray(errors.program == ids.index(header), dtype=bool)
    program, dot, outcome = header.rpartition(".")
    if not dot or program not in ids or outcome not in outcomes:
        return np.zeros(len(errors.names), dtype=bool)
    found: Bools = (errors.program == ids.index(program)) & (errors.outcome == outcomes.index(outcome))
    return found


def _unknown(grid: Grid, at: int, scenario: Scenario, errors: EffectErrors) -> Problem:
    header = grid.headers[at]
    known = [*scenario.programs.ids.tolist(), *(name.partition(" ")[0] for name in errors.names)]
    close = near(header, known)
    hint = f"did you mean {close!r}?" if close else f"effects are called {', '.join(list(errors.names)[:3])}"
    return Problem("unknown-name", f"the column {header!r} names no effect", grid.place(-1, at), _EXPECTED, hint)
