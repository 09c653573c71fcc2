"""The outlook from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

CITY = """\
periods: [FY1, FY2]
funds:
  general: {name: General Fund, revenue: 1000, one_time: {FY1: 60}, opening_balance: 100, reserve: 90}
outcomes: {good: {weight: 1}}
programs:
  library: {baseline: 1030, outcomes: {good: {per_dollar: 2}}}
"""


def test_the_current_budget_year_by_year(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(CITY, encoding="utf-8")
    chart = tmp_path / "balance.svg"
    done = run("outlook", tmp_path, "--start", "current", "--years", "4", "--chart", chart)
    assert (done.code, done.err) == (1, f"wrote {chart}\n")
    lines = done.out.splitlines()
    assert lines[0].startswith("The last 4 years are assumed: recurring revenue grows as the scenario says")
    assert lines[2:4] == [
        "General Fund, USD",
        "Year           Opening  Recurring revenue  One-time  Recurring spending  Closing  Reserve",
    ]
    assert lines[5].split() == ["FY1", "$100", "$1k", "$60", "$1.03k", "$130", "$90"]
    assert lines[-5:] == [
        "- One-time money ends in FY1: the year after, recurring spending is $30 above recurring revenue.",
        "- It falls below its reserve in FY3 (assumed).",
        "- It is exhausted in FY6 (assumed): it closes below zero.",
        "- Its reserve is below its full amount in 4 years, and not rebuilt at the end.",
        "",
    ]
    assert ElementTree.parse(chart).getroot().tag.endswith("svg")


def test_the_best_plan_as_json_and_csv(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(CITY, encoding="utf-8")
    done = run("outlook", tmp_path)
    assert done.code == 0
    assert "- It keeps its reserve in every year; nothing is left above it in FY2." in done.out
    assert done.out.endswith("recurring spending falls by $10 from FY1 to FY2: programs that go on get less then.\n")
    found = json.loads(run("outlook", tmp_path, "--format", "json").out)
    assert [row["balanced"] for row in found["years"]] == [True, True]
    assert found["funds"][0]["last_one_time"] == "FY1"
    assert run("outlook", tmp_path, "--format", "csv").out.startswith("fund,year,opening,recurring_revenue,one_time,")


def test_what_cannot_be_asked(run: Callable[..., Any], town: Path) -> None:
    assert run("outlook", town, "--years", "-2").code == 2
    assert run("outlook", town, "--chart", "x.pdf").code == 2
