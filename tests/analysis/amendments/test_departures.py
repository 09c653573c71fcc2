"""The problem around a plan, column by column: what each program gets more and less than there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.amendments.departures import departures
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def dense(problem: LinearProgram) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = np.zeros((problem.rows, problem.columns))
    found[problem.matrix.index, problem.matrix.column_of_entry()] = problem.matrix.value
    return found


def formulation() -> Any:
    programs = {name: {"outcomes": {"good": {"per_dollar": rate}}} for name, rate in (("a", 3), ("b", 2))}
    return formulate(Scenario.from_document(document_of(programs, periods=LATER[:2])))


@pytest.mark.parametrize("together", [False, True])
def test_a_row_and_two_columns_for_each_amount(together: bool) -> None:
    made = formulation()
    own, terms = made.linear_program, made.terms.spending
    amounts = np.array([10.0, 20]) if together else np.array([[1.0, 2], [3, 4]])
    count, shape = amounts.size, amounts.shape
    found = departures(made, amounts)
    problem = found.problem
    assert (problem.rows, problem.columns) == (own.rows + count, own.columns + 2 * count)
    assert found.more.shape == found.less.shape == shape
    assert sorted([*found.more.ravel(), *found.less.ravel()]) == list(range(own.columns, problem.columns))
    # what is spent, less what is more than the plan, and with what is less
    expected = np.zeros((count, problem.columns))
    for program, period, column, weight in zip(terms.program, terms.period, terms.column, terms.weight, strict=True):
        expected[np.ravel_multi_index((program,) if together else (program, period), shape), column] += weight
    for at, cell in enumerate(np.ndindex(*shape)):
        expected[at, found.more[cell]], expected[at, found.less[cell]] = -1, 1
    assert dense(problem)[own.rows :].tolist() == expected.tolist()
    assert dense(problem)[: own.rows, : own.columns].tolist() == dense(own).tolist()
    assert problem.row_lower[own.rows :].tolist() == problem.row_upper[own.rows :].tolist() == amounts.ravel().tolist()
    assert problem.row_upper[: own.rows].tolist() == own.row_upper.tolist()
    assert problem.lower[own.columns :].tolist() == [0] * (2 * count)
    assert np.isinf(problem.upper[own.columns :]).all()
    assert not problem.integer[own.columns :].any()
    assert [stage.cost.tolist() for stage in problem.stages] == [
        [*stage.cost_for(own.columns), *([0] * (2 * count))] for stage in own.stages
    ]
    names = problem.column_labels.all_names()
    assert len(names) == problem.columns
    for kind, columns in (("more than the plan", found.more), ("less than the plan", found.less)):
        (block,) = problem.column_labels.of_kind(kind)
        assert block.positions.tolist() == columns.ravel().tolist()
        assert block.keys["program"].tolist() == [cell[0] for cell in np.ndindex(*shape)]
        assert ("period" in block.keys) is not together
    (row,) = problem.row_labels.of_kind("plan")
    assert row.positions.tolist() == list(range(own.rows, problem.rows))


def test_limits_and_costs_of_what_is_more_and_less() -> None:
    found = departures(formulation(), np.array([[1.0, 2], [3, 4]]))
    limited = found.limited(np.array([[5.0, 6], [7, 8]]), np.zeros((2, 2)))
    assert limited.upper[found.more].tolist() == [[5, 6], [7, 8]]
    assert not limited.upper[found.less].any()
    cost = found.cost(2.0, np.array([[1.0, 0], [0, 3]]))
    assert cost[found.more].tolist() == [[2, 2], [2, 2]]
    assert cost[found.less].tolist() == [[1, 0], [0, 3]]
    assert not cost[: found.problem.columns - 8].any()
