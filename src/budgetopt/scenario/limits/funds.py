"""What funds, outcomes and resources limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.limits.record import Limit, Mention, Number, Sense
from budgetopt.scenario.model import SHORTFALL, Fund, MaintenanceOfEffort
from budgetopt.scenario.payers import local_baselines
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.stand_ins import stand_in_name
from budgetopt.scenario.words import printed

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["fund_limits", "money_limits", "resource_limits", "stand_in_limits", "target_limits", "unmeasured_limit"]


def target_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield the targets of outcomes."""
    are_goals = any(objective.minimize == SHORTFALL for objective in scenario.objective)
    for key, outcome in scenario.outcomes.items():
        if outcome.target is not None:
            yield _limit(
                scenario, "target", key, ("outcomes", key, "target"), outcome.target,
                address=f"outcomes[{key}].target", title="Target for {}", phrase="the target for “{}”",
                owners=(printed(key, outcome.name),), unit=outcome.unit, in_dollars=False, is_goal=are_goals,
                numbers=_numbers(outcome.target),
            )  # fmt: skip


def resource_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield the capacities of resources."""
    for key, resource in scenario.resources.items():
        if resource.capacity is None:
            continue
        yield _limit(
            scenario, "resource", key, ("resources", key, "capacity"), resource,
            address=f"resources[{key}]", title="{}", phrase="the capacity of “{}”",
            owners=(printed(key, resource.name),), unit=resource.unit, in_dollars=False,
            numbers=(Number("capacity", "at most", resource.capacity),),
        )  # fmt: skip


def stand_in_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield how much resources may stand in for others."""
    for key, resource in scenario.resources.items():
        for other, one in resource.stand_in.items():
            if one.at_most is None or other not in scenario.resources:
                continue
            yield _limit(
                scenario, "stand-in", stand_in_name(other, key), ("resources", key, "stand_in", other), one,
                address=f"resources[{key}].stand_in[{other}]", title="{} that stands in for {}",
                phrase="the limit of “{}” that stands in for “{}”", unit=resource.unit, in_dollars=False,
                owners=(printed(other, scenario.resources[other].name), printed(key, resource.name)),
                numbers=(Number("at_most", "at most", one.at_most),), is_never_negative=True,
            )  # fmt: skip


