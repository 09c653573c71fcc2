"""Run the tests as `make test` has no time to: with many more examples, and with everything that users may have.

PuLP has two generations with different interfaces, 3.3 and 4; the second needs Python 3.12. The command line, the
reports and the solvers are tested with the lowest and the newest versions of every dependency, too. What is not here
is skipped, with the reason. Last, `story_claims.py` works out what is said of drawn plans again, `fuzz.py` runs the
command line on drawn files, `faults.py` breaks whatever writes at drawn moments, and `mutate.py` sees whether the tests
notice small changes of the source.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

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
        # with many more examples only those tests differ that draw any
        marks = ("-m", "hypothesis or deep") if self.profile == "deep" else ()
        return run_tests(locked(python, pulp=self.pulp), self.tests, profile, *marks, *sys.argv[1:])


SETTINGS = (
    Setting("3.11", versions="lowest"),
    Setting("3.11", versions="newest"),
    Setting("3.13", versions="newest"),
    Setting("3.12"),
    Setting("3.12", pulp="3.3.2", tests=("tests/solvers", "tests/formulation")),
    Setting("3.13"),
    Setting("3.11", profile="deep"),
)


def _word(status: int) -> str:
    return "FAILED" if status else "passed"


def main() -> int:
    """Run every setting and the mutation tester, and return 1 if one of them failed."""
    summary = []
    failed = False
    for setting in SETTINGS:
        python = find_python(setting.python)
        if python is None:
            summary.append(f"skipped  {setting.name}: no python{setting.python} here")
            continue
        print(f"== {setting.name}", flush=True)
        begin = time.monotonic()
        try:
            status = setting.run(python)
        except subprocess.CalledProcessError as error:  # its environment cannot be installed; pip has said why
            status = error.returncode
        failed |= status != 0
        summary.append(f"{_word(status)}   {setting.name}: {time.monotonic() - begin:.0f} s")
    for what, tool in (
        ("sentences of the story and of explain, worked out again", ("story_claims.py", "1000")),
        ("files that are drawn, most of them nearly right", ("fuzz.py", "--cases", "3000")),
        ("writers that are killed, interrupted, or find a full disk", ("faults.py", "500")),
        ("changes of the source that the tests should notice", ("mutate.py",)),
    ):
        print(f"== {what}", flush=True)
        begin = time.monotonic()
        done = subprocess.run([sys.executable, str(ROOT / "tools" / tool[0]), *tool[1:]], cwd=ROOT, check=False)
        failed |= done.returncode != 0
        summary.append(f"{_word(done.returncode)}   {what}: {time.monotonic() - begin:.0f} s")
    print("\n".join(["", *summary]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
