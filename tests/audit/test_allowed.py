"""By how much a limit may be missed: a cent for each payment that enters, or a share of all the money at stake."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.audit import SpendingPlan, audit_plan
from riverton import M, town, usual

GRANT = ("shelter", "grant", "FY2027", 0.5 * M)
MOVED = ("general", "grant", "FY2027", 0.25 * M)
HOUSING = {"department": "Housing"}
LIBRARY = {"department": "Library"}


def rule(**words: Any) -> dict[str, Any]:
    return {"rules": [{"name": "A", **words}]}


FUND = {
    "funds.general.opening_balance": 1 * M,
    "funds.general.one_time": {"FY2027": 2 * M},
    "funds.general.reserve": 0.5 * M,
    "funds.general.transfers_to": {"grant": {"at_most": 1 * M}},
}
CASES: dict[str, tuple[dict[str, Any], tuple[Any, ...], str, str, list[float], list[float]]] = {
    # changes; further payments; the check; what it allows by the cents alone, and a millionth of what it measures by.
    # Each of the three programs has 1M of the general fund in both years.
    "floor or ceiling": (
        {"programs.shelter.spending": {"at_most": 5 * M}}, (GRANT,), "spending limit", "spending",
        [0.02, 0.01], [1.5, 1.0],
    ),
    "minimum operating level": (
        {"programs.shelter.if_funded": {"at_least": 1 * M}}, (GRANT,), "if funded", "if_funded",
        [0.02, 0.01], [1.5, 1.0],
    ),
    "service": (
        # a unit costs 40 dollars: a cent is a part of 4,000
        {"programs.shelter.service": {"unit": "nights", "unit_cost": 40, "up_to": 50_000},
         "programs.shelter.outcomes": {"housed": {"per_unit": 0.01}}}, (GRANT,), "service", "service",
        [0.02 / 40, 0.01 / 40], [0.0375, 0.025],
    ),
    "packages": (
        {"programs.library.outcomes": None,
         "programs.library.packages": [{"cost": 1.25 * M, "outcomes": {"visits": 1}}]},
        (), "packages", "packages", [0.01, 0.01], [1.0, 1.0],
    ),
    "fund balance": (
        # opening, revenue and spending; what came before stays at stake
        {}, (), "fund balance", "general", [0.01, 0.01], [13, 13 + 20],
    ),
    "reserve": (
        FUND, (MOVED,), "reserve", "general", [0.01, 0.01],
        [1 + 10 + 2 + 0.25 + 3 + 0.5, 16.75 + 9.75 + 10 + 3 + 0.5],
    ),
    "structural balance": (
        # repairs do not recur
        {"funds.general.structural_balance": True}, (), "structural balance", "general", [0.02, 0.02], [12, 12],
    ),
    "fund spending": (
        {"funds.general.spending": {"at_most": 5 * M}}, (), "fund spending", "general", [0.03, 0.03], [13, 13],
    ),
    "transfer": (FUND, (MOVED,), "transfer", "general to grant", [0.01, 0.01], [0.25, 0.01]),
    "transfer that is not named": ({}, (MOVED,), "transfer", "general to grant", [0.01, 0.01], [0.01, 0.01]),
    "match": (
        {"funds.grant.match": {"from": "general", "rate": "50%"}}, (GRANT,), "match", "general", [0.015], [1.25],
    ),
    "maintenance of effort": (
        {"funds.grant.maintenance_of_effort": {"fund": "general", "at_least": 0.75 * M}}, (GRANT,),
        "maintenance of effort", "grant", [0.01], [1.75],
    ),
    "maintenance of effort in two periods": (
        {"funds.grant.maintenance_of_effort": {"fund": "general", "at_least": 0.75 * M}, "funds.grant.only": None},
        (GRANT, ("library", "grant", "FY2028", 0.5 * M), ("library", "general", "FY2028", 1 * M)),
        "maintenance of effort", "grant", [0.03, 0.03], [3.75, 4.75],
    ),
    "no supplanting": (
        {"funds.grant.no_supplanting": True}, (GRANT,), "no supplanting", "grant", [0.01], [3.0],
    ),
    "target": (
        # 10,000 dollars a household, two payments in the first year
        {"outcomes.housed.target": {"at_least": 50}}, (GRANT,), "target", "housed",
        [0.02 / 10_000, 0.01 / 10_000], [200e-6, 150e-6],
    ),
    "target for all periods together": (
        {"outcomes.housed.target": {"at_least": 50, "each": "total"}}, (GRANT,), "target", "housed",
        [0.03 / 10_000], [300e-6],
    ),
    "target of several programs": (
        # the library brings 0.2 for a dollar; the curve of repairs is at its steepest 1 for 10,000, and 50 at no money
        {"outcomes.visits.target": {"at_most": 300_000}}, (), "target", "visits",
        [0.01 * 0.2 + 0.01 / 10_000] * 2, [0.50015] * 2,
    ),
    "resource": (
        {"resources": {"staff": {"capacity": 20, "unit": "FTE"}}, "programs.shelter.uses": {"staff": {"per": 100_000}}},
        (GRANT,), "resource", "staff", [0.02 / 100_000, 0.01 / 100_000], [35e-6, 30e-6],
    ),
    "sum": (rule(sum="spending", at_most=5 * M), (GRANT,), "sum", "A", [0.04, 0.03], [8.5, 8.0]),
    "sum of one fund": (
        rule(sum="spending", funds=["grant"], at_most=5 * M), (GRANT,), "sum", "A", [0.01, 0.01], [5.5, 5.0],
    ),
    "sum over all periods together": (
        rule(sum="spending", at_least=1 * M, each="total"), (GRANT,), "sum", "A", [0.07], [7.5],
    ),
    "share of total spending": (
        rule(sum="spending", where=LIBRARY, of="total spending", at_most="50%"), (GRANT,), "sum", "A",
        [0.01 + 0.5 * 0.04, 0.01 + 0.5 * 0.03], [1 + 0.5 * 3.5, 1 + 0.5 * 3],
    ),
    "share of the baseline": (
        rule(sum="spending", where=HOUSING, of="baseline", at_most="75%"), (GRANT,), "sum", "A",
        [0.02, 0.01], [1.5 + 0.75 * 2, 1 + 0.75 * 2],
    ),
    "share of revenue": (
        rule(sum="spending", of="revenue", funds=["general"], at_most="75%"), (), "sum", "A",
        [0.03, 0.03], [10.5, 10.5],
    ),
    "share of another selection": (
        rule(sum="spending", where=LIBRARY, of={"sum": "spending", "where": HOUSING}, at_least="10%"), (GRANT,),
        "sum", "A", [0.01 + 0.1 * 0.02, 0.01 + 0.1 * 0.01], [1 + 0.1 * 1.5, 1 + 0.1],
    ),
    # of a large multiple ten cents for each payment that is limited, at most
    "multiple of another selection": (
        rule(sum="spending", where=HOUSING, of={"sum": "spending", "where": LIBRARY}, at_most="5000%"), (GRANT,),
        "sum", "A", [0.02 + 10 * 0.02, 0.01 + 10 * 0.01], [1.5 + 50, 1 + 50],
    ),
    "multiple of the year before": (
        rule(change={"increase_at_most": "5000%", "from": "previous"}, where=HOUSING), (GRANT,), "change", "A",
        [0.01 + 10 * 0.01], [1 + 51 * 1.5],
    ),
    "match of a multiple": (
        {"funds.grant.match": {"from": "general", "rate": "5000%"}}, (GRANT,), "match", "general",
        [0.01 + 10 * 0.01], [1 + 50 * 0.5],
    ),
    "between two limits": (
        # the larger of both is at stake
        rule(sum="spending", at_least=1 * M, at_most=4 * M), (), "sum", "A", [0.03, 0.03], [7, 7],
    ),
    "limits that differ by period": (
        rule(sum="spending", at_most={"FY2027": 5 * M, "FY2028": 7 * M}), (GRANT,), "sum", "A", [0.04, 0.03],
        [3.5 + 5, 3 + 7],
    ),
    "parity": (
        # Housing, Library and Streets: what a group has and four fifths of what another has
        rule(sum="spending", by="department", parity="20%"), (GRANT,), "sum", "A",
        [0.02 + 0.8 * 0.01, 0.01 + 0.8 * 0.01, *[0.01 + 0.8 * 0.02, 0.01 + 0.8 * 0.01] * 2],
        [1.5 + 0.8, 1 + 0.8, *[1 + 0.8 * 1.5, 1 + 0.8] * 2],
    ),
    "share by population": (
        # half, a quarter and a quarter of the people, and nine tenths of their shares of what all have
        rule(sum="spending", by="department", each_at_least="90%", of="population share",
             population={"Housing": 40, "Library": 20, "Streets": 20}), (GRANT,), "sum", "A",
        [0.02 + 0.45 * 0.04, 0.01 + 0.45 * 0.03, *[0.01 + 0.225 * 0.04, 0.01 + 0.225 * 0.03] * 2],
        [1.5 + 0.45 * 3.5, 1 + 0.45 * 3, *[1 + 0.225 * 3.5, 1 + 0.225 * 3] * 2],
    ),
    "parity for each head": (
        rule(sum="spending", by="department", parity="20%", population={"Housing": 40, "Library": 20}), (GRANT,),
        "sum", "A",
        [0.02 / 40 + 0.8 * 0.01 / 20, 0.01 / 40 + 0.8 * 0.01 / 20,
         0.01 / 20 + 0.8 * 0.02 / 40, 0.01 / 20 + 0.8 * 0.01 / 40],
        [1.5 / 40 + 0.8 / 20, 1 / 40 + 0.8 / 20, 1 / 20 + 0.8 * 1.5 / 40, 1 / 20 + 0.8 / 40],
    ),
    "change from the baseline": (
        # 2M and 1M; the most that a baseline may grow to goes in
        rule(change={"at_most": "50%"}), (GRANT,), "change", "A",
        [0.02, 0.01, 0.01, 0.01], [1.5 + 1.5 * 2, 1 + 1.5 * 2, 1 + 1.5, 1 + 1.5],
    ),
    "change from the year before": (
        rule(change={"increase_at_most": "25%", "from": "previous"}, where=HOUSING), (GRANT,), "change", "A",
        [0.01 * (1 + 1.25 * 2)], [1 + 1.25 * 1.5],
    ),
    "substitutes": (
        {"programs.library.spending": {"at_most": 4 * M}, "programs.shelter.spending": {"at_most": 2 * M},
         **rule(substitutes=["library", "shelter"], at_most="150%")}, (GRANT,), "substitutes", "A",
        [0.01 / (4 * M) + 0.02 / (2 * M), 0.01 / (4 * M) + 0.01 / (2 * M)], [2e-6, 1.75e-6],
    ),
    "follows": (
        {"programs.library.spending": {"at_most": 4 * M}, "programs.shelter.spending": {"at_most": 2 * M},
         **rule(follows={"program": "library", "of": "shelter", "at_most": 0.5})}, (GRANT,), "follows", "A",
        [0.01 / (4 * M) + 0.5 * 0.02 / (2 * M), 0.01 / (4 * M) + 0.5 * 0.01 / (2 * M)],
        [(1 + 0.25 + 0.375) * 1e-6, (1 + 0.25 + 0.25) * 1e-6],
    ),
    # where the plan says the units of a program, a millionth of a night of 40 dollars, and 50 in the second year
    "substitutes, the units of one of them said": (
        {"inflation": "25%", "programs.library.spending": {"at_most": 4 * M},
         "programs.shelter.spending": {"at_most": 2 * M},
         "programs.shelter.service": {"unit": "nights", "unit_cost": 40},
         "programs.shelter.outcomes": {"housed": {"per_unit": 3}}, "said": [25_000, 20_000],
         **rule(substitutes=["library", "shelter"], at_most="150%")}, (), "substitutes", "A",
        [0.01 / (4 * M) + 40e-6 / (2 * M), 0.01 / (4 * M) + 50e-6 / (2 * M)], [1.75e-6, 1.75e-6],
    ),
    # a service that costs nothing covers what it serves of its 900 nights, and may be off by a millionth of one
    "substitutes, one of them free": (
        {"programs.library.spending": {"at_most": 4 * M},
         "programs.shelter.service": {"unit": "nights", "unit_cost": 0, "up_to": 900},
         "programs.shelter.outcomes": {"housed": {"per_unit": 3}},
         **rule(substitutes=["library", "shelter"], at_most="150%")}, (), "substitutes", "A",
        [0.01 / (4 * M) + 1e-6 / 900] * 2, [1.25e-6, 1.25e-6],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_allowed(case: str) -> None:
    changes, rows, kind, name, cents, shares = CASES[case]
    scenario = town({key: value for key, value in changes.items() if key != "said"})
    plan = usual(scenario, *rows)
    if "said" in changes:
        assert plan.units is not None
        plan.units[0] = changes["said"]
    for tolerance, allowed in ((0.0, cents), (1e-6, shares)):
        (check, *_) = [one for one in audit_plan(scenario, plan, tolerance=tolerance).of_kind(kind) if one.name == name]
        assert np.allclose(check.allowed, allowed, rtol=1e-9, atol=0), check.allowed


def test_where_nothing_is_spent_a_cent_where_it_buys_most_is_allowed() -> None:
    scenario = town({"outcomes.visits.target": {"at_least": 50}, **rule(sum="spending", at_most=5 * M)})
    audit = audit_plan(scenario, SpendingPlan.nothing(scenario), tolerance=0.0)
    assert np.allclose(audit.of_kind("target")[0].allowed, 0.01 * 0.2, rtol=1e-9)
    assert audit.rules[0].allowed.tolist() == [0.01, 0.01]


def test_a_free_service_may_miss_a_millionth_of_a_unit() -> None:
    service = {"unit": "nights", "unit_cost": 0, "up_to": 900, "at_least": 10}
    scenario = town({"programs.shelter.service": service, "programs.shelter.outcomes": {"housed": {"per_unit": 3}},
                     "outcomes.housed.target": {"at_least": 1}})  # fmt: skip
    plan = SpendingPlan.nothing(scenario)
    assert plan.units is not None
    plan.units[0] = [500, 0]
    for tolerance, unit in ((0.0, 1e-6), (1e-4, 500e-4)):
        audit = audit_plan(scenario, plan, tolerance=tolerance)
        assert np.allclose(audit.of_kind("service")[0].allowed, [unit, max(1e-6, tolerance * 0)], rtol=1e-9)
        # three households a unit, or a share of the 1,500 households and the target; where nothing is served, three
        of_target = [max(3 * unit, tolerance * 1501), max(3e-6, tolerance)]
        assert np.allclose(audit.of_kind("target")[0].allowed, of_target, rtol=1e-9)
