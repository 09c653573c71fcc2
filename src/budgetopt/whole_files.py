"""Files, and folders of files, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from budgetopt.errors import OptionError
from budgetopt.run_log import log_file

__all__ = ["write_folder", "write_text", "write_whole"]

_LEFT_BEHIND = 3600.0
"""Seconds after which what stands beside a file was left there by a process that was ended."""


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
        _sweep(target)
        handle, name = tempfile.mkstemp(prefix=_prefix(target), suffix=target.suffix[:10], dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from error
    beside = Path(name)
    try:
        write(beside)
        _flush(beside)
        beside.chmod(mode)
        # through a link to the file that it stands for, as writing in place would go
        beside.replace(target.resolve())
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        beside.unlink(missing_ok=True)
    log_file("written", str(target), target.stat().st_size)
    return target


def write_text(path: str | Path, text: str) -> Path:
    """Write a text as UTF-8 with plain line ends, whole or not at all; see :func:`write_whole`."""
    return write_whole(path, lambda beside: beside.write_text(text, encoding="utf-8", newline=""))


def write_folder(folder: str | Path, files: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """Let functions write files beside a folder, put them into it when all are complete, and return their paths.

    A folder that is missing is there with all of its files, or not at all; in one that is there each file is the old
    one or the new one, whole. It is an OptionError where they cannot be written there.

    Parameters
    ----------
    folder
        The folder; the folder that it stands in is made if it is missing.
    files
        What writes each file, by its name.
    """
    target = Path(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        beside = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        for name, write in files.items():
            write(beside / name)
            _flush(beside / name)
        if target.exists():
            for name in files:
                (beside / name).replace(target / name)
        else:
            beside.chmod(0o777 & ~_umask())
            beside.rename(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    paths = [target / name for name in files]
    for path in paths:
        log_file("written", str(path), path.stat().st_size)
    return paths


def _prefix(target: Path) -> str:
    return f".{target.name[:40]}.part-"


def _sweep(target: Path) -> None:
    """Take away what processes that were ended have left beside a file or a folder."""
    for beside in target.parent.glob(f"{_escaped(_prefix(target))}*"):
        try:
            is_old = time.time() - beside.stat().st_mtime > _LEFT_BEHIND
        except OSError:
            continue
        if is_old and beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        elif is_old:
            beside.unlink(missing_ok=True)


def _escaped(prefix: str) -> str:
    return "".join(f"[{mark}]" if mark in "[]*?" else mark for mark in prefix)


def _flush(path: Path) -> None:
    """Have the system write a file to its disk before it takes the place of another."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


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
