"""One live problem answers questions that change limits, costs and coefficients as a new one would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis import WhatIf, break_even_factors
from budgetopt.analysis.live_problem import what_if
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import solve_linear_program
from strategies import ALL, CONVEX, cases, unchecked


@pytest.fixture
def scenario() -> bo.Scenario:
    """A budget in which effects stand in a target's row, so that they change the matrix."""
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 2}, "taught": {"weight": 1, "target": {"at_least": 30}}},
            "programs": {
                "a": {"outcomes": {"saved": {"per_dollar": 3}}},
                "b": {"outcomes": {"saved": {"per_dollar": 1}, "taught": {"per_dollar": 1}}},
                "c": {"outcomes": {"taught": {"curve": [[0, 0], [20, 10], [50, 20]]}}},
            },
        }
    )


@pytest.mark.parametrize("what", ["effect", "cost"])
def test_an_altered_problem_is_answered_as_by_a_new_model_and_so_is_the_first_again(scenario, what):
    question = WhatIf(scenario)
    before = question.as_is().objective
    for factor in (0.8, 1.5, 1.1):
        altered = question.alterations.scaled(1, what, "", factor).problem
        assert altered.matrix is not question.problem.matrix
        assert question.solve(altered).objective == pytest.approx(solve_linear_program(altered).solution.objective)
    assert question.solve(question.problem).objective == pytest.approx(before, rel=1e-12)


def test_break_evens_that_change_coefficients_need_one_model(scenario, monkeypatch):
    made = []
    make = what_if.WorkingModel

    def counted(*arguments):
        made.append(arguments)
        return make(*arguments)

    monkeypatch.setattr(what_if, "WorkingModel", counted)
    question = WhatIf(scenario)
    found = [item.factor for item in break_even_factors(bo.solve(scenario), "b", question=question)]
    assert any(factor == factor for factor in found)
    assert question.solves > 3
    assert len(made) == 1


def test_a_problem_that_differs_in_many_entries_is_made_anew(scenario, monkeypatch):
    monkeypatch.setattr(what_if, "FEW", 0)
    monkeypatch.setattr(what_if, "FEW_OF", 0.0)
    question = WhatIf(scenario)
    altered = question.alterations.scaled(1, "effect", "", 1.5).problem
    assert question.solve(altered).objective == pytest.approx(solve_linear_program(altered).solution.objective)
    assert question._own.stands is question.problem


def test_a_question_counts_what_it_solves_and_takes_its_time(scenario):
    question = WhatIf(scenario)
    assert (question.solves, question.seconds) == (0, 0)
    first = question.as_is()
    spent = question.seconds
    assert spent > 0
    assert question.as_is() is first
    assert question.solves == 1
    question.relaxed()
    assert (question.relaxed() is question.relaxed(), question.solves) == (True, 2)
    assert question.seconds > spent


def test_integer_decisions_can_be_held_around_a_plan_alone(scenario):
    building = {"packages": [{"name": "build", "cost": 30, "outcomes": {"saved": 200}}]}
    whole = scenario.with_(("programs.hall", building))
    plan = bo.solve(whole)
    asked = what_if.question_about(plan)
    assert asked.is_integer
    assert not asked.holds_decisions
    assert asked.held is asked.held
    assert asked.held is not None
    assert asked.held.holds_decisions
    assert not asked.held.is_integer
    assert asked.held.held is None
    assert WhatIf(whole).held is None
    assert what_if.question_about(plan, hold=True).holds_decisions
    assert what_if.question_about(plan, hold=True).held is None
    assert asked.as_is().objective == pytest.approx(asked.held.as_is().objective)


def test_every_search_begins_from_the_plan_and_reaches_what_one_without_it_does(scenario, monkeypatch):
    built = [{"name": "build", "cost": cost, "outcomes": {"saved": saved}} for cost, saved in ((30, 200), (50, 120))]
    halls = [(f"programs.hall_{n}", {"packages": [package]}) for n, package in enumerate(built)]
    plan = bo.solve(scenario.with_(*halls))
    begun = []
    take = what_if.WorkingModel.set_start
    monkeypatch.setattr(what_if.WorkingModel, "set_start", lambda model, x: (begun.append(x), take(model, x)))
    question = what_if.question_about(plan)
    assert question.as_is().objective == pytest.approx(plan.objective_value)
    whole = question.problem.integer
    # one hall is built, and what is no decision is left open
    assert (begun[0][whole].sum(), np.isnan(begun[0][~whole]).all()) == (1, True)
    problem = question.problem
    for row in np.flatnonzero(np.isfinite(problem.row_upper) & (problem.row_upper != 0)):
        less = np.array([row]), 0.9 * problem.row_lower[[row]], 0.9 * problem.row_upper[[row]]
        answer, alone = (one.solve(one.changed_rows(*less)) for one in (question, WhatIf(plan.scenario)))
        assert answer.termination is alone.termination
        assert answer.objective == pytest.approx(alone.objective, nan_ok=True)
    assert len(begun) > 1
    assert (begun[-1][whole] == question.as_is().x[whole]).all()


