"""Find rows that add up the rows below or above them where no word says so: outlines, pivot tables, plans of codes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from budgetopt.scenario.programs import Bools, Floats

__all__ = ["code_totals", "last_total", "outline_totals"]

_FEWEST = 4
_SURELY = 12
"""Of so many rows the last is no sum of the others by chance, as round amounts of a few may be."""
_WHOLE = re.compile(
    r"\b(?:net|gross|grand|overall|combined|entire|requirements?|expenditures?|spending|budget)\b", re.IGNORECASE
)
"""Words for a whole budget."""
_LONGEST_CODE = 24
"""No code of a budget has more characters."""


def last_total(name: str, amounts: Floats, slack: float) -> bool:
    """Return whether the last row is the sum of all others, and its name or their number says that it is no chance."""
    rest = float(amounts[:-1].sum())
    if len(amounts) < (_FEWEST if _WHOLE.search(name) else _SURELY) or not amounts[-1]:
        return False
    return abs(float(amounts[-1]) - rest) <= slack * len(amounts) + 1e-9 * abs(rest)


def outline_totals(amounts: Floats, slack: float) -> Bools:
    """Return which rows are the sums of the rows that follow each, or precede each; shape (rows,).

    It is so only where every row of the table is such a sum or belongs to one, and two sums have several rows: chance
    makes single rows equal, and never all.
    """
    found = _groups(amounts, slack)
    return found if found.any() else _groups(amounts[::-1], slack)[::-1]


def _groups(amounts: Floats, slack: float) -> Bools:
    totals = np.zeros(len(amounts), dtype=bool)
    ahead = np.concatenate(([0.0], np.cumsum(amounts)))
    row, of_several = 0, 0
    while row < len(amounts):
        sums = ahead[row + 2 :] - ahead[row + 1]
        allowed = slack * np.arange(1, len(sums) + 1) + 1e-9 * np.abs(sums)
        equal = np.flatnonzero((np.abs(sums - amounts[row]) <= allowed) & (sums != 0))
        if not len(equal):
            return np.zeros(len(amounts), dtype=bool)
        size = int(equal[0]) + 1
        # rows without an amount belong to the group that they stand in
        while row + size + 1 < len(amounts) and amounts[row + size + 1] == 0:
            size += 1
        totals[row] = True
        of_several += size > 1
        row += size + 1
    return totals if of_several > 1 else np.zeros(len(amounts), dtype=bool)


def code_totals(codes: Sequence[str], amounts: Floats, slack: float) -> Bools:
    """Return which rows are the sums of the rows whose codes begin with theirs, such as 1.2 of 1.2.01; shape (rows,).

    It is so only where every code that begins others has their sum.
    """
    none = np.zeros(len(codes), dtype=bool)
    place = {code: at for at, code in enumerate(codes)}
    if len(place) < len(codes) or not all(code and code[0].isdigit() for code in codes):
        return none
    sums, sizes = np.zeros(len(codes)), np.zeros(len(codes), dtype=np.int64)
    for code, at in place.items():
        shorter = (code[:end].rstrip(".-/ ") for end in range(min(len(code), _LONGEST_CODE) - 1, 0, -1))
        above = next((place[text] for text in shorter if text in place and text != code), -1)
        if above >= 0:
            sums[above] += amounts[at]
            sizes[above] += 1
    totals = sizes > 0
    equal = np.abs(sums - amounts) <= slack * sizes + 1e-9 * np.abs(sums)
    return totals if (sizes > 1).any() and equal[totals].all() and amounts[totals].any() else none
