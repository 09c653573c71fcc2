"""A scenario in which an effect, a cost or a weight is multiplied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.scenario.programs import Column
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.worked_out import with_parts

__all__ = ["doubled", "scaled"]

_TIMES = ("per_dollar", "per_unit", "up_to", "value")
"""Keys of an effect that grow with it; a unit cost falls as it grows."""


def doubled(scenario: Scenario) -> Scenario:
    """Return a scenario in which every effect of every program is doubled."""
    return _multiplied(scenario, None, "effect", 2.0)


def scaled(scenario: Scenario, program: str, what: str, outcome: str, factor: float) -> Scenario:
    """Return a scenario in which a program's effect or cost, or the weight of an outcome, is multiplied.

    ``what``, ``outcome`` and ``factor`` are those of a BreakEven; for a weight the program is not looked at.
    """
    if what == "weight":
        outcomes = dict(scenario.outcomes)
        outcomes[outcome] = outcomes[outcome].model_copy(update={"weight": outcomes[outcome].weight * factor})
        return with_parts(scenario, outcomes=outcomes)
    return _multiplied(scenario, scenario.programs.position(program), what, factor)


def _multiplied(scenario: Scenario, row: int | None, what: str, factor: float) -> Scenario:
    """Return a scenario in which an effect or cost is multiplied, for the program in a row or for all of them."""
    # a result at the baseline has no figure of its own for an effect or a cost: its slope or curve has
    columns = dict(scenario.calculated.columns)
    for key, column in columns.items():
        times, cell = _factors(key, what, factor), None
        if row is not None:
            cell = int(np.searchsorted(column.rows, row))
            if cell == len(column) or column.rows[cell] != row:
                continue
        if times is not None:
            columns[key] = _times(column, cell, *times)
    return replace(scenario, programs=replace(scenario.programs, columns=columns))


def _factors(key: str, what: str, factor: float) -> tuple[float, float] | None:
    """Return by what a cell is multiplied: plain numbers (or the spending of a curve), and the outcomes of a curve."""
    head, last = key.partition(".")[0], key.rpartition(".")[2]
    if what == "effect":
        if not (head == "outcomes" or (head == "packages" and ".outcomes." in key)):
            return None
        if last == "curve":
            return 1.0, factor
        return (factor, 1.0) if last in _TIMES else (1 / factor, 1.0) if last == "unit_cost" else None
    if head == "outcomes" and last in ("unit_cost", "per_dollar", "curve"):
        return (1 / factor if last == "per_dollar" else factor), 1.0
    is_cost = key in ("service.unit_cost", "if_funded.fixed_cost", "if_funded.at_least")
    is_package = head == "packages" and key.count(".") == 2 and last in ("cost", "then_costs")
    return (factor, 1.0) if is_cost or is_package else None


def _times(column: Column, cell: int | None, plain: float, outcomes: float) -> Column:
    """Return a column with one cell, or all of them, multiplied."""
    values = column.values.copy()
    if column.offsets is None:
        values[slice(None) if cell is None else cell] *= plain
    else:
        items = slice(None) if cell is None else slice(int(column.offsets[cell]), int(column.offsets[cell + 1]))
        values[items] = values[items] * (np.array([plain, outcomes]) if values.ndim == 2 else plain)
    return replace(column, values=values)
