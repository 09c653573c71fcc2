"""The objectives, as the stages of a linear program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.fund_rows import inflow
from budgetopt.formulation.linear_program import Bools, Floats, Ints, Stage, total_by
from budgetopt.formulation.rules.rows import Terms
from budgetopt.formulation.spending.terms import enter
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model import (
    CHANGE,
    LARGEST_CUT,
    SHORTFALL,
    SPENDING,
    WEIGHTED_OUTCOMES,
    Objective,
    Smallest,
)
from budgetopt.scenario.scenario import Scenario

__all__ = [
    "add_stages",
    "decides_first",
    "discounts",
    "gives_up",
    "is_goal_programming",
    "label_of",
    "outcome_worths",
    "wanted_outcomes",
]


def label_of(objective: Objective) -> str:
    """Return what an objective is, in words."""
    if objective.name:
        return f"maximize {objective.name}"
    what: object = objective.maximize if objective.maximize is not None else objective.minimize
    if isinstance(what, Smallest):
        what = f"smallest {what.smallest} by {what.by}"
    return f"{'minimize' if objective.maximize is None else 'maximize'} {what}"


def is_goal_programming(scenario: Scenario) -> bool:
    """Return whether targets are goals, whose shortfall is minimized, and no limits."""
    return any(objective.minimize == SHORTFALL for objective in scenario.objective)


def gives_up(scenario: Scenario) -> bool:
    """Return whether the first objective gives something up for later ones, so that its prices are not the plan's."""
    return bool(scenario.objective[0].within)


def decides_first(scenario: Scenario) -> str:
    """Return what prices are about where more than that decides, in words; empty where nothing else does.

    After the first objective others decide, and after the largest cut the smaller ones, which are evened.
    """
    if len(scenario.objective) > 1:
        return "the first objective"
    return "the largest cut" if scenario.objective[0].minimize == LARGEST_CUT else ""


def discounts(scenario: Scenario) -> Floats:
    """Return what a unit of an outcome counts in each period; shape (periods,)."""
    return np.asarray(1.0 / (1.0 + scenario.document.discount) ** np.arange(len(scenario.periods)))


def outcome_worths(scenario: Scenario, objective: Objective) -> Floats | None:
    """Return what a unit of each outcome adds to an objective; None if it is not about outcomes. Shape (outcomes,)."""
    what = objective.maximize if objective.maximize is not None else objective.minimize
    if what == WEIGHTED_OUTCOMES:
        return np.array([outcome.worth for outcome in scenario.outcomes.values()])
    if isinstance(what, Smallest) or what in (SPENDING, CHANGE, LARGEST_CUT, SHORTFALL):
        return None
    return np.array([float(name == what) for name in scenario.outcomes])


def wanted_outcomes(scenario: Scenario) -> tuple[Bools, Bools]:
    """Return which outcomes some objective wants more of, and which it wants less of; shape (outcomes,) both."""
    more, less = np.zeros(len(scenario.outcomes), dtype=bool), np.zeros(len(scenario.outcomes), dtype=bool)
    for objective in scenario.objective:
        if isinstance(objective.maximize, Smallest):
            more[list(scenario.outcomes).index(objective.maximize.smallest)] = True
            continue
        worths = outcome_worths(scenario, objective)
        if worths is not None:
            sign = worths if objective.maximize is not None else -worths
            more |= sign > 0
            less |= sign < 0
    return more, less


def add_stages(
    builder: Builder, scenario: Scenario, terms: Terms, reference: Floats, goals: Sequence[tuple[int, Ints]]
) -> list[Stage]:
    """Return the stages; columns that an objective needs of its own are added first.

    ``reference`` is what each program's spending should stay near, in dollars, shape (programs, periods); ``goals`` has
    for each outcome with a target that is a goal its position and the columns of its shortfall.
    """
    costs = []
    for objective in scenario.objective:
        if isinstance(objective.maximize, Smallest):
            least = _smallest(builder, scenario, objective.maximize, terms)
            costs.append(_with_unspent(scenario, objective, terms, *least))
        elif objective.minimize == CHANGE:
            columns = _change_columns(builder, terms, reference)
            costs.append((columns, np.ones(len(columns)), 0.0))
        elif objective.minimize == LARGEST_CUT:
            costs.append((_largest_cut(builder, terms, reference), np.ones(1), 0.0))
        elif objective.minimize == SHORTFALL:
            costs.append(_shortfall(scenario, goals))
        elif objective.minimize == SPENDING:
            costs.append((terms.spending.column, terms.spending.weight, 0.0))
        else:
            costs.append(_outcomes(scenario, objective, terms))
    return [
        Stage(
            label_of(objective),
            total_by(column, weight, builder.column_count),
            objective.maximize is not None,
            offset,
            float(objective.within or 0.0),
        )
        for objective, (column, weight, offset) in zip(scenario.objective, costs, strict=True)
    ]


