"""The one way in for files: what is read, how large it may be, and by what it is refused otherwise."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from budgetopt.errors import BudgetoptError, Place, Problem, ScenarioError
from budgetopt.run_log import log_file

__all__ = [
    "LIMITS",
    "MissingFileError",
    "UnreadableFileError",
    "check_limit",
    "limit",
    "read_bytes",
    "read_document",
    "refused_by",
    "variable_of",
    "whatever_is_raised",
]


class FileLimit(NamedTuple):
    """How much of something a file may have: a number that the variable of the environment can change."""

    most: int
    what: str  # what is counted, as in "at most 2,000,000 rows"
    means: str  # a sentence for the reference

    def __str__(self) -> str:
        return f"at most {self.most:,} {self.what}"


LIMITS = {
    "bytes": FileLimit(250_000_000, "bytes", "The length of any file."),
    "text": FileLimit(16_000_000, "bytes", "The length of a scenario file, a log of amendments or a list of motions."),
    "signature": FileLimit(200_000, "bytes", "A signature, or a list of signers."),
    "keys": FileLimit(150_000, "keys", "The keys of a scenario file."),
    "unpacked": FileLimit(
        600_000_000,
        "bytes when unpacked",
        "All parts of a workbook, a zip archive; texts of workbooks and Parquet files as often as they stand there.",
    ),
    "rows": FileLimit(2_000_000, "rows", "The rows of a table."),
    "line": FileLimit(1_000_000, "bytes in a line", "A line of a text file with a table."),
    "cells": FileLimit(
        10_000_000, "cells, empty ones included", "The cells of a sheet, up to its last row and column."
    ),
}
"""What a file may have, by name; ``BUDGETOPT_MOST_ROWS=5000000`` in the environment admits more rows, and so on."""

_READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnreadableFileError(Exception):
    """A file that is not read: why, what is expected, and what to do."""

    def __init__(self, reason: str, expected: str = "", hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.expected, self.hint = reason, expected, hint


class MissingFileError(UnreadableFileError):
    """A file that is not there."""


def limit(name: str) -> FileLimit:
    """Return a limit, as the environment sets it if it does."""
    said = os.environ.get(variable_of(name), "").replace("_", "").replace(",", "")
    found = LIMITS[name]
    return found._replace(most=int(said)) if said.isascii() and said.isdigit() and len(said) < 16 else found


def refused_by(name: str, found: int, what: str = "the file") -> UnreadableFileError | None:
    """Return the error for a file that has more of something than it may; None where it has not."""
    allowed = limit(name)
    if found <= allowed.most:
        return None
    hint = f"if it is meant, set {variable_of(name)}={found} in the environment"
    return UnreadableFileError(
        f"{what} has {found:,} {allowed.what.removesuffix(', empty ones included')}", str(allowed), hint
    )


def check_limit(name: str, found: int, file: str, what: str = "the file", hint: str = "") -> None:
    """Raise ScenarioError, with the file as its place, if it has more of something than it may; ``hint`` goes first."""
    if refused := refused_by(name, found, what):
        hints = "; ".join(filter(None, (hint, refused.hint)))
        raise ScenarioError([Problem("file", refused.reason, Place(file), refused.expected, hints)])


def read_bytes(path: str | Path, name: str = "bytes") -> bytes:
    """Return what a regular file holds.

    Parameters
    ----------
    path
        The file.
    name
        The limit that its length must keep.

    Raises
    ------
    UnreadableFileError
        If there is none (``MissingFileError``), or it is no regular file, is too large, or cannot be read.
    """
    try:
        number = os.open(path, _READ_ONLY)
        try:
            about = os.fstat(number)
            if stat.S_ISDIR(about.st_mode):
                raise UnreadableFileError("it is a folder, not a file")
            if not stat.S_ISREG(about.st_mode):
                raise UnreadableFileError("it is no regular file but a device, a pipe or a socket")
            if refused := refused_by(name, about.st_size):
                raise refused
            with os.fdopen(os.dup(number), "rb") as file:
                data = file.read(about.st_size + 1)
                if len(data) > about.st_size:
                    # some systems call the length of a file 0 that is not
                    data += file.read(limit(name).most + 1 - len(data))
        finally:
            os.close(number)
    except FileNotFoundError:
        raise MissingFileError("no such file or directory") from None
    except OSError as error:
        raise UnreadableFileError((error.strerror or str(error)).lower()) from None
    except ValueError:
        raise UnreadableFileError("its name is not possible") from None
    if refused := refused_by(name, len(data)):
        raise refused
    log_file("read", str(path), len(data))
    return data


def read_document(path: str | Path, name: str = "bytes") -> str:
    """Return the text of a file in UTF-8; raises as :func:`read_bytes` does, also where it is no such text."""
    try:
        return read_bytes(path, name).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFileError("it is not text in UTF-8") from None


@contextmanager
def whatever_is_raised(error: BudgetoptError) -> Iterator[None]:
    """Raise an error in the place of whatever the reader of a damaged file raises; what is told already stays.

    Readers of workbooks, archives, XML, Parquet and JSON raise errors of a dozen kinds for a file that is damaged.
    """
    try:
        yield
    except (BudgetoptError, UnreadableFileError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - no list of what readers raise is complete
        raise error from None
    except BaseException as fault:
        # the failures of a reader written in Rust are no exceptions of Python
        if type(fault).__name__ != "PanicException":
            raise
        raise error from None


def variable_of(name: str) -> str:
    """Return the variable of the environment that changes a limit."""
    return f"BUDGETOPT_MOST_{name.upper()}"
