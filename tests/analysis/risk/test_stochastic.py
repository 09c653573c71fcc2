"""Futures as one linear program, against published answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetopt.analysis.risk.stochastic import joined, mean_of
from budgetopt.formulation import Block, Labels, LinearProgram, Matrix, Stage
from budgetopt.solvers import solve_linear_program
from linear_programs import linear_program, ties


def problem(
    names: list[str], cost: list[float], rows: list[tuple[dict[str, float], float, float]], *, maximize: bool = False
) -> LinearProgram:
    """Return a linear program over columns of at least zero, by name."""
    labels = Labels((Block("column", 0, len(names), {"name": np.arange(len(names))}),), {"name": tuple(names)})
    dense = np.array([[terms.get(name, 0.0) for name in names] for terms, _, _ in rows])
    row, column = np.nonzero(dense)
    return LinearProgram(
        matrix=Matrix.from_triplets(len(rows), len(names), row, column, dense[row, column]),
        row_lower=np.array([low for _, low, _ in rows]),
        row_upper=np.array([high for _, _, high in rows]),
        lower=np.zeros(len(names)),
        upper=np.full(len(names), np.inf),
        integer=np.zeros(len(names), dtype=bool),
        stages=(Stage("cost", np.array(cost), maximize),),
        column_labels=labels,
        row_labels=Labels((Block("row", 0, len(rows), {"number": np.arange(len(rows))}),)),
    )


CROPS = ("wheat", "corn", "beets")
FARM = [*CROPS, "buy wheat", "buy corn", "sell wheat", "sell corn", "sell beets", "sell more beets"]


def farm(yields: float) -> LinearProgram:
    """Return the farmer's problem (Birge and Louveaux, 2011, section 1.1) in a season that yields so much."""
    rows = [
        ({"wheat": 1, "corn": 1, "beets": 1}, -np.inf, 500),
        ({"wheat": 2.5 * yields, "buy wheat": 1, "sell wheat": -1}, 200, np.inf),
        ({"corn": 3 * yields, "buy corn": 1, "sell corn": -1}, 240, np.inf),
        ({"beets": -20 * yields, "sell beets": 1, "sell more beets": 1}, -np.inf, 0),
        ({"sell beets": 1}, -np.inf, 6000),
    ]
    return problem(FARM, [-150, -230, -260, -238, -210, 170, 150, 36, 10], rows, maximize=True)


def decided(futures: int, names: list[str], first: tuple[str, ...]) -> list[list[str]]:
    return [[name if name in first else f"{name} {future}" for name in names] for future in range(futures)]


def best(lp: LinearProgram) -> float:
    outcome = solve_linear_program(lp)
    assert outcome.proved
    return outcome.solution.objective


def test_the_farmer() -> None:
    seasons, weights = [farm(yields) for yields in (1.2, 1.0, 0.8)], np.full(3, 1 / 3)
    futures = joined(seasons, weights, decided(3, FARM, CROPS))
    outcome = solve_linear_program(futures.problem)
    assert outcome.x is not None
    assert outcome.solution.objective == pytest.approx(108_390, abs=0.5)
    assert futures.point_in(1, outcome.x)[:3] == pytest.approx([170, 80, 250])
    assert weights @ [best(season) for season in seasons] == pytest.approx(115_405.56, abs=0.01)
    mean = mean_of(seasons, weights)
    assert mean is not None
    plan = solve_linear_program(mean).x
    assert plan is not None
    assert plan[:3] == pytest.approx([120, 80, 300])
    committed = best(futures.held(futures.columns[0][:3], plan[:3]))
    assert committed == pytest.approx(107_240, abs=0.5)
    assert outcome.solution.objective - committed == pytest.approx(1_150, abs=1)


PLANTS, MODES = range(4), range(3)
LAND = [f"x{i}" for i in PLANTS] + [f"y{i}{j}" for i in PLANTS for j in MODES]


def power(first_demand: float) -> LinearProgram:
    """Return the problem LandS (Louveaux and Smeers, 1988): capacities of four plants for three modes of demand."""
    running = [[40, 24, 4], [45, 27, 4.5], [32, 19.2, 3.2], [55, 33, 5.5]]
    rows = [
        ({f"x{i}": 1.0 for i in PLANTS}, 12.0, np.inf),
        ({"x0": 10.0, "x1": 7.0, "x2": 16.0, "x3": 6.0}, -np.inf, 120.0),
        *(({f"x{i}": -1.0, **{f"y{i}{j}": 1.0 for j in MODES}}, -np.inf, 0.0) for i in PLANTS),
        *(({f"y{i}{j}": 1.0 for i in PLANTS}, demand, np.inf) for j, demand in enumerate((first_demand, 3.0, 2.0))),
    ]
    return problem(LAND, [10, 7, 16, 6, *(cost for plant in running for cost in plant)], rows)


def test_lands_with_three_scenarios() -> None:
    demands = [power(demand) for demand in (3, 5, 7)]
    futures = joined(demands, np.array([0.3, 0.4, 0.3]), decided(3, LAND, ("x0", "x1", "x2", "x3")))
    assert best(futures.problem) == pytest.approx(381.8533, abs=1e-4)


def test_one_future_is_itself() -> None:
    one = joined([farm(1.0)], np.ones(1), decided(1, FARM, CROPS))
    assert best(one.problem) == pytest.approx(118_600)
    assert one.columns[0].tolist() == list(range(len(FARM)))


