"""Parts that share nothing are searched apart, and the plan is that of the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.measures import few

from budgetopt.formulation.linear_program import Block, Labels, LinearProgram, Matrix, Stage
from budgetopt.formulation.separate_parts import most_integers_of_a_part, part_of_each_column
from budgetopt.solvers import Options, Termination, solve_linear_program
from budgetopt.solvers import engine as engine_module
from budgetopt.solvers import in_parts as in_parts_module
from budgetopt.solvers import sequence as sequence_module
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.in_parts import open_parts
from budgetopt.solvers.solution import EXACT, LARGE_GAP, Solution
from linear_programs import INFINITY, linear_program, linear_programs, ties


def side_by_side(parts: list[LinearProgram]) -> LinearProgram:
    """Return several problems of one direction as one; their ties are settled in their order."""
    first, rows, columns = parts[0], [0], [0]
    triplets, reference = [], []
    for part in parts:
        column = part.matrix.column_of_entry()
        triplets.append((part.matrix.index + rows[-1], column + columns[-1], part.matrix.value))
        rows.append(rows[-1] + part.rows)
        columns.append(columns[-1] + part.columns)
        reference.extend(part.tie_break.reference if part.tie_break else np.full(part.columns, np.nan))
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("row_lower", "row_upper", "lower", "upper", "integer")
    }
    stages = tuple(
        Stage(
            stage.label,
            np.concatenate([part.stages[place].sign * part.stages[place].cost for part in parts]) * stage.sign,
            stage.maximize,
            sum(part.stages[place].sign * part.stages[place].offset for part in parts) * stage.sign,
        )
        for place, stage in enumerate(first.stages)
    )
    row, column, value = (np.concatenate(group) for group in zip(*triplets, strict=True))
    return LinearProgram(
        Matrix.from_triplets(rows[-1], columns[-1], row, column, value),
        **joined,
        stages=stages,
        column_labels=Labels((Block("column", 0, columns[-1]),)),
        row_labels=Labels((Block("row", 0, rows[-1]),)),
        tie_break=ties(reference) if first.tie_break else None,
    )


KNAPSACK = linear_program([[5, 4, 3]], -INFINITY, 7, 0, 1, maximize=[10, 7, 6], integer=True)
"""Seven dollars: the second and third, worth 13, and not the first, worth 10."""


def test_columns_that_share_no_row_that_can_bind_are_parts() -> None:
    lp = linear_program(
        [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 1, 1, 1, 1], [0, 1, 1, 0, 0]],
        -INFINITY,
        [1, 1, 5, 1],
        0,
        [1, 1, 1, 1, 1],
        maximize=[1, 1, 1, 1, 1],
        integer=True,
    )
    part = part_of_each_column(lp)
    # the third row cannot bind; the fourth joins the first two
    assert part[0] == part[1] == part[2] == part[3] != part[4]
    apart = replace(lp, lower=np.array([0, 0, 1.0, 0, 0]))
    assert len(set(part_of_each_column(apart).tolist())) == 4
    assert most_integers_of_a_part(lp) == 4
    assert most_integers_of_a_part(apart) == 2
    assert most_integers_of_a_part(lp.relaxed()) == 0


def test_the_values_and_the_bounds_of_parts_add_up() -> None:
    lp = side_by_side([KNAPSACK] * 3)
    result = solve_linear_program(lp)
    assert [len(part) for part in open_parts(lp)] == [3, 3, 3]
    assert (result.termination, result.proved, result.unique) == (Termination.OPTIMAL, True, True)
    assert (result.solution.objective, result.solution.bound) == pytest.approx((39, 39))
    np.testing.assert_array_equal(result.x, [0, 1, 1] * 3)


def test_a_part_without_a_plan_leaves_none_for_the_whole() -> None:
    none = linear_program([[2, 2]], 1, 1, 0, 3, maximize=[1, 1], integer=True)
    result = solve_linear_program(side_by_side([KNAPSACK, none]))
    assert result.termination is Termination.INFEASIBLE


def test_decisions_are_counted_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 4)
    lp = side_by_side([KNAPSACK] * 2)
    joined = replace(lp, row_upper=lp.row_upper, matrix=Matrix.from_triplets(2, 6, *_all_in_the_first(lp)))
    assert Options().gap_for(lp) == EXACT
    assert Options().gap_for(joined) == LARGE_GAP


def _all_in_the_first(lp: LinearProgram) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.zeros(6, np.int64), np.arange(6), lp.matrix.value


def test_small_parts_beyond_a_number_are_searched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_parts_module, "MOST", 2)
    lp = side_by_side([KNAPSACK] * 4)
    assert [len(part) for part in open_parts(lp)] == [3, 9]
    assert solve_linear_program(lp).solution.objective == 52


@pytest.mark.parametrize("ending", [Termination.TIME_LIMIT, Termination.INTERRUPTED])
def test_a_search_that_is_stopped_keeps_the_plans_of_all_parts(ending: Termination) -> None:
    limits = []

    def solve(lp: LinearProgram, options: Options, _: Clock, begin: np.ndarray | None) -> Solution:
        limits.append(options.time_limit)
        answer = engine_module._solve(lp, replace(options, time_limit=None), Clock(None), begin)
        return replace(answer, termination=ending, bound=14.0) if len(limits) == 1 else answer

    lp = side_by_side([KNAPSACK] * 3)
    whole = in_parts_module.solve_in_parts(lp, Options(gap=EXACT), Clock(3000.0), None, solve)
    assert whole is not None
    assert (whole.termination, whole.objective, whole.bound) == (ending, 39, 40)
    assert limits[0] == pytest.approx(1000.0, rel=1e-2)
    later = in_parts_module.HASTE if ending is Termination.INTERRUPTED else 1500.0
    assert limits[1] == pytest.approx(later, rel=0.1)


def test_parts_of_different_signs_together_are_as_close_as_the_whole_has_to_be() -> None:
    gaps = []

    def solve(lp: LinearProgram, options: Options, clock: Clock, begin: np.ndarray | None) -> Solution:
        gaps.append(options.gap)
        answer = engine_module._solve(lp, options, clock, begin)
        return replace(answer, bound=answer.bound + (options.gap or 0.0) * abs(answer.objective))

    costs = replace(KNAPSACK, row_lower=np.array([7.0]), stages=(Stage("cost", np.array([-10.0, -7, -6]), True),))
    lp = side_by_side([replace(KNAPSACK, tie_break=None), costs])
    whole = in_parts_module.solve_in_parts(lp, Options(gap=1e-3), Clock(None), None, solve)
    assert whole is not None
    assert whole.objective == 0
    assert len(gaps) > 2
    assert gaps[-1] < 1e-3


@few(1)
@given(
    parts=st.lists(
        linear_programs(most_columns=3, most_rows=2, bounded=True, integers=True, stages=2, tie_break=True),
        min_size=2,
        max_size=3,
    )
)
def test_the_plan_of_a_problem_in_parts_is_that_of_the_whole(parts: list[LinearProgram]) -> None:
    parts = [replace(one, stages=tuple(replace(stage, within=0.0) for stage in one.stages)) for one in parts]
    lp = side_by_side(parts)
    assume(len(open_parts(lp)) > 1)
    apart = solve_linear_program(lp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "solve_in_parts", lambda *_: None)
        patch.setattr(sequence_module, "with_value_rows", lambda *_: None)
        whole = solve_linear_program(lp)
    assert apart.termination is whole.termination
    if whole.x is None:
        return
    assert apart.proved
    for one, other in zip(apart.stages, whole.stages, strict=True):
        assert one.solution.objective == pytest.approx(other.solution.objective, abs=1e-6)
    if apart.unique and whole.unique:
        np.testing.assert_allclose(apart.x, whole.x, atol=1e-6)


@few(1)
@given(
    parts=st.lists(linear_programs(most_columns=3, most_rows=2, bounded=True, integers=True), min_size=2, max_size=3)
)
def test_the_best_value_is_the_sum_of_those_of_the_parts(parts: list[LinearProgram]) -> None:
    alone = [solve_stage(part, part.stages[0]) for part in parts]
    lp = side_by_side(parts)
    whole = solve_stage(lp, lp.stages[0])
    if any(answer.termination is Termination.INFEASIBLE for answer in alone):
        assert whole.termination is Termination.INFEASIBLE
        return
    assert whole.termination is Termination.OPTIMAL
    total = sum(part.stages[0].sign * answer.objective for part, answer in zip(parts, alone, strict=True))
    assert lp.stages[0].sign * whole.objective == pytest.approx(total, abs=1e-6)
    assert lp.stages[0].sign * whole.bound == pytest.approx(total, abs=1e-6)
