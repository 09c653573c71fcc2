"""Where a limit begins and ends: half a cent, nothing at all, a period in which nothing is said; worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.audit.activity import levels_of
from budgetopt.audit.check import figures
from budgetopt.audit.inputs import baselines, dollars, price_level, revenues
from riverton import M, audited, payments, rounded, town
from strategies import unchecked

GRANT = ("shelter", "grant", "FY2027", 0.5 * M)


def rule(**words: Any) -> dict[str, Any]:
    return {"rules": [{"name": "A", **words}]}


@pytest.mark.parametrize(
    ("value", "bound", "money", "shown"),
    [
        # dollars that are dollars apart are whole; other units have cents while they are near
        (1_234.56, 1_000.25, True, ("1,235", "1,000")),
        (1_234.56, 1_000.25, False, ("1,235", "1,000")),
        (12.56, 10.25, False, ("12.56", "10.25")),
        (111.25, 10.25, False, ("111", "10")),
        (101.5, 1.5, False, ("102", "2")),
        (10.75, 9.5, True, ("11", "10")),
        (10.5, 9.5, True, ("10.50", "9.50")),
        (10.75, 9.75, False, ("10.75", "9.75")),
        # nearer than a unit: as many decimals as it takes to tell them apart, two digits of the gap
        (10.75, 10.5, True, ("10.75", "10.50")),
        (10.012345, 10, True, ("10.012", "10")),
        (0.0012345, 0, False, ("0.0012", "0")),
        (1e-17, 0, False, ("0", "0")),
        (5, 5, True, ("5", "5")),
        (5.5, 5.5, True, ("5.50", "5.50")),
        (float("nan"), 5.5, True, ("no number", "5.50")),
        (float("inf"), 5, True, ("an infinite amount", "5")),
        (float("-inf"), 5, True, ("minus infinity", "5")),
        (-0.001, 1.2, True, ("0", "1")),
    ],
)
def test_two_figures_can_be_told_apart(value: float, bound: float, money: bool, shown: tuple[str, str]) -> None:
    assert figures(value, bound, money=money) == shown


def test_revenue_and_costs_grow_from_the_first_period_on() -> None:
    scenario = unchecked(
        {
            "periods": ["FY1", "FY2", "FY3"],
            "inflation": "50%",
            "funds": {"grows": {"revenue": 100, "growth": "10%"}, "listed": {"revenue": {"FY1": 5, "FY3": 7}}},
            "outcomes": {"visits": {}},
            "programs": {
                "a": {"baseline": 8, "spending": {"at_most": "50%", "at_least": {"FY1": 1, "FY3": "25%"}}},
                "b": {"baseline": 8, "inflation": 0},
                "c": {"spending": {"at_most": "50%"}},
            },
        }
    )
    assert rounded(revenues(scenario)) == [[100, 110, 121], [5, 0, 7]]
    assert price_level(scenario).tolist() == [[1, 1.5, 2.25], [1, 1, 1], [1, 1.5, 2.25]]
    assert baselines(scenario)[:2].tolist() == [[8, 12, 18], [8, 8, 8]]
    assert np.array_equal(
        dollars(scenario, "spending.at_most"), [[4, 6, 9], [np.nan] * 3, [np.nan] * 3], equal_nan=True
    )
    least = dollars(scenario, "spending.at_least")
    assert np.array_equal(least, [[1, np.nan, 4.5], [np.nan] * 3, [np.nan] * 3], equal_nan=True)


@pytest.mark.parametrize(("period", "paid"), [("FY2027", True), ("FY2028", False)])
def test_a_fund_that_ends_may_not_pay_afterwards(period: str, paid: bool) -> None:
    audit = audited({"funds.general.ends": "FY2027", "funds.grant.starts": "FY2028"}, GRANT)
    wrong = {(found.fund, found.period) for found in audit.violations if found.kind == "eligibility"}
    assert (("general", period) not in wrong) is paid
    assert (("grant", "FY2027") in wrong) is True


@pytest.mark.parametrize(("amount", "counts"), [(0.004, False), (0.005, True), (0.006, True), (0.019, True)])
def test_less_than_half_a_cent_is_nothing(amount: float, counts: bool) -> None:
    rules = [{"name": "A", "count": "funded", "where": {"program": "shelter"}, "at_most": 0}]
    grant = {"no_supplanting": True, "maintenance_of_effort": {"fund": "general", "at_least": 1 * M}}
    changes = {f"funds.grant.{key}": value for key, value in grant.items()}
    scenario = town({**changes, "rules": rules})
    audit = audit_plan(scenario, payments(scenario, ("shelter", "grant", "FY2028", amount)))
    assert len(audit.of_kind("no supplanting")[0]) == len(audit.of_kind("maintenance of effort")[0]) == counts
    assert audit.of_kind("count")[0].value.tolist() == [0, counts]


def test_a_program_of_packages_is_funded_by_its_packages_alone() -> None:
    packages = [{"cost": 1 * M, "outcomes": {"visits": 1}}]
    scenario = town({"programs.library.outcomes": None, "programs.library.packages": packages,
                     **rule(count="funded", where={"program": "library"}, at_most=9)})  # fmt: skip
    plan = payments(scenario, ("library", "general", "FY2027", 1 * M))
    for taken in ([False, False], [True, False], [False, True]):
        chosen = SpendingPlan(plan.spending, plan.transfers, np.array([taken]))
        assert audit_plan(scenario, chosen).rules[0].value.tolist() == taken


def test_over_all_periods_a_program_is_funded_if_it_is_in_one() -> None:
    scenario = town(rule(count="funded", at_most=9, each="total"))
    plan = payments(scenario, ("shelter", "general", "FY2027", 5), ("library", "general", "FY2028", 5))
    assert audit_plan(scenario, plan).rules[0].value.tolist() == [2]


def free(scenario: Any, units: list[float], *rows: tuple[str, str, str, float]) -> Audit:
    plan = payments(scenario, *rows)
    assert plan.units is not None
    plan.units[0] = units
    return audit_plan(scenario, plan)


def test_a_free_service_that_serves_needs_its_fixed_cost() -> None:
    scenario = town(
        {
            "programs.shelter.service": {"unit": "nights", "unit_cost": 0, "up_to": 900},
            "programs.shelter.outcomes": {"housed": {"per_unit": 1}},
            "programs.shelter.if_funded": {"fixed_cost": 100, "at_least": 105},
            "inflation": "10%",
        }
    )
    audit = free(scenario, [5, 0])
    (found,) = audit.violations
    assert (found.kind, found.period, found.bound) == ("if funded", "FY2027", 100)
    # money asks for as much as any program needs
    audit = free(scenario, [5, 5], ("shelter", "general", "FY2027", 100.0), ("shelter", "general", "FY2028", 104.0))
    assert [(found.period, rounded(found.bound)) for found in audit.violations] == [("FY2027", 105), ("FY2028", 110)]
    assert free(scenario, [0, 5], ("shelter", "general", "FY2028", 110.0)).accepted
    # and beyond its fixed cost it costs nothing
    (found,) = free(scenario, [0, 5], ("shelter", "general", "FY2028", 111.0)).violations
    assert (found.kind, found.value, rounded(found.bound)) == ("service", 111, 110)
    # half a dollar is less than the fixed cost, and no money too much
    (found,) = free(scenario, [0, 0], ("shelter", "general", "FY2027", 0.5)).violations
    assert (found.kind, found.bound) == ("if funded", 105)


def test_only_services_with_limits_are_checked_and_only_sides_that_are_limited() -> None:
    nights = {"unit": "nights", "unit_cost": 40}
    changes = {
        "programs.shelter.outcomes": {"housed": {"per_unit": 1}},
        "programs.shelter.spending": {"at_most": 3 * M},
    }
    unlimited = audited({**changes, "programs.shelter.service": nights, "funds.general.spending": {"at_most": 9 * M}})
    assert len(unlimited.of_kind("service")[0]) == 0
    assert unlimited.of_kind("spending limit")[0].lower.tolist() == [-np.inf] * 2
    assert unlimited.of_kind("fund spending")[0].lower.tolist() == [-np.inf] * 2
    limited = audited({**changes, "programs.shelter.service": {**nights, "at_least": 3}})
    (check,) = limited.of_kind("service")
    assert (check.lower.tolist(), check.upper.tolist()) == ([3, 3], [np.inf, np.inf])
    assert check.value.tolist() == [25_000, 25_000]


def test_a_change_from_the_year_before_is_that_of_the_same_program() -> None:
    scenario = town(rule(change={"at_most": "50%", "from": "previous"}))
    plan = payments(scenario)
    plan.spending[:, 0] = [[4, 5], [8, 4], [2, 3]]
    check = audit_plan(scenario, plan).rules[0]
    assert check.value.tolist() == [5, 4, 3]
    assert (check.lower.tolist(), check.upper.tolist()) == ([2, 4, 1], [6, 12, 3])
    assert check.share_of is not None
    assert check.share_of.tolist() == [4, 8, 2]
    assert check.period.tolist() == [1, 1, 1]


def test_who_follows_is_named_with_what_leads() -> None:
    limits = {"programs.library.spending": {"at_most": 4 * M}, "programs.shelter.spending": {"at_most": 2 * M}}
    follows = {"program": "library", "of": "shelter", "at_most": "50%"}
    check = audited({**limits, **rule(follows=follows)}, GRANT).rules[0]
    assert rounded(check.value) == [0.25, 0.25]
    assert rounded(check.upper) == [0.375, 0.25]
    assert check.share_of is not None
    assert rounded(check.share_of) == [0.75, 0.5]
    assert check.item is not None
    assert check.item.tolist() == ["Shelter beds"] * 2
    assert check.program is not None
    assert check.program.tolist() == [1, 1]


def test_what_can_cover_nothing_covers_nothing() -> None:
    limits = {"programs.library.spending": {"at_most": 0}, "programs.shelter.spending": {"at_most": 2 * M}}
    check = audited({**limits, **rule(substitutes=["library", "shelter"], at_most=1)}).rules[0]
    assert rounded(check.value) == [0.5, 0.5]


def test_what_a_dollar_and_a_unit_change_at_most() -> None:
    scenario = unchecked(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {}, "loans": {}},
            "resources": {"staff": {"capacity": 9}},
            "programs": {
                "dollar": {"outcomes": {"visits": {"per_dollar": -2}}, "uses": {"staff": {"per_dollar": 3}}},
                "bought": {"outcomes": {"visits": {"unit_cost": 4, "up_to": 5}}, "uses": {"staff": {"per": 8}}},
                # steepest between its second and third point; flat after the last
                "curve": {"outcomes": {"visits": {"curve": [[0, 9], [10, 14], [20, 4], [40, 5]]}}},
                "served": {
                    "service": {"unit": "hours", "unit_cost": 5},
                    "outcomes": {"visits": {"per_unit": 10}, "loans": {"curve": [[0, 0], [1, 7]]}},
                    "uses": {"staff": {"per_unit": 15, "per_outcome": {"loans": 2, "visits": 0}}},
                },
                "free": {
                    "service": {"unit": "hours", "unit_cost": 0, "up_to": 90},
                    "outcomes": {"visits": {"per_unit": 10}},
                    "uses": {"staff": {"per_unit": 0.5}},
                },
                "taken": {"packages": [{"cost": 5, "outcomes": {"visits": 6}, "uses": {"staff": 2}}]},
            },
        }
    )
    spending = SpendingPlan.nothing(scenario)
    spending.spending[:, 0, 0] = [3, 8, 25, 10, 0, 5]
    assert spending.units is not None
    spending.units[4] = 7
    plan = SpendingPlan(spending.spending, spending.transfers, np.array([[True]]), spending.units)
    audit = audit_plan(scenario, plan)
    rows = zip(audit.levels.outcome.tolist(), audit.levels.program.tolist(), audit.levels.level[:, 0].tolist(),
               audit.levels.steepest.tolist(), strict=True)  # fmt: skip
    assert [(*row[:3], round(row[3], 9)) for row in sorted(rows)] == [
        (0, 0, -6, 2), (0, 1, 2, 0.25), (0, 2, 4.25, 1), (0, 3, 20, 10), (0, 4, 70, 10), (0, 5, 6, 0), (1, 3, 7, 7),
    ]  # fmt: skip
    uses = zip(audit.uses.program.tolist(), audit.uses.level[:, 0].tolist(), audit.uses.steepest.tolist(), strict=True)
    assert [(*row[:2], round(row[2], 9)) for row in sorted(uses)] == [
        (0, 9, 3),
        (1, 1, 0.125),
        (3, 14, 14),
        (3, 30, 15),
        (4, 3.5, 0.5),
        (5, 2, 0),
    ]
    spent = plan.spending.sum(axis=1)

    def brought(*further: object) -> list[float]:
        levels = levels_of(scenario, spent, *further)
        first = levels.outcome == 0
        return np.bincount(levels.program[first], levels.level[first, 0], minlength=6).tolist()

    assert brought() == [-6, 2, 4.25, 20, 0, 0]
    assert brought(plan.packages)[5] == 6
    assert brought(None, plan.units)[4] == 70


def test_a_coverage_of_less_than_a_dollar_and_of_programs_that_get_nothing() -> None:
    limits = {"programs.library.spending": {"at_most": 0.5}, "programs.shelter.spending": {"at_most": 0.25}}
    scenario = town({**limits, **rule(substitutes=["library", "shelter"], at_most=1)})
    paid = audit_plan(scenario, payments(scenario, ("library", "general", "FY2027", 0.25))).rules[0]
    assert paid.value.tolist() == [0.5, 0]
    # a cent of the one payment that each may have: of half a dollar and of a quarter
    assert paid.allowed.tolist() == pytest.approx([0.02 + 0.04] * 2)
