"""The price of any figure is what moving it by ``--set`` brings, on both sides and as far as it says."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis.figure_paths import figure_at
from budgetopt.analysis.figure_prices import price_of_figure
from budgetopt.errors import ScenarioError
from budgetopt.scenario.limits import Limit
from budgetopt.scenario.scenario import Scenario
from measures import few
from strategies import CONVEX, cases


def paths_of(scenario: Scenario) -> list[str]:
    """Return paths of numbers of every kind that a scenario says."""
    found = [f"funds.{name}.{key}" for name in scenario.funds for key in ("revenue", "one_time", "opening_balance")]
    found += [
        f"funds.{name}.{key}.{period}"
        for name in scenario.funds
        for key in ("revenue", "one_time")
        for period in scenario.periods
    ]
    found += [f"outcomes.{name}.weight" for name in scenario.outcomes]

    def numbers(limit: Limit) -> list[str]:
        return [limit.address_of(number) for number in limit.numbers] if limit.kind != "money" else []

    found += [path for limit in scenario.limits for path in numbers(limit)]
    for key, column in scenario.programs.columns.items():
        if column.offsets is None and column.values.dtype.kind == "f":
            found += [f"programs.{scenario.programs.ids[row]}.{key}" for row in column.rows.tolist()]
    return found


def best(scenario: Scenario) -> float | None:
    try:
        return bo.solve(scenario).objective_value
    except bo.NoAllocationError:
        return None


@few(1 / 2)
@given(data=st.data())
def test_the_price_of_a_figure_is_what_moving_it_brings(data: st.DataObject) -> None:
    scenario = data.draw(cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX)).scenario
    path = data.draw(st.sampled_from(paths_of(scenario)))
    question = bo.WhatIf(scenario)
    assume(not question.problem.is_integer)
    price = price_of_figure(question, figure_at(scenario, path))
    stage = question.problem.stages[0]
    now = best(scenario)
    assert now is not None
    for side, rate, until in ((1, price.more, price.more_until), (-1, price.less, price.less_until)):
        room = abs(until - price.value) if math.isfinite(until) else abs(price.value) or 1.0
        if math.isnan(rate) or room <= 1e-5 * max(abs(price.value), 1e-3):
            continue
        for part in (0.5, 1e-3):
            moved = changed(scenario, path, side * room * part, is_share=price.unit != 1)
            if moved is None:
                continue
            there = best(moved)
            assert there is not None, (path, side)
            gain, expected = -stage.sign * (there - now), rate * room * part / price.unit
            off = 0.011 * abs(expected) if price.method != "exact" else 1e-5 * abs(expected)
            assert gain == pytest.approx(expected, abs=off + 1e-6 * max(abs(now), 1e-3)), (path, side, part)


def changed(scenario: Scenario, path: str, by: float, *, is_share: bool) -> Scenario | None:
    """Return the scenario with a number moved as ``--set`` does it; None where that number may not stand there."""
    value: Any = f"{by:+.17f}"
    if is_share:
        now = figure_at(scenario, path).value
        value = f"={(now + by) * 100:.15f}%"
    try:
        return scenario.with_((path, value))
    except ScenarioError:
        return None
