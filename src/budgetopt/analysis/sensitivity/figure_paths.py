"""Any number of a scenario by its path, and the scenario in which it is a little more or less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from budgetopt.errors import Place, ScenarioError
from budgetopt.reading.document_tree import document_tree
from budgetopt.reading.paths import PathError, expand, parse_path
from budgetopt.reading.program_paths import list_item, program_key, programs_at
from budgetopt.reading.program_shifts import present
from budgetopt.scenario.amounts import Share, is_number
from budgetopt.scenario.joining import concatenate, sort
from budgetopt.scenario.keys import Slot, slot_of
from budgetopt.scenario.limits import differ_in_limits_alone
from budgetopt.scenario.model import Document, Program
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Column, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.worked_out import OF_PROGRAMS, hand_on, with_parts

__all__ = ["Figure", "figure_at"]

LEAST = 1e-6
"""What must stay above zero stays above this share of itself."""
_LIMITS = (("at_least",), ("at_most",))
_A_NUMBER = "the path of a number, as for --set: funds.general.revenue, outcomes.visits.weight"


@dataclass(frozen=True, eq=False)
class Figure:
    """A number of a scenario; where a path leads to several, they move together, each by as much.

    Parameters
    ----------
    scenario
        The scenario that says it.
    path
        Its path, as it was written.
    value
        What it is; the first one of several.
    is_share
        Whether it is a share: then its unit is a percentage point.
    """

    scenario: Scenario
    path: str
    value: float
    is_share: bool
    _slot: Slot
    _places: tuple[Path, ...]
    _rows: Ints | None = None
    _values: tuple[float, ...] = ()
    _item: tuple[int, ...] = ()
    _between: tuple[float, float] = (-np.inf, np.inf)
    _in_proportion: bool = False

    @property
    def unit(self) -> float:
        """What its price is for: 1, or 0.01 of a share."""
        return 0.01 if self.is_share else 1.0

    @cached_property
    def lowest(self) -> float:
        """The least that it may be, with the others that move by as much."""
        if np.isfinite(self._between[0]) or self.takes(-1.0 - abs(self.value)):
            return self._between[0]
        smallest = self.value if self._in_proportion else min(self._values, default=self.value)
        return self.value - smallest + (0.0 if self.takes(0.0) else LEAST * smallest)

    @cached_property
    def highest(self) -> float:
        """The most that it may be."""
        return self._between[1] if self.takes(2.0 + abs(self.value)) else max(1.0, self.value)

    @property
    def limited_rows(self) -> Ints | None:
        """The rows of the programs whose floors or ceilings it is, shape (programs,); None for all other figures."""
        limits = all(place[:1] == ("spending",) and place[1:] in _LIMITS for place in self._places)
        return self._rows if limits else None  # no mutant: it only saves time

    @property
    def differs(self) -> bool:
        """Whether its path leads to several numbers that are not the same."""
        return len(set(self._values)) > 1

    def in_proportion(self) -> Figure:
        """Return the figure whose numbers, where there are several, move in proportion; it is the largest of them."""
        return replace(self, value=max(self._values, key=abs), _in_proportion=True)

    def value_in(self, other: Figure) -> float:
        """Return its value where its numbers have moved in proportion; NaN where they did not."""
        if len(other._values) != len(self._values):
            return np.nan
        was, now = np.array(self._values), np.array(other._values)
        largest = int(np.abs(was).argmax())
        times = now[largest] / was[largest]
        return float(now[largest]) if np.allclose(now, times * was, rtol=1e-9, atol=0.0) else np.nan

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money by itself."""
        return not self.is_share and self._slot.leaf is not None and self._slot.leaf.is_money

    def takes(self, value: float) -> bool:
        """Return whether it may be a value."""
        return self._slot.takes(Share(value) if self.is_share else value)

    def moved(self, by: float) -> Scenario:
        """Return the scenario in which it is more by an amount, or less; nothing is checked anew."""
        scenario = self.scenario
        move = _Move(1.0 + by / self.value, 0.0) if self._in_proportion and self.value else _Move(1.0, by)
        if self._rows is not None:
            columns = dict(scenario.programs.columns)
            for place in self._places:
                for key, cells in list(present(scenario.programs, ".".join(map(str, place)), self._rows)):
                    values, moving = cells.values.copy(), _numbers_in(cells, self._item)
                    values[moving] = move.times * values[moving] + move.plus
                    columns[key] = _with_cells(columns.get(key), replace(cells, values=values))
            changed = replace(scenario, programs=replace(scenario.programs, columns=columns))
            same = OF_PROGRAMS if differ_in_limits_alone(changed.programs, scenario.programs) else ()
            return hand_on(scenario, changed, *same)
        document: Any = scenario.document
        for place in self._places:
            document = _moved(document, place, move, scenario.periods)
        changed = replace(scenario, document=document)
        is_apart = self._places[0][0] in ("outcomes", "resources", "objective") or len(self._places[0]) > 2
        return hand_on(scenario, changed, *(OF_PROGRAMS if is_apart else ()))


