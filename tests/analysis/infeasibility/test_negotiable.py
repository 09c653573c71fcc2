"""Each number that is enough by itself is offered, and what is not negotiable never is."""

from __future__ import annotations

from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import conflicts, repairs
from budgetopt.analysis.infeasibility.contradictions import fixed_conflict
from budgetopt.report.words.contradiction import contradiction_lines


def clinic(**changes: Any) -> bo.Scenario:
    """Return a clinic whose two promises ask for 160 of 100 dollars: 60 dollars too many."""
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"seen": {"unit": "patients", "weight": 1}},
        "programs": {
            "births": {
                "service": {"unit": "births", "unit_cost": 2, "up_to": 90},
                "outcomes": {"seen": {"per_unit": 1}},
            },
            "eyes": {"service": {"unit": "visits", "unit_cost": 1, "up_to": 90}, "outcomes": {"seen": {"per_unit": 1}}},
        },
        "rules": [
            {"name": "Births", "sum": "outcome seen", "where": {"program": "births"}, "at_least": 45},
            {"name": "Eyes", "sum": "outcome seen", "where": {"program": "eyes"}, "at_least": 70},
        ],
    }
    for path, value in changes.items():
        *above, last = path.split("__")
        inside: Any = document
        for key in above:
            inside = inside[int(key) if key.isdigit() else key]
        inside[last] = value
    return bo.Scenario.from_document(document)


def singles(scenario: bo.Scenario) -> dict[str, Any]:
    found = {}
    for repair in repairs(scenario):
        assert bo.solve(repair.apply(scenario)) is not None
        if len(repair.amendments) == 1:
            found[repair.amendments[0].path] = repair.amendments[0].after
    return found


ALL = {
    "funds[general].one_time": {"budget": 60},
    "rules[Births].at_least": 15,
    "rules[Eyes].at_least": 10,
}


def test_every_number_that_is_enough_alone_is_offered() -> None:
    assert singles(clinic()) == ALL


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("rules__0__negotiable", "rules[Births].at_least"),
        ("rules__1__negotiable", "rules[Eyes].at_least"),
        ("funds__general__negotiable", "funds[general].one_time"),
    ],
)
def test_what_is_not_negotiable_is_not_offered(path: str, kept: str) -> None:
    assert singles(clinic(**{path: False})) == {key: value for key, value in ALL.items() if key != kept}


def test_where_nothing_is_negotiable_it_is_said() -> None:
    scenario = clinic(rules__0__negotiable=False, rules__1__negotiable=False, funds__general__negotiable=False)
    found = conflicts(scenario)
    assert repairs(scenario) == ()
    assert contradiction_lines(scenario, found, (), searched=True)[-1].startswith("No repair is found")


def test_a_number_of_patients_is_offered_only_where_that_is_said() -> None:
    more = {"rules__0__at_least": 2, "rules__1__at_least": 95}
    assert "programs[eyes].service.up_to" not in singles(clinic(**more))
    assert singles(clinic(**more, programs__eyes__service__negotiable=True))["programs[eyes].service.up_to"] == 95


def test_floors_of_services_and_capacities() -> None:
    changed = {
        "funds": {"general": {"revenue": 1000}},
        "resources": {"staff": {"name": "Nurses", "capacity": 50, "unit": "hours"}},
        "programs__births__uses": {"staff": {"per_unit": 1}},
        "programs__births__service__at_least": 20,
        "rules": [{"name": "Eyes", "sum": "outcome seen", "where": {"program": "eyes"}, "at_least": 70}],
    }
    scenario = clinic(**changed, programs__eyes__uses={"staff": {"per_unit": 0.5}})
    assert singles(scenario) == {
        "resources[staff].capacity": 55,
        "programs[births].service.at_least": 15,
        "rules[Eyes].at_least": 60,
    }


def test_the_cause_is_named() -> None:
    scenario = clinic()
    assert (
        contradiction_lines(scenario, conflicts(scenario), ())[0] == "These cannot all be met with the money there is:"
    )


def test_what_stands_in_the_way_of_every_repair_is_named() -> None:
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {"a": {"outcomes": {"good": {"per_dollar": 1}}, "spending": {"at_least": 30}}},
        "rules": [
            {"name": "least", "sum": "spending", "at_least": 70, "negotiable": False},
            {"name": "most", "sum": "spending", "at_most": 50, "negotiable": False},
        ],
    }
    scenario = bo.Scenario.from_document(document)
    found = conflicts(scenario)
    assert repairs(scenario) == ()
    fixed = fixed_conflict(scenario, lambda limit: limit.is_negotiable)
    assert fixed is not None
    assert [limit.name for limit in fixed.demands] == ["least", "most"]
    assert fixed_conflict(scenario, lambda limit: limit.name == "most") is None
    lines = contradiction_lines(scenario, found, (), searched=True, fixed=fixed)
    assert lines[-3].startswith("No repair is found: these are not negotiable")
    assert lines[-2:] == ["  - the rule “least”", "  - the rule “most”"]
