"""Whether budgetopt has become slower: ratios to peers on the same problems, beside those that are kept.

    python -m benchmarks.regression            # ends with 1 where a ratio is more than MARGIN times the kept one
    python -m benchmarks.regression --keep     # measures, and keeps the ratios

A ratio is the time of the processor that budgetopt takes beside that of a peer in the same run, each the least of a few
runs that take turns, so that neither the machine nor other work on it counts. The kept ratios stand in `ratios.json`.
It is no part of the tests, none of which measures time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.integer import bent_budget, election
from benchmarks.integer_ways import INTEGER_WAYS, write_task
from benchmarks.measure import measure
from benchmarks.problem import write_problem
from benchmarks.ways import WAYS, Way

__all__ = ["CASES", "Case", "main", "slower"]

KEPT = Path(__file__).with_name("ratios.json")
MARGIN = 1.5
REPEATS = 3
LIMIT = 600.0
GAP = 1e-6


@dataclass(frozen=True)
class Case:
    """A problem, and the peer beside which budgetopt is measured on it.

    Parameters
    ----------
    name
        What it is.
    write
        Writes the problem into a folder.
    own, peer
        The two ways.
    phases
        The phases that count.
    """

    name: str
    write: Callable[[Path], None]
    own: Way
    peer: Way
    phases: tuple[str, ...]


def _case(
    name: str, write: Callable[[Path], None], ways: tuple[Way, ...], peer: str, phases: tuple[str, ...] = ("solve",)
) -> Case:
    by_name = {way.name: way for way in ways}
    return Case(name, write, by_name["budgetopt"], by_name[peer], phases)


CASES = (
    _case(
        "read and solve 2,000 programs",
        lambda folder: write_problem(folder, 2_000),
        WAYS,
        "HiGHS, default settings",
        ("load", "formulate", "solve"),
    ),
    _case("solve 20,000 programs", lambda folder: write_problem(folder, 20_000), WAYS, "HiGHS, default settings"),
    _case("an election", lambda folder: write_task(folder, election(6, 40), GAP), INTEGER_WAYS, "HiGHS"),
    _case("mostly linear", lambda folder: write_task(folder, bent_budget(6_000, 4), GAP), INTEGER_WAYS, "HiGHS"),
)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep the ratios of this run")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="only cases with such a word")
    arguments = parser.parse_args(argv)
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    cases = [case for case in CASES if not arguments.only or any(word in case.name for word in arguments.only)]
    found = {}
    for case in cases:
        found[case.name] = round(ratio(case), 3)
        before = f", kept {kept[case.name]:.3f}" if case.name in kept else ", none kept"
        print(f"{case.name:<32}{found[case.name]:>8.3f} times {case.peer.name}{before}", flush=True)
    if arguments.keep:
        KEPT.write_text(json.dumps(kept | found, indent=1) + "\n", encoding="utf-8")
        return 0
    worse = slower(found, kept)
    for words in worse:
        print(words, file=sys.stderr)
    return 1 if worse else 0


def ratio(case: Case) -> float:
    """Return what budgetopt takes beside the peer, in time of the processor."""
    own, peer = float("inf"), float("inf")
    with tempfile.TemporaryDirectory() as folder:
        case.write(Path(folder))
        for _ in range(REPEATS):
            own = min(own, _seconds(case, case.own, Path(folder)))
            peer = min(peer, _seconds(case, case.peer, Path(folder)))
    return own / peer


def _seconds(case: Case, way: Way, folder: Path) -> float:
    found = measure(way, 0, folder, LIMIT)
    if found.failure:
        raise RuntimeError(f"{case.name}: {way.name} {found.failure}")
    return sum(found.seconds[phase] for phase in case.phases if phase in found.seconds)


def slower(found: dict[str, float], kept: dict[str, float]) -> list[str]:
    """Return the cases whose ratio is well above the kept one, in words."""
    return [
        f"{name}: {now:.3f} times as long as the peer, and {now / kept[name]:.1f} times the kept {kept[name]:.3f}"
        for name, now in found.items()
        if name in kept and now > MARGIN * kept[name]
    ]


if __name__ == "__main__":
    sys.exit(main())
