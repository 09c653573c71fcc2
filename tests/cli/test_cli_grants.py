"""Grants from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GRANT = """\
periods: [FY1, FY2]
funds:
  general: {name: General Fund, revenue: 1000, carryover: false}
  homes:
    name: Homes grant
    kind: grant
    revenue: {FY1: 300}
    carryover: false
    only: {program: homes}
    match: {from: general, rate: 20%}
    maintenance_of_effort: {fund: general, at_least: 10}
outcomes: {good: {weight: 1}}
programs:
  library: {outcomes: {good: {per_dollar: 2}}}
  homes: {name: New homes, outcomes: {good: {unit_cost: 1, up_to: 200}}}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(GRANT, encoding="utf-8")
    return tmp_path


def test_a_grant_in_words(run: Callable[..., Any], city: Path) -> None:
    done = run("grants", city)
    assert done.code == 0
    # 200 homes are paid by 166.67 of the grant and its match of 33.33, which would bring 66.67 at the library
    assert done.out.splitlines() == [
        "“Homes grant”: take it.",
        "- It brings $300 over all periods, and the best plan spends $166.67 of it; $133.33 stays unspent, and lapses.",
        "- Its match takes $33.33 from “General Fund” on the same programs.",
        "- While it is spent, “General Fund” must keep up $10 over all periods on what it may pay for.",
        "- “maximize weighted outcomes”: 4,133 with it, 4,000 in the best plan without it.",
        "- It ends after FY1: in FY2 $166.67 falls away.",
        "  - “New homes”: $166.67 of its $200; in FY2 it gets $0 in all",
        "",
    ]


def test_json_and_csv(run: Callable[..., Any], city: Path) -> None:
    found = json.loads(run("grants", city, "homes", "--format", "json").out)
    assert found["grants"][0]["take"] is True
    assert [row["period"] for row in found["by_period"]] == ["FY1", "FY2"]
    done = run("grants", city, "--format", "csv", "--workers", "2")
    assert done.out.startswith(
        "fund,name,received,spent,unspent,match,effort_asked,value_with,value_without,worth,take,"
    )
    assert len(done.out.splitlines()) == 2


def test_what_cannot_be_asked(run: Callable[..., Any], city: Path, town: Path) -> None:
    done = run("grants", city, "home")
    assert (done.code, done.out) == (2, "")
    assert "there is no fund named 'home'" in done.err
    done = run("grants", town)
    assert done.code == 2
    assert "the scenario has no grant" in done.err
