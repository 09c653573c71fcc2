"""What the last and the next dollar of every program buy, and what a dollar costs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.analysis.sensitivity.total_costs import solved
from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.formulation.stages import gives_up
from budgetopt.scenario.ceilings import fixed_costs
from budgetopt.scenario.column_units import FACTOR, PRICE, with_units
from budgetopt.solvers.faces import fix_integers

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject

__all__ = ["charges_by_rule", "duals_of", "marginal_returns"]

TINY = 1e-9
_UNITS = {
    **dict.fromkeys(("last_dollar", "next_dollar", "price", "charges", "last_charges"), PRICE),
    **dict.fromkeys(("effect_until_less", "effect_until_more"), FACTOR),
}


def marginal_returns(plan: Subject, *, question: WhatIf | None = None) -> pd.DataFrame:
    """Return what the last and the next dollar of each program that is scaled buy; one row a program and period.

    Columns: ``program``, ``name``, ``period``, ``spending``; ``last_dollar`` and ``next_dollar``, what they add to
    the first objective by themselves (NaN where nothing is spent, or where no dollar more is possible); ``price``, what
    a dollar is worth elsewhere in the fund that pays for it most cheaply; and ``charges``, what the rules and targets
    that bind add to that price for the next dollar of this program (below zero where they favour it), and
    ``last_charges`` for its last dollar, which differs where a curve bends. A program is funded further as long as its
    next dollar is worth more than price and charges together. ``effect_until_less`` and ``effect_until_more`` are the
    range of its effect, as factors on today's: between them the plan stays the best, in the textbook sense of ranging
    the coefficients of the objective; NaN where later objectives may give up some of the first one.
    (:func:`break_even_factors` goes on to where the program's money moves.)

    In problems with integer decisions the price is that of the plan as it stands, with these decisions held.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    question
        A live problem of the same scenario, if there is one already.

    Raises
    ------
    OptionError
        If it is asked of something else.
    InfeasibleError
        If a scenario is given and has no plan.
    """
    import pandas as pd

    plan = plan_of(plan, "marginal_returns")
    scenario = plan.scenario
    question = question or WhatIf(scenario, plan=plan)
    last, following = _worths(plan, question)
    duals = duals_of(question)
    unknown = np.full(last.shape, np.nan)
    price, charge, last_charge = (unknown,) * 3 if duals is None else _charges(plan, question, duals)
    programs, periods = len(scenario.programs), len(scenario.periods)
    table = pd.DataFrame(
        {
            "program": np.repeat(scenario.programs.ids, periods),
            "name": np.repeat(scenario.programs.names(), periods),
            "period": np.tile(np.array(scenario.periods, dtype=object), programs),
            "spending": plan.spending.sum(axis=1).ravel(),
            "last_dollar": last.ravel(),
            "next_dollar": following.ravel(),
            "price": price.ravel(),
            "charges": charge.ravel(),
            "last_charges": last_charge.ravel(),
        }
    )
    for ratio, worth, charged in (
        ("effect_until_less", "last_dollar", "last_charges"),
        ("effect_until_more", "next_dollar", "charges"),
    ):
        cost = table["price"] + table[charged]
        with np.errstate(divide="ignore", invalid="ignore"):
            table[ratio] = np.where((table[worth] > 0) & (not gives_up(scenario)), cost / table[worth], np.nan)
    return with_units(table[~np.repeat(_packaged(plan), periods)].reset_index(drop=True), scenario, _UNITS)


def _packaged(plan: Allocation) -> Bools:
    """Return which programs are made of packages; shape (programs,)."""
    packaged = np.zeros(len(plan.scenario.programs), dtype=bool)
    packaged[plan.scenario.packages.program] = True
    return packaged


def duals_of(question: WhatIf) -> Floats | None:
    """Return the duals of the live problem's rows, as a gain; those around the plan if it has integer decisions."""
    answer = solved(question.as_is())
    if question.is_integer:
        assert answer.x is not None
        answer = solved(question.solve(fix_integers(question.problem, answer.x)))
    return None if answer.row_dual is None else -question.problem.stages[0].sign * answer.row_dual


def _charges(plan: Allocation, question: WhatIf, duals: Floats) -> tuple[Floats, Floats, Floats]:
    """Return for each program and period the price of a dollar, and the charges on its next and on its last dollar.

    Of the funds that may pay, the one counts in which price and charges together are least. Shape (programs, periods)
    each.
    """
    problem, terms = question.problem, question.formulation.terms.spending
    is_money, is_rule = np.zeros(problem.rows, dtype=bool), np.zeros(problem.rows, dtype=bool)
    for block in problem.row_labels.blocks:
        if block.kind == "fund balance":
            is_money[block.positions] = True
        elif block.limit is not None:
            # what several grants ask of one fund is divided in a row that keeps no limit by itself
            is_rule[block.positions] = (block.limit >= 0) | (block.kind == "match")
    by_column = [problem.matrix.transpose_times(np.where(rows, duals, 0.0)) for rows in (is_money, is_rule)]
    per_dollar, charged = (values[terms.column] / terms.weight for values in by_column)
    price, charge = (np.full(question.formulation.limits.lower.shape, np.nan) for _ in range(2))
    usable = problem.upper[terms.column] > 0
    total = np.where(usable, per_dollar + charged, np.inf)
    # the most expensive first, so that the cheapest is written last
    order = np.argsort(-total, kind="stable")
    order = order[np.isfinite(total[order])]
    cell = (terms.program[order], terms.period[order])
    price[cell], charge[cell] = per_dollar[order], charged[order]
    # Targets and rules on outcomes count what segments bring. Where one fund pays, segments are what it pays, too.
    last, following = _in_segments(plan, question, by_column[1])
    pays = np.zeros(problem.columns, dtype=bool)
    pays[terms.column] = True
    once = np.zeros(charge.shape, dtype=bool)  # no mutant: without a segment it is not asked
    for block in problem.column_labels.of_kind("segment"):
        once[block.keys["program"], block.keys["period"]] = pays[block.positions]
    following, last = np.where(np.isnan(following), last, following), np.where(np.isnan(last), following, last)
    next_charge, last_charge = (
        np.where(np.isnan(own), charge, np.where(once, own, charge + own)) for own in (following, last)
    )
    return price, next_charge, last_charge


def _in_segments(plan: Allocation, question: WhatIf, values: Floats) -> tuple[Floats, Floats]:
    """Return what columns are worth per dollar in the segments of the last and of the next dollar.

    Shape (programs, periods) both; NaN where nothing is spent, where no dollar more is possible, and without segments.
    """
    problem, scenario = question.problem, plan.scenario
    spent = plan.spending.sum(axis=1)
    last, following, filled = np.full(spent.shape, np.nan), np.full(spent.shape, np.nan), np.zeros(spent.shape)
    fixed = fixed_costs(scenario)
    level = np.where(spent > plan.half_a_cent, np.maximum(spent - fixed, 0.0), 0.0)
    for block in problem.column_labels.of_kind("segment"):
        # columns of a program stand in the order of its segments: one pass over the numbers of segments fills them
        for number in np.unique(block.keys["segment"]).tolist():
            at = np.flatnonzero(block.keys["segment"] == number)
            cell = (block.keys["program"][at], block.keys["period"][at])
            paid = question.formulation.prices[cell] > 0
            position, cell = block.positions[at[paid]], (cell[0][paid], cell[1][paid])
            price, begins = question.formulation.prices[cell], filled[cell]
            worth, width = values[position] / price, problem.upper[position] * price
            used = level[cell] > begins + plan.half_a_cent
            last[cell] = np.where(used, worth, last[cell])
            open_ = (level[cell] < begins + width - plan.half_a_cent) & np.isnan(following[cell])
            following[cell] = np.where(open_, worth, following[cell])
            filled[cell] = begins + width
    return last, following


def _worths(plan: Allocation, question: WhatIf) -> tuple[Floats, Floats]:
    """Return what the last and the next dollar of each program add by themselves; shape (programs, periods)."""
    problem, stage = question.problem, question.problem.stages[0]
    cost = -stage.sign * stage.cost_for(problem.columns)
    last, following = _in_segments(plan, question, cost)
    # programs of one segment and several funds: their columns are dollars already
    spent = plan.spending.sum(axis=1)
    limits, terms = question.formulation.limits, question.formulation.terms.spending
    alone = np.repeat(~_packaged(plan)[:, None], spent.shape[1], axis=1)
    for block in problem.column_labels.of_kind("segment"):
        alone[block.keys["program"], block.keys["period"]] = False
    by_fund = np.full(spent.shape, np.nan)
    by_fund[terms.program, terms.period] = cost[terms.column]
    last[alone] = np.where(spent > plan.half_a_cent, by_fund, np.nan)[alone]
    following[alone] = np.where(spent < limits.upper - plan.half_a_cent, by_fund, np.nan)[alone]
    return last, following


def charges_by_rule(question: WhatIf, duals: Floats) -> list[dict[tuple[str, str], float]]:
    """Return for each program what each binding rule adds to the price of its dollar, by the rule's kind and name.

    Of several columns of a program, and of several periods, the largest charge counts; below zero a rule favours it.
    """
    problem, matrix, terms = question.problem, question.problem.matrix, question.formulation.terms.spending
    weight = np.zeros(problem.columns)
    owner = np.zeros(problem.columns, dtype=np.int64)  # no mutant: a column without a weight charges no program
    weight[terms.column], owner[terms.column] = terms.weight, terms.program
    for block in problem.column_labels.of_kind("segment"):
        own = block.keys["program"]
        weight[block.positions], owner[block.positions] = question.formulation.prices[own, block.keys["period"]], own
    limit, part = problem.limit_of_rows, np.zeros(problem.rows, dtype=np.int64)
    for number, block in enumerate(problem.row_labels.blocks):
        part[block.positions] = number
        if block.kind == "fund balance":
            limit[block.positions] = -1
    column = matrix.column_of_entry()
    entry = np.flatnonzero((weight[column] > 0) & (limit[matrix.index] >= 0) & (duals[matrix.index] != 0))
    row, column = matrix.index[entry], column[entry]
    charge = matrix.value[entry] * duals[row] / weight[column]
    kept = np.flatnonzero(np.abs(charge) > TINY)
    # limits are named in the order of their rows
    kept = kept[np.argsort(part[row[kept]], kind="stable")]
    found: list[dict[tuple[str, str], float]] = [{} for _ in question.scenario.programs.ids]
    limits = question.scenario.limits
    named = {at: (limits[at].kind, limits[at].name) for at in np.unique(limit[row[kept]]).tolist()}
    cells = zip(owner[column[kept]].tolist(), limit[row[kept]].tolist(), charge[kept].tolist(), strict=True)
    for program, at, one in cells:
        mine, key = found[program], named[at]
        if abs(one) > abs(mine.get(key, 0.0)):
            mine[key] = one
    return found
