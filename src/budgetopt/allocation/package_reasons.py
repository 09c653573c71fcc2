"""Why packages are taken or not, and the cheapest one that does not fit into what is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation.fund_rows import inflow, most_available, pays
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.words import money, printed

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["cheapest_unfunded", "package_reasons"]

HALF_A_CENT = 0.005


def package_reasons(plan: Allocation) -> Iterator[tuple[int, str]]:
    """Yield the programs of packages, each with how many of them it takes, or why it takes none."""
    packages, taken = plan.scenario.packages, np.asarray(plan.packages.any(axis=1))
    free = _left(plan)
    for row in np.unique(packages.program).tolist():
        mine = packages.program == row
        count, most = int(taken[mine].sum()), int(mine.sum())
        if count == most:
            yield row, "has its only package" if most == 1 else f"has all of its {most} packages"
        elif count:
            yield row, f"takes {count} of its {most} packages: no other choice of them is worth more"
        elif words := _not_taken(plan, row, free):
            yield row, f"unfunded: {words}"


def cheapest_unfunded(plan: Allocation) -> tuple[float, float, int] | None:
    """Return the cost of the cheapest first package of an unfunded program, and what is left for it; None if it fits.

    Both are of the first period in which the cost is more than what is left, which follows them.
    """
    packages, free, found = plan.scenario.packages, _left(plan), []
    funded = np.unique(packages.program[plan.packages.any(axis=1)])
    for row in np.unique(packages.program[~np.isin(packages.program, funded)]).tolist():
        cost, left = _cheapest_cost(plan, row), _usable(plan, row, free)
        short = np.flatnonzero(cost > left + HALF_A_CENT)
        if not len(short):
            return None
        found.append((float(cost[short[0]]), float(left[short[0]]), int(short[0])))
    return min(found, default=None)


def _cheapest_cost(plan: Allocation, row: int) -> Floats:
    """Return what the cheapest first package of a program costs, begun as early as it may; shape (periods,)."""
    scenario, packages = plan.scenario, plan.scenario.packages
    mine = np.flatnonzero(packages.program == row)
    if scenario.programs.text("choose")[row] in ("", "in_order"):
        mine = mine[packages.number[mine] == packages.number[mine].min()]
    periods = len(scenario.periods)
    costs = packages.project_cost(periods)[mine]
    at = int(np.argmin(costs.sum(axis=1)))
    cost: Floats = costs[at] * scenario.price_level[row]
    if not packages.is_project[mine[at]]:
        return cost[:1].repeat(periods)
    return cost


def _left(plan: Allocation) -> Floats:
    """Return what each fund could still spend in a period without lacking it later; dollars, shape (funds, periods)."""
    balances = plan.audit.balances
    free = np.maximum(np.asarray(balances.closing) - np.asarray(balances.reserve), 0.0)
    for position, fund in enumerate(plan.scenario.funds.values()):
        if fund.carryover:
            free[position] = np.minimum.accumulate(free[position][::-1])[::-1]
    return np.where(pays(plan.scenario), free, 0.0)


def _usable(plan: Allocation, row: int, free: Floats) -> Floats:
    left: Floats = free[plan.scenario.eligible[row]].sum(axis=0)
    return left


def _not_taken(plan: Allocation, row: int, free: Floats) -> str:
    """Return why a program of packages takes none, as far as money is the reason; empty if it is not."""
    scenario, may = plan.scenario, plan.scenario.eligible[row]
    if not may.any():
        return ""
    cost, left = _cheapest_cost(plan, row), _usable(plan, row, free)
    income = inflow(scenario)
    carries = np.array([fund.carryover for fund in scenario.funds.values()], dtype=bool)
    most = np.where(carries[:, None], np.cumsum(income, axis=1), income)[may].sum(axis=0)
    receives = {to for fund in scenario.funds.values() for to in fund.transfers_to}
    names = [key for key, ok in zip(scenario.funds, may, strict=True) if ok]
    if receives & set(names):
        most = most_available(scenario)
    called = "the fund has" if len(names) == 1 else "its funds have"
    starts = scenario.programs.items("start")[0]
    fixed_start = len(scenario.periods) == 1 or not _is_project(plan, row) or int((starts == row).sum()) == 1
    over = np.flatnonzero(cost > most + HALF_A_CENT)
    if len(over) and fixed_start and (_first_start(plan, row) == 0):
        when = f" in {scenario.periods[over[0]]}" if len(scenario.periods) > 1 else ""
        return f"costs more than {called}{when}"
    short = np.flatnonzero(cost > left + HALF_A_CENT)
    if len(short) and left[short[0]] > HALF_A_CENT and _first_start(plan, row) == 0:
        when = f" in {scenario.periods[short[0]]}" if len(scenario.periods) > 1 else ""
        return f"costs {money(cost[short[0]])}{when}, and {money(left[short[0]])} is left"
    return _lacks_resource(plan, row)


def _is_project(plan: Allocation, row: int) -> bool:
    packages = plan.scenario.packages
    return bool(packages.is_project[packages.program == row].any())


def _first_start(plan: Allocation, row: int) -> int:
    rows, names = plan.scenario.programs.items("start")
    mine = names[rows == row].tolist()
    return min((plan.scenario.periods.index(name) for name in mine), default=0)


def _lacks_resource(plan: Allocation, row: int) -> str:
    """Return which resource is used up where a package needs it; empty if each has enough left."""
    scenario, packages = plan.scenario, plan.scenario.packages
    mine = np.flatnonzero(packages.program == row)
    for position, (key, resource) in enumerate(scenario.resources.items()):
        used = np.isin(packages.use_package, mine) & (packages.use_resource == position)
        if not used.any():
            continue
        need = float(packages.use_amount[used].min())
        left = scenario.per_period(resource.capacity) - np.asarray(plan.audit.resources)[position]
        if (need > left + 1e-6 * max(need, 1.0)).all():
            return f"needs {need:,.10g} of {printed(key, resource.name)}, and {max(float(left[0]), 0.0):,.6g} is left"
    return ""
