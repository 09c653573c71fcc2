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
    """Yield: funded only if each program that it needs is."""
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
    """Yield: the coverages add up to no more than the rule allows."""
    weights = _coverage(scenario, rule.substitutes, [1.0] * len(rule.substitutes))
    yield from _by_period(scenario, position, rule, weights, float(rule.at_most))


def compile_follows(scenario: Scenario, position: int, rule: model.FollowsRule) -> Iterator[LinearRule]:
    """Yield: the coverage of one is at most a share of the other's."""
    follow = rule.follows
    weights = _coverage(scenario, [follow.program, follow.of], [1.0, -float(follow.at_most)])
    yield from _by_period(scenario, position, rule, weights, 0.0)


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


def _coverage(scenario: Scenario, programs: Sequence[str], factors: Sequence[float]) -> Floats:
    """Return the weights that turn spending into coverage, times a factor; shape (programs, periods).

    A program that can cover nothing, because its ceiling is nothing, covers nothing.
    """
    out, most = np.zeros(scenario.ceilings.shape), scenario.ceilings
    for program, factor in zip(programs, factors, strict=True):
        at = scenario.programs.position(program)
        can = most[at] > 0
        out[at, can] += factor / most[at, can]
    return out


def _by_period(
    scenario: Scenario, position: int, rule: model.RuleBase, weights: Floats, upper: float
) -> Iterator[LinearRule]:
    for mask in masks_of(scenario.period_mask(rule.periods), "period"):
        term = Weighted(weights[:, mask.argmax()], np.ones(len(scenario.funds), dtype=bool))
        yield LinearRule("rule", position, (term,), (RuleRow(mask, -np.inf, upper),))
