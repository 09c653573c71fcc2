"""A certificate accepts what is optimal and rejects every change that matters."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.errors import CertificateError
from budgetopt.formulation.linear_program import Stage
from budgetopt.solvers import Options, Termination, certify, solve_linear_program
from budgetopt.solvers.certificate import certify_point
from exact import solve_exactly
from linear_programs import INFINITY, linear_program, linear_programs

WYNDOR = linear_program([[1, 0], [0, 2], [3, 2]], -INFINITY, [4, 12, 18], maximize=[3, 5])
MILLIONS = linear_program(
    [[1, 1, 1], [0, 1, 2]], -INFINITY, [3e8, 2e8], 0, [2.5e8, INFINITY, INFINITY], maximize=[1.2, 1.5, 1.9]
)
MIXED = linear_program([[3, 2, 1]], -INFINITY, [7.5], 0, [2, 2, 10], maximize=[5, 3, 1], integer=[True, True, False])


def test_it_holds_at_the_optimum():
    certificate = solve_linear_program(WYNDOR).certificate
    assert certificate.proved
    assert certificate.feasible
    assert certificate.failures == ()
    assert certificate.bound == certificate.objective == 36
    assert certificate.bound_is_rigorous
    assert not certificate.bound_by_solver
    assert certificate.primal_violation == certificate.dual_violation == 0


def test_it_reads_as_plain_values():
    document = solve_linear_program(WYNDOR).certificate.to_dict()
    assert json.loads(json.dumps(document)) == document
    assert document["proved"] is True
    assert set(document["checks"]) == {"rows", "bounds", "integrality", "dual", "complementarity", "gap"}
    assert {"worst", "tolerance", "breach", "scale", "position", "passed"} == set(document["checks"]["rows"])


@pytest.mark.parametrize("lp", [WYNDOR, MILLIONS])
@pytest.mark.parametrize("share", [1e-6, 1e-2, -1e-6, -1e-2])
def test_any_column_moved_is_rejected(lp, share):
    solution = solve_linear_program(lp).solution
    for column in range(lp.columns):
        x = solution.x.copy()
        x[column] += share * max(abs(x[column]), 1.0 if lp is WYNDOR else 1e8)
        assert not certify(lp, 0, replace(solution, x=x)).proved


@pytest.mark.parametrize("lp", [WYNDOR, MILLIONS])
@pytest.mark.parametrize("share", [1e-6, 1e-2, -1e-6, -1e-2, -1])
def test_any_price_moved_is_rejected(lp, share):
    solution = solve_linear_program(lp).solution
    for row in range(lp.rows):
        y = solution.row_dual.copy()
        y[row] += share * max(abs(y[row]), 1.0)
        certificate = certify(lp, 0, replace(solution, row_dual=y))
        assert not certificate.proved
        # a wrong price still bounds every plan, only less well
        assert certificate.bound >= certificate.objective - 1e-6 * certificate.objective


@pytest.mark.parametrize("invalid", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_rejected(invalid):
    solution = solve_linear_program(WYNDOR).solution
    with np.errstate(invalid="ignore"):
        assert not certify(WYNDOR, 0, replace(solution, x=np.array([invalid, 6.0]))).proved
        assert not certify(WYNDOR, 0, replace(solution, row_dual=np.array([0.0, invalid, 1.0]))).proved


def test_the_stage_matters():
    solution = solve_linear_program(WYNDOR).solution
    other = Stage("the other way", WYNDOR.stages[0].cost, maximize=False)
    assert not certify(WYNDOR, other, solution).proved
    offset = Stage("with more", WYNDOR.stages[0].cost, maximize=True, offset=1000.0)
    assert certify(WYNDOR, offset, solution).bound == 1036


def test_failures_have_names_and_places():
    solution = solve_linear_program(WYNDOR).solution
    certificate = certify(WYNDOR, 0, replace(solution, x=np.array([4.0, 6.0])))
    assert not certificate.feasible
    assert certificate.failures[0] == "rows"
    assert certificate.rows.position == 2
    assert certificate.rows.breach == 6
    certificate = certify(WYNDOR, 0, replace(solution, x=np.array([2.0, -6.0])))
    assert certificate.bounds.position == 1
    certificate = certify(WYNDOR, 0, replace(solution, row_dual=np.array([0.0, -1.5, 1.0])))
    assert "dual" in certificate.failures


def test_without_a_plan_there_is_nothing_to_check():
    with pytest.raises(CertificateError):
        certify(WYNDOR, 0, replace(solve_linear_program(WYNDOR).solution, x=None))


def test_integer_plans_rest_on_the_solvers_bound():
    outcome = solve_linear_program(MIXED)
    certificate = outcome.certificate
    assert certificate.proved
    assert certificate.bound_by_solver
    assert certificate.dual is None
    assert certificate.dual_violation is None
    assert outcome.solution.row_dual is None
    solution = outcome.solution
    x = solution.x.copy()
    x[0] -= 0.5
    broken = certify(MIXED, 0, replace(solution, x=x))
    assert "integrality" in broken.failures
    assert "gap" in certify(MIXED, 0, replace(solution, bound=solution.bound * 1.01)).failures
    assert certify(MIXED, 0, replace(solution, bound=solution.bound * 1.01), allowance=1.0).passed
    assert not certify(MIXED, 0, replace(solution, bound=solution.bound * 1.01), allowance=1.0).proved
    assert "gap" in certify(MIXED, 0, replace(solution, bound=np.nan)).failures


def test_an_allowance_widens_the_gap_only():
    solution = solve_linear_program(WYNDOR).solution
    x = np.array([2.0, 5.9])
    assert certify(WYNDOR, 0, replace(solution, x=x)).failures == ("complementarity", "gap")
    assert certify(WYNDOR, 0, replace(solution, x=x), allowance=0.5).passed
    assert not certify(WYNDOR, 0, replace(solution, x=np.array([2.1, 6.0])), allowance=0.5).passed


def test_limits_implied_by_rows_make_the_bound_rigorous():
    # 1/3 and its like leave rounding errors in reduced costs; x has no upper limit of its own, but the row gives it one
    lp = linear_program([[3, 1], [1, 7]], -INFINITY, [1, 1], maximize=[1, 1])
    y = np.array([0.3, 0.1]) * (1 - 1e-12)
    certificate = certify_point(lp, lp.stages[0], solve_linear_program(lp).x, y)
    assert certificate.bound_is_rigorous
    assert np.isfinite(certificate.bound)
    assert certificate.proved
    free = linear_program([[3, 1], [1, 7]], 1, 1, -INFINITY, maximize=[1, 1])
    certificate = certify_point(free, free.stages[0], solve_linear_program(free).x, y)
    assert certificate.proved
    assert not certificate.bound_is_rigorous
    assert certify_point(free, free.stages[0], solve_linear_program(free).x, y * 1.001).bound == INFINITY


@given(linear_programs(bounded=True), st.data())
def test_any_prices_bound_every_plan(lp, data):
    exact = solve_exactly(lp)
    assume(exact.status == "optimal")
    y = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=lp.rows, max_size=lp.rows)), float)
    x = np.array([float(v) for v in exact.points[0]])
    certificate = certify_point(lp, lp.stages[0], x, y)
    beyond = certificate.bound - float(exact.value)
    assert beyond >= -1e-9 if lp.stages[0].maximize else beyond <= 1e-9


@given(linear_programs(), st.data())
def test_only_optimal_points_pass(lp, data):
    outcome = solve_linear_program(lp)
    assume(outcome.termination is Termination.OPTIMAL)
    step = data.draw(st.lists(st.sampled_from([-1, 0, 1, 0.5]), min_size=lp.columns, max_size=lp.columns))
    x = outcome.x + np.array(step)
    certificate = certify(lp, 0, replace(outcome.solution, x=x))
    activity = lp.matrix.times(x)
    met = (activity >= lp.row_lower - 1e-7).all() and (activity <= lp.row_upper + 1e-7).all()
    met = met and (x >= lp.lower - 1e-7).all() and (x <= lp.upper + 1e-7).all()
    as_good = abs(float(lp.stages[0].cost @ x) + lp.stages[0].offset - outcome.solution.objective) <= 1e-6
    assert certificate.proved == bool(met and as_good)


def test_a_solver_that_is_wrong_is_found_out(monkeypatch):
    from budgetopt.solvers import highs

    solve = highs.LiveModel.solve_once

    def lying(model):
        answer = solve(model)
        return answer if answer.x is None else replace(answer, x=answer.x * 0.99, objective=answer.objective)

    monkeypatch.setattr(highs.LiveModel, "solve_once", lying)
    outcome = solve_linear_program(MILLIONS, Options())
    assert outcome.termination is Termination.OPTIMAL
    assert not outcome.proved
