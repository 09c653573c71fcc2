"""Rows with one entry become limits of their columns, and get back the price that their column has."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgetopt.solvers import Termination, certify
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.single_rows import SingleRows
from linear_programs import INFINITY, linear_program
from measures import few


def test_the_tightest_limit_of_a_column_has_its_price():
    # 3 x + 2 y with x + y at most 10, x at most 4 by one row and 5 by another, and y at least 1
    lp = linear_program(
        [[1, 1], [2, 0], [1, 0], [0, -1]], [-INFINITY] * 4, [10, 8, 5, -1], maximize=[3, 2], upper=[6, INFINITY]
    )
    single = SingleRows.of(lp)
    assert single.lp.rows == 1
    assert single.lp.lower.tolist() == [0, 1]
    assert single.lp.upper.tolist() == [4, INFINITY]
    answer = LiveModel(single.lp).solve()
    assert answer.x.tolist() == [4, 6]
    # a unit more of the second row is half a unit of x, which beside y is worth 1
    assert single.restore(lp, lp.stages[0], answer.row_dual).tolist() == pytest.approx([2, 0.5, 0, 0])


@few(1)
@given(data=st.data(), seed=st.integers(0, 10_000), maximize=st.booleans())
def test_the_restored_prices_prove_the_whole_problem(data: st.DataObject, seed: int, maximize: bool) -> None:
    generator = np.random.default_rng(seed)
    columns, singles = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 8))
    shared = generator.integers(-2, 4, (2, columns))
    rows = np.zeros((2 + singles, columns))
    rows[:2] = shared
    at = generator.integers(0, columns, singles)
    rows[2 + np.arange(singles), at] = generator.choice([-2.0, -1.0, 1.0, 2.0], singles)
    lower, upper = np.full(2 + singles, -INFINITY), np.full(2 + singles, INFINITY)
    upper[:2] = generator.integers(0, 20, 2)
    lower[2:] = generator.choice([-INFINITY, -4, 0, 1], singles)
    upper[2:] = generator.choice([INFINITY, 1, 3, 6], singles)
    cost = generator.integers(-3, 4, columns)
    objective = {"maximize" if maximize else "minimize": cost}
    lp = linear_program(rows, lower, upper, upper=9, **objective)
    single = SingleRows.of(lp)
    assume((single.lp.lower <= single.lp.upper).all())
    answer = LiveModel(single.lp).solve()
    assume(answer.termination is Termination.OPTIMAL)
    y = single.restore(lp, lp.stages[0], answer.row_dual)
    reduced = lp.stages[0].reduced_costs(lp.matrix, y)
    whole = replace(answer, row_dual=y, reduced_cost=reduced, bound=answer.objective)
    assert certify(lp, 0, whole).proved
