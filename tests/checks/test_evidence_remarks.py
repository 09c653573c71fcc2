"""What `check` says of the evidence: old, without a link, in the prices of several years."""

from __future__ import annotations

from typing import Any

import pytest

from budgetopt.checks import notes
from budgetopt.scenario import Scenario
from budgetopt.scenario.years import year_in


def remarks(effects: dict[str, dict[str, Any]], periods: str = "FY2027", **more: Any) -> list[str]:
    known = {"per_dollar": 1, "evidence": "administrative", "source": "Records"}
    programs = {name: {"baseline": 1, "outcomes": {"jobs": {**known, **effect}}} for name, effect in effects.items()}
    document = {"periods": [periods], "funds": {"general": {"revenue": 9}}, "outcomes": {"jobs": {"weight": 1}}}
    return notes(Scenario.from_document({**document, "programs": programs, **more}))


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024", 2024), ("FY2027", 2027), ("FY27", 2027), ("fy'26", 2026), ("2023-24", 2023), ("2024-06-30", 2024),
        ("FY 2019 adopted", 2019), ("budget", None), ("12024", None), ("v24", None), ("1850", 1850),
    ],
)  # fmt: skip
def test_the_year_of_a_date(text: str, year: int | None) -> None:
    assert year_in(text) == year


def test_evidence_is_old_after_the_years_that_the_scenario_says() -> None:
    effects = {"old": {"as_of": "2016"}, "young": {"as_of": "2017-12"}, "undated": {}}
    said = "the evidence of program 'old' is older than 10 years in FY2027 (`stale_after`)"
    assert remarks(effects, stale_after=10) == [said]
    assert remarks(effects) == []
    assert remarks(effects, stale_after=11) == []
    several = remarks({"a": {"as_of": "1999"}, "b": {"as_of": "2001"}}, stale_after=1)
    assert several == ["the evidence of 2 programs is older than 1 year in FY2027 (`stale_after`): a, b"]


def test_nothing_is_old_where_no_period_has_a_year() -> None:
    (said,) = remarks({"old": {"as_of": "1990"}}, periods="budget", stale_after=10)
    assert said.startswith("`stale_after` finds nothing")


def test_studies_without_a_year_cannot_be_told_to_be_old() -> None:
    study = {"evidence": "rct", "link": "https://example.org"}
    (said,) = remarks({"training": study}, stale_after=10)
    assert said == "the studies behind program 'training' have no year (`as_of`), so nothing tells whether they are old"


def test_ratings_and_studies_without_a_link_are_named() -> None:
    effects: dict[str, dict[str, Any]] = {
        "rated": {"tier": "results_first_blue"},
        "studied": {"evidence": "quasi_experimental"},
        "linked": {"evidence": "rct", "tier": "clear_high", "link": "https://example.org/a"},
        "own": {},
    }
    assert remarks(effects) == [
        "the rating of program 'rated' cannot be looked up: it has no `link`",
        "the study behind program 'studied' has no `link` to be looked up by",
    ]


def test_effects_against_their_ratings_are_told() -> None:
    link = {"link": "https://example.org"}
    gray, red = {"tier": "results_first_gray", **link}, {"tier": "results_first_red", **link}
    none = {"per_dollar": 0}
    found = remarks({"some": gray, "nothing": {**gray, **none}, "good": red, "bad": {**red, "per_dollar": -1}})
    assert found[-2:] == [
        "program 'some' has an effect, and the rating (`results_first_gray`) is that studies find none",
        "program 'good' makes an outcome better, and the rating (`results_first_red`) is that studies find it worse",
    ]
    less = {"jobs": {"weight": 1, "direction": "decrease"}}
    (worse,) = [said for said in remarks({"a": {**red, "per_dollar": -1}, "b": red}, outcomes=less) if "_red" in said]
    assert worse.startswith("program 'a' makes an outcome better")


def test_prices_of_several_years_and_indexes_are_told() -> None:
    one = {"price_year": "2020", "price_index": "CPI-U"}
    assert remarks({"a": one, "b": {**one, "price_year": "FY2020"}}) == []
    assert remarks({"a": one, "b": {"price_year": "2023", "price_index": "GDP deflator"}}) == [
        "effects are in the prices of several years (2020, 2023): bring them to one",
        "effects are in prices by several indexes (CPI-U, GDP deflator): bring them to one",
    ]


def test_how_long_evidence_lasts_is_no_part_of_what_a_plan_answers() -> None:
    document = {"funds": {"general": {"revenue": 9}}, "outcomes": {"jobs": {"weight": 1}}, "programs": {"a": {}}}
    one, other = (Scenario.from_document({**document, **more}) for more in ({}, {"stale_after": 5}))
    assert one.sha256 == other.sha256
