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

from budgetopt.checks.findings import Findings, named
from budgetopt.errors import OptionError, Place, ScenarioError
from budgetopt.reading.assembly import Assembly
from budgetopt.reading.document_tree import document_tree, plain
from budgetopt.reading.overlay import overlay_at, with_item
from budgetopt.reading.paths import EVERY, PathError, expand, parse_path
from budgetopt.reading.program_paths import list_item, no_program, program_key, programs_at
from budgetopt.reading.program_reader import ProgramReader
from budgetopt.reading.yaml_file import parse_yaml, scalar
from budgetopt.scenario.keys import Kind, slot_of
from budgetopt.scenario.model import Document, Program
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, shown
from budgetopt.scenario.worked_out import hand_on

__all__ = ["Change", "Removal", "alter", "parse_change"]

Change = str | tuple[str | Sequence[str], Any]
"""A path and a value, or both as one text with ``=`` between them."""


@dataclass(frozen=True, slots=True)
class Removal:
    """The path of something that is taken away from a scenario."""

    path: str | Sequence[str]


def parse_change(text: str) -> tuple[tuple[str, ...], str]:
    """Return the path and the value of a change that is written as one text; raise OptionError if it is none."""
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


def alter(scenario: Scenario, changes: Iterable[Change | Removal]) -> Scenario:
    """Return a scenario with changes made one after another, checked as a whole.

    Raises OptionError if a change cannot be read, ScenarioError if one leads nowhere or the changed scenario is wrong:
    every problem names the change that it came from.
    """
    work = _Work(scenario)
    for item in changes:
        if isinstance(item, Removal):
            work.remove(item.path, Place(f"<without> {_written(item.path)[:120]}"))
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


