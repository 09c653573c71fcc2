"""Rows that a plan stays clear of are left out of a live model, and its answers stay those to the whole problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.formulation.linear_program import LinearProgram, Matrix
from budgetopt.formulation.sparse_rows import SparseRows
from budgetopt.solvers import Termination, certify
from budgetopt.solvers import working_model as working_model_module
from budgetopt.solvers.certificate import certify_point
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.working_model import WorkingModel
from linear_programs import INFINITY, linear_program, linear_programs

TWO_RULES = linear_program([[1, 1], [1, 0], [0, 1]], -INFINITY, [10, 8, 9], 0, 20, maximize=[3, 2])
"""One dollar more for the first pays 3, for the second 2; ten dollars, at most 8 and 9 of them."""


@pytest.fixture(autouse=True)
def _every_row_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_model_module, "FEW", 0)
    monkeypatch.setattr(working_model_module, "WORTHWHILE", 0.0)


def test_a_row_is_left_out_until_a_plan_breaks_it() -> None:
    model = WorkingModel(TWO_RULES)
    assert model.solve().objective == 28
    assert model.rows.tolist() == [0, 1]
    model.set_costs(np.array([2.0, 3.0]), maximize=True)
    answer = model.solve()
    assert model.rows.tolist() == [0, 1, 2]
    assert answer.objective == 29
    np.testing.assert_array_equal(answer.x, [1, 9])
    np.testing.assert_array_equal(answer.row_dual, [2, 0, 1])
    model.set_costs(np.array([3.0, 2.0]), maximize=True)
    assert model.solve().objective == 28


def test_a_row_left_out_keeps_the_limit_that_it_is_given() -> None:
    model = WorkingModel(TWO_RULES)
    model.solve()
    model.set_row_bounds([2], [-INFINITY], [1])
    answer = model.solve()
    np.testing.assert_array_equal(answer.x, [8, 1])
    assert answer.objective == 26
    np.testing.assert_array_equal(answer.row_dual, [0, 3, 2])


def test_a_row_left_out_is_taken_in_where_its_entries_change() -> None:
    model = WorkingModel(TWO_RULES)
    model.solve()
    model.set_coefficients([2, 0], [1, 0], [9.0, 1.0])
    assert model.rows.tolist() == [0, 1, 2]
    assert model.solve().objective == 26


def test_without_the_rows_that_are_kept_nothing_limits_a_plan_and_all_are_taken_in() -> None:
    lp = linear_program([[1, 0], [1, 1]], -INFINITY, [4, 100], 0, INFINITY, maximize=[1, 0])
    model = WorkingModel(lp)
    assert model.solve().objective == 4
    assert model.rows.tolist() == [0]
    model.set_costs(np.array([1.0, 1.0]), maximize=True)
    answer = model.solve()
    assert (answer.termination, answer.objective) == (Termination.OPTIMAL, 100)
    model.set_row_bounds([1], [-INFINITY], [INFINITY])
    assert model.solve().termination is Termination.UNBOUNDED


def test_what_contradicts_itself_and_what_does_not_any_more() -> None:
    model = WorkingModel(TWO_RULES)
    model.solve()
    model.set_column_bounds([0, 1], [0, 9.5], [20, 20])
    assert model.solve().termination is Termination.INFEASIBLE
    model.set_column_bounds([0, 1], [0, 0], [20, 20])
    assert model.solve().objective == 28


def test_rows_are_left_out_only_where_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for few, share in ((1, 0.0), (0, 0.26)):
        monkeypatch.setattr(working_model_module, "FEW", few)
        monkeypatch.setattr(working_model_module, "WORTHWHILE", share)
        model = WorkingModel(TWO_RULES)
        assert model.solve().objective == 28
        assert model.rows.tolist() == [0, 1, 2]


def test_a_problem_with_integer_decisions_is_kept_whole() -> None:
    model = WorkingModel(replace(TWO_RULES, integer=np.array([True, False])))
    assert model.solve().objective == 28
    assert model.rows.tolist() == [0, 1, 2]


@given(linear_programs(most_columns=5, most_rows=5), st.data())
def test_every_answer_is_that_of_a_fresh_solve(lp: LinearProgram, data: st.DataObject) -> None:
    model, stage = WorkingModel(lp), lp.stages[0]
    for _ in range(4):
        answer, fresh = model.solve(), solve_stage(lp, stage)
        assert answer.termination is fresh.termination
        if fresh.x is not None:
            assert answer.objective == pytest.approx(fresh.objective, rel=1e-9, abs=1e-9)
            assert certify(lp, stage, answer).proved
        what = data.draw(st.sampled_from(["costs", "rows", "columns"]))
        if what == "costs":
            cost = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=lp.columns, max_size=lp.columns)), float)
            stage = replace(stage, cost=cost, maximize=data.draw(st.booleans()))
            model.set_costs(stage.cost, stage.maximize, stage.offset)
        elif what == "columns" or not lp.rows:
            at, low = data.draw(st.integers(0, lp.columns - 1)), data.draw(st.integers(-3, 3))
            lower, upper = lp.lower.copy(), lp.upper.copy()
            lower[at], upper[at] = low, low + data.draw(st.integers(0, 4))
            model.set_column_bounds([at], lower[[at]], upper[[at]])
            lp = replace(lp, lower=lower, upper=upper)
        else:
            at, low = data.draw(st.integers(0, lp.rows - 1)), data.draw(st.integers(-6, 6))
            row_lower, row_upper = lp.row_lower.copy(), lp.row_upper.copy()
            row_lower[at], row_upper[at] = low, low + data.draw(st.integers(0, 4))
            model.set_row_bounds([at], row_lower[[at]], row_upper[[at]])
            lp = replace(lp, row_lower=row_lower, row_upper=row_upper)


@given(linear_programs(most_columns=5, most_rows=5), st.data())
def test_a_matrix_row_by_row_is_the_same_matrix(lp: LinearProgram, data: st.DataObject) -> None:
    matrix: Matrix = lp.matrix
    used = np.flatnonzero(np.bincount(matrix.index, minlength=matrix.rows)).tolist()
    rows = np.array(data.draw(st.permutations(used)), np.int64)
    x = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=lp.columns, max_size=lp.columns)), float)
    taken = SparseRows.of(matrix).take(rows)
    np.testing.assert_allclose(taken.times(x), matrix.times(x)[rows], atol=1e-12)
    assert taken.starts[-1] == len(taken.column) == len(taken.value)


def test_the_part_that_is_held_proves_what_is_best() -> None:
    model = WorkingModel(TWO_RULES)
    assert model.part(TWO_RULES) is TWO_RULES
    answer = model.solve()
    part = model.part(TWO_RULES)
    np.testing.assert_array_equal(part.matrix.dense(), [[1, 1], [1, 0]])
    assert part.row_upper.tolist() == [10, 8]
    assert certify_point(part, part.stages[0], answer.x, answer.row_dual[model.rows]).proved
    assert model.part(TWO_RULES).matrix is part.matrix
    model.set_coefficients([0], [1], [2.0])
    matrix = replace(TWO_RULES.matrix, value=np.array([1.0, 1.0, 2.0, 1.0]))
    np.testing.assert_array_equal(model.part(replace(TWO_RULES, matrix=matrix)).matrix.dense(), [[1, 2], [1, 0]])
