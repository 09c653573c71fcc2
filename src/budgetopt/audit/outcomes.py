"""What spending does to outcomes, read directly from what each program says of each outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.programs import Column, Floats, Ints
from budgetopt.scenario.scenario import Scenario

__all__ = ["Levels", "levels_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The level that each program brings to each outcome, one row an effect of a program on an outcome.

    Rows stand in the order of the outcomes, and within an outcome of the shapes per_dollar, unit_cost, curve.

    Parameters
    ----------
    outcome, program
        Positions of the outcome and of the program; shape (effects,).
    level
        Units in each period, a curve's value at zero spending included; shape (effects, periods).
    steepest
        The most units that one dollar changes, anywhere; shape (effects,).
    """

    outcome: Ints
    program: Ints
    level: Floats
    steepest: Floats

    def totals(self, outcomes: int) -> Floats:
        """Return the level of each outcome over all programs; shape (outcomes, periods)."""
        total = np.zeros((outcomes, self.level.shape[1]))
        np.add.at(total, self.outcome, self.level)
        return total

    def of_outcome(self, outcome: int, programs: int) -> Floats:
        """Return the level that each program brings to one outcome, 0 without an effect; shape (programs, periods)."""
        out = np.zeros((programs, self.level.shape[1]))
        rows = self.outcome == outcome
        out[self.program[rows]] = self.level[rows]
        return out


def levels_of(scenario: Scenario, spent: Floats) -> Levels:
    """Return what a plan does to the outcomes.

    Parameters
    ----------
    scenario
        The scenario.
    spent
        Dollars for each program in each period; shape (programs, periods).
    """
    outcomes: list[Ints] = []
    programs: list[Ints] = []
    levels: list[Floats] = [np.empty((0, spent.shape[1]))]
    steepest: list[Floats] = []
    for position, name in enumerate(scenario.outcomes):
        said = scenario.programs.under(f"outcomes.{name}")
        found: list[tuple[Ints, Floats, Floats]] = []
        if (column := said.get("per_dollar")) is not None:
            found.append((column.rows, column.values[:, None] * spent[column.rows], np.abs(column.values)))
        if (column := said.get("unit_cost")) is not None:
            most = np.full(len(spent), np.inf)
            if (limit := said.get("up_to")) is not None:
                most[limit.rows] = limit.values
            bought = spent[column.rows] / column.values[:, None]
            found.append((column.rows, np.minimum(bought, most[column.rows, None]), 1.0 / column.values))
        if (column := said.get("curve")) is not None:
            found.append((column.rows, *_on_curves(column, spent[column.rows])))
        for rows, level, slope in found:
            outcomes.append(np.full(len(rows), position, dtype=np.int64))
            programs.append(rows)
            levels.append(level)
            steepest.append(slope)
    if not programs:
        none = np.empty(0, dtype=np.int64)
        return Levels(none, none, levels[0], np.empty(0))
    return Levels(np.concatenate(outcomes), np.concatenate(programs), np.concatenate(levels), np.concatenate(steepest))


def _on_curves(column: Column, spent: Floats) -> tuple[Floats, Floats]:
    """Return the height of each curve at its program's spending, and its greatest steepness.

    Between two points a curve is the straight line that joins them, and after its last point it is flat. Shapes
    (curves, periods) and (curves,).
    """
    assert column.offsets is not None
    first, last = column.offsets[:-1], column.offsets[1:] - 1
    x, y = column.values[:, 0], column.values[:, 1]
    owner = np.repeat(np.arange(len(column)), np.diff(column.offsets))
    rise = np.diff(y, append=y[-1:])
    run = np.diff(x, append=np.inf)
    run[last], rise[last] = 1.0, 0.0
    steepest = np.maximum.reduceat(np.abs(rise / run), first) if len(column) else np.empty(0)
    level = np.empty(spent.shape)
    for period in range(spent.shape[1]):
        money = spent[:, period]
        # the last point that is not beyond the money spent; below the first one (a negative amount) the first
        passed = np.add.reduceat((x <= money[owner]).astype(np.int64), first) if len(column) else first
        left = np.clip(first + passed - 1, first, last)
        along = np.clip(money - x[left], 0.0, None) / run[left]
        level[:, period] = np.where(left == last, y[last], y[left] + rise[left] * along)
    return level, steepest
