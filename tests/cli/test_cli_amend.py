"""Motions from the command line: one by one, from a file, in a log; and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_motions_are_checked_and_balanced(run: Callable[..., Any], town: Path) -> None:
    # the best plan gives the library 600 and the pool 400
    done = run("amend", town, "add 50 to library", "freeze Pool")
    assert done.code == 1
    assert "- add 50 to library: +$50; 1 limit missed\n" in done.out
    assert "- “Library”: $650 instead of $600 (+$50)\n" in done.out
    assert "Not balanced: the plan misses 1 limit.\n- general closes with -50: it spends more than it has\n" in done.out
    assert "No cuts of other programs balance it.\n" in done.out
    assert "  - find $50 for “general”\n" in done.out
    done = run("amend", town, "add 50 to library")
    assert "These cuts of other programs, $50 in all, balance it at the least loss:\n- cut “Pool” by $50\n" in done.out
    assert "With them: 10 (1.1%) lost against the plan before the motions.\n" in done.out
    done = run("amend", town, "add 50 to library", "--offset", "--format", "csv")
    assert (done.code, done.out.splitlines()[1:]) == (
        0,
        ["library,Library,FY2027,600.0,650.0,50.0,USD", "pool,Pool,FY2027,400.0,350.0,-50.0,USD"],
    )


def test_json_has_everything(run: Callable[..., Any], town: Path) -> None:
    done = run("amend", town, "cut library by 50%", "cut pool by 5% in FY2027", "--format", "json")
    assert done.code == 0
    found = json.loads(done.out)
    assert (found["balanced"], found["missed"], found["offsets"]) == (True, [], None)
    assert [motion["change"] for motion in found["motions"]] == [-300, -20]
    assert found["objective"]["loss"] == pytest.approx(316)
    done = run("amend", town, "cut library by 60%", "--from", "pool", "--format", "json")
    found = json.loads(done.out)
    assert found["waive"] == [{"path": "rules[Books first].at_least", "before": 300, "after": 240}]
    done = run("amend", town, "restore pool", "--from", "library", "--format", "json", "--start", "current")
    assert json.loads(done.out)["moves"] == []


def test_a_log_goes_on_from_where_it_ends(run: Callable[..., Any], town: Path, tmp_path: Path) -> None:
    log, motions = tmp_path / "log.jsonl", tmp_path / "motions.txt"
    motions.write_text("# first reading\nadd 50 to library\n", encoding="utf-8")
    done = run(
        "amend", town, "--motions", motions, "--offset", "--log", log, "--snapshot", "committee", "--because", "x"
    )
    assert (done.code, done.err) == (0, f"wrote {log}\n")
    assert run("amend", town, "cut library by 10%", "--log", log).code == 0
    done = run("amend", town, "--log", log)
    assert done.out.splitlines()[:3] == [
        "- add 50 to library (x): +$50; 1 limit missed",
        "- offsets: -$50; every limit is kept",
        "- cut library by 10%: -$65; every limit is kept",
    ]
    before = log.read_text(encoding="utf-8")
    assert run("amend", town, "cut pol by 10%", "--log", log).code == 2
    assert log.read_text(encoding="utf-8") == before
    assert "585.0" in run("amend", town, "--log", log, "--format", "csv").out
    assert "650.0" in run("amend", town, "--log", log, "--undo", "--format", "csv").out
    run("amend", town, "cut library by 50%", "--log", log)
    assert "650.0" in run("amend", town, "--log", log, "--back-to", "committee", "--format", "csv").out
    done = run("amend", town, "--set", "funds.general.revenue=900", "--log", log)
    assert done.code == 2
    assert "the log belongs to another scenario than 'Small town', or the scenario has changed since" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "there is no motion"),
        (["--undo"], "--undo is about a log"),
        (["--snapshot", "x"], "--snapshot is about a log"),
        (["--back-to", "x"], "--back-to is about a log"),
        (["cut libary by 10%"], "there is no program or department named 'libary'"),
        (["cut library by much"], "'much' is not an amount"),
        (["cut library by 10%", "--from", "pol"], "there is no program or department named 'pol'"),
        (["--motions", "none.txt"], "'none.txt' cannot be read"),
        (["cut library by 10%", "--log", "none/log.jsonl"], "there is no folder 'none'"),
        (["cut library by 10% in FY2030"], "there is no period named 'FY2030'"),
    ],
)
def test_what_cannot_be_moved(run: Callable[..., Any], town: Path, arguments: list[str], message: str) -> None:
    done = run("amend", town, *arguments)
    assert done.code == 2
    assert done.out == ""
    assert message in done.err
