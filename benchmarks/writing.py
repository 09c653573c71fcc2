"""Sizes of what is written of a plan, and the time of the processor that it takes, beside a fixed piece of work.

    python -m benchmarks.writing [--programs 100 1000 10000 100000] [--kinds page workbook json csv markdown]

Each size is solved in a process of its own. What is written is measured on a plan of which nothing was asked before, so
that each includes the figures that it shows. The reference is the same in every process: a million numbers as JSON, by
Python. Ratios to it are nearly the same on every machine, and however busy it is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import budgetopt as bo

__all__ = ["KINDS", "city", "main", "measure"]

KINDS: dict[str, Callable[[bo.Allocation, Path], Any]] = {
    "page": lambda plan, folder: plan.to_html(folder / "plan.html"),
    "workbook": lambda plan, folder: plan.to_excel(folder / "plan.xlsx"),
    "json": lambda plan, folder: plan.to_json(folder / "plan.json"),
    "csv": lambda plan, folder: plan.to_csv(folder / "tables"),
    "markdown": lambda plan, folder: (folder / "plan.md").write_text(plan.to_markdown(), encoding="utf-8"),
}
"""What is written, by its name."""
NUMBERS = 1_000_000
"""How many numbers the reference writes."""


def city(programs: int, folder: Path) -> Path:
    """Write a city of many programs in twenty departments, each with a floor, a ceiling and one effect."""
    rng = np.random.default_rng(0)
    numbers, baseline = range(programs), rng.integers(10_000, 1_000_000, programs)
    table = pd.DataFrame(
        {
            "program": [f"p{at}" for at in numbers],
            "name": [f"Program {at}" for at in numbers],
            "department": [f"Department {at % 20}" for at in numbers],
            "baseline": baseline,
            "spending.at_least": (0.8 * baseline).round().astype(int),
            "spending.at_most": (1.2 * baseline).round().astype(int),
            "outcomes.good.per_dollar": rng.lognormal(-3, 0.6, programs).round(6),
        }
    )
    table.to_csv(folder / "programs.csv", index=False)
    document = {
        "funds": {"general": {"revenue": int(baseline.sum())}},
        "outcomes": {"good": {"weight": 1}},
        "tables": {"programs": "programs.csv"},
    }
    (folder / "scenario.yaml").write_text(json.dumps(document), encoding="utf-8")
    return folder


def measure(programs: int, kinds: list[str]) -> dict[str, tuple[float, int]]:
    """Return for each kind the time beside the reference, and the bytes of all files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = bo.solve(bo.load(city(programs, folder)))
        begin = time.process_time()
        json.dumps([at / 7 for at in range(NUMBERS)])
        reference = time.process_time() - begin
        found = {}
        for kind in kinds:
            place = folder / kind
            place.mkdir()
            fresh = replace(plan)
            begin = time.process_time()
            KINDS[kind](fresh, place)
            taken = time.process_time() - begin
            size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
            found[kind] = taken / reference, size
    return found


def main(argv: list[str] | None = None) -> None:
    """Measure each size in a process of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.alone:
        print(json.dumps(measure(arguments.programs[0], arguments.kinds)))
        return
    print(f"{'programs':>10} {'what':<10} {'size, MB':>10} {'time / reference':>18}")
    for programs in arguments.programs:
        command = [sys.executable, "-m", "benchmarks.writing", "--alone", "--programs", str(programs)]
        done = subprocess.run([*command, "--kinds", *arguments.kinds], capture_output=True, text=True, check=True)
        for kind, (ratio, size) in json.loads(done.stdout.splitlines()[-1]).items():
            print(f"{programs:>10,} {kind:<10} {size / 1e6:>10.2f} {ratio:>18.2f}", flush=True)


if __name__ == "__main__":
    main()
