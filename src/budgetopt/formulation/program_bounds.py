"""The limits of each program's spending, and which of the scenario's limits sets each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Floats, Ints
from budgetopt.scenario.model import ChangeLimit, ChangeRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["NO_LIMIT", "ProgramLimits", "changes", "met", "program_limits"]

NO_LIMIT = -1
"""Stands where nothing limits."""
ROUNDING = 1e-12
"""The share of itself by which a floor is above a ceiling only because both were worked out in floating point."""


@dataclass(frozen=True, slots=True)
class ProgramLimits:
    """Floors and ceilings of every program in every period; all arrays have shape (programs, periods).

    Parameters
    ----------
    lower, upper
        Dollars; 0 and infinity where nothing limits.
    lower_by, upper_by
        What sets each: its position in the scenario's list of limits, or :data:`NO_LIMIT`.
    fewest, most
        The fewest and the most units of a service; 0 and infinity where nothing limits.
    """

    lower: Floats
    upper: Floats
    lower_by: Ints
    upper_by: Ints
    fewest: Floats
    most: Floats


def program_limits(scenario: Scenario, suspended: Collection[int] = ()) -> ProgramLimits:
    """Return the tightest limits that the programs' own words and the rules on change set, but for suspended limits."""
    programs, shape = scenario.programs, (len(scenario.programs), len(scenario.periods))
    fewest = np.nan_to_num(programs.number("service.at_least"))[:, None] * np.ones(shape)
    units = programs.number("service.up_to")[:, None] * np.ones(shape)
    limits = ProgramLimits(
        lower=np.zeros(shape),
        upper=np.full(shape, np.inf),
        lower_by=np.full(shape, NO_LIMIT),
        upper_by=np.full(shape, NO_LIMIT),
        fewest=fewest,
        most=np.where(np.isnan(units), np.inf, units),
    )
    floor, ceiling = scenario.dollars("spending.at_least"), scenario.dollars("spending.at_most")
    of_floor, of_ceiling, of_units = (scenario.limits.of_programs(kind) for kind in ("floor", "ceiling", "most units"))
    left_out = np.array(sorted(suspended), dtype=np.int64)
    no_floor = np.isin(of_floor, left_out)
    floor[no_floor], fewest[no_floor] = np.nan, 0.0
    ceiling[np.isin(of_ceiling, left_out)] = np.nan
    limits.most[np.isin(of_units, left_out)] = np.inf
    _tighten(limits, floor, ceiling, of_floor[:, None], of_ceiling[:, None])
    if (kept := scenario.limits.find("kept baseline", "keep_unmeasured")) >= 0 and kept not in left_out:
        _tighten(limits, scenario.kept, np.full(shape, np.nan), kept, NO_LIMIT)
    nothing = np.full(shape, np.nan)
    for rule in scenario.rules:
        if not isinstance(rule, ChangeRule) or rule.change.from_ != "baseline":
            continue
        position = scenario.limits.find("rule", rule.name)
        if position in suspended:
            continue
        # a program without a baseline has nothing to change from: its baseline is NaN, and so are its limits
        held = select(programs, rule.where)[:, None] & scenario.period_mask(rule.periods)
        baseline = np.where(held, scenario.baselines, np.nan)
        down, up = changes(rule.change)
        lower = nothing if down is None else baseline * max(0.0, 1 - down)
        upper = nothing if up is None else baseline * (1 + up)
        _tighten(limits, lower, upper, position, position)
    limits.lower[:] = met(limits.lower, limits.upper)
    return limits


def met(lower: Floats, upper: Floats) -> Floats:
    """Return lower limits, those that are above the upper ones by rounding only at these: 5% of it, and 95% less."""
    above = (lower > upper) & (lower <= upper * (1.0 + ROUNDING))
    return np.where(above, upper, lower)


def changes(change: ChangeLimit) -> tuple[float | None, ...]:
    """Return how far spending may go down, and how far up, as shares; None where nothing limits."""
    own = (change.decrease_at_most, change.increase_at_most)
    given = [[share for share in (change.at_most, one) if share is not None] for one in own]
    return tuple(min(shares, default=None) for shares in given)


def _tighten(limits: ProgramLimits, lower: Floats, upper: Floats, floor_by: Ints | int, ceiling_by: Ints | int) -> None:
    # comparisons with NaN are false, so what is not limited stays as it is
    higher, lesser = lower > limits.lower, upper < limits.upper
    limits.lower[higher], limits.lower_by[higher] = lower[higher], np.broadcast_to(floor_by, lower.shape)[higher]
    limits.upper[lesser], limits.upper_by[lesser] = upper[lesser], np.broadcast_to(ceiling_by, upper.shape)[lesser]
