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


BUT = ", but for what later objectives give up as `within` lets them"


@pytest.mark.parametrize("packages", [False, True])
@pytest.mark.parametrize("round_to", [None, 30])
def test_what_later_objectives_give_up_is_not_called_the_best(packages: bool, round_to: int | None) -> None:
    park = {"packages": [{"name": "new", "cost": 40, "outcomes": {"o": 24}}]}
    document = {
        "funds": {"f": {"revenue": 100}},
        "outcomes": {"o": {"unit": "visits", "weight": 1}},
        "programs": {
            "p": {"baseline": 40, "outcomes": {"o": {"per_dollar": 0.5}}},
            "q": {"baseline": 60, "outcomes": {"o": {"per_dollar": 0.25}}},
            **({"park": park} if packages else {}),
        },
        **({"round_to": round_to} if round_to else {}),
    }
    first, then = {"maximize": "weighted outcomes"}, {"minimize": "change from baseline"}
    best = plan_of({**document, "objective": first})
    plan = plan_of({**document, "objective": [{**first, "within": "20%"}, then]})
    assert plan.objective_value < 0.9 * best.objective_value
    proof = proof_of(plan, USD)
    said = [one for one in (*proof.proved, *proof.believed) if "a better value of" in one]
    assert len(said) == 1
    assert f"than {USD.quantity(best.objective_value)}" in said[0]
    assert USD.quantity(plan.objective_value) in said[0] or "give up" in said[0]
    assert BUT in proof.short
    # what gives up nothing is said as before
    for other in (best, plan_of({**document, "objective": [first, then]})):
        assert BUT not in proof_of(other, USD).short
    found = replace(plan, status=Status.BEST_FOUND, bound=1.5 * best.objective_value)
    assert proof_of(found, USD).short.endswith(f"of the best possible{BUT}.")
