from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.report.plans import plan_of

from budgetopt.allocation import Allocation, Status
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.words.proof_words import proof_of

USD = Numbers()


def test_what_is_proved_is_told_apart_from_what_is_believed(city: Allocation) -> None:
    proof = proof_of(city, USD, 5)
    assert proof.short == "Proved: it keeps all 72 limits, by an independent audit, and no plan that does so is better."
    assert "No plan that keeps these limits has a better value" in proof.proved[2]
    assert proof.believed[1] == "5 effects of the scenario rest on no source and are assumptions."
    assert "is not proved by any arithmetic" in proof.believed[0]


def test_every_check_has_its_worst_and_its_tolerance(plan: Allocation) -> None:
    checks = proof_of(plan, USD).checks
    assert {check.words for check in checks} >= {
        "The plan keeps every balance and rule",
        "The plan's value meets the bound",
    }
    assert all(check.result == "passed" for check in checks)
    assert all(float(check.worst) <= float(check.tolerance) for check in checks)


def test_a_plan_that_is_not_proved_does_not_say_that_it_is(city: Allocation) -> None:
    bound = city.objective_value * 1.019999
    best = replace(city, status=Status.BEST_FOUND, bound=bound)
    proof = proof_of(best, USD)
    assert proof.short == "Best plan found: it keeps all 72 limits; its value is within 2% of the best possible."
    assert not any("No plan that keeps" in words for words in proof.proved)
    assert "could be better than this one's by at most 2%" in proof.believed[0]


def test_where_no_bound_is_known_no_share_is_named(city: Allocation) -> None:
    proof = proof_of(replace(city, status=Status.BEST_FOUND, bound=math.inf), USD)
    assert proof.short == "Best plan found: it keeps all 72 limits; how far it is from the best is not known."
    assert proof.believed[0] == "A better plan may exist; how much better is not known."


def test_a_better_plan_is_measured_by_the_plan_itself(city: Allocation) -> None:
    value = city.objective_value
    assert replace(city, bound=1.5 * value).gap == pytest.approx(0.5)
    assert replace(city, bound=0.5 * value).gap == pytest.approx(0.5)
    assert replace(city, objective_value=0.0, bound=5.0).gap == math.inf
    # a plan in whole amounts that is worth a third less than the exact optimum
    assert replace(city, objective_value=1.5 * value, bound=1.5 * value).gap == pytest.approx(1 / 3)


def test_the_word_of_a_solver_is_not_called_a_proof(city: Allocation) -> None:
    certificate = replace(city.certificate, bound_by_solver=True)
    believed = replace(city, solver_result=replace(city.solver_result, certificate=certificate))
    proof = proof_of(believed, USD)
    assert proof.short.endswith("that no plan does better is the solver's word.")
    assert not any("No plan that keeps" in words for words in proof.proved)
    assert "is the word of the solver (HiGHS" in proof.believed[0]
    assert "The command “budgetopt verify --solve” may prove it" in proof.believed[0]


def test_each_objective_has_its_checks() -> None:
    plan = plan_of(
        {
            "funds": {"f": {"revenue": 100}},
            "outcomes": {"o": {"unit": "visits", "weight": 1}},
            "programs": {"p": {"baseline": 40, "outcomes": {"o": {"curve": [[0, 0], [50, 10]]}}}},
            "objective": [{"maximize": "weighted outcomes"}, {"minimize": "spending"}],
        }
    )
    proof = proof_of(plan, USD)
    assert {check.objective for check in proof.checks} == {"maximize weighted outcomes", "minimize spending"}
    assert proof.short == "Proved: it keeps its one limit, by an independent audit, and no plan that does so is better."


def test_a_plan_is_identified(city: Allocation) -> None:
    facts = dict(proof_of(city, USD).facts)
    assert facts["Scenario (SHA-256)"] == city.scenario.sha256
    assert facts["Objective"] == "Maximize weighted outcomes"
    assert facts["Solver"] == city.solver
    assert facts["Value of the plan"] == facts["Best value possible"]


@pytest.mark.parametrize(("share", "reached", "most"), [("20%", 19, 21), ("5%", 20.0, 21)])
@pytest.mark.parametrize("divisible", [True, False])
def test_what_later_objectives_give_up_is_no_better_plan_that_is_denied(
    share: str, reached: float, most: float, divisible: bool
) -> None:
    packages = [
        {"cost": "2M", "outcomes": {"visits": 10}},
        {"cost": "3.5M", "outcomes": {"visits": 11, "homes": 1}},
        {"cost": "4M", "outcomes": {"visits": 9, "homes": 9}},
        {"cost": "3.6M", "outcomes": {"visits": 10, "homes": 3}},
    ]
    program = {"choose": "any", "packages": packages}
    document = {
        "funds": {"general": {"revenue": "6M"}},
        "outcomes": {"visits": {}, "homes": {}},
        "objective": [{"maximize": "visits", "within": share}, {"maximize": "homes"}],
        "programs": {"a": program},
    }
    if divisible:
        brings = {"library": {"visits": {"unit_cost": "200k"}}, "shelter": {"homes": {"unit_cost": "50k"}}}
        document["programs"] = {name: {"outcomes": outcomes} for name, outcomes in brings.items()}
        most = 30
        reached = most * (1 - float(share.rstrip("%")) / 100)
    plan = plan_of(document)
    first = plan_of({**document, "objective": {"maximize": "visits"}})
    assert first.objective_value == pytest.approx(most)
    assert plan.objective_value == pytest.approx(reached)
    proof = proof_of(plan, USD)
    given_up = f"the {USD.share((most - reached) / reached, 2)} of its value that later objectives give up"
    assert f"better by more than {given_up}" in proof.short
    told = " ".join([*proof.proved, *proof.believed])
    assert f"a better value of “maximize visits” than {USD.quantity(most)}" in told
    assert USD.quantity(plan.objective_value) in told
    assert "later objectives" not in proof_of(first, USD).short
