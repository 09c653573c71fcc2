"""The cuts that balance an amended plan at the least loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation.whole_amounts import whole_plan
from budgetopt.analysis.amendments.departures import Departures, departures
from budgetopt.analysis.amendments.moved_plan import MovedPlan
from budgetopt.analysis.infeasibility.amending import missed_limits, needed_numbers
from budgetopt.analysis.infeasibility.repair import Amendment, Repair
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import ScenarioError
from budgetopt.formulation import Formulation, LinearProgram, formulate
from budgetopt.formulation.linear_program import Bools, Floats, Ints, Stage
from budgetopt.formulation.program_bounds import program_limits
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, solve_linear_program

__all__ = ["Offsets", "find_offsets"]

PRICE_OF_CENTS = 10.0
"""How many times what a dollar brings at most a dollar counts that is moved only so that cents add up."""
NOISE = 20.0
"""So many cents are no cut: they come of rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Offsets:
    """Cuts of other programs after which an amended plan keeps every limit but those that the motions themselves miss.

    Parameters
    ----------
    plan, audit
        The plan with the cuts, and its audit by the scenario as it is.
    cut
        Dollars that each program gives up; shape (programs, periods).
    waived
        The limits that the amounts of the motions miss by themselves, so that no cut of others helps.
    proved
        Whether no other cuts lose less, within what the search for integer decisions leaves open.
    """

    plan: SpendingPlan
    audit: Audit
    cut: Floats
    waived: tuple[Amendment, ...]
    proved: bool


def find_offsets(
    scenario: Scenario, amended: MovedPlan, programs: Ints | None = None, *, time_limit: float | None = None
) -> Offsets | None:
    """Return the cuts that balance an amended plan and lose the least of the first objective; None if none do.

    The amounts that motions set stay as they are, and no program gets more than in the plan. Which fund pays, and what
    funds transfer, may change.

    Parameters
    ----------
    amended
        The plan.
    programs
        The programs that may be cut, as positions; left out, all that no motion has moved or frozen.
    """
    audit = audit_plan(scenario, amended.plan)
    own = _own_limits(scenario, audit, amended)
    try:
        relaxed = Repair(0.0, own).apply(scenario) if own else scenario
    except ScenarioError:
        return None
    formulation, amounts = formulate(relaxed), amended.amounts
    free = _may_be_cut(scenario, amended, programs)
    floors = program_limits(scenario).lower
    most = np.where(free, np.maximum(amounts - floors, 0.0), 0.0)
    around = departures(formulation, amounts)
    # the plan is in cents, and what packages cost, or a limit leaves, may lie between two of them
    cent = np.full_like(most, scenario.cent)
    problem = _with_packages(around.limited(cent, np.maximum(most, cent)), formulation, amended, free)
    least = Stage("minimize what is cut", around.cost(1.0, 1.0), maximize=False)
    stage = _with_price_of_cents(problem.stages[0], formulation, around, free)
    outcome = solve_linear_program(replace(problem, stages=(stage, least)), Options(time_limit=time_limit))
    if outcome.x is None:
        return None
    held = replace(formulation.limits, lower=np.where(free, formulation.limits.lower, amounts).clip(max=amounts))
    held = replace(held, upper=np.minimum(np.where(free, held.upper, amounts), np.maximum(amounts, held.lower)))
    point = outcome.x[: formulation.linear_program.columns]
    plan = _without_noise(relaxed, amounts, whole_plan(relaxed, replace(formulation, limits=held), point).plan)
    cut = np.maximum(amounts - plan.spending.sum(axis=1), 0.0).round(6)
    cut[cut <= NOISE * scenario.cent] = 0.0
    return Offsets(plan, audit_plan(scenario, plan), cut, own, outcome.proved)


def _with_price_of_cents(stage: Stage, formulation: Formulation, around: Departures, free: Bools) -> Stage:
    """Return the first objective with a price on cents that are moved only so that all cents add up."""
    terms = formulation.terms.spending
    largest = float((np.abs(stage.cost[terms.column]) / np.maximum(terms.weight, 1e-9)).max(initial=0.0)) or 1.0
    price = stage.sign * PRICE_OF_CENTS * largest * around.cost(1.0, np.where(free, 0.0, 1.0))
    return replace(stage, cost=stage.cost + price, within=0.0)


def _without_noise(scenario: Scenario, amounts: Floats, plan: SpendingPlan) -> SpendingPlan:
    """Return a plan in which programs that moved by a few cents alone have their amounts, if it keeps every limit."""
    change = plan.spending.sum(axis=1) - amounts
    program, period = np.nonzero((change != 0) & (np.abs(change) <= NOISE * scenario.cent))
    spending, payer = plan.spending.copy(), plan.spending.argmax(axis=1)[program, period]
    spending[program, payer, period] = (spending[program, payer, period] - change[program, period]).round(6)
    still = replace(plan, spending=spending)
    return still if (spending >= 0).all() and audit_plan(scenario, still).accepted else plan


def _own_limits(scenario: Scenario, audit: Audit, amended: MovedPlan) -> tuple[Amendment, ...]:
    """Return new numbers of the limits that only amounts of motions miss: floors and ceilings of single programs."""
    touched = {int(at) for at in np.flatnonzero(amended.moved.any(axis=1))}
    mine = set()
    for position, programs in missed_limits(audit).items():
        limit = scenario.limits[position]
        # who pays is no amount: other funds may, or pay other parts
        if limit.numbers and (limit.of_program or limit.sets_program_limits) and set(programs.tolist()) <= touched:
            mine.add(limit.provision)
    return tuple(item for item in needed_numbers(audit) if item.provision in mine)


def _may_be_cut(scenario: Scenario, amended: MovedPlan, programs: Ints | None) -> Bools:
    free = ~amended.moved & ~amended.frozen[:, None]
    if programs is not None:
        chosen = np.zeros(len(scenario.programs), dtype=bool)
        chosen[programs] = True
        free = np.repeat(chosen[:, None] & ~amended.frozen[:, None], len(scenario.periods), axis=1)
    return free


def _with_packages(problem: LinearProgram, formulation: Formulation, amended: MovedPlan, free: Bools) -> LinearProgram:
    """Return a problem in which programs that may not be cut keep the packages that the plan takes."""
    lower, upper = problem.lower.copy(), problem.upper.copy()
    taken, first = amended.plan.packages, np.searchsorted(formulation.packages.program, np.arange(len(free)))
    for block in problem.column_labels.of_kind("package"):
        keys = block.keys
        mine = ~free[keys["program"]].any(axis=1)
        at = first[keys["program"]] + keys["package"]
        chosen = np.zeros(len(at)) if taken is None else taken[at, keys["period"]].astype(float)
        lower[block.positions[mine]] = upper[block.positions[mine]] = chosen[mine]
    return replace(problem, lower=lower, upper=upper)
