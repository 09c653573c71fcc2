"""A formulation made from that of a near scenario is the one made anew."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.language.small import document_of
from tests.measures import few
from tests.small_scenarios import town
from tests.strategies import ALL, cases

from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.formulation import Formulation, LinearProgram, formulate
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario

LIMITS = ("lower", "upper", "row_lower", "row_upper")


def assert_equal(one: LinearProgram, other: LinearProgram) -> None:
    for name in ("starts", "index", "value"):
        np.testing.assert_array_equal(getattr(one.matrix, name), getattr(other.matrix, name))
    for name in (*LIMITS, "integer"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.column_labels.all_names() == other.column_labels.all_names()
    assert one.row_labels.all_names() == other.row_labels.all_names()


def assert_same_formulation(one: Formulation, other: Formulation) -> None:
    assert_equal(one.linear_program, other.linear_program)
    np.testing.assert_array_equal(one.linear_program.limit_of_rows, other.linear_program.limit_of_rows)
    for mine, its in zip(one.linear_program.stages, other.linear_program.stages, strict=True):
        np.testing.assert_array_equal(mine.cost, its.cost)
        assert (mine.label, mine.offset, mine.within) == (its.label, its.offset, its.within)
    for name in ("lower", "upper", "lower_by", "upper_by", "fewest", "most"):
        np.testing.assert_array_equal(getattr(one.limits, name), getattr(other.limits, name))
    np.testing.assert_array_equal(one.prices, other.prices)


@few(1 / 2)
@given(case=cases(max_programs=4, features=ALL), data=st.data(), by=st.sampled_from([1.0, -0.5, 1e5]))
def test_a_near_formulation_is_the_same_as_one_made_anew(case, data, by):
    """Of whatever figure moves, and whatever limits are left out."""
    scenario = case.scenario
    near = whole(scenario)
    paths = [f"funds.{fund}.revenue" for fund in scenario.funds]
    paths += [limit.address_of(number) for limit in scenario.limits for number in limit.numbers]
    demands = [limit.provision for limit in scenario.limits.demands()]
    for _ in range(3):
        moved = figure_at(scenario, data.draw(st.sampled_from(paths))).moved(by)
        suspended = data.draw(st.lists(st.sampled_from(demands), max_size=2)) if demands else []
        found = whole(moved, suspended, near)
        assert_same_formulation(found, whole(moved, suspended))
        # what is near to one without all of its limits is still the same
        assert_same_formulation(whole(scenario, (), found), near)


@few(1 / 4)
@given(case=cases(max_programs=4, features=ALL), other=cases(max_programs=4, features=ALL))
def test_a_scenario_that_is_not_near_is_formulated_as_without_the_other(case, other):
    assert_equal(whole(case.scenario, (), whole(other.scenario)).linear_program, whole(case.scenario).linear_program)


def test_the_same_entries_are_the_same_matrix():
    scenario = Scenario.from_document(town())
    near, moved = whole(scenario), figure_at(scenario, "funds.general.revenue").moved(1.0)
    assert whole(moved, (), near).linear_program.matrix is near.linear_program.matrix


def test_a_ceiling_of_nothing_that_is_left_out_brings_columns_with_it():
    """Without it a decision keeps the segments in order, though each spends and does the same."""
    outcomes = {"good": {"per_dollar": -0.1}, "waits": {"curve": [[0, 0], [100, 0], [200, 15]]}}
    waits = {"weight": 0, "direction": "decrease", "target": {"at_most": 0}}
    programs = {"bent": {"outcomes": outcomes, "spending": {"at_most": 0}}}
    scenario = Scenario.from_document(document_of(programs, outcomes={"waits": waits}))
    near, ceiling = whole(scenario), [Provision("ceiling", "bent")]
    moved = figure_at(scenario, "programs[bent].spending.at_most").moved(1.0)
    expected = whole(moved, ceiling)
    assert expected.terms.same_columns(near.terms)
    assert expected.linear_program.columns > near.linear_program.columns
    assert_same_formulation(whole(moved, ceiling, near), expected)


def test_with_other_limits_of_rules_no_row_of_a_rule_is_worked_out(monkeypatch):
    cap, slow = {"name": "cap", "sum": "spending", "at_most": 9}, {"name": "slow", "change": {"at_most": "50%"}}
    scenario = Scenario.from_document(town(rules=[cap, slow]))
    near = whole(scenario)
    for path, by in (("rules[cap].at_most", 2.0), ("rules[slow].change.at_most", 0.1)):
        moved = figure_at(scenario, path).moved(by)
        expected = whole(moved)
        with monkeypatch.context() as patched:
            patched.setitem(formulate.__globals__, "add_rules", None)
            assert_same_formulation(whole(moved, (), near), expected)


def test_with_other_limits_of_programs_no_row_of_a_rule_is_worked_out(monkeypatch):
    scenario = Scenario.from_document(town(programs__police__spending={"at_least": 3}))
    near = whole(scenario)
    moved = figure_at(scenario, "programs[police].spending.at_least").moved(-1.0)
    expected = whole(moved)
    monkeypatch.setitem(formulate.__globals__, "add_rules", None)
    found = whole(moved, (), near)
    assert found.linear_program.matrix is near.linear_program.matrix
    assert_same_formulation(found, expected)
