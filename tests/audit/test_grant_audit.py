"""By how many cents a match may be short, and what it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from budgetopt import solve
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.scenario.scenario import Scenario
from riverton import M, only_violation, payments, rounded, town, usual

HALF = {"from": "general", "rate": "50%"}
SECOND = {"kind": "grant", "revenue": 2 * M, "match": {"from": "general", "share": "50%"}}


def short_by(dollars: float, changes: dict[str, Any], *grants: tuple[str, float]) -> bool:
    """Return whether a plan passes that pays grants for shelter in FY2027, and of their match so much less."""
    scenario = town({"funds.grant.match": HALF, "funds.second": SECOND, **changes})
    asked = sum(amount * (0.5 if fund == "grant" else 1.0) for fund, amount in grants)
    paid = [("shelter", fund, "FY2027", amount) for fund, amount in grants]
    return audit_plan(scenario, payments(scenario, *paid, ("shelter", "general", "FY2027", asked - dollars))).accepted


@pytest.mark.parametrize(
    ("grants", "allowed"),
    [
        # a cent of the fund that matches, and half a cent of what a cent of the grant asks for
        ([("grant", 1000.0)], 0.015),
        # a share of a half is a dollar for a dollar: a cent each
        ([("second", 1000.0)], 0.02),
        ([("grant", 1000.0), ("second", 600.0)], 0.025),
    ],
)
def test_a_match_may_be_short_by_the_cents_of_its_payments(grants: list[tuple[str, float]], allowed: float) -> None:
    assert short_by(allowed - 0.001, {}, *grants)
    assert not short_by(allowed + 0.001, {}, *grants)


def test_a_match_of_large_amounts_may_be_short_by_a_billionth_of_both() -> None:
    # of 1 billion that is paid and 1 billion that is asked for: 2 dollars
    rich = {"funds.general.revenue": 5000 * M, "funds.second": {**SECOND, "revenue": 5000 * M}}
    assert short_by(1.99, rich, ("second", 1000.0 * M))
    assert not short_by(2.01, rich, ("second", 1000.0 * M))


def test_what_several_grants_ask_of_one_fund_adds_up() -> None:
    first = {**HALF, "because": "Act of 2019"}
    scenario = town(
        {"funds.grant.match": first, "funds.second": {**SECOND, "match": {**SECOND["match"], "because": "Act of 2021"}}}
    )
    rows = [("shelter", "grant", "FY2027", 0.8 * M), ("shelter", "second", "FY2027", 0.3 * M)]
    audit = audit_plan(scenario, payments(scenario, *rows, ("shelter", "general", "FY2027", 0.6 * M)))
    found = only_violation(audit)
    assert (found.kind, found.name, found.program, found.period) == ("match", "general", "shelter", "FY2027")
    assert found.fund == "general"
    assert rounded([found.value, found.bound, found.excess]) == [0.6 * M, 0.7 * M, 0.1 * M]
    assert found.because == "Act of 2019; Act of 2021"


def test_a_match_is_asked_of_the_programs_that_its_grant_pays_for_alone() -> None:
    scenario = town({"funds.grant.match": HALF, "funds.second": SECOND})
    paid = [("shelter", "grant", "FY2027", 1000.0), ("shelter", "general", "FY2027", 500.0)]
    audit = audit_plan(scenario, payments(scenario, *paid))
    matches = {check.limit: len(check) for check in audit.checks if check.kind == "match"}
    assert matches == {scenario.limits.find("match", "grant"): 1, scenario.limits.find("match", "second"): 0}


def granted(grant: dict[str, Any], **program: Any) -> Scenario:
    """Return a program of which the general fund pays 6 now and the grant 4, and a grant with conditions."""
    return Scenario.from_document(
        {
            "name": "A grant that pays now",
            "funds": {"general": {"revenue": 10}, "grant": {"kind": "grant", "revenue": 10, **grant}},
            "programs": {"p": {"baseline_by_fund": {"general": 6, "grant": 4}, **program}},
            "objective": {"minimize": "largest cut"},
        }
    )


@pytest.mark.parametrize(
    "grant",
    [
        {"no_supplanting": True},
        {"maintenance_of_effort": {"fund": "general", "at_least": "100%"}},
        {"match": {"from": "general", "rate": "150%"}},
    ],
)
def test_the_current_plan_keeps_the_conditions_that_what_funds_pay_now_keeps(grant: dict[str, Any]) -> None:
    scenario = granted(grant)
    assert audit_plan(scenario, SpendingPlan.current(scenario)).accepted
    # and so does the plan, which needs both funds for the whole baseline
    assert rounded(solve(scenario).programs["spending"].tolist()) == [10]


@pytest.mark.parametrize(
    ("grant", "kind"),
    [
        ({"no_supplanting": True}, "no supplanting"),
        ({"maintenance_of_effort": {"fund": "general", "at_least": "100%"}}, "maintenance of effort"),
    ],
)
def test_local_money_below_what_it_pays_now_is_found(grant: dict[str, Any], kind: str) -> None:
    scenario = granted(grant)
    period = scenario.periods[0]
    plan = payments(scenario, ("p", "general", period, 5.0), ("p", "grant", period, 5.0))
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.value, found.bound) == (kind, 5, 6)
    # where nothing says who pays now, local money keeps up the whole baseline
    silent = granted(grant, baseline_by_fund={}, baseline=10)
    found = only_violation(audit_plan(silent, plan))
    assert (found.kind, found.value, found.bound) == (kind, 5, 10)


def test_the_part_that_is_supplanted_is_that_of_each_program() -> None:
    # of p the grant pays 4 of 10 now, of q 1 of 5
    second = {
        "q": {"baseline_by_fund": {"general": 4, "grant": 1}},
        "p": {"baseline_by_fund": {"general": 6, "grant": 4}},
    }
    scenario = Scenario.from_document(
        {
            "name": "Two programs",
            "funds": {"general": {"revenue": 10}, "grant": {"kind": "grant", "revenue": 10, "no_supplanting": True}},
            "programs": second,
            "objective": {"minimize": "largest cut"},
        }
    )
    period = scenario.periods[0]
    paid = [(program, "general", period, local) for program, local in (("q", 3.0), ("p", 5.0))]
    plan = payments(scenario, *paid, ("q", "grant", period, 1.0), ("p", "grant", period, 1.0))
    found = [(one.program, one.value, one.bound) for one in audit_plan(scenario, plan).violations]
    assert found == [("q", 3, 4), ("p", 5, 6)]


def test_the_effort_that_is_kept_up_is_told_in_dollars_of_what_is_paid_now() -> None:
    scenario = granted({"maintenance_of_effort": {"fund": "general", "at_least": "50%"}})
    limit = scenario.limits[scenario.limits.find("maintenance of effort", "grant")]
    assert limit.numbers[0].per_unit.tolist() == [6]
    # half of 6 by the general fund, or no money of the grant
    assert rounded(solve(scenario.with_("funds.general.revenue=2")).programs["spending"].tolist()) == [2]
    assert rounded(solve(scenario.with_("funds.general.revenue=3")).programs["spending"].tolist()) == [10]


def test_a_match_of_nothing_is_no_cell() -> None:
    scenario = town({"funds.grant.match": {"from": "general", "rate": "0%"}})
    audit = audit_plan(scenario, usual(scenario, ("shelter", "grant", "FY2027", 5.0)))
    assert [len(check) for check in audit.of_kind("match")] == [0]
