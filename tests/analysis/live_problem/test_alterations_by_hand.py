"""Altered problems of small scenarios, feature by feature, beside those of the altered scenario formulated anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.analysis.live_problem.test_alterations import assert_same

from budgetopt.analysis.live_problem.alterations import Alterations, whole, without_objective
from budgetopt.analysis.live_problem.scaling import scaled
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


# effects stand in the objective and in the row of a target, what is given is worth something without any money
EVERY: dict[str, Any] = {
    "a": {"outcomes": {"good": {"curve": [[0, 7], [20, 67], [60, 107]]}, "kind": {"per_dollar": 0.5}}},
    "b": rated(2, spending={"at_least": 5, "at_most": 30}),
    "c": rated(1, funds=["gift"], baseline=10),
}
OUTCOMES = {"good": {"weight": 2, "target": {"at_least": 40}}, "kind": {"weight": 3}}
GIFT = {"gift": {"revenue": 25, "carryover": False}}
RULES = [
    {"name": "cap", "where": {"program": "a"}, "sum": "spending", "at_most": 55},
    {"name": "slow", "where": {"program": "c"}, "change": {"at_most": "50%"}},
]
PACKAGES = [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]
SCENARIOS: dict[str, dict[str, Any]] = {
    "one fund": document_of(EVERY | {"c": rated(1)}, outcomes=OUTCOMES),
    "several funds and periods": document_of(
        EVERY, periods=LATER, outcomes=OUTCOMES, funds=GIFT, rules=RULES, inflation="10%", discount="5%"
    ),
    "an outcome alone": document_of(EVERY, outcomes=OUTCOMES, funds=GIFT, objective={"maximize": "kind"}),
    "spending": document_of(EVERY, outcomes=OUTCOMES, funds=GIFT, objective={"minimize": "spending"}),
    "shortfall": document_of(EVERY, outcomes=OUTCOMES, funds=GIFT, objective={"minimize": "shortfall from targets"}),
    "less is better": document_of(
        EVERY, outcomes={"good": {"weight": 2, "direction": "decrease"}, "kind": {"weight": 1}}, funds=GIFT
    ),
    "packages, services and fixed costs": document_of(
        {
            "a": {"packages": PACKAGES},
            "b": {"service": {"unit": "beds", "unit_cost": 2, "up_to": 20}, "outcomes": {"good": {"per_unit": 3}}},
            "c": rated(2, if_funded={"fixed_cost": 10, "at_least": 20}),
        },
        outcomes=OUTCOMES,
        rules=[RULES[0]],
    ),
    "a floor and a ceiling within a curve": document_of(
        EVERY | {"a": {**EVERY["a"], "spending": {"at_least": 30, "at_most": 50}}}, outcomes=OUTCOMES, funds=GIFT
    ),
    "services": document_of(
        {
            "a": {
                "service": {"unit": "beds", "unit_cost": 1, "up_to": 60},
                "outcomes": {"good": {"curve": [[0, 0], [20, 30], [60, 40]]}},
            },
            "b": {
                "service": {"unit": "beds", "unit_cost": 2, "up_to": 20, "at_least": 5},
                "outcomes": {"good": {"per_unit": 3}},
            },
            "c": rated(3, if_funded={"at_least": 20}, spending={"at_least": 25, "at_most": 30}),
        },
        outcomes=OUTCOMES,
    ),
    "a fund that pays late": document_of(
        EVERY | {"c": rated(1, funds=["gift"], spending={"at_most": 0.5})},
        periods=LATER,
        outcomes=OUTCOMES,
        funds={"gift": {"revenue": {"FY2": 25}, "starts": "FY2"}},
    ),
}


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
@pytest.mark.parametrize("what", ["effect", "cost", "weight"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scaled_problem(name: str, what: str, factor: float) -> None:
    scenario = Scenario.from_document(SCENARIOS[name])
    alterations = Alterations(scenario, whole(scenario))
    for row, program in enumerate(scenario.programs.ids.tolist()):
        for outcome in scenario.outcomes:
            found = alterations.scaled(row, what, outcome, factor)
            asked = whole(scaled(scenario, program, what, outcome, factor))
            assert_same(found.problem, asked.linear_program)
            point = np.linspace(1.0, 2.0, found.problem.columns)
            assert float(found.spends @ point) == pytest.approx(asked.spending_of(point)[row].sum())


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_problem_without_each_limit_and_without_all(name: str) -> None:
    scenario = Scenario.from_document(SCENARIOS[name])
    alterations = Alterations(scenario, whole(scenario))
    provisions = [limit.provision for limit in scenario.limits.demands()]
    for suspended in ([], *([one] for one in provisions), provisions):
        assert_same(alterations.without(suspended), whole(scenario, suspended).linear_program)


def counted(name: str) -> tuple[Alterations, list[str]]:
    """Return the alterations of a scenario, and what is formulated anew for them."""
    scenario = Scenario.from_document(SCENARIOS[name])
    anew: list[str] = []

    def formulated(changed: Scenario, suspended: Any) -> Any:
        anew.append(",".join(sorted(one.name for one in suspended)) or "changed")
        return whole(changed, suspended)

    return Alterations(scenario, whole(scenario), formulated), anew


@pytest.mark.parametrize(
    ("name", "row", "what", "times"),
    [
        # the doubled problem is formulated once, for all programs
        ("one fund", 1, "effect", 1),
        ("one fund", 1, "cost", 1),
        ("one fund", 1, "weight", 0),
        # what is given without money moves the row of the target: by how much, its rule says
        ("one fund", 0, "effect", 1),
        # so many dollars more fit into each segment of a curve
        ("one fund", 0, "cost", 1),
        ("a fund that pays late", 2, "cost", 1),
        ("shortfall", 1, "weight", 3),
        ("an outcome alone", 1, "weight", 0),
        # packages, services and fixed costs are formulated anew each time
        ("packages, services and fixed costs", 0, "cost", 4),
        ("packages, services and fixed costs", 1, "cost", 4),
        ("packages, services and fixed costs", 2, "cost", 4),
    ],
)
def test_how_often_something_is_formulated_anew(name: str, row: int, what: str, times: int) -> None:
    alterations, anew = counted(name)
    for factor in (0.5, 2.0, 3.0):
        alterations.scaled(row, what, "good", factor)
    assert len(anew) == times


def test_rows_are_not_dropped_by_formulating_anew() -> None:
    alterations, anew = counted("several funds and periods")
    for provision in (Provision("rule", "cap"), Provision("target", "good")):
        alterations.without([provision])
    assert anew == []
    # a rule on change sets limits of the programs
    alterations.without([Provision("rule", "slow")])
    assert anew == ["slow"]


def test_the_columns_of_a_program_s_effects() -> None:
    scenario = Scenario.from_document(SCENARIOS["one fund"])
    formulation = whole(scenario)
    names = formulation.linear_program.column_labels.all_names()
    alterations = Alterations(scenario, formulation)
    for row, program in enumerate("abc"):
        found = [names[column] for column in alterations.columns_of_effects(row).tolist()]
        assert found == [name for name in names if name.startswith(f"segment[{program},")]


def test_without_an_objective_every_plan_is_as_good() -> None:
    problem = whole(Scenario.from_document(SCENARIOS["one fund"])).linear_program
    plain = without_objective(problem)
    assert problem.stages[0].offset != 0
    assert (plain.stages[0].offset, plain.tie_break, len(plain.stages)) == (0, None, 1)
    assert not plain.stages[0].cost.any()
    assert plain.stages[0].cost.shape == (problem.columns,)


def test_limits_of_simple_programs_and_rows_of_their_own_are_direct() -> None:
    def limit(**more: bool) -> Any:
        words = {"name": "a", "of_program": False, "sets_program_limits": False, "is_goal": False, **more}
        return SimpleNamespace(**words)

    def direct(one: Any, *, simple: bool = True) -> object:
        scenario = SimpleNamespace(limits=[one], programs=SimpleNamespace(position={"a": 1}.__getitem__))
        own: Any = SimpleNamespace(_scenario=scenario, _is_simple=np.array([not simple, simple]))
        return Alterations._is_direct(own, 0)

    assert direct(limit(of_program=True)) is True
    assert direct(limit(of_program=True), simple=False) is False
    assert direct(limit()) is True
    assert direct(limit(sets_program_limits=True)) is False
    assert direct(limit(is_goal=True)) is False


def test_a_program_with_a_ceiling_is_simple_though_its_prices_rise() -> None:
    programs = {"b": rated(2, spending={"at_least": 5, "at_most": 30}, inflation="10%"), "c": rated(1)}
    scenario = Scenario.from_document(document_of(programs, periods=LATER[:2]))
    assert Alterations(scenario, whole(scenario))._is_simple.tolist() == [True, True]
