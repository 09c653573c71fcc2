"""Questions around a plan: its whole decisions are held, and prices are those of the linear program that is left."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from tests.strategies import ALL, cases

import budgetopt as bo
from budgetopt.analysis import WhatIf, marginal_returns, prices
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.live_problem.held import around, decisions_of
from budgetopt.analysis.live_problem.what_if import is_large
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import Termination
from measures import few


def library_or_pool(**parts):
    """A pool for 60 or none, and a library whose hours bring 2 a dollar up to 30 dollars and 1 from there on."""
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {
                "pool": {"packages": [{"name": "all", "cost": 60, "outcomes": {"visits": 300}}]},
                "library": {"outcomes": {"visits": {"curve": [[0, 0], [30, 60], [200, 230]]}}},
            },
            **parts,
        }
    )


def test_prices_are_exact_while_the_decisions_stand():
    plan = bo.solve(library_or_pool())
    table = prices(plan, hold=True).set_index("kind")
    # 40 are left for the library: 10 of them at 1 a dollar
    row = table.loc["money"]
    assert row["method"] == "exact as long as the integer decisions stand"
    assert [row["relief"], row["tightening"]] == pytest.approx([1, 1])
    # at 90 the library's hours bring 2 a dollar; at 60 the pool alone is left
    assert row["tightening_until"] == pytest.approx(90)
    assert row["relief_until"] == pytest.approx(260)


def test_the_cost_of_a_rule_is_what_it_costs_around_the_decisions():
    rules = [{"name": "no pool", "where": {"program": "pool"}, "sum": "spending", "at_most": 50}]
    plan = bo.solve(library_or_pool(rules=rules))
    rule = [Provision("rule", "no pool")]
    # to build the pool is another decision, and only a search finds what that would bring
    assert prices(plan, only=rule, hold=True)["total_cost"].tolist() == [0]
    assert prices(plan, only=rule, hold=False)["total_cost"].tolist() == pytest.approx([(300 + 70) - 130])


def test_decisions_are_held_only_where_that_is_asked(monkeypatch):
    plan = bo.solve(library_or_pool())
    assert not is_large(plan)
    monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    assert is_large(plan)
    assert prices(plan)["method"].tolist()[0].startswith("solved again")
    assert prices(plan, hold=True)["method"].tolist()[0].startswith("exact as long as")
    assert WhatIf(plan.scenario).accuracy == pytest.approx(1e-4)


def test_decisions_are_found_by_their_labels():
    # a segment above the ceiling is no column of the plan, and one of the whole problem
    rules = [{"name": "one", "count": "funded", "at_most": 1}]
    scenario = library_or_pool(rules=rules).with_(("programs.library.spending.at_most", 20))
    plan, formulation = bo.solve(scenario), whole(scenario)
    assert formulation.linear_program.columns > plan.formulation.linear_program.columns
    held = around(formulation, decisions_of(plan)).linear_program
    assert not held.is_integer
    labels = held.column_labels.all_names()
    whole_columns = np.flatnonzero(formulation.linear_program.integer)
    decided = {labels[at]: held.lower[at] for at in whole_columns.tolist()}
    assert held.upper[whole_columns].tolist() == list(decided.values())
    assert {name.partition("[")[0]: value for name, value in decided.items() if "pool" in name} == {
        "package": 1.0,
        "funded": 1.0,
    }
    assert [value for name, value in decided.items() if name.startswith("open[library")] == [0.0]


@few(1 / 4, 100)
@given(cases(max_programs=4, max_funds=2, max_periods=2, features=ALL))
def test_around_a_plan_the_best_is_the_plan_itself(case):
    plan = bo.solve(case.scenario)
    held = plan.solver_result.held
    assume(plan.formulation.linear_program.is_integer and held is not None)
    question = WhatIf(case.scenario, plan=plan)
    answer = question.as_is()
    assert not question.is_integer
    assert question.holds_decisions
    assert answer.termination is Termination.OPTIMAL
    scale = max(abs(held.solution.objective), 1.0)
    assert answer.objective == pytest.approx(held.solution.objective, abs=1e-6 * scale)
    assert not marginal_returns(plan).empty or not len(case.scenario.programs)


@few(1 / 5, 100)
@given(cases(max_programs=4, max_funds=2, max_periods=2, features=ALL))
def test_held_decisions_show_the_least_that_a_rule_costs(case):
    plan = bo.solve(case.scenario)
    assume(plan.formulation.linear_program.is_integer and case.scenario.rules)
    rules = [Provision("rule", rule.name) for rule in case.scenario.rules]
    # where a later objective gave up some of the first, the plan's decisions are not the best for it
    assume(not any(objective.within for objective in case.scenario.objective))
    held, free = (prices(plan, only=rules, hold=hold).drop_duplicates("name") for hold in (True, False))
    held, free = held.set_index("name")["total_cost"], free.set_index("name")["total_cost"]
    scale = 1e-6 * max(abs(plan.objective_value), 1.0)
    for name in held.index:
        assert held[name] >= 0
        if name in free.index:
            assert held[name] <= free[name] + scale or math.isinf(free[name])


def test_a_plan_without_integer_decisions_has_none_to_hold():
    scenario = bo.Scenario.from_document(
        {
            "funds": {"f": {"revenue": 9}},
            "outcomes": {"o": {"weight": 1}},
            "programs": {"a": {"outcomes": {"o": {"per_dollar": 1}}}},
        }
    )
    assert decisions_of(bo.solve(scenario)) == {}
