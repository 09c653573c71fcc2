"""Rules on how far each program's spending may move."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.reckoning import Reckoning
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.selection import select

__all__ = ["check_change"]


def check_change(reckoning: Reckoning, rule: ChangeRule) -> Check:
    """Check that each selected program's spending stays near its baseline, in each of the rule's periods.

    ``at_most`` limits moves both up and down, ``increase_at_most`` and ``decrease_at_most`` one of them; each is a
    share of the program's own baseline. Programs without a baseline are left alone.
    """
    scenario = reckoning.scenario
    baseline = scenario.programs.baseline()
    held = (select(scenario.programs, rule.where) & ~np.isnan(baseline))[:, None] & scenario.period_mask(rule.periods)
    program, period = np.nonzero(held)
    base, value = baseline[program], reckoning.spent[program, period]
    change = rule.change
    up = min(np.inf if share is None else float(share) for share in (change.at_most, change.increase_at_most))
    down = min(np.inf if share is None else float(share) for share in (change.at_most, change.decrease_at_most))
    none = np.full(len(base), np.inf)
    return Check(
        kind="change",
        name=rule.name,
        value=value,
        lower=base - down * base if np.isfinite(down) else -none,
        upper=base + up * base if np.isfinite(up) else none,
        period=period,
        program=program,
        allowed=reckoning.allowed_dollars(np.abs(value) + base, reckoning.payments[program, period]),
        base=base,
        because=rule.because,
        below="{name}: {program} falls to {value}{in_period}, and may fall to {bound}",
        above="{name}: {program} rises to {value}{in_period}, and may rise to {bound}",
    )
