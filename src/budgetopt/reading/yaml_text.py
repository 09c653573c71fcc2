"""Plain values as the text of a YAML file that people can go on writing, and that reads back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from budgetopt.reading.yaml_file import scalar
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.keys import Slot, slot_of
from budgetopt.scenario.model import Document

__all__ = ["number_text", "quoted", "share_text", "to_yaml"]

_WIDTH = 110
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./%$&()+'*<>=@^~-]*[\w./%$&()+*<>=@^~-])?")
"""What needs no quotation marks anywhere, in a list or mapping on one line neither."""
_WORDS_OF_OLD_YAML = {"y", "n", "yes", "no", "on", "off", "null", "true", "false"}


def to_yaml(tree: Mapping[str, Any]) -> str:
    """Return the plain values of a scenario as the text of a scenario file."""
    return "".join(f"{line}\n" for line in _mapping(slot_of(Document), tree, 0))


def _mapping(slot: Slot, tree: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, value in tree.items():
        inside = slot.below(key)
        head = f"{indent}{_key(key)}:"
        many = isinstance(value, Mapping | list) and bool(value)
        if not many or (depth and _is_short(value)):
            line = f"{head} {_flow(inside, value)}"
            if not many or len(line) <= _WIDTH:
                yield line
                continue
        if isinstance(value, Mapping):
            if not depth:
                yield ""
            yield head
            yield from _mapping(inside, value, depth + 1)
        else:
            yield from _list(inside, value, head, depth)


def _list(slot: Slot, items: list[Any], head: str, depth: int) -> Iterator[str]:
    inside = slot.below(0)
    if not any(isinstance(item, Mapping | list) for item in items):
        line = f"{head} {_flow(slot, items)}"
        if len(line) <= _WIDTH:
            yield line
            return
    if not depth:
        yield ""
    yield head
    indent = "  " * (depth + 1)
    for item in items:
        line = f"{indent}- {_flow(inside, item)}"
        if not isinstance(item, Mapping) or not item or len(line) <= _WIDTH:
            yield line
        else:
            first, *rest = _mapping(inside, item, depth + 2)
            yield f"{indent}- {first.lstrip()}"
            yield from rest


def _is_short(value: Any) -> bool:
    """Return whether a value may stand on one line: no mapping within a mapping within it, and no list of mappings."""
    if isinstance(value, list):
        return not any(isinstance(item, Mapping) for item in value)
    return not any(
        any(isinstance(part, Mapping) for part in (item.values() if isinstance(item, Mapping) else item))
        for item in value.values()
        if isinstance(item, Mapping | list)
    )


def _flow(slot: Slot, value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_flow(slot.below(key), item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(slot.below(0), item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value, grouped=bool(slot.kinds & {"number", "numbers"}))
    return quoted(str(value))


def _key(key: str) -> str:
    return key if key.isascii() and key.isdecimal() and str(int(key)) == key else quoted(key)


@lru_cache(maxsize=65_536)
def quoted(text: str) -> str:
    """Return a text as YAML, in quotation marks wherever it could be read as something else."""
    plain = _PLAIN.fullmatch(text) is not None and isinstance(scalar(text), str)
    if plain and text.casefold() not in _WORDS_OF_OLD_YAML:
        return text
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?%", text) or re.fullmatch(r"[0-9]{1,3}(_[0-9]{3})+", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def number_text(value: float, *, grouped: bool = False) -> str:
    """Return the shortest text that reads back as the same number; ``grouped`` allows ``118_000_000``."""
    if isinstance(value, Share):
        return share_text(value)
    if isinstance(value, int) or (value.is_integer() and abs(value) < 2**53):
        return f"{int(value):_d}" if grouped and abs(value) >= 10_000 else f"{int(value):d}"
    return repr(float(value))


def share_text(share: float) -> str:
    """Return the text of a share, exactly: the shortest decimal of the fraction, its point moved by two places."""
    return f"{Decimal(repr(float(share))).scaleb(2).normalize():f}%"
