"""Whether Ctrl-C was pressed: a solver at work then stops with the best plan in hand, and a library may fail oddly."""

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

    before = signal.getsignal(signal.SIGINT)

    def interrupt(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        if callable(before):
            before(number, frame)
        raise KeyboardInterrupt

    # a process that was started to ignore Ctrl-C goes on to do so
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield interrupted
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
