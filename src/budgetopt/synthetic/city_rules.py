"""What binds a generated city: limits a little away from what things are, and choices between programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model.where import Where
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.synthetic.city_words import DISTRICTS, OUTCOMES, RESOURCES
from budgetopt.synthetic.draft import IF_FUNDED, PACKAGES, PLAIN, PROJECT, SERVICE, Draft
from budgetopt.synthetic.witness import Witness

__all__ = ["outcomes_of", "resources_of", "rules_of"]

MOST_OF_A_KIND = 25
"""However large the city: no more rules of one kind on single programs."""
PEOPLE = 480_000


def outcomes_of(draft: Draft, witness: Witness | None = None) -> dict[str, Any]:
    """Return the outcomes as a scenario file has them; with targets near what is reached now, if that is known."""
    outcomes: dict[str, Any] = {}
    for position, (name, said) in enumerate(OUTCOMES.items()):
        outcomes[name] = {"unit": said.unit, "weight": said.weight, "source": "Generated figures"}
        if said.decrease:
            outcomes[name]["direction"] = "decrease"
        reached = 0.0 if witness is None else float(witness.outcomes[:, position].sum())
        if reached > 0 and draft.has("targets") and position % 2 == 1:
            level = {"at_most": _short(1.01 * reached)} if said.decrease else {"at_least": _short(0.97 * reached)}
            outcomes[name]["target"] = {**level, "because": "Strategic plan"}
    return outcomes


def resources_of(draft: Draft, witness: Witness | None = None) -> dict[str, Any]:
    """Return the resources as a scenario file has them: a little more of each than is used now."""
    if not draft.has("resources"):
        return {}
    resources: dict[str, Any] = {}
    for position, (name, unit) in enumerate(RESOURCES.items()):
        used = 0.0 if witness is None else float(witness.uses[:, position].sum())
        capacity = float(np.ceil(1.06 * used + 3))
        by_period = {period: capacity + 2 * at for at, period in enumerate(draft.periods)}
        resources[name] = {"unit": unit, "capacity": by_period if position == 0 else capacity}
    return resources


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def rules_of(draft: Draft, scenario: Scenario, witness: Witness) -> list[dict[str, Any]]:
    """Return the rules as a scenario file has them; the programs of the scenario are those of the city."""
    total = witness.spending.sum(axis=0)
    rules: list[dict[str, Any]] = []
    if draft.has("change limits"):
        rules += _changes(draft)
    if draft.has("sums"):
        rules += _sums(draft, scenario, witness, total)
    if draft.has("groups"):
        rules += _groups(draft, scenario, witness)
    if draft.has("substitutes"):
        rules += _substitutes(draft, scenario)
    if draft.has("counts"):
        rules += _counts(draft)
    if draft.has("logic"):
        rules += _logic(draft, scenario)
    if draft.has("outcome ceilings"):
        rules += _ceilings(scenario, witness)
    present = set(scenario.programs.text("department").tolist())
    return [fitted for rule in rules if (fitted := _fitted(scenario, rule, present)) is not None]


def _fitted(scenario: Scenario, rule: dict[str, Any], present: set[str]) -> dict[str, Any] | None:
    """Return a rule without the departments that a small city does not have; None if it would select no program."""
    where = rule.get("where", {})
    if "department" in where:
        asked = where["department"]
        excluded = isinstance(asked, dict)
        names = asked["not"] if excluded else asked
        kept = [name for name in ([names] if isinstance(names, str) else names) if name in present]
        if not kept and not excluded:
            return None
        rest = {key: value for key, value in where.items() if key != "department"}
        if kept:
            rest["department"] = {"not": kept} if excluded else kept
        rule = {key: value for key, value in rule.items() if key != "where"} | ({"where": rest} if rest else {})
    where = rule.get("where")
    return rule if where is None or select(scenario.programs, Where(where)).any() else None


def _changes(draft: Draft) -> Iterator[dict[str, Any]]:
    yield {
        "name": "No program moves more than 40%",
        "because": "Council resolution",
        "change": {"at_most": "40%", "from": "baseline"},
        "where": {"department": {"not": ["Police", "Fire"]}},
    }
    yield {
        "name": "Public safety moves slowly",
        "change": {"increase_at_most": "12%", "decrease_at_most": "8%", "from": "baseline"},
        "where": {"department": ["Police", "Fire"], "not": {"tags": "pilot"}},
    }
    if len(draft.periods) > 1:
        yield {
            "name": "No large cut from one year to the next",
            "change": {"decrease_at_most": "20%", "from": "previous"},
            "where": {"department": ["Parks", "Library"], "baseline": {"at_least": 1_000_000}},
        }


def _sums(draft: Draft, scenario: Scenario, witness: Witness, total: Floats) -> Iterator[dict[str, Any]]:
    spent = _spending_of(scenario, witness)
    safety = (spent({"department": ["Police", "Fire"]}) / total).min()
    yield {
        "name": "Public safety floor",
        "because": "Council resolution",
        "sum": "spending",
        "where": {"department": ["Police", "Fire"]},
        "at_least": _share(0.95 * safety),
        "of": "total spending",
    }
    administration = spent({"department": "General Services"})
    yield {
        "name": "Administration stays lean",
        "sum": "spending",
        "where": {"department": "General Services"},
        "at_most": {
            period: float(np.ceil(1.08 * amount + 1000))
            for period, amount in zip(draft.periods, administration, strict=True)
        },
    }
    general = np.where(draft.payer == 0, 1.0, 0.0)
    parks = np.where(select(scenario.programs, Where({"department": "Parks"})), general, 0.0) @ witness.spending
    yield {
        "name": "Parks from the general fund",
        "sum": "spending",
        "where": {"department": "Parks"},
        "funds": ["general"],
        "at_least": _short(0.9 * parks.min()),
        "periods": list(draft.periods[:2]),
    }
    pilots = spent({"tags": "pilot"})
    base = spent({"department": {"not": ["Water"]}})
    yield {
        "name": "Pilots stay small",
        "sum": "spending",
        "where": {"tags": "pilot"},
        "at_most": _share(min(1.0, 1.3 * float((pilots / base).max()) + 0.002)),
        "of": {"sum": "spending", "where": {"department": {"not": "Water"}}},
    }
    visits = witness.outcomes[:, list(OUTCOMES).index("visits")].sum()
    yield {
        "name": "Visits over all years",
        "sum": "outcome visits",
        "at_least": _short(0.95 * visits * len(draft.periods)),
        "each": "total",
    }
    if draft.has("resources"):
        crews = witness.uses[:, list(RESOURCES).index("field_crews")].sum()
        yield {
            "name": "Crews of the parks",
            "sum": "resource field_crews",
            "where": {"department": ["Parks", "Library"]},
            "at_most": _short(1.05 * crews + 1),
        }


def _spending_of(scenario: Scenario, witness: Witness) -> Callable[[dict[str, Any]], Floats]:
    def spent(where: dict[str, Any]) -> Floats:
        total: Floats = witness.spending[select(scenario.programs, Where(where))].sum(axis=0)
        return total

    return spent


def _share(value: float) -> Share:
    """Return a share in whole hundredths of a percent, rounded down."""
    return Share(max(0.0, np.floor(value * 10_000) / 10_000))


def _groups(draft: Draft, scenario: Scenario, witness: Witness) -> Iterator[dict[str, Any]]:
    people = {name: round(PEOPLE * share) for name, share in DISTRICTS.items()}
    landed = groups_of(scenario.programs, "districts", tuple(people))
    spent = np.array([share @ witness.spending for share in landed.values()])
    fair = np.array(list(people.values()))[:, None] / sum(people.values()) * spent.sum(axis=0)
    yield {
        "name": "No district is left behind",
        "because": "Equity ordinance",
        "sum": "spending",
        "by": "districts",
        "each_at_least": _share(0.97 * float((spent / fair).min())),
        "of": "population share",
        "population": people,
    }
    yield {
        "name": "Every department keeps most of its budget",
        "sum": "spending",
        "by": "department",
        "each_at_least": "80%",
        "of": "baseline",
    }
    # a limit on outcomes from above takes integer columns, one on spending does not
    is_outcome = draft.has("outcome ceilings")
    clients = witness.outcomes[:, list(OUTCOMES).index("clients_served")]
    sums = np.array([float((share @ (clients if is_outcome else witness.spending)).max()) for share in landed.values()])
    per_person = sums / np.array(list(people.values()))
    if per_person.max() > 0:
        apart = 1 - 0.9 * per_person.min() / per_person.max()
        yield {
            "name": "Alike per head",
            "sum": "outcome clients_served" if is_outcome else "spending",
            "by": "districts",
            "parity": Share(np.ceil(10_000 * min(1.0, apart)) / 10_000),
            "population": people,
            "each": "total",
            "periods": [draft.periods[-1]],
        }


def _substitutes(draft: Draft, scenario: Scenario) -> Iterator[dict[str, Any]]:
    ids = scenario.programs.ids
    pairs = _pairs(np.flatnonzero(draft.ceiling == 2.2))
    for number, (one, other) in enumerate(pairs, 1):
        yield {"name": f"Alternatives {number}", "substitutes": [ids[one], ids[other]]}
    new, leaders = _new(draft), np.flatnonzero(draft.ceiling > 0)
    for number, (one, other) in enumerate(
        zip(new[::7][:MOST_OF_A_KIND].tolist(), leaders[::5].tolist(), strict=False), 1
    ):
        yield {"name": f"Complement {number}", "follows": {"program": ids[one], "of": ids[other]}}


def _pairs(rows: Ints) -> list[tuple[int, int]]:
    return list(zip(rows[0::2].tolist(), rows[1::2].tolist(), strict=False))[:MOST_OF_A_KIND]


def _new(draft: Draft) -> Ints:
    """Return programs that nothing is spent on as things are, which have a ceiling of their own."""
    return np.flatnonzero(draft.is_new & draft.is_kind(PLAIN))


def _counts(draft: Draft) -> Iterator[dict[str, Any]]:
    projects = int(draft.is_kind(PROJECT).sum())
    buildings = draft.tags["building"]
    open_now = int((buildings & ~draft.is_new).sum())
    yield {
        "name": "Only so many buildings at once",
        "count": "funded",
        "where": {"tags": "building"},
        "at_most": open_now + max(1, projects // 4),
    }
    pilots = draft.tags["pilot"]
    running = int((pilots & ~draft.is_new).sum())
    yield {
        "name": "Some pilots go on",
        "count": "funded",
        "where": {"tags": "pilot"},
        "at_least": max(0, running - 1),
        "each": "total",
    }


def _logic(draft: Draft, scenario: Scenario) -> Iterator[dict[str, Any]]:
    ids = scenario.programs.ids
    new, old = _new(draft), np.flatnonzero(~draft.is_new & draft.is_kind(PLAIN))
    existing = np.flatnonzero(draft.is_kind(IF_FUNDED, SERVICE, PACKAGES) & ~draft.is_new)
    for number, (one, other) in enumerate(zip(new[0::5][:MOST_OF_A_KIND].tolist(), existing.tolist(), strict=False), 1):
        yield {"name": f"Need {number}", "requires": {"program": ids[one], "needs": [ids[other]]}}
    for number, (one, other) in enumerate(_pairs(new[1::5]), 1):
        yield {"name": f"One of two {number}", "excludes": [ids[one], ids[other]]}
    for number, (one, other) in enumerate(_pairs(new[2::5]), 1):
        yield {"name": f"Both or none {number}", "together": [ids[one], ids[other]]}
    running = old[5::60]
    for number, (one, other) in enumerate(zip(new[3::5][:MOST_OF_A_KIND].tolist(), running.tolist(), strict=False), 1):
        yield {"name": f"The old or the new {number}", "exactly_one": [ids[other], ids[one]]}


def _ceilings(scenario: Scenario, witness: Witness) -> Iterator[dict[str, Any]]:
    chosen: Bools = select(scenario.programs, Where({"department": "Library"}))
    visits = float(witness.outcomes[chosen, list(OUTCOMES).index("visits")].sum())
    yield {
        "name": "No more visits than the rooms hold",
        "sum": "outcome visits",
        "where": {"department": "Library"},
        "at_most": _short(1.15 * visits + 10),
    }
