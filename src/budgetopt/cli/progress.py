"""A line on the terminal that says what is being done, and is gone when it is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from budgetopt.run_log import stage

__all__ = ["progress"]


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show a line on stderr while something is done, if stderr is a terminal that can take it back.

    It is a stage of the run, too; see :mod:`budgetopt.run_log`.
    """
    shown = sys.stderr.isatty() and os.environ.get("TERM", "") != "dumb"
    if shown:
        sys.stderr.write(f"{text} ...")
        sys.stderr.flush()
    try:
        with stage(text.lower()):
            yield
    finally:
        if shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
