"""Write constraints.txt: the exact version of every package that the two commands install, on each supported Python.

pip itself resolves the ranges of pyproject.toml, once for each Python found here, without installing anything.
Where the versions differ from one Python to another, environment markers tell them apart. Standard library only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from pythons import SUPPORTED, find_python

ROOT = Path(__file__).resolve().parent.parent
BUILD_TOOLS = ("hatchling>=1.27,<2", "editables>=0.5,<1")
HEADER = """\
# The exact versions that `make demo` and `make test` install, for Python {pythons}.
# Written by `make lock` from the ranges in pyproject.toml; a plain `pip install budgetopt` does not read it.
"""

Versions = dict[str, str]


def resolve(python: str) -> Versions:
    """Return what pip would install with a Python, by normalized name."""
    with tempfile.TemporaryDirectory() as folder:
        environment, report = Path(folder, "venv"), Path(folder, "report.json")
        subprocess.run([python, "-m", "venv", environment], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        wanted = [f"{ROOT}[test,docs,completion,fit,charts]", *BUILD_TOOLS]
        subprocess.run([*pip, "--dry-run", "--report", str(report), *wanted], check=True)
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    found = {normal(item["metadata"]["name"]): item["metadata"]["version"] for item in installs}
    found.pop("budgetopt")
    return found


def normal(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(resolved: dict[str, Versions]) -> list[str]:
    """Return one constraint for each package, and several with markers where the Pythons differ.

    The oldest and the newest version are left open at their end, so that a Python newer than those tried still has one.
    """
    out = []
    for name in sorted(set().union(*resolved.values())):
        runs_of_version: list[tuple[str, list[str]]] = []
        for python, versions in resolved.items():
            if name not in versions:
                continue
            if runs_of_version and runs_of_version[-1][0] == versions[name]:
                runs_of_version[-1][1].append(python)
            else:
                runs_of_version.append((versions[name], [python]))
        for position, (version, pythons) in enumerate(runs_of_version):
            markers = []
            if position > 0:
                markers.append(f'python_version >= "{pythons[0]}"')
            if position < len(runs_of_version) - 1:
                markers.append(f'python_version < "{runs_of_version[position + 1][1][0]}"')
            out.append(f"{name}=={version}" + (f" ; {' and '.join(markers)}" if markers else ""))
    return out


def main() -> int:
    """Resolve on every Python and write the file."""
    found = {version: find_python(version) for version in SUPPORTED}
    missing = [f"python{version}" for version, python in found.items() if python is None]
    if missing:
        print(f"the lock needs every supported Python; not found: {', '.join(missing)}", file=sys.stderr)
        return 1
    resolved = {version: resolve(python) for version, python in found.items() if python is not None}
    text = HEADER.format(pythons=", ".join(SUPPORTED)) + "\n".join(lines(resolved)) + "\n"
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8")
    print(f"constraints.txt: {text.count('==')} versions", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
