"""Programs that one fund pays whole, and programs of which funds pay fixed parts."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Floats
from budgetopt.formulation.spending.positions import each_period, placed
from budgetopt.formulation.spending.terms import SpendingTerms, enter
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_who_pays"]


def add_who_pays(builder: Builder, scenario: Scenario, spending: SpendingTerms, most: Floats) -> None:
    """Add the rows of `one_fund` and `fund_shares`; ``most`` bounds what each fund spends, shape (funds, periods)."""
    _add_one_fund(builder, scenario, spending, most)
    _add_shares(builder, scenario, spending)


def _add_one_fund(builder: Builder, scenario: Scenario, spending: SpendingTerms, most: Floats) -> None:
    """Let a fund pay only where a binary column says that it is the one, which at most one fund of a program is."""
    several = scenario.eligible.sum(axis=1) > 1
    asked = scenario.programs.flag("one_fund", default=False) & several
    if not asked.any():
        return
    program, fund = np.nonzero(scenario.eligible & asked[:, None])
    column = builder.columns("payer", {"program": program, "fund": fund}, 0.0, 1.0, integer=True)
    one = np.flatnonzero(asked)
    row_of = placed(asked.shape, (one,), builder.rows("one payer", {"program": one}, -np.inf, 1.0))
    builder.entries(row_of[program], column, 1.0)

    shape = (*scenario.eligible.shape, len(scenario.periods))
    pair, period = each_period(np.arange(len(program)), shape[2])
    program, fund, column = program[pair], fund[pair], column[pair]
    rows = builder.rows("payer", {"program": program, "fund": fund, "period": period}, -np.inf, 0.0)
    builder.entries(rows, column, -most[fund, period])
    cell = placed(shape, (program, fund, period), rows)
    enter(builder, cell[spending.program, spending.fund, spending.period], spending)


def _add_shares(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Let each fund pay its part of what all funds pay for the program."""
    periods, shares = len(scenario.periods), scenario.fund_shares
    program, fund = np.nonzero(shares > 0)
    if not len(program):
        return
    pair, period = each_period(np.arange(len(program)), periods)
    cell = (program[pair], fund[pair], period)
    keys = dict(zip(("program", "fund", "period"), cell, strict=True))
    row_of = placed((*shares.shape, periods), cell, builder.rows("fixed part", keys, 0.0, 0.0))
    enter(builder, row_of[spending.program, spending.fund, spending.period], spending)
    for payer in range(shares.shape[1]):
        # in the row of each payer stands what all of them pay
        row = row_of[spending.program, payer, spending.period]
        enter(builder, row, spending, factor=-np.nan_to_num(shares[spending.program, payer]))
