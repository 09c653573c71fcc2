"""The proof in fractions: right where the answer is known, strict where it is not the best."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from tests.measures import few
from tests.strategies import CONVEX, cases

import budgetopt as bo
from budgetopt.errors import OptionError
from budgetopt.solvers.in_fractions import prove_in_fractions


def proof_of(plan, x=None, row_dual=None):
    first, solution = plan.solver_result.stages[0], plan.solver_result.solution
    return prove_in_fractions(
        plan.formulation.linear_program,
        first.stage,
        solution.x if x is None else x,
        solution.row_dual if row_dual is None else row_dual,
    )


def test_wyndor_is_proved_without_any_rounding():
    proof = proof_of(bo.solve(bo.load("scenarios/classics/wyndor")))
    assert (proof.violation, proof.value, proof.bound, proof.gap) == (0, 36, 36, 0)


def test_other_prices_prove_a_weaker_bound_and_another_point_misses_a_limit():
    plan = bo.solve(bo.load("scenarios/classics/wyndor"))
    solution = plan.solver_result.solution
    weaker = proof_of(plan, row_dual=solution.row_dual * 2)
    assert weaker.bound > 36
    outside = proof_of(plan, x=solution.x + 1.0)
    assert outside.violation >= 1


def test_prices_that_count_on_a_missing_limit_prove_nothing():
    plan = bo.solve(bo.load("scenarios/classics/wyndor"))
    wrong = proof_of(plan, row_dual=-np.abs(plan.solver_result.solution.row_dual) - 1.0)
    assert wrong.bound is None or wrong.bound > 36


def test_whole_decisions_are_refused():
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 5}},
            "outcomes": {"saved": {"weight": 1}},
            "programs": {"a": {"packages": [{"name": "all", "cost": 5, "outcomes": {"saved": 3}}]}},
        }
    )
    plan = bo.solve(scenario)
    with pytest.raises(OptionError, match="all-or-nothing decisions"):
        prove_in_fractions(
            plan.formulation.linear_program, plan.solver_result.stages[0].stage, plan.solver_result.x, np.zeros(1)
        )


@few(1, at_most=100)
@given(cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX))
def test_what_the_certificate_proves_is_true_to_a_billionth(case):
    plan = bo.solve(case.scenario)
    proof = proof_of(plan)
    assert float(proof.value) == pytest.approx(plan.objective_value, rel=1e-12, abs=1e-6)
    if proof.bound is not None:
        sign = 1 if plan.solver_result.stages[0].stage.maximize else -1
        assert sign * (proof.bound - proof.value) >= -Fraction(1, 10**6) * max(abs(proof.value), 1)
        assert proof.gap <= Fraction(1, 10**6)
