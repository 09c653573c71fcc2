"""A part of a scenario is found by its id, by the name that is printed for it, or by its path."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.scenario.named import Named, named


def scenario_of(**programs: dict[str, object]) -> bo.Scenario:
    return bo.Scenario.from_document(
        {
            "name": "T",
            "funds": {"general": {"name": "General fund", "revenue": 10}, "library": {"revenue": 1}},
            "outcomes": {"visits": {"name": "Visits", "unit": "visits", "weight": 1}},
            "resources": {"nurses": {"name": "Nurses on duty", "capacity": 3}},
            "programs": {
                "pool_1": {"name": "Pool", "outcomes": {"visits": {"per_dollar": 1}}},
                "pool_2": {"name": "Pool"},
                "parks": {"name": "Parks and trees"},
                **programs,
            },
            "rules": [{"name": "No more than eight", "sum": "spending", "at_most": 8}],
        }
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pool_1", Named("program", "pool_1")),
        ("programs.pool_1", Named("program", "pool_1")),
        ("Parks and trees", Named("program", "parks")),
        ("  parks AND  trees", Named("program", "parks")),
        ("General fund", Named("fund", "general")),
        ("general", Named("fund", "general")),
        ("Visits", Named("outcome", "visits")),
        ("Nurses on duty", Named("resource", "nurses")),
        ("no more than eight", Named("rule", "No more than eight")),
        ("rules.No more than eight", Named("rule", "No more than eight")),
        ("Library", Named("fund", "library")),
    ],
)
def test_a_name_is_an_id_a_printed_name_or_a_path(text: str, found: Named) -> None:
    assert named(scenario_of(), text) == found


def test_two_programs_of_one_printed_name_are_told_apart_by_their_ids() -> None:
    with pytest.raises(bo.OptionError) as caught:
        named(scenario_of(), "pool")
    assert str(caught.value) == (
        "'pool' names 2 parts of the scenario\n    hint: name one: programs.pool_1, programs.pool_2"
    )


def test_one_id_of_two_kinds_is_told_apart_by_its_path() -> None:
    scenario = scenario_of(library={"name": "Reading"})
    with pytest.raises(bo.OptionError, match=r"programs\.library, funds\.library"):
        named(scenario, "library")
    assert named(scenario, "funds.library") == Named("fund", "library")
    assert named(scenario, "library", ("program",)) == Named("program", "library")


def test_an_id_counts_before_a_printed_name() -> None:
    assert named(scenario_of(trees={"name": "pool_1"}), "pool_1") == Named("program", "pool_1")


def test_of_printed_names_the_one_that_is_written_just_so_counts() -> None:
    assert named(scenario_of(trees={"name": "POOL"}), "POOL") == Named("program", "trees")


@pytest.mark.parametrize(
    ("text", "near"), [("genral", "general"), ("Parks and tres", "Parks and trees"), ("General fnd", "General fund")]
)
def test_a_near_name_is_offered(text: str, near: str) -> None:
    with pytest.raises(bo.UnknownNameError) as caught:
        named(scenario_of(), text)
    assert caught.value.hint == f"did you mean {near!r}?"
    assert caught.value.message == f"there is no program, fund, rule, outcome or resource named {text!r}"


def test_only_the_kinds_that_are_meant_are_looked_at() -> None:
    with pytest.raises(bo.UnknownNameError, match="there is no fund named 'parks'"):
        named(scenario_of(), "parks", ("fund",))
