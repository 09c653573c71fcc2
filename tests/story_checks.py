"""Works out again what each sentence of a story states, from the cents of the plan or by solving again.

Nothing here uses the tables of reports: the figures come from the arrays of the plan and from the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.formulation import formulate
from budgetopt.report import Figures, Numbers
from budgetopt.report.limit_lines import limits_of
from budgetopt.report.outcome_rows import Bought
from budgetopt.report.story import Claim, story_claims
from budgetopt.scenario.programs import Floats
from budgetopt.solvers.engine import solve_stage
from budgetopt.solvers.solution import Termination

__all__ = ["Checked", "checked"]

SHOWN = 0.51
"""Figures are rounded so that they add up: each may be off by so many of the unit that is shown."""


@dataclass(frozen=True)
class Checked:
    """A sentence that was worked out again, and what is wrong with it; empty if nothing is."""

    kind: str
    problem: str


def checked(plan: Allocation) -> list[Checked]:
    """Return every sentence of a plan's story that was worked out again."""
    numbers, figures = Numbers(plan.scenario.currency), Figures.of(plan)
    claims = story_claims(plan, figures, Bought(plan).rows, limits_of(plan, numbers), numbers)
    found = []
    for claim in claims:
        if claim.kind in CHECKS:
            faults = list(CHECKS[claim.kind](plan, claim, 2 * figures.unit.dollars))
            found.append(Checked(claim.kind, f"{claim.text} But {'; '.join(faults)}" if faults else ""))
    return found


def _spent(plan: Allocation) -> Floats:
    return np.asarray(np.rint(plan.spending * 100).sum(axis=(1, 2)) / 100)


def _change(plan: Allocation) -> Floats:
    """Return what each program gains, new ones all that they have; shape (programs,)."""
    return np.asarray(_spent(plan) - np.nan_to_num(plan.scenario.baselines.sum(axis=1)))


def _spending(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    spent = _spent(plan)
    if abs(spent.sum() - claim.figures["spending"]) > unit * len(spent):
        yield f"the payments add up to {spent.sum()}"
    if not (spent > unit).sum() <= claim.figures["funded"] <= (spent > 0).sum():
        yield f"{(spent > 0).sum()} programs are paid for"


def _counts(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    change, old = _change(plan), ~np.isnan(plan.scenario.baselines[:, 0])
    for key, sign in (("gain", 1), ("lose", -1)):
        clearly, at_all = (int((old & (sign * change > bound)).sum()) for bound in (unit, 0.0))
        if not clearly <= claim.figures[key] <= max(at_all, clearly) + int((old & (abs(change) <= unit)).sum()):
            yield f"{clearly} to {at_all} programs {key}"
    if sum(claim.figures[key] for key in ("gain", "lose", "same", "started", "unfunded")) != len(change):
        yield "the counts do not add up to all programs"


def _largest(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    change, old = _change(plan), ~np.isnan(plan.scenario.baselines[:, 0])
    ids = plan.scenario.programs.ids.tolist()
    for key, sizes in (("increase", change), ("cut", np.where(old, -change, 0.0))):
        named: dict[str, float] = claim.figures.get(key, {})
        if not named and sizes.max() > unit:
            yield f"there is a largest {key} of {sizes.max()}"
        for program, amount in named.items():
            size = float(sizes[ids.index(program)])
            if abs(abs(amount) - size) > unit or size < sizes.max() - unit:
                yield f"{program} moves by {size}, and the largest {key} is {sizes.max()}"


def _next(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    change, ids = _change(plan), plan.scenario.programs.ids.tolist()
    moves: dict[str, float] = claim.figures["moves"]
    order = [abs(float(change[ids.index(program)])) for program in moves]
    if any(after > before + 2 * unit for before, after in pairwise(order)):
        yield f"the moves are {order}"
    for program, amount in moves.items():
        if abs(amount - float(change[ids.index(program)])) > unit:
            yield f"{program} moves by {change[ids.index(program)]}"


def _packages(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    taken = plan.packages.any(axis=1)
    if claim.figures["taken"] != int(taken.sum()):
        yield f"{taken.sum()} packages are taken"
    named = set(plan.scenario.packages.program[taken].tolist())
    if claim.figures["programs"] != len(named):
        yield f"{len(named)} programs take packages"


def _outcomes(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    keys = list(plan.scenario.outcomes)
    levels = plan.audit.levels
    totals = np.zeros(len(keys))
    np.add.at(totals, levels.outcome, levels.level.sum(axis=1))
    for key, level in claim.figures.get("levels", {}).items():
        exact = float(totals[keys.index(key)])
        if abs(level - exact) > max(0.006 * abs(exact), SHOWN * 1e-6):
            yield f"{key} is {exact}"


def _balances(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    balances = plan.audit.balances
    free = np.maximum(balances.closing - balances.reserve, 0.0)[:, -1]
    said = sum(claim.figures["left"].values())
    if abs(said - free.sum()) > unit * len(free):
        yield f"{free.sum()} is left"
    if (balances.closing < balances.reserve - 0.01).any() or (balances.closing < -0.01).any():
        yield "a fund is short of its reserve or overdrawn"


def _money(plan: Allocation, claim: Claim, unit: float) -> Iterator[str]:
    balances, names = plan.audit.balances, claim.figures.get("names", [])
    for position, fund in enumerate(plan.scenario.funds):
        if f"Money in {plan.scenario.funds[fund].name or fund.replace('_', ' ')}" in names:
            free = balances.closing[position] - balances.reserve[position]
            if free.min() > unit:
                yield f"{free.min()} is left in {fund} in every period"


def _limit(plan: Allocation, claim: Claim, _: float) -> Iterator[str]:
    if not claim.figures or not claim.figures["stake"] > 0:
        return
    most = float(plan.rules.loc[plan.rules["binding"], "one_percent"].max())
    if most > claim.figures["stake"] * (1 + 1e-9):
        yield f"another limit gains {most} by one percent"
    yield from _relaxed(plan, claim)


def _relaxed(plan: Allocation, claim: Claim) -> Iterator[str]:
    """Relax the rows of the limit a little in the linear program, and solve again: no more may be gained than is said.

    The best value is concave in a limit, so that a price is never less than what relaxing brings.
    """
    table = plan.rules[plan.rules["binding"] & (plan.rules["one_percent"] == claim.figures["stake"])]
    if plan.formulation.linear_program.is_integer or len(table) != 1:
        return
    row: dict[str, Any] = table.iloc[0].to_dict()
    limit = plan.scenario.limits[int(row["limit"])]
    if limit.is_switch or limit.of_each_program or not limit.is_linear or limit.kind != "resource":
        return
    resource = plan.scenario.resources[limit.name]
    by = 0.01 * float(row["bound"])
    scenario = plan.scenario.with_((f"resources.{limit.name}.capacity", float(resource.capacity) + by))
    problem = formulate(scenario).linear_program
    answer = solve_stage(problem, problem.stages[0])
    sign = 1.0 if problem.stages[0].maximize else -1.0
    if answer.termination is Termination.OPTIMAL:
        gained = sign * (answer.objective - plan.objective_value)
        if gained > claim.figures["price"] * by * len(plan.scenario.periods) + 1e-6 * max(1.0, abs(answer.objective)):
            yield f"solving again gains {gained} for {by}"


CHECKS = {
    "spending": _spending,
    "counts": _counts,
    "largest": _largest,
    "next": _next,
    "packages": _packages,
    "outcomes": _outcomes,
    "balances": _balances,
    "money": _money,
    "limit": _limit,
}
