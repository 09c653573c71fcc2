"""What dropping a whole limit gains, and how rules add up, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from budgetopt.analysis import rules_one_by_one
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.total_costs import total_cost
from budgetopt.errors import FaultError
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination
from language.small import document_of

INF, NONE = math.inf, math.nan


def rated(rate: float = 1, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def rule(name: str, program: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "where": {"program": program}, "sum": "spending", **more}


def project(cost: float, worth: float) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": worth}}]}


def town(**more: Any) -> dict[str, Any]:
    """Return a scenario in which a dollar brings 3 in the one program and 1 in the other."""
    return document_of({"a": rated(3), "b": rated(1)}, **more)


def test_rules_one_by_one_where_less_is_better() -> None:
    # 12.5 dollars of b bring 50; with the rule 5 of b and 15 of a, and with the second 20 of a and 2.5 of b
    rules = [rule("f", "b", at_most=5, because="Law"), rule("g", "a", at_least=20)]
    outcomes = {"good": {"weight": 1, "target": {"at_least": 50}}}
    document = document_of(
        {"a": rated(2), "b": rated(4)}, rules=rules, outcomes=outcomes, objective={"minimize": "spending"}
    )
    table = rules_one_by_one(Scenario.from_document(document))
    found = [tuple(row) for row in table[["kind", "name", "because"]].itertuples(index=False)]
    order = {"f": ("rule", "f", "Law"), "g": ("rule", "g", ""), "good": ("target", "good", "")}
    assert found == [("", "no rules", ""), order["f"], order["g"], order["good"]]
    # without the target nothing is spent, and the second rule asks for 20 dollars
    assert table["value"].tolist() == pytest.approx([0, 0, 20, 22.5])
    assert table["cost"].tolist() == pytest.approx([0, 0, 20, 2.5])


@pytest.mark.parametrize(
    ("kind", "name", "solves", "cost"),
    [
        ("rule", "idle", 0, 0),
        ("rule", "low", 0, 0),
        # of 200 dollars b has 140, of which 135 go to a without the cap, and so do the 10 of d
        ("rule", "cap", 1, 280),
        ("floor", "a", 0, 0),
        ("ceiling", "b", 0, 0),
        ("floor", "c", 1, 10),
        ("ceiling", "d", 1, 135),
    ],
)
def test_what_the_proof_does_not_need_is_not_solved_without(kind: str, name: str, solves: int, cost: float) -> None:
    rules = [rule("idle", "b", at_most=190), rule("low", "b", at_least=5), rule("cap", "a", at_most=30)]
    programs = {
        "a": rated(3, spending={"at_least": 7}),
        "b": rated(1, spending={"at_most": 195}),
        "c": rated(0.5, spending={"at_least": 20}),
        "d": rated(2, spending={"at_most": 10}),
    }
    question = WhatIf(Scenario.from_document(document_of(programs, 200, rules=rules)))
    base = question.as_is()
    before = question.solves
    assert total_cost(question, Provision(kind, name), base) == pytest.approx(cost)
    assert question.solves - before == solves


def vague(question: WhatIf, apart: float) -> WhatIf:
    """Return a question whose searches leave so much open."""
    solve = question.solve

    def solved(*asked: Any) -> Any:
        answer = solve(*asked)
        return replace(answer, bound=answer.objective + apart)

    question.solve = solved  # type: ignore[method-assign,assignment]
    return question


@pytest.mark.parametrize(("apart", "cost"), [(0.2, 9), (0.3, NONE), (1e-9, 9)])
def test_a_cost_that_searches_hide_is_not_told(apart: float, cost: float) -> None:
    # without the rule the second project of 9 is built, too: twenty times what both searches leave open is told
    document = document_of({"a": project(6, 10), "b": project(6, 9)}, rules=[rule("e", "b", at_most=5)])
    question = WhatIf(Scenario.from_document(document))
    base = replace(question.as_is(), bound=10 + apart)
    found = total_cost(vague(question, apart), Provision("rule", "e"), base)
    assert found == pytest.approx(cost, nan_ok=True)


def test_a_linear_program_is_solved_to_its_end_whatever_bound_is_said() -> None:
    question = WhatIf(Scenario.from_document(town(rules=[rule("e", "a", at_most=30)])))
    base = replace(question.as_is(), bound=1e6)
    assert total_cost(vague(question, 1e6), Provision("rule", "e"), base) == pytest.approx(140)


def test_what_searches_do_not_end_costs_nobody_knows_what() -> None:
    document = document_of({"a": project(6, 10), "b": project(6, 9)}, rules=[rule("e", "b", at_most=5)])
    question = WhatIf(Scenario.from_document(document))
    base = question.as_is()
    assert math.isnan(total_cost(question, Provision("rule", "e"), replace(base, x=None)))
    question.solve = lambda *_: replace(base, x=None)  # type: ignore[method-assign]
    assert math.isnan(total_cost(question, Provision("rule", "e"), base))
    question.solve = lambda *_: replace(base, termination=Termination.UNBOUNDED)  # type: ignore[method-assign]
    assert total_cost(question, Provision("rule", "e"), base) == INF
    linear = WhatIf(Scenario.from_document(town(rules=[rule("e", "a", at_most=30)])))
    first = linear.as_is()
    linear.solve = lambda *_: replace(first, termination=Termination.TIME_LIMIT)  # type: ignore[method-assign]
    with pytest.raises(FaultError, match="did not solve a changed problem"):
        total_cost(linear, Provision("rule", "e"), first)


def test_free_services_whose_curves_bend_up_and_down_can_do_without_their_ceilings() -> None:
    """Five teams for two countries; of the one the second team brings more than the first, and no team costs money."""
    curves = {"x": [[0, 0], [1, 10], [2, 40], [5, 70]], "y": [[0, 0], [1, 30], [2, 35], [5, 50]]}
    programs = {
        name: {
            "service": {"unit": "teams", "unit_cost": 0, "up_to": 5},
            "uses": {"teams": {"per_unit": 1}},
            "outcomes": {"good": {"curve": curve}},
        }
        for name, curve in curves.items()
    }
    document = {**document_of(programs, revenue=0), "resources": {"teams": {"capacity": 5}}}
    question = WhatIf(Scenario.from_document(document))
    base = question.solve(question.problem)
    # four teams bring 60 in x and the fifth 30 in y; without the limit on teams, all of both curves
    assert base.objective == pytest.approx(90)
    assert total_cost(question, Provision("resource", "teams"), base) == pytest.approx(70 + 50 - 90)
    # beyond the end of its curve a team brings nothing
    for name in curves:
        assert total_cost(question, Provision("most units", name), base) == pytest.approx(0)


@pytest.mark.parametrize(("base", "gained", "cost"), [(1e6, 5e-4, 0.0), (1e6, 5e-3, 5e-3), (1e-3, 5e-10, 0.0)])
def test_what_a_limit_costs_is_nothing_below_the_accuracy_of_the_whole_value(
    base: float, gained: float, cost: float
) -> None:
    def answer(value: float) -> Any:
        return SimpleNamespace(termination=Termination.OPTIMAL, objective=value, row_dual=None, reduced_cost=None)

    question: Any = SimpleNamespace(
        problem=SimpleNamespace(stages=[SimpleNamespace(sign=-1.0)]), is_integer=False, accuracy=1e-9,
        problem_without=lambda _: None, solve=lambda _: answer(base + gained), is_loose=lambda _: False,
    )  # fmt: skip
    assert total_cost(question, Provision("rule", "k"), answer(base)) == pytest.approx(cost, rel=1e-6)
