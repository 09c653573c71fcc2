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


def test_a_model_in_a_unit_says_so_and_a_unit_that_is_none_is_refused(
    town: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    target = tmp_path / "model.lp"
    assert run("export", town, target, "--unit", "1M")[0] == 0
    assert "\\ amounts are in units of 1000000: " in target.read_text(encoding="ascii")
    for wrong in ("0", "-5", "many"):
        code, _, err = run("export", town, target, "--unit", wrong)
        assert code == 2
        assert f"'{wrong}' is not a unit above 0 such as 1_000 or 1M" in err
