"""Compare the figures of two result documents: the one that was written, and the one that follows from the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from budgetopt.scenario.amounts import is_number
from budgetopt.scenario.words import visible

__all__ = ["INFORMATIONAL", "differences"]

INFORMATIONAL = frozenset({
    "provenance.seconds", "provenance.budgetopt", "provenance.solver", "provenance.inputs", "document_sha256", "proof"
})  # fmt: skip
"""What does not follow from plan and scenario. The proof is checked by itself."""
MISSING = object()
"""Stands for an entry that a document does not have."""
SAME = 1e-12
"""The share by which two figures may differ that were added up in another order."""
SAME_PRICE = 1e-9
"""The same for prices, which are differences of larger figures."""
NOISE = {
    "objective.gap": 1e-9,
    "certificate.primal_violation": 1e-9,
    "certificate.dual_violation": 1e-9,
    "certificate.gap": 1e-9,
    "certificate.checks.*.worst": 1e-9,
}
"""Figures that are zero but for rounding, and how far two of them may be apart."""
DIFFERENCES_OF = {"outcomes.*.change": ("level", "baseline"), "outcomes.*.range": ("low", "high")}
"""Figures that are differences of others, which set the scale of their rounding."""


def differences(
    written: Mapping[str, Any], expected: Mapping[str, Any], sizes: Mapping[str, float]
) -> tuple[list[str], int]:
    """Return what differs between two documents, in words, and how many figures were compared.

    ``sizes`` has the size of the figures that some entries were computed from, by their path.
    """
    figures = list(_walk((), written, expected, {}))
    wrong = [
        f"{visible('.'.join(path))} is {_shown(one)}, and it should be {_shown(other)}"
        for path, one, other, parent in figures
        if not _same(one, other, path, parent, sizes.get(".".join(path), 0.0))
    ]
    return wrong, len(figures)


def _walk(
    path: tuple[str, ...], one: Any, other: Any, parent: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], Any, Any, Mapping[str, Any]]]:
    if ".".join(path) in INFORMATIONAL:
        return
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            yield from _walk((*path, key), one.get(key, MISSING), other.get(key, MISSING), other)
    elif _is_list(one) and _is_list(other) and len(one) == len(other):
        # lists of named things are compared name by name: their order is no figure
        yield from _walk(path, _by_name(one), _by_name(other), {})
    else:
        yield path, one, other, parent


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _by_name(items: Sequence[Any]) -> dict[str, Any]:
    """Return the items of a list by their ids, or by their places if they have none of their own."""
    names = [str(item["id"]) if isinstance(item, Mapping) and "id" in item else "" for item in items]
    if items and isinstance(items[0], Mapping) and "sense" in items[0]:
        names = [" ".join(str(item.get(key)) for key in ("kind", "name", "part", "period")) for item in items]
    if not all(names) or len(set(names)) < len(names):
        names = [str(place) for place in range(len(items))]
    return dict(zip(names, items, strict=True))


def _same(one: Any, other: Any, path: tuple[str, ...], parent: Mapping[str, Any], size: float) -> bool:
    if not (is_number(one) and is_number(other)):
        return type(one) is type(other) and bool(one == other)
    pattern = _pattern(path)
    if pattern in NOISE:
        return bool(abs(one - other) <= NOISE[pattern])
    scale = max(abs(one), abs(other), size)
    for sibling in DIFFERENCES_OF.get(pattern, ()):
        if is_number(parent.get(sibling)):
            scale = max(scale, abs(parent[sibling]))
    return bool(abs(one - other) <= (SAME_PRICE if path[-1] == "price" else SAME) * scale)


def _pattern(path: tuple[str, ...]) -> str:
    """Return a path with the names of list items and of checks left open."""
    match path:
        case ("certificate", "checks", _, last):
            path = ("certificate", "checks", "*", last)
        case ("outcomes", _, "range", _) | ("programs", _, "outcome_ranges", _, _):
            path = ("outcomes", "*", "range")
        case ("outcomes", _, last):
            path = ("outcomes", "*", last)
    return ".".join(path)


def _shown(value: Any) -> str:
    if value is MISSING:
        return "left out"
    if is_number(value):
        return f"{value:,.12g}"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
