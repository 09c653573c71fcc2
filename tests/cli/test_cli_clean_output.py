"""What a command prints is data from its first byte to its last, in a process of its own, whatever solvers print."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

TOWN = """\
format: budgetopt/1
name: Small town
funds: {general: {revenue: 1000}}
outcomes: {visits: {unit: visits, weight: 2}}
programs:
  library: {baseline: 400, outcomes: {visits: {curve: [[0, 0], [600, 300], [900, 390]]}}}
  pool: {baseline: 500, outcomes: {visits: {per_dollar: 0.4}}}
"""
WITH_A_DECISION = TOWN + "  hall: {if_funded: {at_least: 300}, outcomes: {visits: {per_dollar: 0.1}}}\n"


def output(folder: Path, *arguments: str, words: str = TOWN) -> str:
    """Return what a command prints, run as users run it."""
    folder.joinpath("town.yaml").write_text(words)
    command = [sys.executable, "-m", "budgetopt", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("words", [TOWN, WITH_A_DECISION])
@pytest.mark.parametrize("asked", [("--format", "json"), ("--json", "-")])
def test_a_solve_prints_one_document(tmp_path: Path, asked: tuple[str, ...], words: str) -> None:
    document = json.loads(output(tmp_path, "solve", "town.yaml", *asked, words=words))
    assert document["format"] == "budgetopt-result/2"
    assert document["objective"]["value"] == 920


def test_a_solve_prints_one_table(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(output(tmp_path, "solve", "town.yaml", "--format", "csv"))))
    assert [row["program"] for row in rows] == ["library", "pool"]


@pytest.mark.parametrize("command", ["check", "prices", "explain", "conflicts"])
def test_every_question_prints_one_document(tmp_path: Path, command: str) -> None:
    names = ["pool"] if command == "explain" else []
    assert json.loads(output(tmp_path, command, "town.yaml", *names, "--format", "json"))
