"""Paths as people write them: ``funds.general.revenue``, ``rules[No. 5].at_most``, ``funds.*.revenue``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_origin

from budgetopt.checks.findings import suggestion
from budgetopt.errors import OptionError, Problem
from budgetopt.reading.trees import periods_of
from budgetopt.scenario.keys import bare, fields_of, fitting, is_model, kinds_of, types_below
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


def parse_path(text: str | Sequence[str]) -> tuple[str, ...]:
    """Return the parts of a path.

    Parts are separated by dots; a name that has dots in it may stand in quotation marks or in square brackets:
    ``rules."No. 5".at_most``, ``rules[No. 5].at_most``.

    Parameters
    ----------
    text
        The path, or its parts.

    Raises
    ------
    OptionError
        If it is no path.
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
                raise OptionError(f"'{text}' is no path: {rest[0]} is not closed before a dot", hint=hint)
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


def match_name(parts: Sequence[str], names: Iterable[str]) -> tuple[str, int] | None:
    """Return the name with which a path goes on and how many of its parts that takes; None if there is no such name.

    A name that has dots in it may be written without quotation marks: the longest one that fits is meant.
    """
    known = set(names)
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length]).strip()) in known:
            return name, length
    return None


def expand(tree: Mapping[str, Any], parts: Sequence[str], *, new: bool) -> list[Path]:
    """Return the paths of a scenario's tree that a path means: several where it has ``*`` in it.

    Parameters
    ----------
    tree
        What stands in the scenario.
    parts
        The path; not one that begins with ``programs``.
    new
        Whether its last part may be a key or a name that does not stand there yet.

    Raises
    ------
    PathError
        If nothing stands there, or nothing can.
    """
    return _expand([Document], tree, tuple(parts), (), periods_of(tree), new)


def _expand(
    kinds: list[Any], node: Any, parts: tuple[str, ...], done: Path, periods: tuple[str, ...], new: bool
) -> list[Path]:
    if not parts:
        if node is None and not new:
            raise PathError("unknown-path", f"nothing stands at {_dotted(done)}", "something that the scenario says")
        return [done]
    kinds = fitting(kinds, node)
    if Any in kinds or any(is_model(kind) and "root" in bare(kind).model_fields for kind in kinds):
        return [(*done, *parts)]
    models = [bare(kind) for kind in kinds if is_model(kind)]
    if models and not isinstance(node, list):
        parts = (parts[0].strip(), *parts[1:])
        known = list(dict.fromkeys(field for model in models for field in fields_of(model)))
        if parts[0] not in known:
            raise _unknown("key", parts[0], known, done)
        inside = node.get(parts[0]) if isinstance(node, Mapping) else None
        return _expand(types_below(kinds, parts[0]), inside, parts[1:], (*done, parts[0]), periods, new)
    lists = [kind for kind in kinds if get_origin(bare(kind)) is tuple and is_list_of_models(kind)]
    if lists:
        return _in_list(kinds, node, parts, done, periods, new)
    if any(get_origin(bare(kind)) is dict for kind in kinds):
        return _in_mapping(kinds, node, parts, done, periods, new)
    raise PathError("unknown-path", f"{_dotted(done)} is one value: there is no {shown(parts[0])} in it")


def is_list_of_models(kind: Any) -> bool:
    """Return whether a type is a list whose items have keys."""
    return any(is_model(item) for item in types_below([kind], 0))


def _in_list(
    kinds: list[Any], node: Any, parts: tuple[str, ...], done: Path, periods: tuple[str, ...], new: bool
) -> list[Path]:
    items = node if isinstance(node, list) else [] if node is None else [node]
    names = [str(item.get("name", "")) if isinstance(item, Mapping) else "" for item in items]
    inside = types_below(kinds, 0)
    thing = _THINGS.get(done, "entry")
    if parts[0] == EVERY:
        if not items:
            raise PathError("unknown-path", f"there is no {thing} at all")
        found: list[Path] = []
        for position, item in enumerate(items):
            found += _expand(inside, item, parts[1:], (*done, position), periods, new)
        return found
    if (match := match_name(parts, names)) is not None:
        position, length = names.index(match[0]), match[1]
    elif parts[0].isdigit() and 1 <= int(parts[0]) <= len(items):
        position, length = int(parts[0]) - 1, 1
    else:
        known = [name or str(position) for position, name in enumerate(names, 1)]
        raise _unknown(thing, ".".join(parts[:1]), known, done)
    return _expand(inside, items[position], parts[length:], (*done, position), periods, new)


def _in_mapping(
    kinds: list[Any], node: Any, parts: tuple[str, ...], done: Path, periods: tuple[str, ...], new: bool
) -> list[Path]:
    by_period = "number" in kinds_of(kinds)
    if by_period and not isinstance(node, Mapping):
        names = list(periods) if node is not None or new else []
        node = dict.fromkeys(names, node)
    elif by_period:
        names = list(dict.fromkeys([*periods, *node])) if new else list(node)
    else:
        names = list(node) if isinstance(node, Mapping) else []
    thing = "period" if by_period else _THINGS.get(done, "name")
    node = node if isinstance(node, Mapping) else {}
    if parts[0] == EVERY:
        if not names:
            raise PathError("unknown-path", f"there is no {thing} at all in {_dotted(done)}")
        return [
            path
            for name in names
            for path in _expand(types_below(kinds, name), node.get(name), parts[1:], (*done, name), periods, new)
        ]
    match = match_name(parts, names)
    if match is None and new and len(parts) == 1 and not by_period:
        return [(*done, parts[0])]
    if match is None:
        raise _unknown(thing, parts[0], names, done)
    name, length = match
    return _expand(types_below(kinds, name), node.get(name), parts[length:], (*done, name), periods, new)


def _dotted(path: Path) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "the scenario"


def _unknown(thing: str, name: str, known: Sequence[str], done: Path) -> PathError:
    where = f" in {_dotted(done)}" if thing in ("key", "name", "period") else ""
    hint = suggestion(name, known)
    expected = f"one of: {listed(known, 30)}" if known else ""
    code = f"unknown-{thing}" if " " not in thing else "unknown-path"
    return PathError(code, f"there is no {thing} {shown(name)}{where}", expected, hint)
