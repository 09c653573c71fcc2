"""Cuts made even: of the plans with the smallest largest cut those with the smallest next largest one, and so on.

Each round minimizes the largest cut among the groups that are still open. A group whose row has a dual loses just that
share in every plan that is best so far (complementary slackness), and is closed at it. So is every other group that
loses it and can lose no less: the groups of a set that together can gain nothing can gain nothing one by one. Where no
limit makes a difference between programs, all that the same money pays for lose the same share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.formulation.linear_program import (
    Block,
    Bools,
    Floats,
    Ints,
    Labels,
    LinearProgram,
    Stage,
    TieBreak,
    total_by,
)
from budgetopt.solvers.solution import Solution, Termination

__all__ = ["with_even_cuts"]

MOST_ROUNDS = 200
SHARE_OF_THE_CUT = 1e-9
"""From this part of the price of the largest cut on a group is one that has it."""
NO_CUT = 1e-9
SAME_CUT = 1e-9
"""Cuts that differ by less are the same, as shares."""
MOST_GAIN = 1e-3
"""No group is asked to gain more: what is to be shared goes to as many as can have it, and not to a few."""
NO_GAIN = 1e-7
"""A group that could have so little more of what it is cut from has all that it can have."""


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups that may be cut: what each is cut from, and its members in the positions of these groups."""

    reference: Floats
    group: Ints
    column: Ints
    weight: Floats

    def spending(self, x: Floats) -> Floats:
        return total_by(self.group, self.weight * x[self.column], len(self.reference))


def with_even_cuts(
    lp: LinearProgram, x: Floats, rule: TieBreak, solve: Callable[[LinearProgram, Stage], Solution]
) -> tuple[LinearProgram, Floats]:
    """Return a linear program left with the plans whose cuts are as even as they can be, and one of these plans.

    Parameters
    ----------
    lp
        The plans that are best for the objectives.
    x
        One of them; shape (columns,).
    rule
        The groups, and what each is cut from.
    solve
        Solves one objective over a problem.
    """
    groups = _groups_of(rule)
    count = len(groups.reference)
    closed, least = np.zeros(count, dtype=bool), np.full(count, -np.inf)
    for _ in range(MOST_ROUNDS):
        if closed.all():
            break
        problem = _with_cuts(lp, groups, closed, least)
        cost = np.zeros(problem.columns)
        cost[lp.columns] = 1.0
        answer = solve(problem, Stage("next largest cut", cost, maximize=False))
        if answer.termination is not Termination.OPTIMAL or answer.x is None or answer.row_dual is None:
            break
        x = answer.x[: lp.columns]
        spent, cut = groups.spending(answer.x), answer.x[lp.columns]
        if cut <= NO_CUT:
            least = np.where(closed, least, np.minimum(groups.reference, spent))
            break
        has_it = ~closed & (answer.row_dual[lp.rows :] * groups.reference > SHARE_OF_THE_CUT)
        if not has_it.any():
            break
        has_cut = ~closed & (spent <= groups.reference * (1.0 - cut + SAME_CUT))
        stuck = _stuck(
            lp, groups, np.where(closed, least, (1.0 - cut) * groups.reference), (closed, has_it, has_cut), solve
        )
        closed |= stuck
        least = np.where(stuck, spent, least)
    return _with_cuts(lp, groups, closed, least, last=True), x


def _stuck(
    lp: LinearProgram,
    groups: _Groups,
    least: Floats,
    sets: tuple[Bools, Bools, Bools],
    solve: Callable[[LinearProgram, Stage], Solution],
) -> Bools:
    """Return the groups with the largest cut in every plan in which no open group has a larger one; shape (groups,).

    ``least`` is what each group has then; ``sets`` are the groups that are closed, those that are known to have this
    cut in every plan, and all open ones that have it in the plan at hand.
    """
    closed, known, candidates = sets
    while (candidates & ~known).any():
        problem, gain = _with_gains(lp, groups, closed, least, candidates)
        cost = np.zeros(problem.columns)
        cost[gain] = 1.0
        answer = solve(problem, Stage("gains beyond the largest cut", cost, maximize=True))
        if answer.termination is not Termination.OPTIMAL or answer.x is None:
            return known
        more = np.zeros(len(closed))
        more[candidates] = answer.x[gain]
        gains = candidates & (more > NO_GAIN) & ~known
        if not gains.any():
            break
        candidates &= ~gains
    return candidates | known


def _with_gains(
    lp: LinearProgram, groups: _Groups, closed: Bools, least: Floats, candidates: Bools
) -> tuple[LinearProgram, Ints]:
    """Return the problem in which groups have at least so much, and columns for what candidates have beyond it.

    Gains are small shares of what the groups are cut from.
    """
    wanted = np.flatnonzero(candidates)
    gain = lp.columns + np.arange(len(wanted))
    entries = (wanted, gain, -groups.reference[wanted])
    upper = np.where(closed, least, np.inf)
    return _with_rows(
        lp, groups, least, upper, Block("gain", lp.columns, lp.columns + len(wanted)), entries, MOST_GAIN
    ), gain


def _groups_of(rule: TieBreak) -> _Groups:
    """Return the groups that have something to be cut."""
    cut = np.flatnonzero(np.nan_to_num(rule.reference) > 0)
    place = np.full(len(rule.reference), -1, dtype=np.int64)
    place[cut] = np.arange(len(cut))
    mine = place[rule.group] >= 0
    return _Groups(rule.reference[cut], place[rule.group[mine]], rule.column[mine], rule.weight[mine])


def _with_cuts(
    lp: LinearProgram, groups: _Groups, closed: Bools, least: Floats, *, last: bool = False
) -> LinearProgram:
    """Return the problem with a row for each group: held where it is closed, and else no less than the cut leaves.

    The cut is one more column; with ``last`` there is none, and what the open groups have at least is ``least``.
    """
    open_ = np.zeros(0, dtype=np.int64) if last else np.flatnonzero(~closed)
    entries = (open_, np.full(len(open_), lp.columns), groups.reference[open_])
    lower, upper = least if last else np.where(closed, least, groups.reference), np.where(closed, least, np.inf)
    return _with_rows(lp, groups, lower, upper, Block("cut", lp.columns, lp.columns + (not last)), entries, np.inf)


def _with_rows(
    lp: LinearProgram,
    groups: _Groups,
    lower: Floats,
    upper: Floats,
    more: Block,
    entries: tuple[Ints, Ints, Floats],
    most: float,
) -> LinearProgram:
    """Return the problem with a row for what each group has, between limits, and more columns from 0 to ``most``.

    ``entries`` of these columns in the new rows: positions of groups, columns, values.
    """
    count, added = len(groups.reference), more.stop - more.start
    rows = lp.rows + np.arange(count)
    members = (rows[groups.group], groups.column, groups.weight)
    return replace(
        lp,
        matrix=lp.matrix.extended(count, added, members, (rows[entries[0]], *entries[1:])),
        row_lower=np.concatenate((lp.row_lower, lower)),
        row_upper=np.concatenate((lp.row_upper, upper)),
        lower=np.concatenate((lp.lower, np.zeros(added))),
        upper=np.concatenate((lp.upper, np.full(added, most))),
        integer=np.concatenate((lp.integer, np.zeros(added, dtype=bool))),
        stages=(),
        column_labels=Labels((*lp.column_labels.blocks, *([more] if added else []))),
        row_labels=Labels((*lp.row_labels.blocks, Block("cut", lp.rows, lp.rows + count))),
        tie_break=None,
    )
