"""The price of any figure is what moving it by ``--set`` brings, on both sides and as far as it says."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.analysis.sensitivity.figure_prices import price_of_figure
from measures import few
from moved_figures import best, changed, paths_of
from strategies import CONVEX, cases


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
