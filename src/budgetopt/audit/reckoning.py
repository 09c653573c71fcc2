"""Everything that the checks ask about a plan, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.audit.balances import Balances, balances_of
from budgetopt.audit.check import CENT
from budgetopt.audit.outcomes import Levels, levels_of
from budgetopt.audit.plan import SpendingPlan
from budgetopt.errors import UnknownNameError
from budgetopt.scenario.model import Where
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["Quantity", "Reckoning"]


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


@dataclass(frozen=True, eq=False)
class Reckoning:
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
    cent: float = CENT

    @cached_property
    def plan(self) -> SpendingPlan:
        """The plan; what is no number in it is reported by the checks of amounts, and counts as nothing elsewhere."""
        spending, transfers = (
            np.nan_to_num(a, nan=0.0, posinf=0.0, neginf=0.0) for a in (self.given.spending, self.given.transfers)
        )
        return SpendingPlan(spending, transfers)

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
    def levels(self) -> Levels:
        """What the plan does to the outcomes."""
        return levels_of(self.scenario, self.spent)

    @cached_property
    def outcomes(self) -> Floats:
        """The level of each outcome; shape (outcomes, periods)."""
        return self.levels.totals(len(self.scenario.outcomes))

    @cached_property
    def balances(self) -> Balances:
        """The accounts of the funds."""
        return balances_of(self.scenario, self.plan.spending, self.plan.transfers)

    @cached_property
    def weighted(self) -> Floats:
        """The weighted outcomes of each period; shape (periods,)."""
        worth = np.array([outcome.worth for outcome in self.scenario.outcomes.values()], dtype=np.float64)
        weighted: Floats = (worth[:, None] * self.outcomes).sum(axis=0)
        return weighted

    @cached_property
    def payments(self) -> Ints:
        """How many payments each program has; shape (programs, periods)."""
        return np.asarray(np.count_nonzero(self.plan.spending, axis=1), dtype=np.int64)

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

    def dollars(self, where: Where | None = None, funds: tuple[str, ...] | None = None) -> Quantity:
        """Return the spending for the programs that ``where`` selects, by the funds named."""
        programs = select(self.scenario.programs, where)
        chosen = self.plan.spending[programs][:, self.fund_mask(funds)]
        cents = self.cent * np.maximum(np.count_nonzero(chosen, axis=(0, 1)), 1)
        return Quantity(chosen.sum(axis=(0, 1)), np.abs(chosen).sum(axis=(0, 1)), cents)

    def outcome(self, name: str, where: Where | None = None) -> Quantity:
        """Return what the programs that ``where`` selects do to an outcome.

        Raises
        ------
        UnknownNameError
            If the outcome does not exist.
        """
        names = list(self.scenario.outcomes)
        if name not in names:
            raise UnknownNameError("outcome", name, names)
        levels = self.levels
        rows = (levels.outcome == names.index(name)) & select(self.scenario.programs, where)[levels.program]
        level = levels.level[rows]
        steepest = levels.steepest[rows]
        cents = self.cent * np.maximum(steepest @ self.payments[levels.program[rows]], steepest.max(initial=0.0))
        return Quantity(level.sum(axis=0), np.abs(level).sum(axis=0), cents, self.scenario.outcomes[name].unit)

    def of_words(self, words: str, where: Where | None, funds: tuple[str, ...] | None) -> Quantity:
        """Return what ``sum: spending`` or ``sum: outcome NAME`` asks for; an outcome is not divided among funds."""
        return (
            self.dollars(where, funds)
            if words == "spending"
            else self.outcome(words.removeprefix("outcome").strip(), where)
        )
