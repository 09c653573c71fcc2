"""Every program explained in one table: what holds it, what its last and next dollar buy, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.allocation.reasons import PLAIN
from budgetopt.analysis.break_even import factors_of
from budgetopt.analysis.margin_table import charges_by_rule, duals_of, marginal_returns
from budgetopt.analysis.what_if import WhatIf, question_about
from budgetopt.formulation.stages import outcome_worths
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["explain_all", "held_by", "seeks_outcomes"]


def held_by(reason: str, charges: Mapping[tuple[str, str], float], last: float, following: float, price: float) -> str:
    """Return what holds a program, in a few words: its own reason in the plan, or the rule without which it would move.

    ``charges`` is what each binding rule adds to the price of the program's dollar. ``last`` and ``following`` are what
    its last and next dollar add to the objective (NaN where there is none, or where the objective is no sum of
    outcomes), and ``price`` is what a dollar adds elsewhere.
    """
    is_favoured = any(charge < 0 for charge in charges.values())
    if reason.startswith("unfunded: the money") and following <= 0 and not is_favoured:
        return "unfunded: a dollar here would add nothing"
    held = {key: charge for key, charge in charges.items() if key[0] in ("rule", "target")}
    if reason in PLAIN and held:
        highest, lowest = max(held, key=lambda key: held[key]), min(held, key=lambda key: held[key])
        if held[highest] > 0 and following > price:
            return f"held down by the {highest[0]} “{highest[1]}”"
        if held[lowest] < 0 and (last < price or (math.isnan(last) and not reason.startswith("unfunded"))):
            if lowest[0] == "target" and last <= 0:
                return f"funded because the target of “{lowest[1]}” asks for it"
            return f"held up by the {lowest[0]} “{lowest[1]}”"
    return reason


def seeks_outcomes(scenario: Scenario) -> bool:
    """Return whether the first objective is a sum of outcomes, so that each dollar adds to it by itself."""
    return outcome_worths(scenario, scenario.objective[0]) is not None


def explain_all(plan: Subject, *, follow: bool | None = None, question: WhatIf | None = None) -> pd.DataFrame:
    """Explain every program in one table; one row a program, in the order of the scenario.

    Columns: ``program``, ``name``, ``baseline``, ``spending``, ``change``; ``held_by``, in words; ``last_dollar``,
    ``next_dollar``, ``price`` and ``charges`` as in :func:`budgetopt.marginal_returns`, in the first period (NaN for
    programs of packages); ``effect_for_more`` and ``effect_for_less``, the factors on its effect at which it would get
    more and less. These are seen by solving again just inside and just outside, on one live problem; NaN where no
    factor within a hundred changes anything.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    follow
        Whether the break-evens are looked for. Left out, they are in linear programs; with integer decisions,
        where each takes many solves, they are NaN.
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

    plan = plan_of(plan, "explain_all")
    question = question or WhatIf(plan.scenario, plan=plan)
    follow = not plan.formulation.linear_program.is_integer if follow is None else follow
    ids = plan.scenario.programs.ids
    duals = duals_of(question)
    programs = plan.programs
    table = marginal_returns(plan, question=question).drop_duplicates("program").set_index("program")
    marginal = table[["last_dollar", "next_dollar", "price", "charges"]].reindex(ids)
    figures = marginal[["last_dollar", "next_dollar", "price"]].to_numpy(dtype=float, copy=True)
    if not seeks_outcomes(plan.scenario):
        figures[:, :2] = np.nan
    held = [
        held_by(str(reason), {} if duals is None else charges_by_rule(question, duals, row), *figures[row].tolist())
        for row, reason in enumerate(programs["reason"].tolist())
    ]
    factors = np.full((2, len(ids)), np.nan)
    if follow:
        open_question = question_about(plan, exact=True) if question.holds_decisions else question
        for row in range(len(ids)):
            for item in factors_of(plan, row, open_question, ("effect",)):
                factors[int(item.more), row] = item.factor
    return pd.DataFrame(
        {
            "program": ids,
            **{key: programs[key].to_numpy() for key in ("name", "baseline", "spending", "change")},
            "held_by": held,
            **{key: marginal[key].to_numpy() for key in ("last_dollar", "next_dollar", "price", "charges")},
            "effect_for_more": factors[1],
            "effect_for_less": factors[0],
        }
    )
