"""Who pays for a program: one fund for all of it, or several in fixed parts."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.inputs import fixed_parts

__all__ = ["check_payers"]


def check_payers(evaluation: Evaluation) -> list[Check]:
    """Check that a program with ``one_fund`` is paid by one fund in all periods, and the parts of ``fund_shares``.

    Of a program with fixed parts each fund pays its part of the program's spending in every period, and a fund that is
    not named pays nothing.
    """
    return [check for check in (_one_fund(evaluation), _fixed_parts(evaluation)) if len(check)]


def _one_fund(evaluation: Evaluation) -> Check:
    program = np.flatnonzero(evaluation.scenario.programs.flag("one_fund", default=False))
    pays = (evaluation.plan.spending[program] >= evaluation.cent / 2).any(axis=2)
    return Check(
        kind="one fund",
        name="one_fund",
        value=pays.sum(axis=1).astype(np.float64),
        upper=np.ones(len(program)),
        period=np.full(len(program), ALL_PERIODS),
        program=program,
        unit="funds",
        limit=evaluation.scenario.limits.of_programs("one fund")[program],
        allowed=np.zeros(len(program)),
        above="{program} is paid by {value} funds, and one of them must pay all of it",
    )


def _fixed_parts(evaluation: Evaluation) -> Check:
    scenario, spending = evaluation.scenario, evaluation.plan.spending
    parts = fixed_parts(scenario)
    program, fund, period = np.nonzero(np.broadcast_to(~np.isnan(parts)[:, :, None], spending.shape))
    spent = evaluation.spent[program, period]
    bound = parts[program, fund] * spent
    sentence = "{fund} pays {value} for {program}{in_period}, and its fixed part is {bound}"
    return Check(
        kind="fund shares",
        name="fund_shares",
        value=spending[program, fund, period],
        lower=bound,
        upper=bound,
        period=period,
        program=program,
        fund=fund,
        limit=scenario.limits.of_programs("fund shares")[program],
        allowed=evaluation.allowed_dollars(np.abs(spent), evaluation.payments[program, period]),
        below=sentence,
        above=sentence,
    )
