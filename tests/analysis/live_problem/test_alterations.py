"""A problem that is altered directly is the problem of the altered scenario."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few
from tests.strategies import ALL, cases

import budgetopt as bo
from budgetopt.analysis import WhatIf
from budgetopt.analysis.live_problem.alterations import Alterations, whole
from budgetopt.analysis.live_problem.scaling import scaled
from budgetopt.formulation import LinearProgram


def assert_same(one: LinearProgram, other: LinearProgram) -> None:
    """Assert that two problems are the same up to rounding."""
    assert (one.rows, one.columns) == (other.rows, other.columns)
    assert np.array_equal(one.integer, other.integer)
    assert np.array_equal(one.matrix.index, other.matrix.index)
    pairs = [
        (one.matrix.value, other.matrix.value),
        (one.stages[0].cost, other.stages[0].cost),
        *((getattr(one, side), getattr(other, side)) for side in ("lower", "upper", "row_lower", "row_upper")),
    ]
    for first, second in pairs:
        np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-9)
    assert abs(one.stages[0].offset - other.stages[0].offset) <= 1e-9 * max(1.0, abs(one.stages[0].offset))


@few(1 / 2)
@given(
    case=cases(max_programs=4, features=ALL),
    factor=st.sampled_from([0.01, 0.3, 1.0, 1.25, 40.0]),
    data=st.data(),
)
def test_a_scaled_problem_is_that_of_the_scaled_scenario(case, factor, data):
    scenario = case.scenario
    alterations = Alterations(scenario, whole(scenario))
    what = data.draw(st.sampled_from(["effect", "cost", "weight"]))
    row = data.draw(st.integers(0, len(scenario.programs) - 1))
    outcome = data.draw(st.sampled_from(list(scenario.outcomes)))
    program = str(scenario.programs.ids[row])
    found = alterations.scaled(row, what, outcome, factor)
    asked = whole(scaled(scenario, program, what, outcome, factor))
    assert_same(found.problem, asked.linear_program)
    point = np.linspace(0.0, 1.0, found.problem.columns)
    spent = asked.spending_of(point)[row].sum()
    assert abs(float(found.spends @ point) - spent) <= 1e-9 * max(1.0, spent)


@few(1 / 2)
@given(case=cases(max_programs=4, features=ALL), data=st.data())
def test_a_problem_without_provisions_is_that_of_the_scenario_without_them(case, data):
    scenario = case.scenario
    provisions = [limit.provision for limit in scenario.limits.demands()]
    suspended = data.draw(st.sets(st.sampled_from(provisions), max_size=3)) if provisions else set()
    alterations = Alterations(scenario, whole(scenario))
    asked = whole(scenario, suspended).linear_program
    assert_same(alterations.without(suspended), asked)


def test_a_program_of_packages_with_a_floor_keeps_its_plan_in_the_whole_problem():
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {
                "a": {
                    "spending": {"at_least": 40},
                    "packages": [
                        {"name": "some", "cost": 40, "outcomes": {"saved": 1}},
                        {"name": "more", "cost": 30, "outcomes": {"saved": 5}},
                    ],
                },
                "b": {"outcomes": {"saved": {"per_dollar": 1}}},
            },
        }
    )
    assert WhatIf(scenario).as_is().objective == pytest.approx(bo.solve(scenario).objective_value)
