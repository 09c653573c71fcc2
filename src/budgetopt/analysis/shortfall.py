"""The sum behind a conflict: what is asked for, beside what there is, where one sum is all there is to it.

The limits of a conflict are kept, all others are suspended. Then the money of the funds, or one limit after the other,
may be missed, and the least by which it is missed is the difference of the two figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.analysis.contradictions import Conflict
from budgetopt.formulation import LinearProgram, Matrix, Provision, Stage, formulate, provisions_of
from budgetopt.formulation.linear_program import Floats, Ints
from budgetopt.scenario.model import CountRule, SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus, Solution
from budgetopt.solvers.highs import LiveModel

__all__ = ["Shortfall", "shortfall_of"]

FIRST, LAST = ("target", "resource"), ("structural balance", "fund spending", "rule")
"""The kinds of limits whose own figure says more than the money, and those that are asked after it."""
MOST_ROWS = 60
"""Of no more rows of a limit than so many it is asked by how much they are missed."""
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One sum that does not come out.

    Parameters
    ----------
    limit
        The limit that is missed; None for the money of funds.
    is_floor
        Whether the limit asks for more than is possible, and not allows less than is asked for.
    funds
        The funds whose money it is; empty for a limit.
    periods
        The first and the last period that count; empty for all periods together.
    asked, available
        What is asked for, and what there is; dollars, or the limit's own unit.
    unit
        The unit of both; empty for dollars.
    """

    limit: Provision | None
    is_floor: bool
    funds: tuple[str, ...]
    periods: tuple[str, ...]
    asked: float
    available: float
    unit: str = ""


def shortfall_of(scenario: Scenario, conflict: Conflict) -> Shortfall | None:
    """Return the sum that does not come out in a conflict; None if it is not one plain sum."""
    kept = set(conflict.provisions)
    suspended = {provision for provision, _, _ in provisions_of(scenario)} - kept
    problem = formulate(scenario, suspended=suspended).linear_program
    # all-or-nothing decisions may be taken in part: what that already rules out is a sum
    problem = replace(problem, integer=np.zeros(problem.columns, dtype=bool))
    if _missed(problem, np.empty(0, dtype=np.int64)).primal is PointStatus.FEASIBLE:
        return None
    first = [item for item in conflict.provisions if item.kind in FIRST or _unit_of(scenario, item)]
    last = [item for item in conflict.provisions if item.kind in LAST and item not in first]
    return _of_limits(scenario, problem, first) or _of_money(scenario, problem) or _of_limits(scenario, problem, last)


def _missed(problem: LinearProgram, rows: Ints, counts: Floats | float = 1.0) -> Solution:
    """Solve for the least by which some rows are missed, on either side; ``counts`` says how much each counts."""
    more = 2 * len(rows)
    cost = np.broadcast_to(counts, (2, len(rows))).ravel()
    matrix, none = problem.matrix, np.zeros(problem.columns)
    starts = np.concatenate((matrix.starts, matrix.starts[-1] + 1 + np.arange(more)))
    value = np.concatenate((matrix.value, np.ones(len(rows)), -np.ones(len(rows))))
    wider = replace(
        problem,
        matrix=Matrix(matrix.rows, matrix.columns + more, starts, np.concatenate((matrix.index, rows, rows)), value),
        lower=np.concatenate((problem.lower, np.zeros(more))),
        upper=np.concatenate((problem.upper, np.full(more, np.inf))),
        integer=np.zeros(problem.columns + more, dtype=bool),
        stages=(Stage("least missed", np.concatenate((none, cost)), maximize=False),),
        tie_break=None,
    )
    return LiveModel(wider).solve()


def _of_money(scenario: Scenario, problem: LinearProgram) -> Shortfall | None:
    blocks = list(problem.row_labels.of_kind("fund balance"))
    rows = np.concatenate([block.positions for block in blocks])
    fund, period = (np.concatenate([block.keys[key] for block in blocks]) for key in ("fund", "period"))
    for last in range(len(scenario.periods)):
        # the first period by which money is short; what comes after it costs nothing
        answer = _missed(problem, rows, (period <= last).astype(float))
        if answer.primal is not PointStatus.FEASIBLE or answer.row_dual is None:
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
    return Shortfall(None, False, names, window, round(available + answer.objective, 2), round(available, 2))


