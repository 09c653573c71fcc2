"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from budgetopt.errors import OptionError

__all__ = ["write_text", "write_whole"]


def write_whole(path: str | Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` write a file beside its place, put it there when it is complete, and return its path.

    It is an OptionError where the file cannot be written there.
    """
    target = Path(path)
    if target.is_dir():
        raise OptionError(f"{target} is a folder", hint="name a file in it")
    if target.exists() and not target.is_file():
        # a pipe or a device has no place to put a file beside
        write(target)
        return target
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=target.suffix[:10], dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from error
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(mode)
        # through a link to the file that it stands for, as writing in place would go
        beside.replace(target.resolve())
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        beside.unlink(missing_ok=True)
    return target


def write_text(path: str | Path, text: str) -> Path:
    """Write a text as UTF-8 with plain line ends, whole or not at all; see :func:`write_whole`."""
    return write_whole(path, lambda beside: beside.write_text(text, encoding="utf-8", newline=""))


def _unwritable(target: Path, error: OSError) -> OptionError:
    reason = (error.strerror or str(error)).lower()
    reason = "there is no such folder" if isinstance(error, FileNotFoundError) else reason
    return OptionError(
        f"{target} cannot be written: {reason}", hint="name a file in a folder that exists and that you may write to"
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
