"""Keep what solvers print off the standard output, which is for data.

Most solvers are libraries in C: what they print goes to file descriptor 1 and past ``sys.stdout``. HiGHS 1.16.0 prints
a banner while its object is made, before any option can be set. Solvers that Python wraps print to ``sys.stdout``.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["descriptor_kept_clean", "stdout_kept_clean"]

OUT, ERR = 1, 2  # the file descriptors of the standard output and the standard error


class _Diversion:
    """A stream that leads elsewhere while any thread is inside: the first one in leads it away, the last one out back.

    Parameters
    ----------
    lead_away
        Leads the stream away and returns the function that leads it back.
    """

    def __init__(self, lead_away: Callable[[bool], Callable[[], object]]) -> None:
        self._lead_away = lead_away
        self._lead_back: Callable[[], object] = _nothing
        self._lock = threading.Lock()
        self._inside = 0

    @contextmanager
    def __call__(self, *, dropped: bool) -> Iterator[None]:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._lead_back = self._lead_away(dropped)
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._lead_back()


@contextmanager
def descriptor_kept_clean(*, dropped: bool = False) -> Iterator[None]:
    """Lead descriptor 1 to the standard error until the block ends; one that is closed stays so.

    Parameters
    ----------
    dropped
        Whether what is printed is thrown away, instead of going to the standard error.
    """
    with _DESCRIPTOR(dropped=dropped):
        yield


@contextmanager
def stdout_kept_clean() -> Iterator[None]:
    """Lead descriptor 1 and ``sys.stdout`` to the standard error until the block ends."""
    with _SYS_STDOUT(dropped=False), _DESCRIPTOR(dropped=False):
        yield


def _divert_descriptor(dropped: bool) -> Callable[[], object]:
    _flush()
    try:
        os.fstat(OUT)
    except OSError:
        return _nothing
    # before the copy of the output, which would take the place of a standard error that is closed
    try:
        target = os.open(os.devnull, os.O_WRONLY) if dropped else os.dup(ERR)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    output = os.dup(OUT)
    os.dup2(target, OUT)
    os.close(target)

    def lead_back() -> None:
        _flush()
        os.dup2(output, OUT)
        os.close(output)

    return lead_back


def _divert_sys_stdout(_dropped: bool) -> Callable[[], object]:
    output, sys.stdout = sys.stdout, sys.stderr

    def lead_back() -> None:
        sys.stdout = output

    return lead_back


def _nothing() -> None:
    """Do nothing."""


def _c_flush() -> Callable[[], object]:
    """Return a function that writes what the C library still holds for the standard output.

    It leaves other streams alone: to flush them all would wait for a thread that reads the standard input.
    """
    try:
        if sys.platform == "win32":
            library = ctypes.CDLL("ucrtbase")
            library.__acrt_iob_func.restype = ctypes.c_void_p
            stream = ctypes.c_void_p(library.__acrt_iob_func(OUT))
        else:
            library = ctypes.CDLL(None)
            stream = ctypes.c_void_p.in_dll(library, "__stdoutp" if sys.platform == "darwin" else "stdout")
        flush = library.fflush
    except (AttributeError, OSError, ValueError):
        return _nothing
    return lambda: flush(stream)


_flush = _c_flush()
_DESCRIPTOR = _Diversion(_divert_descriptor)
_SYS_STDOUT = _Diversion(_divert_sys_stdout)