def figure_at(scenario: Scenario, path: str | Sequence[str]) -> Figure:
    """Return the number that a path leads to.

    Raises
    ------
    OptionError
        If it is no path.
    ScenarioError
        If it leads nowhere, or to no number.
    """
    written = path if isinstance(path, str) else ".".join(path)
    parts = parse_path(path)
    scenario = _with_each_period(scenario, parts)
    try:
        if parts[0] == "programs":
            return _of_programs(scenario, written, parts)
        places = expand(document_tree(scenario.document), parts, new=True)
        values = [value for place in places for value in _numbers(scenario.document, place, scenario.periods)]
        if not values:
            raise PathError("no-number", f"no number stands at {written}", _A_NUMBER)
        slot = slot_of(Document).at(places[0])
        slot = slot.below(slot.short) if slot.short else slot
        said = tuple(float(value) for value in values)
        return Figure(scenario, written, said[0], isinstance(values[0], Share), slot, tuple(places), None, said)
    except PathError as error:
        raise ScenarioError([error.at(Place(f"<number> {written[:120]}"))]) from None


def _with_each_period(scenario: Scenario, parts: Sequence[str]) -> Scenario:
    """Return the scenario in which revenues that grow stand in each period, if a path leads to one of a period."""
    if parts[0] != "funds" or len(parts) != 4 or parts[2] != "revenue":
        return scenario
    funds = dict(scenario.funds)
    for name, fund in funds.items():
        if fund.growth and not isinstance(fund.revenue, Mapping):
            each = dict(zip(scenario.periods, scenario.revenue(name).tolist(), strict=True))
            funds[name] = fund.model_copy(update={"revenue": each, "growth": 0.0})
    return with_parts(scenario, funds=funds)


def _of_programs(scenario: Scenario, written: str, parts: tuple[str, ...]) -> Figure:
    table = scenario.programs
    rows, rest = programs_at(table, parts[1:])
    key = program_key(table, rows, rest) if rest else ()
    short = slot_of(Program).at(key).short if key else ""
    place, item = ((*key, short), ()) if short else list_item(table, rows, key)
    cells = [column for _, column in present(table, ".".join(place), rows)] if place else []
    found = [_numbers_in(column, item) for column in cells]
    if not cells or any(places is None for places in found):
        is_empty = place and not cells
        message = f"nothing stands at {written}" if is_empty else f"no number stands at {written}"
        raise PathError("no-number", message, "" if is_empty else _A_NUMBER)
    shares = cells[0].shares
    is_share = shares is not None and bool(shares[0])
    said = tuple(float(value) for column, at in zip(cells, found, strict=True) for value in column.values[at].tolist())
    slot = slot_of(Program).at(place)
    for number in item:
        slot = slot.below(number)
    figure = Figure(scenario, written, said[0], is_share, slot, (place,), rows, said, item)
    return figure if item[1:] != (0,) else replace(figure, _between=_between_points(cells, item[0], said[0]))


