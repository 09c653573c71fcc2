"""The recurring revenue that alone would do: where recurring spending must be paid from it, one-time money does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from budgetopt.analysis.infeasibility.amending import outward
from budgetopt.analysis.infeasibility.cheapest import LEAST, TIME_LIMIT
from budgetopt.analysis.infeasibility.elastic import money_of, with_slacks
from budgetopt.analysis.infeasibility.repair import Amendment, Repair
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.formulation import Formulation, LinearProgram
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options
from budgetopt.solvers.highs import LiveModel

__all__ = ["more_recurring_revenue", "with_more_revenue"]

KEY = "revenue"


def more_recurring_revenue(scenario: Scenario, limit: Limit) -> Iterator[Repair]:
    """Yield the repair that finds the least recurring revenue for a fund, of whose money the limit is, if any does."""
    if not any(number.key == KEY for number in limit.numbers):
        return
    found = with_more_revenue(whole(scenario), scenario, [limit.name])
    if found is None:
        return
    wider, periods, had = found, len(scenario.periods), scenario.revenue(limit.name)
    answer = LiveModel(wider, Options(time_limit=TIME_LIMIT)).solve()
    if answer.x is None:
        return
    more = answer.x[-periods:]
    after = {
        name: _raised(float(now), float(add)) if add > LEAST else float(now)
        for name, now, add in zip(scenario.periods, had, more, strict=True)
    }
    before = next(number.value for number in limit.numbers if number.key == KEY)
    yield Repair(float(more.sum()), (Amendment(limit, f"funds[{limit.name}].{KEY}", before, after),))


def _raised(now: float, add: float) -> float:
    """Return revenue with more of it, to the cent, and with more digits below ten."""
    digits = 6 if now + add < 10 else 2  # no mutant: ten itself has no digits after the point
    return outward(now + add, up=True, digits=digits)


def with_more_revenue(formulation: Formulation, scenario: Scenario, funds: Sequence[str]) -> LinearProgram | None:
    """Return a problem with more columns, for dollars of recurring revenue that funds get in addition.

    There is one for each fund and period, in this order; their sum is minimized. What follows revenue, such as
    structural balance and a reserve that is a share of it, moves with it. None where entries stand elsewhere then.

    Parameters
    ----------
    formulation
        The whole scenario, all columns kept.
    """
    base, periods = formulation.linear_program, len(scenario.periods)
    more = {fund: scenario.revenue(fund) + 10 * money_of(scenario) for fund in funds}
    rich = _with_revenue(scenario, more)
    if not _is_alike(base, rich):
        return None
    # what bounds payments at most, in columns and in rows of integer decisions, follows the money of the fund
    differs = np.zeros(base.rows, dtype=bool)
    differs[base.matrix.index[base.matrix.value != rich.matrix.value]] = True
    limits = {name: np.where(differs, getattr(rich, name), getattr(base, name)) for name in ("row_lower", "row_upper")}
    problem = replace(base, matrix=rich.matrix, upper=np.maximum(base.upper, rich.upper), **limits)
    rows, at, values = list[Ints](), list[Ints](), list[Floats]()
    for column, (fund, period) in enumerate(product(funds, range(periods))):
        dollar = _with_revenue(scenario, {fund: scenario.revenue(fund) + np.eye(periods)[period]})
        if not _is_alike(base, dollar):
            return None
        side = np.where(np.isfinite(base.row_lower), "row_lower", "row_upper")
        moves = np.zeros(base.rows)
        for name in ("row_lower", "row_upper"):
            mine = np.flatnonzero((side == name) & np.isfinite(getattr(base, name)) & ~differs)
            moves[mine] = getattr(dollar, name)[mine] - getattr(base, name)[mine]
        # limits are of the size of all the money, whose last digits are no dollars
        row = np.flatnonzero(np.abs(moves) > 1e-6)
        rows.append(row)
        at.append(np.full(len(row), column))
        values.append(-moves[row])
    parts = (np.concatenate(rows), np.concatenate(at), np.concatenate(values).round(6))
    return with_slacks(problem, *parts, np.ones(len(funds) * periods))


def _is_alike(one: LinearProgram, other: LinearProgram) -> bool:
    """Return whether two problems have the same columns and rows, and entries in the same places."""
    if (one.rows, one.columns) != (other.rows, other.columns) or not np.array_equal(one.integer, other.integer):
        return False
    pairs = ((getattr(one.matrix, name), getattr(other.matrix, name)) for name in ("starts", "index"))
    return all(np.array_equal(*pair) for pair in pairs)


def _with_revenue(scenario: Scenario, amounts: Mapping[str, Floats]) -> LinearProgram:
    said = {fund: dict(zip(scenario.periods, each.tolist(), strict=True)) for fund, each in amounts.items()}
    return whole(scenario.with_(*((f"funds[{fund}].{KEY}", each) for fund, each in said.items()))).linear_program
