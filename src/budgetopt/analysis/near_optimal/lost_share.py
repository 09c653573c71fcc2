"""What a plan gives up, as a share of the best value."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.programs import Floats

__all__ = ["lost_shares"]

NOISE, NOTHING = 1e-9, 1e-12
"""A best value below this share of what is lost, or below this value, is zero."""


def lost_shares(lost: Floats, best: float) -> Floats:
    """Return losses as shares of the best value; NaN where it is zero, of which there is no share."""
    largest = float(np.abs(lost[np.isfinite(lost)]).max(initial=0.0))
    return np.full(lost.shape, np.nan) if abs(best) <= max(NOISE * largest, NOTHING) else lost / abs(best)
