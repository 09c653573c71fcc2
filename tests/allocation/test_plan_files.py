"""The files of a plan hold what was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import budgetopt as bo
import budgetopt.report


def test_charts_are_of_the_analyses_and_of_the_seed_that_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(budgetopt.report, "run_analyses", lambda _, names, **more: asked.append((names, more)) or "all")
    monkeypatch.setattr(budgetopt.report, "write_charts", lambda plan, folder, found: [(plan, folder, found)])
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 10}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {"a": {"outcomes": {"good": {"per_dollar": 1}}}},
        }
    )
    plan = bo.solve(scenario)
    assert plan.to_charts(tmp_path, analyses=["ensemble"], seed=7) == [(plan, tmp_path, "all")]
    assert asked == [(["ensemble"], {"seed": 7})]
