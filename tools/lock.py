"""Write constraints.txt: the exact version of every package that the two commands install, on each supported Python.

pip itself resolves the ranges of pyproject.toml, once for each Python found here, without installing anything. Every
file that it would install is fetched and compared with the hash that the index gives for it, and with the hash that it
had when its version was locked before (`hashes.json`): a file that changed under its name ends the run. Where the
versions differ from one Python to another, environment markers tell them apart. Standard library only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pythons import SUPPORTED, find_python

ROOT = Path(__file__).resolve().parent.parent
BUILD_TOOLS = ("hatchling>=1.27,<2", "editables>=0.5,<1")
HEADER = """\
# The exact versions that `make demo` and `make test` install, for Python {pythons}.
# Written by `make lock` from the ranges in pyproject.toml; a plain `pip install budgetopt` does not read it.
"""

HASHES = ROOT / "hashes.json"
"""The SHA-256 of each file that was locked, by its name."""

Versions = dict[str, str]


class ChangedFileError(Exception):
    """A file is not the one that its hash says."""


def resolve(python: str) -> tuple[Versions, dict[str, str]]:
    """Return what pip would install with a Python, by normalized name, and the hash of each file by its name.

    Raises
    ------
    ChangedFileError
        If a file that is fetched has another hash than the index gives for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment, report = Path(folder, "venv"), Path(folder, "report.json")
        subprocess.run([python, "-m", "venv", environment], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        wanted = [f"{ROOT}[test,docs,completion,fit,charts,scip]", *BUILD_TOOLS]
        subprocess.run([*pip, "--dry-run", "--report", str(report), *wanted], check=True)
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
        found = {normal(item["metadata"]["name"]): item["metadata"]["version"] for item in installs}
        found.pop("budgetopt")
        hashes, pins = given_hashes(installs)
        hashed = Path(folder, "hashed.txt")
        hashed.write_text("\n".join(pins), encoding="utf-8")
        fetch = [*pip[:-2], "download", "-qq", "--no-deps", "--require-hashes", "--dest", folder, "-r", str(hashed)]
        done = subprocess.run(fetch, check=False, capture_output=True, text=True)
        if done.returncode:
            raise ChangedFileError(done.stderr.strip())
    print(f"{Path(python).name}: {len(pins)} of {len(found)} files have the hash that the index gives", file=sys.stderr)
    return found, hashes


def given_hashes(installs: list[dict[str, Any]]) -> tuple[dict[str, str], list[str]]:
    """Return the hashes of pip's report by the names of the files, and the lines with which pip checks them."""
    hashes, pins = {}, []
    for item in installs:
        archive = item["download_info"].get("archive_info", {})
        sha256 = archive.get("hashes", {}).get("sha256")
        if sha256:
            file = unquote(item["download_info"]["url"].rsplit("/", 1)[-1].partition("#")[0])
            hashes[file] = sha256
            pins.append(f"{item['metadata']['name']}=={item['metadata']['version']} --hash=sha256:{sha256}")
    return hashes, pins


def unchanged(before: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    """Return the hashes to keep: of the files that are locked now, and nothing else.

    Raises
    ------
    ChangedFileError
        If a file has another hash than when it was locked before.
    """
    changed = [file for file in now if before.get(file, now[file]) != now[file]]
    if changed:
        raise ChangedFileError(f"changed under their names since they were locked: {', '.join(sorted(changed))}")
    return dict(sorted(now.items()))


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
    try:
        answers = {version: resolve(python) for version, python in found.items() if python is not None}
        before = json.loads(HASHES.read_text(encoding="utf-8")) if HASHES.exists() else {}
        kept = unchanged(before, {file: sha for _, hashes in answers.values() for file, sha in hashes.items()})
    except ChangedFileError as error:
        print(f"nothing is locked: {error}", file=sys.stderr)
        return 1
    resolved = {version: versions for version, (versions, _) in answers.items()}
    HASHES.write_text(json.dumps(kept, indent=0) + "\n", encoding="utf-8")
    text = HEADER.format(pythons=", ".join(SUPPORTED)) + "\n".join(lines(resolved)) + "\n"
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8")
    print(f"constraints.txt: {text.count('==')} versions", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
