"""``python -m benchmarks``: solve the same problem in every way that is installed, and print what each took.

The ratios hold for one run on one machine, in which everything ran one after another. All ways must agree on the value.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.growth import exponents
from benchmarks.measure import PHASES, Measured, measure
from benchmarks.problem import SEGMENTS, write_problem
from benchmarks.ways import WAYS

SIZES = (500, 20_000, 100_000)
LIMIT = 240.0
AGREE = 1e-6
QUICK = 3.0  # seconds; runs that are over sooner are repeated, and the best counts
REPEATS = 3


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of programs")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a run is stopped")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="WORD", help="only ways with such a word in their name"
    )
    parser.add_argument("--json", type=Path, default=Path("out/benchmarks.json"), help="where the figures are written")
    arguments = parser.parse_args(argv)
    words = [word.casefold() for word in arguments.only]
    ways = [way for way in WAYS if not words or any(word in way.name.casefold() for word in words)]
    results: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        for programs in arguments.sizes:
            place = Path(folder) / str(programs)
            write_problem(place, programs)
            print(f"\n{programs:,} programs x {SEGMENTS} segments, seconds of the processor", flush=True)
            print(headers(), flush=True)
            first: Measured | None = None
            for way in ways:
                found = best(way, programs, place, arguments.limit)
                first = first or found
                results.append(found)
                print(line(found, first), flush=True)
    print(f"\n{explanation()}")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    figures = [{**asdict(one), "whole": one.whole} for one in results]
    text = json.dumps({"machine": machine(), "versions": versions(), "runs": figures}, indent=1)
    arguments.json.write_text(text + "\n", encoding="utf-8")
    if grown := exponents(figures):
        print("\nexponent of growth; `python -m benchmarks.growth --chart out/growth.svg` draws it")
        print("\n".join(f"{way:<26}{exponent:>6.2f}" for way, exponent in grown.items()))
    failed = [one for one in results if one.failure.startswith("failed")]
    apart = disagreements(results)
    for words_ in [*(f"{one.way}, {one.programs:,} programs: {one.failure}" for one in failed), *apart]:
        print(words_, file=sys.stderr)
    return 1 if failed or apart else 0


def best(way, programs: int, folder: Path, limit: float) -> Measured:  # noqa: ANN001
    """Return the best of a few runs where they are quick, and the only one where they are not."""
    found = measure(way, programs, folder, limit)
    if found.process is None or found.process > QUICK or found.failure:
        return found
    again = [measure(way, programs, folder, limit) for _ in range(REPEATS - 1)]
    return min([found, *again], key=lambda one: one.whole if one.whole is not None else float("inf"))


def headers() -> str:
    phases = "".join(f"{phase:>11}" for phase in PHASES)
    return f"{'':<26}{phases}{'whole':>11}{'times':>8}{'process':>10}{'cpu':>8}{'memory':>11}"


def line(one: Measured, first: Measured) -> str:
    """Return one row of the table: the phases, all of them, that beside the first way, and peak memory."""
    if one.whole is None or one.process is None or one.cpu is None or one.peak is None:
        return f"{one.way:<26}  {one.failure}"
    phases = "".join(f"{one.seconds[phase]:>11.3f}" if phase in one.seconds else f"{'':>11}" for phase in PHASES)
    times = f"{one.whole / first.whole:>8.1f}" if first.whole else f"{'':>8}"
    return f"{one.way:<26}{phases}{one.whole:>11.3f}{times}{one.process:>10.2f}{one.cpu:>8.2f}{one.peak / 1e6:>8.0f} MB"


def explanation() -> str:
    return (
        "load: read the files. formulate: make the problem that the solver takes. solve: for budgetopt with its tie\n"
        "break and certificate. audit: cents and the independent audit, which only budgetopt gives. whole: these\n"
        "together; times: the same, beside budgetopt in this very run. process: from the start of Python to its end,\n"
        "all imports included, by the clock; cpu: its processor time. memory: its peak, with the solver's process."
    )


def disagreements(results: Sequence[Measured]) -> list[str]:
    """Return the ways that reached another value than the first, in words."""
    out = []
    for programs in dict.fromkeys(one.programs for one in results):
        same = [one for one in results if one.programs == programs and one.value is not None]
        out += [
            f"{programs:,} programs: {one.way} reached {one.value!r}, {same[0].way} {same[0].value!r}"
            for one in same[1:]
            if abs(one.value - same[0].value) > AGREE * abs(same[0].value)
        ]
    return out


def machine() -> dict[str, object]:
    return {"system": platform.system(), "processor": platform.machine(), "processors": os.cpu_count()}


def versions() -> dict[str, str]:
    """Return the versions of everything that took part."""
    found = {"python": platform.python_version()}
    for package in ("budgetopt", "highspy", "pulp", "numpy", "pandas", "scipy", "cvxpy", "linopy", "pyomo", "ortools"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
