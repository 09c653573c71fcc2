"""The threads that all models of HiGHS in a process share."""

from __future__ import annotations

import threading
from typing import Any

__all__ = ["claim_threads"]

_lock = threading.Lock()
_in_use: int | None = None


def claim_threads(model: Any, threads: int | None) -> int:
    """Return the number of threads; HiGHS has one set of workers in a process, and a new number replaces it."""
    global _in_use
    wanted = threads or 0
    with _lock:
        if _in_use is not None and _in_use != wanted:
            model.resetGlobalScheduler(True)
        _in_use = wanted
    return wanted
