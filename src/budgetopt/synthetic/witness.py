"""The plan that goes on as things are: everything that a generated city demands is chosen so that this plan meets it.

Each program spends its baseline, with inflation, from the one fund that pays for it now; new programs and projects get
nothing; the first package of a program goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetopt.scenario.effects import Effects
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario

__all__ = ["Witness", "witness_of"]


@dataclass(frozen=True, slots=True)
class Witness:
    """What the plan spends and does."""

    spending: Floats  # dollars; shape (programs, periods)
    by_fund: Floats  # dollars that each fund pays; shape (funds, periods)
    outcomes: Floats  # units that each program brings, in every period the same; shape (programs, outcomes)
    uses: Floats  # units that each program uses, in every period the same; shape (programs, resources)


def witness_of(scenario: Scenario, levels: Floats, payer: Ints, funds: int) -> Witness:
    """Return the plan that goes on as things are.

    Of the scenario only the programs, outcomes, resources and periods count. ``levels`` and ``payer`` are the level at
    which each program runs and the fund that pays for it; shape (programs,).
    """
    spending = np.nan_to_num(scenario.baselines)
    by_fund = np.array([spending[payer == fund].sum(axis=0) for fund in range(funds)])
    outcomes = _totals(scenario.effects, levels, (len(levels), len(scenario.outcomes)))
    uses = _totals(scenario.uses, levels, (len(levels), len(scenario.resources)))
    packages = scenario.packages
    goes_on = (packages.rank == 0) & ~packages.is_project & ~np.isnan(scenario.programs.baseline())[packages.program]
    for total, package, what, value in (
        (outcomes, packages.effect_package, packages.effect_outcome, packages.effect_value),
        (uses, packages.use_package, packages.use_resource, packages.use_amount),
    ):
        np.add.at(total, (packages.program[package], what), np.where(goes_on[package], value, 0.0))
    return Witness(spending, by_fund, outcomes, uses)


def _totals(effects: Effects, levels: Floats, shape: tuple[int, int]) -> Floats:
    """Return what each program does at its level; shape as asked for."""
    total = np.zeros(shape)
    if not len(effects):
        return total
    level = levels[effects.program]
    lengths = np.diff(effects.offsets)
    owner = np.repeat(np.arange(len(effects)), lengths)
    passed = np.bincount(owner, weights=effects.spending <= level[owner], minlength=len(effects)).astype(np.int64)
    at = effects.offsets[:-1] + passed - 1
    beyond = level - effects.spending[at]
    following = np.minimum(at + 1, len(effects.spending) - 1)
    inside = passed < lengths
    rise = np.where(inside, effects.value[following] - effects.value[at], 0.0)
    run = np.where(inside, effects.spending[following] - effects.spending[at], 1.0)
    slope = np.where(inside, rise / run, effects.tail)
    np.add.at(total, (effects.program, effects.outcome), effects.value[at] + slope * beyond)
    return total
