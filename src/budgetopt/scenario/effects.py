"""What spending does to outcomes, in one form: piecewise linear through points, and a slope after the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.programs import Floats, Ints, ProgramTable, items_of

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

    @property
    def moved(self) -> Floats:
        """What spending moves of the outcome: by a unit after the last point, or in all where that is flat.

        Its sign says which way. Shape (effects,).
        """
        first, last = self.offsets[:-1], self.offsets[1:] - 1
        return np.where(self.tail != 0, self.tail, self.value[last] - self.value[first])


_Part = tuple[Ints, int, Ints, Floats, Floats]
"""Effects on one outcome: the programs, the outcome, how many points each has, the points, the last slopes."""


def _straight(rows: Ints, position: int, slope: Floats) -> _Part:
    """Return effects that are straight lines from nothing."""
    return rows, position, np.ones(len(rows), dtype=np.int64), np.zeros((len(rows), 2)), slope


def _in_order(parts: Sequence[_Part]) -> Effects:
    """Return effects in the order of the programs and outcomes."""
    none = np.empty(0, dtype=np.int64)
    parts = [_straight(none, 0, np.empty(0)), *parts]
    outcome = np.concatenate([np.full(len(part[0]), part[1], dtype=np.int64) for part in parts])
    program, lengths, points, tail = (np.concatenate([part[at] for part in parts]) for at in (0, 2, 3, 4))
    order = np.lexsort((outcome, program))
    items, offsets = items_of(np.concatenate(([0], np.cumsum(lengths))), order)
    return Effects(program[order], outcome[order], offsets, points[items, 0], points[items, 1], tail[order])


def effects_of(programs: ProgramTable, outcomes: Sequence[str]) -> Effects:
    """Return the effects of all programs on the named outcomes, as functions of the programs' levels.

    A program's level in a period is what it spends, in dollars of the first period; for a program of a service, the
    units that it serves. What `if_funded` takes as a fixed cost is not part of the level. ``programs`` are those of
    :attr:`Scenario.calculated`.
    """
    found: list[_Part] = []
    price = unit_prices(programs)
    for position, name in enumerate(outcomes):
        keys = programs.under(f"outcomes.{name}")
        if (column := keys.get("per_dollar")) is not None:
            found.append(_straight(column.rows, position, column.values * price[column.rows]))
        if (column := keys.get("per_unit")) is not None:
            found.append(_straight(column.rows, position, column.values))
        if (column := keys.get("unit_cost")) is not None:
            each = price[column.rows]
            cost = np.divide(column.values, each, out=np.full(len(column), np.inf), where=each > 0)
            up_to = programs.number(f"outcomes.{name}.up_to")[column.rows]
            limited = ~np.isnan(up_to)
            points = np.zeros((len(column), 2, 2))
            points[:, 1, 0] = cost * np.where(limited, up_to, 1.0)
            points[:, 1, 1] = np.where(limited, up_to, 1.0)
            # without a limit the slope after the first point says it all; limited to zero units, nothing can be bought
            keep = np.stack([np.ones(len(column), dtype=bool), limited & (points[:, 1, 0] > 0)], axis=1)
            tail = np.where(limited, 0.0, 1.0 / cost)
            found.append((column.rows, position, keep.sum(axis=1), points[keep], tail))
        if (column := keys.get("curve")) is not None and column.offsets is not None:
            found.append((column.rows, position, np.diff(column.offsets), column.values, np.zeros(len(column))))
    return _in_order(found)


def uses_of(programs: ProgramTable, resources: Sequence[str], outcomes: Sequence[str], effects: Effects) -> Effects:
    """Return what the programs use of the named resources, in the same form: their ``outcome`` is the resource.

    What is used for each unit of an outcome follows the outcome's own line. ``programs`` are those of
    :attr:`Scenario.calculated`.
    """
    found: list[_Part] = []
    price = unit_prices(programs)
    for position, name in enumerate(resources):
        per, per_dollar, per_unit = (programs.number(f"uses.{name}.{key}") for key in ("per", "per_dollar", "per_unit"))
        slope = np.nan_to_num(price / per) + np.nan_to_num(price * per_dollar) + np.nan_to_num(per_unit)
        straight = np.flatnonzero(slope)
        found.append(_straight(straight, position, slope[straight]))
        for key in programs.under(f"uses.{name}.per_outcome"):
            rates = np.nan_to_num(programs.number(f"uses.{name}.per_outcome.{key}"))[effects.program]
            mine = np.flatnonzero((effects.outcome == list(outcomes).index(key)) & (rates != 0))
            rate, lengths = rates[mine], np.diff(effects.offsets)[mine]
            items, _ = items_of(effects.offsets, mine)
            points = np.stack([effects.spending[items], effects.value[items] * np.repeat(rate, lengths)], axis=1)
            found.append((effects.program[mine], position, lengths, points, effects.tail[mine] * rate))
    return _in_order(found)


def unit_prices(programs: ProgramTable) -> Floats:
    """Return the dollars for one unit of each program's level, in dollars of the first period; shape (programs,)."""
    price = programs.number("service.unit_cost")
    return np.where(np.isnan(price), 1.0, price)
