"""The tables of an allocation, as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from budgetopt.allocation.reasons import reasons_of
from budgetopt.allocation.uncertainty import baseline_levels
from budgetopt.scenario.accuracy import amounts_of, counts_of
from budgetopt.scenario.estimates import assumed_effects, effect_prefixes
from budgetopt.scenario.model import Evidence
from budgetopt.scenario.programs import Floats, Texts

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["by_period_table", "effects_table", "exact_sum", "funds_table", "outcomes_table", "programs_table"]

EVIDENCE: tuple[str, ...] = Evidence.__args__  # type: ignore[attr-defined]
"""The grades of evidence, the best first."""
RANGE = ("low", "high", "low_if_independent", "high_if_independent", "effects", "with_range", "assumed")
"""What the table of outcomes has of the ranges of their effects."""


def programs_table(plan: Allocation) -> pd.DataFrame:
    """Return one row a program; money is for all periods together."""
    programs = plan.scenario.programs
    baseline = plan.scenario.baselines.sum(axis=1)
    spending = exact_sum(plan.spending, (1, 2), plan.exact_unit)
    change = spending - np.nan_to_num(baseline)
    share = np.full(len(change), np.nan)
    known = np.nan_to_num(baseline) > 0
    share[known] = change[known] / baseline[known]
    return pd.DataFrame(
        {
            "name": programs.names(),
            "department": programs.text("department"),
            "priority": programs.text("priority"),
            "baseline": baseline,
            "spending": spending,
            "change": _in_units(change, plan.exact_unit),
            "change_share": share,
            "units": np.where(plan.formulation.serves, plan.units.sum(axis=1), np.nan),
            "reason": reasons_of(plan),
            "evidence": weakest_evidence(plan),
        },
        index=pd.Index(programs.ids, name="program"),
    )


def weakest_evidence(plan: Allocation) -> Texts:
    """Return the weakest grade of evidence behind a program's effects, empty where none is given; shape (programs,).

    An effect of which nothing is said is an assumption.
    """
    programs = plan.scenario.programs
    rank = np.full(len(programs), -1)
    for name in plan.scenario.outcomes:
        for prefix in effect_prefixes(programs, name):
            grades = np.where(assumed_effects(programs, prefix)[0], "assumption", programs.text(f"{prefix}.evidence"))
            for position, grade in enumerate(EVIDENCE):
                rank = np.where(grades == grade, np.maximum(rank, position), rank)
    return np.take(np.array([*EVIDENCE, ""], dtype=object), rank)


def by_period_table(plan: Allocation) -> pd.DataFrame:
    """Return spending in dollars: one row a program, one column a period."""
    ids = pd.Index(plan.scenario.programs.ids, name="program")
    return pd.DataFrame(exact_sum(plan.spending, 1, plan.exact_unit), index=ids, columns=list(plan.scenario.periods))


def outcomes_table(plan: Allocation) -> pd.DataFrame:
    """Return one row an outcome, for all periods together, beside what the baseline would bring."""
    scenario = plan.scenario
    outcomes = list(scenario.outcomes.values())
    before = baseline_levels(scenario).totals(len(outcomes)).sum(axis=1)
    level = plan.audit.outcomes.sum(axis=1)
    worth = np.array([outcome.worth for outcome in outcomes])
    return pd.DataFrame(
        {
            "name": [outcome.name or key for key, outcome in scenario.outcomes.items()],
            "unit": [outcome.unit for outcome in outcomes],
            "weight": [outcome.weight for outcome in outcomes],
            "direction": [outcome.direction for outcome in outcomes],
            "baseline": before,
            "level": level,
            "change": level - before,
            "value": level * worth,
            **{name: getattr(plan.outcome_ranges, name) for name in RANGE},
        },
        index=pd.Index(list(scenario.outcomes), name="outcome"),
    )


def effects_table(plan: Allocation) -> pd.DataFrame:
    """Return what each program brings to each outcome in each period, and between what it lies."""
    scenario, levels = plan.scenario, plan.audit.levels
    low, high = plan.effect_ranges.period_ends(levels.program, levels.outcome)
    periods, names = len(scenario.periods), np.array(list(scenario.outcomes), dtype=object)
    return pd.DataFrame(
        {
            "program": np.repeat(scenario.programs.ids[levels.program], periods),
            "outcome": np.repeat(names[levels.outcome], periods),
            "period": np.tile(np.array(scenario.periods, dtype=object), len(levels.program)),
            "level": levels.level.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )


def funds_table(plan: Allocation) -> pd.DataFrame:
    """Return the accounts of every fund in every period."""
    scenario, accounts = plan.scenario, plan.audit.balances
    names = ("opening", "revenue", "one_time", "transfers_in", "transfers_out", "spending", "closing", "reserve")
    index = pd.MultiIndex.from_product([list(scenario.funds), list(scenario.periods)], names=["fund", "period"])
    money = {name: _in_units(getattr(accounts, name).ravel(), plan.exact_unit) for name in names}
    prices = {"price": plan.prices.money.ravel(), "price_less": plan.prices.money_less.ravel()}
    return pd.DataFrame({**money, **prices}, index=index).reset_index()


def exact_sum(dollars: Floats, axis: int | tuple[int, ...], unit: float) -> Floats:
    """Return a sum of amounts that are whole numbers of a unit, free of what binary fractions leave."""
    return np.asarray(amounts_of(np.rint(counts_of(dollars, unit)).sum(axis=axis), unit))


def _in_units(dollars: Floats, unit: float) -> Floats:
    """Return amounts rounded to a unit; same shape."""
    return amounts_of(np.rint(counts_of(dollars, unit)), unit)
