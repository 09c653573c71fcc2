"""Funds that are written wrong: transfers to themselves or round in a circle, limits and lives turned round."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.checks.floors import check_bounds
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import Fund
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_funds", "circle_of"]


def check_funds(scenario: Scenario, findings: Findings) -> None:
    """Look for contradictions inside of single funds, and between the transfers of all."""
    if not (scenario.funds or findings.lost_a_section or findings.is_invalid("funds")):
        expected = "at least one fund, such as `general: {revenue: 118M}`"
        findings.add("no-funds", ("funds",), "the scenario has no funds", expected, key=True)
    for name, fund in scenario.funds.items():
        for other, transfer in fund.transfers_to.items():
            path: Path = ("funds", name, "transfers_to", other)
            if other == name:
                message = f"fund '{name}' transfers money to itself"
                findings.add("transfer-to-itself", path, message, "another fund", key=True)
            low, high = scenario.per_period(transfer.at_least), scenario.per_period(transfer.at_most)
            said = f"the transfer from fund '{name}' to '{other}' is"
            check_bounds(low, high, said, (*path, "at_least"), scenario, findings)
        _conditions(scenario, name, fund, findings)
    _circles(scenario, findings)
    # yearly rates of the whole scenario that nobody means: a percent sign was forgotten, or a zero added
    inflation, discount = scenario.document.inflation, scenario.document.discount
    if inflation >= 1:
        message = f"`inflation`: everything costs {Share(inflation)} more each year"
        findings.add("growth", ("inflation",), message, "a yearly rate below 100%")
    if discount >= 1:
        message = f"`discount`: outcomes count for {Share(discount)} less with each year"
        findings.add("growth", ("discount",), message, "a yearly rate below 100%")


def _conditions(scenario: Scenario, name: str, fund: Fund, findings: Findings) -> None:
    """Look for conditions of a fund that it sets against itself, and for lives and limits turned round."""
    path: Path = ("funds", name)
    if fund.match is not None and fund.match.from_ == name:
        message = f"fund '{name}' asks itself for its match"
        findings.add("match-from-itself", (*path, "match", "from"), message, "another fund")
    if fund.maintenance_of_effort is not None and fund.maintenance_of_effort.fund == name:
        message = f"fund '{name}' asks itself to keep up its effort"
        findings.add("effort-of-itself", (*path, "maintenance_of_effort", "fund"), message, "another fund")
    known = list(scenario.periods)
    if fund.starts in known and fund.ends in known and known.index(fund.ends) < known.index(fund.starts):
        message = f"fund '{name}' ends in {fund.ends}, before it starts in {fund.starts}"
        findings.add("ends-before-it-starts", (*path, "ends"), message, f"{fund.starts} or a later period")
    if not -1 <= fund.growth < 1:
        message = f"the revenue of fund '{name}' grows by {Share(fund.growth)} a year"
        findings.add("growth", (*path, "growth"), message, "a yearly growth from -100% to below 100%")
    if fund.growth != 0 and isinstance(fund.revenue, Mapping):
        message = f"fund '{name}' has a growth, and its revenue is given period by period"
        hint = "write the growth into the amounts, or `revenue` as the amount of the first period"
        findings.add("growth", (*path, "growth"), message, "growth beside one amount of revenue", hint)
    if fund.spending is not None:
        low, high = (_limit(scenario, name, asked) for asked in (fund.spending.at_least, fund.spending.at_most))
        check_bounds(low, high, f"fund '{name}' must spend", (*path, "spending", "at_least"), scenario, findings)


def _limit(scenario: Scenario, fund: str, asked: Any) -> Floats:
    """Return a limit of a fund's spending in dollars, shares being of its recurring revenue; shape (periods,)."""
    values = scenario.per_period(asked, np.nan)
    each = [asked.get(period) if isinstance(asked, Mapping) else asked for period in scenario.periods]
    shares = np.array([isinstance(value, Share) for value in each])
    return np.where(shares, values * scenario.revenue(fund), values)


def _circles(scenario: Scenario, findings: Findings) -> None:
    """Look for transfers that must be made and lead back to the fund where they began."""
    needed: dict[str, list[str]] = {name: [] for name in scenario.funds}
    for name, fund in scenario.funds.items():
        for other, transfer in fund.transfers_to.items():
            if other in needed and other != name and (scenario.per_period(transfer.at_least) > 0).any():
                needed[name].append(other)
    while circle := circle_of(needed):
        path: Path = ("funds", circle[0], "transfers_to", circle[1])
        shown = " to ".join(f"'{name}'" for name in circle)
        message = f"money must go round in a circle: from {shown}"
        hint = "take the `at_least` of one of these transfers away, or write the difference of the two"
        expected = "obligatory transfers that lead to no fund twice"
        findings.add("transfer-circle", path, message, expected, hint, key=True)
        for name in circle:
            needed[name] = []


def circle_of(needed: dict[str, list[str]]) -> list[str]:
    """Return the names of a circle, the first one again at the end; empty if there is none.

    ``needed`` has for each name those that follow it.
    """
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(needed, ()))
    for name, others in needed.items():
        for other in others:
            order.add(other, name)
    try:
        order.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
