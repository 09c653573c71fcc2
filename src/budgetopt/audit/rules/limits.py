"""Limits that may differ by period and hold in each period or for all together, as rules and targets have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.audit.check import ALL_PERIODS
from budgetopt.audit.reckoning import Quantity, Reckoning
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["Limits", "limits_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """A quantity beside its limits, one cell for each period or one for all together; every array: shape (cells,)."""

    period: Ints
    value: Floats
    lower: Floats
    upper: Floats
    allowed: Floats
    base: Floats | None


def limits_of(
    reckoning: Reckoning,
    quantity: Quantity,
    base: Quantity | None,
    bounds: tuple[Any, Any],
    held: Bools,
    each: str,
) -> Limits:
    """Set a quantity beside its limits.

    Parameters
    ----------
    reckoning
        The plan beside its scenario.
    quantity
        What is limited.
    base
        What the limits are shares of; None where they are amounts.
    bounds
        The lower and the upper limit as the rule has them: nothing, one value, or a mapping from period to value, in
        which a period left out has no limit.
    held
        The periods in which the rule holds; shape (periods,).
    each
        ``period``: the limits hold in each period. ``total``: they hold for the sum over the rule's periods. An amount
        is then the limit of that sum, and a share is a share of the sum of its base.
    """
    at, quantity, base = np.flatnonzero(held), quantity.at(held), base and base.at(held)
    if each == "total":
        at, quantity, base = np.array([ALL_PERIODS]), quantity.total(), base and base.total()
        written = [np.array([np.nan if bound is None else float(bound)]) for bound in bounds]
    else:
        known = (np.nan if bound is None else bound for bound in bounds)
        written = [reckoning.scenario.per_period(bound, np.nan)[held] for bound in known]
    lower, upper = written if base is None else [side * base.value for side in written]
    size = np.nan_to_num(np.abs(written)).max(axis=0)
    gross, cent = quantity.gross, quantity.cent
    # what a share is a share of is rounded too, and a share of that goes into the limit
    gross, cent = (gross + size, cent) if base is None else (gross + size * base.gross, cent + size * base.cent)
    return Limits(
        at,
        quantity.value,
        np.nan_to_num(lower, nan=-np.inf),
        np.nan_to_num(upper, nan=np.inf),
        np.maximum(cent, reckoning.tolerance * gross),
        None if base is None else base.value,
    )
