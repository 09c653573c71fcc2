"""Prices of the limits of integer problems by solving again, as far as time and gap let a search tell them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.analysis.sensitivity.limit_rows import LimitRow, size_of, terms_of
from budgetopt.analysis.sensitivity.moved_limits import CLEAR, NOT_TOLD, Moved, MovedLimit, blur
from budgetopt.analysis.sensitivity.total_costs import total_cost
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import Solution

__all__ = ["SOLVED_AGAIN", "moved_row", "searched_cost", "why_in_vain"]

LONGEST = 15.0
"""In integer problems: the seconds of searches after which no further price is searched."""
FOR_COSTS = 0.4
"""The share of it for what whole limits cost, which is looked for first."""
SOLVED_AGAIN = "solved again with the limit moved by 1%"
TOO_LATE = f"the searches have {LONGEST:.0f} seconds together"


def moved_row(question: WhatIf, row: LimitRow, base: Solution) -> dict[str, Any]:
    """Return what moving the limit of a row brings on both sides, by solving again with every integer decision free.

    ``unknown`` says why it is not told; empty if it is.
    """
    size = size_of(row, np.array([]) if base.x is None else terms_of(question, row, base))
    figure = None
    if row.limit.kind == "money":
        figure = figure_at(question.scenario, ("funds", row.limit.name, "revenue", row.period))
    is_equal, is_upper = row.sense == "equals", row.sense == "at most"
    movable = MovedLimit(question, base, row.row, row.bound, size, is_equal, is_upper, figure)
    out: dict[str, Any] = {"method": SOLVED_AGAIN, "unknown": why_in_vain(question, base, _foreseen(movable))}
    for name, side in (("relief", 1), ("tightening", -1)):
        moved = Moved(math.nan, math.nan)
        if not out["unknown"]:
            moved = movable.to(side * row.relaxes, relaxing=side > 0)
            out["unknown"] = moved.why
        out |= {name: row.relaxes * moved.price + 0.0, f"{name}_until": moved.until}
        out[f"{name}_first"] = moved.first
        out[f"{name}_then"] = moved.then if name == "relief" else -moved.then
    return out


def searched_cost(question: WhatIf, provision: Provision, base: Solution) -> tuple[float, str]:
    """Return the total cost of a provision, and why it is not told; empty if it is."""
    if why := why_in_vain(question, base, math.inf, FOR_COSTS):
        return math.nan, why
    if question.is_limited and blur(base) > 0:
        without, relaxed = question.solve(question.problem_without([provision]).relaxed()), question.relaxed()
        if why := why_in_vain(question, base, abs(without.objective - relaxed.objective)):
            return math.nan, why
    cost = total_cost(question, provision, base)
    return cost, NOT_TOLD if math.isnan(cost) else ""


def _foreseen(movable: MovedLimit) -> float:
    """Return what the first move of a limit changes by the duals of the relaxation; infinite without them."""
    question = movable.question
    if not question.is_limited:
        return math.inf
    duals = question.relaxed().row_dual
    return math.inf if duals is None else abs(float(duals[movable.row])) * movable.step


def why_in_vain(question: WhatIf, base: Solution, foreseen: float, share: float = 1.0) -> str:
    """Return why no search can tell a change of the size that the relaxation foresees; empty if one may.

    ``share``: the share of the time that there is for such searches.
    """
    if base.x is None:
        return NOT_TOLD
    if question.seconds > share * LONGEST:
        return TOO_LATE
    return NOT_TOLD if question.is_limited and foreseen <= CLEAR * blur(base) and blur(base) > 0 else ""
