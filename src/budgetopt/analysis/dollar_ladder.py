"""The ladder of dollars: what the next and the last dollars buy, and what goes first in a cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.errors import InfeasibleError, OptionError
from budgetopt.formulation import Formulation, formulate
from budgetopt.formulation.fund_rows import inflow
from budgetopt.scenario.named import named
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import Options, Termination, solve_linear_program

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["STEPS", "budget_steps"]

STEPS = (-0.10, -0.05, -0.02, -0.01, 0.01, 0.02, 0.05, 0.10)
"""The steps of a ladder, as shares of the money."""
A_CENT = 0.01


def budget_steps(
    plan: Subject, *, fund: str | None = None, steps: Sequence[float] = STEPS, dollars: Sequence[float] = ()
) -> pd.DataFrame:
    """Return what changes, program by program, as money is taken away or added.

    Each step is solved again as a problem of its own, ties settled as in the plan, so that it is what the best plan
    with that much money would be. One row a step and program that moves: ``money`` (dollars more or less than now, all
    periods together), ``program``, ``name``, ``change`` (dollars), and for the whole step ``value`` (the change of the
    first objective) and ``value_per_dollar`` on that rung: between this step and the one before it, counted from now. A
    step that no plan can meet has one row without a program, and no value.

    Parameters
    ----------
    plan
        The plan from which the money moves; or a scenario or its path, which is solved.
    fund
        The id or printed name of the fund whose money moves; left out, all funds in proportion.
    steps
        The steps as shares of the money, of either sign.
    dollars
        The steps in dollars; they take the place of ``steps``.

    Raises
    ------
    UnknownNameError
        If there is no fund of that name.
    OptionError
        If a step takes more than there is.
    InfeasibleError
        If a step is not solved.
    """
    import pandas as pd

    scenario = plan_of(plan, "budget_steps").scenario
    formulation = formulate(scenario)
    money = inflow(scenario)
    if fund is not None:
        fund = named(scenario, fund, ("fund",)).key
        money = np.where((np.array(list(scenario.funds)) == fund)[:, None], money, 0.0)
    total = float(money.sum())
    shares = [amount / total for amount in dollars] if len(dollars) else [float(step) for step in steps]
    if not total or any(share < -1 or share == 0 or not np.isfinite(share) for share in shares):
        raise OptionError("a step of the ladder takes more money than there is, or none at all")
    now = _moved(formulation, money, 0.0)
    assert now is not None, "the plan itself is a step that was solved"
    names = scenario.programs.names()
    rows = []
    for side in (-1, 1):
        before, before_money = now[1], 0.0
        for share in sorted((share for share in shares if share * side > 0), key=abs):
            step = _moved(formulation, money, share)
            amount = share * total
            if step is None:
                rows.append({"money": amount, "program": "", "name": "", "change": np.nan, "value": np.nan})
                continue
            spent, value = step
            moved = np.flatnonzero(np.abs(spent - now[0]) >= A_CENT)
            rung = (value - before) / (amount - before_money)
            before, before_money = value, amount
            rows += [
                {
                    "money": amount,
                    "program": scenario.programs.ids[row],
                    "name": names[row],
                    "change": round(float(spent[row] - now[0][row]), 2),
                    "value": value - now[1],
                    "value_per_dollar": rung,
                }
                for row in moved[np.argsort(-np.abs(spent - now[0])[moved], kind="stable")].tolist()
            ]
    columns = ["money", "program", "name", "change", "value", "value_per_dollar"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("money", kind="stable", ignore_index=True)


def _moved(formulation: Formulation, money: Floats, share: float) -> tuple[Floats, float] | None:
    """Return what each program spends over all periods, and the first objective, with a share more money."""
    problem = formulation.linear_program
    row_lower, row_upper = problem.row_lower.copy(), problem.row_upper.copy()
    for block in problem.row_labels.of_kind("fund balance"):
        more = share * money[block.keys["fund"], block.keys["period"]]
        row_lower[block.positions] += more
        row_upper[block.positions] += more
    answer = solve_linear_program(replace(problem, row_lower=row_lower, row_upper=row_upper), Options())
    if answer.x is None:
        if answer.termination is Termination.INFEASIBLE:
            return None
        raise InfeasibleError(f"the step of {share:+.1%} has no plan: {answer.termination}")
    return formulation.spending_of(answer.x).sum(axis=(1, 2)), answer.solution.objective
