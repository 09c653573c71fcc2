"""Read scenarios: files or mappings become a checked :class:`Scenario`, or one error that names every problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from budgetopt.checks import check
from budgetopt.checks.findings import Findings, named, program_path
from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.joined import awaiting, follows, without_shapes
from budgetopt.reading.problems import add_errors
from budgetopt.scenario.model import Document, Tables
from budgetopt.scenario.model.base import JOINED
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import shown

__all__ = [
    "SCENARIO_FILE",
    "Source",
    "assemble",
    "document_of",
    "from_mapping",
    "load",
    "programs_of",
    "read_source",
    "without_blanks",
]

SCENARIO_FILE = "scenario.yaml"
"""The file in a scenario's folder that says everything else."""
_SECTIONS = ("funds", "resources", "outcomes", "tables", "programs", "rules")
"""The parts of a file that may stand there with nothing below them."""
_NOT_SELECTED_BY = (
    *("description", "spending", "funds", "recurring", "outcomes", "source", "as_of", "note"),
    *("if_funded", "service", "packages", "choose", "start", "uses", "inflation"),
)
"""Keys of a program that no selection asks for: without them, what a selection matches is known all the same."""
_OF_NUMBERS = ("number", "negative", "not-finite", "leading-zero", "ambiguous-share")
"""Problems of single numbers in a table: nothing else is lost with them."""
_DEEPEST = 64
_PASSES = 4


@dataclass(frozen=True)
class Source:
    """What was written, not yet checked.

    Parameters
    ----------
    tree
        Plain values, as they stand in a file.
    places
        Where they stand.
    folder
        The folder beside which tables are looked for.
    inputs
        The files that were read, with the SHA-256 of each.
    problems
        What is wrong with the files in themselves.
    programs
        Programs that were read and checked before: those of files further down, or of the scenario that is changed.
    partial
        Whether some of those programs could not be read.
    spoiled
        The paths of what was wrong in files further down, and left out.
    """

    tree: dict[str, Any]
    places: Places = field(default_factory=Places)
    folder: FilePath = FilePath()
    inputs: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    programs: ProgramTable | None = None
    partial: bool = False
    spoiled: frozenset[Path] = frozenset()


def load(path: str | FilePath) -> Scenario:
    """Return the scenario in a folder that has a ``scenario.yaml``, or in such a file.

    Parameters
    ----------
    path
        The folder, or the file.

    Raises
    ------
    ScenarioError
        With every problem that was found, each with its place.
    """
    from budgetopt.reading.layers import resolve

    return assemble(resolve(read_source(path)))


def from_mapping(tree: Mapping[str, Any], folder: str | FilePath = "") -> Scenario:
    """Return the scenario that a mapping describes: what stands in a scenario file, as plain Python values.

    Parameters
    ----------
    tree
        The mapping. A value of None is one that is left out.
    folder
        The folder beside which tables are looked for; left out, the current one.

    Raises
    ------
    ScenarioError
        With every problem that was found, each with its path in words.
    """
    problems: list[Problem] = []
    plain = _plain(tree, (), problems)
    if not isinstance(plain, dict):
        raise ScenarioError([Problem("mapping", f"the scenario is {shown(tree)}", None, "a mapping")])
    from budgetopt.reading.layers import resolve

    source = Source(plain, folder=FilePath(folder), problems=tuple(problems))
    return assemble(resolve(source))


def read_source(path: str | FilePath) -> Source:
    """Return what a scenario's file says, not yet checked.

    Raises
    ------
    ScenarioError
        If there is no such file, or it is not a mapping in YAML.
    """
    from budgetopt.reading.yaml_file import read_yaml

    file = _locate(path)
    read = read_yaml(file, str(file))
    if not isinstance(read.tree, dict):
        hint = "take the dashes in front of the keys away" if isinstance(read.tree, list) else ""
        message = f"the file is {shown(read.tree)}, not a mapping"
        problem = Problem(
            "mapping",
            message,
            Place(str(file), 1, 1),
            "a mapping that begins with a line such as `name: Riverton FY2027`",
            hint,
        )
        raise ScenarioError([*read.problems, problem])
    return Source(read.tree, read.places, file.parent, {file.name: read.sha256}, read.problems)


