"""Run the command line on drawn files of every kind, most of them nearly right, and collect the faults.

    python tools/fuzz.py --cases 2000 --seed 1

The scenarios begin as draws of the whole language and as those of the repository, so that most of them can be solved;
then keys, numbers, names and bytes are changed, at the places that the grammar has. Tables are written as CSV, JSON,
workbooks and Parquet; results are solved, changed and verified; budget files are read by `new --from`. A fault is an
exit code that no error of the input has, an exception that escapes, a case that takes over ten seconds, or a process
that comes to need over a gigabyte. What is found stands in `out/fuzz`, one folder for each place where it arises.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from fuzz_cases import ROOT, Case, changed, corpus, drawn_case, written

FOUND = ROOT / "out" / "fuzz"

MOST_SECONDS = 10.0
MOST_BYTES = 1_000_000_000
EXPECTED = {0, 1, 2}
"""Exit codes that are no fault."""
CORPUS = 120
"""How many draws of the language the cases begin from."""
BATCH = 200
"""Cases after which a process is followed by a new one."""
MOST_WAITING = 30 * MOST_SECONDS
"""Seconds by the clock after which a case that takes no time of the processor counts as one that never ends."""
FORKS = get_context("fork")


class Outcome(NamedTuple):
    """How a run ended: its exit code (-1 where an exception escaped), and the place where its fault arose."""

    code: int
    place: str
    seconds: float


def run_case(case: Case, folder: Path, rng: random.Random) -> Outcome:
    """Run a case in this process."""
    if case.kind == "result":
        solved = call(["solve", str(folder), "--json", str(folder / "plan.json")])
        if solved.code != 0:
            return solved
        document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        for _ in range(rng.randrange(3)):
            document = changed(document, [document], rng)
        (folder / "plan.json").write_bytes(written(document, rng))
    return call(case.arguments)


def call(arguments: list[str]) -> Outcome:
    """Run a command line, and say where its fault arose if it has one."""
    from budgetopt.cli import main

    out, err, start = io.StringIO(), io.StringIO(), time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
        told = err.getvalue()
    except BaseException as error:  # noqa: BLE001 - nothing may escape
        import traceback

        code, told = -1, "".join(traceback.format_exception(error))
    return Outcome(code, "" if code in EXPECTED else fault_place(told), time.process_time() - start)


def fault_place(told: str) -> str:
    """Return the last place in budgetopt that a traceback names, and what was raised there."""
    frames = re.findall(r'File ".*?/budgetopt/([\w/.]+)", line (\d+)', told)
    lines = [line for line in told.strip().splitlines() if re.match(r"[\w.]+(Error|Exception|Interrupt)\b", line)]
    raised = re.split(r"[:\s]", lines[-1])[0] if lines else "unknown"
    return f"{':'.join(frames[-1]) if frames else 'nowhere'} {raised}"


def work(documents: list[dict[str, Any]], seed: int, numbers: range, base: Path, tell: Connection) -> None:
    """Run the cases of some numbers, and tell of each before it begins and when it has ended."""
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")
        folder = base / str(number)
        folder.mkdir()
        case = drawn_case(documents, folder, rng)
        tell.send({"begins": number, "arguments": case.arguments, "kind": case.kind})
        outcome = run_case(case, folder, rng)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        tell.send({"code": outcome.code, "place": outcome.place, "seconds": outcome.seconds, "peak": peak})
        if outcome.code in EXPECTED and outcome.seconds <= MOST_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
        if peak > MOST_BYTES:
            break
    tell.close()


class Tally:
    """What was run, and what was found."""

    def __init__(self) -> None:
        self.cases = 0
        self.codes: Counter[int] = Counter()
        self.reached: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.slowest, self.peak = 0.0, 0

    def end(self, begun: dict[str, Any], code: int, seconds: float, peak: int) -> None:
        """Count a case that ended."""
        command = begun["arguments"][0]
        self.cases += 1
        self.codes[code] += 1
        self.asked[command] += 1
        self.reached[command] += code in (0, 1)
        self.slowest, self.peak = max(self.slowest, seconds), max(self.peak, peak)

    def keep(self, place: str, begun: dict[str, Any], base: Path) -> None:
        """Count a fault, and keep the files of the first one at its place."""
        self.faults[place] += 1
        target = FOUND / re.sub(r"[^\w.-]+", "_", place)[:100]
        if not target.exists():
            FOUND.mkdir(parents=True, exist_ok=True)
            shutil.copytree(base / str(begun["begins"]), target, dirs_exist_ok=True)
            (target / "arguments.json").write_text(json.dumps(begun, indent=1), encoding="utf-8")

    def print(self, seconds: float) -> None:
        """Print the sums."""
        solved = sum(self.reached[name] for name in self.reached if name not in ("check", "new"))
        print(f"{self.cases:,} cases in {seconds:.0f} s, exit codes {dict(sorted(self.codes.items()))}")
        share = f"{solved / max(self.cases, 1):.0%}"
        print(f"answered after a solve: {share}; slowest {self.slowest:.1f} s, most {self.peak / 1e6:.0f} MB")
        print("  " + ", ".join(f"{name} {self.reached[name]} of {count}" for name, count in sorted(self.asked.items())))
        for place, count in self.faults.most_common():
            print(f"FAULT {place}: {count}")


def watch(tally: Tally, documents: list[dict[str, Any]], seed: int, numbers: range, base: Path) -> int:
    """Run a batch in a process of its own, end it where a case never ends, and return the next number to run.

    The process is a copy of this one, which has loaded everything and drawn the documents.
    """
    hear, tell = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=work, args=(documents, seed, numbers, base, tell))
    process.start()
    tell.close()
    begun: dict[str, Any] = {}
    following, late = numbers.start, False
    with contextlib.suppress(EOFError):
        while True:
            # a case counts its own seconds; the wait is for those that never end
            if not hear.poll(MOST_WAITING):
                late = True
                process.kill()
                break
            told = hear.recv()
            if "begins" in told:
                begun, following = told, told["begins"] + 1
                continue
            tally.end(begun, told["code"], told["seconds"], told["peak"])
            slow = "takes over ten seconds: " + begun["arguments"][0] if told["seconds"] > MOST_SECONDS else ""
            large = "needs over a gigabyte: " + begun["arguments"][0] if told["peak"] > MOST_BYTES else ""
            for place in filter(None, (told["place"], slow, large)):
                tally.keep(place, begun, base)
            begun = {}
    process.join()
    if begun:
        tally.keep("never ends" if late else f"ends the process: {process.exitcode}", begun, base)
    elif following == numbers.start:
        raise SystemExit("a process of cases ended before it began")
    return following


def fuzz(cases: int, seed: int, first: int = 0, each: Callable[[Tally], None] | None = None) -> Tally:
    """Run so many cases, and return what was found."""
    os.environ["BUDGETOPT_DEBUG"] = "1"
    documents = corpus(CORPUS)
    call(["solvers"])
    tally, number = Tally(), first
    while number < first + cases:
        with tempfile.TemporaryDirectory() as base:
            numbers = range(number, min(number + BATCH, first + cases))
            number = watch(tally, documents, seed, numbers, Path(base))
        if each is not None:
            each(tally)
    return tally


def main() -> int:
    """Run the cases that are asked for, and return 1 if there is a fault."""
    parser = argparse.ArgumentParser(description="Run the command line on drawn files, and collect the faults.")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    options = parser.parse_args()
    start = time.monotonic()

    def show(tally: Tally) -> None:
        share = f"{tally.cases:,} cases, {sum(tally.faults.values())} findings"
        print(f"{share}, {tally.cases / (time.monotonic() - start):.1f} a second", file=sys.stderr, flush=True)

    tally = fuzz(options.cases, options.seed, options.first, show)
    tally.print(time.monotonic() - start)
    return int(bool(tally.faults))


if __name__ == "__main__":
    sys.exit(main())
