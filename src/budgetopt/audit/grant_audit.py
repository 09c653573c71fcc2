"""The conditions of grants: match, maintenance of effort, no supplanting."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.eligibility import may_pay
from budgetopt.audit.evaluation import Evaluation, of_multiple
from budgetopt.audit.inputs import payers_now, share_or_amount

__all__ = ["check_maintenance", "check_match", "check_supplanting"]


def check_match(evaluation: Evaluation) -> list[Check]:
    """Check that each fund that matches grants pays their match on the same program in the same period.

    ``rate`` is local dollars for each grant dollar; ``share`` the local share of what grant and match pay together.
    What several grants ask of one fund adds up. Only programs for which a grant pays become cells, one for each grant.
    """
    scenario = evaluation.scenario
    names = list(scenario.funds)
    spending = evaluation.plan.spending
    checks = []
    for payer in dict.fromkeys(fund.match.from_ for fund in scenario.funds.values() if fund.match is not None):
        asked = np.zeros((spending.shape[0], spending.shape[2]))
        cents = np.zeros(asked.shape)
        because = []
        for position, fund in enumerate(scenario.funds.values()):
            if fund.match is None or fund.match.from_ != payer:
                continue
            share = fund.match.share
            rate = float(fund.match.rate or 0.0) if share is None else float(share) / (1.0 - float(share))
            asked += rate * spending[:, position]
            cent = evaluation.cent * (spending[:, position] != 0)
            cents += of_multiple(rate * cent, cent)
            because.append(fund.match.because)
        local = names.index(payer)
        for position, (name, fund) in enumerate(scenario.funds.items()):
            if fund.match is None or fund.match.from_ != payer:
                continue
            program, period = np.nonzero((asked > 0) & (spending[:, position] > 0))
            value, bound = spending[program, local, period], asked[program, period]
            checks.append(
                Check(
                    kind="match",
                    name=payer,
                    limit=scenario.limits.find("match", name),
                    value=value,
                    lower=bound,
                    period=period,
                    program=program,
                    fund=np.full(len(program), local),
                    allowed=np.maximum(
                        evaluation.cent + cents[program, period], evaluation.tolerance * (np.abs(value) + bound)
                    ),
                    because="; ".join(dict.fromkeys(reason for reason in because if reason)),
                    below="{fund} pays {value} for {program}{in_period}, and grants for it ask for a match of {bound}",
                )
            )
    return checks


def check_maintenance(evaluation: Evaluation) -> list[Check]:
    """Check that local spending is kept up in every period in which money of a grant is spent.

    What counts is what the local fund spends on the programs that the grant may pay for; a share is a share of what it
    pays of their baselines now, in the money of the period: of all of it where a program does not say who pays.
    """
    scenario = evaluation.scenario
    names = list(scenario.funds)
    eligible = may_pay(scenario)
    checks = []
    for position, (name, fund) in enumerate(scenario.funds.items()):
        effort = fund.maintenance_of_effort
        if effort is None:
            continue
        mine, local = eligible[:, position], names.index(effort.fund)
        pays = np.nan_to_num(payers_now(scenario)[:, local], nan=1.0)[:, None]
        asked = share_or_amount(
            scenario, effort.at_least, (np.nan_to_num(evaluation.baselines) * pays)[mine].sum(axis=0)
        )
        taken = np.flatnonzero(evaluation.balances.spending[position] >= evaluation.cent / 2)
        paid = evaluation.plan.spending[mine, local][:, taken]
        value = paid.sum(axis=0)
        checks.append(
            Check(
                kind="maintenance of effort",
                name=name,
                value=value,
                lower=asked[taken],
                period=taken,
                fund=np.full(len(taken), position),
                other=np.full(len(taken), local),
                allowed=evaluation.allowed_dollars(
                    np.abs(paid).sum(axis=0) + asked[taken], np.count_nonzero(paid, axis=0)
                ),
                because=effort.because,
                below="{other} pays {value}{in_period} for what {fund} may pay for, and must keep up {bound}",
            )
        )
    return checks


def check_supplanting(evaluation: Evaluation) -> list[Check]:
    """Check that a grant that may not supplant pays only for what comes on top of a program's baseline.

    In a period in which it pays for a program, other funds pay the program's whole baseline of the period, or, where
    the program says who pays it now, what they pay of it. Money of other grants that may not supplant does not count.
    Only programs for which the grant pays become cells.
    """
    scenario = evaluation.scenario
    spending = evaluation.plan.spending
    strict = np.array([fund.no_supplanting for fund in scenario.funds.values()], dtype=bool)
    local = spending[:, ~strict]
    paid, payments = local.sum(axis=1), np.count_nonzero(local, axis=1)
    supplanted = np.nan_to_num(payers_now(scenario))[:, strict].sum(axis=1, keepdims=True)
    local_part = np.nan_to_num(evaluation.baselines) * (1.0 - supplanted)
    checks = []
    for position, (name, fund) in enumerate(scenario.funds.items()):
        if not fund.no_supplanting:
            continue
        program, period = np.nonzero(spending[:, position] >= evaluation.cent / 2)
        value, bound = paid[program, period], local_part[program, period]
        checks.append(
            Check(
                kind="no supplanting",
                name=name,
                value=value,
                lower=bound,
                period=period,
                program=program,
                fund=np.full(len(program), position),
                allowed=evaluation.allowed_dollars(np.abs(value) + bound, payments[program, period]),
                below="{fund} pays for {program}{in_period}, and other funds pay {value} of its baseline of {bound}",
            )
        )
    return checks
