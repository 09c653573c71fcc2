"""Why a fund keeps money that it could spend, found by solving again without what it is asked to keep."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.formulation import formulate
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import solve_linear_program

__all__ = ["free_money", "unspent_words"]

_CONDITIONS = ("structural balance", "match", "no supplanting", "maintenance of effort", "fund spending")
"""The conditions of a fund, by the kinds of their limits, that may keep its money from being spent."""


def free_money(plan: Allocation, position: int) -> Floats:
    """Return what a fund has above its reserve at the close of each period; shape (periods,)."""
    balances = plan.audit.balances
    return np.asarray(np.maximum(np.round(balances.closing[position] - balances.reserve[position], 2), 0.0))


def unspent_words(plan: Allocation, fund: str, numbers: Numbers) -> Iterator[str]:
    """Yield what a fund leaves unspent, what of it lapses, and which of its conditions leave it so."""
    scenario = plan.scenario
    position = list(scenario.funds).index(fund)
    free = free_money(plan, position)
    if not scenario.funds[fund].carryover and len(free) > 1:
        for period, amount in zip(scenario.periods[:-1], free[:-1].tolist(), strict=True):
            if amount > plan.half_a_cent:
                yield f"{numbers.spoken_money(amount)} lapses at the end of {one_line(period)}."
    left = float(free[-1]) if scenario.funds[fund].carryover else float(free.sum())
    if left <= plan.half_a_cent:
        return
    reasons = [*_restrictions(plan, position), *_conditions(plan, fund, position, numbers)]
    above = " above its reserve" if plan.audit.balances.reserve[position].any() else ""
    yield f"It leaves {numbers.spoken_money(left)} unspent{above}."
    yield from reasons or ["No condition of the fund, dropped by itself, would have more of it spent to better effect."]


def _restrictions(plan: Allocation, position: int) -> Iterator[str]:
    """Yield whether the programs that the fund may pay for can take any more."""
    scenario, limits = plan.scenario, plan.formulation.limits
    may = scenario.eligible[:, position]
    restricted = scenario.funds[list(scenario.funds)[position]].only is not None
    which = "that it may pay for (`only`)" if restricted and not may.all() else "that it may pay for"
    if not may.any():
        yield "There is no program that it may pay for."
        return
    spent = plan.spending.sum(axis=1)[may]
    full = (spent >= limits.upper[may] - plan.half_a_cent).all(axis=1)
    if full.all():
        yield f"Every program {which} is at its ceiling."
    elif restricted and may.sum() <= 3:
        names = [f"“{one_line(name)}”" for name in scenario.programs.names()[may].tolist()]
        yield f"It may pay for {join_words(names)} only."


def _conditions(plan: Allocation, fund: str, position: int, numbers: Numbers) -> Iterator[str]:
    """Yield which conditions of the fund would leave less of its money if they were dropped alone."""
    scenario, first = plan.scenario, plan.formulation.linear_program.stages[0]
    sign = 1.0 if first.maximize else -1.0
    for kind in _CONDITIONS:
        at = scenario.limits.find(kind, fund)
        if at < 0:
            continue
        formulation = formulate(scenario, suspended=[Provision(kind, fund)])
        answer = solve_linear_program(formulation.linear_program)
        if answer.x is None:
            continue
        gained = sign * (answer.solution.objective - plan.objective_value)
        paid = float(formulation.spending_of(answer.x)[:, position].sum())
        more = paid - float(plan.spending[:, position].sum())
        if gained > 1e-9 * max(abs(plan.objective_value), 1.0) and more >= 1.0:
            source = scenario.funds[fund].match
            limit = scenario.limits[at]
            phrase = limit.phrase.format(*(one_line(owner) for owner in limit.owners))
            short = ""
            if kind == "match" and source is not None:
                short = f" in {label(source.from_, scenario.funds[source.from_].name)}"
            yield f"Without {phrase}{short} it would spend {numbers.spoken_money(more)} more."
