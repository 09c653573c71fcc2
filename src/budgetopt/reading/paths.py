"""Paths as people write them: ``funds.general.revenue``, ``rules[No. 5].at_most``, ``funds.*.revenue``."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from budgetopt.checks.findings import suggestion
from budgetopt.errors import OptionError, Place, Problem
from budgetopt.reading.overlay import periods_of
from budgetopt.scenario.keys import Slot, slot_of
from budgetopt.scenario.model import Document
from budgetopt.scenario.places import Path
from budgetopt.scenario.words import listed, shown

__all__ = ["EVERY", "PathError", "expand", "match_name", "parse_path"]

EVERY = "*"
"""Stands for every name."""
_THINGS: dict[Path, str] = {
    ("funds",): "fund",
    ("outcomes",): "outcome",
    ("programs",): "program",
    ("rules",): "rule",
    ("objective",): "entry of the objective",
}


class PathError(Exception):
    """A path leads nowhere; carries the problem that says why, without a place."""

    def __init__(self, code: str, message: str, expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, message, None, expected, hint)

    def at(self, place: Place | None) -> Problem:
        """Return the problem at the place where the path is written."""
        return replace(self.problem, place=place)


def parse_path(text: str | Sequence[str]) -> tuple[str, ...]:
    """Return the parts of a path, which are separated by dots; raise OptionError if it is no path.

    A name that has dots in it may stand in quotation marks or in brackets: ``rules."No. 5".at_most``, ``rules[No. 5]``.
    """
    if not isinstance(text, str):
        return tuple(str(part) for part in text)
    parts: list[str] = []
    rest = text.strip()
    while rest:
        closing = {"[": "]", '"': '"', "'": "'"}.get(rest[0])
        if closing is not None:
            end = rest.find(closing, 1)
            after = rest[end + 1 : end + 2]
            if end < 0 or after not in ("", ".", "["):
                hint = "a name with dots in it goes in brackets or quotation marks, such as rules[No. 5].at_most"
                raise OptionError(f"{shown(text)} is no path: {rest[0]} is not closed before a dot", hint=hint)
            part, rest = rest[1:end].strip(), rest[end + 1 :]
            if part[:1] in ("'", '"') and part[-1:] == part[:1] and len(part) > 1:
                part = part[1:-1]
        else:
            end = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
            part, rest = rest[:end], rest[end:]
        parts.append(part)
        if rest.startswith("."):
            rest = rest[1:] or "."
            if rest == ".":
                parts.append("")
                break
    if not parts or not all(part.strip() for part in parts):
        raise OptionError(f"{shown(text)} is no path", hint="a path is made of keys and dots: funds.general.revenue")
    return tuple(parts)


def expand(tree: Mapping[str, Any], parts: Sequence[str], *, new: bool) -> list[Path]:
    """Return the paths of a scenario's tree that a path means, several where it has ``*`` in it; not those of programs.

    With ``new`` its last part may be a key or a name that does not stand there yet. Raises PathError if nothing stands
    there, or nothing can.
    """
    return list(_Walk(periods_of(tree), new).paths(slot_of(Document), tree, tuple(parts), ()))


class _Walk:
    """Follows a path through a tree, part by part."""

    def __init__(self, periods: tuple[str, ...], new: bool) -> None:
        self.periods = periods
        self.new = new

    def paths(self, slot: Slot, node: Any, parts: tuple[str, ...], done: Path) -> Iterator[Path]:
        if not parts:
            if node is None and not self.new:
                message = f"nothing stands at {_dotted(done)}"
                raise PathError("unknown-path", message, "something that the scenario says")
            yield done
            return
        slot = slot.fitting(node)
        if slot.is_open:
            yield from self.in_open(slot, node, parts, done)
        elif slot.models and not isinstance(node, list):
            key = parts[0].strip()
            if key not in slot.fields:
                raise _unknown("key", key, slot.fields, done)
            inside = node.get(key) if isinstance(node, Mapping) else None
            yield from self.paths(slot.below(key), inside, parts[1:], (*done, key))
        elif slot.is_list:
            yield from self.in_list(slot, node, parts, done)
        elif slot.has_names:
            yield from self.in_mapping(slot, node, parts, done)
        else:
            raise _one_value(parts[0], done)

    def in_open(self, slot: Slot, node: Any, parts: tuple[str, ...], done: Path) -> Iterator[Path]:
        """Yield a path where anything may stand, such as in a selection."""
        step: str | int
        if isinstance(node, list) and parts[0].isdigit() and 1 <= int(parts[0]) <= len(node):
            step, length = int(parts[0]) - 1, 1
        elif isinstance(node, Mapping) and (match := match_name(parts, node)) is not None:
            step, length = match
        elif self.new:
            yield (*done, *parts)
            return
        elif isinstance(node, Mapping | list):
            known = list(node) if isinstance(node, Mapping) else [str(number) for number in range(1, len(node) + 1)]
            raise _unknown("key", parts[0], known, done)
        else:
            raise _one_value(parts[0], done)
        yield from self.paths(slot.below(step), node[step], parts[length:], (*done, step))

    def in_list(self, slot: Slot, node: Any, parts: tuple[str, ...], done: Path) -> Iterator[Path]:
        items = node if isinstance(node, list) else [] if node is None else [node]
        names = [str(item.get("name", "")) if isinstance(item, Mapping) else "" for item in items]
        thing = _THINGS.get(done, "entry")
        if parts[0] == EVERY:
            found, length = list(range(len(items))), 1
            if not items:
                raise PathError("unknown-path", f"there is no {thing} at all")
        elif (match := match_name(parts, names)) is not None:
            found, length = [names.index(match[0])], match[1]
        elif parts[0].isdigit() and 1 <= int(parts[0]) <= len(items):
            found, length = [int(parts[0]) - 1], 1
        else:
            known = [name or str(position) for position, name in enumerate(names, 1)]
            raise _unknown(thing, parts[0], known, done)
        for position in found:
            # a single thing may stand without a list around it
            at = (*done, position) if isinstance(node, list) else done
            yield from self.paths(slot.below(0), items[position], parts[length:], at)

    def in_mapping(self, slot: Slot, node: Any, parts: tuple[str, ...], done: Path) -> Iterator[Path]:
        by_period = "number" in slot.kinds
        if by_period and not isinstance(node, Mapping):
            node = dict.fromkeys(self.periods, node) if node is not None or self.new else {}
        node = node if isinstance(node, Mapping) else {}
        names = list(dict.fromkeys([*self.periods, *node])) if by_period and self.new else list(node)
        thing = "period" if by_period else _THINGS.get(done, "name")
        if parts[0] == EVERY:
            found, length = names, 1
            if not names:
                raise PathError("unknown-path", f"there is no {thing} at all in {_dotted(done)}")
        elif (match := match_name(parts, names)) is not None:
            found, length = [match[0]], match[1]
        elif self.new and len(parts) == 1 and not by_period:
            found, length = [parts[0]], 1
        else:
            raise _unknown(thing, parts[0], names, done)
        for name in found:
            yield from self.paths(slot.below(name), node.get(name), parts[length:], (*done, name))


def match_name(parts: Sequence[str], names: Container[str]) -> tuple[str, int] | None:
    """Return the name with which a path goes on and how many of its parts that takes; None if there is no such name.

    A name that has dots in it may be written without quotation marks: the longest one that fits is meant.
    """
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length]).strip()) in names:
            return name, length
    return None


def _dotted(path: Path) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "the scenario"


def _one_value(part: str, done: Path) -> PathError:
    return PathError("unknown-path", f"{_dotted(done)} is one value: there is no {shown(part)} in it")


def _unknown(thing: str, name: str, known: Sequence[str], done: Path) -> PathError:
    where = f" in {_dotted(done)}" if thing in ("key", "name", "period") else ""
    hint = suggestion(name, known)
    expected = f"one of: {listed(known, 30)}" if known else ""
    code = f"unknown-{thing}" if " " not in thing else "unknown-path"
    return PathError(code, f"there is no {thing} {shown(name)}{where}", expected, hint)
