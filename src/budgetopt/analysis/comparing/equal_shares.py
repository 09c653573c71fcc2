"""The Method of Equal Shares: projects of a participatory budget chosen so that each voter decides on as much money.

Each voter has an equal share of the budget. Again and again the project is chosen whose supporters can pay for it at
the least price for a unit of satisfaction: each pays that price times his satisfaction, or all that he has left
(Peters, Pierczynski and Skowron, "Proportional Participatory Budgeting with Additive Utilities", NeurIPS 2021). What is
left at the end is spent greedily, as they propose for what the method does not exhaust: on the project that still fits
with the most votes, or with the most votes for each dollar of its cost, again and again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.analysis.comparing.benchmark_plans import BenchmarkPlan
from budgetopt.analysis.comparing.fund_choice import paid_by_funds
from budgetopt.audit.package_list import list_packages
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.formulation.fund_rows import inflow
from budgetopt.reading.own_tables import file_bytes
from budgetopt.reading.tables.pabulib import PABULIB, read_election
from budgetopt.reading.tables.read import split_sheet
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import plural

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Subject

__all__ = ["equal_shares", "shared_equally"]

SATISFACTIONS = COMPLETIONS = ("votes", "cost")
CLOSE = 1e-9
"""The share of a cost by which the money of its supporters may fall short and still pay it: rounding."""


def equal_shares(
    subject: Subject,
    *,
    ballots: pd.DataFrame | None = None,
    satisfaction: str = "votes",
    complete: bool | str = True,
) -> BenchmarkPlan:
    """Return the plan that the Method of Equal Shares chooses, by the ballots of an election.

    Parameters
    ----------
    subject
        A scenario of one period whose programs are projects, each one decision package; a plan of it, or its path.
    ballots
        One row a choice: ``voter``, ``program`` and, where choices count differently, ``points``. Left out, those of
        the election (``.pb``) that the scenario's tables read.
    satisfaction
        What a voter has of a project that is chosen: ``votes``, what he gave it; or ``cost``, that times its cost.
    complete
        How money that is left is spent: ``votes`` (or True), by the most votes; ``cost``, by the most votes for each
        dollar of a project's cost; False, not at all.

    Raises
    ------
    OptionError
        If there are no ballots, or the programs are no projects of one period.
    UnknownNameError
        If a ballot names a program that does not exist.
    """
    scenario = scenario_of(subject, "equal_shares")
    if satisfaction not in SATISFACTIONS:
        raise OptionError(f"there is no satisfaction {satisfaction!r}", hint=f"one of {', '.join(SATISFACTIONS)}")
    if complete not in (True, False, *COMPLETIONS):
        raise OptionError(f"money that is left is not spent by {complete!r}", hint=f"by {' or '.join(COMPLETIONS)}")
    cost = _costs(scenario)
    voter, program, points, voters = _ballots(scenario, ballots)
    utility = points * cost[program] if satisfaction == "cost" else points
    budget = float(inflow(scenario).sum())
    chosen = list(shared_equally(cost, voter, program, utility, voters, budget))
    paid = len(chosen)
    if complete:
        support = np.bincount(program, weights=points, minlength=len(cost)).astype(np.float64)
        chosen += _greedily(cost, support, chosen, budget, by_cost=complete == "cost")
    funded = np.isin(np.arange(len(cost)), chosen)
    packages = list_packages(scenario)
    amounts = np.where(funded, cost, 0.0)[:, None]
    words = (
        f"Each of {voters:,} voters decides on an equal share of the money: supporters pay for "
        f"{plural(paid, 'project')}"
    )
    if complete:
        by = "votes for each dollar of their cost" if complete == "cost" else "votes"
        words += f", and what is left pays for {len(chosen) - paid} more, by {by}"
    audit = paid_by_funds(scenario, amounts, packages=funded[packages.program][:, None])
    return BenchmarkPlan("equal shares", f"{words}.", audit)


def _costs(scenario: Scenario) -> Floats:
    """Return what each project costs; shape (programs,)."""
    packages = list_packages(scenario)
    if len(scenario.periods) != 1 or not np.array_equal(packages.program, np.arange(len(scenario.programs))):
        raise OptionError(
            "the Method of Equal Shares chooses whole projects of one period",
            hint="each program has one decision package, as `new --from election.pb` makes it",
        )
    return np.asarray(packages.cost[:, 0], dtype=np.float64)


def _ballots(scenario: Scenario, table: pd.DataFrame | None) -> tuple[Ints, Ints, Floats, int]:
    """Return the voter, the program and the points of each choice, shape (choices,), and how many voters there are."""
    ids = scenario.programs.ids
    if table is None:
        tables = [Path(folder) / split_sheet(table.file)[0] for folder, table in scenario.places.lists]
        files = [file for file in tables if file.suffix.lower() == PABULIB]
        if not files:
            raise OptionError(
                "the scenario has no ballots, so there is nothing to share equally",
                hint="give ballots, or make the scenario of an election: budgetopt new DIR --from election.pb",
            )
        election = read_election(file_bytes(files[0]), str(files[0]))
        names = np.array([row[0] for row in election.projects.rows], dtype=object)
        at = scenario.programs.positions(names)[election.voted]
        # a project that the scenario leaves out is no choice
        kept = (at >= 0) & (election.points > 0)
        return election.ballot[kept], at[kept], election.points[kept], len(election.votes.rows)
    for column in ("voter", "program"):
        if column not in table.columns:
            raise OptionError(f"the table of ballots has no column {column!r}", hint="voter, program, points")
    at = scenario.programs.positions(table["program"].astype(str).to_numpy(dtype=object))
    if (at < 0).any():
        raise UnknownNameError("program", str(table["program"].iloc[int(np.argmin(at))]), ids.tolist())
    _, voter = np.unique(table["voter"].astype(str).to_numpy(), return_inverse=True)
    points = table["points"].to_numpy(dtype=np.float64) if "points" in table.columns else np.ones(len(table))
    if not np.isfinite(points).all() or (points < 0).any():
        raise OptionError("the points of a ballot are no number of at least 0")
    kept = points > 0
    return np.asarray(voter, dtype=np.int64)[kept], at[kept], points[kept], int(voter.max(initial=-1)) + 1


def shared_equally(
    cost: Floats, voter: Ints, program: Ints, utility: Floats, voters: int, budget: float
) -> Iterator[int]:
    """Yield the projects in the order in which the Method of Equal Shares chooses them.

    Parameters
    ----------
    cost
        What each project costs; shape (projects,).
    voter, program, utility
        Who has how much, above zero, of which project; shape (choices,).
    voters, budget
        How many voters share how much money.

    Notes
    -----
    A project that several could be chosen with goes to the one with more supporters' satisfaction, then to the first.
    The price of a project never falls as money is spent, so each is looked at again only when it comes first.
    """
    money = np.full(voters, budget / voters if voters else 0.0)
    order = np.argsort(program, kind="stable")
    first = np.searchsorted(program[order], np.arange(len(cost) + 1))
    own = [order[first[at] : first[at + 1]] for at in range(len(cost))]
    total = np.bincount(program, weights=utility, minlength=len(cost))
    queue = [(0.0, -float(total[at]), at) for at in range(len(cost)) if len(own[at])]
    heapq.heapify(queue)
    while queue:
        _, most, at = heapq.heappop(queue)
        choices = own[at]
        price = _price(float(cost[at]), money[voter[choices]], utility[choices])
        if not np.isfinite(price):
            continue
        if queue and (price, most, at) > queue[0]:  # no mutant: each has a place of its own
            heapq.heappush(queue, (price, most, at))
            continue
        payers = voter[choices]
        money[payers] -= np.minimum(money[payers], price * utility[choices])
        yield at


def _price(cost: float, money: Floats, utility: Floats) -> float:
    """Return the least price of a unit at which supporters pay a cost, infinite if they have not enough money."""
    if money.sum() < cost * (1.0 - CLOSE):
        return np.inf
    order = np.argsort(money / utility, kind="stable")
    money, utility = money[order], utility[order]
    # those with the least money for a unit pay all of it, the others the price
    before = np.cumsum(money) - money
    after = np.cumsum(utility[::-1])[::-1]
    price = (cost - before) / after
    fits = np.flatnonzero(price * utility <= money * (1.0 + CLOSE))
    return float(price[fits[0]]) if len(fits) else float(money[-1] / utility[-1])


def _greedily(cost: Floats, support: Floats, chosen: list[int], budget: float, *, by_cost: bool) -> list[int]:
    """Return the projects that money that is left pays for, those with the most votes, or votes for a dollar, first."""
    left = budget - float(cost[chosen].sum())
    worth = np.divide(support, cost, out=np.full(len(cost), np.inf), where=cost > 0) if by_cost else support
    more = []
    for at in np.argsort(-worth, kind="stable").tolist():
        if at not in chosen and support[at] > 0 and cost[at] <= left * (1.0 + 1e-12):
            more.append(at)
            left -= float(cost[at])
    return more
