"""`tree`: what is decided now and later, as text, tables and a chart."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOWN = """\
name: Small town
periods: [FY1, FY2]
funds:
  general: {revenue: {FY1: 800, FY2: 400}}
outcomes:
  visits: {unit: visits, weight: 1}
programs:
  library: {name: Library, outcomes: {visits: {curve: [[0, 0], [400, 1200], [800, 1400]]}}}
  pool: {name: Pool, outcomes: {visits: {per_dollar: 1}}}
"""
FUTURES = ("--future", "low:50%:funds.general.revenue.FY2=0", "--future", "high:50%:funds.general.revenue.FY2=800")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(TOWN, encoding="utf-8")
    return tmp_path


def test_it_says_what_is_decided_now_and_what_planning_for_futures_is_worth(
    folder: Path, run: Callable[..., Any]
) -> None:
    code, out, err = run("tree", folder, *FUTURES)
    assert (code, err) == (0, "")
    for words in (
        "The plan for 2 futures brings 2,800 of weighted outcomes on average.",
        "To plan for the average future instead would lose 400 of weighted outcomes of that.",
        "To know now which future comes would be worth 0 of weighted outcomes.",
        "\nlow             50%             2,400                       2,400\n",
        "\nLibrary  FY1     $400\n",
    ):
        assert words in out, out


def test_the_tables_and_the_chart(folder: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    found = json.loads(run("tree", folder, *FUTURES, "--format", "json").out)
    assert [row["future"] for row in found["futures"]] == ["low", "high"]
    chart = tmp_path / "tree.svg"
    done = run("tree", folder, *FUTURES, "--format", "csv", "--chart", chart)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert {row["decided"] for row in rows if row["period"] == "FY1"} == {"now"}
    assert "low: $400, $400." in chart.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "one future is no tree"),
        (["--future", "low:much"], "'much' is not a share above 0"),
        (["--future", "low:50%:revenue"], "is not of the form NAME:PROBABILITY:PATH=VALUE"),
        (["--future", "low:50%", "--future", "high:40%"], "add to 90%, and not to 100%"),
        (["--future", "low:50%:funds.genral.revenue=-5%", "--future", "high:50%"], "did you mean 'general'"),
        ([*FUTURES, "--commit", "2"], "2 periods are decided now"),
        ([*FUTURES, "--chart", "tree.png"], "does not end in .svg"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], words: str, folder: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("tree", folder, *arguments)
    assert (code, out) == (2, "")
    assert words in err
