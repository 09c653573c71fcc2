"""A plan near the relaxation, and what can better it, give the answer that a search of the whole gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from tests.measures import few

from budgetopt.formulation.linear_program import Block, Labels, LinearProgram, Matrix
from budgetopt.solvers import Options, Solution, Termination, solve_linear_program
from budgetopt.solvers import engine as engine_module
from budgetopt.solvers import from_relaxation as module
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.solution import EXACT
from linear_programs import INFINITY, large_budget, linear_program, linear_programs


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every problem as large, and leave little open near its relaxation."""
    monkeypatch.setattr(module, "LEAST_COLUMNS", 0)
    monkeypatch.setattr(module, "FREE", 2)
    monkeypatch.setattr(module, "WORTHWHILE", 1.0)


KNAPSACK = linear_program([[5, 4, 3]], -INFINITY, 7, 0, 1, maximize=[10, 7, 5], integer=True)
"""Seven dollars: the second and third, worth 12; in fractions the first and half of the second, worth 13.5."""


def mostly_linear(programs: int, few_of_them: int, seed: int) -> LinearProgram:
    """Return a budget of concave curves but for a few: their second segment pays most, once the first is full."""
    lp = large_budget(programs, seed=seed, rules=6, funds=3)
    random = np.random.default_rng(seed + 1)
    first = random.choice(programs, few_of_them, replace=False) * 4
    cost, lower, columns = lp.stages[0].cost.copy(), lp.lower.copy(), lp.columns
    cost[first], cost[first + 1], lower[first] = 0.3 * cost[first + 1], 1.3 * cost[first], 0.0
    opens, row = columns + np.arange(few_of_them), lp.rows + np.arange(2 * few_of_them)
    one, ones, rows = row[:few_of_them], np.ones(few_of_them), lp.rows + 2 * few_of_them
    more = (
        np.concatenate((one, one, row[few_of_them:], row[few_of_them:])),
        np.concatenate((first + 1, opens, first, opens)),
        np.concatenate((ones, -lp.upper[first + 1], ones, -lp.upper[first])),
    )
    entries = (lp.matrix.index, lp.matrix.column_of_entry(), lp.matrix.value)
    triplets = [np.concatenate(pair) for pair in zip(entries, more, strict=True)]
    return replace(
        lp,
        matrix=Matrix.from_triplets(rows, columns + few_of_them, *triplets),
        row_lower=np.concatenate((lp.row_lower, np.full(few_of_them, -np.inf), np.zeros(few_of_them))),
        row_upper=np.concatenate((lp.row_upper, np.zeros(few_of_them), np.full(few_of_them, np.inf))),
        lower=np.append(lower, np.zeros(few_of_them)),
        upper=np.append(lp.upper, ones),
        integer=np.append(lp.integer, ones.astype(bool)),
        stages=(replace(lp.stages[0], cost=np.append(cost, np.zeros(few_of_them))),),
        column_labels=Labels((*lp.column_labels.blocks, Block("order", columns, columns + few_of_them))),
        row_labels=Labels((*lp.row_labels.blocks, Block("order", lp.rows, rows))),
    )


def searched_whole(lp: LinearProgram, options: Options | None = None) -> Solution:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "solve_from_relaxation", lambda *_: None)
        return solve_stage(lp, lp.stages[0], options)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(2))
def test_a_budget_of_mostly_concave_curves_has_the_value_of_a_search_of_the_whole(seed: int) -> None:
    lp = mostly_linear(200, 12, seed)
    options = Options(gap=EXACT)
    answer, whole = solve_stage(lp, lp.stages[0], options), searched_whole(lp, options)
    assert answer.termination is Termination.OPTIMAL
    assert answer.objective == pytest.approx(whole.objective, rel=2e-9)
    assert answer.bound >= answer.objective - 1e-9 * abs(answer.objective)
    assert answer.bound <= answer.objective * (1 + 2e-9)


