"""Rules on which programs are funded beside one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.scenario.model import (
    CountRule,
    ExactlyOneRule,
    ExcludesRule,
    RequiresRule,
    TogetherRule,
)
from budgetopt.scenario.programs import Floats, Ints, Texts, objects
from budgetopt.scenario.selection import select

__all__ = ["check_count", "check_exactly_one", "check_excludes", "check_requires", "check_together"]


def check_count(evaluation: Evaluation, rule: CountRule) -> Check:
    """Check how many of the selected programs are funded: in each of the rule's periods, or once in any of them.

    A program is funded in a period in which it spends or serves at all; one of packages in which it takes one, and from
    the start of a project on.
    """
    scenario = evaluation.scenario
    held = scenario.period_mask(rule.periods)
    funded = evaluation.funded[select(scenario.programs, rule.where)]
    bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
    if rule.each == "total":
        value = np.array([float(np.count_nonzero(funded[:, held].any(axis=1)))])
        # a limit that differs by period is none of all periods together: the models refuse it
        lower, upper = (scenario.per_period(bound, np.nan)[:1] for bound in bounds)
        period = np.array([ALL_PERIODS])
    else:
        period = np.flatnonzero(held)
        value = np.count_nonzero(funded, axis=0).astype(np.float64)[held]
        lower, upper = (scenario.per_period(bound, np.nan)[held] for bound in bounds)
    return _check(
        "count",
        rule,
        value,
        period,
        np.nan_to_num(lower, nan=-np.inf),
        np.nan_to_num(upper, nan=np.inf),
        below="{name}: {value} programs are funded{in_period}, and the least is {bound}",
        above="{name}: {value} programs are funded{in_period}, and the most is {bound}",
    )


def check_requires(evaluation: Evaluation, rule: RequiresRule) -> Check:
    """Check that in a period in which a program is funded, each program that it needs is, or any of several."""
    programs = evaluation.scenario.programs
    if rule.requires.needs_any:
        return _check_any(evaluation, rule)
    periods = np.flatnonzero(evaluation.scenario.period_mask(rule.periods))
    need = np.array([programs.position(name) for name in rule.requires.needs])
    asked = evaluation.funded[programs.position(rule.requires.program), periods].astype(np.float64)
    item = np.repeat(evaluation.names[need], len(periods))
    check = _check(
        "requires",
        rule,
        evaluation.funded[np.ix_(need, periods)].astype(np.float64).ravel(),
        np.tile(periods, len(need)),
        np.tile(asked, len(need)),
        item=item,
        program=np.full(len(item), programs.position(rule.requires.program)),
        below="{name}: {program} is funded{in_period}, and {item}, which it needs, is not",
    )
    return replace(check, part=np.repeat(np.arange(len(need)), len(periods)))


def _check_any(evaluation: Evaluation, rule: RequiresRule) -> Check:
    value, period, _ = _how_many(evaluation, rule, rule.requires.needs_any)
    row = evaluation.scenario.programs.position(rule.requires.program)
    named = [evaluation.names[evaluation.scenario.programs.position(name)] for name in rule.requires.needs_any]
    return _check(
        "requires",
        rule,
        value,
        period,
        evaluation.funded[row, period].astype(np.float64),
        item=objects([", ".join(named)] * len(period)),
        program=np.full(len(period), row),
        below="{name}: {program} is funded{in_period}, and none of {item} is, of which it needs one",
    )


def check_excludes(evaluation: Evaluation, rule: ExcludesRule) -> Check:
    """Check that in no period more than one of the programs is funded."""
    value, period, item = _how_many(evaluation, rule, rule.excludes)
    return _check(
        "excludes",
        rule,
        value,
        period,
        upper=np.ones(len(value)),
        item=item,
        above="{name}: {item} are funded{in_period}, and at most one may be",
    )


def check_exactly_one(evaluation: Evaluation, rule: ExactlyOneRule) -> Check:
    """Check that in every period one of the programs is funded, and no more."""
    value, period, item = _how_many(evaluation, rule, rule.exactly_one)
    return _check(
        "exactly one",
        rule,
        value,
        period,
        np.ones(len(value)),
        np.ones(len(value)),
        item=item,
        below="{name}: none of its programs is funded{in_period}, and exactly one must be",
        above="{name}: {item} are funded{in_period}, and exactly one must be",
    )


def check_together(evaluation: Evaluation, rule: TogetherRule) -> Check:
    """Check that in every period either all of the programs are funded, or none."""
    value, period, item = _how_many(evaluation, rule, rule.together)
    return _check(
        "together",
        rule,
        value,
        period,
        np.where(value > 0, float(len(dict.fromkeys(rule.together))), 0.0),
        item=item,
        below="{name}: of {bound} programs that go together only {item} is funded{in_period}",
    )


def _how_many(
    evaluation: Evaluation, rule: ExcludesRule | ExactlyOneRule | TogetherRule | RequiresRule, names: Sequence[str]
) -> tuple[Floats, Ints, Texts]:
    """Return how many of some programs are funded in each of the rule's periods, and which, as they are printed."""
    programs = evaluation.scenario.programs
    periods = np.flatnonzero(evaluation.scenario.period_mask(rule.periods))
    rows = np.array([programs.position(name) for name in dict.fromkeys(names)])
    funded = evaluation.funded[np.ix_(rows, periods)]
    printed = evaluation.names[rows]
    item = objects([", ".join(printed[column]) for column in funded.T])
    return np.count_nonzero(funded, axis=0).astype(np.float64), periods, item


_NONE = np.empty(0)
"""No limit on a side."""


def _check(
    kind: str,
    rule: CountRule | RequiresRule | ExcludesRule | ExactlyOneRule | TogetherRule,
    value: Floats,
    period: Ints,
    lower: Floats = _NONE,
    upper: Floats = _NONE,
    *,
    item: Texts | None = None,
    program: Ints | None = None,
    below: str = "",
    above: str = "",
) -> Check:
    return Check(
        kind=kind,
        name=rule.name,
        value=value,
        period=period,
        allowed=np.full(len(value), 1e-9),
        lower=lower,
        upper=upper,
        program=program,
        item=item,
        unit="programs",
        because=rule.because,
        below=below,
        above=above,
    )
