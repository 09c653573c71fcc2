"""Why packages are taken or not, and the cheapest one that does not fit into what is left."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation.fund_rows import inflow, most_available, pays
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts
from budgetopt.scenario.words import money, printed

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["HALF_A_CENT", "cheapest_unfunded", "package_reasons"]

HALF_A_CENT = 0.005


def package_reasons(plan: Allocation) -> Iterator[tuple[int, str]]:
    """Yield the programs of packages, each with how many of them it takes, or why it takes none."""
    offers, taken = _Offers(plan), np.asarray(plan.packages.any(axis=1))
    for row in np.unique(plan.scenario.packages.program).tolist():
        mine = offers.of(row)
        count, most = int(taken[mine].sum()), len(mine)
        if count == most:
            yield row, "has its only package" if most == 1 else f"has all of its {most} packages"
        elif count:
            yield row, f"takes {count} of its {most} packages: no other choice of them is worth more"
        elif words := offers.not_taken(row):
            yield row, f"unfunded: {words}"


def cheapest_unfunded(plan: Allocation) -> tuple[float, float, int] | None:
    """Return the cost of the cheapest first package of an unfunded program, and what is left for it; None if it fits.

    Both are of the first period in which the cost is more than what is left, which follows them.
    """
    packages, offers, found = plan.scenario.packages, _Offers(plan), []
    funded = np.unique(packages.program[plan.packages.any(axis=1)])
    for row in np.unique(packages.program[~np.isin(packages.program, funded)]).tolist():
        cost, left = offers.cheapest_cost(row), offers.usable(row)
        short = np.flatnonzero(cost > left + HALF_A_CENT)
        if not len(short):
            return None
        found.append((float(cost[short[0]]), float(left[short[0]]), int(short[0])))
    return min(found, default=None)


class _Offers:
    """The packages of a plan's scenario, and what is left for those that it does not take."""

    def __init__(self, plan: Allocation) -> None:
        self._plan, self._scenario, self._packages = plan, plan.scenario, plan.scenario.packages

    def of(self, row: int) -> Ints:
        """Return the packages of a program; they stand in the order of the programs."""
        return np.arange(*np.searchsorted(self._packages.program, [row, row + 1]).tolist())

    @cached_property
    def _costs(self) -> Floats:
        return self._packages.project_cost(len(self._scenario.periods))

    @cached_property
    def _choose(self) -> Texts:
        return self._scenario.programs.text("choose")

    @cached_property
    def _starts(self) -> dict[int, list[int]]:
        """The periods in which each program may start, of those that say so."""
        found: dict[int, list[int]] = {}
        rows, names = self._scenario.programs.items("start")
        for row, name in zip(rows.tolist(), names.tolist(), strict=True):
            found.setdefault(row, []).append(self._scenario.periods.index(name))
        return found

    @cached_property
    def _left(self) -> Floats:
        """What each fund can still spend in a period without lacking it later; dollars, shape (funds, periods)."""
        balances = self._plan.audit.balances
        free = np.maximum(np.asarray(balances.closing) - np.asarray(balances.reserve), 0.0)
        for position, fund in enumerate(self._scenario.funds.values()):
            if fund.carryover:
                free[position] = np.minimum.accumulate(free[position][::-1])[::-1]
        return np.where(pays(self._scenario), free, 0.0)

    @cached_property
    def _income(self) -> Floats:
        """What each fund has of its own by each period if it spends nothing; dollars, shape (funds, periods)."""
        income = inflow(self._scenario)
        carries = np.array([fund.carryover for fund in self._scenario.funds.values()], dtype=bool)
        return np.where(carries[:, None], np.cumsum(income, axis=1), income)

    @cached_property
    def _receives(self) -> Bools:
        """Which funds others may transfer to; shape (funds,)."""
        receivers = {to for fund in self._scenario.funds.values() for to in fund.transfers_to}
        return np.array([name in receivers for name in self._scenario.funds], dtype=bool)

    def cheapest_cost(self, row: int) -> Floats:
        """Return what the cheapest first package of a program costs, begun as early as it may; shape (periods,)."""
        packages, mine = self._packages, self.of(row)
        if self._choose[row] in ("", "in_order"):
            mine = mine[packages.number[mine] == packages.number[mine].min()]
        costs = self._costs[mine]
        at = int(np.argmin(costs.sum(axis=1)))
        cost: Floats = costs[at] * self._scenario.price_level[row]
        return cost if packages.is_project[mine[at]] else cost[:1].repeat(len(cost))

    def usable(self, row: int) -> Floats:
        """Return what is left in the funds that may pay for a program; dollars, shape (periods,)."""
        left: Floats = self._left[self._scenario.eligible[row]].sum(axis=0)
        return left

    def not_taken(self, row: int) -> str:
        """Return why a program takes no package, as far as money or a resource is the reason; empty if neither is."""
        scenario, may = self._scenario, self._scenario.eligible[row]
        if not may.any():
            return ""
        cost, left = self.cheapest_cost(row), self.usable(row)
        most = most_available(scenario) if self._receives[may].any() else self._income[may].sum(axis=0)
        starts = self._starts.get(row, [])
        at_once = min(starts, default=0) == 0
        is_project = bool(self._packages.is_project[self.of(row)].any())
        over = np.flatnonzero(cost > most + HALF_A_CENT)
        if len(over) and at_once and (len(scenario.periods) == 1 or not is_project or len(starts) == 1):
            called = "the fund has" if may.sum() == 1 else "its funds have"
            return f"costs more than {called}{self._when(over)}"
        short = np.flatnonzero(cost > left + HALF_A_CENT)
        if len(short) and left[short[0]] > HALF_A_CENT and at_once:
            return f"costs {money(cost[short[0]])}{self._when(short)}, and {money(left[short[0]])} is left"
        return self._lacks_resource(row)

    def _when(self, periods: Ints) -> str:
        return f" in {self._scenario.periods[periods[0]]}" if len(self._scenario.periods) > 1 else ""

    def _lacks_resource(self, row: int) -> str:
        """Return which resource is used up where a package needs it; empty if each has enough left."""
        packages, mine = self._packages, self.of(row)
        for position, (key, resource) in enumerate(self._scenario.resources.items()):
            used = np.isin(packages.use_package, mine) & (packages.use_resource == position)
            used &= packages.use_amount > 0
            # a resource without a capacity is counted and not limited
            if resource.capacity is None or not used.any():
                continue
            need = float(packages.use_amount[used].min())
            left = self._scenario.per_period(resource.capacity) - np.asarray(self._plan.audit.resources)[position]
            if (need > left + 1e-6 * max(need, 1.0)).all():
                least = max(float(left[0]), 0.0)
                return f"needs {need:,.10g} of {printed(key, resource.name)}, and {least:,.6g} is left"
        return ""
