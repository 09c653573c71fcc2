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
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import reduce
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
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

NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1, 3, 1e-320, 1e-12, 1e12, 1e148, 1.7e308, float("inf"), float("nan"), -0.0, 10**30, 0.1, "9" * 400),
    *["5%", "-5%", "1e400", "1,000", "12.", "", " 7 ", "ten", "½", "100%", "0%", "250%", "0x10", "1_000", "1k"],
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], [None], {"": 1}, {"a": {"a": {}}}, [1, 2]),
    *("x", 0, -1, "2027-02-30"),
)
NAMES: tuple[str, ...] = (
    *("", " ", "a b", "général", "<b>bold</b>", "=1+1", "null", "a.b", "[0]", "*", "&a", "{}", "-", "on", "1", "1.0"),
    *("~", "a#b", "#", "a: b", "'", "!!python/object:os.system", "a\u0000b", "\u202eabc", "\ud800", "\u2028"),
    *("x" * 5000, "é" * 50),
)
BYTES: tuple[bytes, ...] = tuple(b"\x00|\xff\xfe|\xef\xbb\xbf|\t|\r|\x1b[31m|&a *a|? :|- -|'|\"|%|\xc3".split(b"|"))
COMMANDS = (
    *(
        ["check"],
        ["solve", "--format", "json"],
        ["solve"],
        ["prices"],
        ["explain"],
        ["explain", "--all"],
        ["conflicts"],
    ),
    *(["prices", "--dollars"], ["solve", "--format", "csv"], ["export", "model.mps"], ["compare"], ["outlook"]),
)


class Case(NamedTuple):
    """One run of the command line, in a folder of its own."""

    arguments: list[str]
    kind: str


class Outcome(NamedTuple):
    """How a run ended: its exit code (-1 where an exception escaped), and the place where its fault arose."""

    code: int
    place: str
    seconds: float


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value of a document."""
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in children:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(document: dict[str, Any], donors: list[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
    """Return a document with one change, at a place that the grammar has."""
    document = deepcopy(document)
    every = list(places(document))
    if not every:
        return document
    path = rng.choice(every)
    holder, key = value_at(document, path[:-1]), path[-1]
    value = holder[key]
    match rng.randrange(9):
        case 0 | 1 if isinstance(value, int | float):
            near = [value * factor for factor in (0.5, 0.9, 1.1, 2)]
            holder[key] = rng.choice([*near, value * rng.choice([-1, 1e6, 1e-6]), rng.choice(NUMBERS)])
        case 0 | 1 | 2:
            holder[key] = rng.choice([*NUMBERS, *VALUES])
        case 3:
            del holder[key]
        case 4 if isinstance(holder, dict):
            name = rng.choice([*NAMES, f"{key}s", str(key)[:-1], str(key).upper()])
            holder[name] = holder.pop(key)
        case 5 if isinstance(value, str):
            holder[key] = rng.choice([*NAMES, value + "x", value[:-1]])
        case 6 | 7:
            # what another scenario has at a place of the same name
            donor = rng.choice(donors)
            same = [other for other in places(donor) if other[-1] == key or isinstance(key, int)]
            if same:
                holder[key] = deepcopy(value_at(donor, rng.choice(same)))
        case _ if isinstance(holder, list):
            holder.append(deepcopy(value))
        case _:
            holder[rng.choice(NAMES)] = deepcopy(value)
    return document


def corpus(examples: int) -> list[dict[str, Any]]:
    """Return documents that are right: draws of the whole language, and the scenarios of the repository.

    A draw that `check` refuses is left out.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    from drawn import look_at_each

    found: list[dict[str, Any]] = []
    drawing = import_module("language.strategies")
    look_at_each(lambda case: found.append(deepcopy(case.document)), examples, drawing.told())
    from budgetopt.reading.yaml_file import parse_yaml

    for path in sorted((ROOT / "scenarios").rglob("scenario.yaml")):
        plain = json.loads(json.dumps(parse_yaml(path.read_text(encoding="utf-8")).tree, default=str))
        if "tables" not in plain and len(json.dumps(plain)) < 20_000:
            found.append(plain)
    return [{"format": "budgetopt/1", **document} for document in found if is_right(document)]


def is_right(document: dict[str, Any]) -> bool:
    """Return whether a document is read without a problem."""
    from budgetopt.errors import BudgetoptError
    from budgetopt.scenario.scenario import Scenario

    try:
        Scenario.from_document(document)
    except BudgetoptError:
        return False
    return True


def written(document: dict[str, Any], rng: random.Random) -> bytes:
    """Return a document as a file: as YAML in one of its styles, seldom with bytes changed."""
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5, default=str, indent=rng.choice([None, 1]))
    data = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.04:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(BYTES) + data[at + rng.randrange(3) :]
    return data


