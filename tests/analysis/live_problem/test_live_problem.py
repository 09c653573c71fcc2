"""Whatever a live problem was moved to before, it answers as a new model of the same problem would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis import WhatIf
from budgetopt.analysis.live_problem.what_if import is_large, question_about
from budgetopt.formulation import LinearProgram
from budgetopt.solvers import solve_linear_program


def scenario_of(**more: object) -> bo.Scenario:
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}, "grant": {"revenue": 30, "only": {"program": ["a", "b"]}}},
            "outcomes": {"saved": {"weight": 2}, "taught": {"weight": 1, "target": {"at_least": 30}}},
            "programs": {
                "a": {"outcomes": {"saved": {"per_dollar": 3}}, "spending": {"at_most": 70}},
                "b": {"outcomes": {"saved": {"per_dollar": 1}, "taught": {"per_dollar": 1}}},
                "c": {"outcomes": {"taught": {"curve": [[0, 0], [20, 10], [50, 20]]}}},
                **more,
            },
            "rules": [{"name": "Cap", "sum": "spending", "where": {"program": ["a", "b"]}, "at_most": 80}],
        }
    )


def moved(problem: LinearProgram) -> Iterator[LinearProgram]:
    """Yield problems that differ from one in each of the ways in which questions change it, and in several at once."""
    stage = problem.stages[0]
    for factor in (0.5, 1.5):
        yield replace(problem, stages=(replace(stage, cost=stage.cost * np.linspace(1, factor, len(stage.cost))),))
        yield replace(problem, stages=(replace(stage, offset=stage.offset + 10 * factor),))
        yield replace(problem, upper=np.where(np.isfinite(problem.upper), problem.upper * factor, problem.upper))
        yield replace(problem, lower=np.minimum(problem.lower + factor, problem.upper))
        rows = replace(problem, row_upper=problem.row_upper + factor, row_lower=problem.row_lower + factor)
        yield rows
        value = problem.matrix.value * np.linspace(1, 1 + 0.01 * factor, problem.matrix.entries)
        yield replace(rows, matrix=replace(problem.matrix, value=value))
    yield replace(problem, stages=(replace(stage, maximize=not stage.maximize),))


def test_every_answer_is_that_of_a_new_model() -> None:
    question = WhatIf(scenario_of())
    asked = [question.problem, *moved(question.problem)]
    fresh = [solve_linear_program(replace(problem, tie_break=None)).solution for problem in asked]
    assert len({round(answer.objective, 6) for answer in fresh}) > 6
    # there and back, and from each to the next
    for order in (range(len(fresh)), reversed(range(len(fresh))), [0, 3, 0, 9, 0, 13, 0, 6, 0]):
        for at in order:
            answer = question.solve(asked[at])
            assert answer.termination == fresh[at].termination
            if np.isfinite(fresh[at].objective):
                assert answer.objective == pytest.approx(fresh[at].objective, rel=1e-9)
    assert question.solves == 2 * len(fresh) + 9


def test_limits_and_costs_are_changed_one_at_a_time() -> None:
    question = WhatIf(scenario_of())
    problem = question.problem
    # 70 for a and 10 for b of the fund and the grant, and 50 for c: 430 of a, 30 and 20 of the others
    best = question.as_is().objective
    (cap,) = [block.positions for block in problem.row_labels.of_kind("rule")]
    assert question.solve(question.changed_rows(cap, np.array([-np.inf]), np.array([70.0]))).objective < best
    assert (problem.row_upper[cap] == 80).all()
    columns = np.arange(problem.columns)
    nothing = question.changed_columns(columns, problem.lower, np.minimum(problem.upper, 0))
    assert nothing.upper.max() == 0
    assert (nothing.lower == problem.lower).all()
    stage = problem.stages[0]
    doubled, moved = (
        replace(problem, stages=(replace(stage, **to),)) for to in ({"cost": 2 * stage.cost}, {"offset": 7.0})
    )
    assert question.solve(doubled).objective == pytest.approx(2 * (best - stage.offset) + stage.offset)
    assert question.solve(moved).objective == pytest.approx(best - stage.offset + 7)
    assert question.as_is().objective == best
    assert not question.is_integer
    assert not question.holds_decisions


def test_decisions_are_held_only_if_asked_or_where_there_are_many() -> None:
    scenario = scenario_of(d={"packages": [{"cost": 20, "outcomes": {"saved": 50}}]})
    plan = bo.solve(scenario)
    assert not is_large(plan)
    free, held = question_about(plan), question_about(plan, hold=True)
    assert (free.is_integer, free.holds_decisions) == (True, False)
    assert held.holds_decisions
    assert free.as_is().objective == pytest.approx(held.as_is().objective) == pytest.approx(plan.objective_value)
    assert free.accuracy >= held.accuracy
