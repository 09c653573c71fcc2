"""How far what a plan brings may be off: the ranges that the scenario gives its effects, carried to its outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.audit.activity import OutcomeLevels, levels_of
from budgetopt.audit.current import current_packages, current_units
from budgetopt.audit.package_list import list_packages
from budgetopt.scenario.estimates import assumed_effects, effect_prefixes, spread_of
from budgetopt.scenario.programs import Bools, Floats, Ints, ProgramTable
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation
    from budgetopt.audit import Audit

__all__ = ["EffectRanges", "OutcomeRanges", "baseline_levels", "effect_ranges", "outcome_ranges"]


@dataclass(frozen=True, eq=False)
class EffectRanges:
    """What each effect brings in a plan, and between what it lies; one row an effect, packages one by one.

    Parameters
    ----------
    program, outcome, package
        Positions, and which of its program's packages brings it, -1 for an effect of the program itself; shape
        (effects,).
    level
        Units in each period; shape (effects, periods).
    reach
        What the spending would bring if there were enough to bring; shape (effects, periods).
    moved
        The part of the level that spending brings, and the estimate is of: without what a curve has at no spending.
    before
        What the baseline moves, all periods together; shape (effects,).
    said
        Whether the scenario says how far the effect may be off; shape (effects,).
    low, high
        The ends of its range, as shares of it; shape (effects,).
    most
        How many units there are to bring in a period, infinite where that is not said; shape (effects,).
    assumed, silent
        Whether it is an assumption, and whether because nothing is said of its evidence; shape (effects,).
    """

    program: Ints
    outcome: Ints
    package: Ints
    level: Floats
    reach: Floats
    moved: Floats
    before: Floats
    said: Bools
    low: Floats
    high: Floats
    most: Floats
    assumed: Bools
    silent: Bools

    @property
    def brings(self) -> Bools:
        """Which effects bring something in the plan; shape (effects,)."""
        return np.asarray((self.level != 0).any(axis=1))

    def ends(self) -> tuple[Floats, Floats]:
        """Return how much less and how much more than its level each effect may bring; neither is negative.

        An effect brings no more units than there are, where the scenario says how many (`up_to`). Shape (effects,
        periods).
        """
        one, other = (np.minimum(self.reach * share[:, None], self.most[:, None]) for share in (self.low, self.high))
        return np.maximum(self.moved - np.minimum(one, other), 0.0), np.maximum(
            np.maximum(one, other) - self.moved, 0.0
        )

    def change_ends(self) -> tuple[Floats, Floats]:
        """Return how much less and how much more than it does each effect may change from the baseline.

        Shape (effects,).
        """
        return _off(self.moved.sum(axis=1) - self.before, self.low, self.high)

    @cached_property
    def program_ends(self) -> Mapping[tuple[int, int], tuple[float, float]]:
        """Between what lies that which a program brings to an outcome, all periods together, where it is said.

        By the positions of the program and the outcome.
        """
        less, more = (ends.sum(axis=1) for ends in self.ends())
        level = self.level.sum(axis=1)
        pairs = list(zip(self.program.tolist(), self.outcome.tolist(), strict=True))
        said = {pair for pair, known in zip(pairs, self.said.tolist(), strict=True) if known}
        found: dict[tuple[int, int], tuple[float, float]] = {}
        for pair, low, high in zip(pairs, (level - less).tolist(), (level + more).tolist(), strict=True):
            if pair in said:
                before = found.get(pair, (0.0, 0.0))
                found[pair] = (before[0] + low, before[1] + high)
        return found

    def period_ends(self, programs: Ints, outcomes: Ints) -> tuple[Floats, Floats]:
        """Return the lowest and the highest level of each pair of a program and an outcome, NaN where nothing is said.

        Shape (pairs,) of the pairs, and (pairs, periods) of the levels.
        """
        count = 1 + max(int(outcomes.max(initial=0)), int(self.outcome.max(initial=0)))
        pairs = programs * count + outcomes
        order = np.argsort(pairs, kind="stable")
        mine = self.program * count + self.outcome
        # an effect of nothing at all is in no pair
        kept = np.isin(mine, pairs)
        at = order[np.searchsorted(pairs[order], mine[kept])]
        less, more = self.ends()
        lowest, highest = (np.zeros((len(pairs), self.level.shape[1])) for _ in range(2))
        np.add.at(lowest, at, (self.level - less)[kept])
        np.add.at(highest, at, (self.level + more)[kept])
        unsaid = np.ones(len(pairs), dtype=bool)
        unsaid[at[self.said[kept]]] = False
        lowest[unsaid] = highest[unsaid] = np.nan
        return lowest, highest


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeRanges:
    """Between what each outcome lies, all periods together; every array has the shape (outcomes,).

    An end is NaN where no effect that brings the outcome says how far it may be off. An effect that does not is taken
    for exact.

    Parameters
    ----------
    low, high
        With every effect at the end of its range that brings least, or most.
    low_if_independent, high_if_independent
        With errors that have nothing to do with one another: the root of the sum of the squares of the distances.
    least_change, most_change
        The change from the baseline with every effect at the end that makes it least, or most.
    effects, with_range, assumed
        How many effects bring the outcome, how many of them have a range, and how many are assumptions.
    """

    low: Floats
    high: Floats
    low_if_independent: Floats
    high_if_independent: Floats
    least_change: Floats
    most_change: Floats
    effects: Ints
    with_range: Ints
    assumed: Ints


def baseline_levels(scenario: Scenario) -> OutcomeLevels:
    """Return what the baselines bring."""
    baseline = np.nan_to_num(scenario.baselines)
    return levels_of(scenario, baseline, current_packages(scenario), current_units(scenario))


def effect_ranges(audit: Audit) -> EffectRanges:
    """Return what each effect brings in a plan that was audited, and between what it lies."""
    scenario, levels, plan = audit.scenario, audit.levels, audit.plan
    packages_taken = plan.packages_in(scenario)
    programs = scenario.programs
    nothing = levels_of(scenario, np.zeros((len(programs), len(scenario.periods)))).level
    before = baseline_levels(scenario).level
    without, spent = _without_limits(scenario), plan.spending.sum(axis=1)
    reached = levels_of(without, spent, packages_taken, plan.units_in(scenario)).level
    packages = list_packages(scenario)
    serves, served = (packages.in_service(taken) for taken in (packages_taken, current_packages(scenario)))
    has_packages = np.zeros(len(programs), dtype=bool)
    has_packages[packages.program] = True
    none = np.empty((0, len(scenario.periods)))
    parts = [_part(programs, "", (0, -1), np.empty(0, dtype=np.int64), none, none, none, none)]  # no mutant: no effects
    for position, name in enumerate(scenario.outcomes):
        own, *of_packages = effect_prefixes(programs, name)
        mine = np.flatnonzero((levels.outcome == position) & ~has_packages[levels.program])
        level, rows = levels.level[mine], levels.program[mine]
        moves = (amounts[mine] - nothing[mine] for amounts in (reached, levels.level, before))
        parts.append(_part(programs, own, (position, -1), rows, level, *moves))
        for prefix in of_packages:
            value = programs.number(f"{prefix}.value")[packages.program]
            number = int(prefix.split(".")[1])
            at = np.flatnonzero((packages.number == number) & ~np.isnan(value))
            level, was = (value[at][:, None] * serving[at] for serving in (serves, served))
            parts.append(_part(programs, prefix, (position, number), packages.program[at], level, level, level, was))
    return EffectRanges(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


_Part = tuple[Ints, Ints, Ints, Floats, Floats, Floats, Floats, Bools, Floats, Floats, Floats, Bools, Bools]
"""Some effects, as :class:`EffectRanges` has them."""


def _without_limits(scenario: Scenario) -> Scenario:
    """Return a scenario in which no effect ends at the units that there are (`up_to`)."""
    columns = scenario.programs.columns.items()
    kept = {key: column for key, column in columns if not (key.startswith("outcomes.") and key.endswith(".up_to"))}
    return replace(scenario, programs=replace(scenario.programs, columns=kept))


def _off(amount: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return how far below and above an amount lie the ends that are such shares of it."""
    one, other = amount * (low - 1.0), amount * (high - 1.0)
    return np.maximum(-np.minimum(one, other), 0.0), np.maximum(np.maximum(one, other), 0.0)


