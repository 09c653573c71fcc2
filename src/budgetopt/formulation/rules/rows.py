"""Put linear rules into the matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools
from budgetopt.formulation.rules.linear_rule import LinearRule
from budgetopt.formulation.spending import OutcomeTerms, SpendingTerms

__all__ = ["add_rules", "wanted"]


def wanted(rules: Sequence[LinearRule], outcomes: int, programs: int) -> tuple[Bools, Bools]:
    """Return where more of an outcome helps to keep some rule, and where less does; shape (outcomes, programs) both."""
    more, less = np.zeros((outcomes, programs), dtype=bool), np.zeros((outcomes, programs), dtype=bool)
    for rule in rules:
        floor = any(np.isfinite(row.lower) for row in rule.rows)
        ceiling = any(np.isfinite(row.upper) for row in rule.rows)
        for outcome in {term.outcome for term in rule.terms if term.outcome is not None}:
            weight = np.sum([term.weight for term in rule.terms if term.outcome == outcome], axis=0)
            more[outcome] |= (weight > 0) & floor | (weight < 0) & ceiling
            less[outcome] |= (weight < 0) & floor | (weight > 0) & ceiling
    return more, less


def add_rules(builder: Builder, rules: Sequence[LinearRule], spending: SpendingTerms, outcomes: OutcomeTerms) -> None:
    """Add the rows of every linear rule."""
    for rule in rules:
        if not rule.rows:
            continue
        masks = np.array([row.periods for row in rule.rows])
        lower = np.array([row.lower for row in rule.rows])
        upper = np.array([row.upper for row in rule.rows])
        # what the outcomes are without any spending is not the plan's doing: it moves to the limits
        given = np.zeros(len(rule.rows))
        for term in rule.terms:
            if term.outcome is not None:
                counted = masks if term.periods is None else masks & term.periods
                given += counted.sum(axis=1) * float(term.weight @ outcomes.constant[:, term.outcome])
        count = len(rule.rows)
        single = masks.sum(axis=1) == 1
        keys = {
            rule.kind: np.full(count, rule.position),
            "period": np.where(single, masks.argmax(axis=1), -1),
        }
        rows = builder.rows(rule.kind, keys, lower - given, upper - given)
        for term in rule.terms:
            if term.outcome is None:
                weight = term.weight[spending.program] * spending.weight
                if term.funds is not None:
                    weight = weight * term.funds[spending.fund]
                column, period = spending.column, spending.period
            else:
                weight = np.where(
                    outcomes.outcome == term.outcome, term.weight[outcomes.program] * outcomes.weight, 0.0
                )
                column, period = outcomes.column, outcomes.period
            kept = weight != 0
            if term.periods is not None:
                kept &= term.periods[period]
            weight, column, period = weight[kept], column[kept], period[kept]
            for row, mask in zip(rows.tolist(), masks, strict=True):
                inside = mask[period]
                builder.entries(np.full(int(inside.sum()), row), column[inside], weight[inside])
