"""Outputs that are closed, full or that nobody reads, and Ctrl-C at any moment: a sentence and an exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from budgetopt.cli import failures
from budgetopt.cli.interruptions import watched

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs the descriptors of Unix")


def command(*words: object, redirected: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command by the shell, with its streams as the shell is told."""
    quoted = " ".join(f"'{word}'" for word in (sys.executable, "-m", "budgetopt", *words))
    return subprocess.run(["sh", "-c", f"{quoted} {redirected}"], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("redirected", "code", "said"),
    [
        (">&-", 2, "what was found cannot be printed: the standard output is closed"),
        (">/dev/full", 2, "what was found cannot be printed: no space left on device"),
        ("2>&-", 0, ""),
        ("2>/dev/full", 0, ""),
        ("<&- >&- 2>&-", 2, ""),
        ("| true", 0, ""),
    ],
)
def test_a_stream_that_takes_nothing_ends_a_command_in_a_sentence(redirected: str, code: int, said: str) -> None:
    done = command("schema", redirected=redirected)
    assert done.returncode == code
    assert done.stderr == (f"budgetopt: {said}\n" if said else "")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["solvers"]])
def test_help_is_printed_or_it_is_told(words: list[str]) -> None:
    for redirected in (">&-", ">/dev/full"):
        done = command(*words, redirected=redirected)
        assert (done.returncode, "cannot be printed" in done.stderr) == (2, True)


def test_a_plan_goes_to_its_file_and_not_to_the_number_of_a_closed_stream(town: Path) -> None:
    """Without the standard streams the file of the result would be descriptor 1, where libraries print."""
    result = town / "result.json"
    done = command("solve", town, "--json", result, redirected="<&- >&- 2>&-")
    assert done.returncode == 2
    assert json.loads(result.read_text())["status"] == "optimal"


def test_a_plan_that_nobody_reads_to_the_end_is_no_fault(town: Path) -> None:
    quoted = f"'{sys.executable}' -m budgetopt solve '{town}'"
    done = subprocess.run(["bash", "-c", f"{quoted} | true; exit ${{PIPESTATUS[0]}}"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_the_system_refuses_is_told_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> int:
        raise OSError(28, "No space left on device", "/tmp/model.mps")

    assert failures.guarded(run) == 2
    assert capsys.readouterr().err == "budgetopt: /tmp/model.mps: no space left on device\n"


def test_an_error_that_a_library_makes_of_an_interruption_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("numpy was not loaded") from None
        return 0

    before = signal.getsignal(signal.SIGINT)
    assert failures.guarded(run) == 130
    assert capsys.readouterr().err == "budgetopt: interrupted\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_who_looks_for_interruptions_further_out_learns_of_them_too() -> None:
    with watched() as outer:
        with pytest.raises(KeyboardInterrupt), watched() as inner:
            signal.raise_signal(signal.SIGINT)
        assert inner.is_set()
        assert outer.is_set()


def test_a_process_that_was_started_to_ignore_interruptions_does() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with watched() as interrupted:
            signal.raise_signal(signal.SIGINT)
        assert not interrupted.is_set()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("part", [0.4, 0.8, *(pytest.param(part, marks=pytest.mark.deep) for part in (0.2, 0.6, 0.9))])
def test_ctrl_c_ends_a_command_in_one_line_at_any_moment(part: float, town: Path) -> None:
    words: list[Any] = [sys.executable, "-m", "budgetopt", "solve", str(town), "--json", str(town / "r.json")]
    begin = time.monotonic()
    subprocess.run(words, capture_output=True, check=True)
    whole = (town / "r.json").read_text()
    took = time.monotonic() - begin
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(part * took)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode in (0, 130)
    assert "Traceback" not in said
    assert (process.returncode == 0) or "interrupted" in said
    assert json.loads((town / "r.json").read_text())["objective"] == json.loads(whole)["objective"]


def test_an_interruption_that_comes_while_something_is_cleared_away_comes_again() -> None:
    script = """
import signal, sys, time
import budgetopt.__main__ as command

class Cleared:
    def __del__(self):
        raise KeyboardInterrupt

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.unraisablehook = command._raise_again
try:
    cleared = Cleared()
    del cleared
    time.sleep(30)
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")
