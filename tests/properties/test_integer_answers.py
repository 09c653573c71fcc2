"""What is said of problems with all-or-nothing decisions, checked by solving again, on drawn problems."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.verify import verify_result
from budgetopt.analysis import break_even_factors, prices
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from measures import few
from strategies import ALL, scenarios

NEAR = 1e-4
"""How far to either side of a factor the problem is solved again, as a share of it."""
COST, LIVES = st.integers(2, 9), st.integers(1, 12)


def package(cost: int, lives: float) -> dict[str, Any]:
    return {"packages": [{"name": "all", "cost": cost, "outcomes": {"lives": lives}}]}


def two_packages(costs: tuple[int, int], lives: tuple[int, int]) -> dict[str, Any]:
    named = [
        {"name": f"step {at}", "cost": cost, "outcomes": {"lives": more}}
        for at, (cost, more) in enumerate(zip(costs, lives, strict=True))
    ]
    return {"packages": named, "choose": "in_order"}


def threshold(least: int, per_dollar: int) -> dict[str, Any]:
    outcomes = {"lives": {"per_dollar": per_dollar / 4}}
    return {"if_funded": {"at_least": least}, "spending": {"at_most": 2 * least}, "outcomes": outcomes}


def by_degrees(most: int, per_dollar: int) -> dict[str, Any]:
    return {"spending": {"at_most": most}, "outcomes": {"lives": {"per_dollar": per_dollar / 8}}}


PROGRAMS = st.one_of(
    st.builds(package, COST, LIVES),
    st.builds(two_packages, st.tuples(COST, COST), st.tuples(LIVES, LIVES)),
    st.builds(threshold, COST, st.integers(1, 8)),
    st.builds(by_degrees, COST, st.integers(1, 8)),
)
DRAWN = st.tuples(st.lists(PROGRAMS, min_size=2, max_size=4), st.integers(4, 18))


def scenario_of(programs: list[dict[str, Any]], money: float, **more: Any) -> Scenario:
    """Return a scenario of one fund; the last program is one package, so that there is an integer decision."""
    named = {f"p{place}": program for place, program in enumerate([*programs, package(5, 7)])}
    funds = {"general": {"revenue": money}}
    document = {"funds": funds, "outcomes": {"lives": {"weight": 1}}, "programs": named, **more}
    return Scenario.from_document(document)


def scaled(program: dict[str, Any], factor: float) -> dict[str, Any]:
    """Return a program of which each effect is a factor as large."""
    if "packages" in program:
        offers = [{**one, "outcomes": {"lives": one["outcomes"]["lives"] * factor}} for one in program["packages"]]
        return {**program, "packages": offers}
    return {**program, "outcomes": {"lives": {"per_dollar": program["outcomes"]["lives"]["per_dollar"] * factor}}}


@few(1 / 5, 100)
@given(DRAWN, st.data())
def test_a_little_beyond_a_break_even_the_program_gets_more_and_a_little_before_it_does_not(
    drawn: tuple[list[dict[str, Any]], int], data: st.DataObject
) -> None:
    programs, money = drawn
    place = data.draw(st.integers(0, len(programs) - 1))
    plan = bo.solve(scenario_of(programs, money))
    level = float(plan.spending[place].sum())

    def spent_at(factor: float) -> float:
        changed = [scaled(one, factor) if at == place else one for at, one in enumerate(programs)]
        return float(bo.solve(scenario_of(changed, money)).spending[place].sum())

    for found in break_even_factors(plan, f"p{place}", kinds=("effect",)):
        assert not found.unknown
        side = 1.0 if found.more else -1.0
        if math.isnan(found.factor):
            assert side * (spent_at(99.0 if found.more else 1 / 99.0) - level) <= 0.01
            continue
        assert side * (spent_at(found.factor * (1 + side * NEAR)) - level) > 0.01
        if abs(found.factor - 1) > 2 * NEAR:
            assert side * (spent_at(found.factor * (1 - side * NEAR)) - level) <= 0.01


# a plan that is worth nothing, and money that pays for the first package at five
@few(1 / 5, 100)
@example(([package(5, 1)], 4))
@given(DRAWN)
def test_prices_of_money_are_what_solving_again_brings(drawn: tuple[list[dict[str, Any]], int]) -> None:
    programs, money = drawn
    plan = bo.solve(scenario_of(programs, money))

    def gain(at: float) -> float:
        return float(bo.solve(scenario_of(programs, at)).objective_value - plan.objective_value)

    (row,) = prices(plan, only=[Provision("money", "general")]).to_dict("records")
    assert row["decisions"] == "free"
    for name, side in (("relief", 1.0), ("tightening", -1.0)):
        until, first, then = (float(row[f"{name}_{key}"]) for key in ("until", "first", "then"))
        if row[name]:
            assert side * gain(until) == pytest.approx(row[name] * abs(until - money), abs=1e-4)
        elif math.isinf(until):
            assert gain(10 * money) == pytest.approx(0, abs=1e-6)
        else:
            assert gain(until - 0.01 * side) == pytest.approx(0, abs=1e-4)
        if not math.isnan(first):
            # a cent beyond the place, in case it is not met by rounding
            assert side * gain(first + 0.01 * side) == pytest.approx(then, abs=0.1)
            assert then > 0


@few(1 / 5, 100)
@given(DRAWN, st.booleans())
def test_the_relaxation_bounds_every_plan_and_what_is_conceded_is_no_gap(
    drawn: tuple[list[dict[str, Any]], int], within: bool
) -> None:
    programs, money = drawn
    scenario = scenario_of(programs, money)
    best = bo.solve(scenario).objective_value
    if within:
        objective = [{"maximize": "weighted outcomes", "within": "30%"}, {"minimize": "spending"}]
        scenario = scenario_of(programs, money, objective=objective)
    plan = bo.solve(scenario)
    assert plan.relaxation_bound >= best - 1e-6
    assert plan.gap == pytest.approx(0, abs=1e-8)
    assert plan.certificate.conceded == pytest.approx(best - plan.objective_value, abs=1e-6)
    checked = verify_result(json.loads(plan.to_json()), scenario)
    assert checked.accepted
    assert checked.proved is (plan.relaxation_bound - best <= 1e-9 * max(best, 1.0))
    assert verify_result(json.loads(plan.to_json()), scenario, branching=60.0).proved


@few(1 / 2, 100)
@given(scenarios(features=ALL, max_programs=6, max_funds=3))
def test_branches_confirm_every_plan_that_is_called_the_best(scenario: Scenario) -> None:
    plan = bo.solve(scenario)
    assume(plan.certificate.bound_by_solver)
    found = verify_result(json.loads(plan.to_json()), scenario, branching=60.0)
    assert found.accepted, str(found)
    assert found.proved, str(found)
