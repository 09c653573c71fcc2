"""Money to the cent, rounded so that every fund's payments still add up to what it pays."""

from __future__ import annotations

import numpy as np

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
        rank = np.where(floor < lower - _NOISE, 2.0, remainder) - 4.0 * (floor + 1 > upper + _NOISE)
        order = np.argsort(-rank, kind="stable")
        each, extra = divmod(missing, len(order))
        floor += each
        floor[order[:extra]] += 1
        return floor
    # more was rounded up by the noise than there is: take it back where least is lost
    rank = np.where(floor > 0, remainder, 4.0) + 2.0 * (floor - 1 < lower - _NOISE)
    floor[np.argsort(rank, kind="stable")[:-missing]] -= 1
    return floor


def to_cents(
    spending: Floats,
    lower: Floats,
    upper: Floats,
    income: Floats,
    kept: Floats,
    carries: Bools,
    kept_share: Floats | None = None,
) -> Floats:
    """Round payments to the cent.

    Each fund's payments of a period add up to its exact total rounded to the cent, and never to more than it has.

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
    """
    cents = np.maximum(spending, 0.0) * 100
    rounded = np.zeros(cents.shape, dtype=np.int64)
    opening = np.zeros(cents.shape[1])
    for period in range(cents.shape[2]):
        has = (opening + income[:, period]) * 100
        for fund in range(cents.shape[1]):
            paid = np.flatnonzero(cents[:, fund, period] > _NOISE)
            exact = cents[paid, fund, period]
            # what other funds pay for the same program leaves this one the rest of the program's limits
            others = cents[paid, :, period].sum(axis=1) - exact
            share = 0.0 if kept_share is None else kept_share[fund, period]
            most = np.floor(max(has[fund] - kept[fund, period] * 100, 0.0) / (1.0 + share) + _NOISE)
            total = int(min(np.floor(exact.sum() + 0.5), most))
            rounded[paid, fund, period] = apportion(
                exact, total, lower[paid, period] * 100 - others, upper[paid, period] * 100 - others
            )
        opening = np.where(carries, has - rounded[:, :, period].sum(axis=0), 0.0) / 100
    return rounded / 100.0
