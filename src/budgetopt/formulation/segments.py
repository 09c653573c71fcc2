"""Cut each program's spending into segments within which every outcome changes at a constant rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Floats, Ints
from budgetopt.scenario.effects import Effects

__all__ = ["Segments", "Slopes", "segments_of"]


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of every program, in the order of the programs and of rising spending; shape (segments,)."""

    program: Ints  # position of the program
    number: Ints  # 0 for a program's first segment, 1 for its second
    start: Floats  # dollars at which a segment begins
    width: Floats  # dollars that fit into it, infinite for the last
    first: Ints  # the first segment of each program; shape (programs + 1,)

    def __len__(self) -> int:
        return len(self.program)

    @property
    def counts(self) -> Ints:
        """How many segments each program has; shape (programs,)."""
        return np.diff(self.first)


@dataclass(frozen=True, slots=True)
class Slopes:
    """What one more dollar does in each segment to each outcome that its program affects.

    Every array: shape (pairs,), ordered by effect and by segment.
    """

    effect: Ints
    segment: Ints
    slope: Floats  # units for each dollar


def segments_of(effects: Effects, programs: int) -> tuple[Segments, Slopes]:
    """Return the segments of all programs and the slopes of all effects in them.

    The breakpoints of a program are those of all of its effects together, so that outcomes with curves of different
    shape share one spending.
    """
    lengths = np.diff(effects.offsets)
    point_effect = np.repeat(np.arange(len(effects)), lengths)
    point_program = effects.program[point_effect]

    # every program has a segment that begins at 0, also where no effect says so
    owner = np.concatenate((point_program, np.arange(programs)))
    at = np.concatenate((effects.spending, np.zeros(programs)))
    order = np.lexsort((at, owner))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (owner[order][1:] != owner[order][:-1]) | (at[order][1:] != at[order][:-1])
    segment_of_point = np.empty(len(order), dtype=np.int64)
    segment_of_point[order] = np.cumsum(new) - 1

    program, start = owner[order][new], at[order][new]
    first = np.searchsorted(program, np.arange(programs + 1)).astype(np.int64)
    width = np.full(len(program), np.inf)
    follows = program[1:] == program[:-1]
    width[:-1][follows] = (start[1:] - start[:-1])[follows]
    segments = Segments(program, np.arange(len(program)) - first[program], start, width, first)

    # the slope after each point of an effect: to the next point, or the tail after the last
    slope_after = effects.tail[point_effect].copy()
    inner = np.flatnonzero(point_effect[1:] == point_effect[:-1])
    slope_after[inner] = np.diff(effects.value)[inner] / np.diff(effects.spending)[inner]

    # in each segment, an effect has the slope after its last point that is not beyond the segment's start
    counts = segments.counts[effects.program]
    pair_effect = np.repeat(np.arange(len(effects)), counts)
    ends = np.cumsum(counts)
    within = np.arange(len(pair_effect)) - np.repeat(ends - counts, counts)
    pair_segment = first[effects.program][pair_effect] + within
    stride = len(program) + 1
    keys = point_effect * stride + segment_of_point[: len(point_effect)]
    point = np.searchsorted(keys, pair_effect * stride + pair_segment, side="right") - 1
    return segments, Slopes(pair_effect, pair_segment, slope_after[point])
