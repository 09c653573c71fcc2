"""A plan after motions, amount by amount and fund by fund, worked out by hand from a plan that is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.amendments.motions import parse_motions
from budgetopt.analysis.amendments.moved_plan import MovedPlan, moved, rows_of
from budgetopt.audit import SpendingPlan
from budgetopt.errors import ScenarioError, UnknownNameError
from budgetopt.scenario.scenario import Scenario
from strategies import unchecked

YEARS = ["FY1", "FY2"]


def rated(**more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": 1}}, **more}


def packaged(*costs: Any, **more: Any) -> dict[str, Any]:
    names = ("base", "ladder", "boat")
    return {
        "packages": [
            {"name": name, "cost": cost, "outcomes": {"good": 1}} for name, cost in zip(names, costs, strict=False)
        ],
        **more,
    }


TOWN = unchecked({
    "periods": YEARS,
    "funds": {"general": {"revenue": 500}, "fees": {"revenue": 100, "only": {"program": ["pool", "park"]}}},
    "outcomes": {"good": {"weight": 1}},
    "programs": {
        "pool": rated(name="Town pool", baseline=50),
        "park": rated(baseline=40, department="Parks", tags=["green"]),
        "camp": rated(department="Parks"),
        "desk": packaged(20, 30, 5),
        "loan": packaged(4, 9, choose="one"),
        "bridge": packaged([10, 30], start=YEARS),
        "checks": {"service": {"unit": "checks", "unit_cost": 3, "whole": True}, "outcomes": {"good": {"per_unit": 1}}},
        "visits": {"service": {"unit": "visits", "unit_cost": 4}, "outcomes": {"good": {"per_unit": 1}}},
        "tunnel": packaged([7], start=YEARS[1:]),
    },
})  # fmt: skip
IDS = TOWN.programs.ids.tolist()
BEFORE = {
    "pool": [60.0, 60], "park": [30.0, 20], "camp": [0.0, 0], "desk": [20.0, 20], "loan": [4.0, 4],
    "bridge": [0.0, 0], "checks": [9.0, 9], "visits": [8.0, 8],
    "tunnel": [0.0, 0],
}  # fmt: skip


def start() -> MovedPlan:
    """Return the plan before any motion: of the pool's 60 the fees pay 20, and the general fund pays all else."""
    spending = np.zeros((len(IDS), 2, 2))
    spending[:, 0] = list(BEFORE.values())
    spending[0] = [[40, 40], [20, 20]]
    packages = np.zeros((len(TOWN.packages), 2), dtype=bool)
    packages[[0, 3]] = True
    units = np.zeros((len(IDS), 2))
    units[IDS.index("checks")], units[IDS.index("visits")] = 3, 2
    return MovedPlan.of(TOWN, SpendingPlan(spending, np.zeros((2, 2, 2)), packages, units))


def after(*texts: str, scenario: Scenario = TOWN) -> MovedPlan:
    found = start()
    for motion in parse_motions(texts, YEARS):
        found = moved(scenario, found, motion)
    return found


