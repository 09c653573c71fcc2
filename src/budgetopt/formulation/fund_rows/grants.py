"""Grants with conditions: match, maintenance of effort, no supplanting."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.spending import SpendingTerms
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_grants"]


def add_grants(builder: Builder, scenario: Scenario, spending: SpendingTerms, most: Floats) -> None:
    """Add the conditions of every grant.

    Parameters
    ----------
    most
        The most that each fund can spend in each period; dollars, shape (funds, periods).
    """
    _add_matches(builder, scenario, spending)
    for position, fund in enumerate(scenario.funds.values()):
        if fund.maintenance_of_effort is not None:
            _add_maintenance(builder, scenario, spending, position, most[position])
        if fund.no_supplanting:
            _add_no_supplanting(builder, scenario, spending, position, most[position])


def _add_matches(builder: Builder, scenario: Scenario, spending: SpendingTerms) -> None:
    """Let local money pay the match of each program.

    A program of one grant has one row a period. Where several grants ask for money of one fund on the same
    program, what it pays is divided among them: columns say how much of it matches each, so that each grant has rows of
    its own.
    """
    funds, periods = list(scenario.funds), len(scenario.periods)
    asking = {name: fund.match for name, fund in scenario.funds.items() if fund.match is not None}
    for payer in dict.fromkeys(match.from_ for match in asking.values()):
        local = funds.index(payer)
        grants = [name for name, match in asking.items() if match.from_ == payer]
        shared: Bools = scenario.eligible[:, [funds.index(name) for name in grants]].sum(axis=1) > 1
        paid = spending.fund == local
        total = _match_rows(builder, "match", local, shared, periods)
        _enter(builder, total, spending, paid, -1.0)
        for name in grants:
            grant, rate, limit = funds.index(name), asking[name].dollars, scenario.limits.find("match", name)
            eligible, granted = scenario.eligible[:, grant], spending.fund == grant
            alone = _match_rows(builder, "match", local, eligible & ~shared, periods, limit)
            _enter(builder, alone, spending, granted, rate)
            _enter(builder, alone, spending, paid, -1.0)
            part = _match_rows(builder, "match of a grant", grant, eligible & shared, periods, limit)
            _enter(builder, part, spending, granted, rate)
            program, period = np.nonzero(part >= 0)
            keys = {"fund": np.full(len(program), grant), "program": program, "period": period}
            matched = builder.columns("matched", keys, 0.0, np.inf)
            builder.entries(part[program, period], matched, -1.0)
            builder.entries(total[program, period], matched, 1.0)


def _match_rows(builder: Builder, kind: str, fund: int, eligible: Bools, periods: int, limit: int = -1) -> Ints:
    """Add a row for each eligible program and period; shape (programs, periods), -1 for none."""
    programs = np.flatnonzero(eligible)
    keys = {"program": np.repeat(programs, periods), "period": np.tile(np.arange(periods), len(programs))}
    keys = {"fund": np.full(len(programs) * periods, fund), **keys}
    row_of = np.full((len(eligible), periods), -1, dtype=np.int64)
    row_of[programs] = builder.rows(kind, keys, -np.inf, 0.0, limit=limit).reshape(len(programs), periods)
    return row_of


def _enter(builder: Builder, row_of: Ints, spending: SpendingTerms, mine: Bools, factor: float) -> None:
    """Enter what some columns spend into the rows of their programs and periods, times a factor."""
    row = row_of[spending.program, spending.period]
    inside = mine & (row >= 0)
    builder.entries(row[inside], spending.column[inside], factor * spending.weight[inside])


def _add_maintenance(builder: Builder, scenario: Scenario, spending: SpendingTerms, grant: int, most: Floats) -> None:
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
    limit = scenario.limits.find("maintenance of effort", list(scenario.funds)[grant])
    kept_up = builder.rows("maintenance of effort", keys, 0.0, np.inf, limit=limit)
    builder.entries(kept_up, taken, -asked)
    paid = (spending.fund == payer) & mine[spending.program]
    builder.entries(kept_up[spending.period[paid]], spending.column[paid], spending.weight[paid])


def _add_no_supplanting(
    builder: Builder, scenario: Scenario, spending: SpendingTerms, grant: int, most: Floats
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
    limit = scenario.limits.find("no supplanting", list(scenario.funds)[grant])
    row_of[cell] = builder.rows("no supplanting", keys, 0.0, np.inf, limit=limit)
    builder.entries(row_of[cell], comes_on_top, -baseline[cell])
    paid = ~strict[spending.fund] & held[spending.program]
    builder.entries(row_of[spending.program[paid], spending.period[paid]], spending.column[paid], spending.weight[paid])
