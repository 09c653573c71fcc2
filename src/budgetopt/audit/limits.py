"""What holds for each program alone: amounts, eligibility, and the limits of its spending."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.eligibility import may_pay
from budgetopt.audit.reckoning import Reckoning
from budgetopt.scenario.programs import Floats

__all__ = ["check_amounts", "check_eligibility", "check_limits"]


def check_amounts(reckoning: Reckoning) -> list[Check]:
    """Check that every amount is a number and not below zero. Only those that are not become cells."""
    spending = reckoning.given.spending
    wrong = ~(spending >= 0.0) | ~np.isfinite(spending)
    program, fund, period = np.nonzero(wrong)
    return [
        Check(
            kind="amount",
            name="spending",
            value=spending[wrong],
            lower=np.zeros(len(program)),
            period=period,
            program=program,
            fund=fund,
            allowed=np.full(len(program), reckoning.cent),
            below="{fund} pays {value} for {program}{in_period}, and no amount may be below zero",
        )
    ]


def check_eligibility(reckoning: Reckoning) -> list[Check]:
    """Check that no fund pays for a program that it may not pay for. Only payments that do become cells."""
    spending = reckoning.plan.spending
    wrong = ~may_pay(reckoning.scenario)[:, :, None] & (spending > 0.0)
    program, fund, period = np.nonzero(wrong)
    return [
        Check(
            kind="eligibility",
            name="funds",
            value=spending[wrong],
            upper=np.zeros(len(program)),
            period=period,
            program=program,
            fund=fund,
            allowed=np.full(len(program), reckoning.cent),
            above="{fund} pays {value} for {program}{in_period}, and it may not pay for that program",
        )
    ]


def check_limits(reckoning: Reckoning) -> list[Check]:
    """Check that each program's spending keeps within its limits in every period.

    A share is a share of the program's baseline; of a program without a baseline it limits nothing. A period that a
    mapping leaves out has no limit.
    """
    lower = _dollars(reckoning, "spending.at_least")
    upper = _dollars(reckoning, "spending.at_most")
    program, period = np.nonzero(~(np.isnan(lower) & np.isnan(upper)))
    lower = np.nan_to_num(lower[program, period], nan=-np.inf)
    upper = np.nan_to_num(upper[program, period], nan=np.inf)
    value = reckoning.spent[program, period]
    return [
        Check(
            kind="spending limit",
            name="spending",
            value=value,
            lower=lower,
            upper=upper,
            period=period,
            program=program,
            because=reckoning.scenario.programs.text("spending.because")[program],
            allowed=reckoning.allowed_dollars(np.abs(value), reckoning.payments[program, period]),
            below="{program} gets {value}{in_period}, and its floor is {bound}",
            above="{program} gets {value}{in_period}, and its ceiling is {bound}",
        )
    ]


def _dollars(reckoning: Reckoning, key: str) -> Floats:
    """Return a limit of the programs in dollars, NaN where there is none; shape (programs, periods)."""
    programs, periods = reckoning.scenario.programs, reckoning.scenario.periods
    baseline = programs.baseline()
    limit = np.full((len(programs), len(periods)), np.nan)
    every_period = range(len(periods))
    for name, positions in [(key, every_period), *((f"{key}.{periods[i]}", (i,)) for i in every_period)]:
        if (cells := programs.columns.get(name)) is None:
            continue
        amounts = cells.values.astype(np.float64)
        if cells.shares is not None:
            amounts = np.where(cells.shares, amounts * baseline[cells.rows], amounts)
        for position in positions:
            limit[cells.rows, position] = amounts
    return limit
