"""Change the source in small ways, one at a time, and see whether the tests notice: a mutation tester.

The tests are collected once, in this process; each mutant then runs in a fork of it, in which the code of one function
is replaced. A mutant meets only the tests that execute its line, until one fails: those that mirror its file, and then
all others, the fastest first. Which tests these are, and how long each takes, is recorded once and kept in
``.cache/mutate``.

    python tools/mutate.py                          # a sample of audit, allocation and analysis
    python tools/mutate.py src/budgetopt/audit/current.py --all --show
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import importlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from mutants import Mutant, code_of, mutants

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = tuple(ROOT / "src" / "budgetopt" / name for name in ("audit", "allocation", "analysis"))
TESTS = tuple(ROOT / "tests" / name for name in ("audit", "allocation", "analysis", "language", "properties", "report"))
CACHE = ROOT / ".cache" / "mutate"
NOT_DEEP = "not deep and not browser and not office"
SAMPLE = 600
"""Mutants tried if nothing else is said: less than 25 minutes on two cores."""
LEAST = 0.9
"""The share that must be killed."""
MEMORY = 4 << 30
"""Bytes that a mutant may take."""


@dataclass(frozen=True)
class Subject:
    """A mutant of a file."""

    path: Path
    mutant: Mutant

    def __str__(self) -> str:
        name = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{name}:{self.mutant.line}: {self.mutant.text}"


@dataclass(frozen=True)
class Record:
    """What a test did when it ran without a mutant.

    Parameters
    ----------
    seconds
        How long the processor worked on it.
    lines
        The lines that it executed, file by file.
    """

    seconds: float
    lines: dict[str, set[int]]


@dataclass
class Result:
    """How the mutants fared."""

    killed: list[Subject] = field(default_factory=list)
    survived: list[Subject] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of mutants that some test noticed."""
        return len(self.killed) / max(len(self.killed) + len(self.survived), 1)


def subjects_of(paths: Iterable[Path]) -> list[Subject]:
    """Return every mutant of some files, and of the files below some folders."""
    found = []
    for above in paths:
        for path in sorted(above.rglob("*.py")) if above.is_dir() else [above]:
            source = path.read_text(encoding="utf-8")
            found += [Subject(path, mutant) for mutant in mutants(ast.parse(source), source)]
    return found


def sample_of(subjects: Sequence[Subject], size: int, seed: int) -> list[Subject]:
    """Return a sample in which each file has its share, and at least one."""
    chosen = random.Random(seed)
    files: dict[Path, list[Subject]] = {}
    for subject in subjects:
        files.setdefault(subject.path, []).append(subject)
    share = min(1.0, size / max(len(subjects), 1))
    return [one for each in files.values() for one in chosen.sample(each, max(1, round(share * len(each))))]


class Runner:
    """The plugin of pytest that runs mutants in the place of the tests that it has collected."""

    def __init__(self, subjects: Sequence[Subject], options: argparse.Namespace) -> None:
        self.subjects = subjects
        self.options = options
        self.result = Result()

    def pytest_runtestloop(self, session: Any) -> bool:
        """Record the tests, then run each mutant."""
        if session.testsfailed:
            return False
        files = {str(subject.path) for subject in self.subjects}
        for path in files:
            importlib.import_module(_module_name(Path(path)))
        items = {item.nodeid: item for item in session.items}
        records = recorded(session, files, self.options.jobs)
        functions = _functions(files)
        todo: list[tuple[Subject, Callable[[], int], float]] = []
        for subject in self.subjects:
            tests = self._tests_of(subject, records)
            code = _mutated(subject)
            mine = functions.get((str(subject.path), subject.mutant.function), [])
            if any(_same(function.__code__, code) for function in mine):
                continue
            if not tests or not mine:
                self._report(subject, killed=False)
                continue
            seconds = sum(records[name].seconds for name in tests)
            run = _run_of(session, [items[name] for name in tests], mine, code)
            todo.append((subject, run, 3.0 + 2.0 * seconds))
        for done, ((subject, _, _), status) in enumerate(_in_forks(todo, self.options.jobs), 1):
            self._report(subject, killed=status != 0)
            if done % 100 == 0:
                print(f"{done} of {len(todo)} mutants", file=sys.stderr, flush=True)
        return True

    def _tests_of(self, subject: Subject, records: dict[str, Record]) -> list[str]:
        """Return the tests that execute the line of a mutant, as many as the time allows.

        At most a half of the time is for the tests that mirror its file, which come first.
        """
        first, last = subject.mutant.lines
        lines, path = set(range(first, last + 1)), str(subject.path)
        known = sorted(
            (record.seconds, name) for name, record in records.items() if lines & record.lines.get(path, set())
        )
        mirror = f"test_{subject.path.stem}"
        near = _within(
            [one for one in known if Path(one[1].split("::")[0]).stem.startswith(mirror)], self.options.seconds / 2
        )
        rest = self.options.seconds - sum(seconds for seconds, _ in near)
        return [name for _, name in [*near, *_within([one for one in known if one not in set(near)], rest)]]

    def _report(self, subject: Subject, *, killed: bool) -> None:
        (self.result.killed if killed else self.result.survived).append(subject)
        if self.options.show and not killed:
            print(f"survived  {subject}", flush=True)


