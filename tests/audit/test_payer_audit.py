"""Fixed parts of funds, and programs that one fund must pay for, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from budgetopt.audit import Audit, SpendingPlan, audit_plan
from riverton import only_violation, rounded
from strategies import unchecked

SCENARIO = unchecked({
    "periods": ["FY1", "FY2"],
    "funds": {"general": {"revenue": 1_000_000}, "grant": {"revenue": 1_000_000}, "gift": {"revenue": 1_000_000}},
    "outcomes": {"good": {"weight": 1}},
    "programs": {
        "shared": {"name": "Shared rides", "fund_shares": {"general": 0.6, "grant": 0.4}},
        "alone": {"one_fund": True},
        "free": {},
    },
})  # fmt: skip


def audited(shared: list[list[float]], alone: list[list[float]] | None = None, tolerance: float = 0.0) -> Audit:
    """Return the audit of what each fund pays in both years, a list a fund."""
    none = [[0.0, 0], [0, 0], [0, 0]]
    spending = np.array([shared, alone or none, [[5, 0], [0, 0], [0, 7]]])
    return audit_plan(SCENARIO, SpendingPlan(spending, np.zeros((3, 3, 2))), tolerance=tolerance)


def test_each_fund_pays_its_fixed_part_in_every_year() -> None:
    assert audited([[60, 6], [40, 4], [0, 0]]).accepted
    found = audited([[60, 50], [40, 50], [0, 0]]).violations
    assert [(one.kind, one.program, one.fund, one.period) for one in found] == [
        ("fund shares", "shared", "general", "FY2"),
        ("fund shares", "shared", "grant", "FY2"),
    ]
    assert [rounded([one.value, one.bound, one.excess]) for one in found] == [[50, 60, 10], [50, 40, 10]]
    assert found[0].text == "general pays 50 for Shared rides in FY2, and its fixed part is 60"
    assert found[1].text == "grant pays 50 for Shared rides in FY2, and its fixed part is 40"
    # a fund without a part pays nothing
    third = audited([[60, 0], [40, 0], [10, 0]]).violations
    assert [(one.fund, rounded(one.bound)) for one in third] == [("general", 66), ("grant", 44), ("gift", 0)]


def test_by_how_much_a_fixed_part_may_be_off() -> None:
    # a cent for each payment of the year, or a thousandth of all that is spent on the program
    for tolerance, allowed in ((0.0, [0.02, 0.03]), (1e-3, [0.1, 0.2])):
        audit = audited([[60, 120], [40, 79], [0, 1]], tolerance=tolerance)
        (check,) = audit.of_kind("fund shares")
        assert check.allowed.tolist() == pytest.approx(allowed * 3)


@pytest.mark.parametrize(("second", "accepted"), [(0.0, True), (0.004, True), (0.005, False), (30.0, False)])
def test_one_fund_pays_all_of_it_in_all_years(second: float, accepted: bool) -> None:
    audit = audited([[0, 0], [0, 0], [0, 0]], [[9, 0], [0, second], [0, 0]])
    if accepted:
        assert audit.accepted
        return
    found = only_violation(audit)
    assert (found.kind, found.program, found.period, found.value, found.bound) == ("one fund", "alone", None, 2, 1)
    assert found.text == "alone is paid by 2 funds, and one of them must pay all of it"


def test_where_nothing_is_asked_of_payers_nothing_is_checked() -> None:
    scenario = unchecked({"funds": {"general": {"revenue": 9}}, "outcomes": {"good": {}}, "programs": {"free": {}}})
    audit = audit_plan(scenario, SpendingPlan.nothing(scenario))
    assert audit.of_kind("one fund") == audit.of_kind("fund shares") == ()
