"""The cuts that balance an amended plan at the least loss, and what money that it frees buys best."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation.whole_amounts import RoundingGoal, whole_plan
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
from budgetopt.solvers.faces import with_value_row

__all__ = ["NOISE", "Offsets", "Purchases", "find_offsets", "find_purchases"]

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


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """What the money that motions free buys best, while no other program gets less.

    Parameters
    ----------
    plan, audit
        The plan with it, and its audit by the scenario as it is.
    freed
        Dollars by which the plan after the motions spends less than the one before them, all periods together.
    bought
        Dollars that each program gets more; shape (programs, periods).
    proved
        Whether no other use of the money brings more of the first objective, within what the search for integer
        decisions leaves open.
    """

    plan: SpendingPlan
    audit: Audit
    freed: float
    bought: Floats
    proved: bool


def find_purchases(
    scenario: Scenario, amended: MovedPlan, freed: float, *, time_limit: float | None = None
) -> Purchases | None:
    """Return what freed money buys best; None if the plan misses more than the limits of its motions' own amounts.

    The amounts that motions set or freeze stay, no other program gets less, and programs get no more than the money
    that is freed, all periods together. Which fund pays, and what funds transfer, may change.

    Parameters
    ----------
    amended
        The plan.
    freed
        The money, dollars of all periods.
    """
    own = _own_limits(scenario, audit_plan(scenario, amended.plan), amended)
    free = _may_be_moved(scenario, amended, None)
    # where motions miss a limit of all programs, the others keep it
    room = np.maximum(program_limits(scenario).upper - amended.amounts, 0.0)
    most = np.where(free, np.minimum(freed, room), 0.0)
    found = _best_moves(scenario, own, amended, free, (most, np.zeros_like(most)), time_limit, freed)
    if found is None:
        return None
    plan, proved = found
    bought = np.maximum(plan.spending.sum(axis=1) - amended.amounts, 0.0).round(6)
    bought[bought <= NOISE * scenario.cent] = 0.0
    return Purchases(plan, audit_plan(scenario, plan), freed, bought, proved)


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
    own = _own_limits(scenario, audit_plan(scenario, amended.plan), amended)
    free, amounts = _may_be_moved(scenario, amended, programs), amended.amounts
    most = np.where(free, np.maximum(amounts - program_limits(scenario).lower, 0.0), 0.0)
    found = _best_moves(scenario, own, amended, free, (np.zeros_like(most), most), time_limit)
    if found is None:
        return None
    plan, proved = found
    cut = np.maximum(amounts - plan.spending.sum(axis=1), 0.0).round(6)
    cut[cut <= NOISE * scenario.cent] = 0.0
    return Offsets(plan, audit_plan(scenario, plan), cut, own, proved)


def _best_moves(
    scenario: Scenario,
    waived: tuple[Amendment, ...],
    amended: MovedPlan,
    free: Bools,
    most: tuple[Floats, Floats],
    time_limit: float | None,
    together: float = np.inf,
) -> tuple[SpendingPlan, bool] | None:
    """Return the best plan in whole amounts around an amended one, and whether it is proved; None if there is none.

    ``most``: how much more, and how much less, each program may get; shape (programs, periods) each. ``together``: how
    much more all of them may get.
    """
    try:
        relaxed = Repair(0.0, waived).apply(scenario) if waived else scenario
    except ScenarioError:
        return None
    formulation, amounts = formulate(relaxed), amended.amounts
    around = departures(formulation, amounts)
    # the plan is in cents, and what packages cost, or a limit leaves, may lie between two of them
    cent = np.full_like(amounts, scenario.cent)
    more, less = (np.maximum(side, cent) for side in most)
    problem = _with_packages(around.limited(more, less), formulation, amended, free)
    if np.isfinite(together):
        whole = Stage("what all get more", around.cost(1.0, -1.0), maximize=False)
        problem = with_value_row(problem, whole, together, 0.0)
    rises, falls = (side > 0 for side in most)
    moved = Stage("minimize what is moved", around.cost(1.0, 1.0), maximize=False)
    stage = _with_price_of_cents(problem.stages[0], formulation, around, rises, falls)
    asked = replace(problem, stages=(stage, moved))
    outcome = solve_linear_program(asked, Options(time_limit=time_limit))
    if outcome.x is None:
        return None
    held = replace(formulation.limits, lower=np.where(falls, formulation.limits.lower, amounts).clip(max=amounts))
    upper = np.minimum(np.where(free, held.upper, amounts), amounts + more)
    held = replace(held, upper=np.maximum(upper, held.lower))
    # what motions set stays as it is where amounts are rounded, too
    goal = RoundingGoal(asked, lambda audit: -stage.sign * audit.objectives[0].value)
    plan = whole_plan(relaxed, replace(formulation, limits=held), outcome.x, goal).plan
    return _without_noise(relaxed, amounts, plan), outcome.proved


def _with_price_of_cents(
    stage: Stage, formulation: Formulation, around: Departures, rises: Bools, falls: Bools
) -> Stage:
    """Return the first objective with a price on cents that are moved only so that all cents add up."""
    terms = formulation.terms.spending
    largest = float((np.abs(stage.cost[terms.column]) / np.maximum(terms.weight, 1e-9)).max(initial=0.0)) or 1.0
    cents = around.cost(np.where(rises, 0.0, 1.0), np.where(falls, 0.0, 1.0))
    return replace(stage, cost=stage.cost + stage.sign * PRICE_OF_CENTS * largest * cents, within=0.0)


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


def _may_be_moved(scenario: Scenario, amended: MovedPlan, programs: Ints | None) -> Bools:
    free = ~amended.moved & ~amended.frozen[:, None]
    if programs is not None:
        chosen = np.zeros(len(scenario.programs), dtype=bool)
        chosen[programs] = True
        free = np.repeat(chosen[:, None] & ~amended.frozen[:, None], len(scenario.periods), axis=1)
    return free


def _with_packages(problem: LinearProgram, formulation: Formulation, amended: MovedPlan, free: Bools) -> LinearProgram:
    """Return a problem in which programs that may not be cut keep the packages that the plan takes."""
    lower, upper = problem.lower.copy(), problem.upper.copy()
    taken = amended.plan.packages
    for block in problem.column_labels.of_kind("package"):
        keys = block.keys
        mine = ~free[keys["program"]].any(axis=1)
        at = formulation.packages.at(keys["program"], keys["package"])
        chosen = np.zeros(len(at)) if taken is None else taken[at, keys["period"]].astype(float)
        lower[block.positions[mine]] = upper[block.positions[mine]] = chosen[mine]
    return replace(problem, lower=lower, upper=upper)
