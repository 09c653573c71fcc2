"""Break whatever writes, at every moment: kill it, fill its disk, set two at once on one file, press Ctrl-C.

    python tools/faults.py [COUNT] [--seed N]

Each loop runs so many times (500), at moments drawn over the time that the work takes, and prints how many ended how.
What must hold afterwards: each file and each folder is the old one or the new one as a whole; the process says in a
sentence what happened and ends with a documented exit code; nothing that is left over survives the next run. It returns
1 if anything else was seen.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

SCENARIO = """\
name: Town
funds: {general: {revenue: 1000}}
outcomes: {visits: {unit: visits, weight: 2}}
programs:
  library: {baseline: 400, outcomes: {visits: {curve: [[0, 0], [600, 300], [900, 390]]}}}
  pool: {baseline: 500, outcomes: {visits: {per_dollar: 0.4}}}
"""
WRITER = """\
import sys, time
from pathlib import Path
from budgetopt.whole_files import write_folder, write_text
folder, words, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for _ in range(rounds):
    write_text(folder / "result.json", (words + chr(10)) * 20_000)
    write_folder(folder / "tables", {f"{name}.csv": lambda path: path.write_text(words * 5_000) for name in "abc"})
"""
"""Two ways of writing without the time that a solver takes: so that most moments fall into the writing."""


class BrokenPromiseError(Exception):
    """What must not be seen was seen."""


def main() -> int:
    """Run every loop and return 1 if one of them saw what it must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    # where this is started in the background, Ctrl-C is ignored, and so it is by every process that is started here
    signal.signal(signal.SIGINT, signal.default_int_handler)
    failed = False
    for loop in LOOPS:
        try:
            found = loop(arguments.count, random.Random(arguments.seed))
        except BrokenPromiseError as fault:
            failed = True
            print(f"{loop.__name__}: FAILED: {fault}", flush=True)
        else:
            counts = ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
            print(f"{loop.__name__}: {arguments.count} runs: {counts}", flush=True)
    return int(failed)


def killed(count: int, drawn: random.Random) -> Counter[str]:
    """Kill a writer at a drawn moment; what it wrote is old or new, and the next writer leaves nothing behind."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        took = _writing(folder, "old", 1)
        for _ in range(count):
            process = _started(folder, "new", 1)
            time.sleep(drawn.uniform(0, 1.3 * took))
            process.kill()
            process.wait()
            found[_state(folder)] += 1
            _writing(folder, "old", 1)
            _expect(folder, "old")
    return found


def two_at_once(count: int, drawn: random.Random) -> Counter[str]:
    """Let two processes write one file and one folder at once; each is left as one of them wrote it, whole."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        took = _writing(folder, "old", 1)
        for _ in range(count):
            writers = [_started(folder, words, 2) for words in ("old", "new")]
            time.sleep(drawn.uniform(0, took))
            if any(writer.wait() for writer in writers):
                raise BrokenPromiseError(f"a writer ended with {[writer.returncode for writer in writers]}")
            found[_state(folder)] += 1
            if left := _left(folder):
                raise BrokenPromiseError(f"left behind: {left}")
    return found


def disk_full(count: int, drawn: random.Random) -> Counter[str]:
    """Let files grow to a drawn size at most, as on a disk that is full; old files stay, and a sentence says why."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenario.yaml").write_text(SCENARIO)
        targets = _targets(folder)
        _run(["solve", str(folder), *targets])
        old = _contents(folder)
        largest = max(len(content) for content in old.values())
        for _ in range(count):
            most = int(2 ** drawn.uniform(0, largest.bit_length()))
            change = ["--set", f"funds.general.revenue={drawn.randint(900, 1100)}"]
            done = _run(["solve", str(folder), *change, *targets], most)
            _expect_sentence(done)
            if _left(folder):
                raise BrokenPromiseError(f"left behind: {_left(folder)}")
            if not (folder / "result.json").read_text().endswith("}\n"):
                raise BrokenPromiseError("half a result")
            json.loads((folder / "result.json").read_text())
            found[f"exit {done.returncode}"] += 1
    return found


def interrupted(count: int, drawn: random.Random) -> Counter[str]:
    """Press Ctrl-C at a drawn moment of a whole run, the loading of libraries included."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenario.yaml").write_text(SCENARIO)
        command = ["solve", str(folder), *_targets(folder)]
        begin = time.monotonic()
        _run(command)
        took = time.monotonic() - begin
        for _ in range(count):
            process = subprocess.Popen(_command(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            # Python itself needs a moment until a program can say anything
            time.sleep(drawn.uniform(0.15 * took, 1.1 * took))
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
            done = subprocess.CompletedProcess(command, process.returncode, out, err)
            if process.returncode == -signal.SIGINT and not err:
                found["before the start of Python"] += 1
                continue
            if "site" in err and "budgetopt" not in err:
                found["while Python itself was loaded"] += 1
                continue
            _expect_sentence(done)
            json.loads((folder / "result.json").read_text())
            found[f"exit {done.returncode}"] += 1
        _run(command)
        if left := _left(folder):
            raise BrokenPromiseError(f"left behind: {left}")
    return found


LOOPS: tuple[Callable[[int, random.Random], Counter[str]], ...] = (killed, two_at_once, disk_full, interrupted)


def _targets(folder: Path) -> list[str]:
    return ["--json", str(folder / "result.json"), "--csv", str(folder / "tables"), "--report", str(folder / "p.html")]


def _command(words: list[str]) -> list[str]:
    return [sys.executable, "-m", "budgetopt", *words]


def _run(words: list[str], most: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command; no file that it writes may grow beyond so many bytes."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most or 0, most or 0))

    return subprocess.run(
        _command(words), capture_output=True, text=True, check=False, preexec_fn=limit if most is not None else None
    )


def _started(folder: Path, words: str, rounds: int) -> subprocess.Popen[bytes]:
    """Start a writer, and return once it is about to write."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, folder, words, str(rounds)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def _writing(folder: Path, words: str, rounds: int) -> float:
    """Let a writer write, and return the seconds that it took."""
    process = _started(folder, words, rounds)
    begin = time.monotonic()
    if process.wait():
        raise BrokenPromiseError("a writer failed that nobody disturbed")
    return time.monotonic() - begin


def _state(folder: Path) -> str:
    """Return which words the file and the folder hold; raises BrokenPromiseError if one of them is in pieces."""
    text = (folder / "result.json").read_text()
    words = text[:3]
    if text != f"{words}\n" * 20_000:
        raise BrokenPromiseError("half a file")
    tables = {path.read_text() for path in sorted((folder / "tables").iterdir())}
    if len(tables) != 1 or len(next(iter(tables))) != 15_000:
        raise BrokenPromiseError("a folder with files of two writers")
    return f"{words} file and {next(iter(tables))[:3]} folder"


def _expect(folder: Path, words: str) -> None:
    if _state(folder) != f"{words} file and {words} folder" or _left(folder):
        raise BrokenPromiseError(f"after the next run: {_state(folder)}, left behind: {_left(folder)}")


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob(".*.part-*"))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _expect_sentence(done: subprocess.CompletedProcess[str]) -> None:
    said = done.stderr
    if done.returncode not in (0, 2, 130) or "Traceback" in said or "Exception ignored" in said:
        raise BrokenPromiseError(f"exit {done.returncode}: {said[-600:]}")
    if done.returncode and "budgetopt" not in said:
        raise BrokenPromiseError(f"exit {done.returncode} without a word")


if __name__ == "__main__":
    sys.exit(main())
