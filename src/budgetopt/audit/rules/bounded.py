"""Limits that may differ by period and hold in each period or for all together, as rules and targets have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.audit.check import ALL_PERIODS
from budgetopt.audit.evaluation import Evaluation, Quantity, of_multiple
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["Bounded", "bounded"]


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """A quantity beside its limits, one cell for each period or one for all together; every array: shape (cells,)."""

    period: Ints
    value: Floats
    lower: Floats
    upper: Floats
    allowed: Floats
    share_of: Floats


def bounded(
    evaluation: Evaluation,
    quantity: Quantity,
    share_of: Quantity | None,
    bounds: tuple[Any, Any],
    held: Bools,
    each: str,
) -> Bounded:
    """Set a quantity beside its limits.

    Parameters
    ----------
    evaluation
        The plan beside its scenario.
    quantity
        What is limited.
    share_of
        What the limits are shares of; None where they are amounts.
    bounds
        The lower and the upper limit as the rule has them: nothing, one value, or a mapping from period to value, in
        which a period left out has no limit.
    held
        The periods in which the rule holds; shape (periods,).
    each
        ``period``: the limits hold in each period. ``total``: they hold for the sum over the rule's periods. An amount
        is then the limit of that sum, and a share is a share of the sum of what it is a share of.
    """
    at, quantity, share_of = np.flatnonzero(held), quantity.at(held), share_of and share_of.at(held)
    if each == "total":
        at, quantity, share_of = np.array([ALL_PERIODS]), quantity.total(), share_of and share_of.total()
        written = [np.array([np.nan if bound is None else float(bound)]) for bound in bounds]
    else:
        known = (np.nan if bound is None else bound for bound in bounds)
        written = [evaluation.scenario.per_period(bound, np.nan)[held] for bound in known]
    lower, upper = written if share_of is None else [side * share_of.value for side in written]
    size = np.nan_to_num(np.abs(written)).max(axis=0)
    gross, cent = quantity.gross, quantity.cent
    if share_of is None:
        gross = gross + size
    else:
        # what a share is a share of is rounded too, and a share of that goes into the limit
        gross = gross + size * share_of.gross
        cent = cent + of_multiple(size * share_of.cent, cent)
    return Bounded(
        at,
        quantity.value,
        np.nan_to_num(lower, nan=-np.inf),
        np.nan_to_num(upper, nan=np.inf),
        np.maximum(cent, evaluation.tolerance * gross),
        np.full(len(at), np.nan) if share_of is None else share_of.value,
    )
