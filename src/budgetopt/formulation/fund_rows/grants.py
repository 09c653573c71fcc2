"""Grants with conditions: match, maintenance of effort, no supplanting."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.spending.positions import each_period, placed
from budgetopt.formulation.spending.terms import SpendingTerms, enter
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import MaintenanceOfEffort
from budgetopt.scenario.payers import local_baselines
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_grants"]


def add_grants(builder: Builder, scenario: Scenario, spending: SpendingTerms, most: Floats) -> None:
    """Add the conditions of every grant; ``most`` is a bound on what each fund can spend, shape (funds, periods)."""
    _add_matches(builder, scenario, spending)
    for position, (name, fund) in enumerate(scenario.funds.items()):
        if fund.maintenance_of_effort is not None:
            _add_maintenance(builder, scenario, spending, name, fund.maintenance_of_effort, most[position])
        if fund.no_supplanting:
            _add_no_supplanting(builder, scenario, spending, name, most[position])


def _add_matches(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Let local money pay the match of each program.

    A program of one grant has one row a period. Where several grants ask for money of one fund on the same program,
    what it pays is divided among them: columns say how much of it matches each, so that each grant has rows of its own.
    """
    funds, shape, cell_of_term = list(scenario.funds), scenario.baselines.shape, (spending.program, spending.period)
    asking = {name: fund.match for name, fund in scenario.funds.items() if fund.match is not None}

    def add_rows(kind: str, fund: int, eligible: Bools, limit: int = -1) -> Ints:
        """Add a row for each eligible program and period; shape (programs, periods), -1 for none."""
        keys = _cells_of(fund, eligible, shape[1])
        cell = (keys["program"], keys["period"])
        return placed(shape, cell, builder.rows(kind, keys, -np.inf, 0.0, limit=limit))

    for payer in dict.fromkeys(match.from_ for match in asking.values()):
        local = funds.index(payer)
        grants = {name: funds.index(name) for name, match in asking.items() if match.from_ == payer}
        shared: Bools = scenario.eligible[:, list(grants.values())].sum(axis=1) > 1
        total, paid = add_rows("match", local, shared), spending.fund == local
        enter(builder, total[cell_of_term], spending, paid, -1.0)
        for name, grant in grants.items():
            rate, limit = asking[name].dollars, scenario.limits.find("match", name)
            eligible, granted = scenario.eligible[:, grant], spending.fund == grant
            alone = add_rows("match", local, eligible & ~shared, limit)
            enter(builder, alone[cell_of_term], spending, granted, rate)
            enter(builder, alone[cell_of_term], spending, paid, -1.0)
            part = add_rows("match of a grant", grant, eligible & shared, limit)
            enter(builder, part[cell_of_term], spending, granted, rate)
            keys = _cells_of(grant, eligible & shared, shape[1])
            cell = (keys["program"], keys["period"])
            matched = builder.columns("matched", keys, 0.0, np.inf)
            builder.entries(part[cell], matched, -1.0)
            builder.entries(total[cell], matched, 1.0)


def _cells_of(fund: int, programs: Bools, periods: int) -> dict[str, Ints]:
    """Return the labels of what there is for a fund, each of some programs and each period."""
    program, period = each_period(np.flatnonzero(programs), periods)
    return {"fund": np.full(len(program), fund), "program": program, "period": period}


def _add_maintenance(
    builder: Builder, scenario: Scenario, spending: SpendingTerms, name: str, effort: MaintenanceOfEffort, most: Floats
) -> None:
    """Let a grant be taken only in a period in which local spending is kept up: a binary says whether it is."""
    grant, payer = (list(scenario.funds).index(fund) for fund in (name, effort.fund))
    mine, periods = scenario.eligible[:, grant], len(scenario.periods)
    asked = np.full(periods, float(effort.at_least))
    if isinstance(effort.at_least, Share):
        local = np.arange(len(scenario.funds)) == payer
        asked = effort.at_least * local_baselines(scenario, local)[mine].sum(axis=0)
    keys = {"fund": np.full(periods, grant), "period": np.arange(periods)}
    taken = builder.columns("grant taken", keys, 0.0, 1.0, integer=True)
    only_if = builder.rows("grant taken", keys, -np.inf, 0.0)
    builder.entries(only_if, taken, -most)
    enter(builder, only_if[spending.period], spending, spending.fund == grant)
    limit = scenario.limits.find("maintenance of effort", name)
    kept_up = builder.rows("maintenance of effort", keys, 0.0, np.inf, limit=limit)
    builder.entries(kept_up, taken, -asked)
    enter(builder, kept_up[spending.period], spending, (spending.fund == payer) & mine[spending.program])


def _add_no_supplanting(builder: Builder, scenario: Scenario, spending: SpendingTerms, name: str, most: Floats) -> None:
    """Let a grant pay for a program only where other funds pay its local baseline: a binary for each says whether.

    Other grants that may not supplant do not count as local money.
    """
    strict = np.array([fund.no_supplanting for fund in scenario.funds.values()], dtype=bool)
    grant, baseline = list(scenario.funds).index(name), local_baselines(scenario, ~strict)
    keys = _cells_of(grant, scenario.eligible[:, grant] & (baseline > 0).any(axis=1), baseline.shape[1])
    cell = (keys["program"], keys["period"])
    limit = scenario.limits.find("no supplanting", name)
    comes_on_top = builder.columns("on top", keys, 0.0, 1.0, integer=True)
    on_top = builder.rows("on top", keys, -np.inf, 0.0)
    local = builder.rows("no supplanting", keys, 0.0, np.inf, limit=limit)
    for rows, paid, bound in (
        (on_top, spending.fund == grant, most[keys["period"]]),
        (local, ~strict[spending.fund], baseline[cell]),
    ):
        builder.entries(rows, comes_on_top, -bound)
        enter(builder, placed(baseline.shape, cell, rows)[spending.program, spending.period], spending, paid)
