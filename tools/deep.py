"""Run the tests as `make test` has no time to: with many more examples, and with everything that users may have.

PuLP has two generations with different interfaces, 3.3 and 4; the second needs Python 3.12. The command line, the
reports and the solvers are tested with the lowest and the newest versions of every dependency, too. What is not here
is skipped, with the reason. Last, `story_claims.py` works out what is said of drawn plans again, `independent.py`
solves drawn scenarios by another formulation, `fuzz.py` runs the command line on drawn files, `faults.py` breaks
whatever writes at drawn moments, and `mutate.py` sees whether the tests notice small changes of the source.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from environments import ROOT, SMOKE, locked, of_ranges, run_tests
from pythons import find_python


@dataclass(frozen=True)
class Setting:
    """One combination of Python, versions of dependencies and number of examples.

    Parameters
    ----------
    versions
        `locked`, or the `lowest` or `newest` that the ranges allow; with these the smoke test is run.
    tests
        The folders of tests that are run; empty for all.
    """

    python: str
    pulp: str = ""
    profile: str = "standard"
    versions: str = "locked"
    tests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it is printed."""
        pulp = f", PuLP {self.pulp}" if self.pulp else ""
        return f"Python {self.python}, {self.versions} versions{pulp}, {self.profile} examples"

    def run(self, python: str) -> int:
        """Run its tests in an environment of its own and return how they ended."""
        profile = f"--hypothesis-profile={self.profile}"
        if self.versions != "locked":
            return run_tests(of_ranges(python, self.versions, fresh=True), SMOKE, profile)
        # with many more examples only those tests differ that draw any: the same ones, unless another seed is given
        # each is named as it ends, since all of them take three quarters of an hour
        drawn = ("-m", "hypothesis or deep", "--hypothesis-seed=0", "-vv") if self.profile == "deep" else ()
        return run_tests(locked(python, pulp=self.pulp), self.tests, profile, *drawn, *sys.argv[1:])


# the one that takes longest, and that finds something most often, comes first
SETTINGS = (
    Setting("3.11", profile="deep"),
    Setting("3.11", versions="lowest"),
    Setting("3.11", versions="newest"),
    Setting("3.13", versions="newest"),
    Setting("3.12"),
    Setting("3.12", pulp="3.3.2", tests=("tests/solvers", "tests/formulation")),
    Setting("3.13"),
)


@dataclass(frozen=True)
class Tool:
    """A check of this folder that is no test."""

    name: str
    command: tuple[str, ...]

    def run(self) -> int:
        """Run it, print what it printed once it ended, and return how it ended."""
        command = [sys.executable, str(ROOT / "tools" / self.command[0]), *self.command[1:]]
        both = subprocess.STDOUT
        done = subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=both)
        print(f"== {self.name}\n{done.stdout}", flush=True)
        return done.returncode


ONE_PROCESS_EACH = (
    Tool("sentences of the story and of explain, worked out again", ("story_claims.py", "1000")),
    Tool("scenarios solved by another formulation and other solvers", ("independent.py", "--cases", "1000")),
    Tool("files that are drawn, most of them nearly right", ("fuzz.py", "--cases", "3000")),
    Tool("writers that are killed, interrupted, or find a full disk", ("faults.py", "100")),
)
MUTATION = Tool("changes of the source that the tests should notice", ("mutate.py", "--sample", "300"))


def _timed(name: str, run: Callable[[], int]) -> tuple[bool, str]:
    """Return whether a check failed, and its line of the summary."""
    begin = time.monotonic()
    try:
        status = run()
    except subprocess.CalledProcessError as error:  # its environment cannot be installed; pip has said why
        status = error.returncode
    return status != 0, f"{'FAILED' if status else 'passed'}   {name}: {time.monotonic() - begin:.0f} s"


def main() -> int:
    """Run every setting and every tool, and return 1 if one of them failed."""
    begin = time.monotonic()
    done: list[tuple[bool, str]] = []
    for setting in SETTINGS:
        python = find_python(setting.python)
        if python is None:
            done.append((False, f"skipped  {setting.name}: no python{setting.python} here"))
            continue
        print(f"== {setting.name}", flush=True)
        done.append(_timed(setting.name, partial(setting.run, python)))
    with ThreadPoolExecutor(2) as two_at_a_time:
        done.extend(two_at_a_time.map(lambda tool: _timed(tool.name, tool.run), ONE_PROCESS_EACH))
    done.append(_timed(MUTATION.name, MUTATION.run))
    print("\n".join(["", *(line for _, line in done), f"{time.monotonic() - begin:.0f} s in all"]))
    return int(any(failed for failed, _ in done))


if __name__ == "__main__":
    sys.exit(main())
