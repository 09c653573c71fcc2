"""`ensemble`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from budgetopt.analysis.risk.drawn_problems import DrawAnswer, DrawnProblems, solver_of_draws

TOWN = """\
name: Small town
funds:
  general: {revenue: 1000}
outcomes:
  visits: {unit: visits, weight: 2, target: {at_least: 200}}
programs:
  library: {name: Library, baseline: 400, outcomes: {visits: {curve: [[0, 0], [600, 300], [900, 390]], std_error: 30%}}}
  pool: {name: Pool, baseline: 500, spending: {at_least: 100}, outcomes: {visits: {per_dollar: 0.4}}}
"""


@pytest.fixture
def unsure(tmp_path: Path) -> Path:
    folder = tmp_path / "unsure"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(TOWN, encoding="utf-8")
    return folder


def test_it_says_which_decisions_stay_and_what_the_plan_loses(unsure: Path, run: Callable[..., Any]) -> None:
    given = unsure / "given.csv"
    given.write_text("draw,library\n1,100%\n2,0.5\n3,1.5\n4,30%\n", encoding="utf-8")
    code, out, err = run("ensemble", unsure, "--given", given)
    assert (code, err) == (0, "")
    # the library brings 300 for 600 dollars, and the pool 160 for 400; below 0.8 a dollar brings more in the pool
    for words in (
        "4 draws of 1 uncertain effect (of 2 effects in all); the best plan of each was found.",
        "Limits and targets are kept with the effects as estimated.",
        "The plan brings 815 of weighted outcomes on average; standard error 161.",
        "The plan's expected regret is ",
        "Perfect information on all effects is worth ",
        "Of 2 programs, 0 get the same amount as in the plan in at least 90% of the draws.",
        "\nLibrary  $600    $0    $300    $855     50%       50%   25%\n",
        "What the plan brings in the draws, and in what share of them it misses a target:",
    ):
        assert words in out


def test_effects_without_a_standard_error_can_be_given_one_and_it_says_so(
    unsure: Path, run: Callable[..., Any]
) -> None:
    code, out, _ = run("ensemble", unsure, "--draws", 20, "--assumed-error", "40%", "--correlation", 0.5, "--by", "all")
    assert code == 0
    assert "20 draws of 2 uncertain effects (of 2 effects in all)" in out
    assert "The standard error of 1 effect is assumed: the scenario says none." in out


def test_revenue_can_vary(unsure: Path, run: Callable[..., Any]) -> None:
    for error in ("3%", "general=0.03"):
        code, out, _ = run("ensemble", unsure, "--draws", 20, "--revenue-error", error)
        assert code == 0
        assert "In 50% of the draws the plan's amounts can be paid." in out
        assert " on average in the draws in which its amounts can be paid; standard error " in out


def test_the_tables_are_printed_as_json_and_csv(unsure: Path, run: Callable[..., Any]) -> None:
    found = json.loads(run("ensemble", unsure, "--draws", 10, "--format", "json").out)
    assert [row["program"] for row in found["programs"]] == ["library", "pool"]
    assert found["outcomes"][0]["unit"] == "visits"
    assert {row["measure"] for row in found["summary"]} >= {"expected regret", "expected value of perfect information"}
    rows = list(csv.DictReader(io.StringIO(run("ensemble", unsure, "--draws", 10, "--format", "csv").out)))
    assert [(row["program"], row["unit"]) for row in rows] == [("library", "USD"), ("pool", "USD")]


def test_the_amounts_are_drawn(unsure: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    chart = tmp_path / "amounts.svg"
    assert run("ensemble", unsure, "--draws", 10, "--chart", chart).err == f"wrote {chart}\n"
    drawn = ET.fromstring(chart.read_text(encoding="utf-8"))
    words = next(node.text for node in drawn if node.tag.endswith("desc"))
    assert words is not None
    assert words.startswith("Library: $600 in the plan, from $")


def test_it_says_which_effect_to_evaluate_next(unsure: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("ensemble", unsure, "--information")
    assert code == 0
    assert "To know library.visits exactly would be worth " in out
    study = ("--subject-error", "300%", "--per-subject", "0.05", "--study-cost", 5)
    code, out, _ = run("ensemble", unsure, "--information", *study)
    assert "The study that pays most is one of it with " in out
    row = next(csv.DictReader(io.StringIO(run("ensemble", unsure, "--information", *study, "--format", "csv").out)))
    assert float(row["cost"]) == pytest.approx(5 + 0.05 * int(row["subjects"]))
    fixed = json.loads(run("ensemble", unsure, "--information", *study, "--subjects", 40, "--format", "json").out)
    assert [one["subjects"] for one in fixed] == [40]


def test_a_study_that_costs_more_than_it_tells_is_not_recommended(unsure: Path, run: Callable[..., Any]) -> None:
    dear = ("--information", "--subject-error", "300%", "--per-subject", 1, "--study-cost", "1M")
    out = run("ensemble", unsure, *dear).out
    assert "A study of any one effect would change no decision for the better, net of its cost." in out


def test_an_interruption_prints_what_there_is_and_says_so(
    unsure: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(drawn: DrawnProblems) -> Callable[[int], DrawAnswer]:
        solve = solver_of_draws(drawn)

        def answer(draw: int) -> DrawAnswer:
            if draw == 5:
                raise KeyboardInterrupt
            return solve(draw)

        return answer

    monkeypatch.setattr("budgetopt.analysis.risk.ensemble.solver_of_draws", begun)
    code, out, err = run("ensemble", unsure, "--draws", 20)
    assert code == 130
    assert out.startswith("Small town\n\n5 draws of 1 uncertain effect")
    assert "Interrupted: 15 draws of 20 were not solved." in out
    assert "interrupted; this is what was solved until then" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--revenue-error", "genral=3%"], "there is no fund named 'genral'"),
        (["--revenue-error", "3%", "--revenue-error", "4%"], "names no fund, and there are several"),
        (["--revenue-error", "much"], "--revenue-error: 'much' is not a share above 0"),
        (["--draws", "0"], "'0' is not a whole number of at least 1"),
        (["--correlation", "2"], "a correlation of 2 cannot be"),
        (["--shape", "uniform"], "invalid choice: 'uniform'"),
        (["--assumed-error=-3%"], "'-3%' is not a share above 0"),
        (["--given", "nowhere.csv"], "'nowhere.csv' cannot be read"),
        (["--per-subject", "400"], "--per-subject is about a study"),
        (["--information", "--per-subject", "400"], "how much a study tells is not said"),
        (["--information", "--subject-error", "1", "--per-subject", "four"], "'four' is not an amount"),
        (["--information", "--revenue-error", "3%"], "--information takes the effects' own distributions"),
        (["--information", "--chart", "x.svg"], "--chart draws the draws"),
        (["--chart", "x.pdf"], "does not end in .svg"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], words: str, unsure: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unsure)
    code, out, err = run("ensemble", unsure, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert [path.name for path in unsure.iterdir()] == ["scenario.yaml"]
