"""Make environments for the tests: with the locked versions, or with the lowest or newest that users may have.

    python tools/environments.py newest         # a few seconds of tests: install, solve and read what is printed

The ranges are those of ``pyproject.toml``. With them the package is installed as users install it, not in place.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "CLEAN_OUTPUT",
    "FOLDER",
    "PYPROJECT",
    "ROOT",
    "SMOKE",
    "locked",
    "made_anew",
    "of_ranges",
    "pinned_to_lowest",
    "run_tests",
]

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "environments"
PYPROJECT = ROOT / "pyproject.toml"
TEST_TOOLS = ("hypothesis", "jsonschema", "pytest", "pytest-xdist", "shtab")
"""What the tests below need of the packages of the extra `test`, always in the newest versions."""
CLEAN_OUTPUT = ("tests/cli/test_cli_clean_output.py", "tests/report/documents/test_terminal.py")
"""A few seconds: commands in processes of their own, what they print parsed, and tables at every width."""
SMOKE = ("tests/cli", "tests/fitting", "tests/report", "tests/solvers")


def pinned_to_lowest(requirements: Sequence[str]) -> list[str]:
    """Return requirements as the lowest version that each allows: `numpy>=2.0,<3` as `numpy==2.0`."""
    pinned = []
    for requirement in requirements:
        found = re.match(r"([\w.-]+)\s*>=\s*([\w.]+)", requirement)
        if found is None:
            raise SystemExit(f"{requirement!r} in pyproject.toml has no lowest version")
        pinned.append(f"{found[1]}=={found[2]}")
    return pinned


def locked(python: str, *, pulp: str = "") -> Path:
    """Return the Python of an environment with the versions of `constraints.txt`, and another PuLP if one is named."""
    folder = FOLDER / f"{_version(python)}-{pulp or 'locked'}"
    if _stale(folder, ROOT / "constraints.txt"):
        pip = made_anew(folder, python)
        constrained = [*pip, "--constraint", str(ROOT / "constraints.txt")]
        subprocess.run([*constrained, "hatchling", "editables"], check=True)
        extras = f"{ROOT}[test,docs,completion,fit,charts]"
        subprocess.run([*constrained, "--no-build-isolation", "--editable", extras], check=True, cwd=ROOT)
        if pulp:
            subprocess.run([*pip, "--no-deps", f"pulp=={pulp}"], check=True)
        _stamp(folder).touch()
    return folder / "bin" / "python"


def of_ranges(python: str, versions: str, *, fresh: bool = False) -> Path:
    """Return the Python of an environment with the `lowest` or the `newest` versions that the ranges allow.

    Parameters
    ----------
    fresh
        Whether it is made anew even if it is there: newer versions may have come out.
    """
    folder = FOLDER / f"{_version(python)}-{versions}"
    if fresh or _stale(folder):
        table = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
        extras = table["project"]["optional-dependencies"]
        wanted = [*table["project"]["dependencies"], *extras["fit"], *extras["charts"]]
        tools = [each for each in extras["test"] if _name(each) in TEST_TOOLS]
        build = table["build-system"]["requires"]
        pip = made_anew(folder, python)
        subprocess.run(
            [*pip, *(pinned_to_lowest(wanted) if versions == "lowest" else wanted), *tools, *build], check=True
        )
        _stamp(folder).touch()
    inside = folder / "bin" / "python"
    package = ["--no-deps", "--no-build-isolation", "--force-reinstall", str(ROOT)]
    subprocess.run([*_pip(inside), *package], check=True)
    return inside


def run_tests(python: Path, tests: Sequence[str], *options: str) -> int:
    """Run tests in an environment and return how they ended."""
    pytest = (str(python), "-m", "pytest", "-n", "2", "--dist", "worksteal", "-q", "-p", "no:cacheprovider")
    command = [*pytest, *options, *tests]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return found[0] if found else ""


def _version(python: str) -> str:
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def _stamp(folder: Path) -> Path:
    return folder / "installed.stamp"


def _stale(folder: Path, *read: Path) -> bool:
    """Return whether an environment is missing or older than what it is made from."""
    stamp = _stamp(folder)
    return not stamp.exists() or stamp.stat().st_mtime < max(path.stat().st_mtime for path in (PYPROJECT, *read))


def made_anew(folder: Path, python: str) -> list[str]:
    """Make an environment anew, and return the command with which pip installs into it."""
    subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
    return _pip(folder / "bin" / "python")


def _pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-compile"]


def main() -> int:
    """Install the package with the versions asked for, and test what it prints."""
    parser = argparse.ArgumentParser(
        description="Test the package with the lowest or newest versions of its dependencies."
    )
    parser.add_argument("versions", choices=("lowest", "newest"))
    parser.add_argument(
        "--smoke", action="store_true", help="all tests of the command line, the reports and the solvers"
    )
    options = parser.parse_args()
    python = of_ranges(sys.executable, options.versions)
    return run_tests(python, SMOKE if options.smoke else CLEAN_OUTPUT, "-m", "not deep")


if __name__ == "__main__":
    sys.exit(main())
