"""Every key of the language stands in an example of a how-to page that is loaded there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from tests.docs.examples import ROOT, Block, blocks

from budgetopt.reading.schema import json_schema
from budgetopt.scenario import model
from budgetopt.scenario.keys import Slot, leaf_of, slot_of
from budgetopt.scenario.model import Document, Program
from budgetopt.scenario.model.where import CONNECTIVES

PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
FILES = (".yaml", ".csv")


def owner(kind: type, key: str) -> str:
    """Return the kind of mapping that a key belongs to: what every rule has is asked for once."""
    names = [name for name, field in kind.model_fields.items() if (field.alias or name) == key]
    bases = (
        base.__name__ for base in reversed(kind.__mro__) if names and names[0] in vars(base).get("__annotations__", {})
    )
    return next(bases, kind.__name__)


def keys_of_the_schema() -> set[tuple[str, str]]:
    """Return each kind of mapping with each of its keys."""
    kinds = {name: one for name, one in json_schema()["$defs"].items() if not name.startswith("Changed")}
    found = {(name, key) for name, one in kinds.items() for key in one.get("properties", {})} - {
        ("Document", "extends")
    }
    return {(owner(getattr(model, name), key) if hasattr(model, name) else name, key) for name, key in found}


def keys_used(slot: Slot, node: Any) -> Iterator[tuple[str, str]]:
    """Yield the keys that a part of a file uses, each with the kind of mapping that it is a key of."""
    if model.Where in slot.models and isinstance(node, dict):
        yield from keys_of_a_selection(node)
    elif isinstance(node, dict) and not slot.models and slot.is_list:
        # one mapping stands for a list of it
        yield from keys_used(slot.below(0), node)
    elif isinstance(node, dict):
        inside = slot.fitting(node)
        for key, value in node.items():
            yield from ((owner(kind, key), key) for kind in inside.models if key in Slot([kind]).fields)
            yield from keys_used(inside.below(key), value)
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from keys_used(slot.below(at), value)


def keys_of_a_selection(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if key in CONNECTIVES:
            yield "Where", key
            for part in value if isinstance(value, list) else [value]:
                yield from keys_of_a_selection(part)
        elif isinstance(value, dict):
            yield from (("Comparison", below) for below in value)


def keys_of_a_table(body: str) -> Iterator[tuple[str, str]]:
    for header in next(csv.reader(io.StringIO(body))):
        leaf = leaf_of(Program, header)
        slot = slot_of(Program)
        for part in leaf.path if leaf is not None else ():
            yield from ((owner(kind, part), part) for kind in slot.models if part in Slot([kind]).fields)
            slot = slot.below(part)


def files_that_run(found: list[Block]) -> Iterator[Block]:
    """Yield the files of a page that a later example of it names, by themselves or by their folder."""
    for at, block in enumerate(found):
        folder = block.title.partition("/")[0]
        if block.title.endswith(FILES) and any(folder in later.body for later in found[at + 1 :] if not later.title):
            yield block


def used_by(page: list[Block]) -> set[tuple[str, str]]:
    used: set[tuple[str, str]] = set()
    for block in files_that_run(page):
        if block.title.endswith(".csv"):
            used.update(keys_of_a_table(block.body))
        else:
            used.update(keys_used(slot_of(Document), YAML(typ="safe").load(block.body)))
    return used


def test_every_key_of_the_language_stands_in_an_example_that_runs() -> None:
    used = set().union(*(used_by(blocks(page)) for page in PAGES))
    missing = [f"{key} of {name}" for name, key in sorted(keys_of_the_schema() - used)]
    assert missing == []


def test_a_key_that_only_a_part_of_a_scenario_shows_is_missed() -> None:
    part = [Block(ROOT / "README.md", 1, "yaml", "", "inflation: 3%\n")]
    file = [Block(ROOT / "README.md", 1, "yaml", "city/scenario.yaml", "inflation: 3%\n")]
    solved = [*file, Block(ROOT / "README.md", 5, "console", "", "$ python -m budgetopt solve city\n")]
    assert used_by(part) == used_by(file) == set()
    assert used_by(solved) == {("Document", "inflation")}
