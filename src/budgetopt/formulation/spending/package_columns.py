"""Decision packages: a binary column for each package and period, or for each start of a project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints, total_by
from budgetopt.formulation.program_bounds import ProgramLimits
from budgetopt.formulation.spending.positions import each_period, items_of, placed
from budgetopt.formulation.spending.terms import OutcomeTerms, SpendingTerms, joined
from budgetopt.scenario.packages import PackageTable
from budgetopt.scenario.scenario import Scenario

__all__ = ["PackageColumns", "add_packages"]


@dataclass(frozen=True, slots=True, eq=False)
class PackageColumns:
    """The columns of packages.

    Parameters
    ----------
    column, package, start
        Each column, its package, and the period in which it is taken or starts; shape (columns,).
    runs_column, runs_period
        In which periods a column's program counts as funded: in its own, or from its start on; shape (runs,).
    runs_program
        The program of each of them; shape (runs,).
    """

    column: Ints
    package: Ints
    start: Ints
    runs_column: Ints
    runs_period: Ints
    runs_program: Ints


def add_packages(
    builder: Builder, scenario: Scenario, eligible: Bools, pays: Bools, limits: ProgramLimits, *, keep_all: bool
) -> tuple[SpendingTerms, OutcomeTerms, PackageColumns]:
    """Add the columns and rows of all programs of decision packages.

    A package that is taken anew in each period has a column for each; a project has one for each period in which it may
    start, and its costs and outcomes shift with it.

    Parameters
    ----------
    eligible
        Which fund may pay for which program of packages; shape (programs, funds).
    pays
        Which fund may pay in which period; shape (funds, periods).
    keep_all
        Whether rows without limits are kept, so that the rows do not depend on the limits.
    """
    packages, periods = scenario.packages, len(scenario.periods)
    package, start = (grid.ravel() for grid in np.indices((len(packages), periods)))
    allowed = ~packages.is_project[package] | _may_start(scenario)[packages.program[package], start]
    package, start = package[allowed], start[allowed]
    program = packages.program[package]
    keys = {"program": program, "package": packages.number[package], "period": start}
    column = builder.columns("package", keys, 0.0, 1.0, integer=True)

    # every period from the start on: what it costs there, and whether it is in service
    at, period = each_period(np.arange(len(column)), periods)
    since = period - start[at]
    runs = (since >= 0) & (packages.is_project[package[at]] | (since == 0))
    at, period, since = at[runs], period[runs], since[runs]
    cost = packages.project_cost(periods)[package[at], since] * scenario.price_level[program[at], period]
    serves = since >= packages.opens_after[package[at]]

    spending = _pay(builder, eligible, pays, limits, (column[at], program[at], period, cost), keep_all=keep_all)
    outcomes = _serve(scenario, packages, package[at[serves]], column[at[serves]], period[serves])
    columns = PackageColumns(column, package, start, column[at], period, program[at])
    _choose(builder, scenario, columns, program)
    return spending, outcomes, columns


def _may_start(scenario: Scenario) -> Bools:
    """Return the periods in which a program's projects may start; shape (programs, periods)."""
    rows, names = scenario.programs.items("start")
    may = np.ones((len(scenario.programs), len(scenario.periods)), dtype=bool)
    may[np.unique(rows)] = False
    for position, period in enumerate(scenario.periods):
        may[rows[names == period], position] = True
    return may