@pytest.mark.parametrize(
    ("motions", "changes"),
    [
        (["add 5 to park in FY2"], {"park": [30, 25]}),
        (["cut pool by 10%"], {"pool": [54, 54]}),
        (["raise pool by 10% in FY1"], {"pool": [66, 60]}),
        # a share of the baseline, or an amount
        (["set pool to 90%"], {"pool": [45, 45]}),
        (["set park to 25"], {"park": [25, 25]}),
        (["set camp to 25 in FY1"], {"camp": [25, 0]}),
        # of a group in proportion to what its programs get, and evenly where none gets anything
        (["set Parks to 90"], {"park": [90, 90]}),
        (["add 15 to camp", "set Parks to 90"], {"park": [60, 51.43], "camp": [30, 38.57]}),
        (["add 15 to camp", "cut 9 from Parks"], {"park": [24, 14.86], "camp": [12, 11.14]}),
        (["cut park by 100%", "add 10 to tag green"], {"park": [10, 10]}),
        (["cut park by 100%", "add 10 to Parks"], {"park": [5, 5], "camp": [5, 5]}),
        (["move 6 from park to camp"], {"park": [24, 14], "camp": [6, 6]}),
        (["move 10% from all to camp"], {"pool": [54, 54], "park": [27, 18], "camp": [10.7, 9.7], "checks": [6, 6],
                                         "visits": [7.2, 7.2]}),
        (["add 0 to park"], {}),
        (["move 0 from park to camp"], {}),
        (["set park to 0 in FY1"], {"park": [0, 20]}),
        (["set Parks to 0"], {"park": [0, 0]}),
        # the camp gives a tenth of its 10 too
        (["add 10 to camp", "move 10% from all to camp"], {"pool": [54, 54], "park": [27, 18], "camp": [20.7, 19.7],
                                                          "checks": [6, 6], "visits": [7.2, 7.2]}),
        # what is new has no baseline to be restored to
        (["restore park"], {"park": [40, 40]}),
        (["restore Parks in FY2"], {"park": [30, 40]}),
        (["set Parks to 50%"], {"park": [20, 20]}),
        (["freeze park", "cut Parks by 10%", "unfreeze park"], {}),
        (["freeze park", "cut all by 50%"], {"pool": [30, 30], "checks": [3, 3], "visits": [4, 4]}),
        (["freeze Parks", "unfreeze park", "cut park by 50%"], {"park": [15, 10]}),
        # whole checks alone: 7 dollars pay for two of them
        (["cut checks by 2"], {"checks": [6, 6]}),
        (["cut visits by 1"], {"visits": [7, 7]}),
        (["fund park"], {"park": [40, 40]}),
        (["fund pool"], {"pool": [60, 60]}),
        (["defund pool in FY2"], {"pool": [60, 0]}),
        # packages in order come with those before them, and go with those after them
        (["fund ladder of desk in FY2"], {"desk": [20, 50]}),
        (["fund desk"], {"desk": [50, 50]}),
        (["fund 3 of desk"], {"desk": [55, 55]}),
        (["fund ladder of desk in FY2", "fund desk"], {"desk": [50, 50]}),
        (["fund 3 of desk", "defund ladder of desk"], {"desk": [20, 20]}),
        (["fund 3 of desk", "defund Boat of desk in FY1"], {"desk": [50, 55]}),
        (["defund desk in FY2"], {"desk": [20, 0]}),
        (["set desk to 0"], {"desk": [0, 0]}),
        (["cut desk by 100% in FY1"], {"desk": [0, 20]}),
        # of which one may be taken
        (["fund ladder of loan in FY2"], {"loan": [4, 9]}),
        (["fund ladder of loan"], {"loan": [9, 9]}),
        (["fund ladder of loan", "defund ladder of loan"], {"loan": [0, 0]}),
        # a project starts once
        (["fund bridge"], {"bridge": [10, 30]}),
        (["fund bridge in FY2"], {"bridge": [0, 10]}),
        (["fund tunnel"], {"tunnel": [0, 7]}),
        (["fund bridge", "fund bridge in FY2"], {"bridge": [10, 30]}),
        (["fund bridge", "defund bridge in FY2"], {"bridge": [10, 30]}),
        (["fund bridge in FY2", "defund bridge in FY2"], {}),
        (["fund bridge", "defund base of bridge"], {}),
    ],
)  # fmt: skip
def test_what_each_program_gets(motions: list[str], changes: dict[str, list[float]]) -> None:
    found = after(*motions).amounts
    expected = {**BEFORE, **changes}
    assert dict(zip(IDS, found.round(2).tolist(), strict=True)) == {
        name: pytest.approx(row) for name, row in expected.items()
    }


def test_who_pays() -> None:
    def paid(name: str, *motions: str) -> list[list[float]]:
        rows: list[list[float]] = after(*motions).plan.spending[IDS.index(name)].round(2).tolist()
        return rows

    # less comes from both funds as they pay now, and more from the fund with the fewest programs that has money
    assert paid("pool", "cut pool by 10%") == [[36, 36], [18, 18]]
    assert paid("pool", "add 5 to pool") == [[40, 40], [25, 25]]
    assert paid("pool", "add 5 to pool paid by general") == [[45, 45], [20, 20]]
    assert paid("park", "add 6 to park in FY2 paid by fees") == [[30, 20], [0, 6]]
    assert paid("camp", "add 6 to camp") == [[6, 6], [0, 0]]
    # a third of a cent is lost nowhere
    assert paid("pool", "set pool to 20.01") == [[13.34, 13.34], [6.67, 6.67]]


def test_what_motions_settle() -> None:
    found = after("add 5 to park in FY2", "freeze camp", "cut visits by 1")
    cells = {(IDS[row], YEARS[at]) for row, at in np.argwhere(found.moved).tolist()}
    assert cells == {("park", "FY2"), ("visits", "FY1"), ("visits", "FY2")}
    assert [name for name, one in zip(IDS, found.frozen.tolist(), strict=True) if one] == ["camp"]
    # units of a service that is moved are what its money pays for, and others stay
    units = found.plan.units_in(TOWN)
    assert np.isnan(units[IDS.index("visits")]).all()
    assert units[IDS.index("checks")].tolist() == [3, 3]
    taken = after("fund ladder of desk in FY2", "fund ladder of loan in FY1").plan.packages_in(TOWN)
    assert taken[:5].tolist() == [[True, True], [False, True], [False, False], [False, True], [True, False]]
    assert not after("set desk to 0").plan.packages_in(TOWN)[:3].any()


