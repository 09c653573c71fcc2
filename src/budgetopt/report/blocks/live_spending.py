"""The amounts of a plan as cells that may be edited, and what programs buy with them as formulas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.inputs import number, price_level
from budgetopt.errors import column_letters
from budgetopt.report.blocks.live_rows import FIRST_ROW, LiveRows, literal, times
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["MOST_LIVE", "LiveSpending"]

MOST_LIVE = 20_000
"""So many programs a workbook works out again; of more it has the figures alone."""
SPENDING_SHEET, PACKAGE_SHEET = "Spending", "Packages"
PAYER_COLUMN = 4
"""The column of the number of the fund, on the sheet of amounts."""


@dataclass(frozen=True, eq=False)
class LiveSpending:
    """What each fund pays for each program, one row a pair that may be paid, and what follows from it."""

    plan: Allocation

    @property
    def is_live(self) -> bool:
        """Whether there are few enough programs for formulas."""
        return len(self.plan.scenario.programs) <= MOST_LIVE

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """The program and the fund of each row, program by program; both of shape (rows,)."""
        pays = (self.plan.spending != 0).any(axis=2)
        program, fund = np.nonzero(pays | self.plan.scenario.eligible if self.is_live else pays)
        return program, fund

    @cached_property
    def rows(self) -> LiveRows:
        """The rows of the sheet of amounts."""
        periods = len(self.plan.scenario.periods)
        return LiveRows(SPENDING_SHEET, self.pairs[0], PAYER_COLUMN + 1, periods, PAYER_COLUMN + periods)

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """The first row of each program, and the last; the last is before the first where there is none."""
        programs = np.arange(len(self.plan.scenario.programs))
        first = np.searchsorted(self.pairs[0], programs)
        last = np.searchsorted(self.pairs[0], programs, side="right") - 1
        return first.tolist(), last.tolist()

    def spent(self, program: int, period: int) -> str:
        """Return what a program spends in a period."""
        return self.rows.total(period, self._ends[0][program], self._ends[1][program])

    def spent_in_all(self, program: int) -> str:
        """Return what a program spends in all periods together."""
        first, last = self._ends[0][program], self._ends[1][program]
        return "0" if first > last else f"SUM({self.rows.cells(0, first, last, until=self.rows.periods - 1)})"

    def paid(self, fund: int, period: int) -> str:
        """Return what a fund pays in a period."""
        if not len(self.rows):
            return "0"
        letter, last = column_letters(PAYER_COLUMN), FIRST_ROW + len(self.rows) - 1
        funds = f"{SPENDING_SHEET}!${letter}${FIRST_ROW}:${letter}${last}"
        return f"SUMIF({funds},{fund + 1},{self.rows.cells(period)})"

    # what the money buys, as the audit reads it

    @cached_property
    def evaluation(self) -> Evaluation:
        """The plan as the audit works it out."""
        return Evaluation(self.plan.scenario, self.plan.spending_plan, self.plan.audit.tolerance)

    @cached_property
    def _levels(self) -> Floats:
        return price_level(self.plan.scenario)

    @cached_property
    def _fixed(self) -> Floats:
        return number(self.plan.scenario, "if_funded.fixed_cost")

    def real(self, program: int, period: int) -> str:
        """Return what a program spends in dollars of the first period."""
        activity, spent, level = self.evaluation.activity, self.spent(program, period), self._levels[program, period]
        words = spent if level == 1.0 else f"{spent}/{literal(level)}"
        return self._as_planned(program, period, activity.real[program, period], words)

    def buying(self, program: int, period: int) -> str:
        """Return what of a program's spending buys outcomes: what it spends beyond its fixed cost."""
        activity, spent, level = self.evaluation.activity, self.spent(program, period), self._levels[program, period]
        words = spent if level == 1.0 else f"{spent}/{literal(level)}"
        fixed = self._fixed[program]
        words = f"MAX({words}-{literal(fixed)},0)" if fixed else words
        return self._as_planned(program, period, activity.buying[program, period], words)

    def _as_planned(self, program: int, period: int, planned: float, words: str) -> str:
        """Return an expression that is what the plan says for as long as the amount is that of the plan.

        The plan says how many units of a service there are, and its money is rounded; of another amount the units are
        those that it pays for.
        """
        activity = self.evaluation.activity
        if not activity.said[program, period] or not activity.unit_cost[program] > 0:
            return words
        spent = literal(activity.spent[program, period])
        half_a_cent = literal(self.plan.half_a_cent)
        return f"IF(ABS({self.spent(program, period)}-{spent})<{half_a_cent},{literal(planned)},{words})"

    def units(self, program: int, period: int) -> str:
        """Return the units of service of a program; those that cost no money are those of the plan."""
        cost = self.evaluation.activity.unit_cost[program]
        if not cost > 0:
            return literal(self.evaluation.activity.units[program, period])
        return f"({self.buying(program, period)})/{literal(cost)}"

    def level(self, program: int, period: int) -> str:
        """Return what curves are over: units of service for programs that have one, money otherwise."""
        is_service = not np.isnan(self.evaluation.activity.unit_cost[program])
        return self.units(program, period) if is_service else self.buying(program, period)

    # decision packages, on or off

    @cached_property
    def packages(self) -> LiveRows:
        """The rows of the sheet of packages."""
        packages, periods = self.evaluation.packages, len(self.plan.scenario.periods)
        return LiveRows(PACKAGE_SHEET, packages.program, 4, periods, 3 + periods)

    def in_service(self, package: int, period: int) -> str:
        """Return 1 where a package brings what it promises in a period, 0 otherwise; empty where it never can."""
        packages = self.evaluation.packages
        until = period - int(packages.opens_after[package])
        if not packages.is_project[package]:
            return self.packages.cell(package, period) if until >= period else ""
        if until < 0:
            return ""
        if until == 0:
            return self.packages.cell(package, 0)
        return f"MIN(1,SUM({self.packages.cells(0, package, package, until=until)}))"

    def by_year(self, package: int, period: int, units: Floats) -> str:
        """Return units of each year after the start of a package, in a period; shape (periods,)."""
        return "+".join(
            times(units[since], self.packages.cell(package, period - since))
            for since in range(period + 1)
            if units[since]
        )

    def due(self, program: int, period: int) -> str:
        """Return what the packages that are taken of a program cost in a period, in its dollars."""
        packages = self.evaluation.packages
        own = np.flatnonzero(packages.program == program).tolist()
        words = "+".join(filter(None, (self.by_year(at, period, packages.cost[at]) for at in own)))
        return times(self._levels[program, period], words) if words else "0"
