"""Confirm a result by solving its scenario again: the one check of a result that runs a solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from budgetopt.allocation.allocation import Allocation
from budgetopt.allocation.first_result_format import by_program
from budgetopt.allocation.proof import plan_of
from budgetopt.allocation.solve import solve
from budgetopt.allocation.verify import Finding, Verification
from budgetopt.errors import NoAllocationError
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import money

__all__ = ["solved_again"]

CLOSE = 1e-7
"""The share of a value below which a plan that is found is no better than the one of the result."""


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
    kept = tuple(one for one in found.notes if one.name != "ties" or not _settled(document, plan, again))
    return replace(found, notes=kept, conclusion=found.conclusion + text).with_finding(again)


def _settled(document: Mapping[str, Any], plan: Allocation | None, again: Finding) -> bool:
    return bool(again.passed and plan is not None and document["unique"] and plan.unique)


def _compared(document: Mapping[str, Any], scenario: Scenario, plan: Allocation) -> Finding:
    """Return how the plan of a result compares with the one that was found here."""
    stage = plan.formulation.linear_program.stages[0]
    said, value = document["objective"]["value"], plan.objective_value
    size = max(abs(said), abs(value), 1e-9)
    better = value - said if stage.maximize else said - value
    if better > CLOSE * size:
        return Finding("solve", False, f"solved again here a better plan is found: {value:,.10g}, and not {said:,.10g}")
    if -better > CLOSE * size and plan.proved:
        return Finding(
            "solve", False, f"solved again here no plan is better than {value:,.10g}, and it says {said:,.10g}"
        )
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
