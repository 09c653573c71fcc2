"""What must hold of every answer to a scenario of the whole language."""

from __future__ import annotations

import copy
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.allocation import Allocation
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.scenario.scenario import Scenario
from language.plain import Plain
from language.strategies import Told, some_plans, told
from measures import best_value, few, proved_to_within
from strategies import unchecked

DEEP = 200
"""Examples of `make test-deep`: each is several integer problems of the whole language, and takes a second or two."""
CENTS = 0.3
"""What payments that are rounded to the cent may change of any objective of these scenarios."""


def promised(plan: Allocation) -> float:
    """Return the best value of the first objective, before later ones give up a share of it."""
    return float(plan.solver_result.stages[0].solution.objective)


def sign_of(case: Told) -> int:
    return 1 if "maximize" in case.document["objective"][0] else -1


@few(1 / 2, DEEP)
@given(told())
def test_every_plan_keeps_the_words_and_is_proved(case: Told) -> None:
    plan = bo.solve(case.scenario)
    assert plan.proved
    assert plan.certificate.proved
    assert plan.audit.accepted
    entry = case.document["objective"][0]
    best, known = promised(plan), float(case.plain.objective(entry))
    assert sign_of(case) * (best - known) >= -1e-3 - 1e-7 * abs(known)
    # what the audit finds the plan is worth is what was promised, less what later objectives may give up
    given_up = abs(best) * float(Fraction(entry.get("within", "0%").rstrip("%")) / 100)
    lost = sign_of(case) * (best - plan.audit.objectives[0].value)
    assert -CENTS - 1e-7 * abs(best) <= lost <= given_up + CENTS + 1e-7 * abs(best)
    # and the plainest reading finds the same
    plain = Plain(case.document, plan.spending_plan)
    assert np.isclose(plan.audit.objectives[0].value, float(plain.objective(entry)), rtol=1e-9, atol=1e-6)


@few(1 / 2, DEEP)
@given(st.data())
def test_no_accepted_plan_beats_the_optimum(data: st.DataObject) -> None:
    """Climb from a plan by steps that the audit accepts: it ends no higher than the solver."""
    case = data.draw(told(max_programs=3, max_periods=2))
    best, sign = bo.solve(case.scenario), sign_of(case)
    limit = sign * promised(best) + CENTS + 1e-7 * abs(promised(best))
    plan = data.draw(st.sampled_from([case.plan, best.spending_plan]))
    reached = sign * audit_plan(case.scenario, plan).objectives[0].value
    for _ in range(10):
        other = data.draw(some_plans(case, plan))
        found = audit_plan(case.scenario, other)
        value = sign * found.objectives[0].value
        if found.accepted and value >= reached - CENTS:
            assert value <= limit
            plan, reached = other, value


@few(1 / 2, DEEP)
@given(st.data())
def test_where_no_plan_is_found_none_is_accepted(data: st.DataObject) -> None:
    case = data.draw(told(max_programs=3, max_periods=2, feasible=False))
    try:
        plan = bo.solve(case.scenario)
    except bo.InfeasibleError:
        for other in (case.plan, data.draw(some_plans(case, case.plan)), SpendingPlan.nothing(case.scenario)):
            assert not audit_plan(case.scenario, other).accepted
    else:
        assert plan.audit.accepted


def every_choice(case: Told) -> list[SpendingPlan]:
    """Return every choice of packages, paid by the one fund that there is."""
    count = int(np.size(case.plan.packages))
    plans = []
    for chosen in product([False, True], repeat=count):
        assert case.plan.packages is not None
        packages = np.array(chosen, dtype=bool).reshape(case.plan.packages.shape)
        plan = SpendingPlan(np.zeros_like(case.plan.spending), case.plan.transfers, packages, case.plan.units)
        plain = Plain(case.document, plan)
        for row, program in enumerate(case.document["programs"]):
            plan.spending[row, 0] = [float(plain.due(program, period)) for period in plain.periods]
        plans.append(plan)
    return plans


@few(1 / 2, DEEP)
@given(st.data())
def test_whole_decisions_are_the_best_of_all_that_there_are(data: st.DataObject) -> None:
    feasible = data.draw(st.booleans())
    case = data.draw(told(max_programs=2, max_periods=2, whole=True, feasible=feasible))
    # how much one resource stands in for another is a decision that is not counted here
    assume(np.size(case.plan.packages) <= 6 and not np.size(case.plan.stand_ins))
    accepted = [audit for plan in every_choice(case) if (audit := audit_plan(case.scenario, plan)).accepted]
    best = best_value(case.scenario)
    if best is None:
        assert not accepted
    else:
        values = [sign_of(case) * audit.objectives[0].value for audit in accepted]
        assert sign_of(case) * best == pytest.approx(max(values), rel=1e-7, abs=0.05)


