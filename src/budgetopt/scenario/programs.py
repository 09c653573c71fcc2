"""The programs of a scenario as columns: one array a key, never an object a cell.

A column is named by the key of a program, nested ones dotted, just as in a CSV file: ``baseline``,
``spending.at_most``, ``spending.at_most.FY2027``, ``outcomes.visits.per_dollar``. A program written in YAML and a row
of a table become the same columns, so nothing after this file can tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.errors import Place, UnknownNameError
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.keys import leaf_of
from budgetopt.scenario.model.program import Program

__all__ = [
    "Bools", "Column", "Floats", "Ints", "Origin", "ProgramTable", "Texts", "column_of", "items_of", "objects",
    "origin_of", "positions_of", "put", "split_key", "unit_of_services",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the cells of a column stand: one entry a cell.

    Parameters
    ----------
    files
        The files (path, sheet) that the cells come from.
    file
        For each cell its position in ``files``; shape (cells,).
    line, column
        For each cell its 1-based line (or row) and column; shape (cells,).
    """

    files: tuple[tuple[str, str], ...]
    file: Ints
    line: Ints
    column: Ints

    def place(self, cell: int) -> Place:
        """Return the place of one cell."""
        path, sheet = self.files[int(self.file[cell])]
        return Place(path, int(self.line[cell]), int(self.column[cell]), sheet)

    def places(self, cells: Ints) -> list[Place]:
        """Return the places of some cells."""
        file, line, column = (part[cells].tolist() for part in (self.file, self.line, self.column))
        paths, sheets = zip(*(self.files[at] for at in file), strict=True) if file else ((), ())
        return list(map(Place, paths, line, column, sheets))

    def texts(self, cells: Ints) -> list[str]:
        """Return the places of some cells as texts."""
        file, line, column = (part[cells].tolist() for part in (self.file, self.line, self.column))
        if any(sheet for _, sheet in self.files) or not all(line) or not all(column):
            return [str(place) for place in self.places(cells)]
        return [f"{self.files[at][0]}:{row}:{letter}" for at, row, letter in zip(file, line, column, strict=True)]

    def take(self, cells: Ints) -> Origin:
        """Return the places of the chosen cells."""
        return Origin(self.files, self.file[cells], self.line[cells], self.column[cells])


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one key, for the programs that have it.

    Parameters
    ----------
    rows
        Positions of the programs that have the key, rising; shape (cells,).
    values
        One value a cell, shape (cells,): floats, or objects for text. With ``offsets``, the items of all cells one
        after another: texts of shape (items,), or the points of curves, floats of shape (items, 2).
    offsets
        For keys that hold a list: the items of cell ``i`` are ``values[offsets[i]:offsets[i + 1]]``; shape
        (cells + 1,).
    shares
        For keys that hold an amount or a share: which cells are shares; shape (cells,).
    origin
        Where the cells stand, if they stand in files.
    """

    rows: Ints
    values: NDArray[Any]
    offsets: Ints | None = None
    shares: Bools | None = None
    origin: Origin | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, index: int) -> Any:
        """Return the value of one cell as the models have it."""
        if self.offsets is not None:
            items = self.values[self.offsets[index] : self.offsets[index + 1]]
            return tuple(tuple(item) for item in items.tolist()) if items.ndim == 2 else tuple(items.tolist())
        value = self.values[index]
        if self.shares is not None and self.shares[index]:
            return Share(value)
        return value.item() if isinstance(value, np.generic) else value

    def take(self, cells: Ints, rows: Ints) -> Column:
        """Return a column of the chosen cells, standing at new rows (rising)."""
        if self.offsets is None:
            items, offsets = cells, None
        else:
            items, offsets = items_of(self.offsets, cells)
        origin = None if self.origin is None else self.origin.take(cells)
        return Column(rows, self.values[items], offsets, None if self.shares is None else self.shares[cells], origin)


def column_of(rows: Sequence[int], cells: Sequence[Any], origin: Origin | None = None) -> Column:
    """Return a column from cells as the models have them (numbers, shares, texts, tuples of texts or of points)."""
    at = np.asarray(rows, dtype=np.int64)
    if any(isinstance(cell, tuple) for cell in cells):
        offsets = np.concatenate(([0], np.cumsum([len(cell) for cell in cells])))
        items = [item for cell in cells for item in cell]
        of_numbers = bool(items) and isinstance(items[0], float | tuple)
        return Column(at, np.array(items, dtype=np.float64) if of_numbers else objects(items), offsets, origin=origin)
    if all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
        shares = np.array([isinstance(cell, Share) for cell in cells], dtype=bool)
        return Column(at, np.array(cells, dtype=np.float64), shares=shares if shares.any() else None, origin=origin)
    if all(isinstance(cell, bool) for cell in cells):
        return Column(at, np.array(cells, dtype=bool), origin=origin)
    return Column(at, objects(cells), origin=origin)


def items_of(offsets: Ints, cells: Ints) -> tuple[Ints, Ints]:
    """Return the positions of the items of the chosen cells, one cell after another, and the offsets of these."""
    lengths = np.diff(offsets)[cells]
    chosen = np.concatenate(([0], np.cumsum(lengths)))
    return np.repeat(offsets[cells] - chosen[:-1], lengths) + np.arange(chosen[-1]), chosen


def objects(items: Sequence[Any]) -> Texts:
    """Return items as an array of objects, whatever they are."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@dataclass(frozen=True)
