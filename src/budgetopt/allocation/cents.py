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

    Each fund's payments of a period add up to its exact total rounded to the unit, and never to more than it has. What
    several funds pay for a program adds up to its exact total where that is whole (a package costs what it costs), as
    far as they have money left.

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
        share = 0.0 if kept_share is None else kept_share[:, period]
        may = np.maximum(has - counts_of(kept[:, period], unit), 0.0) / (1.0 + share) - fixed
        exact = np.where(stays[:, None, period], 0.0, counts[:, :, period])
        rounded[:, :, period] = _whole_payments(exact, least[:, period], most[:, period], may)
        left = has - rounded[:, :, period].sum(axis=0) - fixed
        opening = np.where(carries, amounts_of(left, unit), 0.0)
    return np.where(stays[:, None, :], spending, amounts_of(rounded.astype(np.float64), unit))


def _whole_payments(exact: Floats, least: Floats, most: Floats, may: Floats) -> Ints:
    """Return the payments of one period in whole units; shape (programs, funds).

    Parameters
    ----------
    exact
        The payments; shape (programs, funds).
    least, most
        Limits of each program; shape (programs,).
    may
        What each fund may pay; shape (funds,).
    """
    totals, rounded = exact.sum(axis=1), np.zeros(exact.shape, dtype=np.int64)
    whole = np.where(np.abs(totals - np.rint(totals)) <= _NOISE, np.rint(totals), np.nan)
    low, high = (np.where(np.isnan(whole), limit, whole) for limit in (least, most))
    paid = exact.copy()
    for fund in range(exact.shape[1]):
        mine = np.flatnonzero(exact[:, fund] > _NOISE)
        own = exact[mine, fund]
        # what other funds pay for the same program leaves this one the rest of the program's limits
        others = paid[mine].sum(axis=1) - own
        total = int(max(min(np.floor(own.sum() + 0.5), np.floor(may[fund] + _NOISE)), 0.0))
        rounded[mine, fund] = apportion(own, total, low[mine] - others, high[mine] - others)
        paid[mine, fund] = rounded[mine, fund]
    room = np.floor(may + _NOISE) - rounded.sum(axis=0)
    spare = np.where(np.isnan(whole), rounded.sum(axis=1) - low, 0.0)
    _make_whole(rounded, exact, whole, room, spare)
    return rounded


def _make_whole(rounded: Ints, exact: Floats, whole: Floats, room: Floats, spare: Floats) -> None:
    """Give programs the units that are missing of their whole totals, or take back what is too much.

    The unit comes from the fund, or goes back to it, that is farthest from its exact payment, of those that pay for the
    program. A fund that has none left takes it from a program without a whole total, if no other fund can give it.

    Parameters
    ----------
    rounded
        Whole numbers of units, which change; shape (programs, funds).
    exact
        What they were rounded from; shape (programs, funds).
    whole
        The whole totals, or NaN; shape (programs,).
    room
        How many units more each fund may pay, which changes; shape (funds,).
    spare
        How many units each program can give up, which changes; shape (programs,).
    """
    missing = np.nan_to_num(whole - rounded.sum(axis=1))
    for program in np.flatnonzero(missing):
        step = 1 if missing[program] > 0 else -1
        for _ in range(min(abs(int(missing[program])), len(room))):
            pays = exact[program] > _NOISE
            can = pays & (room >= 1 if step > 0 else rounded[program] > 0)
            is_given = step > 0 and not can.any()
            if is_given:
                gives = (rounded > 0) & (spare >= 1)[:, None]
                can = pays & gives.any(axis=0)
            if not can.any():
                break
            fund = int(np.argmax(np.where(can, step * (exact[program] - rounded[program]), -np.inf)))
            if is_given:
                giver = int(np.argmax(np.where(gives[:, fund], rounded[:, fund] - exact[:, fund], -np.inf)))
                rounded[giver, fund] -= 1
                spare[giver] -= 1
                room[fund] += 1
            rounded[program, fund] += step
            room[fund] -= step
