"""Which files a scenario may name: those of its own folder and of the project around it.

A scenario may come from anywhere, and what it names is read and shown in messages. So the files that it extends and
its tables stand in one of these, once every symbolic link is followed:

- the folder of the scenario file, and all below it;
- its project: the nearest folder around it that has one of ``MARKERS`` in it;
- without such a marker the folder above the scenario's, where the name leads to the file, as ``../base.yaml`` does,
  and no symbolic link;
- a folder that whoever loads the scenario allows.

The home folder of a person, the root, and folders in which everyone may write are never a project.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from budgetopt.errors import OptionError, Place, Problem
from budgetopt.scenario.words import shown

__all__ = ["MARKERS", "ProjectFolder", "project_of"]

MARKERS = (".budgetopt", ".git", ".hg", ".svn", "pyproject.toml")
"""What makes a folder a project; ``.budgetopt`` may be an empty file."""


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """Where the files that a scenario names may stand: real paths, without symbolic links."""

    folders: tuple[Path, ...]
    above: Path | None = None

    def refusal(self, folder: Path, name: str, place: Place | None) -> Problem | None:
        """Return the problem of a file outside, named in a file of a folder; None where it may be read."""
        # what is written, without the links that it goes through
        written = Path(os.path.normpath(os.path.realpath(folder) / Path(name)))
        try:
            real = Path(os.path.realpath(folder / name))
        except (OSError, ValueError):
            return Problem("file", "the name of the file is not possible", place, "the name of a file")
        if any(real.is_relative_to(allowed) for allowed in self.folders):
            return None
        if self.above is not None and real == written and real.is_relative_to(self.above):
            return None
        through = " through a symbolic link" if real != written else ""
        message = f"the file {shown(name)} stands outside of the scenario's project{through}"
        root = self.folders[1] if len(self.folders) > 1 else self.folders[0]
        around = f", or a file {MARKERS[0]} in the folder that is the project" if self.above is not None else ""
        hint = f"if it is meant, allow its folder: --allow-folder DIR, or load(..., allow_folders=[DIR]){around}"
        return Problem("outside-project", message, place, f"a file in {root}", hint)


def project_of(folder: Path, allowed: Iterable[str | Path] = ()) -> ProjectFolder:
    """Return where the files may stand that a scenario in a folder names.

    Raises OptionError if a folder that is allowed is none.
    """
    own = Path(os.path.realpath(folder))
    more = []
    for name in (allowed,) if isinstance(allowed, str | Path) else allowed:
        if not Path(name).is_dir():
            raise OptionError(f"there is no folder {str(name)!r} to allow", hint="name a folder that exists")
        more.append(Path(os.path.realpath(name)))
    around = next((above for above in (own, *own.parents) if _is_marked(above)), None)
    if around is not None:
        return ProjectFolder((own, around, *more))
    is_own = own.parent != own and not _is_for_all(own.parent)
    return ProjectFolder((own, *more), own.parent if is_own else None)


def _is_marked(folder: Path) -> bool:
    return any((folder / marker).exists() for marker in MARKERS) and not _is_for_all(folder)


def _is_for_all(folder: Path) -> bool:
    """Return whether a folder holds more than a project can: a home, a root, what everyone may write in."""
    try:
        home = Path(os.path.realpath(Path.home()))
        return folder in (home, Path(folder.anchor)) or bool(folder.stat().st_mode & stat.S_IWOTH)
    except (OSError, RuntimeError):
        return True