def _received(problem: LinearProgram, answer: Solution) -> float:
    """Return what transfers at their ceilings bring to the funds that are short of money; dollars."""
    assert answer.x is not None
    assert answer.reduced_cost is not None
    moved = [block.positions for block in problem.column_labels.of_kind("transfer")]
    at = np.concatenate([np.empty(0, dtype=np.int64), *moved])
    return float(-np.minimum(answer.reduced_cost[at], 0.0) @ answer.x[at])


def _of_limits(scenario: Scenario, problem: LinearProgram, limits: Sequence[Provision]) -> Shortfall | None:
    """Return what is short of one limit after the other: a ceiling that is exceeded, or else a floor out of reach."""
    found = [one for limit in limits if (one := _of_limit(scenario, problem, limit)) is not None]
    return min(found, key=lambda one: one.is_floor, default=None)


def _of_limit(scenario: Scenario, problem: LinearProgram, limit: Provision) -> Shortfall | None:
    rows = list(_rows_of(problem, limit))
    for row, period in rows:
        lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
        others = [other for other, _ in rows if other != row]
        lower[others], upper[others] = -np.inf, np.inf
        answer = _missed(replace(problem, row_lower=lower, row_upper=upper), np.array([row]))
        if answer.primal is not PointStatus.FEASIBLE or answer.x is None or answer.objective <= _LEAST:
            continue
        under, over = answer.x[-2:].tolist()
        is_floor = under > over
        figure = _figure(scenario, limit, is_floor, period, float((lower if is_floor else upper)[row]))
        unit = _unit_of(scenario, limit)
        if figure is None or not np.isfinite(figure):
            return None
        other = round(figure + over - under, 6 if unit else 2)
        if unit == "programs" and abs(other - round(other)) > _LEAST:
            return None
        periods = () if period < 0 else (scenario.periods[period],) * 2
        asked, available = (figure, other) if is_floor else (other, figure)
        return Shortfall(limit, is_floor, (), periods, asked, available, unit)
    return None


def _rows_of(problem: LinearProgram, limit: Provision) -> Iterator[tuple[int, int]]:
    """Yield the rows of a limit, each with its period: -1 for all periods together."""
    labels, count = problem.row_labels, 0
    for block in labels.of_kind(limit.kind):
        key = block.kind if block.kind in block.keys else "fund"
        for at in np.flatnonzero(np.array(labels.names[key])[block.keys[key]] == limit.name).tolist():
            count += 1
            if count <= MOST_ROWS:
                yield block.start + at, int(block.keys["period"][at])


def _figure(scenario: Scenario, limit: Provision, is_floor: bool, period: int, own: float) -> float | None:
    """Return the limit's own figure, which a row has less what outcomes are without any spending."""
    key = "at_least" if is_floor else "at_most"
    if limit.kind == "resource":
        said, each = scenario.resources[limit.name].capacity, ""
    elif limit.kind == "target":
        target = scenario.outcomes[limit.name].target
        said, each = getattr(target, key), getattr(target, "each", "")
    elif limit.kind == "rule":
        rule = _rule(scenario, limit)
        if isinstance(rule, CountRule) or (isinstance(rule, SumRule) and rule.sum == "spending" and _is_fixed(rule)):
            return own
        if not isinstance(rule, SumRule) or rule.of is not None or rule.by is not None:
            return None
        said, each = getattr(rule, key) if rule.equals is None else rule.equals, rule.each
    else:
        return own
    values: Floats = scenario.per_period(said, np.nan)
    return float(values[max(period, 0)]) if period >= 0 or each == "total" else None


def _is_fixed(rule: SumRule) -> bool:
    return rule.of in (None, "baseline", "revenue")


def _rule(scenario: Scenario, limit: Provision) -> object:
    return next(rule for rule in scenario.rules if rule.name == limit.name)


def _unit_of(scenario: Scenario, limit: Provision) -> str:
    """Return the unit of a limit; empty for dollars, and for what is no sum."""
    if limit.kind == "resource":
        return scenario.resources[limit.name].unit or "units"
    name = limit.name if limit.kind == "target" else ""
    if limit.kind == "rule":
        rule = _rule(scenario, limit)
        if isinstance(rule, CountRule):
            return "programs"
        what, _, name = rule.sum.partition(" ") if isinstance(rule, SumRule) else ("", "", "")
        if what == "resource":
            return scenario.resources[name.strip()].unit or "units"
    return (scenario.outcomes[name.strip()].unit or "units") if name.strip() else ""
