"""What districts and other groups get and have, as shares of programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from budgetopt.allocation.uncertainty import baseline_levels
from budgetopt.audit import OutcomeLevels
from budgetopt.report.figures.outcome_rows import round_signed
from budgetopt.report.figures.rounded_money import MoneyRow
from budgetopt.report.figures.rounding import whole
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["GroupShares", "grouped_attributes"]

_ALL = 1e-9
"""What binary fractions leave of a whole program."""


def grouped_attributes(view: PlanView) -> list[str]:
    """Return what the plan's groups are made by: districts where programs have them, and what rules name with ``by``.

    Departments and priorities are no such groups: they have parts of their own.
    """
    scenario = view.plan.scenario
    named = ["districts"] if scenario.programs.under("districts") else []
    named += [rule.by for rule in scenario.rules if isinstance(rule, SumRule) and rule.by is not None]
    return [by for by in dict.fromkeys(named) if by not in ("department", "priority")]


@dataclass(frozen=True, eq=False)
class GroupShares:
    """The groups of a plan's programs by one attribute.

    Parameters
    ----------
    view
        The plan.
    by
        ``districts``, or an attribute of the programs.
    """

    view: PlanView
    by: str

    @cached_property
    def _named(self) -> Mapping[str, Floats]:
        from budgetopt.analysis.comparing.comparison import groups_named

        return groups_named(self.view.plan.scenario, self.by)

    @cached_property
    def population(self) -> list[float]:
        """The population of each group, NaN where no rule says it."""
        from budgetopt.analysis.comparing.comparison import populations

        people = populations(self.view.plan.scenario, self.by)
        return [float(people.get(name, np.nan)) for name in self._named] + [np.nan] * self.has_rest

    @cached_property
    def _covered(self) -> Floats:
        """What the groups have of each program together; shape (programs,)."""
        return np.asarray(np.array(list(self._named.values())).sum(axis=0))

    @cached_property
    def divides(self) -> bool:
        """Whether no part of a program counts twice, so that the groups add up to the plan."""
        return bool((self._covered <= 1 + _ALL).all())

    @cached_property
    def has_rest(self) -> bool:
        """Whether some part of a program is in no group."""
        return self.divides and bool((self._covered < 1 - _ALL).any())

    @cached_property
    def names(self) -> list[str]:
        """The groups, and last what is in none of them."""
        return [one_line(name) for name in self._named] + ["In none of them"] * self.has_rest

    @property
    def named_rest(self) -> list[tuple[str, bool]]:
        """The groups, each with whether it is what is in none of them."""
        rest = len(self.names) - self.has_rest
        return [(name, at >= rest) for at, name in enumerate(self.names)]

    @cached_property
    def shares(self) -> Floats:
        """The share of each program that belongs to each group; shape (groups, programs)."""
        rows = list(self._named.values())
        return np.array([*rows, 1 - self._covered] if self.has_rest else rows)

    @cached_property
    def money(self) -> list[MoneyRow]:
        """The money of each group, in units."""
        figures = self.view.figures
        spending, baseline = (self._divided(figures_of) for figures_of in (figures.spending, figures.baseline))
        has_baseline = np.asarray((self.shares[:, ~figures.is_new] > 0).any(axis=1)).tolist()
        programs = (self.shares > _ALL).sum(axis=1).tolist()
        funded = (self.shares[:, figures.funded] > _ALL).sum(axis=1).tolist()
        known = [now if based else None for now, based in zip(baseline.tolist(), has_baseline, strict=True)]
        rows = zip(self.names, known, spending.tolist(), programs, funded, strict=True)
        return [MoneyRow(name, now, plan, some, funded=count) for name, now, plan, some, count in rows]

    def _divided(self, amounts: Ints) -> Ints:
        return self._rounded(self.shares @ amounts.astype(np.float64), int(amounts.sum()))

    def _rounded(self, exact: Floats, total: int) -> Ints:
        return round_signed(exact, total) if self.divides else whole(exact)

    @cached_property
    def levels(self) -> Ints:
        """What each group has of each outcome in the plan; shape (groups, outcomes)."""
        return self._brought(self.view.plan.audit.levels, [row.level for row in self.view.bought.rows])

    @cached_property
    def baselines(self) -> Ints:
        """What each group has of each outcome at the baseline; shape (groups, outcomes)."""
        known = baseline_levels(self.view.plan.scenario)
        return self._brought(known, [row.baseline or 0 for row in self.view.bought.rows])

    def _brought(self, levels: OutcomeLevels, totals: list[int]) -> Ints:
        rows = self.view.bought.rows
        by_program = np.zeros((self.shares.shape[1], len(rows)))
        np.add.at(by_program, (levels.program, levels.outcome), levels.level.sum(axis=1))
        exact = self.shares @ by_program
        columns = [
            self._rounded(exact[:, at] * 10**row.decimals, total)
            for at, (row, total) in enumerate(zip(rows, totals, strict=True))
        ]
        return np.array(columns, dtype=np.int64).reshape(len(rows), len(exact)).T

    def per_head(self, amounts: Sequence[float]) -> list[float]:
        """Return an amount of each group for each head of it, NaN where its population is not known."""
        return [amount / people for amount, people in zip(amounts, self.population, strict=True)]
