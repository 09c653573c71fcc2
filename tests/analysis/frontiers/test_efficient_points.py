"""Efficient points of small problems, each worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.frontiers.efficient_points import (
    EfficientPoints,
    _is_proved,
    _slack,
    _unit_of,
    efficient_points,
)
from budgetopt.formulation import Stage
from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.highs import LiveModel
from linear_programs import linear_program

A = Stage("twice a, and 5", np.array([2.0, 0]), maximize=True, offset=5.0)
B = Stage("1 less b", np.array([0.0, -1]), maximize=False, offset=1.0)
"""Two goals, of which the second one is lowered."""
CORNERS = [(17, -1), (13, -5), (9, -7)]
"""Of a + b at most 10, 2 a + b at most 14, a at most 6 and b at most 8: (6, 2), (4, 6) and (2, 8)."""


def polygon() -> LinearProgram:
    return linear_program([[1, 1], [2, 1]], -np.inf, [10, 14], 0, [6, 8], maximize=[1, 1])


def told(found: EfficientPoints) -> list[tuple[float, float]]:
    return [(round(point.first, 6), round(point.second, 6)) for point in found.points]


def test_the_corners_of_two_goals_in_their_own_directions() -> None:
    found = efficient_points(polygon(), A, B, 20)
    assert told(found) == CORNERS
    assert (found.kind, found.complete) == ("curve", True)
    assert [point.x.round(6).tolist() for point in found.points] == [[6, 2], [4, 6], [2, 8]]
    assert all(point.proved for point in found.points)
    # and the other way round
    assert told(efficient_points(polygon(), B, A, 20)) == [(second, first) for first, second in reversed(CORNERS)]


def test_every_problem_that_is_solved_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    solve, calls = LiveModel.solve, list[LiveModel]()

    def counted(self: LiveModel) -> Solution:
        calls.append(self)
        return solve(self)

    monkeypatch.setattr(LiveModel, "solve", counted)
    for problem in (replace(polygon(), integer=np.array([True, True])), polygon()):
        calls.clear()
        assert efficient_points(problem, A, B, 20).solves == len(calls) > 5
    # the corners of a linear problem are of one model
    assert len(set(map(id, calls))) == 1


def test_goals_that_agree_have_one_point_and_a_problem_without_a_plan_has_none() -> None:
    both = Stage("b", np.array([0.0, 3]), maximize=True)
    narrow = replace(polygon(), upper=np.array([0.0, 8]))
    assert told(efficient_points(narrow, both, B, 20)) == [(24, -7)]
    for integer in (False, True):
        none = linear_program([[1, 1]], 30, np.inf, 0, [6, 8], maximize=[1, 1], integer=integer)
        found = efficient_points(none, A, B, 20)
        assert (found.points, found.complete) == ((), True)


def test_with_whole_numbers_every_point_is_found() -> None:
    whole = replace(polygon(), integer=np.array([True, True]))
    found = efficient_points(whole, A, B, 3)
    # b from 2 on: a is 6, 5, 5, 4, 4; only the larger b counts; then 3 and 2
    assert told(found) == [(17, -1), (15, -3), (13, -5), (11, -6), (9, -7)]
    assert (found.kind, found.complete) == ("all", True)
    assert all(point.proved for point in found.points)


def mixed() -> tuple[LinearProgram, Stage, Stage]:
    """Return a + b + 2 z at most 10 with z 0 or 1; the goals a + 3 z, and b, which is no whole number."""
    problem = linear_program([[1, 1, 2]], -np.inf, 10, 0, [9, 10, 1], maximize=[1, 1, 1], integer=[False, False, True])
    return problem, Stage("a", np.array([1.0, 0, 3]), maximize=True), Stage("b", np.array([0.0, 1, 0]), maximize=True)


@pytest.mark.parametrize(
    ("steps", "points"),
    [
        # up to 8 of b, z brings one more of the first goal; beyond it takes 2 that b needs. The range is cut in two at
        # 6.25, from where the second half goes on by 2.5
        (4, [(11, 0), (8.5, 2.5), (6, 5), (3.5, 7.5), (1.25, 8.75), (0, 10)]),
        (2, [(11, 0), (6, 5), (0, 10)]),
        (1, [(11, 0), (0, 10)]),
    ],
)
def test_without_a_unit_the_second_goal_is_raised_in_steps(steps: int, points: list[tuple[float, float]]) -> None:
    found = efficient_points(*mixed(), steps)
    assert told(found) == points
    assert (found.kind, found.complete) == ("grid", True)
    assert all(point.proved for point in found.points)


@pytest.mark.parametrize(("second", "x"), [([1.0, 0], [6, 4]), ([0.0, 1], [2, 8])])
def test_of_plans_that_are_equally_good_by_the_first_goal_the_second_one_chooses(
    second: list[float], x: list[float]
) -> None:
    both = Stage("a + b", np.ones(2), maximize=True)
    wide = replace(polygon(), row_upper=np.array([10.0, 99]))
    for problem in (wide, replace(wide, integer=np.array([True, True]))):
        (point,) = efficient_points(problem, both, Stage("one of them", np.array(second), maximize=True), 5).points
        assert point.x.tolist() == pytest.approx(x)


def test_only_the_unit_of_the_second_goal_counts() -> None:
    problem, first, _ = mixed()
    taken = Stage("z", np.array([0.0, 0, 5]), maximize=True)
    found = efficient_points(problem, replace(first, cost=np.array([1.0, 0, 0])), taken, 7)
    assert (told(found), found.kind) == ([(9, 0), (8, 5)], "all")


def test_a_goal_that_only_one_value_is_possible_of_has_one_point() -> None:
    problem, first, second = mixed()
    fixed = replace(problem, lower=np.array([0.0, 4, 0]), upper=np.array([9.0, 4, 1]))
    assert told(efficient_points(fixed, first, second, 4)) == [(7, 4)]


@pytest.mark.parametrize("how", ["key", "solver"])
@pytest.mark.parametrize("is_integer", [False, True])
def test_what_was_found_before_the_user_ends_it_is_kept(
    how: str, is_integer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = replace(polygon(), integer=np.full(2, is_integer))
    whole = efficient_points(problem, A, B, 20)
    solve, left = LiveModel.solve, [0]

    def ended(self: LiveModel) -> Solution:
        left[0] -= 1
        if left[0] >= 0:
            return solve(self)
        if how == "key":
            raise KeyboardInterrupt
        return replace(solve(self), termination=Termination.INTERRUPTED)

    monkeypatch.setattr(LiveModel, "solve", ended)
    for count in range(0, whole.solves, 4 if is_integer else 1):
        left[0] = count
        found = efficient_points(problem, A, B, 20)
        assert (found.kind, found.complete) == ("grid", False)
        assert told(found) == sorted(told(found), reverse=True)
        if is_integer:
            # whole stretches of the frontier; the first point takes three searches
            assert told(found) == told(whole)[: len(found.points)]
            assert bool(found.points) == (count > 0)
        else:
            # some lie on the straight pieces between the corners
            for first, second in told(found):
                assert first == pytest.approx(np.interp(-second, *np.array(CORNERS).T[::-1] * [[-1], [1]]))
            assert bool(found.points) == (count >= 4)


@pytest.mark.parametrize(
    ("cost", "unit"),
    [
        ([6, 9, 0], 3), ([-4, 6, 0], 2), ([0.5, 0.75, 0], 0.25), ([1, 0, 0], 1), ([0, 0, 0], 0), ([1 / 3, 0, 0], 0),
        ([3e-6, 0, 0], 3e-6), ([3e-7, 0, 0], 0), ([1.25, 1, 0], 0.25), ([6, 9, 1], 0), ([0, 0, 1], 0),
    ],
)  # fmt: skip
def test_the_unit_of_a_goal(cost: list[float], unit: float) -> None:
    problem = linear_program([[1, 1, 1]], 0, 9, maximize=[1, 1, 1], integer=[True, True, False])
    assert _unit_of(problem, Stage("goal", np.array(cost, dtype=float), maximize=True)) == pytest.approx(unit, abs=0)


def test_what_a_goal_that_was_reached_may_give_up() -> None:
    assert _slack(10.0, 0.0) == pytest.approx(1e-8)
    assert _slack(-10.0, 0.0) == pytest.approx(1e-8)
    assert _slack(0.0, 0.0) == pytest.approx(1e-18)
    assert _slack(10.0, 3.0) == 1.5


@pytest.mark.parametrize(
    ("termination", "bound", "unit", "proved"),
    [
        (Termination.OPTIMAL, 100.0, 0.0, True),
        (Termination.OPTIMAL, 100.1, 0.0, False),
        (Termination.OPTIMAL, 99.9, 0.0, False),
        (Termination.OPTIMAL, float("nan"), 0.0, True),
        # less than a unit away nothing better is possible
        (Termination.OPTIMAL, 101.7, 2.0, True),
        (Termination.OPTIMAL, 101.9, 2.0, False),
        (Termination.TIME_LIMIT, 100.0, 0.0, False),
    ],
)
def test_when_a_search_came_to_its_end(termination: Termination, bound: float, unit: float, proved: bool) -> None:
    assert _is_proved(Solution(termination, x=np.zeros(1), objective=100.0, bound=bound), unit, 100.0) is proved


def test_a_value_of_nothing_is_proved_beside_the_largest_that_its_goal_takes() -> None:
    nothing = Solution(Termination.OPTIMAL, x=np.zeros(1), objective=4.8e-7, bound=7.8e-7)
    assert _is_proved(nothing, 0.0, 120.0)
    assert not _is_proved(nothing, 0.0, 1.0)
    assert not _is_proved(None, 0.0, 120.0)


def test_an_unproved_search_leaves_its_point_unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    solve, calls = LiveModel.solve, [0]

    def stopped(self: LiveModel) -> bo.Solution:
        calls[0] += 1
        answer = solve(self)
        return replace(answer, termination=Termination.TIME_LIMIT) if calls[0] in (2, 5) else answer

    monkeypatch.setattr(LiveModel, "solve", stopped)
    found = efficient_points(replace(polygon(), integer=np.array([True, True])), A, B, 20)
    # the first search of the first point, and the second one of the second point
    assert [point.proved for point in found.points] == [False, False, True, True, True]


def test_a_stretch_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(polygon(), integer=np.array([True, True]))
    solve, calls = LiveModel.solve, [0]

    def fails(self: LiveModel) -> bo.Solution:
        calls[0] += 1
        if calls[0] == 4:
            raise bo.SolverError("it broke")
        return solve(self)

    whole = efficient_points(problem, A, B, 20)
    monkeypatch.setattr(LiveModel, "solve", fails)
    found = efficient_points(problem, A, B, 20)
    # the stretch after the first point; the others are there, and may find its points as well
    assert (found.failed, found.kind, found.complete) == (("it broke",), "grid", True)
    assert set(told(found)) <= set(told(whole))
    assert [told(found)[at] for at in (0, -1)] == [told(whole)[at] for at in (0, -1)]
    assert (whole.failed, whole.kind) == ((), "all")
