"""The live model: warm changes, limits of time, Ctrl-C, threads, and what HiGHS must not see."""

import _thread
import signal
import threading
import time
from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.errors import SolverError
from budgetopt.formulation.linear_program import Matrix, Stage
from budgetopt.solvers import Options, PointStatus, Termination, certify, fix_integers, solve_linear_program
from budgetopt.solvers import highs as highs_module
from budgetopt.solvers.checks import has_narrow
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.powers_of_two import Scaling
from budgetopt.solvers.solution import EXACT
from linear_programs import INFINITY, large_budget, linear_program, linear_programs

WYNDOR = linear_program([[1, 0], [0, 2], [3, 2]], -INFINITY, [4, 12, 18], maximize=[3, 5])


def hard_problem(columns=60, seed=0):
    """Return a knapsack of many rows that takes minutes to prove."""
    random = np.random.default_rng(seed)
    rows = random.integers(1, 1000, (20, columns))
    cost = random.integers(500, 1000, columns)
    return linear_program(rows, -INFINITY, rows.sum(axis=1) * 0.4, 0, 1, maximize=cost, integer=True)


def test_a_point_that_is_optimal_but_for_a_tolerance_is_judged_by_its_certificate(monkeypatch):
    """HiGHS may call a problem optimal and its point not feasible: scaling back makes breaches larger."""
    monkeypatch.setattr(highs_module, "_FEASIBLE", None)
    answer = LiveModel(WYNDOR).solve()
    assert answer.x == pytest.approx([2, 6])
    assert certify(WYNDOR, 0, answer).proved
    assert solve_linear_program(WYNDOR).proved
    # what a search holds for a plan must keep the limits
    assert LiveModel(replace(WYNDOR, integer=np.ones(2, np.bool_))).solve().x is None


def test_costs_bounds_and_rows_change_in_place():
    live = LiveModel(WYNDOR)
    assert live.solve().objective == pytest.approx(36)
    live.set_row_bounds([2], [-INFINITY], [24])
    assert live.solve().objective == pytest.approx(42)
    live.set_column_bounds([0], [0], [1])
    assert live.solve().objective == pytest.approx(33)
    live.set_costs(np.array([1.0, 1.0]), maximize=False, offset=7.0)
    answer = live.solve()
    assert answer.objective == 7
    np.testing.assert_array_equal(answer.x, [0, 0])
    live.set_column_bounds(np.array([0, 1]), np.zeros(2), np.full(2, INFINITY))
    live.set_row_bounds(np.array([2]), np.array([-INFINITY]), np.array([18.0]))
    live.set_costs(WYNDOR.stages[0].cost, maximize=True)
    np.testing.assert_allclose(live.solve().row_dual, [0, 1.5, 1], atol=1e-12)


@given(linear_programs(bounded=True, most_columns=4), st.data())
def test_a_warm_answer_is_the_fresh_one(lp, data):
    live = LiveModel(lp)
    live.solve()
    column = data.draw(st.integers(0, lp.columns - 1))
    lower, upper = lp.lower.copy(), lp.upper.copy()
    lower[column], upper[column] = -1.0, 2.0
    live.set_column_bounds([column], [-1.0], [2.0])
    row_upper = lp.row_upper.copy()
    if lp.rows:
        row = data.draw(st.integers(0, lp.rows - 1))
        row_upper[row] = max(lp.row_lower[row], 3.0) if np.isfinite(lp.row_lower[row]) else 3.0
        live.set_row_bounds([row], [lp.row_lower[row]], [row_upper[row]])
    stage = Stage(
        "other",
        np.array(data.draw(st.lists(st.integers(-3, 3), min_size=lp.columns, max_size=lp.columns)), float),
        maximize=data.draw(st.booleans()),
    )
    live.set_costs(stage.cost, stage.maximize)
    fresh = replace(lp, lower=lower, upper=upper, row_upper=row_upper, stages=(stage,))
    warm, cold = live.solve(), LiveModel(fresh).solve()
    assert warm.termination is cold.termination
    if warm.x is not None:
        assert warm.objective == pytest.approx(cold.objective, abs=1e-9)
        assert certify(fresh, 0, warm).proved


