"""What funds, outcomes and resources limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits.record import Limit, Mention, Number, Words
from budgetopt.scenario.model import SHORTFALL, Fund, Match
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.words import printed

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["fund_limits", "money_limits", "resource_limits", "target_limits"]


def target_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield the targets of outcomes."""
    are_goals = any(objective.minimize == SHORTFALL for objective in scenario.objective)
    for key, outcome in scenario.outcomes.items():
        if outcome.target is None:
            continue
        path: Path = ("outcomes", key, "target")
        yield Limit(
            kind="target",
            name=key,
            path=path,
            address=f"outcomes[{key}].target",
            title="Target for {}",
            phrase="the target for “{}”",
            owners=(printed(key, outcome.name),),
            because=outcome.target.because,
            place=scenario.places.of(*path),
            unit=outcome.unit,
            in_dollars=False,
            numbers=_numbers(outcome.target),
            is_goal=are_goals,
        )


def resource_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield the capacities of resources."""
    for key, resource in scenario.resources.items():
        path: Path = ("resources", key, "capacity")
        yield Limit(
            kind="resource",
            name=key,
            path=path,
            address=f"resources[{key}]",
            title="{}",
            phrase="the capacity of “{}”",
            owners=(printed(key, resource.name),),
            because=resource.because,
            place=scenario.places.of(*path),
            unit=resource.unit,
            in_dollars=False,
            numbers=(Number("capacity", "at most", resource.capacity),),
        )


def fund_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield what each fund must keep and may pay, what moves between funds, and the conditions of grants."""
    for key, fund in scenario.funds.items():
        yield from _balances(scenario, key, fund)
        yield from _transfers(scenario, key, fund)
        yield from _conditions(scenario, key, fund)


def money_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield the money of each fund: a fact, which more money can be found for."""
    for key, fund in scenario.funds.items():
        numbers = (Number("one_time", "at most", fund.one_time, measure="added"),)
        yield _of_fund(
            scenario, key, "money", "revenue", "Money in {}", "the money in “{}”", address="", numbers=numbers,
            is_demand=False, relaxed={"": "more"},
        )  # fmt: skip


def _of_fund(scenario: Scenario, key: str, kind: str, part: str, title: str, phrase: str, **more: Any) -> Limit:
    fund, path = scenario.funds[key], ("funds", key, part)
    tail = more.pop("address", f".{part}")
    said = getattr(fund, part)
    return Limit(
        kind=kind,
        name=key,
        path=path,
        address=f"funds[{key}]{tail}",
        title=title,
        phrase=phrase,
        owners=(printed(key, fund.name),),
        because=getattr(said, "because", ""),
        place=scenario.places.of(*path),
        **more,
    )


def _numbers(said: Any) -> tuple[Number, ...]:
    sides: tuple[tuple[str, Any], ...] = (("at_least", "at least"), ("at_most", "at most"))
    return tuple(Number(key, sense, value) for key, sense in sides if (value := getattr(said, key, None)) is not None)


def _balances(scenario: Scenario, key: str, fund: Fund) -> Iterator[Limit]:
    if fund.reserve is not None:
        numbers = (Number("at_least", "at least", fund.reserve.at_least),)
        relaxed = {"": "less held in reserve"}
        yield _of_fund(
            scenario, key, "reserve", "reserve", "Reserve of {}", "the reserve of “{}”", numbers=numbers,
            relaxed=relaxed,
        )  # fmt: skip
    if fund.structural_balance:
        relaxed = {"": "more of recurring spending allowed"}
        yield _of_fund(
            scenario, key, "structural balance", "structural_balance", "Structural balance of {}",
            "the structural balance of “{}”", relaxed=relaxed, is_switch=True,
        )  # fmt: skip
    if fund.spending is not None:
        yield _of_fund(
            scenario, key, "fund spending", "spending", "Spending of {}", "the spending limits of “{}”",
            numbers=_numbers(fund.spending),
        )  # fmt: skip


def _transfers(scenario: Scenario, key: str, fund: Fund) -> Iterator[Limit]:
    for receiver, transfer in fund.transfers_to.items():
        path: Path = ("funds", key, "transfers_to", receiver)
        yield Limit(
            kind="transfer",
            name=f"{key} to {receiver}",
            path=path,
            address=f"funds[{key}].transfers_to[{receiver}]",
            title="Transfer from {} to {}",
            phrase="the limits of the transfer from “{}” to “{}”",
            owners=(printed(key, fund.name), printed(receiver, scenario.funds[receiver].name)),
            because=transfer.because,
            place=scenario.places.of(*path),
            numbers=tuple(number for number in _numbers(transfer) if number.sense == "at most" or number.value),
            is_never_negative=True,
            relaxed={"at most": "more transferred", "equals": "more transferred"},
        )


def _conditions(scenario: Scenario, key: str, fund: Fund) -> Iterator[Limit]:
    if fund.match is not None:
        yield _of_fund(
            scenario, key, "match", "match", "Match of {}", "the match of “{}”", numbers=(_match_number(fund.match),),
            statement=_match_words(fund.match), relaxed={"": "less of match"}, is_linear=False, in_every_period=True,
            has_row_prices=False, of_each_program=True,
        )  # fmt: skip
    effort = fund.maintenance_of_effort
    if effort is not None:
        number = Number("at_least", "at least", effort.at_least, per_unit=_effort(scenario, key))
        yield _of_fund(
            scenario, key, "maintenance of effort", "maintenance_of_effort", "Maintenance of effort for {}",
            "the maintenance of effort of “{}”", numbers=(number,),
            remark=(" from ", Mention("fund", (effort.fund,)), ", while it is used"),
            unasked="asks for nothing while no money of it is spent", in_every_period=True, has_row_prices=False,
        )  # fmt: skip
    if fund.no_supplanting:
        yield _of_fund(
            scenario, key, "no supplanting", "no_supplanting", "No supplanting by {}",
            "the condition that money supplants nothing of “{}”", statement=("pays only on top of the baseline",),
            is_linear=False, is_switch=True, in_every_period=True, has_row_prices=False, of_each_program=True,
        )  # fmt: skip


def _match_number(match: Match) -> Number:
    if match.share is not None:
        return Number("share", "at least", match.share)
    return Number("rate", "at least", match.rate)


def _match_words(match: Match) -> Words:
    payer = Mention("fund", (match.from_,))
    if match.share is not None:
        return (Share(match.share), " of what grant and match pay, from ", payer)
    return (Share(match.rate or 0.0), " of each dollar of the grant, from ", payer)


def _effort(scenario: Scenario, grant: str) -> Floats:
    """Return what one unit of the effort that a grant asks for is in dollars of each period; shape (periods,)."""
    effort = scenario.funds[grant].maintenance_of_effort
    if effort is None or not isinstance(effort.at_least, Share):
        return np.ones(len(scenario.periods))
    may = scenario.eligible[:, list(scenario.funds).index(grant)]
    kept: Floats = np.nan_to_num(scenario.baselines[may]).sum(axis=0)
    return kept
