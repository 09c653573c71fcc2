"""Whether a problem has any point: large linear ones are asked with their objective, searches without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.analysis.infeasibility.existence import has_point
from budgetopt.solvers.engine import LEAST_COLUMNS
from linear_programs import INFINITY, large_budget, linear_program


def test_of_a_large_problem_it_is_told_with_and_without_a_plan() -> None:
    problem = large_budget(LEAST_COLUMNS // 2, segments=2, funds=2, rules=4)
    assert problem.columns >= LEAST_COLUMNS
    assert has_point(problem) is True
    most = problem.matrix.value.sum() * problem.upper.max()
    beyond = np.where(np.arange(problem.rows) == 0, most, problem.row_lower)
    assert has_point(replace(problem, row_lower=beyond, row_upper=np.maximum(problem.row_upper, beyond))) is False


def test_a_plan_without_an_end_to_its_gain_is_a_plan() -> None:
    assert has_point(linear_program([[1, -1]], [0], [INFINITY], maximize=[1, 0])) is True


def test_a_search_needs_a_whole_point() -> None:
    between = linear_program([[2, 2]], [1], [1], 0, 1, maximize=[1, 1], integer=True)
    assert has_point(between.relaxed()) is True
    assert has_point(between) is False
