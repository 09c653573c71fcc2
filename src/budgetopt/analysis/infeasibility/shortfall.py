"""The sum behind a conflict: what is asked for, beside what there is, where one sum is all there is to it.

The limits of a conflict are kept, all others are suspended. Then the money of the funds, or one limit after the other,
may be missed, and the least by which it is missed is the difference of the two figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.infeasibility.contradictions import Conflict
from budgetopt.analysis.infeasibility.elastic import with_slacks
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.formulation.linear_program import Floats, Ints
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus, Solution
from budgetopt.solvers.highs import LiveModel

__all__ = ["Shortfall", "lacks_money", "shortfall_of"]

MOST_ROWS = 60
"""Of no more rows of a limit than so many it is asked by how much they are missed."""
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One sum that does not come out: what is asked for and what there is, in dollars or the limit's own unit.

    Parameters
    ----------
    limit, part
        The limit that is missed, and the group that it is missed for; None and empty for the money of funds.
    is_floor
        Whether the limit asks for more than is possible, and not allows less than is asked for.
    funds, periods
        The funds whose money it is, empty for a limit; the first and the last period that count, empty for all.
    """

    limit: Limit | None
    part: str
    is_floor: bool
    funds: tuple[str, ...]
    periods: tuple[str, ...]
    asked: float
    available: float


def lacks_money(scenario: Scenario, conflict: Conflict) -> bool:
    """Return whether the limits of a conflict fit together if every fund has as much money as they ask for."""
    problem = _only(scenario, conflict)
    rows = np.concatenate([block.positions for block in problem.row_labels.of_kind("fund balance")])
    return _missed(problem, rows).primal is PointStatus.FEASIBLE


def shortfall_of(scenario: Scenario, conflict: Conflict) -> Shortfall | None:
    """Return the sum that does not come out in a conflict; None if it is not one plain sum."""
    # all-or-nothing decisions may be taken in part: what that already rules out is a sum
    problem = _only(scenario, conflict).relaxed()
    if _missed(problem, np.empty(0, dtype=np.int64)).primal is PointStatus.FEASIBLE:
        return None
    sums = [limit for limit in conflict.demands if limit.is_linear and not limit.of_each_program]
    others, in_dollars = ([limit for limit in sums if limit.in_dollars is dollars] for dollars in (False, True))
    several = len(others) > 1 and all(limit.kind != "resource" for limit in others)
    found = (_of_money(scenario, problem) if several else None) or _of_limits(scenario, problem, others)
    return found or _of_money(scenario, problem) or _of_limits(scenario, problem, in_dollars)


def _only(scenario: Scenario, conflict: Conflict) -> LinearProgram:
    """Return the problem in which of all limits only those of a conflict hold."""
    suspended = {limit.provision for limit in scenario.limits.demands()} - set(conflict.provisions)
    return formulate(scenario, suspended=suspended).linear_program


def _missed(problem: LinearProgram, rows: Ints, counts: Floats | float = 1.0) -> Solution:
    """Solve for the least by which some rows are missed, on either side; ``counts`` says how much each counts."""
    count = len(rows)
    slack, sign = np.arange(2 * count), np.repeat((1.0, -1.0), count)
    cost = np.broadcast_to(counts, (2, count)).ravel()
    return LiveModel(with_slacks(problem, np.concatenate((rows, rows)), slack, sign, cost)).solve()