class _Work:
    """A scenario that is being changed."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.findings = Findings(document_tree(scenario.document), scenario.places, inputs=dict(scenario.inputs))
        self.assembly = Assembly(self.findings, scenario.programs)
        self._begin()

    def set(self, parts: tuple[str, ...], value: Any, place: Place) -> None:
        findings = self.findings
        try:
            if parts[0] == "programs":
                self._set_programs(parts[1:], value, place)
                return
            if parts[0] == "periods":
                self._flush()
            if parts[0] == "tables":
                raise PathError("unknown-path", "tables have been read: change the programs themselves")
            for path in self._paths(parts, value):
                given = _read(value, slot_of(Document).at(path).kinds)
                if path[:-1] in (("funds",), ("outcomes",)) and not isinstance(given, Mapping):
                    expected = f"{{{'revenue' if path[0] == 'funds' else 'unit'}: ...}}"
                    raise PathError("mapping", f"{shown(given)} is not a mapping", expected)
                findings.tree, findings.places, problems = overlay_at(
                    findings.tree, findings.places, path, given, place
                )
                findings.problems += problems
        except PathError as error:
            findings.problems.append(error.at(place))

    def _paths(self, parts: tuple[str, ...], value: Any) -> list[Path]:
        """Return the paths that are set; a shift of all by a share leaves those alone that have nothing to shift."""
        tree = self.findings.tree
        paths = expand(tree, parts, new=True)
        if EVERY in parts and isinstance(value, str) and (value.strip()[:1] == "*" or value.strip()[-1:] == "%"):
            paths = [path for path in paths if _stands(tree, path)] or paths
        return paths

    def remove(self, path: str | Sequence[str], place: Place) -> None:
        self._flush()
        try:
            self.assembly.remove(path)
        except PathError as error:
            self.findings.problems.append(error.at(place))

    def done(self) -> Scenario:
        self._flush()
        if self.findings.problems:
            raise ScenarioError(self.findings.problems)
        self.assembly.remember(self.scenario.programs)
        changed = self.assembly.scenario()
        _keep_what_holds(self.scenario, changed)
        return changed

    def _set_programs(self, parts: tuple[str, ...], value: Any, place: Place) -> None:
        if not parts:
            hint = "programs.ID.baseline, or programs.*.baseline"
            raise PathError("unknown-path", "programs are changed one by one", hint)
        if parts[0] == EVERY or parts[0] not in self.assembly.programs:
            self._flush()
        table, path = self.assembly.programs, tuple[str, ...]()
        if len(parts) == 1 and parts[0] != EVERY and parts[0] not in table:
            name, given = parts[0], _read(value, set())
            if not isinstance(given, Mapping):
                raise no_program(table, name)
        else:
            rows, rest = programs_at(table, parts)
            name = EVERY if parts[0] == EVERY else str(table.ids[rows[0]])
            path = program_key(table, rows, rest) if rest else ()
            given = _read(value, slot_of(Program).at(path).kinds)
            if list_item(table, rows, path)[1]:
                self._flush()
                path, given = self._with_item(rows, path, given, place)
            if not path and not isinstance(given, Mapping):
                raise PathError("mapping", f"{shown(given)} is not a mapping, and a program is", "{key: value}")
        for part in reversed(path):
            given = {part: given}
        keys = {(name, key) for key in given}
        if keys & self.touched:
            self._flush()
        self.touched |= keys
        self.written_at[("programs", name, *path)] = place
        if name != EVERY:
            self.reader.read(name, given)
            return
        self.reader.read_all(given)
        self._flush()

    def _with_item(
        self, rows: Ints, path: tuple[str, ...], value: Any, place: Place
    ) -> tuple[tuple[str, ...], list[Any]]:
        """Return the key and all items of a list in which a path leads to an item, with a value on top of that."""
        table = self.assembly.programs
        path, item = list_item(table, rows, path)
        if len(rows) > 1:
            raise PathError(
                "unknown-path", "an item of a list is changed program by program", "programs.ID in its path"
            )
        items = table.value(int(rows[0]), ".".join(path))
        whole = [list(one) if isinstance(one, tuple) else one for one in items]
        owner = whole
        where: Path = ("programs", str(table.ids[rows[0]]), *path)
        for number in item:
            if number >= len(owner):
                message = f"{named(where)} has no item {number}"
                raise PathError("unknown-path", message, f"one of: {listed(list(map(str, range(len(owner)))))}")
            owner, where = owner[number], (*where, number)
        slot = slot_of(Program).at(path)
        changed, problems = with_item(slot, whole, value, where, len(where) - len(item), place)
        self.findings.problems += problems
        return path, changed

    def _flush(self) -> None:
        """Make the changes of programs that were read so far."""
        if self.written_at:
            self.assembly.add_programs(self.reader.written(), self.reader)
        self._begin()

    def _begin(self) -> None:
        """Begin to read changes of programs; they are made together, as long as each is of another key."""
        findings = self.findings
        self.touched: set[tuple[str, str]] = set()
        self.written_at: dict[Path, Place] = {}
        written = Findings({}, Places(values=self.written_at), findings.problems, empty=findings.empty)
        self.reader = ProgramReader(self.assembly.programs, written)


def _read(value: Any, kinds: set[Kind]) -> Any:
    """Return a value as a file would give it: a text stands for a list or a mapping where only those are possible."""
    if not isinstance(value, str):
        return plain(value)
    if value[:1] in ("{", "[") and not kinds & {"text", "choice"}:
        try:
            return parse_yaml(value).tree
        except ScenarioError as error:
            raise PathError("yaml", f"{shown(value)} cannot be read: {error.problems[0].message}") from None
    if kinds & {"flag", "scalar"}:
        return scalar(value)
    return value


def _keep_what_holds(before: Scenario, after: Scenario) -> None:
    """Hand on what was worked out of the programs, where the change did not touch what it depends on."""
    if after.programs is not before.programs:
        return
    if tuple(before.outcomes) == tuple(after.outcomes):
        hand_on(before, after, "effects")
    only = [{name: fund.only for name, fund in scenario.funds.items()} for scenario in (before, after)]
    if list(only[0].items()) == list(only[1].items()):
        hand_on(before, after, "eligible")
