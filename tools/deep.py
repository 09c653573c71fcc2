"""Run the tests as `make test` has no time to: with many more examples, and on every Python and PuLP found here.

PuLP has two generations with different interfaces, 3.3 and 4; the second needs Python 3.12. What is not here is
skipped, with the reason. Last, `mutate.py` sees whether the tests notice small changes of the source.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pythons import find_python

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "deep"


@dataclass(frozen=True)
class Setting:
    """One combination of Python, PuLP and number of examples."""

    python: str
    pulp: str = ""
    profile: str = "standard"

    @property
    def name(self) -> str:
        """How it is printed."""
        pulp = f", PuLP {self.pulp}" if self.pulp else ""
        return f"Python {self.python}{pulp}, {self.profile} examples"


SETTINGS = (
    Setting("3.11", profile="deep"),
    Setting("3.12"),
    Setting("3.12", pulp="3.3.2"),
    Setting("3.13"),
)


def environment(setting: Setting, python: str) -> Path:
    """Return the Python of an environment with the locked packages, made anew if the lock has changed."""
    folder = FOLDER / f"{setting.python}-{setting.pulp or 'lock'}"
    inside = folder / "bin" / "python"
    stamp = folder / "installed.stamp"
    newest = max((ROOT / name).stat().st_mtime for name in ("pyproject.toml", "constraints.txt"))
    if not stamp.exists() or stamp.stat().st_mtime < newest:
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(inside), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
        locked = [*pip, "--constraint", str(ROOT / "constraints.txt")]
        subprocess.run([*locked, "hatchling", "editables"], check=True)
        subprocess.run(
            [*locked, "--no-build-isolation", "--editable", f"{ROOT}[test,docs,completion]"], check=True, cwd=ROOT
        )
        if setting.pulp:
            subprocess.run([*pip, "--no-deps", f"pulp=={setting.pulp}"], check=True)
        stamp.touch()
    return inside


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
        inside = environment(setting, python)
        done = subprocess.run(
            [str(inside), "-m", "pytest", "-n", "2", "-q", f"--hypothesis-profile={setting.profile}", *sys.argv[1:]],
            cwd=ROOT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            check=False,
        )
        failed |= done.returncode != 0
        summary.append(f"{_word(done.returncode)}   {setting.name}: {time.monotonic() - begin:.0f} s")
    print("== changes of the source that the tests should notice", flush=True)
    begin = time.monotonic()
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "mutate.py")], cwd=ROOT, check=False)
    failed |= done.returncode != 0
    summary.append(f"{_word(done.returncode)}   changes of the source: {time.monotonic() - begin:.0f} s")
    print("\n".join(["", *summary]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
