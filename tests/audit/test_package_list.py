"""What is read of decision packages, and what a choice of them costs and brings, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetopt.audit.package_list import list_packages
from budgetopt.scenario.scenario import Scenario
from strategies import unchecked

PERIODS = ["FY1", "FY2", "FY3", "FY4", "FY5"]


def scenario_of(programs: dict[str, Any]) -> Scenario:
    return unchecked(
        {
            "periods": PERIODS,
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {}, "loans": {}},
            "resources": {"staff": {"capacity": 9}},
            "programs": programs,
        }
    )


def one(cost: Any, **more: Any) -> dict[str, Any]:
    return {"cost": cost, "outcomes": {"visits": 1}, **more}


PROGRAMS = {
    "road": {
        "choose": "any",
        "packages": [one(2), one([3, 5, 1], name="bypass", opens_after=1, then_costs=0.5, outcomes={"loans": 4})],
        "inflation": "10%",
    },
    "desk": {"packages": [one(4, uses={"staff": 3}), one(6, name="second desk", outcomes={"visits": 2, "loans": 1})]},
    "park": {"choose": "one", "start": ["FY2", "FY4"], "packages": [one(7)]},
    "soon": {"packages": [one(8, opens_after=0)]},
    "late": {"packages": [one([9, 1], opens_after=3)]},
    "kept": {"packages": [one(1, then_costs=2)]},
    "plain": {"outcomes": {"visits": {"per_dollar": 1}}},
}


def test_what_is_read() -> None:
    found = list_packages(scenario_of(PROGRAMS))
    assert found.program.tolist() == [0, 0, 1, 1, 2, 3, 4, 5]
    assert found.number.tolist() == [0, 1, 0, 1, 0, 0, 0, 0]
    assert found.name.tolist()[:5] == ["package 1", "bypass", "package 1", "second desk", "package 1"]
    # a program is one of projects if a package takes years, opens later, costs something later, or if it starts
    assert found.is_project.tolist() == [True, True, False, False, True, True, True, True]
    assert found.choose.tolist() == ["any", "any", "in_order", "in_order", "one", "in_order", "in_order", "in_order"]
    assert found.most_expensive_year.tolist() == [2, 5, 4, 6, 7, 8, 9, 1]
    # a project opens in the last year of its cost unless it says otherwise
    assert found.opens_after.tolist() == [0, 1, 0, 0, 0, 0, 3, 0]
    assert found.cost.tolist() == [
        [2, 0, 0, 0, 0],
        [3, 5, 1, 0.5, 0.5],
        [4, 0, 0, 0, 0],
        [6, 0, 0, 0, 0],
        [7, 0, 0, 0, 0],
        [8, 0, 0, 0, 0],
        [9, 1, 0, 0, 0],
        [1, 2, 2, 2, 2],
    ]
    assert found.may_start[4].tolist() == [False, True, False, True, False]
    assert found.may_start[[0, 1, 2, 3, 5, 6, 7]].all()
    said = {name: (at.tolist(), value.tolist()) for name, (at, value) in found.effects.items()}
    assert said == {"visits": ([0, 2, 3, 4, 5, 6, 7], [1, 1, 2, 1, 1, 1, 1]), "loans": ([1, 3], [4, 1])}
    ((name, (at, units, in_service)),) = found.uses.items()
    assert (name, at.tolist(), units[0].tolist(), in_service.tolist()) == ("staff", [2], [3] * units.shape[1], [True])


def test_a_project_may_serve_before_its_last_year() -> None:
    found = list_packages(
        scenario_of({"early": {"packages": [one([2, 3], opens_after=0)]}, "year": {"packages": [one([2, 3])]}})
    )
    assert found.opens_after.tolist() == [0, 1]
    serving = found.in_service(np.eye(5, dtype=bool)[[1, 1]])
    assert [np.flatnonzero(row).tolist() for row in serving] == [[1, 2, 3, 4], [2, 3, 4]]


def test_what_a_package_costs_after_its_years_begins_with_its_service() -> None:
    found = list_packages(
        scenario_of({
            "later": {"packages": [one(1, opens_after=2, then_costs=4)]},
            "longer": {"packages": [one([3, 2, 1], opens_after=1, then_costs=4)]},
        })
    )  # fmt: skip
    assert found.cost.tolist() == [[1, 0, 4, 4, 4], [3, 2, 1, 4, 4]]


def test_what_runs_and_serves_and_costs() -> None:
    scenario = scenario_of(PROGRAMS)
    found = list_packages(scenario)
    taken = np.zeros((8, 5), dtype=bool)
    taken[0, 1] = taken[1, 0] = taken[2, [0, 2]] = taken[6, 1] = taken[7, 3] = True
    running = found.running(taken)
    assert np.flatnonzero(running[0]).tolist() == [1, 2, 3, 4]
    assert np.flatnonzero(running[2]).tolist() == [0, 2]
    serving = found.in_service(taken)
    assert [np.flatnonzero(row).tolist() for row in serving] == [
        [1, 2, 3, 4], [1, 2, 3, 4], [0, 2], [], [], [], [4], [3, 4],
    ]  # fmt: skip
    # costs of the road grow by a tenth each year: 3, 5 + 2, 1, 0.5, 0.5 in prices of the first
    grown = 1.1 ** np.arange(5)
    assert np.allclose(found.due(scenario, taken), [
        np.array([3, 7, 1, 0.5, 0.5]) * grown,
        [4, 0, 4, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 9, 1, 0, 0],
        [0, 0, 0, 1, 2],
        [0, 0, 0, 0, 0],
    ])  # fmt: skip


def test_packages_of_one_year_and_what_they_use_in_each_year() -> None:
    programs = {
        "desk": {"packages": [one(4, uses={"staff": 3}), one(6)]},
        "till": {"packages": [one(5, uses={"staff": 2}), one(7, uses={"staff": 8})]},
    }
    found = list_packages(scenario_of(programs))
    assert found.cost[:, 0].tolist() == [4, 6, 5, 7]
    assert found.most_expensive_year.tolist() == [4, 6, 5, 7]
    assert not found.cost[:, 1:].any()
    assert not found.is_project.any()
    at, units, in_service = found.uses["staff"]
    assert (at.tolist(), units[:, 0].tolist(), in_service.tolist()) == ([0, 2, 3], [3, 2, 8], [True] * 3)
    # what it uses in each year makes a program one of projects, and after the last year that is listed goes on
    programs["till"]["packages"][0]["uses"] = {"staff": [1, 0, 2]}
    found = list_packages(scenario_of(programs))
    assert found.is_project.tolist() == [False, False, True, True]
    at, units, in_service = found.uses["staff"]
    assert (at.tolist(), in_service.tolist()) == ([0, 2, 3], [True, False, True])
    assert units.tolist() == [[3] * 5, [1, 0, 2, 2, 2], [8] * 5]
    taken = np.zeros((4, 5), dtype=bool)
    taken[0, [0, 3]] = taken[2, 1] = taken[3, 4] = True
    used = found.used("staff", taken)
    assert (used[0].tolist(), used[1].tolist()) == ([0, 2, 3], [[3, 0, 0, 3, 0], [0, 1, 0, 2, 2], [0, 0, 0, 0, 8]])


def test_a_scenario_without_packages_has_none() -> None:
    found = list_packages(scenario_of({"plain": {"outcomes": {"visits": {"per_dollar": 1}}}}))
    assert len(found) == 0
    assert found.cost.shape == (0, 5)
    assert found.effects == found.uses == {}