def fund_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield what each fund must keep and may pay, what moves between funds, and the conditions of grants."""
    for key, fund in scenario.funds.items():
        yield from _balances(scenario, key, fund)
        yield from _transfers(scenario, key, fund)
        yield from _conditions(scenario, key, fund)


def money_limits(scenario: Scenario) -> Iterator[Limit]:
    """Yield the money of each fund: a fact, which more money can be found for."""
    for key, fund in scenario.funds.items():
        numbers = [Number("one_time", "at most", fund.one_time, measure="added")]
        if fund.structural_balance:
            # one-time money does not pay for recurring spending
            numbers.append(Number("revenue", "at most", fund.revenue, measure="added"))
        yield _of_fund(
            scenario, key, "revenue", "Money in {}", "the money in “{}”", kind="money", address=f"funds[{key}]",
            numbers=tuple(numbers), is_demand=False,
            relaxed={"": "more"},
        )  # fmt: skip


def unmeasured_limit(scenario: Scenario) -> Iterator[Limit]:
    """Yield what is kept of the baselines of programs of which nothing is measured, if any is."""
    if scenario.kept.any():
        share = scenario.document.keep_unmeasured
        yield _limit(
            scenario, "kept baseline", "keep_unmeasured", ("keep_unmeasured",), scenario.document,
            address="keep_unmeasured", title="Baselines of programs without a measured effect",
            phrase="the baselines kept of programs without a measured effect", owners=(),
            numbers=(Number("", "at least", share, of=("the baseline",), measure="value"),),
            statement=("at least ", share, " of the baseline"), relaxed={"": "less kept"}, of_each_program=True,
            sets_program_limits=True,
        )  # fmt: skip


def _limit(scenario: Scenario, kind: str, name: str, path: Path, said: Any, **more: Any) -> Limit:
    because = getattr(said, "because", "")
    negotiable = getattr(said, "negotiable", True)
    place = scenario.places.of(*path)
    return Limit(
        kind=kind, name=name, path=path, because=because, place=place, is_negotiable=negotiable, **more
    )  # fmt: skip


def _of_fund(scenario: Scenario, key: str, part: str, title: str, phrase: str, **more: Any) -> Limit:
    fund = scenario.funds[key]
    names = {"kind": part.replace("_", " "), "address": f"funds[{key}].{part}", "owners": (printed(key, fund.name),)}
    return _limit(
        scenario, name=key, path=("funds", key, part), said=_who_says(fund, part), title=title, phrase=phrase,
        **names | more,
    )  # fmt: skip


def _who_says(fund: Fund, part: str) -> Any:
    """Return what says whether a part of a fund is negotiable: its own model, or for a number or a switch the fund."""
    own = getattr(fund, part)
    return own if hasattr(own, "negotiable") else fund


def _numbers(said: Any) -> tuple[Number, ...]:
    sides: tuple[tuple[str, Sense], ...] = (("at_least", "at least"), ("at_most", "at most"))
    return tuple(Number(key, sense, value) for key, sense in sides if (value := getattr(said, key, None)) is not None)


def _balances(scenario: Scenario, key: str, fund: Fund) -> Iterator[Limit]:
    if fund.reserve is not None:
        yield _of_fund(
            scenario, key, "reserve", "Reserve of {}", "the reserve of “{}”", numbers=_numbers(fund.reserve),
            relaxed={"": "less held in reserve"},
        )  # fmt: skip
    if fund.structural_balance:
        yield _of_fund(
            scenario, key, "structural_balance", "Structural balance of {}", "the structural balance of “{}”",
            relaxed={"": "more of recurring spending allowed"}, is_switch=True,
        )  # fmt: skip
    if fund.spending is not None:
        yield _of_fund(
            scenario, key, "spending", "Spending of {}", "the spending limits of “{}”", kind="fund spending",
            numbers=_numbers(fund.spending),
        )  # fmt: skip


def _transfers(scenario: Scenario, key: str, fund: Fund) -> Iterator[Limit]:
    for receiver, transfer in fund.transfers_to.items():
        yield _limit(
            scenario, "transfer", f"{key} to {receiver}", ("funds", key, "transfers_to", receiver), transfer,
            address=f"funds[{key}].transfers_to[{receiver}]", title="Transfer from {} to {}",
            phrase="the limits of the transfer from “{}” to “{}”",
            owners=(printed(key, fund.name), printed(receiver, scenario.funds[receiver].name)),
            numbers=tuple(number for number in _numbers(transfer) if number.sense == "at most" or number.value),
            is_never_negative=True, relaxed={"at most": "more transferred", "equals": "more transferred"},
        )  # fmt: skip


def _conditions(scenario: Scenario, key: str, fund: Fund) -> Iterator[Limit]:
    match, effort = fund.match, fund.maintenance_of_effort
    if match is not None:
        size, words = "rate", " of each dollar of the grant, from "
        if match.share is not None:
            size, words = "share", " of what grant and match pay, from "
        value = getattr(match, size)
        yield _of_fund(
            scenario, key, "match", "Match of {}", "the match of “{}”", numbers=(Number(size, "at least", value),),
            statement=(Share(value), words, Mention("fund", (match.from_,))), relaxed={"": "less of match"},
            is_linear=False, in_every_period=True, has_row_prices=False, of_each_program=True,
        )  # fmt: skip
    if effort is not None:
        number = Number("at_least", "at least", effort.at_least, per_unit=_effort(scenario, key, effort))
        yield _of_fund(
            scenario, key, "maintenance_of_effort", "Maintenance of effort for {}",
            "the maintenance of effort of “{}”", numbers=(number,),
            remark=(" from ", Mention("fund", (effort.fund,)), ", while it is used"),
            unasked="asks for nothing while no money of it is spent", in_every_period=True, has_row_prices=False,
        )  # fmt: skip
    if fund.no_supplanting:
        yield _of_fund(
            scenario, key, "no_supplanting", "No supplanting by {}",
            "the condition that money supplants nothing of “{}”", statement=("pays only on top of the baseline",),
            is_linear=False, is_switch=True, in_every_period=True, has_row_prices=False, of_each_program=True,
        )  # fmt: skip


def _effort(scenario: Scenario, grant: str, effort: MaintenanceOfEffort) -> Floats:
    """Return what one unit of the effort that a grant asks for is in dollars of each period; shape (periods,)."""
    if not isinstance(effort.at_least, Share):
        return np.ones(len(scenario.periods))
    funds = list(scenario.funds)
    may = scenario.eligible[:, funds.index(grant)]
    local = np.array([name == effort.fund for name in funds], dtype=bool)
    return np.asarray(local_baselines(scenario, local)[may].sum(axis=0))