@pytest.mark.usefixtures("small")
@few(1 / 2)
@given(lp=linear_programs(most_columns=5, most_rows=4, bounded=True, integers=True))
def test_the_answer_is_that_of_a_search_of_the_whole(lp: LinearProgram) -> None:
    answer, whole = solve_stage(lp, lp.stages[0]), searched_whole(lp)
    assert answer.termination is whole.termination
    if whole.x is not None:
        assert answer.objective == pytest.approx(whole.objective, abs=1e-6)
        assert answer.bound == pytest.approx(whole.bound, abs=1e-5)


@pytest.mark.usefixtures("small")
@few(1 / 4)
@given(lp=linear_programs(most_columns=4, most_rows=3, bounded=True, integers=True, stages=2, tie_break=True))
def test_the_plan_of_a_list_of_objectives_is_that_of_a_search_of_the_whole(lp: LinearProgram) -> None:
    near = solve_linear_program(lp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "solve_from_relaxation", lambda *_: None)
        whole = solve_linear_program(lp)
    assert near.termination is whole.termination
    if near.unique and whole.unique:
        np.testing.assert_allclose(near.x, whole.x, atol=1e-6)


@pytest.mark.usefixtures("small")
def test_a_plan_within_the_gap_of_the_relaxation_is_not_searched_further() -> None:
    searches = []

    def search(lp: LinearProgram, options: Options, _: Clock, begin: np.ndarray | None) -> Solution:
        searches.append(lp.columns)
        return engine_module._solve(lp, options, Clock(None), begin)

    def relax(relaxed: LinearProgram) -> Solution:
        return solve_stage(relaxed, relaxed.stages[0])

    lp = mostly_linear(200, 12, 0)
    answer = module.solve_from_relaxation(lp, Options(gap=0.05), Clock(None), None, relax, search)
    assert answer is not None
    assert len(searches) == 1
    assert searches[0] < 150
    assert answer.termination is Termination.OPTIMAL
    assert answer.objective <= searched_whole(lp).objective * (1 + 1e-9) <= answer.bound * (1 + 2e-9)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("ending", "limit", "expected"),
    [
        (Termination.INTERRUPTED, None, Termination.INTERRUPTED),
        (Termination.TIME_LIMIT, 1e-9, Termination.TIME_LIMIT),
        (Termination.OPTIMAL, 1e-9, Termination.TIME_LIMIT),
    ],
)
def test_a_search_that_is_stopped_is_not_called_optimal(
    ending: Termination, limit: float | None, expected: Termination
) -> None:
    searches = []

    def search(lp: LinearProgram, options: Options, _: Clock, begin: np.ndarray | None) -> Solution:
        searches.append(lp.columns)
        answer = engine_module._solve(lp, replace(options, time_limit=None), Clock(None), begin)
        return replace(answer, termination=ending)

    def relax(relaxed: LinearProgram) -> Solution:
        return solve_stage(relaxed, relaxed.stages[0])

    answer = module.solve_from_relaxation(KNAPSACK, Options(gap=EXACT), Clock(limit), None, relax, search)
    assert answer is not None
    assert (answer.termination, len(searches)) == (expected, 1)
    assert (answer.objective, answer.bound) == pytest.approx((12, 13.5))


@pytest.mark.usefixtures("small")
def test_what_is_stopped_before_there_is_a_plan_has_none() -> None:
    nothing = Solution(Termination.INTERRUPTED)

    def relax(relaxed: LinearProgram) -> Solution:
        return solve_stage(relaxed, relaxed.stages[0])

    def stopped(*_: object) -> Solution:
        return nothing

    for first, then in ((stopped, stopped), (relax, stopped)):
        answer = module.solve_from_relaxation(KNAPSACK, Options(gap=EXACT), Clock(None), None, first, then)
        assert answer is not None
        assert (answer.termination, answer.x) == (Termination.INTERRUPTED, None)


def test_small_problems_and_those_without_integers_are_not_looked_at() -> None:
    lp = mostly_linear(50, 3, 0)
    for problem in (lp, lp.relaxed()):
        assert module.solve_from_relaxation(problem, Options(), Clock(None), None, None, None) is None
