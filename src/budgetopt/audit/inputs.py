"""Figures of a scenario as the audit reads them: what costs grow by, baselines, limits and revenue in dollars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import Where
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_values, select

__all__ = [
    "baselines",
    "dollars",
    "first_baseline",
    "fixed_parts",
    "groups",
    "number",
    "payers_now",
    "pays_in",
    "price_level",
    "revenues",
    "share_or_amount",
]


def number(scenario: Scenario, key: str, default: float = 0.0) -> Floats:
    """Return the numbers of a program's key, the default for programs without it; shape (programs,)."""
    found: Floats = np.nan_to_num(scenario.programs.number(key), nan=default)
    return found


def price_level(scenario: Scenario) -> Floats:
    """Return what a dollar of the first period has become in each: it grows every period by the program's inflation.

    Shape (programs, periods).
    """
    yearly = number(scenario, "inflation", float(scenario.document.inflation))
    level = np.ones((len(yearly), len(scenario.periods)))
    for period in range(1, level.shape[1]):
        level[:, period] = level[:, period - 1] * (1.0 + yearly)
    return level


def baselines(scenario: Scenario) -> Floats:
    """Return the current service level in dollars of each period, NaN for new programs; shape (programs, periods).

    One amount is that of the first period and grows as costs do; amounts by period are meant as they stand.
    """
    grown: Floats = scenario.programs.number("baseline")[:, None] * price_level(scenario)
    for position, period in enumerate(scenario.periods):
        if (cells := scenario.programs.columns.get(f"baseline.{period}")) is not None:
            grown[cells.rows, position] = cells.values
    return grown


def first_baseline(scenario: Scenario) -> Floats:
    """Return the baseline of the first period that has one, in dollars of the first period, NaN for new programs.

    Shape (programs,).
    """
    real = baselines(scenario) / price_level(scenario)
    first: Floats = real[np.arange(len(real)), (~np.isnan(real)).argmax(axis=1)]
    return first


def dollars(scenario: Scenario, key: str) -> Floats:
    """Return a limit of the programs in dollars, NaN where there is none; shape (programs, periods).

    A share is one of the period's baseline, and of a program without a baseline it limits nothing. An amount is meant
    as it stands, whatever costs grow by.
    """
    programs, periods = scenario.programs, scenario.periods
    baseline = baselines(scenario)
    limit = np.full(baseline.shape, np.nan)
    every_period = range(len(periods))
    for name, positions in [(key, every_period), *((f"{key}.{periods[i]}", (i,)) for i in every_period)]:
        if (cells := programs.columns.get(name)) is None:
            continue
        amounts = cells.values.astype(np.float64)
        for position in positions:
            limit[cells.rows, position] = amounts
            if cells.shares is not None:
                of_baseline = amounts * baseline[cells.rows, position]
                limit[cells.rows, position] = np.where(cells.shares, of_baseline, amounts)
    return limit


def revenues(scenario: Scenario) -> Floats:
    """Return recurring revenue: one amount is that of the first period, and grows from it; shape (funds, periods)."""
    out = np.empty((len(scenario.funds), len(scenario.periods)))
    for position, fund in enumerate(scenario.funds.values()):
        out[position] = scenario.per_period(fund.revenue)
        if not isinstance(fund.revenue, Mapping):
            for period in range(1, out.shape[1]):
                out[position, period] = out[position, period - 1] * (1.0 + fund.growth)
    return out


def payers_now(scenario: Scenario) -> Floats:
    """Return the part that each fund pays of each program's baseline now, NaN where a program does not say it.

    Shape (programs, funds).
    """
    paid = np.zeros((len(scenario.programs), len(scenario.funds)))
    for position, name in enumerate(scenario.funds):
        if (part := scenario.programs.columns.get(f"baseline_by_fund.{name}")) is not None:
            paid[part.rows, position] = part.values
    total = paid.sum(axis=1, keepdims=True)
    parts: Floats = np.divide(paid, total, out=np.full(paid.shape, np.nan), where=total > 0)
    return parts


def fixed_parts(scenario: Scenario) -> Floats:
    """Return the fixed part that each fund pays of each program, NaN where parts are free; shape (programs, funds)."""
    parts = np.full((len(scenario.programs), len(scenario.funds)), np.nan)
    for position, name in enumerate(scenario.funds):
        if (column := scenario.programs.columns.get(f"fund_shares.{name}")) is not None:
            parts[column.rows, position] = column.values
    fixed = (~np.isnan(parts)).any(axis=1, keepdims=True)
    return np.where(fixed, np.nan_to_num(parts), np.nan)


def pays_in(scenario: Scenario) -> Bools:
    """Return which fund may pay in which period: from the one in which it starts to the one in which it ends.

    Shape (funds, periods).
    """
    periods = list(scenario.periods)
    may = np.ones((len(scenario.funds), len(periods)), dtype=bool)
    for position, fund in enumerate(scenario.funds.values()):
        if fund.starts is not None:
            may[position, : periods.index(fund.starts)] = False
        if fund.ends is not None:
            may[position, periods.index(fund.ends) + 1 :] = False
    return may


def share_or_amount(scenario: Scenario, asked: Any, share_of: Floats) -> Floats:
    """Return a limit that is an amount or a share of something, period by period, NaN where a mapping is silent.

    Parameters
    ----------
    asked
        One value, or a mapping from period to value, each an amount or a share.
    share_of
        What a share is a share of; shape (periods,).
    """
    out = np.full(len(scenario.periods), np.nan)
    for position, period in enumerate(scenario.periods):
        value = asked.get(period) if isinstance(asked, Mapping) else asked
        if value is not None:
            out[position] = float(value) * (share_of[position] if isinstance(value, Share) else 1.0)
    return out


def groups(scenario: Scenario, by: str, named: Mapping[str, float] | None = None) -> dict[str, Floats]:
    """Return how much of each program belongs to each group; shape (programs,) each.

    ``districts`` divide a program by the shares in which its service lands; what the shares leave open belongs to no
    group. By an attribute a program belongs wholly to the group of its value.

    Parameters
    ----------
    by
        ``districts``, or an attribute of the programs.
    named
        The groups that there are; left out, every district or value that some program has.
    """
    if by == "districts":
        names = list(named or scenario.programs.under("districts"))
        return {name: number(scenario, f"districts.{name}") for name in names}
    values = list(named or attribute_values(scenario.programs, by))
    return {value: select(scenario.programs, Where({by: value})).astype(np.float64) for value in values}
