"""Change a scenario: ``Scenario.with_``, ``Scenario.without`` and ``--set``.

A change is a path and a value: ``("funds.general.revenue", "-5%")``, or both as one text with ``=`` between them. It
means what the same words would mean in a file that extends the scenario: mappings merge, a text with a sign shifts,
every other value takes the place of the one that stands there. The changed scenario is checked as a whole, just as if
it had been loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.checks.findings import named, suggestion
from budgetopt.errors import OptionError, Place, Problem, ScenarioError
from budgetopt.reading.load import Source, assemble
from budgetopt.reading.paths import EVERY, PathError, expand, is_list_of_models, match_name, parse_path
from budgetopt.reading.program_changes import ProgramChanges, drop
from budgetopt.reading.trees import lay_at, periods_of, take_away
from budgetopt.scenario.keys import Kind, fields_of, kinds_of, leaf_of, near_key, type_at
from budgetopt.scenario.model import Document, Program
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import Ints, ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, shown

__all__ = ["Change", "Removal", "alter", "change", "document_tree", "numbered", "parse_change", "programs_at", "remove"]

Change = str | tuple[str | Sequence[str], Any]
"""A path and a value, or both as one text with ``=`` between them."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that is taken away from a scenario.

    Parameters
    ----------
    path
        Where it stands.
    """

    path: str | Sequence[str]


def parse_change(text: str) -> tuple[tuple[str, ...], str]:
    """Return the path and the value of a change that is written as one text.

    Raises
    ------
    OptionError
        If it is no change.
    """
    closing = ""
    for at, character in enumerate(text):
        if closing:
            closing = "" if character == closing else closing
        elif character in "[\"'":
            closing = {"[": "]"}.get(character, character)
        elif character == "=":
            path, value = text[:at], text[at + 1 :].strip()
            if not value:
                hint = "to take something away, say so: `Scenario.without`, or `--without PATH`"
                raise OptionError(f"the change {shown(text)} has no value", hint=hint)
            return parse_path(path), value
    raise OptionError(f"{shown(text)} is no change", hint="a change is a path and a value: funds.general.revenue=-5%")


def change(scenario: Scenario, changes: Iterable[Change]) -> Scenario:
    """Return a scenario with changes, checked as a whole.

    Parameters
    ----------
    scenario
        The scenario; it stays as it is.
    changes
        The changes, which are made one after another.

    Raises
    ------
    OptionError
        If a change cannot be read.
    ScenarioError
        If a change leads nowhere, or the changed scenario is wrong; every problem names the change that it came from.
    """
    return alter(scenario, changes)


def remove(scenario: Scenario, paths: Iterable[str | Sequence[str]]) -> Scenario:
    """Return a scenario without some of what it says: rules, programs, limits, anything that has a path.

    Raises
    ------
    OptionError
        If a path cannot be read.
    ScenarioError
        If nothing stands at a path, or the scenario is wrong without it.
    """
    return alter(scenario, (Removal(path) for path in paths))


def alter(scenario: Scenario, changes: Iterable[Change | Removal]) -> Scenario:
    """Return a scenario with changes and removals, made one after another, checked as a whole; see :func:`change`."""
    work = _Work(scenario)
    for item in changes:
        if isinstance(item, Removal):
            work.remove(parse_path(item.path), Place(f"<without> {_written(item.path)[:120]}"))
            continue
        if isinstance(item, str):
            text = item.strip()
            parts, value = parse_change(item)
        elif isinstance(item, tuple | list) and len(item) == 2:
            parts, value = parse_path(item[0]), item[1]
            text = f"{_written(item[0])}={value}"
        else:
            hint = 'such as ("funds.general.revenue", "-5%"), or "funds.general.revenue=-5%"'
            raise OptionError(f"{shown(item)} is no change: it takes a path and a value", hint=hint)
        work.set(parts, value, Place(f"<set> {text[:120]}"))
    return work.done()


def _stands(tree: Any, path: Path) -> bool:
    for part in path:
        if not isinstance(tree, Mapping | list):
            return tree is not None  # one value that stands for all below it
        tree = tree.get(part) if isinstance(tree, Mapping) else tree[int(part)]
    return tree is not None


def _written(path: str | Sequence[str]) -> str:
    return path.strip() if isinstance(path, str) else ".".join(map(str, path))


def document_tree(document: Document) -> dict[str, Any]:
    """Return a document as the plain values that a file would hold: what was set, and nothing else."""
    tree: dict[str, Any] = document.model_dump(by_alias=True, exclude_unset=True, exclude={"programs", "tables"})
    return _plain(tree)  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


class _Work:
    """A scenario that is being changed."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.tree = document_tree(scenario.document)
        self.places = scenario.places
        self.problems: list[Problem] = []
        self.added: dict[str, Any] = {}
        self.programs = ProgramChanges(scenario.programs, periods_of(self.tree))

    def set(self, parts: tuple[str, ...], value: Any, place: Place) -> None:
        try:
            if parts[0] == "programs":
                self._set_programs(parts[1:], value, place)
                return
            if parts[0] == "tables":
                raise PathError("unknown-path", "tables have been read: change the programs themselves")
            for path in self._paths(parts, value):
                kinds = type_at(Document, path)
                given = _read(value, kinds_of(kinds))
                if path[:-1] in (("funds",), ("outcomes",)) and not isinstance(given, Mapping):
                    raise PathError(
                        "mapping",
                        f"{shown(given)} is not a mapping",
                        f"{{{'revenue' if path[0] == 'funds' else 'unit'}: ...}}",
                    )
                self.tree, self.places, problems = lay_at(self.tree, self.places, path, given, place)
                self.problems += problems
        except PathError as error:
            self._add(error, place)
        self.programs.periods = periods_of(self.tree)

    def _paths(self, parts: tuple[str, ...], value: Any) -> list[Path]:
        """Return the paths that are set; a shift of all by a share leaves those alone that have nothing to shift."""
        paths = expand(self.tree, parts, new=True)
        if EVERY in parts and isinstance(value, str) and (value.strip()[:1] == "*" or value.strip()[-1:] == "%"):
            paths = [path for path in paths if _stands(self.tree, path)] or paths
        return paths

    def remove(self, parts: tuple[str, ...], place: Place) -> None:
        try:
            if parts[0] == "programs":
                rows, rest = programs_at(self.programs.table, parts[1:])
                key = self._key(rest, rows) if rest else ""
                left = drop(self.programs.done(), rows, key)
                if left is None:
                    raise PathError("unknown-path", f"nothing stands at {'.'.join(parts)}")
                self.programs.table = left
                return
            for path in reversed(expand(self.tree, parts, new=False)):
                self.tree, self.places = take_away(self.tree, self.places, path)
        except PathError as error:
            self._add(error, place)

    def done(self) -> Scenario:
        before, programs = self.scenario.programs, self.programs.done()
        problems = [*self.problems, *self.programs.problems]
        if problems:
            raise ScenarioError(problems)
        places = self.places
        if programs is not before:
            places = Places(places.keys, places.values, places.earlier, (*places.tables, before))
        tree = {**self.tree, "programs": self.added} if self.added else self.tree
        source = Source(tree, places, inputs=self.scenario.inputs, programs=programs)
        changed = assemble(source)
        _keep_what_holds(self.scenario, changed)
        return changed

    def _add(self, error: PathError, place: Place) -> None:
        problem = error.problem
        self.problems.append(Problem(problem.code, problem.message, place, problem.expected, problem.hint))

    def _set_programs(self, parts: tuple[str, ...], value: Any, place: Place) -> None:
        if not parts:
            raise PathError(
                "unknown-path", "programs are changed one by one", "programs.ID.baseline, or programs.*.baseline"
            )
        if len(parts) == 1 and parts[0] != EVERY and parts[0] not in self.programs.table:
            given = _read(value, set())
            if not isinstance(given, Mapping):
                raise no_program(self.programs.table, parts[0])
            self.added[parts[0]] = given
            values = {**self.places.values, ("programs", parts[0]): place}
            self.places = Places(
                {**self.places.keys, ("programs", parts[0]): place}, values, self.places.earlier, self.places.tables
            )
            return
        rows, rest = programs_at(self.programs.table, parts)
        key = self._key(rest, rows) if rest else ""
        leaf = leaf_of(Program, key) if key else None
        given = _read(value, {leaf.kind} if leaf is not None else set())
        path = leaf.path if leaf is not None else tuple(key.split(".") if key else ())
        if not path and not isinstance(given, Mapping):
            raise PathError("mapping", f"{shown(given)} is not a mapping, and a program is", "{key: value}")
        self.programs.add(rows, path, given, lambda _path: place)

    def _key(self, parts: tuple[str, ...], rows: Ints) -> str:
        """Return the dotted key of a program that a path names; a thing of a list may go by its name."""
        parts = numbered(self.programs.table, rows, parts)
        key = ".".join(parts)
        if leaf_of(Program, key) is None and not type_at(Program, parts):
            close = near_key(Program, key)
            known = list(fields_of(Program)) if len(parts) == 1 else []
            hint = f"did you mean '{close}'?" if close and close != key else ""
            raise PathError(
                "unknown-key",
                f"a program has no key {shown(key)}",
                f"one of: {listed(known, 30)}" if known else "",
                hint,
            )
        return key