@given(linear_programs(bounded=True, most_columns=4), st.data())
def test_changed_coefficients_are_those_of_a_fresh_model(lp, data):
    assume(lp.rows)
    live = LiveModel(lp)
    live.solve()
    places = st.tuples(st.integers(0, lp.rows - 1), st.integers(0, lp.columns - 1))
    entries = data.draw(st.dictionaries(places, st.integers(-3, 3), min_size=1, max_size=4))
    dense = lp.matrix.dense()
    for place, value in entries.items():
        dense[place] = value
    rows, columns = np.array(list(entries)).T
    live.set_coefficients(rows, columns, np.array(list(entries.values()), float))
    row, column = np.indices(dense.shape)
    matrix = Matrix.from_triplets(lp.rows, lp.columns, row.ravel(), column.ravel(), dense.ravel())
    fresh = replace(lp, matrix=matrix)
    warm, cold = live.solve(), LiveModel(fresh).solve()
    assert warm.termination is cold.termination
    if warm.x is not None:
        assert warm.objective == pytest.approx(cold.objective, abs=1e-9)
        assert certify(fresh, 0, warm).proved


def test_changed_coefficients_leave_the_model_warm():
    lp = large_budget(400)
    live = LiveModel(lp)
    first = live.solve()
    entry = int(np.flatnonzero(first.x[lp.matrix.column_of_entry()] > 0)[0])
    value = lp.matrix.value.copy()
    value[entry] *= 1.01
    fresh = replace(lp, matrix=replace(lp.matrix, value=value))
    live.set_coefficients([lp.matrix.index[entry]], [lp.matrix.column_of_entry()[entry]], [value[entry]])
    warm, cold = live.solve(), LiveModel(fresh).solve()
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9)
    assert warm.iterations < cold.iterations / 4
    assert warm.objective != first.objective


def test_infeasible_and_back():
    live = LiveModel(WYNDOR)
    live.set_row_bounds([0], [5], [4])
    crossed = live.solve()
    assert crossed.termination is Termination.INFEASIBLE
    assert crossed.x is None
    assert crossed.primal is PointStatus.NONE
    live.set_row_bounds([0], [5], [INFINITY])
    assert live.solve().objective == pytest.approx(3 * 5 + 5 * 1.5)
    live.set_row_bounds([0], [7], [INFINITY])
    assert live.solve().termination is Termination.INFEASIBLE
    live.set_row_bounds([0, 1, 2], [-INFINITY] * 3, [INFINITY] * 3)
    assert live.solve().termination is Termination.UNBOUNDED
    live.set_row_bounds([0, 1, 2], [-INFINITY] * 3, [4, 12, 18])
    assert live.solve().objective == pytest.approx(36)


def test_what_is_no_number_is_refused():
    live = LiveModel(WYNDOR)
    with pytest.raises(SolverError):
        live.set_costs(np.array([np.nan, 1.0]), maximize=True)
    with pytest.raises(SolverError):
        live.set_costs(np.array([1.0]), maximize=True)
    with pytest.raises(SolverError):
        live.set_column_bounds([0], [np.nan], [1])
    with pytest.raises(SolverError):
        live.set_row_bounds([0], [INFINITY], [INFINITY])
    with pytest.raises(SolverError):
        live.set_coefficients([0], [0], [np.nan])
    for row, column in ((-1, 0), (3, 0), (0, 2)):
        with pytest.raises(SolverError):
            live.set_coefficients([row], [column], [1.0])
    assert live.solve().objective == pytest.approx(36)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6, 1e12])
