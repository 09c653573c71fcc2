"""Rules on how far each program's spending may move."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation, of_multiple
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.selection import select

__all__ = ["check_change"]


def check_change(evaluation: Evaluation, rule: ChangeRule) -> Check:
    """Check that each selected program's spending stays near what it moves from, in each of the rule's periods.

    ``at_most`` limits moves both up and down, ``increase_at_most`` and ``decrease_at_most`` one of them; each is a
    share of what the move is measured from. That is the program's own baseline of the period, and programs without a
    baseline are left alone; or with ``from: previous`` its spending in the period before, and the first period is left
    alone.
    """
    scenario = evaluation.scenario
    if rule.change.from_ == "previous":
        first = np.full((len(evaluation.spent), 1), np.nan)
        before, rough = (np.hstack((first, each[:, :-1])) for each in (evaluation.spent, evaluation.payments))
    else:
        before, rough = evaluation.baselines, np.zeros_like(evaluation.payments)
    known = ~np.isnan(before)
    held = select(scenario.programs, rule.where)[:, None] & known & scenario.period_mask(rule.periods)
    program, period = np.nonzero(held)
    start, value = before[program, period], evaluation.spent[program, period]
    change = rule.change
    up = min(np.inf if share is None else float(share) for share in (change.at_most, change.increase_at_most))
    down = min(np.inf if share is None else float(share) for share in (change.at_most, change.decrease_at_most))
    none = np.full(len(start), np.inf)
    # what the move is measured from is rounded too, and a multiple of that goes into the limit
    most = 1.0 + max(share for share in (up, down, 0.0) if np.isfinite(share))
    payments = evaluation.payments[program, period]
    cents = payments + of_multiple(most * rough[program, period], np.maximum(payments, 1.0))
    return Check(
        kind="change",
        name=rule.name,
        value=value,
        lower=start - down * start if np.isfinite(down) else -none,
        upper=start + up * start if np.isfinite(up) else none,
        period=period,
        program=program,
        allowed=np.maximum(
            evaluation.cent * np.maximum(cents, 1.0), evaluation.tolerance * (np.abs(value) + most * np.abs(start))
        ),
        share_of=start,
        because=rule.because,
        below="{name}: {program} falls to {value}{in_period}, and may fall to {bound}",
        above="{name}: {program} rises to {value}{in_period}, and may rise to {bound}",
    )
