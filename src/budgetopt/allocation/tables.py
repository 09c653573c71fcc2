"""The tables of an allocation, as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from budgetopt.allocation.reasons import reasons_of
from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.current import current_packages, current_units
from budgetopt.audit.outcomes import levels_of
from budgetopt.scenario.model import Evidence
from budgetopt.scenario.programs import Floats, Texts

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = [
    "by_fund_table",
    "by_period_table",
    "effects_table",
    "funds_table",
    "outcomes_table",
    "programs_table",
    "rules_table",
]

EVIDENCE: tuple[str, ...] = Evidence.__args__  # type: ignore[attr-defined]
"""The grades of evidence, the best first."""


def programs_table(plan: Allocation) -> pd.DataFrame:
    """Return one row a program; money is for all periods together."""
    programs = plan.scenario.programs
    baseline = plan.scenario.baselines.sum(axis=1)
    spending = cents_sum(plan.spending, axis=(1, 2))
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
            "change": np.round(change, 2),
            "change_share": share,
            "reason": reasons_of(plan),
            "evidence": weakest_evidence(plan),
        },
        index=pd.Index(programs.ids, name="program"),
    )


def weakest_evidence(plan: Allocation) -> Texts:
    """Return the weakest grade of evidence behind a program's effects, empty where none is given; shape (programs,)."""
    programs = plan.scenario.programs
    rank = np.full(len(programs), -1)
    for name in plan.scenario.outcomes:
        grades = programs.text(f"outcomes.{name}.evidence")
        for position, grade in enumerate(EVIDENCE):
            rank = np.where(grades == grade, np.maximum(rank, position), rank)
    grades = np.array([*EVIDENCE, ""], dtype=object)
    weakest: Texts = grades[rank]
    return weakest


def by_period_table(plan: Allocation) -> pd.DataFrame:
    """Return spending in dollars: one row a program, one column a period."""
    ids = pd.Index(plan.scenario.programs.ids, name="program")
    return pd.DataFrame(cents_sum(plan.spending, axis=1), index=ids, columns=list(plan.scenario.periods))


def by_fund_table(plan: Allocation) -> pd.DataFrame:
    """Return every payment above zero."""
    scenario = plan.scenario
    program, fund, period = np.nonzero(plan.spending)
    return pd.DataFrame(
        {
            "program": scenario.programs.ids[program],
            "fund": np.array(list(scenario.funds), dtype=object)[fund],
            "period": np.array(scenario.periods, dtype=object)[period],
            "amount": plan.spending[program, fund, period],
        }
    )


def outcomes_table(plan: Allocation) -> pd.DataFrame:
    """Return one row an outcome, for all periods together, beside what the baseline would bring."""
    scenario = plan.scenario
    outcomes = list(scenario.outcomes.values())
    baseline, packages, units = np.nan_to_num(scenario.baselines), current_packages(scenario), current_units(scenario)
    before = levels_of(scenario, baseline, packages, units).totals(len(outcomes)).sum(axis=1)
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
        },
        index=pd.Index(list(scenario.outcomes), name="outcome"),
    )


def effects_table(plan: Allocation) -> pd.DataFrame:
    """Return what each program brings to each outcome in each period."""
    scenario, levels = plan.scenario, plan.audit.levels
    periods = len(scenario.periods)
    return pd.DataFrame(
        {
            "program": np.repeat(scenario.programs.ids[levels.program], periods),
            "outcome": np.repeat(np.array(list(scenario.outcomes), dtype=object)[levels.outcome], periods),
            "period": np.tile(np.array(scenario.periods, dtype=object), len(levels.program)),
            "level": levels.level.ravel(),
        }
    )


def funds_table(plan: Allocation) -> pd.DataFrame:
    """Return the accounts of every fund in every period."""
    scenario, accounts = plan.scenario, plan.audit.balances
    names = ("opening", "revenue", "one_time", "transfers_in", "transfers_out", "spending", "closing", "reserve")
    index = pd.MultiIndex.from_product([list(scenario.funds), list(scenario.periods)], names=["fund", "period"])
    money = {name: np.round(getattr(accounts, name).ravel(), 2) for name in names}
    return pd.DataFrame({**money, "price": plan.prices.money.ravel()}, index=index).reset_index()


