"""Decision packages, read directly from what each program says: what a choice of them costs and brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from budgetopt.audit.inputs import price_level
from budgetopt.scenario.programs import Bools, Floats, Ints, ProgramTable, Texts, objects
from budgetopt.scenario.scenario import Scenario

__all__ = ["PackageList", "list_packages"]


@dataclass(frozen=True, slots=True, eq=False)
class PackageList:
    """Every package of every program, in the order of the programs and of each program's list.

    Parameters
    ----------
    program, number
        Position of the program, and the number of the package, from 0 on; a list may leave out a number. Shape
        (packages,).
    name
        What it is called in a sentence; shape (packages,).
    is_project
        Whether it is started once and goes on from there, or is taken anew in each period; shape (packages,).
    cost
        Dollars in the period in which it is taken, and in each one after that, before inflation; shape (packages,
        periods).
    opens_after
        Periods from the start until it is in service; shape (packages,).
    choose
        ``in_order``, ``any`` or ``one``; shape (packages,).
    most_expensive_year
        The most that it costs in one of the years of its cost, before inflation; shape (packages,).
    may_start
        Whether it may be taken, or start, in a period; shape (packages, periods).
    effects
        For each outcome the packages that do something to it, and how many units each.
    uses
        For each resource the packages that use it; how many units each in the period of its start and in each one after
        it, shape (packages that use it, periods); and whether it does so only in service.
    """

    program: Ints
    number: Ints
    name: Texts
    is_project: Bools
    cost: Floats
    opens_after: Ints
    choose: Texts
    most_expensive_year: Floats
    may_start: Bools
    effects: dict[str, tuple[Ints, Floats]]
    uses: dict[str, tuple[Ints, Floats, Bools]]

    def __len__(self) -> int:
        return len(self.program)

    @property
    def rank(self) -> Ints:
        """How many packages of its program's list come before each; shape (packages,)."""
        return np.arange(len(self)) - np.searchsorted(self.program, self.program)

    def running(self, taken: Bools) -> Bools:
        """Return which packages are taken in a period, or for projects have been started; shape (packages, periods)."""
        started: Bools = np.logical_or.accumulate(taken, axis=1)
        running: Bools = np.where(self.is_project[:, None], started, taken)
        return running

    def in_service(self, taken: Bools) -> Bools:
        """Return which packages bring what they promise in a period; shape (packages, periods).

        One that is taken anew does so in its period. A project does so from ``opens_after`` periods after its start on,
        which is the last year of its cost unless it says otherwise.
        """
        serves = np.zeros(taken.shape, dtype=bool)
        for since in range(taken.shape[1]):
            opened = (self.is_project | (since == 0)) & (self.opens_after <= since)
            serves[:, since:] |= taken[:, : taken.shape[1] - since] & opened[:, None]
        return serves

    def used(self, name: str, taken: Bools) -> tuple[Ints, Floats]:
        """Return the packages that use a resource, and what each uses in each period; shape (packages, periods)."""
        package, units, in_service = self.uses[name]
        by_year = np.zeros(units.shape)
        for since in range(units.shape[1]):
            by_year[:, since:] += taken[package][:, : units.shape[1] - since] * units[:, since, None]
        return package, np.where(in_service[:, None], units[:, :1] * self.in_service(taken)[package], by_year)

    def due(self, scenario: Scenario, taken: Bools) -> Floats:
        """Return what the packages taken cost in dollars of each period; shape (programs, periods)."""
        owed = np.zeros(taken.shape)
        for since in range(taken.shape[1]):
            owed[:, since:] += taken[:, : taken.shape[1] - since] * self.cost[:, since, None]
        out = np.zeros((len(scenario.programs), taken.shape[1]))
        np.add.at(out, self.program, owed)
        due: Floats = out * price_level(scenario)
        return due


