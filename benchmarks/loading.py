"""``python -m benchmarks.loading``: read, check and formulate tables of programs, beside ``pandas.read_csv``.

Plain columns (an id, a name, a department, amounts, an effect per dollar) or curves of four segments. Every figure is
time of the processor, the best of a few runs that take turns with pandas; the exponent says how the time grows with the
rows: 1 is in proportion to them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from math import log
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

import budgetopt as bo
from benchmarks.problem import SEED, write_problem
from budgetopt.reading.layers import assembled
from budgetopt.reading.scenario_files import read_files

__all__ = ["PHASES", "main", "times", "write_plain"]

SIZES = (1_000, 10_000, 100_000, 1_000_000)
REPEATS = 5
PHASES = ("pandas", "read", "check", "formulate")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loading", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of programs")
    arguments = parser.parse_args(argv)
    for kind, write in (("plain columns", write_plain), ("curves", write_problem)):
        print(f"{kind:<14}{'pandas':>10}{'read':>10}{'check':>10}{'formulate':>11}{'read + check':>15}{'exponent':>10}")
        before: tuple[int, float] | None = None
        for rows in arguments.sizes:
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), rows)
                found = times(Path(folder))
            load = found["read"] + found["check"]
            growth = f"{log(load / before[1]) / log(rows / before[0]):>10.2f}" if before else ""
            seconds = "".join(
                f"{found[phase]:>{width}.4f}" for phase, width in zip(PHASES, (10, 10, 10, 11), strict=True)
            )
            print(f"{rows:>14,}{seconds}{load / found['pandas']:>9.1f} times{growth}", flush=True)
            before = rows, load
    return 0


def times(folder: Path) -> dict[str, float]:
    """Return the least seconds of the processor that each phase takes for the scenario in a folder."""
    found = dict.fromkeys(PHASES, np.inf)

    def timed(phase: str, run: Callable[[], Any]) -> Any:
        start = process_time()
        result = run()
        found[phase] = min(found[phase], process_time() - start)
        return result

    for _ in range(REPEATS):
        timed("pandas", lambda: pd.read_csv(folder / "programs.csv"))
        assembly = timed("read", lambda: assembled(read_files(folder)))
        scenario = timed("check", assembly.scenario)
        timed("formulate", partial(bo.formulate, scenario))
    return found


def write_plain(folder: Path, programs: int) -> None:
    """Write ``scenario.yaml`` and ``programs.csv`` into a folder: amounts and an effect per dollar, without curves."""
    random = np.random.default_rng(SEED)
    baseline = random.integers(10_000, 1_000_000, programs)
    table = pd.DataFrame(
        {
            "program": [f"p{row}" for row in range(programs)],
            "name": [f"Program {row}" for row in range(programs)],
            "department": [f"Department {row % 20}" for row in range(programs)],
            "baseline": baseline,
            "spending.at_least": (baseline * 0.8).round().astype(int),
            "spending.at_most": (baseline * 1.2).round().astype(int),
            "outcomes.good.per_dollar": random.lognormal(-3, 0.6, programs).round(6),
        }
    )
    table.to_csv(folder / "programs.csv", index=False)
    words = f"funds: {{general: {{revenue: {baseline.sum()}}}}}\noutcomes: {{good: {{weight: 1}}}}\n"
    (folder / "scenario.yaml").write_text(f"{words}tables: {{programs: programs.csv}}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
