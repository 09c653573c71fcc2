"""Charge the current service level to the funds that can carry it."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.balances import reserve_needed
from budgetopt.audit.eligibility import may_pay
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import Fund
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario

__all__ = ["charge", "charge_baseline"]


def charge_baseline(scenario: Scenario) -> tuple[Floats, Floats]:
    """Return who pays for the baselines, and the transfers that the scenario demands.

    Shapes (programs, funds, periods) and (funds, funds, periods); :meth:`SpendingPlan.current` says how it is done.
    """
    funds = list(scenario.funds.values())
    names = list(scenario.funds)
    periods = len(scenario.periods)
    eligible = may_pay(scenario)
    baseline = np.nan_to_num(scenario.programs.baseline(), nan=0.0)
    transfers = np.zeros((len(funds), len(funds), periods))
    for giver, fund in enumerate(funds):
        for name, transfer in fund.transfers_to.items():
            transfers[giver, names.index(name)] = scenario.per_period(transfer.at_least)

    spending = np.zeros((len(baseline), len(funds), periods))
    if not spending.size:
        return spending, transfers

    # Programs that the same funds may pay for are one buyer: the pattern of funds is all that matters to the charging.
    patterns, group = np.unique(eligible, axis=0, return_inverse=True)
    group = group.reshape(-1)
    demand: Floats = np.bincount(group, weights=baseline, minlength=len(patterns)).astype(np.float64)
    order = np.argsort(eligible.sum(axis=0), kind="stable").astype(np.int64)

    balance = np.array([fund.opening_balance for fund in funds])
    revenue = np.array([scenario.per_period(fund.revenue) for fund in funds]).reshape(len(funds), periods)
    one_time = np.array([scenario.per_period(fund.one_time) for fund in funds]).reshape(len(funds), periods)
    for period in range(periods):
        moved = transfers[:, :, period].sum(axis=0) - transfers[:, :, period].sum(axis=1)
        recurring = np.maximum(revenue[:, period] + moved, 0.0)
        income = np.maximum(revenue[:, period] + one_time[:, period] + moved, 0.0)
        money = balance + revenue[:, period] + one_time[:, period] + moved
        free = np.array([_free(fund, money[i], revenue[i, period]) for i, fund in enumerate(funds)])
        flow = np.zeros(patterns.shape)
        for capacity in (np.minimum(free, recurring), np.minimum(free, income), free):
            flow = charge(demand, capacity, patterns, order, flow)
        unpaid = demand - flow.sum(axis=1)
        broadest = [next((int(fund) for fund in order[::-1] if row[fund]), 0) for row in patterns]
        flow[np.arange(len(patterns)), broadest] += unpaid
        spending[:, :, period] = _split(flow, group, baseline)
        carried = np.array([fund.carryover for fund in funds], dtype=bool)
        balance = np.where(carried, money - spending[:, :, period].sum(axis=0), 0.0)
    return spending, transfers


def _free(fund: Fund, money: float, revenue: float) -> float:
    """Return how much a fund may spend and still keep its reserve."""
    reserve = fund.reserve
    if reserve is not None and isinstance(reserve.at_least, Share) and reserve.of == "spending":
        return max(0.0, money / (1.0 + float(reserve.at_least)))
    return max(0.0, money - float(reserve_needed(fund, np.array(revenue), np.array(0.0))))


def charge(demand: Floats, capacity: Floats, allowed: Bools, order: Ints, flow: Floats) -> Floats:
    """Return the most that funds can pay of demands, each demand by the funds allowed to it.

    What is charged already stays charged in sum: a demand may only move from one fund to another. This is a maximum
    flow by augmenting paths, which visit the funds in the order asked for.

    Parameters
    ----------
    demand
        Dollars; shape (groups,).
    capacity
        Dollars that each fund can pay in all; shape (funds,).
    allowed
        Which fund may pay for which group; shape (groups, funds).
    order
        The funds in the order in which they are used up; shape (funds,).
    flow
        What is charged already; shape (groups, funds).
    """
    flow = flow.copy()
    for fund in order.tolist():
        for group in np.argsort(allowed.sum(axis=1), kind="stable").tolist():
            if allowed[group, fund]:
                room = min(demand[group] - flow[group].sum(), capacity[fund] - flow[:, fund].sum())
                flow[group, fund] += max(0.0, room)
    # Each turn fills a demand or a fund, or takes a group off a fund, so there are few of them.
    for _ in range(4 * (flow.size + 1)):
        path = _augmenting_path(demand, capacity, allowed, order.tolist(), flow)
        if path is None:
            break
        groups, funds = path[0::2], path[1::2]
        last = funds[-1]
        room = min(demand[groups[0]] - flow[groups[0]].sum(), capacity[last] - flow[:, last].sum())
        room = min([room, *(flow[group, fund] for group, fund in zip(groups[1:], funds, strict=False))])
        for group, fund in zip(groups, funds, strict=True):
            flow[group, fund] += room
        for group, fund in zip(groups[1:], funds, strict=False):
            flow[group, fund] -= room
    return flow


def _augmenting_path(
    demand: Floats, capacity: Floats, allowed: Bools, order: list[int], flow: Floats
) -> list[int] | None:
    """Return group, fund, group, fund, ... from an unpaid group to a fund with money left, the shortest one."""
    small = 1e-9 * max(float(demand.sum()), 1.0)
    unpaid = demand - flow.sum(axis=1) > small
    rich = capacity - flow.sum(axis=0) > small
    paths = [[group] for group in np.flatnonzero(unpaid).tolist()]
    seen_groups = {path[0] for path in paths}
    seen_funds: set[int] = set()
    while paths:
        longer = []
        for path in paths:
            for fund in order:
                if not allowed[path[-1], fund] or fund in seen_funds:
                    continue
                if rich[fund]:
                    return [*path, fund]
                seen_funds.add(fund)
                for group in np.flatnonzero(flow[:, fund] > small).tolist():
                    if group not in seen_groups:
                        seen_groups.add(group)
                        longer.append([*path, fund, group])
        paths = longer
    return None


def _split(flow: Floats, group: Ints, baseline: Floats) -> Floats:
    """Return what each fund pays for each program: a group's programs are charged one after another, fund by fund."""
    order = np.argsort(group, kind="stable")
    running = np.cumsum(baseline[order])
    first = np.searchsorted(group[order], np.arange(len(flow)))
    before = np.concatenate(([0.0], running))[first]
    stop = np.empty(len(baseline))
    stop[order] = running - before[group[order]]
    start = stop - baseline
    upper = np.cumsum(flow, axis=1)
    lower = upper - flow
    paid: Floats = np.clip(
        np.minimum(stop[:, None], upper[group]) - np.maximum(start[:, None], lower[group]), 0.0, None
    )
    # the last cents of rounding go to the fund that pays most, so that a program has its baseline exactly
    most = np.argmax(paid, axis=1)
    rows = np.arange(len(paid))
    paid[rows, most] = 0.0
    paid[rows, most] = np.maximum(baseline - paid.sum(axis=1), 0.0)
    return paid