def _locate(path: str | FilePath) -> FilePath:
    file = FilePath(path)
    try:
        if not file.is_dir():
            return file
        if (file / SCENARIO_FILE).exists():
            return file / SCENARIO_FILE
        others = sorted(entry.name for entry in file.iterdir() if entry.suffix in (".yaml", ".yml"))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "its name is not possible").lower()
        raise ScenarioError([Problem("file", f"the folder cannot be read: {reason}", Place(str(file)))]) from None
    hint = f"it has {', '.join(others[:5])}: name the file that is meant" if others else ""
    problem = Problem(
        "file", f"the folder has no {SCENARIO_FILE}", Place(str(file)), f"a file {SCENARIO_FILE} in it", hint
    )
    raise ScenarioError([problem])


def _plain(value: Any, path: Path, problems: list[Problem]) -> Any:
    """Return a value with texts as keys and lists as lists, as a file would have given it."""
    if len(path) > _DEEPEST:
        raise ScenarioError([Problem("depth", f"{path[0]}: more than {_DEEPEST} levels stand inside one another")])
    if isinstance(value, Mapping):
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = str(key).strip()
            if item is None:
                continue
            if name in result:
                problems.append(
                    Problem("duplicate-key", f"the key '{name}' stands twice in {named(path)}", None, "each key once")
                )
            else:
                result[name] = _plain(item, (*path, name), problems)
        return result
    if isinstance(value, list | tuple):
        return [_plain(item, (*path, position), problems) for position, item in enumerate(value)]
    return value


def assemble(source: Source) -> Scenario:
    """Return the scenario that was written.

    Parameters
    ----------
    source
        What was written.

    Raises
    ------
    ScenarioError
        With every problem that was found.
    """
    findings = Findings(source.tree, source.places, list(source.problems), set(source.spoiled), partial=source.partial)
    document = document_of(without_blanks(source.tree, findings), findings)
    programs = programs_of(document, source, findings)
    if source.programs is not None or document.tables != Tables():
        from budgetopt.reading.tables import check_presence

        # keys that came from several places were not yet put before the models together
        problems, rows = check_presence(programs)
        findings.problems += [problem for problem in problems if not follows(problem, findings.problems)]
        programs = without_shapes(programs, rows, findings)
    rest = document.model_copy(update={"programs": {}, "tables": Tables()})
    scenario = Scenario(rest, programs, source.places, {**source.inputs, **findings.inputs})
    check(scenario, findings)
    if findings.problems:
        # what follows from a mistake of the file itself, at the same place, is not worth a word
        known = {problem.place for problem in source.problems} - {None}
        raise ScenarioError(
            [problem for problem in findings.problems if problem in source.problems or problem.place not in known]
        )
    return scenario


def programs_of(
    document: Document, source: Source, findings: Findings, known: ProgramTable | None = None
) -> ProgramTable:
    """Return the programs of the tables and of the file itself as one table.

    Tables of evidence and curves may speak of programs of that table, and of those of ``known``.
    """
    from budgetopt.reading.tables import merge, read_tables

    places = findings.places

    def place_of(program: str, key: str) -> Place | None:
        path = program_path(program, key)
        return places.keys.get(path) if not key else places.values.get(path) or places.of(*path)

    written = ProgramTable.from_models(document.programs, place_of if places.values else None, findings.awaited)
    if source.programs is not None:
        written = merge([source.programs, written])[0] if len(written) else source.programs
    if document.tables == Tables():
        return written
    read = read_tables(document.tables, source.folder, places)
    findings.inputs.update((_relative(name, source.folder), sha256) for name, sha256 in read.inputs.items())
    findings.problems += read.problems
    findings.cells_only = not findings.partial and all(problem.code in _OF_NUMBERS for problem in read.problems)
    findings.partial |= bool(read.problems)
    programs, problems = merge([*read.programs, written], read.references, known)
    # where programs are missing because their table is broken, that others speak of them is no mistake
    lost = read.lacks_programs or any(path[0] == "programs" for path in findings.spoiled)
    findings.problems += [found for found in problems if not (lost and found.code == "unknown-program")]
    return programs


