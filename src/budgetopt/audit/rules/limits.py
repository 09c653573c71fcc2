"""Limits that may differ by period and hold in each period or for all together, as rules and targets have them."""

from __future__ import annotations

from collections.abc import Mapping
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
        is then the limit of that sum, and a share is a share of the sum of its base. What a mapping says of single
        periods is added up.
    """
    lower, upper = (_by_period(reckoning, bound, base, held) for bound in bounds)
    error = _rounding(reckoning, quantity, base, bounds, held)
    if each == "period":
        at = np.flatnonzero(held)
        below, above = np.nan_to_num(lower, nan=-np.inf), np.nan_to_num(upper, nan=np.inf)
        whole = None if base is None else base.value[held]
        return Limits(at, quantity.value[held], below, above, error, whole)
    below, above = (
        np.array([none if (total := _total(bound, base, side)) is None else total])
        for bound, side, none in zip(bounds, (lower, upper), (-np.inf, np.inf), strict=True)
    )
    whole = None if base is None else base.value[held].sum(keepdims=True)
    at = np.array([ALL_PERIODS])
    return Limits(at, quantity.value[held].sum(keepdims=True), below, above, error.sum(keepdims=True), whole)


def _by_period(reckoning: Reckoning, bound: Any, base: Quantity | None, held: Bools) -> Floats:
    """Return a limit in the unit of the quantity for each of the rule's periods, NaN where there is none."""
    if bound is None:
        return np.full(int(held.sum()), np.nan)
    written = reckoning.scenario.per_period(bound, np.nan)[held]
    return written if base is None else written * base.value[held]


def _total(bound: Any, base: Quantity | None, by_period: Floats) -> float | None:
    if bound is not None and base is None and not isinstance(bound, Mapping):
        return float(bound)
    return None if np.isnan(by_period).all() else float(np.nansum(by_period))


def _rounding(
    reckoning: Reckoning, quantity: Quantity, base: Quantity | None, bounds: tuple[Any, Any], held: Bools
) -> Floats:
    """Return by how much the limits may be missed in each of the rule's periods."""
    written = [reckoning.scenario.per_period(bound) for bound in bounds]
    size = np.max(np.abs(written), axis=0)
    gross, cent = quantity.gross, quantity.cent
    if base is not None:
        gross, cent = gross + size * base.gross, cent + size * base.cent
    else:
        gross = gross + size
    error: Floats = np.maximum(cent, reckoning.tolerance * gross)
    return error[held]
