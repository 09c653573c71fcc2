"""The current service level, and which funds are charged with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.audit.current import charge
from budgetopt.scenario.scenario import Scenario
from riverton import M, rounded, town
from strategies import CONVEX, Case, cases, unchecked


def current(changes: dict[str, Any] | None = None) -> np.ndarray[Any, Any]:
    return SpendingPlan.current(town(changes)).spending


def test_restricted_money_is_spent_first() -> None:
    # the grant brings 2M once: it pays for shelter in FY2027, and the general fund for everything else
    assert rounded(current()) == [[[0, 2 * M], [2 * M, 0]], [[1 * M, 1 * M], [0, 0]], [[0, 0], [0, 0]]]


def test_a_balance_pays_what_revenue_cannot() -> None:
    spending = current(
        {"funds.grant.revenue": 500_000, "funds.grant.opening_balance": 5 * M, "funds.general.revenue": 1.2 * M}
    )
    # revenue first: the grant 0.5M and the general fund 1.2M, of which library takes 1M; then the grant's balance
    assert rounded(spending.sum(axis=1)) == [[2 * M, 2 * M], [1 * M, 1 * M], [0, 0]]
    assert rounded(spending[0, 1]) == [1.8 * M, 1.8 * M]
    assert rounded(spending[0, 0]) == [200_000, 200_000]


def test_a_reserve_is_kept_where_another_fund_can_pay() -> None:
    spending = current({"funds.grant.reserve": 800_000})
    assert rounded(spending[0]) == [[800_000, 2 * M], [1.2 * M, 0]]


def test_a_reserve_that_is_a_share_of_spending_is_kept() -> None:
    scenario = town({"funds.grant.reserve": {"at_least": "25%", "of": "spending"}})
    plan = SpendingPlan.current(scenario)
    # 1.6M and a quarter of that are 2M; in FY2028 the revenue of the general fund comes before the 0.4M kept
    assert rounded(plan.spending[0, 1]) == [1.6 * M, 0]
    assert audit_plan(scenario, plan).accepted


def test_what_no_fund_can_carry_is_charged_to_the_broadest() -> None:
    scenario = town({"funds.general.revenue": 500_000, "funds.grant.revenue": 0})
    plan = SpendingPlan.current(scenario)
    assert rounded(plan.spending.sum(axis=(0, 2))) == [6 * M, 0]
    audit = audit_plan(scenario, plan)
    assert [(found.kind, found.name) for found in audit.violations] == [("fund balance", "general")] * 2
    assert rounded(audit.violations[1].excess) == 5 * M


def test_a_program_that_no_fund_may_pay_for_is_reported() -> None:
    scenario = town({"funds.general.only": {"department": {"not": "Library"}}})
    audit = audit_plan(scenario, SpendingPlan.current(scenario))
    assert {(found.kind, found.program, found.fund) for found in audit.violations} == {
        ("eligibility", "library", "general")
    }


def test_demanded_transfers_are_made() -> None:
    scenario = town({"funds.general.transfers_to": {"grant": {"at_least": {"FY2028": 300_000}, "at_most": 1 * M}}})
    plan = SpendingPlan.current(scenario)
    assert rounded(plan.transfers[0, 1]) == [0, 300_000]
    assert rounded(plan.spending[0]) == [[0, 1.7 * M], [2 * M, 300_000]]
    assert audit_plan(scenario, plan).accepted


def test_a_lapsing_balance_is_not_carried() -> None:
    spending = current({"funds.grant.revenue": {"FY2027": 9 * M}, "funds.grant.carryover": False})
    assert rounded(spending[0]) == [[0, 2 * M], [2 * M, 0]]


def test_programs_of_the_same_funds_share_them_in_the_order_of_the_file() -> None:
    scenario = unchecked(
        {
            "funds": {"first": {"revenue": 5}, "second": {"revenue": 4}},
            "outcomes": {"visits": {}},
            "programs": {name: {"baseline": 3} for name in "abc"},
        }
    )
    assert SpendingPlan.current(scenario).spending[:, :, 0].tolist() == [[3, 0], [2, 1], [0, 3]]


def test_a_scenario_without_funds_or_without_programs() -> None:
    empty = unchecked({"funds": {"general": {"revenue": 5}}, "outcomes": {"visits": {}}})
    assert SpendingPlan.current(empty).spending.shape == (0, 1, 1)


@pytest.mark.parametrize(
    ("choose", "costs", "taken"),
    [
        # of one that may be taken, the most expensive that fits, and the first of equals
        ("one", [2, 4, 6], [1]),
        ("one", [4, 2, 6], [0]),
        ("one", [1, 5, 4], [1]),
        ("one", [3, 4, 4], [1]),
        ("one", [6, 7, 8], []),
        # in their order, for as long as they fit
        ("in_order", [2, 3, 1], [0, 1]),
        ("in_order", [6, 1, 1], []),
        ("any", [2, 2, 2], [0, 1]),
        ("in_order", [0.3, 0.4, 9], [0, 1]),
        ("one", [0.3, 0.4, 9], [1]),
    ],
)
def test_a_baseline_buys_the_packages_that_fit(choose: str, costs: list[float], taken: list[int]) -> None:
    def program(baseline: float | None) -> dict[str, Any]:
        written = {"choose": choose, "packages": [{"cost": cost, "outcomes": {"visits": 1}} for cost in costs]}
        return written if baseline is None else {"baseline": baseline, **written}

    scenario = unchecked(
        {
            "periods": ["FY1", "FY2"],
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {}},
            "programs": {"full": program(5), "new": program(None), "more": program(100)},
        }
    )
    packages = SpendingPlan.current(scenario).packages_in(scenario)
    assert packages[:, 0].tolist() == packages[:, 1].tolist()
    each = packages[:, 0].reshape(3, len(costs))
    assert np.flatnonzero(each[0]).tolist() == taken
    assert np.flatnonzero(each[1]).tolist() == []
    # who has money for all takes all, or the most expensive
    assert np.flatnonzero(each[2]).tolist() == ([int(np.argmax(costs))] if choose == "one" else [0, 1, 2])


def test_a_small_baseline_buys_a_small_package() -> None:
    packages = [{"cost": 0.4, "outcomes": {"visits": 1}}, {"cost": 0.9, "outcomes": {"visits": 1}}]
    programs = {choose: {"baseline": 0.5, "choose": choose, "packages": packages} for choose in ("one", "in_order")}
    scenario = unchecked({"funds": {"general": {"revenue": 9}}, "outcomes": {"visits": {}}, "programs": programs})
    assert SpendingPlan.current(scenario).packages_in(scenario)[:, 0].tolist() == [True, False, True, False]


def test_no_project_is_started_by_a_baseline() -> None:
    programs = {
        "bridge": {"baseline": 9, "packages": [{"cost": [2, 3], "outcomes": {"visits": 1}}]},
        "desk": {"baseline": 9, "packages": [{"cost": 2, "outcomes": {"visits": 1}}]},
    }
    document = {"periods": ["FY1", "FY2"], "funds": {"general": {"revenue": 100}}, "outcomes": {"visits": {}}}
    scenario = unchecked({**document, "programs": programs})
    assert SpendingPlan.current(scenario).packages_in(scenario).tolist() == [[False, False], [True, True]]


def test_a_free_service_serves_the_fewest_that_it_must() -> None:
    programs = {
        "free": {"service": {"unit": "visits", "unit_cost": 0, "at_least": 7, "up_to": 20}},
        "paid": {"baseline": 5, "service": {"unit": "visits", "unit_cost": 1, "at_least": 4, "up_to": 20}},
    }
    document = {"periods": ["FY1", "FY2"], "funds": {"general": {"revenue": 100}}, "outcomes": {"visits": {}}}
    scenario = unchecked({**document, "programs": programs})
    assert SpendingPlan.current(scenario).units_in(scenario)[0].tolist() == [7, 7]
    # what the baseline pays for, which is not said
    assert np.isnan(SpendingPlan.current(scenario).units_in(scenario)[1]).all()


def test_money_moves_between_funds_where_that_lets_all_be_paid() -> None:
    # a may be paid by x and y, b by x only, c by y and z: filling in order leaves b unpaid until a and c move on
    allowed = np.array([[True, True, False], [True, False, False], [False, True, True]])
    demand, capacity = np.array([4.0, 4.0, 4.0]), np.array([4.0, 4.0, 4.0])
    for order in ([0, 1, 2], [1, 0, 2], [2, 1, 0]):
        flow = charge(demand, capacity, allowed, np.array(order), np.zeros((3, 3)))
        assert flow.tolist() == [[0, 4, 0], [4, 0, 0], [0, 0, 4]]


def test_a_group_moves_to_another_fund_to_leave_one_to_a_group_that_has_no_other() -> None:
    allowed = np.array([[True, True, False], [True, False, True]])
    flow = charge(np.array([5.0, 4.0]), np.array([5.0, 6.0, 0.0]), allowed, np.arange(3), np.zeros((2, 3)))
    assert flow.tolist() == [[1, 4, 0], [4, 0, 0]]


amounts = st.integers(0, 9).map(float)


@given(st.data())
def test_no_charging_could_pay_more(data: st.DataObject) -> None:
    groups, funds = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    demand = np.array(data.draw(st.lists(amounts, min_size=groups, max_size=groups)))
    capacity = np.array(data.draw(st.lists(amounts, min_size=funds, max_size=funds)))
    cells = data.draw(st.lists(st.booleans(), min_size=groups * funds, max_size=groups * funds))
    allowed = np.array(cells).reshape(groups, funds)
    flow = charge(demand, capacity, allowed, np.arange(funds), np.zeros(allowed.shape))
    assert (flow >= 0).all()
    assert not flow[~allowed].any()
    assert (flow.sum(axis=1) <= demand).all()
    assert (flow.sum(axis=0) <= capacity).all()
    # the most that can flow is the least cut: over all sets of groups, what they lack outside plus what they may reach
    cuts = []
    for chosen in range(2**groups):
        inside = np.array([bool(chosen >> group & 1) for group in range(groups)])
        reach = allowed[inside].any(axis=0)
        cuts.append(demand[~inside].sum() + capacity[reach].sum())
    assert flow.sum() == min(cuts)


@given(cases(features=CONVEX))
def test_every_program_has_its_baseline(case: Case) -> None:
    scenario = case.scenario
    plan = SpendingPlan.current(scenario)
    baseline = np.nan_to_num(scenario.programs.baseline())
    assert np.allclose(plan.spending.sum(axis=1), baseline[:, None], rtol=0, atol=1e-6)
    assert (plan.spending >= 0).all()
    assert "eligibility" not in {found.kind for found in audit_plan(scenario, plan).violations}


def charged(program: dict[str, Any], *, periods: tuple[str, ...] = ("F1", "F2"), **funds: Any) -> Any:
    """Return what each of three funds is charged of a program's baseline in each period; shape (3, periods)."""
    plain: dict[str, Any] = {name: {"revenue": 100} for name in ("general", "grant", "parking")}
    document = {
        "name": "Who pays now",
        "periods": list(periods),
        "funds": {name: {**said, **funds.get(name, {})} for name, said in plain.items()},
        "programs": {"p": program},
        "objective": {"minimize": "largest cut"},
    }
    return SpendingPlan.current(Scenario.from_document(document)).spending[0]


