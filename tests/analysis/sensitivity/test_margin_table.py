"""Margins: what the last and next dollar buy, what a dollar costs, and the range in which the plan stays the best."""

from __future__ import annotations

import math

import pytest

import budgetopt as bo
from budgetopt.analysis import marginal_returns
from budgetopt.analysis.live_problem.scaling import scaled


def scenario_of(**parts):
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 2}},
            "programs": {
                "a": {"outcomes": {"saved": {"curve": [[0, 0], [40, 80], [80, 120]]}}},
                "b": {"outcomes": {"saved": {"per_dollar": 0.8}}},
                "c": {"outcomes": {"saved": {"per_dollar": 0.5}}},
            },
            **parts,
        }
    )


def table_of(scenario):
    return marginal_returns(bo.solve(scenario)).set_index("program")


def test_the_last_and_next_dollar_of_each_program():
    table = table_of(scenario_of())
    assert table.loc["a", ["last_dollar", "next_dollar"]].tolist() == [2.0, 0.0]
    assert table.loc["b", ["last_dollar", "next_dollar", "price"]].tolist() == pytest.approx([1.6, 1.6, 1.6])
    assert math.isnan(table.loc["c", "last_dollar"])
    assert table.loc["c", "next_dollar"] == pytest.approx(1.0)


def test_a_rule_that_favours_a_program_makes_its_dollars_cheaper():
    rule = {"name": "c keeps 10", "where": {"program": "c"}, "sum": "spending", "at_least": 10}
    table = table_of(scenario_of(rules=[rule]))
    assert table.loc["c", "price"] == pytest.approx(1.6)
    assert table.loc["c", "charges"] == pytest.approx(-0.6)
    assert table.loc["b", "charges"] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("program", "column", "factor"), [("a", "effect_until_less", 0.8), ("c", "effect_until_more", 1.6)]
)
def test_the_plan_stays_the_best_up_to_the_end_of_the_range(program, column, factor):
    scenario = scenario_of()
    plan, row = bo.solve(scenario), scenario.programs.position(program)
    assert table_of(scenario).loc[program, column] == pytest.approx(factor)
    for nudge, stays in ((1 - 1e-5, column.endswith("more")), (1 + 1e-5, column.endswith("less"))):
        moved = bo.solve(scaled(scenario, program, "effect", "", factor * nudge)).spending[row] - plan.spending[row]
        assert bool(abs(moved.sum()) < 0.01) is stays


def test_a_service_and_a_fixed_cost_are_reckoned_in_dollars():
    scenario = scenario_of(
        programs={
            "a": {
                "service": {"unit": "rides", "unit_cost": 4, "up_to": 10},
                "if_funded": {"fixed_cost": 20},
                "outcomes": {"saved": {"per_unit": 12}},
            },
            "b": {"outcomes": {"saved": {"per_dollar": 0.8}}},
        }
    )
    table = table_of(scenario)
    assert table.loc["a", "spending"] == pytest.approx(60)
    assert table.loc["a", "last_dollar"] == pytest.approx(6.0)
    assert table.loc["b", "price"] == pytest.approx(1.6)


def test_no_range_in_which_a_plan_stays_that_gives_up_some_of_the_first_objective():
    goals = [{"maximize": "weighted outcomes", "within": "5%"}, {"minimize": "spending"}]
    ranges = ["effect_until_less", "effect_until_more"]
    table, alone = table_of(scenario_of(objective=goals)), table_of(scenario_of())
    assert table[ranges].isna().all(axis=None)
    assert alone[ranges].notna().any(axis=None)
