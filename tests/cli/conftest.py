"""What the tests of the command line share: a small scenario, and a way to run a command in this very process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from budgetopt.cli import main

TOWN = """\
format: budgetopt/1
name: Small town
periods: [FY2027]
funds:
  general: {revenue: 1000}
outcomes:
  visits: {unit: visits, weight: 2}
programs:
  library: {name: Library, baseline: 400, outcomes: {visits: {curve: [[0, 0], [600, 300], [900, 390]]}}}
  pool: {name: Pool, baseline: 500, spending: {at_least: 100}, outcomes: {visits: {per_dollar: 0.4}}}
rules:
  - {name: Books first, sum: spending, where: {program: library}, at_least: 300}
"""


class Run(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("BUDGETOPT_DEBUG", raising=False)

    def command(*arguments: object) -> Run:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Run(code, *capsys.readouterr())

    return command


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(TOWN, encoding="utf-8")
    return folder