def put_table(document: dict[str, Any], folder: Path, rng: random.Random) -> None:
    """Move the programs of a document into a table of a kind, with one cell that may be changed."""
    import pandas as pd

    programs = document.get("programs")
    if not isinstance(programs, dict) or not all(isinstance(row, dict) for row in programs.values()):
        return
    plain = ("name", "department", "baseline", "recurring")
    flat = [key for key in plain if any(key in row for row in programs.values())]
    if rng.random() < 0.9:
        flat = [key for key in flat if not any(isinstance(row.get(key), dict | list) for row in programs.values())]
    rows = [{"id": str(name), **{key: row.get(key) for key in flat}} for name, row in programs.items()]
    rest = {name: {key: value for key, value in row.items() if key not in flat} for name, row in programs.items()}
    if rows and rng.random() < 0.3:
        rng.choice(rows)[rng.choice(["id", *flat])] = rng.choice([*NUMBERS, *NAMES])
    cells = [{key: None if value is None else str(value) for key, value in row.items()} for row in rows]
    # as objects: a half of a character is no text of pandas, and is one of a case
    table = pd.DataFrame(cells, dtype=object)
    kind = rng.choices(["csv", "xlsx", "parquet", "json"], [4, 4, 4, 1])[0]
    target = folder / f"programs.{kind}"
    with contextlib.suppress(Exception):  # what cannot be written is no case
        if kind == "csv":
            target.write_bytes(table.to_csv(index=False).encode("utf-8", "surrogatepass"))
        elif kind == "json":
            target.write_text(table.to_json(orient="records"), encoding="utf-8")
        elif kind == "xlsx":
            write_workbook(table, target)
        else:
            table.to_parquet(target)
        if rng.random() < 0.1:
            data = bytearray(target.read_bytes())
            for _ in range(rng.randrange(1, 4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            target.write_bytes(bytes(data))
        document["programs"] = rest
        document["tables"] = {"programs": target.name}


def write_workbook(table: pd.DataFrame, target: Path) -> None:
    """Write a table as a workbook; raises UnicodeEncodeError before it writes what no workbook can hold."""
    table.to_csv(index=False).encode("utf-8")
    table.to_excel(target, index=False)


def drawn_case(documents: list[dict[str, Any]], folder: Path, rng: random.Random) -> Case:
    """Write the files of a case into a folder, and return it."""
    document = deepcopy(rng.choice(documents))
    for _ in range(rng.choice([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3])):
        document = changed(document, documents, rng)
    kind = rng.choices(["scenario", "table", "result", "office"], [78, 9, 7, 6])[0]
    if kind == "table":
        put_table(document, folder, rng)
    (folder / "scenario.yaml").write_bytes(written(document, rng))
    scenario = str(folder)
    if kind == "result":
        return Case(["verify", str(folder / "plan.json"), scenario], kind)
    if kind == "office":
        return Case(["new", str(folder / "made"), "--from", str(office_file(document, folder, rng))], kind)
    command = list(rng.choices(COMMANDS, [1, 5, 3, 6, 4, 3, 1, 1, 1, 1, 1, 1])[0])
    arguments = [command[0], scenario, *command[1:]]
    if command[0] == "export":
        arguments = ["export", scenario, str(folder / command[1])]
    if command == ["explain"]:
        programs = document.get("programs")
        names = list(programs) if isinstance(programs, dict) else []
        arguments.append(str(rng.choice([*names, *(document.get("funds") or ["none"])])))
    if rng.random() < 0.1:
        arguments.append(f"--set={drawn_change(document, rng)}")
    return Case(arguments, kind)


def drawn_change(document: dict[str, Any], rng: random.Random) -> str:
    """Return a path of a document and a value for it: half of them another number for a number."""
    every = list(places(document)) or [("name",)]
    numbers = [path for path in every if isinstance(value_at(document, path), int | float)]
    if numbers and rng.random() < 0.5:
        return f"{'.'.join(map(str, rng.choice(numbers)))}={rng.choice(['-5%', '+5%', '*1.1', '0', '1'])}"
    return f"{'.'.join(map(str, rng.choice(every)))}={rng.choice([*NUMBERS, *NAMES])}"


def value_at(document: Any, path: tuple[Any, ...]) -> Any:
    """Return what a document has at a path."""
    return reduce(lambda holder, key: holder[key], path, document)


def office_file(document: dict[str, Any], folder: Path, rng: random.Random) -> Path:
    """Write a budget file as offices have them, with heads, totals, marks and empty cells, and return its path."""
    import pandas as pd

    programs = document.get("programs")
    names = [str(name) for name in programs] if isinstance(programs, dict) else ["one"]
    money = ["1,000", "$ 2,500", "(300)", "-", "", "n/a", 1000, 12.5, "1.234,56", "46.000", float("nan")]
    heads = rng.choice([["Program", "Adopted"], ["Service", "FTE", "FY2027 Budget"], ["", "Amount"], ["Item", "Item"]])
    strange = rng.random() < 0.5
    rows = [
        [
            rng.choice([name, rng.choice(NAMES)]) if strange else name,
            *(rng.choice(money[: 11 if strange else 2]) for _ in heads[1:]),
        ]
        for name in names
    ]
    if rng.random() < 0.4:
        rows.append(["Total", *("9,999" for _ in heads[1:])])
    if rng.random() < 0.3:
        rows.insert(0, ["City of Somewhere", *("" for _ in heads[1:])])
    table, target = pd.DataFrame(rows, columns=heads, dtype=object), folder / f"budget.{rng.choice(['csv', 'xlsx'])}"
    with contextlib.suppress(Exception):
        if target.suffix == ".csv":
            target.write_bytes(table.to_csv(index=False, sep=rng.choice(",;\t")).encode("utf-8", "surrogatepass"))
        else:
            write_workbook(table, target)
    return target


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
