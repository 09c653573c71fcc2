"""The limits of each program's spending, and which of the scenario's words sets each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.linear_program import Floats, Ints
from budgetopt.formulation.provisions import Provision
from budgetopt.scenario.model import ChangeRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["NOBODY", "OWN", "ProgramLimits", "program_limits"]

NOBODY = -2
"""No limit."""
OWN = -1
"""The program's own floor or ceiling."""


@dataclass(frozen=True, slots=True)
class ProgramLimits:
    """Floors and ceilings of every program in every period; all arrays have shape (programs, periods).

    Parameters
    ----------
    lower, upper
        Dollars; 0 and infinity where nothing limits.
    lower_by, upper_by
        What sets each: the position of a rule, :data:`OWN` or :data:`NOBODY`.
    """

    lower: Floats
    upper: Floats
    lower_by: Ints
    upper_by: Ints


def program_limits(scenario: Scenario, suspended: Collection[Provision] = ()) -> ProgramLimits:
    """Return the tightest limits that the programs' own words and the rules on change set.

    Parameters
    ----------
    suspended
        Provisions that are left out.
    """
    programs, periods = scenario.programs, scenario.periods
    lower = np.zeros((len(programs), len(periods)))
    upper = np.full_like(lower, np.inf)
    limits = ProgramLimits(lower, upper, np.full(lower.shape, NOBODY), np.full(lower.shape, NOBODY))
    floor, ceiling = scenario.dollars("spending.at_least"), scenario.dollars("spending.at_most")
    for provision in suspended:
        if provision.kind in ("floor", "ceiling"):
            (floor if provision.kind == "floor" else ceiling)[programs.position(provision.name)] = np.nan
    _tighten(limits, floor, ceiling, OWN)
    for position, rule in enumerate(scenario.rules):
        if (
            not isinstance(rule, ChangeRule)
            or rule.change.from_ != "baseline"
            or Provision("rule", rule.name) in suspended
        ):
            continue
        bound = np.full(lower.shape, np.nan)
        # a program without a baseline has nothing to change from: its baseline is NaN, and so are its limits
        held = select(programs, rule.where)[:, None] & scenario.period_mask(rule.periods)
        bound[held] = scenario.baselines[held]
        change = rule.change
        down = _least(change.at_most, change.decrease_at_most)
        up = _least(change.at_most, change.increase_at_most)
        nothing = np.full(lower.shape, np.nan)
        _tighten(
            limits,
            nothing if down is None else bound * max(0.0, 1 - down),
            nothing if up is None else bound * (1 + up),
            position,
        )
    return limits


def _least(*shares: float | None) -> float | None:
    return min((share for share in shares if share is not None), default=None)


def _tighten(limits: ProgramLimits, lower: Floats, upper: Floats, by: int) -> None:
    # comparisons with NaN are false, so what is not limited stays as it is
    higher, lesser = lower > limits.lower, upper < limits.upper
    limits.lower[higher], limits.lower_by[higher] = lower[higher], by
    limits.upper[lesser], limits.upper_by[lesser] = upper[lesser], by
