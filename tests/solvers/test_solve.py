"""Textbook problems, exact answers in fractions, and the solvers against each other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from budgetopt.errors import OptionError, SolverError, SolverUnavailableError
from budgetopt.formulation.linear_program import Stage
from budgetopt.solvers import Options, Termination, available_solvers, certify, solve_linear_program
from exact import solve_exactly
from linear_programs import INFINITY, linear_program, linear_programs
from measures import few

EVERY = [name for name in ("highs", "cbc") if name in available_solvers()]
WYNDOR = linear_program([[1, 0], [0, 2], [3, 2]], -INFINITY, [4, 12, 18], maximize=[3, 5])
DAKOTA = linear_program(
    [[8, 6, 1], [4, 2, 1.5], [2, 1.5, 0.5]], -INFINITY, [48, 20, 8], 0, [INFINITY, 5, INFINITY], maximize=[60, 30, 20]
)


@pytest.mark.parametrize("solver", EVERY)
def test_wyndor(solver):
    outcome = solve_linear_program(WYNDOR, Options(solver))
    assert outcome.solution.objective == pytest.approx(36)
    np.testing.assert_allclose(outcome.x, [2, 6])
    np.testing.assert_allclose(outcome.solution.row_dual, [0, 1.5, 1], atol=1e-12)
    assert outcome.proved
    assert outcome.unique


@pytest.mark.parametrize("solver", EVERY)
def test_dakota(solver):
    outcome = solve_linear_program(DAKOTA, Options(solver))
    assert outcome.solution.objective == pytest.approx(280)
    np.testing.assert_allclose(outcome.x, [2, 0, 8], atol=1e-9)
    np.testing.assert_allclose(outcome.solution.row_dual, [0, 10, 10], atol=1e-9)
    np.testing.assert_allclose(outcome.solution.reduced_cost, [0, -5, 0], atol=1e-9)
    assert outcome.proved


@pytest.mark.parametrize("solver", EVERY)
def test_signs_do_not_depend_on_the_direction(solver):
    turned = replace(WYNDOR, stages=(Stage("less of the negative", -WYNDOR.stages[0].cost, maximize=False),))
    outcome = solve_linear_program(turned, Options(solver))
    np.testing.assert_allclose(outcome.solution.row_dual, [0, -1.5, -1], atol=1e-12)
    covering = linear_program([[1, 1], [1, 3]], [4, 6], INFINITY, minimize=[2, 3])
    outcome = solve_linear_program(covering, Options(solver))
    np.testing.assert_allclose(outcome.x, [3, 1])
    np.testing.assert_allclose(outcome.solution.row_dual, [1.5, 0.5])
    assert outcome.proved


ENDINGS = [
    (linear_program([[1, -1]], -INFINITY, [10], maximize=[1, 1]), Termination.UNBOUNDED),
    (linear_program([[1, 1], [1, 1]], [12, -INFINITY], [INFINITY, 10], maximize=[1, 1]), Termination.INFEASIBLE),
    (linear_program([[1, 1]], [12], [10], maximize=[1, 1]), Termination.INFEASIBLE),
    (linear_program([[1, 1]], -INFINITY, [10], [3, 0], [2, 1], maximize=[1, 1]), Termination.INFEASIBLE),
    (linear_program([[1, 0], [1, 0]], [1, -INFINITY], [INFINITY, 0], maximize=[0, 1]), Termination.INFEASIBLE),
    (linear_program([], [], [], maximize=[1, -1]), Termination.UNBOUNDED),
    (linear_program([], [], [], 1, 2, maximize=[1, -1]), Termination.OPTIMAL),
    (linear_program([[0, 0]], [1], [2], maximize=[1, 1]), Termination.INFEASIBLE),
    (linear_program([[2, 2]], [1], [1], 0, 1, maximize=[1, 1], integer=True), Termination.INFEASIBLE),
    (linear_program([[1, -1]], [0.5], [0.75], 0, INFINITY, maximize=[1, 0], integer=True), Termination.INFEASIBLE),
    (linear_program([[1, -1]], [0], [1], 0, INFINITY, maximize=[1, 0], integer=True), Termination.UNBOUNDED),
]


@pytest.mark.parametrize("solver", EVERY)
@pytest.mark.parametrize(("lp", "ending"), ENDINGS)
def test_every_ending_is_told_apart(lp, ending, solver):
    outcome = solve_linear_program(lp, Options(solver))
    assert outcome.termination is ending
    assert (outcome.x is None) == (ending is not Termination.OPTIMAL)
    assert outcome.proved == (ending is Termination.OPTIMAL)


@pytest.mark.parametrize("least", [1e-9, 1e-12, 1e-14])
def test_a_gain_too_small_for_a_tolerance_is_without_end_all_the_same(least):
    lp = linear_program([[1, 0, 0], [1, -1, -1]], -INFINITY, [1, 0], 0, [1, INFINITY, INFINITY], maximize=[1, least, 0])
    assert solve_linear_program(lp).termination is Termination.UNBOUNDED


@pytest.mark.parametrize("solver", EVERY)
def test_where_nothing_is_sought_nothing_has_a_price(solver):
    lp = linear_program([[1, 1], [1, -1]], [1, -INFINITY], [2, 0], 0, 1, maximize=[0, 0])
    outcome = solve_linear_program(lp, Options(solver))
    assert outcome.proved
    assert not outcome.solution.row_dual.any()
    assert not outcome.solution.reduced_cost.any()


@given(linear_programs())
def test_highs_finds_the_exact_answer(lp):
    check_against_exact(lp, "highs")


@few(1 / 2)
@given(linear_programs(money=1e6))
def test_highs_finds_the_exact_answer_in_millions(lp):
    check_against_exact(lp, "highs")


@given(linear_programs(bounded=True, integers=True))
def test_highs_finds_the_exact_integer_answer(lp):
    check_against_exact(lp, "highs")


@pytest.mark.skipif("cbc" not in EVERY, reason="needs CBC")
@given(linear_programs(integers=True))
def test_cbc_finds_the_exact_answer(lp):
    check_against_exact(lp, "cbc")


@given(linear_programs(stages=3, most_columns=3, most_rows=2, bounded=True))
def test_stages_in_sequence_are_exact(lp):
    check_against_exact(lp, "highs")


# What the first objective leaves of the first column is a range of a hundred-millionth, in which HiGHS once took the
# best decision for infeasible.
NARROW = linear_program(
    [[3, 2, 2]], [4], [INFINITY], [0, -2, 0], [2, -1, 1], integer=[False, True, True],
    stages=[Stage("first", np.array([3.0, 0, 1]), maximize=True), Stage("then", np.array([0.0, -1, 0]), maximize=True)],
)  # fmt: skip


@example(NARROW)
@given(linear_programs(stages=2, most_columns=3, most_rows=2, bounded=True, integers=True))
def test_stages_of_integer_problems_are_exact(lp):
    check_against_exact(lp, "highs")


@pytest.mark.parametrize(
    ("lower", "upper", "first", "then", "within", "offset"),
    [
        ([-2, 0, 0], [1, 4, 1], [0.5, 3, -1], [1, 0, -1], 0.125, 0),
        ([0, 0, 0], [1, 2, 1], [0.5, 3, 1], [0, 0, 1], 0.125, 0),
        ([-3, 0, 0], [-2, 4, 5], [-2, 7, 0], [-2, 1, -2], 0, 0),
        ([-1, 0, 0], [2, 4, 0], [1, 1, 0], [1, 0, 0], 0.125, 10),
    ],
)
def test_a_later_objective_of_an_integer_problem_uses_what_the_first_gives_up(
    lower, upper, first, then, within, offset
):
    stages = (
        Stage("first", np.array(first, float), maximize=True, within=within, offset=offset),
        Stage("then", np.array(then, float), maximize=False),
    )
    integer = [False, True, False]
    check_against_exact(linear_program([], [], [], lower, upper, integer=integer, stages=stages), "highs")


def check_against_exact(lp, solver):
    exact = solve_exactly(lp)
    outcome = solve_linear_program(lp, Options(solver))
    assert outcome.termination == exact.status
    if exact.status == "infeasible":
        assert outcome.x is None
    if exact.status != "optimal":
        return
    assert outcome.proved
    assert outcome.certificate.feasible
    room = room_of(lp, outcome.x)
    for place, (result, value) in enumerate(zip(outcome.stages, exact.values, strict=True)):
        # a later objective may use the billionth by which the values of earlier ones are kept
        rel, off = (3e-8, 3e-8 + room * float(np.abs(result.stage.cost).max(initial=0.0))) if place else (1e-9, 1e-9)
        assert result.solution.objective == pytest.approx(float(value), rel=rel, abs=off)
    if not lp.is_integer and np.isfinite([lp.lower, lp.upper]).all():
        assert certify(lp, 0, outcome.stages[0].solution).bound_is_rigorous
    # The last stage's value is kept by the final plan, and so is that of each stage before, up to what it gives up.
    last = lp.stages[-1]
    off = 1e-9 + room * float(np.abs(last.cost).max(initial=0.0))
    assert float(last.cost @ outcome.x) + last.offset == pytest.approx(float(exact.values[-1]), rel=1e-7, abs=off)
    if len(exact.points) == 1:
        point = [float(v) for v in exact.points[0]]
        np.testing.assert_allclose(outcome.x, point, rtol=1e-7, atol=1e-9 * scale(lp) + room)


def room_of(lp, x):
    """Return how far a column may move within the billionth by which integer problems keep the values before."""
    if not lp.is_integer:
        return 0.0
    sizes = [(np.abs(stage.cost), abs(stage.offset) + float(np.abs(stage.cost * x).sum())) for stage in lp.stages[:-1]]
    return max((2e-9 * (size + 1.0) / cost[cost > 0].min() for cost, size in sizes if cost.any()), default=0.0)


def scale(lp):
    limits = np.concatenate([lp.row_lower, lp.row_upper, lp.lower, lp.upper, [1.0]])
    return np.abs(limits[np.isfinite(limits)]).max()


@given(linear_programs(bounded=True, most_columns=4, most_rows=3), st.data())
def test_a_dual_is_what_one_more_unit_is_worth(lp, data):
    outcome = solve_linear_program(lp)
    if outcome.termination is not Termination.OPTIMAL or not lp.rows:
        return
    row = data.draw(st.integers(0, lp.rows - 1))
    step = 2.0**-12
    values = []
    for shift in (-step, 0.0, step):
        unit = np.where(np.arange(lp.rows) == row, shift, 0.0)
        moved = replace(lp, row_lower=lp.row_lower + unit, row_upper=lp.row_upper + unit)
        answer = solve_linear_program(moved)
        if answer.termination is not Termination.OPTIMAL:
            return
        values.append(answer.solution.objective)
    left, right = (values[1] - values[0]) / step, (values[2] - values[1]) / step
    low, high = sorted((left, right))
    dual = outcome.solution.row_dual[row]
    # Away from breakpoints both sides agree; at one, every dual lies between them.
    assert low - 1e-7 <= dual <= high + 1e-7


def test_what_is_no_number_never_reaches_a_solver():
    for invalid in (
        replace(WYNDOR, stages=(Stage("z", np.array([np.nan, 1.0]), maximize=True),)),
        replace(WYNDOR, stages=(Stage("z", np.array([np.inf, 1.0]), maximize=True),)),
        replace(WYNDOR, row_upper=np.array([4, np.nan, 18])),
        replace(WYNDOR, lower=np.array([0.0, np.inf])),
        replace(WYNDOR, matrix=replace(WYNDOR.matrix, value=WYNDOR.matrix.value * np.nan)),
        replace(WYNDOR, stages=()),
    ):
        for solver in EVERY:
            with pytest.raises(SolverError):
                solve_linear_program(invalid, Options(solver))


@pytest.mark.parametrize("options", [Options(time_limit=0), Options(gap=-1.0), Options(gap=np.nan), Options(threads=0)])
def test_options_out_of_range(options):
    with pytest.raises(OptionError):
        solve_linear_program(WYNDOR, options)


def test_unknown_and_missing_solvers():
    with pytest.raises(OptionError, match="no solver named 'gorubi'"):
        solve_linear_program(WYNDOR, Options("gorubi"))
    missing = next((name for name in ("mipcl", "copt", "xpress") if name not in available_solvers()), None)
    with pytest.raises(SolverUnavailableError, match="highs"):
        solve_linear_program(WYNDOR, Options(missing))


def test_highs_comes_first():
    assert available_solvers()[0] == "highs"
    assert len(set(available_solvers())) == len(available_solvers())
