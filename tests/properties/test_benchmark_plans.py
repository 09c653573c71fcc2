"""No benchmark plan that keeps every limit is better than the best plan, and money buys back what one is behind."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis.comparing.fund_choice import FundCapacity, paid_by_funds
from budgetopt.analysis.sensitivity.dollar_ladder import with_money
from budgetopt.audit import SpendingPlan, audit_plan
from measures import best_value, few
from strategies import CONVEX, PLAIN, cases, scenarios, unchecked


@few(1 / 4)
@given(scenario=scenarios(max_programs=5, max_funds=3, max_periods=2, features=CONVEX))
def test_no_benchmark_plan_that_keeps_every_limit_is_better_than_the_best(scenario: bo.Scenario) -> None:
    plan = bo.solve(scenario)
    found = bo.compare(plan, benchmarks=None)
    sign = plan.solver_result.stages[0].stage.sign
    for one, worth in zip(found.compared[1:], found.worth[1:], strict=True):
        lost = sign * (one.objective.value - plan.objective_value)
        rough = 1e-4 + 1e-6 * abs(plan.objective_value) + plan.distance
        if one.audit.accepted:
            assert lost >= -rough, (one.name, lost)
        if worth is None or not math.isfinite(worth.factor) or worth.is_least or worth.within:
            continue
        again = best_value(with_money(scenario, scenario.funds, worth.factor))
        assert again is not None
        # with that money the best plan has the value, unless it has more even without any
        short = sign * (again - one.objective.value)
        assert short <= rough
        if worth.factor > 1e-6:
            assert abs(short) <= rough


@few(1 / 2)
@given(case=cases(max_programs=4, max_funds=3, max_periods=2, features=CONVEX))
def test_the_funds_that_pay_for_the_baselines_miss_no_more_than_a_plain_charge(case: object) -> None:
    scenario = case.scenario  # type: ignore[attr-defined]
    amounts = np.nan_to_num(scenario.baselines)
    chosen = paid_by_funds(scenario, amounts)
    assert chosen.plan.spending.sum(axis=1) == pytest.approx(amounts, abs=0.02)
    if amounts.any():
        current = bo.current_budget(scenario)
        charged = audit_plan(scenario, SpendingPlan.current(scenario))
        assert len(current.audit.violations) <= len(charged.violations)
        assert current.plan.spending.sum(axis=1) == pytest.approx(amounts, abs=0.02)


@few(1 / 2)
@given(data=st.data())
def test_payers_are_found_wherever_some_choice_keeps_every_limit(data: st.DataObject) -> None:
    scenario = data.draw(scenarios(max_programs=4, max_funds=3, max_periods=2, features=PLAIN))
    best = bo.solve(scenario)
    again = paid_by_funds(scenario, best.spending.sum(axis=1), packages=best.packages, units=best.units)
    assert again.accepted, [str(one) for one in again.violations]
    assert FundCapacity(scenario).can_pay(best.spending.sum(axis=1) * (1 - 1e-9))


@few(1 / 4)
@given(revenues=st.tuples(st.integers(1, 9), st.integers(1, 9)), amounts=st.tuples(*[st.integers(0, 9)] * 3))
def test_who_can_pay_is_told_as_by_trying_every_way(revenues: tuple[int, int], amounts: tuple[int, ...]) -> None:
    scenario = unchecked(
        {
            "funds": {"a": {"revenue": revenues[0]}, "b": {"revenue": revenues[1], "only": {"tags": "x"}}},
            "programs": {"p": {"baseline": 1}, "q": {"tags": ["x"]}, "r": {"tags": ["x"], "funds": ["b"]}},
            "objective": {"minimize": "spending"},
        }
    )
    p, q, r = amounts
    ways = any(p + part <= revenues[0] and q - part + r <= revenues[1] for part in range(q + 1))
    assert FundCapacity(scenario).can_pay(np.array([[p], [q], [r]], dtype=float)) is ways


def test_packages_are_bracketed_as_by_trying_every_set() -> None:
    costs, values = [3, 4, 5, 6], [4, 5, 7, 8]
    packages = {
        f"p{at}": {"packages": [{"cost": cost, "outcomes": {"visits": value}}]}
        for at, (cost, value) in enumerate(zip(costs, values, strict=True))
    }
    scenario = unchecked({"funds": {"f": {"revenue": 12}}, "outcomes": {"visits": {"weight": 1}}, "programs": packages})
    from budgetopt.analysis.comparing.equal_value import equal_value

    for wanted in (4, 7, 11, 12, 15):
        sets = [chosen for chosen in product((0, 1), repeat=4) if np.dot(chosen, values) >= wanted]
        least = min(float(np.dot(chosen, costs)) for chosen in sets)
        found = equal_value(bo.WhatIf(scenario), wanted)
        assert found.factor * 12 - found.within * 12 - 1e-6 <= least <= found.factor * 12 + 1e-6
