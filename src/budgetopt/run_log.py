"""What a run does, said to the log `budgetopt`, and how long each stage takes, kept where somebody asks for it.

Whoever uses the library sets the levels of :mod:`logging` as for any other; the command line has `--log-level` and
`--timings`. Nothing is logged unless it is asked for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

__all__ = ["LOG", "Run", "log_file", "log_solve", "recorded", "stage"]

LOG = "budgetopt"
"""The name of the log."""


@dataclass
class Run:
    """The stages that ended while a run was recorded, and the files that it read and wrote.

    Parameters
    ----------
    stages
        For each stage: its name, how many stages it stands in, and the seconds that it took; in the order of their
        beginnings. A stage counts the stages in it.
    read, written
        The names of the files and their sizes in bytes, in order.
    solvers
        For each solver: how many problems it solved, their seconds, and the columns and rows of the largest.
    """

    stages: list[tuple[str, int, float]] = field(default_factory=list)
    read: list[tuple[str, int]] = field(default_factory=list)
    written: list[tuple[str, int]] = field(default_factory=list)
    solvers: dict[str, dict[str, float]] = field(default_factory=dict)
    depth: int = 0

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "stages": [
                {"stage": name, "within": depth, "seconds": round(took, 6)} for name, depth, took in self.stages
            ],
            "read": [{"file": name, "bytes": size} for name, size in self.read],
            "written": [{"file": name, "bytes": size} for name, size in self.written],
            "solvers": self.solvers,
        }


_RUN: ContextVar[Run | None] = ContextVar("run", default=None)


@contextmanager
def recorded() -> Iterator[Run]:
    """Record what is done in this context."""
    run = Run()
    token = _RUN.set(run)
    try:
        yield run
    finally:
        _RUN.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Log how long a stage took, and record it where somebody asked for that."""
    run = _RUN.get()
    begin = time.perf_counter()
    if run is not None:
        place, depth = len(run.stages), run.depth
        run.stages.append((name, depth, 0.0))
        run.depth += 1
    try:
        yield
    finally:
        took = time.perf_counter() - begin
        if run is not None:
            run.stages[place] = (name, depth, took)
            run.depth = depth
        _log("%s: %.3f s", name, took)


def log_file(what: str, name: str, size: int) -> None:
    """Log that a file was ``read`` or ``written``, and record it where somebody asked for that."""
    run = _RUN.get()
    if run is not None:
        (run.read if what == "read" else run.written).append((name, size))
    _log("%s %s, %d bytes", what, name, size)


def log_solve(solver: str, columns: int, rows: int, seconds: float, ended: str) -> None:
    """Log how the solving of a problem ended, and record it where somebody asked for that."""
    run = _RUN.get()
    if run is not None:
        sums = run.solvers.setdefault(solver, {"problems": 0, "seconds": 0.0, "columns": 0, "rows": 0})
        sums["problems"] += 1
        sums["seconds"] = round(sums["seconds"] + seconds, 6)
        sums["columns"], sums["rows"] = max((sums["columns"], sums["rows"]), (columns, rows))
    _log("%s: %d columns, %d rows, %s after %.3f s", solver, columns, rows, ended, seconds, level="debug")


def _log(message: str, *values: object, level: str = "info") -> None:
    # where nothing has imported the module, nobody has asked for its messages
    logging = sys.modules.get("logging")
    if logging is not None:
        getattr(logging.getLogger(LOG), level)(message, *values)