def _outcomes(scenario: Scenario, objective: Objective, terms: Terms) -> tuple[Ints, Floats, float]:
    """Return the worth of outcomes, discounted, with what unspent money is worth."""
    worths = outcome_worths(scenario, objective)
    assert worths is not None
    outcomes = terms.outcomes
    counts = discounts(scenario)
    padded = np.concatenate((worths, np.zeros(len(scenario.resources))))
    column, weight = outcomes.column, outcomes.weight * padded[outcomes.outcome] * counts[outcomes.period]
    offset = float((outcomes.constant @ padded).sum() * counts.sum())
    return _with_unspent(scenario, objective, terms, column, weight, offset)


def _with_unspent(
    scenario: Scenario, objective: Objective, terms: Terms, column: Ints, weight: Floats, offset: float
) -> tuple[Ints, Floats, float]:
    """Return the objective, and what money is worth that is not spent."""
    if objective.unspent_worth:
        column = np.concatenate((column, terms.spending.column))
        weight = np.concatenate((weight, -objective.unspent_worth * terms.spending.weight))
        offset += objective.unspent_worth * float(inflow(scenario).sum())
    return column, weight, offset


def _shortfall(scenario: Scenario, goals: Sequence[tuple[int, Ints]]) -> tuple[Ints, Floats, float]:
    """Return the weighted shortfall from all targets."""
    columns, weights = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for position, column in goals:
        outcome = list(scenario.outcomes.values())[position]
        assert outcome.target is not None
        weight = outcome.target.weight
        columns.append(column)
        weights.append(np.full(len(column), abs(outcome.weight) or 1.0 if weight is None else weight))
    return np.concatenate(columns), np.concatenate(weights), 0.0


def _smallest(builder: Builder, scenario: Scenario, wanted: Smallest, terms: Terms) -> tuple[Ints, Floats, float]:
    """Add a column that no group's outcome is below, for all periods together."""
    position = list(scenario.outcomes).index(wanted.smallest)
    groups = groups_of(scenario.programs, wanted.by)
    number = np.arange(len(groups))
    least = builder.columns("smallest", {"outcome": np.array([position])}, -np.inf, np.inf)
    shares = np.array(list(groups.values())).reshape(len(groups), len(scenario.programs))
    given = shares @ terms.outcomes.constant[:, position] * len(scenario.periods)
    row = builder.rows("group", {"outcome": np.full(len(groups), position), "group": number}, -given, np.inf)
    builder.entries(row, np.repeat(least, len(groups)), -1.0)
    mine = np.flatnonzero(terms.outcomes.outcome == position)
    for group, share in zip(row.tolist(), shares, strict=True):
        weight = share[terms.outcomes.program[mine]] * terms.outcomes.weight[mine]
        kept = weight != 0
        builder.entries(np.full(int(kept.sum()), group), terms.outcomes.column[mine[kept]], weight[kept])
    return least, np.ones(1), 0.0


def _change_columns(builder: Builder, terms: Terms, reference: Floats) -> Ints:
    """Add what each program gains and loses against its reference, and the rows that say so."""
    program, period = np.indices(reference.shape)
    keys = {"program": program.ravel(), "period": period.ravel()}
    gain = builder.columns("increase", keys, 0.0, np.inf)
    loss = builder.columns("decrease", keys, 0.0, np.inf)
    row = builder.rows("change", keys, reference.ravel(), reference.ravel())
    enter(builder, row.reshape(reference.shape)[terms.spending.program, terms.spending.period], terms.spending)
    builder.entries(row, gain, -1.0)
    builder.entries(row, loss, 1.0)
    return np.concatenate((gain, loss))


def _largest_cut(builder: Builder, terms: Terms, reference: Floats) -> Ints:
    """Add the largest share that a program loses of its reference in a period, and the rows that say so."""
    largest = builder.columns("largest cut", {"objective": np.zeros(1, dtype=np.int64)}, 0.0, np.inf)
    program, period = np.nonzero(reference > 0)
    base = reference[program, period]
    row = builder.rows("cut", {"program": program, "period": period}, base, np.inf)
    row_of = np.full(reference.shape, -1, dtype=np.int64)
    row_of[program, period] = row
    enter(builder, row_of[terms.spending.program, terms.spending.period], terms.spending)
    builder.entries(row, np.repeat(largest, len(row)), base)
    return largest
