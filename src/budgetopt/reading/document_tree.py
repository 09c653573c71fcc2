"""Read a scenario's plain values by the models. What cannot be read is reported, and left out of what is read on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import ValidationError

from budgetopt.checks.findings import Findings, named
from budgetopt.errors import ScenarioError
from budgetopt.reading.problems import add_errors
from budgetopt.scenario.model import Document
from budgetopt.scenario.places import Path

__all__ = ["SECTIONS", "document_of", "document_tree", "plain", "without_blanks"]

SECTIONS = ("funds", "resources", "outcomes", "tables", "programs", "rules")
"""The parts of a file that may stand there with nothing below them."""
_PASSES = 4


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
            elif path or key not in SECTIONS:
                message, hint = f"{named(below, tree)} has no value", "write a value, or take the key away"
                findings.add("no-value", below, message, "a value", hint, key=True)
                findings.invalid.add(below)
        return kept

    cleaned: dict[str, Any] = walk(tree, ())
    return cleaned


def document_of(tree: dict[str, Any], findings: Findings) -> Document:
    """Return the document as far as it can be read; what cannot is reported and left out."""
    rules = tree.get("rules")
    findings.rules = list(range(len(rules))) if isinstance(rules, list) else []
    for number in range(_PASSES):
        try:
            return Document.model_validate(tree)
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
        findings.lose(written)
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


def document_tree(document: Document) -> dict[str, Any]:
    """Return a document as the plain values that a file would hold: what was set, and nothing else."""
    tree: dict[str, Any] = document.model_dump(by_alias=True, exclude_unset=True, exclude={"programs", "tables"})
    return plain(tree)  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """Return a value as a file would hold it: mappings and lists of single values."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
