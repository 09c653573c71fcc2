"""Find the Pythons of this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

__all__ = ["SUPPORTED", "find_python"]

SUPPORTED = ("3.11", "3.12", "3.13")
"""The versions of Python that budgetopt is tested on."""


def find_python(version: str) -> str | None:
    """Return a Python of a version such as ``3.12``: from the path, or from pyenv; None if there is none that works."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in [shutil.which(f"python{version}"), *map(str, reversed(kept))]:
        # a pyenv shim is on the path even where its version is switched off, and then answers with an error
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    return None
