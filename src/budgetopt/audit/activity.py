"""What a plan does to outcomes and takes of resources, read directly from what each program says of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.audit.inputs import first_baseline, number, price_level
from budgetopt.audit.package_list import PackageList, list_packages
from budgetopt.scenario.programs import Bools, Column, Floats, Ints, ProgramTable
from budgetopt.scenario.responses import is_diminishing
from budgetopt.scenario.scenario import Scenario

__all__ = ["Activity", "OutcomeLevels", "activity_of", "levels_of", "levels_of_activity", "uses_of"]


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeLevels:
    """The level that each program brings to each outcome, one row an effect of a program on an outcome.

    Rows stand in the order of the outcomes, and within an outcome of the shapes per_dollar, per_unit, at_baseline in
    proportion, unit_cost, curve, packages. What programs take of resources has the same form: its outcomes are then
    the resources.

    Parameters
    ----------
    outcome, program
        Positions of the outcome and of the program; shape (effects,).
    level
        Units in each period, a curve's value at zero spending included; shape (effects, periods).
    steepest
        The most units that one dollar changes, or one unit of a service; shape (effects,).
    """

    outcome: Ints
    program: Ints
    level: Floats
    steepest: Floats

    def totals(self, outcomes: int) -> Floats:
        """Return the level of each outcome over all programs; shape (outcomes, periods)."""
        total = np.zeros((outcomes, self.level.shape[1]))
        np.add.at(total, self.outcome, self.level)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """How far each program goes; the first six arrays have the shape (programs, periods).

    Parameters
    ----------
    spent
        Dollars of the period.
    real
        Dollars of the first period that buy as much: a dollar buys less as costs grow. Of a service whose units the
        plan says, what these cost.
    buying
        What of these buys outcomes: what is spent beyond the fixed cost of a program that has one.
    units
        Units of service: what the plan says, or what the money beyond the fixed cost pays for where it says nothing.
    said
        Whether the plan says them.
    level
        What curves are over: units of service for programs that have one, dollars of the first period otherwise.
    unit_cost
        Dollars of the first period for a unit of service, NaN for programs without one; shape (programs,).
    taken
        Which packages are taken in each period, or start in it; shape (packages, periods).
    in_service
        Which packages bring what they promise; shape (packages, periods).
    """

    spent: Floats
    real: Floats
    buying: Floats
    units: Floats
    said: Bools
    level: Floats
    unit_cost: Floats
    taken: Bools
    in_service: Bools

    @property
    def price(self) -> Floats:
        """Dollars of the first period for a unit of the level, 1 where the level is dollars; shape (programs,)."""
        return np.where(np.isnan(self.unit_cost), 1.0, self.unit_cost)


def activity_of(
    scenario: Scenario, spent: Floats, taken: Bools | None, units: Floats | None, packages: PackageList
) -> Activity:
    """Return how far each program goes.

    Parameters
    ----------
    spent
        Dollars for each program in each period; shape (programs, periods).
    taken
        Which packages are taken in each period, or start in it; None for none. Shape (packages, periods).
    units
        Units of the services, NaN for what the money pays for; None for that of all. Shape (programs, periods).
    packages
        The packages of the scenario.
    """
    taken = np.zeros((len(packages), spent.shape[1]), dtype=bool) if taken is None else taken
    fixed = number(scenario, "if_funded.fixed_cost")[:, None]
    real = spent / price_level(scenario)
    buying = np.maximum(real - fixed, 0.0)
    unit_cost = scenario.programs.number("service.unit_cost")
    serves, price = ~np.isnan(unit_cost)[:, None], np.nan_to_num(unit_cost)[:, None]
    given = np.full(spent.shape, np.nan) if units is None else units
    said = serves & ~np.isnan(given)
    bought = np.divide(buying, price, out=np.zeros_like(spent), where=price > 0)
    served = np.where(said, given, bought)
    # what a plan says of units holds, and its money is rounded
    buying = np.where(said, served * price, buying)
    real = np.where(said, buying + np.where((spent > 0) | (served > 0), fixed, 0.0), real)
    level = np.where(serves, served, buying)
    return Activity(spent, real, buying, served, said, level, unit_cost, taken, packages.in_service(taken))


def levels_of(
    scenario: Scenario, spent: Floats, taken: Bools | None = None, units: Floats | None = None
) -> OutcomeLevels:
    """Return what a plan does to the outcomes; the parameters are those of :func:`activity_of`."""
    packages = list_packages(scenario)
    return levels_of_activity(scenario, activity_of(scenario, spent, taken, units, packages), packages)


class _Rows:
    """Rows of levels as they are found."""

    def __init__(self, periods: int) -> None:
        self.outcome: list[Ints] = [np.empty(0, dtype=np.int64)]
        self.program: list[Ints] = [np.empty(0, dtype=np.int64)]
        self.level: list[Floats] = [np.empty((0, periods))]
        self.steepest: list[Floats] = [np.empty(0)]

    def add(self, outcome: int, program: Ints, level: Floats, steepest: Floats) -> None:
        self.outcome.append(np.full(len(program), outcome, dtype=np.int64))
        self.program.append(program)
        self.level.append(level)
        self.steepest.append(steepest)

    def levels(self) -> OutcomeLevels:
        joined = np.concatenate
        return OutcomeLevels(joined(self.outcome), joined(self.program), joined(self.level), joined(self.steepest))


def levels_of_activity(scenario: Scenario, activity: Activity, packages: PackageList) -> OutcomeLevels:
    """Return what programs that go so far do to the outcomes.

    ``per_dollar`` counts the dollars that buy outcomes, ``per_unit`` the units of service, ``unit_cost`` buys units of
    the outcome up to ``up_to``, and a curve is over units of service where there is one, and over dollars otherwise.
    ``at_baseline`` is what as many dollars buy as the baseline has beyond a fixed cost; one that diminishes is a curve.
    """
    programs = scenario.programs
    found = _Rows(activity.spent.shape[1])
    price = activity.price
    for position, name in enumerate(scenario.outcomes):
        said = programs.under(f"outcomes.{name}")
        if (column := said.get("per_dollar")) is not None:
            rate = column.values
            steepest = np.abs(rate) * price[column.rows]
            found.add(position, column.rows, rate[:, None] * activity.buying[column.rows], steepest)
        if (column := said.get("per_unit")) is not None:
            rate = column.values
            found.add(position, column.rows, rate[:, None] * activity.units[column.rows], np.abs(rate))
        if (column := said.get("at_baseline")) is not None:
            straight = np.flatnonzero(~is_diminishing(programs, f"outcomes.{name}")[column.rows])
            rows = column.rows[straight]
            buying = first_baseline(scenario)[rows] - number(scenario, "if_funded.fixed_cost")[rows]
            rate = column.values[straight] / buying
            found.add(position, rows, rate[:, None] * activity.buying[rows], np.abs(rate) * price[rows])
        if (column := said.get("unit_cost")) is not None:
            most = number(scenario, f"outcomes.{name}.up_to", np.inf)[column.rows, None]
            bought = activity.buying[column.rows] / column.values[:, None]
            found.add(position, column.rows, np.minimum(bought, most), price[column.rows] / column.values)
        if (column := scenario.calculated.columns.get(f"outcomes.{name}.curve")) is not None:
            level, steepest = _on_curves(column, activity.level[column.rows])
            found.add(position, column.rows, level, steepest)
        if name in packages.effects:
            package, value = packages.effects[name]
            _of_packages(found, position, package, value[:, None] * activity.in_service[package], packages, programs)
    return found.levels()


def uses_of(scenario: Scenario, activity: Activity, levels: OutcomeLevels, packages: PackageList) -> OutcomeLevels:
    """Return what programs that go so far take of the resources.

    ``per`` and ``per_dollar`` count every dollar spent, those of a fixed cost included, in dollars of the first period:
    a dollar pays for less of everything as costs grow. ``at_baseline`` is what all dollars of the baseline use.
    """
    programs = scenario.programs
    found = _Rows(activity.spent.shape[1])
    outcomes = list(scenario.outcomes)
    for position, name in enumerate(scenario.resources):
        for key, column in programs.under(f"uses.{name}").items():
            rate = column.values
            if key in ("per", "per_dollar", "at_baseline"):
                rate = 1.0 / rate if key == "per" else rate
                rate = rate / first_baseline(scenario)[column.rows] if key == "at_baseline" else rate
                steepest = np.abs(rate) * activity.price[column.rows]
                found.add(position, column.rows, rate[:, None] * activity.real[column.rows], steepest)
            elif key == "per_unit":
                found.add(position, column.rows, rate[:, None] * activity.units[column.rows], np.abs(rate))
            elif key.startswith("per_outcome."):
                each = np.zeros(len(programs))
                each[column.rows] = rate
                rows = levels.outcome == outcomes.index(key.removeprefix("per_outcome."))
                rows &= each[levels.program] != 0
                at, factor = levels.program[rows], each[levels.program[rows]]
                found.add(position, at, factor[:, None] * levels.level[rows], np.abs(factor) * levels.steepest[rows])
        if name in packages.uses:
            _of_packages(found, position, *packages.used(name, activity.taken), packages, programs)
    return found.levels()


def _of_packages(
    found: _Rows,
    position: int,
    package: Ints,
    units: Floats,
    packages: PackageList,
    programs: ProgramTable,
) -> None:
    """Add the units that packages bring or use: whole, so that a cent more or less changes nothing of it."""
    brought = np.zeros((len(programs), units.shape[1]))
    np.add.at(brought, packages.program[package], units)
    owners = np.unique(packages.program[package])
    found.add(position, owners, brought[owners], np.zeros(len(owners)))


def _on_curves(column: Column, level: Floats) -> tuple[Floats, Floats]:
    """Return the height of each curve at its program's level, and its greatest steepness.

    Between two points a curve is the straight line that joins them, and after its last point it is flat. Shapes
    (curves, periods) and (curves,).
    """
    assert column.offsets is not None
    first, last = column.offsets[:-1], column.offsets[1:] - 1
    x, y = column.values[:, 0], column.values[:, 1]
    owner = np.repeat(np.arange(len(column)), np.diff(column.offsets))
    rise = np.diff(y, append=y[-1:])
    run = np.diff(x, append=np.inf)
    run[last], rise[last] = 1.0, 0.0
    steepest = np.maximum.reduceat(np.abs(rise / run), first) if len(column) else np.empty(0)
    height = np.empty(level.shape)
    for period in range(level.shape[1]):
        reached = level[:, period]
        # the last point that is not beyond the level; below the first one (a negative amount) the first
        is_passed = x <= reached[owner]  # no mutant: a curve is the same from both sides of a point
        passed = np.add.reduceat(is_passed.astype(np.int64), first) if len(column) else first
        left = np.clip(first + passed - 1, first, last)
        along = np.clip(reached - x[left], 0.0, None) / run[left]
        height[:, period] = np.where(left == last, y[last], y[left] + rise[left] * along)
    return height, steepest
