"""Charge the current service level to the funds that can carry it."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.balances import reserves_needed
from budgetopt.audit.eligibility import may_pay
from budgetopt.audit.inputs import baselines, fixed_parts, number, payers_now, pays_in, revenues
from budgetopt.audit.package_list import list_packages
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario

__all__ = ["charge", "charge_baseline", "current_packages", "current_units", "packages_bought", "stated_payments"]


def current_packages(scenario: Scenario) -> Bools:
    """Return the packages that the baselines buy; shape (packages, periods).

    Baselines and packages grow alike, so they are the same in each period.
    """
    taken = packages_bought(scenario, np.nan_to_num(scenario.programs.baseline()))
    return np.repeat(taken[:, None], len(scenario.periods), axis=1)


def packages_bought(scenario: Scenario, money: Floats) -> Bools:
    """Return the packages that some money buys, dollars of the first period for each program; shape (packages,).

    They are taken in their order for as long as their costs add up to no more than the money; where one at most may be
    taken, the most expensive that fits. No project is started.
    """
    packages = list_packages(scenario)
    money = money[packages.program]
    left = money * (1 + 1e-12) + 1e-9
    first = np.searchsorted(packages.program, packages.program)
    before = np.concatenate(([0.0], np.cumsum(packages.cost[:, 0])))
    fits = before[1:] - before[first] <= left  # no mutant: what is left ends in a tolerance
    # the most expensive of those that fit, the first of equals
    alone = np.where(packages.cost[:, 0] <= left, packages.cost[:, 0], -1.0)
    order = np.lexsort((packages.number, -alone, packages.program))
    most_expensive = np.zeros(len(packages), dtype=bool)
    most_expensive[order[np.unique(packages.program[order], return_index=True)[1]]] = True
    taken: Bools = np.where(packages.choose == "one", most_expensive & (alone >= 0), fits)
    return taken & ~packages.is_project & (money > 0)


def current_units(scenario: Scenario) -> Floats:
    """Return the units of services at their baselines: what these pay for (NaN), or the fewest that each must serve.

    The last holds for services that cost no money. Shape (programs, periods), 0 for programs that are no services.
    """
    price = scenario.programs.number("service.unit_cost")
    fewest = np.where(price == 0, number(scenario, "service.at_least"), np.where(price > 0, np.nan, 0.0))
    return np.repeat(fewest[:, None], len(scenario.periods), axis=1)


def charge_baseline(scenario: Scenario) -> tuple[Floats, Floats]:
    """Return who pays for the baselines, and the transfers that the scenario demands.

    Shapes (programs, funds, periods) and (funds, funds, periods); :meth:`SpendingPlan.current` says how it is done.
    """
    funds = list(scenario.funds.values())
    names = list(scenario.funds)
    periods = len(scenario.periods)
    baseline = np.nan_to_num(baselines(scenario))
    transfers = np.zeros((len(funds), len(funds), periods))
    for giver, fund in enumerate(funds):
        for name, transfer in fund.transfers_to.items():
            transfers[giver, names.index(name)] = scenario.per_period(transfer.at_least)

    spending = stated_payments(scenario, baseline)
    if not spending.size:
        return spending, transfers
    unstated = baseline - spending.sum(axis=1)
    baseline = np.where(unstated > 1e-9 * baseline, unstated, 0.0)

    # Programs that the same funds may pay for are one buyer: the pattern of funds is all that matters to the charging.
    unique, group = np.unique(may_pay(scenario), axis=0, return_inverse=True)
    everyone: Bools = np.asarray(unique, dtype=bool)
    group = group.reshape(-1)
    open_in = pays_in(scenario)
    breadth = np.bincount(group) @ everyone
    order = np.argsort(breadth, kind="stable").astype(np.int64)

    balance = np.array([fund.opening_balance for fund in funds])
    revenue = revenues(scenario)
    one_time = np.array([scenario.per_period(fund.one_time) for fund in funds]).reshape(len(funds), periods)
    nothing = np.zeros_like(revenue)
    kept = reserves_needed(scenario, revenue, nothing)
    # of a reserve that is a share of spending, the share
    share = reserves_needed(scenario, revenue, nothing + 1.0) - kept
    carried = np.array([fund.carryover for fund in funds], dtype=bool)
    for period in range(periods):
        patterns: Bools = np.logical_and(everyone, open_in[:, period])
        demand: Floats = np.bincount(group, weights=baseline[:, period]).astype(np.float64)
        moved = transfers[:, :, period].sum(axis=0) - transfers[:, :, period].sum(axis=1)
        recurring = revenue[:, period] + moved
        income = recurring + one_time[:, period]
        stated = spending[:, :, period].sum(axis=0)
        money = balance + income
        free = np.maximum(money - kept[:, period], 0.0) / (1.0 + share[:, period])
        flow = np.zeros(patterns.shape)
        for capacity in (np.minimum(free, recurring), np.minimum(free, income), free):
            flow = charge(demand, np.maximum(capacity - stated, 0.0), patterns, order, flow)
        unpaid = demand - flow.sum(axis=1)
        # where no fund may pay in the period, one that may pay in another, and the audit says so
        payers = np.where(np.any(patterns, axis=1, keepdims=True), patterns, everyone)
        broadest = [next((int(fund) for fund in order[::-1] if row[fund]), 0) for row in payers]
        flow[np.arange(len(patterns)), broadest] += unpaid
        spending[:, :, period] += _split(flow, group, baseline[:, period])
        balance = np.where(carried, money - spending[:, :, period].sum(axis=0), 0.0)
    return spending, transfers


def stated_payments(scenario: Scenario, baseline: Floats) -> Floats:
    """Return what the scenario says that funds pay of the baselines, in the periods in which they pay for anything.

    `baseline_by_fund` says it, in proportion where a baseline is not the sum of its parts; where it does not, the fixed
    parts of `fund_shares` do. Shape (programs, funds, periods).
    """
    now = payers_now(scenario)
    shares = np.nan_to_num(np.where(np.isnan(now), fixed_parts(scenario), now))
    stated: Floats = shares[:, :, None] * (baseline[:, None, :] * pays_in(scenario)[None, :, :])
    return stated


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
                left = min(demand[group] - flow[group].sum(), capacity[fund] - flow[:, fund].sum())
                flow[group, fund] += max(0.0, left)
    # each turn fills a demand or a fund, or takes a group off a fund, so there are few of them
    while path := _augmenting_path(demand, capacity, allowed, order.tolist(), flow):
        groups, funds = path[0::2], path[1::2]
        last = funds[-1]
        left = min(demand[groups[0]] - flow[groups[0]].sum(), capacity[last] - flow[:, last].sum())
        left = min([left, *(flow[group, fund] for group, fund in zip(groups[1:], funds, strict=False))])
        for group, fund in zip(groups, funds, strict=True):
            flow[group, fund] += left
        for group, fund in zip(groups[1:], funds, strict=False):
            flow[group, fund] -= left
    return flow


def _augmenting_path(
    demand: Floats, capacity: Floats, allowed: Bools, order: list[int], flow: Floats
) -> list[int] | None:
    """Return group, fund, group, fund, ... from an unpaid group to a fund with money left, the shortest one."""
    small = 1e-9 * float(demand.sum())
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
