"""Files, and folders of files, written whole or not at all."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from budgetopt.errors import OptionError
from budgetopt.run_log import log_file

__all__ = ["write_folder", "write_text", "write_whole"]

_LEFT_BEHIND = 3600.0
"""Seconds after which what stands beside a file was left there by a process that was ended."""
_HERE, _BOTH_WAYS = -100, 2
"""``AT_FDCWD`` and ``RENAME_EXCHANGE`` of Linux."""


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
    # beside the file that a link stands for, as writing in place would go
    real = target.resolve()
    try:
        _sweep(real)
        handle, name = tempfile.mkstemp(prefix=_prefix(real) + _owner(), suffix=real.suffix[:10], dir=real.parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from error
    beside = Path(name)
    try:
        write(beside)
        _flush(beside)
        beside.chmod(mode)
        beside.replace(real)
        _flush(real.parent)
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

    A folder that is missing is there with all of its files, or not at all. One that is there is exchanged as a whole,
    with its other files, so that all are the old ones or the new ones; where the system cannot do that, each file is
    the old one or the new one. It is an OptionError where they cannot be written there.

    Parameters
    ----------
    folder
        The folder; the folder that it stands in is made if it is missing.
    files
        What writes each file, by its name.
    """
    target = Path(folder)
    real = target.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        _sweep(real)
        beside = Path(tempfile.mkdtemp(prefix=_prefix(real) + _owner(), dir=real.parent))
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        for name, write in files.items():
            write(beside / name)
            _flush(beside / name)
        _put(beside, real, list(files))
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    paths = [target / name for name in files]
    for path in paths:
        log_file("written", str(path), path.stat().st_size)
    return paths


def _put(beside: Path, target: Path, names: Sequence[str]) -> None:
    """Put a folder of new files in the place of one that may be there, whose other files stay."""
    if not target.exists():
        beside.chmod(0o777 & ~_umask())
        try:
            beside.rename(target)
        except OSError:
            # another process may have made it in the meantime
            if not target.is_dir():
                raise
        else:
            return
    if not _is_swapped(beside, target, names):
        for name in names:
            (beside / name).replace(target / name)
    _flush(target.parent)


def _is_swapped(beside: Path, target: Path, names: Sequence[str]) -> bool:
    """Let a folder of new files and the folder that is there change places, at once; return whether that was done.

    It is not where the system cannot do it, where folders stand in the one that is there, or somebody works in it.
    """
    others = [entry for entry in os.scandir(target) if entry.name not in names]
    if any(entry.is_dir(follow_symlinks=False) for entry in others) or os.path.ismount(target):
        return False
    if Path.cwd().is_relative_to(target):
        return False
    try:
        for other in others:
            os.link(other.path, beside / other.name, follow_symlinks=False)
        beside.chmod(target.stat().st_mode & 0o7777)
        _exchange(beside, target)
    except (OSError, NotImplementedError, AttributeError):
        for other in others:
            (beside / other.name).unlink(missing_ok=True)
        return False
    # what somebody has put there in the meantime stays
    for entry in os.scandir(beside):
        if not (target / entry.name).exists():
            Path(entry.path).replace(target / entry.name)
    return True


def _exchange(one: Path, other: Path) -> None:
    """Have Linux exchange two folders, as ``renameat2`` does; raises what is no such system."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _BOTH_WAYS):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prefix(target: Path) -> str:
    return f".{target.name[:40]}.part-"


def _owner() -> str:
    """Return what marks files of this process: its number, and the machine on which that means something."""
    return f"{os.getpid()}.{zlib.crc32(platform.node().encode()):x}-"


def _sweep(target: Path) -> None:
    """Take away what processes that were ended have left beside a file or a folder."""
    for beside in target.parent.glob(f"{_escaped(_prefix(target))}*"):
        try:
            is_left = _is_left(beside, beside.name.removeprefix(_prefix(target)))
        except OSError:
            continue
        if is_left and beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        elif is_left:
            with suppress(OSError):
                beside.unlink()


def _is_left(beside: Path, owner: str) -> bool:
    if time.time() - beside.stat().st_mtime > _LEFT_BEHIND:
        return True
    number, _, machine = owner.partition("-")[0].partition(".")
    if os.name != "posix" or not number.isdigit() or machine != _owner().partition("-")[0].partition(".")[2]:
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        pass
    return False


def _escaped(prefix: str) -> str:
    return "".join(f"[{mark}]" if mark in "[]*?" else mark for mark in prefix)


def _flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to its disk before it goes on."""
    is_folder = path.is_dir()
    if is_folder and os.name != "posix":
        return
    number = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(number)
    except OSError:
        # some systems keep no such promise for folders
        if not is_folder:
            raise
    finally:
        os.close(number)


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