@pytest.mark.parametrize(
    ("large", "exact", "limited", "accuracy"),
    [(False, False, False, 1e-9), (True, False, True, 1e-4), (True, True, True, 1e-9)],
)
def test_where_there_are_many_integer_decisions_each_search_has_an_end(
    scenario, monkeypatch, large, exact, limited, accuracy
):
    building = {"packages": [{"name": "build", "cost": 30, "outcomes": {"saved": 200}}]}
    plan = bo.solve(scenario.with_(("programs.hall", building)))
    own = what_if.Options.gap_for
    monkeypatch.setattr(
        what_if.Options, "gap_for", lambda self, problem: 1e-4 if large and self.gap is None else own(self, problem)
    )
    question = what_if.question_about(plan, exact=exact)
    assert question.is_limited is limited
    assert question.accuracy == pytest.approx(accuracy, rel=1)
    assert what_if.is_large(plan) is large
    # without integer decisions there is nothing to search
    assert WhatIf(scenario).accuracy == what_if.EXACT
    assert not what_if.is_large(bo.solve(scenario))


def test_an_objective_a_row_and_a_column_that_are_changed_are_those_of_a_new_model(scenario):
    question = WhatIf(scenario)
    problem = question.problem
    stage, cost, best = problem.stages[0], problem.stages[0].cost, question.as_is().objective
    doubled, moved = (replace(problem, stages=(replace(stage, **to),)) for to in ({"cost": 2 * cost}, {"offset": 7.0}))
    assert question.solve(doubled).objective == pytest.approx(2 * best)
    assert question.solve(moved).objective == pytest.approx(best + 7.0 - stage.offset)
    column = int(np.flatnonzero(cost == cost.max())[0])
    held = question.solve(question.changed_columns(np.array([column]), np.array([10.0]), np.array([10.0])))
    assert held.x[column] == pytest.approx(10)
    changed = question.changed_rows(np.array([0]), np.array([-np.inf]), np.array([50.0]))
    assert (changed.row_lower[0], changed.row_upper[0]) == (-np.inf, 50)
    assert question.solve(changed).objective == pytest.approx(solve_linear_program(changed).solution.objective)
    # and each question begins from the scenario as it is
    assert question.solve(problem).objective == pytest.approx(best)


@given(case=st.one_of(cases(features=CONVEX, max_programs=4), cases(features=ALL, max_programs=4, max_funds=3)))
@settings(max_examples=40, deadline=None)
def test_what_is_loose_can_be_dropped_and_nothing_is_gained(case):
    scenario = unchecked(case.document)
    try:
        plan = bo.solve(scenario)
    except bo.BudgetoptError:
        return
    question = WhatIf(scenario, plan=plan)
    best = question.as_is()
    for limit in scenario.limits:
        if question.is_loose(limit.provision):
            without = question.solve(question.problem_without([limit.provision]))
            assert without.objective == pytest.approx(best.objective, rel=1e-7, abs=1e-6)


def test_a_ceiling_that_hides_a_decision_is_not_loose():
    # beyond 60 dollars, the ceiling, one more dollar brings most of all
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "late": {
                "spending": {"at_most": 60},
                "outcomes": {"good": {"curve": [[0, 0], [50, 60], [60, 61], [61, 500]]}},
            },
            "even": {"spending": {"at_least": 30}, "outcomes": {"good": {"per_dollar": 1.1}}},
            "safe": {
                "spending": {"at_least": 1, "at_most": 90},
                "outcomes": {"good": {"curve": [[0, 0], [10, 50], [90, 51]]}},
            },
        },
    }
    question = WhatIf(bo.Scenario.from_document(document))
    assert not question.is_integer
    loose = [(limit.kind, limit.name) for limit in question.scenario.limits if question.is_loose(limit.provision)]
    assert loose == [("floor", "even"), ("floor", "safe"), ("ceiling", "safe")]
    assert question.without([Provision("ceiling", "late")]).objective > question.as_is().objective + 1
