"""What a result says of plans with integer decisions: both bounds, whose word they are, and other plans as good."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.result_seal import document_sha256
from budgetopt.allocation.verify import verify_result
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.words.proof_words import proof_of
from budgetopt.scenario.scenario import Scenario
from first_format import written_first
from measures import few


def projects(*offers: tuple[int, int], money: int = 10, **more: Any) -> Scenario:
    """Return projects of a cost and an effect each, all or nothing."""
    programs = {
        f"p{place}": {"packages": [{"name": "all", "cost": cost, "outcomes": {"lives": lives}}]}
        for place, (cost, lives) in enumerate(offers)
    }
    funds = {"general": {"revenue": money}}
    document = {"funds": funds, "outcomes": {"lives": {"weight": 1}}, "programs": programs, **more}
    return Scenario.from_document(document)


def test_the_prices_of_the_relaxation_prove_a_bound_and_the_rest_is_the_word_of_the_file() -> None:
    # with 10: one project of 6 brings 10; four sixths of the other would bring 6 more
    scenario = projects((6, 10), (6, 9))
    document = json.loads(bo.solve(scenario).to_json())
    assert document["objective"]["relaxation_bound"] == pytest.approx(16)
    assert document["objective"]["bound"] == pytest.approx(10)
    found = verify_result(document, scenario)
    assert found.accepted
    assert not found.proved
    assert "prove, without any solver, that no plan can maximize weighted outcomes better by more than 60.0000%" in (
        found.conclusion
    )
    assert "no plan can maximize weighted outcomes better is not proved here: the file says that HiGHS" in (
        found.conclusion
    )


def test_a_bound_that_the_prices_do_not_prove_is_refused() -> None:
    scenario = projects((6, 10), (6, 9))
    document = written_first(bo.solve(scenario))
    lowered = copy.deepcopy(document)
    lowered["objective"]["relaxation_bound"] = 10.0
    lowered["document_sha256"] = document_sha256(lowered)
    assert not verify_result(lowered, scenario).accepted
    priced = copy.deepcopy(document)
    priced["proof"]["relaxation"] = {name: 0.5 * value for name, value in priced["proof"]["relaxation"].items()}
    priced["document_sha256"] = document_sha256(priced)
    assert not verify_result(priced, scenario).accepted


def test_a_plan_that_the_relaxation_proves_rests_on_no_solver() -> None:
    scenario = projects((5, 10), (5, 9))
    assert verify_result(json.loads(bo.solve(scenario).to_json()), scenario).proved


def test_a_search_that_stops_at_a_gap_proves_nothing_beyond_it() -> None:
    offers = [(20 + 7 * place % 13, 30 + 11 * place % 17) for place in range(12)]
    plan = bo.solve(projects(*offers, money=101), gap=0.5)
    assert plan.gap > 1e-6
    assert not plan.certificate.proved
    assert not plan.proved
    assert plan.unique is None
    assert plan.to_dict()["certificate"]["proved"] is False
    words = proof_of(plan, Numbers(plan.scenario.currency))
    assert any(text.startswith("Whether another plan is as good is not known") for text in words.believed)


def test_what_later_objectives_give_up_is_no_gap() -> None:
    objective = [{"maximize": "weighted outcomes", "within": "20%"}, {"minimize": "spending"}]
    plan = bo.solve(projects((5, 10), (5, 2), objective=objective))
    # the second project is left out: 10 of 12 are kept
    assert plan.objective_value == pytest.approx(10)
    assert plan.gap == pytest.approx(0, abs=1e-9)
    assert plan.certificate.conceded == pytest.approx(2)
    assert plan.certificate.proved
    assert plan.to_dict()["objective"]["conceded"] == pytest.approx(2)


def test_two_plans_of_one_value_are_settled_by_the_rules_for_ties_on_every_solver() -> None:
    alike = {"packages": [{"name": "all", "cost": 3, "outcomes": {"lives": 5}}]}
    late = {**alike, "choose": "one", "start": ["Y1", "Y2"]}
    steps = {"outcomes": {"lives": {"curve": [[0, 0], [5, 1], [10, 10]]}}}
    open_ = {"if_funded": {"at_least": 6}, "outcomes": {"lives": {"per_dollar": 1}}}
    choice = {"packages": [{**alike["packages"][0], "name": name} for name in ("one", "other")], "choose": "one"}
    for programs, money, periods in (
        ({"a": alike, "b": alike}, 4, ["Y1"]),
        ({"a": late, "b": late}, 4, ["Y1", "Y2"]),
        ({"a": late}, 4, ["Y1", "Y2"]),
        ({"a": steps, "b": steps}, 10, ["Y1"]),
        ({"a": open_, "b": open_}, 10, ["Y1"]),
        ({"a": choice, "b": choice}, 4, ["Y1"]),
    ):
        scenario = projects(programs=programs, money=money, periods=periods)
        plans = [bo.solve(scenario, solver=solver) for solver in ("highs", "cbc")]
        assert [plan.unique for plan in plans] == [True, True]
        assert plans[0].spending.tolist() == plans[1].spending.tolist()
        assert plans[0].packages.tolist() == plans[1].packages.tolist()


OFFERS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4)), min_size=2, max_size=6)


@few(1 / 4, 100)
@given(offers=OFFERS, money=st.integers(3, 15))
def test_another_solver_gives_the_same_plan_or_the_plan_is_said_not_to_be_unique(
    offers: list[tuple[int, int]], money: int
) -> None:
    scenario = projects(*offers, money=money)
    first, second = bo.solve(scenario), bo.solve(scenario, solver="cbc")
    if first.unique and second.unique:
        assert first.spending.tolist() == second.spending.tolist()
        assert first.packages.tolist() == second.packages.tolist()
    assert first.unique is not None


def test_branches_prove_what_the_relaxation_leaves_open() -> None:
    scenario = projects((6, 10), (6, 9))
    found = verify_result(json.loads(bo.solve(scenario).to_json()), scenario, branching=10.0)
    assert found.accepted
    assert found.proved
    assert found.conclusion.endswith(
        "no plan can maximize weighted outcomes better: the prices of 5 branches prove it."
    )
    (branches,) = (one.text for one in found.findings if one.name == "branches")
    assert branches == "the prices of 5 branches of the integer decisions show that none of them has a better plan"


def test_branches_prove_a_plan_in_whole_amounts_but_for_what_rounding_costs() -> None:
    programs = {
        "a": {"packages": [{"cost": 6, "outcomes": {"lives": 10}}]},
        "b": {"packages": [{"cost": 6, "outcomes": {"lives": 9}}]},
        "free": {"outcomes": {"lives": {"per_dollar": 1}}},
    }
    scenario = projects(programs=programs, money=10.4, round_to=1)
    plan = bo.solve(scenario)
    assert plan.rounding_matters
    found = verify_result(json.loads(plan.to_json()), scenario, branching=10.0)
    assert found.proved
    assert "by more than 2.7778%; its amounts are rounded: the prices of" in found.conclusion


def test_branches_find_the_plan_that_a_search_missed() -> None:
    offers = [(20 + 7 * place % 13, 30 + 11 * place % 17) for place in range(12)]
    scenario = projects(*offers, money=101)
    plan = bo.solve(scenario, gap=0.5)
    found = verify_result(json.loads(plan.to_json()), scenario, branching=10.0)
    assert not found.accepted
    assert not found.proved
    (branches,) = (one for one in found.findings if one.name == "branches")
    assert not branches.passed
    assert "of the integer decisions a better plan is found: " in branches.text


def test_what_branches_leave_open_is_said_with_what_they_prove() -> None:
    offers = [(20 + 7 * place % 13, 30 + 11 * place % 17) for place in range(12)]
    scenario = projects(*offers, money=101)
    document = json.loads(bo.solve(scenario).to_json())
    found = verify_result(document, scenario, branching=1e-9)
    assert found.accepted
    assert not found.proved
    assert "0 branches of the integer decisions leave 1 more open" in str(found)
    assert "The prices of the relaxation prove, without any solver, that" in found.conclusion


def test_what_later_objectives_give_up_is_none_of_the_gap_of_branches() -> None:
    objective = [{"maximize": "weighted outcomes", "within": "20%"}, {"minimize": "spending"}]
    scenario = projects((5, 10), (5, 2), (6, 11), objective=objective)
    plan = bo.solve(scenario)
    assert plan.certificate.conceded > 0
    found = verify_result(json.loads(plan.to_json()), scenario, branching=10.0)
    assert found.proved
    assert "that later objectives gave up: the prices of" in found.conclusion


def test_of_many_decisions_none_is_split() -> None:
    offers = [(20 + 7 * place % 13, 30 + 11 * place % 17) for place in range(250)]
    plans = [bo.solve(projects(*offers[:count], money=1001), gap=0.01) for count in (249, 250)]
    assert [plan.has_few_decisions for plan in plans] == [True, False]
    found = verify_result(json.loads(plans[1].to_json()), plans[1].scenario, branching=10.0)
    assert "branches" not in str(found)
    assert "--solve" not in found.conclusion
