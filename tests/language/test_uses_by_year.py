"""Resources that a project uses year by year, from its start on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import budgetopt as bo
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.reading.write import scenario_yaml

PERIODS = ["Y1", "Y2", "Y3", "Y4"]


def station(uses: Any, capacity: list[float], **more: Any) -> bo.Scenario:
    """Return a station that costs 5 in each of two years and then brings 10 a year, where it has its staff."""
    package = {"name": "build", "cost": [5, 5], "outcomes": {"good": 10}, "uses": {"staff": uses}} | more
    return bo.Scenario.from_document(
        {
            "periods": PERIODS,
            "funds": {"f": {"revenue": 100}},
            "resources": {"staff": {"capacity": dict(zip(PERIODS, capacity, strict=True))}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {"station": {"packages": [package], "choose": "one"}},
        }
    )


@pytest.mark.parametrize(
    ("uses", "capacity", "good"),
    [
        ([2, 12], [2, 12, 12, 12], 30),  # it starts in Y1 and serves from Y2 on
        ([2, 12], [1, 12, 12, 12], 20),  # two are there in Y2 at the earliest
        ([2, 12], [2, 2, 12, 12], 20),
        ([2, 12], [2, 12, 11, 12], 10),  # the last number goes on: there are too few in Y3, and in Y4 it is new
        ([2, 12, 0], [2, 12, 0, 0], 30),  # only while it is built
        ([0, 0, 3], [0, 0, 3, 3], 30),
        ([0, 0, 3], [0, 0, 2, 2], 10),  # in Y3 it starts, and needs nobody up to Y4
        (12, [0, 12, 12, 12], 30),  # one number counts in service only
        ([12], [0, 12, 12, 12], 30),
        ([12, 12], [0, 12, 12, 12], 20),  # and a list from the start
    ],
)
def test_a_project_starts_when_its_staff_is_there(uses: Any, capacity: list[float], good: float) -> None:
    plan = bo.solve(station(uses, capacity))
    assert plan.audit.accepted
    assert plan.proved
    assert plan.audit.outcomes.sum() == pytest.approx(good)


def test_the_audit_counts_each_year() -> None:
    scenario = station([2, 12], [2, 11, 12, 12])
    spending = np.array([[[5.0, 5.0, 0.0, 0.0]]])
    taken = np.array([[True, False, False, False]])
    audit = audit_plan(scenario, SpendingPlan(spending, np.zeros((1, 1, 4)), taken, np.zeros((1, 4))))
    assert audit.resources.tolist() == [[2, 12, 12, 12]]
    (violation,) = audit.violations
    assert "Y2" in str(violation)


def test_a_list_of_uses_makes_a_project_that_starts_once() -> None:
    plan = bo.solve(station([3, 1], [3, 1, 1, 1], cost=5))
    assert plan.audit.outcomes.sum() == pytest.approx(40)
    assert plan.spending.sum() == pytest.approx(5)
    assert plan.audit.resources.tolist() == [[3, 1, 1, 1]]


def uses_written(scenario: bo.Scenario) -> Any:
    document = YAML(typ="safe").load(scenario_yaml(scenario))
    return document["programs"]["station"]["packages"][0]["uses"]


def test_it_is_written_as_it_was_read() -> None:
    scenario = station([2, 12], [2, 12, 12, 12])
    assert uses_written(scenario) == {"staff": [2, 12]}
    assert uses_written(station(12, [0, 0, 0, 0])) == {"staff": 12}
    changed = scenario.with_(("programs[station].packages[build].uses.staff", [2, 13]))
    assert bo.solve(changed).audit.outcomes.sum() == 0


@pytest.mark.parametrize(
    ("uses", "said"),
    [([2, -1], "-1"), ([2, "few"], "few"), ([], "staff"), ([2, None], "staff"), ({"Y1": 2}, "staff")],
)
def test_a_use_that_is_no_number_is_refused(uses: Any, said: str) -> None:
    with pytest.raises(bo.ScenarioError, match=said):
        station(uses, [2, 12, 12, 12])
