"""Overlay one tree of plain values on another: what an extending file or a change says on what stood there.

Mappings merge key by key, lists of named things merge by name, every other value takes the place of the one below it,
and a text with a sign shifts a number (see :mod:`budgetopt.reading.shifts`). Every value keeps the place where it was
written, and what stood there before is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic_core import PydanticCustomError

from budgetopt.checks.findings import named
from budgetopt.errors import Place, Problem
from budgetopt.reading.problems import problem_of_refusal
from budgetopt.reading.shifts import Shift, nothing_to_shift, read_shift, spread_growth
from budgetopt.scenario.keys import Slot, slot_of
from budgetopt.scenario.model import Document
from budgetopt.scenario.places import Path, Places

__all__ = ["Signs", "overlay", "overlay_at", "periods_of", "remove_at", "with_item"]

Signs = Callable[[Path, Any], Any]
"""Gives a value back as it was written: a number of YAML with its sign, since a sign shifts."""


def periods_of(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the periods that a tree names, as far as they can be read."""
    periods = tree.get("periods", "budget")
    return tuple(str(period) for period in (periods if isinstance(periods, list) else [periods]))


def overlay(
    tree: dict[str, Any], places: Places, top: Mapping[str, Any], top_places: Places, signs: Signs
) -> tuple[dict[str, Any], Places, list[Problem]]:
    """Return a tree with ``top`` on top of it, its places, and shifts that cannot be read or have nothing to shift.

    ``signs`` gives a value of ``top`` as it was written; ``earlier`` of the places remembers what was replaced.
    """
    work = _Overlay(places, top_places, signs, periods_of({**tree, **top}))
    merged = work.mapping(slot_of(Document), tree, top, (), ())
    return merged, work.places(), work.problems


def remove_at(tree: dict[str, Any], places: Places, path: Path) -> tuple[dict[str, Any], Places]:
    """Return a tree without what stands at a path; entries behind it in a list move up, with their places.

    Of one value that stands for every period, a period may be taken away: the others keep it.
    """
    *parents, last = path
    if not isinstance(_node_at(tree, parents), Mapping | list):
        tree, places, _ = overlay_at(tree, places, path, None, Place(""))

    def without(node: Any, parts: list[str | int]) -> Any:
        if parts:
            inside = without(node[parts[0]], parts[1:])
            if isinstance(node, list):
                return [inside if position == parts[0] else item for position, item in enumerate(node)]
            return {**node, parts[0]: inside}
        if isinstance(node, list):
            return [item for position, item in enumerate(node) if position != last]
        return {key: item for key, item in node.items() if key != last}

    parent, depth = tuple(parents), len(parents)

    def moved(at: Path) -> Path | None:
        if at[:depth] != parent or len(at) == depth:
            return at
        if at[depth] == last:
            return None
        if isinstance(last, int) and isinstance(at[depth], int) and int(at[depth]) > last:
            return (*parent, int(at[depth]) - 1, *at[depth + 1 :])
        return at

    def renamed(known: Mapping[Path, Any]) -> dict[Path, Any]:
        return {new: place for at, place in known.items() if (new := moved(at)) is not None}

    kept = replace(places, keys=renamed(places.keys), values=renamed(places.values), earlier=renamed(places.earlier))
    result: dict[str, Any] = without(tree, parents)
    return result, kept


