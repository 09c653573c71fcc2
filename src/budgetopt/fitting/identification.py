"""What points cannot tell: too few of them, spending that stays the same, a result that falls or speeds up."""

from __future__ import annotations

import numpy as np

from budgetopt.fitting.estimation import covariance
from budgetopt.fitting.history import FitPoints
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.programs import Floats, Ints

__all__ = ["LEAST_POINTS", "LEAST_VARIATION", "is_convex", "trend_note", "why_not", "why_not_told"]

LEAST_POINTS = 6
"""So many points are needed for a fit."""
LEAST_LEVELS = 3
"""Spending has to have so many different levels."""
LEAST_VARIATION = 0.02
"""The standard deviation of spending has to be this share of its mean at least."""
WITH_THE_YEARS = 0.95
"""From this correlation with the years on, money cannot be told from time."""
SURE = 2.0
"""So many standard errors from nothing are called sure."""


def why_not(series: FitPoints) -> str:
    """Return why a response cannot be fitted to some points, whatever its form; empty if it can."""
    x, y, count = series.spending, series.result, len(series.spending)
    if count < LEAST_POINTS:
        more = LEAST_POINTS - count
        points = "1 point" if count == 1 else f"{count} points"
        what = "year or district" if more == 1 else "years or districts"
        return f"{points}, and {LEAST_POINTS} are needed: {more} more {what}"
    if (x <= 0).all():
        return "nothing was ever spent"
    levels = len(np.unique(x))
    variation = float(x.std() / x.mean())
    if levels < LEAST_LEVELS:
        what = "is always the same" if levels == 1 else f"has only {levels} levels"
        return f"spending {what}, and {LEAST_LEVELS} different levels are needed: nothing tells what more money brings"
    if variation < LEAST_VARIATION:
        said = f"spending varies by {Share(round(variation, 4))} of its mean, and {Share(LEAST_VARIATION)} is needed"
        return f"{said}: nothing tells what more money brings"
    if np.ptp(y) <= 1e-9 * max(np.abs(y).max(), 1e-300):
        return "the result is always the same"
    return ""


def why_not_told(series: FitPoints, margin: float, error: float, *, decrease: bool) -> str:
    """Return why a response cannot be told from none: its sign is wrong, or its error is as large as itself."""
    falls = "falls" if not decrease else "rises"
    if margin <= 0:
        hint = f"if less of it is better, say --decrease {series.outcome}" if not decrease else "is less of it better?"
        why = "money may follow need, or the result may follow something else"
        return f"the result {falls} as spending rises: {why}; {hint}"
    if error >= margin:
        share = Share(round(error / margin, 2))
        return f"what a dollar brings cannot be told from nothing: its standard error is {share} of it"
    return ""


def is_convex(u: Floats, v: Floats, lags: int | None, clusters: Ints | None) -> bool:
    """Return whether each further dollar surely brings more than the one before it, by a square in spending."""
    if len(u) < LEAST_POINTS + 1 or len(np.unique(u)) < LEAST_LEVELS + 1:
        return False
    centered = u - u.mean()
    matrix = np.column_stack([np.ones_like(u), centered, centered**2])
    found, _, rank, _ = np.linalg.lstsq(matrix, v, rcond=None)
    if rank < 3:
        return False
    spread = np.sqrt(max(covariance(matrix, v - matrix @ found, lags, clusters)[2, 2], 0.0))
    bend = float(found[2])
    # what the square adds over the range has to matter, too
    return bend > SURE * spread and bend * float(centered.max() ** 2) > 0.01 * float(np.ptp(v))


def trend_note(series: FitPoints) -> str:
    """Return a remark where spending moves with the years; empty where it does not."""
    if len(np.unique(series.year)) < LEAST_LEVELS:
        return ""
    related = float(np.corrcoef(series.year, series.spending)[0, 1])
    if abs(related) < WITH_THE_YEARS:
        return ""
    return (
        f"spending {'rises' if related > 0 else 'falls'} with the years nearly in a line (correlation {related:.2f}): "
        "what else changed with them is not told from the money"
    )