@pytest.mark.skipif("cbc" not in bo.available_solvers(), reason="CBC is not installed here")
@few(1 / 5, DEEP)
@given(told(max_programs=3))
def test_two_solvers_agree(case: Told) -> None:
    first, second = bo.solve(case.scenario), bo.solve(case.scenario, solver="cbc")
    assert first.proved
    assert second.audit.accepted
    assert promised(second) == pytest.approx(promised(first), rel=0, abs=proved_to_within(second))
    if first.solver_result.unique and second.solver_result.unique:
        assert np.abs(first.spending - second.spending).max() <= 0.02


@pytest.mark.skipif("cbc" not in bo.available_solvers(), reason="CBC is not installed here")
def test_a_plan_that_cbc_is_wrong_to_call_the_best_is_not_said_to_be_proved() -> None:
    document = {
        "periods": ["FY1", "FY2", "FY3"],
        "outcomes": {"good": {"weight": 1, "target": {"at_least": 23, "each": "total"}}},
        "programs": {
            "free": {"service": {"unit_cost": 0, "up_to": 1}, "outcomes": {"good": {"per_unit": 1}}},
            "large": {
                "if_funded": {"fixed_cost": 2000},
                "outcomes": {"good": {"unit_cost": 250, "up_to": 20}},
            },
            "small": {"outcomes": {"good": {"curve": [[0, 0], [1000, 5]]}}},
        },
        "funds": {
            "general": {"revenue": {"FY3": 1000}, "one_time": {"FY1": 4000, "FY2": 4000, "FY3": 4000}},
        },
        "objective": [{"maximize": "weighted outcomes", "unspent_worth": 0.002}],
    }
    scenario = bo.Scenario.from_document(document)
    first, second = bo.solve(scenario), bo.solve(scenario, solver="cbc")
    assert second.objective_value == pytest.approx(first.objective_value)
    assert first.proved
    assert second.proved


def better(one: float | None, other: float | None, sign: int) -> bool:
    """Return whether a best value is at least as good as another, where none is worst."""
    if other is None:
        return True
    return one is not None and sign * (one - other) >= -1e-4 - 1e-7 * abs(other)


@few(1 / 2, DEEP)
@given(st.data())
def test_dropping_a_limit_never_hurts(data: st.DataObject) -> None:
    case = data.draw(told(max_programs=3, feasible=data.draw(st.booleans())))
    document = copy.deepcopy(case.document)
    ways: list[tuple[str, ...]] = [("rules", rule["name"]) for rule in document["rules"]]
    for fund, words in document["funds"].items():
        conditions = ("match", "maintenance_of_effort", "no_supplanting", "reserve", "spending", "ends")
        ways += [("funds", fund, key) for key in conditions if key in words]
    ways += [
        ("programs", program, "spending") for program, words in document["programs"].items() if "spending" in words
    ]
    assume(ways)
    section, name, *key = data.draw(st.sampled_from(ways))
    # a ceiling is also what a coverage is a share of
    assume(key != ["spending"] or not any({"substitutes", "follows"} & set(rule) for rule in document["rules"]))
    if section == "rules":
        document["rules"] = [rule for rule in document["rules"] if rule["name"] != name]
    else:
        del document[section][name][key[0]]
    assert better(best_value(unchecked(document)), best_value(case.scenario), sign_of(case))


@few(1 / 2, DEEP)
@given(st.data())
def test_more_of_what_is_scarce_never_hurts(data: st.DataObject) -> None:
    case = data.draw(told(max_programs=3, feasible=data.draw(st.booleans())))
    document = copy.deepcopy(case.document)
    if document.get("resources") and data.draw(st.booleans()):
        document["resources"]["staff"]["capacity"] += 3
    else:
        document["funds"][data.draw(st.sampled_from(list(document["funds"])))]["opening_balance"] = 7000
    assert better(best_value(unchecked(document)), best_value(case.scenario), sign_of(case))


@few(1 / 2, DEEP)
@given(told(concave=True))
def test_a_concave_scenario_has_no_binaries(case: Told) -> None:
    plan = bo.solve(case.scenario)
    assert not plan.formulation.linear_program.is_integer
    assert plan.proved