def _node_at(tree: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        tree = tree[part]
    return tree


def overlay_at(
    tree: dict[str, Any], places: Places, path: Path, value: Any, place: Place
) -> tuple[dict[str, Any], Places, list[Problem]]:
    """Return a tree with a value on top of what stands at a path of it; the result is as for :func:`overlay`."""
    work = _Overlay(places, Places(values={(): place}), lambda _path, given: given, periods_of(tree))
    return work.at(slot_of(Document), tree, value, path, 0), work.places(), work.problems


def with_item(
    slot: Slot, items: list[Any], value: Any, path: Path, depth: int, place: Place
) -> tuple[list[Any], list[Problem]]:
    """Return a list with a value on top of one of its items, and what is wrong with the value.

    Parameters
    ----------
    slot
        What may stand in place of the list.
    path, depth
        Where the item stands in the scenario, and how many parts of that lead to the list.
    place
        Where the value is written.
    """
    work = _Overlay(Places(), Places(values={(): place}), lambda _path, given: given, ())
    changed: list[Any] = work.at(slot, items, value, path, depth)
    return changed, work.problems


class _Overlay:
    """The work of putting one tree on top of another."""

    def __init__(self, base: Places, top: Places, signs: Signs, periods: tuple[str, ...]) -> None:
        self.keys = dict(base.keys)
        self.values = dict(base.values)
        self.earlier = dict(base.earlier)
        self.base = base
        self.top = top
        self.signs = signs
        self.periods = periods
        self.problems: list[Problem] = []

    def places(self) -> Places:
        return replace(self.base, keys=self.keys, values=self.values, earlier=self.earlier)

    def mapping(
        self, slot: Slot, base: Mapping[str, Any], top: Mapping[str, Any], path: Path, source: Path
    ) -> dict[str, Any]:
        if len(path) == 2 and path[0] == "funds" and isinstance(top.get("revenue"), Mapping) and "growth" not in top:
            base = self._spread(base, path)
        merged, slot = dict(base), slot.fitting(base)
        for key, item in top.items():
            at, written = (*path, key), (*source, key)
            inside = slot.below(key)
            if item is None and not path:
                continue
            place = self.top.keys.get(written)
            if place is not None and not (isinstance(item, Mapping) and isinstance(merged.get(key), Mapping)):
                self.keys[at] = place
            if merged.get(key) is not None:
                merged[key] = self.value(inside, merged[key], item, at, written)
            else:
                self._refuse_shift(slot, item, at, written, merged)
                merged[key] = self.put(inside, item, at, written)
        return merged

    def at(self, slot: Slot, base: Any, value: Any, path: Path, depth: int) -> Any:
        """Return a tree with a value on top of what stands at a path of it; ``depth`` parts of the path are done."""
        if depth == len(path):
            return self.put(slot, value, path, ()) if base is None else self.value(slot, base, value, path, ())
        slot = slot.fitting(base)
        part, inside = path[depth], slot.below(path[depth])
        if isinstance(base, list) and isinstance(part, int):
            return [
                self.at(inside, item, value, path, depth + 1) if position == part else item
                for position, item in enumerate(base)
            ]
        opened = {} if base is None else self._as_mapping(slot, base, path[:depth])
        if not isinstance(opened, Mapping):
            self._remember(base, path[:depth])
            opened = {}
        if path[0] == "funds" and path[depth : depth + 1] == ("revenue",) and depth == 2:
            opened = self._spread(opened, path[:2]) if len(path) > 3 or isinstance(value, Mapping) else opened
        if opened.get(str(part)) is None and depth == len(path) - 1:
            self._refuse_shift(slot, value, path, (), opened)
        return {**opened, part: self.at(inside, opened.get(str(part)), value, path, depth + 1)}

    def value(self, slot: Slot, base: Any, top: Any, path: Path, source: Path) -> Any:
        if not isinstance(top, Mapping | list) and slot.short:
            # a plain value is short for a mapping, and replaces that one key of it
            top = {slot.short: self.signs(source, top)}
        if isinstance(top, Mapping):
            opened = self._as_mapping(slot, base, path)
            if isinstance(opened, Mapping):
                if (place := self.top.of(*source)) is not None:
                    self.values.setdefault(path, place)
                return self.mapping(slot, opened, top, path, source)
        elif isinstance(top, list) and isinstance(base, list) and "name" in slot.below(0).fields:
            return self._by_name(slot.below(0), base, top, path, source)
        elif "number" in slot.kinds:
            try:
                shift = read_shift(self.signs(source, top))
                if shift is not None:
                    return self._shifted(shift, base, path, source)
            except PydanticCustomError as error:
                self._problem(error, path, source)
                return base
        if path[-1:] == ("name",) and base == top:
            return base
        self._remember(base, path)
        return self.put(slot, top, path, source)

    def put(self, slot: Slot, value: Any, path: Path, source: Path) -> Any:
        """Return a value that takes a place of its own, and note where it and all below it stand."""
        if (place := self.top.of(*source)) is not None:
            self.values[path] = place
        if isinstance(value, Mapping):
            for key in value:
                if (place := self.top.keys.get((*source, key))) is not None:
                    self.keys[(*path, key)] = place
            return {key: self.put(slot.below(key), item, (*path, key), (*source, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.put(slot.below(at), item, (*path, at), (*source, at)) for at, item in enumerate(value)]
        if isinstance(value, str) and value.strip().startswith("=") and "number" in slot.kinds:
            return value.strip()[1:].strip()
        return value

    def _by_name(self, slot: Slot, base: list[Any], top: list[Any], path: Path, source: Path) -> list[Any]:
        merged = list(base)
        known = {item.get("name"): at for at, item in reversed(list(enumerate(base))) if isinstance(item, Mapping)}
        for position, item in enumerate(top):
            written = (*source, position)
            # a name that stands twice in one file is a mistake, which is found where all names are looked at
            at = known.pop(item.get("name"), None) if isinstance(item, Mapping) else None
            if at is None:
                merged.append(self.put(slot, item, (*path, len(merged)), written))
            else:
                merged[at] = self.value(slot, merged[at], item, (*path, at), written)
        return merged

    def _shifted(self, shift: Shift, base: Any, path: Path, source: Path) -> Any:
        place = self.top.of(*source)
        if isinstance(base, Mapping):
            shifted = {key: shift.of_value(item) for key, item in base.items()}
            below_it: list[tuple[Path, Any]] = [((*path, key), item) for key, item in base.items()]
        else:
            shifted, below_it = shift.of_value(base), [(path, base)]
        for at, item in below_it:
            self._remember(item, at)
            if place is not None:
                self.values[at] = place
        return shifted

    def _as_mapping(self, slot: Slot, base: Any, path: Path) -> Any:
        """Return a value as the mapping that it is short for: one amount for every period, or for a model."""
        if isinstance(base, Mapping | list):
            return base
        place = self.values.get(path)
        opened: Any = base
        if "number" in slot.kinds:
            opened = dict.fromkeys(self.periods, base)
        elif slot.short:
            opened = {slot.short: base}
        if isinstance(opened, Mapping) and place is not None:
            self.values.update({(*path, key): place for key in opened})
        return opened

    def _spread(self, fund: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
        """Return a fund whose revenue is one amount that grows with an amount for each period instead."""
        opened = spread_growth(fund, self.periods)
        if opened is None:
            return fund
        place = self._standing((*path, "revenue"))
        if place is not None:
            self.values.update({(*path, "revenue", period): place for period in opened["revenue"]})
        self._remember(fund["growth"], (*path, "growth"))
        for known in (self.values, self.keys):
            known.pop((*path, "growth"), None)
        return opened

    def _refuse_shift(self, parent: Slot, item: Any, path: Path, source: Path, beside: Mapping[str, Any]) -> None:
        """Note the problem if what is written where nothing stands is a shift and no value of its own."""
        slot, written = parent.below(path[-1]), self.signs(source, item)
        try:
            shift = read_shift(written) if slot.takes_number else None
        except PydanticCustomError as error:
            self._problem(error, path, source)
            return
        # a key that is left out may stand for a number of its own, so that an amount can be added to it
        if shift is None or (_has_number(parent, str(path[-1])) and slot.takes(written)):
            return
        numbers = [name for name, value in beside.items() if value is not None and parent.below(name).takes_number]
        numbers = [] if isinstance(path[-1], int) else numbers
        self.problems.append(nothing_to_shift(shift, slot, path, self.top.of(*source), numbers))

    def _remember(self, base: Any, path: Path) -> None:
        if isinstance(base, Mapping | list):
            items = base.items() if isinstance(base, Mapping) else enumerate(base)
            for key, item in items:
                self._remember(item, (*path, key))
                self.values.pop((*path, key), None)
                self.keys.pop((*path, key), None)
        else:
            self.earlier[path] = (*self.earlier.get(path, ()), (self._standing(path), base))

    def _standing(self, path: Path) -> Place | None:
        return next((self.values[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.values), None)

    def _problem(self, error: PydanticCustomError, path: Path, source: Path) -> None:
        self.problems.append(problem_of_refusal(error, self.top.of(*source), named(path)))


def _has_number(parent: Slot, key: str) -> bool:
    fields = (model.model_fields.get(key) for model in parent.models)
    return any(isinstance(field.default, float) for field in fields if field is not None)