def test_money_of_any_size(size):
    lp = linear_program(
        [[1, 1, 1], [0, 1, 2]],
        -INFINITY,
        [3 * size, 2 * size],
        0,
        [2.5 * size, INFINITY, INFINITY],
        maximize=[1.2, 1.5, 1.9],
    )
    answer = LiveModel(lp).solve()
    assert answer.objective == pytest.approx(4.3 * size, rel=1e-12)
    assert certify(lp, 0, answer).rows.worst <= 1e-15
    assert answer.row_dual == pytest.approx([1.2, 0.35])


@given(linear_programs(money=1e7))
def test_scaling_is_exact(lp):
    scaling = Scaling.of(lp)
    for factors in (scaling.row, scaling.column):
        np.testing.assert_array_equal(np.frexp(factors)[0], 0.5)
    np.testing.assert_array_equal(scaling.column[lp.integer], 1.0)
    column = lp.matrix.column_of_entry()
    back = scaling.entries(lp) / scaling.row[lp.matrix.index] / scaling.column[column]
    np.testing.assert_array_equal(back, lp.matrix.value)


def test_a_value_at_its_limit_is_exactly_there():
    lp = linear_program([[1, 1]], -INFINITY, [1e9 / 3], 0, [1e8 / 7, 1e9], maximize=[2, 1])
    assert LiveModel(lp).solve().x[0] == 1e8 / 7


def test_integers_can_be_held_to_price_the_rest():
    lp = linear_program([[3, 1], [0, 1]], -INFINITY, [10, 6], 0, [3, INFINITY], maximize=[5, 1], integer=[True, False])
    answer = LiveModel(lp).solve()
    np.testing.assert_allclose(answer.x, [3, 1])
    assert answer.row_dual is None
    assert answer.reduced_cost is None
    held = fix_integers(lp, answer.x)
    assert not held.is_integer
    np.testing.assert_allclose(LiveModel(held).solve().row_dual, [1, 0])


def test_time_runs_out_with_a_plan_in_hand():
    lp = hard_problem()
    outcome = solve_linear_program(lp, Options(time_limit=0.3))
    assert outcome.termination is Termination.TIME_LIMIT
    assert outcome.x is not None
    assert outcome.certificate.feasible
    assert not outcome.proved
    assert not outcome.unique
    assert outcome.solution.bound > outcome.solution.objective


def test_each_solve_of_a_live_model_has_the_whole_limit():
    live = LiveModel(hard_problem(), Options(time_limit=0.2))
    for cost in (0, 1):
        live.set_column_bounds([0], [0], [1 - cost])
        start = time.perf_counter()
        assert live.solve().termination is Termination.TIME_LIMIT
        assert time.perf_counter() - start > 0.15


def test_patience_ends_with_the_first_plan_after_it():
    live = LiveModel(hard_problem(), Options(time_limit=60))
    live.set_patience(0.2)
    answer = live.solve()
    assert answer.termination is Termination.TIME_LIMIT
    assert answer.x is not None
    assert answer.seconds < 30
    live.set_patience(None)
    live.set_time_limit(0.2)
    assert live.solve().termination is Termination.TIME_LIMIT


def test_a_gap_is_enough_if_asked_for():
    lp = hard_problem(20)
    outcome = solve_linear_program(lp, Options(gap=0.2))
    assert outcome.termination is Termination.OPTIMAL
    assert outcome.solution.bound <= outcome.solution.objective * 1.2001
    assert outcome.certificate.passed
    assert not outcome.certificate.proved