def _relative(name: str, folder: FilePath) -> str:
    path = FilePath(name)
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def without_blanks(tree: dict[str, Any], findings: Findings) -> dict[str, Any]:
    """Leave out keys without a value, and add a problem for each but whole sections: nobody knows what was meant."""

    def walk(value: Any, path: Path) -> Any:
        if isinstance(value, list):
            return [walk(item, (*path, position)) for position, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        kept = {}
        for key, item in value.items():
            below = (*path, key)
            if item is not None:
                kept[key] = walk(item, below)
            elif path or key not in _SECTIONS:
                message, hint = f"{named(below, tree)} has no value", "write a value, or take the key away"
                findings.add("no-value", below, message, "a value", hint, key=True)
                findings.spoiled.add(below)
        return kept

    cleaned: dict[str, Any] = walk(tree, ())
    return cleaned


def document_of(tree: dict[str, Any], findings: Findings) -> Document:
    """Return the document as far as it can be read; what cannot is reported and left out."""
    rules = tree.get("rules")
    findings.rules = list(range(len(rules))) if isinstance(rules, list) else []
    context = {JOINED: bool(tree.get("tables"))}
    if context[JOINED]:
        tree = awaiting(tree, findings, context)
    for number in range(_PASSES):
        try:
            return Document.model_validate(tree, context=context)
        except ValidationError as error:
            found = Findings(tree, findings.places, rules=findings.rules)
            paths = add_errors(error, found)
        if number == 0:
            findings.problems += found.problems
        else:
            # what is wrong only since something was left out goes as a whole, and without a word
            paths = [path[: 2 if path[:1] != ("objective",) else 1] for path in paths]
        tree = _without(tree, paths, findings)
    # nothing is left that could be looked at further
    raise ScenarioError(findings.problems)


def _without(tree: dict[str, Any], paths: list[Path], findings: Findings) -> dict[str, Any]:
    """Return a tree without what stands at some paths; of a list other than that of rules, the whole list goes."""
    rules: set[int] = set()
    for path in paths:
        written = path
        if path[:1] == ("rules",) and len(path) > 1 and isinstance(path[1], int):
            written = ("rules", findings.rules[path[1]], *path[2:])
            if len(path) == 2:
                rules.add(path[1])
        findings.spoiled.add(written)
        lost_program = path[:1] == ("programs",) and (len(path) < 3 or path[2] not in _NOT_SELECTED_BY)
        findings.partial |= lost_program or path[:1] == ("tables",)
        if not (path[:1] == ("rules",) and len(path) == 2):
            tree = _cut(tree, path)
    if rules:
        kept = [position for position in range(len(findings.rules)) if position not in rules]
        tree = {**tree, "rules": [tree["rules"][position] for position in kept]}
        findings.rules = [findings.rules[position] for position in kept]
    return tree


def _cut(tree: Any, path: Path) -> Any:
    """Return a copy of a tree without what stands at a path."""
    if not path:
        return {}
    key, *rest = path
    if isinstance(tree, list):
        if not rest or not isinstance(key, int) or key >= len(tree):
            return tree
        return [_cut(item, tuple(rest)) if position == key else item for position, item in enumerate(tree)]
    if not isinstance(tree, dict) or key not in tree:
        return tree
    below = tree[key]
    if not rest or not isinstance(below, dict | list) or (isinstance(below, list) and len(rest) == 1):
        return {other: item for other, item in tree.items() if other != key}
    return {**tree, key: _cut(below, tuple(rest))}
