"""Amounts, eligibility and the limits of single programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.audit.eligibility import may_pay
from budgetopt.errors import OptionError
from riverton import M, audited, only_violation, rounded, town, usual


def test_a_negative_amount() -> None:
    found = only_violation(audited(None, ("library", "general", "FY2027", -1_250_000)))
    assert (found.kind, found.name, found.period, found.program, found.fund) == (
        "amount",
        "library",
        "FY2027",
        "library",
        "general",
    )
    assert rounded(found.excess) == 250_000
    assert found.text == "General Fund pays -250,000 for library in FY2027, and no amount may be below zero"


@pytest.mark.parametrize(
    ("value", "shown"), [(np.nan, "no number"), (np.inf, "an infinite amount"), (-np.inf, "minus infinity")]
)
def test_an_amount_that_is_no_number(value: float, shown: str) -> None:
    scenario = town()
    plan = usual(scenario)
    plan.spending[1, 0, 1] = value
    audit = audit_plan(scenario, plan)
    found = only_violation(audit)
    assert (found.kind, found.program, found.period) == ("amount", "library", "FY2028")
    assert shown in found.text
    # everything else is worked out as if nothing were there
    assert np.isfinite(audit.outcomes).all()
    assert np.isfinite(audit.balances.closing).all()


def test_a_transfer_that_is_no_number() -> None:
    scenario = town({"funds.general.transfers_to": {"grant": {"at_most": 1 * M}}})
    plan = usual(scenario)
    plan.transfers[0, 1, 0] = np.nan
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.name, found.period) == ("transfer", "general to grant", "FY2027")
    plan.transfers[0, 1, 0] = 0.0
    plan.transfers[1, 0, 0] = np.nan
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.name) == ("transfer", "grant to general")


def test_restricted_money_for_something_else() -> None:
    found = only_violation(audited(None, ("library", "grant", "FY2027", 10_000)))
    assert (found.kind, found.name, found.period, found.program, found.fund) == (
        "eligibility",
        "library",
        "FY2027",
        "library",
        "grant",
    )
    assert found.excess == 10_000
    assert found.text == "grant pays 10,000 for library in FY2027, and it may not pay for that program"


def test_a_fund_that_the_program_does_not_name() -> None:
    found = only_violation(
        audited(
            {"funds.parks": {"revenue": 5 * M}, "programs.library.funds": ["general"]},
            ("library", "parks", "FY2027", 1),
        )
    )
    assert (found.kind, found.program, found.fund) == ("eligibility", "library", "parks")


def test_who_may_pay_for_what() -> None:
    scenario = town({"funds.parks": {"revenue": 5 * M}, "programs.library.funds": ["parks"]})
    # programs shelter, library, repairs; funds general, grant (housing only), parks
    assert may_pay(scenario).tolist() == [[True, True, True], [False, False, True], [True, False, True]]


@pytest.mark.parametrize(
    ("limits", "row", "period", "bound", "excess", "text"),
    [
        (
            {"at_most": 1.2 * M},
            500_000,
            "FY2027",
            1.2 * M,
            300_000,
            "library gets 1,500,000 in FY2027, and its ceiling is 1,200,000",
        ),
        (
            {"at_most": "120%"},
            500_000,
            "FY2027",
            1.2 * M,
            300_000,
            "library gets 1,500,000 in FY2027, and its ceiling is 1,200,000",
        ),
        (
            {"at_least": 900_000},
            -400_000,
            "FY2027",
            900_000,
            300_000,
            "library gets 600,000 in FY2027, and its floor is 900,000",
        ),
        (
            {"at_least": "90%"},
            -400_000,
            "FY2027",
            900_000,
            300_000,
            "library gets 600,000 in FY2027, and its floor is 900,000",
        ),
        (
            {"at_least": {"FY2028": 1.1 * M}},
            0,
            "FY2028",
            1.1 * M,
            100_000,
            "library gets 1,000,000 in FY2028, and its floor is 1,100,000",
        ),
        (
            {"at_least": {"FY2028": "110%"}},
            0,
            "FY2028",
            1.1 * M,
            100_000,
            "library gets 1,000,000 in FY2028, and its floor is 1,100,000",
        ),
    ],
)
def test_limits_of_a_program(limits: object, row: float, period: str, bound: float, excess: float, text: str) -> None:
    found = only_violation(audited({"programs.library.spending": limits}, ("library", "general", "FY2027", row)))
    assert (found.kind, found.name, found.program, found.period) == ("spending limit", "library", "library", period)
    assert rounded([found.bound, found.excess]) == [bound, excess]
    assert found.text == text


def test_a_limit_tells_why_it_stands() -> None:
    spending = {"at_least": 2 * M, "because": "Contract with the county"}
    audit = audited({"programs.library.spending": spending, "programs.shelter.spending": {"at_most": 10 * M}})
    assert {violation.because for violation in audit.violations} == {"Contract with the county"}
    assert [violation.period for violation in audit.violations] == ["FY2027", "FY2028"]


def test_limits_hold_for_what_all_funds_pay_together() -> None:
    found = only_violation(
        audited({"programs.shelter.spending": {"at_most": 1.5 * M}}, ("shelter", "grant", "FY2027", 600_000))
    )
    assert rounded(found.excess) == 100_000


def test_exact_to_the_cent() -> None:
    limits = {"programs.library.spending": {"at_most": 1 * M}}
    assert audited(limits, ("library", "general", "FY2027", 0.009)).accepted
    found = only_violation(audited(limits, ("library", "general", "FY2027", 0.02)))
    assert found.text == "library gets 1,000,000.02 in FY2027, and its ceiling is 1,000,000"


def test_a_sum_of_payments_may_be_a_cent_off_for_each() -> None:
    limits = {"rules": [{"name": "Cap", "sum": "spending", "at_most": 3 * M}]}
    programs = ("shelter", "library", "repairs")
    assert audited(limits, *((program, "general", "FY2027", 0.009) for program in programs)).accepted
    found = only_violation(audited(limits, *((program, "general", "FY2027", 0.02) for program in programs)))
    assert found.text == "Cap: spending is 3,000,000.06 in FY2027, and the most is 3,000,000"


def test_a_tolerance_is_a_share_of_the_money_at_stake() -> None:
    scenario = town({"programs.library.spending": {"at_most": 1 * M}})
    plan = usual(scenario, ("library", "general", "FY2027", 900))
    assert not audit_plan(scenario, plan, tolerance=1e-4).accepted
    assert audit_plan(scenario, plan, tolerance=1e-3).accepted


@pytest.mark.parametrize("tolerance", [-1e-9, 1.0, float("nan")])
def test_a_tolerance_that_is_no_share(tolerance: float) -> None:
    scenario = town()
    with pytest.raises(OptionError, match="tolerance"):
        audit_plan(scenario, usual(scenario), tolerance=tolerance)


def test_a_plan_of_another_scenario() -> None:
    scenario = town()
    plan = usual(scenario)
    with pytest.raises(OptionError, match=r"spending have the shape \(2, 2, 2\), and the scenario's is \(3, 2, 2\)"):
        audit_plan(scenario, SpendingPlan(plan.spending[:2], plan.transfers))
    with pytest.raises(OptionError, match="transfers have the shape"):
        audit_plan(scenario, SpendingPlan(plan.spending, plan.transfers[:, :1]))


def kept(changes: dict[str, Any], spent: float = 100_000) -> list[tuple[str | None, str | None, float]]:
    """Return the programs without a measured effect that keep too little of their baselines, with the least."""
    town_hall = {"programs.hall": {"baseline": 400_000, "funds": ["general"]}, "keep_unmeasured": "50%"}
    scenario = town({**town_hall, **changes})
    plan = usual(scenario)
    plan.spending[-1, 0] = spent
    return [
        (found.program, found.period, found.bound)
        for found in audit_plan(scenario, plan).violations
        if found.kind == "kept baseline"
    ]


BOTH_YEARS = [("hall", "FY2027", 200_000), ("hall", "FY2028", 200_000)]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, BOTH_YEARS),
        ({"keep_unmeasured": "20%"}, []),
        ({"keep_unmeasured": 0}, []),
        # what it may have at most is less
        ({"programs.hall.spending": {"at_most": {"FY2028": 90_000}}}, BOTH_YEARS[:1]),
        # its own floor takes the place of the share
        ({"programs.hall.spending": {"at_least": 50_000}}, []),
        # it does something for an outcome, or makes a resource for others
        ({"programs.hall.outcomes": {"visits": {"per_dollar": 0}}}, []),
        (
            {
                "resources": {"staff": {"capacity": 9}},
                "programs.hall.service": {"unit": "hires", "unit_cost": 50_000},
                "programs.hall.uses": {"staff": {"per_unit": -1}},
            },
            [],
        ),
        # the most units that it may serve cost less: 100 tours of 1,000 dollars, and 50,000 fixed, 10% more in a year
        (
            {
                "programs.hall.service": {"unit": "tours", "unit_cost": 1000, "up_to": 100},
                "programs.hall.if_funded": {"fixed_cost": 50_000},
                "programs.hall.inflation": "10%",
            },
            [("hall", "FY2027", 150_000), ("hall", "FY2028", 165_000)],
        ),
        ({"programs.hall.service": {"unit": "tours", "unit_cost": 0, "up_to": 5}}, []),
        # it takes half of a person for each unit, and makes none
        (
            {
                "resources": {"staff": {"capacity": 9}},
                "programs.hall.service": {"unit": "tours", "unit_cost": 50_000},
                "programs.hall.uses": {"staff": {"per_unit": 0.5}},
            },
            BOTH_YEARS,
        ),
        ({"programs.hall.funds": ["grant"]}, []),
        ({"objective": {"minimize": "change from baseline"}}, []),
        ({"objective": {"minimize": "largest cut"}}, []),
        ({"resources": {"staff": {"capacity": 9}}, "programs.hall.uses": {"staff": {"per": 100_000}}}, BOTH_YEARS),
    ],
)
def test_programs_without_a_measured_effect_keep_a_share(
    changes: dict[str, Any], found: list[tuple[str | None, str | None, float]]
) -> None:
    assert kept(changes) == [(program, period, pytest.approx(bound)) for program, period, bound in found]


def test_of_what_has_no_baseline_nothing_is_asked() -> None:
    town_hall = {"programs.hall": {"baseline": 400_000, "funds": ["general"]}, "keep_unmeasured": "50%"}
    scenario = town({**town_hall, "programs.new": {"funds": ["general"]}})
    (check,) = (one for one in audit_plan(scenario, usual(scenario)).checks if one.kind == "kept baseline")
    assert check.program is not None
    assert scenario.programs.ids[check.program].tolist() == ["hall", "hall"]


def test_nothing_is_asked_for_where_no_share_is() -> None:
    changes = {"programs.hall": {"baseline": 400_000, "funds": ["general"]}}
    scenario = town({**changes, "keep_unmeasured": 0})
    assert audit_plan(scenario, usual(scenario)).of_kind("kept baseline") == ()


def test_units_of_what_is_no_service_and_units_below_zero() -> None:
    service = {"unit": "tours", "unit_cost": 0.5}
    scenario = town({"programs.library.service": service, "programs.library.outcomes": {"visits": {"per_unit": 3}}})
    plan = usual(scenario)
    # units that are not said are what the money pays for, however little they cost
    units = np.array([[0, 0], [np.nan, np.nan], [0, 0]])
    audit = audit_plan(scenario, replace(plan, units=units))
    assert audit.accepted
    # what is right is no cell
    assert [len(check) for check in audit.checks if check.kind in ("amount", "eligibility")] == [0, 0, 0]
    units[0, 1] = 2
    found = only_violation(audit_plan(scenario, replace(plan, units=units)))
    assert (found.kind, found.program, found.period) == ("amount", "shelter", "FY2028")
    assert (found.value, found.bound, found.excess) == (2, 0, 2)
    units[0, 1], units[1, 0] = 0, -3
    first = audit_plan(scenario, replace(plan, units=units)).violations[0]
    assert (first.kind, first.program, first.bound, first.excess) == ("amount", "library", 0, 3)
    assert first.text == "library serves -3 units in FY2027, and no number of units may be below zero"


@pytest.mark.parametrize(("units", "bound", "excess"), [(2.4, 2, 0.4), (2.6, 3, 0.4)])
def test_only_whole_units_of_a_whole_service(units: float, bound: float, excess: float) -> None:
    service = {"unit": "tours", "unit_cost": 500_000, "whole": True}
    scenario = town({"programs.library.service": service, "programs.library.outcomes": {"visits": {"per_unit": 3}}})
    plan = usual(scenario)
    assert audit_plan(scenario, plan).accepted
    plan.spending[1, 0, 1] = units * 500_000
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.program, found.period, found.bound) == ("whole units", "library", "FY2028", bound)
    assert rounded([found.value, found.excess]) == [units, excess]
    assert found.text == f"library serves {units:.2f} tours in FY2028, and only whole ones can be served"


@pytest.mark.parametrize(
    ("units", "spent", "bound"),
    [
        (3, 1_500_000, None),
        (3, 1_499_999.995, None),
        (3, 1_499_999.98, 1_500_000),
        (3, 1_500_000.02, 1_500_000),
    ],
)
def test_the_money_of_units_that_are_said_is_what_they_cost(units: float, spent: float, bound: float | None) -> None:
    service = {"unit": "tours", "unit_cost": 500_000}
    scenario = town({"programs.library.service": service, "programs.library.outcomes": {"visits": {"per_unit": 3}}})
    plan = usual(scenario)
    plan.spending[1, 0, 1] = spent
    said = np.array([[0, 0], [2, units], [0, 0]])
    violations = audit_plan(scenario, replace(plan, units=said)).violations
    assert [(one.kind, one.period, one.bound) for one in violations] == (
        [] if bound is None else [("service", "FY2028", bound)]
    )


def test_a_program_with_a_minimum_level_gets_nothing_or_that_much() -> None:
    # 900,000, or 600,000 of fixed cost, which grows to 1.2M in the second year
    changes = {
        "programs.library.if_funded": {"at_least": 0.9 * M, "fixed_cost": 0.6 * M},
        "programs.library.inflation": "100%",
    }
    scenario = town(changes)
    plan = usual(scenario)
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.period, found.bound) == ("if funded", "FY2028", 1.2 * M)
    plan.spending[1, 0] = [0.8 * M, 1.2 * M]
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.period, found.bound) == ("if funded", "FY2027", 0.9 * M)
    plan.spending[1, 0] = [0, 0]
    assert audit_plan(scenario, plan).accepted


def test_a_cell_knows_its_limits_and_what_they_are_a_share_of() -> None:
    changes = {
        "programs.library.spending": {"at_least": "50%", "at_most": "200%", "because": "Promise"},
        "programs.library.baseline": {"FY2027": 1 * M, "FY2028": 1.2 * M},
        "programs.shelter.spending": {"at_most": 3 * M},
        "programs.hall": {"baseline": 400_000, "funds": ["general"]},
        "keep_unmeasured": "50%",
    }
    audit = audited(changes)
    (check,) = audit.of_kind("spending limit")
    assert check.program is not None
    assert check.share_of is not None
    assert check.upper_limit is not None
    assert check.program.tolist() == [0, 0, 1, 1]
    assert check.share_of.tolist() == [2 * M, 2 * M, 1 * M, 1.2 * M]
    assert check.lower.tolist() == [-np.inf, -np.inf, 0.5 * M, 0.6 * M]
    assert check.upper.tolist() == [3 * M, 3 * M, 2 * M, 2.4 * M]
    listed = audit.scenario.limits
    found = [listed[at] for at in (*check.limit[2:].tolist(), *check.upper_limit.tolist())]
    assert [(one.kind, one.name) for one in found] == [
        *[("floor", "library")] * 2, *[("ceiling", "shelter")] * 2, *[("ceiling", "library")] * 2,
    ]  # fmt: skip
    assert check.limit[:2].tolist() == [-1, -1]
    assert check.because.tolist() == ["", "", "Promise", "Promise"]
    (kept,) = audit.of_kind("kept baseline")
    assert kept.share_of is not None
    assert (kept.share_of.tolist(), kept.lower.tolist()) == ([400_000] * 2, [200_000] * 2)


def test_a_service_that_costs_nothing_gets_no_money() -> None:
    service = {"unit": "talks", "unit_cost": 0, "up_to": 9}
    scenario = town({"programs.library.service": service, "programs.library.outcomes": {"visits": {"per_unit": 3}}})
    plan = usual(scenario)
    paid = float(plan.spending[1, 0, 0])
    for units in (np.array([[0, 0], [5, 7], [0, 0]]), None):
        found = audit_plan(scenario, replace(plan, units=units)).violations
        assert [(one.program, one.value, one.bound) for one in found] == [("library", paid, 0)] * 2
    plan.spending[1] = 0
    assert audit_plan(scenario, replace(plan, units=np.array([[0, 0], [5, 7], [0, 0]]))).accepted


@pytest.mark.parametrize(("beyond", "cells"), [(0, 0), (999, 0), (1_001, 1), (-0.005, 0), (-1, 1)])
def test_money_in_whole_thousands_is_less_than_a_thousand_more_than_units_cost(beyond: float, cells: int) -> None:
    service = {"unit": "tours", "unit_cost": 500_000}
    changes = {"programs.library.service": service, "programs.library.outcomes": {"visits": {"per_unit": 3}}}
    scenario = town({**changes, "round_to": 1_000})
    plan = usual(scenario)
    plan.spending[1, 0, 1] = 1_500_000 + beyond
    audit = audit_plan(scenario, replace(plan, units=np.array([[0, 0], [2, 3], [0, 0]])))
    unpaid = [check for check in audit.of_kind("service") if check.item is not None]
    assert [len(check) for check in unpaid] == [1] * cells
    assert audit.accepted is not bool(cells)
    if cells:
        found = only_violation(audit)
        assert (found.program, found.period, found.bound) == ("library", "FY2028", 1_500_000)
        assert rounded(found.value) == 1_500_000 + beyond
        spent = f"{1_500_000 + beyond:,}"
        assert found.text == f"library gets {spent} in FY2028, and the 3 tours that it serves cost 1,500,000"
