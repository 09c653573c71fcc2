"""By how much a limit has to be missed to count as missed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis.infeasibility.least_missed import LeastMissed, is_missed
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


@pytest.mark.parametrize(
    ("size", "units", "by", "missed"),
    [
        # a millionth of a unit, or of a limit that is smaller than a unit
        (100.0, 1.0, 5e-7, False),
        (100.0, 1.0, 2e-6, True),
        (0.01, 1.0, 5e-9, False),
        (0.01, 1.0, 2e-8, True),
        # in large limits the digits that a computer keeps
        (1e9, 1.0, 5e-3, False),
        (1e9, 1.0, 2e-2, True),
        # in hundreds of a unit each
        (1.0, 100.0, 5e-9, False),
        (1.0, 100.0, 2e-8, True),
    ],
)
def test_what_counts_as_missed(size: float, units: float, by: float, missed: bool) -> None:
    slack: Any = SimpleNamespace(size=np.array([size]), units=np.array([units]))
    assert is_missed(slack, np.array([by])).tolist() == [missed]


HALF = {"a": {"packages": [{"name": "all", "cost": 60, "outcomes": {"good": 300}}]}}
FUNDED = {"name": "funded", "count": "funded", "at_least": 1}
CAP = {"name": "cap", "sum": "spending", "at_most": 30}
ASKED = {"name": "asked", "sum": "outcome good", "at_least": 150}


@pytest.mark.parametrize(
    ("rules", "kept", "contradicting", "has_plan"),
    [
        ([FUNDED], ["funded"], None, True),
        ([FUNDED, CAP], [], None, True),
        ([FUNDED, CAP], ["funded"], None, True),
        ([FUNDED, CAP], ["cap"], None, True),
        ([FUNDED, CAP], ["funded", "cap"], {"funded", "cap"}, False),
        # half of the package for 30 dollars brings 150
        ([FUNDED, CAP, ASKED], ["cap", "asked"], None, False),
        ([FUNDED, CAP, {**ASKED, "at_least": 151}], ["cap", "asked"], {"cap", "asked"}, False),
        ([FUNDED, CAP, {**ASKED, "at_least": 301}], ["asked"], {"asked"}, False),
    ],
)
def test_what_fits_together_if_decisions_may_be_taken_in_part(
    rules: list[dict[str, Any]], kept: list[str], contradicting: set[str] | None, has_plan: bool
) -> None:
    scenario = Scenario.from_document(document_of(HALF, rules=rules))
    at = {limit.name: position for position, limit in enumerate(scenario.limits)}
    found = LeastMissed(scenario).among([at[name] for name in kept])
    names = None if found.contradicting is None else {scenario.limits[one].name for one in found.contradicting}
    assert (names, found.has_plan) == (contradicting, has_plan)


@pytest.mark.parametrize(
    ("kept", "contradicting", "has_plan"),
    [
        (["two"], None, True),
        (["not both"], None, True),
        (["not both", "two"], {"not both", "two"}, False),
        (["cap", "two"], {"cap", "two"}, False),
    ],
)
def test_a_limit_that_cannot_be_missed_little_by_little_holds_if_it_is_kept_and_not_otherwise(
    kept: list[str], contradicting: set[str] | None, has_plan: bool
) -> None:
    rules: list[dict[str, Any]] = [
        {"name": "not both", "excludes": ["a", "b"]},
        {"name": "two", "count": "funded", "at_least": 2},
        {"name": "cap", "sum": "spending", "at_most": 100},
    ]
    document = document_of({**HALF, "b": HALF["a"]}, revenue=200, rules=rules)
    scenario = Scenario.from_document(document)
    at = {limit.name: position for position, limit in enumerate(scenario.limits)}
    found = LeastMissed(scenario).among([at[name] for name in kept])
    names = None if found.contradicting is None else {scenario.limits[one].name for one in found.contradicting}
    assert (names, found.has_plan) == (contradicting, has_plan)
