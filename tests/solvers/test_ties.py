"""Every answer is unique: least change first, then the order of the file, the same on every solver."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.formulation.linear_program import Stage, TieBreak
from budgetopt.solvers import Options, Solution, Termination, available_solvers, certify, solve_linear_program
from budgetopt.solvers.faces import reduce
from budgetopt.solvers.tie_break import is_single_point
from exact import solve_exactly
from linear_programs import INFINITY, linear_program, linear_programs, ties

EVERY = [name for name in ("highs", "cbc") if name in available_solvers()]
NAN = np.nan


@pytest.mark.parametrize("solver", EVERY)
@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ([4, 2, 4], [4, 2, 4]),  # the references can all be kept
        ([4, NAN, 5], [4, 1, 5]),  # what has none takes the rest
        ([6, 6, 6], [6, 4, 0]),  # the same change whoever gives: the earlier keep more
        ([0, 0, 0], [6, 4, 0]),  # and whoever takes
        ([NAN, NAN, NAN], [6, 4, 0]),
    ],
)
@pytest.mark.parametrize("integer", [False, True])
def test_least_change_then_the_order_of_the_file(reference, expected, integer, solver):
    lp = linear_program(
        [[1, 1, 1]], -INFINITY, [10], 0, 6, maximize=[1, 1, 1], integer=integer, tie_break=ties(reference)
    )
    outcome = solve_linear_program(lp, Options(solver))
    np.testing.assert_allclose(outcome.x, expected, atol=1e-9)
    assert outcome.proved
    assert outcome.unique


def test_no_money_is_spent_that_nothing_calls_for():
    lp = linear_program([[1, 1, 1]], -INFINITY, [10], 0, 6, maximize=[1, 0, 0], tie_break=ties([NAN, NAN, 2]))
    np.testing.assert_allclose(solve_linear_program(lp).x, [6, 0, 2])


def test_earlier_programs_are_paid_by_earlier_funds():
    # two programs of 5 each, two funds of 6 each: the first fund pays for all of the first program
    lp = linear_program(
        [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]],
        -INFINITY,
        [5, 5, 6, 6],
        maximize=[1, 1, 1, 1],
        tie_break=ties([NAN, NAN], [0, 0, 1, 1]),
    )
    outcome = solve_linear_program(lp)
    np.testing.assert_allclose(outcome.x, [5, 0, 1, 4], atol=1e-9)
    assert outcome.unique


def test_the_duals_of_the_first_stage_hold_at_the_final_plan():
    lp = linear_program([[1, 1], [1, -1]], -INFINITY, [10, 4], 0, 8, maximize=[2, 2], tie_break=ties([3, 7]))
    outcome = solve_linear_program(lp)
    np.testing.assert_allclose(outcome.x, [3, 7])
    np.testing.assert_allclose(outcome.solution.row_dual, [2, 0])
    assert outcome.certificate.proved
    assert outcome.certificate.complementarity.worst == 0


@given(linear_programs(tie_break=True, most_columns=4))
def test_solvers_agree_on_the_plan(lp):
    check_agreement(lp)


@given(linear_programs(tie_break=True, money=1e5, bounded=True, stages=2))
def test_solvers_agree_on_the_plan_of_several_stages(lp):
    check_agreement(lp)


@given(linear_programs(tie_break=True, bounded=True, integers=True, most_columns=4))
def test_solvers_agree_on_integer_plans(lp):
    check_agreement(lp)


def check_agreement(lp):
    outcomes = [solve_linear_program(lp, Options(solver)) for solver in EVERY]
    size = max([1.0, *(abs(v) for v in np.concatenate([lp.lower, lp.upper]) if np.isfinite(v))])
    for one, other in pairwise(outcomes):
        assert one.termination is other.termination
        # a solver may fail to show that a plan is the only one; where both show it, it is the same plan
        if one.x is not None and one.unique and other.unique:
            np.testing.assert_allclose(one.x, other.x, rtol=1e-7, atol=1e-7 * size)
    if outcomes[0].termination is Termination.OPTIMAL and not np.isinf(np.concatenate([lp.lower, lp.upper])).any():
        # with integer decisions that may not be shown: a later objective keeps earlier values to a billionth
        assert outcomes[0].unique or (lp.is_integer and outcomes[0].unique is None)


@given(linear_programs(tie_break=True, bounded=True, most_rows=2))
def test_the_change_is_the_least_of_all_best_plans(lp):
    exact = solve_exactly(lp, [*lp.stages])
    assume(exact.status == "optimal")
    outcome = solve_linear_program(lp)
    assert changed(lp, outcome.x) == pytest.approx(float(least_change(lp)), abs=1e-7)


@given(linear_programs(tie_break=True, bounded=True, integers=True, most_rows=2))
def test_the_change_is_the_least_of_all_best_integer_plans(lp):
    exact = solve_exactly(lp)
    assume(exact.status == "optimal")
    outcome = solve_linear_program(lp)
    assert changed(lp, outcome.x) == pytest.approx(float(least_change(lp)), abs=1e-7)


def changed(lp, x):
    known = ~np.isnan(lp.tie_break.reference)
    return np.abs(x - lp.tie_break.reference)[known].sum()


def least_change(lp):
    """Return the least change of all best plans: exactly, by the signs that the changes may have."""
    best = []
    reference = lp.tie_break.reference
    known = np.flatnonzero(~np.isnan(reference))
    for signs in product([1.0, -1.0], repeat=len(known)):
        lower, upper = lp.lower.copy(), lp.upper.copy()
        cost = np.zeros(lp.columns)
        for sign, j in zip(signs, known, strict=True):
            cost[j] = sign
            if sign > 0:
                lower[j] = max(lower[j], reference[j])
            else:
                upper[j] = min(upper[j], reference[j])
        if (lower > upper).any():
            continue
        stage = Stage("change", cost, maximize=False, offset=-float(cost[known] @ reference[known]))
        whole = solve_exactly(lp)
        part = solve_exactly(replace(lp, lower=lower, upper=upper), [*lp.stages, stage])
        if part.status == "optimal" and part.values[:-1] == whole.values:
            best.append(part.values[-1])
    return min(best)


@given(linear_programs(tie_break=True, bounded=True, most_columns=4), st.data())
def test_the_plan_does_not_depend_on_the_order_of_rows(lp, data):
    order = np.array(data.draw(st.permutations(range(lp.rows))), np.int64)
    turned = replace(
        lp,
        matrix=type(lp.matrix).from_triplets(
            lp.rows, lp.columns, np.argsort(order)[lp.matrix.index], lp.matrix.column_of_entry(), lp.matrix.value
        ),
        row_lower=lp.row_lower[order],
        row_upper=lp.row_upper[order],
    )
    one, other = solve_linear_program(lp), solve_linear_program(turned)
    assert one.termination is other.termination
    if one.x is not None:
        np.testing.assert_allclose(one.x, other.x, atol=1e-8)


@pytest.mark.parametrize(
    ("rows", "lower", "upper", "single"),
    [
        ([[1, 1]], [2], [2], False),
        ([[1, 1], [1, -1]], [2, 0], [2, 0], True),
        ([[1, 1], [2, 2]], [2, 4], [2, 4], False),
        ([[1, 0], [1, 1]], [2, 4], [2, 4], True),
        ([[1, 1], [1, -1]], [2, 0], [2, 1], False),
        ([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [2, 2, 2], [2, 2, 2], True),
        ([[1, 1, 0], [0, 1, 1], [1, 0, -1]], [2, 2, 0], [2, 2, 0], False),
    ],
)
def test_single_points_are_recognized(rows, lower, upper, single):
    lp = linear_program(rows, lower, upper, 0, 5, maximize=[1] * len(rows[0]))
    assert is_single_point(reduce(lp).lp) is single


def test_a_column_may_count_in_a_group_by_another_weight():
    # a unit of the first column is three dollars of its program
    rule = TieBreak(np.array([0, 1]), np.array([0, 1]), np.array([3.0, 1.0]), np.array([6.0, 1.0]))
    lp = linear_program([[1, 1]], [4], [4], maximize=[1, 1], tie_break=rule)
    np.testing.assert_allclose(solve_linear_program(lp).x, [2, 2])


def test_a_price_of_the_wrong_sign_by_a_rounding_is_none_in_the_whole_problem():
    """A row that may be anything above 0 has a price of the wrong sign; a held column counts a million in it."""
    lp = linear_program([[1, -1e6], [1, 0]], [0, -INFINITY], [INFINITY, 4], [0, 0], [9, 0], maximize=[1, 0])
    left = reduce(lp)
    solved = Solution(
        Termination.OPTIMAL,
        np.array([4.0]),
        objective=4.0,
        row_dual=np.array([1e-14, 1.0]),
        reduced_cost=np.array([-1e-14]),
        bound=4.0,
    )
    lifted = left.lift(lp, lp.stages[0], solved)
    assert lifted.row_dual.tolist() == [0.0, 1.0]
    assert certify(lp, 0, lifted).proved
