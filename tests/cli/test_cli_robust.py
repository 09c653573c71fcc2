"""`robust`: both plans in words and tables, the chart, and what is refused."""

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
funds:
  general: {revenue: 1000}
outcomes:
  visits: {unit: visits, weight: 2}
programs:
  library: {name: Library, baseline: 400, outcomes: {visits: {per_dollar: 0.5, low: 40%, evidence: expert}}}
  pool: {name: Pool, baseline: 600, outcomes: {visits: {per_dollar: 0.4, std_error: 5%, evidence: rct}}}
"""


@pytest.fixture
def unsure(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(TOWN, encoding="utf-8")
    return tmp_path


def test_it_shows_both_plans_and_what_is_moved(unsure: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("robust", unsure, "--against", "low")
    assert (code, err) == (0, "")
    # the library brings 1,000, or 400 at worst; the pool 800, or 0.902 of that
    for words in (
        "A robust plan. It is the plan with the best value if every effect is at the end of its range that brings ",
        "\nvalue with every effect at its worst                    400          722        +322  weighted outcomes\n",
        "\nvalue as estimated                                    1,000          800        -200  weighted outcomes\n",
        "It moves 2 programs of 2:",
        "\nLibrary  $1,000      $0  -$1,000\n",
    ):
        assert words in out, out


@pytest.mark.parametrize("against", ["budget", "cvar", "regret", "expected"])
def test_every_kind_is_said_and_proved(against: str, unsure: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("robust", unsure, "--against", against, "--draws", 20)
    assert code == 0
    assert "not proved" not in out
    assert ("The price of robustness" in out) == (against in ("budget", "cvar"))


def test_the_tables_are_printed_as_json_and_csv(unsure: Path, run: Callable[..., Any]) -> None:
    arguments = ("robust", unsure, "--against", "discount", "--discount", "expert=30%")
    found = json.loads(run(*arguments, "--format", "json").out)
    assert found["measures"][0] == {
        "measure": "value after the discounts",
        "plan": 700.0,
        "robust": 800.0,
        "difference": 100.0,
        "unit": "weighted outcomes",
    }
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").out)))
    assert [(row["program"], float(row["robust"])) for row in rows] == [("library", 0.0), ("pool", 1000.0)]


def test_the_price_of_robustness_is_drawn(unsure: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    chart = tmp_path / "price.svg"
    assert run("robust", unsure, "--against", "budget", "--chart", chart).err == f"wrote {chart}\n"
    assert "With 0 effects at their worst: 1,000 at worst" in chart.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--against", "cvr"], "invalid choice: 'cvr'"),
        (["--level", "100%"], "'100%' is not a share from 0 to below 1"),
        (["--against", "discount"], "no discount is said"),
        (["--against", "discount", "--discount", "expret=3%"], "there is no grade of evidence 'expret'"),
        (["--against", "discount", "--discount", "expert"], "'expert' is not of the form GRADE=SHARE"),
        (["--discount", "expert=3%"], "--discount is for --against discount"),
        (["--against", "low", "--chart", "x.svg"], "--chart draws the price of robustness"),
        (["--against", "budget", "--effects=-2"], "-2 effects cannot be at their worst"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], words: str, unsure: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unsure)
    code, out, err = run("robust", unsure, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert [path.name for path in unsure.iterdir()] == ["scenario.yaml"]
