"""Why a fund keeps money that it could spend, found by solving again without what it is asked to keep."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.formulation import Formulation, formulate
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import solve_linear_program

__all__ = ["free_money", "unspent_words"]

_NOT_LIMITS = {
    "only": "its restricted use (`only`)",
    "starts": "its first period (`starts`)",
    "ends": "its last period (`ends`)",
    "carryover": "the lapse of what is unspent (`carryover: false`)",
}
"""The conditions of a fund that are no limits, by their keys."""


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
    by = " by the first objective" if len(scenario.objective) > 1 else ""
    none = f"No condition of the fund, dropped by itself, would have more of it spent to better effect{by}."
    yield from reasons or [none]


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
    sign = 1.0 if plan.formulation.linear_program.stages[0].maximize else -1.0
    spent, passed_on = float(plan.spending[:, position].sum()), float(plan.transfers[position].sum())
    for phrase, formulation in _each_dropped(plan, fund):
        answer = solve_linear_program(formulation.linear_program)
        if answer.x is None:
            continue
        gained = sign * (answer.solution.objective - plan.objective_value)
        if gained <= 1e-9 * max(abs(plan.objective_value), 1.0):
            continue
        more = float(formulation.spending_of(answer.x)[:, position].sum()) - spent
        away = float(formulation.transfers_of(answer.x)[position].sum()) - passed_on
        if more >= 1.0:
            yield f"Without {phrase} it would spend {numbers.spoken_money(more)} more."
        elif more + away >= 1.0:
            yield f"Without {phrase} it would transfer {numbers.spoken_money(away)} more."


def _each_dropped(plan: Allocation, fund: str) -> Iterator[tuple[str, Formulation]]:
    """Yield each condition of a fund and the problem without it: its limits, and what else its words ask of it."""
    scenario, said = plan.scenario, plan.scenario.funds[fund]
    for limit in scenario.limits.demands():
        if limit.path[:2] == ("funds", fund):
            phrase = limit.phrase.format(*(one_line(owner) for owner in limit.owners))
            if limit.kind == "match" and said.match is not None:
                phrase += f" in {label(said.match.from_, scenario.funds[said.match.from_].name)}"
            yield phrase, formulate(scenario, suspended=[limit.provision])
    for key, phrase in _NOT_LIMITS.items():
        if getattr(said, key) != type(said).model_fields[key].default:
            yield phrase, formulate(scenario.without(f"funds[{fund}].{key}"))
