"""Rules on how far programs cover what they could serve, beside one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.scenario.model import FollowsRule, SubstitutesRule
from budgetopt.scenario.programs import Floats, Texts, objects

__all__ = ["check_follows", "check_substitutes"]


def check_substitutes(evaluation: Evaluation, rule: SubstitutesRule) -> Check:
    """Check that in every period the coverages of alternatives add up to no more than the rule allows."""
    periods = np.flatnonzero(evaluation.scenario.period_mask(rule.periods))
    coverage, cent, _ = _coverages(evaluation, tuple(dict.fromkeys(rule.substitutes)))
    value = coverage.sum(axis=0)[periods]
    return Check(
        kind="substitutes",
        name=rule.name,
        value=value,
        upper=np.full(len(value), float(rule.at_most)),
        period=periods,
        allowed=np.maximum(cent.sum(axis=0)[periods], evaluation.tolerance * (1.0 + value)),
        unit="of full coverage",
        because=rule.because,
        above=_percent("{{name}}: the coverages add up to {}{{in_period}}, and may add up to {}", value, rule.at_most),
    )


def check_follows(evaluation: Evaluation, rule: FollowsRule) -> Check:
    """Check that in every period a program's coverage is at most a share of the one that leads."""
    periods = np.flatnonzero(evaluation.scenario.period_mask(rule.periods))
    share = float(rule.follows.at_most)
    coverage, cent, rows = _coverages(evaluation, (rule.follows.program, rule.follows.of))
    value, upper = coverage[0, periods], share * coverage[1, periods]
    cent = (cent[0] + share * cent[1])[periods]
    leader = evaluation.names[rows[1]]
    return Check(
        kind="follows",
        name=rule.name,
        value=value,
        upper=upper,
        period=periods,
        program=np.full(len(value), rows[0]),
        allowed=np.maximum(cent, evaluation.tolerance * (1.0 + value + upper)),
        item=np.full(len(value), leader, dtype=object),
        share_of=coverage[1, periods],
        unit="of full coverage",
        because=rule.because,
        above=_percent(
            "{{name}}: {{program}} covers {} of what it could{{in_period}}, and beside {{item}} may cover {}",
            value,
            upper,
        ),
    )


def _percent(sentence: str, value: Floats, bound: Floats | float) -> Texts:
    """Return a sentence a cell, with a value and its limit as percentages."""
    pairs = np.stack(np.broadcast_arrays(value, bound)).T.tolist()
    return objects([sentence.format(f"{100 * one:.6g}%", f"{100 * most:.6g}%") for one, most in pairs])


def _coverages(evaluation: Evaluation, names: Sequence[str]) -> tuple[Floats, Floats, list[int]]:
    """Return programs' coverages, what a cent of each payment makes of them, and the programs' positions.

    A program that can cover nothing, because its ceiling is nothing, covers nothing.
    """
    rows = [evaluation.scenario.programs.position(name) for name in names]
    full = evaluation.full_coverage[rows]
    each = np.divide(1.0, full, out=np.zeros_like(full), where=full > 0)
    spent = evaluation.spent[rows]
    payments = np.maximum(evaluation.payments[rows], 1)
    return each * spent, each * payments * evaluation.cent, rows
