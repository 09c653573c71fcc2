"""Money to the cent, or to another unit, rounded so that every fund's payments still add up to what it pays."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.accuracy import CENT, amounts_of, counts_of
from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["apportion", "to_cents"]

# A hundred-thousandth of a cent: what a solver's arithmetic leaves on amounts of public money is far below it
_NOISE = 1e-5


def apportion(exact: Floats, total: int, lower: Floats, upper: Floats) -> Ints:
    """Round numbers to whole ones of a given sum by the largest remainder, within limits where that is possible.

    Every number (zero or more) is first rounded down; the units still missing go one by one to the largest remainders.
    Numbers below their lower limit come first, and numbers that would pass their upper limit come last. All arrays have
    shape (n,).
    """
    floor = np.floor(exact + _NOISE).astype(np.int64)
    remainder, missing = exact - floor, total - int(floor.sum())
    if missing == 0 or not len(exact):
        return floor
    if missing > 0:
        order = np.lexsort((-remainder, floor >= lower - _NOISE, floor + 1 > upper + _NOISE))
        each, extra = divmod(missing, len(order))
        floor += each
        floor[order[:extra]] += 1
        return floor
    # more was rounded up by the noise than there is: take it back where least is lost
    floor[np.lexsort((remainder, floor - 1 < lower - _NOISE, floor == 0))[:-missing]] -= 1
    return floor


def to_cents(
    spending: Floats,
    lower: Floats,
    upper: Floats,
    income: Floats,
    kept: Floats,
    carries: Bools,
    kept_share: Floats | None = None,
    *,
    unit: float = CENT,
    held: Bools | None = None,
) -> Floats:
    """Round payments to the cent, or to another unit.

    Each fund's payments of a period add up to its exact total rounded to the unit, and never to more than it has.

    Parameters
    ----------
    spending
        Dollars; shape (programs, funds, periods).
    lower, upper
        Limits of each program; dollars, shape (programs, periods).
    income
        What comes into each fund, transfers and the first opening balance included; dollars, shape (funds, periods).
    kept
        What each fund must have left; dollars, shape (funds, periods).
    carries
        Whether what is left opens the next period; shape (funds,).
    kept_share
        The share of its spending that each fund must have left besides; none if left out. Shape (funds, periods).
    unit
        What to round to.
    held
        Programs and periods whose payments stay as they are; none if left out. Shape (programs, periods).
    """
    counts = counts_of(np.maximum(spending, 0.0), unit)
    stays = np.zeros(lower.shape, dtype=bool) if held is None else held
    rounded = np.zeros(counts.shape, dtype=np.int64)
    opening = np.zeros(counts.shape[1])
    least, most = counts_of(lower, unit), counts_of(upper, unit)
    for period in range(counts.shape[2]):
        has = counts_of(opening + income[:, period], unit)
        fixed = np.where(stays[:, None, period], counts[:, :, period], 0.0).sum(axis=0)
        for fund in range(counts.shape[1]):
            paid = np.flatnonzero((counts[:, fund, period] > _NOISE) & ~stays[:, period])
            exact = counts[paid, fund, period]
            # what other funds pay for the same program leaves this one the rest of the program's limits
            others = counts[paid, :, period].sum(axis=1) - exact
            share = 0.0 if kept_share is None else kept_share[fund, period]
            may = max(has[fund] - counts_of(kept[fund, period], unit), 0.0) / (1.0 + share) - fixed[fund]
            total = int(max(min(np.floor(exact.sum() + 0.5), np.floor(may + _NOISE)), 0.0))
            rounded[paid, fund, period] = apportion(
                exact, total, least[paid, period] - others, most[paid, period] - others
            )
        left = has - rounded[:, :, period].sum(axis=0) - fixed
        opening = np.where(carries, amounts_of(left, unit), 0.0)
    return np.where(stays[:, None, :], spending, amounts_of(rounded.astype(np.float64), unit))
