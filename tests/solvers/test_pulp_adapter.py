"""Other solvers by way of PuLP: one sign of prices, honest endings, names that lead back, missing solvers explained."""

import warnings
from dataclasses import replace

import numpy as np
import pulp
import pytest
from hypothesis import assume, given

from budgetopt.errors import OptionError, SolverError, SolverUnavailableError
from budgetopt.formulation.linear_program import Block, Labels, Stage
from budgetopt.solvers import Options, Termination, available_solvers, certify, pulp_adapter, solve_linear_program
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.safe_names import safe_names
from linear_programs import INFINITY, linear_program, linear_programs

WYNDOR = linear_program([[1, 0], [0, 2], [3, 2]], -INFINITY, [4, 12, 18], maximize=[3, 5])
RANGED = linear_program(
    [[1, 1], [1, -1]], [2, -1], [8, 1], [0, -INFINITY], [5, INFINITY], maximize=[1, 2], integer=[True, False]
)
needs_cbc = pytest.mark.skipif("cbc" not in available_solvers(), reason="needs CBC")
EVERY = [pytest.param("cbc", marks=needs_cbc), "pulp-highs"]


@pytest.mark.parametrize("solver", EVERY)
@pytest.mark.parametrize("maximize", [True, False])
def test_prices_have_one_sign_whatever_the_solver(solver, maximize):
    cost = WYNDOR.stages[0].cost * (1 if maximize else -1)
    answer = pulp_adapter.solve_with_pulp(WYNDOR, Stage("z", cost, maximize), Options(solver))
    np.testing.assert_allclose(answer.row_dual, np.array([0, 1.5, 1]) * (1 if maximize else -1), atol=1e-9)
    assert certify(WYNDOR, Stage("z", cost, maximize), answer).proved


@pytest.mark.parametrize("solver", EVERY)
@given(lp=linear_programs(most_columns=4))
def test_every_proof_closes(lp, solver):
    outcome = solve_linear_program(lp, Options(solver))
    assume(outcome.termination is Termination.OPTIMAL)
    assert outcome.proved
    assert outcome.solution.solver.startswith(solver) or outcome.solution.solver == "none needed"


@pytest.mark.parametrize("solver", EVERY)
def test_a_problem_without_an_end_has_no_best_plan_whatever_a_solver_says(solver):
    """Free columns of which one brings the other down by two for one."""
    matrix, free = [[3, 0, 0, 0], [0, 0, 1, 2], [0, 0, 0, 0]], -INFINITY
    rows, upper = ([1, 2, free], [INFINITY, INFINITY, 0]), [INFINITY, 0, INFINITY, INFINITY]
    outcome = solve_linear_program(
        linear_program(matrix, *rows, [0, 0, free, free], upper, minimize=[0, 0, 1, 1]), Options(solver)
    )
    assert outcome.termination is Termination.UNBOUNDED


@needs_cbc
@pytest.mark.parametrize("size", [1.0, 1e4, 1e9])
def test_money_keeps_its_digits_through_files(size):
    cents = np.array([0.07, 0.19, 0.31]) + np.array([1.0, 2.0, 3.0]) * size
    lp = linear_program(
        [[1, 1, 1], [1 / 3, 0, 1 / 7]], -INFINITY, [5 * size, 2 * size / 3], 0, cents, maximize=[1.1, 1.3, 1.7]
    )
    one, other = solve_linear_program(lp), solve_linear_program(lp, Options("cbc"))
    assert other.proved
    np.testing.assert_allclose(one.x, other.x, rtol=1e-11)
    np.testing.assert_allclose(one.solution.row_dual, other.solution.row_dual, rtol=1e-9, atol=1e-12)


def hard_problem(columns=60):
    random = np.random.default_rng(0)
    rows = random.integers(1, 1000, (20, columns))
    cost = random.integers(500, 1000, columns)
    return linear_program(rows, -INFINITY, rows.sum(axis=1) * 0.4, 0, 1, maximize=cost, integer=True)


@pytest.mark.parametrize("solver", EVERY)
def test_out_of_time_is_never_called_optimal(solver):
    outcome = solve_linear_program(hard_problem(), Options(solver, time_limit=1.0))
    assert outcome.termination is Termination.TIME_LIMIT
    assert not outcome.proved
    assert outcome.x is None or outcome.certificate.feasible


