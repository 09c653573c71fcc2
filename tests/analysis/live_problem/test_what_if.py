"""One live problem answers questions that change limits, costs and coefficients as a new one would."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.analysis import WhatIf, break_even_factors
from budgetopt.analysis.live_problem import what_if
from budgetopt.solvers import solve_linear_program


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
