"""The funds of a generated city: enough for things as they are, and some money to decide about."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetopt.scenario.programs import Floats
from budgetopt.synthetic.draft import Draft
from budgetopt.synthetic.witness import Witness

__all__ = ["fund_names", "funds_of"]

FURTHER = ("youth", "climate", "pilot", "mobility", "neighborhoods", "wellbeing")
GROWTH = 0.03
SPARE = 0.05
"""Money beyond what goes on as it is, as a share of that."""


def fund_names(count: int) -> tuple[str, ...]:
    """Return the names of so many funds; the first is the general fund."""
    further = [f"{FURTHER[at % len(FURTHER)]}_fund_{at + 1}" for at in range(max(0, count - len(MAKERS)))]
    return (*list(MAKERS)[:count], *further)


def funds_of(draft: Draft, witness: Witness) -> dict[str, Any]:
    """Return the funds as a scenario file has them."""
    paid = dict(zip(draft.funds, witness.by_fund, strict=True))
    funds = {}
    for number, name in enumerate(draft.funds):
        fund = MAKERS[name](draft, paid) if name in MAKERS else _further(draft, paid, number - len(MAKERS))
        if not draft.has("restricted funds"):
            fund.pop("only", None)
        funds[name] = {**fund, "source": "Generated figures"}
    return funds


def _by_period(draft: Draft, values: Floats, periods: slice = slice(None)) -> dict[str, float]:
    return {period: _thousands(value) for period, value in zip(draft.periods[periods], values[periods], strict=True)}


def _thousands(value: float) -> float:
    """Return a value in whole thousands, rounded up."""
    return float(np.ceil(value / 1000) * 1000)


def _revenue(draft: Draft, needed: Floats) -> dict[str, Any]:
    """Return a revenue that covers so much in every period: grown from the first, or period by period."""
    if not draft.has("growth"):
        return {"revenue": _by_period(draft, needed)}
    first = (needed / (1 + GROWTH) ** np.arange(len(needed))).max()
    return {"revenue": _thousands(first), "growth": "3%"}


def _general(draft: Draft, paid: dict[str, Floats]) -> dict[str, Any]:
    needed = paid["general"]
    transfer = 0.003 * needed if "capital" in draft.funds and draft.has("transfers") else 0.0 * needed
    fund: dict[str, Any] = {
        "name": "General Fund",
        "kind": "general",
        **_revenue(draft, (1 + SPARE) * needed + 2 * transfer),
        "one_time": {draft.periods[0]: float((0.015 * needed[0]).round(-3))},
    }
    if draft.has("reserves"):
        fund["opening_balance"] = _thousands(0.2 * needed.max())
        fund["reserve"] = {"at_least": "12%", "of": "revenue", "because": "Fund balance policy"}
    if draft.has("structural balance"):
        fund["structural_balance"] = True
    if transfer.any():
        most, least = float((0.03 * needed[0]).round(-3)), float(np.floor(transfer[0] / 1000) * 1000)
        fund["transfers_to"] = {"capital": {"at_most": most, "at_least": least, "because": "Capital policy"}}
    return fund


def _streets(draft: Draft, paid: dict[str, Floats]) -> dict[str, Any]:
    needed = paid["streets"]
    fund: dict[str, Any] = {
        "name": "Street aid",
        "kind": "special_revenue",
        "revenue": _by_period(draft, (1 + SPARE) * needed),
        "only": {"tags": "streets"},
        "spending": {"at_most": "99%", "because": "Aid is paid out over time"},
    }
    if draft.has("reserves"):
        fund["opening_balance"] = 50_000
        # rebuilt from what is left over, by the last period
        fund["reserve"] = {"at_least": 50_000 + float((0.02 * needed[0]).round()), "by": draft.periods[-1]}
    return fund


def _water(draft: Draft, paid: dict[str, Floats]) -> dict[str, Any]:
    needed = paid["water"]
    fund: dict[str, Any] = {
        "name": "Water utility",
        "kind": "enterprise",
        **_revenue(draft, (1 + SPARE) * needed),
        "only": {"department": "Water"},
    }
    if draft.has("reserves"):
        fund["opening_balance"] = float(np.ceil(0.12 * needed.max()))
        fund["reserve"] = {"at_least": "8%", "of": "spending", "because": "Bond covenant"}
    return fund


def _housing_grant(draft: Draft, paid: dict[str, Floats]) -> dict[str, Any]:
    until = max(1, len(draft.periods) - 1)
    fund: dict[str, Any] = {
        "name": "Housing grant",
        "kind": "grant",
        "revenue": _by_period(draft, 0.02 * paid["general"], slice(until)),
        "only": {"tags": "housing"},
        "ends": draft.periods[until - 1],
    }
    if draft.has("match"):
        fund["match"] = {"from": "general", "rate": "25%"}
    if draft.has("no supplanting"):
        fund["no_supplanting"] = True
    return fund


def _capital(draft: Draft, paid: dict[str, Floats]) -> dict[str, Any]:
    return {
        "name": "Capital fund",
        "kind": "capital",
        "revenue": _by_period(draft, 0.03 * paid["general"]),
        "one_time": {draft.periods[-1]: float((0.01 * paid["general"][-1]).round(-3))},
        "only": {"tags": "building"},
    }


def _health_grant(draft: Draft, paid: dict[str, Floats]) -> dict[str, Any]:
    since = min(1, len(draft.periods) - 1)
    fund: dict[str, Any] = {
        "name": "Health grant",
        "kind": "grant",
        "revenue": _by_period(draft, 0.015 * paid["general"], slice(since, None)),
        "only": {"department": "Health"},
        "starts": draft.periods[since],
        "carryover": False,
    }
    if draft.has("match"):
        fund["match"] = {"from": "general", "share": "20%"}
    if draft.has("maintenance of effort"):
        fund["maintenance_of_effort"] = {"fund": "general", "at_least": "85%"}
    return fund


def _further(draft: Draft, paid: dict[str, Floats], at: int) -> dict[str, Any]:
    """Return a small fund of its own purpose; each of these is another tag or department."""
    only: list[dict[str, Any]] = [{"tags": "youth"}, {"tags": "climate"}, {"tags": "pilot"}]
    only += [{"department": "Transportation"}, {"department": "Housing"}, {"department": ["Housing", "Health"]}]
    return {
        "kind": ("special_revenue", "grant", "internal_service")[at % 3],
        "revenue": _by_period(draft, 0.01 / (1 + at) * paid["general"]),
        "only": only[at % len(only)],
        "carryover": at % 2 == 0,
    }


MAKERS = {
    "general": _general,
    "streets": _streets,
    "water": _water,
    "housing_grant": _housing_grant,
    "capital": _capital,
    "health_grant": _health_grant,
}
"""The first funds, in this order."""
