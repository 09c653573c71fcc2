"""Why packages are taken or not, and the cheapest one that does not fit into what is left."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation.margins import money_buys_more
from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.formulation.fund_rows import inflow, most_available, pays
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts
from budgetopt.scenario.words import money, printed

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["cheapest_unfunded", "have_all_packages", "least_to_open", "package_reasons"]

MOST_TRIED = 100
"""For so many programs it is looked what a package would break beside the rest of the plan."""


def package_reasons(plan: Allocation, *, is_best: bool) -> Iterator[tuple[int, str]]:
    """Yield the programs of packages, each with how many of them it takes, or why it takes none.

    ``is_best``: whether no plan is better, so that what is not taken would add nothing or has no room.
    """
    offers, tried = _Offers(plan), 0
    costs_more = money_buys_more(plan)
    for row in np.unique(plan.scenario.packages.program).tolist():
        if offers.held(row).any():
            yield row, offers.taken(row, is_best=is_best)
        elif words := offers.not_taken(row):
            yield row, f"unfunded: {words}"
        elif costs_more[row]:
            yield row, "unfunded: the money buys more elsewhere"
        elif tried < MOST_TRIED and is_best:
            tried += 1
            if words := offers.beside_the_plan(row):
                yield row, f"unfunded: {words}"


def have_all_packages(plan: Allocation) -> Bools:
    """Return the programs that have all of their packages in every period, projects begun as early as they may be.

    Shape (programs,).
    """
    packages, offers = plan.scenario.packages, _Offers(plan)
    found = np.zeros(len(plan.scenario.programs), dtype=bool)
    for row in np.unique(packages.program).tolist():
        mine = offers.of(row)
        first = plan.packages[mine, offers.starts(row)[0]]
        found[row] = (first if packages.is_project[mine[0]] else plan.packages[mine]).all()
    return found


def least_to_open(plan: Allocation, row: int) -> str:
    """Return what a program needs to be funded at all and is not left, in words; empty where enough is left."""
    programs, left = plan.scenario.programs, _Offers(plan).usable(row)
    least = max(float(np.nan_to_num(programs.number(f"if_funded.{key}")[row])) for key in ("at_least", "fixed_cost"))
    short = np.flatnonzero((left > plan.half_a_cent) & (left < least - plan.half_a_cent))
    if not len(short) or (left >= least - plan.half_a_cent).any():
        return ""
    when = f" in {plan.scenario.periods[short[0]]}" if len(left) > 1 else ""
    return f"needs {money(least)} to be funded at all, and {money(left[short[0]])} is left{when}"


def cheapest_unfunded(plan: Allocation) -> tuple[float, float, int] | None:
    """Return the cost of the cheapest package that may be added, and what is left for it; None if it fits.

    Both are of the first period in which the cost is more than what is left, which follows them.
    """
    packages, offers, found = plan.scenario.packages, _Offers(plan), []
    for row in np.unique(packages.program).tolist():
        cost, left = offers.next_cost(row), offers.usable(row)
        fits, short = cost <= left + plan.half_a_cent, np.flatnonzero(cost > left + plan.half_a_cent)
        if fits.any() and not (len(short) and packages.is_project[offers.of(row)[0]]):
            return None
        if len(short):
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
        return {row: sorted(starts) for row, starts in found.items()}

    @cached_property
    def _left(self) -> Floats:
        """What each fund can still spend in a period without lacking it later; dollars, shape (funds, periods)."""
        balances = self._plan.audit.balances
        free = np.maximum(np.asarray(balances.closing) - np.asarray(balances.reserve), 0.0)
        carries = self._scenario.carries_over
        free[carries] = np.minimum.accumulate(free[carries, ::-1], axis=1)[:, ::-1]
        return np.where(pays(self._scenario), free, 0.0)

    @cached_property
    def _income(self) -> Floats:
        """What each fund has of its own by each period if it spends nothing; dollars, shape (funds, periods)."""
        income = inflow(self._scenario)
        return np.where(self._scenario.carries_over[:, None], np.cumsum(income, axis=1), income)

    @cached_property
    def _receives(self) -> Bools:
        """Which funds others may transfer to; shape (funds,)."""
        receivers = {to for fund in self._scenario.funds.values() for to in fund.transfers_to}
        return np.array([name in receivers for name in self._scenario.funds], dtype=bool)

    def starts(self, row: int) -> list[int]:
        """Return the periods in which a program may start, in order."""
        return self._starts.get(row) or list(range(len(self._scenario.periods)))

    def held(self, row: int) -> Bools:
        """Return which packages a program has in each period, projects in all; shape (packages of it, periods)."""
        mine = self.of(row)
        found: Bools = self._plan.packages[mine]
        return found.any(axis=1, keepdims=True) | found if self._packages.is_project[mine[0]] else found

    def next_cost(self, row: int) -> Floats:
        """Return what the cheapest package costs that a program may add, projects begun as early as they may be.

        Shape (periods,); NaN where it may add none.
        """
        mine, held, choose = self.of(row), self.held(row), self._choose[row]
        count = held.sum(axis=0)
        may = np.arange(len(mine))[:, None] == count if choose in ("", "in_order") else ~held
        may = may & (count == 0) if choose == "one" else may
        level = self._scenario.price_level[row]
        if not self._packages.is_project[mine[0]]:
            cost = np.where(may, self._costs[mine][:, :1] * level, np.inf).min(axis=0)
            return np.where(np.isfinite(cost), cost, np.nan)
        after = 0
        if choose in ("", "in_order") and count[0]:
            # not before the one that it is added to
            after = int(self._plan.packages[mine[count[0] - 1]].argmax())
        start = next((start for start in self.starts(row) if start >= after), None)
        if start is None or not may.any():
            return np.full(len(level), np.nan)
        offered = self._costs[mine[may[:, 0]]]
        cheapest = offered[np.argmin(offered.sum(axis=1))]
        begun: Floats = np.concatenate((np.zeros(start), cheapest[: len(level) - start])) * level
        return begun

    def usable(self, row: int) -> Floats:
        """Return what is left in the funds that may pay for a program; dollars, shape (periods,)."""
        left: Floats = self._left[self._scenario.eligible[row]].sum(axis=0)
        return left

    def taken(self, row: int, *, is_best: bool) -> str:
        """Return how many of its packages a program takes, and in which period where that differs."""
        held, periods = self.held(row), self._scenario.periods
        most, count = held.shape[0], held.sum(axis=0)
        at, lacking = int(count.argmax()), np.flatnonzero(count < count.max())
        when = f" in {periods[at]}" if len(lacking) else ""
        if count[at] < most:
            why = ": no other choice of them is worth more" if is_best else ""
            return f"takes {count[at]} of its {most} packages{when}{why}"
        words = "has its only package" if most == 1 else f"has all of its {most} packages"
        if not len(lacking):
            return words
        why = self.not_taken(row, lacking[:1])
        return f"{words}{when}, not in {periods[lacking[0]]}{f': {why}' if why else ''}"

    def not_taken(self, row: int, among: Ints | None = None) -> str:
        """Return why a program takes no package, as far as money or a resource is the reason; empty if neither is.

        ``among``: the periods that are looked at; left out, all.
        """
        scenario, may = self._scenario, self._scenario.eligible[row]
        cost, left = self.next_cost(row), self.usable(row)
        most = most_available(scenario) if self._receives[may].any() else self._income[may].sum(axis=0)
        among = np.arange(len(cost)) if among is None else among
        starts_when = self._packages.is_project[self.of(row)[0]] and len(self.starts(row)) > 1
        over = among[cost[among] > most[among] + self._plan.half_a_cent]
        if len(over) and not starts_when:
            called = "the fund has" if may.sum() == 1 else "its funds have"
            return f"costs more than {called}{self._when(over)}"
        short = among[cost[among] > left[among] + self._plan.half_a_cent]
        if len(short) and left[short[0]] > self._plan.half_a_cent:
            return f"costs {money(cost[short[0]])}{self._when(short)}, and {money(left[short[0]])} is left"
        return self._lacks_resource(row, among)

    def beside_the_plan(self, row: int) -> str:
        """Return what stands against the cheapest package beside the rest of the plan, by the audit of both."""
        mine, found = self.of(row), ""
        package = int(mine[np.argmin(self._costs[mine].sum(axis=1))])
        for start in self.starts(row):
            plan = self._with(row, package, start)
            if plan is None:
                continue
            audit = audit_plan(self._scenario, plan)
            if audit.accepted:
                return "it would add nothing"
            missed = (check.limit for check in audit.checks if check.missed.any() and isinstance(check.limit, int))
            known = [self._scenario.limits[at] for at in missed if at >= 0]
            if known and not found:
                phrase = known[0].phrase.format(*known[0].owners)
                found = f"beside the rest of the plan it would break {phrase}"
        return found

    def _with(self, row: int, package: int, start: int) -> SpendingPlan | None:
        """Return the plan with one package more, paid by what is left; None where that does not suffice."""
        plan, periods = self._plan.audit.plan, len(self._scenario.periods)
        runs = periods - start if self._packages.is_project[package] else 1
        cost, left, spending = self._costs[package], self._left.copy(), plan.spending.copy()
        funds = list(self._scenario.funds.values())
        for since in range(runs):
            period, paid = start + since, 0.0
            due = float(cost[since] * self._scenario.price_level[row, period])
            for fund in np.flatnonzero(self._scenario.eligible[row]).tolist():
                part = min(due - paid, float(left[fund, period]))
                spending[row, fund, period] += part
                left[fund, period : None if funds[fund].carryover else period + 1] -= part
                paid += part
            if due - paid > self._plan.half_a_cent:
                return None
        taken = self._plan.packages.copy()
        taken[package, start] = True
        return SpendingPlan(spending, plan.transfers, taken, plan.units, plan.stand_ins)

    def _when(self, periods: Ints) -> str:
        return f" in {self._scenario.periods[periods[0]]}" if len(self._scenario.periods) > 1 else ""

    def _lacks_resource(self, row: int, among: Ints) -> str:
        """Return which resource is used up in some periods where a package needs it; empty if each has enough left."""
        packages, mine = self._packages, self.of(row)
        for position, (key, resource) in enumerate(self._scenario.resources.items()):
            used = np.isin(packages.use_package, mine) & (packages.use_resource == position)
            used &= packages.use_amount > 0
            # a resource without a capacity is counted and not limited
            if resource.capacity is None or not used.any():
                continue
            need = float(packages.use_amount[used].min())
            left = self._scenario.per_period(resource.capacity) - np.asarray(self._plan.audit.resources)[position]
            if (need > left[among] + 1e-6 * max(need, 1.0)).all():
                least = max(float(left[among[0]]), 0.0)
                return f"needs {need:,.10g} of {printed(key, resource.name)}, and {least:,.6g} is left"
        return ""
