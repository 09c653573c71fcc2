"""The plan in whole amounts: cents, or what a scenario rounds to, near the exact optimum of its linear program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from budgetopt.allocation.allocation import MATERIAL
from budgetopt.allocation.cents import to_cents
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import AuditError
from budgetopt.formulation import Formulation
from budgetopt.formulation.fund_rows import inflow, reserves
from budgetopt.formulation.linear_program import Ints, LinearProgram
from budgetopt.scenario.accuracy import CENT, amounts_of, counts_of, power_of_ten
from budgetopt.scenario.ceilings import fixed_costs
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, fix_integers
from budgetopt.solvers.engine import solve_stage

__all__ = ["RoundingGoal", "WholePlan", "is_near", "is_rounded_to", "whole_plan"]

FINEST = 1e-11
"""The share of the largest amount below which no unit is tried."""
EXACT = 1e-14
"""The share of the largest amount below which floating-point numbers hold no whole units."""
MOST_PAYMENTS = 5_000
"""Up to so many payments the best whole amounts are searched for; beyond, remainders alone decide."""
SECONDS = 20.0
"""How long that search may take."""
REACH = 2.0
"""By how many units the search may move a payment."""
MOST_MOVED = 5.0
"""By how many units, and one for each fund, rounding moves a payment at most, the search included."""
SAME_COUNT = 1e-6
"""The share of its number, or of one, by which units of a service may differ from the exact ones."""


@dataclass(frozen=True, slots=True, eq=False)
class WholePlan:
    """A plan that keeps every limit in whole amounts.

    Parameters
    ----------
    plan, audit
        The plan, and its audit.
    unit
        What its amounts are rounded to.
    """

    plan: SpendingPlan
    audit: Audit
    unit: float


@dataclass(frozen=True, slots=True, eq=False)
class RoundingGoal:
    """What rounded amounts are to be best by where that is not the scenario's first objective.

    Parameters
    ----------
    problem
        The problem whose first stage it is; its first columns are those of the scenario's problem.
    gain
        What a plan has of it by its audit; more is better.
    """

    problem: LinearProgram
    gain: Callable[[Audit], float]


def whole_plan(
    scenario: Scenario, formulation: Formulation, point: Floats, goal: RoundingGoal | None = None
) -> WholePlan:
    """Return the plan of a point of the linear program in whole amounts.

    Without ``round_to`` these are cents. Where a plan in whole cents misses a limit, or is worth less or more than the
    point, the unit becomes a power of ten smaller until neither is so. With ``round_to`` every amount that can be is a
    multiple of it: first by largest remainders, then by a search for the best multiples around the point. What cannot
    be one stays as it is: packages, fixed parts of funds, whole units of a service, and programs between whose limits
    no multiple lies. Where no multiples keep every limit, the unit becomes smaller. The best multiples are those by the
    scenario's first objective, or by a goal of its own; the point has the columns of the goal's problem then.

    Raises
    ------
    AuditError
        If no rounding of the point passes the audit.
    """
    found: list[WholePlan] = []
    rejected: Audit | None = None
    asked, exact = scenario.document.round_to, _values(formulation, point)
    if goal is None:
        stage = formulation.linear_program.stages[0]
        goal = RoundingGoal(formulation.linear_program, lambda audit: -stage.sign * audit.objectives[0].value)
    for unit in _units(scenario, formulation.spending_of(point)):
        for plan in _rounded(scenario, formulation, goal.problem, point, unit):
            audit = audit_plan(scenario, plan)
            if audit.accepted:
                found.append(WholePlan(plan, audit, unit))
            rejected = rejected or audit
        if found and _distance(formulation, found[-1].audit, exact, point) > MATERIAL and asked is None:
            # a column that stands for a smallest level may say less than the plan is worth: its own value counts
            exact = [one.value for one in audit_plan(scenario, _exact_plan(formulation, point)).objectives]
        if found and (asked is not None or _distance(formulation, found[-1].audit, exact, point) <= MATERIAL):
            break
    if not found:
        assert rejected is not None
        text = "; ".join(str(violation) for violation in rejected.violations[:5])
        raise AuditError(
            f"the plan does not pass the audit: {text}", hint="report the scenario: this is a fault of ours"
        )
    if asked is None:
        return min(found, key=lambda one: _distance(formulation, one.audit, exact, point))
    return max(found, key=lambda one: goal.gain(one.audit))


def _units(scenario: Scenario, spending: Floats) -> Iterator[float]:
    """Yield the units to try, each a tenth of the one before."""
    largest = float(spending.max(initial=0.0))
    # cents of more than a few thousand billions are no whole numbers
    unit = scenario.document.round_to or power_of_ten(max(CENT, EXACT * largest))
    finest = min(FINEST * largest, unit)
    if (asked := scenario.document.round_to) is not None:
        finest = scenario.cent
        while unit > CENT * (1 + 1e-9):
            yield unit
            unit = unit / 10
        unit = min(asked, CENT)
    while unit >= finest:
        yield unit
        unit = float(f"{unit / 10:.0e}")


def _values(formulation: Formulation, point: Floats) -> list[float]:
    """Return the values of all objectives at a point."""
    return [stage.value(point[: len(stage.cost)]) for stage in formulation.linear_program.stages]


def _exact_plan(formulation: Formulation, point: Floats) -> SpendingPlan:
    """Return the plan of a point without any rounding."""
    spending, transfers = formulation.spending_of(point), formulation.transfers_of(point)
    made = formulation.stand_ins_of(point)
    return SpendingPlan(spending, transfers, formulation.packages_of(point), formulation.units_of(point), made)


def _distance(formulation: Formulation, audit: Audit, exact: Sequence[float], point: Floats) -> float:
    """Return how far the values of a plan are from exact ones, as a share of what they are computed from at a point."""
    apart = 0.0
    for stage, found, value in zip(formulation.linear_program.stages, audit.objectives, exact, strict=True):
        size = float(np.abs(stage.cost) @ np.abs(point[: len(stage.cost)])) + abs(stage.offset)
        apart = max(apart, abs(found.value - value) / max(size, 1e-300))
    return apart


def _rounded(
    scenario: Scenario, formulation: Formulation, problem: LinearProgram, point: Floats, unit: float
) -> Iterator[SpendingPlan]:
    """Yield the plan of a point in whole units: by largest remainders, and beyond cents by a search."""
    if unit <= CENT:
        spending, transfers = _by_remainders(scenario, formulation, point, unit, None)
        yield replace(_exact_plan(formulation, point), spending=spending, transfers=transfers)
        return
    held = _held(scenario, formulation, unit)
    spending, transfers = _by_remainders(scenario, formulation, point, unit, held)
    units = _units_of_money(scenario, formulation, point, spending, held)
    yield replace(_exact_plan(formulation, point), spending=spending, transfers=transfers, units=units)
    best = _searched(formulation, problem, point, unit, held)
    if best is not None:
        spending, transfers = _by_remainders(scenario, formulation, best, unit, held)
        yield replace(_exact_plan(formulation, best), spending=spending, transfers=transfers)


def _by_remainders(
    scenario: Scenario, formulation: Formulation, point: Floats, unit: float, held: Bools | None
) -> tuple[Floats, Floats]:
    """Return the payments and transfers of a point in whole units, those that are held in whole cents."""
    spending, limits = formulation.spending_of(point), formulation.limits
    # a transfer in whole units; what a receiving fund is short of by that, its payments give up
    moved = np.maximum(formulation.transfers_of(point), 0.0)
    transfers = amounts_of(np.rint(counts_of(moved, unit)), unit)
    income = inflow(scenario) + transfers.sum(axis=0) - transfers.sum(axis=1)
    kept, kept_share = reserves(scenario)
    carries = scenario.carries_over
    if held is not None and held.any():
        cents = to_cents(spending, limits.lower, limits.upper, income, kept, carries, kept_share, held=~held)
        spending = np.where(held[:, None, :], cents, spending)
    return (
        to_cents(spending, limits.lower, limits.upper, income, kept, carries, kept_share, unit=unit, held=held),
        transfers,
    )


def _held(scenario: Scenario, formulation: Formulation, unit: float) -> Bools:
    """Return the programs and periods whose amounts need not be whole units; shape (programs, periods)."""
    limits = formulation.limits
    next_one = np.ceil(limits.lower / unit - 1e-9) * unit
    held = next_one > limits.upper + CENT
    held[scenario.packages.program] = True
    held[formulation.whole | ~np.isnan(scenario.fund_shares).all(axis=1)] = True
    return held


def _units_of_money(
    scenario: Scenario, formulation: Formulation, point: Floats, spending: Floats, held: Bools
) -> Floats:
    """Return the units of service that rounded money pays for, no more than the most; shape (programs, periods)."""
    units, spent = formulation.units_of(point), spending.sum(axis=1)
    fixed = fixed_costs(scenario)
    price = np.where(formulation.serves[:, None], formulation.prices, 0.0)
    bought = np.divide(np.maximum(spent - fixed, 0.0), price, out=units.copy(), where=price > 0)
    return np.where(held, units, np.minimum(bought, formulation.limits.most))


def _searched(
    formulation: Formulation, problem: LinearProgram, point: Floats, unit: float, held: Bools
) -> Floats | None:
    """Return the best point whose payments and transfers are whole units near those of a point, None for none.

    Integer decisions stay as they are, and what is not paid stays so.
    """
    problem, terms = fix_integers(problem, point), formulation.terms.spending
    funds, periods = len(problem.column_labels.names["fund"]), held.shape[1]
    spends = ~held[terms.program, terms.period]
    cell = ((terms.program * funds + terms.fund) * periods + terms.period)[spends]
    moves = [block.positions for block in problem.column_labels.of_kind("transfer")]
    moved = np.concatenate(moves) if moves else np.empty(0, dtype=np.int64)
    cells, payment = np.unique(cell, return_inverse=True)
    column = np.concatenate((terms.column[spends], moved))
    weight = np.concatenate((terms.weight[spends], np.ones(len(moved))))
    row = np.concatenate((payment, len(cells) + np.arange(len(moved))))
    rows = len(cells) + len(moved)
    if not 0 < rows <= MOST_PAYMENTS:
        return None
    exact = np.bincount(row, weights=weight * point[column], minlength=rows) / unit
    lower = np.maximum(np.floor(exact) - REACH, 0.0)
    upper = np.where(exact > 1e-6, np.ceil(exact) + REACH, 0.0)
    whole = _with_multiples(problem, row, column, weight, unit, lower, upper)
    stage = replace(problem.stages[0], cost=problem.stages[0].cost_for(whole.columns))
    answer = solve_stage(whole, stage, Options(time_limit=SECONDS))
    return None if answer.x is None else answer.x[: problem.columns]


def _with_multiples(
    problem: LinearProgram, row: Ints, column: Ints, weight: Floats, unit: float, lower: Floats, upper: Floats
) -> LinearProgram:
    """Return a problem in which sums of columns are whole multiples of a unit, within limits in units."""
    own, rows = problem.columns + np.arange(len(lower)), problem.rows + np.arange(len(lower))
    nothing = np.zeros(len(lower))
    entries = (problem.rows + row, column, weight), (rows, own, np.full(len(lower), -unit))
    wider = problem.with_more_columns("whole amount", lower, upper, integer=True)
    return replace(wider.with_more_rows("whole amount", nothing, nothing, *entries), tie_break=None)


def is_rounded_to(scenario: Scenario, formulation: Formulation, point: Floats, whole: WholePlan) -> bool:
    """Return whether a plan near a point is in its unit, and that is one of those that its amounts may be rounded to.

    Below a cent all amounts are; above it, what cannot be a multiple may be anything.
    """
    plan, unit = whole.plan, whole.unit
    if unit not in _units(scenario, formulation.spending_of(point)):
        return False
    if unit <= CENT:
        amounts = np.concatenate((plan.spending.ravel(), plan.transfers.ravel()))
    else:
        spends = ~np.broadcast_to(_held(scenario, formulation, unit)[:, None, :], plan.spending.shape)
        amounts = np.concatenate((plan.spending[spends], plan.transfers.ravel()))
    counts = counts_of(amounts, unit)
    return bool((np.abs(counts - np.rint(counts)) <= 1e-9 * np.maximum(np.abs(counts), 1.0)).all())


def is_near(scenario: Scenario, formulation: Formulation, point: Floats, whole: WholePlan) -> bool:
    """Return whether a plan is that of a point, but for what rounding to its unit moves.

    Above a cent, what cannot be a multiple of the unit may take up what the others leave.
    """
    plan, exact, unit = whole.plan, _exact_plan(formulation, point), whole.unit
    most = (MOST_MOVED + len(scenario.funds)) * unit
    moved = np.abs(plan.spending - exact.spending)
    if unit > CENT:
        moved = moved[~np.broadcast_to(_held(scenario, formulation, unit)[:, None, :], moved.shape)]
    elif not (
        _are_the_same(plan.units_in(scenario), exact.units_in(scenario))
        and _are_the_same(plan.stand_ins_in(scenario), exact.stand_ins_in(scenario))
    ):
        return False
    transfers = np.abs(plan.transfers - exact.transfers)
    return bool(max(moved.max(initial=0.0), transfers.max(initial=0.0)) <= most)  # no mutant: never just as much


def _are_the_same(some: Floats, others: Floats) -> bool:
    return bool((np.abs(some - others) <= SAME_COUNT * np.maximum(np.abs(others), 1.0)).all())
