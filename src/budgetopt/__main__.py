"""``python -m budgetopt``, and the command ``budgetopt``: Ctrl-C ends it in one line at any moment."""

import _thread
import os
import signal
import sys
import time
from contextlib import suppress

__all__ = ["run"]

SOON = 0.01
"""Seconds after which an interruption that was swallowed comes again."""


def run() -> None:
    """Run the command that the process was started with, and end the process with its exit code."""
    # a process that was started to ignore Ctrl-C goes on to do so
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds:
        signal.signal(signal.SIGINT, _end)
        sys.unraisablehook = _raise_again
    from budgetopt.cli import main

    if heeds:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = main()
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    # nothing is left to be interrupted
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code == 128 + signal.SIGINT:
        # code that a library was running would have Python end by the signal itself
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def _end(*_: object) -> None:
    """End the process before anything was begun: libraries that are being loaded turn an interruption into errors."""
    os.write(2, b"budgetopt: interrupted\n")
    os._exit(128 + signal.SIGINT)


def _raise_again(fault: "sys.UnraisableHookArgs") -> None:
    """Interrupt again where an interruption came while something was cleared away, which would swallow it."""
    if fault.exc_type is KeyboardInterrupt:
        # at once would be in this very function, where an interruption is swallowed too
        _thread.start_new_thread(_interrupt_soon, ())
    else:
        sys.__unraisablehook__(fault)


def _interrupt_soon() -> None:
    time.sleep(SOON)
    _thread.interrupt_main()


if __name__ == "__main__":
    run()
