"""A column that every group shares, in a problem small enough to be seen whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetopt.analysis.live_problem.shared_column import with_shared_column
from budgetopt.formulation.linear_program import Stage
from budgetopt.solvers.highs import LiveModel
from linear_programs import linear_program


def test_the_least_of_two_groups_per_head_is_raised_together() -> None:
    """Nine dollars for two groups of 1 and 2 heads, of whom the second has 3 already: 4 for each head."""
    problem = linear_program([[1, 1]], -np.inf, [9], 0, 20, maximize=[1, 1])
    entries = np.array([0, 1]), np.array([0, 1]), np.ones(2)
    whole = with_shared_column(problem, entries, np.array([-1.0, -2.0]), np.array([0.0, -3.0]), ("least", "of"), 0.0)
    assert whole.column_labels.all_names()[-1] == "least"
    assert whole.row_labels.all_names()[1:] == ["of[0]", "of[1]"]
    assert (whole.lower[-1], whole.upper[-1], whole.integer[-1]) == (0.0, np.inf, False)
    goal = Stage("the least", np.array([0.0, 0.0, 1.0]), maximize=True)
    answer = LiveModel(replace(whole, stages=(goal,))).solve()
    assert answer.objective == pytest.approx(4)
    assert answer.x == pytest.approx([4, 5, 4])