def programs_at(table: ProgramTable, parts: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    """Return the positions of the programs that a path speaks of, and the rest of the path.

    Raises
    ------
    PathError
        If there is no such program.
    """
    if parts[:1] == (EVERY,):
        return np.arange(len(table)), parts[1:]
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length]).strip()) in table:
            return np.array([table.position(name)]), parts[length:]
    raise no_program(table, parts[0] if parts else "")


def numbered(table: ProgramTable, rows: Ints, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of a program's key with the name of a thing in a list made its number: ``packages.0.cost``."""
    parts = tuple(part.strip() for part in parts)
    if len(parts) < 2 or leaf_of(Program, parts[0]) is None or any(part.isdecimal() for part in parts[1:2]):
        return parts
    if not is_list_of_models(leaf_of(Program, parts[0]).type) or len(rows) != 1:  # type: ignore[union-attr]
        return parts
    names: dict[str, str] = {}
    for key in table.columns:
        head, _, rest = key.partition(".")
        if head == parts[0] and rest.endswith(".name") and (name := table.value(int(rows[0]), key)) is not None:
            names.setdefault(name, rest.removesuffix(".name"))
    match = match_name(parts[1:], names)
    if match is None:
        program = named(("programs", table.ids[rows[0]]))
        expected = f"one of: {listed(list(names))}" if names else ""
        message = f"{program} has nothing named {shown(parts[1])} in {parts[0]}"
        raise PathError("unknown-path", message, expected, suggestion(parts[1], names))
    return (parts[0], names[match[0]], *parts[1 + match[1] :])


def no_program(table: ProgramTable, name: str) -> PathError:
    """Return the error that there is no such program."""
    known = table.ids.tolist()
    expected = f"one of: {listed(known, 12)}" if len(known) <= 12 else ""
    return PathError("unknown-program", f"there is no program {shown(name)}", expected, suggestion(name, known))


def _read(value: Any, kinds: set[Kind]) -> Any:
    """Return a value as a file would give it: a text stands for a list or a mapping where only those are possible."""
    if not isinstance(value, str):
        return _plain(value)
    if value[:1] in ("{", "[") and not kinds & {"text", "choice"}:
        from budgetopt.reading.yaml_file import parse_yaml

        try:
            return parse_yaml(value).tree
        except ScenarioError as error:
            raise PathError("yaml", f"{shown(value)} cannot be read: {error.problems[0].message}") from None
    if kinds & {"flag", "scalar"}:
        from budgetopt.reading.yaml_file import scalar

        return scalar(value)
    return value


def _keep_what_holds(before: Scenario, after: Scenario) -> None:
    """Hand on what was worked out of the programs, where the change did not touch what it depends on."""
    if after.programs is not before.programs:
        return
    known = before.__dict__
    if "effects" in known and tuple(before.outcomes) == tuple(after.outcomes):
        after.__dict__["effects"] = known["effects"]
    only = [{name: fund.only for name, fund in scenario.funds.items()} for scenario in (before, after)]
    if "eligible" in known and list(only[0].items()) == list(only[1].items()):
        after.__dict__["eligible"] = known["eligible"]