def _of_money(scenario: Scenario, problem: LinearProgram) -> Shortfall | None:
    blocks = list(problem.row_labels.of_kind("fund balance"))
    rows = np.concatenate([block.positions for block in blocks])
    fund, period = (np.concatenate([block.keys[key] for block in blocks]) for key in ("fund", "period"))
    for last in range(len(scenario.periods)):
        # the first period by which money is short; what comes after it costs nothing
        answer = _missed(problem, rows, (period <= last).astype(float))
        if answer.row_dual is None:
            return None
        if answer.objective > _LEAST:
            break
    else:
        return None
    # a dual of -1: one more dollar here is one less that is missing
    worth = -answer.row_dual[rows]
    counts = worth > 0.5
    if np.abs(worth - counts).max() > _LEAST:
        return None
    grid = np.zeros((len(scenario.funds), len(scenario.periods)), dtype=bool)
    grid[fund, period] = counts
    funds, periods = (np.flatnonzero(grid.any(axis=axis)) for axis in (1, 0))
    if not grid[np.ix_(funds, np.arange(periods[0], periods[-1] + 1))].all():
        return None
    available = float(problem.row_lower[rows[counts]].sum()) + _received(problem, answer)
    names = tuple(np.array(list(scenario.funds), dtype=object)[funds].tolist())
    window = (scenario.periods[periods[0]], scenario.periods[periods[-1]])
    return Shortfall(None, "", False, names, window, round(available + answer.objective, 2), round(available, 2))


def _received(problem: LinearProgram, answer: Solution) -> float:
    """Return what transfers at their ceilings bring to the funds that are short of money; dollars."""
    assert answer.row_dual is not None
    at = np.concatenate([np.empty(0, np.int64), *(block.positions for block in problem.row_labels.of_kind("transfer"))])
    most, worth = problem.row_upper[at], -answer.row_dual[at]
    at_ceiling = worth > _LEAST
    return float(worth[at_ceiling] @ most[at_ceiling])


def _of_limits(scenario: Scenario, problem: LinearProgram, limits: Sequence[Limit]) -> Shortfall | None:
    """Return what is short of one limit after the other: a ceiling that is exceeded, or else a floor out of reach."""
    found = [one for limit in limits if (one := _of_limit(scenario, problem, limit)) is not None]
    return min(found, key=lambda one: one.is_floor, default=None)


def _of_limit(scenario: Scenario, problem: LinearProgram, limit: Limit) -> Shortfall | None:
    rows = list(_rows_of(problem, scenario.limits.position(limit.provision)))
    for row, period, part in rows[:MOST_ROWS]:
        lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
        others = [other for other, _, _ in rows if other != row]
        lower[others], upper[others] = -np.inf, np.inf
        answer = _missed(replace(problem, row_lower=lower, row_upper=upper), np.array([row]))
        if answer.primal is not PointStatus.FEASIBLE or answer.x is None or answer.objective <= _LEAST:
            continue
        under, over = answer.x[-2:].tolist()
        is_floor = under > over
        when = scenario.periods[period] if period >= 0 else ""
        figure = _figure(limit, is_floor, when, float((lower if is_floor else upper)[row]))
        if figure is None:
            return None
        other = round(figure + over - under, 2 if limit.in_dollars else 6)
        if limit.unit == "programs" and abs(other - round(other)) > _LEAST:
            return None
        asked, available = (figure, other) if is_floor else (other, figure)
        name = limit.parts[part] if 0 <= part < len(limit.parts) else ""
        return Shortfall(limit, name, is_floor, (), (when, when) if when else (), asked, available)
    return None


def _rows_of(problem: LinearProgram, position: int) -> Iterator[tuple[int, int, int]]:
    """Yield the rows of a limit, each with its period (-1 for all of them together) and its part (-1 for none)."""
    for block in problem.row_labels.blocks:
        if block.limit is not None and "period" in block.keys:
            for at in np.flatnonzero(block.limit == position).tolist():
                yield block.start + at, int(block.keys["period"][at]), -1 if block.part is None else int(block.part[at])


def _figure(limit: Limit, is_floor: bool, period: str, bound: float) -> float | None:
    """Return the figure of a limit in a period, or in all of them; None if it is no amount.

    A share of what the plan decides stands in the matrix, and the bound of its row is zero.
    """
    if limit.is_switch:
        return bound
    senses = ("equals", "at least" if is_floor else "at most")
    number = next((one for one in limit.numbers if one.sense in senses), None)
    value = None if number is None else number.in_period(period)
    if number is None or value is None or number.measure != "value" or number.counts_units:
        return None
    if number.is_share(value):
        return bound if limit.in_dollars and bound else None
    return float(value)
