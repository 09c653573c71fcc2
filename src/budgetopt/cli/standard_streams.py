"""The standard streams of a process that may have been started without them, or with ones that take nothing."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TextIO

__all__ = ["give_streams", "lead_away"]


class ClosedOutput(io.TextIOBase):
    """A standard output that is closed: nothing can be written to it."""

    def write(self, _text: str) -> int:
        """Refuse the text."""
        raise OSError(0, "the standard output is closed")


def give_streams() -> None:
    """Put something in the place of each standard stream that is closed.

    Otherwise the next file that is opened takes its number, and what a library prints goes into that file.
    """
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free number, which is this one
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or _nothing()
    sys.stdout = sys.stdout or ClosedOutput()
    sys.stderr = sys.stderr or _nothing()


def lead_away(stream: TextIO) -> None:
    """Lead a stream that takes nothing to nowhere: what is still in its buffer must not fail at the end."""
    with suppress(OSError, ValueError):  # a stream without a file of its own, as in tests
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, stream.fileno())
        os.close(sink)


def _nothing() -> TextIO:
    return io.TextIOWrapper(io.FileIO(os.open(os.devnull, os.O_RDWR), "r+"), encoding="utf-8")