def rules_table(plan: Allocation) -> pd.DataFrame:
    """Return every limit that the scenario sets beyond the programs' own, one row a limit and period.

    A rule that limits many programs one by one (a ``change`` rule) has one row a period: the number of programs that it
    holds, and the price of relief for the one where it costs most.
    """
    frames = [_limit_rows(plan, check) for check in plan.audit.checks if check.kind in _LISTED]
    # a rule on change that no program has a baseline for limits nothing, and has no rows
    frames = [frame for frame in frames if len(frame)]
    columns = ["kind", "name", "period", "sense", "value", "bound", "slack", "binding", "price", "unit", "because"]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return table[columns]


_LISTED = ("sum", "change", "target", "reserve", "structural balance", "transfer")


def _limit_rows(plan: Allocation, check: Check) -> pd.DataFrame:
    periods = np.array([*plan.scenario.periods, "all"], dtype=object)
    if check.kind == "change":
        return _change_rows(plan, check)
    lower, upper = np.isfinite(check.lower), np.isfinite(check.upper)
    # a limit on both sides shows the side that is nearer
    below = lower & (~upper | (check.value - check.lower <= check.upper - check.value))
    bound = np.where(below, check.lower, check.upper)
    sense = np.where(lower & upper & (check.lower == check.upper), "equals", np.where(below, "at least", "at most"))
    kept = lower | upper
    frame = pd.DataFrame(
        {
            "kind": check.kind,
            "name": check.name,
            "period": periods[np.where(check.period == ALL_PERIODS, -1, check.period)],
            "sense": sense,
            "value": check.value,
            "bound": bound,
            "slack": np.where(below, check.value - bound, bound - check.value),
            "binding": check.binding,
            "price": _prices(plan, check),
            "unit": check.unit,
            "because": check.because if isinstance(check.because, str) else "",
        }
    )
    return frame[kept]


def _prices(plan: Allocation, check: Check) -> Floats:
    prices = plan.prices
    periods = check.period.tolist()
    if check.kind == "sum":
        position = [rule.name for rule in plan.scenario.rules].index(check.name)
        return np.array([prices.rules.get((position, period), 0.0) for period in periods])
    if check.kind == "target":
        position = list(plan.scenario.outcomes).index(check.name)
        return np.array([prices.targets.get((position, period), 0.0) for period in periods])
    if check.kind in ("reserve", "structural balance"):
        source = prices.reserve if check.kind == "reserve" else prices.structural
        price: Floats = source[list(plan.scenario.funds).index(check.name), check.period]
        return price
    return np.full(len(periods), np.nan)


def _change_rows(plan: Allocation, check: Check) -> pd.DataFrame:
    """Return one row a period for a rule that holds many programs one by one."""
    rows = []
    position = [rule.name for rule in plan.scenario.rules].index(check.name)
    limits, prices = plan.formulation.limits, plan.prices
    floor = np.where(limits.lower_by == position, prices.floor, 0.0)
    ceiling = np.where(limits.upper_by == position, prices.ceiling, 0.0)
    for at, period in enumerate(plan.scenario.periods):
        cells = check.period == at
        if not cells.any():
            continue
        holds = int(check.binding[cells].sum())
        rows.append(
            {
                "kind": check.kind,
                "name": check.name,
                "period": period,
                "sense": "holds",
                "value": float(holds),
                "bound": float(cells.sum()),
                "slack": np.nan,
                "binding": holds > 0,
                "price": float(max(floor[:, at].max(initial=0.0), ceiling[:, at].max(initial=0.0))),
                "unit": "programs",
                "because": check.because if isinstance(check.because, str) else "",
            }
        )
    return pd.DataFrame(rows)


def cents_sum(dollars: Floats, axis: int | tuple[int, ...]) -> Floats:
    """Return a sum of amounts in whole cents that is itself in whole cents, free of binary rounding."""
    total: Floats = np.rint(dollars * 100).sum(axis=axis) / 100
    return total
