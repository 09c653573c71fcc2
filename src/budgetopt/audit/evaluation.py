"""Everything that the checks ask about a plan, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.audit import inputs
from budgetopt.audit.activity import Activity, OutcomeLevels, activity_of, levels_of_activity, uses_of
from budgetopt.audit.balances import Balances, balances_of
from budgetopt.audit.full_coverage import full_coverage
from budgetopt.audit.package_list import PackageList, list_packages
from budgetopt.audit.plan import SpendingPlan
from budgetopt.errors import UnknownNameError
from budgetopt.scenario.accuracy import least_funding
from budgetopt.scenario.model import SHORTFALL, Outcome, Resource
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts
from budgetopt.scenario.scenario import Scenario

__all__ = ["A_UNIT_TOO_FEW", "Evaluation", "Quantity", "of_multiple"]

A_UNIT_TOO_FEW = 1e-6
"""Units of a service are exact: nothing smaller than a millionth of one is a violation, nor of all where these are
fewer."""
MOST_CENTS = 10.0
"""So many cents an amount may miss a multiple of another one by, for each cent that it may miss a number by: 3,500
times an amount that is half a cent off would be 17 dollars."""


def of_multiple(cents: Floats, own: Floats) -> Floats:
    """Return what an amount may miss a multiple of another one by, because that is rounded; both of one shape.

    ``cents``: by how much rounding moves the multiple; ``own``: by how much it moves the amount itself.
    """
    return np.minimum(cents, MOST_CENTS * own)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A sum over programs, period by period; every array has the shape (periods,).

    Parameters
    ----------
    value
        Dollars, or units of an outcome.
    gross
        The sum of what was added, each without its sign: the size against which rounding is measured.
    cent
        How much the value may change if every payment that enters into it changes by a cent.
    unit
        The unit; empty for dollars.
    """

    value: Floats
    gross: Floats
    cent: Floats
    unit: str = ""

    def at(self, periods: Bools) -> Quantity:
        """Return the quantity in some periods."""
        return Quantity(self.value[periods], self.gross[periods], self.cent[periods], self.unit)

    def total(self) -> Quantity:
        """Return the quantity over all of its periods together; one period of that is left."""
        value, gross, cent = (array.sum(keepdims=True) for array in (self.value, self.gross, self.cent))
        return Quantity(value, gross, cent, self.unit)

    def times(self, factor: float) -> Quantity:
        """Return a share or a multiple of the quantity."""
        return Quantity(self.value * factor, self.gross * abs(factor), self.cent * abs(factor), self.unit)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A plan beside its scenario.

    Parameters
    ----------
    scenario
        The scenario.
    given
        The plan as it was given.
    tolerance
        The share of the money at stake by which a limit may be missed; never less than a cent for each payment.
    """

    scenario: Scenario
    given: SpendingPlan
    tolerance: float

    @property
    def cent(self) -> float:
        """The least amount of money that matters."""
        return self.scenario.cent

    @cached_property
    def plan(self) -> SpendingPlan:
        """The plan; what is no number in it is reported by the checks of amounts, and counts as nothing elsewhere."""
        spending, transfers = (np.where(np.isfinite(a), a, 0.0) for a in (self.given.spending, self.given.transfers))
        said = self.given.units_in(self.scenario)
        units = np.where(np.isinf(said), 0.0, said)
        said = self.given.stand_ins_in(self.scenario)
        made = np.where(np.isfinite(said), said, 0.0)
        return SpendingPlan(spending, transfers, self.given.packages_in(self.scenario), units, made)

    @property
    def taken(self) -> Bools:
        """Which packages are taken in each period, or start in it; shape (packages, periods)."""
        return self.plan.packages_in(self.scenario)

    @cached_property
    def packages(self) -> PackageList:
        """The decision packages."""
        return list_packages(self.scenario)

    @cached_property
    def spent(self) -> Floats:
        """Dollars for each program in each period; shape (programs, periods)."""
        spent: Floats = self.plan.spending.sum(axis=1)
        return spent

    @cached_property
    def recurring(self) -> Bools:
        """Which programs' spending goes on; shape (programs,)."""
        return self.scenario.programs.flag("recurring", default=True)

    @cached_property
    def baselines(self) -> Floats:
        """Current service level in dollars of each period, NaN for new programs; shape (programs, periods)."""
        return inputs.baselines(self.scenario)

    @cached_property
    def full_coverage(self) -> Floats:
        """The spending at which each program covers everything, infinite where unbounded; shape (programs, periods)."""
        return full_coverage(self.scenario, self.packages)

    @cached_property
    def names(self) -> Texts:
        """The programs' names as they are printed; shape (programs,)."""
        return self.scenario.programs.names()

    @cached_property
    def activity(self) -> Activity:
        """How far each program goes."""
        return activity_of(self.scenario, self.spent, self.taken, self.plan.units, self.packages)

    @cached_property
    def funded(self) -> Bools:
        """Which programs are funded: they spend, serve or have a package that runs; shape (programs, periods)."""
        funded: Bools = (self.spent >= least_funding(self.scenario) / 2) | self.serves
        owners = np.unique(self.packages.program)
        funded[owners] = False
        running = self.packages.running(self.taken)
        np.logical_or.at(funded, self.packages.program, running)
        return funded

    @cached_property
    def levels(self) -> OutcomeLevels:
        """What the plan does to the outcomes."""
        return levels_of_activity(self.scenario, self.activity, self.packages)

    @cached_property
    def uses(self) -> OutcomeLevels:
        """What the plan takes of the resources."""
        return uses_of(self.scenario, self.activity, self.levels, self.packages)

    @cached_property
    def outcomes(self) -> Floats:
        """The level of each outcome; shape (outcomes, periods)."""
        return self.levels.totals(len(self.scenario.outcomes))

    @cached_property
    def resources(self) -> Floats:
        """What is taken of each resource, beyond what others make of it; shape (resources, periods)."""
        return self.uses.totals(len(self.scenario.resources)) + self.stood_in

    @cached_property
    def stood_in(self) -> Floats:
        """What standing in for others takes of each resource, less what others make of it; (resources, periods)."""
        pairs, made = self.scenario.stand_ins, self.plan.stand_ins_in(self.scenario)
        taken = np.zeros((len(self.scenario.resources), made.shape[1]))
        np.add.at(taken, pairs.by, pairs.per_unit[:, None] * made)
        np.add.at(taken, pairs.resource, -made)
        return taken

    @cached_property
    def balances(self) -> Balances:
        """The accounts of the funds."""
        return balances_of(self.scenario, self.plan.spending, self.plan.transfers)

    @cached_property
    def weighted(self) -> Floats:
        """The weighted outcomes of each period, not discounted; shape (periods,)."""
        worth = np.array([outcome.worth for outcome in self.scenario.outcomes.values()], dtype=np.float64)
        weighted: Floats = (worth[:, None] * self.outcomes).sum(axis=0)
        return weighted

    @property
    def targets_are_goals(self) -> bool:
        """Whether targets are goals, whose shortfall is minimized, and no limits."""
        return any(objective.minimize == SHORTFALL for objective in self.scenario.objective)

    @cached_property
    def payments(self) -> Ints:
        """How many payments each program has; shape (programs, periods)."""
        return np.asarray(np.count_nonzero(self.plan.spending, axis=1), dtype=np.int64)

    @cached_property
    def a_unit(self) -> Floats:
        """The least part of a unit of each program's service that matters; shape (programs,)."""
        most = inputs.number(self.scenario, "service.up_to", np.inf)
        return A_UNIT_TOO_FEW * np.minimum(np.where(most > 0, most, 1.0), 1.0)

    @cached_property
    def serves(self) -> Bools:
        """Which programs serve units of a service that the plan says; shape (programs, periods)."""
        serves: Bools = self.activity.said & (self.activity.units > self.a_unit[:, None])
        return serves

    @cached_property
    def rough(self) -> Floats:
        """What a program's dollars may be off by rounding, or the units of its service; shape (programs, periods)."""
        activity, dollars = self.activity, self.cent * np.maximum(self.payments, 1)
        price = activity.price[:, None]
        bought = np.divide(dollars, price, out=np.zeros_like(dollars), where=price > 0)
        exact = np.maximum(self.a_unit[:, None], self.tolerance * np.abs(activity.units))
        return np.where(activity.said, exact, np.where((activity.unit_cost == 0)[:, None], exact, bought))

    @cached_property
    def least_rough(self) -> Floats:
        """The least that a program's dollars, or the units of its service, may be off; shape (programs,)."""
        price = self.activity.price
        bought = np.divide(self.cent, price, out=self.a_unit.copy(), where=price > 0)
        return np.where(self.activity.said.any(axis=1), self.a_unit, bought)

    def allowed_dollars(self, gross: Floats, payments: Ints | int = 1) -> Floats:
        """Return by how much a limit on dollars may be missed: a cent for each payment, or a share of all the money."""
        return np.maximum(self.cent * np.maximum(payments, 1), self.tolerance * gross)

    def fund_mask(self, funds: tuple[str, ...] | None) -> Bools:
        """Return which funds are named, all if none are; shape (funds,).

        Raises
        ------
        UnknownNameError
            If a fund does not exist.
        """
        names = list(self.scenario.funds)
        if funds is None:
            return np.ones(len(names), dtype=bool)
        for fund in funds:
            if fund not in self.scenario.funds:
                raise UnknownNameError("fund", fund, names)
        return np.array([name in funds for name in names], dtype=bool)

    def dollars(self, weight: Floats, funds: tuple[str, ...] | None = None) -> Quantity:
        """Return the spending for programs by the funds named, each by its weight; shape (programs,)."""
        paid, gross, payments = self._paid_by(self.fund_mask(funds))
        # most rules select a few of many programs
        rows = np.flatnonzero(weight)
        each, size = weight[rows], np.abs(weight[rows])
        return Quantity(each @ paid[rows], size @ gross[rows], self.cent * np.maximum(size @ payments[rows], 1.0))

    def _paid_by(self, funds: Bools) -> tuple[Floats, Floats, Floats]:
        """Return what some funds pay for each program, the same without signs, and in how many payments."""
        key = funds.tobytes()
        if key not in self._paid:
            chosen = self.plan.spending[:, funds]
            counts = np.count_nonzero(chosen, axis=1).astype(np.float64)
            self._paid[key] = (chosen.sum(axis=1), np.abs(chosen).sum(axis=1), counts)
        return self._paid[key]

    @cached_property
    def _paid(self) -> dict[bytes, tuple[Floats, Floats, Floats]]:
        return {}

    def outcome(self, name: str, weight: Floats) -> Quantity:
        """Return what programs do to an outcome, each by its weight; shape (programs,).

        Raises
        ------
        UnknownNameError
            If the outcome does not exist.
        """
        return self._level("outcome", self.scenario.outcomes, self.levels, name, weight)

    def resource(self, name: str, weight: Floats) -> Quantity:
        """Return what programs take of a resource, each by its weight; shape (programs,).

        Raises
        ------
        UnknownNameError
            If the resource does not exist.
        """
        return self._level("resource", self.scenario.resources, self.uses, name, weight)

    def _level(
        self,
        kind: str,
        known: Mapping[str, Outcome] | Mapping[str, Resource],
        levels: OutcomeLevels,
        name: str,
        weight: Floats,
    ) -> Quantity:
        names = list(known)
        if name not in names:
            raise UnknownNameError(kind, name, names)
        rows = (levels.outcome == names.index(name)) & (weight[levels.program] != 0)
        each = weight[levels.program[rows]]
        level, steepest = levels.level[rows], np.abs(each) * levels.steepest[rows]
        # a program that does nothing is exact; the least that anything may be off is a cent where it buys most
        moves = steepest[:, None] * np.where(self.rough_where_active, self.rough, 0.0)[levels.program[rows]]
        least = (steepest * self.least_rough[levels.program[rows]]).max(initial=0.0)
        cents = np.maximum(moves.sum(axis=0), least)
        return Quantity(each @ level, np.abs(each) @ np.abs(level), cents, known[name].unit)

    @cached_property
    def rough_where_active(self) -> Bools:
        """Which programs spend or serve at all; shape (programs, periods)."""
        active: Bools = (self.payments > 0) | (self.activity.units > 0)
        return active

    def quantity_of(self, summed: str, weight: Floats, funds: tuple[str, ...] | None) -> Quantity:
        """Return what ``sum: spending``, ``outcome NAME`` or ``resource NAME`` asks for.

        An outcome or a resource is not divided among funds.
        """
        if summed == "spending":
            return self.dollars(weight, funds)
        if summed.startswith("resource "):
            return self.resource(summed.removeprefix("resource ").strip(), weight)
        return self.outcome(summed.removeprefix("outcome").strip(), weight)
