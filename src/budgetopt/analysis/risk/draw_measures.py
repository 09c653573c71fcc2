"""Measures over the draws of an ensemble, and of the plan that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.scenario.model import WEIGHTED_OUTCOMES
from budgetopt.scenario.programs import Bools, Floats

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = [
    "at_limits",
    "mean_and_error",
    "mean_of_draws",
    "objective_unit",
    "quantile_of_draws",
    "quantile_of_known",
    "share_of_draws",
]


def objective_unit(plan: Allocation) -> str:
    """Return what the first objective counts: the unit of an outcome, or the weighted outcomes."""
    first = plan.scenario.objective[0]
    what = first.maximize if first.maximize is not None else first.minimize
    known = plan.scenario.outcomes.get(str(what))
    return first.name or (known.unit if known is not None else WEIGHTED_OUTCOMES)


def share_of_draws(seen: Bools) -> Floats:
    """Return in what share of the draws something is seen; from (draws, things) to (things,), NaN without draws."""
    return np.asarray(seen.mean(axis=0)) if len(seen) else np.full(seen.shape[1], np.nan)


def mean_of_draws(amounts: Floats) -> Floats:
    """Return the mean over the draws; from (draws, things) to (things,), NaN without draws."""
    return np.asarray(amounts.mean(axis=0)) if len(amounts) else np.full(amounts.shape[1], np.nan)


def quantile_of_draws(amounts: Floats, share: float) -> Floats:
    """Return a quantile over the draws; from (draws, things) to (things,), NaN without draws."""
    return np.asarray(np.quantile(amounts, share, axis=0)) if len(amounts) else np.full(amounts.shape[1], np.nan)


def quantile_of_known(values: Floats, share: float) -> float:
    """Return a quantile of the values that are known; NaN without any."""
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share)) if len(known) else np.nan


def mean_and_error(values: Floats, unit: str) -> tuple[float, str, float]:
    """Return the mean of the values that are known, its unit and its standard error."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan, unit, np.nan
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
    return float(known.mean()), unit, error


def at_limits(plan: Allocation, spending: Floats) -> tuple[int, int]:
    """Return how many programs with money stand at a limit of their own in every period, and how many there are.

    ``spending`` has the shape (programs, funds, periods). A floor of nothing is none.
    """
    spent, limits = spending.sum(axis=1), plan.formulation.limits
    tolerance = 1e-6 * np.maximum(spent, 1.0) + plan.rounded_to
    at_floor = (np.abs(spent - limits.lower) <= tolerance) & (limits.lower > tolerance)
    at = at_floor | (np.abs(spent - limits.upper) <= tolerance)
    funded = (spent > tolerance).any(axis=1)
    return int((at.all(axis=1) & funded).sum()), int(funded.sum())
