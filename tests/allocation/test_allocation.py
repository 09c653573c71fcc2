"""What a plan says of itself in a few numbers: its gap, its units of money, and whether rounding matters."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.allocation import Allocation
from budgetopt.scenario.scenario import Scenario
from language.small import document_of

TWO_GOALS = [{"maximize": "weighted outcomes", "within": "5%"}, {"minimize": "spending"}]


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


def plan_of(revenue: float = 1_000_000, **more: Any) -> Allocation:
    """Return the plan of a scenario in which two fifths of the money bring 3 a dollar, and the rest 1."""
    programs = {"a": rated(3, spending={"at_most": 0.4 * revenue}), "b": rated(1)}
    return bo.solve(Scenario.from_document({**document_of(programs, revenue), **more}))


@pytest.mark.parametrize(
    ("revenue", "round_to", "exact_unit", "half"),
    [(1_000_000, None, 0.01, 0.005), (1_000_000, 1000, 0.01, 0.005), (10, None, 0.01, 5e-7)],
)
def test_the_amounts_that_are_none(revenue: float, round_to: float | None, exact_unit: float, half: float) -> None:
    plan = plan_of(revenue, **({} if round_to is None else {"round_to": round_to}))
    assert plan.exact_unit == pytest.approx(exact_unit, rel=1e-12)
    assert plan.half_a_cent == pytest.approx(half, rel=1e-12)


def test_the_gap_is_a_share_of_the_value() -> None:
    plan = plan_of()
    assert (plan.plan_value, plan.objective_value) == (pytest.approx(1.8e6), pytest.approx(1.8e6))
    assert plan.gap == pytest.approx(0, abs=1e-9)
    better = replace(plan, bound=1.89e6)
    assert (better.gap, better.distance) == (pytest.approx(0.05), pytest.approx(90_000))
    worse = replace(plan, bound=1.71e6)
    assert worse.gap == pytest.approx(0.05)
    # a share of nothing
    nothing = replace(plan, objective_value=0.0, bound=0.0)
    assert nothing._share(0.0) == 0
    assert nothing._share(-1.0) == 0
    assert nothing._share(0.5) == math.inf
    assert math.isnan(nothing._share(math.nan))
    assert (math.isnan(plan.relaxation_bound), math.isnan(plan.relaxation_gap)) == (True, True)


def test_what_later_goals_gave_up_is_no_gap() -> None:
    # 5% of 1.8 million are 90,000 dollars of b
    plan = plan_of(objective=TWO_GOALS)
    assert (plan.objective_value, plan.bound) == (pytest.approx(1.71e6), pytest.approx(1.8e6))
    assert plan.gap == pytest.approx(0, abs=1e-7)
    assert plan.distance == pytest.approx(90_000)


def test_what_is_proved_without_the_word_of_a_solver() -> None:
    # the package brings 3 a dollar; half of another one would bring 30 more
    programs = {name: {"packages": [{"cost": 60, "outcomes": {"good": 180}}]} for name in ("a", "b")}
    document = document_of(programs | {"c": rated(1)})
    plan = bo.solve(Scenario.from_document(document))
    assert plan.objective_value == pytest.approx(220)
    assert plan.relaxation_bound == pytest.approx(300)
    assert plan.relaxation_gap == pytest.approx(80 / 220)
    assert plan.gap == pytest.approx(0, abs=1e-6)


def test_when_rounding_matters() -> None:
    # of the size of the figures, 2.2 million here, a ten-millionth
    plan = plan_of()
    allowed = 1e-7 * plan.certificate.gap.scale
    assert 0.1 < allowed < 1
    value = plan.plan_value
    at = {by: replace(plan, objective_value=value + by * allowed, bound=value) for by in (-2, 0.9, 1.1)}
    assert {by: one.rounding_matters for by, one in at.items()} == {-2: False, 0.9: False, 1.1: True}
    # the gap is then that of the plan in whole amounts
    assert at[1.1].gap == pytest.approx(0, abs=1e-12)
    beyond = {by: replace(plan, objective_value=value, bound=value + by * allowed) for by in (-1.1, -0.9, 2)}
    assert {by: one.rounding_matters for by, one in beyond.items()} == {-1.1: True, -0.9: False, 2: False}


def test_when_rounding_matters_where_less_is_better() -> None:
    outcomes = {"good": {"weight": 1, "target": {"at_least": 1_500_000}}}
    plan = plan_of(outcomes=outcomes, objective={"minimize": "spending"})
    # 400,000 dollars of a bring 1.2 million, and 300,000 of b the rest
    assert plan.plan_value == pytest.approx(700_000)
    value, allowed = plan.plan_value, 1e-7 * plan.certificate.gap.scale
    at = [replace(plan, objective_value=value + by * allowed, bound=value) for by in (2, -0.9, -1.1)]
    assert [one.rounding_matters for one in at] == [False, False, True]
