"""Decision packages, read directly from what each program says: what a choice of them costs and brings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from budgetopt.audit.reading import price_level
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts
from budgetopt.scenario.scenario import Scenario

__all__ = ["PackageWords", "package_words"]


@dataclass(frozen=True, slots=True, eq=False)
class PackageWords:
    """Every package of every program, in the order of the programs and of each program's list.

    Parameters
    ----------
    program, number
        Position of the program, and of the package in its list; shape (packages,).
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
    dearest_year
        The most that it costs in one of the years of its cost, before inflation; shape (packages,).
    may_start
        Whether it may be taken, or start, in a period; shape (packages, periods).
    effects, uses
        For each outcome, or resource: the packages that do something to it, and how many units each.
    """

    program: Ints
    number: Ints
    name: Texts
    is_project: Bools
    cost: Floats
    opens_after: Ints
    choose: Texts
    dearest_year: Floats
    may_start: Bools
    effects: dict[str, tuple[Ints, Floats]] = field(default_factory=dict)
    uses: dict[str, tuple[Ints, Floats]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.program)

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

    def due(self, scenario: Scenario, taken: Bools) -> Floats:
        """Return what the packages taken cost in dollars of each period; shape (programs, periods)."""
        owed = np.zeros(taken.shape)
        for since in range(taken.shape[1]):
            owed[:, since:] += taken[:, : taken.shape[1] - since] * self.cost[:, since, None]
        out = np.zeros((len(scenario.programs), taken.shape[1]))
        np.add.at(out, self.program, owed)
        due: Floats = out * price_level(scenario)
        return due


def package_words(scenario: Scenario) -> PackageWords:
    """Return the packages of a scenario."""
    columns, periods = scenario.programs.columns, len(scenario.periods)
    numbers = sorted({int(key.split(".")[1]) for key in columns if key.startswith("packages.")})
    found = [columns[f"packages.{number}.cost"].rows for number in numbers]
    none = np.empty(0, dtype=np.int64)
    number = np.concatenate([none, *(np.full(len(rows), k) for k, rows in zip(numbers, found, strict=True))])
    program = np.concatenate([none, *found])
    order = np.lexsort((number, program))
    program, number = program[order], number[order]
    # what is said of the packages of one number stands in one column a key: where its programs' packages are here
    place = {k: np.flatnonzero(number == k) for k in numbers}

    def said(k: int, key: str, default: float) -> Floats:
        values = scenario.programs.number(f"packages.{k}.{key}")[program[place[k]]]
        return np.where(np.isnan(values), default, values)

    years, opens, then = np.zeros(len(program), dtype=np.int64), np.full(len(program), -1.0), np.zeros(len(program))
    ordinals = np.array([*(f"package {k + 1}" for k in numbers), ""], dtype=object)
    name = ordinals[np.searchsorted(numbers, number)]
    cost, dearest = np.zeros((len(program), periods)), np.zeros(len(program))
    for k in numbers:
        column = columns[f"packages.{k}.cost"]
        offsets = np.arange(len(column) + 1) if column.offsets is None else column.offsets
        dearest[place[k]] = np.maximum.reduceat(column.values, offsets[:-1])
        years[place[k]] = np.diff(offsets)
        for year in range(periods):
            has = np.diff(offsets) > year
            cost[place[k][has], year] = column.values[offsets[:-1][has] + year]
        opens[place[k]], then[place[k]] = said(k, "opens_after", -1.0), said(k, "then_costs", 0.0)
        words = scenario.programs.text(f"packages.{k}.name")[program[place[k]]]
        name[place[k]] = np.where(words == "", name[place[k]], words)

    # a program is one of projects if one of its packages takes more than a year, opens later or costs something later
    projects = np.zeros(len(scenario.programs), dtype=bool)
    projects[program[(years > 1) | (opens >= 0) | (then > 0)]] = True
    starts, period = scenario.programs.items("start")
    projects[starts] = True
    opens_after = np.where(opens >= 0, opens, np.where(projects[program], years - 1, 0)).astype(np.int64)
    since = np.arange(periods)
    later = (since >= years[:, None]) & (since >= opens_after[:, None])
    cost = np.where(later, then[:, None], cost)

    may_start = np.ones((len(scenario.programs), periods), dtype=bool)
    may_start[starts] = False
    for position, word in enumerate(scenario.periods):
        may_start[starts[period == word], position] = True
    choose = scenario.programs.text("choose")[program]
    words = PackageWords(
        program,
        number,
        name,
        projects[program],
        cost,
        opens_after,
        np.where(choose == "", "in_order", choose),
        dearest,
        may_start[program],
    )
    for names, key, gathered in (
        (scenario.outcomes, "outcomes.{}.value", words.effects),
        (scenario.resources, "uses.{}", words.uses),
    ):
        for one in names:
            amounts = [said(k, key.format(one), 0.0) for k in numbers]
            if any(amount.any() for amount in amounts):
                amount = np.concatenate(amounts)
                at = np.concatenate([place[k] for k in numbers])
                gathered[one] = (at[amount != 0], amount[amount != 0])
    return words
