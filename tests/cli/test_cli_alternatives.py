"""Alternatives from the command line: the ranges, the other plans, the chart, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest


def test_ranges_and_other_plans(run: Callable[..., Any], town: Path, tmp_path: Path) -> None:
    # 600 for the library and 400 for the pool are worth 920; a dollar from one to the other loses 0.2, either way
    chart = tmp_path / "ranges.svg"
    done = run("alternatives", town, "--within", "5%", "--count", "1", "--chart", chart)
    assert (done.code, done.err) == (0, f"wrote {chart}\n")
    lines = done.out.splitlines()
    assert lines[0] == "Plans that give up at most 5% of “maximize weighted outcomes” (920 in the best plan)."
    assert "- “Library”: from $370 to $830; $600 in the best plan" in lines
    assert any(line.startswith("1. It gives up 5%, and differs by $460 from the nearest plan") for line in lines)
    assert any(f"   - “Pool”: {sign}$230 against the best plan" in lines for sign in "+-")
    assert ElementTree.parse(chart).getroot().tag.endswith("svg")


def test_json_and_csv(run: Callable[..., Any], town: Path) -> None:
    found = json.loads(run("alternatives", town, "library", "--count", "0", "--format", "json").out)
    assert [row["program"] for row in found["ranges"]] == ["library"]
    assert found["plans"] == []
    done = run("alternatives", town, "--count", "0", "--format", "csv", "--workers", "2")
    assert done.out.splitlines()[0] == "program,name,plan,least,most,freedom,unit,proved"
    assert len(done.out.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["libary"], "there is no program or department named 'libary'"),
        (["--within", "120%"], "'120%' is not a share"),
        (["--count", "-1"], "--count"),
        (["--count", "two"], "'two' is not a whole number"),
        (["--chart", "ranges.pdf"], "does not end in .svg or .png"),
    ],
)
def test_what_cannot_be_asked(run: Callable[..., Any], town: Path, arguments: list[str], message: str) -> None:
    done = run("alternatives", town, *arguments)
    assert done.code == 2
    assert message in done.err
