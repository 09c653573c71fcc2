"""`explain`, `prices` and `conflicts`: the questions that are asked of a plan, and of a scenario that has none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest


def test_a_program_is_explained_in_sentences_with_figures(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("explain", town, "library")
    assert (code, err) == (0, "")
    assert out.startswith("Library\n")
    for words in (
        "It gets $600, $200 (50%) more than its baseline.",
        "That brings 300 visits.",
        "Its last dollar, by itself, would add 1 to the weighted outcomes.",
        "Its next dollar would add 0.6 to the weighted outcomes.",
        "Elsewhere a dollar would add 0.8 to the weighted outcomes.",
        "It would get more if its effect were 33.3% greater",
        "It would get less if its effect were 20% smaller",
    ):
        assert words in out


def test_a_rule_and_a_fund_are_explained(town: Path, run: Callable[..., Any]) -> None:
    _, out, _ = run("explain", town, "Books first", "general")
    assert "Books first\n\nIt does not bind: the plan would keep it anyway." in out
    assert "general" in out.lower()
    assert "Each dollar more would add 0.8 to the weighted outcomes." in out
    _, out, _ = run("explain", town, "Books first", "--set", "rules[Books first].at_least=700")
    assert "It binds.\nWithout it the best plan would add 20 to the weighted outcomes." in out
    assert "Library would get $100 less" in out


def test_a_printed_name_is_as_good_as_an_id(town: Path, run: Callable[..., Any]) -> None:
    assert run("explain", town, "Library").out == run("explain", town, "library").out
    assert run("explain", town, "Library").code == 0


def test_without_a_name_the_story_of_the_plan_is_told(town: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("explain", town)
    assert code == 0
    assert out.startswith("Small town\n\nThe plan spends")
    assert len(out.strip().splitlines()) <= 12


def test_what_is_explained_is_there_for_machines(town: Path, run: Callable[..., Any]) -> None:
    (found,) = json.loads(run("explain", town, "pool", "--format", "json").out)
    assert found["subject"] == "Pool"
    assert found["tables"]["margins"][0]["price"] == pytest.approx(0.8)
    assert {row["what"] for row in found["tables"]["break_even"]} == {"effect", "cost", "weight"}


def test_an_unknown_name_is_answered_with_the_near_one(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("explain", town, "libary")
    assert (code, out) == (2, "")
    assert "did you mean 'library'?" in err


def test_whole_decisions_can_be_held(town: Path, run: Callable[..., Any]) -> None:
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    counted = "  - {name: Two at most, count: funded, at_most: 2}\n"
    (town / "scenario.yaml").write_text(text + counted, encoding="utf-8")
    assert "solved again with these decisions free and the limit moved by 1%, or dropped." in run("prices", town).out
    held = run("prices", town, "--hold")
    assert (held.code, held.err) == (0, "")
    assert "Prices and costs are exact as long as the integer decisions stand." in held.out
    assert run("prices", town, "--no-hold").out == run("prices", town).out
    assert run("prices", town, "--hold", "--ladder").code == 2


def test_prices_in_every_format(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("prices", town, "--format", "csv")
    assert (code, err) == (0, "")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(out))}
    assert float(rows["general"]["relief"]) == pytest.approx(0.8)
    assert float(rows["Books first"]["tightening_until"]) == pytest.approx(600)
    assert json.loads(run("prices", town, "--format", "json").out)[0]["kind"] in ("money", "rule")
    text = run("prices", town).out
    assert "tightening until" in text
    assert "Books first" in text


@pytest.mark.parametrize(
    ("option", "words"),
    [("--ladder", "no rules"), ("--dollars", "value per dollar"), ("--margins", "last dollar")],
)
def test_ladders_and_margins(town: Path, run: Callable[..., Any], option: str, words: str) -> None:
    code, out, _ = run("prices", town, option)
    assert code == 0
    assert words in out


def test_the_dollars_of_one_fund(town: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("prices", town, "--dollars", "--fund", "general", "--format", "csv")
    assert code == 0
    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["money"] == "-100.0"]
    assert [(row["program"], float(row["change"])) for row in rows] == [("pool", -100.0)]
    assert run("prices", town, "--dollars", "--fund", "genral").code == 2


def test_a_scenario_that_fits_has_no_conflict(town: Path, run: Callable[..., Any]) -> None:
    assert run("conflicts", town) == (0, "Nothing contradicts anything: the scenario has a plan.\n", "")


IMPOSSIBLE = ("--set", "rules[Books first].at_least=950")


def test_what_contradicts_what_is_said_with_its_place(town: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("conflicts", town, *IMPOSSIBLE)
    assert code == 1
    assert "the rule “Books first”" in out
    assert "the floor of “Pool”" in out
    assert "scenario.yaml:" in out
    assert "change the rule “Books first” from $950 to $900" in out
    assert "find $50 for “general”" in out


def test_conflicts_for_machines_and_with_weights(town: Path, run: Callable[..., Any]) -> None:
    _, out, _ = run("conflicts", town, *IMPOSSIBLE, "--format", "json", "--weight", "Books first=never")
    found = json.loads(out)
    assert {item["name"] for item in found["conflicts"][0]} == {"Books first", "pool"}
    paths = {change["path"] for repair in found["repairs"] for change in repair["changes"]}
    assert paths == {"programs[pool].spending.at_least", "funds[general].one_time"}
    assert run("conflicts", town, *IMPOSSIBLE, "--weight", "nobody=1").code == 2
    assert run("conflicts", town, *IMPOSSIBLE, "--weight", "nothing").code == 2


def test_solve_prints_the_short_form_at_once(town: Path, run: Callable[..., Any]) -> None:
    file = town / "scenario.yaml"
    rule = (
        "  - {name: Both alike, because: Promise, sum: spending, where: {program: pool}, "
        "at_least: 60%, of: total spending}\n"
    )
    file.write_text(file.read_text(encoding="utf-8") + rule, encoding="utf-8")
    code, out, err = run("solve", town, "--set", "rules[Books first].at_least=500")
    assert (code, out) == (1, "")
    assert "These cannot all be met with the money there is:" in err
    assert "the rule “Both alike” (Promise)" in err
    assert "The cheapest repairs, each enough by itself:" in err


def test_a_result_is_verified_in_fractions(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    result = tmp_path / "result.json"
    assert run("solve", town, "--json", result).code == 0
    code, out, _ = run("verify", result, town, "--exact")
    assert code == 0
    assert "In fractions: the plan misses" in out
    assert "prove that no plan can do better than" in out
    found = json.loads(run("verify", result, town, "--exact", "--format", "json").out)["exact"]
    assert Fraction(found["bound"]) == pytest.approx(Fraction(found["value"]), rel=1e-12)


def test_the_ladder_is_drawn(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    drawing = tmp_path / "ladder.svg"
    code, _, err = run("prices", town, "--dollars", "--chart", drawing)
    assert (code, err) == (0, f"wrote {drawing}\n")
    assert drawing.read_text(encoding="utf-8").startswith("<svg")
    assert run("prices", town, "--margins", "--chart", drawing).code == 2


def test_the_price_of_a_figure_is_asked_by_its_path(town: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("prices", town, "funds.general.revenue", "--format", "csv")
    assert code == 0
    header, row = out.splitlines()
    assert header == "figure,value,unit,more,more_until,less,less_until,method"
    assert row.startswith("funds.general.revenue,1000.0,1.0,0.8")
    code, _, error = run("prices", town, "funds.genral.revenue")
    assert code == 2
    assert "did you mean" in error
