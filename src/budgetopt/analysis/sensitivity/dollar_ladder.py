"""The budget cut and raised in steps: what the next and the last dollars buy, and what goes first in a cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.analysis.live_problem.plan_moves import moves_between
from budgetopt.errors import InfeasibleError, OptionError
from budgetopt.formulation import formulate
from budgetopt.formulation.fund_rows import inflow
from budgetopt.scenario.column_units import CURRENCY, PRICE, with_units
from budgetopt.scenario.named import named
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.worked_out import with_parts
from budgetopt.solvers import Termination, solve_linear_program

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["STEPS", "budget_steps", "with_money"]

STEPS = (-0.10, -0.05, -0.02, -0.01, 0.01, 0.02, 0.05, 0.10)
"""The usual steps, as shares of the money."""
_MONEY = ("revenue", "one_time", "opening_balance")
"""What a fund has: structural balance, reserves and shares of revenue move with it."""


def budget_steps(
    plan: Subject, *, fund: str | None = None, steps: Sequence[float] = STEPS, dollars: Sequence[float] = ()
) -> pd.DataFrame:
    """Return what changes, program by program, as money is taken away or added.

    Each step is solved again as a problem of its own, ties settled as in the plan, so that it is the best plan with
    that much money: revenue, one-time money and opening balances, with all that depends on them (structural balance,
    reserves, shares of revenue). One row a step and program that moves: ``money`` (dollars more or less than now, all
    periods together), ``program``, ``name``, ``change`` (dollars), and for the whole step ``value`` (the change of the
    first objective) and ``value_per_dollar`` between the step before it, counted from now, and this one. A
    step that no plan can meet has one row without a program, and no value.

    Parameters
    ----------
    plan
        The plan from which the money moves, or its scenario, or the path of it.
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
        If there is no plan, or a step is not solved.
    """
    import pandas as pd

    scenario = scenario_of(plan, "budget_steps")
    moving = [name for name in scenario.funds if fund is None or name == named(scenario, fund, ("fund",)).key]
    total = float(inflow(scenario)[[list(scenario.funds).index(name) for name in moving]].sum())
    shares = [amount / total for amount in dollars] if len(dollars) else [float(step) for step in steps]
    if not total or any(share < -1 or share == 0 or not np.isfinite(share) for share in shares):
        raise OptionError("a step takes more money than there is, or none at all")
    now = _moved(scenario, moving, 0.0)
    if now is None:
        raise InfeasibleError("no allocation can meet every rule", hint="conflicts says which limits contradict")
    rows: list[tuple[float, str, str, float, float, float]] = []
    for side in (-1, 1):
        before, before_money = now[1], 0.0
        for share in sorted((share for share in shares if share * side > 0), key=abs):
            step, amount = _moved(scenario, moving, share), share * total
            if step is None:
                rows.append((amount, "", "", np.nan, np.nan, np.nan))
                continue
            spent, value = step
            rate = (value - before) / (amount - before_money)
            rows += [(amount, *move, value - now[1], rate) for move in moves_between(scenario, now[0], spent)]
            before, before_money = value, amount
    columns = ["money", "program", "name", "change", "value", "value_per_dollar"]
    table = pd.DataFrame(rows, columns=columns).sort_values("money", kind="stable", ignore_index=True)
    return with_units(table, scenario, {"change": CURRENCY, "value_per_dollar": PRICE})


def _moved(scenario: Scenario, moving: Sequence[str], share: float) -> tuple[Floats, float] | None:
    """Return what each program spends over all periods, and the first objective, with a share more money in funds."""
    changed = with_money(scenario, moving, 1.0 + share)
    formulation = formulate(changed)
    answer = solve_linear_program(formulation.linear_program)
    if answer.x is None:
        if answer.termination is Termination.INFEASIBLE:
            return None
        raise InfeasibleError(f"the step of {share:+.1%} has no plan: {answer.termination}")
    return formulation.spending_of(answer.x).sum(axis=(1, 2)), answer.solution.objective


def with_money(scenario: Scenario, moving: Iterable[str], factor: float) -> Scenario:
    """Return the scenario in which some funds have a multiple of their money: revenue, one-time money and balances."""
    funds = dict(scenario.funds)
    for name in moving:
        money = {key: _times(getattr(funds[name], key), factor) for key in _MONEY}
        funds[name] = funds[name].model_copy(update=money)
    return with_parts(scenario, funds=funds)


def _times(said: Any, factor: float) -> Any:
    """Return an amount, or one for each period, multiplied."""
    if isinstance(said, Mapping):
        return {period: amount * factor for period, amount in said.items()}
    return said * factor