def test_a_shared_column_keeps_the_limits_of_every_future() -> None:
    first, second = farm(1.0), farm(1.0)
    upper, lower = first.upper.copy(), second.lower.copy()
    upper[0], lower[0] = 150, 100
    whole = second.integer.copy()
    whole[2] = True
    futures = joined(
        [replace(first, upper=upper), replace(second, lower=lower, integer=whole)],
        np.array([0.25, 0.75]),
        decided(2, FARM, CROPS),
    )
    problem = futures.problem
    assert (problem.lower[0], problem.upper[0], problem.columns) == (100, 150, 2 * len(FARM) - 3)
    assert np.flatnonzero(problem.integer).tolist() == [2]
    assert problem.stages[0].cost[futures.columns[1][3]] == -238 * 0.75


def test_futures_without_a_mean() -> None:
    one, other = farm(1.0), farm(0.8)
    weights = np.array([0.5, 0.5])
    assert mean_of([one, power(3)], weights) is None
    assert mean_of([one, replace(other, upper=np.full(len(FARM), 1e6))], weights) is None
    renamed = replace(other, column_labels=Labels((Block("other", 0, len(FARM), {}),)))
    assert mean_of([one, renamed], weights) is None
    mean = mean_of([one, other], weights)
    assert mean is not None
    assert mean.matrix.dense() == pytest.approx(farm(0.9).matrix.dense())


def two_futures() -> list[LinearProgram]:
    """Return a problem of the columns z and a, and one of z and b; z is decided before it is known which comes."""
    one = linear_program(
        [[1, 2]],
        -np.inf,
        5,
        stages=(
            Stage("first", np.array([1.0, 2]), maximize=True, offset=10.0),
            Stage("second", np.array([1.0]), maximize=False, offset=1.0),
        ),
        tie_break=ties([3, 4]),
    )
    other = linear_program(
        [[1, -1], [0, 1]],
        [0, -np.inf],
        [np.inf, 8],
        stages=(
            Stage("first", np.array([3.0, 4]), maximize=True, offset=20.0),
            Stage("second", np.array([2.0, 5]), maximize=False),
        ),
        tie_break=ties([6, 7]),
    )
    return [one, other]


def test_two_futures_are_joined_entry_by_entry() -> None:
    futures = joined(two_futures(), np.array([0.25, 0.75]), [["z", "a"], ["z", "b"]])
    problem = futures.problem
    # in the order of the futures and not of the names: z, a, b
    assert [columns.tolist() for columns in futures.columns] == [[0, 1], [0, 2]]
    assert futures.shared.tolist() == [True, False, False]
    assert problem.matrix.dense().tolist() == [[1, 2, 0], [1, 0, -1], [0, 0, 1]]
    assert problem.row_lower.tolist() == [-np.inf, 0, -np.inf]
    assert problem.row_upper.tolist() == [5, np.inf, 8]
    first, second = problem.stages
    assert (first.cost.tolist(), first.offset, first.maximize) == ([0.25 + 2.25, 0.5, 3], 2.5 + 15, True)
    assert (second.cost.tolist(), second.offset) == ([0.25 + 1.5, 0, 3.75], 0.25)
    settled = problem.tie_break
    assert settled is not None
    assert (settled.group.tolist(), settled.column.tolist()) == ([0, 1, 2, 3], [0, 1, 0, 2])
    assert (settled.weight.tolist(), settled.reference.tolist()) == ([1, 1, 1, 1], [3, 4, 6, 7])
    assert (len(problem.column_labels.all_names()), len(problem.row_labels.all_names())) == (3, 3)
    assert futures.point_in(1, np.array([7.0, 8, 9])).tolist() == [7, 9]
    held = futures.held(np.array([0]), np.array([4.0]))
    assert (held.lower.tolist(), held.upper.tolist()) == ([4, 0, 0], [4, np.inf, np.inf])
    assert problem.lower.tolist() == [0, 0, 0]


def test_without_a_tie_break_of_every_future_there_is_none() -> None:
    one, other = two_futures()
    problems = [one, replace(other, tie_break=None)]
    assert joined(problems, np.array([0.5, 0.5]), [["z", "a"], ["z", "b"]]).problem.tie_break is None


def test_the_mean_of_two_futures_entry_by_entry() -> None:
    weights = np.array([0.25, 0.75])
    stages = (Stage("first", np.array([1.0, 2]), True, 10.0), Stage("second", np.array([3.0, 0]), False, 1.0))
    one = linear_program([[1, 2], [0, 4]], [0, -np.inf], [8, np.inf], [0, 1], [4, np.inf], stages=stages)
    later = (Stage("first", np.array([5.0, 6]), True, 2.0), Stage("second", np.array([7.0, 4]), False, 5.0))
    other = linear_program([[5, 6], [8, 0]], [4, -np.inf], [0, np.inf], [8, 5], [12, np.inf], stages=later)
    mean = mean_of([one, other], weights)
    assert mean is not None
    assert mean.matrix.dense().tolist() == [[4, 5], [6, 1]]
    assert (mean.row_lower.tolist(), mean.row_upper.tolist()) == ([3, -np.inf], [2, np.inf])
    assert (mean.lower.tolist(), mean.upper.tolist()) == ([6, 4], [10, np.inf])
    assert [(stage.cost.tolist(), stage.offset) for stage in mean.stages] == [([4, 5], 4), ([6, 3], 4)]
    # more rows, other names of rows, or a limit that one of them has
    wider = linear_program([[5, 6], [8, 0], [1, 1]], 0, 9, stages=later)
    assert mean_of([one, wider], weights) is None
    assert mean_of([one, replace(other, row_labels=Labels((Block("other", 0, 2, {}),)))], weights) is None
    assert mean_of([one, replace(other, row_lower=np.array([4.0, 0]))], weights) is None
