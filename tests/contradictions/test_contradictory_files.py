"""One file for each kind of contradiction, with exactly what `check` prints and exit code 1; other commands agree.

After a message was changed on purpose, ``python tests/contradictions/test_contradictory_files.py`` writes the new ones.
"""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest

from budgetopt.cli import main

FOLDER = Path(__file__).parent
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def printed(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code of a command, and what it prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_check_says_what_contradicts_itself(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    expected = (FOLDER / f"{case}.expected").read_text(encoding="utf-8")
    assert printed("check", f"{case}.yaml") == (1, expected, "")


@pytest.mark.parametrize("case", ["floors_above_fund", "exactly_one_none_can_be_funded", "target_without_effects"])
@pytest.mark.parametrize("command", ["solve", "explain", "prices", "conflicts"])
def test_every_command_ends_with_exit_code_1_and_the_same_reason(
    command: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    expected = (FOLDER / f"{case}.expected").read_text(encoding="utf-8").splitlines()
    reasons = [line for line in expected if line.startswith("  - ") and f"{case}.yaml:" in line]
    code, out, err = printed(command, f"{case}.yaml")
    assert code == 1
    assert reasons
    assert all(line in out + err for line in reasons)


def test_every_expected_message_has_its_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.expected")} == set(CASES)


if __name__ == "__main__":
    os.chdir(FOLDER)
    for each in CASES:
        (FOLDER / f"{each}.expected").write_text(printed("check", f"{each}.yaml")[1], encoding="utf-8")
