"""The cuts that balance a plan of several years at the least loss, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.amendments.moved_plan import MovedPlan
from budgetopt.analysis.amendments.offsets import _may_be_moved, _without_noise

YEARS = ["FY1", "FY2"]


def years(**more: Any) -> bo.Scenario:
    """Return a town whose best plan gives pool 60, park 40 and camp nothing in both years."""
    document: dict[str, Any] = {
        "periods": YEARS,
        "funds": {"general": {"revenue": 100, "carryover": False}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "pool": {"spending": {"at_most": 60}},
            "park": {"spending": {"at_least": 10}},
            "camp": {"department": "Parks"},
        },
    }
    for name, per_dollar in (("pool", 3), ("park", 2), ("camp", 1)):
        document["programs"][name]["outcomes"] = {"good": {"per_dollar": per_dollar}}
    return bo.Scenario.from_document({**document, **more})


NOTHING = [[0.0, 0.0]] * 3


@pytest.mark.parametrize(
    ("motions", "may_be_cut", "cut", "waived"),
    [
        # a dollar of the park is worth 2, and one of the pool 3; and only the year that is short is cut
        (["add 5 to camp in FY2"], [], [[0, 0], [0, 5], [0, 0]], []),
        (["add 5 to camp in FY2"], ["pool"], [[0, 5], [0, 0], [0, 0]], []),
        (["freeze park", "add 5 to camp"], [], [[5, 5], [0, 0], [0, 0]], []),
        # down to the floor of the park
        (["add 35 to camp in FY1"], [], [[5, 0], [30, 0], [0, 0]], []),
        # what motions themselves go beyond is waived, in both years or in one
        (["add 15 to pool in FY2"], [], [[0, 0], [0, 15], [0, 0]], [("programs[pool].spending.at_most", 60, 75)]),
        (["add 15 to pool"], [], [[0, 0], [15, 15], [0, 0]], [("programs[pool].spending.at_most", 60, 75)]),
        (["set park to 5 in FY1"], [], NOTHING, [("programs[park].spending.at_least", 10, 5)]),
    ],
)
def test_the_cuts_of_each_year(
    motions: list[str], may_be_cut: list[str], cut: list[list[float]], waived: list[tuple[str, float, float]]
) -> None:
    before = bo.solve(years())
    found = bo.amend(before, *motions, may_be_cut=may_be_cut)
    offsets = found.offsets
    assert offsets is not None
    assert offsets.cut.tolist() == cut
    assert [(item.path, item.before, item.after) for item in offsets.waived] == waived
    assert offsets.proved
    # no program gets more than after the motions, and nothing but what is waived is missed
    spent = offsets.plan.spending.sum(axis=1)
    assert spent.tolist() == (found.plan.spending.sum(axis=1) - np.array(cut)).tolist()
    assert {violation.kind for violation in offsets.audit.violations} == ({"spending limit"} if waived else set())


def test_where_no_cuts_are_enough_there_are_none() -> None:
    assert bo.amend(years(), "add 35 to camp", may_be_cut=["park"]).offsets is None
    assert bo.amend(years(), "freeze all", "unfreeze camp", "add 5 to camp").offsets is None


def test_packages_of_programs_that_may_not_be_cut_stay() -> None:
    packages = [
        {"name": name, "cost": cost, "outcomes": {"good": good}} for name, cost, good in (("a", 20, 9), ("b", 15, 5))
    ]
    programs = {
        "desk": {"packages": packages, "choose": "any"},
        "hall": {"packages": [{"name": "hall", "cost": 30, "outcomes": {"good": 40}}]},
        "pool": {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_most": 35}},
    }
    scenario = years(programs=programs)
    plan = bo.solve(scenario)
    assert plan.by_period.to_numpy().tolist() == [[35, 35], [30, 30], [35, 35]]
    # 10 more: the smaller package brings least for what it costs, and 5 of its 15 are left over
    found = bo.amend(plan, "add 10 to pool in FY1").offsets
    assert found is not None
    assert found.cut.tolist() == [[15, 0], [0, 0], [0, 0]]
    assert found.plan.packages is not None
    assert found.plan.packages.tolist() == [[True, True], [False, True], [True, True]]
    only = bo.amend(plan, "add 10 to pool in FY1", may_be_cut=["hall"]).offsets
    assert only is not None
    assert only.cut.tolist() == [[0, 0], [30, 0], [0, 0]]
    assert only.plan.packages is not None
    assert only.plan.packages.tolist() == [[True, True], [True, True], [False, True]]


def test_what_may_be_moved() -> None:
    scenario = years()
    moved = MovedPlan(
        bo.SpendingPlan.nothing(scenario), np.array([[0, 0], [1, 0], [0, 0]], dtype=bool), np.array([0, 0, 1]) > 0
    )
    assert _may_be_moved(scenario, moved, None).tolist() == [[True, True], [False, True], [False, False]]
    # who is named may be cut where motions have moved it, and not where it is frozen
    assert _may_be_moved(scenario, moved, np.array([1, 2])).tolist() == [[False, False], [True, True], [False, False]]


def test_a_few_cents_that_rounding_moved_are_put_back() -> None:
    scenario = years(funds={"general": {"revenue": 1e7, "carryover": False}})
    assert scenario.cent == 0.01
    amounts = np.array([[10.0, 10], [20, 20], [0, 0]])

    def plan(*changes: tuple[int, int, float]) -> bo.SpendingPlan:
        spending = amounts[:, None, :].copy()
        for program, period, by in changes:
            spending[program, 0, period] += by
        return bo.SpendingPlan(spending, np.zeros((1, 1, 2)))

    found = _without_noise(scenario, amounts, plan((0, 0, 0.2), (1, 1, -0.05), (1, 0, 0.5)))
    assert found.spending[:, 0].tolist() == [[10, 10], [20.5, 20], [0, 0]]
    # where the amounts themselves miss a limit, they stay as they were rounded
    capped = scenario.with_(("programs.pool.spending.at_most", 9.95))
    rounded = plan((0, 0, -0.05), (0, 1, -0.05))
    assert _without_noise(capped, amounts, rounded) is rounded
