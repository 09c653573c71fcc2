"""Rules of the form ``sum`` over a selection or over each group of it, with limits that are amounts or shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np

from budgetopt.formulation.linear_program import Bools, Floats
from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted, fund_mask, weighted_sum
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.scenario import Scenario

__all__ = ["compile_sum", "limited_rows", "masks_of"]


def compile_sum(scenario: Scenario, position: int, rule: SumRule) -> Iterator[LinearRule]:
    """Yield the linear rules that a ``sum`` rule says, group by group if it has groups."""
    subject = weighted_sum(scenario, rule)
    if rule.by is None:
        bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
        yield from _limited(scenario, position, rule, subject, bounds, _base(scenario, rule, subject))
        return
    groups = groups_of(scenario.programs, rule.by, rule.population)
    parts = {name: replace(subject, weight=subject.weight * share) for name, share in groups.items()}
    people = {name: rule.population.get(name, 1.0) for name in groups}
    bounds = (rule.each_at_least, rule.each_at_most)
    for number, (name, part) in enumerate(parts.items()):
        if rule.of in ("population share", "equal share"):
            fair = people[name] / sum(people.values()) if rule.of == "population share" else 1 / len(groups)
            everyone = np.sum([other.weight for other in parts.values()], axis=0)
            base: Weighted | Floats | None = replace(subject, weight=everyone * fair)
        else:
            base = _base(scenario, rule, part)
        yield from _limited(scenario, position, rule, part, bounds, base, number)
    if rule.parity is not None:
        masks = masks_of(scenario.period_mask(rule.periods), rule.each)
        rows = tuple(RuleRow(mask, 0.0, np.inf) for mask in masks)
        place = {name: len(groups) + at for at, name in enumerate(groups)}
        for number, (one, other) in enumerate(permutations(parts, 2)):
            low = replace(parts[one], weight=parts[one].weight / people[one])
            high = replace(parts[other], weight=-(1 - rule.parity) * parts[other].weight / people[other])
            # the pairs are numbered after the groups
            yield LinearRule("rule", position, (low, high), rows, len(groups) + number, place[one])


def _base(scenario: Scenario, rule: SumRule, subject: Weighted) -> Weighted | Floats | None:
    """Return what a share is a share of: dollars in each period, or a sum that the plan decides; None for amounts."""
    if rule.of is None:
        return None
    if isinstance(rule.of, OfSelection):
        return weighted_sum(scenario, rule.of)
    if rule.of == "baseline":
        held: Floats = subject.weight @ np.nan_to_num(scenario.baselines)
        return held
    if rule.of == "revenue":
        counts = fund_mask(scenario, rule.funds)
        revenue = [scenario.revenue(fund) for fund, counted in zip(scenario.funds, counts, strict=True) if counted]
        return np.sum(revenue, axis=0) if revenue else np.zeros(len(scenario.periods))
    return Weighted(np.ones(len(scenario.programs)), fund_mask(scenario, rule.funds))


def _limited(
    scenario: Scenario,
    position: int,
    rule: SumRule,
    subject: Weighted,
    bounds: tuple[Any, Any],
    base: Weighted | Floats | None,
    group: int = -1,
) -> Iterator[LinearRule]:
    """Yield the linear rules of one sum between limits.

    A share of a constant (baseline, revenue) is an amount. A share of what the plan decides moves to the left:
    ``sum >= share * of`` is ``sum - share * of >= 0``.
    """
    held = scenario.period_mask(rule.periods)
    if not isinstance(base, Weighted):
        yield LinearRule("rule", position, (subject,), limited_rows(scenario, bounds, base, held, rule.each), group)
        return
    for bound, limits in zip(bounds, ((0.0, np.inf), (-np.inf, 0.0)), strict=True):
        shares = scenario.per_period(bound, np.nan)
        wanted = held & ~np.isnan(shares)
        if not wanted.any():
            continue
        different = np.unique(shares[wanted])
        parts = [replace(base, weight=-share * base.weight, periods=shares == share) for share in different]
        # for all periods together the sum counts in every period of the rule, a share only where one is given
        masks = masks_of(held if rule.each == "total" else wanted, rule.each)
        rows = tuple(RuleRow(mask, *limits) for mask in masks)
        yield LinearRule("rule", position, (subject, *parts), rows, group)


def limited_rows(
    scenario: Scenario, bounds: tuple[Any, Any], base: Floats | None, held: Bools, each: str
) -> tuple[RuleRow, ...]:
    """Return the rows of a sum with the limits that bounds say, but for rows without any; shares are of the base."""
    lower = _limits_by_row(scenario, bounds[0], base, held, each, -np.inf)
    upper = _limits_by_row(scenario, bounds[1], base, held, each, np.inf)
    rows = zip(masks_of(held, each), lower, upper, strict=True)
    return tuple(RuleRow(mask, low, high) for mask, low, high in rows if np.isfinite(low) or np.isfinite(high))


def _limits_by_row(
    scenario: Scenario, bound: Any, base: Floats | None, held: Bools, each: str, missing: float
) -> list[float]:
    """Return a limit in the unit of the sum for each row of the rule, ``missing`` where there is none.

    For all periods together an amount is the limit itself; what differs by period is added up.
    """
    if each == "total" and bound is not None and base is None and not isinstance(bound, Mapping):
        return [float(bound)]
    values = scenario.per_period(bound, np.nan)[held]
    values = values if base is None else values * base[held]
    if each == "total":
        values = np.array([np.nan if np.isnan(values).all() else np.nansum(values)])
    limits: list[float] = np.where(np.isnan(values), missing, values).tolist()
    return limits


def masks_of(periods: Bools, each: str) -> list[Bools]:
    """Return the periods that each row adds up: all of them at once, or one after another."""
    if each == "total":
        return [periods]
    return [np.arange(len(periods)) == position for position in np.flatnonzero(periods)]
