"""`--without`: something is taken away for one run, in order with the changes beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Runner = Callable[..., Any]


def value(run: Runner, *arguments: object) -> float:
    code, out, _ = run("solve", *arguments, "--format", "json")
    assert code == 0
    return float(json.loads(out)["objective"]["value"])


def test_a_rule_or_a_floor_is_taken_away(town: Path, run: Runner) -> None:
    code, out, _ = run("check", town, "--without", "rules[Books first]", "--without", "programs.pool.spending")
    assert (code, "No problems found." in out) == (0, True)
    # a floor of 100 dollars costs nothing here; without the pool the library has all of it
    assert value(run, town, "--without", "programs.pool") == 2 * 390
    document = json.loads(run("solve", town, "--without", "rules[Books first]", "--format", "json").out)
    assert document["rules"] == []


def test_changes_and_removals_are_made_in_order(town: Path, run: Runner) -> None:
    floor = "programs.pool.spending"
    after = ("--without", floor, "--set", f"{floor}.at_least=900")
    before = ("--set", f"{floor}.at_least=900", "--without", floor)
    # 900 for the pool leaves 100 for the library, which its rule forbids
    assert run("solve", town, *after).code == 1
    assert value(run, town, *before) == value(run, town)


@pytest.mark.parametrize("command", ["check", "solve", "explain", "prices", "conflicts", "export"])
def test_every_command_that_changes_a_scenario_takes_it(command: str, town: Path, run: Runner) -> None:
    more = (town / "model.mps",) if command == "export" else ()
    assert run(command, town, *more, "--without", "rules[Books first]").code == 0
    code, _, err = run(command, town, *more, "--without", "rules[Book first]")
    assert code == 2
    assert "<without> rules[Book first]: there is no rule 'Book first'" in err
    assert "did you mean 'Books first'?" in err


def test_a_change_without_a_value_says_how_to_take_away(town: Path, run: Runner) -> None:
    code, _, err = run("check", town, "--set", "funds.general.revenue=")
    assert code == 2
    assert "--without PATH" in err or "PATH=VALUE" in err


def test_a_path_that_cannot_be_read_is_named(town: Path, run: Runner) -> None:
    code, _, err = run("check", town, "--without", "rules[Books first")
    assert code == 2
    assert "is no path" in err
