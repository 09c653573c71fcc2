"""Changes of the words whose effect is known: what only helps, and what changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from measures import best_value, few
from strategies import ALL, CONVEX, cases, unchecked
from transformations import droppable, in_other_money, more_money, reordered, split_in_two


def close(value: float | None, expected: float | None) -> bool:
    assert value is not None
    assert expected is not None
    return value == pytest.approx(expected, rel=1e-7, abs=1e-4)


def no_worse(value: float | None, before: float | None) -> bool:
    assert value is not None
    assert before is not None
    return value >= before - 1e-4 - 1e-7 * abs(before)


@few(1 / 2)
@given(data=st.data())
def test_more_revenue_never_hurts(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL))
    fund = data.draw(st.sampled_from(list(case.document["funds"])))
    period = data.draw(st.sampled_from(case.document["periods"]))
    key = data.draw(st.sampled_from(["one_time", "revenue"]))
    amount = data.draw(st.sampled_from([1, 100_000, 2_500_000]))
    richer = more_money(case.document, fund, period, amount, key)
    assert no_worse(best_value(richer), best_value(case.document))


@few(1 / 2)
@given(data=st.data())
def test_dropping_a_rule_never_hurts(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL))
    choices = droppable(case.document)
    assume(choices)
    _, freer = data.draw(st.sampled_from(choices))
    assert no_worse(best_value(freer), best_value(case.document))


@few(1 / 2)
@given(data=st.data())
def test_the_unit_of_money_changes_nothing(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL, max_programs=5, max_funds=3, max_periods=2))
    factor = data.draw(st.sampled_from([2, 10, 1000]))
    first, second = bo.solve(case.scenario), bo.solve(unchecked(in_other_money(case.document, factor)))
    assert close(second.objective_value, first.objective_value)
    if first.solver_result.unique and second.solver_result.unique:
        assert np.abs(second.spending / factor - first.spending).max() <= 0.02


@few(1 / 2)
@given(data=st.data())
def test_the_order_of_the_file_changes_no_value(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL))
    other = reordered(case.document, lambda names: data.draw(st.permutations(names)))
    assert close(best_value(other), best_value(case.document))


@few(1 / 2)
@given(data=st.data())
def test_two_halves_do_what_the_whole_did(data: st.DataObject) -> None:
    case = data.draw(cases(features=CONVEX))
    program = data.draw(st.sampled_from(list(case.document["programs"])))
    assert close(best_value(split_in_two(case.document, program)), best_value(case.document))
