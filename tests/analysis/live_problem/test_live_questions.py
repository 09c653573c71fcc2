"""What a live problem answers when one thing after the other changes, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis import WhatIf
from budgetopt.analysis.live_problem import what_if
from budgetopt.analysis.live_problem.what_if import question_about
from budgetopt.formulation import LinearProgram
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options
from language.small import document_of


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def capped() -> WhatIf:
    """Of 100 dollars 30 go to the better program and 70 to the other: 160."""
    rules = [{"name": "cap", "sum": "spending", "where": {"program": "a"}, "at_most": 30}]
    return WhatIf(Scenario.from_document(document_of({"a": rated(3), "b": rated(1)}, rules=rules)))


def rows_of(question: WhatIf, kind: str) -> np.ndarray:
    return np.concatenate([block.positions for block in question.problem.row_labels.of_kind(kind)])


def columns_of(question: WhatIf, program: int) -> np.ndarray:
    terms = question.formulation.terms.spending
    return terms.column[terms.program == program]


def of_money(question: WhatIf) -> float:
    """Let the fund have 90 dollars."""
    rows = rows_of(question, "fund balance")
    return question.solve(question.changed_rows(rows, np.array([90.0]), np.array([90.0]))).objective


def of_rule_at_least(question: WhatIf) -> float:
    """Let a have 40 dollars at least, and as many as there are."""
    return question.solve(
        question.changed_rows(rows_of(question, "rule"), np.array([40.0]), np.array([np.inf]))
    ).objective


def of_column(question: WhatIf) -> float:
    """Let b have 20 dollars at most."""
    at = columns_of(question, 1)
    return question.solve(question.changed_columns(at, question.problem.lower[at], np.full(len(at), 20.0))).objective


def of_column_floor(question: WhatIf) -> float:
    """Let b have 80 dollars at least."""
    at = columns_of(question, 1)
    return question.solve(question.changed_columns(at, np.full(len(at), 80.0), question.problem.upper[at])).objective


def of_cost(question: WhatIf) -> float:
    """Let a dollar of b bring 5."""
    cost = question.problem.stages[0].cost_for(question.problem.columns).copy()
    cost[columns_of(question, 1)] = 5.0
    stage = replace(question.problem.stages[0], cost=cost)
    return question.solve(replace(question.problem, stages=(stage,))).objective


def of_offset(question: WhatIf) -> float:
    """Give 7 besides."""
    stage = question.problem.stages[0]
    stage = replace(stage, cost=stage.cost_for(question.problem.columns), offset=stage.offset + 7)
    return question.solve(replace(question.problem, stages=(stage,))).objective


def of_rule(question: WhatIf) -> float:
    return question.without([Provision("rule", "cap")]).objective


def of_nothing(question: WhatIf) -> float:
    return question.without([]).objective


QUESTIONS: dict[Callable[[WhatIf], float], float] = {
    of_nothing: 160,
    of_money: 150,
    of_rule_at_least: 300,
    of_column: 110,
    of_column_floor: 140,
    of_cost: 500,
    of_offset: 167,
    of_rule: 300,
}


@pytest.mark.parametrize("second", QUESTIONS)
def test_every_question_begins_from_the_scenario_as_it_is(second: Callable[[WhatIf], float]) -> None:
    question = capped()
    for first, value in QUESTIONS.items():
        assert first(question) == pytest.approx(value), first.__name__
        assert second(question) == pytest.approx(QUESTIONS[second]), (first.__name__, second.__name__)
    assert question.as_is().objective == pytest.approx(160)
    assert question.as_is() is question.as_is()
    # two for each question, and the one as it is
    assert question.solves == 2 * len(QUESTIONS) + 1


def test_questions_change_nothing_of_the_problem_itself() -> None:
    question = capped()
    kept = {name: getattr(question.problem, name).copy() for name in ("lower", "upper", "row_lower", "row_upper")}
    for ask in QUESTIONS:
        ask(question)
    for name, before in kept.items():
        assert np.array_equal(getattr(question.problem, name), before), name


def library(count: int = 1) -> bo.Allocation:
    packages = [{"name": f"p{number}", "cost": 60, "outcomes": {"good": 300}} for number in range(count)]
    return bo.solve(Scenario.from_document(document_of({"a": {"packages": packages}, "b": rated(1)})))


@pytest.mark.parametrize(("hold", "large", "held"), [
    (False, False, False), (True, False, True), (True, True, True), (False, True, False),
])  # fmt: skip
def test_when_decisions_are_held(hold: bool, large: bool, held: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = library()
    if large:
        monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    question = question_about(plan, hold=hold)
    assert question.holds_decisions is held
    assert question.is_integer is not held


def test_a_plan_without_integer_decisions_holds_none() -> None:
    plan = bo.solve(Scenario.from_document(document_of({"a": rated(1)})))
    question = question_about(plan, hold=True)
    assert not question.holds_decisions
    assert not question.is_integer


@pytest.mark.parametrize(
    ("options", "integer", "accuracy"),
    [
        (None, True, 1e-9),
        (Options(gap=0.05), True, 0.05),
        (Options(gap=1e-12), True, 1e-9),
        (Options(gap=0.05), False, 1e-9),
    ],
)
def test_how_accurate_an_answer_is(options: Options | None, integer: bool, accuracy: float) -> None:
    scenario = library().scenario if integer else Scenario.from_document(document_of({"a": rated(1)}))
    assert WhatIf(scenario, options).accuracy == accuracy


def two_models(question: WhatIf, monkeypatch: pytest.MonkeyPatch, *problems: LinearProgram) -> list[LinearProgram]:
    """Return for which problems a model is made while some problems are solved."""
    made: list[LinearProgram] = []
    make = what_if.WorkingModel

    def counted(problem: LinearProgram, *options: Any) -> Any:
        made.append(problem)
        return make(problem, *options)

    monkeypatch.setattr(what_if, "WorkingModel", counted)
    for problem in problems:
        question.solve(problem)
    return made


def targeted() -> WhatIf:
    """A budget in which the effects stand in a target's row."""
    outcomes = {"good": {"weight": 1, "target": {"at_least": 30}}}
    return WhatIf(Scenario.from_document(document_of({"a": rated(3), "b": rated(1)}, outcomes=outcomes)))


@pytest.mark.parametrize(("few", "share", "anew"), [(1, 0.0, False), (0, 0.0, True), (0, 1.0, False)])
def test_of_few_entries_no_model_is_made(few: int, share: float, anew: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "FEW", few)
    monkeypatch.setattr(what_if, "FEW_OF", share)
    question = targeted()
    altered = question.alterations.scaled(1, "effect", "", 1.5).problem
    assert np.count_nonzero(altered.matrix.value != question.problem.matrix.value) == 1
    made = two_models(question, monkeypatch, altered, altered, question.problem)
    assert made == ([altered] if anew else [])


def test_of_another_shape_a_model_is_made_once_and_again_for_a_third(monkeypatch: pytest.MonkeyPatch) -> None:
    question = targeted()
    other = WhatIf(Scenario.from_document(document_of({"a": rated(3), "b": rated(1), "c": rated(2)}))).problem
    third = WhatIf(Scenario.from_document(document_of({"a": rated(3), "c": rated(2)}))).problem
    made = two_models(question, monkeypatch, other, other, question.problem, other, third, third)
    assert made == [other, third]


def test_an_integer_column_makes_another_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    question = WhatIf(library().scenario)
    made = two_models(question, monkeypatch, question.problem.relaxed(), question.problem)
    assert len(made) == 1
