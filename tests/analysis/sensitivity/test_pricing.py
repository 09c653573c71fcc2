"""Prices are exact on both sides, as far as they say, and bound what a whole rule costs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from tests.strategies import CONVEX, cases

import budgetopt as bo
from budgetopt.analysis import WhatIf, prices, rules_one_by_one
from budgetopt.analysis.live_problem.what_if import question_about
from budgetopt.analysis.sensitivity.limit_rows import limit_rows
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from measures import few


def priced(name):
    plan = bo.solve(bo.load(f"scenarios/classics/{name}"))
    table = prices(plan)
    return plan, table.set_index("name")


def test_the_ranges_of_wyndor_are_those_of_the_textbook():
    _, table = priced("wyndor")
    columns = ["relief", "relief_until", "tightening", "tightening_until"]
    assert table.loc["Plant 1", columns].tolist() == pytest.approx([0, math.inf, 0, 2])
    assert table.loc["Plant 2", columns].tolist() == pytest.approx([1.5, 18, 1.5, 6])
    assert table.loc["plant_3", columns].tolist() == pytest.approx([1, 24, 1, 12])
    assert table.loc["Plant 2", "total_cost"] == pytest.approx(9)


def test_the_ranges_of_dakota_are_those_of_the_textbook():
    _, table = priced("dakota")
    columns = ["relief", "relief_until", "tightening", "tightening_until"]
    assert table.loc["Lumber", columns].tolist() == pytest.approx([0, math.inf, 0, 24])
    assert table.loc["Finishing", columns].tolist() == pytest.approx([10, 24, 10, 16])
    assert table.loc["carpentry", columns].tolist() == pytest.approx([10, 10, 10, 20 / 3])


def two_programs(**parts):
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {
                "a": {"spending": {"at_most": 60}, "outcomes": {"saved": {"per_dollar": 5}}},
                "b": {"outcomes": {"saved": {"curve": [[0, 0], [40, 80], [90, 90]]}}},
            },
            **parts,
        }
    )


def test_left_and_right_are_told_apart_where_the_optimum_is_degenerate():
    # the money fills a to its ceiling and b to its kink: one dollar more buys 0.2, one less loses 2
    table = prices(bo.solve(two_programs())).set_index("kind")
    assert table.loc["money", "relief"] == pytest.approx(0.2)
    assert table.loc["money", "tightening"] == pytest.approx(2.0)
    assert table.loc["money", "relief_until"] == pytest.approx(150)
    assert table.loc["money", "tightening_until"] == pytest.approx(60)


def test_whole_decisions_are_priced_by_solving_again_and_say_so():
    scenario = two_programs(
        programs={
            "a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"saved": 300}}]},
            "b": {"outcomes": {"saved": {"per_dollar": 2}}},
        }
    )
    table = prices(bo.solve(scenario)).set_index("kind")
    assert "solved again" in table.loc["money", "method"]
    assert table.loc["money", "relief"] == pytest.approx(2.0)


def test_a_rule_on_change_and_a_floor_have_their_total_cost():
    scenario = two_programs(
        programs={
            "a": {"baseline": 20, "outcomes": {"saved": {"per_dollar": 5}}},
            "b": {"spending": {"at_least": 10}, "outcomes": {"saved": {"per_dollar": 2}}},
        },
        rules=[{"name": "slowly", "change": {"increase_at_most": "50%", "from": "baseline"}}],
    )
    table = prices(bo.solve(scenario)).set_index("name")
    assert table.loc["slowly", "total_cost"] == pytest.approx(3 * 60)
    assert math.isnan(table.loc["slowly", "relief"])
    assert "b" not in table.index
    free = prices(bo.solve(scenario.without("rules[slowly]"))).set_index("name")
    assert free.loc["b", "total_cost"] == pytest.approx(3 * 10)


def test_the_ladder_adds_the_rules_one_at_a_time():
    scenario = two_programs(
        rules=[
            {"name": "a at most 50", "where": {"program": "a"}, "sum": "spending", "at_most": 50, "because": "Promise"},
            {"name": "a at most 30", "where": {"program": "a"}, "sum": "spending", "at_most": 30},
        ]
    )
    plan = bo.solve(scenario)
    table = rules_one_by_one(plan)
    assert table["name"].tolist() == ["no rules", "a at most 50", "a at most 30"]
    assert table["value"].tolist() == pytest.approx([380, 332, 236])
    assert table["cost"].tolist() == pytest.approx([0, 48, 96])
    assert table["because"].tolist() == ["", "Promise", ""]
    assert table["value"].iloc[-1] == pytest.approx(plan.objective_value)


@few(1 / 4, 100)
@given(cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX))
def test_prices_agree_with_solving_again(case):
    plan = bo.solve(case.scenario)
    question = WhatIf(case.scenario)
    gain = 1.0 if question.problem.stages[0].maximize else -1.0
    base = question.as_is().objective
    table = prices(plan, question=question)
    # money is priced along all that revenue moves, and whole limits along all of their rows
    limits = [limit for limit in limit_rows(question) if limit.limit.kind != "money"]
    places = {(limit.limit.kind, limit.limit.name, limit.part, limit.period) for limit in limits}
    rows = [row for row in table.to_dict("records") if (row["kind"], row["name"], row["part"], row["period"]) in places]
    scale = max(abs(base), 1.0)
    for limit, row in zip(limits, rows, strict=True):
        # a concave value gains no more by relief than it loses by tightening
        if not (math.isnan(row["relief"]) or math.isnan(row["tightening"])):
            assert row["relief"] <= row["tightening"] + 1e-5 * max(
                abs(row["tightening"]), scale / max(abs(limit.bound), 1)
            )
        if math.isnan(row["relief"]):
            continue
        step = 1.0 if math.isinf(row["relief_until"]) else abs(row["relief_until"] - limit.bound) / 2
        at = np.array([limit.row])
        bound = np.array([limit.bound + limit.relaxes * step])
        lower, upper = question.problem.row_lower[at], question.problem.row_upper[at]
        changed = question.changed_rows(
            at, lower if limit.sense == "at most" else bound, upper if limit.sense == "at least" else bound
        )
        answer = question.solve(changed)
        assert gain * (answer.objective - base) == pytest.approx(row["relief"] * step, abs=2e-6 * scale, rel=1e-6)


@few(1 / 4, 100)
@given(cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX))
def test_the_total_cost_is_what_the_scenario_without_the_rule_gains(case):
    plan = bo.solve(case.scenario)
    gain = 1.0 if plan.formulation.linear_program.stages[0].maximize else -1.0
    table = prices(plan, only=[Provision("rule", rule.name) for rule in case.scenario.rules])
    for rule in case.scenario.rules:
        rows = table[table["name"] == rule.name]
        if not len(rows):
            continue
        without = bo.solve(case.scenario.without(f"rules[{rule.name}]"))
        expected = gain * (without.objective_value - plan.objective_value)
        assert rows["total_cost"].iloc[0] == pytest.approx(expected, abs=1e-6 * max(abs(plan.objective_value), 1))
        assert rows["total_cost"].iloc[0] >= 0


def test_searches_for_prices_and_break_evens_are_carried_to_their_end(monkeypatch):
    plan, asked = bo.solve(two_programs()), []

    def question(about, **how):
        asked.append(how)
        return question_about(about, **how)

    for module in ("pricing", "break_even"):
        monkeypatch.setattr(f"budgetopt.analysis.sensitivity.{module}.question_about", question)
    prices(plan)
    prices(plan, hold=True)
    bo.break_even_factors(plan, "a", kinds=())
    assert asked == [{"hold": False, "exact": True}, {"hold": True, "exact": True}, {"exact": True}]


def test_without_the_ceiling_of_a_free_service_with_a_fixed_cost_nothing_limits_the_plan() -> None:
    document = {
        "funds": {"general": {"revenue": 10}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "free": {
                "service": {"unit_cost": 0, "up_to": 3},
                "if_funded": {"fixed_cost": 4},
                "outcomes": {"good": {"per_unit": 5}},
            },
            "other": {"outcomes": {"good": {"per_dollar": 1}}},
        },
    }
    table = bo.prices(bo.solve(Scenario.from_document(document)))
    (row,) = table[table["kind"] == "most units"].itertuples()
    assert row.total_cost == np.inf
