"""Every program explained in one table: what holds it, what its last and next dollar buy, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import plan_of
from budgetopt.allocation.reasons import PLAIN
from budgetopt.analysis.live_problem.what_if import WhatIf, question_about
from budgetopt.analysis.sensitivity.break_even import factors_of
from budgetopt.analysis.sensitivity.margin_table import charges_by_rule, duals_of, marginal_returns
from budgetopt.analysis.sensitivity.more_or_not import NOT_SOLVED
from budgetopt.formulation.stages import decides_first, outcome_worths
from budgetopt.scenario.column_units import CURRENCY, FACTOR, PRICE, with_units
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject

__all__ = ["explain_all", "held_by", "seeks_outcomes"]

LONGEST = 60.0
"""In integer problems: the seconds of searches after which no further factor is looked for."""
TOO_LATE = f"the searches have {LONGEST:.0f} seconds together"
NOT_ASKED = "it was not asked for"


def held_by(
    reason: str,
    charges: Mapping[tuple[str, str], float],
    last: float,
    following: float,
    price: float,
    *,
    first: str = "",
) -> str:
    """Return what holds a program, in a few words: its own reason in the plan, or the rule without which it would move.

    ``charges`` is what each binding rule adds to the price of the program's dollar. ``last`` and ``following`` are what
    its last and next dollar add to the objective (NaN where there is none, or where the objective is no sum of
    outcomes), and ``price`` is what a dollar adds elsewhere. ``first`` names what these are about where more decides.
    """
    is_favoured = any(charge < 0 for charge in charges.values())
    if reason.startswith("unfunded: the money") and following <= 0 and not is_favoured:
        return f"unfunded: a dollar here would add nothing{f' to {first}' if first else ''}"
    held = {key: charge for key, charge in charges.items() if key[0] in ("rule", "target")}
    if reason in PLAIN and held:
        highest, lowest = max(held, key=lambda key: held[key]), min(held, key=lambda key: held[key])
        if held[highest] > 0 and following > price:
            return f"held down by the {highest[0]} “{highest[1]}”"
        if held[lowest] < 0 and (last < price or (math.isnan(last) and not reason.startswith("unfunded"))):
            if lowest[0] == "target" and last <= 0:
                return f"funded: the target of “{lowest[1]}” asks for it"
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
    more and less, as in :func:`break_even_factors`; NaN where no factor within a hundred changes anything. With integer
    decisions, all of them free, or where factors are not known, a column ``unknown`` says why; empty where they are.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    follow
        Whether the break-evens are looked for, however long that takes. Left out, they are in linear programs; with
        integer decisions, where each takes many searches, as far as :data:`LONGEST` allows.
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
    ids = plan.scenario.programs.ids
    duals = duals_of(question)
    programs = plan.programs
    margins = marginal_returns(plan, question=question)  # no mutant: a question of its own has the same answer
    table = margins.drop_duplicates("program").set_index("program")
    marginal = table[["last_dollar", "next_dollar", "price", "charges"]].reindex(ids)
    figures = marginal[["last_dollar", "next_dollar", "price"]].to_numpy(dtype=float, copy=True)
    if not seeks_outcomes(plan.scenario):
        figures[:, :2] = np.nan
    charges = [{}] * len(ids) if duals is None else charges_by_rule(question, duals)
    held = [
        held_by(str(reason), charged, *margin, first=decides_first(plan.scenario))
        for reason, charged, margin in zip(programs["reason"].tolist(), charges, figures.tolist(), strict=True)
    ]
    less, more, unknown = _factors(plan, question, follow)
    table = pd.DataFrame(
        {
            "program": ids,
            **{key: programs[key].to_numpy() for key in ("name", "baseline", "spending", "change")},
            "held_by": held,
            **{key: marginal[key].to_numpy() for key in ("last_dollar", "next_dollar", "price", "charges")},
            "effect_for_more": more,
            "effect_for_less": less,
        }
    )
    own = {**dict.fromkeys(("last_dollar", "next_dollar", "price", "charges"), PRICE), "change": CURRENCY}
    own |= dict.fromkeys(("effect_for_more", "effect_for_less"), FACTOR)
    with_units(table, plan.scenario, own)
    has_unknown = plan.formulation.linear_program.is_integer or any(unknown)
    return table.assign(unknown=unknown) if has_unknown else table


def _factors(plan: Allocation, question: WhatIf, follow: bool | None) -> tuple[Floats, Floats, list[str]]:
    """Return the factors for less and for more, shape (programs,) both, and why those of a program are not known."""
    count = len(plan.scenario.programs)
    less, more, unknown = np.full(count, np.nan), np.full(count, np.nan), [""] * count
    if follow is False:
        return less, more, [NOT_ASKED] * count
    asked = question_about(plan, exact=True) if question.holds_decisions else question
    if asked.is_limited and asked.as_is().termination is not Termination.OPTIMAL:
        return less, more, [NOT_SOLVED] * count
    until = math.inf if follow or not asked.is_integer else LONGEST
    for row in range(count):
        if asked.seconds > until:
            unknown[row] = TOO_LATE
            continue
        for item in factors_of(plan, row, asked, ("effect",)):
            (more if item.more else less)[row] = item.factor
            unknown[row] = unknown[row] or item.unknown
    return less, more, unknown
