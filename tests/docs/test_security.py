"""What SECURITY.md promises is tested, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_promise_but_that_of_no_network_names_tests_that_are_there() -> None:
    promises = re.findall(r"^- \*\*.*?(?=^- \*\*|^What is not)", TEXT, re.MULTILINE | re.DOTALL)
    assert len(promises) >= 5
    without = [promise.split("**")[1] for promise in promises if "`tests/" not in promise]
    assert without == ["No network."]
    named = re.findall(r"`(tests/[\w/]+\.py)`", TEXT)
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_nothing_but_the_cluster_and_no_other_module_can_open_a_connection() -> None:
    network = re.compile(
        r"^\s*(?:import|from) (?:socket|ssl|http|urllib\.request|requests|distributed|ftplib|smtplib)\b", re.MULTILINE
    )
    users = [
        path.relative_to(ROOT / "src" / "budgetopt").as_posix()
        for path in sorted((ROOT / "src" / "budgetopt").rglob("*.py"))
        if network.search(path.read_text(encoding="utf-8"))
    ]
    assert users == ["analysis/members.py"]


def test_every_command_of_make_that_it_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in re.findall(r"`make (\w+)`", TEXT))
