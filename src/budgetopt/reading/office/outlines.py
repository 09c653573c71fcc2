"""Rows that are parts of others: by the ids of their parents, by their codes, by levels, or by the order of sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = [
    "OutlineSums",
    "RowTree",
    "RunOutline",
    "by_codes",
    "by_levels",
    "by_parents",
    "is_among",
    "is_no_chance",
    "last_is_sum",
    "run_outlines",
    "run_sums",
]

_FEWEST = 4
_MOST_ROWS = 2000
"""Rows without parts are looked for among no more rows than these."""
_LEFT = 0.02
"""The share of a sum that rounding may leave between it and its parts."""
_SURELY = 12
"""Of so many rows the last is no sum of the others by chance, as round amounts of a few may be."""
_WHOLE = re.compile(
    r"\b(?:net|gross|grand|overall|combined|entire|requirements?|expenditures?|spending|budget)\b", re.IGNORECASE
)
"""Words for a whole budget."""
_LONGEST_CODE = 24
"""No code of a budget has more characters."""
_DEEPEST = 12
"""No outline has more levels."""
_OWN = 0.5
"""Money that is less than this share of its parts is no sum of them."""


@dataclass(frozen=True)
class OutlineSums:
    """What rows with parts hold beside the sums of their parts; every array has the shape (rows,).

    ``has_parts`` are the rows with parts, ``equal`` those of them that hold the sum of these, ``several`` those with
    two parts or more; ``parts`` are the sums.
    """

    has_parts: Bools
    equal: Bools
    several: Bools
    parts: Floats
    amounts: Floats

    @property
    def counted(self) -> Bools:
        """The rows with parts that hold money."""
        return np.asarray(self.has_parts & (self.amounts != 0), dtype=bool)

    @property
    def are_sums(self) -> bool:
        """Whether every row with parts that holds money holds their sum, and one of them has several parts."""
        return bool(self.equal[self.counted].all() and (self.counted & self.several).any())

    @property
    def are_mostly_sums(self) -> bool:
        """Whether half of the rows with several parts or more hold their sums."""
        several = self.counted & self.several
        return bool(several.any()) and 2 * int(self.equal[several].sum()) >= int(several.sum())

    @property
    def are_own_money(self) -> bool:
        """Whether the rows with parts hold money of their own: less than half of what their parts hold."""
        here = self.counted
        return bool((np.abs(self.amounts[here]) < _OWN * np.abs(self.parts[here])).all())


@dataclass(frozen=True)
class RowTree:
    """The group of each row, shape (rows,), and the group that each group is a part of, -1 for none, shape (groups,).

    The rows of a group have one id.
    """

    group: Ints
    parent: Ints

    def sums(self, amounts: Floats, slack: float) -> OutlineSums:
        """Compare the money of the rows with that of their parts.

        ``slack`` is how far a sum may be from its parts for each of them: half of the last digit shown.
        """
        count, inside = len(self.parent), self.parent >= 0
        own = np.bincount(self.group, weights=amounts, minlength=count).astype(np.float64)
        sizes = np.bincount(self.parent[inside], minlength=count)
        parts, whole = np.zeros(count), own
        for _ in range(_DEEPEST):
            # what has no amount of its own stands for the sum of its parts
            parts = np.bincount(self.parent[inside], weights=whole[inside], minlength=count).astype(np.float64)
            whole = np.where((own == 0) & (sizes > 0), parts, own)
        equal = np.abs(parts - own) <= slack * sizes + 1e-9 * np.abs(parts)
        has_parts, several = (sizes > 0)[self.group], (sizes > 1)[self.group]
        return OutlineSums(has_parts, has_parts & equal[self.group], several, parts[self.group], own[self.group])


def by_parents(ids: Sequence[str], above: Sequence[str]) -> RowTree | None:
    """Return which rows are parts of others by a column of ids and one of the ids of their parents; None if none is."""
    of_id = dict(zip(ids, above, strict=True))
    if len(set(zip(ids, above, strict=True))) > len(of_id):
        return None
    place = {name: at for at, name in enumerate(of_id)}
    parent = [place.get(name, -1) if name != own else -1 for own, name in of_id.items()]
    return _tree([place[name] for name in ids], parent)


def by_codes(codes: Sequence[str]) -> RowTree | None:
    """Return which rows are parts of others because their codes begin with those, such as 1.2.01 with 1.2."""
    place = {code: at for at, code in enumerate(dict.fromkeys(codes))}
    if not all(code and code[0].isdigit() for code in place):
        return None
    parent = []
    for code in place:
        shorter = (code[:end].rstrip(".-/ ") for end in range(min(len(code), _LONGEST_CODE) - 1, 0, -1))
        parent.append(next((place[text] for text in shorter if text in place and text != code), -1))
    return _tree([place[code] for code in codes], parent)


def by_levels(levels: Sequence[int]) -> RowTree | None:
    """Return which rows are parts of the next row above that has a lower level."""
    parent, open_rows = [], list[int]()
    for row, level in enumerate(levels):
        while open_rows and levels[open_rows[-1]] >= level:
            open_rows.pop()
        parent.append(open_rows[-1] if open_rows else -1)
        open_rows.append(row)
    return _tree(range(len(parent)), parent)


def _tree(group: Sequence[int], parent: Sequence[int]) -> RowTree | None:
    found = np.asarray(parent, dtype=np.int64)
    return RowTree(np.asarray(group, dtype=np.int64), found) if (found >= 0).any() else None


def run_sums(amounts: Floats, kind: Bools, slack: float) -> int:
    """Return how many rows of a kind hold the sum of several other rows, right below each or right above.

    It is 0 where any of them holds no such sum.
    """
    return max(_runs(amounts[order], kind[order], slack) for order in (slice(None), slice(None, None, -1)))


def _runs(amounts: Floats, kind: Bools, slack: float) -> int:
    ahead = np.concatenate(([0.0], np.cumsum(np.where(kind, 0.0, amounts))))
    count = np.concatenate(([0], np.cumsum(~kind)))
    of_several = 0
    for row in np.flatnonzero(kind & (amounts != 0)).tolist():
        sums, sizes = ahead[row + 2 :] - ahead[row + 1], count[row + 2 :] - count[row + 1]
        equal = np.flatnonzero((np.abs(sums - amounts[row]) <= slack * sizes + 1e-9 * np.abs(sums)) & (sizes > 0))
        if not len(equal):
            return 0
        of_several += int(sizes[equal[0]]) > 1
    return of_several


def last_is_sum(amounts: Floats, slack: float) -> bool:
    """Return whether the last row is the sum of all others, which are three or more."""
    rest = float(amounts[:-1].sum())
    if len(amounts) < _FEWEST or not amounts[-1]:
        return False
    # what rounding leaves is small beside the sum, however many rows have little
    left = max(slack, min(slack * len(amounts), _LEFT * abs(rest)))
    return abs(float(amounts[-1]) - rest) <= left + 1e-9 * abs(rest)


def is_no_chance(name: str, count: int) -> bool:
    """Return whether the name of a last row that is the sum of the others, or their number, tells it from chance."""
    return count >= _SURELY or _WHOLE.search(name) is not None


@dataclass(frozen=True)
class RunOutline:
    """Rows that are the sums of the rows right below each, or right above; every array has the shape (rows,).

    ``heads`` are these sums, ``inside`` they and their parts, ``several`` how many heads have two parts or more.
    """

    heads: Bools
    inside: Bools
    several: int
    is_below: bool

    @property
    def is_whole(self) -> bool:
        """Whether every row is a sum or belongs to one, and two sums have several rows: chance makes no table so."""
        return bool(self.inside.all()) and self.several > 1

    def is_most_of(self, amounts: Floats) -> bool:
        """Whether half of the rows with an amount are sums or belong to one, and two sums have several rows."""
        return self.several > 1 and 2 * int(self.inside[amounts != 0].sum()) >= int((amounts != 0).sum())

    def is_proved(self, amounts: Floats, totals: Floats, slack: float) -> bool:
        """Whether one of the totals is the sum of the rows without the heads, and none that of all rows."""
        allowed = slack * len(amounts)
        alone, together = float(amounts[~self.heads].sum()), float(amounts.sum())
        return bool(self.heads.any()) and is_among(totals, alone, allowed) and not is_among(totals, together, allowed)


def is_among(totals: Floats, amount: float, allowed: float) -> bool:
    """Return whether one of some totals is an amount, but for what is allowed between them."""
    return bool((np.abs(totals - amount) <= allowed + 1e-9 * abs(amount)).any())


def run_outlines(amounts: Floats, slack: float) -> Iterator[RunOutline]:
    """Yield the ways in which rows are the sums of those that follow each, or precede each; others stand alone.

    In the first two a sum may have one part, in the others it has several.
    """
    for fewest in (1, 2):
        for is_below, order in ((True, slice(None)), (False, slice(None, None, -1))):
            heads, inside, several = _heads(amounts[order], slack, fewest)
            yield RunOutline(heads[order], inside[order], several, is_below)


def _heads(amounts: Floats, slack: float, fewest: int) -> tuple[Bools, Bools, int]:
    """Return the sums of so many rows right below each or more, they and their parts, and how many have several."""
    heads, inside = np.zeros((2, len(amounts)), dtype=bool)
    ahead = np.concatenate(([0.0], np.cumsum(amounts)))
    row, several = 0, 0
    while row < len(amounts):
        sums = ahead[row + 1 + fewest :] - ahead[row + 1]
        allowed = slack * np.arange(fewest, len(sums) + fewest) + 1e-9 * np.abs(sums)
        equal = np.flatnonzero((np.abs(sums - amounts[row]) <= allowed) & (sums != 0))
        if not len(equal):
            if len(amounts) > _MOST_ROWS:
                break  # so many rows are a ledger, of which every row would have to be compared with all others
            row += 1
            continue
        size = int(equal[0]) + fewest
        # rows without an amount belong to the group that they stand in
        while row + size + 1 < len(amounts) and amounts[row + size + 1] == 0:
            size += 1
        heads[row], inside[row : row + size + 1] = True, True
        several += size > 1
        row += size + 1
    return heads, inside, several