def _within(tests: Iterable[tuple[float, str]], seconds: float) -> list[tuple[float, str]]:
    """Return the first tests that fit into a time, at least one."""
    chosen: list[tuple[float, str]] = []
    for test in tests:
        seconds -= test[0]
        if chosen and seconds < 0:
            break
        chosen.append(test)
    return chosen


def _module_name(path: Path) -> str:
    """Return the name under which a file is imported, by the shortest way from an entry of the search path."""
    above = [Path(entry).resolve() for entry in sys.path if entry and path.is_relative_to(Path(entry).resolve())]
    nearest = max(above, key=lambda entry: len(entry.parts))
    return ".".join(path.relative_to(nearest).with_suffix("").parts).removesuffix(".__init__")


def _functions(files: set[str]) -> dict[tuple[str, str], list[FunctionType]]:
    """Return every function of some files that stands anywhere in memory, by its file and its qualified name."""
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename in files:
            found.setdefault((thing.__code__.co_filename, thing.__code__.co_qualname), []).append(thing)
    return found


def _mutated(subject: Subject) -> CodeType:
    source = subject.path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for mutant in mutants(tree, source):
        if mutant.number == subject.mutant.number:
            return code_of(tree, str(subject.path), mutant.function)
    raise LookupError(subject)


def _same(one: CodeType, other: CodeType) -> bool:
    """Return whether two pieces of code do the same, wherever they stand."""
    if one.co_code != other.co_code or one.co_names != other.co_names or len(one.co_consts) != len(other.co_consts):
        return False
    return all(
        _same(mine, yours) if isinstance(mine, CodeType) and isinstance(yours, CodeType) else repr(mine) == repr(yours)
        for mine, yours in zip(one.co_consts, other.co_consts, strict=True)
    )


def _run_of(session: Any, items: list[Any], functions: list[FunctionType], code: CodeType) -> Callable[[], int]:
    def run() -> int:
        for function in functions:
            function.__code__ = code
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                return 1
        return 0

    return run


