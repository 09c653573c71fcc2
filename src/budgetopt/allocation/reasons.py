"""Why each program has what it has, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation.fund_rows import inflow
from budgetopt.scenario.programs import Bools, Texts

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["reasons_of"]

_HALF_A_CENT = 0.005


def reasons_of(plan: Allocation) -> Texts:
    """Return what holds each program's spending, in the first period that something holds it; shape (programs,)."""
    limits, spent = plan.formulation.limits, plan.spending.sum(axis=1)
    listed = plan.scenario.limits
    slack = 1e-9 * np.maximum(spent, 1.0) + _HALF_A_CENT
    at_ceiling = spent >= limits.upper - slack
    at_floor = (limits.lower > 0) & (spent <= limits.lower + slack)
    nothing = (spent <= _HALF_A_CENT) & ~at_floor & ~at_ceiling
    fixed = at_floor & at_ceiling
    reasons = np.full(len(spent), "stands at the margin: its next dollar buys no more than elsewhere", dtype=object)
    for row, words in _packages(plan):
        reasons[row] = words
    unfunded = nothing.any(axis=1)
    reasons[unfunded] = "unfunded: the money buys more elsewhere"
    reasons[unfunded & ~_have_money(plan)] = "unfunded: no fund that may pay for it has money"
    reasons[unfunded & ~plan.scenario.eligible.any(axis=1)] = "unfunded: no fund may pay for it"
    for held, by, own, word in (
        (at_floor & ~fixed, limits.lower_by, "held up by its floor", "held up by the rule"),
        (at_ceiling & ~fixed, limits.upper_by, "at its ceiling", "held down by the rule"),
        (fixed, limits.lower_by, "fixed: its floor is its ceiling", "fixed by the rule"),
    ):
        someone = held.any(axis=1)
        first = held.argmax(axis=1)
        setter = by[np.arange(len(spent)), first]
        reasons[someone] = own
        for position in np.unique(setter[someone & (setter >= 0) & (setter < len(listed.shared))]).tolist():
            reasons[someone & (setter == position)] = f"{word} “{listed[position].name}”"
    return reasons


def _packages(plan: Allocation) -> Iterator[tuple[int, str]]:
    """Yield the programs of packages, each with how many of them it takes in any period."""
    packages, taken = plan.scenario.packages, np.asarray(plan.packages.any(axis=1))
    for row in np.unique(packages.program).tolist():
        mine = packages.program == row
        count, most = int(taken[mine].sum()), int(mine.sum())
        if count == most:
            yield row, "has its only package" if most == 1 else f"has all of its {most} packages"
        else:
            yield row, f"takes {count} of its {most} packages: no other choice of them is worth more"


def _have_money(plan: Allocation) -> Bools:
    """Return which programs some fund may pay for that has money of its own, or may get some; shape (programs,)."""
    funds = plan.scenario.funds
    takes = {receiver for fund in funds.values() for receiver in fund.transfers_to}
    has = (inflow(plan.scenario) > 0).any(axis=1) | np.array([name in takes for name in funds], dtype=bool)
    return np.asarray((plan.scenario.eligible & has).any(axis=1))
