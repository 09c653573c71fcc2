"""What a whole limit costs: the best value without it, and without several, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.moved_limits import CLEAR, blur
from budgetopt.errors import FaultError
from budgetopt.formulation import LinearProgram
from budgetopt.scenario.column_units import VALUE, with_units
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import Solution, Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["rules_one_by_one", "solved", "total_cost"]

SAME = 1e-7
"""The share of the best value that two searches may leave open for a difference of nothing to be told."""


def total_cost(question: WhatIf, provision: Provision, base: Solution) -> float:
    """Return what the first objective gains if a provision is dropped; infinite if nothing limits it then.

    ``base``: the answer to the question as it is.
    """
    if question.is_loose(provision):
        return 0.0
    changed, gain = question.problem_without([provision]), -question.problem.stages[0].sign
    if _is_idle(question.problem, changed, base, gain):
        return 0.0
    if question.is_integer and base.x is None:
        return np.nan
    answer = question.solve(changed)
    if answer.termination is Termination.UNBOUNDED:
        return np.inf
    if question.is_integer and answer.x is None:
        return np.nan
    answer = answer if question.is_integer else solved(answer)
    cost, size = gain * (answer.objective - base.objective), max(abs(base.objective), 1.0)
    left_open = blur(base) + blur(answer) if question.is_integer else 0.0
    if left_open > SAME * size:
        return cost if cost > CLEAR * left_open else np.nan
    # what is below the solver's own accuracy is nothing
    tolerance = question.accuracy * size
    return cost if cost > tolerance else 0.0


def _is_idle(problem: LinearProgram, changed: LinearProgram, base: Solution, gain: float) -> bool:
    """Return whether the proof that an answer is the best does not need the dropped limits: it is then best without."""
    if base.row_dual is None or base.reduced_cost is None or changed.matrix is not problem.matrix:
        return False
    rows, columns = gain * base.row_dual, gain * base.reduced_cost
    limits = (
        (problem.row_lower, changed.row_lower, rows < 0),
        (problem.row_upper, changed.row_upper, rows > 0),
        (problem.lower, changed.lower, columns < 0),
        (problem.upper, changed.upper, columns > 0),
    )
    return not any(((own != other) & needed).any() for own, other, needed in limits)


def rules_one_by_one(plan: Subject, *, question: WhatIf | None = None) -> pd.DataFrame:
    """Return what the first objective loses as the rules are added one at a time, in the order of the file.

    Columns: ``kind``, ``name``, ``because``, ``value`` (with this rule and all above it) and ``cost`` (what this one
    takes). The first row is the scenario without any of them. A rule's cost here depends on the rules above it, unlike
    its total cost in :func:`prices`.

    Parameters
    ----------
    plan
        The scenario or its path, or a plan of it.
    question
        A live problem of the same scenario, if there is one already.

    Raises
    ------
    OptionError
        If it is asked of something else.
    """
    import pandas as pd

    scenario = scenario_of(plan, "rules_one_by_one")
    question = question or WhatIf(scenario)
    steps = [limit for limit in scenario.limits.demands() if limit.kind in ("rule", "target", "resource")]
    waiting = {limit.provision for limit in steps}
    gain = -question.problem.stages[0].sign

    def best() -> float:
        answer = question.without(waiting)
        return np.inf * gain if answer.termination is Termination.UNBOUNDED else solved(answer).objective

    value = best()
    rows = [{"kind": "", "name": "no rules", "because": "", "value": value, "cost": 0.0}]
    for limit in steps:
        waiting.discard(limit.provision)
        now = best()
        cost = 0.0 if now == value else max(gain * (value - now), 0.0)
        rows.append({"kind": limit.kind, "name": limit.name, "because": limit.because, "value": now, "cost": cost})
        value = now
    return with_units(pd.DataFrame(rows), scenario, {"cost": VALUE})


def solved(answer: Solution) -> Solution:
    """Return an answer that is optimal, as what is asked here always has one, or raise a FaultError."""
    if answer.termination is not Termination.OPTIMAL:
        raise FaultError(f"{answer.solver} did not solve a changed problem: {answer.termination}")
    return answer
