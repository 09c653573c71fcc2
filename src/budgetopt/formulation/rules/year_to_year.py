"""Rules on how far spending may move from one period to the next."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.program_bounds import changes
from budgetopt.formulation.spending.positions import placed
from budgetopt.formulation.spending.terms import SpendingTerms, enter
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["add_year_to_year"]


def add_year_to_year(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Add a row for each program, period after the first, and direction in which a rule limits its change.

    ``x[t] <= (1 + up) * x[t - 1]`` and ``x[t] >= (1 - down) * x[t - 1]``.
    """
    programs, periods = len(scenario.programs), len(scenario.periods)
    for position, rule in enumerate(scenario.rules):
        if not isinstance(rule, ChangeRule) or rule.change.from_ != "previous":
            continue
        held = select(scenario.programs, rule.where)[:, None] & scenario.period_mask(rule.periods)
        held[:, 0] = False
        cell = program, period = np.nonzero(held)
        keys = {"rule": np.full(len(program), position), "period": period, "program": program}
        limit = scenario.limits.find("rule", rule.name)
        down, up = changes(rule.change)
        for share, sign, lower, upper in ((up, 1.0, -np.inf, 0.0), (down, -1.0, 0.0, np.inf)):
            if share is None:
                continue
            # one more period than there is: a column of the last period stands in no further row
            row_of = placed((programs, periods + 1), cell, builder.rows("rule", keys, lower, upper, limit=limit))
            enter(builder, row_of[spending.program, spending.period], spending)
            # in the row of the next period a column is what that moves from
            enter(builder, row_of[spending.program, spending.period + 1], spending, factor=-(1.0 + sign * share))
