"""`export`: the linear program as a file for another solver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("name", ["model.mps", "model.lp"])
def test_a_model_is_exported(name: str, town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    target = tmp_path / name
    code, out, err = run("export", town, target)
    assert (code, out) == (0, "")
    assert target.stat().st_size > 200
    assert err.startswith(f"{name}: ")
    assert "objective: maximize weighted outcomes" in err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_exported_model_holds_the_first_of_several_objectives(
    town: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    more = "objective: [{maximize: weighted outcomes}, {minimize: spending}]\n"
    (town / "scenario.yaml").write_text(text + more, encoding="utf-8")
    code, _, err = run("export", town, tmp_path / "model.mps")
    assert code == 0
    assert "the scenario has 2 objectives" in err


def test_a_model_of_another_ending_is_refused_before_any_work(tmp_path: Path, run: Callable[..., Any]) -> None:
    code, _, err = run("export", tmp_path / "no_such_scenario", tmp_path / "model.xyz")
    assert code == 2
    assert "does not end in .mps or .lp" in err
