"""At a break-even factor a program's funding changes: seen by solving just inside and just outside of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from tests.measures import few
from tests.strategies import PLAIN, cases

import budgetopt as bo
from budgetopt.analysis import break_even_factors, explain_all
from budgetopt.analysis.live_problem.scaling import scaled
from budgetopt.analysis.sensitivity.break_even import GIVEN_UP
from budgetopt.errors import UnknownNameError


def scenario_of(effect_of_b):
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 2, "unit": "lives"}},
            "programs": {
                "a": {"outcomes": {"saved": {"per_dollar": 3}}},
                "b": {"outcomes": {"saved": effect_of_b}},
            },
        }
    )


def factors(scenario, program):
    return {(item.what, item.more): item.factor for item in break_even_factors(bo.solve(scenario), program)}


def test_an_unfunded_program_is_funded_where_it_buys_as_much_as_elsewhere():
    found = factors(scenario_of({"per_dollar": 2}), "b")
    assert found["effect", True] == pytest.approx(1.5, rel=1e-6)
    assert found["cost", True] == pytest.approx(1 / 1.5, rel=1e-6)
    # the weight is that of both programs, and so it changes nothing
    assert math.isnan(found["weight", True])
    assert ("effect", False) not in found


def test_a_funded_program_gets_less_where_its_last_dollar_buys_less_than_elsewhere():
    found = factors(scenario_of({"curve": [[0, 0], [40, 200]]}), "b")
    assert found["effect", False] == pytest.approx(0.6, rel=1e-6)
    assert math.isnan(found["effect", True])


def test_packages_have_break_evens_too():
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {
                "a": {"outcomes": {"saved": {"per_dollar": 3}}},
                "b": {"packages": [{"name": "all", "cost": 50, "outcomes": {"saved": 100}}]},
            },
        }
    )
    found = factors(scenario, "b")
    assert found["effect", True] == pytest.approx(1.5, rel=1e-6)
    assert found["cost", True] == pytest.approx(100 / 150, rel=1e-6)


def test_an_unknown_program_is_refused():
    with pytest.raises(UnknownNameError, match="no program named 'c'"):
        list(break_even_factors(bo.solve(scenario_of({"per_dollar": 2})), "c"))


@few(1, at_most=100)
@given(cases(max_programs=3, max_funds=2, max_periods=1, features=PLAIN))
def test_funding_changes_just_beyond_the_factor_and_not_just_before(case):
    plan = bo.solve(case.scenario)
    spent = plan.spending.sum(axis=(1, 2))
    for row, program in enumerate(case.scenario.programs):
        for item in break_even_factors(plan, program):
            if item.what != "effect" or math.isnan(item.factor) or abs(item.factor - 1) < 1e-4:
                continue
            side = 1 if item.more else -1
            beyond = bo.solve(scaled(case.scenario, program, "effect", "", item.factor * (1 + side * 1e-5)))
            before = bo.solve(scaled(case.scenario, program, "effect", "", item.factor * (1 - side * 1e-5)))
            assert side * (beyond.spending.sum(axis=(1, 2))[row] - spent[row]) > 0
            assert side * (before.spending.sum(axis=(1, 2))[row] - spent[row]) <= 0.011


def test_no_factor_is_given_where_later_objectives_may_give_up_some_of_the_first():
    fair = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 1}, "walks": {"weight": 2}},
            "programs": {
                "a": {"districts": {"north": "100%"}, "outcomes": {"saved": {"per_dollar": 3}}},
                "b": {"districts": {"south": "100%"}, "outcomes": {"saved": {"per_dollar": 2}}},
                "c": {"spending": {"at_most": 0}, "outcomes": {"walks": {"per_dollar": 1}}},
            },
            "objective": [
                {"maximize": {"smallest": "saved", "by": "districts"}, "within": "5%"},
                {"maximize": "weighted outcomes"},
            ],
        }
    )
    plan = bo.solve(fair)
    a = fair.programs.position("a")
    less, more = (bo.solve(scaled(fair, "a", "effect", "", by)).spending[a].sum() for by in (0.99, 1.01))
    # the first objective alone would have it the other way round: a gets more where its effect is greater
    assert less > plan.spending[a].sum() > more
    found = break_even_factors(plan, "a")
    assert found
    assert all(math.isnan(item.factor) and item.unknown == GIVEN_UP for item in found)
    assert explain_all(plan)["unknown"].tolist() == [GIVEN_UP, GIVEN_UP, ""]
    told = "How much its effect, cost or weight would have to change is not worked out: later objectives may give up"
    assert any(told in sentence for sentence in bo.explain(plan, "a").sentences)
    # its own ceiling lets c have nothing, whatever decides
    assert not any(item.unknown for item in break_even_factors(plan, "c"))
