"""How far effects may be off, and which of them are assumptions, as the scenario says it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from budgetopt.scenario.amounts import HighShare
from budgetopt.scenario.estimates import NORMAL_95, assumed_effects, is_internal, spread_of
from budgetopt.scenario.scenario import Scenario


def scenario_of(**effect: Any) -> Scenario:
    return Scenario.from_document(
        {
            "funds": {"f": {"revenue": 10}},
            "outcomes": {"o": {"unit": "units", "weight": 1}},
            "programs": {"p": {"outcomes": {"o": {"per_dollar": 2, **effect}}}},
        }
    )


@pytest.mark.parametrize(
    ("effect", "low", "high"),
    [
        ({"low": "70%", "high": "125%"}, 0.7, 1.25),
        ({"low": "3%", "high": "411%"}, 0.03, 4.11),
        ({"std_error": "10%"}, 1 - 0.1 * NORMAL_95, 1 + 0.1 * NORMAL_95),
        ({"std_error": "10%", "low": "50%"}, 0.5, 1 + 0.1 * NORMAL_95),
        ({"std_error": "120%", "low": "3%", "high": "411%"}, 0.03, 4.11),
        ({"low": "40%"}, 0.4, 1.0),
    ],
)
def test_an_effect_has_the_range_that_is_said_of_it(effect: dict[str, Any], low: float, high: float) -> None:
    spread = spread_of(scenario_of(**effect).programs, "outcomes.o")
    assert spread.said.tolist() == [True]
    assert (spread.low[0], spread.high[0]) == (pytest.approx(low), pytest.approx(high))


def test_an_effect_of_which_nothing_is_said_has_no_range() -> None:
    spread = spread_of(scenario_of().programs, "outcomes.o")
    assert spread.said.tolist() == [False]
    assert (spread.low[0], spread.high[0]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("effect", "assumed", "silent"),
    [
        ({}, True, True),
        ({"source": "  "}, True, True),
        ({"note": "counted twice"}, True, True),
        ({"evidence": "assumption"}, True, False),
        ({"evidence": "assumption", "source": "a guess"}, True, False),
        ({"source": "Assumption of the office"}, True, False),
        ({"source": "Evaluation, table 6"}, False, False),
        ({"evidence": "expert"}, False, False),
    ],
)
def test_what_says_nothing_of_its_evidence_is_an_assumption(
    effect: dict[str, Any], assumed: bool, silent: bool
) -> None:
    found = assumed_effects(scenario_of(**effect).programs, "outcomes.o")
    assert [flags.tolist() for flags in found] == [[assumed], [silent]]


@pytest.mark.parametrize(("written", "read"), [("411%", 4.11), (1.25, 1.25), ("1.25", 1.25), (1, 1.0), (10, 10.0)])
def test_a_high_estimate_above_one_needs_no_guess(written: Any, read: float) -> None:
    assert TypeAdapter(HighShare).validate_python(written) == pytest.approx(read)


@pytest.mark.parametrize(("written", "hint"), [(12.5, "write 1250% if it is"), (125, "write 125%, or 12500%")])
def test_a_high_estimate_that_could_mean_two_things_is_refused(written: float, hint: str) -> None:
    with pytest.raises(ValidationError, match=r"as a (high estimate|share)") as caught:
        TypeAdapter(HighShare).validate_python(written)
    assert hint in str(caught.value.errors()[0]["ctx"])


def test_only_the_notes_of_the_office_are_internal() -> None:
    keys = ["note", "outcomes.o.note", "packages.0.outcomes.o.note"]
    assert [is_internal(key) for key in keys] == [True] * 3
    others = ["public_note", "outcomes.o.public_note", "attributes.note", "outcomes.note.per_dollar", "name"]
    assert [is_internal(key) for key in others] == [False] * 5


def test_internal_notes_are_no_part_of_the_fingerprint_and_public_ones_are() -> None:
    plain = scenario_of().sha256
    assert scenario_of(note="one route was counted").sha256 == plain
    assert scenario_of(public_note="one route was counted").sha256 != plain
