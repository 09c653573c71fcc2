"""Rules on how far spending may move from one period to the next."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.spending import SpendingTerms
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["add_year_to_year"]


def add_year_to_year(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Add a row for each program, period after the first, and direction in which a rule limits its change.

    ``x[t] <= (1 + up) * x[t - 1]`` and ``x[t] >= (1 - down) * x[t - 1]``.
    """
    shape = (len(scenario.programs), len(scenario.periods))
    for position, rule in enumerate(scenario.rules):
        if not isinstance(rule, ChangeRule) or rule.change.from_ != "previous":
            continue
        held = select(scenario.programs, rule.where)[:, None] & scenario.period_mask(rule.periods)
        held[:, 0] = False
        program, period = np.nonzero(held)
        change = rule.change
        for limit, sign, lower, upper in (
            (change.increase_at_most, 1.0, -np.inf, 0.0),
            (change.decrease_at_most, -1.0, 0.0, np.inf),
        ):
            shares = [share for share in (change.at_most, limit) if share is not None]
            if not shares or not len(program):
                continue
            keys = {"rule": np.full(len(program), position), "period": period, "program": program}
            row_of = np.full(shape, -1, dtype=np.int64)
            row_of[program, period] = builder.rows(
                "rule", keys, lower, upper, limit=scenario.limits.find("rule", rule.name)
            )
            for shift, factor in ((0, 1.0), (1, -(1.0 + sign * min(shares)))):
                # a column of one period stands in its own row, and in the row of the next as what that moves from
                when = np.minimum(spending.period + shift, shape[1] - 1)
                row = np.where(spending.period + shift < shape[1], row_of[spending.program, when], -1)
                inside = row >= 0
                builder.entries(row[inside], spending.column[inside], factor * spending.weight[inside])
