"""Scenarios from pandas tables, and programs as a pandas table: for notebooks, without any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.errors import OptionError, Problem, ScenarioError
from budgetopt.reading.document_tree import plain
from budgetopt.reading.layers import assembled, currency_of
from budgetopt.reading.scenario_files import Source
from budgetopt.reading.tables.grid import Grid
from budgetopt.reading.tables.parquet_book import header_text, number_cells, series_texts
from budgetopt.reading.tables.program_rows import read_programs
from budgetopt.reading.tables.shape import normal
from budgetopt.reading.write import UNCLEAR, cell_texts, ordered_keys
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.keys import Leaf, leaf_of
from budgetopt.scenario.model import Program
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Column, ProgramTable, split_key
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["grid_of_series", "programs_frame", "scenario_from_frame"]

FRAME = "<frame>"
"""Stands for the file in the places of what came from a pandas table; rows are counted from 1, headers left out."""
ASSUMED_WEIGHT = "Assumed: every outcome weighs 1, because no weights were given."


def scenario_from_frame(
    programs: pd.DataFrame,
    budget: float | str | Mapping[str, Any],
    *,
    name: str = "Untitled",
    outcomes: Mapping[str, Any] | None = None,
    columns: Mapping[str, str] | None = None,
    periods: Sequence[str] | str | None = None,
    rules: Sequence[Mapping[str, Any]] = (),
    objective: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    **more: Any,
) -> Scenario:
    """Return the scenario of a table of programs; see :meth:`Scenario.from_frame`."""
    table = _programs(programs, columns, currency_of(more))
    if outcomes is None:
        names = dict.fromkeys(_outcome(key) for key in table.columns)
        weighed: Mapping[str, Any] = {key: {"weight": 1, "source": ASSUMED_WEIGHT} for key in names if key}
    else:
        weighed = {key: said if isinstance(said, Mapping) else {"weight": said} for key, said in outcomes.items()}
    given: dict[str, Any] = {"periods": periods, "rules": list(rules) or None, "objective": objective}
    tree = {"name": name, "funds": {"general": {"revenue": budget}}, "outcomes": weighed}
    tree |= {key: value for key, value in given.items() if value is not None}
    if taken := sorted(tree.keys() & more.keys()):
        raise OptionError(f"{taken[0]} is given twice", hint="`funds` holds what `budget` does not say: other funds")
    tree = plain({**tree, **more})
    return assembled([Source(tree, programs=(table,))]).scenario()


def _outcome(key: str) -> str:
    path = split_key(key)
    if path[0] == "outcomes":
        return path[1]
    return path[3] if path[0] == "packages" and len(path) > 3 and path[2] == "outcomes" else ""


def _programs(frame: pd.DataFrame, columns: Mapping[str, str] | None, currency: str) -> ProgramTable:
    grid = replace(_grid(frame, columns or {}), currency=currency)
    table = Table.model_validate({"file": FRAME, "columns": dict(columns or {})})
    programs, problems = read_programs(grid, table, lambda _head: None)
    if problems:
        raise ScenarioError(problems)
    return programs


def _grid(frame: pd.DataFrame, columns: Mapping[str, str]) -> Grid:
    """Return a pandas table as the cells of a file."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise OptionError(f"the programs are a {kind}, not a pandas table", hint="a DataFrame with one row a program")
    headers = [header_text(header) for header in frame.columns]
    series = [frame.iloc[:, position] for position in range(len(headers))]
    if "program" not in [columns.get(header, header) for header in headers]:
        index = frame.index
        if isinstance(index, pd.RangeIndex) or index.nlevels > 1:
            problem = Problem("missing-column", "the table has no column 'program'", None, "the ids of the programs")
            raise ScenarioError([problem])
        headers, series = ["program", *headers], [index.to_series(), *series]
    return grid_of_series(FRAME, headers, series)


def grid_of_series(name: str, headers: Sequence[str], series: Sequence[pd.Series[Any]]) -> Grid:
    """Return columns of a pandas table as the cells of a file of that name."""
    # a row of a pandas table has no line: it is counted from 1
    rows, at = np.arange(1, len(series[0]) + 1 if series else 1), tuple(range(1, len(headers) + 1))
    cells = tuple([cell.strip() for cell in series_texts(column)] for column in series)
    numbers = tuple(map(number_cells, series))
    return Grid(name, "", tuple(map(normal, headers)), 0, cells, rows, at, numbers)


def programs_frame(scenario: Scenario) -> pd.DataFrame:
    """Return the programs of a scenario as a pandas table; see :meth:`Scenario.to_frame`."""
    import pandas as pd

    programs = scenario.programs
    columns: dict[str, Any] = {"program": programs.ids}
    for key in ordered_keys(programs.columns):
        columns[key] = _values(programs, key, programs.columns[key])
    return pd.DataFrame(columns)


def _values(programs: ProgramTable, key: str, column: Column) -> Any:
    leaf = leaf_of(Program, key)
    if leaf is not None and leaf.kind == "number" and column.offsets is None and not _needs_text(leaf, column):
        return programs.number(key)
    values = np.full(len(programs), None, dtype=object)
    if leaf is None or column.offsets is not None or column.shares is not None:
        if leaf is None:
            texts = [str(column.cell(cell)) for cell in range(len(column))]
        else:
            texts = cell_texts(column, leaf)
            if leaf.kind in ("number", "numbers", "points"):
                # with four decimals, nobody takes the point of 128.833 for one of thousands
                texts = [UNCLEAR.sub(r"\g<0>0", text) for text in texts]
        values[column.rows] = texts
    else:
        values[column.rows] = column.values.astype(object)  # noqa: PD011 (a column of programs)
    return values


def _needs_text(leaf: Leaf, column: Column) -> bool:
    """Return whether a column of numbers has shares that plain numbers would not be read as."""
    if column.shares is None:
        return False
    (half,) = leaf.adapter.validate_python([0.5])
    return not isinstance(half, Share) or bool((column.values > 1).any())  # noqa: PD011
