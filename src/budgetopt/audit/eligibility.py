"""Which fund may pay for which program, as the words say it."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.programs import Bools
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["may_pay"]


def may_pay(scenario: Scenario) -> Bools:
    """Return which fund may pay for which program; shape (programs, funds).

    A fund may pay for a program that its ``only`` admits and that names it among its ``funds``; a program that names no
    fund there names those of its ``baseline_by_fund``, or all. Where parts are fixed (``fund_shares``), these say who
    pays, and not the baseline.
    """
    programs = scenario.programs
    names = list(scenario.funds)
    column = programs.columns.get("funds")
    silent = np.ones(len(programs), dtype=bool)
    chosen = np.zeros((len(programs), len(names)), dtype=bool)
    if column is not None:
        silent[column.rows] = False
        rows, words = programs.items("funds")
        for position, name in enumerate(names):
            chosen[rows[words == name], position] = True
    loose = silent.copy()
    for name in names:
        if (fixed := programs.columns.get(f"fund_shares.{name}")) is not None:
            loose[fixed.rows] = False
    for position, name in enumerate(names):
        part = programs.columns.get(f"baseline_by_fund.{name}")
        if part is not None:
            payer = part.rows[loose[part.rows] & (part.values > 0)]
            chosen[payer, position] = True
    chosen |= ~chosen.any(axis=1, keepdims=True) & silent[:, None]
    for position, fund in enumerate(scenario.funds.values()):
        if fund.only is not None:
            chosen[:, position] &= select(programs, fund.only)
    return chosen
