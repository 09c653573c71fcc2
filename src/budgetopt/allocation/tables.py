"""The tables of an allocation: as columns by their names, for those who print them, and as pandas frames."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.allocation.limit_table import rules_columns
from budgetopt.allocation.reasons import reasons_of
from budgetopt.allocation.uncertainty import baseline_levels
from budgetopt.scenario.accuracy import amounts_of, counts_of
from budgetopt.scenario.column_units import COUNT, CURRENCY, OF_OUTCOME, PRICE, VALUE, with_units
from budgetopt.scenario.estimates import assumed_effects, effect_prefixes
from budgetopt.scenario.model import Evidence
from budgetopt.scenario.programs import Floats, Texts, objects

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation.allocation import Allocation
    from budgetopt.scenario.scenario import Scenario

__all__ = ["Columns", "PlanColumns", "by_period_table", "effects_table", "exact_sum", "frame_of", "rows_of"]

Columns = dict[str, NDArray[Any]]
"""A table: its columns by their names, all of one length."""

EVIDENCE: tuple[str, ...] = Evidence.__args__  # type: ignore[attr-defined]
"""The grades of evidence, the best first."""
PROGRAM_UNITS = {"change": CURRENCY, "units": "units of service"}
OUTCOME_UNITS = {
    "weight": f"{VALUE} per unit",
    "value": VALUE,
    **dict.fromkeys(("effects", "with_range", "assumed"), COUNT),
}
FUND_UNITS = {"price": PRICE, "price_less": PRICE}
_IN_RULE = "unit of the row, money where it names none"
RULE_UNITS = {
    **dict.fromkeys(("value", "bound", "slack"), _IN_RULE),
    "price": f"{VALUE} per unit of the row, or per {CURRENCY} where it names none",
    "one_percent": VALUE,
    "limit": "",
}
RANGE = ("low", "high", "low_if_independent", "high_if_independent", "effects", "with_range", "assumed")
"""What the table of outcomes has of the ranges of their effects."""


class PlanColumns:
    """The tables of a plan as columns, each worked out when it is first asked for."""

    def __init__(self, plan: Allocation) -> None:
        self._plan = plan

    @cached_property
    def programs(self) -> Columns:
        """One row a program, money for all periods together; shape (programs,) each."""
        return _programs(self._plan)

    @cached_property
    def outcomes(self) -> Columns:
        """One row an outcome, all periods together, beside what the baseline would bring; shape (outcomes,) each."""
        return _outcomes(self._plan)

    @cached_property
    def funds(self) -> Columns:
        """The account of each fund in each period, with its prices; shape (funds * periods,) each."""
        return _funds(self._plan)

    @cached_property
    def rules(self) -> Columns:
        """Every limit that is checked, by part and period, beside what relaxing it would gain; shape (rows,) each."""
        return rules_columns(self._plan)


def frame_of(columns: Columns, scenario: Scenario, own: Mapping[str, str], index: str = "") -> pd.DataFrame:
    """Return a table as a frame that has the units of its columns; see :func:`with_units`.

    The first column is its index if a name for that is given.
    """
    import pandas as pd

    if not index:
        return with_units(pd.DataFrame(columns), scenario, own)
    first, *_ = columns
    values = {name: column for name, column in columns.items() if name != first}
    return with_units(pd.DataFrame(values, index=pd.Index(columns[first], name=index)), scenario, own)


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings."""
    cells = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in cells]


def _programs(plan: Allocation) -> Columns:
    programs = plan.scenario.programs
    baseline = plan.scenario.total_baselines
    spending = exact_sum(plan.spending, (1, 2), plan.exact_unit)
    change = spending - np.nan_to_num(baseline)
    share = np.full(len(change), np.nan)
    known = np.nan_to_num(baseline) > 0
    share[known] = change[known] / baseline[known]
    return {
        "program": programs.ids,
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
    }


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
    import pandas as pd

    ids, periods = pd.Index(plan.scenario.programs.ids, name="program"), list(plan.scenario.periods)
    table = pd.DataFrame(exact_sum(plan.spending, 1, plan.exact_unit), index=ids, columns=periods)
    return with_units(table, plan.scenario, dict.fromkeys(periods, CURRENCY))


def _outcomes(plan: Allocation) -> Columns:
    scenario = plan.scenario
    outcomes = list(scenario.outcomes.values())
    before = baseline_levels(scenario).totals(len(outcomes)).sum(axis=1)
    level = plan.audit.outcomes.sum(axis=1)
    worth = np.array([outcome.worth for outcome in outcomes])
    return {
        "outcome": objects(list(scenario.outcomes)),
        "name": objects([outcome.name or key for key, outcome in scenario.outcomes.items()]),
        "unit": objects([outcome.unit for outcome in outcomes]),
        "weight": np.array([outcome.weight for outcome in outcomes]),
        "direction": objects([outcome.direction for outcome in outcomes]),
        "baseline": before,
        "level": level,
        "change": level - before,
        "value": level * worth,
        **{name: getattr(plan.outcome_ranges, name) for name in RANGE},
    }


def effects_table(plan: Allocation) -> pd.DataFrame:
    """Return what each program brings to each outcome in each period, and between what it lies."""
    scenario, levels = plan.scenario, plan.audit.levels
    low, high = plan.effect_ranges.period_ends(levels.program, levels.outcome)
    periods, names = len(scenario.periods), np.array(list(scenario.outcomes), dtype=object)
    import pandas as pd

    table = pd.DataFrame(
        {
            "program": np.repeat(scenario.programs.ids[levels.program], periods),
            "outcome": np.repeat(names[levels.outcome], periods),
            "period": np.tile(np.array(scenario.periods, dtype=object), len(levels.program)),
            "level": levels.level.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
    return with_units(table, scenario, dict.fromkeys(("level", "low", "high"), OF_OUTCOME))


def _funds(plan: Allocation) -> Columns:
    scenario, accounts = plan.scenario, plan.audit.balances
    funds, periods = objects(list(scenario.funds)), objects(list(scenario.periods))
    keys = {"fund": np.repeat(funds, len(periods)), "period": np.tile(periods, len(funds))}
    names = accounts.__dataclass_fields__
    money = {name: _in_units(getattr(accounts, name).ravel(), plan.exact_unit) for name in names}
    prices = {"price": plan.prices.money.ravel(), "price_less": plan.prices.money_less.ravel()}
    return {**keys, **money, **prices}


def exact_sum(dollars: Floats, axis: int | tuple[int, ...], unit: float) -> Floats:
    """Return a sum of amounts that are whole numbers of a unit, free of what binary fractions leave."""
    return np.asarray(amounts_of(np.rint(counts_of(dollars, unit)).sum(axis=axis), unit))


def _in_units(dollars: Floats, unit: float) -> Floats:
    """Return amounts rounded to a unit; same shape."""
    return amounts_of(np.rint(counts_of(dollars, unit)), unit)
