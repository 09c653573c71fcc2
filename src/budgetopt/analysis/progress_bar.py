"""A bar that shows how many problems of many are solved, on a terminal and in a notebook, and is gone at the end."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["progress_bar", "range_bar"]

Report = Callable[[int, int], None]
"""Takes how many are done, and how many there are."""


@contextmanager
def progress_bar(text: str) -> Iterator[Report | None]:
    """Show a bar while many problems are solved; yield what moves it, or None where nobody would see it."""
    kernel = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if hasattr(kernel, "kernel"):
        with _in_notebook(text) as report:
            yield report
    elif sys.stderr.isatty():
        with _on_terminal(text) as report:
            yield report
    else:
        yield None


@contextmanager
def range_bar(text: str, low: float, high: float) -> Iterator[Callable[[float], None]]:
    """Show a bar while a range is worked out from one end to the other; yield what moves it to a place, in percent."""
    with progress_bar(text) as report:

        def move(place: float) -> None:
            if report is not None and high != low:
                report(round(100 * (place - low) / (high - low)), 100)

        yield move


@contextmanager
def _on_terminal(text: str) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)

        def report(done: int, count: int) -> None:
            bar.update(task, completed=done, total=count)

        yield report


@contextmanager
def _in_notebook(text: str) -> Iterator[Report]:
    """Show an element of HTML that is changed in its place; no widget has to be installed."""
    show: Any = sys.modules["IPython"].display
    label = html.escape(text)
    shown = show.display(show.HTML(f"<progress></progress> {label}"), display_id=True)

    def report(done: int, count: int) -> None:
        shown.update(show.HTML(f'<progress value="{done}" max="{count}"></progress> {label}: {done:,} of {count:,}'))

    try:
        yield report
    finally:
        shown.update(show.HTML(""))
