"""Decision packages: a binary column for each package and period, or for each start of a project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.program_bounds import ProgramLimits
from budgetopt.formulation.spending.positions import each_period, items_of, payers, placed
from budgetopt.formulation.spending.terms import OutcomeTerms, SpendingTerms, joined
from budgetopt.scenario.scenario import Scenario

__all__ = ["PackageRuns", "add_packages"]


@dataclass(frozen=True, slots=True, eq=False)
class PackageRuns:
    """The periods in which packages run: the one of their column, or for projects all from their start on.

    Every array: shape (runs,).
    """

    column: Ints
    package: Ints
    program: Ints
    period: Ints


def add_packages(
    builder: Builder, scenario: Scenario, eligible: Bools, pays: Bools, limits: ProgramLimits, *, keep_all: bool
) -> tuple[SpendingTerms, OutcomeTerms, PackageRuns]:
    """Add the columns and rows of all programs of decision packages.

    A package that is taken anew in each period has a column for each; a project has one for each period in which it may
    start, and its costs and outcomes shift with it. The arguments are those of :class:`Scaled`.
    """
    packages, periods = scenario.packages, len(scenario.periods)
    package, start = (grid.ravel() for grid in np.indices((len(packages), periods)))
    allowed = ~packages.is_project[package] | _may_start(scenario)[packages.program[package], start]
    package, start = package[allowed], start[allowed]
    keys = {"program": packages.program[package], "package": packages.number[package], "period": start}
    column = builder.columns("package", keys, 0.0, 1.0, integer=True)

    # every period from the start on: what it costs there, and whether it is in service
    at, period = each_period(np.arange(len(column)), periods)
    since = period - start[at]
    running = (since >= 0) & (packages.is_project[package[at]] | (since == 0))
    at, period, since = at[running], period[running], since[running]
    runs = PackageRuns(column[at], package[at], packages.program[package[at]], period)
    cost = packages.project_cost(periods)[runs.package, since] * scenario.price_level[runs.program, period]
    serves = since >= packages.opens_after[runs.package]

    spending = _pay(builder, eligible, pays, limits, runs, cost, keep_all=keep_all)
    outcomes = _serve(scenario, runs, since, serves)
    _choose(builder, scenario, package, start, column)
    _keep_order(builder, scenario, runs)
    return spending, outcomes, runs


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
    runs: PackageRuns,
    cost: Floats,
    *,
    keep_all: bool,
) -> SpendingTerms:
    """Charge the costs of packages to funds: directly where one fund may pay, through columns by fund otherwise."""
    column, program, period = runs.column, runs.program, runs.period
    shape, (funds, first_fund) = limits.lower.shape, payers(eligible)
    payable = np.zeros(shape, dtype=bool)
    payable[funds > 0] = pays[first_fund[funds > 0]]
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

    costs_something, has_packages = np.zeros(shape, dtype=bool), np.zeros(shape[0], dtype=bool)
    costs_something[program[cost > 0], period[cost > 0]] = True
    has_packages[program] = True
    limited = has_packages[:, None] & ((limits.lower > 0) | (np.isfinite(limits.upper) & costs_something) | keep_all)
    cell = np.nonzero(limited)
    keys = {"program": cell[0], "period": cell[1]}
    row_of = placed(shape, cell, builder.rows("program limits", keys, limits.lower[cell], limits.upper[cell]))
    builder.entries(row_of[program, period], column, cost)
    return joined([own, by_funds])


def _serve(scenario: Scenario, runs: PackageRuns, since: Ints, serves: Bools) -> OutcomeTerms:
    """Return what packages do to outcomes and use of resources; ``since`` and ``serves`` say how far each run is."""
    packages, outcomes = scenario.packages, len(scenario.outcomes)
    item, at = items_of(packages.effect_package, runs.package)
    effect, use = (item, at, serves[at]), items_of(packages.use_package, runs.package)
    parts = []
    for (item, at, counts), what, value in (
        (effect, packages.effect_outcome, packages.effect_value),
        (
            (*use, packages.uses_in(use[0], since[use[1]], serves[use[1]])),
            packages.use_resource + outcomes,
            packages.use_amount,
        ),
    ):
        item, at = item[counts], at[counts]
        parts.append((runs.column[at], runs.program[at], what[item], runs.period[at], value[item]))
    column, program, what, when, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept = value != 0
    constant = np.zeros((len(scenario.programs), outcomes + len(scenario.resources)))
    return OutcomeTerms(column[kept], program[kept], what[kept], when[kept], value[kept], constant)


def _choose(builder: Builder, scenario: Scenario, package: Ints, start: Ints, column: Ints) -> None:
    """Add the rows that say which packages may be taken beside each other; a column is a package and its start."""
    project, program = scenario.packages.is_project[package], scenario.packages.program[package]
    one = scenario.programs.text("choose")[program] == "one"
    # a project starts once; of packages and projects one at most: in each period, or once and for all
    for kind, which, group in (
        ("starts once", project, package),
        ("one package", one & ~project, program * len(scenario.periods) + start),
        ("one project", one & project, program),
    ):
        _at_most_one(builder, kind, group[which], column[which])


def _keep_order(builder: Builder, scenario: Scenario, runs: PackageRuns) -> None:
    """Let a package be taken only on top of the one before it where they are in order, a project not before it."""
    packages, shape = scenario.packages, (len(scenario.packages), len(scenario.periods))
    ordered = np.isin(scenario.programs.text("choose")[runs.program], ("", "in_order"))
    cell = each_period(np.unique(runs.package[ordered & (packages.rank[runs.package] > 0)]), shape[1])
    keys = {"program": packages.program[cell[0]], "package": packages.number[cell[0]], "period": cell[1]}
    row_of = placed(shape, cell, builder.rows("in order", keys, -np.inf, 0.0))
    builder.entries(row_of[runs.package, runs.period], runs.column, 1.0)
    # a package is taken off in the row of the one after it; the first of the next program has no row
    row_after = np.concatenate((row_of[1:], np.full((1, shape[1]), -1)))
    builder.entries(row_after[runs.package, runs.period], runs.column, -1.0)


def _at_most_one(builder: Builder, kind: str, group: Ints, column: Ints) -> None:
    """Add a row for each group of two or more columns, of which one may be taken."""
    groups, at, sizes = np.unique(group, return_inverse=True, return_counts=True)
    several = sizes > 1
    rows = builder.rows(kind, {"group": groups[several]}, -np.inf, 1.0)
    builder.entries(placed(sizes.shape, (several,), rows)[at], column, 1.0)