PARTS = {"general": 6, "grant": 4}


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ({"baseline_by_fund": PARTS}, [[6, 6], [4, 4], [0, 0]]),
        # in proportion where the baseline is another sum, also one of each period
        ({"baseline": 20, "baseline_by_fund": PARTS}, [[12, 12], [8, 8], [0, 0]]),
        ({"baseline": {"F1": 5, "F2": 20}, "baseline_by_fund": PARTS}, [[3, 12], [2, 8], [0, 0]]),
        ({"baseline": {"F2": 20}, "baseline_by_fund": PARTS}, [[0, 12], [0, 8], [0, 0]]),
        ({"baseline_by_fund": PARTS, "inflation": "50%"}, [[6, 9], [4, 6], [0, 0]]),
        # what is charged now does not ask what may be charged: the audit says that
        ({"baseline_by_fund": PARTS, "funds": ["parking"]}, [[6, 6], [4, 4], [0, 0]]),
        ({"baseline_by_fund": PARTS, "one_fund": True}, [[6, 6], [4, 4], [0, 0]]),
        # parts of zero say nothing
        ({"baseline": 10, "baseline_by_fund": {"grant": 0}, "funds": ["parking"]}, [[0, 0], [0, 0], [10, 10]]),
    ],
)
def test_the_current_service_level_is_charged_to_those_that_pay_now(
    program: dict[str, Any], expected: list[list[float]]
) -> None:
    assert rounded(charged(program)) == expected