@pytest.fixture
def ctrl_c_heard():
    """Listen to Ctrl-C, which a process that was started in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_heard")
@pytest.mark.parametrize("lp", [hard_problem(), large_budget(1_500)])
def test_ctrl_c_ends_a_solve_with_the_best_plan(lp, monkeypatch):
    assert threading.current_thread() is threading.main_thread()
    run, threads = highspy.Highs.run, []

    def interrupted_run(model):
        # Ctrl-C comes once HiGHS is at work
        threads.append(threading.Timer(0.2 if lp.is_integer else 0.0, _thread.interrupt_main))
        threads[-1].start()
        return run(model)

    monkeypatch.setattr(highspy.Highs, "run", interrupted_run)
    answer = LiveModel(lp).solve()
    threads[0].join()
    assert len(threads) == 1
    if lp.is_integer:
        assert answer.termination is Termination.INTERRUPTED
        assert answer.x is not None
        assert certify(lp, 0, answer).feasible
    else:
        # so short that it may be over before HiGHS looks up
        assert answer.termination in {Termination.INTERRUPTED, Termination.OPTIMAL}


def test_ctrl_c_stops_the_sequence_and_keeps_what_it_has(monkeypatch):
    solve = LiveModel.solve_once
    calls = []

    def second_is_interrupted(model):
        calls.append(model)
        answer = solve(model)
        if len(calls) < 2:
            return answer
        return replace(answer, termination=Termination.INTERRUPTED, x=None, row_dual=None)

    monkeypatch.setattr(highs_module.LiveModel, "solve_once", second_is_interrupted)
    first = Stage("first", np.array([1.0, 1.0]), maximize=True)
    second = Stage("second", np.array([1.0, 0.0]), maximize=False)
    lp = linear_program([[1, 1]], -INFINITY, [3], 0, 2, stages=[first, second])
    outcome = solve_linear_program(lp)
    assert outcome.termination is Termination.INTERRUPTED
    assert outcome.solution.objective == pytest.approx(3)
    assert outcome.certificate.proved
    assert not outcome.proved


def test_threads_may_change_within_a_process():
    for threads in (1, 2, None, 1):
        assert LiveModel(WYNDOR, Options(threads=threads)).solve().objective == pytest.approx(36)
    live = LiveModel(WYNDOR, Options(threads=2))
    LiveModel(WYNDOR, Options(threads=1)).solve()
    assert live.solve().objective == pytest.approx(36)


def test_other_threads_may_solve():
    found = []
    workers = [threading.Thread(target=lambda: found.append(LiveModel(WYNDOR).solve().objective)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == pytest.approx([36, 36, 36])


def test_it_prints_nothing(capfd):
    LiveModel(WYNDOR).solve()
    solve_linear_program(hard_problem(12))
    assert capfd.readouterr() == ("", "")


def test_hi_g_h_s_failing_is_tried_again(monkeypatch):
    """Where HiGHS ends without an answer, it is asked in other ways before that is called a failure."""
    status = highspy.Highs.getModelStatus
    asked = []

    def unknown_at_first(model):
        asked.append(model)
        return highspy.HighsModelStatus.kUnknown if len(asked) <= 2 else status(model)

    monkeypatch.setattr(highspy.Highs, "getModelStatus", unknown_at_first)
    live = LiveModel(WYNDOR)
    assert live.solve().objective == pytest.approx(36)
    assert len(asked) == 3
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda _: highspy.HighsModelStatus.kSolveError)
    answer = live.solve()
    assert answer.termination is Termination.ERROR


@given(linear_programs(most_columns=4))
def test_infeasible_or_unbounded_is_told_apart(lp):
    answer = LiveModel(lp).solve()
    assume(answer.x is None)
    assert answer.termination in {Termination.INFEASIBLE, Termination.UNBOUNDED}


def test_what_was_solved_shortly_is_solved_again_in_this_thread(monkeypatch):
    run, threads = highspy.Highs.run, []

    def seen(model):
        threads.append(threading.current_thread())
        return run(model)

    monkeypatch.setattr(highspy.Highs, "run", seen)
    live, here = LiveModel(WYNDOR), threading.current_thread()
    for _ in range(3):
        assert live.solve().objective == pytest.approx(36)
    assert [thread is here for thread in threads] == [False, True, True]
    monkeypatch.setattr(highs_module, "BRIEF", 0.0)
    live.solve()
    live.solve()
    LiveModel(hard_problem(8)).solve()
    # a search is made twice
    assert [thread is here for thread in threads[3:]] == [True, False, False, False]


@pytest.mark.usefixtures("ctrl_c_heard")
def test_ctrl_c_in_a_short_solve_comes_after_it(monkeypatch):
    live = LiveModel(WYNDOR)
    live.solve()
    run = highspy.Highs.run

    def interrupted_run(model):
        _thread.interrupt_main()
        return run(model)

    monkeypatch.setattr(highspy.Highs, "run", interrupted_run)
    with pytest.raises(KeyboardInterrupt):
        live.solve()
    monkeypatch.setattr(highspy.Highs, "run", run)
    assert live.solve().objective == pytest.approx(36)


def test_a_warm_solve_that_stalls_is_solved_as_the_first_one(monkeypatch):
    monkeypatch.setattr(highs_module, "STALLED", 0)
    live = LiveModel(WYNDOR)
    live.solve()
    for cost, value in (([5.0, 1.0], 23), ([1.0, 5.0], 32), ([3.0, 5.0], 36)):
        live.set_costs(np.array(cost), maximize=True)
        answer = live.solve()
        assert answer.termination is Termination.OPTIMAL
        assert answer.objective == pytest.approx(value)


def test_a_cost_that_changes_alone_is_sent_alone(monkeypatch):
    sent, change = [], highspy.Highs.changeColsCost

    def seen(model, count, columns, costs):
        sent.append(columns.tolist())
        return change(model, count, columns, costs)

    monkeypatch.setattr(highspy.Highs, "changeColsCost", seen)
    live = LiveModel(WYNDOR)
    for cost, value in (([3.0, 5.0], 36), ([3.0, 6.0], 42), ([3.0, 6.0], 42), ([300.0, 600.0], 4200)):
        live.set_costs(np.array(cost), maximize=True)
        assert live.solve().objective == pytest.approx(value)
    assert sent == [[0, 1], [1], [0, 1]]


@pytest.mark.parametrize("width", [1e-7, 3.3e-9, 8e-9, 1e-5, 0.5])
def test_a_decision_beside_an_amount_with_almost_no_room_is_found(width):
    """HiGHS's presolve takes y = -2 for infeasible where x has some of these ranges: it divides by them."""
    lp = linear_program(
        [[3, 2], [3, 0]], [2, 6 - 1e-8], INFINITY, [2 - width, -2], [2, -1], maximize=[0, -1], integer=[False, True]
    )
    answer = LiveModel(lp, Options(gap=EXACT)).solve()
    assert (answer.objective, answer.bound) == (2.0, 2.0)


def test_a_decision_beside_a_sum_with_almost_no_room_is_found():
    """x = 1, y = -2 and z = 1 keep both rows, the first to within 3e-9."""
    rows = [[1, 1, 2], [3, -1, -2]]
    whole = [False, True, True]
    lp = linear_program(
        rows, [1 - 3e-9, 3], [1, INFINITY], [0, -2, 0], [2, -1, 1], maximize=[-3, -2, -3], integer=whole
    )
    assert LiveModel(lp, Options(gap=EXACT)).solve().objective == pytest.approx(-2)


def test_limits_that_differ_by_rounding_are_one_number_and_no_narrow_range():
    low, infinite = np.array([0.0, 95_000.0, 2.0]), np.full(3, np.inf)
    for by, narrow in ((0.0, False), (1.5e-11, False), (1e-6, True), (1e-3, True), (1.0, False)):
        high = low + np.array([5.0, by, 3.0])
        assert has_narrow((low, high)) is narrow, by
        assert has_narrow((-infinite, infinite), (low, high)) is narrow, by
    assert not has_narrow((low, infinite), (-infinite, low), (-infinite, infinite))
