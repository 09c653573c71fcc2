"""What was written, not yet checked: a scenario's file and all that it extends, or a mapping."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any
from unicodedata import normalize

import numpy as np

from budgetopt.checks.findings import named, suggestion
from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.project_folder import ProjectFolder, project_of
from budgetopt.reading.yaml_file import read_yaml
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.words import shown

__all__ = ["SCENARIO_FILE", "Source", "from_values", "read_files", "with_extended"]

SCENARIO_FILE = "scenario.yaml"
"""The file in a scenario's folder that says everything else."""
_DEEPEST = 64
_MOST_FILES = 32


@dataclass(frozen=True)
class Source:
    """What one file says, or one mapping: plain values, their places, and what is wrong with the file in itself.

    Tables are looked for beside ``folder``, within ``project`` (None: wherever they are named). ``inputs`` has the
    SHA-256 of each file that was read, ``programs`` the tables of programs beside those that the tree names.
    """

    tree: dict[str, Any]
    places: Places = field(default_factory=Places)
    folder: FilePath = FilePath()
    inputs: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    programs: tuple[ProgramTable, ...] = ()
    project: ProjectFolder | None = None


def read_files(path: str | FilePath, allow_folders: Iterable[str | FilePath] = ()) -> list[Source]:
    """Return what a scenario's file says, and all that it extends, the lowest first; see :func:`with_extended`."""
    return with_extended(_read_file(_locate(FilePath(path))), allow_folders)


def _locate(folder: FilePath) -> FilePath:
    """Return the file of a scenario that may be named by its folder."""
    try:
        if not folder.is_dir():
            return folder
        if (folder / SCENARIO_FILE).exists():
            return folder / SCENARIO_FILE
        others = sorted(entry.name for entry in folder.iterdir() if entry.suffix in (".yaml", ".yml"))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "its name is not possible").lower()
        raise ScenarioError([Problem("file", f"the folder cannot be read: {reason}", Place(str(folder)))]) from None
    hint = f"it has {', '.join(others[:5])}: name the file that is meant" if others else ""
    message, expected = f"the folder has no {SCENARIO_FILE}", f"a file {SCENARIO_FILE} in it"
    raise ScenarioError([Problem("file", message, Place(str(folder)), expected, hint)])


def _read_file(file: FilePath, *, is_named: bool = False) -> Source:
    read = read_yaml(file, str(file))
    if not isinstance(read.tree, dict):
        hint = "take the dashes in front of the keys away" if isinstance(read.tree, list) else ""
        # what stands in a file that a file names is not shown: it may be anybody's
        kind = "one value" if is_named and isinstance(read.tree, str | int | float) else shown(read.tree)
        message = f"the file is {kind}, not a mapping"
        expected = "a mapping that begins with a line such as `name: Riverton FY2027`"
        problem = Problem("mapping", message, Place(str(file), 1, 1), expected, hint)
        raise ScenarioError([*read.problems, problem])
    return Source(read.tree, read.places, file.parent, {file.name: read.sha256}, read.problems)


def with_extended(source: Source, allow_folders: Iterable[str | FilePath] = ()) -> list[Source]:
    """Return a file and all that it extends, the lowest first; each may name files of the project of the first one.

    Raises ScenarioError if a file that is extended cannot be read or stands outside of the project and the folders that
    are allowed, or the files extend each other in a circle.
    """
    project = project_of(source.folder, allow_folders)
    layers = [replace(source, project=project)]
    seen: list[str] = []
    while "extends" in (top := layers[-1]).tree:
        problems = [problem for layer in layers for problem in layer.problems]
        try:
            layers.append(replace(_read_file(_extended(top, project, seen), is_named=True), project=project))
        except ScenarioError as error:
            raise ScenarioError([*problems, *error.problems]) from None
    return layers[::-1]


def _extended(top: Source, project: ProjectFolder, seen: list[str]) -> FilePath:
    """Return the file that a file extends; those that were seen, its own among them, cannot be."""
    name, place = top.tree["extends"], top.places.of("extends")
    if not isinstance(name, str) or not name.strip():
        problem = Problem("extends", f"{shown(name)} is no file", place, "the name of one scenario file or folder")
        raise ScenarioError([problem])
    if refused := project.refusal(top.folder, name, place):
        raise ScenarioError([refused])
    target = FilePath(os.path.normpath(top.folder / name))
    real = os.path.realpath(target / SCENARIO_FILE if target.is_dir() else target)
    if real in seen or len(seen) > _MOST_FILES:
        circle = " -> ".join(FilePath(path).name for path in [*seen, real])
        message = f"the files extend each other in a circle: {circle}"
        raise ScenarioError([Problem("circle", message, place, "a file at the bottom that extends none")])
    seen.append(real)
    if not target.exists():
        beside = list(target.parent.iterdir()) if target.parent.is_dir() else []
        known = [entry.name for entry in beside if entry.is_dir() or entry.suffix in (".yaml", ".yml")]
        hint = suggestion(target.name, known) or "names are relative to the folder of this file"
        message = f"there is no file {shown(name)} to extend"
        raise ScenarioError([Problem("missing-file", message, place, "a scenario file or folder", hint)])
    return _locate(target)


def from_values(tree: Mapping[str, Any]) -> Source:
    """Return what a mapping says, as a file would have said it: texts as keys, lists as lists.

    Raises ScenarioError if it is no mapping, or too deep.
    """
    problems: list[Problem] = []
    plain = _plain(tree, (), problems)
    if not isinstance(plain, dict):
        raise ScenarioError([Problem("mapping", f"the scenario is {shown(tree)}", None, "a mapping")])
    return Source(plain, problems=tuple(problems))


def _plain(value: Any, path: Path, problems: list[Problem]) -> Any:
    if len(path) > _DEEPEST:
        raise ScenarioError([Problem("depth", f"{path[0]}: more than {_DEEPEST} levels stand inside one another")])
    if isinstance(value, Mapping):
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = normalize("NFC", str(key)).strip()
            if item is None:
                continue
            if name in result:
                message = f"the key {shown(name)} stands twice in {named(path)}"
                problems.append(Problem("duplicate-key", message, None, "each key once"))
            else:
                result[name] = _plain(item, (*path, name), problems)
        return result
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item, (*path, position), problems) for position, item in enumerate(value)]
    return value.item() if isinstance(value, np.generic) else value
