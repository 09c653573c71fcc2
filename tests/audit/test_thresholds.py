"""From which amount on a payment counts, and which cells a check has: a half cent less is nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit import audit_plan
from riverton import M, payments, town, usual

EFFORT = {"funds.grant.maintenance_of_effort": {"fund": "general", "at_least": 0.75 * M}}
STRICT = {"funds.grant.no_supplanting": True}
MATCHED = {"funds.grant.match": {"from": "general", "rate": "50%"}}


@pytest.mark.parametrize(
    ("changes", "kind", "amount", "cells"),
    [
        (EFFORT, "maintenance of effort", 0.004, 0),
        (EFFORT, "maintenance of effort", 0.005, 1),
        (EFFORT, "maintenance of effort", 1.0, 1),
        (STRICT, "no supplanting", 0.004, 0),
        (STRICT, "no supplanting", 0.005, 1),
        (STRICT, "no supplanting", 1.0, 1),
        (MATCHED, "match", 0.0, 0),
        (MATCHED, "match", 0.004, 1),
        ({"funds.grant.only": {"tags": "parks"}}, "eligibility", 0.0, 0),
        ({"funds.grant.only": {"tags": "parks"}}, "eligibility", 0.004, 1),
    ],
)
def test_from_which_amount_on_a_payment_of_a_grant_counts(
    changes: dict[str, Any], kind: str, amount: float, cells: int
) -> None:
    scenario = town(changes)
    audit = audit_plan(scenario, usual(scenario, ("shelter", "grant", "FY2027", amount)))
    (check,) = audit.of_kind(kind)
    assert len(check) == cells


@pytest.mark.parametrize(("amount", "accepted"), [(0.01, True), (0.0101, False)])
def test_a_cent_of_a_fund_that_may_not_pay_is_forgiven(amount: float, accepted: bool) -> None:
    scenario = town({"funds.grant.only": {"tags": "parks"}})
    assert audit_plan(scenario, usual(scenario, ("shelter", "grant", "FY2027", amount))).accepted is accepted


def test_what_each_check_of_a_grant_compares() -> None:
    scenario = town({**EFFORT, **STRICT, **MATCHED})
    plan = usual(scenario, ("shelter", "grant", "FY2027", 0.5 * M))
    audit = audit_plan(scenario, plan)
    expected = {
        # the general fund pays a million; asked are three quarters of one, half of the grant, and the baseline
        "maintenance of effort": ([1 * M], [0.75 * M], None),
        "match": ([1 * M], [0.25 * M], [0]),
        "no supplanting": ([1 * M], [2 * M], [0]),
    }
    for kind, (value, lower, program) in expected.items():
        (check,) = audit.of_kind(kind)
        assert check.value.tolist() == value
        assert check.lower.tolist() == lower
        assert check.upper.tolist() == [np.inf]
        assert check.period.tolist() == [0]
        assert (None if check.program is None else check.program.tolist()) == program
    assert [violation.kind for violation in audit.violations] == ["no supplanting"]


def test_a_match_that_is_a_share_of_both() -> None:
    # a fifth of what both pay is a quarter of what the grant pays
    scenario = town({"funds.grant.match": {"from": "general", "share": "20%"}})
    (check,) = audit_plan(scenario, usual(scenario, ("shelter", "grant", "FY2027", 0.8 * M))).of_kind("match")
    assert check.lower.tolist() == pytest.approx([0.2 * M])


@pytest.mark.parametrize(
    ("program", "recurs"), [("shelter", True), ("library", True), ("repairs", False)]
)  # fmt: skip
def test_what_recurs(program: str, recurs: bool) -> None:
    scenario = town({"funds.general.structural_balance": True})
    plan = payments(scenario, (program, "general", "FY2028", 3 * M))
    (check,) = audit_plan(scenario, plan).of_kind("structural balance")
    assert check.value.tolist() == [0, 3 * M if recurs else 0]
    assert check.upper.tolist() == [10 * M, 10 * M]
    assert check.lower.tolist() == [-np.inf, -np.inf]


def test_what_binds_and_what_holds() -> None:
    scenario = town({"programs.shelter.spending": {"at_least": 1 * M, "at_most": {"FY2027": 1.5 * M}}})
    for extra, binding, missed in (
        (0.0, [True, True], [False, False]),
        (0.25 * M, [False, True], [False, False]),
        (0.5 * M, [True, True], [False, False]),
        (0.75 * M, [False, True], [True, False]),
        (-0.25 * M, [False, True], [True, False]),
    ):
        plan = usual(scenario, ("shelter", "general", "FY2027", extra))
        (check,) = audit_plan(scenario, plan).of_kind("spending limit")
        assert check.binding.tolist() == binding, extra
        assert check.missed.tolist() == missed, extra
        assert check.holds is not any(missed)
        chosen = check.select(np.array([False, True]))
        assert (len(chosen), chosen.period.tolist(), chosen.holds) == (1, [1], True)
