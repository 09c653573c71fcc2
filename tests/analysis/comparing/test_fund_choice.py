"""Who pays for amounts that are given: the funds with which the fewest limits are missed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.comparing.fund_choice import FundCapacity, misses, paid_by_funds
from strategies import unchecked

M = 1_000_000


def town(**more: Any) -> bo.Scenario:
    """Return two programs and two funds, of which one pays for housing alone, laid over by what is given."""
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 10 * M}, "grant": {"revenue": 4 * M, "only": {"tags": "housing"}}},
        "programs": {"police": {"baseline": 6 * M}, "shelter": {"tags": ["housing"], "baseline": 3 * M}},
        "objective": {"minimize": "spending"},
    }
    for section, entries in more.items():
        if isinstance(entries, dict) and section in document:
            document[section] = {
                key: {**document[section].get(key, {}), **entries.get(key, {})}
                for key in {**document[section], **entries}
            }
        else:
            document[section] = entries
    return unchecked(document)


def amounts(scenario: bo.Scenario) -> Any:
    return np.nan_to_num(scenario.baselines)


def test_a_rule_on_a_fund_decides_who_pays() -> None:
    rule = {"name": "Own effort", "sum": "spending", "where": {"program": "shelter"}, "funds": ["general"]}
    scenario = town(rules=[{**rule, "at_least": 1.5 * M}])
    audit = paid_by_funds(scenario, amounts(scenario))
    assert audit.accepted, audit.violations
    assert audit.plan.spending[1, 0, 0] >= 1.5 * M - 0.01
    # the funds that can pay for the fewest programs first would miss it
    assert not bo.audit_plan(scenario, bo.SpendingPlan.current(scenario)).accepted


def test_the_match_of_a_grant_is_paid() -> None:
    scenario = town(funds={"grant": {"match": {"from": "general", "rate": 0.5}}})
    audit = paid_by_funds(scenario, amounts(scenario))
    assert audit.accepted, audit.violations
    assert audit.plan.spending.sum() == pytest.approx(9 * M)


def test_what_is_stated_is_paid_as_stated() -> None:
    scenario = town()
    stated = np.zeros((2, 2, 1))
    stated[1, :, 0] = 2 * M, 0.5 * M
    audit = paid_by_funds(scenario, amounts(scenario), stated=stated)
    paid = audit.plan.spending[1, :, 0]
    assert (paid >= stated[1, :, 0] - 0.01).all()
    assert paid.sum() == pytest.approx(3 * M)


def test_one_limit_is_missed_rather_than_two() -> None:
    # 6M of housing: the grant has 4M, and the general fund 10M less the 9M of the police; 1M is short in either fund
    scenario = town(programs={"police": {"baseline": 9 * M}, "shelter": {"baseline": 6 * M}})
    audit = paid_by_funds(scenario, amounts(scenario))
    assert [violation.kind for violation in audit.violations] == ["fund balance"]
    assert audit.violations[0].excess == pytest.approx(1 * M)


def test_a_program_that_nobody_may_pay_for_is_told() -> None:
    scenario = town(funds={"general": {"only": {"tags": "housing"}}})
    audit = paid_by_funds(scenario, amounts(scenario))
    assert {violation.kind for violation in audit.violations} == {"eligibility"}


def test_transfers_carry_money_to_the_fund_that_needs_it() -> None:
    scenario = town(
        funds={"general": {"transfers_to": {"grant": {"at_most": 2 * M}}}},
        programs={"shelter": {"baseline": 6 * M, "funds": ["grant"]}, "police": {"baseline": 8 * M}},
    )
    audit = paid_by_funds(scenario, amounts(scenario))
    assert audit.accepted, audit.violations
    assert audit.plan.transfers[0, 1, 0] == pytest.approx(2 * M)


@pytest.mark.parametrize(
    ("police", "shelter", "fits"),
    [(10, 4, True), (10.01, 4, False), (9, 5, True), (9, 5.01, False), (0, 14, True), (0, 0, True)],
)
def test_the_funds_have_the_money_or_not(police: float, shelter: float, fits: bool) -> None:
    capacity = FundCapacity(town())
    assert capacity.can_pay(np.array([[police * M], [shelter * M]])) is fits


def test_reserves_and_structural_balance_hold_money_back() -> None:
    scenario = town(funds={"general": {"one_time": 2 * M, "reserve": {"at_least": 1 * M}, "structural_balance": True}})
    capacity = FundCapacity(scenario)
    assert capacity.can_pay(np.array([[10 * M], [4 * M]]))
    assert not capacity.can_pay(np.array([[10.01 * M], [4 * M]]))


def test_one_time_money_pays_for_what_is_said_not_to_recur_and_for_nothing_else() -> None:
    scenario = town(
        funds={"general": {"one_time": 2 * M, "structural_balance": True}}, programs={"fair": {"recurring": False}}
    )
    capacity = FundCapacity(scenario)
    assert capacity.can_pay(np.array([[10 * M], [4 * M], [2 * M]]))
    assert not capacity.can_pay(np.array([[10.01 * M], [4 * M], [1.9 * M]]))


def test_a_reserve_that_cannot_be_kept_at_all_stops_nothing_more() -> None:
    capacity = FundCapacity(town(funds={"general": {"reserve": {"at_least": 12 * M}}}))
    assert capacity.can_pay(np.array([[0.0], [4 * M]]))
    assert not capacity.can_pay(np.array([[0.01 * M], [4 * M]]))


def test_fixed_parts_and_matches_bind_the_capacity() -> None:
    parts = town(programs={"shelter": {"fund_shares": {"general": 0.5, "grant": 0.5}}})
    assert FundCapacity(parts).can_pay(np.array([[2 * M], [8 * M]]))
    assert not FundCapacity(parts).can_pay(np.array([[0.0], [8.01 * M]]))
    match = town(funds={"grant": {"match": {"from": "general", "rate": 1.0}}}, programs={"shelter": {}})
    assert FundCapacity(match).can_pay(np.array([[6 * M], [8 * M]]))
    assert not FundCapacity(match).can_pay(np.array([[6.01 * M], [8 * M]]))


def test_who_pays_in_each_year() -> None:
    once = {"carryover": False}
    scenario = town(
        periods=["t1", "t2"],
        funds={
            "general": {"revenue": {"t1": 5 * M, "t2": 1 * M}, **once},
            "grant": {"revenue": {"t1": 1 * M, "t2": 5 * M}, **once},
        },
        programs={"police": {"baseline": {"t1": 2 * M, "t2": 1 * M}}, "shelter": {"baseline": 4 * M}},
    )
    audit = paid_by_funds(scenario, amounts(scenario))
    assert audit.accepted, audit.violations
    assert (audit.plan.spending / M).round(6).tolist() == [[[2, 1], [0, 0]], [[3, 0], [1, 4]]]
    assert misses(audit) == (0, 0)


def test_before_a_fund_starts_it_pays_for_what_no_other_may() -> None:
    scenario = town(
        periods=["t1", "t2"],
        funds={"grant": {"starts": "t2"}},
        programs={"police": {"baseline": 1 * M}, "shelter": {"baseline": 3 * M, "funds": ["grant"]}},
    )
    audit = paid_by_funds(scenario, amounts(scenario))
    assert (audit.plan.spending / M).round(6).tolist() == [[[1, 1], [0, 0]], [[0, 0], [3, 3]]]
    assert {(one.kind, one.period) for one in audit.violations} >= {("eligibility", "t1")}
    assert not {one.kind for one in audit.violations if one.period == "t2"}


def test_how_much_a_plan_misses() -> None:
    # 12M of the police are 2M more than the fund has, and 1M more than their ceiling, which is no matter of funds
    scenario = town(programs={"police": {"baseline": 12 * M, "spending": {"at_most": 11 * M}}})
    audit = paid_by_funds(scenario, amounts(scenario))
    assert sorted(one.kind for one in audit.violations) == ["fund balance", "spending limit"]
    assert misses(audit) == (2, pytest.approx(2 * M))


def test_payments_are_in_cents_and_add_up_to_the_amounts() -> None:
    scenario = town(funds={"grant": {"match": {"from": "general", "rate": 0.3333}}})
    given = np.array([[6 * M + 0.01], [3 * M + 0.05]])
    audit = paid_by_funds(scenario, given)
    assert audit.plan.spending.sum(axis=1).tolist() == pytest.approx(given, abs=1e-9)
    cents = audit.plan.spending * 100
    assert np.abs(cents - np.rint(cents)).max() < 1e-6
    assert audit.accepted


def test_no_more_is_transferred_than_may_be() -> None:
    scenario = town(
        funds={"general": {"transfers_to": {"grant": {"at_most": 1 * M}}}},
        programs={"shelter": {"baseline": 7 * M, "funds": ["grant"]}, "police": {"baseline": 6 * M}},
    )
    audit = paid_by_funds(scenario, amounts(scenario))
    assert [violation.kind for violation in audit.violations] == ["fund balance"]
    assert audit.plan.transfers[0, 1, 0] <= 1 * M
    assert not FundCapacity(scenario).can_pay(amounts(scenario))


def test_one_condition_of_a_grant_is_missed_rather_than_two_limits_of_money() -> None:
    # without the grant's money the general fund falls short, and its reserve with it
    scenario = town(
        funds={"general": {"reserve": 1 * M}, "grant": {"no_supplanting": True}},
        programs={"police": {"baseline": 8 * M}, "shelter": {"baseline": 4 * M}},
    )
    audit = paid_by_funds(scenario, amounts(scenario))
    assert [violation.kind for violation in audit.violations] == ["no supplanting"]
    assert (audit.balances.closing >= audit.balances.reserve - 0.01).all()


def test_thirds_are_paid_to_the_cent() -> None:
    funds = {name: {"revenue": 1 * M} for name in ("one", "two", "three")}
    shares = {"one": "20%", "two": "40%", "three": "40%"}
    scenario = unchecked(
        {"funds": funds, "programs": {"police": {"fund_shares": shares}}, "objective": {"minimize": "spending"}}
    )
    # 0.6, 1.2 and 1.2 cents
    audit = paid_by_funds(scenario, np.array([[0.03]]))
    assert audit.plan.spending[0, :, 0].tolist() == pytest.approx([0.01, 0.01, 0.01])
    audit = paid_by_funds(scenario, np.array([[100.07]]))
    assert audit.plan.spending.sum() == pytest.approx(100.07, abs=1e-9)
    assert audit.accepted


def test_two_grants_with_matches_share_what_the_payer_has() -> None:
    # 2 of local money for each dollar of the first grant, and a half for each of the second
    funds = {
        "general": {"revenue": 5 * M},
        "grant": {"only": {"program": "shelter"}, "match": {"from": "general", "rate": "200%"}},
        "other": {"revenue": 4 * M, "only": {"program": "clinic"}, "match": {"from": "general", "rate": "50%"}},
    }
    scenario = town(funds=funds, programs={"shelter": {"baseline": 3 * M}, "clinic": {"baseline": 3 * M}})
    capacity = FundCapacity(scenario)

    def pays(police: float, shelter: float, clinic: float) -> bool:
        return capacity.can_pay(np.array([[police], [shelter], [clinic]]) * M)

    # of 3 for the shelter the general fund pays 2, and of 3 for the clinic 1: 3 of its 5
    assert pays(2, 3, 3)
    assert not pays(2.01, 3, 3)
    assert pays(0, 6, 3)
    assert not pays(0.01, 6, 3)
    # the second grant has no more than 4
    assert pays(3, 0, 6)
    assert not pays(2.9, 0, 6.2)
    audit = paid_by_funds(scenario, np.array([[2.0], [3], [3]]) * M)
    assert audit.accepted, audit.violations
    assert (audit.plan.spending[:, :, 0] / M).round(6).tolist() == [[2, 0, 0], [2, 1, 0], [1, 0, 2]]


def test_parts_of_two_funds_over_two_years() -> None:
    funds = {"general": {"revenue": {"t1": 2 * M, "t2": 6 * M}, "carryover": False}, "grant": {"carryover": False}}
    parts = {"fund_shares": {"general": 0.25, "grant": 0.75}}
    scenario = town(periods=["t1", "t2"], funds=funds, programs={"shelter": parts, "police": {}})
    capacity = FundCapacity(scenario)
    assert capacity.group.tolist() == [0, 1] or capacity.group.tolist() == [1, 0]

    def pays(police: list[float], shelter: list[float]) -> bool:
        return capacity.can_pay(np.array([police, shelter]) * M)

    # the grant has 4 a year: three quarters of 16/3; the general fund pays the other quarter
    assert pays([0.8, 4.8], [4.8, 4.8])
    assert not pays([0.81, 4.8], [4.8, 4.8])
    assert not pays([0.8, 4.81], [4.8, 4.8])
    assert not pays([0, 0], [5.4, 0])
    assert not pays([0, 0], [0, 5.4])


def test_where_a_limit_must_be_missed_no_other_one_is() -> None:
    # 12 of the police are 2 more than the general fund has, and 3 with its reserve of 1
    scenario = town(funds={"general": {"reserve": 1 * M}}, programs={"police": {"baseline": 12 * M}})
    audit = paid_by_funds(scenario, amounts(scenario))
    assert [one.kind for one in audit.violations] == ["reserve"]
    assert misses(audit) == (1, pytest.approx(3 * M))
    # what shelters get is paid by their grant, so that nothing more is short
    assert (audit.plan.spending[:, :, 0] / M).round(6).tolist() == [[12, 0], [0, 3]]


def test_limits_of_what_a_fund_spends() -> None:
    # what a fund must spend is not asked of amounts, and what it may spend at most is
    scenario = town(funds={"general": {"spending": {"at_least": 5 * M, "at_most": 7 * M}}})
    capacity = FundCapacity(scenario)
    assert capacity.can_pay(np.array([[0.0], [0.0]]))
    assert capacity.can_pay(np.array([[1.0 * M], [0.0]]))
    assert capacity.can_pay(np.array([[7.0 * M], [4 * M]]))
    assert not capacity.can_pay(np.array([[7.01 * M], [4 * M]]))


def test_what_rounding_leaves_is_paid_by_the_fund_that_pays_most() -> None:
    funds = {name: {"revenue": 1 * M} for name in ("one", "two", "three")}
    shares = {"one": "24%", "two": "24%", "three": "52%"}
    scenario = unchecked(
        {"funds": funds, "programs": {"police": {"fund_shares": shares}}, "objective": {"minimize": "spending"}}
    )
    # 2.4, 2.4 and 5.2 cents
    audit = paid_by_funds(scenario, np.array([[0.10]]))
    assert audit.plan.spending[0, :, 0].tolist() == pytest.approx([0.02, 0.02, 0.06])


def test_one_limit_of_money_is_missed_rather_than_two_conditions_of_a_grant() -> None:
    # 7 of the police and 4 of the shelter are 1 more than the general fund has; any dollar of the grant would miss the
    # effort of 5 and come in the place of what the shelter has now
    grant = {"maintenance_of_effort": {"fund": "general", "at_least": 5 * M}, "no_supplanting": True}
    scenario = town(funds={"grant": grant}, programs={"police": {"baseline": 7 * M}, "shelter": {"baseline": 4 * M}})
    audit = paid_by_funds(scenario, amounts(scenario))
    assert [violation.kind for violation in audit.violations] == ["fund balance"]
    assert misses(audit) == (1, pytest.approx(1 * M))
    assert (audit.plan.spending[:, :, 0] / M).round(6).tolist() == [[7, 0], [4, 0]]
