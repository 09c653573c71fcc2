"""Bounds that the prices of branches prove: against every choice tried out, and of plans that are not the best."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.formulation.linear_program import Bools, LinearProgram
from budgetopt.solvers import branching
from budgetopt.solvers.branching import Branches, prove_by_branching, search
from budgetopt.solvers.certificate import certify_point
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.solution import Options, Solution, Termination
from linear_programs import INFINITY, linear_program, linear_programs

TOLERANCE = 1e-7


def branched(lp: LinearProgram, value: float, seconds: float = 60.0) -> Branches:
    return prove_by_branching(lp, lp.stages[0], value, tolerance=TOLERANCE, seconds=seconds)


def best_of_every_choice(lp: LinearProgram) -> float | None:
    """Return the best value over all values of the integer columns; None without a plan, infinite without an end."""
    whole, stage = np.flatnonzero(lp.integer), lp.stages[0]
    choices = itertools.product(*(range(int(lp.lower[at]), int(lp.upper[at]) + 1) for at in whole))
    found = []
    for choice in choices:
        lower, upper = lp.lower.copy(), lp.upper.copy()
        lower[whole] = upper[whole] = choice
        answer = LiveModel(replace(lp.relaxed(), lower=lower, upper=upper)).solve()
        if answer.termination is Termination.UNBOUNDED:
            return -stage.sign * np.inf
        if answer.x is not None:
            found.append(answer.objective)
    return stage.sign * min(stage.sign * value for value in found) if found else None


def rows_without_entries(lp: LinearProgram) -> Bools:
    return np.bincount(lp.matrix.index, minlength=lp.rows) == 0


@given(lp=linear_programs(most_columns=4, integers=True), away=st.sampled_from([0.0, 0.5, 3.0]))
def test_no_plan_is_better_than_what_branches_prove_and_one_that_is_better_is_found(
    lp: LinearProgram, away: float
) -> None:
    # HiGHS has no reason for a row without entries, which is seen before anything is solved
    assume(not (rows_without_entries(lp) & ((lp.row_lower > 0) | (lp.row_upper < 0))).any())
    best, stage = best_of_every_choice(lp), lp.stages[0]
    if best is None:
        found = branched(lp, 1.0)
        assert (found.left, found.better) == (0, None)
        return
    if not np.isfinite(best):
        assert branched(lp, 1.0).left
        return
    beyond = branched(lp, best - stage.sign * away)
    assert (beyond.left, beyond.better) == (0, None)
    assert beyond.bound == best - stage.sign * away
    if not away:
        return
    short = branched(lp, best + stage.sign * away)
    assert short.better is not None
    assert certify_point(lp, stage, short.better, None).feasible
    assert stage.sign * (stage.value(short.better) - (best + stage.sign * away)) < -TOLERANCE
    assert stage.sign * (short.bound - best) <= TOLERANCE


def knapsack(count: int) -> LinearProgram:
    drawn = np.random.default_rng(4)
    cost = drawn.integers(20, 60, count).astype(float)
    worth = cost + drawn.integers(0, 5, count)
    return linear_program([cost], -INFINITY, np.floor(cost.sum() / 2) + 0.5, 0, 1, maximize=worth, integer=True)


def test_what_time_leaves_open_is_counted_and_bounds_it() -> None:
    lp = knapsack(40)
    root = LiveModel(lp.relaxed()).solve().objective
    best = LiveModel(lp).solve().objective
    found = branched(lp, best + 0.01, seconds=1e-9)
    assert (found.solved, found.left) == (0, 1)
    assert found.bound == INFINITY
    found = branched(lp, best, seconds=0.05)
    assert found.better is None
    if found.left:
        assert best <= found.bound <= root + 1e-9
    else:
        assert found.bound == best


def test_a_branch_whose_value_is_as_good_within_the_tolerance_is_not_split() -> None:
    lp = linear_program([[2, 2]], -INFINITY, 3, 0, 1, maximize=[1, 1], integer=True)
    wide = prove_by_branching(lp, lp.stages[0], 1.0, tolerance=0.5, seconds=60)
    assert (wide.solved, wide.left, wide.bound) == (1, 0, 1.0)
    assert prove_by_branching(lp, lp.stages[0], 1.0, tolerance=0.49, seconds=60).solved > 1


def test_an_end_that_a_solver_has_no_reason_for_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    lp = linear_program([[2, 2]], 1, 1, 0, 1, maximize=[1, 1], integer=True)
    assert branched(lp, 0.25).left == 0
    monkeypatch.setattr(LiveModel, "ray", lambda _: None)
    assert branched(lp, 0.25).left > 0
    monkeypatch.setattr(LiveModel, "ray", lambda _: np.zeros(1))
    assert branched(lp, 0.25).left > 0


def test_without_an_end_nothing_is_proved() -> None:
    lp = linear_program([[1, -1]], 0, INFINITY, 0, [INFINITY, 1], maximize=[1, 0], integer=[False, True])
    found = branched(lp, 5.0)
    assert (found.left, found.bound) == (1, INFINITY)


TWO = linear_program([[6, 6]], -INFINITY, 10, 0, 1, maximize=[10, 9], integer=True)


class _Wrong(LiveModel):
    """A model whose first search has cut off the best plan."""

    def solve_once(self) -> Solution:
        answer = super().solve_once()
        return replace(answer, x=np.array([0.0, 1.0]), objective=9.0, bound=9.0)


def searched(model: LiveModel, options: Options) -> Solution:
    return search(TWO, model, options.settled_for(TWO))


def test_branches_correct_a_search_that_cut_off_the_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Wrong, "search_otherwise", lambda _, answer: pytest.fail(f"{answer} is searched again"))
    answer = searched(_Wrong(TWO), Options())
    assert (answer.x.tolist(), answer.objective, answer.bound, answer.proved) == ([1.0, 0.0], 10.0, 10.0, True)
    # a plan within the gap that was asked for is as good
    assert searched(_Wrong(TWO), Options(gap=0.2)).objective == 9.0


def test_what_branches_leave_open_is_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branching, "CONFIRMING", 1)
    answer = searched(_Wrong(TWO), Options())
    assert (answer.objective, answer.proved) == (10.0, True)


def test_ctrl_c_while_branches_are_looked_into_keeps_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    model = LiveModel(TWO)
    monkeypatch.setattr(LiveModel, "solve", lambda _: Solution(Termination.INTERRUPTED))
    answer = searched(model, Options())
    assert (answer.termination, answer.objective) == (Termination.INTERRUPTED, 10.0)
    with pytest.raises(KeyboardInterrupt):
        branched(TWO, 10.0)


def test_a_decision_that_is_whole_but_for_a_tolerance_is_split() -> None:
    # half a millionth of the decision lets the amount have 500 of a billion, which brings more than it costs
    lp = linear_program(
        [[1, -1e9], [1, 0]], -INFINITY, [0, 500], 0, [INFINITY, 1], maximize=[1, -1000], integer=[False, True]
    )
    found = branched(lp, 0.0)
    assert (found.left, found.better, found.bound) == (0, None, 0.0)
    assert found.solved == 3
