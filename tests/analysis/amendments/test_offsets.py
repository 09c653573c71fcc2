"""The cuts that balance a plan of several years at the least loss, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.amendments.departures import departures
from budgetopt.analysis.amendments.moved_plan import MovedPlan
from budgetopt.analysis.amendments.offsets import _may_be_moved, _with_price_of_cents, _without_noise
from budgetopt.formulation import formulate
from budgetopt.report.words.amend_words import amend_lines

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


def test_a_package_that_was_funded_by_a_motion_is_not_replaced_by_a_better_one() -> None:
    packages = [{"name": name, "cost": 20, "outcomes": {"good": good}} for name, good in (("a", 9), ("b", 5))]
    programs = {
        "desk": {"packages": packages, "choose": "one"},
        "pool": {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_most": 35}},
        "park": {"outcomes": {"good": {"per_dollar": 0.1}}},
    }
    found = bo.amend(years(programs=programs), "fund b of desk", "add 10 to park in FY1").offsets
    assert found is not None
    assert found.plan.packages is not None
    assert found.plan.packages.tolist() == [[False, False], [True, True]]


def test_packages_of_a_program_that_is_moved_in_one_year_may_be_cut_in_the_other() -> None:
    def good(cost: float, value: float, name: str = "all") -> dict[str, Any]:
        return {"name": name, "cost": cost, "outcomes": {"good": value}}

    programs = {
        "desk": {"packages": [good(20, 9, "a"), good(15, 5, "b")], "choose": "any"},
        "hall": {"packages": [good(30, 40)]},
        "pool": {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_most": 35}},
    }
    plan = bo.solve(years(programs=programs))
    found = bo.amend(plan, "set desk to 0 in FY1", "add 10 to pool in FY2").offsets
    assert found is not None
    assert found.cut.tolist() == [[0, 15], [0, 0], [0, 0]]
    assert found.plan.packages is not None
    assert found.plan.packages.tolist() == [[False, True], [False, False], [True, True]]
    # with 85 dollars the second package of the desk is not taken, and stays so
    plan = bo.solve(years(programs=programs, funds={"general": {"revenue": 85, "carryover": False}}))
    assert plan.packages[:, 0].tolist() == [True, False, True]
    found = bo.amend(plan, "add 10 to pool in FY1", may_be_cut=["hall"]).offsets
    assert found is not None
    assert found.plan.packages is not None
    assert found.plan.packages.tolist() == [[True, True], [False, False], [False, True]]


def test_rules_on_single_programs_are_waived_and_others_are_kept() -> None:
    programs = {
        name: {"baseline": 50, "outcomes": {"good": {"per_dollar": rate}}} for name, rate in (("pool", 3), ("park", 2))
    }
    rules = [
        {"name": "Steady", "change": {"at_most": "20%", "from": "baseline"}, "where": {"program": "pool"}},
        {"name": "Both", "sum": "spending", "at_least": 95},
    ]
    found = bo.amend(bo.solve(years(programs=programs, rules=rules)), "add 3 to pool in FY1").offsets
    assert found is not None
    assert [item.path for item in found.waived] == ["rules[Steady].change.at_most"]
    assert found.cut.tolist() == [[0, 0], [3, 0]]
    # a rule on the sum of both is not missed by the pool alone, and no cut keeps it
    assert bo.amend(bo.solve(years(programs=programs, rules=rules)), "cut 9 from pool in FY1").offsets is None


def test_thirds_of_cents_are_no_cuts_and_no_gifts() -> None:
    programs = {
        name: {"outcomes": {"good": {"per_dollar": rate}}, "spending": {"at_most": 33.34}}
        for name, rate in (("pool", 3), ("park", 2), ("camp", 1))
    }
    funds = {"general": {"revenue": 100, "carryover": False}, "fees": {"revenue": 0.02, "carryover": False}}
    found = bo.amend(bo.solve(years(programs=programs, funds=funds)), "cut 10.01 from pool", "add 20.02 to camp in FY2")
    assert found.offsets is not None
    spent = found.offsets.plan.spending.sum(axis=1)
    # in the second year 10.01 of the 20.02 are free: the park gives the other 10.01, and none gets more
    assert found.offsets.cut.round(9).tolist() == [[0, 0], [0, 10.01], [0, 0]]
    assert (spent <= found.plan.spending.sum(axis=1) + 1e-9).all()


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


def test_cents_that_are_moved_so_that_sums_add_up_have_a_price() -> None:
    formulation = formulate(years())
    around = departures(formulation, np.array([[60.0, 60], [40, 40], [0, 0]]))
    free = np.array([[True, False], [True, True], [False, False]])
    own = formulation.linear_program.stages[0]
    nothing = np.zeros((3, 2), dtype=bool)
    stage = _with_price_of_cents(around.problem.stages[0], formulation, around, nothing, free)
    columns = formulation.linear_program.columns
    assert stage.cost[:columns].tolist() == own.cost_for(columns).tolist()
    # ten times the 3 that a dollar of the pool brings: on all that is more, and on less of what may not be cut
    assert stage.cost[around.more].tolist() == [[-30, -30]] * 3
    assert stage.cost[around.less].tolist() == [[0, -30], [0, 0], [-30, -30]]
    assert stage.within == 0
    rising = _with_price_of_cents(around.problem.stages[0], formulation, around, free, nothing)
    assert rising.cost[around.more].tolist() == [[0, -30], [0, 0], [-30, -30]]
    assert rising.cost[around.less].tolist() == [[-30, -30]] * 3


def test_cents_are_not_put_back_below_nothing() -> None:
    funds = {"general": {"revenue": 1e7, "carryover": False}, "fees": {"revenue": 1e7, "carryover": False}}
    scenario = years(funds=funds)
    amounts = np.array([[10.0, 10], [20, 20], [0, 0]])
    spending = np.stack((amounts, np.zeros((3, 2))), axis=1)
    spending[2, :, 0] = 0.08, 0.07
    plan = bo.SpendingPlan(spending, np.zeros((2, 2, 2)))
    # the fund that pays more of the 15 cents pays only 8 of them
    assert _without_noise(scenario, amounts, plan) is plan
    # it is put back with the fund that pays most
    spending = np.stack((amounts, amounts / 2), axis=1)
    spending[1, 0, 1] += 0.1
    plan = bo.SpendingPlan(spending, np.zeros((2, 2, 2)))
    found = _without_noise(scenario, amounts * 1.5, plan)
    assert found.spending[1].tolist() == [[20, 20], [10, 10]]


@pytest.mark.parametrize(
    ("motion", "after"),
    [
        # the best plan gives pool and park 50 each in both years; in 25s, park is worth least
        ("add 7 to pool", [[57, 57], [25, 25], [0, 0]]),
        # neither gives up enough by itself: of two 25s one would be too few
        ("add 33 to camp in FY2", [[50, 25], [50, 25], [0, 33]]),
    ],
)
def test_offsets_in_rounded_amounts_leave_what_motions_set(motion: str, after: list[list[float]]) -> None:
    found = bo.amend(years(round_to=25), motion)
    assert found.offsets is not None
    assert found.offsets.plan.spending.sum(axis=1).tolist() == after
    assert found.offsets.audit.accepted


def test_freed_money_in_rounded_amounts_does_not_undo_the_motion() -> None:
    found = bo.amend(years(round_to=25), "cut park by 20")
    assert found.purchases is not None
    assert not found.purchases.bought.any()
    said = "No other program gains by the $40 that the motions free in multiples of $25."
    assert list(amend_lines(found))[-1] == said
