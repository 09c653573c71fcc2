"""What few digits leave open is corrected: points move onto their limits, prices onto the costs that they meet."""

from __future__ import annotations

import numpy as np
import pytest

from budgetopt.solvers.certificate import certify_point
from budgetopt.solvers.projection import onto_costs, onto_limits
from linear_programs import linear_program

# 3 x + y = 1_000_000 and x + 2 y <= 750_000: the best point is x = 250_000, y = 250_000
PROBLEM = linear_program(
    [[3.0, 1.0], [1.0, 2.0]], [1_000_000, -np.inf], [1_000_000, 750_000], upper=[900_000, 900_000], maximize=[1.0, 1.0]
)
BEST = np.array([250_000.0, 250_000.0])


def test_a_point_off_in_the_ninth_digit_is_moved_onto_its_rows() -> None:
    rough = BEST * (1 + np.array([3e-9, -5e-9]))
    assert np.abs(onto_limits(PROBLEM, rough) - BEST).max() < 1e-9


def test_a_column_at_its_limit_stays_there() -> None:
    problem = linear_program([[1.0, 1.0]], [300_000], [300_000], upper=[100_000, 900_000], maximize=[2.0, 1.0])
    rough = np.array([100_000 * (1 - 1e-9), 200_000.0007])
    moved = onto_limits(problem, rough)
    assert moved[0] == 100_000
    assert moved[1] == pytest.approx(200_000, rel=1e-14)


@pytest.mark.parametrize("point", [[0.0, 0.0], [900_000.0, 900_000.0], [120_000.0, 300_000.0]])
def test_a_point_that_is_not_near_stays_where_it_is(point: list[float]) -> None:
    given = np.array(point)
    moved = onto_limits(PROBLEM, given)
    assert certify_point(PROBLEM, PROBLEM.stages[0], moved, None).rows.worst <= (
        certify_point(PROBLEM, PROBLEM.stages[0], given, None).rows.worst
    )
    if point == [900_000.0, 900_000.0]:
        assert moved is given


def test_prices_off_in_the_ninth_digit_are_moved_onto_the_costs() -> None:
    exact = np.array([0.2, 0.4])  # 3 * 0.2 + 0.4 = 1 and 0.2 + 2 * 0.4 = 1
    corrected = onto_costs(PROBLEM, PROBLEM.stages[0], BEST, exact * (1 + np.array([4e-9, -2e-9])))
    assert np.abs(corrected - exact).max() < 1e-15
    assert certify_point(PROBLEM, PROBLEM.stages[0], BEST, corrected).proved


def test_a_row_between_its_limits_has_no_price() -> None:
    inside = np.array([300_000.0, 100_000.0])
    assert onto_costs(PROBLEM, PROBLEM.stages[0], inside, np.array([0.3, 1e-9]))[1] == 0.0
