"""Words about a plan that several sections use: its periods, how its baseline grows, and the packages that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "baseline_growth",
    "free_service_words",
    "named_changes",
    "over_periods",
    "package_words",
    "together",
    "who_pays_words",
]

NAMED = 4
"""So many programs that change are named."""


def over_periods(plan: Allocation) -> str:
    """Return the periods as a phrase: ``in FY2027``, ``over FY2027 to FY2029``; empty for one that names no date."""
    periods = [one_line(period) for period in plan.scenario.periods]
    if len(periods) > 1:
        return f"over {periods[0]} to {periods[-1]}"
    return f"in {periods[0]}" if any(character.isdigit() for character in periods[0]) else ""


def together(scenario: Scenario) -> str:
    """Return what to say of figures that add periods up; empty for one period."""
    return "" if len(scenario.periods) == 1 else ", all periods together"


def named_changes(rows: pd.DataFrame, numbers: Numbers) -> str:
    """Return the first programs of a table with what each gains or loses, and how many more there are."""
    names = [
        f"{one_line(name)} {numbers.spoken_money(change, signed=True)}"
        for name, change in zip(rows["name"].tolist()[:NAMED], rows["change"].tolist()[:NAMED], strict=True)
    ]
    more = [plural(len(rows) - NAMED, "more program")] if len(rows) > NAMED else []
    return join_words([*names, *more])


def baseline_growth(scenario: Scenario, position: int | None = None) -> str:
    """Return how the baseline of the programs, or of one, grows: ``inflation of 2.5% a year``; empty if it does not."""
    # amounts by period are those of their own year
    known = scenario.programs.has("baseline") & ~np.isnan(scenario.baselines[:, 0])
    if position is not None:
        known &= np.arange(len(known)) == position
    if len(scenario.periods) == 1 or not known.any():
        return ""
    rates = scenario.price_level[known, 1] - 1.0
    if not rates.any():
        return ""
    least, most = float(rates.min()), float(rates.max())
    numbers = Numbers()
    if most - least <= 1e-12:
        return f"inflation of {numbers.share(most)} a year"
    return f"inflation of {numbers.share(least)} to {numbers.share(most)} a year"


def free_service_words(plan: Allocation) -> dict[int, str]:
    """Return, for each service that no money is paid for, what it serves in words that follow its name."""
    served = np.where(plan.spending.sum(axis=(1, 2)) > 0, 0.0, plan.units.sum(axis=1))
    units, numbers = plan.scenario.programs.text("service.unit"), Numbers()
    cost = np.where(plan.scenario.programs.number("service.unit_cost") > 0, "for less than a cent", "at no cost")
    return {
        at: f"serves {numbers.with_unit(float(served[at]), one_line(str(units[at])) or 'units')} {cost[at]}"
        for at in np.flatnonzero(served > 0).tolist()
    }


def package_words(plan: Allocation) -> dict[int, str]:
    """Return, for each program that takes any, which packages it takes and when, in words that follow its name."""
    packages = plan.scenario.packages
    periods = [one_line(period) for period in plan.scenario.periods]
    found: dict[int, dict[str, list[str]]] = {}
    for at in np.flatnonzero(plan.packages.any(axis=1)).tolist():
        program, name = int(packages.program[at]), one_line(packages.name[at])
        is_only = int((packages.program == program).sum()) == 1
        called = f"“{name}”" if name else "its package" if is_only else f"its package {int(packages.number[at]) + 1}"
        taken = plan.packages[at]
        verb = "starts" if packages.is_project[at] else "takes"
        when = "" if taken.all() else join_words([periods[period] for period in np.flatnonzero(taken).tolist()])
        found.setdefault(program, {}).setdefault(f"{verb} {{}}{f' in {when}' if when else ''}", []).append(called)
    return {
        program: join_words([form.replace("{}", join_words(names), 1) for form, names in said.items()])
        for program, said in found.items()
    }


def who_pays_words(plan: Allocation, position: int) -> Iterator[str]:
    """Yield what holds for a program without a number: whole units, the one fund that pays, fixed parts of funds."""
    scenario, numbers = plan.scenario, Numbers()
    programs, funds = scenario.programs, [label(key, fund.name) for key, fund in scenario.funds.items()]
    if programs.flag("service.whole", default=False)[position]:
        yield f"Only whole {one_line(programs.value(position, 'service.unit') or 'units')} of it can be served."
    if programs.flag("one_fund", default=False)[position]:
        pays = np.flatnonzero(plan.spending[position].sum(axis=1) > plan.half_a_cent)
        yield f"One fund pays all of it{f': {funds[pays[0]]}' if len(pays) else ''}."
    shares = scenario.fund_shares[position]
    if not np.isnan(shares).all():
        parts = [f"{numbers.share(float(shares[at]))} by {funds[at]}" for at in np.flatnonzero(shares > 0)]
        yield f"Fixed parts of it are paid: {join_words(parts)}."
