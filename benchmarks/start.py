"""``python -m benchmarks.start``: what a run of a command takes, beside importing numpy and highspy alone.

Every run is a process of its own; the figures are its time of the processor, user and system, the least of a few runs
that take turns.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

__all__ = ["main", "processor_seconds"]

ROOT = Path(__file__).resolve().parents[1]
PEER = ("-c", "import numpy, highspy")
COMMANDS = ("--help", "check SCENARIO", "solve SCENARIO")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--scenario", default=str(ROOT / "scenarios" / "charlotte"))
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args(argv)
    runs = {" ".join(PEER): PEER}
    for command in COMMANDS:
        words = (arguments.scenario if word == "SCENARIO" else word for word in command.split())
        runs[f"budgetopt {command}"] = ("-m", "budgetopt", *words)
    least = dict.fromkeys(runs, float("inf"))
    for _ in range(arguments.repeats + 1):
        for name, run in runs.items():
            least[name] = min(least[name], processor_seconds(run))
    peer = least[" ".join(PEER)]
    for name, seconds in least.items():
        print(f"{name:<34}{seconds:>8.3f} s{seconds / peer:>8.1f} times")
    return 0


def processor_seconds(arguments: tuple[str, ...]) -> float:
    """Return the seconds of the processor that a run of this Python takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    # a run without compiled modules would time the compiler
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