class ProgramTable:
    """All programs of a scenario, as columns.

    Parameters
    ----------
    ids
        The ids, in the order of the files; shape (programs,).
    columns
        The columns by their dotted key.
    places
        Where each program begins, where that is known; cells of ``origin`` are programs.
    """

    ids: Texts
    columns: Mapping[str, Column] = field(default_factory=dict)
    places: Origin | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids.tolist())

    def __contains__(self, program: object) -> bool:
        return program in self._positions

    @cached_property
    def _positions(self) -> dict[str, int]:
        return dict(zip(self.ids.tolist(), range(len(self)), strict=True))

    @cached_property
    def words(self) -> dict[str, tuple[list[str], Ints]]:
        """By attribute its words and the place of each program's among them, shape (programs,): selections fill it."""
        return {}

    def position(self, program: str) -> int:
        """Return the position of a program.

        Raises
        ------
        UnknownNameError
            If there is no program of this id.
        """
        try:
            return self._positions[program]
        except KeyError:
            raise UnknownNameError("program", program, self.ids.tolist()) from None

    def positions(self, programs: NDArray[Any]) -> Ints:
        """Return the positions of many programs, -1 where there is none; shape (programs,)."""
        if programs is self.ids:
            return np.arange(len(self))
        return np.fromiter(map(self._positions.get, programs.tolist(), repeat(-1)), np.int64, len(programs))

    def __getitem__(self, program: str) -> Program:
        """Return one program as its model."""
        row = self.position(program)
        tree: dict[str, Any] = {}
        for key, column in self.columns.items():
            if (cell := self._cell(row, key)) is not None:
                put(tree, split_key(key), column.cell(cell))
        return Program.model_validate(tree)

    def place(self, program: str | int, key: str = "") -> Place | None:
        """Return where a program's key stands, or where the program begins if that key has no place."""
        row = self.position(program) if isinstance(program, str) else program
        return self.cell_place(row, key) or (None if self.places is None else self.places.place(row))

    def places_of(self, rows: Ints, key: str) -> Texts:
        """Return where a key of some programs stands, or where each begins if that key has no place; empty for none.

        ``rows`` are their positions; shape (rows,) both.
        """
        column, found = self.columns.get(key), np.full(len(rows), "", dtype=object)
        origin = None if column is None else column.origin
        stands = np.zeros(len(rows), dtype=bool) if column is None or origin is None else np.isin(rows, column.rows)
        if self.places is not None:
            found[~stands] = self.places.texts(rows[~stands])
        if column is not None and origin is not None:
            found[stands] = origin.texts(np.searchsorted(column.rows, rows[stands]))
        return found

    def cell_place(self, program: str | int, key: str) -> Place | None:
        """Return where a program's key stands; None if the program does not have it, or it stands in no file."""
        cell = self._cell(program, key)
        origin = None if cell is None else self.columns[key].origin
        return None if cell is None or origin is None else origin.place(cell)

    def value(self, program: str | int, key: str) -> Any:
        """Return one value of a program as the models have it; None if it does not have the key."""
        cell = self._cell(program, key)
        return None if cell is None else self.columns[key].cell(cell)

    def _cell(self, program: str | int, key: str) -> int | None:
        row = self.position(program) if isinstance(program, str) else program
        column = self.columns.get(key)
        cell = 0 if column is None else int(np.searchsorted(column.rows, row))
        return cell if column is not None and cell < len(column) and column.rows[cell] == row else None

    def numbers(self, row: int, key: str) -> dict[str, int]:
        """Return the numbers of the things in a program's list by their names; by themselves where they have none."""
        below = self.under(key)
        found = {int(name.partition(".")[0]) for name in below if self._cell(row, f"{key}.{name}") is not None}
        return {self.value(row, f"{key}.{number}.name") or str(number): number for number in sorted(found)}

    def number(self, key: str) -> Floats:
        """Return the numbers of a key, NaN for programs without it; shape (programs,)."""
        return self._fill(np.full(len(self), np.nan), key)

    def text(self, key: str) -> Texts:
        """Return the texts of a key, empty for programs without it; shape (programs,)."""
        return self._fill(np.full(len(self), "", dtype=object), key)

    def flag(self, key: str, *, default: bool) -> Bools:
        """Return a key that is true or false; shape (programs,)."""
        return self._fill(np.full(len(self), default), key)

    def _fill(self, values: NDArray[Any], key: str) -> NDArray[Any]:
        if (column := self.columns.get(key)) is not None:
            values[column.rows] = column.values
        return values

    def names(self) -> Texts:
        """Return the programs' names as they are printed: the id where no name is given; shape (programs,)."""
        names = self.text("name")
        return np.where(names == "", self.ids, names)

    def baseline(self) -> Floats:
        """Return the baselines, those of the first period that has one, NaN for new programs; shape (programs,)."""
        baseline = self.number("baseline")
        for column in self.under("baseline").values():
            rows = column.rows[np.isnan(baseline[column.rows])]
            baseline[rows] = column.values[np.isin(column.rows, rows)]
        return baseline

    def has(self, key: str) -> Bools:
        """Return which programs have a key; shape (programs,)."""
        mask = np.zeros(len(self), dtype=bool)
        if (column := self.columns.get(key)) is not None:
            mask[column.rows] = True
        return mask

    def measured(self) -> Bools:
        """Return which programs say what they do for any outcome, or make a resource for others; shape (programs,)."""
        mask = np.zeros(len(self), dtype=bool)
        for key, column in self.columns.items():
            way = split_key(key)
            if "outcomes" in way:
                mask[column.rows] = True
            elif way[0] == "uses" and way[-1] == "per_unit":
                mask[column.rows[column.values < 0]] = True
        return mask

    def items(self, key: str) -> tuple[Ints, Texts]:
        """Return a key that holds a list, in long form: for each item its program's position, and the item.

        Shape (items,) both.
        """
        column = self.columns.get(key)
        if column is None or column.offsets is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
        return np.repeat(column.rows, np.diff(column.offsets)), column.values

    def under(self, prefix: str) -> dict[str, Column]:
        """Return the columns below a key, by what follows it: ``under("districts")`` has one for each district."""
        head = f"{prefix}."
        return {key.removeprefix(head): column for key, column in self.columns.items() if key.startswith(head)}

    def per_period(self, key: str, periods: Sequence[str]) -> tuple[Floats, Bools]:
        """Return a key that may differ by period: its values, NaN where there is none, and which of them are shares.

        Both have shape (programs, periods).
        """
        values = np.full((len(self), len(periods)), np.nan)
        shares = np.zeros(values.shape, dtype=bool)
        if (column := self.columns.get(key)) is not None:
            values[column.rows] = column.values[:, None]
            shares[column.rows] = False if column.shares is None else column.shares[:, None]
        for position, period in enumerate(periods):
            if (column := self.columns.get(f"{key}.{period}")) is not None:
                values[column.rows, position] = column.values
                shares[column.rows, position] = False if column.shares is None else column.shares
        return values, shares

    def select(self, rows: Ints) -> ProgramTable:
        """Return a table of some programs, in the order of ``rows``."""
        new_row = np.full(len(self), -1)
        new_row[rows] = np.arange(len(rows))
        columns = {}
        for key, column in self.columns.items():
            target = new_row[column.rows]
            kept = np.flatnonzero(target >= 0)
            order = kept[np.argsort(target[kept], kind="stable")]
            if len(order):
                columns[key] = column.take(order, target[order])
        places = None if self.places is None else self.places.take(rows)
        return replace(self, ids=self.ids[rows], columns=columns, places=places)


