"""Decision packages of all programs in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.scenario.programs import Bools, Column, Floats, Ints, ProgramTable, Texts

__all__ = ["ONWARD", "PackageTable", "packages_of"]

ONWARD = 1_000_000
"""A year that never comes."""


@dataclass(frozen=True, slots=True, eq=False)
class PackageTable:
    """Every decision package, in the order of the programs and of their packages.

    Parameters
    ----------
    program, number
        Position of the program, and the number under which the scenario has the package, from 0 on; shape (packages,).
        In a table an empty cell leaves a number out.
    name
        The packages' names; shape (packages,).
    cost
        Dollars in its first, second ... year, 0 after the last; shape (packages, years).
    years
        How many years it costs; shape (packages,).
    opens_after, then_costs
        For projects: periods until it is in service, and dollars for each period after the years of its cost; shape
        (packages,).
    is_project
        Whether it is started once, and goes on from there, or is taken anew in each period; shape (packages,).
    effect_package, effect_outcome, effect_value
        What packages do to outcomes; shape (effects,).
    use_package, use_resource, use_amount
        What packages use of resources; shape (uses,).
    use_from, use_until
        The first and the last year after its start in which a project uses that; a first year of -1 stands for every
        year in service, and the last one of all is :data:`ONWARD`. Shape (uses,).
    """

    program: Ints
    number: Ints
    name: Texts
    cost: Floats
    years: Ints
    opens_after: Ints
    then_costs: Floats
    is_project: Bools
    effect_package: Ints
    effect_outcome: Ints
    effect_value: Floats
    use_package: Ints
    use_resource: Ints
    use_amount: Floats
    use_from: Ints
    use_until: Ints

    def __len__(self) -> int:
        return len(self.program)

    @property
    def rank(self) -> Ints:
        """How many packages of its program come before each; shape (packages,)."""
        return np.arange(len(self)) - np.searchsorted(self.program, self.program)

    def at(self, program: Ints, number: Ints) -> Ints:
        """Return the positions of packages by their programs and numbers; all of shape (cells,)."""
        most = int(self.number.max(initial=0)) + 1
        return np.searchsorted(self.program * most + self.number, program * most + number)

    def uses_in(self, use: Ints, since: Ints, serves: Bools) -> Bools:
        """Return which uses there are so many years after the start, by whether the package is in service then.

        All arrays have the shape (cells,).
        """
        first = self.use_from[use]
        return np.where(first < 0, serves, (since >= first) & (since <= self.use_until[use]))

    def project_cost(self, periods: int) -> Floats:
        """Return the dollars of each package in each period after its start, before inflation.

        Shape (packages, periods).
        """
        cost = np.zeros((len(self), periods))
        width = min(periods, self.cost.shape[1])
        cost[:, :width] = self.cost[:, :width]
        after = np.arange(periods)
        goes_on = (after >= self.years[:, None]) & (after >= self.opens_after[:, None])
        return np.where(goes_on, self.then_costs[:, None], cost)


def packages_of(programs: ProgramTable, outcomes: Sequence[str], resources: Sequence[str]) -> PackageTable:
    """Return the packages of all programs."""
    numbers = sorted({int(key.split(".")[0]) for key in programs.under("packages")})
    columns = {k: programs.under(f"packages.{k}") for k in numbers}
    rows = {k: columns[k]["cost"].rows for k in numbers}
    none = np.empty(0, dtype=np.int64)
    all_program = np.concatenate([none, *rows.values()])
    all_number = np.concatenate([none, *(np.full(len(rows[k]), k, dtype=np.int64) for k in numbers)])
    order = np.lexsort((all_number, all_program))
    all_program, all_number = all_program[order], all_number[order]
    # where a program's package of a number stands in the table
    at = {k: np.full(len(programs), -1) for k in numbers}
    for k in numbers:
        mine = np.flatnonzero(all_number == k)
        at[k][all_program[mine]] = mine

    count = len(all_program)
    years = np.zeros(count, dtype=np.int64)
    name = np.full(count, "", dtype=object)
    opens = np.full(count, -1, dtype=np.int64)
    then = np.zeros(count)
    effects: list[tuple[Ints, Ints, Floats]] = []
    uses: list[tuple[Any, ...]] = []
    by_year = np.zeros(count, dtype=bool)
    for k in numbers:
        offsets = columns[k]["cost"].offsets
        years[at[k][rows[k]]] = 1 if offsets is None else np.diff(offsets)
        for key, target in (("name", name), ("opens_after", opens), ("then_costs", then)):
            if (column := columns[k].get(key)) is not None:
                target[at[k][column.rows]] = column.values
        for position, one in enumerate(outcomes):
            if (column := columns[k].get(f"outcomes.{one}.value")) is not None:
                effects.append((at[k][column.rows], np.full(len(column), position, dtype=np.int64), column.values))
        for position, one in enumerate(resources):
            if (column := columns[k].get(f"uses.{one}")) is not None:
                uses.append(_uses_by_year(column, at[k][column.rows], position))
                by_year[uses[-1][0][uses[-1][3] >= 0]] = True
    cost = _costs({k: columns[k]["cost"] for k in numbers}, {k: at[k][rows[k]] for k in numbers}, years)
    projects = np.zeros(len(programs), dtype=bool)
    projects[all_program[(years > 1) | (opens >= 0) | (then > 0) | by_year]] = True
    if (column := programs.columns.get("start")) is not None:
        projects[column.rows] = True
    is_project = projects[all_program]
    opens_after = np.where(opens >= 0, opens, np.where(is_project, years - 1, 0))
    return PackageTable(
        all_program,
        all_number,
        name,
        cost,
        years,
        opens_after,
        then,
        is_project,
        *_joined(effects, 3),
        *_joined(uses, 5),
    )


def _costs(columns: Mapping[int, Column], packages: Mapping[int, Ints], years: Ints) -> Floats:
    """Return the dollars of packages in each year; ``packages`` are those of each cell of a column."""
    cost = np.zeros((len(years), int(years.max(initial=1))))
    for k, column in columns.items():
        if column.offsets is None:
            cost[packages[k], 0] = column.values
        else:
            lengths = np.diff(column.offsets)
            year = np.arange(column.offsets[-1]) - np.repeat(column.offsets[:-1], lengths)
            cost[np.repeat(packages[k], lengths), year] = column.values
    return cost


def _uses_by_year(column: Column, package: Ints, resource: int) -> tuple[Any, ...]:
    """Return what packages use of a resource: package, resource, amount, and the years from which and until when."""
    lengths = np.ones(len(column), dtype=np.int64) if column.offsets is None else np.diff(column.offsets)
    owner = np.repeat(np.arange(len(column)), lengths)
    year = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    several = (lengths > 1)[owner]
    until = np.where(year + 1 == lengths[owner], ONWARD, year)
    where = np.full(len(owner), resource, dtype=np.int64)
    return package[owner], where, column.values, np.where(several, year, -1), until


def _joined(parts: Sequence[tuple[Any, ...]], count: int) -> tuple[Any, ...]:
    none = np.empty(0, dtype=np.int64)
    empty = (none, none, np.empty(0), none, none)[:count]
    return tuple(np.concatenate(part) for part in zip(empty, *parts, strict=True))
