"""Whatever goes wrong, a user sees a sentence, a hint and an exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import budgetopt.allocation
from budgetopt.cli import failures
from budgetopt.errors import (
    AuditError,
    BudgetoptError,
    CertificateError,
    InfeasibleError,
    OutOfTimeError,
    SolverError,
    SolverUnavailableError,
    UnboundedError,
)


def broken(error: BaseException) -> Callable[..., Any]:
    def solve(*_arguments: Any, **_options: Any) -> Any:
        raise error

    return solve


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InfeasibleError("no allocation can meet every rule", hint="look at the floors"), 1),
        (UnboundedError("nothing limits the gain"), 1),
        (OutOfTimeError("the limit of time ran out"), 1),
        (SolverUnavailableError("gurobi is not installed here"), 2),
        (SolverError("the solver broke"), 3),
        (CertificateError("the proof does not hold"), 3),
        (AuditError("the audit objects"), 3),
        (BudgetoptError("something else"), 3),
    ],
)
def test_each_error_has_its_exit_code_and_no_traceback(
    error: BudgetoptError, code: int, town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgetopt.allocation, "solve", broken(error))
    done = run("solve", town)
    assert done.code == code
    assert done.out == ""
    assert done.err.startswith(f"budgetopt: {error.message}")
    assert ("hint: look at the floors" in done.err) is (error.hint != "")
    assert "Traceback" not in done.err


def test_an_unexpected_fault_is_one_line_and_how_to_see_more(
    town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgetopt.allocation, "solve", broken(ZeroDivisionError("division by zero\nsecond line")))
    code, out, err = run("solve", town)
    assert (code, out) == (3, "")
    first, second = err.splitlines()
    assert first == "budgetopt: an unexpected fault: ZeroDivisionError: division by zero"
    assert "BUDGETOPT_DEBUG=1" in second
    monkeypatch.setenv("BUDGETOPT_DEBUG", "1")
    code, _, err = run("solve", town)
    assert code == 3
    assert "Traceback (most recent call last)" in err
    monkeypatch.setenv("BUDGETOPT_DEBUG", "0")
    assert "Traceback" not in run("solve", town).err


def test_an_interruption_ends_with_130(town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgetopt.allocation, "solve", broken(KeyboardInterrupt()))
    assert run("solve", town) == (130, "", "budgetopt: interrupted\n")


def test_an_interruption_before_any_plan_ends_with_130(
    town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def solve(*_arguments: Any, **_options: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise OutOfTimeError("interrupted before any allocation was found") from None

    monkeypatch.setattr(budgetopt.allocation, "solve", solve)
    assert run("solve", town) == (130, "", "budgetopt: interrupted\n")


def test_an_interruption_with_a_plan_in_hand_prints_it_and_ends_with_130(
    town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = budgetopt.allocation.solve

    def solve(*arguments: Any, **options: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return whole(*arguments, **options)

    monkeypatch.setattr(budgetopt.allocation, "solve", solve)
    before = signal.getsignal(signal.SIGINT)
    code, out, err = run("solve", town, "--format", "csv")
    assert code == 130
    assert out.startswith("program,name")
    assert "the best plan found" in err
    assert signal.getsignal(signal.SIGINT) is before


def test_a_pipe_that_nobody_reads_any_more_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "budgetopt", "schema"], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_broken_pipe_in_the_middle_of_a_command_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> int:
        raise BrokenPipeError

    assert failures.guarded(run) == 0
    assert capsys.readouterr().err == ""


def test_stderr_that_nobody_reads_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    failures.say("anything")


def test_names_of_any_alphabet_are_written_whatever_the_locale(town: Path) -> None:
    text = (town / "scenario.yaml").read_text(encoding="utf-8").replace("name: Library", "name: Bücherei 図書館")
    (town / "scenario.yaml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "budgetopt", "solve", str(town), "--format", "csv"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Bücherei 図書館" in done.stdout.decode("utf-8")


SPOOF = "x\nbudgetopt: all is well"


@pytest.mark.parametrize(
    "options",
    [
        ["solve", "TOWN", "--json", f"{SPOOF}.json"],
        ["solve", "TOWN", "--csv", SPOOF],
        ["solve", "TOWN", "--report", f"{SPOOF}.md"],
        ["solve", "TOWN", "--json", f"{SPOOF}/plan.json"],
        ["solve", "TOWN", "--chart", f"{SPOOF}.txt"],
        ["frontier", "TOWN", f"[{SPOOF}"],
        ["solve", "TOWN", "--set", f"[{SPOOF}=1"],
        ["solve", SPOOF],
        ["verify", SPOOF],
        ["solve", "TOWN", f"--{SPOOF}"],
        ["solve", "TOWN", "--time-limit", SPOOF],
        ["solve", "TOWN", "--format", SPOOF],
        ["solve", "TOWN", "--solver", SPOOF],
        [SPOOF],
        ["new", SPOOF],
        ["new", "made", "--from", SPOOF],
    ],
    ids=lambda options: ascii(" ".join(options[:1] + options[2:3])),
)
def test_what_a_user_gives_with_line_ends_in_it_looks_like_no_line_of_ours(
    options: list[str], town: Path, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*(str(town) if option == "TOWN" else option for option in options))
    told = [line for line in (done.out + done.err).splitlines() if "all is well" in line]
    assert told
    assert not [line for line in told if line.startswith("budgetopt: all is well")]


def test_the_command_that_makes_a_folder_names_it_as_a_shell_takes_it(town: Path, run: Callable[..., Any]) -> None:
    done = run("solve", town, "--json", "no such folder/plan.json")
    assert "hint: make it first: mkdir -p 'no such folder'\n" in done.err