def positions_of(names: Texts) -> tuple[Texts, Ints]:
    """Return the distinct names in order of first appearance, and for each name its position among them."""
    listed = names.tolist()
    number = dict(zip(found := dict.fromkeys(listed), range(len(found)), strict=True))
    return objects(list(number)), np.fromiter(map(number.__getitem__, listed), dtype=np.int64, count=len(listed))


def unit_of_services(programs: ProgramTable, names: Sequence[str]) -> str:
    """Return what the services of some programs count, in the plural: ``units`` where they do not count the same."""
    units = {str(programs.value(name, "service.unit") or "units") for name in names}
    return units.pop() if len(units) == 1 else "units"


def split_key(key: str) -> tuple[str, ...]:
    """Split a dotted key into its parts; a name that has dots in it stays one part."""
    leaf = leaf_of(Program, key)
    return tuple(key.split(".")) if leaf is None else leaf.path


def put(tree: dict[str, Any], path: Iterable[str], value: Any) -> None:
    """Set the value at a path of nested mappings, making the mappings on the way."""
    *parents, last = path
    for part in parents:
        tree = tree.setdefault(part, {})
    tree[last] = value


def origin_of(places: Sequence[Place | None]) -> Origin | None:
    """Return the places of cells as columns; None if none is known."""
    if all(place is None for place in places):
        return None
    known = [place or Place("") for place in places]
    files = {name: at for at, name in enumerate(dict.fromkeys((place.file, place.sheet) for place in known))}
    cells = [(files[place.file, place.sheet], place.line, place.column) for place in known]
    return Origin(tuple(files), *np.array(cells, dtype=np.int64).T)
