"""Rules of the form ``sum`` over a selection, with limits that are amounts or shares of something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted, fund_mask, weighted_sum
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["compile_sum", "limits_by_row", "masks_of", "rows_of"]


def compile_sum(scenario: Scenario, position: int, rule: SumRule) -> Iterator[LinearRule]:
    """Yield the linear rules that a ``sum`` rule says.

    A share of a constant (baseline, revenue) is an amount. A share of what the plan decides moves to the left:
    ``sum >= share * of`` is ``sum - share * of >= 0``.
    """
    held = scenario.period_mask(rule.periods)
    subject = weighted_sum(scenario, rule)
    if rule.of is None or rule.of in ("baseline", "revenue"):
        base = None if rule.of is None else _constant(scenario, rule)
        lower = limits_by_row(scenario, _lower(rule), base, held, rule.each, -np.inf)
        upper = limits_by_row(scenario, _upper(rule), base, held, rule.each, np.inf)
        yield LinearRule("rule", position, (subject,), rows_of(masks_of(held, rule.each), lower, upper))
        return
    for bound, limits in ((rule.at_least, (0.0, np.inf)), (rule.at_most, (-np.inf, 0.0)), (rule.equals, (0.0, 0.0))):
        if bound is None:
            continue
        shares = scenario.per_period(bound, np.nan)
        wanted = held & ~np.isnan(shares)
        if not wanted.any():
            continue
        parts = [
            replace(_whole(scenario, rule, -float(share)), periods=shares == share)
            for share in np.unique(shares[wanted])
        ]
        # for all periods together the sum counts in every period of the rule, a share only where one is given
        masks = masks_of(held if rule.each == "total" else wanted, rule.each)
        yield LinearRule("rule", position, (subject, *parts), tuple(RuleRow(mask, *limits) for mask in masks))


def _lower(rule: SumRule) -> Any:
    return rule.at_least if rule.equals is None else rule.equals


def _upper(rule: SumRule) -> Any:
    return rule.at_most if rule.equals is None else rule.equals


def _whole(scenario: Scenario, rule: SumRule, factor: float) -> Weighted:
    if isinstance(rule.of, OfSelection):
        return weighted_sum(scenario, rule.of, factor)
    return Weighted(np.full(len(scenario.programs), factor), fund_mask(scenario, rule.funds))


def _constant(scenario: Scenario, rule: SumRule) -> Floats:
    """Return what a share is a share of, where the plan does not decide it; dollars, shape (periods,)."""
    if rule.of == "baseline":
        baseline = np.nan_to_num(scenario.programs.baseline())
        return np.full(len(scenario.periods), baseline[select(scenario.programs, rule.where)].sum())
    named = fund_mask(scenario, rule.funds)
    revenue = [
        scenario.per_period(fund.revenue) for fund, counts in zip(scenario.funds.values(), named, strict=True) if counts
    ]
    return np.sum(revenue, axis=0) if revenue else np.zeros(len(scenario.periods))


def limits_by_row(
    scenario: Scenario, bound: Any, base: Floats | None, held: Bools, each: str, missing: float
) -> list[float]:
    """Return a limit in the unit of the sum for each row of the rule, ``missing`` where there is none.

    For all periods together an amount is the limit itself; what differs by period is added up.
    """
    if bound is None:
        return [missing] * (1 if each == "total" else int(held.sum()))
    if each == "total" and base is None and not isinstance(bound, Mapping):
        return [float(bound)]
    values = scenario.per_period(bound, np.nan)[held]
    values = values if base is None else values * base[held]
    if each == "total":
        return [missing if np.isnan(values).all() else float(np.nansum(values))]
    return [missing if np.isnan(value) else float(value) for value in values]


def rows_of(masks: Sequence[Bools], lower: Sequence[float], upper: Sequence[float]) -> tuple[RuleRow, ...]:
    """Return the rows that have a limit at all."""
    rows = (RuleRow(mask, low, high) for mask, low, high in zip(masks, lower, upper, strict=True))
    return tuple(row for row in rows if row.binds)


def masks_of(periods: Bools, each: str) -> list[Bools]:
    """Return the periods that each row adds up: all of them at once, or one after another."""
    if each == "total":
        return [periods]
    return [np.arange(len(periods)) == position for position in np.flatnonzero(periods)]
