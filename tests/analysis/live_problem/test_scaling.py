"""A multiplied effect, cost or weight changes just those figures of a scenario that say it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis.live_problem.scaling import doubled, scaled

DOCUMENT: dict[str, Any] = {
    "funds": {"general": {"revenue": 100}},
    "outcomes": {"saved": {"weight": 3}, "lost": {"weight": 5, "direction": "decrease"}},
    "resources": {"staff": {"capacity": 50}},
    "programs": {
        "dollars": {
            "baseline": 8,
            "spending": {"at_most": 40},
            "uses": {"staff": {"per_dollar": 0.25}},
            "outcomes": {"saved": {"per_dollar": 2}, "lost": {"unit_cost": 4, "up_to": 6}},
        },
        "curve": {"outcomes": {"saved": {"curve": [[0, 1], [10, 5]]}}},
        "bend": {"outcomes": {"saved": {"curve": [[0, 2], [10, 8], [30, 9]]}}},
        "service": {
            "service": {"unit": "hours", "unit_cost": 2, "up_to": 9},
            "if_funded": {"fixed_cost": 3, "at_least": 7},
            "uses": {"staff": {"per_unit": 0.5}},
            "outcomes": {"saved": {"per_unit": 6}},
        },
        "packages": {
            "packages": [
                {"name": "first", "cost": [4, 2], "then_costs": 0.5, "outcomes": {"saved": 7}, "uses": {"staff": 1}},
                {"name": "second", "cost": 8, "outcomes": {"lost": -1}},
            ]
        },
        "none": {"baseline": 1},
    },
    "periods": ["FY1", "FY2"],
}
TWICE = {
    ("dollars", "effect"): {
        "outcomes.saved.per_dollar": 4, "outcomes.lost.unit_cost": 2, "outcomes.lost.up_to": 12,
    },
    ("dollars", "cost"): {"outcomes.saved.per_dollar": 1, "outcomes.lost.unit_cost": 8},
    ("curve", "effect"): {"outcomes.saved.curve": ((0, 2), (10, 10))},
    ("curve", "cost"): {"outcomes.saved.curve": ((0, 1), (20, 5))},
    ("bend", "effect"): {"outcomes.saved.curve": ((0, 4), (10, 16), (30, 18))},
    ("bend", "cost"): {"outcomes.saved.curve": ((0, 2), (20, 8), (60, 9))},
    ("service", "effect"): {"outcomes.saved.per_unit": 12},
    ("service", "cost"): {"service.unit_cost": 4, "if_funded.fixed_cost": 6, "if_funded.at_least": 14},
    ("packages", "effect"): {"packages.0.outcomes.saved.value": 14, "packages.1.outcomes.lost.value": -2},
    ("packages", "cost"): {"packages.0.cost": (8, 4), "packages.0.then_costs": 1, "packages.1.cost": 16},
    ("none", "effect"): {},
    ("none", "cost"): {},
}  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value as it is written: a cost of one year is a number."""
    if isinstance(value, list | tuple):
        return plain(value[0]) if len(value) == 1 else tuple(plain(item) for item in value)
    return value


def changes(scenario: bo.Scenario, altered: bo.Scenario) -> dict[tuple[str, str], Any]:
    """Return every figure of a program that differs, with what it has become."""
    found = bo.diff(scenario, altered)
    assert (found.document, found.new_programs, found.gone_programs, found.order) == ((), (), (), ())
    return {
        (name, key): plain(value)
        for key, (ids, _, after) in found.program_keys.items()
        for name, value in zip(ids, after, strict=True)
    }


@pytest.mark.parametrize(("program", "what"), TWICE)
def test_twice_the_effect_or_the_cost_of_one_program(program: str, what: str) -> None:
    scenario = bo.Scenario.from_document(copy.deepcopy(DOCUMENT))
    found = changes(scenario, scaled(scenario, program, what, "", 2.0))
    assert {key: value for (_, key), value in found.items()} == TWICE[program, what]
    # and nothing changes in the scenario that was given
    assert not bo.diff(scenario, bo.Scenario.from_document(copy.deepcopy(DOCUMENT)))


def test_every_effect_doubled() -> None:
    scenario = bo.Scenario.from_document(copy.deepcopy(DOCUMENT))
    expected = {
        (name, key): value for (name, what), keys in TWICE.items() if what == "effect" for key, value in keys.items()
    }
    assert changes(scenario, doubled(scenario)) == expected


def test_the_weight_of_an_outcome() -> None:
    scenario = bo.Scenario.from_document(copy.deepcopy(DOCUMENT))
    found = bo.diff(scenario, scaled(scenario, "", "weight", "lost", 0.5))
    assert [(value.path, value.before, value.after) for value in found.document] == [
        (("outcomes", "lost", "weight"), 5, 2.5)
    ]
    assert not found.program_keys
