"""Files that a command is to write are refused before the work begins, not after it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from budgetopt.errors import OptionError

__all__ = ["STDIO", "check_target", "print_json", "read_text", "write_text"]

STDIO = "-"
"""The name that stands for stdin or stdout."""


def check_target(option: str, name: str, suffixes: Iterable[str] = ()) -> None:
    """Refuse a file that could not be written in the end.

    Parameters
    ----------
    option
        The option that names it, for the message.
    name
        The file.
    suffixes
        How its name may end; left out, in any way.

    Raises
    ------
    OptionError
        If its folder is missing or may not be written to, it is a folder itself, or its name ends otherwise.
    """
    path, endings = Path(name), tuple(suffixes)
    folder = path.parent
    if not name:
        raise OptionError(f"{option}: the name of the file is empty")
    if path.is_dir():
        raise OptionError(f"{option}: {name!r} is a folder", hint="name a file in it")
    if endings and path.suffix.lower() not in endings:
        kinds = " or ".join(endings)
        raise OptionError(
            f"{option}: the name {name!r} does not end in {kinds}", hint=f"name it {path.stem}{endings[0]}"
        )
    if not folder.is_dir():
        raise OptionError(f"{option}: there is no folder {str(folder)!r}", hint=f"make it first: mkdir -p {folder}")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise OptionError(f"{option}: {name!r} may not be written to", hint="name a file that you may write")


def write_text(name: str, text: str) -> None:
    """Write text to a file, whole or not at all, or to stdout for ``-``."""
    if name == STDIO:
        sys.stdout.write(text)
        return
    from budgetopt.report.whole_files import write_text as write

    write(name, text)


def print_json(value: Any) -> None:
    """Print plain values as JSON; what is none of JSON's own kinds is printed as text."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def read_text(name: str) -> str:
    """Return the text of a file, or of stdin for ``-``.

    Raises
    ------
    OptionError
        If there is no such file, or it is not text in UTF-8.
    """
    try:
        return sys.stdin.read() if name == STDIO else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not text in UTF-8"
        raise OptionError(f"{name!r} cannot be read: {reason}") from None
