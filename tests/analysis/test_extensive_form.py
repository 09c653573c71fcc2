"""Several futures in one problem: the answers that textbooks give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetopt.analysis.extensive_form import average_problem, extensive_form, with_decisions
from budgetopt.formulation import LinearProgram
from budgetopt.solvers import solve_linear_program
from linear_programs import INFINITY, linear_program


def farm(yields: float) -> LinearProgram:
    """Return the farmer of Birge and Louveaux (2011), whose yields are a multiple of the usual ones.

    Columns: acres of wheat, corn and beets; wheat and corn bought; wheat, corn, beets at the good and at the bad price
    sold. The farmer's 500 acres, and what cattle need, are the rows.
    """
    return linear_program(
        [
            [1, 1, 1, 0, 0, 0, 0, 0, 0],
            [2.5 * yields, 0, 0, 1, 0, -1, 0, 0, 0],
            [0, 3 * yields, 0, 0, 1, 0, -1, 0, 0],
            [0, 0, 20 * yields, 0, 0, 0, 0, -1, -1],
        ],
        [-INFINITY, 200, 240, 0],
        [500, INFINITY, INFINITY, INFINITY],
        upper=[INFINITY] * 7 + [6000, INFINITY],
        minimize=[150, 230, 260, 238, 210, -170, -150, -36, -10],
    )


def solved(problem: LinearProgram) -> tuple[float, np.ndarray]:
    found = solve_linear_program(problem)
    assert found.proved
    assert found.x is not None
    return found.solution.objective, found.x


def test_the_farmer() -> None:
    problems, weights = [farm(yields) for yields in (1.2, 1.0, 0.8)], np.full(3, 1 / 3)
    group = np.tile(np.arange(3)[:, None], (1, 9))
    group[:, :3] = 0  # land is settled before the weather is known
    form = extensive_form(problems, weights, group)
    assert form.problem.columns == 3 + 3 * 6
    best, x = solved(form.problem)
    assert best == pytest.approx(-108_390)
    for future in range(3):
        assert form.point_of(x, future)[:3] == pytest.approx([170, 80, 250])
    alone = [solved(problem)[0] for problem in problems]
    assert weights @ alone == pytest.approx(-115_405.56, abs=0.01)
    mean = average_problem(problems, weights)
    assert mean is not None
    _, acres = solved(mean)
    assert acres[:3] == pytest.approx([120, 80, 300])
    held = [solved(with_decisions(problem, np.arange(3), acres[:3]))[0] for problem in problems]
    assert weights @ held == pytest.approx(-107_240)
    assert weights @ held - best == pytest.approx(1_150)


def plants(demand: float) -> LinearProgram:
    """Return the electricity planning of Louveaux and Smeers (1988), with three modes of demand."""
    rows: list[list[float]] = [[1, 1, 1, 1] + [0] * 12, [10, 7, 16, 6] + [0] * 12]
    for plant in range(4):
        row = [0.0] * 16
        row[plant] = -1
        row[4 + 3 * plant : 7 + 3 * plant] = [1, 1, 1]
        rows.append(row)
    rows += [[0] * 4 + [float(mode == column % 3) for column in range(12)] for mode in range(3)]
    costs = ((40, 24, 4), (45, 27, 4.5), (32, 19.2, 3.2), (55, 33, 5.5))
    return linear_program(
        rows,
        [12, -INFINITY] + [-INFINITY] * 4 + [demand, 3, 2],
        [INFINITY, 120] + [0] * 4 + [INFINITY] * 3,
        minimize=[10, 7, 16, 6, *(cost for plant in costs for cost in plant)],
    )


def test_lands_with_three_futures() -> None:
    problems, weights = [plants(demand) for demand in (3, 5, 7)], np.array([0.3, 0.4, 0.3])
    group = np.tile(np.arange(3)[:, None], (1, 16))
    group[:, :4] = 0
    best, x = solved(extensive_form(problems, weights, group).problem)
    assert best == pytest.approx(381.8533, abs=5e-5)
    assert x is not None


def test_futures_with_entries_elsewhere_have_no_average() -> None:
    other = farm(1.0)
    first = replace(other.matrix, index=other.matrix.index[::-1])
    assert average_problem([other, replace(other, matrix=first)], np.array([0.5, 0.5])) is None
    # a future that never comes has no part in it, whatever it says
    mean = average_problem([other, farm(9.0)], np.array([1.0, 0.0]))
    assert mean is not None
    np.testing.assert_array_equal(mean.matrix.value, other.matrix.value)
    np.testing.assert_array_equal(mean.upper, other.upper)
