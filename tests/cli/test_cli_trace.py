"""`check --trace`: where a value came from, through files that extend one another and through changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NEXT = """\
extends: ../town
name: Next year
funds:
  general: {revenue: -5%}
programs:
  library: {baseline: 450}
"""


@pytest.fixture
def later(town: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (town.parent / "next").mkdir()
    (town.parent / "next" / "scenario.yaml").write_text(NEXT, encoding="utf-8")
    monkeypatch.chdir(town.parent)
    return "next"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            "funds.general.revenue",
            [
                "funds.general.revenue: 950",
                "  from town/scenario.yaml:5:22: 1,000",
                "  then next/scenario.yaml:4:22: 950",
            ],
        ),
        (
            "programs.library.baseline",
            [
                "programs.library.baseline: 450",
                "  from town/scenario.yaml:9:38: 400",
                "  then next/scenario.yaml:6:23: 450",
            ],
        ),
        (
            "programs.pool.spending.at_least",
            ["programs.pool.spending.at_least: 100", "  from town/scenario.yaml:10:58"],
        ),
        ("rules.Books first.at_least", ["rules.Books first.at_least: 300", "  from town/scenario.yaml:12:77"]),
        ("funds.general.carryover", ["funds.general.carryover: true", "  by default"]),
    ],
)
def test_each_file_that_set_a_value_is_named(path: str, lines: list[str], later: str, run: Callable[..., Any]) -> None:
    code, out, err = run("check", later, "--trace", path)
    assert (code, err) == (0, "")
    assert [line.replace("next/../town", "town") for line in out.splitlines()] == lines


def test_a_change_on_the_command_line_is_the_last_step(later: str, run: Callable[..., Any]) -> None:
    code, out, _ = run("check", later, "--set", "funds.general.revenue=+20", "--trace", "funds.general.revenue")
    assert code == 0
    assert out.splitlines()[0] == "funds.general.revenue: 970"
    assert out.splitlines()[-1] == "  then --set funds.general.revenue=+20: 970"


def test_several_values_are_traced_one_after_another(later: str, run: Callable[..., Any]) -> None:
    _, out, _ = run("check", later, "--trace", "name", "--trace", "outcomes.visits.weight")
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "name: Next year",
        "outcomes.visits.weight: 2",
    ]


def test_machines_get_the_same(later: str, run: Callable[..., Any]) -> None:
    code, out, err = run("check", later, "--trace", "funds.general.revenue", "--format", "json")
    assert (code, err) == (0, "")
    steps = json.loads(out)["trace"]["funds.general.revenue"]
    assert [step["value"] for step in steps] == [1000, 950]
    assert [(step["place"]["line"], step["place"]["column"]) for step in steps] == [(5, 22), (4, 22)]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("funds.genral.revenue", "did you mean 'general'?"),
        ("programs.libary.baseline", "did you mean 'library'?"),
        ("programs.library.basline", "did you mean 'baseline'?"),
        ("programs.*.baseline", "means 2 values"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(path: str, message: str, later: str, run: Callable[..., Any]) -> None:
    code, out, err = run("check", later, "--trace", path)
    assert (code, out) == (2, "")
    assert message in err


def test_a_path_of_several_values_names_them(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("check", town, "--trace", "programs.pool")
    assert (code, out) == (2, "")
    assert "'programs.pool' means 4 values" in err
    assert "programs.pool.spending.at_least" in err
    code, _, err = run("check", town, "--trace", "programs.pool.spending.at_most")
    assert code == 0


def test_a_package_goes_by_its_name(town: Path, run: Callable[..., Any]) -> None:
    packages = "{ladder: {packages: [{name: base, cost: 10}, {name: second crew, cost: 20}]}}"
    text = (
        (town / "scenario.yaml").read_text(encoding="utf-8").replace("programs:\n", f"programs:\n  {packages[1:-1]}\n")
    )
    (town / "scenario.yaml").write_text(text, encoding="utf-8")
    code, out, _ = run("check", town, "--trace", "programs.ladder.packages.second crew.cost")
    assert code == 0
    assert out.startswith("programs.ladder.packages.second crew.cost: [20]")
    assert "scenario.yaml:9:" in out
