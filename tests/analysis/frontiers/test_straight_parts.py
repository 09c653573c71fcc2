"""Where a problem moves in a straight line and where it bends, with lines and bends that are given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetopt.analysis.frontiers.straight_parts import StraightPart, _uncrossed, straight_parts
from budgetopt.formulation.directions import still
from budgetopt.formulation.linear_program import LinearProgram
from linear_programs import linear_program

At = Callable[[float], LinearProgram]


def problem(first: float = 8.0, second: float = 9.0, cost: float = 2.0, entry: float = 1.0) -> LinearProgram:
    """Return 3 a + ``cost`` b: at most ``first`` of both, and at most ``second`` of b, each counted ``entry`` times."""
    return linear_program([[1, 1], [0, entry]], -np.inf, [first, second], maximize=[3, cost])


def told(at: At, low: float = 0.0, high: float = 10.0) -> list[tuple[float, float, str]]:
    return [(round(part.low, 9), round(part.high, 9), part.moves) for part in straight_parts(at, low, high)]


@pytest.mark.parametrize(
    ("at", "parts"),
    [
        (lambda value: problem(first=value), [(0, 10, "limits")]),
        (lambda value: problem(cost=value), [(0, 10, "costs")]),
        (lambda value: problem(second=20 - value, cost=value), [(0, 10, "both")]),
        (lambda value: problem(entry=1 + value), [(0, 10, "matrix")]),
        (lambda _: problem(), [(0, 10, "nothing")]),
        # one bend, two bends, and two numbers that bend at one place
        (lambda value: problem(first=min(value, 4)), [(0, 4, "limits"), (4, 10, "nothing")]),
        (lambda value: problem(first=min(value, 4), second=max(value, 7)),
         [(0, 4, "limits"), (4, 7, "nothing"), (7, 10, "limits")]),
        (lambda value: problem(first=min(value, 4), second=max(value, 4)), [(0, 4, "limits"), (4, 10, "limits")]),
        (lambda value: problem(first=min(2 * value, value + 3)), [(0, 3, "limits"), (3, 10, "limits")]),
        (lambda value: problem(cost=max(value - 2, 0)), [(0, 2, "nothing"), (2, 10, "costs")]),
        (lambda value: problem(entry=max(value, 5)), [(0, 5, "nothing"), (5, 10, "matrix")]),
    ],
)  # fmt: skip
def test_the_parts_of_a_range(at: At, parts: list[tuple[float, float, str]]) -> None:
    assert told(at) == parts


def test_a_part_gives_its_problem_at_each_value() -> None:
    for part, inside in zip(
        straight_parts(lambda value: problem(first=min(value, 4)), -2.0, 10.0), (1.5, 6.0), strict=True
    ):
        for value in (part.low, inside, part.high):
            assert part.at(value).row_upper.tolist() == pytest.approx([min(value, 4), 9])
    (part,) = straight_parts(lambda value: problem(second=20 - value, cost=value), 1.0, 3.0)
    assert part.at(2.5).stages[0].cost.tolist() == pytest.approx([3, 2.5])
    assert part.at(1.0).row_upper.tolist() == pytest.approx([8, 19])


def test_what_bends_everywhere_is_one_part_without_a_line() -> None:
    (part,) = straight_parts(lambda value: problem(cost=value**2), 2.0, 8.0)
    assert (part.low, part.high, part.moves, part.line) == (2, 8, "matrix", None)
    # its problem is that at its low end
    assert float(part.problem.stages[0].cost[1]) == pytest.approx(4)


def test_a_problem_that_changes_its_form_is_halved() -> None:
    other = linear_program([[1, 1]], -np.inf, 8, maximize=[3, 2])
    found = straight_parts(lambda value: problem() if value < 5 else other, 0.0, 8.0)
    assert [(part.low, part.high, part.moves) for part in found] == [
        (0, 4, "nothing"), (4, 5, "nothing"), (5, 6, "nothing"), (6, 8, "nothing"),
    ]  # fmt: skip


def test_a_range_without_width_is_one_part() -> None:
    (part,) = straight_parts(lambda value: problem(first=value), 3.0, 3.0)
    assert (part.low, part.high, part.line) == (3, 3, None)
    assert isinstance(part, StraightPart)


def test_a_limit_that_rounding_puts_above_the_other_is_put_back() -> None:
    lower, upper = np.array([1 + 1e-12, 2.0, 5.0, 0.0]), np.array([1.0, 2.0, 4.0, np.inf])
    assert _uncrossed(lower, upper, np.zeros(4), 1.0).tolist() == [1, 2, 5, 0]
    # beside what has moved far, more is rounding
    assert _uncrossed(np.array([1 + 1e-6]), np.array([1.0]), np.array([1e4]), 1.0).tolist() == [1]
    assert _uncrossed(np.array([1 + 1e-6]), np.array([1.0]), np.array([1.0]), 1.0).tolist() == [1 + 1e-6]
    right = np.array([1.0])
    assert _uncrossed(right, np.array([1.0]), np.zeros(1), 1.0) is right


@pytest.mark.parametrize(("by", "row"), [(1e-10, 1.0), (1e-6, 1 + 1e-6)])
def test_what_rounding_leaves_of_a_part_is_measured_by_its_width_and_not_by_its_place(by: float, row: float) -> None:
    lp = linear_program([[1.0]], 1 + by, 1.0, maximize=[1.0], lower=1 + by, upper=1.0)
    line = still(lp)
    line.row_upper[:] = line.row_lower[:] = line.upper[:] = line.lower[:] = 1.0
    found = StraightPart(1000.0, 1001.0, lp, line).at(1000.0)
    assert (found.row_lower.tolist(), found.lower.tolist()) == ([row], [row])
