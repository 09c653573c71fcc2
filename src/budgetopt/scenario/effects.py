"""What spending does to outcomes, in one form: piecewise linear through points, and a slope after the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.programs import Floats, Ints, ProgramTable

__all__ = ["Effects", "effects_of", "unit_prices", "uses_of"]


@dataclass(frozen=True, slots=True)
class Effects:
    """Every effect of a scenario, one row an effect of a program on an outcome, in the order of the programs.

    The points of effect ``i`` are ``spending[offsets[i]:offsets[i + 1]]`` and ``value[...]``; the first is at 0.

    Parameters
    ----------
    program, outcome
        Positions of the program and of the outcome; shape (effects,).
    offsets
        Shape (effects + 1,).
    spending, value
        Level of the program (dollars, or units of service), and units of the outcome; shape (points,).
    tail
        Units of the outcome for each further unit of the level; shape (effects,).
    """

    program: Ints
    outcome: Ints
    offsets: Ints
    spending: Floats
    value: Floats
    tail: Floats

    def __len__(self) -> int:
        return len(self.program)


class _Gathering:
    """Effects as they are found, outcome by outcome."""

    def __init__(self) -> None:
        self.program: list[Ints] = []
        self.outcome: list[Ints] = []
        self.lengths: list[Ints] = []
        self.points: list[Floats] = []
        self.tails: list[Floats] = []

    def add(self, rows: Ints, position: int, lengths: Ints, points: Floats, tail: Floats) -> None:
        """Add effects on one outcome: their points one after another, and their slopes after the last point."""
        self.program.append(rows)
        self.outcome.append(np.full(len(rows), position, dtype=np.int64))
        self.lengths.append(lengths)
        self.points.append(points)
        self.tails.append(tail)

    def straight(self, rows: Ints, position: int, slope: Floats) -> None:
        """Add effects that are straight lines from nothing."""
        self.add(rows, position, np.ones(len(rows), dtype=np.int64), np.zeros((len(rows), 2)), slope)

    def effects(self) -> Effects:
        """Return everything that was added, in the order of the programs and outcomes."""
        if not self.program:
            empty, whole = np.empty(0), np.empty(0, dtype=np.int64)
            return Effects(whole, whole, np.zeros(1, dtype=np.int64), empty, empty, empty)
        program, outcome = np.concatenate(self.program), np.concatenate(self.outcome)
        lengths, points, tail = np.concatenate(self.lengths), np.concatenate(self.points), np.concatenate(self.tails)
        order = np.lexsort((outcome, program))
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        offsets = np.concatenate(([0], np.cumsum(lengths[order])))
        items = np.repeat(starts[order] - offsets[:-1], lengths[order]) + np.arange(offsets[-1])
        return Effects(program[order], outcome[order], offsets, points[items, 0], points[items, 1], tail[order])


def effects_of(programs: ProgramTable, outcomes: Sequence[str]) -> Effects:
    """Return the effects of all programs on the named outcomes, as functions of the programs' levels.

    A program's level in a period is what it spends, in dollars of the first period; for a program of a service, the
    units that it serves. What `if_funded` takes as a fixed cost is not part of the level.
    """
    found = _Gathering()
    price = unit_prices(programs)
    for position, name in enumerate(outcomes):
        keys = programs.under(f"outcomes.{name}")
        if (column := keys.get("per_dollar")) is not None:
            found.straight(column.rows, position, column.values * price[column.rows])
        if (column := keys.get("per_unit")) is not None:
            found.straight(column.rows, position, column.values)
        if (column := keys.get("unit_cost")) is not None:
            cost = np.divide(
                column.values, price[column.rows], out=np.full(len(column), np.inf), where=price[column.rows] > 0
            )
            up_to = programs.number(f"outcomes.{name}.up_to")[column.rows]
            limited = ~np.isnan(up_to)
            points = np.zeros((len(column), 2, 2))
            points[:, 1, 0] = cost * np.where(limited, up_to, 1.0)
            points[:, 1, 1] = np.where(limited, up_to, 1.0)
            # without a limit the slope after the first point says it all; limited to zero units, nothing can be bought
            keep = np.stack([np.ones(len(column), dtype=bool), limited & (points[:, 1, 0] > 0)], axis=1)
            found.add(column.rows, position, keep.sum(axis=1), points[keep], np.where(limited, 0.0, 1.0 / cost))
        if (column := keys.get("curve")) is not None and column.offsets is not None:
            found.add(column.rows, position, np.diff(column.offsets), column.values, np.zeros(len(column)))
    return found.effects()


def uses_of(programs: ProgramTable, resources: Sequence[str], outcomes: Sequence[str], effects: Effects) -> Effects:
    """Return what the programs use of the named resources, in the same form: their ``outcome`` is the resource.

    What is used for each unit of an outcome follows the outcome's own line.
    """
    found = _Gathering()
    price = unit_prices(programs)
    for position, name in enumerate(resources):
        keys = programs.under(f"uses.{name}")
        slope = np.zeros(len(programs))
        if (column := keys.get("per")) is not None:
            slope[column.rows] += price[column.rows] / column.values
        if (column := keys.get("per_dollar")) is not None:
            slope[column.rows] += price[column.rows] * column.values
        if (column := keys.get("per_unit")) is not None:
            slope[column.rows] += column.values
        straight = np.flatnonzero(slope)
        found.straight(straight, position, slope[straight])
        for key, column in programs.under(f"uses.{name}.per_outcome").items():
            rate = np.zeros(len(programs))
            rate[column.rows] = column.values
            mine = np.flatnonzero((effects.outcome == list(outcomes).index(key)) & (rate[effects.program] != 0))
            rate = rate[effects.program[mine]]
            lengths = np.diff(effects.offsets)[mine]
            items = np.repeat(effects.offsets[mine], lengths) + _counting(lengths)
            points = np.stack([effects.spending[items], effects.value[items] * np.repeat(rate, lengths)], axis=1)
            found.add(effects.program[mine], position, lengths, points, effects.tail[mine] * rate)
    return found.effects()


def unit_prices(programs: ProgramTable) -> Floats:
    """Return the dollars for one unit of each program's level, in dollars of the first period; shape (programs,)."""
    price = programs.number("service.unit_cost")
    return np.where(np.isnan(price), 1.0, price)


def _counting(lengths: Ints) -> Ints:
    """Return 0, 1, 2 ... for each length, one after another."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
