"""The problem of plans that differ most, row by row, and what is told of each plan, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.amendments.departures import departures
from budgetopt.analysis.near_optimal.different_plans import (
    Alternative,
    _distances,
    _most_of_all,
    _nearest,
    _one_way,
    different_plans,
)
from budgetopt.formulation import LinearProgram, formulate

MINIMIZED = {"objective": {"minimize": "spending"}}


def town(**more: Any) -> bo.Scenario:
    """Return two programs over two years, with two funds; the first may get 17 dollars."""
    document: dict[str, Any] = {
        "periods": ["t1", "t2"],
        "funds": {
            "general": {"revenue": {"t1": 21, "t2": 20}, "one_time": {"t1": 7}},
            "fees": {"revenue": 6, "opening_balance": 12},
        },
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "a": {"outcomes": {"good": {"per_dollar": 3}}, "spending": {"at_most": {"t1": 9, "t2": 8}}},
            "b": {"outcomes": {"good": {"per_dollar": 2}}},
        },
    }
    return bo.Scenario.from_document({**document, **more})


def dense(problem: LinearProgram) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = np.zeros((problem.rows, problem.columns))
    found[problem.matrix.index, problem.matrix.column_of_entry()] = problem.matrix.value
    return found


def test_a_program_is_above_a_plan_or_below_it() -> None:
    part = departures(formulate(town()), np.array([10.0, 20]))
    own = part.problem
    found = _one_way(part, np.array([5.0, 6]), np.array([7.0, 8]))
    assert (found.rows, found.columns) == (own.rows + 4, own.columns + 2)
    side = own.columns + np.arange(2)
    expected = np.zeros((4, found.columns))
    # more <= up z, and less <= down (1 - z)
    expected[[0, 1], part.more], expected[[0, 1], side] = 1, [-5, -6]
    expected[[2, 3], part.less], expected[[2, 3], side] = 1, [7, 8]
    assert dense(found)[own.rows :].tolist() == expected.tolist()
    assert dense(found)[: own.rows, : own.columns].tolist() == dense(own).tolist()
    assert found.row_upper[own.rows :].tolist() == [0, 0, 7, 8]
    assert np.isneginf(found.row_lower[own.rows :]).all()
    assert (found.lower[side].tolist(), found.upper[side].tolist()) == ([0, 0], [1, 1])
    assert found.integer[side].all()
    assert not found.integer[: own.columns].any()
    (columns,) = found.column_labels.of_kind("above")
    (rows,) = found.row_labels.of_kind("above or below")
    assert columns.positions.tolist() == side.tolist()
    assert rows.positions.tolist() == list(range(own.rows, found.rows))


def test_the_least_of_the_differences_is_maximized() -> None:
    formulation = formulate(town())
    one = departures(formulation, np.array([10.0, 20]))
    own = one.problem
    found = _nearest(own, [one, one])
    near = own.columns
    assert (found.rows, found.columns) == (own.rows + 2, near + 1)
    expected = np.zeros((2, near + 1))
    expected[:, [*one.more, *one.less]], expected[:, near] = -1, 1
    assert dense(found)[own.rows :].tolist() == expected.tolist()
    assert found.row_upper[own.rows :].tolist() == [0, 0]
    assert np.isneginf(found.row_lower[own.rows :]).all()
    assert (found.lower[near], found.upper[near], found.integer[near]) == (0, np.inf, False)
    (stage,) = found.stages
    assert stage.maximize
    assert stage.cost.tolist() == [0] * near + [1]
    (block,) = found.column_labels.of_kind("difference")
    (rows,) = found.row_labels.of_kind("difference")
    assert block.positions.tolist() == [near]
    assert rows.positions.tolist() == [own.rows, own.rows + 1]


def test_how_far_each_program_may_be_from_each_plan() -> None:
    best = bo.solve(town())
    own = best.formulation.linear_program
    plans = [np.array([17.0, 55]), np.array([2.0, 40])]
    found = _distances(best, own, plans, (np.array([5.0, 10]), np.array([17.0, 60])))
    assert found.integer.sum() == 4
    above = [block.positions for block in found.column_labels.of_kind("above")]
    rows = [block.positions for block in found.row_labels.of_kind("above or below")]
    # 17 is all that the first may get, and 55 is 5 from it and 45 from 10; 2 is below the least
    values = dense(found)
    assert [values[row[:2], side].tolist() for row, side in zip(rows, above, strict=True)] == [[0, -5], [-15, -20]]
    assert [values[row[2:], side].tolist() for row, side in zip(rows, above, strict=True)] == [[12, 45], [0, 30]]
    assert [found.row_upper[row[2:]].tolist() for row in rows] == [[12, 45], [0, 30]]


def test_no_program_gets_more_than_its_ceiling_or_all_money() -> None:
    # 41 of revenue and 7 once, and 12 of fees with 12 to begin with
    assert _most_of_all(bo.solve(town())).tolist() == [17, 41 + 7 + 12 + 12]


@pytest.mark.parametrize(
    ("difference", "most", "proved"),
    [(98.0, 100.0, True), (97.9, 100.0, False), (0.0, 1.0, True), (5.0, np.inf, False)],
)
def test_within_one_percent_and_a_dollar_nothing_is_more_different(
    difference: float, most: float, proved: bool
) -> None:
    audit = bo.solve(town()).audit
    one = Alternative(audit, difference, most)
    assert one.proved is proved
    assert one.plan is audit.plan
    # 17 of a bring 51, and the other 55 of b 110
    assert one.value == 161


def test_plans_are_told_apart_from_the_nearest_one() -> None:
    # both programs bring as much, and may get 40 and 60 of 60 dollars
    programs = {
        name: {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_most": most}, "baseline": 30}
        for name, most in (("a", 40), ("b", 60))
    }
    best = bo.solve(town(periods=["t1"], funds={"general": {"revenue": 60}}, programs=programs))
    assert best.spending.ravel().tolist() == [30, 30]
    near = best.formulation.linear_program
    unknown = np.full(2, np.nan)
    first, second = different_plans(best, near, np.inf, (unknown, unknown), 2, 9.0)
    # no value is asked for here: nothing at all, and all for b, are 60 away from the best plan and from each other
    assert sorted(one.plan.spending.ravel().tolist() for one in (first, second)) == [[0, 0], [0, 60]]
    assert (first.difference, second.difference) == (60, 60)
    assert (first.most, second.most) == (pytest.approx(60, rel=0.02), pytest.approx(60, rel=0.02))
    fixed = bo.solve(
        best.scenario.with_(
            *(f"programs.{name}.spending.at_least=30" for name in "ab"),
            *(f"programs.{name}.spending.at_most=30" for name in "ab"),
        )
    )
    assert different_plans(fixed, fixed.formulation.linear_program, np.inf, (unknown, unknown), 2, 9.0) == []
