"""Confirm a result by solving its scenario again: the one check of a result that runs a solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from budgetopt.allocation.allocation import Allocation
from budgetopt.allocation.first_result_format import by_program
from budgetopt.allocation.proof import plan_of
from budgetopt.allocation.solve import solve
from budgetopt.allocation.verify import Finding, Verification
from budgetopt.errors import NoAllocationError
from budgetopt.formulation.linear_program import Stage
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import money

__all__ = ["solved_again"]

CLOSE = 1e-7
"""The share of a value below which a plan that is found is no better than the one of the result."""
SAME = 1e-9
"""The share of a value below which two values are one, and leave the same to later objectives."""


def solved_again(found: Verification, document: Mapping[str, Any], scenario: Scenario, **options: Any) -> Verification:
    """Return what was confirmed of a result document, and what solving the scenario here says of it.

    Parameters
    ----------
    found
        What was confirmed without a solver; a result that is not confirmed is not solved again.
    options
        What :func:`budgetopt.solve` takes: ``solver``, ``time_limit``, ``gap``, ``threads``.
    """
    if not found.accepted:
        return found
    document = by_program(document)
    plan: Allocation | None = None
    try:
        plan = solve(scenario, **options)
    except NoAllocationError as error:
        again, text = Finding("solve", False, f"solved again here there is no plan: {error.message}"), ""
    else:
        again = _compared(document, scenario, plan)
        known = f"within {plan.gap:.4%}" if np.isfinite(plan.gap) and not plan.proved else "to the end"
        text = f" Solved again here by {plan.solver}, {known}: no better plan was found."
    # what was solved again is not left to the file's word
    shown = _shown(document, plan) if again.passed and plan is not None else set()
    kept = tuple(one for one in found.notes if one.name not in shown)
    return replace(found, notes=kept, conclusion=found.conclusion + text).with_finding(again)


def _shown(document: Mapping[str, Any], plan: Allocation) -> set[str]:
    """Return the names of the notes that a plan which agrees with a result leaves no reason for."""
    ties = {"ties", "rounding"} if document["unique"] and plan.unique else set()
    values = [abs(said - value) <= SAME * max(abs(said), abs(value)) for _, said, value in _values(document, plan)]
    every = len(values) == len(plan.formulation.linear_program.stages) and all(values)
    return ties | ({"objectives"} if plan.proved and every else set())


def _compared(document: Mapping[str, Any], scenario: Scenario, plan: Allocation) -> Finding:
    """Return how the plan of a result compares with the one that was found here."""
    if fault := _worse_objective(document, plan):
        return Finding("solve", False, f"solved again here {fault}")
    value = plan.objective_value
    if not (document["unique"] and plan.unique):
        return Finding("solve", True, f"solved again here by {plan.solver}: the value is {value:,.10g}")
    theirs = plan_of(document["proof"]["decisions"], scenario)
    apart = np.abs(theirs.spending - plan.spending)
    if apart.max(initial=0.0) > plan.rounded_to / 2:
        row, fund, period = np.unravel_index(int(apart.argmax()), apart.shape)
        where = f"{scenario.programs.ids[row]} gets {money(float(plan.spending[row, fund, period]))}"
        text = f"the rule for ties picks another of equally good plans: in {scenario.periods[int(period)]} {where}"
        return Finding("solve", False, f"{text}, and not {money(float(theirs.spending[row, fund, period]))}")
    return Finding("solve", True, f"solved again here by {plan.solver}: the value and every payment are the same")


def _values(document: Mapping[str, Any], plan: Allocation) -> Iterator[tuple[Stage, float, float]]:
    """Yield each objective with the value that a result says it reached and the one that was reached here."""
    for said, result in zip(document["objective"]["stages"], plan.solver_result.stages, strict=False):
        reached, value = said["value"], result.solution.objective
        if result is plan.solver_result.stages[0] and not result.stage.within:
            # the plan of a search may be better than what it had reached
            reached, value = document["objective"]["value"], plan.objective_value
        if reached is not None and np.isfinite(value):
            yield result.stage, reached, value


def _worse_objective(document: Mapping[str, Any], plan: Allocation) -> str:
    """Return which objective of a result is not what was found here, or nothing.

    A later objective is compared where those before it are the same: it is the best of what they leave.
    """
    for stage, said, value in _values(document, plan):
        size, better = max(abs(said), abs(value), 1e-9), stage.sign * (said - value)
        where = "" if stage is plan.solver_result.stages[0].stage else f" to {stage.label}"
        if better > CLOSE * size:
            return f"a better plan{where} is found: {value:,.10g}, and not {said:,.10g}"
        if -better > CLOSE * size and plan.proved:
            return f"no plan{where} is better than {value:,.10g}, and it says {said:,.10g}"
        if abs(better) > SAME * size:
            break
    return ""
