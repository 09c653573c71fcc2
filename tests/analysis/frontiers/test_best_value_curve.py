"""The best value over a range, of small problems that are solved one by one, and of searches that stop short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.frontiers import best_value_curve as module
from budgetopt.analysis.frontiers.best_value_curve import CurvePart, curve_parts
from budgetopt.analysis.members import Machines
from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.solvers import Options, Solution, Termination
from budgetopt.solvers.highs import LiveModel
from linear_programs import linear_program

At = Callable[[float], LinearProgram]


def problem(
    first: float = 8.0, second: float = 9.0, cost: float = 2.0, entry: float = 1.0, floor: float = 0.0,
    is_integer: bool = False,
) -> LinearProgram:  # fmt: skip
    """Return 3 a + ``cost`` b: ``floor`` to ``first`` of both, at most ``second`` of b, counted ``entry`` times."""
    rows, lower, upper = [[1, 1], [0, entry], [1, 1]], [-np.inf, -np.inf, floor], [first, second, np.inf]
    return linear_program(rows, lower, upper, 0, 5, maximize=[3, cost], integer=is_integer)


@dataclass
class Question:
    """Solves each problem anew, and counts; what is to become of each answer may be said."""

    problem: LinearProgram
    is_integer: bool = False
    accuracy: float = 0.0
    become: Callable[[int, Solution], Solution] = lambda _, answer: answer
    solved: list[LinearProgram] = field(default_factory=list)
    options: Options = field(default_factory=Options)
    solves: int = 0
    seconds: float = 0.0

    @staticmethod
    def formulated(asked: LinearProgram) -> Any:
        return SimpleNamespace(linear_program=asked)

    def solve(self, asked: LinearProgram) -> Solution:
        self.solved.append(asked)
        return self.become(len(self.solved), LiveModel(asked).solve())


def curve(at: At, low: float, high: float, steps: int | None = None, **more: Any) -> tuple[list[CurvePart], bool]:
    """Return the parts of a curve; what stands for a scenario is its problem."""
    question: Any = Question(at(low), at(low).is_integer, **more)
    figure = SimpleNamespace(scenario=at(low))
    reach: Any = SimpleNamespace(low=low, high=high, scenario_at=at, figure=figure)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WhatIf", lambda *_: question)
        parts, ended = curve_parts(question, reach, steps=steps, machines=Machines())
    return parts, ended


def points(part: CurvePart) -> list[tuple[float, float]]:
    return [(round(point.at, 6), round(point.value, 6)) for point in part.points]


def test_a_limit_has_a_curve_of_straight_pieces() -> None:
    # up to 5 of a for 3 each, then up to 5 of b for 2 each
    (part,), ended = curve(lambda value: problem(first=value), 1, 12)
    assert not ended
    assert (part.moves, part.exact) == ("limits", True)
    assert points(part) == [(1, 3), (5, 15), (10, 25), (12, 25)]
    assert [round(point.slope, 6) for point in part.points[:2:2]] == [3]
    assert part.gaps == [0, 0, 0, 0]


def test_a_cost_has_the_slope_of_its_plan() -> None:
    # 8 of both: 5 of a and 3 of b; from 3 on 3 of a and 5 of b
    (part,), _ = curve(lambda value: problem(cost=value), 1, 7)
    assert (part.moves, part.exact) == ("costs", True)
    assert points(part) == [(1, 18), (3, 24), (7, 44)]
    assert [part.points[0].slope, part.points[-1].slope] == pytest.approx([3, 5])


def test_a_curve_begins_and_ends_where_a_plan_is_possible() -> None:
    # at least 3 and at most the number; at least the number and at most 8
    (part,), _ = curve(lambda value: problem(first=value, floor=3), 0, 5)
    assert points(part) == [(3, 9), (5, 15)]
    (part,), _ = curve(lambda value: problem(floor=value), 4, 20)
    assert points(part) == [(4, 21), (8, 21)]
    # of both neither end has a plan; 8 of a and b, beyond which the other limit is crossed
    (part,), _ = curve(lambda value: problem(first=value, floor=3, second=7 - value), 0, 20)
    assert points(part) == [(3, 9), (5, 15), (6, 17), (7, 15)]
    (part,), _ = curve(lambda value: problem(first=value, floor=30), 0, 20)
    assert (part.points, part.exact, part.moves) == ([], True, "limits")


def test_what_moves_the_matrix_is_worked_out_on_a_grid_in_proportion_to_its_part() -> None:
    (part,), _ = curve(lambda value: problem(entry=value), 1, 5)
    assert (part.moves, part.exact, len(part.points)) == ("matrix", False, 21)
    # 3 of b as long as 9 are enough for them; at 5 they are enough for 1.8
    assert points(part)[0] == (1, 21)
    assert points(part)[-1] == (5, round(15 + 3.6, 6))
    assert np.isnan([point.slope for point in part.points]).all()
    # 6.5 of 8.5 have 16 of the 20 steps, and every part has two
    first, later = curve(lambda value: problem(entry=max(value, 4)), 2, 10.5)[0]
    assert (points(first), len(later.points)) == ([(2, 19.5), (4, 19.5)], 17)
    first, later = curve(lambda value: problem(entry=max(value, 4)), 2, 4.01)[0]
    assert [at for at, _ in points(later)] == [4, 4.005, 4.01]
    assert later.exact is False


def test_a_grid_that_is_asked_for_is_over_all_of_the_range() -> None:
    told: list[float] = []

    def at(value: float) -> LinearProgram:
        told.append(value)
        return problem(first=value)

    (part,), _ = curve(at, 2, 6, steps=4)
    assert (part.moves, part.exact) == ("matrix", False)
    assert points(part) == [(2, 6), (3, 9), (4, 12), (5, 15), (6, 17)]
    # where no plan is possible there is no point
    (part,), _ = curve(lambda value: problem(first=value, floor=3), 2, 4, steps=4)
    assert points(part) == [(3, 9), (3.5, 10.5), (4, 12)]


@pytest.mark.parametrize(
    ("at", "accuracy", "moves", "exact"),
    [
        (lambda value: problem(first=value, is_integer=True), 0.0, "limits", False),
        (lambda value: problem(cost=value, is_integer=True), 0.0, "costs", True),
        (lambda value: problem(cost=value, is_integer=True), 1e-4, "costs", False),
        (lambda _: problem(is_integer=True), 1e-4, "nothing", True),
    ],
)
def test_with_integer_decisions_only_costs_have_an_exact_curve(
    at: At, accuracy: float, moves: str, exact: bool
) -> None:
    (part,), _ = curve(at, 1, 7, accuracy=accuracy)
    assert (part.moves, part.exact) == (moves, exact)


def test_a_search_that_stopped_short_has_a_gap() -> None:
    def become(_: int, answer: Solution) -> Solution:
        short = 1e-12 if answer.objective > 10 else 0.5
        return replace(answer, bound=answer.objective + short)

    (part,), _ = curve(lambda value: problem(first=value), 2, 4, steps=2, become=become)
    assert points(part) == [(2, 6), (3, 9), (4, 12)]
    assert part.gaps == pytest.approx([0.5, 0.5, 0.0])
    assert part.gaps[2] == 0.0


def ends_at(count: int) -> Callable[[int, Solution], Solution]:
    def become(number: int, answer: Solution) -> Solution:
        return replace(answer, termination=Termination.INTERRUPTED) if number >= count else answer

    return become


def test_what_was_found_before_the_user_ends_it_is_kept() -> None:
    parts, ended = curve(lambda value: problem(first=value), 1, 12, become=ends_at(3))
    assert ended
    (part,) = parts
    # both ends are known, and nothing of what lies between them
    assert (points(part), part.exact, part.gaps) == ([(1, 3), (12, 25)], False, [0, 0])
    assert curve(lambda value: problem(first=value), 1, 12, become=ends_at(1)) == ([], True)
    (part,), ended = curve(lambda value: problem(first=value), 2, 6, steps=4, become=ends_at(3))
    assert (points(part), ended) == ([(2, 6), (3, 9)], True)
    # a part that was done before stays exact
    first, later = curve(lambda value: problem(entry=max(value, 4)), 2, 10, become=ends_at(4))[0]
    assert (first.exact, len(first.points), len(later.points)) == (True, 2, 1)


def test_a_search_of_a_grid_that_ends_without_a_plan_is_told() -> None:
    def become(number: int, answer: Solution) -> Solution:
        return Solution(Termination.TIME_LIMIT) if number == 2 else answer

    (part,), ended = curve(lambda value: problem(first=value), 2, 6, steps=4, become=become)
    assert points(part) == [(2, 6), (4, 12), (5, 15), (6, 17)]
    assert not ended
    assert [value for value, _ in part.failed] == [3]
    assert "the search ended without a plan" in part.failed[0][1]


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_grid_has_as_many_steps_as_are_asked_for(steps: int) -> None:
    (part,), _ = curve(lambda value: problem(first=value), 2, 4, steps=steps)
    assert [point.at for point in part.points] == pytest.approx(np.linspace(2, 4, steps + 1))
