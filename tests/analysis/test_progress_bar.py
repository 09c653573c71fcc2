"""The bar of many problems: on a terminal, in a notebook, and nowhere else."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from budgetopt.analysis import progress_bar as module
from budgetopt.analysis.progress_bar import progress_bar, range_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_nobody_would_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar("Solving") as report:
        assert report is None
    assert stream.getvalue() == ""


def test_a_terminal_shows_how_many_are_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with progress_bar("Solving draws") as report:
        assert report is not None
        report(3, 8)
    assert "Solving draws" in stream.getvalue()
    assert "0/?" in stream.getvalue()
    # after the last word the bar is wiped out
    _, shown, rest = stream.getvalue().rpartition("3/8")
    assert shown
    assert "\x1b[2K" in rest
    assert capsys.readouterr().out == ""


def test_a_notebook_shows_how_many_are_done_and_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    handle = SimpleNamespace(update=shown.append)

    def display(element: str, *, display_id: bool) -> SimpleNamespace:
        assert display_id
        shown.append(element)
        return handle

    notebook = SimpleNamespace(
        get_ipython=lambda: SimpleNamespace(kernel=object()), display=SimpleNamespace(display=display, HTML=str)
    )
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    with progress_bar("1 < 2") as report:
        assert report is not None
        report(3, 8)
    assert shown[0] == "<progress></progress> 1 &lt; 2"
    assert shown[1] == '<progress value="3" max="8"></progress> 1 &lt; 2: 3 of 8'
    assert shown[2] == ""


def test_a_range_is_shown_in_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    @contextmanager
    def bar(text: str) -> Iterator[Callable[[int, int], None]]:
        assert text == "Solving along"
        yield lambda done, count: told.append((done, count))

    monkeypatch.setattr(module, "progress_bar", bar)
    with range_bar("Solving along", 20, 60) as move:
        for place in (20, 30, 40.1, 60):
            move(place)
    assert told == [(0, 100), (25, 100), (50, 100), (100, 100)]
    told.clear()
    # a range without width, and one that goes down
    with range_bar("Solving along", 5, 5) as move:
        move(5)
    assert told == []
    with range_bar("Solving along", 60, 20) as move:
        move(50)
    assert told == [(25, 100)]


def test_a_range_is_worked_out_where_nobody_would_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with range_bar("Solving along", 0, 1) as move:
        assert move(0.5) is None
