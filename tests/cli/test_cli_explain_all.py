"""`explain --all`: every program in one table, for people, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_all_programs_are_explained_in_one_table(town: Path, run: Callable[..., Any]) -> None:
    code, out, err = run("explain", town, "--all")
    assert (code, err) == (0, "")
    head, _, *lines = out.splitlines()
    assert head.split()[:2] == ["program", "baseline"]
    assert any(line.startswith("Library") and "at the margin" in line for line in lines)


def test_the_table_is_there_for_machines(town: Path, run: Callable[..., Any]) -> None:
    rows = json.loads(run("explain", town, "--all", "--format", "json").out)
    library = next(row for row in rows if row["program"] == "library")
    assert library["next_dollar"] == pytest.approx(0.6)
    assert library["effect_for_more"] == pytest.approx(4 / 3)
    assert library["effect_for_less"] == pytest.approx(0.8)
    found = list(csv.DictReader(io.StringIO(run("explain", town, "--all", "--format", "csv").out)))
    assert [row["program"] for row in found] == [row["program"] for row in rows]


def test_names_and_a_table_of_all_do_not_go_together(town: Path, run: Callable[..., Any]) -> None:
    code, _, err = run("explain", town, "library", "--all")
    assert code == 2
    assert "no names go with it" in err
    code, _, err = run("explain", town, "library", "--format", "csv")
    assert code == 2
    assert "goes with --all" in err


@pytest.mark.parametrize("command", ["explain", "prices"])
def test_without_a_plan_they_say_why(town: Path, run: Callable[..., Any], command: str) -> None:
    file = town / "scenario.yaml"
    rule = "  - {name: Alike, sum: spending, where: {program: pool}, at_least: 60%, of: total spending}\n"
    file.write_text(file.read_text(encoding="utf-8") + rule, encoding="utf-8")
    code, out, err = run(command, town, "--set", "rules[Books first].at_least=500")
    assert (code, out) == (1, "")
    assert "These cannot all be met with the money there is:" in err
