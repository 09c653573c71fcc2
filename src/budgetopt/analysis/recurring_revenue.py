"""The recurring revenue that alone would do: where recurring spending must be paid from it, one-time money does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from budgetopt.analysis.alterations import whole
from budgetopt.analysis.amending import outward
from budgetopt.analysis.cheapest import LEAST, TIME_LIMIT
from budgetopt.analysis.elastic import money_of, with_slacks
from budgetopt.analysis.repair import Amendment, Repair
from budgetopt.formulation import LinearProgram
from budgetopt.formulation.directions import between
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options
from budgetopt.solvers.highs import LiveModel

__all__ = ["more_recurring_revenue"]

KEY = "revenue"


def more_recurring_revenue(scenario: Scenario, limit: Limit) -> Iterator[Repair]:
    """Yield the repair that finds the least recurring revenue for a fund, of whose money the limit is, if any does."""
    if not any(number.key == KEY for number in limit.numbers):
        return
    fund, periods = limit.name, len(scenario.periods)
    had = scenario.revenue(fund)

    def with_revenue(amounts: Floats) -> LinearProgram:
        said = dict(zip(scenario.periods, amounts.tolist(), strict=True))
        return whole(scenario.with_((f"funds[{fund}].{KEY}", said))).linear_program

    problem, much = with_revenue(had), with_revenue(had + 10 * money_of(scenario))
    rows, columns, values = [], [], []
    for period in range(periods):
        direction = between(problem, with_revenue(had + np.eye(periods)[period]), 1.0)
        if direction is None or direction.moves_matrix:
            return
        moves = np.where(np.isfinite(problem.row_lower), direction.row_lower, direction.row_upper)
        row = np.flatnonzero(moves)
        rows.append(row)
        columns.append(np.full(len(row), period))
        values.append(-moves[row])
    if (problem.rows, problem.columns) != (much.rows, much.columns):
        return
    # what one fund can pay at most follows its money
    open_wide = replace(problem, upper=much.upper)
    cost = np.ones(periods)
    wider = with_slacks(open_wide, np.concatenate(rows), np.concatenate(columns), np.concatenate(values), cost)
    answer = LiveModel(wider, Options(time_limit=TIME_LIMIT)).solve()
    if answer.x is None:
        return
    more = answer.x[-periods:]
    after = {
        name: outward(float(now + add), up=True, digits=6 if now + add < 10 else 2) if add > LEAST else float(now)
        for name, now, add in zip(scenario.periods, had, more, strict=True)
    }
    before = next(number.value for number in limit.numbers if number.key == KEY)
    yield Repair(float(more.sum()), (Amendment(limit, f"funds[{fund}].{KEY}", before, after),))