def _pay(
    builder: Builder,
    eligible: Bools,
    pays: Bools,
    limits: ProgramLimits,
    costs: tuple[Ints, Ints, Ints, Floats],
    *,
    keep_all: bool,
) -> SpendingTerms:
    """Charge the costs of packages to funds: directly where one fund may pay, through columns by fund otherwise."""
    column, program, period, cost = costs
    shape, periods = limits.lower.shape, limits.lower.shape[1]
    funds = eligible.sum(axis=1)
    first_fund = eligible.argmax(axis=1) if eligible.shape[1] else np.zeros(len(eligible), dtype=np.int64)
    payable = np.zeros(shape, dtype=bool)
    has_fund = funds > 0
    payable[has_fund] = pays[first_fund[has_fund]]
    direct = (funds[program] == 1) & payable[program, period] & (cost > 0)
    own = SpendingTerms(column[direct], program[direct], first_fund[program[direct]], period[direct], cost[direct])

    # a cost that no single fund pays is met by the columns of several funds, or by none at all
    indirect = ~direct & (cost > 0)
    wanted = np.zeros(shape, dtype=bool)
    wanted[program[indirect], period[indirect]] = True
    cell = np.nonzero(wanted)
    row_of = placed(shape, cell, builder.rows("link", {"program": cell[0], "period": cell[1]}, 0.0, 0.0))
    builder.entries(row_of[program[indirect], period[indirect]], column[indirect], -cost[indirect])
    by_program, by_fund, by_period = np.nonzero((eligible & (funds > 1)[:, None])[:, :, None] & wanted[:, None, :])
    keys = {"program": by_program, "fund": by_fund, "period": by_period}
    spent = builder.columns("spending", keys, 0.0, np.where(pays[by_fund, by_period], np.inf, 0.0))
    builder.entries(row_of[by_program, by_period], spent, 1.0)
    by_funds = SpendingTerms(spent, by_program, by_fund, by_period, np.ones(len(spent)))

    costs_something = total_by(program * periods + period, cost, shape[0] * periods).reshape(shape) > 0
    has_packages = np.zeros(shape[0], dtype=bool)
    has_packages[program] = True
    limited = has_packages[:, None] & ((limits.lower > 0) | (np.isfinite(limits.upper) & costs_something) | keep_all)
    cell = np.nonzero(limited)
    keys = {"program": cell[0], "period": cell[1]}
    row_of = placed(shape, cell, builder.rows("program limits", keys, limits.lower[cell], limits.upper[cell]))
    inside = (row_of[program, period] >= 0) & (cost > 0)
    builder.entries(row_of[program, period][inside], column[inside], cost[inside])
    return joined([own, by_funds])


def _serve(scenario: Scenario, packages: PackageTable, package: Ints, column: Ints, period: Ints) -> OutcomeTerms:
    """Return what packages in service do to outcomes and use of resources."""
    outcomes = len(scenario.outcomes)
    parts = []
    for owner, what, value in (
        (packages.effect_package, packages.effect_outcome, packages.effect_value),
        (packages.use_package, packages.use_resource + outcomes, packages.use_amount),
    ):
        item, at = items_of(owner, package)
        parts.append((column[at], packages.program[package[at]], what[item], period[at], value[item]))
    column, program, what, when, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept = value != 0
    constant = np.zeros((len(scenario.programs), outcomes + len(scenario.resources)))
    return OutcomeTerms(column[kept], program[kept], what[kept], when[kept], value[kept], constant)


def _choose(builder: Builder, scenario: Scenario, columns: PackageColumns, program: Ints) -> None:
    """Add the rows that say which packages may be taken together."""
    packages, periods = scenario.packages, len(scenario.periods)
    choose = scenario.programs.text("choose")
    project = packages.is_project[columns.package]

    # a project starts once
    several = np.flatnonzero(project)
    _at_most_one(builder, "starts once", columns.package[several], columns.column[several])
    # one at most: in each period, or once and for all
    one = (choose[program] == "one") & ~project
    _at_most_one(builder, "one package", program[one] * periods + columns.start[one], columns.column[one])
    once = (choose[program] == "one") & project
    _at_most_one(builder, "one project", program[once], columns.column[once])

    # in order: a package only on top of the one before it, a project not before it
    ordered = np.isin(choose[program], ("", "in_order"))
    later = ordered & (packages.number[columns.package] > 0)
    # a package after the last one has no rows
    row_of = np.full((len(packages) + 1, periods), -1, dtype=np.int64)
    taken = np.unique(columns.package[later])
    package, period = each_period(taken, periods)
    keys = {"program": packages.program[package], "package": packages.number[package], "period": period}
    row_of[taken] = builder.rows("in order", keys, -np.inf, 0.0).reshape(len(taken), periods)
    at, period = each_period(np.arange(len(columns.column)), periods)
    runs = np.where(project[at], period >= columns.start[at], period == columns.start[at])
    for sign, shift in ((1.0, 0), (-1.0, 1)):
        # a package counts in its own row, and is taken off in the row of the one after it
        row = row_of[columns.package[at] + shift, period]
        counts = runs & (row >= 0)
        builder.entries(row[counts], columns.column[at[counts]], sign)


def _at_most_one(builder: Builder, kind: str, group: Ints, column: Ints) -> None:
    """Add a row for each group of two or more columns, of which one may be taken."""
    groups, at = np.unique(group, return_inverse=True)
    wanted = np.bincount(at, minlength=len(groups)) > 1 if len(groups) else np.empty(0, dtype=bool)
    number = np.cumsum(wanted) - 1
    row = builder.rows(kind, {"group": groups[wanted]}, -np.inf, 1.0)
    inside = wanted[at]
    builder.entries(row[number[at[inside]]], column[inside], 1.0)