def _in_forks(
    todo: Sequence[tuple[Any, Callable[[], int], float]], jobs: int
) -> Iterator[tuple[tuple[Any, Callable[[], int], float], int]]:
    """Run every task in a process of its own, some at a time, and yield how each ended: 0 if all was well."""
    waiting, running = list(reversed(todo)), dict[int, tuple[Any, float]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            task = waiting.pop()
            running[_fork(task[1], task[2])] = (task, time.monotonic() + 20.0 * task[2])
        for process, (task, end) in list(running.items()):
            if time.monotonic() > end:
                os.kill(process, signal.SIGKILL)
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                del running[process]
                yield task, status
        time.sleep(0.005)


def _fork(run: Callable[[], int], seconds: float) -> int:
    """Start a function in a fork, which may use the processor for some seconds, and return the fork's number."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        status = run()
    finally:
        os._exit(min(status, 1))


def recorded(session: Any, files: set[str], jobs: int) -> dict[str, Record]:
    """Return what each test executes of some files, from the cache or from running it; not of tests that fail."""
    by_file: dict[Path, list[Any]] = {}
    for item in session.items:
        by_file.setdefault(item.path, []).append(item)
    state = _state_of([*_sources(files), *_helpers(by_file)], " ".join(sorted(files)))
    CACHE.mkdir(parents=True, exist_ok=True)
    todo, places = [], {}
    for path, items in by_file.items():
        key = _state_of([path], state + " ".join(sorted(item.nodeid for item in items)))
        places[path] = CACHE / f"{path.stem}-{key}.json"
        if not places[path].exists():
            todo.append((path, _record_of(session, items, sorted(files), places[path]), 3600.0))
    for (path, _, _), _ in _in_forks(todo, jobs):
        print(f"recorded {path.name}", file=sys.stderr, flush=True)
    records = {}
    for place in filter(Path.exists, places.values()):
        for name, (seconds, lines) in json.loads(place.read_text(encoding="utf-8")).items():
            records[name] = Record(seconds, {path: set(executed) for path, executed in lines.items()})
    for name in [item.nodeid for item in session.items if item.nodeid not in records]:
        print(f"left out, because it fails without any mutant: {name}", file=sys.stderr, flush=True)
    return records


def _sources(files: set[str]) -> list[Path]:
    """Return the files of the packages that the mutants belong to: a test may run any of them."""
    tops = {Path(*path.parts[: path.parts.index("src") + 2]) for path in map(Path, files) if "src" in path.parts}
    return sorted({path for top in tops for path in top.rglob("*.py")} | set(map(Path, files)))


def _helpers(tests: Iterable[Path]) -> list[Path]:
    folders = {path.parent for path in tests} | {ROOT / "tests"}
    return sorted(path for folder in folders for path in folder.glob("*.py") if not path.name.startswith("test_"))


def _state_of(paths: Iterable[Path], start: str = "") -> str:
    state = hashlib.sha256(start.encode())
    for path in paths:
        state.update(path.read_bytes())
    return state.hexdigest()[:16]


def _record_of(session: Any, items: Sequence[Any], files: list[str], place: Path) -> Callable[[], int]:
    def run() -> int:
        import coverage

        watch = coverage.Coverage(data_file=None, include=files, config_file=False)
        seconds = {}
        watch.start()
        for item, after in zip(items, [*items[1:], None], strict=True):
            watch.switch_context(item.nodeid)
            begin, failed = time.process_time(), session.testsfailed
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed == failed:
                seconds[item.nodeid] = time.process_time() - begin
        watch.stop()
        # tests that execute nothing of these files are no reason to warn
        warnings.simplefilter("ignore")
        lines: dict[str, dict[str, list[int]]] = {name: {} for name in seconds}
        data = watch.get_data()
        for path in data.measured_files():
            for line, contexts in data.contexts_by_lineno(path).items():
                for name in lines.keys() & set(contexts):
                    lines[name].setdefault(path, []).append(line)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as file:
            json.dump({name: (seconds[name], lines[name]) for name in seconds}, file)
        Path(file.name).replace(place)
        return 0

    return run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants, print what was noticed, and return 1 if too little was."""
    parser = argparse.ArgumentParser(description="See how many small changes of the source the tests notice.")
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders to change (audit, allocation, analysis)")
    parser.add_argument("--tests", nargs="+", type=Path, default=TESTS, help="files or folders of tests")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many mutants to try ({SAMPLE})")
    parser.add_argument("--all", action="store_true", help="try every mutant")
    parser.add_argument("--seed", type=int, default=0, help="which sample (0)")
    parser.add_argument("--seconds", type=float, default=15.0, help="tests that a mutant meets, in seconds (15)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants tried at a time")
    parser.add_argument("--least", type=float, default=LEAST, help=f"the share that must be noticed ({LEAST})")
    parser.add_argument("--show", action="store_true", help="print each mutant that survives at once")
    options = parser.parse_args(arguments)
    subjects = subjects_of([path.resolve() for path in options.paths] or PACKAGES)
    subjects = subjects if options.all else sample_of(subjects, options.sample, options.seed)
    # a mutant must not hang on the threads of its parent
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    os.environ.setdefault("HYPOTHESIS_PROFILE", "mutation")
    import pytest

    runner = Runner(subjects, options)
    plugins = ["cacheprovider", "xdist", "pytest_cov", "terminal"]
    switched_off = [word for name in plugins for word in ("-p", f"no:{name}")]
    found = pytest.main(
        [*map(str, options.tests), *switched_off, "-s", "-m", NOT_DEEP, "-o", "addopts=--import-mode=importlib"],
        plugins=[runner],
    )
    if found:
        print("the tests could not be collected: pytest --collect-only says why", file=sys.stderr)
        return int(found)
    print(_summary(runner.result, show=not options.show))
    return int(runner.result.share < options.least)


def _summary(result: Result, *, show: bool) -> str:
    killed, survived = (Counter(one.path for one in group) for group in (result.killed, result.survived))
    paths = sorted({*killed, *survived})
    lines = [f"survived  {one}" for one in sorted(map(str, result.survived))] if show else []
    for path in paths:
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        lines.append(f"{killed[path]:5d} of {killed[path] + survived[path]:5d}  {name}")
    total = len(result.killed) + len(result.survived)
    return "\n".join([*lines, f"{len(result.killed)} of {total} mutants noticed: {100 * result.share:.1f}%"])


if __name__ == "__main__":
    sys.exit(main())
