"""The rows of the linear program whose prices can be asked, each with the limit that it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import Solution

__all__ = ["LimitRow", "limit_rows", "size_of", "terms_of"]


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One side of a row of the linear program that a price can be asked of.

    Parameters
    ----------
    period, part
        Its period, empty for all periods together; which group or program of the limit it is about, or empty.
    sense, bound
        ``at least``, ``at most`` or ``equals``, and the limit in the unit of the row.
    """

    limit: Limit
    period: str
    sense: str
    bound: float
    row: int
    part: str

    @property
    def relaxes(self) -> int:
        """The direction in which the limit is relaxed: 1 where a greater bound asks for less."""
        return -1 if self.sense == "at least" else 1


def limit_rows(question: WhatIf) -> Iterator[LimitRow]:
    """Yield every limit whose price can be asked, in the order of the linear program."""
    problem, limits, periods = question.problem, question.scenario.limits, question.scenario.periods
    programs = question.scenario.programs.ids
    for block in problem.row_labels.blocks:
        if block.limit is None or block.part is None:
            continue
        for at in np.flatnonzero(block.limit >= 0).tolist():
            limit, row, number = limits[int(block.limit[at])], block.start + at, int(block.part[at])
            if not limit.has_row_prices:
                continue
            period = int(block.keys["period"][at])
            when = "" if period < 0 else periods[period]
            part = "" if number < 0 else limit.parts[number] if number < len(limit.parts) else str(number + 1)
            if "program" in block.keys:
                part = str(programs[int(block.keys["program"][at])])
            lower, upper = float(problem.row_lower[row]), float(problem.row_upper[row])
            sides = (("equals", lower),) if lower == upper else (("at least", lower), ("at most", upper))
            yield from (LimitRow(limit, when, sense, bound, row, part) for sense, bound in sides if np.isfinite(bound))


def terms_of(question: WhatIf, limit: LimitRow, base: Solution) -> Floats:
    """Return what each entry of a row adds to it at a plan; shape (entries,)."""
    matrix = question.problem.matrix
    entries = np.flatnonzero(matrix.index == limit.row)
    columns = np.searchsorted(matrix.starts, entries, side="right") - 1
    assert base.x is not None, "what is solved has a plan"
    return matrix.value[entries] * base.x[columns]


def size_of(limit: LimitRow, terms: Floats) -> float:
    """Return the size of the figures of a row with such terms: at least a dollar of a fund, or a thousandth."""
    least = 1.0 if limit.limit.path[0] == "funds" else 1e-3
    return max(abs(limit.bound), float(np.abs(terms).sum()), least)
