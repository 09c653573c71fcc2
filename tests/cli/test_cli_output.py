from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from budgetopt.cli import main
from budgetopt.cli.output import output_width, paged, print_lines, show

LONG = "".join(f"line {at}\n" for at in range(100))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Callable[[], Any]], tuple[str, str]]:
    """Call something on a terminal of 80 columns and 24 lines; return what is written to it, and to the pager."""
    kept = tmp_path / "paged.txt"
    monkeypatch.setenv("PAGER", f"sh -c 'cat >\"{kept}\"'")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((80, 24)))

    def call(asked: Callable[[], Any]) -> tuple[str, str]:
        kept.unlink(missing_ok=True)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Terminal())
            asked()
            written = sys.stdout.getvalue()  # type: ignore[attr-defined]
        return written, kept.read_text(encoding="utf-8") if kept.exists() else ""

    return call


def test_what_is_longer_than_the_screen_goes_through_the_pager(screen: Any) -> None:
    assert screen(lambda: show(LONG)) == ("", LONG)
    assert screen(lambda: show("one line\n")) == ("one line\n", "")


def test_no_pager_is_used_where_none_is_wanted(screen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with paged(wanted=False):
        assert screen(lambda: show(LONG)) == (LONG, "")
    for pager in ("", "cat", "no-such-pager", "'"):
        monkeypatch.setenv("PAGER", pager)
        assert screen(lambda: show(LONG)) == (LONG, "")
    monkeypatch.setenv("TERM", "dumb")
    assert screen(lambda: show(LONG)) == (LONG, "")


def test_what_is_piped_is_never_paged(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "false")
    show(LONG)
    assert capsys.readouterr().out == LONG


def test_a_pager_that_ends_early_is_no_fault(screen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "true")
    assert screen(lambda: show(LONG * 1000)) == ("", "")


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_option_stands_before_or_after_the_command(town: Path, screen: Any, place: str) -> None:
    words = ["explain", str(town), "--all"]
    shown, by_pager = screen(lambda: main(words))
    words = ["--no-pager", *words] if place == "before" else [*words, "--no-pager"]
    assert screen(lambda: main(words)) == (shown + by_pager, "")


@pytest.mark.parametrize("words", [["solve"], ["explain", "--all"], ["compare"]])
def test_a_whole_command_is_paged_on_a_small_screen(
    town: Path, screen: Any, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((80, 3)))
    shown, by_pager = screen(lambda: main([words[0], str(town), *words[1:]]))
    assert shown == ""
    assert len(by_pager) > 80


def test_the_width_is_that_of_columns_or_of_the_terminal(
    screen: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[int | None] = []
    screen(lambda: found.append(output_width()))
    assert found == [80]
    assert output_width() is None
    for said, width in (("60", 60), ("3", 20), ("many", None), ("0", None), ("", None)):
        monkeypatch.setenv("COLUMNS", said)
        assert output_width() == width
    monkeypatch.setenv("COLUMNS", "24")
    print_lines(["- one two three four five six"])
    assert capsys.readouterr().out == "- one two three four\n  five six\n"


COMMANDS = [
    ["solve"],
    ["prices"],
    ["prices", "--ladder"],
    ["prices", "--dollars"],
    ["prices", "--margins"],
    ["prices", "--replacement"],
    ["prices", "funds.general.revenue"],
    ["explain"],
    ["explain", "--all"],
    ["explain", "Pool"],
    ["compare"],
    ["frontier", "funds.general.revenue"],
    ["ensemble", "--draws", "5", "--assumed-error", "30%"],
    ["ensemble", "--assumed-error", "30%", "--information"],
    ["robust", "--against", "low", "--assumed-error", "30%"],
    ["outlook"],
    ["weights"],
    ["alternatives"],
    ["check"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_runs_over_the_width(
    town: Path, run: Callable[..., Any], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    long = "Libraries, museums and the other houses of learning of the whole county"
    (town / "scenario.yaml").write_text(text.replace("name: Library", f"name: '{long}'"), encoding="utf-8")
    for width in (60, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        code, out, err = run(words[0], town, *words[1:])
        assert (code, err) == (0, "")
        assert max(map(cell_len, out.splitlines())) <= width


def test_a_program_is_named_once(town: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words in (["explain", town, "--all"], ["prices", town, "--margins"]):
        out = run(*words).out
        assert "Library" in out
        assert "library" not in out
    text = (town / "scenario.yaml").read_text(encoding="utf-8")
    (town / "scenario.yaml").write_text(text.replace("name: Pool", "name: Library"), encoding="utf-8")
    out = run("prices", town, "--margins").out
    assert "Library (library)" in out
    assert "Library (pool)" in out
