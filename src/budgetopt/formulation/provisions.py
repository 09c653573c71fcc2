"""Provisions: each thing that a scenario demands, which an analysis may suspend to see what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from budgetopt.errors import Place
from budgetopt.scenario.scenario import Scenario

__all__ = ["Provision", "provisions_of"]


@dataclass(frozen=True, slots=True, order=True)
class Provision:
    """One demand of a scenario.

    Parameters
    ----------
    kind
        ``rule``, ``target``, ``resource``, ``floor``, ``ceiling``, ``reserve``, ``structural balance``, ``fund
        spending``, ``transfer``, ``match``, ``maintenance of effort`` or ``no supplanting``.
    name
        The rule's name, or the key of the outcome, resource, program or fund; for a transfer ``FROM to TO``.
    """

    kind: str
    name: str


def provisions_of(scenario: Scenario) -> Iterator[tuple[Provision, str, Place | None]]:
    """Yield every provision of a scenario with the reason behind it and the place where it stands.

    What a plan cannot do without (balanced funds, eligibility, whole packages) is no provision.
    """
    places = scenario.places
    for number, rule in enumerate(scenario.rules):
        yield Provision("rule", rule.name), rule.because, places.of("rules", number)
    for name, outcome in scenario.outcomes.items():
        if outcome.target is not None:
            yield Provision("target", name), outcome.target.because, places.of("outcomes", name, "target")
    for name, resource in scenario.resources.items():
        yield Provision("resource", name), resource.because, places.of("resources", name, "capacity")
    for name, fund in scenario.funds.items():
        here = ("funds", name)
        if fund.reserve is not None:
            yield Provision("reserve", name), fund.reserve.because, places.of(*here, "reserve")
        if fund.structural_balance:
            yield Provision("structural balance", name), "", places.of(*here, "structural_balance")
        if fund.spending is not None:
            yield Provision("fund spending", name), fund.spending.because, places.of(*here, "spending")
        for receiver, transfer in fund.transfers_to.items():
            place = places.of(*here, "transfers_to", receiver)
            yield Provision("transfer", f"{name} to {receiver}"), transfer.because, place
        if fund.match is not None:
            yield Provision("match", name), fund.match.because, places.of(*here, "match")
        if fund.maintenance_of_effort is not None:
            effort = fund.maintenance_of_effort
            yield Provision("maintenance of effort", name), effort.because, places.of(*here, "maintenance_of_effort")
        if fund.no_supplanting:
            yield Provision("no supplanting", name), "", places.of(*here, "no_supplanting")
    programs = scenario.programs
    because = programs.text("spending.because")
    for kind, keys in (("floor", ("spending.at_least", "service.at_least")), ("ceiling", ("spending.at_most",))):
        limited = np.zeros(len(programs), dtype=bool)
        for key in keys:
            values, _ = programs.per_period(key, scenario.periods)
            limited |= (np.nan_to_num(values) > 0).any(axis=1) if kind == "floor" else ~np.isnan(values).all(axis=1)
        for row in np.flatnonzero(limited).tolist():
            yield Provision(kind, str(programs.ids[row])), str(because[row]), programs.place(row, keys[0])
