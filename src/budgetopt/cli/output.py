"""What goes to stdout: as wide as the terminal, and through a pager where it is longer than the screen."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from budgetopt.errors import ISOLATES, escaped

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = ["add_no_pager", "output_width", "paged", "print_lines", "print_plan", "show"]

PAGER = "less"
"""Used where PAGER is not set, as git does."""
LESS = "FRX"
"""How less behaves where LESS is not set: it ends if all fits, shows colors, and leaves the text on the screen."""
_NARROWEST = 20
_wanted = ContextVar("_wanted", default=True)


def add_no_pager(parser: argparse.ArgumentParser) -> None:
    """Add the option that prints without a pager; :func:`paged` takes it."""
    text = "print without a pager what is longer than the screen"
    parser.add_argument("--no-pager", action="store_true", default=argparse.SUPPRESS, help=text)


@contextmanager
def paged(*, wanted: bool) -> Iterator[None]:
    """Say whether what is printed meanwhile may go through a pager."""
    before = _wanted.set(wanted)
    try:
        yield
    finally:
        _wanted.reset(before)


def output_width() -> int | None:
    """Return how wide a line may be: COLUMNS, or the width of the terminal; None where neither is known."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said):
        return max(int(said), _NARROWEST)
    return max(shutil.get_terminal_size().columns, _NARROWEST) if sys.stdout.isatty() else None


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to stdout: broken between words, tables fitted, where a width is known.

    Characters that would steer a terminal are written out, but for our own isolates.
    """
    from budgetopt.report.figures.text_table import fitted

    show("".join(f"{escaped(line, but=ISOLATES)}\n" for line in fitted(lines, output_width())))


def print_plan(plan: Allocation, *, every_program: bool = False) -> None:
    """Print a plan to stdout."""
    from rich.console import Console

    from budgetopt.report import print_allocation

    console = Console(highlight=False)
    with console.capture() as captured:
        print_allocation(plan, console, every_program=every_program)
    show(captured.get())


def show(text: str) -> None:
    """Write text to stdout; through a pager if stdout is a terminal on whose screen it does not fit."""
    command = _pager(text)
    if command is None:
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    settings = {**os.environ, "LESS": os.environ.get("LESS", LESS)}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=settings, encoding="utf-8", errors="replace")
    except OSError:
        sys.stdout.write(text)
        return
    # the pager decides what an interrupt from the keyboard means
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager.communicate(text)
    finally:
        signal.signal(signal.SIGINT, before)


def _pager(text: str) -> list[str] | None:
    """Return the command of the pager, or None if the text is to be written at once."""
    if not _wanted.get() or not sys.stdout.isatty() or os.environ.get("TERM", "") == "dumb":
        return None
    if text.count("\n") < shutil.get_terminal_size().lines:
        return None
    try:
        command = shlex.split(os.environ.get("PAGER", PAGER))
    except ValueError:
        return None
    return command if command and command != ["cat"] and shutil.which(command[0]) else None
