"""What spending does to outcomes, in one form: a broken line through points, and a slope after the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.programs import Floats, Ints, ProgramTable

__all__ = ["Effects", "effects_of"]


@dataclass(frozen=True, slots=True)
class Effects:
    """Every effect of a scenario, one row an effect of a program on an outcome, in the order of the programs.

    The points of effect ``i`` are ``spending[offsets[i]:offsets[i + 1]]`` and ``value[...]``; the first is at spending 0.

    Parameters
    ----------
    program, outcome
        Positions of the program and of the outcome; shape (effects,).
    offsets
        Shape (effects + 1,).
    spending, value
        Dollars in the period, and units of the outcome; shape (points,).
    tail
        Units for each dollar after the last point; shape (effects,).
    """

    program: Ints
    outcome: Ints
    offsets: Ints
    spending: Floats
    value: Floats
    tail: Floats

    def __len__(self) -> int:
        return len(self.program)


def effects_of(programs: ProgramTable, outcomes: Sequence[str]) -> Effects:
    """Return the effects of all programs on the named outcomes."""
    program: list[Ints] = []
    outcome: list[Ints] = []
    lengths: list[Ints] = []
    points: list[Floats] = []
    tails: list[Floats] = []

    def add(rows: Ints, position: int, length: Ints, xy: Floats, tail: Floats) -> None:
        program.append(rows)
        outcome.append(np.full(len(rows), position, dtype=np.int64))
        lengths.append(length)
        points.append(xy)
        tails.append(tail)

    for position, name in enumerate(outcomes):
        keys = programs.under(f"outcomes.{name}")
        if (column := keys.get("per_dollar")) is not None:
            count = len(column)
            add(column.rows, position, np.ones(count, dtype=np.int64), np.zeros((count, 2)), column.values)
        if (column := keys.get("unit_cost")) is not None:
            up_to = programs.number(f"outcomes.{name}.up_to")[column.rows]
            limited = ~np.isnan(up_to)
            xy = np.zeros((len(column), 2, 2))
            xy[:, 1, 0] = column.values * np.where(limited, up_to, 1.0)
            xy[:, 1, 1] = np.where(limited, up_to, 1.0)
            # without a limit the slope after the first point says it all; limited to zero units, nothing can be bought
            keep = np.stack([np.ones(len(column), dtype=bool), limited & (xy[:, 1, 0] > 0)], axis=1)
            add(column.rows, position, keep.sum(axis=1), xy[keep], np.where(limited, 0.0, 1.0 / column.values))
        if (column := keys.get("curve")) is not None and column.offsets is not None:
            add(column.rows, position, np.diff(column.offsets), column.values, np.zeros(len(column)))

    if not program:
        empty, whole = np.empty(0), np.empty(0, dtype=np.int64)
        return Effects(whole, whole, np.zeros(1, dtype=np.int64), empty, empty, empty)
    all_program, all_outcome = np.concatenate(program), np.concatenate(outcome)
    all_lengths, xy, tail = np.concatenate(lengths), np.concatenate(points), np.concatenate(tails)
    order = np.lexsort((all_outcome, all_program))
    starts = np.concatenate(([0], np.cumsum(all_lengths)[:-1]))
    offsets = np.concatenate(([0], np.cumsum(all_lengths[order])))
    items = np.repeat(starts[order] - offsets[:-1], all_lengths[order]) + np.arange(offsets[-1])
    return Effects(all_program[order], all_outcome[order], offsets, xy[items, 0], xy[items, 1], tail[order])
