"""What must hold of every answer: it keeps the words, it is proved, and nothing accepted beats it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.audit import audit_plan
from measures import best_value, few, proved_to_within, worth_of_a_cent
from strategies import ALL, CONVEX, PLAIN, Case, cases, plans, random_plans


@pytest.mark.parametrize("features", [PLAIN, CONVEX, ALL], ids=["plain", "convex", "all"])
@few(1 / 4)
@given(data=st.data())
def test_every_plan_keeps_the_words_and_is_proved(features: frozenset[str], data: st.DataObject) -> None:
    case = data.draw(cases(features=features))
    plan = bo.solve(case.scenario)
    assert plan.proved
    assert plan.certificate.proved
    assert plan.audit.accepted
    # a plan that is known is no better, and what the audit finds the plan is worth is what was promised
    cent = worth_of_a_cent(case.scenario)
    assert plan.objective_value >= float(case.reading.objective()) - cent
    assert plan.audit.objectives[0].value == pytest.approx(plan.objective_value, rel=1e-8, abs=cent)
    if features is not ALL:
        assert not plan.formulation.linear_program.is_integer


@st.composite
def objectives(draw: st.DrawFn, case: Case) -> list[dict[str, Any]]:
    """Draw a list of objectives that keeps a convex case convex."""
    kinds: list[dict[str, Any]] = [
        {"maximize": "weighted outcomes"},
        {"minimize": "spending"},
        {"minimize": "change from baseline"},
    ]
    if any(words.get("baseline") for words in case.document["programs"].values()):
        kinds.append({"minimize": "largest cut"})
    for name, words in case.document["outcomes"].items():
        if any(name in program.get("outcomes", {}) for program in case.document["programs"].values()):
            kinds.append({"minimize" if words.get("direction") == "decrease" else "maximize": name})
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique_by=repr))
    return [{**entry, **draw(st.sampled_from([{}, {}, {"within": "5%"}]))} for entry in chosen]


@few(1 / 2)
@given(data=st.data())
def test_objectives_in_order_each_best_among_the_plans_best_before(data: st.DataObject) -> None:
    case = data.draw(cases(features=CONVEX, max_programs=5, max_funds=2, max_periods=2))
    case.document["objective"] = data.draw(objectives(case))
    plan = bo.solve(case.scenario)
    assert plan.proved
    assert plan.audit.accepted
    assert len(plan.solver_result.stages) == len(case.document["objective"])
    cent = worth_of_a_cent(case.scenario)
    for position, (entry, result) in enumerate(zip(case.document["objective"], plan.solver_result.stages, strict=True)):
        sign = 1 if "maximize" in entry else -1
        reached, promised = plan.audit.objectives[position].value, result.solution.objective
        # what later objectives may give up, they may give up of this one
        given_up = abs(promised) * float(entry.get("within", "0%").rstrip("%")) / 100
        assert sign * (promised - reached) <= given_up + cent + 1e-7 * abs(promised)
        if position == 0:
            alone = copy.deepcopy(case.document)
            alone["objective"] = [entry]
            assert promised == pytest.approx(best_value(alone), rel=1e-7, abs=cent)
            assert sign * (promised - float(case.reading.objective(entry))) >= -cent


@few(1 / 2)
@given(data=st.data())
def test_no_accepted_plan_beats_the_optimum(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL, max_programs=5, max_funds=3, max_periods=2))
    best = bo.solve(case.scenario)
    start = data.draw(st.sampled_from([case.plan, best.spending_plan]))
    other = data.draw(plans(case.scenario, start))
    found = audit_plan(case.scenario, other)
    assert found.accepted
    assert found.weighted_value <= best.objective_value * (1 + 1e-9) + worth_of_a_cent(case.scenario)


@few(1 / 2)
@given(data=st.data())
def test_where_no_plan_is_found_none_is_accepted(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL, feasible=False, max_programs=4, max_funds=2, max_periods=2))
    try:
        plan = bo.solve(case.scenario)
    except bo.InfeasibleError:
        assert not audit_plan(case.scenario, case.plan).accepted
        assert not audit_plan(case.scenario, data.draw(random_plans(case.scenario))).accepted
    else:
        assert plan.audit.accepted


@pytest.mark.skipif("cbc" not in bo.available_solvers(), reason="CBC is not installed here")
@few(1 / 4)
@given(data=st.data())
def test_two_solvers_agree(data: st.DataObject) -> None:
    case = data.draw(cases(features=data.draw(st.sampled_from([CONVEX, ALL])), max_programs=5, max_funds=3))
    first, second = bo.solve(case.scenario), bo.solve(case.scenario, solver="cbc")
    assert first.proved
    assert second.audit.accepted
    assert second.objective_value == pytest.approx(first.objective_value, rel=0, abs=proved_to_within(second))
    if first.solver_result.unique and second.solver_result.unique:
        assert np.abs(first.spending - second.spending).max() <= 0.02


@pytest.mark.skipif("cbc" not in bo.available_solvers(), reason="CBC is not installed here")
@few(1 / 4)
@given(data=st.data())
def test_two_solvers_agree_that_there_is_no_plan(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL, feasible=False, max_programs=4, max_funds=2, max_periods=2))
    assume(best_value(case.scenario) is None)
    with pytest.raises(bo.InfeasibleError):
        bo.solve(case.scenario, solver="cbc")


@few(1 / 2)
@given(data=st.data())
def test_the_same_scenario_gives_the_same_plan(data: st.DataObject) -> None:
    case = data.draw(cases(features=ALL, max_programs=5, max_funds=3, max_periods=2))
    first = bo.solve(case.scenario)
    again = bo.solve(Case(copy.deepcopy(case.document), {}).scenario)
    assert np.array_equal(first.spending, again.spending)
    assert np.array_equal(first.transfers, again.transfers)
    assert first.objective_value == again.objective_value