def list_packages(scenario: Scenario) -> PackageList:
    """Return the packages of a scenario."""
    table, periods = scenario.programs, len(scenario.periods)
    numbers = sorted({int(key.split(".")[1]) for key in table.columns if key.startswith("packages.")})
    found = [table.columns[f"packages.{number}.cost"].rows for number in numbers]
    none = np.empty(0, dtype=np.int64)
    number = np.concatenate([none, *(np.full(len(rows), k) for k, rows in zip(numbers, found, strict=True))])
    program = np.concatenate([none, *found])
    order = np.lexsort((number, program))
    program, number = program[order], number[order]
    # the packages of one number stand in one column a key: the places of these packages in the list
    place = {k: np.flatnonzero(number == k) for k in numbers}

    def written(key: str, default: float) -> Floats:
        """Return the numbers under a key of each package, the default where there is none."""
        values = np.full(len(program), default)
        for k, at in place.items():
            values[at] = np.nan_to_num(table.number(f"packages.{k}.{key}")[program[at]], nan=default)
        return values

    def units(names: Iterable[str], key: str) -> dict[str, tuple[Ints, Floats]]:
        """Return for each name the packages with a number under its key, and these numbers."""
        amounts = {name: written(key.format(name), 0.0) for name in names}
        return {name: (np.flatnonzero(one), one[one != 0]) for name, one in amounts.items() if one.any()}

    name = objects([f"package {k + 1}" for k in number.tolist()])
    for k, at in place.items():
        given = table.text(f"packages.{k}.name")[program[at]]
        name[at] = np.where(given == "", name[at], given)
    cost, years, most_expensive_year = _costs(table, place, len(program), periods)
    opens, then = written("opens_after", -1.0), written("then_costs", 0.0)

    # a program is one of projects if one of its packages takes more than a year, opens later or costs something later
    starts, may_start = _starts(scenario)
    project = starts.copy()
    uses, by_year = _uses(scenario, place, len(program))
    project[program[(years > 1) | (opens >= 0) | (then > 0) | by_year]] = True
    opens_after = np.where(opens >= 0, opens, np.where(project[program], years - 1, 0)).astype(np.int64)
    since = np.arange(periods)
    afterwards = (since >= years[:, None]) & (since >= opens_after[:, None])
    choose = table.text("choose")[program]
    return PackageList(
        program,
        number,
        name,
        project[program],
        np.where(afterwards, then[:, None], cost),
        opens_after,
        np.where(choose == "", "in_order", choose),
        most_expensive_year,
        may_start[program],
        units(scenario.outcomes, "outcomes.{}.value"),
        uses,
    )


def _uses(
    scenario: Scenario, place: Mapping[int, Ints], packages: int
) -> tuple[dict[str, tuple[Ints, Floats, Bools]], Bools]:
    """Return what packages use of each resource, and which packages say it year by year."""
    found, by_year = {}, np.zeros(packages, dtype=bool)
    for name in scenario.resources:
        units, listed = np.zeros((packages, len(scenario.periods))), np.zeros(packages, dtype=bool)
        for k, at in place.items():
            column = scenario.programs.columns.get(f"packages.{k}.uses.{name}")
            if column is None:
                continue
            rows = scenario.programs.columns[f"packages.{k}.cost"].rows
            mine = at[np.searchsorted(rows, column.rows)]
            offsets = np.arange(len(column) + 1) if column.offsets is None else column.offsets
            listed[mine] = np.diff(offsets) > 1
            for since in range(units.shape[1]):
                # after the last year that is listed, it uses what it uses in that one
                units[mine, since] = column.values[np.minimum(offsets[:-1] + since, offsets[1:] - 1)]
        if units.any():
            who = np.flatnonzero(units.any(axis=1))
            found[name] = (who, units[who], ~listed[who])
        by_year |= listed
    return found, by_year


def _starts(scenario: Scenario) -> tuple[Bools, Bools]:
    """Return which programs name periods in which they may start, and in which each may: in all if it names none.

    Shapes (programs,) and (programs, periods).
    """
    rows, named = scenario.programs.items("start")
    names_periods = np.zeros(len(scenario.programs), dtype=bool)
    names_periods[rows] = True
    may_start = np.repeat(~names_periods[:, None], len(scenario.periods), axis=1)
    for position, period in enumerate(scenario.periods):
        may_start[rows[named == period], position] = True
    return names_periods, may_start


def _costs(table: ProgramTable, place: Mapping[int, Ints], packages: int, periods: int) -> tuple[Floats, Ints, Floats]:
    """Return what packages cost in each year, in how many years, and in the most expensive of them."""
    cost = np.zeros((packages, periods))
    years, most_expensive = np.empty(packages, dtype=np.int64), np.empty(packages)
    for k, at in place.items():
        column = table.columns[f"packages.{k}.cost"]
        offsets = np.arange(len(column) + 1) if column.offsets is None else column.offsets
        most_expensive[at] = np.maximum.reduceat(column.values, offsets[:-1])
        years[at] = np.diff(offsets)
        for year in range(periods):
            has = np.diff(offsets) > year
            cost[at[has], year] = column.values[offsets[:-1][has] + year]
    return cost, years, most_expensive
