"""Collects what is wrong with a scenario: each thing with its place, or its path in words where there is no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from budgetopt.errors import Place, Problem, near
from budgetopt.scenario.model import Rule
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.programs import Ints, ProgramTable, split_key
from budgetopt.scenario.words import listed, visible

__all__ = ["Findings", "dotted", "named", "program_path", "suggestion"]

_MOST_ALIKE = 10
"""Of one mistake in many programs, no more than so many are listed one by one."""
_NOT_SELECTED_BY = (
    *("description", "spending", "funds", "recurring", "outcomes", "source", "as_of", "note"),
    *(
        "one_fund",
        "fund_shares",
        "if_funded",
        "service",
        "packages",
        "choose",
        "start",
        "uses",
        "inflation",
        "baseline_by_fund",
        "requested",
    ),
)
"""Keys of a program that no selection asks for: without them, what a selection matches is known all the same."""
_BY_NAME = ("rules", "packages")
"""Lists whose entries go by their names, in messages and in changes alike."""
_THINGS = {"funds": "fund", "outcomes": "outcome", "resources": "resource", "programs": "program"}


def dotted(path: Path, tree: Any = None) -> str:
    """Return a path as its keys joined by dots; rules and packages go by their names, other entries from 1."""
    parts, node = [], tree
    for position, item in enumerate(path):
        if isinstance(item, int):
            node = node[item] if isinstance(node, list | tuple) and item < len(node) else None
            parts.append((path[position - 1] in _BY_NAME and _own_name(node)) or str(item + 1))
        else:
            node = node.get(item) if isinstance(node, dict) else None
            parts.append(item)
    return visible(".".join(parts))


def named(path: Path, tree: Any = None) -> str:
    """Return what a path leads to, in words: ``revenue of fund 'general'``."""
    thing, rest = _thing(path, tree)
    parts: list[str] = []
    for number, group in groupby(rest, key=lambda item: isinstance(item, int)):
        items = list(group)
        parts += [f"entry {int(item) + 1}" for item in items] if number else [f"`{'.'.join(map(str, items))}`"]
    parts.reverse()
    return visible(" of ".join([*parts, thing] if thing else parts)) or "the scenario"


def _thing(path: Path, tree: Any) -> tuple[str, Path]:
    if len(path) >= 4 and path[0] == "programs" and path[2] == "outcomes":
        return f"the effect of program '{path[1]}' on '{path[3]}'", path[4:]
    if len(path) >= 2 and path[0] in _THINGS:
        # lists of a program, which are columns in a table, go by their number too
        rest = tuple(int(item) if isinstance(item, str) and item.isdecimal() else item for item in path[3:])
        in_list = path[0] == "programs" and path[2:3] == ("packages",)
        return f"{_THINGS[path[0]]} '{path[1]}'", (*path[2:3], *rest) if in_list else path[2:]
    if len(path) >= 2 and path[0] == "rules" and isinstance(path[1], int):
        name = _rule_name(tree, path[1])
        return (f"rule '{name}'" if name else f"rule number {path[1] + 1}"), path[2:]
    if path and path[0] == "objective":
        if len(path) > 1 and isinstance(path[1], int):
            return f"entry {path[1] + 1} of the objective", path[2:]
        return "the objective", path[1:]
    return "", path


def _rule_name(tree: Any, position: int) -> str:
    rules = tree.get("rules") if isinstance(tree, dict) else None
    return _own_name(rules[position]) if isinstance(rules, list | tuple) and position < len(rules) else ""


def _own_name(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def program_path(program: str, key: str) -> Path:
    """Return the path of a program's dotted key in a file: packages, a list there, go by their number from 0."""
    parts = split_key(key) if key else ()
    if len(parts) > 1 and parts[0] == "packages":
        return ("programs", program, "packages", int(parts[1]), *parts[2:])
    return ("programs", program, *parts)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the hint that offers the nearest known name, or an empty string."""
    close = near(name, known)
    return f"did you mean '{close}'?" if close and close != name else ""


def _period_hint(name: str, known: list[str]) -> str:
    """Return the hint for a period: another year of the same spelling is no slip of the pen."""
    close = near(name, known)
    pairs = zip(name, close, strict=False)
    if close and len(close) == len(name) and all(one == other or one.isdigit() for one, other in pairs):
        return "add it to `periods`, if the scenario reaches so far"
    return f"did you mean '{close}'?" if close else ""


@dataclass
class Findings:
    """What is wrong with a scenario, as it is being found: what was written, where it stands, the problems.

    Parameters
    ----------
    invalid
        The paths of values that are wrong in themselves. They are left out of the scenario that is checked further, and
        what depends on them is not reported: it would only follow from the first mistake.
    rules
        For each rule that is checked, its position among those that were written.
    partial, cells_only
        Whether programs are missing because a table or a program could not be read; and whether only because numbers in
        cells of tables cannot be: every program and its words stand.
    empty
        The paths of mappings of programs that say nothing that is known, with the places of what was read with them.
    """

    tree: Any
    places: Places = field(default_factory=Places)
    problems: list[Problem] = field(default_factory=list)
    invalid: set[Path] = field(default_factory=set)
    rules: list[int] = field(default_factory=list)
    partial: bool = False
    cells_only: bool = False
    inputs: dict[str, str] = field(default_factory=dict)
    empty: dict[Path, Places] = field(default_factory=dict)

    def add(
        self, code: str, path: Path, message: str, expected: str = "", hint: str = "", *, key: bool = False
    ) -> None:
        """Add a problem at a path; ``key`` places it at the key and not at the value."""
        place = self.places.of_key(*path) if key else self.places.of(*path)
        self.add_at(code, place, path, message, expected, hint)

    def add_at(
        self, code: str, place: Place | None, path: Path, message: str, expected: str = "", hint: str = ""
    ) -> None:
        """Add a problem at a place; where there is none, the message begins with the path."""
        where = "" if place is not None or not path else f"{dotted(path, self.tree)}: "
        self.problems.append(Problem(code, visible(where + message), place, visible(expected), visible(hint)))

    def add_unknown(
        self,
        what: str,
        name: str,
        known: Iterable[str],
        path: Path,
        where: str,
        *,
        key: bool = False,
        place: Place | None = None,
        hint: str = "",
    ) -> None:
        """Add that something is named which does not exist: ``unknown fund 'generl' in funds of program 'library'``."""
        names = list(known)
        expected = f"one of: {listed(names)}" if names else f"the scenario has no {what}s"
        hint = (_period_hint(name, names) if what == "period" else suggestion(name, names)) or hint
        message = f"unknown {what} '{name}' in {where}"
        # whatever else is wrong because nobody knows what was meant is not worth a word
        self.invalid.add(path)
        place = place or (self.places.of_key(*path) if key else self.places.of(*path))
        self.add_at(f"unknown-{what}", place, path, message, expected, hint)

    def include(self, found: Findings) -> None:
        """Include what was found in one of several files."""
        self.problems += found.problems
        self.invalid |= found.invalid
        self.empty |= found.empty
        self.cells_only = all(not part.partial or part.cells_only for part in (self, found))
        self.partial |= found.partial
        self.inputs |= found.inputs

    def lose(self, path: Path) -> None:
        """Note that what stands at a path is wrong in itself, and left out."""
        self.invalid.add(path)
        selected = path[:1] == ("programs",) and (len(path) < 3 or path[2] not in _NOT_SELECTED_BY)
        if selected or path[:1] == ("tables",):
            self.partial, self.cells_only = True, False

    @property
    def lost_a_section(self) -> bool:
        """Whether a key of the top level was unknown or could not be read: it may have meant any section."""
        return any(len(path) == 1 for path in self.invalid)

    def is_invalid(self, *path: str | int) -> bool:
        """Return whether something at a path, above it or below it was left out because it is wrong."""
        return any(path[: len(other)] == other[: len(path)] for other in self.invalid)

    def program_place(self, programs: ProgramTable, row: int, key: str, *below: str | int) -> tuple[Place | None, Path]:
        """Return the place and the path of a program's key; ``below`` leads on into its value."""
        path = program_path(programs.ids[row], key)
        exact = (*path, *below)
        column = programs.columns.get(key)
        if column is None or column.origin is None or self.places.values.get(path) == programs.place(row, key):
            place = self.places.values.get(exact) or self.places.values.get(path) or self.places.keys.get(path)
        else:
            place = None
        return place or programs.place(row, key), path

    def rule_paths(self, rules: Sequence[Rule]) -> Iterator[tuple[Rule, Path]]:
        """Yield each rule with its path."""
        positions = self.rules if len(self.rules) == len(rules) else range(len(rules))
        for rule, position in zip(rules, positions, strict=True):
            yield rule, ("rules", position)

    @staticmethod
    def alike(rows: Ints, as_one: bool = False) -> Iterator[tuple[int, str]]:
        """Yield the first few of many programs with one mistake, and what to say at the last of them of all others.

        With ``as_one`` only the first.
        """
        most = 1 if as_one else _MOST_ALIKE
        rest = len(rows) - most
        programs = f"{rest:,} more programs" if rest > 1 else "1 more program"
        for count, row in enumerate(rows[:most].tolist(), 1):
            yield row, f" (and so for {programs})" if rest > 0 and count == most else ""
