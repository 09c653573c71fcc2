"""Grants with conditions: match, maintenance of effort, no supplanting."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.formulation.provisions import Provision
from budgetopt.formulation.spending import SpendingTerms
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_grants"]


def add_grants(
    builder: Builder,
    scenario: Scenario,
    spending: SpendingTerms,
    most: Floats,
    suspended: Collection[Provision] = (),
) -> None:
    """Add the conditions of every grant.

    Parameters
    ----------
    most
        The most that each fund can spend in each period; dollars, shape (funds, periods).
    suspended
        Provisions that are left out: their rows are kept, and ask for nothing.
    """
    _add_matches(builder, scenario, spending, suspended)
    for position, (name, fund) in enumerate(scenario.funds.items()):
        if fund.maintenance_of_effort is not None:
            free = Provision("maintenance of effort", name) in suspended
            _add_maintenance(builder, scenario, spending, position, most[position], free=free)
        if fund.no_supplanting:
            free = Provision("no supplanting", name) in suspended
            _add_no_supplanting(builder, scenario, spending, position, most[position], free=free)


def _add_matches(
    builder: Builder, scenario: Scenario, spending: SpendingTerms, suspended: Collection[Provision]
) -> None:
    """Let local money pay the match of each program; money that several grants ask of one fund adds up."""
    funds, periods = list(scenario.funds), len(scenario.periods)
    local = np.full(len(funds), -1, dtype=np.int64)
    rate = np.zeros(len(funds))
    for position, (name, fund) in enumerate(scenario.funds.items()):
        if fund.match is not None:
            local[position] = funds.index(fund.match.from_)
            rate[position] = 0.0 if Provision("match", name) in suspended else fund.match.dollars
    for payer in np.unique(local[local >= 0]).tolist():
        asks = local == payer
        programs = np.flatnonzero((scenario.eligible & asks).any(axis=1))
        row_of = np.full((len(scenario.programs), periods), -1, dtype=np.int64)
        keys = {"program": np.repeat(programs, periods), "period": np.tile(np.arange(periods), len(programs))}
        keys = {"fund": np.full(len(programs) * periods, payer), **keys}
        row_of[programs] = builder.rows("match", keys, -np.inf, 0.0).reshape(len(programs), periods)
        for mine, weight in ((asks[spending.fund], rate[spending.fund]), (spending.fund == payer, -1.0)):
            inside = mine & (row_of[spending.program, spending.period] >= 0)
            factor = (weight * spending.weight)[inside]
            builder.entries(row_of[spending.program, spending.period][inside], spending.column[inside], factor)


def _add_maintenance(
    builder: Builder, scenario: Scenario, spending: SpendingTerms, grant: int, most: Floats, *, free: bool
) -> None:
    """Let a grant be taken only in a period in which local spending is kept up: a binary says whether it is."""
    fund = list(scenario.funds.values())[grant]
    effort = fund.maintenance_of_effort
    assert effort is not None
    payer = list(scenario.funds).index(effort.fund)
    mine = scenario.eligible[:, grant]
    periods = len(scenario.periods)
    asked = np.full(periods, float(effort.at_least))
    if isinstance(effort.at_least, Share):
        asked = effort.at_least * np.nan_to_num(scenario.baselines[mine]).sum(axis=0)
    keys = {"fund": np.full(periods, grant), "period": np.arange(periods)}
    taken = builder.columns("grant taken", keys, 0.0, 1.0, integer=True)
    only_if = builder.rows("grant taken", keys, -np.inf, 0.0)
    builder.entries(only_if, taken, -most)
    paid = spending.fund == grant
    builder.entries(only_if[spending.period[paid]], spending.column[paid], spending.weight[paid])
    kept_up = builder.rows("maintenance of effort", keys, -np.inf if free else 0.0, np.inf)
    builder.entries(kept_up, taken, -asked)
    paid = (spending.fund == payer) & mine[spending.program]
    builder.entries(kept_up[spending.period[paid]], spending.column[paid], spending.weight[paid])


def _add_no_supplanting(
    builder: Builder, scenario: Scenario, spending: SpendingTerms, grant: int, most: Floats, *, free: bool
) -> None:
    """Let a grant pay for a program only where other funds pay its whole baseline: a binary for each says whether.

    Other grants that may not supplant do not count as local money.
    """
    periods = len(scenario.periods)
    strict = np.array([fund.no_supplanting for fund in scenario.funds.values()], dtype=bool)
    baseline = np.nan_to_num(scenario.baselines)
    held: Bools = scenario.eligible[:, grant] & (baseline > 0).any(axis=1)
    programs = np.flatnonzero(held)
    keys = {"program": np.repeat(programs, periods), "period": np.tile(np.arange(periods), len(programs))}
    keys = {"fund": np.full(len(programs) * periods, grant), **keys}
    cell = (keys["program"], keys["period"])
    comes_on_top = builder.columns("on top", keys, 0.0, 1.0, integer=True)
    row_of = np.full((len(scenario.programs), periods), -1, dtype=np.int64)
    row_of[cell] = builder.rows("on top", keys, -np.inf, 0.0)
    builder.entries(row_of[cell], comes_on_top, -most[keys["period"]])
    paid = (spending.fund == grant) & held[spending.program]
    builder.entries(row_of[spending.program[paid], spending.period[paid]], spending.column[paid], spending.weight[paid])
    row_of[cell] = builder.rows("no supplanting", keys, -np.inf if free else 0.0, np.inf)
    builder.entries(row_of[cell], comes_on_top, -baseline[cell])
    paid = ~strict[spending.fund] & held[spending.program]
    builder.entries(row_of[spending.program[paid], spending.period[paid]], spending.column[paid], spending.weight[paid])
