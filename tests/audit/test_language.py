"""The second half of the language: what each missed limit says, on plans whose figures were worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.audit.rules import RULE_CHECKS
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.scenario.model import RULE_KINDS
from riverton import M, audited, only_violation, payments, rounded, town

GRANT = ("shelter", "grant", "FY2027", 500_000)
FEW = {"program": ["shelter"]}


def texts(audit: Audit) -> list[str]:
    return [violation.text for violation in audit.violations]


def test_every_kind_of_rule_has_its_check() -> None:
    assert set(RULE_CHECKS) == set(RULE_KINDS.values())


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        # usually 1M for each program in each year from the general fund; in FY2027 the grant adds 500,000 for shelter
        (
            {"programs.library.if_funded": {"at_least": 1.2 * M, "fixed_cost": 100_000}},
            "library gets 1,000,000 in FY2027, and if it is funded at all it needs 1,200,000",
        ),
        (
            {"programs.library.if_funded": {"fixed_cost": 1.25 * M}},
            "library gets 1,000,000 in FY2027, and if it is funded at all it needs 1,250,000",
        ),
        (
            {"programs.library.service": {"unit": "loans", "unit_cost": 5, "up_to": 150_000}},
            "library serves 200,000 loans in FY2027, and the most are 150,000",
        ),
        (
            {
                "programs.library.service": {"unit": "loans", "unit_cost": 5, "at_least": 190_000},
                "programs.library.if_funded": {"fixed_cost": 100_000},
            },
            "library serves 180,000 loans in FY2027, and the fewest are 190,000",
        ),
        (
            {"funds.general.spending": {"at_most": "25%", "because": "Charter, section 4"}},
            "General Fund pays 3,000,000 in FY2027, and the most that it may pay is 2,500,000",
        ),
        (
            {"funds.general.spending": {"at_least": {"FY2027": 4 * M}}},
            "General Fund pays 3,000,000 in FY2027, and the least that it must pay is 4,000,000",
        ),
        (
            {"funds.general.spending": {"at_most": {"FY2027": 4 * M, "FY2028": "29%"}}},
            "General Fund pays 3,000,000 in FY2028, and the most that it may pay is 2,900,000",
        ),
        (
            {"funds.grant.starts": "FY2028"},
            "grant pays 500,000 for Shelter beds in FY2027, and it may not pay in that period",
        ),
        (
            {
                "funds.general.ends": "FY2027",
                "programs.shelter.funds": ["grant"],
                "funds.general.only": {"program": "x"},
            },
            "General Fund pays 1,000,000 for Shelter beds in FY2027, and it may not pay for that program",
        ),
        (
            {"funds.grant.match": {"from": "general", "share": "75%", "because": "Notice of award"}},
            "General Fund pays 1,000,000 for Shelter beds in FY2027, and grants for it ask for a match of 1,500,000",
        ),
        (
            {"funds.grant.maintenance_of_effort": {"fund": "general", "at_least": 1.1 * M}},
            "General Fund pays 1,000,000 in FY2027 for what grant may pay for, and must keep up 1,100,000",
        ),
        (
            {"funds.grant.maintenance_of_effort": {"fund": "general", "at_least": "75%"}},
            "General Fund pays 1,000,000 in FY2027 for what grant may pay for, and must keep up 1,500,000",
        ),
        (
            {"funds.grant.no_supplanting": True},
            "grant pays for Shelter beds in FY2027, and other funds pay 1,000,000 of its baseline of 2,000,000",
        ),
        (
            {
                "resources": {"staff": {"name": "Nurses", "capacity": 12, "unit": "FTE"}},
                "programs.shelter.uses": {"staff": {"per": 100_000}},
            },
            "Nurses: the plan takes 15 FTE in FY2027, and there are 12",
        ),
        (
            {"funds.general.reserve": {"at_least": {"FY2027": 7.5 * M}}},
            "General Fund closes FY2027 with 7,000,000, and its reserve is 7,500,000",
        ),
        (
            {"funds.general.reserve": {"at_least": 20 * M, "by": "FY2028"}},
            "General Fund closes FY2028 with 14,000,000, and its reserve is 20,000,000",
        ),
    ],
)
def test_what_a_missed_limit_says(changes: dict[str, Any], text: str) -> None:
    assert texts(audited(changes, GRANT))[0] == text


@pytest.mark.parametrize(
    ("rule", "kind", "text"),
    [
        (
            {"count": "funded", "at_most": 2},
            "count",
            "Rule A: 3 programs are funded in FY2027, and the most is 2",
        ),
        (
            {"count": "funded", "at_least": 4, "each": "total"},
            "count",
            "Rule A: 3 programs are funded in all periods together, and the least is 4",
        ),
        (
            {"requires": {"program": "library", "needs": ["shelter", "park"]}},
            "requires",
            "Rule A: library is funded in FY2027, and City park, which it needs, is not",
        ),
        (
            {"excludes": ["library", "shelter", "park"]},
            "excludes",
            "Rule A: library, Shelter beds are funded in FY2027, and at most one may be",
        ),
        (
            {"exactly_one": ["library", "shelter"]},
            "exactly one",
            "Rule A: library, Shelter beds are funded in FY2027, and exactly one must be",
        ),
        (
            {"exactly_one": ["park", "park"]},
            "exactly one",
            "Rule A: none of its programs is funded in FY2027, and exactly one must be",
        ),
        (
            {"together": ["library", "park"]},
            "together",
            "Rule A: of 2 programs that go together only library is funded in FY2027",
        ),
        # shelter may get 2M at most, the library 1.25M: 75% and 80%
        (
            {"substitutes": ["library", "shelter"], "periods": ["FY2027"]},
            "substitutes",
            "Rule A: the coverages add up to 155% in FY2027, and may add up to 100%",
        ),
        (
            {"follows": {"program": "library", "of": "shelter", "at_most": "80%"}, "periods": ["FY2027"]},
            "follows",
            "Rule A: library covers 80% of what it could in FY2027, and beside Shelter beds may cover 60%",
        ),
        (
            {"change": {"decrease_at_most": "10%", "from": "previous"}},
            "change",
            "Rule A: Shelter beds falls to 1,000,000 in FY2028, and may fall to 1,350,000",
        ),
        # all of shelter is in the north, 20% of the library too: 1.7M and 0.8M in FY2027
        (
            {"sum": "spending", "by": "districts", "each_at_most": 1.6 * M},
            "sum",
            "Rule A: spending of north is 1,700,000 in FY2027, and the most is 1,600,000",
        ),
        (
            {
                "sum": "spending",
                "by": "districts",
                "each_at_least": "60%",
                "of": "population share",
                "population": {"north": 40, "south": 60},
                "periods": ["FY2027"],
            },
            "sum",
            "Rule A: spending of south is 800,000 in FY2027, and the least is 900,000, a share of population share",
        ),
        (
            {"sum": "spending", "by": "districts", "parity": "50%", "periods": ["FY2027"]},
            "sum",
            "Rule A: spending of south is 800,000 in all in FY2027, and beside others the least is 850,000",
        ),
        (
            {"sum": "resource staff", "at_most": 10, "periods": ["FY2027"]},
            "sum",
            "Rule A: staff is 15 in FY2027, and the most is 10",
        ),
    ],
)
def test_what_a_missed_rule_says(rule: dict[str, Any], kind: str, text: str) -> None:
    changes = {
        "rules": [{"name": "Rule A", "because": "Council, May 4", **rule}],
        "programs.park": {"name": "City park"},
        "programs.shelter.spending": {"at_most": 2 * M},
        "programs.library.spending": {"at_most": 1.25 * M},
        "programs.shelter.districts": {"north": "100%"},
        "programs.library.districts": {"north": "20%", "south": "80%"},
        "resources": {"staff": {"capacity": 99}},
        "programs.shelter.uses": {"staff": {"per_dollar": 0.00001}},
    }
    scenario = town(changes)
    plan = payments(scenario, GRANT)
    plan.spending[:3, 0] += 1 * M
    audit = audit_plan(scenario, plan)
    found = audit.violations[0]
    assert (found.kind, found.name, found.because) == (kind, "Rule A", "Council, May 4")
    assert found.text == text
    assert {violation.name for violation in audit.violations} == {"Rule A"}


PACKAGES = [
    {"name": "base", "cost": 600_000, "outcomes": {"visits": 100}},
    {"name": "evenings", "cost": 400_000, "outcomes": {"visits": 30}},
    {"cost": 100_000, "outcomes": {"visits": 5}},
]
PROJECT = [
    {"name": "wing", "cost": [600_000, 300_000], "then_costs": 50_000, "outcomes": {"visits": 9}},
    {"name": "garden", "cost": 200_000, "outcomes": {"visits": 1}},
]


def with_packages(
    taken: list[list[int]], amounts: list[float], packages: list[dict[str, Any]] = PACKAGES, **more: Any
) -> Audit:
    """Return the audit of a plan for the library alone, in two years."""
    words = {"programs.library.outcomes": None, "programs.library.packages": packages}
    words |= {f"programs.library.{key}": value for key, value in more.items()}
    scenario = town({**words, "programs.shelter": None, "programs.repairs": None, "funds.grant.only": None})
    plan = SpendingPlan.nothing(scenario)
    plan.spending[0, 0] = amounts
    return audit_plan(scenario, SpendingPlan(plan.spending, plan.transfers, np.array(taken, dtype=bool)))


def test_packages_that_are_taken_and_paid_for() -> None:
    audit = with_packages([[1, 1], [0, 1], [0, 1]], [600_000, 1_100_000])
    assert audit.accepted
    assert audit.outcomes[1].tolist() == [100, 135]


@pytest.mark.parametrize(
    ("taken", "amounts", "more", "text"),
    [
        (
            [[1, 1], [0, 0], [0, 0]],
            [600_000, 700_000],
            {},
            "library gets 700,000 in FY2028, and the packages taken cost 600,000",
        ),
        (
            [[1, 1], [0, 0], [0, 0]],
            [500_000, 600_000],
            {},
            "library gets 500,000 in FY2027, and the packages taken cost 600,000",
        ),
        (
            [[1, 0], [0, 1], [0, 0]],
            [600_000, 400_000],
            {},
            "library takes evenings without base in FY2028, and its packages come in order",
        ),
        (
            [[1, 0], [1, 0], [0, 0]],
            [1_000_000, 0],
            {"choose": "one"},
            "library takes 2 packages in FY2027, and at most one may be taken",
        ),
        (
            [[0, 0], [0, 0], [0, 1]],
            [0, 125_000],
            {"choose": "any", "inflation": "50%"},
            "library gets 125,000 in FY2028, and the packages taken cost 150,000",
        ),
    ],
)
def test_what_is_wrong_with_packages(
    taken: list[list[int]], amounts: list[float], more: dict[str, Any], text: str
) -> None:
    found = only_violation(with_packages(taken, amounts, **more))
    assert (found.kind, found.name, found.program) == ("packages", "library", "library")
    assert found.text == text


def test_a_project_that_starts_once_is_no_wrong_choice() -> None:
    audit = with_packages([[1, 0], [0, 1]], [600_000, 500_000], PROJECT)
    assert audit.accepted
    # the costs of two years, and no choice that is out of order, not allowed or made twice
    assert [len(check) for check in audit.of_kind("packages") if check.name == "packages"] == [2, 0, 0, 0]


@pytest.mark.parametrize(
    ("taken", "amounts", "more", "text"),
    [
        (
            [[0, 1], [1, 0]],
            [200_000, 600_000],
            {},
            "library has started garden without wing in FY2027, and its packages come in order",
        ),
        (
            [[1, 1], [0, 0]],
            [600_000, 900_000],
            {},
            "library starts wing more than once",
        ),
        (
            [[1, 0], [0, 1]],
            [600_000, 500_000],
            {"choose": "one"},
            "library takes 2 packages in all periods together, and at most one may be taken",
        ),
        (
            [[1, 0], [0, 0]],
            [600_000, 300_000],
            {"start": ["FY2028"]},
            "library starts wing in FY2027, and it may not start then",
        ),
    ],
)
def test_what_is_wrong_with_projects(
    taken: list[list[int]], amounts: list[float], more: dict[str, Any], text: str
) -> None:
    found = only_violation(with_packages(taken, amounts, PROJECT, **more))
    assert (found.kind, found.program, found.text) == ("packages", "library", text)


def test_a_service_that_costs_no_money() -> None:
    changes = {
        "programs.library.service": {"unit": "tours", "unit_cost": 0, "up_to": 10},
        "programs.library.outcomes": {"visits": {"per_unit": 3}},
    }
    scenario = town(changes)
    plan = SpendingPlan.nothing(scenario)
    assert plan.units is not None
    plan.units[1] = [4, 12]
    plan.units[0, 0] = 2
    audit = audit_plan(scenario, plan)
    # repairs bring 50 visits at no money
    assert audit.outcomes[1].tolist() == [62, 86]
    assert texts(audit) == [
        "Shelter beds has 2 units in FY2027, and only a service has them",
        "library serves 12 tours in FY2028, and the most are 10",
    ]
    plan.units[0] = 0
    plan.units[1] = [-1, np.nan]
    assert [v.kind for v in audit_plan(scenario, plan).violations] == ["amount", "amount", "service"]


def test_goals_may_be_missed() -> None:
    changes = {
        "outcomes.housed.target": {"at_least": 200, "weight": 3},
        "outcomes.visits.target": {"at_most": 100_000, "each": "total"},
        "objective": [{"minimize": "shortfall from targets"}],
    }
    audit = audited(changes, GRANT)
    assert audit.accepted
    # 150 and 100 of 200 housed, three each; 400,300 of 100,000 visits, two each (their weight)
    assert audit.objectives[0].value == pytest.approx(3 * (50 + 100) + 2 * 300_300)
    assert [check.is_goal for check in audit.of_kind("target")] == [True, True]


def test_a_plan_from_tables_of_packages_and_units() -> None:
    changes = {
        "programs.library.outcomes": None,
        "programs.library.packages": PACKAGES,
        "programs.repairs.service": {"unit_cost": 0, "up_to": 9},
    }
    scenario = town(changes)
    none = pd.DataFrame(columns=["program", "fund", "period", "amount"])
    packages = pd.DataFrame(
        [("library", "base", "FY2027"), ("library", "evenings", "FY2028"), ("library", 3, "FY2028")],
        columns=["program", "package", "period"],
    )
    units = pd.DataFrame([("repairs", "FY2028", 2), ("repairs", "FY2028", 3)], columns=["program", "period", "units"])
    plan = SpendingPlan.from_frame(scenario, none, packages=packages, units=units)
    assert plan.packages is not None
    assert plan.packages.astype(int).tolist() == [[1, 0], [0, 1], [0, 1]]
    assert plan.units is not None
    assert plan.units.tolist() == [[0, 0], [0, 0], [0, 5]]
    packages.loc[0, "package"] = "bass"
    with pytest.raises(UnknownNameError, match=r"no package of library named 'bass'[\s\S]*did you mean 'base'"):
        SpendingPlan.from_frame(scenario, none, packages=packages)
    with pytest.raises(OptionError, match="the table of packages has 'amount', an unknown column"):
        SpendingPlan.from_frame(scenario, none, packages=packages.assign(amount=1))
    with pytest.raises(OptionError, match="has the units 'many'"):
        SpendingPlan.from_frame(scenario, none, units=units.assign(units="many"))


def test_a_plan_whose_packages_or_units_have_another_shape() -> None:
    scenario = town()
    plan = SpendingPlan.nothing(scenario)
    with pytest.raises(OptionError, match=r"the plan's packages have the shape \(1, 2\)"):
        audit_plan(scenario, SpendingPlan(plan.spending, plan.transfers, np.zeros((1, 2), dtype=bool)))
    with pytest.raises(OptionError, match=r"the plan's units have the shape \(3, 1\)"):
        audit_plan(scenario, SpendingPlan(plan.spending, plan.transfers, None, np.zeros((3, 1))))


def test_what_an_audit_says_of_resources() -> None:
    changes = {
        "resources": {"staff": {"capacity": 40}, "vans": {"capacity": {"FY2027": 1}}},
        "programs.shelter.uses": {"staff": {"per": 100_000, "per_outcome": {"housed": 0.1}}},
        "programs.library.uses": {"staff": {"per_dollar": 0.000005}},
    }
    audit = audited(changes, GRANT)
    # shelter: 15 and 15 in FY2027, 10 and 10 in FY2028; the library 5
    assert rounded(audit.resources) == [[35, 25], [0, 0]]
    of_staff = np.zeros((3, 2))
    np.add.at(of_staff, audit.uses.program, audit.uses.level)
    assert rounded(of_staff) == [[30, 20], [5, 5], [0, 0]]
    assert audit.accepted


def test_what_a_resource_has_not_in_a_period() -> None:
    changes = {"resources": {"vans": {"capacity": {"FY2027": 20}}}, "programs.shelter.uses": {"vans": {"per": 100_000}}}
    found = only_violation(audited(changes, GRANT))
    assert (found.kind, found.name, found.period, found.value, found.bound) == ("resource", "vans", "FY2028", 10, 0)


def test_the_check_table_names_the_groups() -> None:
    changes = {
        "rules": [{"name": "Even", "sum": "spending", "by": "department", "each_at_most": 2 * M, "periods": ["FY2028"]}]
    }
    table = audited(changes, GRANT).check_table().set_index("kind").loc[["sum"]]
    assert table["item"].tolist() == ["Housing", "Library", "Streets"]
    assert table["value"].tolist() == [1 * M, 1 * M, 1 * M]
