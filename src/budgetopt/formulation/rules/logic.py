"""Rules on which programs are funded, and how far, beside one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from budgetopt.formulation.linear_program import Floats
from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted
from budgetopt.formulation.rules.sums import limited_rows, masks_of
from budgetopt.scenario import model
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select


def compile_count(scenario: Scenario, position: int, rule: model.CountRule) -> Iterator[LinearRule]:
    """Yield the limits on how many of the selected programs are funded."""
    bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
    rows = limited_rows(scenario, bounds, None, scenario.period_mask(rule.periods), rule.each)
    term = Weighted(select(scenario.programs, rule.where).astype(float), funded=True)
    yield LinearRule("rule", position, (term,), rows)


def compile_requires(scenario: Scenario, position: int, rule: model.RequiresRule) -> Iterator[LinearRule]:
    """Yield: funded only if each program that it needs is, or one of those of which it needs any."""
    if rule.requires.needs_any:
        weight = _weights(scenario, [rule.requires.program], 1.0) + _weights(scenario, rule.requires.needs_any, -1.0)
        yield _funded(scenario, position, rule, weight, -np.inf, 0.0)
    for number, need in enumerate(rule.requires.needs):
        weight = _weights(scenario, [rule.requires.program], 1.0) + _weights(scenario, [need], -1.0)
        yield _funded(scenario, position, rule, weight, -np.inf, 0.0, number)


def compile_excludes(scenario: Scenario, position: int, rule: model.ExcludesRule) -> Iterator[LinearRule]:
    """Yield: at most one is funded."""
    yield _funded(scenario, position, rule, _weights(scenario, rule.excludes, 1.0), -np.inf, 1.0)


def compile_exactly_one(scenario: Scenario, position: int, rule: model.ExactlyOneRule) -> Iterator[LinearRule]:
    """Yield: exactly one is funded."""
    yield _funded(scenario, position, rule, _weights(scenario, rule.exactly_one, 1.0), 1.0, 1.0)


def compile_together(scenario: Scenario, position: int, rule: model.TogetherRule) -> Iterator[LinearRule]:
    """Yield: each is funded if the first is, and only then."""
    first, *others = rule.together
    for number, other in enumerate(others):
        weight = _weights(scenario, [first], 1.0) + _weights(scenario, [other], -1.0)
        # the audit counts all of them at once
        yield replace(_funded(scenario, position, rule, weight, 0.0, 0.0, number), part=-1)


def compile_substitutes(scenario: Scenario, position: int, rule: model.SubstitutesRule) -> Iterator[LinearRule]:
    """Yield: the coverages, or the units of service, add up to no more than the rule allows."""
    if rule.units_at_most is None:
        parts = _coverage(scenario, rule.substitutes, [1.0] * len(rule.substitutes))
        yield from _by_period(scenario, position, rule, *parts, np.full(len(scenario.periods), float(rule.at_most)))
        return
    rows = limited_rows(scenario, (None, rule.units_at_most), None, scenario.period_mask(rule.periods), "period")
    yield LinearRule("rule", position, (Weighted(_weights(scenario, rule.substitutes, 1.0), units=True),), rows)


def compile_follows(scenario: Scenario, position: int, rule: model.FollowsRule) -> Iterator[LinearRule]:
    """Yield: the coverage, or the units of service, of one are at most a share of the other's."""
    follow = rule.follows
    names, factors = [follow.program, follow.of], [1.0, -float(follow.at_most)]
    if follow.by == "coverage":
        spending, units = _coverage(scenario, names, factors)
    else:
        spending, units = np.zeros((2, *scenario.ceilings.shape))
        units[[scenario.programs.position(name) for name in names]] = np.array(factors)[:, None]
    yield from _by_period(scenario, position, rule, spending, units, np.zeros(len(scenario.periods)))


def _funded(
    scenario: Scenario, position: int, rule: model.RuleBase, weight: Floats, lower: float, upper: float, group: int = -1
) -> LinearRule:
    masks = masks_of(scenario.period_mask(rule.periods), "period")
    rows = tuple(RuleRow(mask, lower, upper) for mask in masks)
    return LinearRule("rule", position, (Weighted(weight, funded=True),), rows, group)


def _weights(scenario: Scenario, programs: Sequence[str], weight: float) -> Floats:
    out = np.zeros(len(scenario.programs))
    out[[scenario.programs.position(program) for program in programs]] = weight
    return out


def _coverage(scenario: Scenario, programs: Sequence[str], factors: Sequence[float]) -> tuple[Floats, Floats]:
    """Return the weights that turn spending, and units of service, into coverage times a factor.

    Only services that cost no money are counted by their units. A program that can cover nothing, because its ceiling
    is nothing, covers nothing. Shape (programs, periods) both.
    """
    shape = scenario.ceilings.shape
    spending, units = np.zeros((2, *shape))
    most = np.broadcast_to(scenario.programs.number("service.up_to")[:, None], shape)
    free = scenario.programs.number("service.unit_cost") == 0
    for program, factor in zip(programs, factors, strict=True):
        at = scenario.programs.position(program)
        out, full = (units, most[at]) if free[at] else (spending, scenario.ceilings[at])
        out[at, full > 0] += factor / full[full > 0]
    return spending, units


def _by_period(
    scenario: Scenario, position: int, rule: model.RuleBase, spending: Floats, units: Floats, upper: Floats
) -> Iterator[LinearRule]:
    """Yield a row for each period: weighted spending and weighted units are no more than the period's limit."""
    for mask in masks_of(scenario.period_mask(rule.periods), "period"):
        period = int(mask.argmax())
        paid = Weighted(spending[:, period], np.ones(len(scenario.funds), dtype=bool))
        terms = (paid, Weighted(units[:, period], units=True))
        yield LinearRule("rule", position, terms, (RuleRow(mask, -np.inf, float(upper[period])),))
