"""Cuts made even: of the plans with the smallest largest cut those with the smallest next largest one, and so on.

Each round minimizes the largest cut among the groups that are still open. A group whose row has a dual loses just that
share in every plan that is best so far (complementary slackness), and is closed at it; the others may lose less. Where
no limit makes a difference between programs, all that the same money pays for lose the same share.
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
    Matrix,
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
        closed |= has_it
        least = np.where(has_it, spent, least)
    return _with_cuts(lp, groups, closed, least, last=True), x


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
    count, open_ = len(closed), np.flatnonzero(~closed)
    rows, matrix = lp.rows + np.arange(count), lp.matrix
    cut = (rows[open_], np.full(len(open_), lp.columns), groups.reference[open_])
    own = (matrix.index, matrix.column_of_entry(), matrix.value)
    spent = (rows[groups.group], groups.column, groups.weight)
    row, column, value = (np.concatenate(parts) for parts in zip(own, spent, *([] if last else [cut]), strict=True))
    columns, more = lp.columns + (not last), np.zeros(int(not last))
    lower = least if last else np.where(closed, least, groups.reference)
    return replace(
        lp,
        matrix=Matrix.from_triplets(lp.rows + count, columns, row, column, value),
        row_lower=np.concatenate((lp.row_lower, lower)),
        row_upper=np.concatenate((lp.row_upper, np.where(closed, least, np.inf))),
        lower=np.concatenate((lp.lower, more)),
        upper=np.concatenate((lp.upper, more + np.inf)),
        integer=np.concatenate((lp.integer, more > 0)),
        stages=(),
        column_labels=Labels((*lp.column_labels.blocks, *([] if last else [Block("cut", lp.columns, columns)]))),
        row_labels=Labels((*lp.row_labels.blocks, Block("cut", lp.rows, lp.rows + count))),
        tie_break=None,
    )
