"""Everything in a workbook that is worked out from its amounts, and where each figure of it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.audit import OutcomeLevels
from budgetopt.report.blocks.content import Value
from budgetopt.report.blocks.live_effects import effect_cells, use_cells
from budgetopt.report.blocks.live_rows import FIRST_ROW, LiveRows
from budgetopt.report.blocks.live_spending import LiveSpending
from budgetopt.report.figures.rounded_money import ACCOUNT
from budgetopt.scenario.programs import Floats

__all__ = ["FUND_COLUMNS", "FUND_SHEET", "LiveSums"]

FUND_SHEET, EFFECT_SHEET, USE_SHEET = "Funds", "Effects", "Resources"
FUND_COLUMNS = dict(zip(ACCOUNT, "CDEFGHIJ", strict=True))
"""The columns of the accounts on the sheet of funds."""
EFFECT_COLUMNS_AFTER = 8
"""How many columns of words follow the figures on the sheet of effects."""


@dataclass(frozen=True, eq=False)
class LiveSums:
    """The figures of a plan as cells and formulas."""

    plan: Allocation

    @cached_property
    def spending(self) -> LiveSpending:
        """The amounts, and what they buy."""
        return LiveSpending(self.plan)

    @property
    def is_live(self) -> bool:
        """Whether the workbook works figures out again."""
        return self.spending.is_live

    @cached_property
    def levels(self) -> OutcomeLevels:
        """What programs do to outcomes; one row of the sheet of effects each."""
        return self.plan.audit.levels

    @cached_property
    def effects(self) -> LiveRows:
        """The rows of the sheet of effects."""
        periods = len(self.plan.scenario.periods)
        last = 2 + periods + (periods > 1) + EFFECT_COLUMNS_AFTER
        return LiveRows(EFFECT_SHEET, self.levels.program, 3, periods, last)

    @cached_property
    def uses(self) -> LiveRows:
        """The rows of the sheet of uses."""
        periods = len(self.plan.scenario.periods)
        return LiveRows(USE_SHEET, self.plan.audit.uses.program, 3, periods, 2 + periods)

    @cached_property
    def effect_figures(self) -> list[list[Value]]:
        """What each effect brings: one list a period."""
        return self._figures(self.levels, lambda: effect_cells(self.spending, self.levels))

    @cached_property
    def use_figures(self) -> list[list[Value]]:
        """What each use takes: one list a period."""
        uses = self.plan.audit.uses
        return self._figures(uses, lambda: use_cells(self.spending, uses, self.effects, self.levels))

    def _figures(self, levels: OutcomeLevels, formulas: Callable[[], list[list[Value]]]) -> list[list[Value]]:
        return formulas() if self.is_live else [list(column) for column in levels.level.T.tolist()]

    def outcome_rows(self, outcome: int) -> tuple[int, int]:
        """Return the first and the last row of an outcome's effects; the last is before the first for none."""
        return _rows_of(self.levels, outcome)

    def account(self, name: str, fund: int, period: int) -> str:
        """Return the address of a figure of a fund's account in a period."""
        row = FIRST_ROW + fund * len(self.plan.scenario.periods) + period
        return f"{FUND_SHEET}!${FUND_COLUMNS[name]}${row}"

    def quantity(
        self, summed: str, weight: Floats, funds: tuple[str, ...] | None, periods: Iterable[int], name: str
    ) -> str:
        """Return the sum that a rule is about: of ``spending``, ``outcome NAME`` or ``resource NAME``.

        Parameters
        ----------
        summed
            What is added.
        weight
            What each program counts for; shape (programs,).
        funds
            The funds whose payments count; None for all.
        periods
            The periods that are added up, counted from 0.
        name
            What the weights are called.
        """
        scenario = self.plan.scenario
        if summed == "spending":
            program, fund = self.spending.pairs
            counts = weight[program] * self.spending.evaluation.fund_mask(funds)[fund]
            return self.spending.rows.weighted(counts, periods, name)
        kind, _, key = summed.partition(" ")
        rows, levels, known = (
            (self.uses, self.plan.audit.uses, list(scenario.resources))
            if kind == "resource"
            else (self.effects, self.levels, list(scenario.outcomes))
        )
        first, last = _rows_of(levels, known.index(key.strip()))
        return rows.weighted(weight[levels.program], periods, name, first, last) if first <= last else "0"


def _rows_of(levels: OutcomeLevels, position: int) -> tuple[int, int]:
    first, after = np.searchsorted(levels.outcome, [position, position + 1]).tolist()
    return int(first), int(after) - 1