def test_what_a_fund_that_is_closed_paid_is_charged_to_the_others_that_pay_now() -> None:
    assert rounded(charged({"baseline_by_fund": PARTS}, grant={"ends": "F1"})) == [[6, 10], [4, 0], [0, 0]]
    # nobody else pays for it now: another fund that may
    program = {"baseline_by_fund": {"grant": 4}, "funds": ["grant", "parking"]}
    assert rounded(charged(program, grant={"starts": "F2"})) == [[0, 0], [0, 4], [4, 0]]


def test_what_is_charged_by_the_parts_is_not_charged_again() -> None:
    document = {
        "name": "Two programs",
        "funds": {"general": {"revenue": 10}, "grant": {"revenue": 10}},
        "programs": {"p": {"baseline_by_fund": {"general": 8}}, "q": {"baseline": 9}},
        "objective": {"minimize": "largest cut"},
    }
    # the general fund has 2 left, and pays for 8 once
    spending = SpendingPlan.current(Scenario.from_document(document)).spending[:, :, 0]
    assert rounded(spending.sum(axis=1)) == [8, 9]
    assert rounded(spending[0]) == [8, 0]
    assert (spending.sum(axis=0) <= 10 + 1e-9).all()


def test_the_audit_of_the_current_plan_names_payments_that_other_keys_bar() -> None:
    document = {
        "name": "Barred",
        "funds": {"general": {"revenue": 10}, "grant": {"revenue": 10, "only": {"tags": "housing"}}},
        "programs": {"p": {"baseline_by_fund": {"grant": 8}}, "q": {"tags": ["housing"], "baseline": 1}},
        "objective": {"minimize": "largest cut"},
    }
    scenario = Scenario.from_document(document)
    found = audit_plan(scenario, SpendingPlan.current(scenario)).violations
    assert [(one.kind, one.program, one.fund) for one in found] == [("eligibility", "p", "grant")]


def test_the_fixed_parts_of_a_program_are_charged() -> None:
    shares = {"fund_shares": {"general": "60%", "grant": "40%"}}
    assert rounded(charged({"baseline": 20, **shares})) == [[12, 12], [8, 8], [0, 0]]
    assert rounded(charged({"baseline": 20, **shares}, grant={"revenue": 0})) == [[12, 12], [8, 8], [0, 0]]
    # what a fund that is closed would pay is charged to the other
    assert rounded(charged({"baseline": 20, **shares}, grant={"ends": "F1"})) == [[12, 20], [8, 0], [0, 0]]
    # what pays now comes before what will have to
    assert rounded(charged({"baseline_by_fund": {"general": 20}, **shares})) == [[20, 20], [0, 0], [0, 0]]
