"""Which fund may pay for which program, and the parts that are fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.scenario.programs import Bools, Floats, positions_of
from budgetopt.scenario.selection import select

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["eligible", "fund_shares", "local_baselines"]


def eligible(scenario: Scenario) -> Bools:
    """Return which fund may pay for which program; shape (programs, funds).

    A program names the funds; one that does not has those of its fixed parts, or those that pay its baseline now, or
    all. `only` of a fund must admit the program, and of parts that are fixed its own must be above zero.
    """
    programs, funds = scenario.programs, list(scenario.funds)
    named = np.zeros((len(programs), len(funds)), dtype=bool)
    rows, names = programs.items("funds")
    known, place = positions_of(names)
    place = np.array([funds.index(name) if name in scenario.funds else -1 for name in known.tolist()], np.int64)[place]
    named[rows[place >= 0], place[place >= 0]] = True
    silent, shares = ~programs.has("funds"), scenario.fund_shares
    pays_now = silent & np.isnan(shares).all(axis=1)
    named |= pays_now[:, None] & (_paid_now(scenario) > 0)
    named[silent & ~named.any(axis=1)] = True
    for position, said in enumerate(scenario.funds.values()):
        named[:, position] &= select(programs, said.only)
    return np.where(np.isnan(shares), named, named & (shares > 0))


def fund_shares(scenario: Scenario) -> Floats:
    """Return the fixed part that each fund pays of each program, NaN where parts are free; shape (programs, funds)."""
    parts = [scenario.programs.number(f"fund_shares.{name}") for name in scenario.funds]
    shares = np.array(parts).reshape(len(scenario.funds), len(scenario.programs)).T
    fixed = ~np.isnan(shares).all(axis=1, keepdims=True)
    return np.where(fixed, np.nan_to_num(shares), np.nan)


def local_baselines(scenario: Scenario, counted: Bools) -> Floats:
    """Return what some funds pay of the baselines now, the whole baseline of a program that does not say who pays.

    ``counted`` are these funds, shape (funds,). Dollars, 0 for new programs; shape (programs, periods).
    """
    paid, baselines = _paid_now(scenario), np.nan_to_num(scenario.baselines)
    total = paid.sum(axis=1)
    part = np.divide(paid[:, counted].sum(axis=1), total, out=np.ones_like(total), where=total > 0)
    return np.asarray(baselines * part[:, None], dtype=np.float64)


def _paid_now(scenario: Scenario) -> Floats:
    """Return what each fund pays of each baseline by `baseline_by_fund`; shape (programs, funds)."""
    parts = [scenario.programs.number(f"baseline_by_fund.{name}") for name in scenario.funds]
    return np.nan_to_num(np.array(parts).reshape(len(scenario.funds), len(scenario.programs)).T)