def _part(
    programs: ProgramTable,
    prefix: str,
    of: tuple[int, int],
    rows: Ints,
    level: Floats,
    reach: Floats,
    moved: Floats,
    before: Floats,
) -> _Part:
    """Return the effects under one prefix of keys, of an outcome and a package."""
    spread, (assumed, silent) = spread_of(programs, prefix), assumed_effects(programs, prefix)
    most = np.nan_to_num(programs.number(f"{prefix}.up_to"), nan=np.inf)
    known = spread.said[rows], spread.low[rows], spread.high[rows], most[rows], assumed[rows], silent[rows]
    return (
        rows,
        np.full(len(rows), of[0], dtype=np.int64),
        np.full(len(rows), of[1], dtype=np.int64),
        level,
        reach,
        moved,
        np.asarray(before.sum(axis=1)),
        *known,
    )


def outcome_ranges(plan: Allocation) -> OutcomeRanges:
    """Return between what each outcome of a plan lies."""
    brought, count = plan.effect_ranges, len(plan.scenario.outcomes)

    def added(amounts: Floats) -> Floats:
        return np.asarray(np.bincount(brought.outcome, weights=amounts, minlength=count), dtype=np.float64)

    def counted(chosen: Bools) -> Ints:
        return np.bincount(brought.outcome[chosen], minlength=count)

    moved = brought.moved.sum(axis=1)
    less, more = (ends.sum(axis=1) for ends in brought.ends())
    less_change, more_change = brought.change_ends()
    with_range = counted(brought.brings & brought.said)
    changing = counted(brought.said & (moved != brought.before))
    level = plan.audit.outcomes.sum(axis=1)
    change = added(moved - brought.before)

    def shown(ends: Floats, known: Ints = with_range) -> Floats:
        return np.where(known > 0, ends, np.nan)

    return OutcomeRanges(
        low=shown(level - added(less)),
        high=shown(level + added(more)),
        low_if_independent=shown(level - np.sqrt(added(less**2))),
        high_if_independent=shown(level + np.sqrt(added(more**2))),
        least_change=shown(change - added(less_change), changing),
        most_change=shown(change + added(more_change), changing),
        effects=counted(brought.brings),
        with_range=with_range,
        assumed=counted(brought.brings & brought.assumed),
    )
