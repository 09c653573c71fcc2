"""A formulation made from that of a near scenario is the one made anew."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few
from tests.strategies import ALL, cases

from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.formulation import LinearProgram

LIMITS = ("lower", "upper", "row_lower", "row_upper")


def assert_equal(one: LinearProgram, other: LinearProgram) -> None:
    for name in ("starts", "index", "value"):
        np.testing.assert_array_equal(getattr(one.matrix, name), getattr(other.matrix, name))
    for name in (*LIMITS, "integer"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.column_labels.all_names() == other.column_labels.all_names()
    assert one.row_labels.all_names() == other.row_labels.all_names()


@few(1 / 2)
@given(case=cases(max_programs=4, features=ALL), data=st.data(), by=st.sampled_from([1.0, -0.5, 1e5]))
def test_a_near_formulation_is_the_same_as_one_made_anew(case, data, by):
    scenario = case.scenario
    near = whole(scenario)
    paths = [f"funds.{fund}.revenue" for fund in scenario.funds]
    paths += [
        f"rules[{position + 1}].{key}"
        for position, rule in enumerate(scenario.rules)
        for key in ("at_least", "at_most")
        if isinstance(getattr(rule, key, None), float)
    ]
    moved = figure_at(scenario, data.draw(st.sampled_from(paths))).moved(by)
    assert_equal(whole(moved, (), near).linear_program, whole(moved).linear_program)


@few(1 / 4)
@given(case=cases(max_programs=4, features=ALL), other=cases(max_programs=4, features=ALL))
def test_a_scenario_that_is_not_near_is_formulated_as_without_the_other(case, other):
    assert_equal(whole(case.scenario, (), whole(other.scenario)).linear_program, whole(case.scenario).linear_program)


def test_the_same_entries_are_the_same_matrix():
    from tests.small_scenarios import town

    from budgetopt.scenario.scenario import Scenario

    scenario = Scenario.from_document(town())
    near, moved = whole(scenario), figure_at(scenario, "funds.general.revenue").moved(1.0)
    assert whole(moved, (), near).linear_program.matrix is near.linear_program.matrix
