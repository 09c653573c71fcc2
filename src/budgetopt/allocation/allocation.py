"""The allocation: the answer in the scenario's own words."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from budgetopt.allocation.plan_files import PlanFiles
from budgetopt.allocation.prices import Prices
from budgetopt.allocation.tables import (
    FUND_UNITS,
    OUTCOME_UNITS,
    PROGRAM_UNITS,
    RULE_UNITS,
    PlanColumns,
    by_period_table,
    effects_table,
    frame_of,
)
from budgetopt.audit import Audit, SpendingPlan
from budgetopt.formulation import Formulation
from budgetopt.scenario.accuracy import CENT
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Certificate, SolverResult
from budgetopt.solvers.solution import LARGE_SEARCH

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

    from budgetopt.allocation.uncertainty import EffectRanges, OutcomeRanges
    from budgetopt.report.explained.explanation import Explanation

__all__ = ["Allocation", "Status"]

LEAST_VALUE = 1e-9
"""A value below this one is nothing that a share could be taken of."""
MATERIAL = 1e-7
"""The share of the figures that a value is computed from, from which on two values are told apart."""


class Status(StrEnum):
    """What is known of an allocation."""

    OPTIMAL = "optimal"
    """No plan can do better, and the proof was checked."""
    BEST_FOUND = "best found"
    """It meets every rule; a better one may exist, by at most the gap."""


@dataclass(frozen=True, eq=False)
class Allocation(Drawable, PlanFiles):
    """A balanced allocation that meets every rule of its scenario, with what proves it.

    It shows itself as a table in a notebook; the units of the columns of its tables are in
    ``plan.programs.attrs["units"]``. Money is in whole cents, or what else it is rounded to, so that every sum
    in every table adds up.
    The arrays follow the scenario's order of programs, funds and periods; :attr:`decisions` has them as tables.

    Parameters
    ----------
    scenario
        The scenario that it answers.
    status
        Whether it is proved to be the best.
    spending
        Dollars that each fund pays for each program; shape (programs, funds, periods).
    transfers
        Dollars that each fund gives to each other fund; shape (from funds, to funds, periods).
    packages
        Which decision packages are taken in each period, or for projects start in it; shape (packages, periods).
    units
        Units of each service, 0 for all other programs; shape (programs, periods).
    stand_ins
        Units of a resource that another makes by standing in for it; shape (stand-ins, periods).
    rounded_to
        What its amounts are rounded to: dollars, a cent or another power of ten, or what ``round_to`` says.
    objective_value
        The value of the first objective at the solver's exact optimum, before its amounts are rounded.
    bound
        The best value that any plan can have.
    prices
        Shadow prices.
    audit
        The independent audit of the rounded plan.
    solver_result
        The solver's answer, with the proof of each objective.
    formulation
        The linear program that was solved.
    """

    scenario: Scenario
    status: Status
    spending: Floats
    transfers: Floats
    packages: Bools
    units: Floats
    stand_ins: Floats
    rounded_to: float
    objective_value: float
    bound: float
    prices: Prices
    audit: Audit
    solver_result: SolverResult = field(repr=False)
    formulation: Formulation = field(repr=False)

    @property
    def certificate(self) -> Certificate:
        """The proof that no plan has a better value of the first objective."""
        certificate = self.solver_result.certificate
        assert certificate is not None, "an allocation is made of a plan that was certified"
        return certificate

    @property
    def solver(self) -> str:
        """Name and version of what solved it."""
        return self.solver_result.solution.solver

    @property
    def seconds(self) -> float:
        """Wall-clock seconds that the solver took."""
        return self.solver_result.seconds

    @property
    def proved(self) -> bool:
        """Whether it is proved to be the best."""
        return self.status is Status.OPTIMAL

    @property
    def gap(self) -> float:
        """By how much a better plan could exceed it, as a share of its value; infinite for a share of nothing.

        What later objectives gave up of the first, as ``within`` lets them, is no part of it.
        """
        return self.gap_to(self.bound)

    def gap_to(self, bound: float) -> float:
        """Return by how much a plan with the value ``bound`` exceeds it, as :attr:`gap`; NaN where there is none."""
        return self._share(abs(bound - self._reached) - self.certificate.conceded)

    @property
    def conceded_share(self) -> float:
        """What later objectives gave up of the first, as ``within`` lets them, as a share of its value."""
        return self.certificate.conceded / max(abs(self.objective_value), LEAST_VALUE)

    @property
    def plan_value(self) -> float:
        """The value of the first objective that the plan has, its amounts rounded as they are."""
        return self.audit.objectives[0].value

    @property
    def distance(self) -> float:
        """How far the plan's value is from the bound, in the unit of the first objective; what rounding costs, too."""
        return abs(self.bound - self.plan_value)

    @property
    def rounding_matters(self) -> bool:
        """Whether the plan in whole amounts is worth less than the exact optimum, beyond the last digit shown.

        Also, whether what limits may be missed by makes it worth more than any plan can be. A point that later
        objectives have moved may say less of the first than its plan is worth, which is no loss.
        """
        stage = self.solver_result.stages[0].stage
        sign, allowed = stage.sign, MATERIAL * (self.certificate.gap.scale + abs(stage.offset))
        is_worse = sign * (self.plan_value - self.objective_value) > allowed
        return is_worse or sign * (self.bound - self.plan_value) > allowed

    @property
    def exact_unit(self) -> float:
        """The unit of which every amount of money is a whole number: a cent, or less; sums are worked out in it."""
        return min(self.rounded_to, CENT)

    @property
    def half_a_cent(self) -> float:
        """An amount of money that is none: half of the least that matters, or of a smaller unit of the plan."""
        return min(self.scenario.cent, self.exact_unit) / 2

    @property
    def _reached(self) -> float:
        return self.plan_value if self.rounding_matters else self.objective_value

    @property
    def relaxation_bound(self) -> float:
        """With integer decisions, the bound that prices alone prove, without any solver's word; NaN without one."""
        found = self.solver_result.relaxation
        return math.nan if found is None or found.certificate is None else found.certificate.bound

    @property
    def relaxation_gap(self) -> float:
        """By how much a better plan could exceed it by :attr:`relaxation_bound` alone, as a share of its value."""
        return self.gap_to(self.relaxation_bound)

    @property
    def has_few_decisions(self) -> bool:
        """Whether its problem has so few integer decisions that they are split into branches to prove it."""
        return self.formulation.linear_program.open_integers < LARGE_SEARCH

    @property
    def unique(self) -> bool | None:
        """Whether no other plan is as good, by the objectives and then by the rules for ties; None if not known."""
        return self.solver_result.unique

    def _share(self, distance: float) -> float:
        """Return a distance from a bound as a share of the value."""
        distance, size = (distance if math.isnan(distance) else max(distance, 0.0)), abs(self.objective_value)
        return math.inf if size < LEAST_VALUE < distance else distance / max(size, LEAST_VALUE)

    @property
    def spending_plan(self) -> SpendingPlan:
        """The decisions alone, as arrays."""
        return SpendingPlan(self.spending, self.transfers, self.packages, self.units, self.stand_ins)

    @cached_property
    def columns(self) -> PlanColumns:
        """The tables below as columns, for what needs no frames."""
        return PlanColumns(self)

    @cached_property
    def programs(self) -> pd.DataFrame:
        """One row a program: name, department, priority, baseline, spending, change, change_share, reason.

        Money is for all periods together; :attr:`by_period` has each period.
        """
        return frame_of(self.columns.programs, self.scenario, PROGRAM_UNITS, "program")

    @cached_property
    def by_period(self) -> pd.DataFrame:
        """Spending in dollars: one row a program, one column a period."""
        return by_period_table(self)

    @cached_property
    def by_fund(self) -> pd.DataFrame:
        """Every payment: one row a program, fund and period with an amount above zero."""
        return self.decisions["spending"]

    @cached_property
    def decisions(self) -> dict[str, pd.DataFrame]:
        """Every decision as tables: ``spending``, ``transfers``, ``packages``, ``units`` and ``stand_ins``.

        ``SpendingPlan.from_frame(scenario, **plan.decisions)`` is the same plan.
        """
        return self.spending_plan.to_frames(self.scenario)

    @cached_property
    def effect_ranges(self) -> EffectRanges:
        """What each effect brings, and how far it may be off."""
        from budgetopt.allocation.uncertainty import effect_ranges

        return effect_ranges(self.audit)

    @cached_property
    def outcome_ranges(self) -> OutcomeRanges:
        """Between what each outcome lies, by the ranges that the scenario gives its effects."""
        from budgetopt.allocation.uncertainty import outcome_ranges

        return outcome_ranges(self)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row an outcome, all periods together: name, unit, weight, direction, baseline, level, change, value.

        ``low`` and ``high`` are what its effects bring with each at the end of its range that brings least, or most;
        ``low_if_independent`` and ``high_if_independent`` hold for errors that have nothing to do with one another. Of
        ``effects``, so many have such a range (``with_range``; the others are taken for exact), and so many are
        assumptions (``assumed``).
        """
        return frame_of(self.columns.outcomes, self.scenario, OUTCOME_UNITS, "outcome")

    @cached_property
    def effects(self) -> pd.DataFrame:
        """What each program brings to each outcome: one row a program, outcome and period, with its range."""
        return effects_table(self)

    @cached_property
    def funds(self) -> pd.DataFrame:
        """The accounts: one row a fund and period, with the price of a dollar in it."""
        return frame_of(self.columns.funds, self.scenario, FUND_UNITS)

    @cached_property
    def rules(self) -> pd.DataFrame:
        """Every limit: one row a limit, part and period, with its price; of the programs' own those that bind."""
        return frame_of(self.columns.rules, self.scenario, RULE_UNITS)

    def explain(self, name: str | None = None) -> Explanation:
        """Explain a program, a rule, a fund, a target or a resource; without a name, tell the story of the plan."""
        from budgetopt.report.explained.explanation import explain

        return explain(self, name)

    def plot(self, by: str | None = None) -> LayerChart:
        """Return the money of the plan as a chart; see :meth:`Drawable.plot`.

        Parameters
        ----------
        by
            An attribute of the programs, such as ``department``, for the plan beside the baseline; ``funds`` for what
            each fund closes with, and its reserve. Left out, the largest changes against the baseline, or the largest
            programs where nothing changes.

        Raises
        ------
        UnknownNameError
            If the programs have no such attribute.
        OptionError
            If it says nothing: all programs have the same, or no fund keeps any money.
        """
        return self._chart(by)

    def __repr__(self) -> str:
        objective = self.solver_result.stages[0].stage.label
        return f"Allocation({self.scenario.name!r}: {self.status}, {objective} = {self.plan_value:,.6g})"

    def _repr_html_(self) -> str:
        from budgetopt.report import notebook_html

        return notebook_html(self)