@st.composite
def capped(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a concave program whose outcome is limited from above, and a straight one beside it."""
    slopes = sorted(draw(st.lists(st.integers(1, 9), min_size=2, max_size=3, unique=True)), reverse=True)
    widths = draw(st.lists(st.integers(1, 9), min_size=len(slopes), max_size=len(slopes)))
    waste = sorted(draw(st.lists(st.integers(0, 9), min_size=len(slopes), max_size=len(slopes))), reverse=True)
    x, good, bad, curves = 0, 0, 0, ([[0, 0]], [[0, 0]])
    for width, slope, more in zip(widths, slopes, waste, strict=True):
        x, good, bad = x + width, good + slope * width, bad + more * width
        curves[0].append([x, good])
        curves[1].append([x, bad])
    return {
        "name": "Capped",
        "periods": ["FY1"],
        "funds": {"general": {"revenue": draw(st.integers(1, 20))}},
        "outcomes": {"good": {"weight": 1}, "waste": {}},
        "programs": {
            "p": {"outcomes": {"good": {"curve": curves[0]}, "waste": {"curve": curves[1]}}},
            "q": {"outcomes": {"good": {"per_dollar": draw(st.sampled_from([0.5, 2.5, 4.5]))}}},
        },
        "rules": [{"name": "Cap", "sum": "outcome waste", "at_most": draw(st.integers(0, 60))}],
    }


@given(capped())
def test_a_limit_from_above_on_a_concave_outcome_is_exact(document: dict[str, Any]) -> None:
    """The best is where all money is spent, and the first program stands at a breakpoint, at the cap, or has it all."""
    curves = document["programs"]["p"]["outcomes"]
    money, most = document["funds"]["general"]["revenue"], document["rules"][0]["at_most"]
    rate = Fraction(str(document["programs"]["q"]["outcomes"]["good"]["per_dollar"]))

    def height(points: list[list[int]], x: Fraction) -> Fraction:
        for (x0, y0), (x1, y1) in pairwise(points):
            if x <= x1:
                return y0 + Fraction(y1 - y0, x1 - x0) * (x - x0)
        return Fraction(points[-1][1])

    at = [Fraction(point[0]) for point in curves["good"]["curve"]] + [Fraction(money)]
    for (x0, y0), (x1, y1) in zip(curves["waste"]["curve"], curves["waste"]["curve"][1:], strict=False):
        if y0 <= most < y1:
            at.append(x0 + (most - y0) / Fraction(y1 - y0, x1 - x0))
    values = [
        height(curves["good"]["curve"], x) + rate * (money - x)
        for x in at
        if x <= money and height(curves["waste"]["curve"], x) <= most
    ]
    assert best_value(Scenario.from_document(document)) == pytest.approx(float(max(values)), rel=1e-9, abs=1e-7)


STEPS = 6


@st.composite
def on_a_grid(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a budget of one fund and period whose best plan is one of whole thousands.

    All breakpoints, limits and minimum operating levels are whole thousands, and only the fund's money adds programs
    up: once it is settled which are funded, at most one stands between breakpoints, and the others leave it whole ones.
    """

    def curve(most: int) -> list[list[int]]:
        at = sorted(draw(st.sets(st.integers(1, STEPS), min_size=1, max_size=3)))
        heights = [draw(st.integers(0, most)) for _ in at]
        return [[0, draw(st.sampled_from([0, 0, 10]))], *([1000 * x, y] for x, y in zip(at, heights, strict=True))]

    programs: dict[str, Any] = {}
    for number in range(draw(st.integers(2, 3))):
        words: dict[str, Any] = {"outcomes": {"good": {"curve": curve(60)}}}
        words["if_funded"] = {"at_least": 1000 * draw(st.integers(1, 3))}
        if draw(st.booleans()):
            words["outcomes"]["harm"] = {"curve": curve(20)}
        if draw(st.booleans()):
            words["if_funded"]["fixed_cost"] = 1000 * draw(st.integers(1, 2))
        if draw(st.integers(0, 2)) == 0:
            words["spending"] = {"at_most": 1000 * draw(st.integers(1, STEPS))}
        programs[f"p{number}"] = words
    names = list(programs)
    rules: list[dict[str, Any]] = [
        {"excludes": names[:2]},
        {"exactly_one": names},
        {"together": names[-2:]},
        {"requires": {"program": names[0], "needs": [names[1]]}},
        {"count": "funded", "at_most": draw(st.integers(1, 2))},
        {"count": "funded", "at_least": draw(st.integers(1, 3))},
    ]
    chosen = draw(st.lists(st.sampled_from(rules), max_size=2, unique_by=repr))
    return {
        "name": "On a grid",
        "periods": ["FY1"],
        "funds": {"general": {"revenue": 1000 * draw(st.integers(1, STEPS)), "carryover": False}},
        "outcomes": {"good": {"weight": 2}, "harm": {"weight": draw(st.sampled_from([1, 3])), "direction": "decrease"}},
        "programs": programs,
        "rules": [{"name": f"Rule {i}", **rule} for i, rule in enumerate(chosen)],
    }


@given(on_a_grid())
def test_any_shape_and_any_minimum_level_is_the_best_of_its_grid(document: dict[str, Any]) -> None:
    scenario = unchecked(document)
    most = int(document["funds"]["general"]["revenue"]) // 1000
    values = []
    for steps in product(range(most + 1), repeat=len(document["programs"])):
        if sum(steps) <= most:
            plan = SpendingPlan(1000.0 * np.array(steps).reshape(-1, 1, 1), np.zeros((1, 1, 1)))
            audit = audit_plan(scenario, plan)
            values += [audit.weighted_value] if audit.accepted else []
    best = best_value(scenario)
    assert best == (pytest.approx(max(values), rel=1e-9, abs=1e-6) if values else None)
