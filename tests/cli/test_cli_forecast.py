"""`forecast`: what is printed, written and refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCENARIO = """\
name: Two years
periods: [now, then]
funds: {general: {revenue: 10M}}
outcomes: {visits: {unit: visits, weight: 1}}
programs:
  parks: {baseline: 6M, spending: {at_most: {now: 10M, then: 7M}}, outcomes: {visits: {per_dollar: 1}}}
  police: {baseline: 4M, spending: {at_least: {then: 6M}}, outcomes: {visits: {per_dollar: 0.5}}}
"""
TREE = """\
known: then
branches:
  - {name: recession, probability: 50%, set: {funds.general.revenue.then: 2M}}
  - {name: steady, probability: 50%}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    scenario, tree = tmp_path / "scenario.yaml", tmp_path / "tree.yaml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    tree.write_text(TREE, encoding="utf-8")
    return scenario, tree


def test_what_is_decided_now_and_later_is_told(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    code, out, err = run("forecast", *files)
    assert (code, err) == (0, "")
    for words in (
        "“maximize weighted outcomes” is 12,750,000 on average of the forecasts",
        "Proved: no plan that decides the same as long as nothing is known has a better average.",
        "To know from the beginning which forecast comes would add 250,000 to the weighted outcomes on average.",
        "1 program keeps its baseline in now.",
        "Adjusted when it is known which forecast comes (2 programs):",
    ):
        assert words in out
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.strip()}
    assert lines["recession"] == ["50%", "9,000,000", "9,000,000", "$6M", "$6M"]
    assert lines["steady"] == ["50%", "16,500,000", "17,000,000", "$6M", "$14M"]


def test_what_foresight_and_the_mean_are_worth(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    _, out, _ = run("forecast", *files, "--without", "programs.police.spending")
    assert "would be worth nothing on average" in out
    change = ("--set", "programs.parks.spending.at_most.now=5M", "--set", "programs.parks.spending.at_most.then=9M")
    _, out, _ = run("forecast", *files, "--without", "programs.police.spending", *change)
    assert "to plan for the forecasts instead would add 500,000 to the weighted outcomes on average" in out
    files[1].write_text(TREE.replace("2M", "9M"), encoding="utf-8")
    _, out, _ = run("forecast", *files)
    assert "would be worth nothing on average" in out
    assert "A plan for the mean of the figures has first decisions that are as good on average." in out


def test_an_average_of_which_later_objectives_give_up_some_is_not_called_the_best(
    files: tuple[Path, Path], run: Callable[..., Any]
) -> None:
    goals = "[{maximize: weighted outcomes, within: 10%}, {minimize: change from baseline}]"
    _, out, _ = run("forecast", *files, "--set", f"objective={goals}")
    assert "as long as nothing is known has a better average than 12,750,000." in out
    _, printed, _ = run("forecast", *files, "--set", f"objective={goals}", "--format", "json")
    given_up = 12_750_000 - json.loads(printed)["value"]
    assert given_up > 1e5
    assert f"Later objectives and rounding give up {given_up:,.0f} of that." in out


def test_one_document_is_printed(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    _, out, _ = run("forecast", *files, "--format", "json")
    document = json.loads(out)
    assert document["value"] == document["best_value"] == 12_750_000
    assert document["stochastic_solution"] is None
    assert [branch["then"] for branch in document["branches"]] == [6_000_000, 14_000_000]
    _, out, _ = run("forecast", *files, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["program"], float(row["now"])) for row in rows] == [("parks", 6e6), ("police", 0)]


def test_the_money_of_each_forecast_is_drawn(files: tuple[Path, Path], run: Callable[..., Any], tmp_path: Path) -> None:
    code, _, err = run("forecast", *files, "--chart", tmp_path / "money.svg")
    drawing = (tmp_path / "money.svg").read_text(encoding="utf-8")
    assert (code, drawing[:4]) == (0, "<svg")
    assert "wrote" in err
    assert "recession (50%)" in drawing
    assert "steady: now: $6M, then: $14M." in drawing


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("50%}", "40%}", ("tree.yaml:3:3", "the probabilities add up to 0.9: 0.5 + 0.4")),
        ("revenue.then", "revenue", ("the branch 'recession' changes", "funds.general.revenue.then")),
        (
            "general.revenue",
            "genral.revenue",
            ("tree.yaml:3:46", "no fund 'genral'", "did you mean 'general'?"),
        ),
    ],
)
def test_a_tree_that_cannot_be_is_refused(
    files: tuple[Path, Path], run: Callable[..., Any], old: str, new: str, words: tuple[str, ...]
) -> None:
    files[1].write_text(TREE.replace(old, new, 1), encoding="utf-8")
    code, out, err = run("forecast", *files)
    assert (code, out) == (2, "")
    for each in words:
        assert each in err


def test_a_forecast_without_any_plan_ends_with_one(files: tuple[Path, Path], run: Callable[..., Any]) -> None:
    code, out, err = run("forecast", *files, "--set", "programs.police.spending.at_least.then=20M")
    assert (code, out) == (1, "")
    assert "no plan keeps every limit if this comes: recession" in err
