"""Whether Ctrl-C was pressed while a solver, which then stops with the best plan in hand, was at work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

__all__ = ["Interruptions", "watched"]


@dataclass
class Interruptions:
    """How often Ctrl-C was pressed."""

    count: int = 0


@contextmanager
def watched() -> Iterator[Interruptions]:
    """Count the interruptions from here on; each still raises KeyboardInterrupt, which the solvers turn into a stop."""
    seen = Interruptions()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        seen.count += 1
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield seen
        return
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, before)
