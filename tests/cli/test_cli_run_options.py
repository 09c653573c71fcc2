"""`--log-level` and `--timings`: what a run read, solved and wrote, and how long each stage took."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from budgetopt.cli.arguments import COMMANDS, build_parser


def test_the_log_says_which_files_are_read_and_written_and_which_solver_answers(
    town: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    code, out, err = run("solve", town, "--json", tmp_path / "plan.json", "--log-level", "debug")
    assert code == 0
    assert "INFO" not in out
    scenario = town / "scenario.yaml"
    assert f"INFO read {scenario}, {scenario.stat().st_size} bytes" in err
    assert f"INFO written {tmp_path / 'plan.json'}, {(tmp_path / 'plan.json').stat().st_size} bytes" in err
    assert "DEBUG HiGHS" in err
    assert "INFO round and audit: 0." in err


def test_a_log_of_less_says_less_and_none_is_the_default(town: Path, run: Callable[..., Any]) -> None:
    assert "DEBUG" not in run("solve", town, "--log-level", "info").err
    assert run("solve", town, "--log-level", "warning").err == run("solve", town).err
    assert logging.getLogger("budgetopt").handlers == []


def test_timings_are_of_this_run(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    target = tmp_path / "timings.json"
    code, out, _ = run("solve", town, "--csv", tmp_path / "tables", "--timings", target)
    assert (code, "budgetopt" in out) == (0, False)
    told = json.loads(target.read_text(encoding="utf-8"))
    assert told["command"] == "solve"
    names = [one["stage"] for one in told["stages"]]
    assert names.index("formulate") < names.index("solve") < names.index("round and audit") < names.index("writing")
    outer = [one["seconds"] for one in told["stages"] if one["within"] == 0]
    assert 0 < sum(outer) <= told["seconds"]
    solving = next(one for one in told["stages"] if one["stage"] == "solving")
    assert sum(one["seconds"] for one in told["stages"] if one["within"] == 1) <= solving["seconds"]
    assert [one["file"] for one in told["read"]] == [str(town / "scenario.yaml")]
    assert {Path(one["file"]).name for one in told["written"]} == {
        path.name for path in (tmp_path / "tables").iterdir()
    }
    ((solver, sums),) = told["solvers"].items()
    assert solver.startswith("HiGHS")
    assert sums["problems"] == 1
    assert sums["columns"] > 2


def test_timings_of_a_run_that_fails_are_written_too_and_go_to_stderr_if_asked(
    town: Path, run: Callable[..., Any]
) -> None:
    code, out, err = run("solve", town, "--set", "rules[Books first].at_least=950", "--timings", "-")
    assert (code, out) == (1, "")
    told = json.loads(err[err.index("{\n") : err.rindex("\n}\n") + 2])
    assert told["command"] == "solve"


def test_a_file_for_timings_that_cannot_be_written_is_refused_before_the_run(
    town: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    code, out, err = run("solve", town, "--timings", tmp_path / "nowhere" / "t.json")
    assert (code, out) == (2, "")
    assert "--timings: there is no folder" in err


@pytest.mark.parametrize("name", [module.NAME for module in COMMANDS])
def test_every_command_can_be_observed(name: str) -> None:
    commands = next(action for action in build_parser()._actions if action.dest == "command").choices
    assert commands is not None
    options = commands[name]._option_string_actions  # type: ignore[call-overload]
    assert {"--log-level", "--timings"} <= set(options)
