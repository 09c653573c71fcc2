"""The command ``weights``: ranges, groups and the compromise, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import budgetopt as bo

TOWN = """\
format: budgetopt/1
name: Homes and visits
funds: {general: {revenue: 1000}}
outcomes: {homes: {unit: homes, weight: 2}, visits: {name: Library visits, unit: visits, weight: 1}}
programs:
  housing: {outcomes: {homes: {curve: [[0, 0], [400, 80], [1000, 140]]}}}
  library: {outcomes: {visits: {curve: [[0, 0], [500, 250], [1000, 400]]}}}
"""
ANSWERS = """\
respondent,group,population,homes,Library visits
1,north,4000,3,1
2,north,4000,1,3
3,south,6000,0,4
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    return tmp_path


def test_ranges_are_printed_with_what_moves_beyond(city: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("weights", city)
    assert code == 0
    assert "homes           homes        2      1.5       3" in out
    assert "- homes below 1.5: housing -$400 and library +$400" in out
    assert "respondent" not in out


def test_groups_and_the_compromise(city: Path, run: Callable[..., Any]) -> None:
    drawing = city / "ranges.svg"
    code, out, err = run("weights", city, "--answers", city / "answers.csv", "--chart", drawing)
    assert code == 0
    assert "wrote" in err
    assert "3 respondents in 2 groups answered." in out
    assert "- north: 2 respondents, all of them completely, population 4,000. Their rankings agree to 0.00" in out
    assert "The compromise loses no group more than" in out
    assert "Weights over which the plan stays" in drawing.read_text(encoding="utf-8")


def test_json_and_csv(city: Path, run: Callable[..., Any]) -> None:
    document = json.loads(run("weights", city, "--answers", city / "answers.csv", "--format", "json").out)
    assert [row["outcome"] for row in document["ranges"]] == ["homes", "visits"]
    assert document["groups"][1]["agreement"] is None
    assert document["compromise"]["proved"]
    assert document["regrets"]["south"]["south"] == pytest.approx(0, abs=1e-9)
    lines = run("weights", city, "--format", "csv").out.splitlines()
    assert lines[0] == "outcome,name,unit,weight,from,to,method"
    assert len(lines) == 3


def test_a_wrong_table_is_refused_with_its_place(city: Path, run: Callable[..., Any]) -> None:
    (city / "answers.csv").write_text("group,homs,visits\na,1,2\n", encoding="utf-8")
    code, out, err = run("weights", city, "--answers", city / "answers.csv")
    assert code == 2
    assert not out
    assert "answers.csv:1:2" in err
    assert "did you mean 'homes'?" in err
    (city / "answers.csv").write_text("homes,visits\n1,2\n-3,4\n", encoding="utf-8")
    assert "answers.csv:3:1" in run("weights", city, "--answers", city / "answers.csv").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--answers", "nowhere.csv"], "nowhere.csv"),
        (["--answers-are", "worth"], "--answers FILE"),
        (["--chart", "weights.pdf"], ".svg"),
        (["--set", "objective={minimize: spending}"], "does not depend on weights"),
    ],
)
def test_what_cannot_be_is_refused(city: Path, run: Callable[..., Any], arguments: list[str], words: str) -> None:
    code, out, err = run("weights", city, *arguments)
    assert code == 2
    assert not out
    assert words in err


def test_where_later_objectives_move_the_plan_it_is_not_said_to_stay(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    text = """\
name: Nearly
funds: {general: {revenue: 1000}}
outcomes: {visits: {weight: 1}, loans: {weight: 1}}
programs:
  library: {baseline: 500, outcomes: {visits: {per_dollar: 0.25}}}
  books: {baseline: 500, outcomes: {loans: {per_dollar: 0.24}}}
objective: [{maximize: weighted outcomes, within: 2%}, {minimize: change from baseline}]
"""
    path.write_text(text, encoding="utf-8")
    done = run("weights", path)
    assert done.code == 0
    first, then, *_ = done.out.splitlines()
    assert first.startswith("Nearly: the best plan by the first objective alone stays while one weight lies between")
    assert then == "Later objectives may give up 2% of it, and what they move may change with any weight."
    # within the range that is printed, the plan itself moves
    scenario = bo.load(path)
    ranges = bo.weights(scenario).ranges.set_index("outcome").loc["visits"]
    assert (ranges["from"], ranges["to"]) == (pytest.approx(0.96), float("inf"))
    spent = [bo.solve(scenario.with_(f"outcomes.visits.weight={weight}")).programs["spending"] for weight in (1, 3)]
    assert spent[0]["library"] == pytest.approx(500)
    assert spent[1]["library"] > 900
    text = text.replace(", within: 2%", "")
    path.write_text(text, encoding="utf-8")
    assert run("weights", path).out.startswith("Nearly: the plan stays while")