def _numbers_in(column: Column, item: tuple[int, ...]) -> Any:
    """Return where the numbers of some cells stand among their values, or one of a list in each; None if none does."""
    if column.values.dtype.kind != "f" or (column.offsets is None and item):
        return None
    if not item:
        return None if column.values.ndim > 1 else slice(None)
    assert column.offsets is not None
    number, *side = item
    if column.values.ndim != len(item) or side > [1] or (np.diff(column.offsets) <= number).any():
        return None
    return (column.offsets[:-1] + number, *side)


def _between_points(curves: Sequence[Column], point: int, value: float) -> tuple[float, float]:
    """Return the least and the most that the spending of a point of curves may be, which begins at ``value``.

    Raises PathError if it is the first point, whose spending is 0.
    """
    if not point:
        raise PathError("no-number", "a curve begins at spending 0, which does not move", _A_NUMBER)
    down, up = np.inf, np.inf
    for column in curves:
        assert column.offsets is not None
        at, spending = column.offsets[:-1] + point, np.append(column.values[:, 0], np.inf)
        after = np.where(at + 1 < column.offsets[1:], spending[at + 1], np.inf)
        down, up = min(down, (spending[at] - spending[at - 1]).min()), min(up, (after - spending[at]).min())
    return value - (1.0 - LEAST) * float(down), value + (1.0 - LEAST) * float(up)


def _with_cells(column: Column | None, cells: Column) -> Column:
    """Return a column with other values of some cells, or with cells that it did not have."""
    if column is None:
        return cells
    others = np.flatnonzero(~np.isin(column.rows, cells.rows))
    return sort(concatenate([column.take(others, column.rows[others]), cells]))


def _below(node: BaseModel, path: Path) -> tuple[str, Path]:
    """Return the field of a model with which a path goes on, the number that a short form stands for at its end."""
    key = str(path[0]) if path else Slot([type(node)]).short
    names = {(field.alias or name): name for name, field in type(node).model_fields.items()}
    return names.get(key, ""), path[1:]


def _numbers(node: Any, path: Path, periods: Sequence[str]) -> Iterator[float]:
    """Yield the numbers that stand at a path; an amount of every period stands in each."""
    if is_number(node):
        yield node
    elif isinstance(node, BaseModel):
        name, rest = _below(node, path)
        if name:
            yield from _numbers(getattr(node, name), rest, periods)
    elif isinstance(node, tuple) and path and isinstance(path[0], int):
        yield from _numbers(node[path[0]], path[1:], periods)
    elif isinstance(node, Mapping):
        if path and path[0] not in node and path[0] in periods:
            yield 0.0
        inside = [node[path[0]]] if path and path[0] in node else [] if path else list(node.values())
        for item in inside:
            if path or is_number(item):
                yield from _numbers(item, path[1:], periods)


class _Move(NamedTuple):
    """What becomes of a number: it is multiplied, and something is added."""

    times: float
    plus: float


def _moved(node: Any, path: Path, move: _Move, periods: Sequence[str]) -> Any:
    """Return what stands at a node with its numbers at a path moved."""
    if is_number(node):
        if path:
            return {period: _moved(node, (), move, periods) if period == path[0] else node for period in periods}
        value = move.times * node + move.plus
        return Share(value) if isinstance(node, Share) else float(value)
    if isinstance(node, BaseModel):
        name, rest = _below(node, path)
        return node.model_copy(update={name: _moved(getattr(node, name), rest, move, periods)}) if name else node
    if isinstance(node, tuple) and path and isinstance(path[0], int):
        at = path[0]
        return (*node[:at], _moved(node[at], path[1:], move, periods), *node[at + 1 :])
    if isinstance(node, Mapping):
        keys = path[:1] or tuple(node)
        return {**node, **{key: _moved(node.get(key, 0.0), path[1:], move, periods) for key in keys}}
    return node
