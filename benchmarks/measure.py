"""Run one way on one problem in a process of its own: its seconds, its peak memory, and what it reached.

``python -m benchmarks.measure KIND WAY FOLDER`` prints that as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.integer_ways import INTEGER_WAYS
from benchmarks.ways import WAYS, Way

__all__ = ["Measured", "measure"]

PHASES = ("load", "formulate", "solve", "audit")
LINUX = sys.platform.startswith("linux")


@dataclass(frozen=True)
class Measured:
    """What one run showed.

    Parameters
    ----------
    way, programs
        What was run, on how many programs.
    seconds
        Seconds of the processor of each phase, the imports left out.
    value
        The value that it reached.
    process
        Seconds of the whole process, the imports included.
    cpu
        Seconds of processor time of the whole process and of its solver's: what a busy machine does not change.
    peak
        Peak memory in bytes, that of solvers in processes of their own included.
    failure
        Why there are no figures: the limit of time, or what went wrong.
    """

    way: str
    programs: int
    seconds: dict[str, float] = field(default_factory=dict)
    value: float | None = None
    process: float | None = None
    cpu: float | None = None
    peak: int | None = None
    failure: str = ""

    @property
    def whole(self) -> float | None:
        """Seconds of all phases together; None without figures."""
        return sum(self.seconds.values()) if self.seconds else None


def measure(way: Way, programs: int, folder: Path, limit: float) -> Measured:
    """Run a way and measure it; after ``limit`` seconds it is stopped."""
    if way.missing:
        return Measured(way.name, programs, failure=f"skipped: {way.missing}")
    command = [sys.executable, "-m", "benchmarks.measure", way.kind, way.name, str(folder)]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return Measured(way.name, programs, failure=f"> {limit:g} s")
    process = time.perf_counter() - start
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Measured(way.name, programs, process=process, failure=f"failed: {last[:100]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Measured(way.name, programs, found["seconds"], found["value"], process, found["cpu"], found["peak"])


def main() -> None:
    kind, name, folder = sys.argv[1:]
    way = next(way for way in (*WAYS, *INTEGER_WAYS) if (way.kind, way.name) == (kind, name))
    seconds, value = way.solve(Path(folder))
    # a solver in a process of its own, as CBC is for PuLP, holds its memory beside ours
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peak = (1024 if LINUX else 1) * sum(one.ru_maxrss for one in used)
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps({"seconds": seconds, "value": value, "cpu": cpu, "peak": peak}))


if __name__ == "__main__":
    main()
