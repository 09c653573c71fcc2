"""Whether Ctrl-C was pressed while a solver, which then stops with the best plan in hand, was at work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["watched"]


@contextmanager
def watched() -> Iterator[threading.Event]:
    """Note an interruption from here on; each still raises KeyboardInterrupt, which the solvers turn into a stop."""
    interrupted = threading.Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