@pytest.mark.parametrize(
    ("motions", "message", "hint"),
    [
        (["cut 25 from park"], "'park' gets 20.00 in FY2, and 25.00 cannot be taken from it", "cut park by 100%"),
        (["restore camp"], "'camp' is new and has no baseline", "set camp to 500k"),
        (["set bridge to 0", "restore bridge"], "'bridge' is new and has no baseline", "fund bridge"),
        (["set camp to 50%"], "'camp' is new and has no baseline", "set camp to 500k"),
        (["freeze park", "cut park by 5"], "'park' is frozen", "unfreeze park"),
        (["cut desk by 5"], "'desk' is funded by whole packages, not by amounts", "fund or defund base of desk"),
        (["cut desk by 50%"], "'desk' is funded by whole packages, not by amounts", "base, ladder, boat"),
        (["fund camp"], "nothing says what 'camp' takes to be funded", "add 500k to camp"),
        (["fund ladder of park"], "'park' has no packages", "fund park"),
        (["fund 3 of desk", "fund desk"], "every package of 'desk' is funded already", ""),
        (["fund Parks"], "'Parks' names 2 programs, and `fund` is for one", ""),
        (["freeze all", "cut Parks by 5%"], "no program of 'Parks' can be moved so", ""),
        (["cut park by 5 in FY9"], "there is no period named 'FY9'", ""),
        (["fund raft of desk"], "there is no package of desk named 'raft'", ""),
    ],
)
def test_a_motion_that_cannot_be_made(motions: list[str], message: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        after(*motions)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in problem.hint


def test_the_programs_that_names_mean() -> None:
    assert rows_of(TOWN, ["Parks", "town pool", "park"]).tolist() == [0, 1, 2]
    assert rows_of(TOWN, ["department parks"]).tolist() == [1, 2]
    assert rows_of(TOWN, ["tag green"]).tolist() == rows_of(TOWN, ["tags green"]).tolist() == [1]
    assert rows_of(TOWN, ["every program"]).tolist() == list(range(len(IDS)))
    assert rows_of(TOWN, []).tolist() == []
    with pytest.raises(UnknownNameError, match="prks"):
        rows_of(TOWN, ["prks"])


def test_whole_units_and_fixed_costs_of_each_year() -> None:
    checks = {"unit": "checks", "unit_cost": 0.5, "whole": True}
    scenario = unchecked({
        "periods": YEARS,
        "funds": {"general": {"revenue": 500}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "checks": {
                "service": checks, "if_funded": {"fixed_cost": 2}, "inflation": "100%",
                "outcomes": {"good": {"per_unit": 1}},
            },
            "visits": {"service": {**checks, "unit_cost": 3}, "outcomes": {"good": {"per_unit": 1}}},
            "pool": rated(),
        },
    })  # fmt: skip
    found = MovedPlan.of(scenario, SpendingPlan.nothing(scenario))
    for motion in parse_motions(["set checks to 6.7", "add 7 to visits", "add 0.4 to pool"], YEARS):
        found = moved(scenario, found, motion)
    # 4.7 beyond the 2 pay for 9 checks of 0.50, and 2.7 beyond 4 for 2 of a dollar; 7 pay for 2 visits
    assert found.amounts.tolist() == [[6.5, 6], [6, 6], [0.4, 0.4]]
    for motion in parse_motions(["cut checks by 100%", "set visits to 2 in FY2"], YEARS):
        found = moved(scenario, found, motion)
    assert found.amounts.tolist() == [[0, 0], [6, 0], [0.4, 0.4]]
    # less than the fixed cost pays for it, and for no check
    (motion,) = parse_motions(["set checks to 1"], YEARS)
    assert moved(scenario, found, motion).amounts[0].tolist() == [2, 4]
    assert found.moved.tolist() == [[True, True]] * 3


def test_amounts_below_a_cent_where_there_is_little_money() -> None:
    scenario = unchecked({
        "funds": {"general": {"revenue": 0.003}, "fees": {"revenue": 0.001}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {"pool": rated(), "park": rated()},
    })  # fmt: skip
    assert scenario.cent < 1e-6
    found = MovedPlan.of(scenario, SpendingPlan.nothing(scenario))
    for motion in parse_motions(["add 0.0012 to pool", "add 0.0021 to park", "cut pool by 50%"], ["budget"]):
        found = moved(scenario, found, motion)
    assert found.amounts.ravel().tolist() == pytest.approx([0.0006, 0.0021], rel=1e-9)


def test_units_of_a_service_that_costs_no_money_stay() -> None:
    scenario = unchecked({
        "funds": {"general": {"revenue": 500}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {
            "desk": {"service": {"unit": "talks", "unit_cost": 0, "up_to": 9}, "outcomes": {"good": {"per_unit": 1}}},
        },
    })  # fmt: skip
    plan = SpendingPlan(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), None, np.array([[7.0]]))
    (motion,) = parse_motions(["set desk to 0"], ["budget"])
    found = moved(scenario, MovedPlan.of(scenario, plan), motion)
    assert found.plan.units_in(scenario).tolist() == [[7]]
