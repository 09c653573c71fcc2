"""A better plan near one that is known: integer decisions on which it and the relaxation agree are held.

That neighborhood is the one of relaxation induced neighborhood search (Danna, Rothberg and Le Pape, Mathematical
Programming 102, 2005). A solver looks into it now and then; very large searches are over before it comes to that, and
there the last part of a limit of time is spent so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import Floats, LinearProgram
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.faces import reduce
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.solution import Options

__all__ = ["better_nearby"]

AGREES = 0.1
"""How far a relaxed value may be from an integer value to agree with it."""


def better_nearby(lp: LinearProgram, x: Floats, options: Options, clock: Clock) -> Floats:
    """Return the best plan found near a plan, or the plan itself.

    Parameters
    ----------
    lp
        The integer problem, with its one objective.
    x
        A plan that keeps every limit; shape (columns,).
    options
        How to solve; HiGHS answers.
    clock
        When to stop.
    """
    stage, whole = lp.stages[0], np.flatnonzero(lp.integer)
    relaxation = LiveModel(lp.relaxed(), replace(options, time_limit=clock.left)).solve()
    if relaxation.x is None or clock.over:
        return x
    agreed = whole[np.abs(relaxation.x[whole] - x[whole]) <= AGREES]
    lower, upper = lp.lower.copy(), lp.upper.copy()
    lower[agreed] = upper[agreed] = np.clip(np.rint(x[agreed]), lp.lower[agreed], lp.upper[agreed])
    left = reduce(replace(lp, lower=lower, upper=upper))
    if not left.feasible or not left.lp.columns:
        return x
    model = LiveModel(replace(left.lp, stages=(left.stage(stage),)), replace(options, time_limit=clock.left))
    model.set_start(x[left.columns])
    nearby = left.lift(lp, stage, model.solve()).x
    if nearby is None:
        return x
    return nearby if stage.sign * (float(stage.cost @ nearby) - float(stage.cost @ x)) < 0 else x