def test_ctrl_c_is_an_ending(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(pulp.LpProblem, "solve", interrupted)
    answer = pulp_adapter.solve_with_pulp(WYNDOR, WYNDOR.stages[0], Options("pulp-highs"))
    assert answer.termination is Termination.INTERRUPTED
    assert answer.x is None


def test_a_solver_that_breaks_off_is_an_error(monkeypatch):
    def broken(*_, **__):
        raise pulp.PulpError("no such thing")

    monkeypatch.setattr(pulp.LpProblem, "solve", broken)
    with pytest.raises(SolverError, match="no such thing"):
        pulp_adapter.solve_with_pulp(WYNDOR, WYNDOR.stages[0], Options("pulp-highs"))


def test_missing_solvers_are_explained(monkeypatch):
    monkeypatch.setattr(pulp_adapter, "_reachable", lambda name: "COIN_CMD" if name == "cbc" else None)
    assert pulp_adapter.available_through_pulp() == ("cbc",)
    with pytest.raises(SolverUnavailableError, match="'gurobi' is not installed here") as caught:
        pulp_adapter.solve_with_pulp(WYNDOR, WYNDOR.stages[0], Options("gurobi"))
    assert "highs, cbc" in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_misspelt_solver_is_offered_its_name():
    with pytest.raises(OptionError) as caught:
        pulp_adapter.solve_with_pulp(WYNDOR, WYNDOR.stages[0], Options("glpkk"))
    assert "glpk" in caught.value.hint


def test_solvers_may_be_named_as_pulp_names_them():
    answer = pulp_adapter.solve_with_pulp(WYNDOR, WYNDOR.stages[0], Options("HiGHS"))
    assert answer.objective == pytest.approx(36)


@pytest.mark.parametrize("solver", EVERY)
def test_a_plain_problem_can_be_extended_by_hand(solver):
    problem = WYNDOR.to_pulp()
    first = problem.variables()[0]
    problem += first <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        problem.solve(pulp_adapter._solver(Options(solver)))
    assert pulp.value(problem.objective) == pytest.approx(33)


def test_the_plain_problem_says_the_same():
    problem = RANGED.to_pulp()
    names = {variable.name: variable for variable in problem.variables()}
    assert list(names) == ["column_0", "column_1"]
    assert names["column_0"].cat == "Integer"
    assert (names["column_0"].lowBound, names["column_0"].upBound) == (0, 5)
    assert names["column_1"].lowBound in {None, -INFINITY}
    assert problem.sense == pulp.LpMaximize
    text = " ".join(repr(problem).split())
    for row in (
        "row_0: column_0 + column_1 <= 8",
        "row_0_at_least: column_0 + column_1 >= 2",
        "row_1: column_0 - column_1 <= 1",
        "row_1_at_least: column_0 - column_1 >= -1",
    ):
        assert row in text


def test_names_are_safe_readable_and_unique():
    names = [
        "spending[café,général,FY2027]",
        "spending[cafe,general,FY2027]",
        "3 bears",
        "e12",
        "free",
        "",
        "北",
        "a" * 200,
    ]
    safe = safe_names([*names, "a" * 200], "x")
    assert safe[0] == "spending_cafe_general_FY2027"
    assert len({name.casefold() for name in safe}) == len(safe)
    assert all(name.isascii() and len(name) <= 100 and not name[0].isdigit() for name in safe)
    assert safe[3:5] == ["x_e12", "x_free"]


def test_names_lead_back_to_the_labels():
    labels = Labels(
        (Block("spending", 0, 2, {"program": np.array([0, 1])}),), {"program": ("fire station", "libraries")}
    )
    problem = replace(WYNDOR, column_labels=labels).to_pulp()
    assert [variable.name for variable in problem.variables()] == ["spending_fire_station", "spending_libraries"]


@needs_cbc
def test_a_bounded_problem_that_cbc_calls_unbounded_is_solved() -> None:
    """The last two columns have no bound of their own, and equations hold them."""
    rows = np.zeros((5, 10))
    rows[0, 6] = rows[1, 7] = rows[2, 6] = rows[3, 7] = 9000
    rows[2, [2, 4, 8]] = rows[3, [3, 5, 9]] = 1
    rows[4, :4] = [3, 3, 0.01, 0.01]
    lp = linear_program(
        rows,
        [0, 0, 1000, 5000, 30],
        [0, 0, 1000, 5000, INFINITY],
        upper=[1, 1, 2000, 2000, 3000, 3000, 1, 1, INFINITY, INFINITY],
        maximize=[15, 15, 0.044, 0.044, -0.006, -0.006, -54, -54, 0, 0],
        integer=[False] * 6 + [True, True, False, False],
    )
    answer = solve_stage(lp, lp.stages[0], Options("cbc"))
    assert answer.termination is Termination.OPTIMAL
    assert answer.objective == pytest.approx(162)
    without_plan = replace(lp, row_lower=np.array([0, 0, 1000, 5000, 100.0]))
    assert solve_stage(without_plan, lp.stages[0], Options("cbc")).termination is Termination.INFEASIBLE
