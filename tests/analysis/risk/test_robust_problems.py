"""Robust counterparts over a curve and a straight line, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analysis.uncertain import library_or_pool

import budgetopt as bo
from budgetopt.analysis.risk.drawn_problems import DrawnProblems
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.analysis.risk.robust_problems import RobustProblem, budget_of_uncertainty, of_factors, over_draws
from budgetopt.solvers.highs import LiveModel

# Of 10 dollars x go to the library and the rest to the pool. The library is worth 6 without money, 4 more for each
# dollar up to 4 and 2 up to 9; the pool 3 for each. As estimated 4 and 6 are best: 6 + 16 + 18 = 40.
FACTORS = np.array([[1, 1], [1.2, 0.5], [0.2, 1.5]])
BOTH = np.array([0, 1])


@pytest.fixture
def drawn() -> DrawnProblems:
    plan = bo.solve(library_or_pool())
    errors = EffectErrors.of(plan)
    assert errors.names == ("pool.visits", "library.visits")
    return DrawnProblems.of(plan, errors, FACTORS)


def best(counterpart: RobustProblem, setting: float = np.nan) -> tuple[float, float]:
    """Return the robust value and the expected value of the best plan at a setting."""
    problem = counterpart.at(setting)
    assert len(problem.column_labels.all_names()) == problem.columns
    assert len(problem.row_labels.all_names()) == problem.rows
    assert len(problem.integer) == problem.columns
    answer = LiveModel(problem).solve()
    assert answer.x is not None
    return answer.objective, problem.stages[-1].value(answer.x)


def test_with_factors_on_the_effects(drawn: DrawnProblems) -> None:
    factors = FACTORS[1][drawn.costs.effect]
    # a dollar is worth 2 and 1 in the library, 3.6 in the pool
    assert best(of_factors(drawn, factors, "half"))[0] == pytest.approx(6 + 36)


@pytest.mark.parametrize(
    ("setting", "value", "library"),
    [
        (0.0, 40.0, 4.0),
        # with 3.75 dollars the library loses 7.5, as the pool does: a dollar less loses 2, and costs 1 + 1.2
        (1.0, 39.75 - 7.5, 3.75),
        (1.5, 39.75 - 7.5 * 1.5, 3.75),
        # both at their worst: 2 and 1 a dollar in the library, 1.8 in the pool
        (2.0, 6 + 8 + 10.8, 4.0),
    ],
)
def test_some_effects_at_their_worst(drawn: DrawnProblems, setting: float, value: float, library: float) -> None:
    low, high, mean = np.array([0.6, 0.5]), np.array([1.5, 1.5]), np.array([0.9, 1.1])
    counterpart = budget_of_uncertainty(drawn, BOTH, low, high, mean)
    expected = 6 + 1.1 * 4 * library + 0.9 * 3 * (10 - library)
    assert best(counterpart, setting) == pytest.approx((value, expected))


def test_only_effects_that_may_be_off_are_at_their_worst(drawn: DrawnProblems) -> None:
    alone = budget_of_uncertainty(drawn, np.array([0]), np.array([0.2]), np.array([1.0]), np.array([0.9]))
    # the pool's dollar is worth 0.6: 9 dollars for the library
    assert best(alone, 1.0) == pytest.approx((6 + 26 + 0.6, 6 + 26 + 2.7))


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_the_worst_draws(drawn: DrawnProblems, weight: float) -> None:
    counterpart = over_draws(drawn, BOTH, FACTORS, level=1 / 3)
    # the three draws bring 40, 35.6 and 33.6; two of them are the worst
    mean, worst = 109.2 / 3, 34.6
    assert best(counterpart, weight) == pytest.approx(((1 - weight) * mean + weight * worst, mean))


def test_the_largest_regret(drawn: DrawnProblems) -> None:
    # 40 and 42 in the pool alone; with 9 dollars for the library 6 + 39 + 0.6
    counterpart = over_draws(drawn, BOTH, FACTORS, level=None, best=np.array([40, 42, 45.6]))
    # with 4 dollars for the library 6.4 and 12 are lacking; a dollar more lacks 2.6 more and 2.4 less
    library = 4 + 5.6 / 5
    expected = 6 + (16 + 2 * (library - 4)) + 0.8 * 3 * (10 - library)
    assert best(counterpart) == pytest.approx((-(6.4 + 2.6 * 1.12), expected))
