"""How columns read in the scenario's words: as spending, as levels of programs, as outcomes, as decisions to fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints
from budgetopt.formulation.segments import Slopes
from budgetopt.formulation.spending.positions import items_of
from budgetopt.scenario.effects import Effects
from budgetopt.scenario.scenario import Scenario

__all__ = [
    "Carriers",
    "LevelTerms",
    "OutcomeTerms",
    "SpendingTerms",
    "enter",
    "joined",
    "outcome_terms",
    "uses_of_fixed_costs",
]


@dataclass(frozen=True, slots=True)
class SpendingTerms:
    """Which columns make up what is spent: each term is ``weight * x[column]`` dollars, with a weight above zero.

    Every array has the shape (terms,).
    """

    column: Ints
    program: Ints
    fund: Ints
    period: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class OutcomeTerms:
    """Which columns make up the outcomes: each term is ``weight * x[column]`` units. Every array: shape (terms,).

    The resources follow the outcomes: position ``outcomes + r`` is the use of resource ``r``. What an outcome is at
    zero spending is in ``constant``; shape (programs, outcomes + resources).
    """

    column: Ints
    program: Ints
    outcome: Ints
    period: Ints
    weight: Floats
    constant: Floats

    def with_more(self, more: OutcomeTerms) -> OutcomeTerms:
        """Return these terms and others."""
        names = ("column", "program", "outcome", "period", "weight")
        parts = {name: np.concatenate((getattr(self, name), getattr(more, name))) for name in names}
        return OutcomeTerms(**parts, constant=self.constant + more.constant)


@dataclass(frozen=True, slots=True)
class Carriers:
    """Columns on which the outcomes of segments depend: the level in the segment is ``factor * x[column]``."""

    segment: Ints
    period: Ints
    column: Ints
    factor: Floats


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """Which columns make up programs' levels: each term is ``weight * x[column]``. Every array: shape (terms,)."""

    column: Ints
    program: Ints
    period: Ints
    weight: Floats


def enter(
    builder: Builder, row: Ints, spending: SpendingTerms, which: Bools | bool = True, factor: Floats | float = 1.0
) -> None:
    """Enter what columns spend, times a factor, in the row of each, -1 for none; only those that are asked for."""
    builder.entries(np.where(which, row, -1), spending.column, factor * spending.weight)


def joined(parts: Sequence[SpendingTerms]) -> SpendingTerms:
    """Return all terms as one."""
    names = (item.name for item in fields(SpendingTerms))
    return SpendingTerms(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def outcome_terms(effects: Effects, slopes: Slopes, carriers: Carriers, outcomes: int, programs: int) -> OutcomeTerms:
    """Return what the columns of segments do to the outcomes and resources."""
    # pairs of effect and segment, met with the columns that carry the segment
    item, pair = items_of(carriers.segment, slopes.segment)
    effect = slopes.effect[pair]
    weight = slopes.slope[pair] * carriers.factor[item]
    kept = weight != 0
    item, effect, weight = item[kept], effect[kept], weight[kept]
    constant = np.zeros((programs, outcomes))
    np.add.at(constant, (effects.program, effects.outcome), effects.value[effects.offsets[:-1]])
    return OutcomeTerms(
        carriers.column[item], effects.program[effect], effects.outcome[effect], carriers.period[item], weight, constant
    )


def uses_of_fixed_costs(scenario: Scenario, opened: Ints) -> OutcomeTerms:
    """Return what the fixed costs of programs take of resources: a use for each dollar counts these dollars too.

    ``opened`` is the column that says whether a program is open, -1 where there is none; shape (programs, periods).
    """
    programs, outcomes, resources = scenario.calculated, len(scenario.outcomes), len(scenario.resources)
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))
    rates = np.zeros((resources, len(programs)))
    for position, name in enumerate(scenario.resources):
        rates[position] += np.nan_to_num(1.0 / programs.number(f"uses.{name}.per"))
        rates[position] += np.nan_to_num(programs.number(f"uses.{name}.per_dollar"))
    used = rates * fixed
    resource, program, period = np.nonzero((used > 0)[:, :, None] & (opened >= 0))
    column, weight = opened[program, period], used[resource, program]
    constant = np.zeros((len(programs), outcomes + resources))
    return OutcomeTerms(column, program, outcomes + resource, period, weight, constant)
